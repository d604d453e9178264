"""While the database is away: nothing is given from before what was written, and writes are told what became of them"""
import concurrent.futures
import time

import pytest

from desk import Client, create_token, problem, until_blocked
from outages import AWAY, LIST, NAMED, ONE, SCOPE, ask, assert_fresh, assert_nothing, assert_stale, away, back, locked, lost, noticed, reader, settled, write
from service import until


@pytest.mark.parametrize("how", AWAY)
def test_nothing_from_before_a_write_is_given(cluster, own, how):
    with reader(own, threads=2) as service:
        client = Client(service.answers(), create_token(own, "writer"))
        write(client, NAMED[0])
        settled(service)
        for _ in range(20):
            ask(service, SCOPE), ask(service, LIST)
        write(client, NAMED[1])
        with away(cluster, how):
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                answers = list(pool.map(lambda number: ask(service, (SCOPE, LIST, ONE)[number % 3]), range(24)))
            assert {answer.status_code for answer in answers} <= {503, 504}, "there was nothing asked since the write"
    with reader(own, threads=2) as service:
        client = Client(service.answers(), create_token(own, "writer-again"))
        write(client, NAMED[2])
        settled(service, SCOPE)
        for _ in range(20):
            assert_fresh(ask(service, SCOPE))
        with away(cluster, how):
            noticed(service, SCOPE)
            for _ in range(20):
                answer = ask(service, SCOPE)
                assert_stale(answer)
                assert answer.json()["name"] == "Some 2", "what was asked since the write has it in it"


def test_what_others_have_written_may_be_missing_as_its_age_says(cluster, own):
    with reader(own) as service, reader(own) as other:
        client = Client(other.answers(), create_token(own, "writer"))
        write(client, NAMED[0])
        settled(service.answers(), SCOPE)
        assert assert_fresh(ask(service, SCOPE)).json()["name"] == "Some 0"
        write(client, NAMED[1])
        written = time.monotonic()
        time.sleep(2)
        with away(cluster, "stopped"):
            lost(service)
            answer = ask(service, SCOPE)
            age = assert_stale(answer)
            assert answer.json()["name"] == "Some 0" and age >= time.monotonic() - written, "it was last right before that was written"
        back(service, SCOPE)
        assert ask(service, SCOPE).json()["name"] == "Some 1"


@pytest.mark.parametrize("how", AWAY)
def test_database_that_comes_back_with_other_data_is_believed(cluster, own, how):
    with reader(own) as service, reader(own) as other:
        client = Client(other.answers(), create_token(own, "writer"))
        write(client, NAMED[0])
        settled(service.answers(), SCOPE)
        with away(cluster, how):
            lost(service)
            assert ask(service, SCOPE).json()["name"] == "Some 0"
        other.answers()
        write(client, NAMED[1])
        back(service, SCOPE)
        assert ask(service, SCOPE).json()["name"] == "Some 1"


def test_what_the_database_said_is_gone_does_not_come_back(cluster, own):
    with reader(own) as service, reader(own) as other:
        client = Client(other.answers(), create_token(own, "writer"))
        write(client, NAMED[0])
        assert_fresh(ask(service.answers(), SCOPE))
        client.retract("scope", "outage-scope")
        until(lambda: ask(service, SCOPE).status_code == 410, 5, "news of that")
        with away(cluster, "stopped"):
            lost(service)
            assert_nothing(ask(service, SCOPE))


def test_writes_and_news_are_never_answered_from_before(cluster, own):
    news = "/v1/changes?limit=5"
    with reader(own) as service:
        client = Client(service.answers(), create_token(own, "writer"))
        write(client, NAMED[0])
        settled(service, news)
        settled(service)
        with away(cluster, "stopped"):
            lost(service)
            assert_nothing(ask(service, news))
            assert_nothing(client.send("PUT", SCOPE, NAMED[1], {"If-Match": "*"}))
            assert_nothing(client.send("DELETE", SCOPE, None, {"If-Match": "*"}))
            assert_stale(ask(service, ONE))


def test_a_write_that_nothing_is_heard_of_in_time_may_have_been_done(cluster, own):
    """As the database, which had begun with it, was frozen meanwhile."""
    with reader(own, "--request-timeout", "2000") as service, concurrent.futures.ThreadPoolExecutor() as pool:
        client = Client(service.answers(), create_token(own, "writer"))
        write(client, NAMED[0])
        with locked(own, "scope"):
            written = pool.submit(client.send, "PUT", SCOPE, NAMED[1], {"If-Match": "*"})
            until_blocked(own)
            with away(cluster, "frozen"):
                problem(written.result(), 503, "outcome-unknown")
        back(service)
        write(client, NAMED[2])
        assert ask(service, SCOPE).json()["name"] == "Some 2"
