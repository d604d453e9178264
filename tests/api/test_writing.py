"""Writing: what a client sees who creates, replaces, patches and retracts, and what those who do it wrong are told"""
import gzip
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from desk import CLAIM, DOCUMENTS, FIGURE, IDS, KINDS, MULTIPLE, STATEMENT, Client, Tables, path_of, problem
from service import Service, until

MEGABYTE = 1 << 20
SERVICE = ["--threads", "4"]


@pytest.fixture(autouse=True, scope="module")
def no_failures(desk):
    """Whatever clients do, nothing fails that should not; of what does, tests of their own tell."""
    known = ("slug_is_readable", "_derives", "_not_derived", "unit_id_check", "claim_multiple_is_plain", "phrase_is_not_blank", "multiple_operand")
    yield
    lines = [line for line in desk.service.log().splitlines() if line.startswith("{")]
    faults = [event for event in map(json.loads, lines) if event["level"] == "error"]
    assert [event for event in faults if not any(name in event.get("message", "") for name in known)] == []


@pytest.fixture
def name(request):
    """An id that no other test uses."""
    name.count = getattr(name, "count", 0) + 1
    return f"own-{name.count}"


def without_own(document):
    return {key: value for key, value in document.items() if key not in ("id", "created_at")}


def head_of(answer):
    return answer.status_code, answer.headers.get("ETag"), answer.headers.get("Location")


def shown(desk, kind, id):
    return desk.get(path_of(kind, id), headers={"Accept-Encoding": "identity"})


# In good order ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_created_is_answered_with_and_there(desk, name, kind):
    made = desk.put(kind, name, DOCUMENTS[kind][0], comment="for the test")
    assert made.headers["Location"] == path_of(kind, name) and made.headers["Content-Type"] == "application/json"
    got = shown(desk, kind, name)
    assert got.content == made.content and got.headers["ETag"] == made.headers["ETag"]
    assert made.json()["id"] == name
    [revision] = desk.revisions(kind, name)
    assert (revision["action"], revision["comment"]) == ("created", "for the test")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_replaced_is_as_if_created_so(desk, name, kind):
    one, two = DOCUMENTS[kind]
    desk.put(kind, name, one)
    replaced = desk.put(kind, name, {**two, **({"content_sha256": "6" * 64} if kind == "source" else {})}, "*")
    assert "Location" not in replaced.headers
    assert shown(desk, kind, name).content == replaced.content
    if kind != "source":
        other = desk.put(kind, name + "-other", two)
        assert {**without_own(replaced.json()), "proposition": None} == {**without_own(other.json()), "proposition": None}
    assert [revision["action"] for revision in desk.revisions(kind, name)] == ["created", "changed"]
    desk.put(kind, name, one, "*")
    back = shown(desk, kind, name).json()
    fresh = desk.put(kind, name + "-fresh", one).json()
    for document in (back, fresh):
        document.pop("proposition", None)
        document.pop("origin", None)
    assert without_own(back) == without_own(fresh)




@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
def test_etag_of_each_answer_is_good_for_the_next_change(desk, name, kind, coding):
    one, two = DOCUMENTS[kind]
    two = {**two, **({"content_sha256": None} if kind == "source" else {})}
    etag = desk.put(kind, name, one).headers["ETag"]
    etag = desk.put(kind, name, two, etag).headers["ETag"]
    problem(desk.send("PUT", path_of(kind, name), one, {"If-Match": '"00000000000000000000000000000000.1"'}), 412, "precondition-failed")
    etag = desk.patch(kind, name, one, etag).headers["ETag"] if kind != "claim" else etag
    got = desk.get(path_of(kind, name), headers={"Accept-Encoding": coding}).headers["ETag"]
    again = desk.put(kind, name, one, got).headers["ETag"]
    listed = f'"nothing", "other.1", {again}'
    desk.put(kind, name, two, listed)
    stale = desk.send("PUT", path_of(kind, name), one, {"If-Match": again})
    problem(stale, 412, "precondition-failed")
    problem(desk.send("DELETE", path_of(kind, name), headers={"If-Match": again}), 412, "precondition-failed")
    desk.retract(kind, name, desk.get(path_of(kind, name), headers={"Accept-Encoding": coding}).headers["ETag"])


@pytest.mark.parametrize("kind", KINDS)
def test_unchanged_document_makes_no_revision(desk, name, kind):
    for document in DOCUMENTS[kind]:
        desk.put(kind, name, {**document, **({"content_sha256": "7" * 64} if kind == "source" else {})}, "*" if desk.send("GET", path_of(kind, name)).ok else None)
        before, seen = shown(desk, kind, name), desk.revisions(kind, name)
        last = desk.last()
        sent = {**document, **({"content_sha256": "7" * 64} if kind == "source" else {})}
        again = desk.put(kind, name, sent, "*", comment="nothing new")
        assert head_of(again) == head_of(before) and again.content == before.content
        assert desk.put(kind, name, {**sent, "id": name}, "*").content == before.content
        desk.patch(kind, name, {}, "*")
        assert desk.revisions(kind, name) == seen and list(desk.changes(last)) == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "comparison"])
def test_answer_can_be_put_back_as_it_is_and_edited(desk, name, kind):
    words = {"claim": "statement", "source": "description"}.get(kind, "name")
    document = {**DOCUMENTS[kind][1], **({"content_sha256": "8" * 64} if kind == "source" else {})}
    desk.put(kind, name, document)
    for query in ({}, {"embed": "source,claimant,subject,quantity,proposition,comparisons"})[:2 if kind == "claim" else 1]:
        got = desk.get(path_of(kind, name), **query)
        desk.put(kind, name, got.json(), got.headers["ETag"])
        assert len(desk.revisions(kind, name)) == 1
    edited = desk.put(kind, name, {**got.json(), words: "Other words"}, got.headers["ETag"])
    assert edited.json()[words] == "Other words" and len(desk.revisions(kind, name)) == 2
    was = shown(desk, kind, name).json()
    assert {**was, words: None} == {**edited.json(), words: None}


@pytest.mark.parametrize("claim", [CLAIM, STATEMENT, MULTIPLE], ids=["numeric", "statement", "multiple"])
def test_claims_of_each_kind_can_be_put_back(desk, name, claim):
    desk.put("claim", name, claim)
    got = desk.get(path_of("claim", name))
    again = desk.put("claim", name, got.json(), got.headers["ETag"])
    assert again.json() == got.json() and len(desk.revisions("claim", name)) == 1


def test_all_of_the_seed_can_be_put_back(desk):
    """Each thing that the seed has, as its answer shows it, is no change."""
    last = desk.last()
    for kind in [kind for kind in KINDS if kind != "comparison"]:
        items = desk.get(path_of(kind), limit=200).json()["items"]
        for item in items[:25]:
            desk.put(kind, item["id"], item, "*")
    assert list(desk.changes(last)) == []


