"""Reads from standbys: which server answers, how old its answer may be, whoever has written sees it, and what is left when the primary is gone"""
import concurrent.futures
import contextlib
import itertools
import json
import os
import signal
import threading
import time

import database
import pytest
import requests

from busy import Busy
from cluster import Cluster
from desk import DOCUMENTS, Client, Tables, create_token, problem
from pooler import Pooler
from proxy import DOWN, Proxy
from service import Service, claimd, free_port, until

SUBJECT = DOCUMENTS["subject"][0]
LONG_AGO = "1-0"


class World:
    """A primary, standbys, and services that read from these. `standby`: the first of them, for a world of one."""

    def __init__(self, primary, *standbys):
        self.primary, self.standbys, self.standby = primary, standbys, standbys[0]
        self.url = primary.database("claims")
        self.read_url = f"postgresql://postgres@/claims?host={','.join(each.socket for each in standbys)}"
        self.token = create_token(self.url, "desk")
        for each in standbys:
            until(lambda each=each: self.is_level(each), 20, "the standby has what the primary has")

    def is_level(self, standby=None):
        wanted = self.primary_value("SELECT pg_current_wal_insert_lsn()")
        return self.value(standby or self.standby, "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", wanted)

    @staticmethod
    def value(cluster, *query):
        with Tables(database.with_name(cluster.url, "claims")) as tables:
            return tables.value(*query)

    def primary_value(self, *query):
        return self.value(self.primary, *query)

    def standby_value(self, *query):
        return self.value(self.standby, *query)

    def service(self, *flags, url=None):
        return Service(url or self.url, "--database-read-url", self.read_url, "--threads", "1", *flags)

    def client(self, service):
        return Client(service.answers(), self.token)

    def hold(self, standby=None):
        """From now on the standby shows nothing new."""
        held = standby or self.standby
        self.value(held, "SELECT pg_wal_replay_pause()")
        until(lambda: self.value(held, "SELECT pg_get_wal_replay_pause_state()") == "paused", 10, "the standby pauses")

    def let_go(self, standby=None):
        self.value(standby or self.standby, "SELECT pg_wal_replay_resume()")
        until(lambda: self.is_level(standby), 20, "the standby has come after")

    @contextlib.contextmanager
    def silence(self):
        """Nothing is heard of the primary, which services notice by the second pulse."""
        self.primary.freeze()
        try:
            time.sleep(3)
            yield
        finally:
            self.primary.thaw()

    def asked(self, server):
        """When it was last asked for subjects by a service, or None, where something else was asked since."""
        return self.value(server, "SELECT max(query_start) FROM pg_stat_activity WHERE application_name LIKE 'claimd%%' AND query LIKE '%%FROM subject%%'")

    def read_from(self, client):
        """The servers that some reads go to."""
        servers = [each for each in (self.primary, *self.standbys) if each.is_up()]
        before, asked = {each: self.asked(each) for each in servers}, set()
        for _ in range(20):
            client.get("/v1/subjects")
            asked |= {each for each in servers if self.asked(each) not in (None, before[each])}
        return [each for each in servers if each in asked]


@pytest.fixture(scope="module")
def world():
    with Cluster() as primary, primary.standby() as standby:
        yield World(primary, standby)


@pytest.fixture
def held(world):
    world.hold()
    yield world
    world.let_go()


def version(answer):
    return answer.headers["Data-Version"]


def name_of(client, id, **fields):
    got = client.send("GET", f"/v1/subjects/{id}", headers={key.replace("_", "-"): value for key, value in fields.items()})
    return got.json().get("name"), got


def test_a_standby_answers_reads(world):
    with world.service("--cache-bytes", "0") as service:
        client = world.client(service)
        until(lambda: world.standby in world.read_from(client), 10, "a read reaches the standby")
        assert world.read_from(client) == [world.standby]
        assert ";" not in version(client.get("/v1/subjects"))


