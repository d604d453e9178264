"""Kills the service and the database under write load, again and again (CRASH_ROUNDS, 50): every write that was acknowledged is there, none is half
there, none is there twice, and who follows the feed sees each revision once and in order"""
import json
import os
import pathlib
import random
import sys
import threading
import time
from collections import Counter

sys.dont_write_bytecode = True
TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

import requests  # noqa: E402

from cluster import Cluster  # noqa: E402
from desk import CLAIM, DOCUMENTS, FIGURE, Client, Tables, create_token, furnish, path_of  # noqa: E402
from service import BINARY, Service, until  # noqa: E402

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "50"))
WRITERS = 8
LOAD = 32  # writes that are acknowledged before each kill, and a moment by chance


class Writer(threading.Thread):
    """Counts up two things of its own, a subject (one row) and a claim (rows of several tables); knows what was acknowledged and what was tried."""

    def __init__(self, world, number):
        super().__init__(daemon=True)
        self.world, self.number = world, number
        self.acknowledged, self.tried = {"subject": -1, "claim": -1}, {"subject": -1, "claim": -1}
        self.idle = threading.Event()
        self.client = Client(world.service, world.token)
        self.statuses = Counter()

    def id(self, kind):
        return f"crash-{kind}-{self.number}"

    def document(self, kind, count):
        if kind == "subject":
            return {**DOCUMENTS["subject"][0], "name": f"Count {count}", "description": f"Count {count}"}
        return {**CLAIM, "statement": f"Count {count}", "locator": {"line": count + 1}, "figure": {**FIGURE, "value": str(count), "as_printed": f"Count {count}"},
                "claimant": "desk-ada", "attribution": [{"agent": "desk-bob", "role": ("reporter", "author")[count % 2]}, {"agent": "desk-ada", "role": "speaker"}],
                "proposition": {"id": self.id(kind), "statement": f"Count {count}"}}

    def write(self, kind):
        count = self.acknowledged[kind] + 1
        self.tried[kind] = count
        answer = self.client.send("PUT", path_of(kind, self.id(kind)), self.document(kind, count), {"If-Match": "*"} if count else {"If-None-Match": "*"}, timeout=15,
                                  comment=f"count {count}")
        self.statuses[answer.status_code] += 1
        if answer.status_code in (200, 201):
            self.acknowledged[kind] = count
        elif answer.status_code in (500, 502) or answer.status_code < 500:
            self.world.fault(f"{kind} {count} of writer {self.number}: {answer.status_code} {answer.text[:300]}")
        return answer.status_code in (200, 201)

    def run(self):
        while not self.world.over.is_set():
            if not self.world.going.is_set():
                self.idle.set()
                self.world.going.wait(0.05)
                continue
            self.idle.clear()
            self.client.service = self.world.service
            for kind in ("subject", "claim"):
                if self.tried[kind] > self.acknowledged[kind] or not self.world.going.is_set():
                    continue  # what became of the last one will be looked up
                try:
                    self.write(kind)
                except requests.RequestException:
                    self.statuses["cut"] += 1
            if all(self.tried[kind] > self.acknowledged[kind] for kind in self.tried):
                time.sleep(0.02)


class Follower(threading.Thread):
    """Follows the feed from the beginning, goes on behind the last event that it had; no service and no database is there at times."""

    def __init__(self, world):
        super().__init__(daemon=True)
        self.world, self.seen, self.began = world, [], 0

    def run(self):
        while not self.world.over.is_set():
            last = self.seen[-1][0] if self.seen else 0
            try:
                with requests.get(self.world.service.base + "/v1/changes?format=events", headers={"Last-Event-ID": str(last)}, stream=True, timeout=(2, 20)) as answer:
                    if answer.status_code != 200:
                        time.sleep(0.05)
                        continue
                    self.began += 1
                    for line in answer.iter_lines(chunk_size=1):
                        if line.startswith(b"data: "):
                            event = json.loads(line[6:])
                            self.seen.append((event["seq"], event["change"], event["kind"], event["id"], event["action"]))
                        if self.world.over.is_set():
                            return
            except (requests.RequestException, OSError):
                time.sleep(0.02)