def test_patch_is_a_merge(desk, name):
    desk.put("claim", name, DOCUMENTS["claim"][1])
    etag = desk.patch("claim", name, {"period": None, "scope": None, "figure": {"as_printed": "7 bis 9"}}, desk.etag("claim", name)).headers["ETag"]
    got = shown(desk, "claim", name).json()
    assert got["period"] is None and got["scope"] is None
    assert got["figure"] == {**got["figure"], "as_printed": "7 bis 9", "low": "7", "high": "9", "value": "8", "bound": "range"}
    etag = desk.patch("claim", name, {"figure": {"value": None}}, etag).headers["ETag"]
    assert shown(desk, "claim", name).json()["figure"]["value"] is None
    etag = desk.patch("claim", name, {"attribution": [{"agent": "desk-bob", "role": "author"}], "locator": {"line": 9}}, etag).headers["ETag"]
    got = shown(desk, "claim", name).json()
    assert [hop["role"] for hop in got["attribution"]] == ["author"] and got["locator"] == {"line": 9}
    etag = desk.patch("claim", name, {"kind": "statement", "figure": None, "quantity": None}, etag).headers["ETag"]
    assert shown(desk, "claim", name).json()["figure"] is None
    problem(desk.send("PATCH", path_of("claim", name), {"statement": None, "stance": None}, {"If-Match": etag}), 422, "invalid-document",
            ["/statement", "/stance"])
    problem(desk.send("PATCH", path_of("claim", name), ["no object"], {"If-Match": etag}), 422, "invalid-document", [""])
    plain = desk.send("PATCH", path_of("claim", name), {"hedge": "opinion"}, {"If-Match": etag, "Content-Type": "application/json"})
    assert plain.status_code == 200 and plain.json()["hedge"] == "opinion"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_retracted_is_gone_with_its_reason(desk, name, kind):
    desk.put(kind, name, DOCUMENTS[kind][0])
    gone = desk.retract(kind, name, comment="Züge, die \"irren\"")
    assert gone.content == b"" and "Content-Type" not in gone.headers and "ETag" not in gone.headers
    for method, body in (("GET", None), ("PATCH", {}), ("DELETE", None)):
        document = problem(desk.send(method, path_of(kind, name), body, {"If-Match": "*"}), 410, "gone")
        assert "Züge, die \"irren\"" in document["detail"]
    head = desk.send("HEAD", path_of(kind, name))
    assert head.status_code == 410 and head.content == b""
    problem(desk.send("PUT", path_of(kind, name), DOCUMENTS[kind][0], {"If-Match": "*"}), 412, "precondition-failed")
    assert [revision["action"] for revision in desk.revisions(kind, name)] == ["created", "retracted"]
    assert desk.revisions(kind, name)[-1]["comment"] == "Züge, die \"irren\""
    assert name not in [item["id"] for item in desk.get(path_of(kind), limit=200).json()["items"]]
    desk.put(kind, name, DOCUMENTS[kind][0], headers={"If-None-Match": "*"})
    assert [revision["action"] for revision in desk.revisions(kind, name)] == ["created", "retracted", "created"]
    desk.get(path_of(kind, name))


@pytest.mark.parametrize("kind", KINDS)
def test_what_never_was_is_not_found(desk, kind):
    for method, path, body in (("GET", path_of(kind, "never-was"), None), ("PATCH", path_of(kind, "never-was"), {}),
                               ("DELETE", path_of(kind, "never-was"), None), ("GET", path_of(kind, "never-was", "/revisions"), None),
                               ("GET", path_of(kind, "never-was", "/diff"), None)):
        problem(desk.send(method, path, body, {"If-Match": "*"}), 404, "not-found")


def test_what_never_was_cannot_be_reverted(desk):
    problem(desk.send("POST", "/v1/claims/never-was/revert", {"revision": 1}), 404, "not-found")


@pytest.mark.parametrize("kind", KINDS)
def test_post_makes_an_id(desk, kind):
    document = DOCUMENTS[kind][0]
    made = desk.expect(201, "POST", path_of(kind), document)
    id = made.json()["id"]
    assert made.headers["Location"] == path_of(kind, id) and shown(desk, kind, id).content == made.content
    second = desk.expect(201, "POST", path_of(kind), document).json()["id"]
    assert second != id
    desk.retract(kind, second, comment="one too many")
    assert desk.expect(201, "POST", path_of(kind), document).json()["id"] not in (id, second), "what was once an id stays taken"


@pytest.mark.parametrize("kind", KINDS)
def test_post_takes_an_id(desk, name, kind):
    made = desk.expect(201, "POST", path_of(kind), {**DOCUMENTS[kind][0], "id": name})
    assert made.headers["Location"] == path_of(kind, name)
    problem(desk.send("POST", path_of(kind), {**DOCUMENTS[kind][1], "id": name}), 409, "conflict")
    problem(desk.send("POST", path_of(kind), {**DOCUMENTS[kind][0], "id": name}, {"If-Match": "*"}), 409, "conflict")


def test_ids_that_are_made_at_once_differ(desk):
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda _: desk.send("POST", "/v1/subjects", {"name": "All At Once", "kind": "model", "description": "One."}), range(16)))
    assert [answer.status_code for answer in made] == [201] * 16
    assert len({answer.json()["id"] for answer in made}) == 16


@pytest.mark.parametrize("words", ["Ünïcode Größe — ½", "漢字", "…", "-", "A" * 500, "a-" * 300, "Ⅷ ﬁ", "a\tb\nc"], ids=range(8))
def test_ids_are_made_of_any_words(desk, words):
    for kind, document in (("subject", {"name": words, "kind": "model", "description": "x"}), ("source", {"kind": "post", "title": words, "description": "x"}),
                           ("claim", {**STATEMENT, "statement": words}), ("scope", {"name": words, "definition": "x"})):
        made = desk.expect(201, "POST", path_of(kind), document)
        assert desk.get(made.headers["Location"]).json()["id"] == made.json()["id"]


def test_id_of_a_claim_names_its_line(desk):
    assert "-123-" in desk.expect(201, "POST", "/v1/claims", {**STATEMENT, "locator": {"line": 123}}).json()["id"]


@pytest.mark.parametrize("source", ["s" * 115 + "t", "s" * 113 + "-ttt"], ids=["claim", "voice"])
def test_ids_that_are_too_long_are_cut_to_what_is_one(desk, source):
    desk.put("source", source, DOCUMENTS["source"][0])
    desk.expect(201, "POST", "/v1/claims", {**STATEMENT, "source": source})


def long_subject(desk):
    for _ in range(2):
        answer = desk.send("POST", "/v1/subjects", {**DOCUMENTS["subject"][0], "name": "q" * 60})
    return answer


MADE = {"quantity-of": lambda desk: desk.send("POST", "/v1/quantities", {**DOCUMENTS["quantity"][0], "name": "Cost of training"}),
        "quantity-long": lambda desk: desk.send("POST", "/v1/quantities", {**DOCUMENTS["quantity"][0], "name": "q" * 57}),
        "comparison-of": lambda desk: desk.send("POST", "/v1/comparisons", {**DOCUMENTS["comparison"][0], "title": "Price of Alpha"}),
        "subject-long": long_subject,
        "unit-long": lambda desk: desk.send("POST", "/v1/units", {"name": "u" * 33, "dimension": "desk-heap"})}


@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
def test_ids_are_made_as_their_kind_takes_them(desk, make):
    assert make(desk).status_code == 201


TAKEN_BY_NONE = [("quantity", "cost-of-x"), ("quantity", "cost-of"), ("quantity", "q" * 57), ("subject", "s" * 61), ("comparison", "a-of-b"), ("unit", "u" * 33)]


@pytest.mark.parametrize("kind, id", TAKEN_BY_NONE, ids=[f"{kind}-{id[:9]}" for kind, id in TAKEN_BY_NONE])
def test_ids_that_their_kind_does_not_take_are_refused(desk, kind, id):
    assert desk.send("PUT", path_of(kind, id), DOCUMENTS[kind][0]).status_code in (404, 422)