def test_without_standbys_reads_tell_no_version(desk):
    assert "Data-Version" not in desk.get("/v1/subjects").headers


def test_a_write_is_seen_at_once_by_its_service(held):
    with held.service() as service:
        client = held.client(service)
        for id in ("own-one", "own-two"):
            assert name_of(client, id)[1].status_code == 404
            written = client.put("subject", id, SUBJECT)
            name, got = name_of(client, id)
            assert name == SUBJECT["name"] and got.status_code == 200
            assert ";" not in version(got), "the primary's own word needs no confirmation"
            assert int(version(got).split("-")[1], 16) >= int(version(written).split("-")[1], 16)


def test_a_write_is_seen_through_any_service_that_is_told_its_version(held):
    with held.service() as one, held.service() as other:
        writer, reader = held.client(one), held.client(other)
        for count in range(5):
            written = writer.put("subject", f"told-{count}", SUBJECT)
            assert name_of(reader, f"told-{count}", Data_Version=version(written))[0] == SUBJECT["name"]


def test_a_standby_that_is_behind_is_waited_out_or_not_used(held):
    with held.service() as one, held.service() as other:
        writer, reader = held.client(one), held.client(other)
        name_of(reader, "late")
        writer.put("subject", "late", SUBJECT)
        assert until(lambda: name_of(reader, "late")[0] == SUBJECT["name"], 5, "the change shows") < 3
        # What the standby says is never taken for what is new.
        for _ in range(50):
            assert name_of(reader, "late")[0] == SUBJECT["name"]


def test_what_a_standby_says_from_before_is_not_kept(held):
    """The service has heard of the change; the standby, which may answer for two seconds more, does not know it."""
    with held.service("--replica-lag", "60000") as other:
        reader = held.client(other)
        until(lambda: "Data-Version" in name_of(reader, "kept")[1].headers, 5, "the standby is used")
        with held.service() as one:
            held.client(one).put("subject", "kept", SUBJECT)
        assert name_of(reader, "kept")[1].status_code == 404, "the standby was not asked: the test shows nothing"
        held.let_go()
        assert until(lambda: name_of(reader, "kept")[0] == SUBJECT["name"], 5, "the change shows") < 1
        held.hold()


def test_answers_of_a_standby_are_kept_until_something_changes(world):
    with world.service() as service:
        client = world.client(service)
        until(lambda: "Server-Timing" not in client.get("/v1/subjects").headers, 10, "an answer comes from memory")
        first = client.get("/v1/subjects")
        assert version(first)
        client.put("subject", "kept-one", SUBJECT)
        assert client.get("/v1/subjects").headers["ETag"] != first.headers["ETag"]
        until(lambda: "Server-Timing" not in client.get("/v1/subjects").headers, 10, "an answer comes from memory again")


@pytest.mark.parametrize("wanted", ["", "x", "1", "1-", "-1", "0-1", "1-g", "1-1-1", "123456789-1", "1-12345678901234567", "1-1x"])
def test_what_is_no_version_is_refused(world, wanted):
    with world.service() as service:
        problem(world.client(service).send("GET", "/v1/subjects", headers={"Data-Version": wanted}), 400, "invalid-parameter")


@pytest.mark.parametrize("wanted", ["ffffffff-ffffffffffffffff", LONG_AGO, LONG_AGO + ";unconfirmed"])
def test_a_version_of_nowhere_is_answered_with_what_there_is(world, wanted):
    with world.service() as service:
        client = world.client(service)
        got = client.send("GET", "/v1/subjects", headers={"Data-Version": wanted})
        assert got.status_code == 200 and version(got) not in (wanted, LONG_AGO)
        # And does not stay, for others to take it from memory.
        assert version(client.get("/v1/subjects")) != wanted


