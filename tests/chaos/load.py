"""Clients of all kinds, who hold each answer that they get to be right, or an honest failure"""
import collections
import contextlib
import dataclasses
import itertools
import json
import math
import random
import socket
import threading
import time

import psycopg2

import database
from desk import CLAIM
from wire import Wire

# What may be said while the database is away or busy, and whether it has to be said when to come back.
HONEST = {"overloaded": (503, True), "database-unavailable": (503, True), "not-ready": (503, True), "outcome-unknown": (503, False), "timeout": (504, False)}
PATIENCE = 15  # seconds without an answer that are a fault
LIFE = 20     # seconds without a sign of it that are a fault of a feed
STALE = 2.5    # seconds: what the service answers is at most two out of date, and the test has two clocks to look at
BREATH = 0.1   # seconds between two imports, which all other writers wait for
TYPES = {"PATCH": "application/merge-patch+json"}
PAUSE = 0.02   # seconds after a failure, so that a service that is away is not asked all the time


class Wrong(AssertionError):
    """The service said what it must not say."""


@dataclasses.dataclass(frozen=True)
class Note:
    """One request: when it was asked and over, who asked it, and what came of it: right, honest, cut or wrong."""
    began: float
    ended: float
    kind: str
    outcome: str
    text: str = ""


class Tally:
    """What came of all requests: how many of each kind, and the last ones one by one."""

    LAST = 200_000

    def __init__(self):
        self.notes = collections.deque(maxlen=self.LAST)
        self.counts = collections.Counter()
        self.faults = []
        self._lock = threading.Lock()

    def note(self, began, kind, outcome, text=""):
        note = Note(began, time.monotonic(), kind, outcome, text)
        with self._lock:
            self.notes.append(note)
            self.counts[outcome] += 1
            if outcome == "wrong":
                self.faults.append(f"{kind}: {text}")

    def of(self, outcome):
        """The last that came to that."""
        with self._lock:
            return [note for note in self.notes if note.outcome == outcome]

    def since(self, moment):
        """Those of what was asked since then; they are in the order of their ends."""
        with self._lock:
            return [note for note in itertools.takewhile(lambda note: note.ended >= moment, reversed(self.notes)) if note.began >= moment]

    def is_right_since(self, moment, kinds):
        """Whether each kind of client was answered right after a failure, if there was one, since a moment."""
        return math.isfinite(self.recovery(moment, kinds))

    def recovery(self, moment, kinds):
        """Seconds from a moment until the first right answer behind the last failure, of the slowest kind; what was asked before the moment does not count."""
        took, asked = 0, self.since(moment)
        for kind in set(kinds):
            later = [note for note in asked if note.kind == kind]
            failed = max((note.began for note in later if note.outcome != "right"), default=moment)
            took = max(took, min((note.ended for note in later if note.outcome == "right" and note.began >= failed), default=math.inf) - moment)
        return took


def honest(answer):
    """Whether it is a whole problem, or a page of it, that says openly that there is no answer now."""
    fields, status = answer.headers, answer.status
    if fields.get("Content-Type", "").startswith("text/html"):
        return (status in (503, 504) and answer.body.endswith(b"</html>") and (fields.get("Retry-After", "").isdigit() or status == 504)
                and fields["Cache-Control"] == "no-store")
    try:
        document = json.loads(answer.body)
        wanted, again = HONEST[document["type"].removeprefix("/problems/")]
    except (ValueError, KeyError, TypeError):
        return False
    return (status == document["status"] == wanted and fields["Content-Type"] == "application/problem+json" and fields["Cache-Control"] == "no-store"
            and bool(document["title"] and document["detail"]) and (fields.get("Retry-After", "").isdigit() or not again))


def is_stale(answer):
    """Whether it is marked as one from before a failure (RFC 9211)."""
    return "Age" in answer.headers or "stale" in answer.headers.get("Cache-Status", "")


