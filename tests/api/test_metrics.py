"""What is told to operators is what happened: counted by a client, and compared to the last request"""
import collections
import itertools
import os
import pathlib
import random
import re
import socket
import subprocess
import time

import database
import pytest

from cluster import Cluster
from desk import DOCUMENTS, Client, Tables, create_token, furnish
from service import Service, claimd, free_port, until
from watched import Watched, promtool

ONE = "r1-under-300000-03-training-cost-294000"
CLAIM, CLAIMS, COMPARISON = f"/v1/claims/{ONE}", "/v1/claims", "/v1/comparisons/what-training-r1-cost"

# A target, the route that it is for, and the problem that it is answered with.
ASKED = [
    ("GET", CLAIM, "/v1/claims/{id}", None), ("HEAD", CLAIM, "/v1/claims/{id}", None), ("OPTIONS", CLAIM, "/v1/claims/{id}", None),
    ("GET", CLAIMS, CLAIMS, None), ("GET", CLAIMS + "?limit=1", CLAIMS, None), ("GET", CLAIMS + "?format=csv", CLAIMS, None),
    ("GET", CLAIMS + "?as_of=2020-01-01", CLAIMS, None), ("GET", COMPARISON + "?format=svg", "/v1/comparisons/{id}", None),
    ("GET", "/claims/" + ONE, "/claims/{id}", None), ("GET", "/", "/", None), ("GET", "/edit", "/edit", None),
    ("GET", "/healthz", "/healthz", None), ("GET", "/docs", "/docs", None), ("GET", "/openapi.json", "/openapi.json", None),
    ("GET", "/problems/not-found", "/problems/{id}", None),
    ("GET", "/v1/claims/nowhere", "/v1/claims/{id}", "not-found"), ("GET", "/nowhere", "none", "not-found"), ("GET", "/x%00", "none", None),
    ("GET", CLAIMS + "?limit=0", CLAIMS, "invalid-parameter"), ("GET", CLAIMS + "?colour=red", CLAIMS, "unknown-parameter"),
    ("GET", CLAIMS + "?cursor=x", CLAIMS, "invalid-cursor"), ("DELETE", CLAIMS, "none", "method-not-allowed"),
    ("POST", CLAIMS, CLAIMS, None), ("BREW", CLAIMS, "none", None), ("GET", CLAIM + "?format=pdf", "/v1/claims/{id}", None),
]
KNOWN_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


@pytest.fixture(scope="module")
def watched(database_url):
    with Watched(database_url, "--threads", "2") as service:
        yield service.answers()


@pytest.fixture
def alone(database_url):
    """One thread, which has answered nothing but whether it is ready."""
    with Watched(database_url, "--threads", "1") as service:
        service.answers().becomes(1, "claimd_threads_informed")
        yield service


def settled(service):
    """All numbers, once no request is under way and nothing changes any more."""
    before = None

    def still():
        nonlocal before
        now, before = service.metrics(), before
        last, before = before, {key: value for key, value in now.items() if not key[0].startswith(("process_", "claimd_standby_lag"))}
        return last == before and now.value("claimd_requests_in_flight") == 0
    until(lambda: still() or time.sleep(0.6), 20, "nothing changes")
    return service.metrics()


def send(service, method, target, *fields):
    with service.wire() as wire:
        body = ["Content-Length: 0"] if method in ("POST", "PUT", "PATCH") else []
        wire.get(target, *body, *fields, method=method)
        return wire.answer(method)


# The text ---------------------------------------------------------------------------------------


def test_prometheus_finds_no_fault(watched):
    for method, target, _, _ in ASKED:
        send(watched, method, target)
    assert promtool("check", "metrics", text=watched.ask("/metrics").text) == (0, "")


def test_the_judge_finds_faults():
    """It is no judge that takes everything."""
    assert promtool("check", "metrics", text="# TYPE claimd_requests counter\nclaimd_requests 1\n")[0] != 0
    assert promtool("check", "metrics", text="claimd_x{a=\"b} 1\n")[0] != 0