def test_a_version_is_told_and_kept_to_without_standbys(world):
    with Service(world.url, "--threads", "1") as one, Service(world.url, "--threads", "1") as other:
        writer, reader = world.client(one), world.client(other)
        for count in range(20):
            written = writer.put("subject", f"plain-{count}", SUBJECT)
            name, got = name_of(reader, f"plain-{count}", Data_Version=version(written))
            assert name == SUBJECT["name"] and version(got) >= version(written)
        assert "Data-Version" in got.headers["Vary"]


def test_reads_go_on_while_the_primary_is_frozen(world):
    with world.service() as service:
        client = world.client(service)
        world.primary.freeze()
        try:
            end = time.monotonic() + 6
            while time.monotonic() < end:
                got = client.send("GET", f"/v1/subjects?limit={int(time.monotonic() * 100) % 200 + 1}")
                assert got.status_code == 200, got.text
                assert got.elapsed.total_seconds() < 3
            assert version(got).endswith(";unconfirmed")
        finally:
            world.primary.thaw()
        until(lambda: ";" not in version(client.get("/v1/subjects")), 10, "the primary is heard again")


def test_reads_go_on_and_writes_come_back_when_a_standby_takes_over():
    with Cluster() as primary, primary.standby() as standby:
        world = World(primary, standby)
        both = f"postgresql://postgres@/claims?host={primary.socket},{standby.socket}&target_session_attrs=read-write"
        admin = f"127.0.0.1:{free_port()}"
        with world.service("--admin-listen", admin, url=both) as service:
            client = world.client(service)
            written = client.put("subject", "before", SUBJECT)
            until(world.is_level, 10, "the standby has it")
            primary.kill()
            for count in range(1, 100):
                assert name_of(client, "before", Data_Version=version(written))[0] == SUBJECT["name"]
                assert client.get(f"/v1/subjects?limit={count}").status_code == 200
            assert service.status("/readyz") == 200 == requests.get(f"http://{admin}/readyz", timeout=5).status_code
            refused = client.send("PUT", "/v1/subjects/during", SUBJECT)
            problem(refused, 503, "database-unavailable")
            assert refused.headers["Retry-After"]
            # What changes in the standby, by way of the primary or by taking over, is seen within two seconds.
            standby.promote()
            until(lambda: client.send("PUT", "/v1/subjects/after", SUBJECT, {"If-None-Match": "*"}).status_code in (201, 412), 10, "writes go to the new primary")
            assert name_of(client, "after")[0] == SUBJECT["name"]
            again = client.put("subject", "after-that", SUBJECT)
            assert version(again).split("-")[0] > version(written).split("-")[0]
            assert name_of(client, "after-that", Data_Version=version(again))[0] == SUBJECT["name"]


def test_a_server_that_takes_over_is_listened_to_and_written_to():
    with Cluster() as primary, primary.standby() as standby:
        world = World(primary, standby)
        with Service(world.read_url, "--threads", "1") as service:
            client = world.client(service)
            client.get("/v1/subjects")
            assert "Server-Timing" in client.get("/v1/subjects").headers, "nothing is heard of a standby"
            primary.stop()
            standby.promote()
            until(lambda: "Server-Timing" not in client.get("/v1/subjects").headers, 10, "an answer comes from memory")
            client.put("subject", "after", SUBJECT)
            assert name_of(client, "after")[0] == SUBJECT["name"]


def test_writes_go_to_the_server_that_takes_them(world):
    """Wherever it stands in the URL, which need not say what is wanted."""
    both = f"postgresql://postgres@/claims?host={world.standby.socket},{world.primary.socket}"
    with world.service(url=both) as service:
        client = world.client(service)
        client.put("subject", "whichever", SUBJECT)
        until(lambda: "Server-Timing" not in client.get("/v1/subjects").headers, 10, "changes are heard of")