class Client(threading.Thread):
    """One connection, asked over and over; a new one when it is gone. A turn may be had without the thread, too."""

    kind = ""

    def __init__(self, scene, seed=0):
        super().__init__(daemon=True)
        self.scene, self.tally, self.dice = scene, scene.tally, random.Random(f"{self.kind} {seed}")
        self.wire = None
        self.began = 0

    def open(self):
        self.wire = self.wire or Wire(self.scene.port, PATIENCE)
        return self.wire

    def close(self):
        if self.wire:
            self.wire.socket.close()
        self.wire = None

    def note(self, outcome, text=""):
        self.tally.note(self.began, self.kind, outcome, text)

    def judge(self, answer, is_right, about):
        """Notes what an answer is."""
        if is_right:
            self.note("right")
        elif honest(answer):
            self.note("honest", answer.body.decode())
            self.scene.rest(PAUSE)
        else:
            self.note("wrong", f"{about}: {answer.status} {answer.headers.get('ETag')} {answer.body[:200]!r}")
        return is_right

    def turn(self):
        """Asks, and judges."""
        self.began = time.monotonic()
        try:
            self.ask()
        except TimeoutError:
            self.note("wrong", f"no answer for {PATIENCE} s")
            self.close()
        except (OSError, EOFError) as error:  # the connection is gone: nothing that was said looks whole
            self.close()
            self.note("cut", repr(error)[:200])
            self.scene.rest(PAUSE)
        except (AssertionError, ValueError, KeyError, IndexError, TypeError) as error:
            self.note("wrong", repr(error)[:500])
            self.close()

    def ask(self):
        raise NotImplementedError

    def run(self):
        while not self.scene.over.is_set():
            self.turn()
        self.close()


class Reader(Client):
    """Asks for what stays as it is, at times only whether it does."""

    kind = "read"

    def ask(self):
        wire, known = self.open(), self.dice.choice(self.scene.truth.pipelined)
        condition = [f"If-None-Match: {known.etag}"] if known.etag and self.dice.random() < 0.3 else []
        known.ask(wire, *condition)
        answer = wire.answer()
        self.judge(answer, known.equals(answer), known.target)


class Pipeline(Client):
    """Sends many requests at once: each answer is of its request, in their order."""

    kind = "pipeline"
    def batch(self):
        return self.dice.choices(self.scene.truth.pipelined, k=12)

    def ask(self):
        wire, batch = self.open(), self.batch()
        wire.send(*(f"GET {known.target} HTTP/1.1\r\nHost: test\r\n" + "".join(f"{field}\r\n" for field in known.fields) + "\r\n" for known in batch))
        for known in batch:
            answer = wire.answer()
            self.judge(answer, known.equals(answer), known.target)


class Newcomer(Reader):
    """Comes anew for each request."""

    kind = "newcomer"

    def ask(self):
        super().ask()
        self.close()


class Walker(Client):
    """Walks through a long list by its links."""

    kind = "walk"

    def __init__(self, scene, seed=0):
        super().__init__(scene, seed)
        self.place, self.target = 0, "/v1/claims?source=still&limit=37&fields=id"

    def ask(self):
        wire = self.open()
        wire.get(self.target)
        answer = wire.answer()
        if answer.status != 200:
            self.judge(answer, False, self.target)
            return
        page = json.loads(answer.body)
        found, wanted = [item["id"] for item in page["items"]], self.scene.truth.listed[self.place:self.place + 37]
        self.judge(answer, found == wanted and bool(page["next"]) == (self.place + 37 < len(self.scene.truth.listed)), f"{self.target} at {self.place}")
        self.place, self.target = (self.place + 37, page["next"]) if page["next"] else (0, "/v1/claims?source=still&limit=37&fields=id")


class Streamer(Client):
    """Takes a long list as a stream: it comes whole, or is broken off so that this can be seen."""

    kind = "stream"

    def ask(self):
        wire, known = self.open(), self.scene.truth.stream
        known.ask(wire)
        head = wire.head()
        if head.status != 200 or "Transfer-Encoding" not in head.headers:
            self.judge(wire.whole(head), False, known.target)
            return
        try:
            answer = dataclasses.replace(head, body=b"".join(wire.chunks()))
        except TimeoutError:
            raise
        except (OSError, EOFError):
            self.close()
            self.note("honest", "broken off")
            self.scene.rest(PAUSE)
            return
        self.judge(answer, known.equals(answer), known.target)


class Writer(Client):
    """One that has a token, and knows what was acknowledged."""

    def send(self, method, target, document, *fields):
        return self.send_text(method, target, TYPES.get(method, "application/json"), json.dumps(document), *fields)

    def send_text(self, method, target, type, text, *fields):
        wire, body = self.open(), text.encode()
        wire.send(f"{method} {target} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {self.scene.token}\r\nContent-Type: {type}\r\n"
                  f"Content-Length: {len(body)}\r\n" + "".join(f"{field}\r\n" for field in fields) + "\r\n", body)
        return wire.answer()


