"""Answers from memory: made once, told again as long as the data are as they were, and no longer"""
import contextlib
import json
import os
import pathlib
import random
import re
import select
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import database
import pytest

from contract import READ
from service import INSTRUMENTED, Service, until
from wire import DECODE
from witness import observe

MEGABYTE = 1 << 20
CODINGS = ["identity", "gzip", "br"]
PATHS = [path for path in READ if path not in ("/healthz", "/readyz")]
FILES = ["/openapi.json", "/openapi.yaml", "/context.jsonld", "/.well-known/api-catalog", "/docs", "/docs/docs.js", "/problems/not-found",
         "/problems/timeout"]
# One of each form, chosen by parameter and by header field.
FORMED = [("/v1/claims?limit=20", "application/json"), ("/v1/claims?limit=20", "text/csv"), ("/v1/claims?limit=20", "application/x-ndjson"),
          ("/v1/claims?limit=20", "application/ld+json"), ("/v1/claims?limit=20&format=csv", "*/*"),
          ("/v1/comparisons/what-training-r1-cost", "image/svg+xml"), ("/v1/comparisons/what-training-r1-cost", "text/csv"),
          ("/v1/comparisons/what-training-r1-cost?format=svg", "*/*"), ("/v1/units/USD", "application/ld+json")]
CLAIM = "affordability-myth-03-development-cost-1-6-billion"
OTHER = "r1-under-300000-03-training-cost-294000"
ONE = f"/v1/claims/{CLAIM}"
HEARD = 6 if INSTRUMENTED else 2  # seconds in which news of a commit reaches each thread; some milliseconds where nobody else wants the processor
GRACE = 3 if INSTRUMENTED else 0.5  # after which it surely has


# Asking -----------------------------------------------------------------------------------------


def ask(service, target, *fields, method="GET", timeout=10):
    """The answer on a connection of its own."""
    with service.wire(timeout) as wire:
        wire.get(target, *fields, method=method)
        return wire.answer(method)


def coded(coding, *fields):
    return f"Accept-Encoding: {coding}", *fields


def recalled(answer):
    """Whether an answer to a request that does not name itself comes from memory."""
    assert ("X-Request-Id" in answer.headers) == ("Server-Timing" in answer.headers)
    return "X-Request-Id" not in answer.headers


def waited(answer):
    """The milliseconds that a request waited for the database, which says so."""
    return float(re.match(r"db;dur=([\d.]+), ", answer.headers["Server-Timing"])[1])


def told(answer):
    """All that does not depend on the moment."""
    own = ("date", "x-request-id", "server-timing", "connection")
    return answer.status, {name: value for name, value in answer.headers.lower_items() if name not in own}, answer.body


def lasting(answer):
    """The same of every service of the data: each dates the last change from when it heard of it."""
    status, headers, body = told(answer)
    return status, {name: value for name, value in headers.items() if name != "last-modified"}, body


def warm(service, target, *fields, method="GET"):
    """Asks until the answer comes from memory; that answer."""
    answers = []

    def from_memory():
        answers.append(ask(service, target, *fields, method=method))
        return recalled(answers[-1])
    until(from_memory, 5, f"{target} from memory")
    return answers[-1]


def ready(service):
    """Waits until the service has heard of the state of its data; before, there is nothing that two requests could share."""
    warm(service.answers(), "/v1/units?fields=id")
    return service


def settle(service, target="/v1/units"):
    """Waits until the second of the last change is over."""
    until(lambda: "Last-Modified" in ask(service, target).headers, 5, "settled data")


def said(answer):
    """The statement of the one claim that an answer is about."""
    assert answer.status == 200, answer
    return json.loads(answer.body)["statement"]


def says(service, text, target=ONE):
    """Waits until the service knows that the claim says so; the answer that it remembers."""
    until(lambda: said(ask(service, target)) == text, HEARD, f"{text} of {target}")
    time.sleep(GRACE)
    settle(service, target)
    return warm(service, target)


# Changing ---------------------------------------------------------------------------------------


@contextlib.contextmanager
def locked(url, *tables):
    """No query of the tables (all, unless told which) gets an answer."""
    with contextlib.closing(database.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
                       " AND relname NOT IN ('change', 'schema_migrations')")
        every = [name for name, in cursor.fetchall()]
        cursor.execute(f"LOCK TABLE {', '.join(tables or every)} IN ACCESS EXCLUSIVE MODE")
        yield


class Data:
    """A database of one's own, with a connection to change it by."""

    def __init__(self, url):
        self.url = url
        self.connection = database.connect(url, autocommit=True)

    def execute(self, statement, *arguments):
        with self.connection.cursor() as cursor:
            cursor.execute(statement, arguments or None)
            return cursor.fetchall() if cursor.description else None

    def state(self, statement, claim=CLAIM):
        """Makes the claim say so."""
        self.execute("UPDATE claim SET statement = %s WHERE id = %s", statement, claim)

    def backends(self, name="claimd"):
        """The processes in the database of services of that name, with what each did last and what it waits for."""
        return self.execute("SELECT pid, query, wait_event_type FROM pg_stat_activity"
                            " WHERE application_name ~ %s AND datname = current_database()", rf"^{name}(/|$)")


@pytest.fixture(scope="module")
def url(fresh_database):
    """A database that nobody changes."""
    return fresh_database()


@pytest.fixture(scope="module")
def quiet(url):
    """A service of one thread, whose data do not change."""
    with Service(url, "--threads", "1") as service:
        settle(service.answers())
        yield service


@pytest.fixture(scope="module")
def forgetful(url):
    """A service of the same data that remembers nothing."""
    with Service(url, "--threads", "1", "--cache-bytes", "0") as service:
        settle(service.answers())
        yield service


@pytest.fixture(scope="module")
def data(fresh_database):
    """Data that tests change."""
    data = Data(fresh_database())
    yield data
    data.connection.close()


@pytest.fixture(scope="module")
def changing(data):
    """A service of one thread, whose data change."""
    with Service(data.url, "--threads", "1") as service:
        yield service.answers()


# The second request -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_second_request_takes_no_query(quiet, forgetful, url, targets, path):
    wanted = {coding: ask(forgetful, targets[path], *coded(coding)) for coding in CODINGS}
    first = {coding: ask(quiet, targets[path], *coded(coding)) for coding in CODINGS}
    assert [lasting(answer) for answer in first.values()] == [lasting(answer) for answer in wanted.values()]
    with locked(url):
        for coding, answer in first.items():
            again = ask(quiet, targets[path], *coded(coding))
            assert again.status == 200 and recalled(again) and told(again) == told(answer)


@pytest.mark.parametrize("target, accept", FORMED)
def test_second_request_of_each_form_takes_no_query(quiet, forgetful, url, target, accept):
    wishes = [coded(coding, f"Accept: {accept}") for coding in CODINGS]
    wanted = [ask(forgetful, target, *wish) for wish in wishes]
    assert len({DECODE.get(answer.headers.get("Content-Encoding"), bytes)(answer.body) for answer in wanted}) == 1
    first = [ask(quiet, target, *wish) for wish in wishes]
    assert [lasting(answer) for answer in first] == [lasting(answer) for answer in wanted]
    with locked(url):
        for answer, wish in zip(first, wishes):
            again = ask(quiet, target, *wish)
            assert again.status == 200 and recalled(again) and told(again) == told(answer)