def test_a_write_that_could_not_begin_is_told_as_not_done(world):
    """A pooler leads to a standby meanwhile, which refuses the settings that a transaction begins with."""
    with Pooler(world.url) as pooler, Service(pooler.url, "--pooled", "all", "--listen-url", world.url, "--threads", "1") as service:
        client = world.client(service)
        client.put("subject", "begun", SUBJECT)
        pooler.lead_to(world.read_url)
        for _ in range(2):
            refused = client.send("PUT", "/v1/subjects/never-begun", SUBJECT, {"If-None-Match": "*"})
            problem(refused, 503, "database-unavailable")
            assert refused.headers["Retry-After"]
        pooler.lead_to(world.url)
        client.put("subject", "begun-again", SUBJECT)


@contextlib.contextmanager
def dense_news(world):
    """Something is notified all the time, and what the state is takes longer to be told than until the next."""
    over = threading.Event()

    def notify():
        with Tables(world.url) as tables:
            while not over.wait(0.02):
                tables.run("SELECT pg_notify('claimd_data', quick_state())")
    with Tables(world.url) as tables, concurrent.futures.ThreadPoolExecutor() as pool:
        tables.run("ALTER FUNCTION data_state RENAME TO quick_state; CREATE FUNCTION data_state() RETURNS text LANGUAGE plpgsql AS "
                   "$$ BEGIN PERFORM pg_sleep(0.05); RETURN quick_state(); END $$")
        notified = pool.submit(notify)
        try:
            yield
        finally:
            over.set()
            notified.result()
            tables.run("DROP FUNCTION data_state; ALTER FUNCTION quick_state RENAME TO data_state")


def test_standbys_answer_however_often_something_changes(world):
    with world.service("--cache-bytes", "0") as service:
        client = world.client(service)
        until(lambda: client.get("/v1/subjects") and world.asked(world.standby), 5, "a read reaches the standby")
        with dense_news(world):
            time.sleep(4)   # longer than a standby is used of which nothing is known
            before = world.asked(world.primary)
            for _ in range(20):
                assert ";" not in version(client.get("/v1/subjects")), "the primary is taken to be silent"
                assert world.asked(world.primary) in (None, before)


# Writes that tell where they are ------------------------------------------------------------------

@contextlib.contextmanager
def begun(world, client, id):
    """A write that has been prepared and waits for others; it goes on behind the block. Its answer, to come."""
    with concurrent.futures.ThreadPoolExecutor() as pool, Tables(world.url, autocommit=False) as other:
        other.run("SELECT pg_advisory_xact_lock(hashtext('claimd.change'))")
        answer = pool.submit(client.send, "PUT", f"/v1/subjects/{id}", SUBJECT)
        until(lambda: other.waiting_for_advice(), 10, "the write waits")
        yield answer


def test_a_write_tells_its_version_though_nothing_can_be_asked_behind_it(held):
    with held.service("--request-timeout", "2000") as service:
        client = held.client(service)
        readers = []
        try:
            with begun(held, client, "told-itself") as answer:
                reader = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'claimd%%' AND query LIKE '%%prepare_write%%'"
                readers.append(held.primary_value(reader))
                os.kill(readers[0], signal.SIGSTOP)
            written = answer.result()
        finally:
            for each in readers:
                os.kill(each, signal.SIGCONT)
        assert written.status_code == 201 and version(written), written.headers
        assert name_of(client, "told-itself")[0] == SUBJECT["name"]


def test_what_may_have_been_written_is_looked_for_at_the_primary(held):
    """The connection is lost behind the commit."""
    with Proxy(held.primary.socket) as proxy:
        url = held.url.replace(held.primary.socket, proxy.folder)
        with held.service("--replica-lag", "60000", url=url) as service:
            client = held.client(service)
            for count in range(20):
                id = f"perhaps-{count}"
                with begun(held, client, id) as answer:
                    proxy.cut(DOWN, 1)
                written = held.primary_value("SELECT count(*) FROM subject WHERE id = %s", id)
                if answer.result().status_code != 201 and written:  # or something else was cut, or all before the commit
                    break
            assert answer.result().status_code in (503, 504) and written, answer.result().text
            assert name_of(client, id)[0] == SUBJECT["name"]


# While the primary is silent ----------------------------------------------------------------------

