"""What the serving process cannot do any more, and that it does all else: a mixed load, renewals and outages under the filter"""
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading

import pytest
import requests

from contract import TREE
from desk import furnish, opened
from service import BINARY, CONFINED, Service, claimd, environment, free_port, until

pytestmark = pytest.mark.skipif(not CONFINED, reason="what looks on, a sanitizer or a count of lines, calls what it likes")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another")


def status_of(process):
    """What the system says of it, by its folder."""
    return dict(line.split(":\t", 1) for line in (process / "status").read_text().splitlines())


def statuses(service):
    """The same of each thread."""
    return [status_of(task) for task in pathlib.Path(f"/proc/{service.process.pid}/task").iterdir()]


def filters(service):
    """How many filters of system calls threads have of their own: a container's are there before."""
    before = int(status_of(pathlib.Path("/proc/self"))["Seccomp_filters"])
    return {int(status["Seccomp_filters"]) - before for status in statuses(service)}


class Forwarder:
    """A port of this machine behind which a PostgreSQL's unix socket is, so that it can be reached by name and by anybody."""

    def __init__(self, folder):
        self._where = str(pathlib.Path(folder) / ".s.PGSQL.5432")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._join, args=(client,), daemon=True).start()

    def _join(self, client):
        with client, socket.socket(socket.AF_UNIX) as server:
            try:
                server.connect(self._where)
            except OSError:
                return
            back = threading.Thread(target=self._copy, args=(server, client), daemon=True)
            back.start()
            self._copy(client, server)
            back.join()

    @staticmethod
    def _copy(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def close(self):
        self._listener.close()


def by_name(url, port, hosts="localhost"):
    """The same database, at a port of a host with a name."""
    path, _, query = url.partition("?")
    assert query.startswith("host=/"), url
    return f"{path}?host={hosts}&port={','.join([str(port)] * (hosts.count(',') + 1))}&user=postgres"


@pytest.fixture
def reached(database_url):
    folder = re.search(r"host=([^&]+)", database_url)[1]
    with contextlib.closing(Forwarder(folder)) as forwarder:
        yield by_name(database_url, forwarder.port)


def test_every_thread_is_confined(database_url):
    with Service(database_url, "--threads", "3") as service:
        service.answers()
        found = statuses(service)
        assert len(found) == 4
        assert {status["NoNewPrivs"] for status in found} == {"1"} and filters(service) == {1}


@pytest.mark.parametrize("settings", [{"CLAIMD_NO_SANDBOX": "1"}, {}])
def test_can_be_left_out(database_url, settings):
    with Service(database_url, *([] if settings else ["--no-sandbox"]), **settings) as service:
        service.answers()
        assert filters(service) == {0}


@as_root
def test_becomes_another_for_good(reached):
    with Service(reached, "--user", "nobody") as service:
        service.answers()
        for status in statuses(service):
            assert set(status["Uid"].split()) == {"65534"} and set(status["Gid"].split()) == {"65534"}
            assert status["Groups"].split() in ([], ["65534"])
            assert {int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
        assert service.status("/v1/claims?limit=1") == 200


@as_root
def test_listens_where_only_root_may_before_it_becomes_another(reached):
    """On a port below 1024, where the system keeps those for root, and in a folder of root's."""
    with tempfile.TemporaryDirectory() as folder:
        where = f"{folder}/claimd.sock"
        with Service(reached, "--user", "nobody", "--listen", f"unix:{where}") as service:
            until(lambda: claimd("health", "--ready", CLAIMD_LISTEN=f"unix:{where}").returncode == 0, 10, "it is ready")
            assert {status["Uid"].split()[0] for status in statuses(service)} == {"65534"}


@as_root
def test_files_are_read_as_the_other(reached, tmp_path):
    """A key that only root can read could not be renewed: that is told at the start."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", tmp_path / "key", "-out", tmp_path / "certificate",
                    "-subj", "/CN=x"], check=True, capture_output=True)
    ended = claimd("serve", "--listen", f"127.0.0.1:{free_port()}", "--user", "nobody", "--tls-certificate", str(tmp_path / "certificate"),
                   "--tls-key", str(tmp_path / "key"), DATABASE_URL=reached)
    assert ended.returncode == 2 and re.search(r"cannot be used: .*", ended.stderr), ended


@as_root
def test_a_user_of_the_group_of_root_is_one_like_any_other(reached, tmp_path):
    """Whose group is 0 is not root by that."""
    users = tmp_path / "passwd"
    users.write_text(pathlib.Path("/etc/passwd").read_text() + "rooted:x:4711:0::/nonexistent:/usr/sbin/nologin\n")

    class Elsewhere(Service):
        command = ("unshare", "--mount", "sh", "-c", f'mount --bind {users} /etc/passwd && exec {BINARY} serve "$@"', "sh")
    with Elsewhere(reached, "--user", "rooted") as service:
        service.answers()
        for status in statuses(service):
            assert set(status["Uid"].split()) == {"4711"} and set(status["Gid"].split()) == {"0"}
            assert {int(status[name], 16) for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}


def test_user_that_is_not_there():
    ended = claimd("serve", "--listen", f"127.0.0.1:{free_port()}", "--user", "no-such-user", DATABASE_URL="")
    assert (ended.returncode, ended.stderr) == (2, "claimd: there is no user no-such-user.\n")


@pytest.fixture
def program():
    """The program where everybody can reach it."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield shutil.copy(BINARY, folder)


@as_root
def test_who_is_not_root_cannot_become_another(program):
    ended = subprocess.run([program, "serve", "--listen", "127.0.0.1:0", "--user", "root"], user=65534, group=65534, extra_groups=[], timeout=20,
                           env=environment(DATABASE_URL=""), stderr=subprocess.PIPE, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (2, "claimd: cannot become the user root: Operation not permitted.\n")


@as_root
def test_without_rights_of_any_kind(reached, program):
    """As in a container that has given all of them up: nothing is asked for that it has not."""
    class Bare(Service):
        command = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs",
                   program, "serve")
    with Bare(reached) as service:
        service.answers()
        assert filters(service) == {1}


# All that it does, under the filter -------------------------------------------------------------


@pytest.fixture
def cluster():
    """A cluster of one's own, to be stopped: its script takes start, stop and url."""
    folder = tempfile.mkdtemp(prefix="claimd-confined-")

    def run(verb, *arguments):
        done = subprocess.run([TREE / "scripts/cluster", verb, folder, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True, text=True)
        return done.stdout.strip()
    run("start")
    yield run
    run("stop", "immediate")
    shutil.rmtree(folder)


def test_all_that_it_does_is_let_through(cluster, tmp_path):
    """By name and port, through a host whose name nobody knows: reads, lists as streams, a feed, writes, an import, renewals of settings, and the
    database away and back again, twice. Nothing is refused to the process, or the log would tell of it."""
    url = cluster("url")
    assert claimd("migrate", "up", timeout=120, DATABASE_URL=url).returncode == 0
    settings = tmp_path / "settings"
    settings.write_text("CLAIMD_MAX_AGE=1\n")
    folder = re.search(r"host=([^&]+)", url)[1]
    with contextlib.closing(Forwarder(folder)) as forwarder:
        named = by_name(url, forwarder.port, "nowhere.invalid,localhost")
        with opened(named, "--config", str(settings), "--threads", "1") as desk:
            service = desk.service
            assert filters(service) == {1}
            furnish(desk)
            for round_of in range(2):
                with service.wire(timeout=30) as follower:
                    follower.get("/v1/changes", "Accept: text/event-stream")
                    assert follower.head().status == 200
                    for path in ("/v1/claims?limit=3", "/v1/comparisons?limit=2&format=csv", "/v1/claims?format=ndjson", "/v1/claims?q=training", "/docs",
                                 "/", "/openapi.json", "/v1/sources?format=jsonld", f"/v1/claims?limit={round_of + 4}"):
                        got = requests.get(service.base + path, timeout=20)
                        assert got.status_code == 200 and got.content, path
                    figure = requests.post(service.base + "/v1/figures/parse", json={"text": "5 Millionen Dollar", "language": "de"}, timeout=20)
                    assert figure.status_code == 200
                    settings.write_text(f"CLAIMD_MAX_AGE={round_of + 5}\n")
                    service.process.send_signal(signal.SIGHUP)
                    until(lambda: f"max-age={round_of + 5}," in requests.get(service.base + "/v1/claims?limit=1", timeout=20).headers["Cache-Control"], # pylint: disable=cell-var-from-loop
                          10, "the settings are taken up")
                cluster("stop", "immediate")
                until(lambda: service.status("/readyz") == 503, 10, "the database is gone")
                cluster("start")
                service.answers(within=30)
            assert [json.loads(line) for line in service.log().splitlines()]
            assert "not permitted" not in service.log()