@pytest.mark.parametrize("document, pointers", [
    ({**MULTIPLE, "figure": {**MULTIPLE["figure"], "unit": "{fold}"}, "quantity": "desk-folds"}, ["/figure/unit"]),
    ({**MULTIPLE, "operands": {"numerators": ["desk-figure-c"]}}, ["/operands/numerators/0"]),
    ({**STATEMENT, "proposition": {"id": "blank", "statement": " "}}, ["/proposition/statement"]),
    ({**STATEMENT, "proposition": {"id": "blank", "statement": 5}}, ["/proposition/statement"])], ids=["unit", "itself", "blank", "number"])
def test_rules_of_the_tables_are_told_by_their_place(desk, document, pointers):
    if desk.send("GET", path_of("quantity", "desk-folds")).status_code == 404:
        desk.put("unit", "{fold}", {"name": "folds", "dimension": "desk-fold", "factor": "1"})
        desk.put("quantity", "desk-folds", {"name": "Folds", "definition": "How many.", "unit": "{fold}"})
        desk.put("claim", "desk-figure-c", CLAIM)
    problem(desk.send("PUT", path_of("claim", "desk-figure-c"), document, {"If-Match": "*"}), 422, "invalid-document", pointers)


def test_comparison_keeps_a_figure(desk, name):
    desk.put("claim", name, CLAIM)
    desk.put("comparison", name, {**DOCUMENTS["comparison"][0], "claims": [name]})
    desk.send("PUT", path_of("claim", name), {**MULTIPLE, "operands": None}, {"If-Match": "*"})
    desk.get(path_of("comparison", name))


# Asking for less, or for nothing to be done -------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_dry_run_says_what_would_be_and_does_nothing(desk, name, kind):
    one, two = DOCUMENTS[kind]
    last = desk.last()
    would = desk.send("PUT", path_of(kind, name), one, dry_run="true")
    assert would.status_code == 200 and "ETag" not in would.headers and "Location" not in would.headers
    problem(desk.send("GET", path_of(kind, name)), 404, "not-found")
    made = desk.put(kind, name, one, dry_run="false")
    assert without_own(made.json()) == without_own(would.json())
    before = shown(desk, kind, name)
    two = {**two, **({"content_sha256": "9" * 64} if kind == "source" else {})}
    would = desk.send("PUT", path_of(kind, name), two, {"If-Match": "*"}, dry_run="true")
    assert would.status_code == 200
    assert desk.send("DELETE", path_of(kind, name), None, {"If-Match": "*"}, dry_run="true").status_code == 204
    would_post = desk.send("POST", path_of(kind), one, dry_run="true")
    assert would_post.status_code == 200
    now = shown(desk, kind, name)
    assert now.content == before.content and now.headers["ETag"] == before.headers["ETag"]
    assert [change["id"] for change in desk.changes(last) if change["kind"] == kind] == [name]
    assert desk.put(kind, name, two, "*").json() == would.json()
    problem(desk.send("PUT", path_of(kind, name), one, dry_run="true"), 428, "precondition-required")
    problem(desk.send("PUT", path_of(kind, name), {"id": 3}, {"If-Match": "*"}, dry_run="true"), 422, "invalid-document")


def test_dry_run_says_what_is_refused_in_the_end(desk, name):
    problem(desk.send("DELETE", path_of("subject", "desk-alpha"), None, {"If-Match": "*"}, dry_run="true"), 409, "conflict")
    problem(desk.send("PUT", path_of("claim", name), {**CLAIM, "subject": "nobody"}, dry_run="true"), 422, "invalid-document", ["/subject"])
    problem(desk.send("PUT", path_of("claim", name), CLAIM, dry_run="yes"), 400, "invalid-parameter")


@pytest.mark.parametrize("kind", KINDS)
def test_minimal_answers_have_no_body(desk, name, kind):
    one, two = DOCUMENTS[kind]
    made = desk.send("PUT", path_of(kind, name), one, {"Prefer": "return=minimal"})
    assert (made.status_code, made.content, made.headers["Location"]) == (201, b"", path_of(kind, name))
    assert made.headers["Preference-Applied"] == "return=minimal" and made.headers["ETag"] == shown(desk, kind, name).headers["ETag"]
    two = {**two, **({"content_sha256": None} if kind == "source" else {})}
    replaced = desk.send("PUT", path_of(kind, name), two, {"Prefer": "respond-async, return=minimal", "If-Match": "*"})
    assert (replaced.status_code, replaced.content) == (204, b"") and "Location" not in replaced.headers
    assert replaced.headers["ETag"] == shown(desk, kind, name).headers["ETag"]
    whole = desk.send("PUT", path_of(kind, name), one, {"Prefer": "return=representation", "If-Match": "*"})
    assert whole.status_code == 200 and whole.content == shown(desk, kind, name).content


# Preconditions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_there_is_changed_with_if_match_alone(desk, name, kind):
    desk.put(kind, name, DOCUMENTS[kind][0])
    before = shown(desk, kind, name)
    for method, body in (("PUT", DOCUMENTS[kind][1]), ("PATCH", {}), ("DELETE", None)):
        problem(desk.send(method, path_of(kind, name), body), 428, "precondition-required")
        for stale in ('"00000000000000000000000000000000.1"', 'W/' + before.headers["ETag"], '"a"', "nonsense", '""'):
            problem(desk.send(method, path_of(kind, name), body, {"If-Match": stale}), 412, "precondition-failed")
    problem(desk.send("POST", path_of(kind, name, "/revert"), {"revision": desk.revisions(kind, name)[0]["revision"]}), 428, "precondition-required")
    problem(desk.send("PUT", path_of(kind, name), DOCUMENTS[kind][1], {"If-None-Match": "*"}), 412, "precondition-failed")
    problem(desk.send("PUT", path_of(kind, name), DOCUMENTS[kind][1], {"If-None-Match": "*", "If-Match": "*"}), 412, "precondition-failed")
    after = shown(desk, kind, name)
    assert after.content == before.content and len(desk.revisions(kind, name)) == 1


@pytest.mark.parametrize("given", ["x*", '"abc*', "nothing, of*this"])
def test_malformed_if_match_does_not_match(desk, given):
    desk.send("PUT", path_of("scope", "malformed"), DOCUMENTS["scope"][0])
    problem(desk.send("PUT", path_of("scope", "malformed"), DOCUMENTS["scope"][0], {"If-Match": given}), 412, "precondition-failed")


def test_etag_of_what_others_changed_is_stale(desk, url, name):
    """Whoever changed it, and whatever form of it the ETag is of."""
    etag = desk.put("subject", name, DOCUMENTS["subject"][0]).headers["ETag"]
    with Tables(url) as tables:
        tables.run("UPDATE subject SET name = 'Past it' WHERE id = %s", name)
    problem(desk.send("PUT", path_of("subject", name), DOCUMENTS["subject"][0], {"If-Match": etag}), 412, "precondition-failed")
    linked = desk.get(path_of("subject", name), headers={"Accept": "application/ld+json"})
    desk.put("subject", name, DOCUMENTS["subject"][0], linked.headers["ETag"])


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_etag_of_what_only_shows_others_is_good(desk, name, method):
    """The claim has its subject's name, which is no revision of it."""
    desk.put("subject", name, DOCUMENTS["subject"][0])
    etag = desk.put("claim", name, {**STATEMENT, "subject": name}).headers["ETag"]
    desk.patch("subject", name, {"name": "Renamed"}, "*")
    body = {"stance": "disputes"} if method == "PATCH" else {**STATEMENT, "subject": name, "stance": "disputes"}
    desk.expect(200, method, path_of("claim", name), body, {"If-Match": etag})
    problem(desk.send(method, path_of("claim", name), body, {"If-Match": etag}), 412, "precondition-failed")


