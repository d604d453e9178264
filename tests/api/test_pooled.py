"""Behind a pooler that lends sessions for a transaction each, all is as it is without, and nothing stays behind in them"""
import concurrent.futures
import time

import pytest

from desk import DOCUMENTS, Client, Tables, create_token, lingering, problem
from pooler import Pooler
from service import Service, claimd, until

SUBJECT = DOCUMENTS["subject"][0]
SAMPLES = ["/v1/claims", "/v1/claims?limit=7&sort=-value", "/v1/claims?q=training", "/v1/claims?format=csv", "/v1/comparisons/what-training-r1-cost", "/v1/sources?embed=publisher",
           "/v1/claims?as_of=2999-01-01", "/v1/claims?cursor=nonsense", "/v1/claims?limit=0", "/v1/claims/nowhere", "/v1/changes?limit=5", "/v1/subjects?subject=a"]


@pytest.fixture(scope="module")
def pooler(url):
    with Pooler(url) as pooler:
        yield pooler


@pytest.fixture(scope="module")
def pooled(url, pooler):
    with Service(pooler.url, "--pooled", "all", "--listen-url", url, "--threads", "2", "--db-connections", "3") as service:
        service.answers()
        yield Client(service, create_token(url, "pooled"))


@pytest.fixture(scope="module")
def direct(url):
    with Service(url) as service:
        yield Client(service.answers())


def told(answer):
    return answer.status_code, answer.headers.get("ETag"), answer.content


@pytest.mark.parametrize("target", SAMPLES)
def test_answers_are_the_same(pooled, direct, target):
    assert told(pooled.send("GET", target)) == told(direct.send("GET", target))


def test_many_at_once_share_few_sessions(pooled, direct):
    """Batches, failures in the middle of them, transactions: each client gets its own answer."""
    targets = [f"{target}{'&' if '?' in target else '?'}limit={limit}" for limit in range(1, 40) for target in ("/v1/claims", "/v1/subjects", "/v1/claims?cursor=nonsense", "/v1/claims?as_of=2999-01-01")]
    expected = [told(direct.send("GET", target)) for target in targets]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert list(pool.map(lambda target: told(pooled.send("GET", target)), targets)) == expected


def test_writes_are_read_and_heard_of(pooled, direct):
    for count in range(10):
        pooled.put("subject", f"pooled-{count}", SUBJECT)
        assert pooled.get(f"/v1/subjects/pooled-{count}").json()["name"] == SUBJECT["name"]
        until(lambda: direct.send("GET", f"/v1/subjects/pooled-{count}").status_code == 200, 5, "the other service shows it")
    etag = pooled.etag("subject", "pooled-0")
    pooled.put("subject", "pooled-0", {**SUBJECT, "name": "Another"}, etag)
    problem(pooled.send("PUT", "/v1/subjects/pooled-0", SUBJECT, {"If-Match": etag}), 412, "precondition-failed")


def test_a_change_past_the_service_is_heard_of(pooled, url):
    before = pooled.get("/v1/subjects/pooled-1").json()
    with Tables(url) as tables:
        tables.run("UPDATE subject SET name = 'Past it' WHERE id = 'pooled-1'")
    until(lambda: pooled.get("/v1/subjects/pooled-1").json() != before, 2, "the change shows")


def test_lines_are_imported(pooled, url):
    admin = Client(pooled.service, create_token(url, "pooled-admin", "admin"))
    lines = "".join(f'{{"subject": {{"id": "line-{n}", "name": "Line {n}", "kind": "model", "description": "One."}}}}\n' for n in range(3000))
    got = admin.send("POST", "/v1/import", lines.encode(), {"Content-Type": "application/x-ndjson"})
    assert got.status_code == 200, got.text[:500]
    assert pooled.get("/v1/subjects/line-2999").status_code == 200


def test_an_import_may_take_longer_than_other_requests(url, pooler):
    with Service(pooler.url, "--pooled", "all", "--listen-url", url, "--request-timeout", "500", "--threads", "1") as service, Tables(url) as tables:
        admin = Client(service.answers(), create_token(url, "patient-admin", "admin"))
        with lingering(tables, 2.5):
            began = time.monotonic()
            got = admin.send("POST", "/v1/import", b'{"scope": {"id": "patient", "name": "Some", "definition": "Some of it."}}\n', {"Content-Type": "application/x-ndjson"})
            assert got.status_code == 200 and got.json()["created"] == 1, got.text[:500]
            assert time.monotonic() - began > 2.5
        assert not [event for event in service.events() if event["event"] == "database-silent"]


def test_nothing_stays_in_the_sessions(pooled, pooler, url):
    pooled.get("/v1/claims?limit=3")
    with Tables(url) as fresh, Tables(pooler.url) as lent:
        for name in ("statement_timeout", "timezone", "plan_cache_mode", "jit", "default_transaction_read_only", "transaction_read_only", "search_path"):
            assert lent.value(f"SHOW {name}") == fresh.value(f"SHOW {name}"), name
        assert lent.value("SELECT count(*) FROM pg_prepared_statements") == 0


def test_a_read_takes_no_longer_than_it_may(url, pooler):
    with Service(pooler.url, "--pooled", "all", "--listen-url", url, "--request-timeout", "300", "--threads", "1") as service:
        client = Client(service.answers())
        with Tables(url, autocommit=False) as tables, Tables(url) as looking:
            tables.run("LOCK TABLE subject IN ACCESS EXCLUSIVE MODE")
            problem(client.send("GET", "/v1/subjects"), 504, "timeout")
            until(lambda: not looking.value("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%%FROM subject%%' AND state = 'active' AND pid <> pg_backend_pid()"),
                  5, "the database gives it up")
        assert client.get("/v1/subjects").status_code == 200


@pytest.mark.parametrize("arguments", [["--pooled", "all"], ["--pooled", "read"], ["--pooled", "1"]])
def test_what_does_not_go_together_is_refused(arguments):
    ended = claimd("serve", *arguments)
    assert ended.returncode == 2 and "--pooled" in ended.stderr
