"""100 changes a second and 64 readers, then clients of all kinds while the database is killed, frozen and restarted now and then, for thirty minutes
(SOAK_SECONDS sets another time): no answer may be wrong or older than two seconds, nothing may be lost, and the process needs no more at the end than before"""
import itertools
import os
import pathlib
import statistics
import sys
import threading
import time

sys.dont_write_bytecode = True
TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "api"), str(TESTS / "chaos")]

from cluster import Cluster  # noqa: E402
from faults import FAULTS, Stage, descriptors  # noqa: E402
from scene import RECOVERY, Ground, Scene  # noqa: E402
from service import BINARY, INSTRUMENTED  # noqa: E402
from witness import observe  # noqa: E402

SECONDS = float(os.environ.get("SOAK_SECONDS", "1800"))
QUIET = 1 / 3  # the part of the time without faults
FLAGS = ("--threads", "2", "--cache-bytes", "8000000")
WRITERS, CHANGES, READERS = 8, 100, 64
SLOW = 0.0005  # of the changes that take seconds; all others wait for them
PAUSE = 0.1  # seconds between a reader's requests, so that readers and writers have the cores together
SWITCH = 0.0005  # seconds after which a thread gives way: a writer between its change and its commit holds up all others
KEPT_UP = 0.9  # the part of the changes that has to be made, unless a sanitizer slows all down
STALE = 2  # seconds
BROKEN = ("database killed", "database frozen", "database restarted every 2 s", "statements cancelled", "listeners ended", "every table locked")
OUTAGE, BETWEEN = 2, 15  # seconds that a fault lasts, and between two
MEGABYTE = 1 << 20
GROWTH = 0.02  # of the memory, at most, from the time when it is warm to the end
OPEN = 2  # descriptors more or less


class Needs(threading.Thread):
    """What the process needs, once a second: resident memory and descriptors; a line each minute says that it goes on."""

    def __init__(self, service):
        super().__init__(daemon=True)
        self._service, self._over = service, threading.Event()
        self.memory, self.files = [service.memory()], [descriptors(service.process.pid)]

    def run(self):
        while not self._over.wait(1) and self._service.process.poll() is None:
            self.memory.append(self._service.memory())
            self.files.append(descriptors(self._service.process.pid))
            if len(self.memory) % 60 == 0:
                print(f"{len(self.memory)} s, {self.memory[-1] / MEGABYTE:.1f} MB, {self.files[-1]} descriptors", flush=True)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self.join()

    @staticmethod
    def middle(seen, first, last):
        """The median of a part of the time."""
        return statistics.median(seen[int(len(seen) * first):max(int(len(seen) * last), int(len(seen) * first) + 1)])

    def told(self):
        """Of both what there was when it was warm, and at the end."""
        return [(self.middle(seen, 0.2, 0.4), self.middle(seen, 0.8, 1)) for seen in (self.memory, self.files)]


def report_calm(tally, judge):
    print(f"requests         {tally.requests} in {tally.took:.0f} s, {tally.requests / tally.took:.0f} a second; {dict(tally.statuses)}")
    print(f"changes          {tally.changes} by {tally.transactions} transactions, {tally.changes / tally.took:.0f} a second")
    print(f"from memory      {tally.recalled / max(1, tally.telling):.1%} of those that tell")
    print(f"stalest          {judge.stalest:.3f} s over when it was asked for; {tally.back} answers went back on their connection, "
          f"by {tally.back_stalest:.3f} s at most")
    print(f"milliseconds     {tally.percentile(0.5)} median, {tally.percentile(0.99)} 99th percentile")
    for took, target in tally.times:
        print(f"  slowest        {took * 1000:.0f} {target}")


def complaints(service):
    return [event for event in service.events()
            if event["level"] == "error" or event["event"] in ("query-failed", "database-lost", "database-silent")]


def calm(stage, seconds):
    """Changes and readers, with nothing that breaks; what does not hold."""
    sys.setswitchinterval(SWITCH)
    tally, judge = observe(stage.service, stage.url, seconds, groups=WRITERS, rate=CHANGES, slow=SLOW, readers=READERS, pause=PAUSE, grace=STALE, seed=1)
    report_calm(tally, judge)
    yield from tally.faults
    yield from (f"the log: {event}" for event in complaints(stage.service))
    if tally.took < seconds - 1 and not tally.faults:
        yield "it ended too early"
    if not (tally.changes and tally.recalled and tally.statuses[304]):
        yield "nothing was put to the test"
    if not INSTRUMENTED and tally.changes < KEPT_UP * CHANGES * tally.took:
        yield "the writers fell behind"


def troubled(stage, seconds):
    """Clients of all kinds, and a fault every now and then; what does not hold."""
    recoveries, end = {}, time.monotonic() + seconds
    with Scene(stage.ground, stage.port) as scene, Needs(stage.service) as needs:
        scene.start().warm()
        for name in itertools.cycle(BROKEN):
            if time.monotonic() > end - BETWEEN or stage.service.process.poll() is not None:
                break
            FAULTS[name].run(stage)
            recoveries.setdefault(name, []).append(scene.recover(time.monotonic()))
            scene.rest(BETWEEN)
    if stage.service.process.poll() is not None:
        yield f"the service ended with {stage.service.process.poll()}: {stage.service.log()[-2000:]}"
    lost = scene.lost()
    (warm, last), (opened, open_last) = needs.told()
    print(f"under faults     {sum(scene.tally.counts.values())} requests, {dict(scene.tally.counts)}, {len(lost)} lost")
    for name, times in recoveries.items():
        print(f"  {name:<28} {len(times)} times, all well after {max(times):.2f} s at most")
    print(f"resident MB      {warm / MEGABYTE:.1f} when warm, {last / MEGABYTE:.1f} at the end, {max(needs.memory) / MEGABYTE:.1f} at most")
    print(f"descriptors      {opened:.0f} when warm, {open_last:.0f} at the end, {max(needs.files)} at most")
    yield from scene.tally.faults
    yield from lost
    yield from (f"{note.kind} is cut: {note.text}" for note in scene.tally.of("cut"))
    yield from (f"after {name} all was well only after {max(times):.2f} s" for name, times in recoveries.items() if max(times) >= RECOVERY)
    if not INSTRUMENTED and abs(last / warm - 1) > GROWTH:
        yield f"memory is not flat: {last / warm - 1:+.1%}"
    if abs(open_last - opened) > OPEN:
        yield "descriptors are not flat"


def main():
    print(f"{BINARY} for {SECONDS:.0f} s", flush=True)
    with Cluster() as cluster, Stage(cluster, Ground(cluster.database("soak")), OUTAGE, FLAGS) as stage:
        faults = list(calm(stage, SECONDS * QUIET))
        faults += troubled(stage, SECONDS * (1 - QUIET))
    for fault in faults:
        print(f"FAULT {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