@pytest.mark.parametrize("number, methods", enumerate([("HEAD", "GET", "HEAD"), ("GET", "HEAD", "GET")]))
def test_get_and_head_are_answered_from_the_same_memory(quiet, url, number, methods):
    target = f"/v1/claims?limit={31 + number}"
    first = ask(quiet, target, method=methods[0])
    assert not recalled(first)
    with locked(url):
        second, third = (ask(quiet, target, method=method) for method in methods[1:])
    assert recalled(second) and recalled(third)
    assert told(first)[:2] == told(second)[:2] and told(third) == told(first)
    assert int(first.headers["Content-Length"]) == max(len(first.body), len(second.body)) > 0


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("target", [*dict.fromkeys(target for target, _ in FORMED), "/openapi.json", "/problems/not-found"])
def test_who_has_the_answer_is_told_so_without_a_query(quiet, url, target, method):
    for coding in CODINGS:
        answer = warm(quiet, target, *coded(coding))
        conditions = [f"If-None-Match: {answer.headers['ETag']}", f'If-None-Match: "a", W/{answer.headers["ETag"]}']
        if target.startswith("/v1"):
            conditions.append(f"If-Modified-Since: {answer.headers['Last-Modified']}")
        with locked(url):
            for condition in conditions:
                unchanged = ask(quiet, target, *coded(coding), condition, method=method)
                assert (unchanged.status, unchanged.body, recalled(unchanged)) == (304, b"", True)
                assert all(unchanged.headers.get(name) == answer.headers.get(name)
                           for name in ("ETag", "Last-Modified", "Vary", "Cache-Control"))
            for condition in ('If-None-Match: "other"', "If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT"):
                assert told(ask(quiet, target, *coded(coding), condition)) == told(answer)


def test_answer_to_who_has_it_is_kept_for_who_has_it_not(quiet, url):
    target = "/v1/claims?limit=33"
    with Service(url, "--threads", "1") as other:
        settle(other.answers())
        full = ask(other, target)
    first = ask(quiet, target, f"If-None-Match: {full.headers['ETag']}")
    assert first.status == 304 and not recalled(first)
    with locked(url):
        again = ask(quiet, target)
    assert recalled(again) and lasting(again) == lasting(full)


def test_request_that_names_itself_gets_its_own_fields(quiet, url):
    target = "/v1/claims?limit=34"
    first = ask(quiet, target, "X-Request-Id: first")
    assert first.headers["X-Request-Id"] == "first" and waited(first) > 0
    shared = ask(quiet, target)
    assert recalled(shared)
    with locked(url):
        for name in ("second", "third"):
            for fields, status in (((), 200), ((f"If-None-Match: {first.headers['ETag']}",), 304)):
                again = ask(quiet, target, f"X-Request-Id: {name}", *fields)
                assert (again.status, again.headers["X-Request-Id"], waited(again)) == (status, name, 0)
                assert status == 304 or told(again) == told(first) == told(shared)


@pytest.mark.parametrize("target", FILES)
def test_files_are_remembered_though_there_is_no_database(target):
    with Service("postgresql:///nowhere?host=/nonexistent", "--threads", "1") as service:
        service.answers("/healthz")
        for coding in CODINGS:
            ask(service, target, *coded(coding))
            again = ask(service, target, *coded(coding))
            assert again.status == 200 and recalled(again)
            named = ask(service, target, *coded(coding), "X-Request-Id: mine")
            assert told(named) == told(again) and waited(named) == 0
            unchanged = ask(service, target, *coded(coding), f"If-None-Match: {again.headers['ETag']}")
            assert unchanged.status == 304 and recalled(unchanged)


def test_files_and_problems_are_not_mixed_up(quiet):
    bodies = {target: [ask(quiet, target).body for _ in range(3)] for target in FILES}
    assert len({body for several in bodies.values() for body in several}) == len(FILES)
    for target in FILES[-2:]:
        assert {json.loads(body)["type"] for body in bodies[target]} == {target}


@pytest.mark.parametrize("target", ["/healthz", "/readyz", "/nowhere", "/v1/claims/none", "/v1/claims?limit=0", "/problems/none",
                                    "/v1/units?format=csv", "/v1/units?format=ndjson", "/v1/claims?format=svg"])
def test_what_is_true_for_a_moment_is_not_remembered(quiet, target):
    with quiet.wire() as wire:
        for _ in range(3):
            wire.get(target)
            answer = wire.head()
            assert not recalled(answer)
            if "Transfer-Encoding" in answer.headers:
                list(wire.chunks())
            else:
                wire._take(int(answer.headers["Content-Length"]))


def test_nothing_is_remembered_where_no_memory_is_given(url):
    with Service(url, "--threads", "1", CLAIMD_CACHE_BYTES="0") as service:
        settle(service.answers())
        assert ask(service, "/openapi.json") and not recalled(ask(service, "/openapi.json"))
        for target in ("/v1/units/USD", "/v1/claims?limit=3", "/v1/comparisons/what-training-r1-cost?format=svg"):
            for _ in range(3):
                answer = ask(service, target)
                assert answer.status == 200 and not recalled(answer) and waited(answer) > 0
                unchanged = ask(service, target, f"If-None-Match: {answer.headers['ETag']}")
                assert unchanged.status == 304 and not recalled(unchanged) and waited(unchanged) > 0
        with locked(url):
            wires = [service.wire() for _ in range(3)]
            for wire in wires:
                wire.get("/v1/units/USD")
            until(lambda: queries(url), 5, "a query waits")
        answers = [wire.answer() for wire in wires]
        assert [(answer.status, recalled(answer)) for answer in answers] == [(200, False)] * 3


def test_each_answer_is_named_where_requests_are_logged(url):
    with Service(url, "--threads", "1", "--log-requests") as service:
        settle(service.answers())
        answers = [ask(service, ONE) for _ in range(4)]
        assert len({answer.headers["X-Request-Id"] for answer in answers}) == 4 and waited(answers[-1]) == 0
        assert len({told(answer)[2] for answer in answers}) == 1


def test_date_goes_on(quiet):
    first = warm(quiet, ONE)
    time.sleep(1.1)
    second = ask(quiet, ONE)
    assert recalled(second) and first.headers["Date"] != second.headers["Date"]


@pytest.mark.parametrize("fields, version", [(["Connection: close"], "1.1"), ([], "1.0")])
def test_connection_ends_where_the_client_wants_it(quiet, fields, version):
    full = warm(quiet, ONE)
    for _ in range(2):
        with quiet.wire() as wire:
            wire.get(ONE, *fields, version=version)
            answer = wire.answer()
            assert recalled(answer) and told(answer) == told(full) and wire.rest() == b""
    assert told(ask(quiet, ONE)) == told(full)


def test_requests_in_a_row_are_answered_in_their_order(quiet):
    """What is remembered and what is not, sent without waiting for an answer."""
    targets = [ONE, "/openapi.json", "/v1/units/USD", "/v1/claims/none", "/healthz", "/v1/claims?limit=3"] * 20
    expected = {target: told(ask(quiet, target))[2] for target in targets}
    with quiet.wire() as wire:
        for target in targets:
            wire.get(target)
        assert [wire.answer().body for _ in targets] == [expected[target] for target in targets]


# What chooses an answer -------------------------------------------------------------------------

SPELLINGS = {
    "/v1/claims?subject=deepseek-r1&stance=asserts&limit=7": [
        "/v1/claims?limit=7&stance=asserts&subject=deepseek-r1", "/v1/claims?stance=asserts&subject=deepseek%2Dr1&limit=7",
        "/v1/claims?%73ubject=deepseek%2dr1&limit=%37&stance=%61sserts", "/%761/claims?subject=deepseek-r1&stance=asserts&limit=7",
        "http://elsewhere.example/v1/claims?subject=deepseek-r1&limit=7&stance=asserts"],
    "/v1/claims?q=training%20cost&limit=3": ["/v1/claims?limit=3&q=training+cost", "/v1/claims?q=%74raining%20cost&limit=3"],
    "/v1/units/USD": ["/v1/units/%55SD", "http://elsewhere.example:81/v1/units/%55%53%44"],
    "/openapi.json": ["/openapi%2Ejson", "http://elsewhere.example/openapi.json"],
    "/problems/not-found": ["/problems/not%2Dfound", "http://elsewhere.example/problems/not-found"],
}