class World:
    def __init__(self, cluster, url):
        self.cluster, self.url, self.over, self.going = cluster, url, threading.Event(), threading.Event()
        self.faults, self.lost, self.unacknowledged = [], 0, 0
        self.recoveries = {"service": [], "postmaster": [], "immediate": []}
        self.service = None
        self.chance = random.Random(1)

    def fault(self, text):
        print(f"FAULT {text}", flush=True)
        self.faults.append(text)

    def open(self):
        self.service = Service(self.url, "--threads", "2").answers(within=30)

    def outlive(self):
        """Waits until the sessions of the service that was killed are over: what they were sent may still be done."""
        with Tables(self.url) as tables:
            until(lambda: not tables.value("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'claimd%'"), 30, "the end of all sessions")

    def check(self, writers):
        """What is there is what was acknowledged, or the one more that was tried; all of it, and each once."""
        with Tables(self.url) as tables:
            for writer in writers:
                for kind in ("subject", "claim"):
                    rows = tables.run("SELECT name, description FROM subject WHERE id = %s" if kind == "subject" else
                                      "SELECT claim.statement, figure_as_printed, 'Count ' || (line - 1), 'Count ' || figure_value, proposition.statement, (SELECT CASE WHEN count(*) = 2"
                                      " AND min(role::text) = CASE claim.line % 2 WHEN 1 THEN 'reporter' ELSE 'author' END THEN claim.statement ELSE 'half' END FROM attribution"
                                      " WHERE claim_id = claim.id) FROM claim JOIN proposition ON proposition.id = proposition_id WHERE claim.id = %s".replace("% 2", "%% 2"), writer.id(kind))
                    there = int(rows[0][0].split()[1]) if rows else -1
                    if rows and len(set(rows[0])) != 1:
                        self.fault(f"{writer.id(kind)} is half there: {rows[0]}")
                    if there not in (writer.acknowledged[kind], writer.tried[kind]):
                        self.fault(f"{writer.id(kind)}: {there} is there, {writer.acknowledged[kind]} was acknowledged and {writer.tried[kind]} tried")
                        self.lost += max(0, writer.acknowledged[kind] - there)
                    self.unacknowledged += there > writer.acknowledged[kind]
                    kept = tables.run("SELECT change.comment FROM revision JOIN change ON change.id = revision.change WHERE kind = %s AND revision.id = %s ORDER BY seq", kind, writer.id(kind))
                    if [comment for comment, in kept] != [f"count {count}" for count in range(there + 1)]:
                        self.fault(f"{writer.id(kind)} has the revisions {[comment for comment, in kept][-5:]} and stands at {there}")
                    writer.acknowledged[kind] = writer.tried[kind] = there
            changes = tables.value("SELECT count(*) FROM change WHERE NOT EXISTS (SELECT FROM revision WHERE revision.change = change.id)")
            if changes:
                self.fault(f"{changes} changes have no revision")
            if tables.value("SELECT count(*) FROM change AS one JOIN change AS other ON other.id = one.id - 1 WHERE one.at <= other.at"):
                self.fault("the times of changes are not in their order")

    def round(self, number, writers):
        what = ("service", "postmaster", "service", "immediate")[number % 4]
        def count():
            return sum(sum(writer.acknowledged.values()) for writer in writers)
        before = count()
        self.going.set()
        until(lambda: count() >= before + LOAD, 30, "writes")
        time.sleep(self.chance.random() * 0.05)
        began = time.monotonic()
        if what == "service":
            self.service.process.kill()
            self.service.process.wait()
            self.outlive()
            self.open()
        else:
            if what == "postmaster":
                self.cluster.kill()
            else:
                self.cluster.stop("immediate")
            self.cluster.start()
            self.service.answers(within=30)
        self.recoveries[what].append(time.monotonic() - began)
        self.going.clear()
        for writer in writers:
            if not writer.idle.wait(30):
                self.fault(f"writer {writer.number} got no answer for 30 s")
        self.check(writers)


def report(world, writers, follower, took):
    statuses = sum((writer.statuses for writer in writers), Counter())
    written = sum(writer.acknowledged["subject"] + writer.acknowledged["claim"] + 2 for writer in writers)
    print(f"rounds           {ROUNDS} in {took:.0f} s")
    for what, times in world.recoveries.items():
        if times:
            print(f"  {what:<14} {len(times)} times, back after {sum(times) / len(times):.2f} s, {max(times):.2f} s at most")
    print(f"written          {written}, {written / took:.0f} a second; answers: {dict(statuses)}")
    print(f"acknowledged     all but {world.lost} are there; {world.unacknowledged} more are there whose answer did not come")
    print(f"followed         {len(follower.seen)} revisions on {follower.began} connections")


def main():
    print(f"{BINARY}, {ROUNDS} rounds", flush=True)
    began = time.monotonic()
    with Cluster() as cluster:
        world = World(cluster, cluster.database("crash"))
        world.open()
        world.token = create_token(world.url, "crash")
        furnish(Client(world.service, world.token))
        writers = [Writer(world, number) for number in range(WRITERS)]
        follower = Follower(world)
        for thread in [follower, *writers]:
            thread.start()
        try:
            for number in range(ROUNDS):
                world.round(number, writers)
                if number % 10 == 9:
                    print(f"{number + 1} rounds, {time.monotonic() - began:.0f} s, {len(world.faults)} faults", flush=True)
            with Tables(world.url) as tables:
                wanted = tables.run("SELECT seq, change, kind, id, action FROM revision ORDER BY seq")
            try:
                until(lambda: len(follower.seen) >= len(wanted), 20, "the follower's end")
            except AssertionError:
                world.fault(f"the follower has {len(follower.seen)} of {len(wanted)} revisions")
            if follower.seen != wanted:
                world.fault("the follower has not seen each revision once and in order")
        finally:
            world.over.set()
            world.service.stop()
            for thread in writers:
                thread.join(10)
        report(world, writers, follower, time.monotonic() - began)
    return 1 if world.faults else 0


if __name__ == "__main__":
    sys.exit(main())