def test_what_is_kept_says_that_it_is_unconfirmed_once_it_is(world):
    with world.service("--replica-lag", "8000") as service:
        client = world.client(service)
        client.get("/v1/subjects")
        with world.silence():
            answer = client.get("/v1/subjects")
            until(lambda: "Server-Timing" not in client.get("/v1/subjects").headers, 10, "an answer comes from memory")
            until(lambda: version(client.get("/v1/subjects")).endswith(";unconfirmed"), 20, "it is unconfirmed")
            until(lambda: "Server-Timing" not in client.get("/v1/subjects").headers, 10, "an answer comes from memory again")
            assert version(client.get("/v1/subjects")).endswith(";unconfirmed")
            assert answer.json() == client.get("/v1/subjects").json()
        until(lambda: ";" not in version(client.get("/v1/subjects")), 10, "the primary is heard again")


def test_what_is_kept_changes_when_the_standby_does(held):
    """No notification tells of it, and nobody says which version he wants."""
    with held.service() as one:
        writer = held.client(one)
        etag = writer.put("subject", "kept-silently", SUBJECT).headers["ETag"]
        held.let_go()
        held.hold()
        with held.service() as other:
            reader = held.client(other)
            assert name_of(reader, "kept-silently")[0] == SUBJECT["name"]
            writer.put("subject", "kept-silently", {**SUBJECT, "name": "Another"}, etag)
            written = held.primary_value("SELECT pg_current_wal_flush_lsn()")
            until(lambda: held.standby_value("SELECT pg_last_wal_receive_lsn() >= %s::pg_lsn", written), 10, "the standby has received the change")
            with held.silence():
                until(lambda: "Last-Modified" in name_of(reader, "kept-silently")[1].headers, 10, "an answer is kept for longer than a second")
                end = time.monotonic() + 3  # it does not change by itself
                while time.monotonic() < end:
                    name, got = name_of(reader, "kept-silently")
                    assert name == SUBJECT["name"] and version(got).endswith(";unconfirmed")
                assert "Server-Timing" not in got.headers, "it does not come from memory"
                held.standby_value("SELECT pg_wal_replay_resume()")
                until(lambda: held.standby_value("SELECT name FROM subject WHERE id = 'kept-silently'") == "Another", 10, "the standby shows the change")
                assert until(lambda: name_of(reader, "kept-silently")[0] == "Another", 10, "the change shows") < 2
    held.let_go()
    held.hold()


def test_a_standby_that_is_behind_is_not_asked_the_same_again_and_again(held):
    with held.service("--request-timeout", "30000") as service:
        client = held.client(service)
        written = version(client.put("subject", "waited-for", SUBJECT))
        with held.silence(), concurrent.futures.ThreadPoolExecutor() as pool:
            answer = pool.submit(name_of, client, "waited-for", Data_Version=written)
            time.sleep(1)
            first = held.asked(held.standby)
            time.sleep(1)
            assert held.asked(held.standby) in (None, first) and not answer.done()
            held.standby_value("SELECT pg_wal_replay_resume()")
            assert answer.result()[0] == SUBJECT["name"]
    held.let_go()
    held.hold()


def test_a_wait_for_a_standby_ends_with_the_time_for_the_answer(held):
    with held.service("--request-timeout", "2000") as service:
        client = held.client(service)
        written = version(client.put("subject", "never-shown", SUBJECT))
        with held.silence():
            got = name_of(client, "never-shown", Data_Version=written)[1]
            problem(got, 503, "database-unavailable")
            assert got.elapsed.total_seconds() > 1.5


def test_a_wait_for_a_standby_ends_when_the_primary_is_back(held):
    with held.service("--request-timeout", "30000") as service, concurrent.futures.ThreadPoolExecutor() as pool:
        client = held.client(service)
        written = version(client.put("subject", "shown-by-the-primary", SUBJECT))
        with held.silence():
            answer = pool.submit(name_of, client, "shown-by-the-primary", Data_Version=written)
            with pytest.raises(concurrent.futures.TimeoutError):
                answer.result(1)
        assert answer.result()[0] == SUBJECT["name"]


