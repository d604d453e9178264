"""Allocations of the service that fail, at one site after the other: it ends and says why, or answers all the same"""
import contextlib
import itertools
import json
import mmap
import pathlib
import re
import signal
import struct
import subprocess
import tempfile
import time

import pytest

import preload
from cuts import Namer
from desk import CLAIM, create_token
from load import Client, Writer
from service import INSTRUMENTED, Service, until

FLAGS = ("--threads", "1", "--request-timeout", "1000")
LAST_WORDS = ("claimd: out of memory\n", "GNU MP: Cannot allocate memory")
MOST = 500  # sites of one request


class Order:
    """What the library is told, and tells: a `struct order` of tests/preload/starve.c."""

    SIZE = 8 * (3 + 8189)

    def __init__(self, folder):
        self.file = folder / "order"
        self.file.write_bytes(bytes(self.SIZE))
        with self.file.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), self.SIZE)

    def _word(self, place):
        return struct.unpack_from("l", self._shared, 8 * place)[0]

    def arm(self, is_armed):
        """Whether the next allocation fails at whose site none has failed before."""
        self._shared[:8] = struct.pack("l", is_armed)

    def sites(self):
        """At how many one has failed."""
        return self._word(2)

    def is_still(self):
        """Whether nothing is allocated for a moment."""
        before = self._word(1)
        time.sleep(0.03)
        return self._word(1) == before


class Asker(Client):
    """Asks for what has known right answers, for one after the other, each time on a connection of its own."""

    kind = "starved read"

    def __init__(self, scene, *answers, fields=()):
        super().__init__(scene)
        self.answers, self.fields = itertools.cycle(answers), fields

    def ask(self):
        known, wire = next(self.answers), self.open()
        known.ask(wire, *self.fields)
        answer = wire.answer()
        self.close()
        self.judge(answer, any(each.equals(answer) for each in self.scene.truth.answers if each.target == known.target), known.target)


class Sender(Writer):
    """Sends something that changes nothing, each time on a connection of its own: the first answer is the right one, but for its numbers."""

    kind = "starved write"

    def __init__(self, scene, token, method, target, body, *fields, media_type="application/json"):
        super().__init__(scene)
        self.request = (f"{method} {target} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {token}\r\nContent-Type: {media_type}\r\n"
                        f"Content-Length: {len(body)}\r\n" + "".join(f"{field}\r\n" for field in fields) + "\r\n", body)
        self.about, self.right = f"{method} {target}", None

    def ask(self):
        wire = self.open()
        wire.send(*self.request)
        answer = wire.answer()
        self.close()
        said = answer.status, re.sub(rb"[0-9]+", b"0", answer.body)
        assert answer.status != 401 and (self.right or answer.status < 500), said
        self.right = self.right or said
        self.judge(answer, said == self.right, self.about)


class Waiter(Client):
    """Waits for changes that do not come."""

    kind = "starved wait"

    def ask(self):
        wire = self.open()
        wire.get("/v1/changes?since=900000000&wait=1")
        answer = wire.answer()
        self.close()
        self.judge(answer, answer.status == 200 and json.loads(answer.body)["items"] == [], "a wait")