def test_etag_that_is_still_to_come_is_none(desk, name):
    etag = desk.put("scope", name, DOCUMENTS["scope"][0]).headers["ETag"]
    later = f"{etag[:-1]}0{etag[-1]}"
    problem(desk.send("PUT", path_of("scope", name), DOCUMENTS["scope"][1], {"If-Match": later}), 412, "precondition-failed")


# Rules ----------------------------------------------------------------------------------------------------


def claim(**members):
    return {**CLAIM, **members}


def figure(**members):
    return {**CLAIM, "figure": {**FIGURE, **members}}


DISAGREEING = [
    ("claim", claim(source="none"), ["/source"]), ("claim", claim(source={"id": "none"}), ["/source"]),
    ("claim", claim(subject="none"), ["/subject"]), ("claim", claim(quantity="none"), ["/quantity"]), ("claim", claim(scope="none"), ["/scope"]),
    ("claim", claim(claimant="none", attribution=[{"agent": "none", "role": "speaker"}]), ["/claimant", "/attribution/0/agent"]),
    ("claim", claim(claimant="desk-ada", attribution=[{"agent": "desk-ada", "role": "speaker", "via": "none"}]), ["/attribution/0/via"]),
    ("claim", claim(claimant="desk-ada"), ["/attribution"]),
    ("claim", claim(claimant="desk-ada", attribution=[{"agent": "desk-ada", "role": "speaker"}, {"agent": "desk-bob", "role": "author"}]), ["/attribution"]),
    ("claim", claim(attribution=[{"agent": "desk-ada", "role": "speaker"}]), ["/claimant"]),
    ("claim", figure(unit="NONE"), ["/figure/unit"]), ("claim", figure(unit="desk-fold"), ["/figure/unit"]),
    ("claim", figure(value=None), ["/figure/value"]), ("claim", figure(low="12"), ["/figure/low"]), ("claim", figure(high="13"), ["/figure/high"]),
    ("claim", figure(bound="range", value=None), ["/figure/low"]), ("claim", figure(bound="range", low="9", high="7", value=None), ["/figure/high"]),
    ("claim", figure(bound="range", low="13", high="14"), ["/figure/value"]), ("claim", figure(bound="gt", high="99"), ["/figure/high"]),
    ("claim", claim(figure=None), ["/figure", "/quantity"]), ("claim", claim(quantity=None), ["/quantity"]), ("claim", claim(kind="statement"), ["/figure"]),
    ("claim", claim(operands={"numerators": ["desk-figure-a"]}), ["/operands"]),
    ("claim", {**MULTIPLE, "operands": {"numerators": ["none", "desk-figure-a"], "denominators": ["none"]}}, ["/operands/numerators/0", "/operands/denominators/0"]),
    ("source", {**DOCUMENTS["source"][0], "publisher": "none"}, ["/publisher"]),
    ("source", {**DOCUMENTS["source"][0], "relations": [{"kind": "cites", "source": "none"}]}, ["/relations/0/source"]),
    ("source", {**DOCUMENTS["source"][0], "relations": [{"kind": "cites", "source": "desk-daily"}, {"kind": "cites", "source": {"id": "desk-daily"}}]},
     ["/relations/1"]),
    ("comparison", {**DOCUMENTS["comparison"][0], "claims": ["none", "desk-figure-a"]}, ["/claims/0"]),
    ("comparison", {**DOCUMENTS["comparison"][0], "claims": ["desk-figure-a", "desk-figure-a"]}, ["/claims/1"]),
    ("comparison", {**DOCUMENTS["comparison"][0], "baseline": "desk-figure-c"}, ["/baseline"]),
    ("comparison", {**DOCUMENTS["comparison"][0], "claims": ["none"]}, ["/claims", "/claims/0"]),
    ("quantity", {**DOCUMENTS["quantity"][0], "unit": "NONE"}, ["/unit"]),
    ("quantity", {**DOCUMENTS["quantity"][0], "dimension": "desk-ratio"}, ["/dimension"]),
    ("agent", {"name": "V", "kind": "source"}, ["/source"]), ("agent", {"name": "V", "kind": "person", "source": "desk-daily"}, ["/source", "/source"]),
    ("agent", {"name": "V", "kind": "source", "source": "none"}, ["/source"]), ("agent", {"name": "V", "kind": "source", "source": "desk-daily"}, ["/source"]),
    ("unit", {"name": "U", "dimension": "desk-money", "factor": "1"}, ["/factor"]), ("unit", {"name": "U", "dimension": "desk-money", "factor": "0"}, ["/factor"]),
    ("unit", {"name": "U", "dimension": "desk-money", "factor": "-1"}, ["/factor"]),
]


@pytest.mark.parametrize("kind, document, pointers", DISAGREEING, ids=[f"{kind}-{'+'.join(at)}-{i}" for i, (kind, _, at) in enumerate(DISAGREEING)])
def test_what_does_not_agree_is_told_by_its_place(desk, kind, document, pointers):
    for method, path in (("PUT", path_of(kind, "disagreeing")), ("POST", path_of(kind))):
        refused = problem(desk.send(method, path, document), 422, "invalid-document", pointers)
        assert "SELECT" not in refused["detail"] and "constraint" not in json.dumps(refused)
    problem(desk.send("GET", path_of(kind, "disagreeing")), 404, "not-found")


def test_rules_hold_for_what_others_rest_on(desk):
    """Things that others refer to can be changed only so that these stay right."""
    for kind, document, at in (
            ("claim", {**STATEMENT, "statement": "Alpha costs 30."}, ["/kind", "/kind"]),
            ("unit", {"name": "drawing rights", "dimension": "desk-ratio", "factor": "2"}, ["/dimension"]),
            ("quantity", {"name": "Price", "definition": "Folds.", "unit": "desk-fold"}, ["/unit"])):
        id = {"claim": "desk-figure-a", "unit": "XDR", "quantity": "desk-price"}[kind]
        if kind == "claim":
            desk.put("comparison", "rests-on-it", DOCUMENTS["comparison"][1])
            id = "desk-figure-b"
        problem(desk.send("PUT", path_of(kind, id), document, {"If-Match": "*"}), 422, "invalid-document", at)


@pytest.mark.parametrize("other", [{"name": "V", "kind": "source", "source": "desk-weekly-two"}, {"name": "V", "kind": "person"}], ids=["other", "person"])
def test_voice_stays_its_sources_as_long_as_it_speaks(desk, name, other):
    desk.put("source", name, DOCUMENTS["source"][0])
    if desk.send("GET", path_of("source", "desk-weekly-two")).status_code == 404:
        desk.put("source", "desk-weekly-two", DOCUMENTS["source"][0])
    voice = desk.put("claim", name, {**STATEMENT, "source": name}).json()["claimant"]["id"]
    assert desk.send("PUT", path_of("agent", voice), other, {"If-Match": "*"}).status_code in (409, 422)
    got = desk.get(path_of("claim", name))
    desk.put("claim", name, got.json(), got.headers["ETag"])


REFERRED = [("source", "desk-daily"), ("subject", "desk-alpha"), ("quantity", "desk-price"), ("unit", "XDR"), ("agent", "voice-desk-daily"),
            ("claim", "desk-figure-a"), ("scope", "referred-scope"), ("agent", "referred-hop"), ("source", "referred-via"), ("agent", "referred-publisher"),
            ("source", "referred-source")]


