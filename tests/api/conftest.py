"""What the black-box tests share: the tables behind the service, targets that answer, and crowds of rows"""
from urllib.parse import quote

import database
import pytest

from contract import READ
from crowd import Crowd, settle
from service import SANITIZER, Api, Service


@pytest.fixture(scope="session")
def rows(database_url):
    """A query's rows, straight from the tables: the reference for what the service says."""
    connection = database.connect(database_url, autocommit=True)

    def fetch(query, *arguments):
        with connection.cursor() as cursor:
            cursor.execute(query, arguments)
            return cursor.fetchall()
    yield fetch
    connection.close()


@pytest.fixture(scope="session")
def column(rows):
    """A query's first column."""
    return lambda query, *arguments: [row[0] for row in rows(query, *arguments)]


@pytest.fixture(scope="module")
def clean_log(service):
    """Whatever a module's tests send, the service finds no fault with itself."""
    before = len(service.log())
    yield
    log = service.log()[before:]
    assert not SANITIZER.search(log), log[-5000:]
    assert not [line for line in log.splitlines() if '"level":"error"' in line or '"event":"query-failed"' in line]


@pytest.fixture(scope="session")
def targets(contract, api):
    """For each path of the contract that can be read a target that answers with 200."""
    lists = [path for path in READ if path + "/{id}" in READ]
    ids = {path + "/{id}": api.get(path, limit=1)["items"][0]["id"] for path in lists}
    ids["/v1/sources/{id}/claims"] = ids["/v1/sources/{id}"]
    ids["/v1/claims/{id}/related"] = ids["/v1/claims/{id}"]
    # A derived comparison was written by nobody, and has no revisions.
    ids["/v1/comparisons/{id}"] = api.get("/v1/comparisons", kind="curated", limit=1)["items"][0]["id"]
    for path in READ:
        if path.endswith(("/revisions", "/diff")):
            ids[path] = ids[path.rpartition("/")[0]]
    ids["/problems/{id}"] = "not-found"
    working = {path: path.replace("{id}", quote(ids.get(path, ""), safe="")) for path in READ}
    figures = [claim["id"] for claim in api.get("/v1/claims", kind="numeric", limit=2)["items"]]
    return {**working, "/v1/compare": "/v1/compare?claims=" + ",".join(figures)}


@pytest.fixture(scope="session")
def crowded(fresh_database):
    """A function that makes a database of the seed and a crowd of further rows, and returns its URL."""
    def create():
        url = fresh_database()
        connection = database.connect(url)
        settle(connection, Crowd())
        connection.close()
        return url
    return create


@pytest.fixture(scope="session")
def crowd_tables(crowded):
    """A connection to the crowd that `crowd` serves. It is shared: tests read it and change nothing."""
    connection = database.connect(crowded(), autocommit=True)
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def crowd(crowd_tables, contract):
    with Service(crowd_tables.dsn) as service:
        yield Api(service.answers(), contract)
