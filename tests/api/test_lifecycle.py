"""The process: how it is told what to do, starts, stops, and lives through the loss of its database"""
import contextlib
import functools
import itertools
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from operator import itemgetter

import database
import pytest

from busy import Busy
from cluster import descendants
from contract import TREE
from desk import Tables, until_blocked
from service import BINARY, FAKETIME, INSTRUMENTED, Api, Service, claimd, environment, free_port, until

NO_DATABASE = "postgresql://nobody:swordfish@/nowhere?host=/nonexistent"


def refused(arguments, **settings):
    """Runs what must be refused at once; the sentence that says why."""
    ended = claimd(*arguments, **{"DATABASE_URL": NO_DATABASE, **settings})
    assert (ended.returncode, ended.stdout) == (2, ""), ended
    sentence, = ended.stderr.splitlines()
    assert re.fullmatch(r"claimd: .+\.", sentence), sentence
    assert "swordfish" not in sentence
    return sentence


def started(*arguments, before=(), **settings):
    """A command that goes on; `before`: what it is started by."""
    return subprocess.Popen([*before, BINARY, *arguments], env=environment(**settings), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


# Settings ---------------------------------------------------------------------------------------

NUMBERS = {
    "threads": ["-1", "abc", "1.5", "257", "", "99999999999999999999", "1 ", "0x1"],
    "db-connections": ["0", "-1", "abc", "", "99999999999999999999"],
    "request-timeout": ["0", "-1", "abc", "5s", "", "99999999999999999999"],
    "idle-timeout": ["-1", "abc", "1.5", "", "99999999999999999999"],
    "max-connections": ["0", "-1", "abc", "", "99999999999999999999"],
    "queue": ["0", "-1", "abc", "", "99999999999999999999"],
}
ADDRESSES = ["", "nonsense", "127.0.0.1", "127.0.0.1:", ":", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:http", "127.0.0.1:80 ",
             "::1:80x"]
WRONG = [("listen", value) for value in ADDRESSES] + [(name, value) for name, values in NUMBERS.items() for value in values]


def variable(flag):
    return "CLAIMD_" + flag.upper().replace("-", "_")


@pytest.mark.parametrize("flag, value", WRONG)
def test_wrong_flag(flag, value):
    assert f"--{flag}" in refused(["serve", f"--{flag}", value])


@pytest.mark.parametrize("flag, value", [*filter(itemgetter(1), WRONG), ("log-requests", "maybe"), ("migrate", "2")])
def test_wrong_environment(flag, value):
    assert variable(flag) in refused(["serve"], **{variable(flag): value})


@pytest.mark.parametrize("flag, value", [(flag, values[1]) for flag, values in NUMBERS.items()])
def test_flag_may_be_joined_with_its_value(flag, value):
    assert f"--{flag}" in refused([f"--{flag}={value}"])


@pytest.mark.parametrize("arguments, named", [
    (["--frobnicate"], "--frobnicate"), (["serve", "--threads"], "--threads"), (["-x"], "-x"), (["frobnicate"], "frobnicate"),
    (["serve", "extra"], "serve"), (["migrate"], "migrate"), (["migrate", "sideways"], "migrate"),
    (["migrate", "up", "extra"], "migrate"), (["version", "extra"], "version"),
])
def test_wrong_command_line(arguments, named):
    assert named in refused(arguments)


@pytest.mark.parametrize("url", ["postgresql://[broken", "nonsense", "colour=red"])
def test_wrong_database_url(url):
    assert "swordfish" not in refused(["serve", "--listen", f"127.0.0.1:{free_port()}", "--database-url", url])


def test_flag_beats_environment():
    assert "--threads" in refused(["--threads", "wrong"], CLAIMD_THREADS="1")
    with Service(NO_DATABASE, "--threads", "1", CLAIMD_THREADS="3", CLAIMD_LISTEN="127.0.0.1:1") as service:
        assert service.answers("/healthz").event("listening")["threads"] == 1


def test_environment_is_read():
    with Service(NO_DATABASE, CLAIMD_THREADS="3") as service:
        assert service.answers("/healthz").event("listening")["threads"] == 3


@pytest.mark.parametrize("arguments", [["--help"], ["help"], ["serve", "--help"]])
def test_help_fits_a_screen(arguments):
    ended = claimd(*arguments)
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = ended.stdout.splitlines()
    assert 10 < len(lines) <= 30 and max(map(len, lines)) <= 80
    assert "--database-url" in ended.stdout and "DATABASE_URL" in ended.stdout


def test_settings_are_listed():
    ended = claimd("settings")
    assert (ended.returncode, ended.stderr) == (0, "")
    listed = [re.split(r" {2,}", line, maxsplit=4) for line in ended.stdout.splitlines()]
    assert listed[0] == ["FLAG", "VARIABLE", "DEFAULT", "LIVE", "MEANING"]
    assert {"listen": variable("listen"), "database-url": "DATABASE_URL", "migrate": variable("migrate"),
            **{setting: variable(setting) for setting in NUMBERS}}.items() <= {line[0].removeprefix("--"): line[1] for line in listed}.items()


def test_version():
    ended = claimd("version")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert re.fullmatch(r"claimd \d+\.\d+\.\d+\n", ended.stdout)


# Starting and stopping --------------------------------------------------------------------------


def test_busy_port(service):
    assert str(service.port) in refused(["serve", "--listen", f"127.0.0.1:{service.port}"])


def test_name_that_nobody_has():
    assert "-.invalid:80" in refused(["serve", "--listen", "-.invalid:80"])


@pytest.mark.parametrize("listen", ["127.0.0.1:0", "unix:@claimd-few"], ids=["port", "unix"])
def test_too_few_descriptors_to_begin_with(database_url, listen):
    """Whatever it is that there is none left for, it ends at once and says so, or serves."""
    ends = []
    for limit in range(6, 80):
        command = ["prlimit", f"--nofile={limit}:{limit}", BINARY, "serve", "--threads", "4", "--listen", listen, "--admin-listen", "127.0.0.1:0"]
        with subprocess.Popen(command, env=environment(DATABASE_URL=database_url), stderr=subprocess.PIPE, text=True) as process:
            said = []
            for line in process.stderr:
                said.append(line)
                if serves := '"listening"' in line:
                    process.terminate()
                    break
            ends.append((process.wait(20), serves))
            assert ends[-1] == (0, True) or (ends[-1][0] in (1, 2) and any(line.startswith("claimd: ") for line in said)), (limit, ends[-1], said)
        if serves:
            break
    assert ends[-1] == (0, True) and {1, 2} <= {status for status, _ in ends}, ends


def test_busy_port_of_another_program():
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert str(other.getsockname()[1]) in refused(["serve", "--listen", f"127.0.0.1:{other.getsockname()[1]}"])


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT])
def test_stops_on(database_url, with_signal):
    with Service(database_url) as service:
        service.answers()
        service.stop(with_signal)


