"""Export and import: the same bytes go round, all lines or none, and what is wrong with each is told"""
import json
import os
import pty
import select
import subprocess

import pytest

import database
from desk import DOCUMENTS, STATEMENT, Client, Tables, create_token, failing_at_commit, path_of, problem
from service import BINARY, environment, until

LINE = {"subject": {"id": "bulk-one", "name": "One", "kind": "model", "description": "A model."}}
WRONG = [
    (b"{", "Line"), (b"[]", "one member"), (b'{"subject":{},"agent":{}}', "one member"), (b'{"nothing":{}}', "one member"),
    (b'{"subject":{"id":"x","id":"y"}}', "duplicate"), (b'{"subject":{"name":"X","kind":"model","description":"X"}}', "missing"),
    (b'{"subject":{"id":"x","name":"X","kind":"x","description":"X"}}', "one of"), (b'{"quantity":{"id":"x","name":"X","definition":"X","unit":"no"}}', "There is no unit")]


@pytest.fixture(scope="module")
def desk(url, desk):
    desk.token = create_token(url, "bulk", "admin")
    return desk


def run(url, *arguments, lines=b""):
    return subprocess.run([BINARY, *arguments], env=environment(DATABASE_URL=url), input=lines, capture_output=True, timeout=120, check=False)


def export(url):
    done = run(url, "export")
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


def emptied(url):
    """Without a row of the seed."""
    with Tables(url) as tables:
        tables.run("DELETE FROM comparison; DELETE FROM multiple_operand; DELETE FROM claim; DELETE FROM proposition; DELETE FROM source_relation;"
                   "UPDATE source SET publisher_id = NULL; DELETE FROM agent; DELETE FROM source; DELETE FROM subject; DELETE FROM quantity;"
                   "DELETE FROM unit; DELETE FROM dimension; DELETE FROM scope")
    return url


def post(desk, lines, **query):
    return desk.send("POST", "/v1/import", lines, {"Content-Type": "application/x-ndjson"}, **query)


def test_export_into_an_empty_database_and_again_is_the_same(desk, url, fresh_database):
    lines = export(url)
    other = emptied(fresh_database())
    assert export(other) == b""
    done = run(other, "import", lines=lines)
    assert done.returncode == 0, done.stderr
    assert export(other) == lines
    assert f"{len(lines.splitlines())} lines".encode() in done.stderr and b" 0 refused" in done.stderr


def test_a_source_that_a_voice_publishes_goes_out_and_in(desk, url, fresh_database):
    """Its own, or that of a source that comes later in the file."""
    publishers, voices = {"published-a": "published-a", "published-b": "published-c", "published-c": "published-a"}, {}
    for source in publishers:
        desk.put("source", source, DOCUMENTS["source"][0])
        voices[source] = desk.put("claim", source, {**STATEMENT, "source": source}).json()["claimant"]["id"]
    for source, publisher in publishers.items():
        desk.patch("source", source, {"publisher": voices[publisher]}, "*")
    lines, other = export(url), emptied(fresh_database())
    assert run(other, "import", lines=lines).returncode == 0 and export(other) == lines


def test_every_thing_is_a_line(desk, url):
    kinds = [next(iter(json.loads(line))) for line in export(url).splitlines()]
    with Tables(url) as tables:
        assert {kind: kinds.count(kind) for kind in set(kinds)} == {kind: tables.value(f"SELECT count(*) FROM {kind}") for kind in set(kinds)}


def test_what_is_there_already_makes_no_change(desk, url):
    before = desk.last()
    assert run(url, "import", "-", lines=export(url)).returncode == 0
    told = post(desk, export(url)).json()
    assert told["unchanged"] == told["lines"] and told["created"] == told["replaced"] == told["refused"] == 0 and told["problems"] == []
    assert desk.last() == before


@pytest.mark.parametrize("wrong, words", WRONG, ids=[words for _, words in WRONG])
def test_one_wrong_line_leaves_all_out_or_itself_alone(desk, url, wrong, words):
    lines = json.dumps(LINE).encode() + b"\n" + wrong + b"\n"
    before = desk.last()
    done = run(url, "import", lines=lines)
    assert done.returncode == 1 and b"line 2" in done.stderr and words.encode() in done.stderr and b"nothing was taken in" in done.stderr
    refused = post(desk, lines)
    assert refused.status_code == 422 and [error["line"] for error in refused.json()["errors"]] == [2]
    assert words in json.dumps(refused.json()["errors"]) and desk.last() == before
    skipped = post(desk, lines, on_error="skip", dry_run="true").json()
    assert (skipped["lines"], skipped["refused"], skipped["created"] + skipped["unchanged"]) == (2, 1, 1)
    assert [problem["line"] for problem in skipped["problems"]] == [2] and desk.last() == before


