"""Imports over HTTP: however long, in constant memory, in one transaction that nobody waits for before all has come"""
import contextlib
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from desk import CLAIM, DOCUMENTS, MULTIPLE, STATEMENT, Client, Tables, create_token, lingering, opened, problem
from service import INSTRUMENTED, until

BODY_BYTES = 4096
LINES = 30000   # many parts
MEGABYTE = 1 << 20
SERVICE = ["--body-bytes", str(BODY_BYTES)]


@pytest.fixture(scope="module")
def desk(url, desk):
    desk.token = create_token(url, "importer", "admin")
    return desk


@pytest.fixture
def tables(url):
    with Tables(url) as opened_tables:
        yield opened_tables


def scope(id, **more):
    return json.dumps({"scope": {"id": id, "name": "Some", "definition": "Some of it.", **more}}).encode() + b"\n"


def scopes(prefix, count=LINES):
    return (scope(f"{prefix}-{number}") for number in range(count))


def post(desk, lines, media_type="application/x-ndjson", timeout=120, **query):
    """The lines as they come, in chunks, or a body that is there already."""
    return desk.send("POST", "/v1/import", lines, {"Content-Type": media_type}, timeout, **query) if isinstance(lines, bytes) else \
        desk._session().post(desk.service.base + "/v1/import", data=lines, params=query, timeout=timeout,
                             headers={"Content-Type": media_type, "Authorization": f"Bearer {desk.token}"})


def known(tables, prefix):
    return tables.value("SELECT count(*) FROM scope WHERE id LIKE %s", prefix + "-%")


def parts(tables):
    return tables.value("SELECT count(*) FROM import_part")