def test_what_is_referred_to_is_not_retracted(desk):
    desk.put("scope", "referred-scope", DOCUMENTS["scope"][0])
    for agent in ("referred-hop", "referred-publisher"):
        desk.put("agent", agent, DOCUMENTS["agent"][0])
    desk.put("source", "referred-via", DOCUMENTS["source"][0])
    desk.put("source", "referred-source", {**DOCUMENTS["source"][0], "publisher": "referred-publisher"})
    desk.put("source", "refers", {**DOCUMENTS["source"][0], "relations": [{"kind": "based_on", "source": "referred-source"}]})
    desk.put("claim", "refers", {**CLAIM, "scope": "referred-scope", "claimant": "desk-bob",
                                 "attribution": [{"agent": "referred-hop", "role": "author", "via": "referred-via"}, {"agent": "desk-bob", "role": "speaker"}]})
    desk.put("claim", "refers-multiple", MULTIPLE)
    for kind, id in REFERRED:
        refused = problem(desk.send("DELETE", path_of(kind, id), headers={"If-Match": "*"}), 409, "conflict")
        assert "constraint" not in refused["detail"] and "_" not in refused["detail"]
    desk.retract("source", "refers")
    desk.retract("claim", "refers-multiple")
    desk.retract("claim", "refers")
    for kind, id in [("scope", "referred-scope"), ("agent", "referred-hop"), ("source", "referred-via"), ("source", "referred-source"), ("agent", "referred-publisher")]:
        desk.retract(kind, id)


def test_source_goes_with_its_voice_and_claim_with_its_proposition(desk, name):
    desk.put("source", name, DOCUMENTS["source"][0])
    voice = desk.put("claim", name, {**STATEMENT, "source": name, "proposition": {"id": name + "-said", "statement": "So."}}).json()["claimant"]["id"]
    desk.get(f"/v1/propositions/{name}-said")
    desk.retract("claim", name)
    problem(desk.send("GET", f"/v1/propositions/{name}-said"), 404, "not-found") if desk.send("GET", f"/v1/propositions/{name}-said").status_code == 404 \
        else problem(desk.send("GET", f"/v1/propositions/{name}-said"), 410, "gone")
    desk.retract("source", name)
    problem(desk.send("GET", path_of("agent", voice)), 410, "gone")


def test_proposition_is_what_the_claim_says_it_is(desk, name):
    desk.put("claim", name, {**STATEMENT, "proposition": {"id": name + "-said", "statement": "First words."}})
    desk.put("claim", name, {**STATEMENT, "statement": "Alpha is here.", "proposition": {"id": name + "-said", "statement": "Second words."}}, "*")
    assert desk.get(f"/v1/propositions/{name}-said").json()["statement"] == "Second words."
    desk.put("claim", name, {**STATEMENT, "proposition": name + "-said"}, "*")
    assert desk.get(f"/v1/propositions/{name}-said").json()["statement"] == "Second words."


def test_words_of_the_proposition_alone_can_be_changed(desk, name):
    desk.put("claim", name, {**STATEMENT, "proposition": {"id": name + "-said", "statement": "First words."}})
    desk.put("claim", name, {**STATEMENT, "proposition": {"id": name + "-said", "statement": "Second words."}}, "*")
    assert desk.get(f"/v1/propositions/{name}-said").json()["statement"] == "Second words."


def test_derived_comparison_is_not_written(desk):
    derived = "desk-price-of-desk-alpha"
    desk.get(path_of("comparison", derived))
    problem(desk.send("PUT", path_of("comparison", derived), DOCUMENTS["comparison"][0]), 422, "invalid-document", ["/id"])
    assert desk.send("DELETE", path_of("comparison", derived), headers={"If-Match": "*"}).status_code in (404, 405, 409)


# Documents of another form -------------------------------------------------------------------------------------

MISSHAPEN = [
    ("claim", {}, ["/source", "/locator", "/statement", "/kind", "/subject", "/stance", "/hedge"]),
    ("claim", [], [""]), ("claim", None, [""]), ("claim", "words", [""]), ("claim", 7, [""]),
    ("claim", claim(figure={**FIGURE, "value": 12.5}), ["/figure/value"]), ("claim", claim(figure={**FIGURE, "value": 12}), ["/figure/value"]),
    ("claim", figure(value="1e3"), ["/figure/value"]), ("claim", figure(value="1" * 61), ["/figure/value"]), ("claim", figure(value=" 1"), ["/figure/value"]),
    ("claim", figure(value="NaN"), ["/figure/value"]), ("claim", figure(value="Infinity"), ["/figure/value"]), ("claim", figure(value="1\n"), ["/figure/value"]),
    ("claim", claim(locator={"line": 0}), ["/locator/line"]), ("claim", claim(locator={"line": "3"}), ["/locator/line"]),
    ("claim", claim(locator={"line": 3.0}), ["/locator/line"]), ("claim", claim(locator={"line": -1, "page": 2}), ["/locator/line", "/locator/page"]),
    ("claim", claim(statement=" \t\n"), ["/statement"]), ("claim", claim(statement=""), ["/statement"]), ("claim", claim(stance="loves", hedge=None), ["/stance", "/hedge"]),
    ("claim", claim(source="Not A Slug"), ["/source"]), ("claim", claim(source={"name": "x"}), ["/source/id"]), ("claim", claim(subject=["desk-alpha"]), ["/subject"]),
    ("claim", claim(unknown=1, **{"a/b~c": 2}), ["/unknown", "/a~1b~0c"]), ("claim", claim(period="last year"), ["/period"]),
    ("claim", claim(attribution=[{"agent": "desk-ada"}, 3]), ["/attribution/0/role", "/attribution/1"]),
    ("claim", claim(operands={"numerators": [3]}), ["/operands/numerators/0"]),
    ("claim", claim(attribution=[{"agent": "desk-ada", "role": "speaker"}] * 101), ["/attribution"]),
    ("source", {"kind": "blog", "description": "x", "published_at": "2025-02-29", "content_sha256": "abc", "url": "ftp://x", "language": "English"},
     ["/kind", "/published_at", "/content_sha256", "/url", "/language"]),
    ("source", {"kind": "post", "description": "x", "published_at": "2025-2-9"}, ["/published_at"]),
    ("source", {"kind": "post", "description": "x", "relations": [{"kind": "likes", "source": "desk-daily", "direction": "up", "x": 1}]},
     ["/relations/0/kind", "/relations/0/direction", "/relations/0/x"]),
    ("comparison", {"title": "T", "description": "D", "claims": []}, ["/claims"]), ("comparison", {"title": "T", "description": "D"}, ["/claims"]),
    ("subject", {"name": "x" * 10, "kind": "planet", "description": 3}, ["/kind", "/description"]), ("subject", {"id": "mis shapen", **DOCUMENTS["subject"][0]}, None),
    ("unit", {"name": "U", "dimension": "desk-money", "factor": 1000}, ["/factor"]), ("unit", {"name": "U", "dimension": "Money!"}, ["/dimension"]),
    ("quantity", {"name": "Q", "definition": "D", "unit": {"id": "XDR"}}, ["/unit"]), ("agent", {"name": "A", "kind": "robot"}, ["/kind"]),
    ("scope", {"name": None, "definition": True}, ["/name", "/definition"]),
]


@pytest.mark.parametrize("kind, document, pointers", MISSHAPEN, ids=[f"{kind}-{i}" for i, (kind, *_) in enumerate(MISSHAPEN)])
def test_what_is_not_of_its_form_is_told_by_its_place_all_of_it(desk, kind, document, pointers):
    body = json.dumps(document).encode()
    problem(desk.send("PUT", path_of(kind, "misshapen"), body), 422, "invalid-document", pointers)
    problem(desk.send("POST", path_of(kind), body), 422, "invalid-document", pointers)


@pytest.mark.parametrize("kind, document, pointers", [
    ("claim", claim(locator={"line": 3000000000}, stance="loves"), ["/locator/line", "/stance"]), ("claim", claim(locator={"line": 3000000000}), ["/locator/line"])])
