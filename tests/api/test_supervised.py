"""Under a service manager: sockets that it passes, and what it is told, by datagrams of our own manager's socket"""
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from busy import Busy
from service import BINARY, Service, environment, until

# Becomes the program with the sockets where a manager puts them, and the number of its process in the environment.
STARTER = """
import os, sys
fds = [int(fd) for fd in sys.argv[1].split(",") if fd]
spare = [os.dup2(fd, 100 + number) for number, fd in enumerate(fds)]
for number, fd in enumerate(spare):
    os.dup2(fd, 3 + number, inheritable=True)
for name in ("LISTEN_PID", "WATCHDOG_PID"):
    if os.environ.get(name) == "self":
        os.environ[name] = str(os.getpid())
os.execv(sys.argv[2], sys.argv[2:])
"""


class Managed(Service):
    """A service that is started as a manager starts it: with sockets, and a socket to report to."""

    def __init__(self, database_url, sockets=(), manager=None, flags=(), **settings):
        told = {"LISTEN_FDS": str(len(sockets)), "LISTEN_PID": "self"} if sockets else {}
        if manager:
            told["NOTIFY_SOCKET"] = manager.name
        self.passed = [each.fileno() for each in sockets]
        self.command = (sys.executable, "-c", STARTER, ",".join(map(str, self.passed)), BINARY, "serve")
        super().__init__(database_url, *flags, **{**told, **settings})
        if sockets and sockets[0].family == socket.AF_INET:
            self.port = sockets[0].getsockname()[1]
            self.base = f"http://127.0.0.1:{self.port}"


class Manager:
    """The socket of a manager, and what was reported there."""

    def __init__(self, folder, abstract=False):
        self.name = f"@claimd-test-{os.getpid()}-{id(self)}" if abstract else str(folder / "notify")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + self.name[1:] if abstract else self.name)
        self._socket.settimeout(20)

    def next(self):
        """The next datagram, as a dict."""
        return dict(line.split("=", 1) for line in self._socket.recv(4096).decode().splitlines())

    def next_but_signs(self):
        """The next one that is more than a sign of life."""
        while (told := self.next()) == {"WATCHDOG": "1"}:
            pass
        return told

    def silent_for(self, seconds):
        self._socket.settimeout(seconds)
        try:
            return [] if self.next() is None else ["something"]
        except socket.timeout:
            return []
        finally:
            self._socket.settimeout(20)

    def drain(self):
        self._socket.settimeout(0.05)
        with contextlib.suppress(OSError):
            while True:
                self._socket.recv(4096)
        self._socket.settimeout(20)

    def close(self):
        self._socket.close()


@pytest.fixture(params=[False, True], ids=["path", "abstract"])
def manager(request, tmp_path):
    with contextlib.closing(Manager(tmp_path, request.param)) as made:
        yield made


@pytest.fixture
def plain_manager(tmp_path):
    with contextlib.closing(Manager(tmp_path)) as made:
        yield made


def listening(backlog=128):
    return socket.create_server(("127.0.0.1", 0), backlog=backlog)


def get(port, path="/healthz"):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while data := client.recv(65536):
            answer += data
        return answer


# Sockets ----------------------------------------------------------------------------------------


def test_socket_that_was_passed(database_url):
    with listening() as passed, Managed(database_url, [passed], flags=("--threads", "3")) as service:
        service.answers()
        assert service.event("listening")["address"] == f"127.0.0.1:{service.port}"
        for _ in range(30):
            assert get(service.port).startswith(b"HTTP/1.1 200")


def test_several_sockets_of_several_kinds(database_url, tmp_path):
    where = str(tmp_path / "passed.sock")
    with contextlib.ExitStack() as stack:
        one, two = (stack.enter_context(listening()) for _ in range(2))
        local = stack.enter_context(socket.socket(socket.AF_UNIX))
        local.bind(where)
        local.listen()
        six = stack.enter_context(socket.create_server(("::1", 0), family=socket.AF_INET6))
        service = stack.enter_context(Managed(database_url, [one, two, local, six], LISTEN_FDNAMES="a:b:c:d"))
        service.answers()
        addresses = [event["address"] for event in service.events() if event["event"] == "listening"]
        assert addresses == [f"127.0.0.1:{one.getsockname()[1]}", f"127.0.0.1:{two.getsockname()[1]}", f"unix:{where}", f"[::1]:{six.getsockname()[1]}"]
        assert get(two.getsockname()[1]).startswith(b"HTTP/1.1 200")
        for target in (local.getsockname(), socket.AF_UNIX), (six.getsockname(), socket.AF_INET6):
            with socket.socket(target[1]) as client:
                client.connect(target[0])
                client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                assert client.recv(4096).startswith(b"HTTP/1.1 200")
        service.stop()
        assert os.path.exists(where) # it is the manager's