def test_skipping_takes_the_others_in(desk, url):
    lines = "\n".join(json.dumps({"subject": {**LINE["subject"], "id": f"bulk-{n}", **({"kind": "no"} if n % 3 == 0 else {})}}) for n in range(9)).encode()
    assert run(url, "import", "--skip", lines=lines).returncode == 0
    assert [desk.send("GET", path_of("subject", f"bulk-{n}")).status_code for n in range(9)] == [404, 200, 200] * 3


def test_what_comes_later_in_the_file_can_be_referred_to_by_relations_and_multiples(desk):
    lines = [{"source": {"id": "bulk-a", "kind": "article", "description": "A.", "relations": [{"kind": "cites", "source": "bulk-b"}]}},
             {"source": {"id": "bulk-b", "kind": "article", "description": "B.", "relations": [{"kind": "cites", "source": "bulk-a"}]}}]
    told = post(desk, "\n".join(map(json.dumps, lines)).encode()).json()
    assert told["created"] == 2, told
    assert [relation["source"]["id"] for relation in desk.get("/v1/sources/bulk-a").json()["relations"] if relation["direction"] == "to"] == ["bulk-b"]


def test_an_import_is_one_change_by_its_token(desk):
    before = desk.last()
    lines = [{"scope": {"id": f"bulk-scope-{n}", "name": "Some", "definition": "Some of it."}} for n in range(700)]
    assert post(desk, "\n".join(map(json.dumps, lines)).encode(), comment="by the hundred").json()["created"] == 700
    changes = list(desk.changes(before))
    assert len(changes) == 700 and {(change["author"], change["comment"]) for change in changes} == {("bulk", "by the hundred")}
    assert len({change["change"] for change in changes}) == 1


def exported(url, *arguments):
    done = run(url, "export", *arguments)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


@pytest.mark.parametrize("collection", ["claims", "sources", "comparisons", "subjects", "quantities", "agents", "units", "scopes", "propositions", "changes"])
@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_a_collection_is_exported_as_it_is_answered(desk, url, collection, form):
    assert exported(url, collection, "--format", form) == desk.get(f"/v1/{collection}", format=form).content


def test_linked_data_are_one_document(desk, url):
    def listed(collection):
        page = desk.get(f"/v1/{collection}", format="jsonld", limit=200).json()
        things = page["@graph"]
        while page["next"]:
            page = desk.get(page["next"], headers={"Accept": "application/ld+json"}).json()
            things += page["@graph"]
        return page["@context"], things
    context, claims = listed("claims")
    assert json.loads(exported(url, "claims", "--format", "jsonld")) == {"@context": context, "@graph": claims}
    everything = json.loads(exported(url, "--format", "jsonld"))
    ids = [thing["@id"] for thing in everything["@graph"]]
    assert everything["@context"] == context and len(set(ids)) == len(ids)
    for collection in ("claims", "sources", "comparisons", "subjects", "quantities", "agents", "units", "scopes", "propositions"):
        assert [thing for thing in everything["@graph"] if thing["@id"].startswith(f"/v1/{collection}/")] == listed(collection)[1]


@pytest.mark.parametrize("arguments", [["nothing"], ["claims", "--format", "xml"], ["--format", "csv"], ["figures/parse"], ["claims?limit=1"], ["claims", "--format", "svg"]])
def test_what_cannot_be_exported_is_told(url, arguments):
    done = run(url, "export", *arguments)
    assert done.returncode == 1 and done.stdout == b"" and done.stderr.startswith(b"claimd: ")


def test_importing_takes_an_admin(desk, url):
    writer = Client(desk.service, create_token(url, "bulk-writer"))
    problem(post(writer, b"{}"), 403, "forbidden")
    problem(post(Client(desk.service), b"{}"), 401, "unauthorized")
    problem(desk.send("POST", "/v1/import", b"{}"), 415, "unsupported-media-type")


def test_blank_lines_are_none_and_no_line_is_fine(desk):
    assert post(desk, b"\n \n\r\n").json()["created"] == 0 and post(desk, b"").json()["lines"] == 0


def test_no_line_is_fine_for_the_command_as_well(url):
    done = run(url, "import")
    assert done.returncode == 0 and done.stderr.startswith(b"0 lines: ")


def test_a_form_that_is_none_of_an_import_is_told(url):
    done = run(url, "import", "-", "--format", "csv")
    assert done.returncode == 1 and b"an import is ndjson or claimreview" in done.stderr


