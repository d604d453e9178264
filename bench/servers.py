"""claimd and its peers as processes on ports of their own, and what they cost: processor time and memory"""
import contextlib
import http.client
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time

import psutil

HERE = pathlib.Path(__file__).parent
PEERS = HERE / "peers"
CLAIMD = os.environ.get("CLAIMD_BINARY", str(HERE.parent / "build/claimd"))
EPOLL = os.environ.get("BENCH_EPOLL", str(HERE.parent / "build/bench/epoll"))
START_SECONDS = 20
STOP_SECONDS = 10
ANSWER_SECONDS = 120
GRAPHQL = "/graphql"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def family(pid):
    """A process and all that descend from it."""
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def processor_seconds(pid):
    """What a process and its family have used so far, children that have ended included."""
    total = 0
    for process in family(pid):
        with contextlib.suppress(psutil.NoSuchProcess):
            total += sum(process.cpu_times()[:4])
    return total


class Answer:
    """One response."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()


class Server:
    """A program that listens on a port, until the end of the with block."""

    def __init__(self, command, ready, **environment):
        self.port = free_port()
        self.command = [part.format(port=self.port) for part in command]
        self.environment = {**os.environ, "PORT": str(self.port), **environment}
        self.ready = ready   # a path that is answered with 200, or 405 where it takes POST alone
        self.process = None

    def __enter__(self):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        try:
            self._await_answer()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.stop()
        self.log.close()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _await_answer(self):
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{self.command[0]} does not serve: {self.output()[-2000:]}")
            time.sleep(0.001)

    def _answers(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.get(self.ready).status in (200, 405)
        return False

    def output(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def get(self, target, **headers):
        return self._request("GET", target, None, headers)

    def post(self, target, body):
        return self._request("POST", target, body, {"Content-Type": "application/json"})

    def _request(self, method, target, body, headers):
        """The answer to one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        with contextlib.closing(connection):
            connection.request(method, target, body, headers)
            return Answer(connection.getresponse())

    def bytes(self, target):
        """The answer as it comes over the wire, head and body."""
        length = len(self.get(target).body)
        with socket.create_connection(("127.0.0.1", self.port)) as client:
            client.sendall(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            received = b""
            while not (b"\r\n\r\n" in received and len(received.split(b"\r\n\r\n", 1)[1]) == length):
                received += client.recv(65536)
            return received

    def processor_seconds(self):
        return processor_seconds(self.process.pid)

    def resident(self):
        return sum(process.memory_info().rss for process in family(self.process.pid))


def claimd_help():
    return subprocess.run([CLAIMD, "help"], check=True, text=True, stdout=subprocess.PIPE).stdout


def migrate(database):
    """Brings the schema up to date."""
    subprocess.run([CLAIMD, "migrate", "up"], check=True, env={**os.environ, "DATABASE_URL": database.url}, stdout=subprocess.DEVNULL)


def has_cache():
    return "--cache-bytes" in claimd_help()


def claimd(database, workers, cached=False, connections=1, wrapper=()):
    """claimd with as many threads and connections a thread, with its usual cache or none. A comparison of a thousand figures
    may take its time. A wrapper calls what it likes."""
    uncached = ["--cache-bytes", "0"] if has_cache() and not cached else []
    free = ["--no-sandbox"] if wrapper else []
    server = Server([*wrapper, CLAIMD, "serve", "--listen", "127.0.0.1:{port}", "--threads", str(workers),
                     "--db-connections", str(connections), "--request-timeout", str(ANSWER_SECONDS * 1000), *uncached, *free], "/readyz", DATABASE_URL=database.url,
                    CLAIMD_ADDRESS_CONNECTIONS="0")  # the load comes from one address
    server.database = database
    return server


@contextlib.contextmanager
def nginx(body, workers):
    """nginx, serving the body as a static file from /body in the way that is fastest for files."""
    with tempfile.TemporaryDirectory(prefix="claimd-bench-") as folder:
        pathlib.Path(folder, "body").write_bytes(body)
        port = free_port()
        configuration = (PEERS / "nginx.conf").read_text()
        for name, value in (("FOLDER", folder), ("PORT", port), ("WORKERS", workers)):
            configuration = configuration.replace(f"@{name}@", str(value))
        pathlib.Path(folder, "nginx.conf").write_text(configuration)
        os.chmod(folder, 0o755)
        server = Server(["nginx", "-c", f"{folder}/nginx.conf", "-e", "stderr"], "/body")
        server.port = port
        with server:
            yield server


@contextlib.contextmanager
def epoll(response):
    """The bare loop, which answers every request with the response."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(response)
        file.flush()
        with Server([EPOLL, file.name, "{port}"], "/") as server:
            yield server


def node(script, database, processes, **environment):
    return Server(["node", str(PEERS / script)], "/ready", PROCESSES=str(processes), NODE_ENV="production",
                  **database.environment(), **environment)


def fastify(database, driver, processes, cursors):
    return node("fastify.js", database, processes, DRIVER=driver, CURSOR_PREFIX=cursors.prefix, CURSOR_KEY=cursors.key)


def postgraphile(database, processes):
    server = node("postgraphile.js", database, processes)
    server.ready = GRAPHQL
    return server
