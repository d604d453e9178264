"""The log of requests: what an operator looks for is in it, and right; and what was slow is told without being asked for"""
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from desk import DOCUMENTS, Client, create_token, locked
from service import BINARY, Service, until

ONE = "r1-under-300000-03-training-cost-294000"
FIELDS = ["ts", "level", "event", "method", "target", "route", "status", "bytes", "duration_ms", "database_ms", "waiting_ms", "cache", "age", "client",
          "id", "trace", "span", "parent"]


@pytest.fixture(scope="module")
def logging(url):
    with Service(url, "--threads", "1", "--log-requests", "--slow-ms", "300") as service:
        yield Client(service.answers(), create_token(url, "logging"))


def events(service, name, **members):
    return [event for event in service.events() if event["event"] == name and members.items() <= event.items()]


def last(service, name="request", **members):
    """The last event of that name with these members, once there is one."""
    until(lambda: events(service, name, **members), 5, f"{name} {members}")
    return events(service, name, **members)[-1]


class Unread(Service):
    """Its log goes to a pipe."""

    command = ("bash", "-c", 'exec "$0" "$@" 2>&"$LOG"', BINARY, "serve")

    def __init__(self, pipe, *arguments):
        self.passed = (pipe,)
        super().__init__(*arguments, LOG=str(pipe))


def test_a_log_that_nobody_reads_stops_nothing(url):
    read, write = os.pipe()
    with Unread(write, url, "--threads", "1", "--log-requests") as service, service.answers().wire() as wire:
        for _ in range(1000):
            wire.get("/healthz")
            assert wire.answer().status == 200
    os.close(write)
    with open(read, encoding="utf-8") as log:
        told = [json.loads(line) for line in log]
    assert "listening" in {event["event"] for event in told} and 100 < len(told) < 1000


# Every request ----------------------------------------------------------------------------------


@pytest.mark.parametrize("method, target, route, cache", [
    ("GET", f"/v1/claims/{ONE}", "/v1/claims/{id}", "miss"), ("GET", f"/v1/claims/{ONE}", "/v1/claims/{id}", "hit"),
    ("HEAD", f"/v1/claims/{ONE}", "/v1/claims/{id}", "hit"), ("OPTIONS", "/v1/claims", "/v1/claims", ""), ("GET", "/nowhere", "", ""),
    ("GET", "/v1/claims?format=csv", "/v1/claims", ""), ("GET", "/v1/claims?format=ndjson", "/v1/claims", ""), ("GET", "/claims", "/claims", "miss"),
    ("GET", "/v1/claims?limit=0", "/v1/claims", ""), ("GET", "/docs", "/docs", "miss"), ("GET", "/v1/claims/nowhere", "/v1/claims/{id}", "miss"),
])
def test_what_was_asked_and_answered(logging, method, target, route, cache):
    answer = logging.send(method, target, headers={"X-Request-Id": "mine", "Accept-Encoding": "identity"})
    event = last(logging.service, method=method, target=target, cache=cache)
    assert list(event) == FIELDS
    assert (event["level"], event["route"], event["status"], event["client"], event["id"]) == ("info", route, answer.status_code, "127.0.0.1", "mine")
    assert event["bytes"] == len(answer.content)
    assert 0 <= event["database_ms"] + event["waiting_ms"] <= event["duration_ms"] < 20000
    assert (event["database_ms"] > 0) == (cache != "hit" and answer.status_code in (200, 404) and method == "GET" and target not in ("/nowhere", "/docs"))


def test_a_coded_answer_has_the_bytes_that_were_sent(logging):
    with logging.service.wire() as wire:
        wire.get("/v1/claims?limit=40", "Accept-Encoding: gzip")
        size = int(wire.head().headers["Content-Length"])
    assert last(logging.service, target="/v1/claims?limit=40")["bytes"] == size


