"""100 changes a second and 64 readers for ten minutes (SOAK_SECONDS sets another time): no answer may be wrong, older than two seconds, or missing"""
import contextlib
import os
import pathlib
import sys
import threading

sys.dont_write_bytecode = True
TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "api")]

import database  # noqa: E402
from service import BINARY, INSTRUMENTED, Service, claimd  # noqa: E402
from witness import observe  # noqa: E402

SECONDS = float(os.environ.get("SOAK_SECONDS", "600"))
WRITERS, CHANGES, READERS = 8, 100, 64
SLOW = 0.0005  # of the changes that take seconds; all others wait for them
PAUSE = 0.1  # seconds between a reader's requests, so that readers and writers have the cores together
SWITCH = 0.0005  # seconds after which a thread gives way: a writer between its change and its commit holds up all others
KEPT_UP = 0.9  # the part of the changes that has to be made, unless a sanitizer slows all down
STALE = 2  # seconds
MEGABYTE = 1 << 20
GROWTH = 24 * MEGABYTE  # at most, after the first fifth of the time


@contextlib.contextmanager
def fresh(server_url):
    """A database of the seed, removed afterwards."""
    name = f"claimd_soak_{os.getpid()}"
    database.execute(server_url, f"CREATE DATABASE {name}")
    try:
        url = database.with_name(server_url, name)
        migrated = claimd("migrate", "up", DATABASE_URL=url)
        assert migrated.returncode == 0, migrated.stderr
        database.execute(url, "ANALYZE")
        yield url
    finally:
        database.execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")


class Memory(threading.Thread):
    """The process's resident memory, once a second; a line each minute says that it goes on."""

    def __init__(self, service):
        super().__init__(daemon=True)
        self._service, self._over = service, threading.Event()
        self.seen = [service.memory()]

    def run(self):
        while not self._over.wait(1):
            self.seen.append(self._service.memory())
            if len(self.seen) % 60 == 0:
                print(f"{len(self.seen)} s, {self.seen[-1] / MEGABYTE:.1f} MB", flush=True)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self.join()
        self.seen.append(self._service.memory())

    @property
    def warm(self):
        return self.seen[len(self.seen) // 5]


def report(tally, judge, memory):
    sizes = [f"{bytes / MEGABYTE:.1f}" for bytes in (memory.seen[0], memory.warm, memory.seen[-1], max(memory.seen))]
    print(f"requests         {tally.requests} in {tally.took:.0f} s, {tally.requests / tally.took:.0f} a second; {dict(tally.statuses)}")
    print(f"changes          {tally.changes} by {tally.transactions} transactions, {tally.changes / tally.took:.0f} a second")
    print(f"from memory      {tally.recalled / max(1, tally.telling):.1%} of those that tell")
    print(f"stalest          {judge.stalest:.3f} s over when it was asked for; {tally.back} answers went back on their connection, "
          f"by {tally.back_stalest:.3f} s at most")
    print(f"milliseconds     {tally.percentile(0.5)} median, {tally.percentile(0.99)} 99th percentile")
    for took, target in tally.times:
        print(f"  slowest        {took * 1000:.0f} {target}")
    print("resident MB      {} at the start, {} after a fifth of the time, {} at the end, {} at most".format(*sizes))


def complaints(service):
    return [event for event in service.events()
            if event["level"] == "error" or event["event"] in ("query-failed", "database-lost", "database-silent")]


def main():
    sys.setswitchinterval(SWITCH)
    with fresh(os.environ["DATABASE_URL"]) as url, Service(url, "--threads", "2", "--cache-bytes", "8000000") as service:
        print(f"{BINARY} for {SECONDS:.0f} s", flush=True)
        with Memory(service.answers()) as memory:
            tally, judge = observe(service, url, SECONDS, groups=WRITERS, rate=CHANGES, slow=SLOW, readers=READERS, pause=PAUSE, grace=STALE, seed=1)
        report(tally, judge, memory)
        faults = [*tally.faults, *(f"the log: {event}" for event in complaints(service))]
        if tally.took < SECONDS - 1 and not faults:
            faults.append("it ended too early")
        if not (tally.changes and tally.recalled and tally.statuses[304]):
            faults.append("nothing was put to the test")
        if not INSTRUMENTED and tally.changes < KEPT_UP * CHANGES * tally.took:
            faults.append("the writers fell behind")
        if not INSTRUMENTED and memory.seen[-1] - memory.warm > GROWTH:
            faults.append("memory grows")
        for fault in faults:
            print(f"FAULT {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