@pytest.mark.parametrize("target, spelling", [(target, each) for target, spellings in SPELLINGS.items() for each in spellings])
def test_another_spelling_of_a_target_is_the_same_answer(quiet, url, target, spelling):
    full = warm(quiet, target)
    with locked(url):
        again = ask(quiet, spelling)
        assert recalled(again) and told(again) == told(full)


@pytest.mark.parametrize("several", [
    ["/v1/claims?limit=3", "/v1/claims?limit=4", "/v1/claims?limit=3&sort=-id", "/v1/claims?limit=3&fields=id", "/v1/claims?limit=3&embed=source"],
    ["/v1/claims?stance=asserts", "/v1/claims?stance=not.asserts", "/v1/claims?stance=disputes", "/v1/claims?hedge=none"],
    ["/v1/claims?q=training+cost", "/v1/claims?q=training%2Bcost", "/v1/claims?q=training", "/v1/propositions?q=training"],
    ["/v1/claims?value=gt.5", "/v1/claims?value=gte.5000000", "/v1/claims?value=lt.5", "/v1/claims?value=is.null"],
    ["/v1/units/USD", "/v1/units/1", "/v1/scopes/gpu-a100", "/v1/scopes/gpu-h100"],
    ["/v1/sources/affordability-myth", "/v1/sources/affordability-myth/claims", "/v1/claims?source=affordability-myth&limit=1"],
    [f"/v1/claims/{CLAIM}", f"/v1/claims/{CLAIM}/related", f"/v1/claims?id={CLAIM}", f"/v1/claims/{CLAIM}?fields=id"],
])
def test_answers_of_several_targets_are_kept_apart(quiet, url, several):
    first = {target: warm(quiet, target) for target in several}
    assert len({answer.body for answer in first.values()}) == len(several)
    with locked(url):
        for target in reversed(several):
            assert told(ask(quiet, target)) == told(first[target])


def shuffled(dice, target):
    """The target with its parameters in another order and some characters spelled as octets."""
    path, _, query = target.partition("?")
    pairs = query.split("&") if query else []
    dice.shuffle(pairs)
    spelled = "&".join(re.sub(r"[a-z]", lambda found: f"%{ord(found[0]):02X}" if dice.random() < 0.1 else found[0], pair) for pair in pairs)
    return path + ("?" + spelled if pairs else "")


PIECES = ["subject=deepseek-r1", "subject=deepseek,nvidia", "subject=not.deepseek", "stance=asserts", "stance=disputes,reports", "kind=numeric",
          "kind=statement,multiple", "hedge=none", "quantity=training-cost", "quantity=is.null", "language=de", "language=not.de", "value=gt.5000000",
          "value=lte.1600000000", "line=gte.5", "q=training", "q=cost+OR+gpu", "source=affordability-myth"]
SHAPES = ["sort=-value", "sort=source,-line", "limit=1", "limit=5", "limit=17", "fields=id,statement", "fields=source", "embed=source,subject",
          "embed=proposition"]
WISHES = [(), ("Accept: text/csv",), ("Accept: application/x-ndjson",), ("Accept: application/ld+json;q=0.9, text/csv;q=0.5",),
          ("Prefer: count=exact",), ("Prefer: count=estimated", "Accept: application/json")]


def test_remembered_answers_are_those_that_the_database_gives(quiet, forgetful):
    """Requests at random, each also of a service that remembers nothing."""
    dice = random.Random(11)
    recollections = 0
    with quiet.wire() as ours, forgetful.wire() as theirs:
        for _ in range(250):
            path = dice.choice(["/v1/claims", "/v1/claims", "/v1/sources/affordability-myth/claims"])
            pieces = dice.sample(PIECES, dice.randrange(4)) + dice.sample(SHAPES, dice.randrange(3))
            once = {piece.partition("=")[0]: piece for piece in ["limit=3", *pieces]}
            target, fields = path + "?" + "&".join(once.values()), coded(dice.choice(CODINGS), *dice.choice(WISHES))
            theirs.get(target, *fields)
            wanted = theirs.answer()
            for _ in range(2):
                ours.get(shuffled(dice, target), *fields)
                answer = ours.answer()
                recollections += recalled(answer)
                assert lasting(answer) == lasting(wanted), (target, fields)
    assert recollections > 100


def test_counts_are_kept_apart(quiet, url):
    target = "/v1/claims?stance=asserts&limit=2"
    wishes = {"": None, "count=exact": "exact", "count=estimated": "estimated", 'count="exact"': "exact", "respond-async, Count=Exact": "exact",
              "count=none": None, "count=estimated, count=exact": "estimated"}
    first = {wish: ask(quiet, target, f"Prefer: {wish}") for wish in wishes}
    with locked(url):
        again = {wish: ask(quiet, target, f"Prefer: {wish}") for wish in reversed(wishes)}
    for wish, applied in wishes.items():
        assert recalled(again[wish]) and told(again[wish]) == told(first[wish])
        assert again[wish].headers.get("Preference-Applied") == (applied and f"count={applied}")
        assert ("total" in json.loads(again[wish].body)) == bool(applied)


def test_origins_are_kept_apart(url):
    listed = ["https://a.example", "https://b.example:8443"]
    origins = [*listed, None, "https://c.example", "null", ",".join(listed)]
    with Service(url, "--threads", "1", "--cors-origins", ",".join(listed)) as service:
        settle(service.answers())
        for target in (ONE, "/v1/claims?limit=3", "/openapi.json"):
            fields = {origin: [f"Origin: {origin}"] if origin else [] for origin in origins}
            for origin in origins:
                ask(service, target, *fields[origin])
            with locked(url):
                for origin in [*origins, *reversed(origins)]:
                    answer = ask(service, target, *fields[origin])
                    assert recalled(answer) and "Origin" in answer.headers["Vary"]
                    assert answer.headers.get("Access-Control-Allow-Origin") == (origin if origin in listed else None)
                    unchanged = ask(service, target, *fields[origin], f"If-None-Match: {answer.headers['ETag']}")
                    assert unchanged.status == 304 and recalled(unchanged)
                    assert unchanged.headers.get("Access-Control-Allow-Origin") == (origin if origin in listed else None)


def test_long_requests_are_remembered_too(quiet, url):
    target = "/v1/claims?limit=2&id=not." + ",".join(f"no-claim-{number}" for number in range(100))
    accept = "Accept: " + ", ".join(f"text/x-{number};q=0.1" for number in range(100)) + ", text/csv"
    full = warm(quiet, target)
    table = warm(quiet, target, accept)
    assert len(target) > 1000 and table.headers["Content-Type"].startswith("text/csv")
    with locked(url):
        for _ in range(3):
            assert told(ask(quiet, target)) == told(full) and told(ask(quiet, target, accept)) == told(table)


def test_answer_fits_beside_the_request_or_is_refused(quiet):
    """An answer may be remembered from a short request, and be asked for by a long one."""
    target = "/v1/claims?limit=2&q=" + "+OR+".join(f"cost{number}" for number in range(30))
    full = warm(quiet, target)
    statuses = []
    for size in range(0, 5500, 100):
        for own in ((), ("X-Request-Id: mine",)):
            answer = ask(quiet, target, "X-Filler: " + "x" * size, *own)
            statuses.append(answer.status)
            assert answer.status == 431 or told(answer) == told(full)
    assert statuses == sorted(statuses) and {200, 431} == set(statuses)


