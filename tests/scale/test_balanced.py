"""Several services before one set of data: whichever answers, it is the same answer, and one may go at any time"""
import itertools
import json
import time
from collections import Counter

import pytest
import requests
import yaml

from busy import Busy
from contract import TREE
from desk import DOCUMENTS, Client, Tables, create_token, locked
from service import until
from stack import SERVICES, Balanced, direct
from wire import Wire

SUBJECT = DOCUMENTS["subject"][0]
TARGETS = ["/v1/claims", "/v1/claims?sort=-value&limit=9", "/v1/claims?q=training&format=csv", "/v1/comparisons", "/v1/comparisons/what-training-r1-cost?format=svg",
           "/v1/sources/r1-under-300000", "/v1/subjects?format=jsonld", "/openapi.json", "/"]
READERS, WRITERS = 8, 4


@pytest.mark.parametrize("target", TARGETS)
def test_each_service_gives_the_same_answer(desks, target):
    answers = [desk.get(target) for desk in desks.values()]
    assert len({(answer.headers.get("ETag"), answer.content) for answer in answers}) == 1
    if "ETag" in answers[0].headers:
        for desk in desks.values():
            assert desk.send("GET", target, headers={"If-None-Match": answers[0].headers["ETag"]}).status_code == 304


def test_a_list_is_walked_through_all_of_them(desks, desk):
    whole = [json.loads(line)["id"] for line in desk.get("/v1/claims?format=ndjson").text.splitlines()]
    walked, target = [], "/v1/claims?limit=7"
    for name in itertools.cycle(SERVICES):
        page = desks[name].get(target).json()
        walked += [item["id"] for item in page["items"]]
        target = page["next"]
        if not target:
            break
    assert walked == whole and len(whole) > 21


def test_a_write_is_seen_through_the_others(desks):
    for number, (writer, reader) in enumerate(itertools.permutations(SERVICES, 2)):
        path = f"/v1/subjects/across-{number}"
        assert desks[reader].send("GET", path).status_code == 404
        written = desks[writer].put("subject", f"across-{number}", SUBJECT)
        got = desks[reader].send("GET", path, headers={"Data-Version": written.headers["Data-Version"]})
        assert got.status_code == 200 and got.json()["name"] == SUBJECT["name"]
        changed = desks[writer].put("subject", f"across-{number}", {**SUBJECT, "name": "Another"}, written.headers["ETag"])
        assert changed.headers["Data-Version"] != written.headers["Data-Version"]
        # Who names no version may be answered by a standby that does not know it yet.
        assert until(lambda: desks[reader].send("GET", path).json().get("name") == "Another", 5, "the change shows") < 2


def test_standbys_answer_through_the_pooler(stack, desks):
    asked = "SELECT coalesce(sum(xact_commit), 0) FROM pg_stat_database WHERE datname = 'claimd'"
    before = {name: stack.value(name, asked) for name in ("db2", "db3")}
    for number in range(200):
        for desk in desks.values():
            desk.get("/v1/claims", limit=number % 200 + 1, sort="-value")
    until(lambda: all(stack.value(name, asked) > before[name] + 20 for name in before), 10, "both standbys are asked")


class Reading(Busy):
    """Readers of all kinds of things, and what status they got."""

    def __init__(self, stack):
        super().__init__(*(self._read(stack.url, number) for number in range(READERS)))
        self.statuses = []

    def _read(self, url, number):
        with direct() as session:
            for count in itertools.count(number):
                self.statuses.append(session.get(url + TARGETS[count % len(TARGETS)], timeout=10).status_code)
                yield


class Writing(Busy):
    """Writers of ever new subjects, each sent under a key until it is acknowledged, and once more, as by one who has not heard that."""

    def __init__(self, stack, token):
        super().__init__(*(self._write(number) for number in range(WRITERS)))
        self.stack, self.token = stack, token
        self.acknowledged = []  # names
        self.failures = []

    def _write(self, number):
        with direct() as session:
            for count in itertools.count():
                name = f"rolling-{number}-{count}"
                first = yield from self._ask(session, name, 0)
                self.acknowledged.append(name)
                again = yield from self._ask(session, name, 1)
                assert again == first, f"{name} is answered in another way when it comes again: {first} {again}"
                yield

    def _ask(self, session, name, there):
        """What was answered in the end. A failure is one that says nothing and has done nothing: so many are there still."""
        while (got := self._post(session, name)) is None or got.status_code != 201:
            self.failures.append(name)
            assert got is None or got.status_code == 502 and "Retry-After" not in got.headers, f"{name}: {got.status_code} {got.text[:300]}"
            assert self.counts().get(name, 0) == there, f"{name}: it was done, and its answer was lost"
            yield
        return got.headers["Location"], got.headers["ETag"], got.content

    def _post(self, session, name):
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": name}
        try:
            return session.post(f"{self.stack.url}/v1/subjects", json={**SUBJECT, "name": name}, headers=headers, timeout=20)
        except requests.ConnectionError:
            return None

    def counts(self):
        """How many there are of each name."""
        with Tables(self.stack.database_url) as tables:
            return Counter(name for name, in tables.run("SELECT name FROM subject WHERE name LIKE 'rolling-%'"))


