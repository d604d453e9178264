"""Fixtures for tests of outages: a server that goes and comes back, and databases on it"""
import itertools

import database
import pytest

from cluster import Cluster
from desk import Client, create_token, furnish
from service import Service

TEMPLATE, NUMBERS = "template_of_outages", itertools.count(1)


@pytest.fixture(scope="module")
def cluster():
    with Cluster() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def template(cluster):
    """A database with what desks refer to, for others to be copied from."""
    url = cluster.database(TEMPLATE)
    with Service(url) as service:
        furnish(Client(service.answers(), create_token(url, "furnisher")))
    return TEMPLATE


@pytest.fixture
def own(cluster, template):
    """A database of the test's own, on a server that is there again when the test is over."""
    name = f"outage_{next(NUMBERS)}"
    database.copy(cluster.url, template, name)
    url = database.with_name(cluster.url, name)
    yield url
    cluster.thaw()
    if not cluster.is_up():
        cluster.start()
    database.drop(cluster.url, name)
