"""Settings in a file, and what becomes of them when the file changes while the service serves"""
import contextlib
import itertools
import json
import re
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import database
import pytest
import requests

from busy import Busy
from service import Service, claimd, until

SECRET = "swordfish"


class Told(Service):
    """A service that is told by a file."""

    def __init__(self, database_url, file, *flags, **settings):
        self.file = file
        super().__init__(database_url, "--config", str(file), *flags, **settings)

    def reload(self, **settings):
        """What the log says of a reload with these settings: its last event, and those before it."""
        self.file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        return self.hang_up()

    def hang_up(self):
        before = len(self.events())
        self.process.send_signal(signal.SIGHUP)

        def done():
            return [event for event in self.events()[before:] if event["event"] in ("reloaded", "reload-refused")]
        until(done, 10, "the reload is logged")
        events = self.events()[before:]
        last = next(event for event in events if event["event"] in ("reloaded", "reload-refused"))
        return last, [event for event in events if event["event"] == "needs-restart"]

    def head(self, path="/v1/claims?limit=1", **headers):
        with requests.Session() as session:
            session.trust_env = False
            return session.get(self.base + path, headers=headers, timeout=10)


@pytest.fixture
def file(tmp_path):
    written = tmp_path / "claimd.conf"
    written.write_text("")
    return written


def refusal(file, **settings):
    ended = claimd("serve", "--config", str(file), **settings)
    sentence, = ended.stderr.splitlines()
    assert ended.returncode == 2 and sentence.startswith("claimd: ") and sentence.endswith("."), ended
    assert SECRET not in sentence
    return sentence


# What the file tells ----------------------------------------------------------------------------


def test_flag_beats_environment_and_that_the_file(database_url, file):
    file.write_text("CLAIMD_THREADS=3\nCLAIMD_MAX_AGE=33\nCLAIMD_LISTEN=127.0.0.1:1\nCLAIMD_QUEUE=3\n")
    with Told(database_url, file, "--threads", "1", CLAIMD_THREADS="2", CLAIMD_MAX_AGE="22") as service:
        service.answers()
        assert service.event("listening")["threads"] == 1
        assert "max-age=22," in service.head().headers["Cache-Control"]


def test_file_may_be_named_by_the_environment(database_url, file):
    file.write_text("CLAIMD_THREADS=3\n")
    with Service(database_url, CLAIMD_CONFIG=str(file)) as service:
        assert service.answers("/healthz").event("listening")["threads"] == 3


