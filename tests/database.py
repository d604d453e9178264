"""PostgreSQL for tests: migrations in dbmate's format, and databases that are made for one test run."""
import contextlib
import functools
import hashlib
import os
import pathlib
import re
import urllib.parse

import psycopg2
import psycopg2.extensions

MIGRATIONS = tuple(sorted((pathlib.Path(__file__).parent.parent / "migrations").glob("*.sql")))
SEEDLESS = tuple(migration for migration in MIGRATIONS if "seed" not in migration.stem)
PARTS = re.compile(r"^-- migrate:up$(?P<up>.*?)^-- migrate:down$(?P<down>.*)\Z", re.DOTALL | re.MULTILINE)

# The process that all others of a run of tests come from; what they share is named by it.
RUN = os.environ.setdefault("CLAIMD_TEST_RUN", str(os.getpid()))


def part(migration, direction):
    """The SQL of a migration file in one direction, 'up' or 'down'."""
    return PARTS.search(migration.read_text(encoding="utf-8"))[direction]


def version(migration):
    """What dbmate records of a migration file."""
    return migration.name.split("_")[0]


def connect(url, autocommit=False):
    connection = psycopg2.connect(url)
    connection.autocommit = autocommit
    return connection


def execute(url, *statements):
    """Runs statements that do not stand in a transaction, such as CREATE DATABASE."""
    connection = connect(url, autocommit=True)
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()


@contextlib.contextmanager
def closed(server_url, url):
    """Nobody new is let into the database."""
    name = psycopg2.extensions.parse_dsn(url)["dbname"]
    execute(server_url, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    try:
        yield
    finally:
        execute(server_url, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@contextlib.contextmanager
def deserted(server_url, url):
    """Nor does anybody stay in it."""
    with closed(server_url, url):
        execute(server_url, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{psycopg2.extensions.parse_dsn(url)['dbname']}'")
        yield


def folder(url):
    """Where the server keeps its data: another one for each."""
    connection = connect(url, autocommit=True)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW data_directory")
            return cursor.fetchone()[0]
    finally:
        connection.close()


def apply(url, migrations):
    """Applies migrations in order, each in a transaction of its own, and records them as dbmate does."""
    connection = connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS schema_migrations (version varchar(128) PRIMARY KEY)")
        for migration in migrations:
            with connection, connection.cursor() as cursor:
                cursor.execute(part(migration, "up"))
                cursor.execute("INSERT INTO schema_migrations VALUES (%s)", [version(migration)])
    finally:
        connection.close()


def revert(url, migrations):
    """Takes migrations back, the last one first."""
    connection = connect(url)
    try:
        for migration in reversed(migrations):
            with connection, connection.cursor() as cursor:
                cursor.execute(part(migration, "down"))
                cursor.execute("DELETE FROM schema_migrations WHERE version = %s", [version(migration)])
    finally:
        connection.close()


def with_name(url, name):
    """The URL of another database of the same server."""
    parts = urllib.parse.urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}/{name}{query}"


def copy(server_url, template, name):
    execute(server_url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")


def drop(server_url, *names):
    execute(server_url, *(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in names))


@functools.cache
def template(server_url, migrations):
    """The name of a database with these migrations: to copy it takes a tenth of the time that they take. Whoever of a run wants it first makes it."""
    name = f"claimd_template_{RUN}_{hashlib.sha256(repr(migrations).encode()).hexdigest()[:16]}"
    with contextlib.closing(connect(server_url, autocommit=True)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        if not cursor.rowcount:
            copy(server_url, "template1", f"{name}_unfinished")
            apply(with_name(server_url, f"{name}_unfinished"), migrations)
            cursor.execute(f"ALTER DATABASE {name}_unfinished RENAME TO {name}")
    return name


def templates(server_url):
    """The names of those that this run has made."""
    with contextlib.closing(connect(server_url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"claimd_template_{RUN}_"])
        return [name for name, in cursor]
