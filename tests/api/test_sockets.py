"""Where the service listens: unix sockets, with and without a file, and how threads share one"""
import contextlib
import fcntl
import json
import os
import signal
import socket
import stat
import subprocess
import tempfile
import threading
import time

import pytest

from service import BINARY, Service, claimd, environment, until


class Local(Service):
    """A service on a unix socket."""

    def __init__(self, database_url, where, *flags, **settings):
        self.where = where
        super().__init__(database_url, "--listen", f"unix:{where}", *flags, **settings)

    def curl(self, path, *arguments):
        name = ["--abstract-unix-socket", self.where[1:]] if self.where.startswith("@") else ["--unix-socket", self.where]
        return subprocess.run(["curl", "-sS", "--max-time", "10", *name, *arguments, f"http://claimd{path}"], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, check=False)

    def status(self, path):
        return int(self.curl(path, "-o", "/dev/null", "-w", "%{http_code}").stdout) or None


@pytest.fixture
def where(tmp_path):
    return str(tmp_path / "claimd.sock")


def refusal(*flags):
    """The sentence with which a service ends that cannot listen."""
    ended = claimd("serve", *flags, DATABASE_URL="")
    sentence, = ended.stderr.splitlines()
    assert ended.returncode == 2, sentence
    return sentence


def dead(where):
    """The file of a socket on which nobody listens any more."""
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(where)


def test_unix_socket(database_url, where):
    with Local(database_url, where) as service:
        service.answers()
        assert service.event("listening")["address"] == f"unix:{where}"
        assert json.loads(service.curl("/v1/claims?limit=1").stdout)["items"]
        assert stat.S_IMODE(os.stat(where).st_mode) == 0o660
    assert not os.path.exists(where)


def test_abstract_unix_socket(database_url):
    name = f"@claimd-{os.getpid()}"
    with Local(database_url, name) as service:
        service.answers()
        assert service.event("listening")["address"] == f"unix:{name}"
        assert name in refusal("--listen", f"unix:{name}")
        assert claimd("health", "--ready", CLAIMD_LISTEN=f"unix:{name}").returncode == 0


@pytest.mark.parametrize("mode", ["600", "0666"])
def test_mode_is_as_told_whatever_the_umask(database_url, where, mode):
    before = os.umask(0o077)
    try:
        with Local(database_url, where, "--listen-mode", mode) as service:
            service.answers("/healthz")
            assert stat.S_IMODE(os.stat(where).st_mode) == int(mode, 8)
    finally:
        os.umask(before)


@pytest.mark.parametrize("mode", ["", "6", "66", "668", "rw-", "1660", "-660", "6600"])
def test_wrong_mode(mode):
    assert "--listen-mode" in refusal("--listen-mode", mode)


@pytest.mark.parametrize("value", ["unix:", "unix:relative.sock", "unix:@", "unix:/", "unix:/" + "a" * 107])
def test_wrong_unix_address(value):
    assert "--listen" in refusal("--listen", value)


def test_longest_path(database_url, tmp_path):
    where = str(tmp_path / "x")
    where += "x" * (107 - len(where))
    with Local(database_url, where) as service:
        service.answers("/healthz")


def test_what_a_killed_server_left_is_replaced(database_url, where):
    with Local(database_url, where) as service:
        service.answers("/healthz")
        service.process.send_signal(signal.SIGKILL)
        service.process.wait()
    assert os.path.exists(where)
    with Local(database_url, where) as service:
        service.answers("/healthz")


def test_a_start_that_fails_late_leaves_no_file(database_url, where, tmp_path):
    """As it lacks descriptors for the loops of its threads."""
    admin = str(tmp_path / "admin.sock")
    limits = ["prlimit", "--nofile=40:40"]
    ended = subprocess.run([*limits, BINARY, "serve", "--threads", "16", "--listen", f"unix:{where}", "--admin-listen", f"unix:{admin}"],
                           env=environment(DATABASE_URL=database_url), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=20, check=False)
    assert ended.returncode == 1 and "cannot start" in ended.stderr, ended
    assert not os.path.exists(where) and not os.path.exists(admin)


def test_socket_that_is_in_use_is_left_alone(database_url, where):
    with Local(database_url, where) as service:
        service.answers("/healthz")
        assert where in refusal("--listen", f"unix:{where}")
        assert service.status("/healthz") == 200


def test_file_that_is_no_socket_is_left_alone(where):
    with open(where, "w", encoding="utf-8") as file:
        file.write("precious")
    assert "in use" in refusal("--listen", f"unix:{where}")
    with open(where, encoding="utf-8") as file:
        assert file.read() == "precious"


def test_link_to_a_dead_socket_is_left_alone(tmp_path, where):
    dead(where)
    link = tmp_path / "link"
    link.symlink_to(where)
    assert "in use" in refusal("--listen", f"unix:{link}")
    assert link.is_symlink()


def test_folder_that_is_not_there(tmp_path):
    assert "No such file" in refusal("--listen", f"unix:{tmp_path}/none/claimd.sock")


def test_whoever_holds_the_folder_holds_up_no_start(database_url, where):
    """Anybody may lock what he may read."""
    folder = os.open(os.path.dirname(where), os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_SH)
        with Local(database_url, where) as service:
            service.answers()
    finally:
        os.close(folder)