def test_one_that_is_known_already_has_none(logging):
    etag = logging.get(f"/v1/claims/{ONE}").headers["ETag"]
    logging.expect(304, "GET", f"/v1/claims/{ONE}", headers={"If-None-Match": etag})
    assert last(logging.service, status=304)["bytes"] == 0


def test_those_that_share_an_answer_say_so(logging, url):
    def ask():
        with ThreadPoolExecutor(5) as pool:
            return [answer.status_code for answer in pool.map(lambda _: logging.send("GET", "/v1/claims?limit=33"), range(5))]
    assert locked(url, 0.5, ask) == [200] * 5
    until(lambda: len(events(logging.service, "request", target="/v1/claims?limit=33")) == 5, 5, "five requests")
    assert sorted(event["cache"] for event in events(logging.service, "request", target="/v1/claims?limit=33")) == ["miss"] + ["shared"] * 4


def test_a_hostile_target_is_one_line(logging):
    """The longest that is let through, full of what has to be escaped: the line is whole, and JSON."""
    target = "/v1/claims?q=" + '"\\' * 1000
    with logging.service.wire() as wire:
        wire.get(target, "X-Request-Id: hostile", f"traceparent: 00-{'f' * 32}-{'f' * 16}-01")
        assert wire.answer().status in (200, 400)
    event = last(logging.service, id="hostile")
    assert target.startswith(event["target"]) and len(json.dumps(event)) < 4096


# What was slow ----------------------------------------------------------------------------------


def test_a_slow_request_and_its_query_are_told(logging, url):
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01", "Prefer": "count=exact"}
    assert locked(url, 0.8, lambda: logging.send("GET", "/v1/claims?limit=21", headers=headers)).status_code == 200
    event, query = last(logging.service, "slow-request", target="/v1/claims?limit=21"), last(logging.service, "slow-query", trace=trace)
    assert list(event) == FIELDS and event["level"] == query["level"] == "warning"
    assert (event["route"], event["status"], event["trace"], event["cache"]) == ("/v1/claims", 200, trace, "miss")
    assert 300 <= event["database_ms"] <= event["duration_ms"] and event["waiting_ms"] < 300
    assert query["statement"] == "claims, counted" and 300 <= query["duration_ms"] <= event["duration_ms"] and query["span"] == event["span"]
    assert len(events(logging.service, "slow-query", trace=trace)) == 1  # what was counted came late, its rows did not


def test_time_in_the_queue_is_told_from_time_in_the_database(logging, url):
    """Writes go one after another: the second one waits for the first, which waits for the lock."""
    def write(number):
        time.sleep(number * 0.1)
        return logging.put("scope", f"queued-{number}", DOCUMENTS["scope"][0]).status_code

    def ask():
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(write, range(2)))
    assert locked(url, 1, ask, "change") == [201, 201]
    first, second = (last(logging.service, "slow-request", target=f"/v1/scopes/queued-{number}") for number in range(2))
    assert first["database_ms"] > 500 > first["waiting_ms"]
    assert second["waiting_ms"] > 500 > second["database_ms"]
    assert "write_one" in last(logging.service, "slow-query")["statement"]


def test_what_is_not_slow_is_not_told(logging):
    began = len(events(logging.service, "slow-request"))
    for _ in range(20):
        logging.get(f"/v1/claims/{ONE}")
    logging.get("/v1/changes?since=999999999&wait=1")  # that it waits is its own wish
    assert len(events(logging.service, "slow-request")) == began


@pytest.mark.parametrize("flags, told", [(["--slow-ms", "0"], False), ([], True)], ids=["never", "unless told"])
def test_from_when_on_is_for_the_operator_to_say(url, flags, told):
    with Service(url, "--threads", "1", *flags) as service:
        client = Client(service.answers())
        assert locked(url, 1.3, lambda: client.send("GET", "/v1/claims?limit=22")).status_code == 200
        assert client.get("/healthz").status_code == 200
    assert bool(events(service, "slow-request")) == bool(events(service, "slow-query")) == told
