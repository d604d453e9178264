"""Clients who ask without a pause while a test does something else"""
import contextlib
import threading


class Busy:
    """Each of some generators in a thread of its own, until the end of the with block, or stop(). One yields where it may be ended; what it raises ends it,
    and is one of the `faults`."""

    def __init__(self, *works):
        self.faults = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._go_on, args=(work,), daemon=True) for work in works]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _go_on(self, work):
        try:
            with contextlib.closing(work):
                for _ in work:
                    if self._over.is_set():
                        return
        except Exception as fault:  # whatever it is, it is a fault
            self.faults.append(repr(fault)[:1000])
