"""The units for systemd: without fault, little exposed, and the service lives in what they leave to it, as a systemd of the test's own starts it"""
import os
import pathlib
import re
import subprocess
import threading

import pytest
import requests

from cluster import Cluster
from contract import TREE
from desk import Client, create_token
from service import BINARY, INSTRUMENTED, free_port, until

UNITS = TREE / "operations/systemd"
EXPOSURE = 2.0  # of 10, by systemd's own reckoning
# All that the units refer to and a whole system would have.
AROUND = ("basic", "network-online", "shutdown", "sockets", "sysinit", "umount")
BOOT = """
mount -t tmpfs tmpfs /run
mount -t cgroup2 cgroup /sys/fs/cgroup
mount -t tmpfs tmpfs /usr/local/bin
cp "$2" /usr/local/bin/claimd
export container=other SYSTEMD_UNIT_PATH="$1"
exec /lib/systemd/systemd --system --unit=claimd.service --log-target=console --show-status=no
"""
ALONE = ("unshare", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc", "--cgroup", "--ipc", "--uts")
needs_root = pytest.mark.skipif(INSTRUMENTED or os.geteuid() != 0 or subprocess.run([*ALONE, "true"], stderr=subprocess.DEVNULL, check=False).returncode != 0,
                                reason="only root, where it may, gives a systemd namespaces of its own; a sanitizer needs more than is left there")


def test_systemd_finds_no_fault(tmp_path):
    for unit in UNITS.iterdir():
        (tmp_path / unit.name).write_text(unit.read_text().replace("/usr/local/bin/claimd", BINARY))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *map(str, tmp_path.iterdir())], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    ours = [line for line in done.stdout.splitlines() if "claimd" in line]
    assert (done.returncode, ours) == (0, [])


def test_little_is_exposed():
    told = subprocess.run(["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE * 10:.0f}", str(UNITS / "claimd.service")],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    level = re.search(r"Overall exposure level for claimd\.service: ([\d.]+)", told.stdout)
    assert level, told.stdout
    print(level[0])
    assert float(level[1]) < EXPOSURE and told.returncode == 0


def test_port_and_service_let_the_same_in():
    """The list of the service is not asked about clients, who come by the socket."""
    service, port = (re.findall(r"^IPAddress\w+=.+$", (UNITS / name).read_text(), re.MULTILINE) for name in ("claimd.service", "claimd.socket"))
    assert service == port and "IPAddressDeny=any" in port


class Machine:
    """A systemd that has our units and nothing else, in namespaces of its own; its network is this machine's."""

    def __init__(self, folder, database_url, socket):
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.units = folder / "units"
        self.units.mkdir()
        for unit in UNITS.iterdir():
            (self.units / unit.name).write_text(unit.read_text())
        for name in AROUND:
            (self.units / f"{name}.target").write_text("[Unit]\nDefaultDependencies=no\n")
        (folder / "environment").write_text(f"DATABASE_URL={database_url}\n")
        self.add("claimd.socket", "Socket", "ListenStream=", f"ListenStream=127.0.0.1:{self.port}")
        self.add("claimd.service", "Service", "EnvironmentFile=", f"EnvironmentFile={folder}/environment", f"BindReadOnlyPaths={socket}",
                 "StandardOutput=file:/run/output", "StandardError=file:/run/output", "WatchdogSec=2")

    def add(self, unit, section, *lines):
        """A drop-in."""
        folder = self.units / f"{unit}.d"
        folder.mkdir(exist_ok=True)
        (folder / f"{len(list(folder.iterdir()))}.conf").write_text("\n".join([f"[{section}]", *lines, ""]))

    def __enter__(self):
        self.process = subprocess.Popen([*ALONE, "sh", "-ec", BOOT, "-", str(self.units), BINARY], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self.first, 5, "namespaces")
        self.systemd, = self.first()
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def first(self):
        """The process that is the first one there, systemd; none where it has not begun."""
        return pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()

    def inside(self, *command, check=True):
        """What the command says, run where the service is."""
        return subprocess.run(["nsenter", f"--target={self.systemd}", "--mount", "--pid", *command],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=check).stdout

    def systemctl(self, *arguments):
        return self.inside("systemctl", *arguments, check=False).strip()

    def show(self, name):
        return self.systemctl("show", "claimd.service", f"--property={name}", "--value")

    def active(self):
        return self.show("ActiveState") == "active" and self.show("SubState") == "running"

    def output(self):
        return self.inside("cat", "/run/output")

    def status(self):
        """What the kernel says of the service's process."""
        return dict(re.findall(r"^(\w+):\s*(.*)$", self.inside("cat", f"/proc/{self.show('MainPID')}/status"), re.MULTILINE))


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("systemd")
    with Cluster() as cluster:
        url = cluster.database("units")
        pathlib.Path(cluster.socket).chmod(0o711)
        with Machine(folder, url, cluster.socket) as machine:
            machine.url = url
            until(machine.active, 30, "the service by systemd")
            yield machine


@needs_root
def test_it_reads_and_writes_in_what_is_left_to_it(machine):
    client = Client(machine, create_token(machine.url, "units"))
    until(lambda: client.send("GET", "/readyz").status_code == 200, 10, f"readiness; {machine.output()}")
    assert client.get("/v1/claims", limit=2).json()["items"]
    client.put("subject", "units-one", {"name": "One", "kind": "model", "description": "One."})
    assert client.get("/v1/subjects/units-one").json()["name"] == "One"
    assert "Operation not permitted" not in machine.output()


@needs_root
def test_it_is_nobody_who_may_do_nothing(machine):
    status = machine.status()
    assert "0" not in status["Uid"].split() and status["NoNewPrivs"] == "1" and status["Seccomp"] == "2"
    assert {int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}


@needs_root
def test_a_reload_ends_nothing(machine):
    process = machine.show("MainPID")
    assert machine.systemctl("reload", "claimd.service") == ""
    assert requests.get(machine.base + "/readyz", timeout=5).status_code == 200
    assert machine.show("MainPID") == process and machine.active()


@needs_root
def test_a_restart_refuses_nobody(machine):
    """The port stays open meanwhile: who comes then waits for the next process."""
    process, over, statuses = machine.show("MainPID"), threading.Event(), []

    def ask():
        while not over.is_set():
            statuses.append(requests.get(machine.base + "/healthz", timeout=20, headers={"Connection": "close"}).status_code)
    client = threading.Thread(target=ask)
    client.start()
    until(lambda: len(statuses) > 20, 10, "answers before")
    assert machine.systemctl("restart", "claimd.service") == ""
    before = len(statuses)
    until(lambda: len(statuses) > before + 20 or not client.is_alive(), 10, "answers behind")
    over.set()
    client.join()
    assert machine.show("MainPID") != process and set(statuses) == {200}


@needs_root
def test_one_that_hangs_is_replaced(machine):
    process = machine.show("MainPID")
    machine.systemctl("kill", "--signal=STOP", "claimd.service")
    until(lambda: machine.active() and machine.show("MainPID") not in (process, "0"), 60, "another process")
    assert requests.get(machine.base + "/healthz", timeout=10).status_code == 200
