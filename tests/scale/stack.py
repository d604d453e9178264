"""The machines of compose.scale.yaml, as processes on loopback: the same configuration files, in which addresses alone are others"""
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import contextmanager

import psycopg2
import requests

import database
from compose import SCALE, mounted
from contract import TREE
from service import Service, environment, free_port, until

FILES = TREE / "operations/scale"
NODES = ["db1", "db2", "db3"]
SERVICES = ["claimd1", "claimd2", "claimd3"]
POSTGRES = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))[-1]
PATH = f"{POSTGRES}:{os.environ['PATH']}:/usr/sbin"


def port_of_all(hosts):
    """One that is free at each of these addresses."""
    while True:
        port = free_port()
        taken = []
        try:
            for host in hosts:
                taken.append(socket.create_server((host, port)))
            return port
        except OSError:
            continue
        finally:
            for each in taken:
                each.close()


def direct():
    """A client that asks no proxy."""
    session = requests.Session()
    session.trust_env = False
    return session


class Balanced:
    """A balancer, where a service is expected."""

    def __init__(self, base):
        self.base = base


class Stack:
    """All of it until the end of the with block."""

    def __init__(self):
        self.hosts = {name: f"127.0.0.{11 + number}" for number, name in enumerate(NODES)}
        self.ports = {"5432": port_of_all(self.hosts.values()), **{port: free_port() for port in ("6432", "8080", "8404", "9090")}}
        self.operators = {name: f"127.0.0.1:{free_port()}" for name in SERVICES}
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="claimd-stack."))
        self.processes, self.services = {}, {}
        owner = pwd.getpwnam("postgres") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self._owner = (owner.pw_uid, owner.pw_gid)
        self.role = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}

    # ---- files ----

    def addressed(self, text):
        """The text with what stands here for each name and port."""
        names = {**self.hosts, "pooler": "127.0.0.1", "balancer": "127.0.0.1"}
        for name, service in self.services.items():
            text = text.replace(f"{name}:8080", f"127.0.0.1:{service.port}")
        for name, address in self.operators.items():
            text = text.replace(f"{name}:8081", address)
        text = re.sub(r"(?<=[@,=\[])(db\d|pooler|balancer)\b", lambda found: names[found[1]], text)
        text = re.sub(r"\*:(\d+)", r"127.0.0.1:\1", text).replace("listen_addr = *", "listen_addr = 127.0.0.1")
        text = re.sub(r"(?<=[:=])( ?)(5432|6432|8080|8404|9090)\b", lambda found: f"{found[1]}{self.ports[found[2]]}", text)
        text = text.replace("172.16.0.0/12", "127.0.0.1")  # where the balancer is
        return re.sub("/(operations|rules)/", f"{self.folder}/", text)

    def file(self, name, addressed=True, source=FILES):
        text = (source / name).read_text(encoding="utf-8")
        target = self.folder / name
        target.write_text(self.addressed(text) if addressed else text, encoding="utf-8")
        target.chmod(0o755 if os.access(source / name, os.X_OK) else 0o644)
        os.chown(target, *self._owner)
        return str(target)

    def start(self, name, command, role=None, **variables):
        log = open(self.folder / f"{name}.log", "ab")
        self.processes[name] = subprocess.Popen(command, cwd="/", env=environment(PATH=PATH, **variables), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                start_new_session=True, **(role or {}))
        log.close()

    def log(self, name):
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")[-2000:]

    # ---- databases ----

    def node_environment(self, name):
        return {**SCALE["services"][name]["environment"], "PGDATA": str(self.folder / name), "ENTRYPOINT": str(TREE / "tests/scale/entrypoint"),
                "PEERS": f"host={','.join(self.hosts.values())} port={self.ports['5432']}"}

    def start_node(self, name):
        (self.folder / name).mkdir(mode=0o700, exist_ok=True)
        os.chown(self.folder / name, *self._owner)
        self.start(name, [str(self.folder / "node"), "-c", f"listen_addresses={self.hosts[name]}", "-c", f"port={self.ports['5432']}", "-c", "unix_socket_directories="],
                   self.role, **self.node_environment(name))

    def conninfo(self, name):
        return f"host={self.hosts[name]} port={self.ports['5432']} user=claimd password=claimd dbname=claimd connect_timeout=2"

    def value(self, name, query):
        """What a node says; None if it does not."""
        try:
            connection = psycopg2.connect(self.conninfo(name))
        except psycopg2.OperationalError:
            return None
        try:
            with connection.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetchone()[0]
        finally:
            connection.close()

    def followers(self, name):
        """How many nodes follow it; one that is still copied streams, too, by another name."""
        return self.value(name, "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND application_name LIKE 'db_'")

    def kill(self, name):
        """All processes of one at once, as when the power goes."""
        process, data = self.processes.pop(name), self.folder / name
        process.kill()
        for each in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if os.path.samefile(each / "cwd", data):
                    os.kill(int(each.name), signal.SIGKILL)
            except (FileNotFoundError, PermissionError, ProcessLookupError):
                pass
        process.wait()

    def promote(self, *names):
        """The name of the one that has taken over."""
        done = subprocess.run([str(self.folder / "promote"), *map(self.conninfo, names)], env=environment(PATH=PATH), stdout=subprocess.PIPE, text=True, timeout=60, check=True)
        return done.stdout.strip()

    # ---- services ----

    def start_service(self, name, port=None):
        settings = {key: self.addressed(re.sub(r"\b0\.0\.0\.0\b", name, value)) for key, value in SCALE["services"][name]["environment"].items()}
        service = Service(settings.pop("DATABASE_URL"), "--threads", "1", port=port, **settings)
        self.services[name] = service
        return service

    @property
    def url(self):
        """Of the balancer."""
        return f"http://127.0.0.1:{self.ports['8080']}"

    @property
    def database_url(self):
        """Of whichever node writes."""
        hosts = ",".join(f"{host}:{self.ports['5432']}" for host in self.hosts.values())
        return f"postgresql://claimd:claimd@{hosts}/claimd?target_session_attrs=read-write"

    @property
    def prometheus_url(self):
        return f"http://127.0.0.1:{self.ports['9090']}"

    @staticmethod
    def answers(url):
        try:
            with direct() as session:
                return session.get(url, timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    @contextmanager
    def another_balancer(self, patience):
        """The URL of one by the same file, but for how long it waits for others."""
        ports = {str(self.ports[port]): str(free_port()) for port in ("8080", "8404")}
        text = re.sub("|".join(ports), lambda found: ports[found[0]], self.addressed((FILES / "haproxy.cfg").read_text(encoding="utf-8")))
        (self.folder / "another.cfg").write_text(text.replace(" 65s", f" {patience}"), encoding="utf-8")
        self.start("another", ["haproxy", "-f", str(self.folder / "another.cfg")])
        try:
            url = f"http://127.0.0.1:{ports[str(self.ports['8080'])]}"
            until(lambda: self.answers(f"{url}/v1/claims"), 20, f"another balancer answers: {self.log('another')}")
            yield url
        finally:
            self.kill("another")

    # ---- all of it ----

    def __enter__(self):
        try:
            return self.begin()
        except BaseException:
            self.end()
            raise

    def begin(self):
        self.folder.chmod(0o755)
        os.chown(self.folder, *self._owner)
        for name in ("node", "promote", "postgresql.conf", "pg_hba.conf"):
            self.file(name, addressed=False)
        for name in NODES:
            self.start_node(name)
        until(lambda: self.followers("db1") == 2, 120, f"two standbys follow: {[self.log(name) for name in NODES]}")
        self.file("userlist.txt", addressed=False)
        self.start("pooler", ["pgbouncer", self.file("pgbouncer.ini")], self.role)
        for name in SERVICES:
            self.start_service(name)
        for service in self.services.values():
            service.answers(within=90)
        self.start("balancer", ["haproxy", "-f", self.file("haproxy.cfg")])
        self.file("rules.yaml", addressed=False, source=mounted("prometheus")["/rules"])
        self.start("prometheus", ["prometheus", f"--config.file={self.file('prometheus.yml')}", f"--storage.tsdb.path={self.folder}/prometheus",
                                  f"--web.listen-address=127.0.0.1:{self.ports['9090']}"], self.role)
        for name, url in (("balancer", f"{self.url}/v1/claims"), ("prometheus", f"{self.prometheus_url}/-/ready")):
            until(lambda: self.answers(url), 20, f"{name} answers: {self.log(name)}")
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        for service in self.services.values():
            if service.process.poll() is None:
                service.process.kill()
                service.process.wait()
        for name in [*self.processes]:
            self.kill(name)
        shutil.rmtree(self.folder)