def test_sockets_meant_for_another_process_are_left_alone(database_url):
    with listening() as other, Managed(database_url, [other], LISTEN_PID="1") as service:
        service.port = int(re.search(r":(\d+)", service.event("listening")["address"])[1])
        service.base = f"http://127.0.0.1:{service.port}"
        assert service.port != other.getsockname()[1]
        service.answers("/healthz")


@pytest.mark.parametrize("make", [lambda: socket.socket(), lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM), lambda: open(os.devnull, "rb")],
                         ids=["not listening", "datagrams", "a file"])
def test_what_cannot_be_listened_on_is_refused(make):
    with make() as wrong:
        ended = subprocess.run([sys.executable, "-c", STARTER, str(wrong.fileno()), BINARY, "serve"], pass_fds=[wrong.fileno()], timeout=20,
                               env=environment(LISTEN_FDS="1", LISTEN_PID="self"), stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 2 and re.fullmatch(r"claimd: descriptor 3, .+\.\n", ended.stderr), ended


@pytest.mark.parametrize("count", ["x", "-1", "", "0", "1x", "99999999999999999999"])
def test_what_is_no_number_of_sockets_is_none(database_url, count):
    with Managed(database_url, LISTEN_FDS=count, LISTEN_PID="self") as service:
        service.answers("/healthz")


def test_too_many_sockets_are_refused():
    ended = subprocess.run([sys.executable, "-c", STARTER, "", BINARY, "serve"], timeout=20, env=environment(LISTEN_FDS="17", LISTEN_PID="self"),
                           stderr=subprocess.PIPE, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (2, "claimd: more than 16 sockets were passed to listen on.\n")


def test_next_service_goes_on_where_the_last_one_ends_and_nobody_is_refused(database_url):
    """The manager holds the socket: while nobody serves, clients wait in its queue."""
    with listening(1024) as held:
        port, count = held.getsockname()[1], [0]

        def ask():
            while True:
                answer = get(port)
                assert answer.startswith(b"HTTP/1.1 200") and answer.endswith(b'{"status":"ok"}'), answer
                count[0] += 1
                yield
        with contextlib.ExitStack() as stack:
            service = stack.enter_context(Managed(database_url, [held], flags=("--threads", "2")))
            service.answers("/healthz")
            clients = stack.enter_context(Busy(*(ask() for _ in range(4))))
            for _ in range(5):
                seen = count[0]
                until(lambda: count[0] > seen + 20, 30, "clients are served") # pylint: disable=cell-var-from-loop
                service.stop()
                service = stack.enter_context(Managed(database_url, [held], flags=("--threads", "2")))
            seen = count[0]
            until(lambda: count[0] > seen + 20, 30, "clients are served")
            clients.stop()
        assert not clients.faults, clients.faults


# What is reported -------------------------------------------------------------------------------


def test_ready_when_it_listens_and_then_that_it_stops(database_url, manager):
    with Managed(database_url, manager=manager, flags=("--threads", "2")) as service:
        told = manager.next()
        assert told["READY"] == "1" and told["STATUS"] == f"Serves on 127.0.0.1:{service.port} with 2 threads."
        assert get(service.port).startswith(b"HTTP/1.1 200") # at once, the first time
        service.process.send_signal(signal.SIGTERM)
        assert manager.next()["STOPPING"] == "1"


def test_not_ready_where_it_cannot_listen(plain_manager):
    with listening() as other:
        ended = subprocess.run([BINARY, "serve", "--listen", f"127.0.0.1:{other.getsockname()[1]}"], timeout=20, stderr=subprocess.PIPE,
                               env=environment(NOTIFY_SOCKET=plain_manager.name), check=False)
    assert ended.returncode == 2
    assert not plain_manager.silent_for(0.1)


def test_ready_only_once_it_has_migrated(url, plain_manager):
    with Managed(url, manager=plain_manager, flags=("--migrate",)) as service:
        assert plain_manager.next()["READY"] == "1"
        service.answers()


def test_reload_is_reported_from_its_beginning_to_its_end(database_url, plain_manager):
    with Managed(database_url, manager=plain_manager) as service:
        plain_manager.next()
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        service.process.send_signal(signal.SIGHUP)
        told = plain_manager.next()
        assert told["RELOADING"] == "1"
        assert before <= int(told["MONOTONIC_USEC"]) <= time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        assert plain_manager.next()["READY"] == "1"


def test_signs_of_life_while_all_threads_turn(database_url, plain_manager):
    """A thread that stands still, for whatever reason, ends them."""
    with Managed(database_url, manager=plain_manager, flags=("--threads", "3"), WATCHDOG_USEC="400000", WATCHDOG_PID="self") as service:
        assert plain_manager.next()["READY"] == "1"
        for _ in range(3):
            assert plain_manager.next() == {"WATCHDOG": "1"}
        service.answers("/healthz")
        for _ in range(3):
            assert plain_manager.next() == {"WATCHDOG": "1"}


def test_no_signs_of_life_of_a_thread_that_stands_still(database_url, plain_manager):
    """Stopped by a tracer in the middle of whatever it does; the other threads go on."""
    with Managed(database_url, manager=plain_manager, flags=("--threads", "2"), WATCHDOG_USEC="400000") as service:
        service.answers("/healthz")
        assert plain_manager.next_but_signs()["READY"] == "1"
        thread = max(int(task) for task in os.listdir(f"/proc/{service.process.pid}/task"))
        tracer = subprocess.Popen([sys.executable, "-c", STOPPER, str(thread)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            if tracer.stdout.readline() != b"stopped\n":
                pytest.skip("no thread can be traced here")
            time.sleep(0.5) # one that was on its way
            plain_manager.drain()
            assert not plain_manager.silent_for(1.5)
        finally:
            tracer.communicate(b"\n")
        assert plain_manager.next() == {"WATCHDOG": "1"}


STOPPER = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
SEIZE, INTERRUPT, DETACH, WALL = 0x4206, 0x4207, 17, 0x40000000
thread = int(sys.argv[1])
good = libc.ptrace(SEIZE, thread, None, None) == 0 and libc.ptrace(INTERRUPT, thread, None, None) == 0
if good:
    os.waitpid(thread, WALL)
print("stopped" if good else "not", flush=True)
sys.stdin.readline()
libc.ptrace(DETACH, thread, None, None)
"""


@pytest.mark.parametrize("told", [{"WATCHDOG_USEC": "400000", "WATCHDOG_PID": "1"}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "soon"}, {}])
def test_no_signs_where_nobody_waits_for_them(database_url, plain_manager, told):
    with Managed(database_url, manager=plain_manager, **told):
        assert plain_manager.next()["READY"] == "1"
        assert not plain_manager.silent_for(0.7)


def test_signals_do_not_hold_up_signs_of_life(database_url, plain_manager):
    with Managed(database_url, manager=plain_manager, WATCHDOG_USEC="600000") as service:
        assert plain_manager.next()["READY"] == "1"
        stop = threading.Event()

        def nag():
            while not stop.wait(0.05):
                service.process.send_signal(signal.SIGHUP)
        nagging = threading.Thread(target=nag)
        nagging.start()
        try:
            signs = 0
            while signs < 3:
                signs += plain_manager.next() == {"WATCHDOG": "1"}
        finally:
            stop.set()
            nagging.join()


@pytest.mark.parametrize("name", ["/nonexistent/notify", "@", "relative", "/" + "x" * 200, ""])
def test_manager_that_is_not_there_is_none(database_url, name):
    with Service(database_url, NOTIFY_SOCKET=name, WATCHDOG_USEC="200000") as service:
        service.answers("/healthz")


def test_manager_that_goes_away_is_missed_by_nobody(database_url, plain_manager):
    with Managed(database_url, manager=plain_manager, WATCHDOG_USEC="200000") as service:
        plain_manager.next()
        plain_manager.close()
        time.sleep(0.5)
        assert service.status("/healthz") == 200


def test_manager_that_reads_nothing_does_not_stop_the_service(database_url, plain_manager):
    with Managed(database_url, manager=plain_manager, WATCHDOG_USEC="2000") as service:
        service.answers("/healthz")
        time.sleep(1)
        assert service.status("/healthz") == 200