def test_what_is_too_large_is_told_by_its_place(desk, kind, document, pointers):
    problem(desk.send("PUT", path_of(kind, "misshapen"), document), 422, "invalid-document", pointers)


@pytest.mark.parametrize("kind", KINDS)
def test_id_of_the_body_is_that_of_the_path(desk, kind):
    problem(desk.send("PUT", path_of(kind, IDS[kind]), {**DOCUMENTS[kind][0], "id": "another"}), 422, "invalid-document", ["/id"])


NOT_JSON = {
    "none": b"", "blanks": b"  \n", "truncated": b'{"name": "x", "kind": "mod', "more": b'{"name": "x"} {}', "comment": b'{"name": 1 /* x */}', "single": b"{'name': 1}",
    "twice": b'{"name": "x", "name": "x", "kind": "model", "description": "d"}', "twice-deep": b'{"name": "x", "kind": "model", "description": "d", "claims": {"a": 1, "a": 2}}',
    "latin": '{"name": "Größe", "kind": "model", "description": "d"}'.encode("latin-1"), "overlong": b'{"name": "\xc0\xaf"}', "surrogate": b'{"name": "\\ud800"}',
    "nul": b'{"name": "a\\u0000b", "kind": "model", "description": "d"}', "raw-nul": b'{"name": "a\x00b"}', "control": b'{"name": "a\nb"}', "nan": b'{"name": NaN}',
    "huge-number": b'{"name": 1e999}', "huge-integer": b'{"name": ' + b"9" * 400 + b"}", "utf-16": '{"name": "x"}'.encode("utf-16"), "gzip": gzip.compress(b'{"name": "x"}'),
    "deep": b'{"claims": ' + b"[" * 33 + b"]" * 33 + b"}", "abyss": b"[" * 200000, "abyss-closed": b'{"a":' * 50000 + b"1" + b"}" * 50000,
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_no_json_is_refused(desk, body):
    for method, path in (("PUT", path_of("subject", "no-json")), ("POST", path_of("subject")), ("PATCH", path_of("subject", "desk-alpha"))):
        refused = desk.send(method, path, body, {"If-Match": "*"} if method == "PATCH" else {})
        problem(refused, 400, "invalid-body")
    assert desk.get(path_of("subject", "desk-alpha")).json()["name"] == "Alpha"


def test_byte_order_mark_is_told_or_passed_over(desk, name):
    assert desk.send("PUT", path_of("subject", name), b"\xef\xbb\xbf" + json.dumps(DOCUMENTS["subject"][0]).encode()).status_code in (201, 400)


@pytest.mark.parametrize("given", [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx", "application/ld+json",
                                   "application/merge-patch+json"])
def test_other_content_types_are_refused(desk, given):
    refused = desk.send("PUT", path_of("subject", "typed"), DOCUMENTS["subject"][0], {"Content-Type": given})
    problem(refused, 415, "unsupported-media-type")
    problem(desk.send("POST", path_of("subject"), DOCUMENTS["subject"][0], {"Content-Type": given}), 415, "unsupported-media-type")
    if given != "application/merge-patch+json":
        refused = desk.send("PATCH", path_of("subject", "desk-alpha"), {}, {"Content-Type": given, "If-Match": "*"})
        problem(refused, 415, "unsupported-media-type")
        assert "application/merge-patch+json" in refused.headers["Accept-Patch"]


@pytest.mark.parametrize("given", ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8", "application/json ;x=y"])
def test_json_by_any_spelling_is_taken(desk, name, given):
    assert desk.send("PUT", path_of("subject", name), DOCUMENTS["subject"][0], {"Content-Type": given}).status_code == 201


@pytest.mark.parametrize("path", ["/v1/subjects/Upper", "/v1/subjects/a--b", "/v1/subjects/-a", "/v1/subjects/" + "a" * 121, "/v1/subjects/a%2Fb", "/v1/subjects/%C3%A4",
                                  "/v1/subjects/a%00b", "/v1/subjects/a%0Ab", "/v1/subjects/a.b", "/v1/subjects/a;b", "/v1/subjects/..", "/v1/subjects/a%20b", "/v1/units/a%20b",
                                  "/v1/units/%7F", "/v1/subjects/"])
def test_odd_ids_are_none(desk, path):
    got = desk.send("PUT", path, DOCUMENTS["unit" if "units" in path else "subject"][0])
    assert got.status_code in (400, 404) and got.headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("id", ["%", "'", '"', "{x}", "&", "?", "#", "+", "\\", "~!@$^*()", "a=b", ";", "a:b,c", "/", "m/s"])
def test_odd_unit_codes_are_codes(desk, id):
    document = {"name": "Odd", "dimension": "desk-odd", "factor": None}
    made = desk.put("unit", id, document)
    assert desk.get(made.headers["Location"]).json()["id"] == id and desk.revisions("unit", id)[0]["action"] == "created"
    desk.put("unit", id, {**document, "name": "Odder"}, made.headers["ETag"])
    desk.retract("unit", id)
    problem(desk.send("GET", path_of("unit", id)), 410, "gone")


@pytest.mark.parametrize("text", ["'; DROP TABLE claim; --", "\\", "\"", "‮", "a\u0001b", "\U0001F600", "\ufffe", "{}", "$1", "%s", "x" * 100000], ids=range(11))
def test_any_text_is_kept_as_it_is(desk, name, text):
    made = desk.put("subject", name, {"name": text, "kind": "model", "description": text})
    assert made.json()["name"] == text == desk.get(path_of("subject", name)).json()["description"]
    assert desk.get(path_of("subject", name, "/diff")).json()["after"]["name"] == text
    if "\u0001" in text:  # no query string holds one
        return
    desk.retract("subject", name, comment=text[:1000])
    assert desk.revisions("subject", name)[-1]["comment"] == text[:1000]


@pytest.mark.parametrize("query", [{"comment": ""}, {"comment": "x" * 1001}, {"dry_run": "1"}, {"reason": "x"}, {"limit": "3"}])
def test_parameters_are_checked(desk, name, query):
    got = desk.send("PUT", path_of("subject", name), DOCUMENTS["subject"][0], **query)
    assert got.status_code == 400 and got.json()["errors"][0]["parameter"] in query
    problem(desk.send("GET", path_of("subject", name)), 404, "not-found")


@pytest.mark.parametrize("kind", KINDS)
def test_methods_are_those_that_allow_lists(desk, kind):
    for path, allowed in ((path_of(kind), {"GET", "HEAD", "OPTIONS", "POST"}), (path_of(kind, "x"), {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"}),
                          (path_of(kind, "x", "/revert"), {"OPTIONS", "POST"}), (path_of(kind, "x", "/revisions"), {"GET", "HEAD", "OPTIONS"})):
        for method in ("PUT", "PATCH", "DELETE", "POST", "GET"):
            if method not in allowed:
                refused = desk.send(method, path, {} if method != "GET" else None)
                problem(refused, 405, "method-not-allowed")
                assert set(refused.headers["Allow"].replace(" ", "").split(",")) == allowed


# Clients of bad manners or fortune ---------------------------------------------------------------------------------


def ask(desk, *parts, timeout=10):
    with desk.service.wire(timeout) as wire:
        wire.send(*parts)
        return wire.answer()


def head_lines(desk, method, target, *fields):
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: test", f"Authorization: Bearer {desk.token}", "Content-Type: application/json", *fields, "", ""])


BODY = json.dumps(DOCUMENTS["subject"][0]).encode()


@pytest.mark.parametrize("chunked", [False, True])
def test_body_that_is_too_large_is_refused(desk, chunked):
    large = json.dumps({**DOCUMENTS["subject"][0], "description": "x" * (MEGABYTE + 1)}).encode()
    if chunked:
        pieces = [large[at:at + 65536] for at in range(0, len(large), 65536)]
        with desk.service.wire() as wire:
            wire.send(head_lines(desk, "PUT", "/v1/subjects/large", "Transfer-Encoding: chunked"))
            for piece in pieces:
                wire.send(f"{len(piece):x}\r\n", piece, "\r\n")
            wire.send("0\r\n\r\n")
            answer = wire.answer()
    else:
        answer = ask(desk, head_lines(desk, "PUT", "/v1/subjects/large", f"Content-Length: {len(large)}"))
    assert answer.status == 413 and json.loads(answer.body)["type"] == "/problems/body-too-large"
    problem(desk.send("GET", "/v1/subjects/large"), 404, "not-found")


def test_body_just_small_enough_is_taken(desk, name):
    frame = json.dumps({**DOCUMENTS["subject"][0], "description": ""}).encode()
    whole = json.dumps({**DOCUMENTS["subject"][0], "description": "x" * (1048576 - len(frame))}).encode()
    assert len(whole) == 1048576
    assert desk.send("PUT", path_of("subject", name), whole).status_code == 201
    assert desk.send("PUT", path_of("subject", name), whole + b" ", {"If-Match": "*"}).status_code == 413


def test_chunked_body_is_taken(desk, name):
    with desk.service.wire() as wire:
        wire.send(head_lines(desk, "PUT", path_of("subject", name), "Transfer-Encoding: chunked"))
        for at in range(0, len(BODY), 7):
            piece = BODY[at:at + 7]
            wire.send(f"{len(piece):x};ext=1\r\n", piece, "\r\n")
        wire.send("0\r\n\r\n")
        assert wire.answer().status == 201


def test_client_that_asks_before_it_sends(desk, name):
    """Expect: 100-continue: one who may not write is refused before the body is sent."""
    with desk.service.wire() as wire:
        wire.send(head_lines(desk, "PUT", path_of("subject", name), f"Content-Length: {len(BODY)}", "Expect: 100-continue"))
        assert wire.head().status == 100
        wire.send(BODY)
        assert wire.answer().status == 201
    with desk.service.wire() as wire:
        wire.get(path_of("subject", name), "Content-Type: application/json", f"Content-Length: {len(BODY)}", "Expect: 100-continue", method="PUT")
        assert wire.answer().status == 401


@pytest.mark.parametrize("target", ["/v1/subjects/desk-alpha", "/v1/changes", "/v1/subjects/desk-alpha/revisions"])
def test_body_on_what_reads_is_refused(desk, target):
    answer = ask(desk, head_lines(desk, "GET", target, f"Content-Length: {len(BODY)}"), BODY)
    assert answer.status == 400 and json.loads(answer.body)["type"] == "/problems/unexpected-body"


def test_body_that_comes_slowly_is_taken(desk, name):
    with desk.service.wire() as wire:
        wire.send(head_lines(desk, "PUT", path_of("subject", name), f"Content-Length: {len(BODY)}"))
        for byte in BODY:
            wire.send(bytes([byte]))
            time.sleep(0.003)
        assert wire.answer().status == 201


def test_body_that_never_comes_holds_nobody(url, desk):
    """A client that stops in the middle is let go, and others are served meanwhile."""
    with Service(url, "--threads", "1", "--body-timeout", "1") as service:
        service.answers()
        wires = [service.wire() for _ in range(20)]
        for wire in wires:
            wire.send(head_lines(desk, "PUT", "/v1/subjects/halfway", f"Content-Length: {len(BODY)}"), BODY[:20])
        assert service.status("/v1/units") == 200
        for wire in wires:
            wire.rest(within=15)
    problem(desk.send("GET", "/v1/subjects/halfway"), 404, "not-found")


def test_client_that_leaves_midway_leaves_all_or_nothing(desk, url):
    ids = [f"left-{i}" for i in range(60)]
    for i, id in enumerate(ids):
        wire = desk.service.wire()
        request = head_lines(desk, "PUT", path_of("claim", id), f"Content-Length: {len(json.dumps(CLAIM))}").encode() + json.dumps(CLAIM).encode()
        wire.send(request if i % 3 else request[:-1 - i])
        wire.reset() if i % 2 else wire.socket.close()
    # Once a change of one's own is made, those that were on their way are, or never will be: changes come one after another.
    with Tables(url) as tables:
        until(lambda: tables.value("SELECT count(*) FROM pg_stat_activity WHERE application_name ~ '^claimd/' AND state <> 'idle' AND datname = current_database()") == 0,
              10, "an end of what was under way")
    for i, id in enumerate(ids):
        got = desk.send("GET", path_of("claim", id))
        assert got.status_code in ((404,) if i % 3 == 0 else (200, 404)), (i, got.status_code)
        if got.status_code == 200:
            assert got.json()["figure"]["value"] == "12.5" and len(desk.revisions("claim", id)) == 1
            desk.retract("claim", id)


def test_requests_behind_a_write_on_one_connection(desk, name):
    """Pipelined: each answer in its place, and those behind the write see it."""
    put = head_lines(desk, "PUT", path_of("subject", name), f"Content-Length: {len(BODY)}").encode() + BODY
    other = json.dumps(DOCUMENTS["subject"][1]).encode()
    again = head_lines(desk, "PUT", path_of("subject", name), f"Content-Length: {len(other)}", "If-Match: *").encode() + other
    get = head_lines(desk, "GET", path_of("subject", name)).encode()
    gone = head_lines(desk, "DELETE", path_of("subject", name), "If-Match: *").encode()
    with desk.service.wire() as wire:
        wire.send(get, put, get, again, get, gone, get)
        answers = [wire.answer() for _ in range(7)]
    assert [answer.status for answer in answers] == [404, 201, 200, 200, 200, 204, 410]
    assert json.loads(answers[2].body)["name"] == "Gamma" and json.loads(answers[4].body)["name"] == "Delta"


def test_refused_write_with_a_body_leaves_no_rest_behind(desk):
    """The body of a request that was refused unread is not taken for the next one."""
    smuggled = b"DELETE /v1/subjects/desk-beta HTTP/1.1\r\nHost: x\r\nIf-Match: *\r\nAuthorization: Bearer " + desk.token.encode() + b"\r\n\r\n"
    for fields in ((), ("Content-Type: text/plain", f"Authorization: Bearer {desk.token}")):
        with desk.service.wire() as wire:
            wire.get("/v1/subjects/x", *fields, f"Content-Length: {len(smuggled)}", method="PUT")
            wire.send(smuggled)
            assert wire.answer().status in (401, 415)
            assert b"HTTP/1.1 2" not in wire.rest()
    desk.get("/v1/subjects/desk-beta")


def test_who_has_no_good_token_is_refused(desk, url):
    for authorization in (None, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", f"Basic {desk.token}", desk.token, f"Bearer {desk.token}x", f"Bearer {desk.token[:-1]}",
                          f"Bearer {desk.token} x", "Bearer " + "x" * 3000, "Bearer '; DROP TABLE token; --", "Bearer ä"):
        fields = {"Authorization": authorization and authorization.encode()}
        for method, path in (("PUT", "/v1/subjects/x"), ("POST", "/v1/subjects"), ("PATCH", "/v1/subjects/desk-alpha"), ("DELETE", "/v1/subjects/desk-alpha"),
                             ("POST", "/v1/subjects/desk-alpha/revert")):
            refused = desk.send(method, path, BODY, {**fields, "If-Match": "*"})
            problem(refused, 401, "unauthorized")
            assert refused.headers["WWW-Authenticate"].startswith("Bearer realm=")
    for spelt in ("bearer ", "BEARER ", "Bearer  "):
        assert desk.send("PUT", "/v1/subjects/spelt", BODY, {"Authorization": spelt + desk.token, "If-Match": "*"} if spelt != "bearer " else
                         {"Authorization": spelt + desk.token}).status_code in (200, 201)
    desk.get("/v1/subjects/desk-alpha", headers={"Authorization": "Bearer nonsense"})


# Reading what one wrote -----------------------------------------------------------------------------------------------


def whole(wire):
    """The body of the next answer, which may come in chunks."""
    head = wire.head()
    return b"".join(wire.chunks()) if "Transfer-Encoding" in head.headers else wire._take(int(head.headers["Content-Length"]))


def test_what_is_written_is_read_on_every_connection_at_once(desk, name):
    """Other connections are other threads' with memories of their own; none may tell what was before."""
    targets = [path_of("subject", name), f"/v1/subjects?id={name}", f"/v1/subjects?id={name}&format=csv"]
    etag = desk.put("subject", name, DOCUMENTS["subject"][0]).headers["ETag"]
    wires = [desk.service.wire() for _ in range(24)]
    try:
        for turn in range(40):
            for wire in wires:  # have each thread remember
                wire.get(targets[turn % 3])
            for wire in wires:
                whole(wire)
            etag = desk.put("subject", name, {**DOCUMENTS["subject"][0], "name": f"Turn {turn}"}, etag).headers["ETag"]
            for wire in wires:
                wire.get(targets[(turn + 1) % 3])
            assert {f"Turn {turn}".encode() in whole(wire) for wire in wires} == {True}, turn
    finally:
        for wire in wires:
            wire.socket.close()


def test_each_writer_reads_its_own_write(desk):
    """Many at once, each on connections of its own: what follows from a write is there, too."""
    def work(number):
        client, id = Client(desk.service, desk.token), f"own-write-{number}"
        etag = client.put("subject", id, DOCUMENTS["subject"][0]).headers["ETag"]
        for turn in range(12):
            etag = client.put("subject", id, {**DOCUMENTS["subject"][0], "name": f"{number} {turn}"}, etag).headers["ETag"]
            fresh = Client(desk.service)
            assert fresh.get(path_of("subject", id)).json()["name"] == f"{number} {turn}"
            assert len(fresh.revisions("subject", id)) == turn + 2
        client.put("claim", id, {**STATEMENT, "subject": id})
        assert Client(desk.service).get(path_of("subject", id)).json()["claims"] == 1
        assert [item["id"] for item in Client(desk.service).get("/v1/claims", subject=id).json()["items"]] == [id]
        client.retract("claim", id)
        assert Client(desk.service).get("/v1/claims", subject=id).json()["items"] == []
        assert Client(desk.service).send("GET", path_of("claim", id)).status_code == 410
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))


# Beside those who take long ---------------------------------------------------------------------------------------------


def test_writes_wait_for_a_change_under_way_and_reads_do_not(desk, url, name):
    with Tables(url, autocommit=False) as tables, ThreadPoolExecutor(4) as pool:
        tables.run("UPDATE subject SET description = description || '.' WHERE id = 'desk-beta'")
        written = [pool.submit(desk.put, "subject", f"{name}-{i}", DOCUMENTS["subject"][0]) for i in range(4)]
        began = time.monotonic()
        for i in range(20):
            desk.get("/v1/subjects", limit=i + 1)
        assert time.monotonic() - began < 2 and not any(each.done() for each in written)
        tables.connection.commit()
        assert [each.result().status_code for each in written] == [201] * 4


def test_write_that_is_given_up_is_not_done(url, desk, name):
    """504 says that it was not done, and it is not done later."""
    with Service(url, "--threads", "1", "--request-timeout", "1500") as service, Tables(url, autocommit=False) as tables:
        client = Client(service.answers(), desk.token)
        tables.run("UPDATE subject SET description = description || '.' WHERE id = 'desk-beta'")
        problem(client.send("PUT", path_of("subject", name), DOCUMENTS["subject"][0]), 504, "timeout")
        tables.connection.commit()
        client.put("subject", name + "-next", DOCUMENTS["subject"][0])
        problem(client.send("GET", path_of("subject", name)), 404, "not-found")


def test_service_that_is_stopped_ends_what_it_began(url, desk, name):
    with Service(url, "--threads", "1") as service, Tables(url, autocommit=False) as tables, ThreadPoolExecutor(1) as pool:
        client = Client(service.answers(), desk.token)
        tables.run("UPDATE subject SET description = description || '.' WHERE id = 'desk-beta'")
        written = pool.submit(client.send, "PUT", path_of("subject", name), DOCUMENTS["subject"][0])
        with Tables(url) as other:
            until(lambda: other.waiting_for_advice(), 5, "a write that waits")
        service.process.terminate()
        tables.connection.commit()
        answer = written.result()
        assert answer.status_code in (201, 503, 504)
        assert (desk.send("GET", path_of("subject", name)).status_code == 200) == (answer.status_code == 201)
        assert service.process.wait(5) == 0


def test_figures_are_exact(desk, name):
    """No decimal goes through a double."""
    etag = desk.put("claim", name, CLAIM).headers["ETag"]
    for value in ("0.1", "123456789012345678901234567890.123456789012345678901234567890", "9007199254740993", "0." + "0" * 59 + "1", "9" * 60, "-0.10"):
        got = desk.put("claim", name, figure(value=value), etag)
        etag = got.headers["ETag"]
        assert got.json()["figure"]["value"] == (value.rstrip("0") if "." in value else value)


def test_log_stays_one_of_events(desk, name):
    desk.put("subject", name, {"name": "x" * 3000, "kind": "model", "description": "x"})
    desk.put("claim", name, {**STATEMENT, "statement": "x" * 3000})
    assert [line for line in desk.service.log().splitlines() if not line.startswith("{")] == []


def test_a_claim_in_its_sources_own_voice_can_be_moved_to_another(desk):
    desk.put("claim", "moved-voice", {**STATEMENT, "source": "desk-daily"})
    voice = desk.put("claim", "moved-voice-there", {**STATEMENT, "source": "desk-weekly"}).json()["claimant"]["id"]
    moved = desk.patch("claim", "moved-voice", {"source": "desk-weekly"}, "*").json()
    assert (moved["source"]["id"], moved["claimant"]["id"], moved["attribution"]) == ("desk-weekly", voice, [])
    desk.put("claim", "moved-said", {**STATEMENT, "claimant": "desk-ada", "attribution": [{"agent": "desk-ada", "role": "speaker"}]})
    assert desk.patch("claim", "moved-said", {"source": "desk-weekly"}, "*").json()["claimant"]["id"] == "desk-ada"


@pytest.mark.parametrize("letters, count, errors", [((0x61, 0x7A), 4000, ["/url"]), ((0x61, 0x7A), 983, ["/url"]), ((0x4E00, 0x9FA5), 982, None)])
def test_an_address_that_no_index_can_hold_is_refused(desk, letters, count, errors):
    """By lot, so that it cannot be packed."""
    lot, start = random.Random(3), "https://x.example/"
    document = {**DOCUMENTS["source"][0], "url": start + "".join(chr(lot.randint(*letters)) for _ in range(count))}
    problem(desk.send("POST", path_of("source"), document), 422, "invalid-document", errors)
    assert desk.send("POST", path_of("source"), {**document, "url": document["url"][:800]}).status_code == 201
