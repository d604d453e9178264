"""Fixtures for all tests: the database server of DATABASE_URL, throw-away databases on it, and services over them."""
import itertools
import os

import database
import pytest

from contract import TREE, Contract
from desk import furnish, opened
from service import Api, Service, claimd


# What takes longest, by waiting or by what the database has to do.
LONGEST = ["test_outage", "test_outage_unanswered", "test_outage_writes", "test_memory", "test_properties", "test_standbys", "test_lifecycle", "test_walks", "test_streams", "test_search_query",
           "test_settlement", "test_arithmetic"]


def pytest_collection_modifyitems(items):
    """Modules of the pages, which keep the processors busy, among the others, which wait a lot: several run at once. The longest come first, so that none
    of them goes on alone at the end."""
    modules = list(dict.fromkeys(item.path for item in items))
    browsing = [module for module in modules if module.parent.name == "web"]
    others = sorted((module for module in modules if module not in browsing), key=lambda module: module.stem not in LONGEST)
    step = len(others) / max(len(browsing), 1)
    place = {module: (number * step, 0) for number, module in enumerate(browsing)} | {module: (number, 1) for number, module in enumerate(others)}
    items.sort(key=lambda item: place[item.path])


@pytest.fixture(scope="session")
def server_url():
    """The server to make databases on; DATABASE_URL names it, and a role there that may."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        pytest.fail("DATABASE_URL is not set: it has to name a PostgreSQL server on which tests may create databases")
    return url


def pytest_unconfigure():
    url = os.environ.get("DATABASE_URL")
    if url and database.RUN == str(os.getpid()):
        database.drop(url, *database.templates(url))


@pytest.fixture(scope="session")
def fresh_database(server_url):
    """A function that creates a database, applies migrations to it (all, unless told which), and returns its URL."""
    numbers = itertools.count(1)
    names = []

    def create(migrations=database.MIGRATIONS):
        names.append(f"claimd_test_{os.getpid()}_{next(numbers)}")
        database.copy(server_url, database.template(server_url, migrations), names[-1])
        return database.with_name(server_url, names[-1])

    yield create
    database.drop(server_url, *names)


@pytest.fixture(scope="session")
def seeded_url(fresh_database):
    """One database with every migration, the seed included. It is shared: tests read it and change nothing."""
    return fresh_database()


@pytest.fixture(scope="session")
def contract():
    return Contract((TREE / "openapi.yaml").read_text())


@pytest.fixture(scope="session")
def database_url(fresh_database):
    """The database that the service reads, made by the service's own migrations."""
    url = fresh_database(())
    migrated = claimd("migrate", "up", DATABASE_URL=url)
    assert migrated.returncode == 0, migrated.stderr
    return url


@pytest.fixture(scope="session")
def service(database_url):
    with Service(database_url) as service:
        yield service.answers()


@pytest.fixture(scope="session")
def api(service, contract):
    return Api(service, contract)


@pytest.fixture(scope="module")
def url(fresh_database):
    """A seeded database of the module's own."""
    return fresh_database()


@pytest.fixture(scope="module")
def desk(url, request):
    """One who writes, at a service of the module's own, with the options that the module's SERVICE says."""
    with opened(url, *getattr(request.module, "SERVICE", [])) as client:
        furnish(client)
        yield client