# When data change -------------------------------------------------------------------------------

# A statement that changes each table that answers are made from, and where that shows.
CHANGES = {
    "dimension": ("UPDATE dimension SET id = 'cash' WHERE id = 'money'", "/v1/units/USD"),
    "unit": ("UPDATE unit SET name = 'Buck' WHERE id = 'USD'", "/v1/units/USD"),
    "quantity": ("UPDATE quantity SET name = 'Cost' WHERE id = 'training-cost'", "/v1/compare?subject=deepseek-r1&quantity=training-cost"),
    "scope": ("DELETE FROM scope WHERE id = 'spare'", "/v1/scopes"),
    "subject": ("UPDATE subject SET name = 'R1' WHERE id = 'deepseek-r1'", "/v1/subjects/deepseek-r1?format=jsonld"),
    "source": ("UPDATE source SET title = 'A myth' WHERE id = 'affordability-myth'", ONE),
    "source_relation": ("DELETE FROM source_relation WHERE source_id = 'affordability-myth'", "/v1/sources/affordability-myth"),
    "agent": ("UPDATE agent SET name = 'It' WHERE id = 'voice-affordability-myth'", ONE),
    "proposition": ("UPDATE proposition SET statement = 'Perhaps.'", ONE + "?embed=proposition"),
    "claim": ("UPDATE claim SET hedge = 'rumour' WHERE id = '" + CLAIM + "'", "/v1/claims?source=affordability-myth&format=csv&limit=100"),
    "attribution": ("UPDATE attribution SET role = 'reporter' WHERE claim_id = 'markets-misled-de-07-reported-5-million'",
                    "/v1/claims/markets-misled-de-07-reported-5-million"),
    "multiple_operand": ("DELETE FROM multiple_operand WHERE operand_id = 'markets-misled-de-16-operating-cost-944-million'",
                         "/v1/comparisons/spending-against-claimed-training-cost"),
    "comparison": ("UPDATE comparison SET title = 'Other' WHERE id = 'what-training-r1-cost'", "/v1/comparisons?limit=200"),
    "comparison_claim": ("DELETE FROM comparison_claim WHERE claim_id = 'market-shockwave-09-r1-training-cost-5-6-million'",
                         "/v1/comparisons/what-training-r1-cost?format=csv"),
    "search_language": ("DELETE FROM search_language WHERE language = 'en'", "/v1/claims?q=trainings&limit=50"),
}


@pytest.fixture
def world(fresh_database):
    """Data that a single test spoils, and a service of one thread that reads them."""
    data = Data(fresh_database())
    with Service(data.url, "--threads", "1") as service:
        yield service.answers(), data
    data.connection.close()


ABOUT = {"answered", "change", "import_part", "merged", "permit", "revision", "schema_migrations", "secret", "token"}  # who changed what, and who may
DERIVED = {"comparable", "corroboration", "finding", "tally", "unsettled"}  # see docs/database.md


def test_every_table_is_among_those_that_are_changed(data):
    tables = {name for name, in data.execute("SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")}
    assert tables - ABOUT - DERIVED == set(CHANGES)


@pytest.fixture(scope="module")
def spoiled(fresh_database):
    """Data of which each test changes another table, and a service of one thread that reads them."""
    data = Data(fresh_database())
    data.execute("INSERT INTO scope VALUES ('spare', 'Spare', 'A part.')")
    data.execute("ALTER TABLE unit DROP CONSTRAINT unit_dimension_id_fkey, ADD FOREIGN KEY (dimension_id) REFERENCES dimension ON UPDATE CASCADE;"
                 "ALTER TABLE quantity DROP CONSTRAINT quantity_dimension_id_fkey, DROP CONSTRAINT quantity_unit_id_dimension_id_fkey,"
                 " ADD FOREIGN KEY (unit_id, dimension_id) REFERENCES unit (id, dimension_id) ON UPDATE CASCADE")
    with Service(data.url, "--threads", "1") as service:
        yield service.answers(), data
    data.connection.close()


@pytest.mark.parametrize("table", CHANGES)
def test_change_of_each_table_is_seen(spoiled, table):
    service, data = spoiled
    statement, target = CHANGES[table]
    time.sleep(GRACE)
    settle(service)
    before = warm(service, target)
    data.execute(statement)
    until(lambda: ask(service, target).body != before.body, HEARD, f"{target} after the change of {table}")
    with Service(data.url, "--threads", "1", "--cache-bytes", "0") as other:
        assert ask(service, target).body == ask(other.answers(), target).body


def test_load_without_triggers_is_seen_when_all_is_worked_out_again(spoiled):
    """As docs/database.md has it; until then nobody can know."""
    service, data = spoiled
    target = f"/v1/claims/{OTHER}?embed=source"
    time.sleep(GRACE)
    settle(service, target)
    before = warm(service, target)
    data.execute("SET session_replication_role = replica;"
                 f"UPDATE claim SET statement = 'Loaded.' WHERE id = '{OTHER}';"
                 "RESET session_replication_role")
    data.execute("SELECT settle_anew(), tally_anew()")
    until(lambda: ask(service, target).body != before.body, HEARD, "what was loaded")


@pytest.mark.parametrize("target", [
    ONE, ONE + "?format=jsonld", "/v1/claims?source=affordability-myth&limit=100", f"/v1/claims?id={CLAIM}&format=csv&limit=1",
    f"/v1/compare?claims={CLAIM},{OTHER}", f"/v1/compare?claims={CLAIM},{OTHER}&format=csv"])
def test_new_answer_comes_soon_and_the_old_one_never_again(changing, data, target):
    for number in range(3):
        old = warm(changing, target)
        data.state(f"State {number} of {quote(target, safe='')}.")
        until(lambda: ask(changing, target).body != old.body, HEARD, "the new answer")
        for _ in range(20):
            answer = ask(changing, target)
            assert f"State {number} of" in answer.body.decode() and answer.headers["ETag"] != old.headers["ETag"]
            assert ask(changing, target, f"If-None-Match: {old.headers['ETag']}").status == 200


def test_new_answer_comes_soon_to_every_thread(data):
    with Service(data.url, "--threads", "4") as service:
        service.answers()
        data.state("Before.")
        with contextlib.ExitStack() as stack:
            wires = [stack.enter_context(service.wire()) for _ in range(40)]

            def statements():
                for wire in wires:
                    wire.get(ONE)
                return [said(wire.answer()) for wire in wires]
            until(lambda: set(statements()) == {"Before."}, HEARD, "the state before")
            for number in range(5):
                data.state(f"After {number}.")
                until(lambda: set(statements()) == {f"After {number}."}, HEARD, "the new state of every thread")
                assert set(statements()) == {f"After {number}."}


def test_what_comes_and_goes_is_seen(changing, data):
    one, several = "/v1/scopes/fleeting", "/v1/scopes?limit=200"
    for number in range(3):
        assert ask(changing, one).status == (410 if number else 404) and warm(changing, several)
        data.execute("INSERT INTO scope VALUES ('fleeting', %s, 'A part.')", f"Number {number}")
        until(lambda: ask(changing, one).status == 200 and b"fleeting" in ask(changing, several).body, HEARD, "the new scope")
        assert json.loads(warm(changing, one).body)["name"] == f"Number {number}"
        data.execute("DELETE FROM scope WHERE id = 'fleeting'")
        until(lambda: ask(changing, one).status == 410 and b"fleeting" not in ask(changing, several).body, HEARD, "no such scope")


