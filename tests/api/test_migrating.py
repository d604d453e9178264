"""Migrations beside a service that goes on: one that does not get its locks keeps nobody waiting, and comes to its end when it can"""
import json
import subprocess
import time

import database

from desk import Tables
from service import BINARY, environment, until

PATIENCE = 3  # seconds that nobody waits behind a migration: it gives up after one
READ = "LOCK TABLE past.claim IN ACCESS SHARE MODE"  # as each query of it does
LAST = max(number for number, migration in enumerate(database.MIGRATIONS) if "make_past" in database.part(migration, "up"))


def pending(url):
    return subprocess.run([BINARY, "migrate", "status"], env=environment(DATABASE_URL=url), stdout=subprocess.PIPE, text=True, check=True).stdout.count("pending")


def test_a_lock_that_others_hold_keeps_the_migration_waiting_and_nobody_else(fresh_database):
    """A report that reads for long, say, as of some moment: the migration has to replace what it reads."""
    url = fresh_database(database.MIGRATIONS[:LAST])
    with Tables(url, autocommit=False) as report, Tables(url) as others:
        report.run(READ)
        migrating = subprocess.Popen([BINARY, "migrate", "up"], env=environment(DATABASE_URL=url), stderr=subprocess.PIPE, text=True)
        others.run(f"SET statement_timeout = '{PATIENCE}s'")
        waited, began = 0, time.monotonic()
        while time.monotonic() - began < (2 * PATIENCE if waited else 60):
            waited += others.locks("NOT granted")
            others.run(f"BEGIN; {READ}; COMMIT")
        assert waited and migrating.poll() is None and pending(url)
        report.connection.rollback()
        _, told = migrating.communicate(timeout=60)
    assert migrating.returncode == 0 and not pending(url), told
    events = [json.loads(line) for line in told.splitlines()]
    assert [event["level"] for event in events if event["event"] == "migration-waits"], told


def test_a_migration_that_fails_is_not_tried_again(fresh_database):
    url = fresh_database(database.MIGRATIONS[:LAST])
    with Tables(url) as tables:
        tables.run("DROP FUNCTION make_past CASCADE")
        migrating = subprocess.Popen([BINARY, "migrate", "up"], env=environment(DATABASE_URL=url), stderr=subprocess.PIPE, text=True)
        _, told = migrating.communicate(timeout=60)
        assert migrating.returncode == 1 and "make_past" in told and "migration-waits" not in told
        until(lambda: not tables.locks("mode = 'AccessExclusiveLock'"), 5, "no lock is left")
    assert pending(url)
