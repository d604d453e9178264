"""Allocations of the service that fail, one after the other: it ends and says why, or answers all the same"""
import contextlib
import json
import mmap
import pathlib
import signal
import struct
import subprocess
import tempfile
import time

import pytest

import preload
from desk import CLAIM
from load import Client, Writer
from service import INSTRUMENTED, Service, until

FLAGS = ("--threads", "1", "--request-timeout", "1000", "--cache-bytes", "0")
LAST_WORDS = ("claimd: out of memory\n", "GNU MP: Cannot allocate memory")
MOST = 5000  # allocations of one request


class Order:
    """What the library is told: which allocation is to fail."""

    def __init__(self, folder):
        self.file = folder / "order"
        self.file.write_bytes(bytes(24))
        with self.file.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), 24)

    def fail(self, number):
        """The one of that number from now on; 0: none."""
        self._shared[:16] = struct.pack("ll", number, 0)

    def has_failed(self):
        return struct.unpack("lll", self._shared[:])[1] > 0

    def is_still(self):
        """Whether nothing is allocated for a moment."""
        before = self._shared[16:]
        time.sleep(0.03)
        return self._shared[16:] == before


class Asker(Client):
    """Asks for one thing of which the right answer is known, each time on a connection of its own."""

    kind = "starved read"

    def __init__(self, scene, known):
        super().__init__(scene)
        self.known = known

    def ask(self):
        known, wire = self.known, self.open()
        known.ask(wire)
        answer = wire.answer()
        self.close()
        self.judge(answer, any(each.equals(answer) for each in self.scene.truth.answers if each.target == known.target), known.target)


class Prover(Writer):
    """Has something proved that is written, and is not."""

    kind = "starved write"

    def ask(self):
        answer = self.send("POST", "/v1/claims?dry_run=true", {**CLAIM, "statement": "It would cost that much."})
        self.close()
        self.judge(answer, answer.status == 200 and json.loads(answer.body)["statement"] == "It would cost that much.", "a trial")


class Reckoner(Writer):
    """Has a printed figure read."""

    kind = "starved figure"

    def ask(self):
        answer = self.send("POST", "/v1/figures/parse", {"text": "rund 1, 6 Milliarden US -Dollar", "language": "de"})
        self.close()
        self.judge(answer, answer.status == 200 and b'"1600000000"' in answer.body, "a figure")


class Starved:
    """A service whose allocations fail as ordered, and another one whenever it has ended."""

    def __init__(self, stage, folder):
        self.stage, self.order = stage, Order(folder)
        self.settings = {"LD_PRELOAD": preload.build("starve", folder), "STARVE_FILE": str(self.order.file)}
        self.service = None
        self.ends = 0

    def serve(self, client):
        """One that has done what it does at its start, and for the first request of that kind."""
        if self.service is None:
            self.service = Service(self.stage.url, *FLAGS, **self.settings).answers(within=20)
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

    def at_each_allocation(self, client, what):
        for number in range(1, MOST):
            self.serve(client)
            self.order.fail(number)
            client.turn()
            failed = self.order.has_failed()
            self.order.fail(0)
            self.judge_end(f"{what}, allocation {number}")
            if not failed:
                print(f"{what}: {number - 1} allocations, {self.ends} ends, {len(self.stage.scene.tally.faults)} faults", flush=True)
                return number - 1
        raise AssertionError(f"{what} takes more than {MOST} allocations")


def starve(stage):
    if INSTRUMENTED:
        pytest.skip("a sanitizer has its own allocator")
    scene, port = stage.scene, stage.port
    targets = ("/v1/claims/still-1", "/v1/claims?source=markets-misled-de&limit=200", "/v1/claims?source=markets-misled-de", "/sources/markets-misled-de")
    reads = [next(known for known in scene.truth.answers if known.target == target and (known.streamed or "Accept: " not in "".join(known.fields))) for target in targets]
    gzipped = next(known for known in scene.truth.answers if "Accept-Encoding: br" in known.fields)
    with tempfile.TemporaryDirectory(prefix="claimd-starved.") as folder:
        starved = Starved(stage, pathlib.Path(folder))
        clients = [*((Asker(scene, known), known.target) for known in [*reads, gzipped]), (Prover(scene), "a trial"), (Reckoner(scene), "a figure")]
        stage.sites = {what: starved.at_each_allocation(client, what) for client, what in clients}
        if starved.service:
            starved.service.stop()
    scene.port = port
    assert sum(stage.sites.values()) > 100 and starved.ends > 20, (stage.sites, starved.ends)
