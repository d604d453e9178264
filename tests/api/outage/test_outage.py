"""While the database is away: what was right before is given and says so, and the rest is an honest 503"""
import datetime
import time

import pytest

from desk import Client, create_token, problem
from outages import AWAY, BACK, FROZEN, LIST, NAMED, ONE, PAGE, age_of, ask, assert_fresh, assert_nothing, assert_stale, away, back, locked, lost, noticed, reader, settled, write
from service import until

FORMS = {  # what is asked for, with header fields
    "one": (ONE, {}), "list": (LIST, {}), "counted": (LIST, {"Prefer": "count=exact"}), "gzip": (LIST, {"Accept-Encoding": "gzip"}),
    "brotli": (LIST, {"Accept-Encoding": "br"}), "csv": ("/v1/claims?limit=9&format=csv", {}), "jsonld": (ONE + "?format=jsonld", {}),
    "picture": ("/v1/comparisons/what-training-r1-cost?format=svg", {}), "cors": (ONE, {"Origin": "https://reader.example"}),
    "page": (PAGE, {}), "embedded": (LIST + "&embed=source", {})}


# What is given, and how it is marked --------------------------------------------------------------

@pytest.mark.parametrize("how", AWAY)
def test_what_was_right_before_is_given_until_the_database_is_back(cluster, own, how):
    with reader(own, threads=2) as service:
        service.answers()
        forms = {**FORMS, "past": (f"{ONE}?as_of={datetime.datetime.now(datetime.timezone.utc):%Y-%m-%dT%H:%M:%SZ}", {})}
        before = {}
        for name, (target, fields) in forms.items():
            until(lambda: "Server-Timing" not in ask(service, target, **fields).headers, 10, f"an answer from memory: {name}")
            for _ in range(20):  # until each thread has it
                before[name] = assert_fresh(ask(service, target, **fields))
        began = time.monotonic()
        with away(cluster, how):
            noticed(service, ONE)
            for name, (target, fields) in forms.items():
                asked = time.monotonic()
                answer = ask(service, target, **fields)
                assert time.monotonic() - asked < FROZEN, name
                age = assert_stale(answer)
                assert age <= time.monotonic() - began + 3, "as old as the outage is, and what was not known before"
                assert answer.content == before[name].content
                for field in ("ETag", "Content-Type", "Content-Encoding", "Cache-Control", "Vary", "Link", "X-Total-Count", "Content-Security-Policy",
                              "Access-Control-Allow-Origin"):
                    assert answer.headers.get(field) == before[name].headers.get(field), f"{name}: {field}"
            time.sleep(2.2)
            asked = time.monotonic()
            assert assert_stale(ask(service, ONE)) >= 3, "it grows older"
            assert time.monotonic() - asked < 1, "nobody waits for what is known to be away"
            assert service.status("/healthz") == 200 and service.status("/openapi.json") == 200
        taken = back(service)
        print(f"\n{how}: fresh after {taken:.3f} s")
        for target, fields in forms.values():
            assert_fresh(ask(service, target, **fields))


@pytest.mark.parametrize("how", AWAY)
def test_what_is_not_kept_is_unavailable_and_says_when_to_ask_again(cluster, own, how):
    with reader(own, "--request-timeout", "2000") as service:
        settled(service.answers())
        with away(cluster, how):
            lost(service)
            for target in ("/v1/sources", "/v1/claims/none", ONE + "?fields=id"):
                assert_nothing(ask(service, target))
            problem(ask(service, "/v1/claims?limit=0"), 400, "invalid-parameter")
            assert ask(service, "/claims", Accept="text/html").status_code == 503
            assert_fresh(ask(service, "/openapi.json"))
            assert_stale(ask(service, ONE))


@pytest.mark.parametrize("how", ["stopped", "frozen"])
def test_conditions_and_head_are_as_with_a_fresh_answer(cluster, own, how):
    with reader(own) as service:
        settled(service.answers())
        fresh = ask(service, ONE)
        tag, date = fresh.headers["ETag"], fresh.headers["Last-Modified"]
        with away(cluster, how):
            lost(service)
            for fields in ({"If-None-Match": tag}, {"If-None-Match": f'"a", W/{tag}'}, {"If-None-Match": "*"}, {"If-Modified-Since": date}):
                answer = ask(service, ONE, **fields)
                assert_stale(answer, status=304)
                assert answer.content == b"" and answer.headers["ETag"] == tag
            for fields in ({"If-None-Match": '"another"'}, {"If-Modified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"}):
                answer = ask(service, ONE, **fields)
                assert_stale(answer)
                assert answer.content == fresh.content
            head = ask(service, ONE, "HEAD")
            assert_stale(head)
            assert head.content == b"" and head.headers["Content-Length"] == fresh.headers["Content-Length"]


