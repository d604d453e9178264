"""Merging: what turns out to be one is one from then on, until that is undone"""
import pytest

from desk import CLAIM, problem

MERGED = {"subject": "/v1/subjects", "agent": "/v1/agents", "proposition": "/v1/propositions"}
SAID = {**CLAIM, "claimant": "desk-ada", "attribution": [{"agent": "desk-ada", "role": "speaker"}]}


@pytest.fixture
def pair(desk, request):
    """Of each kind a thing and another, each with two claims; their ids."""
    pair.count = getattr(pair, "count", 0) + 1
    one, other = f"one-{pair.count}", f"other-{pair.count}"
    for id in (one, other):
        desk.put("subject", id, {"name": id, "kind": "product", "description": "A thing."})
        desk.put("agent", id, {"name": id, "kind": "person"})
        for number in range(2):
            desk.put("claim", f"{id}-{number}", {**CLAIM, "subject": id, "claimant": id, "attribution": [{"agent": id, "role": "speaker"}],
                                                 "proposition": {"id": id, "statement": f"{id} is said."}})
    return one, other


def merge(desk, kind, one, other, etag="*"):
    return desk.send("POST", f"{MERGED[kind]}/{one}/merge", {"into": other}, {"If-Match": etag} if etag else {})


def part(desk, kind, one):
    return desk.send("DELETE", f"{MERGED[kind]}/{one}/merge")


def refers(desk, kind, id):
    """What the claims that the tests wrote refer to, by claim."""
    member = {"subject": "subject", "agent": "claimant", "proposition": "proposition"}[kind]
    items = desk.get("/v1/claims", id=f"{id}-0,{id}-1").json()["items"]
    return {claim["id"]: claim[member]["id"] for claim in items}


@pytest.mark.parametrize("kind", MERGED)
def test_what_referred_to_the_one_refers_to_the_other(desk, pair, kind):
    one, other = pair
    merged = merge(desk, kind, one, other)
    assert merged.status_code == 200 and merged.json()["id"] == other, merged.text
    assert set(refers(desk, kind, one).values()) == {other}
    gone = desk.send("GET", f"{MERGED[kind]}/{one}")
    problem(gone, 307, "merged")
    assert gone.headers["Location"] == other


@pytest.mark.parametrize("kind", MERGED)
def test_undoing_it_leaves_all_as_it_was(desk, pair, kind):
    one, other = pair
    before = desk.get(f"{MERGED[kind]}/{one}").json(), refers(desk, kind, one), refers(desk, kind, other)
    merge(desk, kind, one, other)
    parted = part(desk, kind, one)
    assert parted.status_code in (200, 201), parted.text
    assert (desk.get(f"{MERGED[kind]}/{one}").json(), refers(desk, kind, one), refers(desk, kind, other)) == before
    problem(part(desk, kind, one), 409, "conflict")


@pytest.mark.parametrize("kind", MERGED)
def test_what_has_been_changed_since_stays_as_it_is(desk, pair, kind):
    one, other = pair
    merge(desk, kind, one, other)
    member = {"subject": {"subject": "desk-alpha"}, "agent": {"claimant": "desk-ada", "attribution": [{"agent": "desk-ada", "role": "speaker"}]},
              "proposition": {"proposition": f"third-{one}"}}[kind]
    desk.patch("claim", f"{one}-0", member, "*")
    part(desk, kind, one)
    now = refers(desk, kind, one)
    assert now[f"{one}-1"] == one and now[f"{one}-0"] not in (one, other)


def test_one_can_be_merged_on_and_each_step_be_undone(desk, pair):
    one, other = pair
    merge(desk, "subject", one, other)
    merge(desk, "subject", other, "desk-alpha")
    assert desk.send("GET", f"/v1/subjects/{one}").headers["Location"] == "desk-alpha"
    part(desk, "subject", one)
    assert set(refers(desk, "subject", one).values()) == {one} and set(refers(desk, "subject", other).values()) == {"desk-alpha"}
    part(desk, "subject", other)
    assert set(refers(desk, "subject", other).values()) == {other}


def test_the_past_is_as_it_was(desk, pair):
    one, other = pair
    moment = desk.get("/v1/changes", sort="-seq", limit=1).json()["items"][0]["at"]
    merge(desk, "subject", one, other)
    assert desk.get(f"/v1/claims/{one}-0", as_of=moment).json()["subject"]["id"] == one
    assert desk.get(f"/v1/subjects/{one}", as_of=moment).json()["claims"] == 2


def test_it_takes_the_state_that_is_merged(desk, pair):
    one, other = pair
    problem(merge(desk, "subject", one, other, None), 428, "precondition-required")
    etag = desk.etag("subject", one)
    desk.patch("subject", one, {"name": "Renamed"}, etag)
    problem(merge(desk, "subject", one, other, etag), 412, "precondition-failed")


@pytest.mark.parametrize("kind, one, other", [
    ("subject", "desk-alpha", "no-such-thing"), ("subject", "desk-alpha", "desk-alpha"), ("agent", "voice-desk-daily", "desk-ada"), ("agent", "desk-ada", "voice-desk-daily")])
def test_what_cannot_be_one_is_refused(desk, kind, one, other):
    problem(merge(desk, kind, one, other), 422, "invalid-document", ["/into"])


def test_an_id_that_was_merged_can_be_given_again(desk, pair):
    one, other = pair
    merge(desk, "subject", one, other)
    desk.put("subject", one, {"name": "New", "kind": "model", "description": "Another thing."})
    assert desk.get(f"/v1/subjects/{one}").json()["claims"] == 0
    problem(part(desk, "subject", one), 409, "conflict")
