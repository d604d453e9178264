"""One POST that carries a source with all that it says: all of it is created, or nothing"""
import copy

import pytest

from desk import path_of, problem

WHOLE = {
    "kind": "article", "title": "Two firms, one figure", "description": "An article.", "language": "en", "publisher": "part-paper",
    "units": [{"id": "PTS", "name": "points", "dimension": "desk-money", "factor": "2"}],
    "quantities": [{"id": "part-price", "name": "Price", "definition": "What it takes.", "unit": "PTS"},
                   {"id": "part-multiple", "name": "Multiple", "definition": "One by another.", "unit": "1"}],
    "scopes": [{"id": "part-half", "name": "Half", "definition": "One half."}],
    "subjects": [{"id": "part-subject", "name": "Thing", "kind": "product", "description": "A thing."}],
    "agents": [{"id": "part-paper", "name": "Paper", "kind": "organization"}],
    "claims": [
        {"id": "part-twice", "locator": {"line": 4}, "statement": "Twice as much.", "kind": "multiple", "subject": "part-subject", "quantity": "part-multiple",
         "figure": {"as_printed": "twice", "value": "2", "bound": "exact", "unit": "1"}, "stance": "asserts", "hedge": "none",
         "operands": {"numerators": ["part-ten"], "denominators": ["part-five"]}},
        {"id": "part-ten", "locator": {"line": 2}, "statement": "Ten.", "kind": "numeric", "subject": "part-subject", "quantity": "part-price", "scope": "part-half",
         "figure": {"as_printed": "10", "value": "10", "bound": "exact", "unit": "PTS"}, "stance": "asserts", "hedge": "none"},
        {"id": "part-five", "locator": {"line": 3}, "statement": "Five.", "kind": "numeric", "subject": "part-subject", "quantity": "part-price",
         "figure": {"as_printed": "5", "value": "5", "bound": "exact", "unit": "PTS"}, "stance": "reports", "hedge": "none",
         "claimant": "part-paper", "attribution": [{"agent": "part-paper", "role": "publisher"}]}],
    "comparisons": [{"id": "part-compared", "title": "Ten and five", "description": "Side by side.", "claims": ["part-ten", "part-five", "part-twice"]}]}
PARTS = [(list_name, index) for list_name, things in WHOLE.items() if isinstance(things, list) for index in range(len(things))]


def named(suffix):
    """The same under ids of its own."""
    def rename(value, key=None):
        if isinstance(value, dict):
            return {name: rename(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [rename(inner) for inner in value]
        return f"{value}-{suffix}" if isinstance(value, str) and value.startswith("part-") else value
    document = rename(copy.deepcopy(WHOLE))
    document["units"] = []
    return document


def post(desk, document, **query):
    return desk.send("POST", path_of("source"), document, **query)


def test_all_of_it_is_there_by_one_change(desk):
    before = desk.last()
    made = post(desk, WHOLE)
    assert made.status_code == 201, made.text
    assert made.headers["Location"] == path_of("source", made.json()["id"]) and made.json()["claims"] == 3
    changes = [change for change in desk.changes(before) if change["action"] == "created"]
    assert len({change["change"] for change in changes}) == 1
    assert {(change["kind"], change["id"]) for change in changes} >= {
        ("unit", "PTS"), ("scope", "part-half"), ("subject", "part-subject"), ("agent", "part-paper"), ("claim", "part-twice"), ("comparison", "part-compared")}
    assert desk.get("/v1/comparisons/part-compared").json()["stated_multiples"][0]["verdict"] == "follows"
    assert desk.get("/v1/claims/part-ten").json()["claimant"]["kind"] == "source"


@pytest.mark.parametrize("place", PARTS, ids=lambda place: f"{place[0]}-{place[1]}")
def test_one_fault_anywhere_leaves_nothing(desk, place):
    list_name, index = place
    document = named(f"fault-{list_name}-{index}")
    if list_name == "units":
        document["units"] = [{"id": "PTX", "name": "points", "dimension": "desk-money", "factor": "0"}]
    part = document[list_name][index]
    wrong = {"quantities": "unit", "claims": "subject", "agents": "source", "subjects": "id", "scopes": "id", "comparisons": "baseline", "units": "factor"}[list_name]
    part[wrong] = {"unit": "no-such-unit", "subject": "no-such-subject", "source": "desk-daily", "id": part["id"], "baseline": "desk-figure-a", "factor": "0"}[wrong]
    if wrong == "id":
        part["id"] = {"subjects": "desk-alpha", "scopes": "desk-all"}[list_name]
    before = desk.last()
    told = problem(post(desk, document), 422, "invalid-document")
    assert f"/{list_name}/{index}/{wrong}" in [error["pointer"] for error in told["errors"]]
    assert desk.last() == before


def test_all_faults_are_told_at_once(desk):
    document = named("many")
    document["publisher"] = "nobody-at-all"
    document["quantities"][0]["unit"] = "no-such-unit"
    document["claims"][1]["scope"] = "no-such-scope"
    document["claims"][2]["source"] = "desk-daily"
    pointers = {error["pointer"] for error in problem(post(desk, document), 422, "invalid-document")["errors"]}
    assert {"/publisher", "/quantities/0/unit", "/claims/1/scope", "/claims/2/source"} <= pointers
    assert "/claims/1/source" not in pointers


def test_a_trial_says_what_would_be(desk):
    before = desk.last()
    tried = post(desk, named("tried"), dry_run="true")
    assert tried.status_code == 200 and tried.json()["claims"] == 3 and desk.last() == before


def test_put_takes_no_parts(desk):
    problem(desk.send("PUT", path_of("source", "no-parts"), named("put")), 422, "invalid-document",
            ["/" + name for name, things in WHOLE.items() if isinstance(things, list) and name != "claims"])