OPEN = ("env", "--default-signal=INT")  # whatever this test's own process is to ignore
FIRST = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")  # a container's first process, for whom no signal has a default action


@contextlib.contextmanager
def waiting(url, *arguments, before):
    """A command that waits for the table of migrations, and what lets it go on."""
    with Tables(url, autocommit=False) as held, Tables(url) as tables:
        held.run("LOCK TABLE schema_migrations IN ACCESS EXCLUSIVE MODE")
        with started(*arguments, before=before, DATABASE_URL=url) as command:
            until_blocked(url)
            try:
                yield command, functools.partial(held.run, "ROLLBACK")
            finally:
                command.kill()
        tables.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("first", [pytest.param(True, marks=pytest.mark.skipif(os.geteuid() != 0, reason="needs root")), False], ids=["first", "one of many"])
@pytest.mark.parametrize("arguments", [["migrate", "up"], ["serve", "--migrate", "--listen", "127.0.0.1:0"]], ids=["migrating", "before serving"])
def test_what_does_not_serve_ends_at_once(url, arguments, first, with_signal):
    with waiting(url, *arguments, before=(*OPEN, *FIRST) if first else OPEN) as (ended, _):
        os.kill(descendants(ended.pid)[0] if first else ended.pid, with_signal)
        assert ended.wait(5) == (128 + with_signal if first else -with_signal)