def test_answer_is_made_once_more_when_the_second_of_the_change_is_over(changing, data):
    data.state("A second.")
    changed, seen = time.time(), []
    until(lambda: said(ask(changing, ONE)) == "A second.", HEARD, "the change")
    time.sleep(0.3)
    while time.time() < changed + 4:
        answer = ask(changing, ONE)
        seen.append(("Last-Modified" in answer.headers, recalled(answer)))
        time.sleep(0.02)
    assert [dated for dated, _ in seen] == sorted(dated for dated, _ in seen)
    dated = [recollected for dated, recollected in seen if dated]
    undated = [recollected for dated, recollected in seen if not dated]
    assert undated.count(False) <= 1 and len(undated) > 2 and dated.count(False) == 1 and not dated[0] and len(dated) > 20


def test_date_of_the_client_is_compared_with_the_last_change(changing, data):
    data.state("Dated.")
    answer = says(changing, "Dated.")
    condition = f"If-Modified-Since: {answer.headers['Last-Modified']}"
    assert ask(changing, ONE, condition).status == 304
    data.state("Dated later.")
    until(lambda: said(ask(changing, ONE)) == "Dated later.", HEARD, "the change")
    assert ask(changing, ONE, condition).status == 200
    settle(changing)
    assert ask(changing, ONE, condition).status == 200


def test_date_of_the_client_is_older_than_what_is_committed_after_it(changing, data):
    """A transaction that is committed long after it changed data: what was answered meanwhile is dated later than that."""
    with contextlib.closing(database.connect(data.url)) as slow, slow.cursor() as cursor:
        cursor.execute("UPDATE claim SET statement = 'Slowly written.' WHERE id = %s", [CLAIM])
        time.sleep(1.1)
        settle(changing, ONE)
        before = warm(changing, ONE)
        slow.commit()
    says(changing, "Slowly written.")
    assert said(ask(changing, ONE, f"If-Modified-Since: {before.headers['Last-Modified']}")) == "Slowly written."


def notified(connection, within):
    """Waits for a notification."""
    end = time.monotonic() + within
    while not connection.notifies and time.monotonic() < end:
        if select.select([connection], [], [], end - time.monotonic())[0]:
            connection.poll()
    assert connection.notifies, "no notification"
    connection.notifies.clear()


def test_writer_that_has_heard_of_its_change_reads_it(data):
    data.execute("LISTEN claimd_data")
    with Service(data.url, "--threads", "2") as service:
        service.answers()
        for number in range(6):
            for _ in range(4):
                ask(service, ONE)
            data.state(f"Heard {number}.")
            notified(data.connection, 5)
            time.sleep(GRACE)
            for _ in range(8):
                assert said(ask(service, ONE)) == f"Heard {number}."
    data.execute("UNLISTEN claimd_data")


# One thread with one connection; several of both; little memory, from which answers are pushed out all the while; often and seldom changes.
LIVES = {
    "1 thread": (60, ["--threads", "1"]),
    "2 threads": (15, ["--threads", "2"]),
    "3 connections": (40, ["--threads", "2", "--db-connections", "3"]),
    "little memory": (20, ["--threads", "1", "--cache-bytes", "60000"]),
    "times of quiet": (1.2, ["--threads", "2"]),
}


@pytest.mark.parametrize("rate, flags", LIVES.values(), ids=LIVES)
def test_nobody_reads_what_was_not_so(fresh_database, rate, flags):
    """Writers that note each commit, and readers that hold each answer against the notes: see witness.py. In times of quiet there are dates."""
    url, quiet = fresh_database(), rate < 2
    with Service(url, *flags) as service:
        tally, judge = observe(service.answers(), url, 12 if quiet else 3, groups=4, rate=rate, readers=12, grace=2 * GRACE, seed=int(rate),
                               slow=0.5 if quiet else 0, pause=0.005, strict="--db-connections" not in flags)
    print(f"\n{tally.requests} requests, {tally.changes} changes, {tally.recalled / tally.telling:.0%} from memory, "
          f"{tally.back} went back by {tally.back_stalest:.3f} s at most, the stalest by {judge.stalest:.3f} s, {tally.dated} by date")
    assert not tally.faults, "\n".join(tally.faults)
    assert tally.requests > 100 and tally.changes > 3 and tally.recalled > 10 and set(tally.statuses) <= {200, 304, 404, 410}
    assert not quiet or tally.dated, "no date was ever told"


# Transactions -----------------------------------------------------------------------------------


def test_what_is_rolled_back_changes_nothing(changing, data):
    data.state("Stands.")
    full = says(changing, "Stands.")
    with contextlib.closing(database.connect(data.url)) as connection, connection.cursor() as cursor:
        for _ in range(3):
            cursor.execute("UPDATE claim SET statement = 'Never.'")
            cursor.execute("DELETE FROM scope WHERE id = 'fleeting'")
            assert told(ask(changing, ONE)) == told(full)
            connection.rollback()
            time.sleep(0.2)
            again = ask(changing, ONE)
            assert recalled(again) and told(again) == told(full)


def test_part_that_is_rolled_back_changes_nothing_and_the_rest_does(changing, data):
    data.state("Stands.")
    full = says(changing, "Stands.")
    with contextlib.closing(database.connect(data.url)) as connection, connection.cursor() as cursor:
        cursor.execute("SAVEPOINT part")
        cursor.execute("UPDATE claim SET statement = 'Never.' WHERE id = %s", [CLAIM])
        cursor.execute("ROLLBACK TO part")
        connection.commit()
        time.sleep(0.2)
        again = ask(changing, ONE)
        assert recalled(again) and told(again) == told(full)
        for number in range(2):
            cursor.execute("SAVEPOINT part")
            cursor.execute("UPDATE claim SET statement = 'Never.' WHERE id = %s", [CLAIM])
            cursor.execute("ROLLBACK TO part")
            cursor.execute("SAVEPOINT other")
            cursor.execute("UPDATE claim SET statement = %s WHERE id = %s", [f"Part {number}.", CLAIM])
            cursor.execute("RELEASE other")
            connection.commit()
            until(lambda: said(ask(changing, ONE)) == f"Part {number}.", HEARD, "the part that was committed")


def test_transaction_of_many_tables_is_seen_whole(changing, data):
    targets = [ONE + "?embed=source,subject,claimant", "/v1/sources/affordability-myth", "/v1/subjects/deepseek-ai",
               "/v1/agents/voice-affordability-myth", "/v1/claims?source=affordability-myth&limit=100"]
    statements = ["UPDATE source SET title = %s WHERE id = 'affordability-myth'", "UPDATE subject SET name = %s WHERE id = 'deepseek-ai'",
                  "UPDATE agent SET name = %s WHERE id = 'voice-affordability-myth'", f"UPDATE claim SET statement = %s WHERE id = '{CLAIM}'",
                  "UPDATE source SET description = %s WHERE id = 'affordability-myth'"]

    def states(target):
        return set(re.findall(r"Whole (\d+)\.", ask(changing, target).body.decode()))
    with contextlib.closing(database.connect(data.url)) as connection, connection.cursor() as cursor:
        for number in range(8):
            for target in targets:
                ask(changing, target)
            for statement in random.Random(number).sample(statements, len(statements)):
                cursor.execute(statement, [f"Whole {number}."])
                if number:
                    assert states(targets[number % len(targets)]) == {str(number - 1)}
            connection.commit()
            until(lambda: all(states(target) == {str(number)} for target in targets), HEARD, "all of the transaction")
            assert number == 0 or all(len(states(target)) == 1 for target in targets)


