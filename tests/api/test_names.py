"""While name servers say nothing, the service goes on: by the addresses that it has heard, and if it has heard none, with all that needs no database"""
import socket
import time
from urllib.parse import urlsplit

import database
import pytest

import preload
from cluster import Cluster
from service import Service, free_port, until

SOON = 1  # seconds within which what needs no database is answered, although a name server says nothing
CLAIM = "/v1/claims/r1-under-300000-03-training-cost-294000"


@pytest.fixture(scope="module")
def cluster():
    """One that is reached by an address, which a host's name can lead to."""
    port = free_port()
    server = Cluster(listen_addresses="127.0.0.1", port=port)
    server.url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    with server:
        yield server


@pytest.fixture(scope="module")
def url(cluster):
    return cluster.database("named").replace("127.0.0.1", "database.test")


class Names:
    """What name servers say of hosts below .test."""

    def __init__(self, folder):
        self._file = folder / "said"
        self.settings = {"LD_PRELOAD": preload.build("names", folder), "NAMES_FILE": str(self._file),
                         "ASAN_OPTIONS": "verify_asan_link_order=0"}

    def say(self, word):
        new = self._file.with_suffix(".new")
        new.write_text(word)
        new.rename(self._file)


@pytest.fixture
def names(tmp_path):
    return Names(tmp_path)


def is_alive(service):
    """Asked several times, as it is by threads in turn."""
    for _ in range(12):
        began = time.monotonic()
        assert service.status("/healthz") == 200
        assert time.monotonic() - began < SOON
    return True


def assert_out_of_reach(service):
    service.answers("/healthz")
    assert service.status("/readyz") == 503


def reasons(service):
    return {event["reason"] for event in service.events() if event["event"] == "database-unreachable"}


def test_a_start_does_not_wait_for_a_name_server(names, url):
    names.say("silent")
    with Service(url, **names.settings) as service:
        service.answers("/healthz")
        assert is_alive(service)
        assert service.status("/readyz") == 503
        assert reasons(service) == {"no answer yet"}
        names.say("127.0.0.1")
        service.answers(CLAIM)


def test_a_database_comes_back_while_name_servers_are_silent(cluster, names, url):
    names.say("127.0.0.1")
    with Service(url, "--stale-if-error", "0", **names.settings) as service:
        service.answers(CLAIM)
        names.say("silent")
        cluster.stop("immediate")
        until(lambda: service.status(CLAIM) == 503, 5, "the database is missed")
        time.sleep(SOON)
        assert is_alive(service)
        cluster.start()
        service.answers(CLAIM)


def test_an_address_that_was_heard_stays_when_the_name_is_not_known_any_more(names, url):
    names.say("127.0.0.1")
    with Service(url, "--stale-if-error", "0", **names.settings) as service:
        service.answers(CLAIM)
        names.say("unknown")
        with database.connect(url.replace("database.test", "127.0.0.1")) as session, session.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'named' AND pid <> pg_backend_pid()")
        service.answers(CLAIM)


def test_a_name_that_moves_is_followed(names, url):
    names.say("127.0.0.9")
    with Service(url, **names.settings) as service:
        assert_out_of_reach(service)
        names.say("127.0.0.1")
        service.answers(CLAIM)


def test_each_address_of_a_name_is_tried_first_in_turn(names, url):
    """One that takes connections and says nothing is waited for as long as an attempt may take."""
    with socket.create_server(("127.0.0.9", urlsplit(url).port)):
        names.say("127.0.0.9,127.0.0.1")
        with Service(url, **names.settings) as service:
            service.answers(CLAIM, within=30)


def test_a_host_of_the_environment_is_not_waited_for(names, url):
    names.say("silent")
    parts = urlsplit(url)
    with Service(f"postgresql://postgres@{parts.path}", PGHOST=parts.hostname, PGPORT=str(parts.port), **names.settings) as service:
        service.answers("/healthz")
        assert is_alive(service)
        names.say("127.0.0.1")
        service.answers(CLAIM)


def test_a_name_that_nobody_knows_is_told(names, url):
    names.say("unknown")
    with Service(url, **names.settings) as service:
        assert_out_of_reach(service)
        until(lambda: "Name or service not known" in reasons(service), 5, "the reason is told")