class Upload:
    """An import whose body comes at our pace."""

    def __init__(self, desk, **query):
        target = "/v1/import" + ("?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else "")
        self.wire = desk.service.wire(60)
        self.wire.get(target, f"Authorization: Bearer {desk.token}", "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked", method="POST")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.wire.socket.close()

    def send(self, data):
        self.wire.send(b"%x\r\n" % len(data), data, b"\r\n")

    def send_end(self):
        self.wire.send("0\r\n\r\n")

    def end(self):
        self.send_end()
        return self.wire.answer()


def half_way(desk, tables, prefix):
    """An upload of which some parts are kept already."""
    upload = Upload(desk)
    upload.send(b"".join(scopes(prefix, 20000)))
    until(lambda: parts(tables) > 1, 10, "two parts")
    return upload


def test_many_lines_are_taken_in_whole_in_constant_memory(desk, tables):
    post(desk, scopes("warm", 3000))
    before = desk.service.memory()
    told = post(desk, scopes("many")).json()
    assert (told["lines"], told["created"], told["refused"], told["problems"]) == (LINES, LINES, 0, [])
    assert known(tables, "many") == LINES and parts(tables) == 0
    assert INSTRUMENTED or desk.service.memory() - before < 4 * MEGABYTE
    assert len({change["change"] for change in desk.changes(desk.last() - 100)}) == 1


def test_lines_may_end_anywhere_in_a_chunk(desk, tables):
    text = b"".join(scopes("torn", 400))
    told = post(desk, (text[at:at + 37] for at in range(0, len(text), 37))).json()
    assert told["created"] == 400 == known(tables, "torn")
    assert post(desk, text.rstrip(b"\n")).json()["unchanged"] == 400


def test_one_wrong_line_far_behind_leaves_all_out(desk, tables):
    def lines():
        yield from scopes("doomed", 20000)
        yield scope("doomed-x", colour="red")
        yield scope("doomed-y", definition="")
        yield b"\n{\n"
    before = desk.last()
    refused = problem(post(desk, lines()), 422, "invalid-document")
    assert [error["line"] for error in refused["errors"]] == [20001, 20002, 20004]
    assert known(tables, "doomed") == 0 and parts(tables) == 0 and desk.last() == before


def test_what_only_the_database_refuses_leaves_all_out_or_itself_alone(desk, tables):
    def lines():
        yield from scopes("apart", 20000)
        yield json.dumps({"quantity": {"id": "apart-q", "name": "Q", "definition": "Q.", "unit": "no-such-unit"}}).encode() + b"\n"
        yield scope("apart-last")
    refused = problem(post(desk, lines()), 422, "invalid-document")
    assert [(error["line"], error["kind"], error["id"]) for error in refused["errors"]] == [(20001, "quantity", "apart-q")]
    assert known(tables, "apart") == 0 and parts(tables) == 0
    told = post(desk, lines(), dry_run="true", on_error="skip").json()
    assert (told["created"], told["refused"]) == (20001, 1) and known(tables, "apart") == 0 == parts(tables)
    told = post(desk, lines(), on_error="skip").json()
    assert (told["created"], told["refused"]) == (20001, 1) and known(tables, "apart") == 20001
    assert [error["line"] for error in told["problems"]] == [20001]


def test_of_many_problems_the_first_thousand_are_told(desk):
    wrong = b"".join(scope(f"wrong-{number}", colour="red") if number % 2 else json.dumps(
        {"quantity": {"id": f"wrong-{number}", "name": "Q", "definition": "Q.", "unit": "no-such-unit"}}).encode() + b"\n" for number in range(3000))
    told = post(desk, wrong, on_error="skip").json()
    assert told["refused"] == 3000 and [error["line"] for error in told["problems"]] == list(range(1, 1001))
    assert len(problem(post(desk, wrong), 422, "invalid-document")["errors"]) == 1000


def test_a_line_has_a_limit(desk, tables):
    def lines():
        yield from scopes("long", 10000)
        yield scope("long-one", definition="x" * 2 * BODY_BYTES)
        yield from scopes("longer", 10000)
    assert str(BODY_BYTES) in problem(post(desk, lines()), 413, "body-too-large")["detail"]
    assert known(tables, "long") == known(tables, "longer") == 0 == parts(tables)
    problem(post(desk, b"x" * 100000), 413, "body-too-large")


@pytest.mark.parametrize("token, status, slug", [("claimd_wrong", 401, "unauthorized"), (None, 403, "forbidden")])
def test_who_may_not_import_leaves_nothing_behind(desk, url, tables, token, status, slug):
    other = Client(desk.service, token or create_token(url, "import-writer"))
    problem(post(other, scopes("foreign", 15000)), status, slug)
    problem(post(other, b"{\n"), status, slug)
    assert known(tables, "foreign") == 0 == parts(tables)


def test_others_write_while_an_import_comes(desk, url, tables):
    writer = Client(desk.service, create_token(url, "import-neighbour"))
    with Upload(desk) as upload:
        upload.send(b"".join(scopes("slow", 10000)))
        until(lambda: parts(tables) > 0, 10, "a part")
        began = time.monotonic()
        writer.put("scope", "import-beside", DOCUMENTS["scope"][0])
        assert time.monotonic() - began < 2
        assert known(tables, "slow") == 0
        upload.send(b"".join(scopes("slower", 10000)))
        answer = upload.end()
    assert answer.status == 200 and json.loads(answer.body)["created"] == 20000


def test_an_import_that_breaks_off_is_none(desk, tables):
    with half_way(desk, tables, "broken") as upload:
        upload.wire.reset()
    assert known(tables, "broken") == 0

    def dropped():
        """A part may have been on its way still when the client went."""
        tables.run("UPDATE import_part SET at = at - interval '2 hours'")
        assert post(desk, scopes("next", 10000)).json()["refused"] == 0
        return parts(tables) == 0
    until(dropped, 30, "an end of old parts")


def test_what_was_lost_on_the_way_is_told(desk, tables):
    with half_way(desk, tables, "lost") as upload:
        tables.run("DELETE FROM import_part WHERE part = 1")
        answer = upload.end()
    assert answer.status == 503 and "again" in json.loads(answer.body)["detail"] and int(answer.headers["Retry-After"]) > 0
    assert known(tables, "lost") == 0 == parts(tables)


def test_who_is_refused_while_it_still_sends_is_told_when_it_has_sent_all(url):
    """However long that takes, as long as it comes."""
    with opened(url, *SERVICE, "--body-timeout", "1") as client:
        client.token = create_token(url, "slow-importer", "admin")
        with Upload(client) as upload:
            upload.send(b"x" * 2 * BODY_BYTES)
            for _ in range(20):
                upload.send(b"y" * 1024)
                time.sleep(0.2)
            assert upload.end().status == 413


def test_an_import_that_there_is_no_room_for_makes_room_for_others(url, tables):
    with opened(url, "--memory-bytes", "1048576", "--cache-bytes", "0", "--threads", "1") as client, contextlib.ExitStack() as held:
        client.token = create_token(url, "crowded-importer", "admin")

        def has_room():
            got = client.send("POST", "/v1/figures/parse", json.dumps({"text": "x" * 100000}).encode(), {"Content-Type": "application/json"})
            return got.status_code == 422
        uploads = [held.enter_context(Upload(client)) for _ in range(12)]
        for upload in uploads:
            upload.send(b"".join(scopes("crowd", 4500)))
            until(lambda: parts(tables), 10, "a part of one of them at least")
        until(has_room, 5, "room beside those that there is none for")
        assert 503 in [upload.end().status for upload in uploads]
    assert parts(tables) == 0, "what came of them is dropped"


def test_a_service_that_stops_ends_an_import(url, tables):
    with opened(url, "--request-timeout", "1000") as client:
        client.token = create_token(url, "stopped-importer", "admin")
        with half_way(client, tables, "stopped"):
            client.service.stop()
    assert known(tables, "stopped") == 0
    tables.run("DELETE FROM import_part")


def test_a_service_that_stops_ends_imports_that_wait_for_each_other(url, tables):
    """What drops their parts is asked for while all calls end."""
    with opened(url, "--threads", "1", "--request-timeout", "1000") as client, Tables(url, autocommit=False) as other:
        client.token = create_token(url, "waiting-importer", "admin")
        other.run("INSERT INTO scope VALUES ('import-ahead', 'Some', 'Some of it.')")
        with half_way(client, tables, "ahead") as ahead, half_way(client, tables, "behind") as behind:
            for upload in (ahead, behind):
                upload.send_end()
            client.service.stop()
    assert known(tables, "ahead") == known(tables, "behind") == 0
    tables.run("DELETE FROM import_part")


def test_an_import_may_take_longer_than_other_requests(url, tables):
    with opened(url, "--request-timeout", "500", "--idle-timeout", "1") as client:
        client.token = create_token(url, "patient-importer", "admin")
        between = json.dumps({"subject": {"id": "patient-between", "name": "S", "kind": "model", "description": "S."}}).encode() + b"\n"
        with lingering(tables, 1.5):
            began = time.monotonic()
            told = post(client, b"".join(scopes("patient", 700)) + between + b"".join(scopes("patient-more", 700)))
            assert told.status_code == 200 and told.json()["created"] == 1401, told.text
            assert time.monotonic() - began > 3


def test_an_import_waits_for_another(desk, url, tables):
    with Tables(url, autocommit=False) as other:
        other.run("INSERT INTO scope VALUES ('import-first', 'Some', 'Some of it.')")
        with ThreadPoolExecutor() as pool:
            waiting = pool.submit(post, desk, b"".join(scopes("second", 10)))
            time.sleep(6)   # longer than any other request waits
            assert not waiting.done() and known(tables, "second") == 0
            other.connection.commit()
            assert waiting.result().json()["created"] == 10


@pytest.mark.parametrize("line", [b'{"scope": "\\\xc3\xa9', b'{"scope": "\\u\xc3\xa9"}', "ä".encode() * 300, b"\xff"], ids=["escape", "unicode-escape", "words", "no-text"])
def test_a_line_that_is_no_json_is_named(desk, line):
    refused = problem(post(desk, scope("before-it") + line + b"\n"), 422, "invalid-document")
    assert [error["line"] for error in refused["errors"]] == [2] and refused["errors"][0]["errors"][0]["detail"], refused


@pytest.mark.parametrize("kind, document", [
    ("source", {**DOCUMENTS["source"][0], "created_at": "x"}), ("claim", {**STATEMENT, "created_at": "2025-02-30T00:00:00Z"}),
    ("comparison", {"title": "T", "description": "D.", "claims": ["desk-figure-a", "desk-figure-b"], "created_at": ""})])
def test_a_value_that_the_database_cannot_hold_is_named(desk, kind, document):
    lines = scope(f"held-{kind}") + json.dumps({kind: {"id": f"unheld-{kind}", **document}}).encode() + b"\n"
    refused = problem(post(desk, lines), 422, "invalid-document")
    assert [(error["line"], error["kind"], error["id"]) for error in refused["errors"]] == [(2, kind, f"unheld-{kind}")]
    told = post(desk, lines, on_error="skip").json()
    assert (told["created"], told["refused"]) == (1, 1)


def test_a_number_that_the_database_cannot_hold_is_no_fault_of_the_service(desk):
    line = json.dumps({"claim": {"id": "unheld", **STATEMENT, "source": {"id": "desk-daily", "size": "SIZE"}}}).replace('"SIZE"', "1e-99999")
    problem(post(desk, scope("beside-it") + line.encode() + b"\n"), 422, "invalid-document")


def thing(kind, id, document):
    return json.dumps({kind: {"id": id, **document}}).encode() + b"\n"


def test_an_address_that_no_index_can_hold_is_refused_beside_others(desk, tables):
    lot = random.Random(3)
    url = "https://x.example/" + "".join(chr(lot.randint(0x4E00, 0x9FA5)) for _ in range(982))
    told = post(desk, scope("unheld-beside") + thing("source", "unheld", {**DOCUMENTS["source"][0], "url": url}), on_error="skip").json()
    assert (told["created"], told["refused"], [each["id"] for each in told["problems"]]) == (1, 1, ["unheld"])
    assert known(tables, "unheld") == 1


@pytest.mark.parametrize("gives, takes", [(0, 1), (1, 0)])
@pytest.mark.parametrize("parts", [1, 2])
def test_lines_are_taken_in_one_after_another_wherever_they_are_cut(desk, gives, takes, parts):
    """Who takes what another gives up comes behind it, or is refused."""
    name, text = f"cut-{gives}-{parts}", f"{gives}{parts}" * 32
    giver, taker = {**DOCUMENTS["source"][0], "content_sha256": text}, DOCUMENTS["source"][0]
    assert post(desk, thing("source", f"{name}-giver", giver) + thing("source", f"{name}-taker", taker)).json()["created"] == 2
    lines = [None, None]
    lines[gives], lines[takes] = thing("source", f"{name}-giver", taker), thing("source", f"{name}-taker", giver)
    told = [post(desk, part, on_error="skip").json() for part in (lines if parts == 2 else [b"".join(lines)])]
    assert [sum(each[outcome] for each in told) for outcome in ("replaced", "refused")] == ([2, 0] if gives < takes else [1, 1])


def test_a_comparison_keeps_a_figure(desk):
    """Each of its two could be made a multiple, if the other were not."""
    for each in "ab":
        desk.put("claim", f"kept-{each}", CLAIM)
    desk.put("comparison", "kept", {"title": "Kept", "description": "Two.", "claims": ["kept-a", "kept-b"]})
    told = post(desk, b"".join(thing("claim", f"kept-{each}", MULTIPLE) for each in "ab"), on_error="skip").json()
    assert (told["replaced"], told["refused"]) == (1, 1)
    assert [error["pointer"] for error in told["problems"][0]["errors"]] == ["/kind"]
    assert desk.get("/v1/comparisons/kept").json()


@pytest.mark.parametrize("id, more, pointers", [
    ("half-related", {"relations": [{"kind": "cites", "source": "nowhere"}]}, ["/relations/0/source"]), ("half-published", {"publisher": "nobody"}, ["/publisher"]),
    ("half-of-it", {"relations": [{"kind": "cites", "source": "nowhere"}], "publisher": "nobody"}, ["/publisher", "/relations/0/source"])])
def test_a_source_whose_relations_or_publisher_are_refused_is_told_once(desk, id, more, pointers):
    source = {**DOCUMENTS["source"][0], **more}
    told = post(desk, scope(f"{id}-whole") + thing("source", id, {**source, "content_sha256": "a5" * 32}), on_error="skip").json()
    assert (told["created"], told["refused"], [error["line"] for error in told["problems"]]) == (1, 1, [2])
    assert [error["pointer"] for error in told["problems"][0]["errors"]] == pointers
    assert desk.get(f"/v1/sources/{id}").json()["publisher"] is None
    told = post(desk, thing("source", f"{id}-less", {**source, "content_sha256": "a5" * 32}), on_error="skip").json()
    assert (told["created"], told["refused"], len(told["problems"])) == (0, 1, 1)
    assert desk.send("GET", f"/v1/sources/{id}-less").status_code == 404
    desk.retract("source", id)


@pytest.mark.parametrize("media_type, body", [("application/x-ndjson", b""), ("application/ld+json", b"[]"), ("application/ld+json", b"{")])
def test_who_may_not_import_is_told_that_alone(desk, media_type, body):
    problem(post(Client(desk.service, "claimd_wrong"), body, media_type), 401, "unauthorized")


def test_wrong_lines_take_little_memory(desk):
    wrong = json.dumps({"scope": {f"m{number}": 0 for number in range(300)}}).encode() + b"\n"
    post(desk, wrong * 100)
    before = desk.service.memory()
    told = problem(post(desk, (wrong for _ in range(3000))), 422, "invalid-document")
    assert "3000 of the lines" in told["detail"] and len(told["errors"]) < 1000
    assert INSTRUMENTED or desk.service.memory() - before < 24 * MEGABYTE