def test_a_service_stops_and_starts_without_a_request_lost(stack, desk, token):
    """Again and again, under load. A write that was on its way just then is not asked of another: who sent it hears nothing, nothing was done, and he may send it again."""
    with Reading(stack) as reading, Writing(stack, token) as writing:
        def more(reads, writes):
            seen = len(reading.statuses) + reads, len(writing.acknowledged) + writes
            return lambda: reading.faults or writing.faults or (len(reading.statuses) > seen[0] and len(writing.acknowledged) > seen[1])

        for name in SERVICES:
            old = stack.services[name]
            until(more(100, 10), 60, "requests come")
            old.stop()
            until(more(200, 20), 60, "requests are answered by the others")
            stack.start_service(name, old.port).answers(within=30)
            time.sleep(1.5)  # the balancer has looked at it twice
    print(f"\nreads {len(reading.statuses)}, writes {len(writing.acknowledged)}, of which were sent again {len(writing.failures)}")
    assert not reading.faults and set(reading.statuses) == {200}, reading.faults[:3]
    assert not writing.faults, writing.faults[:3]
    assert len(writing.failures) <= WRITERS * len(SERVICES)
    counts = writing.counts()
    assert not (lost := set(writing.acknowledged) - set(counts)), lost
    assert not (doubled := {name: count for name, count in counts.items() if count > 1}), doubled


def test_services_know_for_whom_the_balancer_asks(stack, token):
    """By its word alone, whatever a client says of himself: so the log has it, and the balancer's connections are not limited as one client's."""
    target, body = "/v1/subjects/balanced-client", json.dumps(SUBJECT)

    def ask():
        with Wire(stack.ports["8080"], source="127.0.0.5") as wire:
            wire.get(target, "X-Forwarded-For: 192.0.2.1", f"Authorization: Bearer {token}", "If-None-Match: *", "Content-Type: application/json",
                     f"Content-Length: {len(body)}", method="PUT")
            wire.send(body)
            return wire.answer().status

    def clients():
        return [event["client"] for service in stack.services.values() for event in service.events() if event["event"] == "slow-request" and event["target"] == target]

    assert locked(stack.database_url, 1.5, ask, "subject") == 201
    until(clients, 5, "the slow request in a log")
    assert clients() == ["127.0.0.5"]


def test_an_import_is_waited_for_longer_than_all_else(stack):
    """It may take an hour, and is taken in whatever its client was told."""
    line = json.dumps({"subject": {"id": "balanced-import", **SUBJECT}}).encode()
    with stack.another_balancer("1s") as url:
        importer = Client(Balanced(url), create_token(stack.database_url, "importer", "admin"))
        asks = [lambda: importer.send("POST", "/v1/import", line, {"Content-Type": "application/x-ndjson"}),
                lambda: importer.send("PUT", "/v1/subjects/balanced-put", SUBJECT, {"If-None-Match": "*"})]
        assert [locked(stack.database_url, 2.5, ask, "subject").status_code for ask in asks] == [200, 504]


def test_prometheus_watches_the_services(stack):
    def told(path, **query):
        with direct() as session:
            return session.get(f"{stack.prometheus_url}/api/v1/{path}", params=query, timeout=5).json()["data"]

    def asked(query, label):
        return {each["metric"][label]: float(each["value"][1]) for each in told("query", query=query)["result"]}

    def rules():
        return {rule["name"]: rule["health"] for group in told("rules")["groups"] for rule in group["rules"]}

    until(lambda: asked('up{job="claimd"}', "instance") == dict.fromkeys(stack.operators.values(), 1.0), 20, "Prometheus reaches what each service tells its operators")
    until(lambda: asked('up{job="haproxy"}', "job") == {"haproxy": 1.0}, 20, "Prometheus reaches the balancer")
    until(lambda: asked('haproxy_server_status{state="UP"}', "server") == dict.fromkeys(SERVICES, 1.0), 20, "all services are up")
    alerts = [rule["alert"] for group in yaml.safe_load((TREE / "operations/prometheus/rules.yaml").read_text())["groups"] for rule in group["rules"]]
    until(lambda: rules() == dict.fromkeys(alerts, "ok"), 20, "every alert is evaluated")