def test_empty_transaction_of_a_table_does_no_harm(changing, data):
    full = warm(changing, ONE)
    for statement in ("UPDATE claim SET line = line WHERE false", "DELETE FROM claim WHERE false"):
        data.execute(statement)
    assert told(warm(changing, ONE))[2] == told(full)[2]


# Lost connections -------------------------------------------------------------------------------

KILL = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name ~ '^claimd/' AND datname = current_database()"


@pytest.mark.parametrize("order", [("kill", "change"), ("change", "kill"), ("kill", "change", "kill"), ("both",)], ids=" then ".join)
def test_nothing_old_is_told_after_the_connection_was_lost(changing, data, order):
    acts = {"kill": lambda text: data.execute(KILL), "change": data.state,
            "both": lambda text: data.execute("BEGIN; UPDATE claim SET statement = %s WHERE id = %s; " + KILL + "; COMMIT", text, CLAIM)}
    for number in range(3):
        text = f"{'-'.join(order)} {number}."
        until(lambda: ask(changing, ONE).status == 200, 5, "the service is connected")
        warm(changing, ONE)
        for act in order:
            acts[act](text)
        time.sleep(GRACE)
        until(lambda: ask(changing, ONE).status == 200, 5, "the service is connected again")
        for _ in range(5):
            assert said(ask(changing, ONE)) == text
        assert said(warm(changing, ONE)) == text


def test_nothing_is_told_from_memory_while_there_is_no_connection(world, server_url):
    """But as what was right before."""
    service, data = world
    warm(service, ONE)
    warm(service, "/openapi.json")
    with database.closed(server_url, data.url):
        data.execute(KILL)
        until(lambda: "Age" in ask(service, ONE).headers, 5, "the loss is noticed")
        for _ in range(5):
            assert "Age" in ask(service, ONE).headers
            assert ask(service, "/openapi.json").status == 200
        data.state("Meanwhile.")
    until(lambda: "Age" not in ask(service, ONE).headers, 10, "the service is connected again")
    assert said(ask(service, ONE)) == said(warm(service, ONE)) == "Meanwhile."


@contextlib.contextmanager
def frozen(*pids):
    """Stops processes of the database for so long."""
    for pid in pids:
        comm = pathlib.Path(f"/proc/{pid}/comm")
        if not comm.exists() or comm.read_text().strip() != "postgres":
            pytest.skip("the database runs elsewhere")
    try:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def listener(data, name):
    """The process that the one thread of the service of that name listens by."""
    pids = []

    def alone():
        pids[:] = [pid for pid, query, _ in data.backends(name) if query == "SELECT data_state()"]
        return len(pids) == 1
    until(alone, 5, "the listening connection")
    return pids[0]


def answers_within(service, target, seconds):
    """The answer, or None if it does not come in time."""
    try:
        return ask(service, target, timeout=seconds)
    except socket.timeout:
        return None


@pytest.mark.parametrize("connections", [1, 3])
def test_nothing_is_told_from_memory_while_the_listening_connection_is_dumb(data, connections):
    """The others of the thread still answer."""
    with Service(data.url, "--threads", "1", "--db-connections", str(connections), "--request-timeout", "60000",
                 PGAPPNAME=f"dumb-{connections}") as service:
        service.answers()
        data.state("Before.")
        says(service, "Before.")
        with frozen(listener(data, f"dumb-{connections}")):
            data.state("Meanwhile.")
            took = until(lambda: not recalled(ask(service, ONE)), 4, "no answers from memory")
            print(f"\nanswers came from memory for {took:.1f} s")
            for number in range(15):
                text = f"Meanwhile {number}."
                data.state(text)
                answer = ask(service, ONE)
                assert said(answer) == text and not recalled(answer)
                time.sleep(0.1)
        assert said(warm(service, ONE)) == text
        data.state("After.")
        until(lambda: said(ask(service, ONE)) == "After.", HEARD, "the change after")


def pids(data, name):
    return [pid for pid, _, _ in data.backends(name)]


def test_answers_are_right_again_when_all_connections_speak_again(data):
    with Service(data.url, "--threads", "1", "--stale-if-error", "0", "--request-timeout", "60000", PGAPPNAME="all") as service:
        service.answers()
        data.state("Before.")
        says(service, "Before.")
        with service.wire(30) as waiting:
            with frozen(*pids(data, "all")):
                data.state("Meanwhile.")
                frozen_at = time.monotonic()
                while (answer := answers_within(service, ONE, 0.5)) is not None:
                    assert recalled(answer) and time.monotonic() - frozen_at < 4
                print(f"\nanswers came from memory for {time.monotonic() - frozen_at - 0.5:.1f} s")
                waiting.get(ONE)
                time.sleep(1)
                assert answers_within(service, ONE, 0.5) is None
                assert ask(service, "/openapi.json").status == ask(service, "/healthz").status == 200
            assert said(waiting.answer()) == "Meanwhile."
        assert said(warm(service, ONE)) == "Meanwhile."
        data.state("After.")
        until(lambda: said(ask(service, ONE)) == "After.", HEARD, "the change after")


def test_changes_are_heard_of_while_the_connection_that_asks_is_dumb(data):
    with Service(data.url, "--threads", "1", "--request-timeout", "60000", PGAPPNAME="asks") as service:
        service.answers()
        data.state("Before.")
        says(service, "Before.")
        with service.wire(30) as waiting:
            with frozen(*set(pids(data, "asks")) - {listener(data, "asks")}):
                time.sleep(2.5)
                again = ask(service, ONE)
                assert recalled(again) and said(again) == "Before."
                data.state("Meanwhile.")
                time.sleep(GRACE)
                assert answers_within(service, ONE, 0.5) is None
                waiting.get(ONE)
                time.sleep(0.2)
            assert said(waiting.answer()) == "Meanwhile."


def test_dumb_connections_are_replaced_and_listened_on_again(data):
    with Service(data.url, "--threads", "1", "--stale-if-error", "0", "--request-timeout", "500", PGAPPNAME="replaced") as service:
        service.answers()
        data.state("Before.")
        says(service, "Before.")
        with frozen(*pids(data, "replaced")):
            data.state("Meanwhile.")
            until(lambda: ask(service, ONE).status == 504, 4, "no answer from memory")
            until(lambda: ask(service, ONE).status == 200, 10, "another connection")
            assert said(ask(service, ONE)) == said(warm(service, ONE)) == "Meanwhile."
            data.state("Meanwhile, later.")
            until(lambda: said(ask(service, ONE)) == "Meanwhile, later.", HEARD, "the change that is heard of on the new one")


# One query for all who wait ---------------------------------------------------------------------


@pytest.fixture
def narrow(url):
    """A service that asks the database one thing at a time, and has asked nothing yet."""
    with Service(url, "--threads", "1", "--queue", "1", "--request-timeout", "20000") as service:
        yield ready(service)


@contextlib.contextmanager
def wires(service, count, timeout=20):
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(service.wire(timeout)) for _ in range(count)]


def queries(url):
    """How many of the services' queries wait for a lock."""
    data = Data(url)
    with contextlib.closing(data.connection):
        return [waiting for _, _, waiting in data.backends()].count("Lock")


def under_way(url, count=1):
    until(lambda: queries(url) == count, 5, f"{count} queries wait")


@pytest.mark.parametrize("target", [ONE, "/v1/claims?limit=50", "/v1/claims?limit=50&format=csv", "/v1/comparisons/what-training-r1-cost?format=svg"])
def test_all_who_ask_for_the_same_wait_for_one_query(narrow, url, target):
    with wires(narrow, 30) as clients:
        with locked(url):
            clients[0].get(target)
            under_way(url)
            for client in clients[1:]:
                client.get(target)
            time.sleep(0.3)
            for number in range(1, 4):
                other = ask(narrow, f"/v1/units?limit={number}")
                assert other.status == 503 and json.loads(other.body)["type"] == "/problems/overloaded"
        answers = [client.answer() for client in clients]
        assert [answer.status for answer in answers] == [200] * 30 and len({answer.body for answer in answers}) == 1
        assert [recalled(answer) for answer in answers] == [False] + [True] * 29
        for client in clients:
            client.get("/v1/units/USD")
        assert {client.answer().status for client in clients} == {200}


