"""Backups are worth what they restore to: a dump in another cluster, and a moment of the past from a copy of the files and the log since"""
import os
import pathlib
import shutil
import subprocess
import tempfile

import database
import pytest

from cluster import Cluster
from desk import DOCUMENTS, IDS, PATHS, Client, Tables, create_token, furnish, path_of
from service import Service, claimd, until

SERVING = "claimd_serving"  # the role that the service runs as


def as_role(url, role):
    return url.replace("postgres@", f"{role}@", 1)


def said(*command, **details):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=120, **details).stdout


@pytest.fixture
def folder():
    """One that the server's user reaches, too."""
    made = pathlib.Path(tempfile.mkdtemp(prefix="claimd-backup."))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


def owned(folder, cluster):
    """Makes a folder that belongs to whom the cluster belongs to."""
    folder.mkdir(mode=0o700)
    owner = cluster.data.stat()
    os.chown(folder, owner.st_uid, owner.st_gid)
    return folder


def as_owner(cluster):
    owner = cluster.data.stat()
    return {"cwd": "/", **({"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {})}


def migrated(cluster):
    """A database that the service may use as a role of its own."""
    database.execute(cluster.url, f"CREATE ROLE {SERVING} LOGIN")
    url = cluster.database("kept", migrated=False)
    done = claimd("migrate", "up", "--service-role", SERVING, timeout=120, DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    return url


class Desk:
    """The service over a database, as its own role, and a client who writes, whose token outlives the database."""

    def __init__(self, url, token=None):
        self.url, self.token = url, token or create_token(url, "backup")
        self.service = Service(as_role(url, SERVING))

    def __enter__(self):
        self.service.answers(within=30)
        self.client = Client(self.service, self.token)
        return self

    def __exit__(self, *_):
        self.service.stop()

    def answers(self, targets):
        """What each target is answered with, and the validator of that."""
        got = {target: self.client.get(target) for target in targets}
        return {target: (answer.headers.get("ETag"), answer.content) for target, answer in got.items()}

    def goes_on(self, id):
        """Writes are taken in and take their places behind all that there was, and nothing else changes."""
        before = self.client.last()
        created = self.client.put("subject", id, {"name": id, "kind": "model", "description": "From after."})
        changed = self.client.put("subject", id, {"name": id, "kind": "model", "description": "And again."}, created.headers["ETag"])
        assert changed.json()["description"] == "And again."
        assert [item["id"] for item in self.client.changes(before)] == [id, id]
        with Tables(self.url) as tables:
            assert tables.value("SELECT count(*) FROM unsettled") == 0


def write(client):
    """Something of each kind, changed once, one of them taken out again; targets as of the moment between."""
    furnish(client)
    for kind, (first, second) in DOCUMENTS.items():
        client.put(kind, IDS[kind], first)
    between = client.get("/v1/changes", sort="-seq", limit=1).json()["items"][0]["at"]
    for kind, (first, second) in DOCUMENTS.items():
        client.put(kind, IDS[kind], second, client.etag(kind, IDS[kind]))
    client.retract("scope", IDS["scope"], comment="Not needed.")
    return [f"{PATHS[kind]}?as_of={between}&limit=200" for kind in IDS]


@pytest.fixture
def asked(targets):
    """Targets of each path, of what the seed has and of what was written; none whose answer is of the moment."""
    ours = [path_of(kind, IDS[kind], behind) for kind in IDS if kind != "scope" for behind in ("", "/revisions", "/diff")]
    forms = [f"/v1/claims?format={form}" for form in ("csv", "ndjson", "jsonld")]
    more = ["/v1/claims?q=Millionen&limit=200", "/v1/changes?limit=200", "/v1/comparisons?sort=-spread"]
    return sorted({target for path, target in targets.items() if path not in ("/healthz", "/readyz")} | {*ours, *forms, *more})


def test_a_dump_gives_the_same_answers_in_another_cluster(folder, asked):
    with Cluster() as first:
        with Desk(migrated(first)) as desk:
            asked += write(desk.client)
            before, token = desk.answers(asked), desk.token
            said("pg_dumpall", "--dbname", desk.url, "--roles-only", "--no-role-passwords", "--file", str(folder / "roles.sql"))
            said("pg_dump", "--format=custom", "--file", str(folder / "kept.dump"), desk.url)
    with Cluster() as second:
        roles = "".join(line for line in (folder / "roles.sql").read_text().splitlines(keepends=True) if "ROLE postgres" not in line)
        said("psql", "-qX", "-v", "ON_ERROR_STOP=1", second.url, input=roles)
        said("pg_restore", "--create", "--exit-on-error", "--dbname", second.url, str(folder / "kept.dump"))
        with Desk(database.with_name(second.url, "kept"), token) as desk:
            assert desk.answers(asked) == before
            desk.goes_on("after-the-dump")


def archiving(cluster, archive):
    """Has the cluster keep each file of its log."""
    database.execute(cluster.url, "ALTER SYSTEM SET archive_mode = on", f"ALTER SYSTEM SET archive_command = 'test ! -f {archive}/%f && cp %p {archive}/%f'")
    cluster.restart()


def archived(tables):
    """Waits until all that has been written so far is in the archive."""
    last = tables.value("SELECT pg_walfile_name(pg_current_wal_lsn())")
    tables.run("SELECT pg_switch_wal()")
    until(lambda: (tables.value("SELECT last_archived_wal FROM pg_stat_archiver") or "") >= last, 30, f"{last} in the archive")


def restored(home, archive, moment):
    """Has a copy of the files become what there was at the moment when it starts."""
    with open(home / "data/postgresql.auto.conf", "a", encoding="utf-8") as settings:
        settings.write(f"archive_mode = off\nrestore_command = 'cp {archive}/%f %p'\nrecovery_target_time = '{moment}'\nrecovery_target_action = 'promote'\n")
    (home / "data/recovery.signal").touch()
    return Cluster(home)


def test_any_moment_since_a_copy_of_the_files_comes_back(folder, asked):
    home = folder / "restored"
    with Cluster(wal_level="replica") as first:
        archive = owned(folder / "archive", first)
        archiving(first, archive)
        with Desk(migrated(first)) as desk, Tables(desk.url) as tables:
            owned(home, first)
            said("pg_basebackup", "-h", first.socket, "-U", "postgres", "-D", str(home / "data"), "-c", "fast", "-X", "none", "--no-sync", **as_owner(first))
            asked += write(desk.client)
            before, token = desk.answers(asked), desk.token
            moment = tables.value("SELECT clock_timestamp()::text")
            for kind in ("comparison", "claim"):
                desk.client.retract(kind, IDS[kind])
            tables.run("DELETE FROM history.claim")  # what nobody should
            archived(tables)
    with restored(home, archive, moment) as second:
        url = database.with_name(second.url, "kept")
        with Tables(url) as tables:
            until(lambda: not tables.value("SELECT pg_is_in_recovery()"), 60, "the end of the recovery")
        with Desk(url, token) as desk:
            assert desk.answers(asked) == before
            desk.goes_on("after-the-moment")