def test_who_takes_what_was_right_before_does_not_wait_for_a_standby(held):
    patience = 15
    with held.service("--request-timeout", str(patience * 1000)) as service:
        client = held.client(service)
        client.put("subject", "kept-since", SUBJECT)
        until(lambda: "Server-Timing" not in name_of(client, "kept-since")[1].headers, 10, "the answer is kept")
        with held.silence():
            name, answer = name_of(client, "kept-since")
            assert name == SUBJECT["name"] and answer.headers["Age"]
            assert answer.elapsed.total_seconds() < patience / 2


def test_a_standby_does_not_say_who_may_read(held):
    """It may not know that a token was revoked, and changes of the data do not tell how far it is behind in that."""
    token = create_token(held.url, "leaked", "read")
    held.let_go()
    held.hold()
    assert claimd("token", "revoke", "--name", "leaked", DATABASE_URL=held.url).returncode == 0
    with held.service("--read", "token", "--request-timeout", "1000") as service:
        client = Client(service.answers(), token)
        problem(client.send("GET", "/v1/subjects"), 401, "unauthorized")
        with held.silence():
            assert client.send("GET", "/v1/subjects").status_code in (503, 504)
            until(lambda: service.status("/readyz") == 503, 5, "nobody can be answered, and it says so")
        service.answers()


@pytest.mark.parametrize("leave", [Cluster.stop, Cluster.freeze])
def test_the_key_of_cursors_is_had_from_a_standby(leave):
    with Cluster() as primary, primary.standby() as standby:
        world = World(primary, standby)
        with world.service() as service:
            target = world.client(service).get("/v1/claims?limit=3").json()["next"]
        leave(primary)
        standby.freeze()
        try:
            with world.service() as service, concurrent.futures.ThreadPoolExecutor() as pool:
                until(lambda: service.status("/healthz") == 200, 10, "the service is there")
                answer = pool.submit(Client(service).send, "GET", target)
                time.sleep(1)
                standby.thaw()
                assert answer.result().status_code == 200, answer.result().text
        finally:
            standby.thaw()
            primary.thaw()


def test_who_follows_changes_begins_by_a_standby_when_the_primary_does_not_say_where(world):
    with world.service() as service:
        client = world.client(service)
        client.put("subject", "followed", SUBJECT)
        until(world.is_level, 20, "the standby has what the primary has")
        world.primary.freeze()
        try:
            with service.wire(20) as wire:
                wire.get("/v1/changes", "Accept: text/event-stream")
                assert wire.head().status == 200
                world.primary.thaw()
                client.put("subject", "followed", {**SUBJECT, "name": "Further"}, "*")
                chunks, said = wire.chunks(), b""
                while b"followed" not in said:
                    said += next(chunks)
                assert said.count(b"followed") == 1, "the first change was before"
        finally:
            world.primary.thaw()


@pytest.mark.parametrize("leave", [Cluster.lose, Cluster.freeze])
def test_a_stream_goes_on_from_the_primary_when_its_standby_goes(leave):
    with Cluster() as primary, primary.standby() as standby:
        world = World(primary, standby)
        with Tables(world.url) as tables:
            tables.run("INSERT INTO scope (id, name, definition) SELECT 'many-' || n, 'x', repeat('y', 900) FROM generate_series(1, 20000) AS n")
        until(world.is_level, 20, "the standby has what the primary has")
        with world.service() as service:
            until(lambda client=world.client(service): world.read_from(client) == [standby], 10, "the standby is read from")
            with service.wire(20, window=8192) as wire:
                wire.get("/v1/scopes?format=ndjson")
                assert wire.head().status == 200
                chunks = wire.chunks()
                begun = next(chunks)
                leave(standby)
                lines = (begun + b"".join(chunks)).splitlines()
        standby.thaw()
        assert [json.loads(line)["id"] for line in lines] == [row["id"] for row in world.primary_value("SELECT json_agg(json_build_object('id', id) ORDER BY id) FROM scope")]


