"""While the database is away: what was right before is given and says so, the rest is an honest 503, and soon after its return all is as it was"""
import concurrent.futures
import contextlib
import datetime
import itertools
import json
import os
import re
import signal
import time

import database
import pytest
import requests

from cluster import Cluster
from desk import DOCUMENTS, Client, Tables, create_token, furnish, path_of, problem
from proxy import DOWN, Proxy
from service import Service, until

FROZEN = 3  # seconds that an answer may take while the database is silent: half as long again is a request's time
BACK = 2  # seconds within which answers are fresh again
STATUS = re.compile(r"claimd; hit; ttl=-(\d+); detail=([a-z-]+)")

ONE, LIST = "/v1/claims/r1-under-300000-03-training-cost-294000", "/v1/claims?limit=30"
PAGE = "/comparisons/what-training-r1-cost"
FORMS = {  # what is asked for, with header fields
    "one": (ONE, {}), "list": (LIST, {}), "counted": (LIST, {"Prefer": "count=exact"}), "gzip": (LIST, {"Accept-Encoding": "gzip"}),
    "brotli": (LIST, {"Accept-Encoding": "br"}), "csv": ("/v1/claims?limit=9&format=csv", {}), "jsonld": (ONE + "?format=jsonld", {}),
    "picture": ("/v1/comparisons/what-training-r1-cost?format=svg", {}), "cors": (ONE, {"Origin": "https://reader.example"}),
    "page": (PAGE, {}), "embedded": (LIST + "&embed=source", {})}
TEMPLATE, NUMBERS = "template_of_outages", itertools.count(1)
READY_FOR_QUERY = b"Z\0\0\0\5I"  # the protocol's end of a batch
AWAY = {"stopped": (Cluster.stop, Cluster.start), "killed": (Cluster.kill, Cluster.start), "frozen": (Cluster.freeze, Cluster.thaw)}


@pytest.fixture(scope="module")
def cluster():
    with Cluster() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def template(cluster):
    """A database with what desks refer to, for others to be copied from."""
    url = cluster.database(TEMPLATE)
    with Service(url) as service:
        furnish(Client(service.answers(), create_token(url, "furnisher")))
    return TEMPLATE


