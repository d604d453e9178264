"""What a shared cache (RFC 9111) in front of the service makes of its answers"""
import time

import pytest
import requests

from caching import cached
from contract import read_csv


@pytest.fixture(scope="module")
def cache(database_url):
    with cached(database_url, "--max-age", "60") as cache:
        yield cache


@pytest.fixture(scope="module")
def forgetful(database_url):
    """The same where answers are fresh for a second."""
    with cached(database_url, "--max-age", "1") as cache:
        yield cache


def asked(cache, target):
    """The statuses that the service answered such requests with. One more request waits until all before are in the log."""
    cache.service.status("/healthz")
    return [event["status"] for event in cache.service.events() if event["event"] == "request" and event["target"] == target]


@pytest.mark.parametrize("target", ["/v1/claims?limit=3", "/v1/units/USD", "/v1/comparisons/what-training-r1-cost?format=svg",
                                    "/v1/claims?limit=3&format=csv", "/v1/units?format=jsonld", "/openapi.json", "/problems/not-found"])
def test_second_request_is_answered_by_the_cache(cache, target):
    first, second = cache.get(target), cache.get(target)
    assert (first.headers["X-Cache"], second.headers["X-Cache"]) == ("MISS", "HIT")
    assert first.content == second.content and first.headers["ETag"] == second.headers["ETag"]
    assert asked(cache, target) == [200]


def test_stale_answers_are_revalidated_and_fresh_again(forgetful):
    target, wishes = "/v1/claims?limit=20", [{"Accept_Encoding": coding} for coding in ("identity", "gzip", "br")]
    first = [forgetful.get(target, **wish) for wish in wishes]
    assert [each.headers["X-Cache"] for each in first] == ["MISS"] * 3
    time.sleep(2.1)
    again = [forgetful.get(target, **wish) for wish in wishes]
    assert [each.headers["X-Cache"] for each in again] == ["REVALIDATED"] * 3
    assert [each.content for each in again] == [each.content for each in first]
    assert forgetful.statuses(target, *wishes) == ["HIT"] * 3
    assert asked(forgetful, target) == [200] * 3 + [304] * 3


def test_forms_are_kept_apart(cache):
    target = "/v1/claims?limit=4"
    accepts = ["application/json", "text/csv", "application/x-ndjson", "application/ld+json"]
    for status in ("MISS", "HIT"):
        for accept in accepts:
            got = cache.get(target, Accept=accept)
            assert (got.headers["Content-Type"].partition(";")[0], got.headers["X-Cache"]) == (accept, status)
    assert len(read_csv(cache.get(target, Accept="text/csv").content)) == 5
    assert len(cache.get(target, Accept="application/json").json()["items"]) == 4


def test_codings_are_kept_apart(cache):
    for status in ("MISS", "HIT"):
        for coding in ("gzip", "br", "identity"):
            got = cache.get("/v1/claims?limit=21", Accept_Encoding=coding)
            assert (got.headers.get("Content-Encoding", "identity"), got.headers["X-Cache"]) == (coding, status)


def test_counts_are_kept_apart(cache):
    target = "/v1/claims?limit=5"
    wishes = [{}, {"Prefer": "count=exact"}, {}, {"Prefer": "count=exact"}]
    answers = [cache.get(target, **wish) for wish in wishes]
    assert [each.headers["X-Cache"] for each in answers] == ["MISS", "MISS", "HIT", "HIT"]
    assert ["total" in each.json() for each in answers] == [False, True, False, True]


def test_origins_are_kept_apart_and_so_are_forms(database_url):
    origins = ["https://a.example", "https://b.example"]
    with cached(database_url, "--max-age", "60", "--cors-origins", ",".join(origins)) as cache:
        for status in ("MISS", "HIT"):
            for origin in origins:
                for accept in ("application/json", "text/csv"):
                    got = cache.get("/v1/units?limit=3", Origin=origin, Accept=accept)
                    assert got.headers["Access-Control-Allow-Origin"] == origin
                    assert (got.headers["Content-Type"].partition(";")[0], got.headers["X-Cache"]) == (accept, status)


@pytest.mark.parametrize("target, status", [("/nowhere", 404), ("/v1/units/none", 404), ("/v1/claims?limit=0", 400), ("/healthz", 200),
                                            ("/readyz", 200), ("/v1/changes?since=1&limit=3", 200),
                                            ("/v1/changes?since=999999999&wait=1", 200), ("/v1/units?format=ndjson", 200), ("/v1/units?format=csv", 200)])
def test_what_must_not_be_kept_is_asked_for_each_time(cache, target, status):
    answers = [cache.get(target) for _ in range(3)]
    assert [(each.status_code, each.headers["X-Cache"]) for each in answers] == [(status, "MISS")] * 3
    assert asked(cache, target)[-3:] == [status] * 3


def test_failure_is_not_kept_for_the_next_who_asks_rightly(cache):
    target = "/v1/units?limit=6"
    assert cache.get(target, Accept="image/png").status_code == 406
    assert cache.get(target, Accept="application/json").status_code == 200


def test_head_is_served_by_the_cache(cache):
    target = "/v1/claims?limit=7"
    heads = [cache.get(target, "HEAD") for _ in range(2)]
    full = cache.get(target)
    assert [each.headers["X-Cache"] for each in (*heads, full)] == ["MISS", "HIT", "HIT"]
    for head in heads:
        assert head.content == b"" and head.headers["Content-Length"] == str(len(full.content)) and head.headers["ETag"] == full.headers["ETag"]


def test_client_of_the_cache_revalidates_with_it(cache):
    target = "/v1/claims?limit=8"
    etag = cache.get(target).headers["ETag"]
    again = cache.get(target, If_None_Match=etag)
    assert (again.status_code, again.content, again.headers["ETag"], again.headers["X-Cache"]) == (304, b"", etag, "HIT")
    assert asked(cache, target) == [200]


def test_client_with_a_validator_is_served_though_the_cache_has_nothing(cache):
    target = "/v1/claims?limit=9"
    etag = cache.get(target).headers["ETag"]
    other = "/v1/claims?limit=9&fields=id"
    assert cache.get(other, If_None_Match=etag).status_code == 200
    assert cache.get(other).headers["X-Cache"] == "HIT"


def test_cache_shows_what_was_while_the_service_is_away(database_url):
    with cached(database_url, "--max-age", "1") as cache:
        body = cache.get("/v1/units/USD").content
        cache.service.stop()
        time.sleep(2.1)
        got = cache.get("/v1/units/USD")
        assert (got.status_code, got.content, got.headers["X-Cache"]) == (200, body, "STALE")
        assert cache.get("/v1/units/EUR").status_code == 502


def test_stream_passes_whole_through_the_cache(cache, service):
    for target in ("/v1/claims?format=ndjson", "/v1/claims?format=csv"):
        assert cache.get(target).content == requests.get(service.base + target, timeout=10).content


def test_cache_complains_of_nothing(cache):
    assert cache.get("/v1/units").status_code == 200
    assert cache.log() == ""