def test_of_very_many_refused_lines_the_first_are_told(url):
    done = run(url, "import", lines=b'{"nothing":{}}\n' * 1200)
    *told, rest, sums = done.stderr.splitlines()
    assert done.returncode == 1 and len(told) == 1000 and rest == b"and 200 more" and b" 1200 refused: nothing was taken in." in sums


@pytest.mark.parametrize("from_file", [True, False], ids=["file", "pipe"])
def test_a_terminal_shows_how_far_it_is(url, tmp_path, from_file):
    lines = b"".join(json.dumps({"scope": {"id": f"shown-{n}", "name": "Some", "definition": "Some of it."}}).encode() + b"\n" for n in range(700))
    file = tmp_path / "lines"
    file.write_bytes(lines)
    terminal, end = pty.openpty()
    done = subprocess.run([BINARY, "import", str(file) if from_file else "-"], env=environment(DATABASE_URL=url), input=None if from_file else lines,
                          stdin=subprocess.DEVNULL if from_file else None, stderr=end, timeout=120, check=False)
    shown = b""
    while select.select([terminal], [], [], 1)[0]:
        shown += os.read(terminal, 65536)
    os.close(terminal), os.close(end)
    assert done.returncode == 0 and (b"\r700 lines, 100 %\r" if from_file else b"\r700 lines\r") in shown and b"\r700 lines: " in shown, shown


def test_a_file_that_is_not_there_is_told(url):
    done = run(url, "import", "/no/such/file")
    assert done.returncode == 1 and b"/no/such/file" in done.stderr


def test_a_killed_import_leaves_nothing(desk, url):
    lines = b"".join(json.dumps({"scope": {"id": f"killed-{n}", "name": "Some", "definition": "Some of it."}}).encode() + b"\n" for n in range(3000))
    process = subprocess.Popen([BINARY, "import", "-"], env=environment(DATABASE_URL=url), stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdin.write(lines)
    process.stdin.flush()
    process.kill()
    process.communicate()
    with Tables(url) as tables:
        assert tables.value("SELECT count(*) FROM scope WHERE id LIKE 'killed-%'") == 0
    assert database


def test_an_import_that_cannot_be_committed_leaves_nothing(url):
    line = json.dumps({"scope": {"id": "late-1", "name": "Some", "definition": "Some of it."}}).encode() + b"\n"
    with Tables(url) as tables:
        with failing_at_commit(tables, "scope", "57014"):
            done = run(url, "import", "-", lines=line)
        assert done.returncode == 1 and b"created" not in done.stderr and b"the database refused" in done.stderr, done.stderr
        assert tables.value("SELECT count(*) FROM scope WHERE id = 'late-1'") == 0


def test_an_export_that_breaks_off_says_so(fresh_database):
    url = fresh_database()
    with Tables(url) as tables:
        tables.run("INSERT INTO scope SELECT 'big-' || n, 'Some', repeat('x', 3000) FROM generate_series(1, 3000) AS n")
        with subprocess.Popen([BINARY, "export"], env=environment(DATABASE_URL=url), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as export_run:
            until(lambda: tables.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'claimd export' AND wait_event = 'ClientWrite'"), 20, "a full pipe")
            tables.run("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'claimd export'")
            lines, said = export_run.communicate(timeout=30)
        assert export_run.returncode == 1 and b"claimd:" in said, said
        assert len(lines) < 9000000


@pytest.mark.parametrize("arguments", [[], ["claims", "--format", "csv"], ["--format", "jsonld"]], ids=["all", "a collection", "linked data"])
def test_an_export_of_what_is_no_database_of_claims_says_so(fresh_database, arguments):
    done = run(fresh_database(()), "export", *arguments)
    assert done.returncode == 1 and b"the database refused" in done.stderr, done.stderr


@pytest.mark.parametrize("arguments", [[], ["claims", "--format", "csv"], ["--format", "jsonld"]], ids=["all", "a collection", "linked data"])
def test_an_export_that_finds_no_room_says_so(url, arguments):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([BINARY, "export", *arguments], env=environment(DATABASE_URL=url), stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
    assert done.returncode == 1 and b"cannot write the export: No space left" in done.stderr, done.stderr


@pytest.mark.parametrize("arguments", [["claims", "--format", "json"], ["changes", "--format", "events"]])
def test_only_forms_of_all_of_it_are_exported(url, arguments):
    done = run(url, "export", *arguments)
    assert done.returncode == 1 and done.stdout == b"" and b"no such collection in this format" in done.stderr
