"""The primary is killed under load and a standby takes over: reads are answered throughout, and no write that was acknowledged is lost"""
import itertools
import random
import shutil
import time
from collections import Counter
from typing import NamedTuple

import psycopg2

from busy import Busy
from desk import DOCUMENTS
from service import until
from stack import direct

WRITERS, READERS = 4, 6
BEFORE_S, AWAY_S, AFTER_S = 3, 4, 6
KNOWN_S = 2  # by then it is known that the primary is silent
TIMEOUT_S = 5  # of a request, which a read of a version may wait for
READ_MOST_S = KNOWN_S + 1
WRITE_MOST_S = 5  # from the call for a new primary until writes are taken: docs/scale.md
READ, BY_VERSION, WRITE = "read", "read by version", "write"
TARGETS = ["/v1/claims", "/v1/claims?q=training", "/v1/comparisons/what-training-r1-cost", "/v1/sources?limit={}", "/v1/claims?limit={}&sort=-value", "/v1/changes?limit={}"]
SUBJECT = DOCUMENTS["subject"][0]


class Answer(NamedTuple):
    kind: str
    status: int
    began: float
    ended: float


class Load(Busy):
    """Writers of ever new subjects, and readers of all kinds of things, some of what was just written, by its version."""

    def __init__(self, stack, token):
        super().__init__(*(self._work(turn, number) for turn, count in ((self._write, WRITERS), (self._read, READERS)) for number in range(count)))
        self.stack, self.token = stack, token
        self.written = {}  # of what was acknowledged: id to version
        self.acknowledged = []  # time, of each
        self.answers = []

    def _work(self, turn, number):
        with direct() as session:
            for count in itertools.count():
                yield turn(session, number, count)

    def _ask(self, kind, session, method, target, **details):
        began = time.monotonic()
        got = session.request(method, self.stack.url + target, timeout=30, **details)
        self.answers.append(Answer(kind, got.status_code, began, time.monotonic()))
        return got

    def of(self, kind):
        return [each for each in self.answers if each.kind == kind]

    def statuses(self):
        return {kind: Counter(each.status for each in self.of(kind)) for kind in (WRITE, READ, BY_VERSION)}

    def _write(self, session, number, count):
        id = f"failover-{number}-{count}"
        got = self._ask(WRITE, session, "PUT", f"/v1/subjects/{id}", json={**SUBJECT, "name": id}, headers={"Authorization": f"Bearer {self.token}", "If-None-Match": "*"})
        if got.status_code == 201:
            self.written[id] = got.headers.get("Data-Version")  # where the primary was lost just then, nobody can tell
            self.acknowledged.append(time.monotonic())
        elif got.status_code < 500:
            self.faults.append(f"{id}: {got.status_code} {got.text[:300]}")
        else:
            time.sleep(0.02)

    def _read(self, session, number, count):
        if count % 2 and any([*self.written.values()]):
            id, version = random.choice([each for each in [*self.written.items()] if each[1]][-20:])
            got = self._ask(BY_VERSION, session, "GET", f"/v1/subjects/{id}", headers={"Data-Version": version})
            if got.status_code < 500 and (got.status_code != 200 or got.json()["name"] != id):
                self.faults.append(f"{id}, which was written: {got.status_code} {got.text[:300]}")
        else:
            got = self._ask(READ, session, "GET", TARGETS[(number + count) % len(TARGETS)].format(count % 200 + 1))
            if got.status_code != 200:
                self.faults.append(f"{got.url}: {got.status_code} {got.text[:300]}")


def names(stack):
    connection = psycopg2.connect(stack.database_url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM subject WHERE id LIKE 'failover-%'")
        found = dict(cursor.fetchall())
    connection.close()
    return found


def show(load):
    print(f"\n{'':17}{'requests':>9}{'answered':>9}{'refused':>9}{'slowest s':>11}")
    for kind, counts in load.statuses().items():
        good = sum(count for status, count in counts.items() if status < 500)
        print(f"{kind:17}{sum(counts.values()):9}{good:9}{sum(counts.values()) - good:9}{slowest(load.of(kind)):11.2f}")


def slowest(answers):
    return max(each.ended - each.began for each in answers)


def seconds(answers, began, ended):
    """How many were asked and answered in each second of that time."""
    counts = Counter(int(each.ended - began) for each in answers if began < each.began and each.ended < ended)
    return [counts[second] for second in range(int(ended - began))]


def test_a_standby_takes_over_and_nothing_is_lost(stack, desk, token):
    with Load(stack, token) as load:
        until(lambda: len(load.acknowledged) > 50, 30, f"writes are taken: {load.faults} {load.statuses()}")
        time.sleep(BEFORE_S)
        stack.kill("db1")
        killed = time.monotonic()
        time.sleep(AWAY_S)
        called = time.monotonic()
        writer = stack.promote("db2", "db3")
        until(lambda: load.acknowledged[-1] > called, 30, f"writes are taken again: {load.faults} {load.statuses()}")
        again = next(each for each in load.acknowledged if each > called)
        time.sleep(AFTER_S)
        in_between = [each for each in load.acknowledged if killed + 0.5 < each < called]
    other = "db3" if writer == "db2" else "db2"
    until(lambda: stack.followers(writer) == 1, 30, f"{other} follows {writer}: {stack.log(other)}")
    there = names(stack)
    lost = [id for id in load.written if there.get(id) != id]
    away = {kind: seconds([each for each in load.of(kind) if each.status == 200], killed, called) for kind in (READ, BY_VERSION)}
    show(load)
    print(f"acknowledged writes {len(load.written)}, lost {len(lost)}; {AWAY_S} s after the primary was killed {writer} was told to take over, and took the first write "
          f"{again - called:.2f} s later; asked and answered in each second meanwhile: {away}")
    assert not load.faults, load.faults[:10]
    assert not lost, lost[:10]
    assert not in_between, "writes were acknowledged that no primary had taken"
    for kind, counts in away.items():
        assert all(counts[KNOWN_S:]), f"{kind}: it was not answered throughout, but {counts} times a second"
    statuses = load.statuses()
    assert set(statuses[READ]) == {200} and slowest(load.of(READ)) < READ_MOST_S
    assert set(statuses[BY_VERSION]) <= {200, 503} and slowest(load.of(BY_VERSION)) < TIMEOUT_S + 1
    assert again - called < WRITE_MOST_S
    assert {each.status for each in load.of(WRITE) if each.began > called + WRITE_MOST_S} == {201}, "some service does not find the new primary"
    for service in stack.services.values():
        assert service.status("/readyz") == 200
    shutil.rmtree(stack.folder / "db1")
    stack.start_node("db1")
    until(lambda: stack.followers(writer) == 2, 30, "the old primary, emptied, follows the new one")