def test_another_server_s_socket_is_not_removed(database_url, where):
    with Local(database_url, where) as service:
        service.answers("/healthz")
        os.unlink(where)
        dead(where)
    assert os.path.exists(where)


def test_health_asks_over_a_unix_socket(database_url, where):
    asked = {"CLAIMD_LISTEN": f"unix:{where}"}
    ended = claimd("health", **asked)
    assert (ended.returncode, ended.stderr) == (1, f"claimd: no server answers on unix:{where}.\n")
    with Local(database_url, where) as service:
        service.answers()
        assert claimd("health", "--ready", **asked).returncode == 0


def test_a_next_server_takes_over_while_the_last_one_ends(database_url, where):
    with Local(database_url, where) as first:
        first.answers("/healthz")
        with socket.socket(socket.AF_UNIX) as follower:
            follower.connect(where)
            follower.sendall(b"GET /v1/changes HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n")
            follower.recv(1000)
            first.process.send_signal(signal.SIGTERM)
            until(lambda: not os.path.exists(where), 5, "the file is removed")
            with Local(database_url, where) as second:
                second.answers()
                first.process.wait(10)
                assert second.status("/healthz") == 200


def connections_of_threads(service, wanted):
    """Opens connections until each of so many threads has had one to answer; which share of them each had."""
    seen = {}
    with contextlib.ExitStack() as stack:
        for _ in range(400):
            client = stack.enter_context(socket.socket(socket.AF_UNIX))
            client.connect(service.where)
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            head = client.recv(4096).decode()
            # A thread's ids of requests begin alike.
            prefix = head.partition("X-Request-Id: ")[2][:16]
            seen[prefix] = seen.get(prefix, 0) + 1
            if len(seen) == wanted:
                break
    return seen


def test_all_threads_take_clients_from_one_socket(database_url, where):
    with Local(database_url, where, "--threads", "3") as service:
        service.answers("/healthz")
        seen = {}

        def ask():
            for prefix, count in connections_of_threads(service, 3).items():
                seen[prefix] = seen.get(prefix, 0) + count
        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(seen) == 3, seen


def test_more_clients_than_may_connect_wait_their_turn(database_url, where):
    with Local(database_url, where, "--threads", "1", "--max-connections", "2") as service:
        service.answers("/healthz")
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(8)]
            for client in clients:
                client.settimeout(20)
                client.connect(where)
                client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            for client in clients:
                assert client.recv(4096).startswith(b"HTTP/1.1 200")


def test_a_client_that_takes_no_answer_is_let_go(database_url, where):
    """What has come to it by then is not the whole."""
    with Local(database_url, where, "--threads", "1", "--idle-timeout", "1", "--request-timeout", "500") as service:
        service.answers("/healthz")
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(10)
            client.connect(where)
            client.sendall(b"GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(3)
            taken = b""
            while part := client.recv(65536):
                taken += part
        assert taken.startswith(b"HTTP/1.1 200") and len(taken) < 1000000


def processor_seconds(service):
    with open(f"/proc/{service.process.pid}/stat", encoding="ascii") as file:
        return sum(map(int, file.read().rpartition(")")[2].split()[11:13])) / os.sysconf("SC_CLK_TCK")


def test_descriptors_run_out_and_come_back(database_url, where):
    """With none left clients wait, the processor does not, and the next is served as soon as there is one."""
    with Local(database_url, where, "--threads", "1") as service:
        service.answers()
        used = len(os.listdir(f"/proc/{service.process.pid}/fd"))
        subprocess.run(["prlimit", f"--pid={service.process.pid}", f"--nofile={used + 3}"], check=True)
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(10)]
            for client in clients:
                client.settimeout(10)
                client.connect(where)
            spent = processor_seconds(service)
            time.sleep(1)
            assert processor_seconds(service) - spent < 0.5
            for client in clients:
                client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                assert client.recv(4096).startswith(b"HTTP/1.1 200")
                client.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can ask as another user")
@pytest.mark.parametrize("mode, status", [("666", 0), ("600", 1)])
def test_mode_decides_who_may_connect(database_url, mode, status):
    with tempfile.TemporaryDirectory() as folder, Local(database_url, f"{folder}/claimd.sock", "--listen-mode", mode) as service:
        os.chmod(folder, 0o755)
        service.answers("/healthz")
        asked = subprocess.run(["curl", "-s", "--unix-socket", service.where, "http://claimd/healthz"], user=65534, group=65534,
                               extra_groups=[], stdout=subprocess.DEVNULL, check=False)
        assert bool(asked.returncode) == bool(status)


def test_who_has_connected_before_the_end_is_answered(database_url):
    """A request that is on its way when the service is told to end is answered."""
    with Service(database_url, "--threads", "2") as service:
        service.answers()
        with contextlib.ExitStack() as stack:
            wires = [stack.enter_context(service.wire()) for _ in range(20)]
            service.process.send_signal(signal.SIGTERM)
            for wire in wires:
                wire.get("/v1/claims?limit=1")
            for wire in wires:
                assert wire.answer().status == 200