class Poster(Writer):
    """Creates one thing after another, each by a key: it is sent until it is acknowledged, and must be there once."""

    kind = "post"

    def __init__(self, scene, seed=0):
        super().__init__(scene, seed)
        self.number, self.sent, self.acknowledged = 0, set(), {}
        self.mark = f"{scene.mark}-{seed}"

    def subject(self, said):
        return "/v1/subjects", "description", {"name": said, "kind": "model", "description": said}

    def claim(self, said):
        return "/v1/claims", "statement", {**CLAIM, "statement": said, "locator": {"line": self.number}, "claimant": "desk-ada",
                                           "attribution": [{"agent": "desk-bob", "role": "reporter"}, {"agent": "desk-ada", "role": "speaker"}]}

    def document(self):
        """In turn a thing of one row, and one of several tables."""
        return (self.claim if self.number % 2 else self.subject)(f"Post {self.mark}-{self.number}")

    def ask(self):
        path, member, document = self.document()
        self.sent.add(document[member])
        answer = self.send("POST", path, document, f"Idempotency-Key: {self.mark}-{self.number}")
        said = json.loads(answer.body) if answer.status == 201 else {}
        is_right = said.get(member) == document[member] and answer.headers["Location"] == f"{path}/{said['id']}"
        if self.judge(answer, is_right, f"{document[member]} is posted"):
            self.acknowledged[document[member]] = said["id"]
            self.number += 1


class Importer(Poster):
    """Imports a few things together, by ids of its own: they are sent until they are acknowledged, and are there all or none."""

    kind = "import"

    def ask(self):
        said = {f"Post {self.mark}-{self.number}-{line}": f"import-{self.mark}-{self.number}-{line}" for line in range(3)}
        self.sent.update(said)
        lines = [json.dumps({"subject": {"id": id, "name": text, "kind": "model", "description": text}}) + "\n" for text, id in said.items()]
        answer = self.send_text("POST", "/v1/import", "application/x-ndjson", "".join(lines))
        report = json.loads(answer.body) if answer.status == 200 else {}
        is_right = report.get("created", 0) + report.get("unchanged", 0) == report.get("lines") == len(lines)
        if self.judge(answer, is_right, f"import {self.number} of {self.mark}"):
            self.acknowledged.update(said)
            self.number += 1
        self.scene.rest(BREATH)


class Counter(Writer):
    """Counts up one thing, replacing and patching it in turn, each time with the state that it has seen; where it does not know, it looks."""

    kind = "count"

    def __init__(self, scene, seed=0):
        super().__init__(scene, seed)
        self.target = f"/v1/subjects/count-{scene.mark}-{seed}"
        self.etag, self.acknowledged, self.tried = None, [(time.monotonic(), -1)], -1
        self.is_sure = True
        scene.counted[self.target] = self

    def ask(self):
        if self.is_sure:
            self.count()
        else:
            self.look()

    def count(self):
        self.tried = self.acknowledged[-1][1] + 1
        self.is_sure = False
        condition = f"If-Match: {self.etag}" if self.etag else "If-None-Match: *"
        count = {"description": f"Count {self.tried}"}
        if self.etag and self.tried % 2:
            answer = self.send("PATCH", self.target, count, condition)
        else:
            answer = self.send("PUT", self.target, {"name": self.target[-60:], "kind": "model", **count}, condition)
        is_done = answer.status == (200 if self.etag else 201) and json.loads(answer.body)["description"] == f"Count {self.tried}"
        if answer.status == 412:  # what it saw last was out of date, or it was done before after all
            self.note("right")
        elif self.judge(answer, is_done, f"{self.target} is counted up to {self.tried}"):
            self.acknowledge(answer)

    def acknowledge(self, answer):
        self.etag, self.is_sure = answer.headers["ETag"], True
        self.acknowledged.append((time.monotonic(), self.tried))

    def look(self):
        wire = self.open()
        wire.get(self.target, f"Authorization: Bearer {self.scene.token}")
        answer = wire.answer()
        if answer.status == 404 and self.tried == 0:
            self.note("right")
            self.is_sure = True
            return
        count = int(json.loads(answer.body)["description"].split()[1]) if answer.status == 200 else None
        least = -1 if count is not None and is_stale(answer) else self.known(self.began - self.scene.grace)
        if not self.judge(answer, count is not None and least <= count <= self.tried, f"{self.target} is looked at, {self.acknowledged[-1][1]} to {self.tried}"):
            return
        if count == self.tried:
            self.acknowledge(answer)
        elif count == self.acknowledged[-1][1] and not is_stale(answer):
            self.etag, self.is_sure = answer.headers["ETag"], True

    def known(self, moment):
        """The count that had been acknowledged then."""
        return next((count for at, count in reversed(self.acknowledged) if at <= moment), self.acknowledged[0][1])


