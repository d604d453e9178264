"""Fixtures for all tests: the database server of DATABASE_URL, and throw-away databases on it."""
import itertools
import os

import database
import pytest


@pytest.fixture(scope="session")
def server_url():
    """The server to make databases on; DATABASE_URL names it, and a role there that may."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        pytest.fail("DATABASE_URL is not set: it has to name a PostgreSQL server on which tests may create databases")
    return url


@pytest.fixture(scope="session")
def fresh_database(server_url):
    """A function that creates a database, applies migrations to it (all, unless told which), and returns its URL."""
    numbers = itertools.count(1)
    names = []

    def create(migrations=None):
        name = f"claimd_test_{os.getpid()}_{next(numbers)}"
        database.execute(server_url, f"CREATE DATABASE {name}")
        names.append(name)
        url = database.with_name(server_url, name)
        database.apply(url, database.MIGRATIONS if migrations is None else migrations)
        return url

    yield create
    database.execute(server_url, *(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in names))


@pytest.fixture(scope="session")
def seeded_url(fresh_database):
    """One database with every migration, the seed included. It is shared: tests read it and change nothing."""
    return fresh_database()
