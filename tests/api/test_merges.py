"""Merging: what turns out to be one is one from then on, until that is undone"""
import pytest

from desk import CLAIM, Client, create_token, path_of, problem

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


@pytest.mark.parametrize("method, query", [("PATCH", "dry_run=true"), ("DELETE", "comment=Why%3F&dry_run=true"), ("GET", "fields=id,name")])
def test_who_is_sent_on_is_to_ask_the_same_of_the_other(desk, pair, method, query):
    """A relative reference without a query has none: a trial would be done."""
    one, other = pair
    merge(desk, "subject", one, other)
    sent = desk.send(method, f"/v1/subjects/{one}?{query}", {"name": "Renamed"} if method == "PATCH" else None, {"If-Match": "*"})
    problem(sent, 307, "merged")
    assert sent.headers["Location"] == f"{other}?{query}"


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


@pytest.mark.parametrize("hops, claimant", [(["desk-ada", "other"], "other"), (["other", "desk-ada"], "desk-ada"), (["other"], "one"), (["other", "other"], "other")])
def test_a_claimant_goes_back_with_its_hop(desk, pair, hops, claimant):
    """By places: whatever stands now where the merge moved one."""
    ids = dict(zip(("one", "other"), pair))
    merge(desk, "agent", *pair)
    hops = [{"agent": ids.get(hop, hop), "role": "speaker"} for hop in hops]
    desk.patch("claim", f"{pair[0]}-0", {"claimant": hops[-1]["agent"], "attribution": hops}, "*")
    assert part(desk, "agent", pair[0]).status_code == 201
    shown = desk.get(f"/v1/claims/{pair[0]}-0").json()
    assert shown["claimant"]["id"] == shown["attribution"][-1]["agent"]["id"] == ids.get(claimant, claimant)


def test_a_proposition_that_no_claim_is_left_of_goes(desk, pair):
    one, other = pair
    merge(desk, "proposition", one, other)
    for number in range(2):
        desk.retract("claim", f"{other}-{number}")
    assert part(desk, "proposition", one).status_code == 201
    problem(desk.send("GET", f"{MERGED['proposition']}/{other}"), 410, "gone")


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


def by_a_claim(desk, url, one):
    desk.put("claim", f"{one}-again", {**CLAIM, "proposition": one})


def by_a_source(desk, url, one):
    subject = {"id": one, "name": "New", "kind": "model", "description": "Another thing."}
    assert desk.send("POST", path_of("source"), {"kind": "article", "description": "An article.", "subjects": [subject]}).status_code == 201


def by_an_import(desk, url, one):
    line = b'{"agent": {"id": "%s", "name": "New", "kind": "person"}}\n' % one.encode()
    told = Client(desk.service, create_token(url, one, "admin")).send("POST", "/v1/import", line, {"Content-Type": "application/x-ndjson"})
    assert told.json()["created"] == 1, told.text


@pytest.mark.parametrize("kind, comes", [("proposition", by_a_claim), ("subject", by_a_source), ("agent", by_an_import)])
def test_what_comes_again_in_any_way_is_merged_no_more(desk, url, pair, kind, comes):
    one, other = pair
    merge(desk, kind, one, other)
    comes(desk, url, one)
    problem(part(desk, kind, one), 409, "conflict")
    again = merge(desk, kind, one, other)
    assert again.status_code == 200 and again.json()["id"] == other, again.text
