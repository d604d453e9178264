"""A database that is there and does not answer, or answers what was not asked; and soon after the return of one all is as it was"""
import concurrent.futures
import contextlib
import json
import os
import signal
import time

import database
import pytest

from desk import Client, Tables, create_token, problem, until_blocked
from outages import AWAY, FROZEN, LIST, NAMED, ONE, age_of, ask, assert_fresh, assert_stale, away, back, locked, lost, reader, settled, write
from proxy import DOWN, Proxy
from service import until

READY_FOR_QUERY = b"Z\0\0\0\5I"  # the protocol's end of a batch


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


def test_what_grows_too_old_while_the_database_is_waited_for_is_not_given(cluster, own):
    with reader(own, "--request-timeout", "4000", "--stale-if-error", "2") as service, reader(own) as other:
        service.answers()
        out_of_date(service, other.answers(), create_token(own, "writer"), 0)
        with locked(own, "claim"):
            problem(ask(service, ONE), 504, "timeout")
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
        for _ in range(3):
            proxy.insert(DOWN, READY_FOR_QUERY)
            assert [ask(service, target).json() for target in asked] == right
        assert reasons(service) == {"an answer to what was not asked"}


def error_response(state, words):
    fields = f"SERROR\0C{state}\0M{words}\0\0".encode()
    return b"E" + (4 + len(fields)).to_bytes(4, "big") + fields


def reasons(service):
    return {event["reason"] for event in service.events() if event["event"] == "database-lost"}


def test_what_fails_with_the_end_of_its_batch_does_not_hold(cluster, own):
    """It cannot be relied on that the server tells of changes."""
    with Proxy(cluster.socket) as proxy:
        listens = b"LISTEN\0" + READY_FOR_QUERY
        proxy.swap(DOWN, listens, listens.replace(READY_FOR_QUERY, error_response("53200", "no room to listen") + READY_FOR_QUERY))
        with reader(own.replace(cluster.socket, proxy.folder)) as service:
            settled(service.answers())
            assert reasons(service) == {"no room to listen"}


@pytest.mark.parametrize("words", ["server conn crashed?", "é" * 200], ids=["short", "long"])
def test_an_error_that_is_not_the_servers_is_no_fault_of_the_query(cluster, own, words):
    """As of a pooler that has lost the server, or cannot get one."""
    with Proxy(cluster.socket) as proxy, reader(own.replace(cluster.socket, proxy.folder), "--db-connections", "1", "--cache-bytes", "0") as service:
        right = ask(service.answers(), LIST).json()
        for _ in range(3):
            proxy.insert(DOWN, error_response("08P01", words))
            assert [ask(service, LIST).json() for _ in range(8)] == [right] * 8
        assert words[:127] in reasons(service)  # no more than that fits, and no character is cut
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
    with away(cluster, "frozen"), reader(own, "--request-timeout", "1000") as service:
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