def test_versions_are_those_of_the_libraries(watched):
    labels, = watched.metrics().named("claimd_build_info")
    def release(package):
        return subprocess.run(["pkg-config", "--modversion", package], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    told = dict(labels)
    assert told.pop("version") == claimd("version").stdout.split()[1]
    for package in ("libmicrohttpd", "libpq", "jansson"):
        assert release(package).startswith(told.pop(package))
    assert not told


def test_the_process_is_the_one_that_the_system_knows(watched):
    told = settled(watched)
    folder = pathlib.Path(f"/proc/{watched.process.pid}")
    open_now = len(os.listdir(folder / "fd"))
    assert abs(told.value("process_open_fds") - open_now) <= 1  # the connection that was asked on
    assert told.value("process_max_fds") == int(re.search(r"^Max open files\s+(\d+)", (folder / "limits").read_text(), re.MULTILINE)[1])
    assert abs(told.value("process_resident_memory_bytes") - watched.memory()) < 4 << 20
    assert told.value("process_virtual_memory_bytes") > told.value("process_resident_memory_bytes")
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    ticks = os.sysconf("SC_CLK_TCK")
    began = time.time() - float(pathlib.Path("/proc/uptime").read_text().split()[0]) + int(fields[19]) / ticks
    assert abs(told.value("process_start_time_seconds") - began) < 1
    assert 0 < told.value("process_cpu_seconds_total") <= (int(fields[11]) + int(fields[12]) + 2) / ticks


def test_a_process_began_at_one_moment(watched):
    """Alerts count its changes as restarts."""
    assert len({watched.metrics().value("process_start_time_seconds") for _ in range(100)}) == 1


# Requests ---------------------------------------------------------------------------------------


def test_every_request_is_counted_once_and_as_what_it_was(watched):
    """Some hundreds of requests, drawn by lot, on two threads: routes, methods, codes, problems and times add up exactly."""
    before, lot = settled(watched), random.Random(7)
    counted, problems, routes = collections.Counter(), collections.Counter(), collections.Counter()
    for method, target, route, problem in ASKED + lot.choices(ASKED, k=300):
        got = send(watched, method, target)
        counted[tuple(sorted({"route": route, "method": method if method in KNOWN_METHODS else "other", "code": str(got.status)}.items()))] += 1
        routes[(("route", route),)] += 1
        if got.status >= 400:
            slug = re.search(rb'"/problems/([a-z-]+)"', got.body)
            problems[(("type", slug[1].decode() if slug else problem),)] += 1
        assert not problem or method == "HEAD" or got.status >= 400
    after = settled(watched)

    def grown(name):
        now, then = after.named(name), before.named(name)
        return {labels: value - then.get(labels, 0) for labels, value in now.items() if value != then.get(labels, 0)}
    assert grown("claimd_requests_total") == counted
    assert grown("claimd_problems_total") == problems
    assert grown("claimd_request_duration_seconds_count") == routes
    assert after.value("claimd_requests_abandoned_total") == before.value("claimd_requests_abandoned_total")
    assert after.value("claimd_client_connections_accepted_total") - before.value("claimd_client_connections_accepted_total") == sum(counted.values())


def test_times_are_in_buckets_that_hold_those_below(watched):
    send(watched, "GET", CLAIM)
    told = settled(watched)
    counts = told.named("claimd_request_duration_seconds_count")
    assert (("route", "/v1/claims/{id}"),) in counts
    for labels, count in counts.items():
        buckets = sorted((float(dict(of)["le"]), value) for of, value in told.named("claimd_request_duration_seconds_bucket").items()
                         if set(labels) < set(of))
        values = [value for _, value in buckets]
        assert values == sorted(values) and buckets[-1] == (float("inf"), count)
        assert 0 < told.named("claimd_request_duration_seconds_sum")[labels] < count * 20


def test_a_slow_answer_takes_its_time_and_the_databases(alone, database_url):
    before = settled(alone)
    with Tables(database_url, autocommit=False) as held, alone.wire() as wire:
        held.run("LOCK TABLE claim IN ACCESS EXCLUSIVE MODE")
        wire.get(CLAIMS + "?limit=3")
        told = alone.becomes(1, "claimd_requests_in_flight")
        assert told.value("claimd_database_calls_under_way", server="primary") == 1
        time.sleep(0.6)
        held.connection.rollback()
        assert wire.answer().status == 200
    after = settled(alone)
    for name, labels in (("claimd_request_duration_seconds", {"route": CLAIMS}), ("claimd_request_database_seconds", {})):
        assert 0.6 < after.value(name + "_sum", **labels) - before.value(name + "_sum", **labels) < 10
        assert after.value(name + "_bucket", le="0.5", **labels) == before.value(name + "_bucket", le="0.5", **labels)
        assert after.value(name + "_count", **labels) == before.value(name + "_count", **labels) + 1


def test_what_a_request_wishes_to_wait_is_not_its_time(alone):
    before = settled(alone)
    assert send(alone, "GET", "/v1/changes?since=999999999&wait=2").status == 200
    after = settled(alone)
    labels = {"route": "/v1/changes"}
    assert after.value("claimd_request_duration_seconds_count", **labels) == 1 + before.value("claimd_request_duration_seconds_count", **labels)
    assert after.value("claimd_request_duration_seconds_sum", **labels) < 1.9


def test_who_leaves_before_the_answer_is_not_answered(alone, database_url):
    before = settled(alone)
    with Tables(database_url, autocommit=False) as held:
        held.run("LOCK TABLE claim IN ACCESS EXCLUSIVE MODE")
        with alone.wire() as wire:
            wire.get(CLAIMS + "?limit=7")
            alone.becomes(1, "claimd_requests_in_flight")
        held.connection.rollback()
    after = settled(alone)
    assert after.value("claimd_requests_abandoned_total") + after.total("claimd_requests_total") == \
        before.value("claimd_requests_abandoned_total") + before.total("claimd_requests_total") + 1


def test_no_client_makes_series(watched):
    """A thousand made-up paths and methods are one route and one method."""
    send(watched, "GET", "/nowhere")
    send(watched, "BREW", "/nowhere")
    before = settled(watched)
    with watched.wire() as wire:
        for number in range(500):
            wire.get(f"/nowhere/{number}")
            assert wire.answer().status == 404
    for number in range(20):
        send(watched, f"BREW{number}", "/nowhere")
    after = settled(watched)
    assert set(after) == set(before)
    assert after.value("claimd_requests_total", route="none", method="GET", code="404") == before.value(
        "claimd_requests_total", route="none", method="GET", code="404") + 500


# Answers from memory ----------------------------------------------------------------------------


def test_hits_and_misses_are_those_of_the_client(alone):
    before = settled(alone)
    for _ in range(5):
        send(alone, "GET", CLAIM)
    send(alone, "GET", CLAIM, "Accept-Encoding: gzip")
    send(alone, "GET", CLAIM, f"If-None-Match: {send(alone, 'GET', CLAIM).headers['ETag']}")
    after = settled(alone)
    grown = {name: after.value(name) - before.value(name) for name in ("claimd_cache_hits_total", "claimd_cache_misses_total", "claimd_cache_entries")}
    assert grown == {"claimd_cache_hits_total": 6, "claimd_cache_misses_total": 2, "claimd_cache_entries": 2}
    assert after.value("claimd_cache_bytes") > before.value("claimd_cache_bytes")
    assert after.value("claimd_database_calls_total", server="primary", outcome="ok") - before.value("claimd_database_calls_total", server="primary", outcome="ok") == 2
    assert after.value("claimd_cache_limit_bytes") == 64000000


def test_what_is_pushed_out_is_counted(database_url):
    with Watched(database_url, "--threads", "1", "--cache-bytes", "100000") as service:
        service.answers().becomes(1, "claimd_threads_informed")
        for number in range(200):
            assert send(service, "GET", f"/v1/claims?limit=2&line={number + 1}").status == 200
        told = settled(service)
        assert 0 < told.value("claimd_cache_evictions_total") <= 200
        assert told.value("claimd_cache_bytes") <= told.value("claimd_cache_limit_bytes") == 100000


def test_requests_that_share_an_answer_are_counted(alone, database_url):
    before = settled(alone)
    wires = [alone.wire() for _ in range(10)]
    with Tables(database_url, autocommit=False) as held:
        held.run("LOCK TABLE claim IN ACCESS EXCLUSIVE MODE")
        for wire in wires:
            wire.get(CLAIMS + "?limit=9")
        alone.becomes(10, "claimd_requests_in_flight")
        held.connection.rollback()
        assert [wire.answer().status for wire in wires] == [200] * 10
    after = settled(alone)
    assert after.value("claimd_flights_shared_total") - before.value("claimd_flights_shared_total") == 9
    assert after.value("claimd_database_calls_sent_total", server="primary") - before.value("claimd_database_calls_sent_total", server="primary") == 1


# The database -----------------------------------------------------------------------------------


def test_calls_that_come_together_go_together(alone):
    """However many calls a turn of the loop has gathered, they are one batch; none is counted twice."""
    before = settled(alone)
    wires = [alone.wire() for _ in range(50)]
    for number, wire in enumerate(wires):
        wire.get(f"/v1/claims?limit=1&line={number + 1}")
    assert [wire.answer().status for wire in wires] == [200] * 50
    after = settled(alone)
    sent = after.value("claimd_database_calls_sent_total", server="primary") - before.value("claimd_database_calls_sent_total", server="primary")
    batches = after.value("claimd_database_batches_total", server="primary") - before.value("claimd_database_batches_total", server="primary")
    assert sent == 50 and 1 <= batches <= 50


def test_what_does_not_fit_into_the_queue_is_counted(database_url):
    with Watched(database_url, "--threads", "1", "--queue", "5") as service:
        before = settled(service.answers())
        wires = [service.wire() for _ in range(20)]
        with Tables(database_url, autocommit=False) as held:
            held.run("LOCK TABLE claim IN ACCESS EXCLUSIVE MODE")
            for number, wire in enumerate(wires):
                wire.get(f"/v1/claims?limit={number + 1}")
            told = service.becomes(15 + before.value("claimd_database_calls_total", server="primary", outcome="overloaded"), "claimd_database_calls_total", server="primary", outcome="overloaded")
            assert told.value("claimd_database_calls_under_way", server="primary") == told.value("claimd_database_calls_limit", server="primary") == 5
            held.connection.rollback()
            assert sorted(wire.answer().status for wire in wires) == [200] * 5 + [503] * 15
        after = settled(service)
        assert after.value("claimd_problems_total", type="overloaded") - before.value("claimd_problems_total", type="overloaded") == 15
        assert after.value("claimd_requests_total", route=CLAIMS, method="GET", code="503") == 15


def test_connections_are_seen_to_go_and_come_back(database_url):
    with Watched(database_url, "--threads", "2", "--db-connections", "2") as service, Tables(database_url) as tables:
        service.answers().becomes(2, "claimd_threads_informed")
        before = settled(service)
        assert before.named("claimd_database_connections") == of_primary(read=4, listen=2, write=0, **{"import": 0})
        assert before.named("claimd_database_connections_wanted") == of_primary(read=4, listen=2)
        assert before.value("claimd_database_connects_total", server="primary") == 6
        killed = tables.value("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name ~ '^claimd/' AND datname = current_database()")
        after = service.becomes(before.value("claimd_database_connects_total", server="primary") + 6, "claimd_database_connects_total", server="primary")
        assert killed >= 6 and after.value("claimd_database_connections_lost_total", server="primary") == 6
        assert service.becomes(2, "claimd_threads_ready").named("claimd_database_connections") == before.named("claimd_database_connections")


def test_without_a_database_it_is_told_so():
    with Watched("postgresql:///nowhere?host=/nonexistent", "--threads", "2") as service:
        service.answers("/readyz", 503)
        told = service.becomes(2, "claimd_threads")
        assert told.total("claimd_database_connections") == told.value("claimd_threads_ready") == told.value("claimd_threads_informed") == 0
        until(lambda: service.metrics().value("claimd_database_connects_failed_total", server="primary") >= 4, 10, "attempts that fail")
        assert service.metrics().value("claimd_problems_total", type="database-unavailable") >= 1
        assert service.ask("/readyz").status_code == 503 and service.ask("/healthz").status_code == 200


# Standbys ---------------------------------------------------------------------------------------


def of_primary(**roles):
    return {(("role", role), ("server", "primary")): count for role, count in roles.items()}


def test_what_a_standby_is_asked_is_told_apart():
    """And how old what it shows is, which nobody knows once it is gone."""
    with Cluster() as primary, primary.standby() as standby:
        url = primary.database("claims")
        with Watched(url, "--database-read-url", database.with_name(standby.url, "claims"), "--threads", "1", "--cache-bytes", "0") as service:
            service.answers()
            until(lambda: service.metrics().value("claimd_standby_lag_seconds") < 3, 20, "a standby that is level")
            before = settled(service)
            for _ in range(10):
                assert send(service, "GET", CLAIMS + "?limit=1").status == 200
            after = settled(service)
            asked = {server: after.value("claimd_database_calls_total", server=server, outcome="ok") - before.value("claimd_database_calls_total", server=server, outcome="ok")
                     for server in ("primary", "standby")}
            assert asked == {"primary": 0, "standby": 10}
            assert after.value("claimd_database_connections", server="standby", role="read") == 1
            standby.kill()
            service.becomes(0, "claimd_database_connections", server="standby", role="read")
            service.becomes(float("inf"), "claimd_standby_lag_seconds")
            assert service.metrics().value("claimd_database_connections", server="primary", role="read") == 1


def test_without_standbys_none_is_told_of(watched):
    told = watched.metrics()
    assert not told.named("claimd_standby_lag_seconds") and not [key for key in told if ("server", "standby") in key[1]]


# Readiness --------------------------------------------------------------------------------------


def readiness(service):
    """What operators and clients are told, which is one thing."""
    return {service.ask("/readyz").status_code, service.status("/readyz")}


def test_who_asks_whether_it_is_ready_asks_the_database_nothing(database_url):
    with Watched(database_url, "--threads", "2") as service:
        service.answers()
        before = settled(service).total("claimd_database_calls_total")
        for _ in range(40):
            assert readiness(service) == {200}
        assert settled(service).total("claimd_database_calls_total") == before


def test_readiness_is_none_of_load(database_url):
    with Watched(database_url, "--threads", "1", "--cache-bytes", "0", "--queue", "1") as service:
        service.answers()
        with service.wire() as waiting, Tables(database_url, autocommit=False) as held:
            held.run("LOCK TABLE claim IN ACCESS EXCLUSIVE MODE")
            waiting.get(CLAIMS + "?limit=3")
            until(lambda: send(service, "GET", CLAIMS + "?limit=2").status == 503, 10, "a full queue")
            assert readiness(service) == {200}
            held.connection.rollback()


def test_operators_and_clients_are_told_of_the_same_readiness(fresh_database):
    """Of a migration that no statement would miss, and once it is there without having lost a connection."""
    url, missing = fresh_database(), database.version(database.MIGRATIONS[5])
    with Tables(url) as tables:
        tables.run("DELETE FROM schema_migrations WHERE version = %s", missing)
        with Watched(url, "--threads", "2") as service:
            service.answers("/healthz")
            until(lambda: f"Migration {missing}" in service.ask("/readyz").text, 10, "the migration that is missing")
            assert readiness(service) == {503} and send(service, "GET", CLAIM).status == 200
            assert service.metrics().value("claimd_threads_ready") == 0
            tables.run("INSERT INTO schema_migrations VALUES (%s)", missing)
            service.answers()
            assert readiness(service) == {200}


def test_who_stays_connected_is_told_that_it_stops(database_url):
    with Watched(database_url, "--threads", "1") as service:
        service.answers()
        with Tables(database_url, autocommit=False) as held, service.wire() as wire, service.wire() as probe:
            probe.get("/readyz")
            assert probe.answer().status == 200
            held.run("LOCK TABLE claim IN ACCESS EXCLUSIVE MODE")
            wire.get(CLAIMS + "?limit=6")
            service.becomes(1, "claimd_requests_in_flight")
            service.process.terminate()
            until(lambda: service.ask("/readyz").status_code == 503, 5, "operators are told")
            probe.get("/readyz")
            assert probe.answer().status == 503
            held.connection.rollback()
        assert service.process.wait(10) == 0


# Changes ----------------------------------------------------------------------------------------


def test_writes_imports_and_what_follows_them(fresh_database):
    url = fresh_database()
    with Watched(url, "--threads", "1") as service:
        desk = Client(service.answers(), create_token(url, "metrics", "admin"))
        furnish(desk)
        before = settled(service)
        desk.put("scope", "metrics-one", DOCUMENTS["scope"][0])
        desk.put("scope", "metrics-one", DOCUMENTS["scope"][1], desk.etag("scope", "metrics-one"))
        desk.put("scope", "metrics-trial", DOCUMENTS["scope"][0], status=200, dry_run="true")
        desk.put("scope", "metrics-one", DOCUMENTS["scope"][1], '"0"', status=412)
        desk.retract("scope", "metrics-one")
        lines = b'{"scope":{"id":"metrics-a","name":"A","definition":"A."}}\n{"scope":{"id":"desk-all","name":"All","definition":"All of it."}}\n' \
                b'{"scope":{"id":"metrics-b","name":" ","definition":"B."}}\n'
        assert desk.send("POST", "/v1/import", lines, {"Content-Type": "application/x-ndjson"}, on_error="skip").status_code == 200
        assert desk.send("POST", "/v1/import", lines, {"Content-Type": "application/x-ndjson"}).status_code == 422
        after = settled(service)
        def grown(name, **labels):
            return after.value(name, **labels) - before.value(name, **labels)
        assert grown("claimd_writes_total") == 3
        assert grown("claimd_imports_total") == 1
        assert {outcome: grown("claimd_import_lines_total", outcome=outcome) for outcome in ("created", "replaced", "unchanged", "refused")} == \
            {"created": 1, "replaced": 0, "unchanged": 1, "refused": 1}
        assert grown("claimd_requests_total", route="/v1/scopes/{id}", method="PUT", code="201") == 1
        assert grown("claimd_data_versions") >= 4
        assert abs(after.value("claimd_data_changed_timestamp_seconds") - time.time()) < 60
        assert after.value("claimd_database_connections", server="primary", role="write") == after.value("claimd_database_connections", server="primary", role="import") == 1


def test_streams_last_as_long_as_they_do(fresh_database):
    url = fresh_database()
    with Watched(url, "--threads", "1") as service:
        desk = Client(service.answers(), create_token(url, "metrics"))
        before = settled(service)
        with service.wire() as wire:
            wire.get("/v1/changes?format=events")
            assert wire.head().status == 200
            service.becomes(1, "claimd_streams", kind="events")
            service.becomes(1, "claimd_feed_waiting")
        numbers = itertools.count()

        def noticed():
            desk.put("scope", f"news-{next(numbers)}", DOCUMENTS["scope"][0])  # who has left is missed when there is news
            return service.metrics().value("claimd_streams", kind="events") == 0
        until(noticed, 10, "the follower has left")
        service.becomes(0, "claimd_feed_waiting")
        assert send(service, "GET", CLAIMS + "?format=ndjson").status == 200
        after = settled(service)
        assert {kind: after.value("claimd_streams_begun_total", kind=kind) - before.value("claimd_streams_begun_total", kind=kind)
                for kind in ("list", "events")} == {"list": 1, "events": 1}
        assert after.value("claimd_streams", kind="list") == 0


# The address ------------------------------------------------------------------------------------


@pytest.mark.parametrize("method, path, status", [
    ("HEAD", "/metrics", 200), ("GET", "/healthz", 200), ("GET", "/readyz", 200), ("HEAD", "/readyz", 200), ("GET", "/", 404),
    ("GET", "/metrics/", 404), ("GET", "/v1/claims", 404), ("POST", "/metrics", 404), ("DELETE", "/metrics", 404), ("OPTIONS", "/metrics", 404),
    ("GET", "/metrics?x=1", 200)])
def test_operators_are_answered_with(watched, method, path, status):
    watched.becomes(2, "claimd_threads_ready")
    got = watched.ask(path, method, data=b"x" * 100000 if method == "POST" else None)
    assert got.status_code == status and got.headers["Cache-Control"] == "no-store"
    assert bool(got.content) == (method != "HEAD") and int(got.headers["Content-Length"]) > 0


def test_nobody_else_is(watched):
    assert send(watched, "GET", "/metrics").status == 404


def test_there_is_no_such_address_unless_wanted(database_url):
    with Service(database_url) as service:
        assert service.answers().event("listening")["admin"] == ""
    with Watched(database_url) as service:
        assert service.answers().event("listening")["admin"] == service.admin.removeprefix("http://")


@pytest.mark.parametrize("address", ["", "nonsense", "127.0.0.1", "127.0.0.1:65536", "busy"])
def test_wrong_address(watched, address):
    address = watched.admin.removeprefix("http://") if address == "busy" else address
    ended = claimd("serve", "--listen", f"127.0.0.1:{free_port()}", "--admin-listen", address, DATABASE_URL="postgresql:///nowhere?host=/nonexistent")
    sentence, = ended.stderr.splitlines()
    assert ended.returncode == 2 and re.fullmatch(r"claimd: .+\.", sentence) and (address or "--admin-listen") in sentence


def test_who_keeps_the_address_busy_stops_no_one_else(watched):
    """As many connections as it takes, which say nothing: what is served goes on, and once they have gone so does this."""
    host, port = watched.admin.removeprefix("http://").split(":")
    idle = [socket.create_connection((host, int(port)), timeout=5) for _ in range(40)]
    assert send(watched, "GET", CLAIM).status == 200
    for each in idle:
        each.close()
    until(lambda: watched.ask("/metrics").status_code == 200, 10, "operators are answered again")


def test_it_answers_until_the_last_request_has_ended(database_url):
    with Watched(database_url, "--threads", "1") as service:
        service.answers()
        with Tables(database_url, autocommit=False) as held, service.wire() as wire:
            held.run("LOCK TABLE claim IN ACCESS EXCLUSIVE MODE")
            wire.get(CLAIMS + "?limit=4")
            service.becomes(1, "claimd_requests_in_flight")
            service.process.terminate()
            until(lambda: service.ask("/readyz").status_code == 503, 5, "it is not ready any more")
            assert service.metrics().value("claimd_requests_in_flight") == 1
            held.connection.rollback()
            assert wire.answer().status == 200
        assert service.process.wait(10) == 0