class Starved:
    """A service whose allocations fail as ordered, and another one whenever it has ended."""

    def __init__(self, stage, folder):
        self.stage, self.order, self.flags = stage, Order(folder), ()
        self.settings = {"LD_PRELOAD": preload.build("starve", folder), "STARVE_FILE": str(self.order.file)}
        self.service = None
        self.ends = 0

    def serve(self, client):
        """One that has done what it does at its start, and for the first request of that kind."""
        if self.service is None:
            self.service = Service(self.stage.url, *FLAGS, *self.flags, **self.settings).answers(within=20)
            self.stage.scene.port = self.service.port
            client.turn()
            until(self.order.is_still, 20, "the service has come to rest")

    def judge_end(self, what):
        """If the service has ended it was for want of memory, and it has said so."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.service.process.wait(0 if self.stage.scene.tally.notes[-1].outcome == "right" else 0.5)
        status, log = self.service.process.poll(), self.service.log()
        if status is None:
            return
        self.ends += 1
        if status != -signal.SIGABRT or not any(words in log for words in LAST_WORDS):
            self.stage.scene.tally.faults.append(f"{what}: the service ended with {status}: {log[-500:]}")
        self.service = None

    def at_each_site(self, client, what):
        """Until nothing fails any more where nothing has failed before; at how many sites it did."""
        before = self.order.sites()
        for _ in range(MOST):
            self.serve(client)
            known = self.order.sites()
            self.order.arm(True)
            client.turn()
            self.order.arm(False)
            self.judge_end(what)
            if self.order.sites() == known:
                print(f"{what}: {known - before} sites, {self.ends} ends, {len(self.stage.scene.tally.faults)} faults", flush=True)
                return known - before
        raise AssertionError(f"{what} takes more than {MOST} allocations")

    def at_all_sites(self, clients, *flags):
        """With another service, which has these flags."""
        self.stop()
        self.flags = flags
        return sum(self.at_each_site(client, what) for client, what in clients)

    def stop(self):
        if self.service:
            self.service.stop()
        self.service = None


def readers(scene):
    """Each kind of thing that there are right answers of, and what needs none."""
    for known in {(re.sub("[0-9]+$", "", known.target), known.fields): known for known in scene.truth.answers}.values():
        yield Asker(scene, known), " ".join((known.target, *known.fields))
    one = scene.truth.answers[0]
    yield Asker(scene, one, fields=(f"If-None-Match: {one.etag}",)), "what the client has"
    yield Waiter(scene), "a wait"


def writers(scene, url):
    """Trials, what is refused, and what is done."""
    token = create_token(url, f"starved-{scene.mark}", "admin")
    scope = json.dumps({"name": "Some", "definition": "Some of it."}).encode()
    line = json.dumps({"scope": {"id": "starved", **json.loads(scope)}}).encode() + b"\n"
    merge = "application/merge-patch+json"
    for method, target, body, *fields, media_type in (
            ("POST", "/v1/claims?dry_run=true", json.dumps({**CLAIM, "statement": "It would cost that much."}).encode(), "application/json"),
            ("PUT", "/v1/scopes/starved?dry_run=true", scope, "If-None-Match: *", "application/json"),
            ("PATCH", "/v1/subjects/still?dry_run=true", b'{"description": "It goes on."}', "If-Match: *", merge),
            ("DELETE", "/v1/subjects/outside?dry_run=true", b"", "If-Match: *", "application/json"),
            ("PUT", "/v1/scopes/starved", b'{"name": 1, "colour": "red"}', "If-None-Match: *", "application/json"),
            ("POST", "/v1/figures/parse", b'{"text": "rund 1, 6 Milliarden US -Dollar", "language": "de"}', "application/json"),
            ("POST", "/v1/import?dry_run=true", line * 3, "application/x-ndjson"),
            ("POST", "/v1/import?dry_run=true", line + b"{", "application/x-ndjson"),
            ("POST", "/v1/import?dry_run=true", b'{"@context": "https://schema.org", "@type": "ClaimReview", "claimReviewed": "It costs much."}', "application/ld+json")):
        yield Sender(scene, token, method, target, body, *fields, media_type=media_type), f"{method} {target} {body[:40]!r}"
    namer = Namer(scene, "starved")
    scene.clients.append(namer)
    yield namer, "a write"


def starve(stage):
    if INSTRUMENTED:
        pytest.skip("a sanitizer has its own allocator")
    scene, port = stage.scene, stage.port
    with tempfile.TemporaryDirectory(prefix="claimd-starved.") as folder:
        starved = Starved(stage, pathlib.Path(folder))
        made = starved.at_all_sites([*readers(scene), *writers(scene, stage.ground.url)], "--cache-bytes", "0")
        kept = starved.at_all_sites([(Asker(scene, *scene.truth.pipelined), "answers that are kept"), *readers(scene)], "--cache-bytes", "1000000")
        starved.stop()
    scene.port = port
    print(f"{made} sites where nothing is kept in memory, {kept} more where it is, {starved.ends} ends", flush=True)
    assert made > 200 and kept > 5 and starved.ends > 100, (made, kept, starved.ends)
