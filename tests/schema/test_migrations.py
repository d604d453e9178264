"""Migrations: named in order, and each is taken back without a trace."""
import re
import subprocess

import database
import pytest

CATALOGUE = """
    SELECT 'relation', relkind::text, relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'function', pg_get_function_identity_arguments(oid), proname
              FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'type', typtype::text, typname FROM pg_type WHERE typnamespace = 'public'::regnamespace
    UNION ALL SELECT 'constraint', conrelid::regclass::text, conname
              FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'column', attrelid::regclass::text, attname
              FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
              WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
"""


def contents(url):
    """Every object of a database, and how many rows each table has but the one that enters each change."""
    connection = database.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(CATALOGUE)
            objects = set(cursor.fetchall())
            tables = sorted(name for sort, kind, name in objects if (sort, kind) == ("relation", "r") and name not in ("data_change", "change"))
            rows = {}
            for table in tables:
                cursor.execute(f"SELECT count(*) FROM {table}")
                rows[table] = cursor.fetchone()[0]
            return objects, rows
    finally:
        connection.close()


def test_names_are_numbered_without_gaps():
    assert database.MIGRATIONS
    for number, migration in enumerate(database.MIGRATIONS, start=1):
        assert re.fullmatch(rf"{number:04}_[a-z0-9]+(_[a-z0-9]+)*\.sql", migration.name)


@pytest.mark.parametrize("migration", database.MIGRATIONS, ids=lambda migration: migration.stem)
def test_has_both_directions(migration):
    for direction in ("up", "down"):
        assert database.part(migration, direction).strip(), direction


def test_each_migration_is_taken_back_without_a_trace(fresh_database):
    url = fresh_database(())
    for migration in database.MIGRATIONS:
        before = contents(url)
        database.apply(url, [migration])
        assert contents(url) != before, migration.name
        database.revert(url, [migration])
        assert contents(url) == before, migration.name
        database.apply(url, [migration])


def test_all_migrations_taken_back_leave_an_empty_database(fresh_database):
    url = fresh_database(())
    empty = contents(url)
    for _ in range(2):
        database.apply(url, database.MIGRATIONS)
        database.revert(url, database.MIGRATIONS)
        assert contents(url) == empty


def test_a_dump_restores(fresh_database, seeded_url):
    """A backup is worth what it restores to; PostgreSQL restores with an empty search_path."""
    restored = fresh_database(())
    database.execute(restored, "DROP TABLE schema_migrations")
    dump = subprocess.run(["pg_dump", "--no-owner", seeded_url], capture_output=True, check=True).stdout
    subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", restored], input=dump, stdout=subprocess.DEVNULL, check=True)
    assert contents(restored) == contents(seeded_url)
