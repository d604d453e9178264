"""A million claims in one answer: all of them, once, in order, while the service stays small"""
import subprocess
import threading
import time

import pytest

MEGABYTES = 64


def resident(pid):
    """Megabytes of a process that are in memory."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) / 1024


class Watch:
    """The most memory that a process has while the block runs."""

    def __init__(self, pid):
        self.pid, self.most, self._done = pid, 0, threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self):
        while not self._done.wait(0.05):
            self.most = max(self.most, resident(self.pid))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self._thread.join()


def lines(url):
    """The lines of an answer as curl writes them."""
    with subprocess.Popen(["curl", "-sSf", url], stdout=subprocess.PIPE) as curl:
        yield from curl.stdout
    assert curl.returncode == 0


@pytest.mark.parametrize("query", ["", "&sort=-value", "&sort=source,-line"])
def test_a_whole_list_is_streamed_in_little_memory(filled, many, service, rows, query):
    [(expected,)] = rows("SELECT count(*) FROM claim")
    began, count, seen = time.monotonic(), 0, set()
    with Watch(service.process.pid) as watch:
        for line in lines(f"{service.base}/v1/claims?format=ndjson&fields=id{query}"):
            count += 1
            seen.add(line)
    took = time.monotonic() - began
    print(f"\n{count} claims in {took:.0f} s, {watch.most:.0f} MB resident at most, order {query or 'by id'}")
    assert count == len(seen) == expected > many
    assert watch.most < MEGABYTES


def test_a_whole_list_is_streamed_in_full(filled, many, service):
    with Watch(service.process.pid) as watch:
        size = sum(len(line) for line in lines(f"{service.base}/v1/claims?format=ndjson"))
    print(f"\n{size / 1e6:.0f} MB of NDJSON, {watch.most:.0f} MB resident at most")
    assert size > many * 300 and watch.most < MEGABYTES
