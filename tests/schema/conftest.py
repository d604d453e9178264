"""Fixtures for tests of the schema: a database without a seed, and a small world in it."""
import database
import pytest
from world import World


@pytest.fixture(scope="session")
def schema_url(fresh_database):
    return fresh_database(database.SEEDLESS)


@pytest.fixture
def world(schema_url):
    connection = database.connect(schema_url)
    try:
        with connection.cursor() as cursor:
            yield World(cursor)
    finally:
        connection.close()