@pytest.fixture
def own(cluster, template):
    """A database of the test's own, on a server that is there again when the test is over."""
    name = f"outage_{next(NUMBERS)}"
    database.execute(cluster.url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    url = database.with_name(cluster.url, name)
    yield url
    cluster.thaw()
    if not cluster.is_up():
        cluster.start()
    database.execute(cluster.url, f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def away(cluster, how):
    leave, back = AWAY[how]
    leave(cluster)
    try:
        yield
    finally:
        back(cluster)


def ask(service, target, method="GET", timeout=20, **fields):
    """An answer on a connection of its own, so that each thread has its turn."""
    names = {name.replace("_", "-"): value for name, value in fields.items()}
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, service.base + target, headers={"Accept-Encoding": "identity", **names}, timeout=timeout, allow_redirects=False)


def reader(url, *flags, threads=1, **settings):
    return Service(url, "--threads", str(threads), *flags, **settings)


def age_of(answer):
    """Seconds since a stale answer was last known to be right, and why it was given; None, None of a fresh one."""
    assert ("Age" in answer.headers) == ("Cache-Status" in answer.headers), answer.headers
    if "Age" not in answer.headers:
        return None, None
    seconds, why = STATUS.fullmatch(answer.headers["Cache-Status"]).groups()
    assert answer.headers["Age"] == seconds and int(seconds) > 0
    return int(seconds), why


def assert_stale(answer, why="database-unavailable", status=200):
    age, told = age_of(answer)
    assert (answer.status_code, told) == (status, why), (answer.status_code, answer.headers, answer.text[:500])
    return age


def assert_fresh(answer, status=200):
    assert (answer.status_code, age_of(answer)) == (status, (None, None)), (answer.status_code, answer.headers, answer.text[:500])
    return answer


def assert_nothing(answer):
    """The database cannot be reached, and there is nothing to be given instead."""
    problem(answer, 503, "database-unavailable")
    assert answer.headers["Retry-After"] == "1" and age_of(answer) == (None, None)


def back(service, target=ONE, within=BACK):
    """Waits until each thread gives fresh answers; how long that took."""
    def fresh():
        answer = ask(service, target)
        return answer.status_code == 200 and "Age" not in answer.headers
    return until(lambda: all(fresh() for _ in range(12)), within, "fresh answers")


def settled(service, target=ONE, **fields):
    """Waits until an answer is kept and the second of the last change is over, so that nothing makes it once more."""
    def kept():
        answer = ask(service, target, **fields)
        return "Server-Timing" not in answer.headers and "Last-Modified" in answer.headers
    until(kept, 10, "a settled answer")


def lost(service):
    """Waits until the service knows that the database is away."""
    until(lambda: ask(service, "/readyz").status_code in (503, 504), 15, "an outage that is known")


def noticed(service, target):
    """The same of each thread, by an answer that it keeps; nobody waits for that as long as a request may take."""
    def stale():
        asked = time.monotonic()
        answer = ask(service, target)
        assert answer.status_code == 200 and time.monotonic() - asked < FROZEN, answer.text
        return "Age" in answer.headers
    until(lambda: all(stale() for _ in range(24)), 15, "an outage that each thread knows of")


# What is given, and how it is marked --------------------------------------------------------------

@pytest.mark.parametrize("how", AWAY)
def test_what_was_right_before_is_given_until_the_database_is_back(cluster, own, how):
    with reader(own, threads=2) as service:
        service.answers()
        forms = {**FORMS, "past": (f"{ONE}?as_of={datetime.datetime.now(datetime.timezone.utc):%Y-%m-%dT%H:%M:%SZ}", {})}
        before = {}
        for name, (target, fields) in forms.items():
            until(lambda: "Server-Timing" not in ask(service, target, **fields).headers, 10, f"an answer from memory: {name}")
            for _ in range(20):  # until each thread has it
                before[name] = assert_fresh(ask(service, target, **fields))
        began = time.monotonic()
        with away(cluster, how):
            noticed(service, ONE)
            for name, (target, fields) in forms.items():
                asked = time.monotonic()
                answer = ask(service, target, **fields)
                assert time.monotonic() - asked < FROZEN, name
                age = assert_stale(answer)
                assert age <= time.monotonic() - began + 3, "as old as the outage is, and what was not known before"
                assert answer.content == before[name].content
                for field in ("ETag", "Content-Type", "Content-Encoding", "Cache-Control", "Vary", "Link", "X-Total-Count", "Content-Security-Policy",
                              "Access-Control-Allow-Origin"):
                    assert answer.headers.get(field) == before[name].headers.get(field), f"{name}: {field}"
            time.sleep(2.2)
            asked = time.monotonic()
            assert assert_stale(ask(service, ONE)) >= 3, "it grows older"
            assert time.monotonic() - asked < 1, "nobody waits for what is known to be away"
            assert service.status("/healthz") == 200 and service.status("/openapi.json") == 200
        taken = back(service)
        print(f"\n{how}: fresh after {taken:.3f} s")
        for target, fields in forms.values():
            assert_fresh(ask(service, target, **fields))


@pytest.mark.parametrize("how", AWAY)
def test_what_is_not_kept_is_unavailable_and_says_when_to_ask_again(cluster, own, how):
    with reader(own, "--request-timeout", "2000") as service:
        settled(service.answers())
        with away(cluster, how):
            lost(service)
            for target in ("/v1/sources", "/v1/claims/none", ONE + "?fields=id"):
                assert_nothing(ask(service, target))
            problem(ask(service, "/v1/claims?limit=0"), 400, "invalid-parameter")
            assert ask(service, "/claims", Accept="text/html").status_code == 503
            assert_fresh(ask(service, "/openapi.json"))
            assert_stale(ask(service, ONE))


@pytest.mark.parametrize("how", ["stopped", "frozen"])
def test_conditions_and_head_are_as_with_a_fresh_answer(cluster, own, how):
    with reader(own) as service:
        settled(service.answers())
        fresh = ask(service, ONE)
        tag, date = fresh.headers["ETag"], fresh.headers["Last-Modified"]
        with away(cluster, how):
            lost(service)
            for fields in ({"If-None-Match": tag}, {"If-None-Match": f'"a", W/{tag}'}, {"If-None-Match": "*"}, {"If-Modified-Since": date}):
                answer = ask(service, ONE, **fields)
                assert_stale(answer, status=304)
                assert answer.content == b"" and answer.headers["ETag"] == tag
            for fields in ({"If-None-Match": '"another"'}, {"If-Modified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"}):
                answer = ask(service, ONE, **fields)
                assert_stale(answer)
                assert answer.content == fresh.content
            head = ask(service, ONE, "HEAD")
            assert_stale(head)
            assert head.content == b"" and head.headers["Content-Length"] == fresh.headers["Content-Length"]


def test_one_client_is_told_what_is_its_own(cluster, own, contract):
    with reader(own, "--log-requests") as service:
        settled_logging = ask(service.answers(), ONE)
        assert_fresh(settled_logging)
        with away(cluster, "stopped"):
            lost(service)
            answer = ask(service, ONE, X_Request_Id="mine")
            age = assert_stale(answer)
            assert answer.headers["X-Request-Id"] == "mine"
            assert f"stale;dur={age}000" in answer.headers["Server-Timing"], "what a page's own script can see of it"
            contract.check("GET", ONE, 200, answer.headers, answer.content)
        def told():
            return [event["age"] for event in service.events() if event["event"] == "request" and event["target"] == ONE and event["status"] == 200]
        until(lambda: age in told()[1:], 5, "the age is logged")
        assert told()[0] == 0


def test_scripts_of_other_origins_may_see_the_mark(service):
    exposed = ask(service, ONE, Origin="https://reader.example").headers["Access-Control-Expose-Headers"]
    assert {"Age", "Cache-Status"} <= set(exposed.split(", "))


# For how long -------------------------------------------------------------------------------------

def test_what_is_too_old_is_not_given(cluster, own):
    with reader(own, "--stale-if-error", "4") as service:
        settled(service.answers())
        assert ask(service, ONE).headers["Cache-Control"].endswith(", stale-if-error=4")
        with away(cluster, "stopped"):
            lost(service)
            first = assert_stale(ask(service, ONE))
            assert first <= 4
            until(lambda: ask(service, ONE).status_code == 503, 6, "an answer that is too old")
            assert_nothing(ask(service, ONE))


def test_what_stays_right_does_not_grow_old(cluster, own):
    """It was asked of the database long ago, and nothing has changed since."""
    with reader(own, "--stale-if-error", "4") as service:
        settled(service.answers())
        time.sleep(6)
        with away(cluster, "stopped"):
            lost(service)
            assert assert_stale(ask(service, ONE)) <= 4


def test_nothing_old_is_given_where_that_is_not_wanted(cluster, own):
    with reader(own, CLAIMD_STALE_IF_ERROR="0") as service:
        settled(service.answers())
        assert ask(service, ONE).headers["Cache-Control"].endswith(", stale-if-error=0")
        with away(cluster, "stopped"):
            lost(service)
            assert_nothing(ask(service, ONE))


def test_nothing_is_given_where_nothing_is_kept(cluster, own):
    with reader(own, "--cache-bytes", "0") as service:
        assert_fresh(ask(service.answers(), ONE))
        with away(cluster, "stopped"):
            lost(service)
            assert_nothing(ask(service, ONE))


# Writes -------------------------------------------------------------------------------------------

NAMED = [{**DOCUMENTS["scope"][0], "name": f"Some {number}"} for number in range(3)]
SCOPE = path_of("scope", "outage-scope")


def write(client, document):
    """Creates or replaces the scope; it is acknowledged."""
    fields = {"If-Match": "*"} if client.send("GET", SCOPE).ok else {}
    answer = client.send("PUT", SCOPE, document, fields)
    assert answer.status_code in (200, 201), answer.text


@pytest.mark.parametrize("how", AWAY)
def test_nothing_from_before_a_write_is_given(cluster, own, how):
    with reader(own, threads=2) as service:
        client = Client(service.answers(), create_token(own, "writer"))
        write(client, NAMED[0])
        settled(service)
        for _ in range(20):
            ask(service, SCOPE), ask(service, LIST)
        write(client, NAMED[1])
        with away(cluster, how):
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                answers = list(pool.map(lambda number: ask(service, (SCOPE, LIST, ONE)[number % 3]), range(24)))
            assert {answer.status_code for answer in answers} <= {503, 504}, "there was nothing asked since the write"
    with reader(own, threads=2) as service:
        client = Client(service.answers(), create_token(own, "writer-again"))
        write(client, NAMED[2])
        for _ in range(20):
            assert_fresh(ask(service, SCOPE))
        with away(cluster, how):
            noticed(service, SCOPE)
            for _ in range(20):
                answer = ask(service, SCOPE)
                assert_stale(answer)
                assert answer.json()["name"] == "Some 2", "what was asked since the write has it in it"


def test_what_others_have_written_may_be_missing_as_its_age_says(cluster, own):
    with reader(own) as service, reader(own) as other:
        client = Client(other.answers(), create_token(own, "writer"))
        write(client, NAMED[0])
        settled(service.answers(), SCOPE)
        assert assert_fresh(ask(service, SCOPE)).json()["name"] == "Some 0"
        write(client, NAMED[1])
        written = time.monotonic()
        time.sleep(2)
        with away(cluster, "stopped"):
            lost(service)
            answer = ask(service, SCOPE)
            age = assert_stale(answer)
            assert answer.json()["name"] == "Some 0" and age >= time.monotonic() - written, "it was last right before that was written"
        back(service, SCOPE)
        assert ask(service, SCOPE).json()["name"] == "Some 1"


@pytest.mark.parametrize("how", AWAY)
def test_database_that_comes_back_with_other_data_is_believed(cluster, own, how):
    with reader(own) as service, reader(own) as other:
        client = Client(other.answers(), create_token(own, "writer"))
        write(client, NAMED[0])
        settled(service.answers(), SCOPE)
        with away(cluster, how):
            lost(service)
            assert ask(service, SCOPE).json()["name"] == "Some 0"
        other.answers()
        write(client, NAMED[1])
        back(service, SCOPE)
        assert ask(service, SCOPE).json()["name"] == "Some 1"


def test_what_the_database_said_is_gone_does_not_come_back(cluster, own):
    with reader(own) as service, reader(own) as other:
        client = Client(other.answers(), create_token(own, "writer"))
        write(client, NAMED[0])
        assert_fresh(ask(service.answers(), SCOPE))
        client.retract("scope", "outage-scope")
        until(lambda: ask(service, SCOPE).status_code == 410, 5, "news of that")
        with away(cluster, "stopped"):
            lost(service)
            assert_nothing(ask(service, SCOPE))


def test_writes_and_news_are_never_answered_from_before(cluster, own):
    news = "/v1/changes?limit=5"
    with reader(own) as service:
        client = Client(service.answers(), create_token(own, "writer"))
        write(client, NAMED[0])
        settled(service, news)
        settled(service)
        with away(cluster, "stopped"):
            lost(service)
            assert_nothing(ask(service, news))
            assert_nothing(client.send("PUT", SCOPE, NAMED[1], {"If-Match": "*"}))
            assert_nothing(client.send("DELETE", SCOPE, None, {"If-Match": "*"}))
            assert_stale(ask(service, ONE))


# A database that is there, and does not answer ----------------------------------------------------

@pytest.mark.parametrize("lines, wrong", [(1, False), (200, False), (1, True)], ids=["short", "long", "wrong"])
def test_an_import_whose_database_goes_meanwhile_is_told_so(cluster, own, lines, wrong):
    """At its end, or with a part of it, or where only the token was to be looked at."""
    token = create_token(own, "importing", "admin")
    line = "no line\n" if wrong else json.dumps({"scope": {"id": "imported", "name": "Some", "definition": "x" * 3000}}) + "\n"
    with reader(own) as service, service.answers().wire(30) as wire:
        wire.get("/v1/import", f"Authorization: Bearer {token}", "Content-Type: application/x-ndjson", f"Content-Length: {lines * len(line)}", method="POST")
        with away(cluster, "stopped"):
            lost(service)
            wire.send(line * lines)
            answer = wire.answer()
        assert answer.status == 503 and json.loads(answer.body)["type"] == "/problems/database-unavailable", answer


@contextlib.contextmanager
def locked(url, *tables):
    """Whoever asks these tables waits."""
    connection = database.connect(url)
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
    yield
    connection.rollback()
    connection.close()


def until_blocked(url):
    """Waits until a statement waits for such a lock."""
    with Tables(url) as tables:
        until(lambda: tables.value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"), 5, "a statement that waits")


def out_of_date(service, other, token, number):
    """Makes what is kept no more the last that there is, by another process's write."""
    settled(service)
    tag = ask(service, "/v1/changes?sort=-seq&limit=1").headers["ETag"]
    write(Client(other, token), NAMED[number])
    until(lambda: ask(service, "/v1/changes?sort=-seq&limit=1").headers["ETag"] != tag, 5, "news of the write")


def test_one_that_takes_too_long_is_away(cluster, own):
    with reader(own, "--request-timeout", "700") as service, reader(own) as other:
        service.answers()
        out_of_date(service, other.answers(), create_token(own, "writer"), 0)
        with locked(own, "claim"):
            assert_stale(ask(service, ONE), "timeout")
            problem(ask(service, ONE + "?fields=id"), 504, "timeout")
        back(service)


def test_one_slow_statement_is_waited_for(cluster, own):
    """The database answers others meanwhile: it is not silent."""
    with reader(own) as service, reader(own) as other:
        service.answers()
        out_of_date(service, other.answers(), create_token(own, "writer"), 0)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            with locked(own, "claim"):
                asked = pool.submit(ask, service, ONE)
                until_blocked(own)
                time.sleep(2.5)
            assert_fresh(asked.result())


def test_the_database_is_waited_for_where_nothing_is_left_to_give(cluster, own):
    """Of an answer that is too large to keep it is known who has it, and no more."""
    with reader(own, "--cache-bytes", "200000") as service:
        settled(service.answers())
        tag = ask(service, "/v1/claims?limit=200").headers["ETag"]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            with away(cluster, "frozen"):
                asked = [pool.submit(ask, service, "/v1/claims?limit=200", **fields) for fields in ({}, {"If-None-Match": tag})]
                time.sleep(2.5)
            assert_fresh(asked[0].result())
            assert asked[1].result().status_code == 304


def test_too_many_that_wait_are_given_what_there_is(cluster, own):
    with reader(own, "--queue", "1") as service, reader(own) as other:
        service.answers()
        out_of_date(service, other.answers(), create_token(own, "writer"), 0)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            with locked(own, "source"):
                waiting = pool.submit(ask, service, "/v1/sources?limit=1")
                until_blocked(own)
                asked = time.monotonic()
                assert_stale(ask(service, ONE), "overloaded")
                problem(ask(service, "/v1/units?limit=1"), 503, "overloaded")
                assert time.monotonic() - asked < 2
            assert_fresh(waiting.result())


def test_query_that_the_database_refuses_is_not_papered_over(cluster, own):
    with reader(own) as service, reader(own) as other:
        service.answers()
        out_of_date(service, other.answers(), create_token(own, "writer"), 0)
        database.execute(own, "ALTER TABLE claim RENAME COLUMN hedge TO hedged")
        answer = ask(service, ONE)
        assert answer.status_code >= 500 and age_of(answer) == (None, None), (answer.status_code, answer.headers)
        database.execute(own, "ALTER TABLE claim RENAME COLUMN hedged TO hedge")
        back(service, within=5)


LISTENS = "query LIKE 'SELECT data_state%'"


def backends(tables, of):
    """The processes of the database that serve such connections of a service."""
    return [pid for pid, in tables.run(f"SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'claimd%' AND {of}")]


@contextlib.contextmanager
def stopped(*processes):
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


def test_what_is_asked_of_the_state_is_asked_again_at_once_when_it_is_cut_short(cluster, own):
    """A second between two would leave threads without news for many, where much is cut short."""
    times = 20
    with reader(own, threads=1) as service, Tables(own) as tables:
        service.answers()
        with locked(own, "change"):
            began = time.monotonic()
            for _ in range(times):
                until(lambda: backends(tables, f"wait_event_type = 'Lock' AND {LISTENS} AND pg_cancel_backend(pid)"), 10, "the state is asked for")
            assert time.monotonic() - began < times / 2


def test_an_error_that_nobody_waits_for_any_more_costs_no_connection(cluster, own):
    """What prepares a statement fails with the batch that it is in; whoever relies on it in the next has been given what there was."""
    with reader(own, "--db-connections", "1") as service, Tables(own) as tables, contextlib.ExitStack() as wires:
        settled(service.answers())
        old = backends(tables, "pg_terminate_backend(pid)")
        until(lambda: set(backends(tables, LISTENS)) - set(old), 10, "another connection that listens")
        service.answers()
        before = len(service.events())
        asked = [wires.enter_context(service.wire()) for _ in range(3)]
        with locked(own, "subject"), stopped(*backends(tables, LISTENS)):
            with stopped(service.process.pid):
                for wire, target in zip(asked, ("/v1/subjects?limit=1", "/v1/claims/affordability-myth-15-fleet-value-1-6-billion", "/v1/subjects?limit=2")):
                    wire.get(target)
            until_blocked(own)
            assert_stale(ask(service, ONE))
            tables.run("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
            until_blocked(own)
        assert sorted(wire.answer().status for wire in asked) == [200, 200, 200]
        assert not [event for event in service.events()[before:] if event["event"] == "database-lost"]


def test_an_answer_to_what_was_not_asked_ends_its_connection(cluster, own):
    """All behind it would be taken for the answers of others."""
    asked = [f"/v1/claims?limit={limit}" for limit in range(1, 9)]
    with Proxy(cluster.socket) as proxy, reader(own.replace(cluster.socket, proxy.folder), "--db-connections", "1", "--cache-bytes", "0") as service:
        right = [ask(service.answers(), target).json() for target in asked]
        before = len(service.events())
        for _ in range(3):
            proxy.insert(DOWN, READY_FOR_QUERY)
            assert [ask(service, target).json() for target in asked] == right
        lost = [event["reason"] for event in service.events()[before:] if event["event"] == "database-lost"]
        assert lost and set(lost) == {"an answer to what was not asked"}


def test_an_error_that_is_not_the_servers_is_no_fault_of_the_query(cluster, own):
    """As of a pooler that has lost the server, or cannot get one."""
    words = b"server conn crashed?"
    error = b"SERROR\0C08P01\0M" + words + b"\0\0"
    with Proxy(cluster.socket) as proxy, reader(own.replace(cluster.socket, proxy.folder), "--db-connections", "1", "--cache-bytes", "0") as service:
        right = ask(service.answers(), LIST).json()
        for _ in range(3):
            proxy.insert(DOWN, b"E" + (4 + len(error)).to_bytes(4, "big") + error)
            assert [ask(service, LIST).json() for _ in range(8)] == [right] * 8
        assert words.decode() in {event["reason"] for event in service.events() if event["event"] == "database-lost"}
        assert "query-failed" not in {event["event"] for event in service.events()}


def test_a_statement_that_cannot_be_prepared_any_more_is_logged(cluster, own):
    with reader(own, "--db-connections", "1") as service, Tables(own) as tables:
        assert_fresh(ask(service.answers(), LIST))
        tables.run("ALTER TABLE unit RENAME COLUMN name TO called")
        problem(ask(service, "/v1/units"), 500, "internal")
        assert {(event["sqlstate"], event["message"].split()[0]) for event in service.events() if event["event"] == "query-failed"} == {("42703", "column")}
        assert_fresh(ask(service, LIST + "&sort=-id"))


def test_those_who_wait_together_are_answered_together(cluster, own):
    with reader(own) as service:
        settled(service.answers())
        settled(service, LIST)
        tag = ask(service, ONE).headers["ETag"]
        with away(cluster, "frozen"):
            lost(service)
            began = time.monotonic()
            with concurrent.futures.ThreadPoolExecutor(30) as pool:
                asked = [pool.submit(ask, service, ONE if number % 2 else LIST, **({"If-None-Match": tag} if number % 6 == 1 else {})) for number in range(30)]
                answers = [each.result() for each in asked]
            assert time.monotonic() - began < FROZEN
            for number, answer in enumerate(answers):
                assert_stale(answer, status=304 if number % 6 == 1 else 200)


def test_those_who_wait_when_it_freezes_are_given_what_there_is(cluster, own):
    """Their question was sent, and another's answer is what they wait for."""
    with reader(own) as service, reader(own) as other:
        token = create_token(own, "writer")
        service.answers()
        out_of_date(service, other.answers(), token, 0)
        with concurrent.futures.ThreadPoolExecutor(20) as pool, locked(own, "claim"):
            began = time.monotonic()
            asked = [pool.submit(ask, service, ONE) for _ in range(20)]
            until_blocked(own)
            with away(cluster, "frozen"):
                for each in asked:
                    assert_stale(each.result())
                assert time.monotonic() - began < FROZEN + 1


# Who may read -------------------------------------------------------------------------------------

def test_whoever_cannot_be_checked_is_given_nothing(cluster, own):
    """What a token may was asked a moment ago, or cannot be known."""
    token, revoked = create_token(own, "reader", "read"), create_token(own, "revoked", "read")
    with reader(own, "--read", "token") as service:
        service.answers()
        good, bad = {"Authorization": f"Bearer {token}"}, {"Authorization": "Bearer " + "x" * 40}
        body = assert_fresh(ask(service, ONE, **good)).content
        with away(cluster, "stopped"):
            lost(service)
            time.sleep(1.1)
            for fields in (good, bad, {"Authorization": f"Bearer {revoked}"}):
                for method in ("GET", "HEAD"):
                    answer = ask(service, ONE, method, **fields)
                    assert answer.status_code == 503 and answer.content != body and age_of(answer) == (None, None)
            problem(ask(service, ONE), 401, "unauthorized")
        until(lambda: ask(service, ONE, **good).status_code == 200, BACK, "fresh answers")
        problem(ask(service, ONE, **bad), 401, "unauthorized")


def test_whoever_was_checked_is_given_what_there_is(cluster, own):
    with reader(own, "--read", "token", "--request-timeout", "2000") as service, reader(own) as other:
        good = {"Authorization": "Bearer " + create_token(own, "reader", "read")}
        settled(service.answers(), **good)
        write(Client(other.answers(), create_token(own, "writer")), NAMED[0])
        time.sleep(.5)
        with locked(own, "claim"):
            answer = ask(service, ONE, **good)
            assert_stale(answer, "timeout")
            assert answer.headers["Cache-Control"].startswith("private, ")
            problem(ask(service, ONE, Authorization="Bearer " + "x" * 40), 401, "unauthorized")
            problem(ask(service, ONE), 401, "unauthorized")


# Coming back --------------------------------------------------------------------------------------

@pytest.mark.parametrize("how", AWAY)
def test_long_outage_is_over_soon(cluster, own, how):
    """However long it has tried in vain."""
    with reader(own, threads=4) as service:
        settled(service.answers())
        with away(cluster, how):
            time.sleep(8)
        taken = back(service, ONE + "?fields=id")
        print(f"\n{how}: fresh after {taken:.3f} s")


def test_short_outages_one_after_another(cluster, own):
    with reader(own, threads=2) as service:
        settled(service.answers())
        for _ in range(30):
            ask(service, ONE)
        for _ in range(3):
            with away(cluster, "stopped"):
                answer = ask(service, ONE)
                assert answer.status_code == 200, answer.text
            back(service)


def test_a_cursor_that_comes_before_its_key_waits_for_it(cluster, own):
    """As behind a balancer that sends the next page to a service which has just begun."""
    with reader(own) as service:
        following = ask(service.answers(), "/v1/claims?limit=2").json()["next"]
        right = ask(service, following)
    cluster.freeze()
    with reader(own) as service, concurrent.futures.ThreadPoolExecutor() as pool:
        service.answers("/healthz")
        waiting = pool.submit(ask, service, following)
        with pytest.raises(concurrent.futures.TimeoutError):
            waiting.result(0.5)
        cluster.thaw()
        assert (waiting.result().status_code, waiting.result().content) == (200, right.content)
        assert ask(service, following + "x").status_code == 400


def test_a_cursor_whose_key_never_comes_is_told_so(cluster, own):
    with reader(own) as service:
        following = ask(service.answers(), "/v1/claims?limit=2").json()["next"]
    with away(cluster, "stopped"), reader(own) as service:
        service.answers("/healthz")
        problem(ask(service, following), 503, "database-unavailable")


def test_a_database_whose_key_is_gone_is_told_as_such(own):
    """Somebody has emptied the table."""
    with Tables(own) as tables:
        key = tables.value("SELECT key FROM secret")
        tables.run("DELETE FROM secret")
        with reader(own) as service:
            assert "secret" in service.event("database-unready")["reason"]
            assert not [event for event in service.events() if event["event"] == "database-lost"]
            assert service.status("/readyz") == 503
            tables.run("INSERT INTO secret VALUES ('cursor', %s)", key)
            service.answers()