@pytest.mark.parametrize("line", ["CLAIMD_THREADS=3", "CLAIMD_THREADS=3\r", "  CLAIMD_THREADS = 3  ", "CLAIMD_THREADS=\"3\"", "CLAIMD_THREADS='3'",
                                  "# CLAIMD_THREADS=9\n; CLAIMD_THREADS=9\n\n\t\nCLAIMD_THREADS=3", "CLAIMD_THREADS=9\nCLAIMD_THREADS=3",
                                  "CLAIMD_THREADS=3\nCLAIMD_THREADS=", "CLAIMD_THREADS=3\nCLAIMD_THREADS=''"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_lines_are_read(database_url, file, line, end):
    file.write_text(line + end, newline="")
    with Told(database_url, file) as service:
        assert service.answers("/healthz").event("listening")["threads"] == 3


def test_value_may_have_an_equals_sign(file, database_url):
    file.write_text(f"DATABASE_URL={database_url}\n")
    assert "=" in database_url
    with Told("", file) as service:
        service.answers()


@pytest.mark.parametrize("text, named", [
    ("CLAIMD_THREADS", "line 1"), ("\n" + SECRET, "line 2"), ("\n\nCLAIMD_TREADS=" + SECRET, "line 3"), ("=5", "line 1"),
    ("export CLAIMD_THREADS=1", "line 1"), ("claimd_threads=1", "line 1"), ("CLAIMD_CONFIG=other", "line 1"), ("#\nCLAIMD_THREADS=x", "line 2"),
    ("CLAIMD_THREADS='1", "CLAIMD_THREADS"), ("DATABASE_URL=postgresql://u:" + SECRET + "@[", "DATABASE_URL"), ("PGPASSWORD=" + SECRET, "line 1"),
    ("CLAIMD_LOG_REQUESTS=yes", "CLAIMD_LOG_REQUESTS"), ("a=1\0", "no text"), ("#" * 70000, "65536"), ("CLAIMD_THREADS=" + "9" * 5000, "CLAIMD_THREADS"),
], ids=itertools.count())
def test_wrong_file(file, text, named):
    file.write_text(text)
    sentence = refusal(file)
    assert named in sentence and len(sentence) < 1100


def test_file_that_is_not_there(tmp_path):
    assert "No such file" in refusal(tmp_path / "none")
    assert "cannot be read" in refusal(tmp_path)


def test_all_commands_read_it(file, database_url):
    file.write_text(f"DATABASE_URL={database_url}\n")
    ended = claimd("migrate", "status", "--config", str(file))
    assert ended.returncode == 0, ended.stderr


def test_settings_say_which_are_live():
    rows = [line.split() for line in claimd("settings").stdout.splitlines()]
    live = {row[0]: row[3] for row in rows[1:]}
    assert rows[0][3] == "LIVE" and set(live.values()) == {"yes", "no"}
    assert live["--max-age"] == "yes" and live["--threads"] == "no"


# What changes -----------------------------------------------------------------------------------


@pytest.fixture
def service(database_url, file):
    with Told(database_url, file, "--threads", "2") as told:
        yield told.answers()


def test_max_age(service):
    for _ in range(5):
        assert "max-age=10," in service.head().headers["Cache-Control"]
    last, restart = service.reload(CLAIMD_MAX_AGE=77)
    assert (last["event"], last["changed"], restart) == ("reloaded", 1, [])
    for _ in range(20): # of both threads, and of what they had in memory
        assert "max-age=77," in service.head().headers["Cache-Control"]
    service.reload()
    assert "max-age=10," in service.head().headers["Cache-Control"]


def test_web_origins(service):
    origin = {"Origin": "https://one.example"}
    assert service.head(**origin).headers["Access-Control-Allow-Origin"] == "*"
    service.reload(CLAIMD_CORS_ORIGINS="https://two.example")
    for _ in range(10):
        assert "Access-Control-Allow-Origin" not in service.head(**origin).headers
    service.reload(CLAIMD_CORS_ORIGINS="https://two.example,https://one.example")
    for _ in range(10):
        assert service.head(**origin).headers["Access-Control-Allow-Origin"] == "https://one.example"


def test_reading_is_closed_and_opened(service):
    assert service.head().status_code == 200
    service.reload(CLAIMD_READ="token")
    for _ in range(10):
        assert service.head().status_code == 401
    service.reload(CLAIMD_READ="open")
    assert service.head().status_code == 200


def test_request_log(service):
    service.head()
    assert not [event for event in service.events() if event["event"] == "request"]
    service.reload(CLAIMD_LOG_REQUESTS=1)
    service.head()
    assert service.event("request")["status"] == 200


def test_body_size(service):
    def post():
        return requests.post(service.base + "/v1/figures/parse", json={"text": "x" * 5000}, timeout=10).status_code
    assert post() != 413
    service.reload(CLAIMD_BODY_BYTES=1024)
    assert post() == 413


def test_idle_timeout(service):
    service.reload(CLAIMD_IDLE_TIMEOUT=1)
    with service.wire() as wire:
        wire.get("/healthz")
        wire.answer()
        assert wire.rest(within=10) == b""


@contextlib.contextmanager
def locked(url, table):
    with contextlib.closing(database.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table}")
        yield


@pytest.mark.parametrize("standby", [False, True], ids=["primary", "standby"])
def test_request_timeout(url, file, standby):
    """Shorter and longer, on connections that are open already: the database keeps to it as well."""
    file.write_text("CLAIMD_REQUEST_TIMEOUT=60000\nCLAIMD_CACHE_BYTES=0\n")
    with Told(url, file, "--threads", "1", *(["--database-read-url", url] if standby else [])) as service:
        service.answers()
        assert service.head().status_code == 200
        with locked(url, "claim"):
            service.reload(CLAIMD_REQUEST_TIMEOUT=300, CLAIMD_CACHE_BYTES=0)
            began = time.monotonic()
            assert service.head().status_code == 504
            assert time.monotonic() - began < 10
            _, restart = service.reload(CLAIMD_REQUEST_TIMEOUT=4000)
            assert [event["setting"] for event in restart] == ["cache-bytes"]
            began = time.monotonic()
            assert service.head().status_code == 504
            assert time.monotonic() - began > 2
        assert service.head().status_code == 200
        assert not [event for event in service.events() if event["event"] in ("database-lost", "database-silent")]


@pytest.mark.parametrize("standby", [False, True], ids=["primary", "standby"])
def test_what_is_slow(url, file, standby):
    """A request and its query alike."""
    def slow(**settings):
        service.reload(CLAIMD_CACHE_BYTES=0, **settings)
        before = len(service.events())
        with ThreadPoolExecutor() as pool:
            with locked(url, "claim"):
                asked = pool.submit(service.head)
                time.sleep(0.3)
            assert asked.result().status_code == 200
        service.hang_up()  # whose event comes after all that were to come
        return {event["event"] for event in service.events()[before:]} & {"slow-request", "slow-query"}

    file.write_text("CLAIMD_CACHE_BYTES=0\n")
    with Told(url, file, "--threads", "1", *(["--database-read-url", url] if standby else [])) as service:
        service.answers()
        assert slow(CLAIMD_SLOW_MS=60000) == set()
        assert slow(CLAIMD_SLOW_MS=100) == {"slow-request", "slow-query"}
        assert slow(CLAIMD_SLOW_MS=0) == set()


def test_what_needs_a_restart_stays_and_is_named(service):
    last, restart = service.reload(CLAIMD_THREADS=5, CLAIMD_LISTEN="127.0.0.1:1", DATABASE_URL=f"postgresql://u:{SECRET}@nowhere/x", CLAIMD_HEAD_BYTES=9000,
                                   CLAIMD_MAX_AGE=55)
    # The address, the threads and the database are told by flags and the environment, which beat the file.
    assert (last["changed"], [event["setting"] for event in restart]) == (1, ["head-bytes"])
    assert "max-age=55," in service.head().headers["Cache-Control"]
    assert SECRET not in service.log()


@pytest.mark.parametrize("settings, named", [({"CLAIMD_MAX_AGE": 5, "CLAIMD_QUEUE": 0}, "CLAIMD_QUEUE (line 2 of"),
                                             ({"CLAIMD_MAX_AGE": 5, "CLAIMD_NOTHING": SECRET}, "line 2"), ({"CLAIMD_READ": "maybe"}, "maybe")])
def test_wrong_file_changes_nothing(service, settings, named):
    service.reload(CLAIMD_MAX_AGE=44)
    last, _ = service.reload(**settings)
    assert last["event"] == "reload-refused" and named in last["reason"] and SECRET not in last["reason"], last
    assert "max-age=44," in service.head().headers["Cache-Control"]


def test_file_that_goes_away_changes_nothing(service):
    service.reload(CLAIMD_MAX_AGE=44)
    service.file.unlink()
    last, _ = service.hang_up()
    assert "No such file" in last["reason"]
    assert "max-age=44," in service.head().headers["Cache-Control"]


def test_hanging_up_without_a_file_is_harmless(database_url):
    with Service(database_url) as service:
        service.answers()
        service.process.send_signal(signal.SIGHUP)
        assert service.event("reloaded")["changed"] == 0
        service.answers()


def blocks(pid, number):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return int(re.search(r"SigBlk:\s*(\w+)", status.read())[1], 16) >> number - 1 & 1


def test_hanging_up_before_it_serves_is_harmless(url, file):
    """While it migrates, as one who starts and reloads at once would."""
    with Told(url, file, "--migrate") as service:
        until(lambda: blocks(service.process.pid, signal.SIGHUP), 5, "the program has begun")
        service.process.send_signal(signal.SIGHUP)
        service.answers()
        assert service.event("reloaded")["changed"] == 0


def test_hanging_up_without_a_database(file):
    with Told("postgresql://nobody@/nowhere?host=/nonexistent", file) as service:
        service.answers("/healthz")
        service.reload(CLAIMD_REQUEST_TIMEOUT=123, CLAIMD_QUEUE=5)
        assert service.status("/readyz") == 503


# Under load -------------------------------------------------------------------------------------


def test_no_request_fails_while_the_settings_change(service):
    """Four clients on connections that stay, a long list streamed again and again, and a hundred reloads, or more until each client has asked often."""
    counts = Counter()

    def ask(path, whole):
        with requests.Session() as session:
            session.trust_env = False
            while True:
                got = session.get(service.base + path, timeout=20)
                assert got.status_code == 200 and whole(got), (path, got.status_code, got.text[-500:])
                counts[path] += 1
                yield

    lines = len(service.head("/v1/claims?format=ndjson").text.splitlines())
    with Busy(ask("/v1/claims?limit=2", lambda got: len(got.json()["items"]) == 2),
              ask("/v1/comparisons?limit=1", lambda got: got.json()["items"]),
              ask("/healthz", lambda got: json.loads(got.text)),
              ask("/v1/claims?format=ndjson", lambda got: len(got.text.splitlines()) == lines)) as clients:
        for number in itertools.count(1):
            last, _ = service.reload(CLAIMD_MAX_AGE=number, CLAIMD_REQUEST_TIMEOUT=6000 + number, CLAIMD_LOG_REQUESTS=number % 2)
            assert last["changed"] >= 2
            if clients.faults or (number >= 100 and len(counts) == 4 and min(counts.values()) > 5):
                break
            assert number < 3000, f"not often enough: {counts}"
    assert not clients.faults, clients.faults[:3]


def test_many_reloads_of_the_same_take_no_memory(service):
    for _ in range(50):
        service.reload(CLAIMD_MAX_AGE=44)
    before = service.memory()
    for _ in range(200):
        service.process.send_signal(signal.SIGHUP)
    service.hang_up()
    assert service.memory() - before < 300_000


def test_hanging_up_as_the_terminal_does_before_the_end(service):
    """SIGHUP and SIGTERM at once: the end wins, in good order."""
    service.process.send_signal(signal.SIGHUP)
    service.stop()