def test_one_client_is_told_what_is_its_own(cluster, own, contract):
    with reader(own, "--log-requests") as service:
        service.answers()
        until(lambda: ask(service, ONE) and "hit" in {event.get("cache") for event in service.events()}, 10, "an answer that is kept")
        with away(cluster, "stopped"):
            lost(service)
            answer = ask(service, ONE, X_Request_Id="mine")
            age = assert_stale(answer)
            assert answer.headers["X-Request-Id"] == "mine"
            assert f"stale;dur={age}000" in answer.headers["Server-Timing"], "what a page's own script can see of it"
            contract.check("GET", ONE, 200, answer.headers, answer.content)
        def told():
            return [event["age"] for event in service.events() if event["event"] == "request" and event["target"] == ONE and event["status"] == 200]
        until(lambda: age in told()[1:], 5, "the age is logged")
        assert told()[0] == 0


def test_scripts_of_other_origins_may_see_the_mark(service):
    exposed = ask(service, ONE, Origin="https://reader.example").headers["Access-Control-Expose-Headers"]
    assert {"Age", "Cache-Status"} <= set(exposed.split(", "))


# For how long -------------------------------------------------------------------------------------

def test_what_is_too_old_is_not_given(cluster, own):
    with reader(own, "--stale-if-error", "4") as service:
        settled(service.answers())
        assert ask(service, ONE).headers["Cache-Control"].endswith(", stale-if-error=4")
        with away(cluster, "stopped"):
            lost(service)
            first = assert_stale(ask(service, ONE))
            assert first <= 4
            until(lambda: ask(service, ONE).status_code == 503, 6, "an answer that is too old")
            assert_nothing(ask(service, ONE))


def test_what_stays_right_does_not_grow_old(cluster, own):
    """It was asked of the database long ago, and nothing has changed since."""
    with reader(own, "--stale-if-error", "4") as service:
        settled(service.answers())
        time.sleep(6)
        with away(cluster, "stopped"):
            lost(service)
            assert assert_stale(ask(service, ONE)) <= 4


def test_nothing_old_is_given_where_that_is_not_wanted(cluster, own):
    with reader(own, CLAIMD_STALE_IF_ERROR="0") as service:
        settled(service.answers())
        assert ask(service, ONE).headers["Cache-Control"].endswith(", stale-if-error=0")
        with away(cluster, "stopped"):
            lost(service)
            assert_nothing(ask(service, ONE))


def test_nothing_is_given_where_nothing_is_kept(cluster, own):
    with reader(own, "--cache-bytes", "0") as service:
        assert_fresh(ask(service.answers(), ONE))
        with away(cluster, "stopped"):
            lost(service)
            assert_nothing(ask(service, ONE))


# Who may read -------------------------------------------------------------------------------------

def test_whoever_cannot_be_checked_is_given_nothing(cluster, own):
    """What a token may was asked a moment ago, or cannot be known."""
    token, revoked = create_token(own, "reader", "read"), create_token(own, "revoked", "read")
    with reader(own, "--read", "token") as service:
        service.answers()
        good, bad = {"Authorization": f"Bearer {token}"}, {"Authorization": "Bearer " + "x" * 40}
        body = assert_fresh(ask(service, ONE, **good)).content
        with away(cluster, "stopped"):
            lost(service)
            time.sleep(1.1)
            for fields in (good, bad, {"Authorization": f"Bearer {revoked}"}):
                for method in ("GET", "HEAD"):
                    answer = ask(service, ONE, method, **fields)
                    assert answer.status_code == 503 and answer.content != body and age_of(answer) == (None, None)
            problem(ask(service, ONE), 401, "unauthorized")
        until(lambda: ask(service, ONE, **good).status_code == 200, BACK, "fresh answers")
        problem(ask(service, ONE, **bad), 401, "unauthorized")


def test_whoever_was_checked_is_given_what_there_is(cluster, own):
    with reader(own, "--read", "token", "--request-timeout", "2000") as service, reader(own) as other:
        good = {"Authorization": "Bearer " + create_token(own, "reader", "read")}
        settled(service.answers(), **good)
        write(Client(other.answers(), create_token(own, "writer")), NAMED[0])
        time.sleep(.5)
        with locked(own, "claim"):
            answer = ask(service, ONE, **good)
            assert_stale(answer, "timeout")
            assert answer.headers["Cache-Control"].startswith("private, ")
            problem(ask(service, ONE, Authorization="Bearer " + "x" * 40), 401, "unauthorized")
            problem(ask(service, ONE), 401, "unauthorized")