def test_each_who_waits_gets_what_it_asked_for(narrow, quiet, url):
    full = ask(quiet, ONE)
    wishes = [(), (f"If-None-Match: {full.headers['ETag']}",), ('If-None-Match: "other"',), ("X-Request-Id: mine",),
              ("X-Request-Id: mine", "If-None-Match: *"), ("Accept: application/json",), ("Connection: close",)]
    cases = [(method, wish) for wish in wishes for method in ("GET", "HEAD")]
    with wires(narrow, len(cases)) as clients:
        with locked(url):
            for client, (method, wish) in zip(clients, cases):
                client.get(ONE, *wish, method=method)
            under_way(url)
            time.sleep(0.3)
        for client, (method, wish) in zip(clients, cases):
            answer = client.answer(method)
            held = f"If-None-Match: {full.headers['ETag']}" in wish or "If-None-Match: *" in wish
            assert answer.status == (304 if held else 200) and answer.headers["ETag"] == full.headers["ETag"]
            assert answer.body == (b"" if held or method == "HEAD" else full.body)
            assert answer.headers.get("X-Request-Id") == "mine" if "X-Request-Id: mine" in wish else True


@pytest.mark.parametrize("leave", [lambda wire: wire.socket.close(), lambda wire: wire.reset()], ids=["closes", "resets"])
@pytest.mark.parametrize("leaving", [[0], [0, 1, 2], [5, 9], list(range(9)), list(range(1, 10))], ids=str)
def test_who_hangs_up_takes_nothing_from_those_who_wait(narrow, url, leave, leaving):
    with wires(narrow, 10) as clients:
        with locked(url):
            clients[0].get(ONE)
            under_way(url)
            for client in clients[1:]:
                client.get(ONE)
            time.sleep(0.2)
            for number in leaving:
                leave(clients[number])
            time.sleep(0.2)
        answers = [client.answer() for number, client in enumerate(clients) if number not in leaving]
    assert {(answer.status, said(answer)) for answer in answers} == {(200, said(ask(narrow, ONE)))}


def test_everybody_may_hang_up(narrow, url):
    with wires(narrow, 10) as clients, locked(url):
        for client in clients:
            client.get(ONE)
        under_way(url)
        for client in clients:
            client.reset()
    until(lambda: ask(narrow, ONE).status == 200, 5, "an answer to the next one")
    assert ask(narrow, "/v1/units/USD").status == 200


def test_those_who_wait_get_their_answer_though_the_connection_is_lost(data):
    with Service(data.url, "--threads", "1", "--queue", "1", "--request-timeout", "20000") as service, wires(ready(service), 10) as clients:
        with locked(data.url):
            for client in clients:
                client.get(ONE)
            under_way(data.url)
            data.execute(KILL)
            time.sleep(1)
        answers = [client.answer() for client in clients]
        assert {answer.status for answer in answers} == {200} and len({answer.body for answer in answers}) == 1


def test_those_who_wait_share_a_failure_which_is_not_kept(url):
    with Service(url, "--threads", "1", "--queue", "1", "--request-timeout", "700") as service, wires(ready(service), 20) as clients:
        with locked(url, "claim"):
            for client in clients:
                client.get(ONE)
            answers = [client.answer() for client in clients]
            assert {(answer.status, json.loads(answer.body)["type"]) for answer in answers} == {(504, "/problems/timeout")}
            assert ask(service, "/v1/units/USD").status == 200
        for client in clients:
            client.get(ONE)
        assert {client.answer().status for client in clients} == {200}


def test_those_who_wait_for_what_there_is_not_are_told_so_and_it_may_come(data):
    with Service(data.url, "--threads", "1", "--queue", "1", "--request-timeout", "20000") as service, wires(ready(service), 20) as clients:
        with locked(data.url):
            for client in clients:
                client.get("/v1/scopes/late")
            under_way(data.url)
            time.sleep(0.2)
        assert {(client.answer().status) for client in clients} == {404}
        data.execute("INSERT INTO scope VALUES ('late', 'Late', 'A part.')")
        for client in clients:
            client.get("/v1/scopes/late")
            assert client.answer().status == 200


def test_other_forms_are_other_answers(url):
    wishes = [("Accept: application/json",), ("Accept: application/ld+json",), ("Accept: application/json", "Accept-Encoding: gzip")]
    with Service(url, "--threads", "1", "--request-timeout", "20000") as service, wires(ready(service), 12) as clients:
        expected = [told(ask(service, "/v1/sources/affordability-myth", *wish)) for wish in wishes]
    with Service(url, "--threads", "1", "--request-timeout", "20000") as service, wires(ready(service), 12) as clients:
        with locked(url):
            for number, client in enumerate(clients):
                client.get("/v1/sources/affordability-myth", *wishes[number % 3])
            under_way(url)
            time.sleep(0.2)
        answers = [client.answer() for client in clients]
    assert [told(answer)[2] for answer in answers] == [body for _, _, body in expected] * 4
    assert [recalled(answer) for answer in answers] == [False] * 3 + [True] * 9


# The query of a claim with its source waits in its midst, after it has seen the data, until the source's gate is open.
GATE = """
ALTER FUNCTION tally_of(text, slug) RENAME TO tally_behind;
CREATE FUNCTION tally_of(wanted text, of slug) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext(of));
    RETURN tally_behind(wanted, of);
END $$"""
GATED = ONE + "?embed=source"


@pytest.fixture(scope="module")
def gated(fresh_database):
    data = Data(fresh_database())
    data.execute(GATE)
    yield data
    data.connection.close()


@contextlib.contextmanager
def gate(data):
    """Closes the gate of the claim's source; a function that opens it."""
    with contextlib.closing(database.connect(data.url, autocommit=True)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(source_id)) FROM claim WHERE id = %s", [CLAIM])
        yield connection.close


@pytest.mark.parametrize("connections", [1, 2])
def test_who_asks_after_a_change_does_not_get_an_answer_that_was_on_its_way(gated, connections):
    with Service(gated.url, "--threads", "1", "--db-connections", str(connections), "--request-timeout", "20000") as service:
        ready(service)
        gated.state(f"Before {connections}.")
        says(service, f"Before {connections}.", ONE)
        warm(service, "/v1/units/USD")
        with wires(service, 5) as early, wires(service, 5) as late, gate(gated) as open_gate:
            for client in early:
                client.get(GATED)
            under_way(gated.url)
            gated.state(f"After {connections}.")

            def heard():
                answer = answers_within(service, "/v1/units/USD", 0.5)
                return answer is None or not recalled(answer)
            until(heard, 5, "the change is heard of")
            for client in late:
                client.get(GATED)
            time.sleep(0.3)
            open_gate()
            assert {said(client.answer()) for client in early} <= {f"Before {connections}.", f"After {connections}."}
            assert {said(client.answer()) for client in late} == {f"After {connections}."}
        for _ in range(5):
            assert said(ask(service, GATED)) == f"After {connections}."
        assert said(warm(service, GATED)) == f"After {connections}."


