"""Idempotency-Key: a request that comes twice is done once, and answered alike"""
from concurrent.futures import ThreadPoolExecutor

import pytest

from desk import CLAIM, DOCUMENTS, KINDS, Tables, create_token, opened, path_of, problem

SERVICE = ["--threads", "4"]


@pytest.fixture(scope="module")
def desk(url, desk):
    desk.other = create_token(url, "another")
    return desk


def post(desk, kind, document, key, **headers):
    return desk.send("POST", path_of(kind), document, {"Idempotency-Key": key, **headers})


def said(answer):
    return answer.status_code, answer.headers.get("ETag"), answer.headers.get("Location"), answer.content


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_time_is_answered_as_the_first(desk, kind):
    first = post(desk, kind, DOCUMENTS[kind][0], f"key-{kind}")
    assert first.status_code == 201, first.text
    changes = desk.last()
    assert said(post(desk, kind, DOCUMENTS[kind][0], f"key-{kind}")) == said(first)
    assert desk.last() == changes


def test_the_answer_is_that_of_then_whatever_has_happened_since(desk):
    first = post(desk, "claim", CLAIM, "then")
    desk.patch("subject", "desk-alpha", {"name": "Alpha, renamed"}, "*")
    desk.put("claim", "then-another", CLAIM)
    desk.patch("claim", first.json()["id"], {"statement": "Something else."}, "*")
    desk.retract("claim", first.json()["id"])
    assert said(post(desk, "claim", CLAIM, "then")) == said(first)


def test_an_answer_that_cannot_be_looked_up_in_time_can_be_asked_for_again(desk, url):
    first = post(desk, "scope", DOCUMENTS["scope"][0], "looked-up")
    with opened(url, *SERVICE, "--request-timeout", "500") as hasty, Tables(url, autocommit=False) as tables:
        hasty.token = desk.token
        tables.run("LOCK TABLE history.scope IN ACCESS EXCLUSIVE MODE")
        problem(post(hasty, "scope", DOCUMENTS["scope"][0], "looked-up"), 504, "timeout")
        tables.connection.rollback()
        assert said(post(hasty, "scope", DOCUMENTS["scope"][0], "looked-up")) == said(first)


def test_many_at_once_are_done_once(desk):
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: said(post(desk, "claim", CLAIM, "at-once")), range(16)))
    assert len(set(answers)) == 1 and answers[0][0] == 201


@pytest.mark.parametrize("round", range(5))
def test_what_is_reverted_or_merged_many_times_at_once_is_so_once(desk, round):
    for id in (f"one-{round}", f"other-{round}"):
        desk.put("subject", id, {"name": id, "kind": "product", "description": "A thing."})
    first = desk.revisions("subject", f"one-{round}")[0]["revision"]
    desk.patch("subject", f"one-{round}", {"name": "Renamed"}, "*")
    etag = desk.get(f"/v1/subjects/one-{round}").headers["ETag"]
    for action, body in [("revert", {"revision": first}), ("merge", {"into": f"other-{round}"})]:
        fields = {"Idempotency-Key": f"{action}-{round}", "If-Match": etag if action == "revert" else "*"}
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: said(desk.send("POST", f"/v1/subjects/one-{round}/{action}", body, fields)), range(8)))
        assert len(set(answers)) == 1 and answers[0][0] == 200, answers


def test_a_key_stands_for_one_request(desk):
    post(desk, "subject", DOCUMENTS["subject"][0], "used")
    problem(post(desk, "subject", DOCUMENTS["subject"][1], "used"), 422, "key-reused")
    problem(post(desk, "scope", DOCUMENTS["scope"][0], "used"), 422, "key-reused")


def test_a_key_is_its_token_s_own(desk):
    first = post(desk, "subject", DOCUMENTS["subject"][0], "mine")
    second = post(desk, "subject", DOCUMENTS["subject"][0], "mine", Authorization=f"Bearer {desk.other}")
    assert second.status_code == 201 and second.json()["id"] != first.json()["id"]


def test_what_was_refused_can_be_sent_again(desk):
    wrong = {**DOCUMENTS["agent"][0], "kind": "source"}
    problem(post(desk, "agent", wrong, "refused"), 422, "invalid-document")
    assert post(desk, "agent", DOCUMENTS["agent"][0], "refused").status_code == 201


def test_a_trial_uses_no_key(desk):
    assert desk.send("POST", path_of("scope"), DOCUMENTS["scope"][0], {"Idempotency-Key": "trial"}, dry_run="true").status_code == 200
    assert post(desk, "scope", DOCUMENTS["scope"][1], "trial").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_has_1_to_255_bytes(desk, key):
    assert post(desk, "scope", DOCUMENTS["scope"][0], key).status_code == 400


def test_a_reversion_is_done_once(desk):
    desk.put("subject", "turned", DOCUMENTS["subject"][0])
    revision = desk.revisions("subject", "turned")[0]["revision"]
    desk.patch("subject", "turned", {"name": "Turned"}, "*")
    headers = {"Idempotency-Key": "turn", "If-Match": "*"}
    first = desk.send("POST", path_of("subject", "turned", "/revert"), {"revision": revision}, headers)
    desk.patch("subject", "turned", {"name": "Turned again"}, "*")
    assert said(desk.send("POST", path_of("subject", "turned", "/revert"), {"revision": revision}, headers)) == said(first)
    assert desk.get(path_of("subject", "turned")).json()["name"] == "Turned again"


def test_a_merge_that_comes_twice_is_answered_alike(desk):
    for id in ("twice-one", "twice-other"):
        desk.put("subject", id, DOCUMENTS["subject"][0])
    first, second = (desk.send("POST", "/v1/subjects/twice-one/merge", {"into": "twice-other"}, {"If-Match": "*", "Idempotency-Key": "merge"}) for _ in range(2))
    assert first.status_code == 200 and first.json()["id"] == "twice-other", first.text
    assert said(second) == said(first)


def test_warnings_come_twice_as_well(desk):
    claim = {**CLAIM, "figure": {**CLAIM["figure"], "as_printed": "nothing of the kind"}}
    first, second = (post(desk, "claim", claim, "warned") for _ in range(2))
    assert first.json()["warnings"] and said(second) == said(first)


@pytest.mark.parametrize("key", [b"\xff", b"caf\xc3\xa9", b"a\tb"])
def test_a_key_is_of_visible_characters(desk, key):
    problem(desk.send("POST", path_of("subject"), DOCUMENTS["subject"][0], {"Idempotency-Key": key}), 400, "malformed-request")