class Outsider(threading.Thread):
    """Counts up one thing in the database itself: the service has to hear of it."""

    def __init__(self, scene):
        super().__init__(daemon=True)
        self.scene, self.tried, self.acknowledged = scene, scene.outside, [(time.monotonic(), scene.outside)]
        scene.counted["/v1/subjects/outside"] = self

    def run(self):
        connection = None
        while not self.scene.over.is_set():
            try:
                connection = connection or database.connect(self.scene.url + "&connect_timeout=2&application_name=outsider", autocommit=True)
                with connection.cursor() as cursor:
                    cursor.execute("SET statement_timeout = 2000")
                    self.tried += 1
                    cursor.execute("UPDATE subject SET description = %s WHERE id = 'outside'", [f"Count {self.tried}"])
                self.acknowledged.append((time.monotonic(), self.tried))
            except psycopg2.Error:
                if connection:
                    connection.close()
                connection = None
            self.scene.rest(0.1)
        if connection:
            connection.close()

    known = Counter.known


class Watcher(Client):
    """Reads what is counted up: it must not be older than it may be, nor newer than it is."""

    kind = "watch"

    def ask(self):
        target, counted = self.dice.choice(list(self.scene.counted.items()))
        wire, grace = self.open(), self.scene.grace if isinstance(counted, Counter) else STALE
        wire.get(target)
        answer = wire.answer()
        if answer.status == 404 and counted.known(self.began - grace) == -1:
            self.note("right")
            return
        count = int(json.loads(answer.body)["description"].split()[1]) if answer.status == 200 else -1
        least = 0 if is_stale(answer) else counted.known(self.began - grace)
        is_own = answer.status == 200 and json.loads(answer.body)["id"] == target.rpartition("/")[2]
        self.judge(answer, is_own and least <= count <= counted.tried, f"{target} from {least} to {counted.tried}")
        self.scene.rest(PAUSE)


class Follower(Client):
    """Follows the feed, and goes on behind the last that it had: each revision comes once and in order."""

    kind = "follow"

    def __init__(self, scene, seed=0):
        super().__init__(scene, seed)
        self.since, self.seen = scene.place, []

    def ask(self):
        wire = self.open()
        wire.socket.settimeout(LIFE)
        wire.get("/v1/changes?format=events", f"Last-Event-ID: {self.since}")
        head = wire.head()
        if head.status != 200:
            self.judge(wire.whole(head), False, "the feed")
            return
        self.follow(wire)

    def follow(self, wire):
        rest = b""
        try:
            for chunk in wire.chunks():
                *events, rest = (rest + chunk).split(b"\n\n")
                for event in events:
                    self.take(event)
        except TimeoutError:
            raise
        except (OSError, EOFError):
            if not self.scene.over.is_set():
                self.began = time.monotonic()
                self.note("honest", "broken off")
        self.close()

    def hang_up(self):
        """Ends a wait for what does not come any more."""
        with contextlib.suppress(OSError, AttributeError):
            self.wire.socket.shutdown(socket.SHUT_RDWR)

    def take(self, event):
        self.began = time.monotonic()
        for line in event.split(b"\n"):
            if line.startswith(b"data: "):
                said = json.loads(line[6:])
                if said["seq"] <= self.since:
                    raise Wrong(f"{said} after {self.since}")
                self.since = said["seq"]
                self.seen.append((said["seq"], said["kind"], said["id"], said["action"]))
                self.note("right")


KINDS = [Reader, Reader, Reader, Newcomer, Pipeline, Pipeline, Walker, Streamer, Poster, Poster, Importer, Counter, Counter, Watcher, Watcher, Follower]