def test_what_a_command_is_to_ignore_it_ignores(url):
    """A shell says so to what it runs beside itself."""
    with waiting(url, "migrate", "up", before=("env", "--ignore-signal=INT")) as (ended, go_on):
        ended.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            ended.wait(0.5)
        go_on()
        assert ended.wait(5) == 0


def test_stops_without_a_database():
    with Service(NO_DATABASE) as service:
        service.answers("/healthz")


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HTTP/1.1\r\nHo"], ids=["nothing", "half a request"])
def test_stops_at_once_though_clients_say_nothing(database_url, sent):
    with Service(database_url) as service:
        service.answers()
        wires = [service.wire() for _ in range(50)]
        for wire in wires:
            wire.send(sent)
        time.sleep(0.1)
        began = time.monotonic()
        service.stop()
        assert time.monotonic() - began < 2
        for wire in wires:
            wire.socket.close()


@contextlib.contextmanager
def locked(url):
    """Lets every query of claims wait for a lock, as long as this lasts or until what it yields is called."""
    with contextlib.closing(database.connect(url)) as connection:
        connection.cursor().execute("LOCK TABLE claim IN ACCESS EXCLUSIVE MODE")
        yield connection.close


@contextlib.contextmanager
def slowed(url, seconds):
    """Lets every query of claims wait for a lock that is held so long."""
    with locked(url) as unlock:
        release = threading.Timer(seconds, unlock)
        release.start()
        yield
        release.join()


def test_stopping_finishes_what_is_under_way(database_url):
    with Service(database_url) as service:
        service.answers()
        wires = [service.wire() for _ in range(20)]
        with slowed(database_url, 1):
            for wire in wires:
                wire.get("/v1/claims?limit=1")
            time.sleep(0.3)
            service.process.send_signal(signal.SIGTERM)
            until(lambda: service.status("/healthz") is None, 2, "no new clients are taken")
        for wire in wires:
            answer = wire.answer()
            assert answer.status == 200 and json.loads(answer.body)["items"]
        assert service.process.wait(5) == 0


def test_stopping_waits_for_a_body_that_is_on_its_way(database_url):
    """Longer than for whoever has connected and said nothing yet."""
    body = '{"text": "294.000 US-Dollar"}'
    with Service(database_url, "--threads", "1") as service:
        service.answers()
        with service.wire() as wire:
            wire.get("/v1/figures/parse", "Content-Type: application/json", f"Content-Length: {len(body)}", method="POST")
            wire.send(body[:10])
            until(lambda: service.status("/healthz") == 200, 5, "the head was read before")
            service.process.send_signal(signal.SIGTERM)
            time.sleep(2)
            wire.send(body[10:])
            answer = wire.answer()
            assert answer.status == 200 and answer.headers["Connection"] == "close" and json.loads(answer.body)["figures"]
        assert service.process.wait(5) == 0


@pytest.mark.parametrize("sent", [b"", b'{"text": "294'])
def test_a_client_that_has_left_in_the_middle_of_a_body_is_not_waited_for(database_url, sent):
    with Service(database_url, "--threads", "1", "--request-timeout", "30000") as service:
        service.answers()
        with service.wire() as wire:
            wire.get("/v1/figures/parse", "Content-Type: application/json", "Content-Length: 29", method="POST")
            wire.send(sent)
            until(lambda: service.status("/healthz") == 200, 5, "the head was read before")
            wire.socket.shutdown(socket.SHUT_WR)
            service.process.send_signal(signal.SIGTERM)
            assert service.process.wait(10) == 0