# Several standbys ---------------------------------------------------------------------------------

BOUND_S = 2  # --replica-lag


@contextlib.contextmanager
def pair():
    """A primary with two standbys, a client of it, and one of a service that reads from the two."""
    with Cluster() as primary, primary.standby() as one, primary.standby() as other:
        world = World(primary, one, other)
        with Service(world.url, "--threads", "1") as writing, world.service("--cache-bytes", "0") as reading:
            writer, reader = world.client(writing), world.client(reading)
            writer.put("subject", "count", {**SUBJECT, "name": "0"})
            for each in world.standbys:
                until(lambda each=each: world.is_level(each), 20, "the standby has what the primary has")
            yield world, writer, reader


class Counting(Busy):
    """One who counts up, and readers of that, none of whom may be shown what had been over for longer than the bound when he asked."""

    def __init__(self, writer, reader):
        super().__init__(self._count(writer), *(self._read(reader) for _ in range(3)))
        self.acknowledged = [time.monotonic()]  # when it was counted so far
        self.reads = 0

    def _count(self, client):
        for count in itertools.count(1):
            client.put("subject", "count", {**SUBJECT, "name": str(count)}, "*")
            self.acknowledged.append(time.monotonic())
            yield time.sleep(0.02)

    def _read(self, client):
        while True:
            over = time.monotonic() - BOUND_S
            least = max(0, sum(at < over for at in self.acknowledged) - 1)
            name, got = name_of(client, "count")
            assert got.status_code == 200 and int(name) >= least, f"{least} had been acknowledged {BOUND_S} s before: {got.text} {got.headers}"
            self.reads += 1
            yield

    def goes_on(self, seconds):
        """Reads are answered for so long, at any time of it, and well."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            before = self.reads
            until(lambda: self.faults or self.reads > before + 3, 3, "reads are answered")
            assert not self.faults, self.faults[:3]


def read_and_not(world, client):
    """The standby that reads go to, and the other one."""
    until(lambda: world.read_from(client) in ([each] for each in world.standbys), 10, "one standby is read from")
    [one] = world.read_from(client)
    return one, next(each for each in world.standbys if each is not one)


def test_reads_go_on_from_the_other_standby_when_one_is_lost():
    with pair() as (world, writer, reader):
        lost, left = read_and_not(world, reader)
        with Counting(writer, reader) as counting:
            counting.goes_on(BOUND_S + 1)
            lost.lose()
            counting.goes_on(BOUND_S + 1)
        until(lambda: world.read_from(reader) == [left], 10, "the other standby is read from")


def test_a_standby_that_is_behind_does_not_stand_in_for_one_that_is_lost():
    """The primary does, until it has come so far."""
    with pair() as (world, writer, reader):
        lost, left = read_and_not(world, reader)
        world.hold(left)
        with Counting(writer, reader) as counting:
            counting.goes_on(BOUND_S + 1)
            lost.lose()
            counting.goes_on(BOUND_S + 1)
            assert world.read_from(reader) == [world.primary]
            world.let_go(left)
            counting.goes_on(1)
        until(lambda: world.read_from(reader) == [left], 10, "the other standby is read from")


def test_the_other_standby_answers_when_one_is_lost_while_the_primary_is_silent():
    with pair() as (world, _, reader):
        lost, left = read_and_not(world, reader)
        with world.silence():
            lost.lose()
            # Whoever connects to a server in the moment of its end may be refused, until the next one is tried.
            until(lambda: name_of(reader, "count")[1].status_code == 200, 3, "reads are answered")
            end = time.monotonic() + 3
            while time.monotonic() < end:
                name, got = name_of(reader, "count")
                assert got.status_code == 200 and name == "0", got.text
                assert got.elapsed.total_seconds() < 3
            assert world.asked(left)
