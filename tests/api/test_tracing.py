"""A request's trace, from who asks to the database: what PostgreSQL sees, and what the log has of it"""
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from desk import DOCUMENTS, Client, Tables, create_token
from service import Service, claimd, until

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACED = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
SEEN = re.compile(r"/\*traceparent='00-([0-9a-f]{32})-([0-9a-f]{16})-(0[01])'\*/ ")
QUERIES = "SELECT query FROM pg_stat_activity WHERE application_name ~ '^claimd/' AND datname = current_database() AND wait_event_type = 'Lock'" \
          " AND query NOT LIKE '%data_state%'"


@pytest.fixture
def tables(url):
    with Tables(url) as opened:
        yield opened


@pytest.fixture(scope="module")
def traced(url):
    with Service(url, "--threads", "1", "--trace-database", "--log-requests", "--cache-bytes", "0") as service:
        yield Client(service.answers(), create_token(url, "traced"))


def waiting(url, tables, ask, table="claim"):
    """The query that waits in the database for a lock while `ask` runs; and what that returns in the end."""
    with Tables(url, autocommit=False) as held, ThreadPoolExecutor() as pool:
        held.run(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        asked = pool.submit(ask)
        until(lambda: tables.run(QUERIES), 10, "a query that waits")
        (query,), = tables.run(QUERIES)
        held.connection.rollback()
        return query, asked.result()


def logged(service, target, trace=TRACE):
    """The last request for the target, of that trace, in the log."""
    def found():
        return [event for event in service.events() if event["event"] == "request" and (event["target"], event["trace"]) == (target, trace)]
    until(found, 5, f"{target} in the log")
    return found()[-1]


# What the database sees -------------------------------------------------------------------------


def test_a_running_query_tells_whose_it_is(url, tables, traced):
    target = "/v1/claims?limit=1"
    query, answer = waiting(url, tables, lambda: traced.send("GET", target, headers=TRACED))
    seen = SEEN.match(query)
    event = logged(traced.service, target)
    assert answer.status_code == 200
    assert seen.groups() == (TRACE, event["span"], "01")
    assert (event["trace"], event["parent"]) == (TRACE, PARENT) and event["span"] != PARENT


def test_so_does_one_of_the_past(url, tables, traced):
    query, answer = waiting(url, tables, lambda: traced.send("GET", "/v1/claims?as_of=2020-01-01&limit=1", headers=TRACED), "change")
    assert answer.status_code == 200 and SEEN.match(query)[1] == TRACE


def test_so_does_one_that_writes(url, tables, traced):
    query, answer = waiting(url, tables, lambda: traced.put("scope", "traced", DOCUMENTS["scope"][0], headers=TRACED), "scope")
    assert answer.status_code == 201 and SEEN.match(query)[1] == TRACE and "write_one" in query


def test_every_request_is_a_span_of_its_own(url, tables, traced):
    spans = set()
    for number in range(5):
        traced.get(f"/v1/claims?limit={number + 1}")
        traced.expect(200, "GET", f"/v1/claims?limit={number + 1}", headers=TRACED)
        spans.add(logged(traced.service, f"/v1/claims?limit={number + 1}")["span"])
    assert len(spans) == 5 and "" not in spans


def test_what_is_not_recorded_is_passed_on_so(url, tables, traced):
    query, _ = waiting(url, tables, lambda: traced.send("GET", "/v1/claims?limit=2", headers={"traceparent": f"00-{TRACE}-{PARENT}-00"}))
    assert SEEN.match(query)[3] == "00"


@pytest.mark.parametrize("field", [None, "", "nonsense", f"00-{TRACE}-{PARENT}", f"00-{'0' * 32}-{PARENT}-01", f"00-{TRACE}-{PARENT}-01*/ DROP TABLE claim; /*",
                                   f"00-{TRACE[:-2]}*/-{PARENT}-01", f"00-{TRACE.upper()}-{PARENT}-01"])
def test_what_is_no_trace_reaches_nobody(url, tables, traced, field):
    query, answer = waiting(url, tables, lambda: traced.send("GET", "/v1/claims?limit=3", headers={"traceparent": field}))
    assert answer.status_code == 200 and "/*" not in query
    event = logged(traced.service, "/v1/claims?limit=3", "")
    assert (event["trace"], event["span"], event["parent"]) == ("", "", "")


def test_it_is_told_where_that_is_wanted_alone(url, tables):
    with Service(url, "--threads", "1") as service:
        client = Client(service.answers())
        query, _ = waiting(url, tables, lambda: client.send("GET", "/v1/claims?limit=4", headers=TRACED))
        assert "traceparent" not in query


def test_answers_are_the_same_with_it(url, traced):
    with Service(url, "--threads", "1", "--cache-bytes", "0") as service:
        plain = Client(service.answers())
        for target in ("/v1/claims", "/v1/claims?sort=-value&limit=7", "/v1/claims?q=training", "/v1/comparisons/what-training-r1-cost", "/v1/sources?embed=claims",
                       "/v1/claims?cursor=x", "/v1/claims/nowhere", "/v1/claims?as_of=2020-01-01", "/v1/claims?format=csv", "/v1/units/USD"):
            with_trace, without = traced.send("GET", target, headers=TRACED), plain.send("GET", target)
            assert (with_trace.status_code, with_trace.content) == (without.status_code, without.content), target


def test_traced_and_other_requests_go_together(traced):
    """Prepared and unprepared queries share batches, and one that fails takes no other with it."""
    def ask(number):
        headers = TRACED if number % 2 else {}
        wrong = number % 5 == 0
        target = "/v1/claims/nowhere" if wrong else f"/v1/claims?limit={number % 50 + 1}"
        answer = traced.send("GET", target, headers=headers)
        return answer.status_code == (404 if wrong else 200) and (wrong or len(answer.json()["items"]) <= number % 50 + 1)
    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(ask, range(300)))


# Who is connected -------------------------------------------------------------------------------


def test_the_database_knows_the_program_and_its_version(tables, traced):
    traced.get("/v1/claims?limit=1")
    name = claimd("version").stdout.strip().replace(" ", "/")
    assert tables.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND datname = current_database()", name) >= 2


def test_the_urls_own_name_beats_that(url, tables):
    with Service(url + ("&" if "?" in url else "?") + "application_name=desk%20service", "--threads", "1") as service:
        service.answers()
        assert tables.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'desk service' AND datname = current_database()") == 2
