"""What the tests of the seed share: the rows of a database with every migration, and what a comparison finds in it"""
import database
import psycopg2.extras
import pytest


@pytest.fixture(scope="session")
def rows(seeded_url):
    """A query's rows, with the columns as attributes."""
    connection = database.connect(seeded_url, autocommit=True)

    def fetch(query, *arguments):
        with connection.cursor(cursor_factory=psycopg2.extras.NamedTupleCursor) as cursor:
            cursor.execute(query, arguments)
            return cursor.fetchall()
    yield fetch
    connection.close()


@pytest.fixture(scope="session")
def compared(rows):
    """What the comparison with that id finds."""
    def find(id):
        [outcome] = rows("SELECT outcome.* FROM comparison_set, compare(claims, baseline_id) AS outcome WHERE id = %s", id)
        return outcome
    return find