def test_slow_query_does_not_keep_the_news_away(gated):
    with Service(gated.url, "--threads", "1", "--request-timeout", "30000") as service:
        ready(service)
        gated.state("Before.", OTHER)
        target, stale = f"/v1/claims/{OTHER}", 0
        says(service, "Before.", target)
        with service.wire(30) as slow, service.wire(30) as waiting, gate(gated) as open_gate:
            slow.get(GATED)
            under_way(gated.url)
            gated.state("After.", OTHER)
            changed = time.monotonic()
            while (answer := answers_within(service, target, 0.5)) is not None and said(answer) == "Before.":
                stale = time.monotonic() - changed
                assert stale < HEARD, "an old answer"
                time.sleep(0.02)
            print(f"\nanswers were old for {stale:.3f} s")
            waiting.get(target)
            time.sleep(0.2)
            open_gate()
            assert slow.answer().status == 200 and said(waiting.answer()) == "After."
        assert said(warm(service, target)) == "After."


# Bounds -----------------------------------------------------------------------------------------


def grown(service, requests):
    """The bytes of memory that a service has more after such requests, of which the first fifth warms it up."""
    with service.wire(20) as wire:
        for first in range(0, len(requests), 10):
            for target, fields in requests[first:first + 10]:
                wire.get(target, *fields)
            assert {wire.answer().status for _ in requests[first:first + 10]} == {200}
            if first == len(requests) // 50 * 10:
                before = service.memory()
    return service.memory() - before


def scan(count):
    return [(f"/v1/claims?value=gt.{number}&limit=20", ("Accept-Encoding: identity",)) for number in range(count)]


def test_memory_for_answers_is_bounded(url):
    """Some thirty megabytes of answers pass through two."""
    grow = {}
    for most in ("2000000", "0", "200000000"):
        with Service(url, "--threads", "1", "--cache-bytes", most) as service:
            settle(service.answers())
            grow[most] = grown(service, scan(1500 if most != "200000000" else 600))
    print("\n" + ", ".join(f"{most}: {bytes / MEGABYTE:.1f} MB" for most, bytes in grow.items()))
    assert INSTRUMENTED or grow["2000000"] < grow["0"] + 6 * MEGABYTE
    assert INSTRUMENTED or grow["200000000"] > grow["0"] + 8 * MEGABYTE, "the answers are too small to tell"


def test_what_is_asked_for_often_stays_while_a_list_is_walked_through(url):
    hot, from_memory = ["/v1/units/USD", ONE, "/v1/claims?limit=3"], []
    with Service(url, "--threads", "1", "--cache-bytes", "2000000") as service, service.answers().wire(20) as wire:
        settle(service)
        for target in hot * 3:
            ask(service, target)
        for number, (target, fields) in enumerate(scan(1500)):
            wire.get(target, *fields)
            assert wire.answer().status == 200
            if number % 5 == 0:
                wire.get(hot[number // 5 % 3], "X-Request-Id: hot")
                from_memory.append(waited(wire.answer()) == 0)
        assert sum(from_memory) >= 0.97 * len(from_memory)
        wire.get(scan(1)[0][0], "X-Request-Id: cold")
        assert waited(wire.answer()) > 0, "nothing was pushed out"


def test_who_has_an_answer_that_is_too_large_to_keep_is_told_so_without_a_query(url):
    target = "/v1/claims?limit=200"
    with Service(url, "--threads", "1", "--cache-bytes", "200000") as service:
        settle(service.answers())
        full = ask(service, target)
        assert len(full.body) > 20000 and not recalled(ask(service, target))
        with locked(url):
            unchanged = ask(service, target, f"If-None-Match: {full.headers['ETag']}")
            assert unchanged.status == 304 and recalled(unchanged)
        again = ask(service, target, 'If-None-Match: "other"')
        assert told(again) == told(full) and not recalled(again)


def test_slow_reader_gets_the_whole_answer_though_another_takes_its_place(world):
    service, data = world
    target = "/v1/claims?limit=200"
    full = warm(service, target)
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(service.wire(20, window=2048)) for _ in range(5)]
        for wire in slow:
            wire.get(target)
            assert wire.head().status == 200
        for number in range(5):
            data.state(f"Otherwise {number}.")
            until(lambda: f"Otherwise {number}." in ask(service, target).body.decode(), HEARD, "the new answer")
            if number < 2:
                slow[number].reset()
        for wire in slow[2:]:
            assert wire._take(len(full.body)) == full.body
            wire.get("/healthz")
            assert wire.answer().status == 200
    assert "Otherwise 4." in ask(service, target).body.decode()


# Spellings of header fields ---------------------------------------------------------------------


def spellings(dice, count):
    """Header fields of many sorts, each with the form, the coding and the count that it asks for."""
    for number in range(count):
        noise = [f"text/x-{dice.randrange(10 ** 9)};q=0.{dice.randrange(10)}" for _ in range(dice.randrange(1, 20))]
        form = dice.choice(["application/json", "text/csv", "application/ld+json", "application/x-ndjson"])
        accept = ", ".join(dice.sample([*noise, form], len(noise) + 1))
        coding = dice.choice(["gzip", "br", "identity"])
        codings = ", ".join(dice.sample([f"x{number}", f"{coding};q=0.{dice.randrange(1, 10)}" if coding != "identity" else "br;q=0"], 2))
        count = dice.choice([None, "exact"])
        prefer = [f"Prefer: x{number}, count={count}"] if count else [f"Prefer: x{number}"] if dice.random() < 0.3 else []
        yield (f"Accept: {accept}", f"Accept-Encoding: {codings}", *prefer), (form, coding, count if form == "application/json" else None)


def test_thousands_of_spellings_are_not_mixed_up_and_take_little_memory(quiet, forgetful):
    dice, expected = random.Random(5), {}
    targets = ["/v1/claims?limit=12", "/v1/claims?limit=13&stance=asserts", "/v1/units?limit=30"]
    cases = list(spellings(dice, 9000))
    with quiet.wire(20) as wire:
        for number, (fields, wish) in enumerate(cases):
            target = targets[number % 3]
            if (target, *wish) not in expected:
                form, coding, count = wish
                plainly = f"Accept: {form}", f"Accept-Encoding: {coding}", *([f"Prefer: count={count}"] if count else [])
                expected[target, *wish] = lasting(ask(forgetful, target, *plainly))
                warm(quiet, target, *plainly)
            for _ in range(dice.randrange(1, 3)):
                wire.get(target, *fields)
                answer = wire.answer()
                assert lasting(answer) == expected[target, *wish], fields
                assert recalled(answer)
            if number == 1500:
                before = quiet.memory()
    assert len({body for _, _, body in expected.values()}) > 30
    print(f"\n{(quiet.memory() - before) / MEGABYTE:.1f} MB more")
    assert INSTRUMENTED or quiet.memory() - before < 8 * MEGABYTE


def test_spellings_of_a_hundred_clients_at_once(changing, data):
    """While data change, so that what spellings led to goes all the while."""
    over, faults = threading.Event(), []

    def client(seed):
        dice = random.Random(seed)
        with changing.wire(20) as wire:
            for fields, (form, coding, count) in spellings(dice, 10 ** 6):
                if over.is_set():
                    return
                wire.get("/v1/claims?limit=5", *fields)
                answer = wire.answer()
                right = (answer.headers["Content-Type"].partition(";")[0] == form and ("X-Total-Count" in answer.headers) == bool(count)
                         and answer.headers.get("Content-Encoding", "identity") == coding)
                if not right:
                    faults.append((fields, answer))
                    return
    with ThreadPoolExecutor(8) as pool:
        clients = [pool.submit(client, seed) for seed in range(8)]
        for number in range(20):
            data.state(f"Spelled {number}.")
            time.sleep(0.15)
        over.set()
        for each in clients:
            each.result()
    assert not faults
