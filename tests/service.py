"""The service under test as a process, and a client that holds each of its answers against the contract"""
import contextlib
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import tempfile
import time
from urllib.parse import urlsplit

import requests

from contract import TREE
from wire import Wire

BINARY = os.environ.get("CLAIMD_BINARY", str(TREE / "build/claimd"))
SANITIZER = re.compile(r"ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:")
CONFINED = not any(name in pathlib.Path(BINARY).read_bytes() for name in (b"__asan_init", b"__tsan_init", b"__gcov_"))
INSTRUMENTED = any(name in pathlib.Path(BINARY).read_bytes() for name in (b"__asan_init", b"__tsan_init"))
FAKETIME = pathlib.Path(f"/usr/lib/{os.uname().machine}-linux-gnu/faketime/libfaketimeMT.so.1")  # does not go with a sanitizer
SETTINGS = ("DATABASE_URL", "DATABASE_READ_URL", "PGHOST", "PGUSER", "PGDATABASE", "PGPASSWORD", "PGSERVICE")


def environment(**settings):
    """This process's environment without what would configure the service, and with the settings."""
    kept = {name: value for name, value in os.environ.items() if name not in SETTINGS and not name.startswith("CLAIMD_")}
    return {**kept, **settings}


def claimd(*arguments, timeout=20, **settings):
    """Runs a command of the binary to its end."""
    return subprocess.run([BINARY, *arguments], env=environment(**settings), timeout=timeout,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)


def free_port():
    """One that nobody listens on, and that the system gives to no connection of its own accord before whoever asked listens there."""
    given = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = random.randrange(given // 2, given)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def until(condition, seconds, what):
    """Waits for the condition; how long that took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"not within {seconds} s: {what}"
        time.sleep(0.01)
    return time.monotonic() - began


class Service:
    """`claimd serve` on a port of its own, until the end of the with block."""

    command = (BINARY, "serve")
    passed = () # descriptors that it is given

    def __init__(self, database_url, *flags, port=None, **settings):
        self.port = port or free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [*self.command, "--listen", f"127.0.0.1:{self.port}", *flags],
            env=environment(DATABASE_URL=database_url, **settings),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._log, pass_fds=self.passed)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()
        else:
            assert not SANITIZER.search(self.log()), self.log()

    def status(self, path):
        """The status that a path answers with just now, or None where nothing answers."""
        try:
            with requests.Session() as session:
                session.trust_env = False
                return session.get(self.base + path, timeout=20).status_code
        except requests.ConnectionError:
            return None

    def answers(self, path="/readyz", status=200, within=10):
        """Waits until the path answers with the status."""
        def arrived():
            assert self.process.poll() is None, f"the service ended: {self.log()}"
            return self.status(path) == status
        until(arrived, within, f"{path} is {status}; {self.log()[-2000:]}")
        return self

    def log(self):
        self._log.flush()
        return pathlib.Path(f"/proc/self/fd/{self._log.fileno()}").read_text()

    def events(self):
        """The log, a dict an event. A line that is being written is none yet."""
        return [json.loads(line) for line in self.log().rpartition("\n")[0].splitlines()]

    def event(self, name):
        """The first event of that name."""
        def logged():
            return [event for event in self.events() if event["event"] == name]
        until(logged, 5, f"an event {name}")
        return logged()[0]

    def memory(self):
        """The bytes of memory that the process has now."""
        return int(re.search(r"VmRSS:\s*(\d+) kB", pathlib.Path(f"/proc/{self.process.pid}/status").read_text())[1]) * 1024

    def wire(self, timeout=10, window=None, source=None):
        return Wire(self.port, timeout, window, source)

    def stop(self, with_signal=signal.SIGTERM):
        """Ends the service in good order."""
        self.process.send_signal(with_signal)
        try:
            assert self.process.wait(5) == 0, self.log()
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            log = self.log()
        assert not SANITIZER.search(log), log


class Api:
    """A client. The contract judges every answer that it gets."""

    def __init__(self, service, contract):
        self.service = service
        self.contract = contract
        self._session = requests.Session()
        self._session.trust_env = False

    def request(self, method, target, **details):
        return self._session.request(method, self.service.base + target, timeout=20, allow_redirects=False, **details)

    def answer(self, target, status=200, method="GET", **details):
        """The answer's body as data, its status being the one expected."""
        got = self.request(method, target, **details)
        value = self.contract.check(method, target, got.status_code, got.headers, got.content,
                                    sparse="fields=" in urlsplit(got.url).query)
        assert got.status_code == status, f"{method} {got.url}: {got.status_code}: {got.text[:1000]}"
        return value

    def get(self, path, **filters):
        """The 200 of a path with filters; lists become comma lists."""
        joined = {name: ",".join(value) if isinstance(value, (list, tuple)) else value for name, value in filters.items()}
        return self.answer(path, params=joined)

    def problem(self, target, slug, status=400, parameters=None, **details):
        """The problem that a target answers with, of the type and for the parameters expected."""
        value = self.answer(target, status, **details)
        assert value["type"] == f"/problems/{slug}", value
        named = [error.get("parameter", error.get("pointer")) for error in value.get("errors", [])]
        assert named == (parameters or []), value
        return value

    def pages(self, path, **filters):
        """The pages of a list, by way of its links."""
        page, link = self.get(path, **filters), None
        while True:
            yield page["items"]
            link = page["next"]
            if link is None:
                return
            got = self.request("GET", link)
            page = self.contract.check("GET", link, got.status_code, got.headers, got.content)
            assert got.status_code == 200, got.text

    def items(self, path, **filters):
        return [item for page in self.pages(path, **{"limit": 200, **filters}) for item in page]

    def ids(self, path, **filters):
        return [item["id"] for item in self.items(path, **filters)]