def test_no_answer_in_time(database_url, contract):
    with Service(database_url, "--request-timeout", "300") as service:
        service.answers()
        api = Api(service, contract)
        with locked(database_url):
            began = time.monotonic()
            problem = api.answer("/v1/claims", 504)
            assert problem["type"] == "/problems/timeout" and time.monotonic() - began > 0.2
        assert api.get("/v1/claims", limit=1)["items"]


def test_too_much_to_do(database_url, contract):
    with Service(database_url, "--threads", "1", "--queue", "5") as service:
        service.answers()
        wires = [service.wire() for _ in range(20)]
        with slowed(database_url, 1):
            for number, wire in enumerate(wires):
                wire.get(f"/v1/claims?limit={number + 1}")  # each another answer: of the same one all would wait for one query
                time.sleep(0.02)
        answers = [wire.answer() for wire in wires]
        for answer in answers:
            contract.check("GET", "/v1/claims", answer.status, answer.headers, answer.body)
        overloaded = [json.loads(answer.body)["type"] for answer in answers if answer.status == 503]
        assert overloaded == ["/problems/overloaded"] * 15
        assert [answer.status for answer in answers].count(200) == 5
        assert Api(service, contract).get("/v1/claims", limit=1)["items"]


# Health -----------------------------------------------------------------------------------------


def health(service, *flags):
    return claimd("health", *flags, CLAIMD_LISTEN=f"127.0.0.1:{service.port}").returncode


def test_health(service):
    assert health(service) == 0
    assert health(service, "--ready") == 0


def test_health_without_a_database():
    with Service(NO_DATABASE) as service:
        service.answers("/healthz")
        assert health(service) == 0
        assert health(service, "--ready") == 1


def test_health_of_nothing():
    assert claimd("health", CLAIMD_LISTEN=f"127.0.0.1:{free_port()}").returncode == 1


def test_health_of_a_server_on_every_address(database_url):
    with Service(database_url) as service:
        service.answers()
        assert claimd("health", CLAIMD_LISTEN=f"0.0.0.0:{service.port}").returncode == 0


@pytest.mark.skipif(not socket.has_ipv6 or not pathlib.Path("/proc/net/if_inet6").exists(), reason="there is no IPv6 here")
def test_health_of_a_server_on_every_address_of_both_kinds():
    with socket.socket(socket.AF_INET6) as silent:
        silent.bind(("::1", 0))
        silent.listen()
        asking = subprocess.Popen([BINARY, "health"], env=environment(CLAIMD_LISTEN=f"[::]:{silent.getsockname()[1]}"), stderr=subprocess.DEVNULL)
        client, _ = silent.accept()
        with client:
            client.recv(4096)
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        assert asking.wait(10) == 0


def test_health_of_a_name_that_nobody_has():
    assert claimd("health", CLAIMD_LISTEN="-.invalid:80").returncode == 1


def test_health_of_what_does_not_answer():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        assert claimd("health", CLAIMD_LISTEN=f"127.0.0.1:{silent.getsockname()[1]}").returncode == 1
        assert time.monotonic() - began < 10


# Migrations -------------------------------------------------------------------------------------


@pytest.fixture
def empty_url(fresh_database):
    url = fresh_database(())
    database.execute(url, "DROP TABLE schema_migrations")
    return url


def test_migrate_up_and_status(empty_url):
    def status():
        ended = claimd("migrate", "status", DATABASE_URL=empty_url)
        assert ended.stderr == ""
        return ended.returncode, ended.stdout
    before = status()
    for _ in range(2):
        ended = claimd("migrate", "up", DATABASE_URL=empty_url)
        assert ended.returncode == 0, ended.stderr
        assert status() == status()
    after = status()
    assert before != after
    for migration in database.MIGRATIONS:
        assert migration.stem in before[1] and migration.stem in after[1]


