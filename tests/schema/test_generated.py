"""The claims that benches are measured on: loaded past all checks, they are what checks and triggers would have let them be"""
import pathlib
import sys

import database as databases

BENCH = pathlib.Path(__file__).parents[2] / "bench"
COUNT = 1_000
KEPT_FOR_SERVICES = ("change", "schema_migrations")
# A count is entered in parts, which are put together at times of their own.
# In how many changes something comes does not change what is there.
ROWS = {"revision": "SELECT kind, id, action FROM revision",
        "tally": "SELECT counted, id, sum(number) AS number FROM tally GROUP BY counted, id HAVING sum(number) <> 0"}


sys.path.append(str(BENCH))
import claims  # noqa: E402 the bench's
import loading  # noqa: E402


def load_with_all_checks(url, folder):
    """In one transaction, at whose end each claim has to have those whom it is attributed to, who come after it."""
    files = [name for together in loading.TABLES for name in together]
    files.remove("attribution")
    files.insert(files.index("claim.2") + 1, "attribution")
    connection = databases.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            for name in files:
                with (folder / name).open() as rows:
                    cursor.copy_expert(loading.copy_command(folder / name), rows)
    finally:
        connection.close()


def content(url):
    """All rows of all tables as text, without the time at which a migration made them, and the change that they are of."""
    connection = databases.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL (%s)", [list(KEPT_FOR_SERVICES)])
            tables = [name for name, in cursor.fetchall()]
            rows = {}
            for name in tables:
                cursor.execute(f"SELECT (to_jsonb(row) - 'created_at' - 'since')::text FROM ({ROWS.get(name, f'TABLE {name}')}) AS row ORDER BY 1")
                rows[name] = [row for row, in cursor.fetchall()]
            return rows
    finally:
        connection.close()


def test_all_that_is_loaded_past_the_checks_passes_them(fresh_database, tmp_path):
    quick, checked = fresh_database(), fresh_database()
    loading.load(quick, COUNT)
    claims.generate(COUNT, tmp_path)
    load_with_all_checks(checked, tmp_path)
    expected, found = content(checked), content(quick)
    assert expected.keys() == found.keys()
    for table, rows in expected.items():
        assert found[table] == rows, table
    assert len(expected["claim"]) > COUNT
