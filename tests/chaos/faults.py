"""THE table of what breaks, and how"""
import contextlib
import dataclasses
import errno
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import threading
import time
import typing

import psycopg2
import pytest

import database
import misuse
import starvation
from balancer import Balancer
from cluster import Cluster
from cuts import cut_connections, cut_openings, cut_transactions
from desk import Tables
from load import STALE
from proxy import Proxy
from scene import FLAGS, Ground
from service import FAKETIME, INSTRUMENTED, Service, free_port, until

IDLE = 10_000  # connections that say nothing


class Stage:
    """What a fault has at hand: a database, a service, its clients, and how long to go on."""

    def __init__(self, cluster, ground, seconds, flags=FLAGS, url=None, **settings):
        self.cluster, self.ground, self.seconds = cluster, ground, seconds
        self.flags, self.settings = flags, settings
        self.url = url or ground.url
        self.listens = self.port = free_port()  # clients ask at the port, which may be that of something in front
        self.grace = 0
        self.again()

    def __enter__(self):
        self.service.answers()
        return self

    def __exit__(self, *_):
        with self.service:
            pass

    def again(self):
        """A process in the place of the service, as a supervisor would start it."""
        self.service = Service(self.url, *self.flags, port=self.listens, **self.settings)

    def sql(self, *statements):
        database.execute(self.ground.url, *statements)

    def value(self, query):
        with Tables(self.ground.url) as tables:
            return tables.value(query)

    def until_over(self, pause=0.0):
        """Once now, and again for as long as the fault lasts."""
        end = time.monotonic() + self.seconds
        while time.monotonic() < end:
            yield
            time.sleep(pause)


# Stages -----------------------------------------------------------------------------------------


@contextlib.contextmanager
def plain(cluster, ground, seconds):
    with Stage(cluster, ground, seconds) as stage:
        yield stage


@contextlib.contextmanager
def wide(cluster, ground, seconds):
    """Room for many clients, of one address, who may say nothing for a while."""
    with Stage(cluster, ground, seconds, (*FLAGS, "--max-connections", str(IDLE), "--address-connections", "0", "--head-timeout", "60")) as stage:
        yield stage