def test_migrations_are_recorded_as_dbmate_does(empty_url):
    assert claimd("migrate", "up", "--database-url", empty_url).returncode == 0
    with contextlib.closing(database.connect(empty_url)) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT version FROM schema_migrations ORDER BY 1")
        assert [version for version, in cursor.fetchall()] == [database.version(migration) for migration in database.MIGRATIONS]


def test_migrating_twice_at_once(empty_url):
    ended = []
    threads = [threading.Thread(target=lambda: ended.append(claimd("migrate", "up", DATABASE_URL=empty_url))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.returncode for each in ended] == [0] * 4, [each.stderr for each in ended]


def test_migrating_before_serving(empty_url, contract):
    with Service(empty_url, CLAIMD_MIGRATE="1") as service:
        service.answers(within=60)
        assert Api(service, contract).get("/v1/claims", limit=1)["items"]


def test_database_that_is_not_migrated(empty_url, contract):
    """One thread: each of several tries again in its own time."""
    with Service(empty_url, "--threads", "1") as service:
        service.answers("/healthz")
        api = Api(service, contract)
        assert api.answer("/healthz") == {"status": "ok"}
        until(lambda: api.answer("/readyz", 503)["type"] == "/problems/not-ready", 10, "it is known what the database lacks")
        assert api.answer("/v1/claims", 503)
        assert claimd("migrate", "up", timeout=60, DATABASE_URL=empty_url).returncode == 0
        service.answers("/readyz")
        assert api.get("/v1/claims", limit=1)["items"]


def test_database_that_lacks_the_last_migration(fresh_database, contract):
    with Service(fresh_database(database.MIGRATIONS[:-1])) as service:
        service.answers("/healthz")
        api = Api(service, contract)
        until(lambda: api.answer("/readyz", 503)["type"] == "/problems/not-ready", 10, "it is known what the database lacks")


@pytest.mark.parametrize("arguments, settings", [(["migrate", "up"], {}), (["serve", "--listen", "127.0.0.1:0"], {"CLAIMD_MIGRATE": "1"})], ids=["alone", "before serving"])
def test_a_database_that_refuses_to_be_migrated(empty_url, arguments, settings):
    ended = claimd(*arguments, DATABASE_URL=empty_url + "&options=-cdefault_transaction_read_only%3Don", **settings)
    assert ended.returncode == 1 and "cannot prepare the migrations" in ended.stderr, ended.stderr


# Without a database, and back -------------------------------------------------------------------


# Half a minute does not take that long by a clock that goes faster, where there is one.
FASTER = {"LD_PRELOAD": str(FAKETIME), "FAKETIME": "+0 x30"} if FAKETIME.exists() and not INSTRUMENTED else {}


def test_commands_that_find_no_database_say_so_after_a_while():
    commands = [["migrate", "up"], ["migrate", "status"], ["token", "create", "--name", "x", "--scope", "read"], ["token", "list"], ["token", "revoke", "--name", "x"],
                ["export"], ["export", "claims", "--format", "csv"], ["import"]]
    with ThreadPoolExecutor(len(commands)) as pool:
        for ended in pool.map(lambda command: claimd(*command, timeout=90, DATABASE_URL=NO_DATABASE, **FASTER), commands):
            assert ended.returncode == 1 and ended.stdout == "", ended
            assert "claimd: cannot reach the database: " in ended.stderr and "swordfish" not in ended.stderr, ended


@pytest.fixture
def mute():
    """The URL of a machine that lets all packets drop: nobody takes the connections to it, and no more can wait for that."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server, contextlib.ExitStack() as waiting:
        for _ in range(3):
            client = waiting.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(server.getsockname())
        yield f"postgresql://nobody@127.0.0.1:{server.getsockname()[1]}/nowhere?sslmode=disable"


def test_a_database_that_says_nothing_is_not_waited_for_any_longer(mute):
    ended = claimd("migrate", "up", timeout=60, DATABASE_URL=mute, **FASTER)
    assert ended.returncode == 1 and "claimd: cannot reach the database: " in ended.stderr and "timeout expired" in ended.stderr, ended


@pytest.mark.parametrize("settings, parameter", [({}, "&connect_timeout=2"), ({"PGCONNECT_TIMEOUT": "2"}, "")], ids=["url", "environment"])
def test_how_long_one_attempt_takes_is_for_the_operator_to_say(mute, settings, parameter):
    began = time.monotonic()
    with started("migrate", "up", DATABASE_URL=mute + parameter, **settings) as migrating:
        assert "database-unreachable" in migrating.stderr.readline()
        assert 1 < time.monotonic() - began < 4
        migrating.kill()


def test_database_down_at_start(contract):
    with Service(NO_DATABASE) as service:
        service.answers("/healthz").answers("/readyz", 503)
        api = Api(service, contract)
        for target in ("/readyz", "/v1/claims", "/v1/claims/x", "/v1/comparisons", "/v1/compare?claims=a,b"):
            api.problem(target, "database-unavailable", 503)
            assert api.request("GET", target).headers["Retry-After"] == "1"
        api.problem("/v1/claims?limit=0", "invalid-parameter", parameters=["limit"])
        assert api.answer("/openapi.json")["openapi"] == "3.1.0"


def out_of_reach(service):
    """What the log says of connections that cannot be made, after many attempts."""
    time.sleep(3)
    return [event["reason"] for event in service.events() if event["event"] == "database-unreachable"]


def test_nobody_to_listen_to_is_told_once_by_each_thread(database_url):
    """All else is well, so that nothing but the log says why the service is not ready."""
    with Service(database_url, "--listen-url", f"postgresql://postgres@127.0.0.1:{free_port()}/claims", "--threads", "2") as service:
        service.answers("/v1/units").answers("/readyz", 503)
        reasons = out_of_reach(service)
        assert len(reasons) == 2 and all("refused" in reason for reason in reasons), reasons
        assert service.status("/readyz") == 503


@pytest.fixture
def few(server_url, fresh_database):
    """How to let a role have so many connections, and the URL by which it reaches the database."""
    url, name = fresh_database(()), f"claimd_few_{free_port()}"
    database.execute(server_url, f"CREATE ROLE {name} LOGIN")
    try:
        migrated = claimd("migrate", "up", "--service-role", name, DATABASE_URL=url)
        assert migrated.returncode == 0, migrated.stderr
        yield lambda limit: database.execute(server_url, f"ALTER ROLE {name} CONNECTION LIMIT {limit}"), url.replace("postgres@", f"{name}@")
    finally:
        database.execute(url, f"DROP OWNED BY {name}")
        database.execute(server_url, f"DROP ROLE {name}")


def test_connections_that_are_one_too_many_are_told_once_each(few):
    let, url = few
    let(2)
    with Service(url, "--threads", "1", "--db-connections", "3") as service:
        service.answers("/v1/units")
        reasons = out_of_reach(service)
        assert len(reasons) == 4 - 2 and all("too many connections" in reason for reason in reasons), reasons
        let(-1)
        service.answers()
        assert len(out_of_reach(service)) == len(reasons)


@pytest.fixture
def cluster():
    """A cluster of one's own, to be killed: its script takes start, stop and url."""
    folder = tempfile.mkdtemp(prefix="claimd-killed-")

    def run(verb, *arguments):
        done = subprocess.run([TREE / "scripts/cluster", verb, folder, *arguments], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()
    run("start")
    yield run
    run("stop", "immediate")
    shutil.rmtree(folder)


class Load(Busy):
    """Clients that ask without a pause, and keep what they were answered and when."""

    TARGETS = ["/v1/claims?limit=5", "/v1/comparisons/what-training-r1-cost", "/v1/sources", "/v1/claims?stance=disputes"]

    def __init__(self, service, contract, clients=8):
        self._service, self._contract = service, contract
        self._expected = {target: Api(service, contract).answer(target) for target in self.TARGETS}
        self.answers = []
        super().__init__(*map(self._ask, range(clients)))

    def _ask(self, number):
        api = Api(self._service, self._contract)
        for turn in itertools.count(number):
            target = self.TARGETS[turn % len(self.TARGETS)]
            answer = api.request("GET", target)
            right = answer.json() == self._expected[target] if answer.status_code == 200 else \
                answer.status_code == 503 and answer.headers["Retry-After"] == "1" and answer.json()["status"] == 503
            self.answers.append((time.monotonic(), answer.status_code, "Age" in answer.headers))
            if not right:
                self.faults.append((target, answer.status_code, answer.text[:500]))
            yield

    def statuses(self, after):
        """What was answered after a moment, and whether with what was known before."""
        return {(status, aged) for at, status, aged in list(self.answers) if at > after}


def test_database_killed_and_restarted_under_load(cluster, contract):
    url = cluster("url")
    assert claimd("migrate", "up", DATABASE_URL=url).returncode == 0
    with Service(url) as service:
        service.answers()
        with Load(service, contract) as load:
            for _ in range(2):
                time.sleep(0.3)
                killed = time.monotonic()
                cluster("stop", "immediate")
                until(lambda: (200, True) in load.statuses(killed), 5, "what was known before, while the database is down")
                assert service.status("/healthz") == 200
                assert service.status("/v1/units?limit=1") == 503
                cluster("start")
                time.sleep(2)
                recovered = time.monotonic()
                assert service.status("/readyz") == 200
                time.sleep(0.5)
                assert load.statuses(recovered) == {(200, False)}
        assert load.faults == []


def test_migrating_waits_for_the_database(cluster):
    cluster("stop", "fast")
    with started("migrate", "up", DATABASE_URL=cluster("url") + "&password=swordfish") as migrating:
        time.sleep(0.5)
        cluster("start")
        _, log = migrating.communicate(timeout=60)
    assert migrating.returncode == 0, log
    assert "database-unreachable" in log and "swordfish" not in log


# The log ----------------------------------------------------------------------------------------


def test_log_is_one_object_a_line(database_url):
    with Service(database_url, "--log-requests") as service:
        service.answers()
        service.status("/v1/claims?subject=deepseek-r1")
        service.status('/v1/claims/%22%0A%5C%C3%A9%22')
        service.status("/nowhere")
    events = service.events()
    for event in events:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", event["ts"])
        assert event["level"] in ("info", "warning", "error") and re.fullmatch(r"[a-z-]+", event["event"])
    requests = [(event["method"], event["target"], event["status"]) for event in events if event["event"] == "request"]
    assert ("GET", "/v1/claims?subject=deepseek-r1", 200) in requests and ("GET", "/nowhere", 404) in requests


def test_requests_are_not_logged_unless_wanted(database_url):
    with Service(database_url) as service:
        service.answers().status("/v1/claims")
    assert not any(event["event"] == "request" for event in service.events())


def test_requests_are_logged_where_the_environment_wants(database_url):
    with Service(database_url, CLAIMD_LOG_REQUESTS="1") as service:
        service.answers()
    assert service.event("request")["target"] == "/readyz"


def test_no_secret_is_logged():
    with Service(NO_DATABASE, "--log-requests") as service:
        service.answers("/healthz").answers("/readyz", 503)
        with service.wire() as wire:
            wire.get("/v1/claims", "Authorization: Bearer swordfish", "Cookie: session=swordfish")
            assert wire.answer().status == 503
    assert service.log() and "swordfish" not in service.log()