@contextlib.contextmanager
def bounded(_cluster, _ground, seconds):
    """A database on a disk of its own, that can be filled."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a disk to fill")
    home = pathlib.Path("/tmp") / f"claimd-disk-{os.getpid()}"
    home.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400m,mode=711", "tmpfs", home], check=False, stderr=subprocess.PIPE, text=True)
    if mounted.returncode:
        home.rmdir()
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
    try:
        with Cluster(home / "cluster", max_wal_size="64MB") as cluster, Stage(cluster, Ground(cluster.database("chaos")), seconds) as stage:
            stage.disk = home
            yield stage
    finally:
        subprocess.run(["umount", "--lazy", home], check=True)
        home.rmdir()


@contextlib.contextmanager
def doubled(_cluster, _ground, seconds):
    """A primary that acknowledges what its standby has, too."""
    with Cluster() as primary:
        url = primary.database("chaos")
        with primary.standby() as standby:
            database.execute(primary.url, "ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
            both = f"{url},{standby.socket}&target_session_attrs=read-write"
            with Stage(primary, Ground(both), seconds) as stage:
                stage.standby = standby
                yield stage


@contextlib.contextmanager
def proxied(cluster, ground, seconds):
    """A proxy between the service and its database, one connection for reading and one for writing."""
    with Proxy(cluster.socket) as proxy:
        url = ground.url.partition("?")[0] + f"?host={proxy.folder}"
        with Stage(cluster, ground, seconds, ("--threads", "1", "--request-timeout", "2000", "--cache-bytes", "0"), url) as stage:
            stage.proxy = proxy
            yield stage


@contextlib.contextmanager
def timed(cluster, ground, seconds):
    """A clock that can be set."""
    if not FAKETIME.exists() or INSTRUMENTED:
        pytest.skip("libfaketime is not there, or a sanitizer is, which does not go with it")
    file = pathlib.Path("/tmp") / f"claimd-clock-{os.getpid()}"
    file.write_text("+0")
    try:
        with Stage(cluster, ground, seconds, LD_PRELOAD=str(FAKETIME), FAKETIME_TIMESTAMP_FILE=str(file), FAKETIME_NO_CACHE="1", DONT_FAKE_MONOTONIC="1",
                   FAKETIME_DONT_FAKE_MONOTONIC="1") as stage:
            stage.clock = file
            yield stage
    finally:
        file.unlink()


@contextlib.contextmanager
def balanced(cluster, ground, seconds):
    """Two services behind a balancer, that have time for all that is under way."""
    flags = ("--threads", "2")
    with Stage(cluster, ground, seconds, flags) as stage, Stage(cluster, ground, seconds, flags) as other, Balancer([stage.port, other.port]) as balancer:
        stage.services, stage.port, stage.grace = [stage, other], balancer.port, STALE
        yield stage


# The database -----------------------------------------------------------------------------------


def killed(stage):
    stage.cluster.kill()
    time.sleep(stage.seconds)
    stage.cluster.start()


def frozen(stage):
    stage.cluster.freeze()
    time.sleep(stage.seconds)
    stage.cluster.thaw()


def restarted(stage):
    """Every two seconds."""
    for _ in stage.until_over(2):
        stage.cluster.restart("immediate")


def failed_over(stage):
    stage.cluster.lose()
    time.sleep(stage.seconds)
    stage.standby.promote()


def crowded_out(stage):
    """Others take all connections that there are, and then the service loses its own."""
    others = []
    with contextlib.ExitStack() as closing:
        own = closing.enter_context(contextlib.closing(database.connect(stage.cluster.url, autocommit=True)))
        for _ in stage.until_over():
            try:
                others.append(closing.enter_context(contextlib.closing(database.connect(stage.cluster.url))))
            except psycopg2.OperationalError:
                own.cursor().execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'claimd%'")
    assert len(others) > 50


def fill(ballast):
    try:
        with ballast.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(1 << 20))
    except OSError as error:
        assert error.errno == errno.ENOSPC


def filled(stage):
    """Its disk is full, for as long as it takes until what the database has set aside is used up."""
    ballast = stage.disk / "ballast"
    try:
        for _ in stage.until_over(0.1):
            fill(ballast)
        until(lambda: fill(ballast) or stage.scene.tally.counts["honest"], 30, "somebody lacks the room")
    finally:
        ballast.unlink()
        stage.cluster.start()  # it may have given up
        until(stage.cluster.is_up, 30, "the database is up")


def past_deadlocks(step, undo=lambda: None):
    """Takes a step, anew as often as the database ends it for the sake of others."""
    while True:
        try:
            return step()
        except (psycopg2.errors.DeadlockDetected, psycopg2.errors.SerializationFailure):
            undo()


def cancelled(stage):
    """Statements take too long, wherever they are."""
    ended = sum(stage.value("SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'claimd%' AND state = 'active'")
                for _ in stage.until_over(0.005))
    assert ended > 10, f"{ended} statements were cancelled"


def locked(stage):
    """Every table, by somebody who takes his time."""
    connection = database.connect(stage.ground.url)
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(quote_ident(schemaname) || '.' || quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname IN ('public', 'history')")
        tables = cursor.fetchone()[0]
        connection.rollback()
        past_deadlocks(lambda: cursor.execute(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE"), connection.rollback)
        time.sleep(stage.seconds)
        connection.rollback()


def migrating(stage):
    """The last migration is taken back and applied again, with others at work. The key of cursors that it made is put back, as what is right of the
    ground has cursors sealed by that."""
    with Tables(stage.ground.url) as tables:
        key = tables.value("SELECT key FROM secret")
    last = database.MIGRATIONS[-1:]
    done = False
    for _ in stage.until_over(0.2):
        for step in (database.revert, database.apply):
            past_deadlocks(lambda: step(stage.ground.url, last))  # pylint: disable=cell-var-from-loop
        done = True
    assert done
    with Tables(stage.ground.url) as tables:
        tables.run("UPDATE secret SET key = %s", key)


def altered(stage):
    """A long migration, which changes tables and commits late."""
    connection = database.connect(stage.ground.url)
    with contextlib.closing(connection), connection.cursor() as cursor:
        change = "ALTER TABLE {0} ADD chaos int; ALTER TABLE {0} DROP chaos;"
        past_deadlocks(lambda: cursor.execute(change.format("claim") + change.format("subject")), connection.rollback)
        time.sleep(stage.seconds)
        connection.commit()


def deafened(stage):
    """The connections that listen are ended again and again."""
    ended = sum(stage.value("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'claimd%'"
                          " AND (query LIKE 'LISTEN%' OR query LIKE '%data_state%')") for _ in stage.until_over(0.3))
    assert ended > 1, f"{ended} connections that listen were ended"


def silenced(stage):
    """Nothing is notified."""
    connection = database.connect(stage.ground.url, autocommit=True)
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('change_is_made()'::regprocedure)")
        told = cursor.fetchone()[0]
        untold = re.sub(r"PERFORM pg_notify\([^;]*;", "", told)
        assert untold != told
        cursor.execute(untold)
        try:
            time.sleep(stage.seconds + STALE)
        finally:
            cursor.execute(told)


# Clients ----------------------------------------------------------------------------------------


def misused(stage):
    """By clients that are slow, silent, half-closed, and that reset."""
    over = threading.Event()
    threads = [threading.Thread(target=client, args=[stage, over]) for client in misuse.CLIENTS for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(stage.seconds)
    over.set()
    for thread in threads:
        thread.join()


def cut_off(stage):
    """By clients whose connection ends at every byte of a request and of an answer, in good order and not."""
    for known in (stage.ground.truth.answers[0], stage.ground.truth.answers[-2]):
        misuse.cut_requests(stage.port, known)
        misuse.cut_answers(stage.port, known)


def idled(stage):
    """By clients that connect and say nothing."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit[1] < IDLE + 1000:
        pytest.skip(f"a process may open {limit[1]} files here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit[1], limit[1]))
    with contextlib.ExitStack() as closing:
        for _ in range(IDLE):
            closing.enter_context(socket.create_connection(("127.0.0.1", stage.port), 10))
        until(lambda: descriptors(stage.service.process.pid) > IDLE, 10, "all are taken in")
        time.sleep(stage.seconds)
    resource.setrlimit(resource.RLIMIT_NOFILE, limit)


# The process ------------------------------------------------------------------------------------


def descriptors(process):
    """How many files it has open."""
    return len(os.listdir(f"/proc/{process}/fd"))


def impoverished(stage):
    """It may open no further files, connections included."""
    process = stage.service.process.pid
    before, most, seen = resource.prlimit(process, resource.RLIMIT_NOFILE), descriptors(process) + 1, 0
    resource.prlimit(process, resource.RLIMIT_NOFILE, (most, before[1]))
    with contextlib.ExitStack() as closing:
        for _ in stage.until_over(0.05):
            closing.enter_context(socket.create_connection(("127.0.0.1", stage.port), 5))
            seen = max(seen, descriptors(process))
        assert seen >= most, f"{seen} of {most} descriptors were taken"
        stage.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'claimd%'")
        time.sleep(0.5)
    resource.prlimit(process, resource.RLIMIT_NOFILE, before)


def starved(stage):
    """Each allocation of a request fails in turn."""
    starvation.starve(stage)


def clock_set(stage):
    """Its clock jumps, by up to years."""
    years = set()
    for shift in ("+1d", "-1d", "+10y", "-5y", "+90", "+0"):
        stage.clock.write_text(shift)
        time.sleep(max(0.3, stage.seconds / 6))
        with stage.service.wire() as wire:
            wire.get("/healthz")
            years.add(wire.answer().headers["Date"].split()[3])
    assert len(years) == 3, f"it was {years}"


def signalled(number):
    """It is told to end, does so in good order, and another one is started."""
    def ended(stage):
        stage.service.stop(number)
        stage.again()
        stage.service.answers()
    return ended


def reloaded(stage):
    """SIGHUP, which ends nothing."""
    for _ in stage.until_over(0.2):
        stage.service.process.send_signal(signal.SIGHUP)
    assert stage.service.process.poll() is None, "SIGHUP has ended the service"


def slain(stage):
    """It is killed again and again, and started each time."""
    for _ in stage.until_over(1):
        stage.service.process.kill()
        stage.service.process.wait()
        stage.again()
        stage.service.answers()


def drained(stage):
    """One of two services behind a balancer after the other is told to end, and replaced."""
    for _ in stage.until_over(0.2):
        for each in stage.services:
            each.service.stop()
            each.again()
            each.service.answers()
            time.sleep(0.2)


# The table --------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Fault:
    """`run` returns when the fault is over. `cuts`: connections of clients may end meanwhile. `quiet`: it asks by itself, and the load comes behind it. `unseen`: no client
    may notice, not even by an honest failure."""
    run: typing.Callable
    stage: typing.Callable = plain
    cuts: bool = False
    quiet: bool = False
    unseen: bool = False


FAULTS = {
    "database killed": Fault(killed),
    "database frozen": Fault(frozen),
    "database restarted every 2 s": Fault(restarted),
    "database failed over": Fault(failed_over, doubled),
    "out of connections": Fault(crowded_out),
    "disk full": Fault(filled, bounded),
    "statements cancelled": Fault(cancelled),
    "every table locked": Fault(locked),
    "migration down and up": Fault(migrating),
    "migration that takes long": Fault(altered),
    "listeners ended": Fault(deafened),
    "notifications suppressed": Fault(silenced),
    "pipeline cut at every byte": Fault(cut_connections, proxied, quiet=True),
    "transaction cut at every byte": Fault(cut_transactions, proxied, quiet=True),
    "opening cut at every byte": Fault(cut_openings, proxied, quiet=True),
    "clients misbehave": Fault(misused),
    "clients cut at every byte": Fault(cut_off),
    "10000 idle clients": Fault(idled, wide),
    "descriptors exhausted": Fault(impoverished, cuts=True),
    "memory exhausted": Fault(starved, cuts=True, quiet=True),
    "clock set": Fault(clock_set, timed),
    "SIGTERM": Fault(signalled(signal.SIGTERM), cuts=True),
    "SIGINT": Fault(signalled(signal.SIGINT), cuts=True),
    "SIGHUP": Fault(reloaded, unseen=True),
    "kill -9": Fault(slain, cuts=True),
    "drain behind a balancer": Fault(drained, balanced, unseen=True),
}
