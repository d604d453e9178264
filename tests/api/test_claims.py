"""Claims: each whole, found by every filter, in reading order, page by page"""
import datetime
import itertools

import pytest

FILTERS = {
    "subject": "claim.subject_id", "quantity": "claim.quantity_id", "source": "claim.source_id",
    "claimant": "claim.claimant_id", "proposition": "claim.proposition_id",
    "stance": "claim.stance::text", "hedge": "claim.hedge::text", "kind": "claim.kind::text", "language": "source.language",
}
IDS = {"subject", "quantity", "source", "claimant", "proposition"}
ALL = "SELECT claim.id FROM claim JOIN source ON source.id = claim.source_id"


@pytest.fixture(scope="module")
def expected(column):
    """The ids that filters leave, as the tables have it."""
    def select(**filters):
        conditions = [f"{FILTERS[name]} = ANY (%s)" for name in filters]
        where = " WHERE " + " AND ".join(conditions) if conditions else ""
        return sorted(column(ALL + where, *(list(values) for values in filters.values())))
    return select


@pytest.fixture(scope="module")
def values(column):
    """The values that a filter has in the tables, the frequent ones first."""
    def of(name):
        return column(f"SELECT {FILTERS[name]} FROM claim JOIN source ON source.id = claim.source_id "
                      f"WHERE {FILTERS[name]} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1")
    return of


def decimal(value):
    return None if value is None else format(value.normalize(), "f")


def test_every_claim_says_what_its_row_says(api, rows):
    served = {claim["id"]: claim for claim in api.items("/v1/claims")}
    stored = rows("""
        SELECT claim.id, claim.statement, claim.kind, claim.stance, claim.hedge, claim.scope_id, claim.period, claim.line,
               figure_as_printed, figure_value, lower(figure_extent), upper(figure_extent), figure_bound, figure_unit_id,
               subject.id, subject.name, quantity.id, quantity.name, agent.id, agent.name, agent.kind,
               source.id, source.title, source.language, claim.proposition_id, claim.created_at
        FROM claim JOIN subject ON subject.id = subject_id LEFT JOIN quantity ON quantity.id = quantity_id
        JOIN agent ON agent.id = claimant_id JOIN source ON source.id = claim.source_id""")
    assert len(stored) == len(served) > 100
    for (id, statement, kind, stance, hedge, scope, period, line, as_printed, value, low, high, bound, unit,
         subject, subject_name, quantity, quantity_name, agent, agent_name, agent_kind,
         source, title, language, proposition, created_at) in stored:
        claim = served[id]
        figure = {"as_printed": as_printed, "value": decimal(value), "low": decimal(low), "high": decimal(high),
                  "bound": bound, "unit": unit}
        assert claim == {
            "id": id, "statement": statement, "kind": kind, "stance": stance, "hedge": hedge, "scope": scope, "period": period,
            "locator": {"line": line}, "figure": figure if bound else None,
            "subject": {"id": subject, "name": subject_name},
            "quantity": {"id": quantity, "name": quantity_name} if quantity else None,
            "claimant": {"id": agent, "name": agent_name, "kind": agent_kind},
            "source": {"id": source, "title": title, "language": language},
            "attribution": claim["attribution"], "operands": claim["operands"], "proposition": {**claim["proposition"], "id": proposition},
            "created_at": claim["created_at"]}
        assert datetime.datetime.fromisoformat(claim["created_at"].replace("Z", "+00:00")) == created_at


def test_attribution_is_the_way_to_the_claimant(api, rows):
    hops = {}
    for claim, agent, name, kind, role, via, title, language in rows("""
            SELECT claim_id, agent.id, agent.name, agent.kind, role, source.id, source.title, source.language
            FROM attribution JOIN agent ON agent.id = agent_id LEFT JOIN source ON source.id = via_id
            ORDER BY claim_id, position"""):
        hops.setdefault(claim, []).append({"agent": {"id": agent, "name": name, "kind": kind}, "role": role,
                                           "via": {"id": via, "title": title, "language": language} if via else None})
    claims = api.items("/v1/claims")
    assert {claim["id"]: claim["attribution"] for claim in claims if claim["attribution"]} == hops
    assert max(map(len, hops.values())) > 1
    for claim in claims:
        assert not claim["attribution"] or claim["attribution"][-1]["agent"] == claim["claimant"]


def test_proposition_counts_independent_origins(api, rows):
    shared = {}
    for proposition, stance, source, origin in rows("""
            SELECT proposition_id, stance, source.id, origin_id FROM claim JOIN source ON source.id = source_id"""):
        shared.setdefault(proposition, []).append((stance, source, origin))
    for claim in api.items("/v1/claims"):
        held = [each for each in shared[claim["proposition"]["id"]] if each[0] != "disputes"]
        assert claim["proposition"] == {
            "id": claim["proposition"]["id"], "claims": len(held), "sources": len({source for _, source, _ in held}),
            "origins": len({origin for *_, origin in held}), "disputed": len(shared[claim["proposition"]["id"]]) - len(held)}


def test_one_claim_is_the_lists_item(api):
    for claim in api.get("/v1/claims", limit=5)["items"]:
        assert api.get("/v1/claims/" + claim["id"]) == claim


# Filters ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILTERS)
def test_filter_by_one_value(api, expected, values, name):
    found = values(name)[:10]
    assert found
    for value in found:
        assert api.ids("/v1/claims", **{name: value}) == expected(**{name: [value]}) != []


@pytest.mark.parametrize("name", FILTERS)
def test_filter_by_any_of_several(api, expected, values, name):
    found = values(name)[:3]
    assert api.ids("/v1/claims", **{name: found}) == expected(**{name: found})
    assert api.ids("/v1/claims", **{name: found[::-1] + found[:1]}) == expected(**{name: found})


@pytest.mark.parametrize("name", sorted(IDS))
def test_filter_by_what_is_not_there_finds_nothing(api, expected, values, name):
    assert api.get("/v1/claims", **{name: "no-such-thing"}) == {"items": [], "next": None}
    known = values(name)[0]
    assert api.ids("/v1/claims", **{name: ["no-such-thing", known]}) == expected(**{name: [known]})


@pytest.mark.parametrize("pair", itertools.combinations(FILTERS, 2), ids="+".join)
def test_filters_together_all_hold(api, expected, rows, pair):
    first, second = pair
    a, b = rows(f"""SELECT {FILTERS[first]}, {FILTERS[second]} FROM claim JOIN source ON source.id = claim.source_id
                    WHERE {FILTERS[first]} IS NOT NULL AND {FILTERS[second]} IS NOT NULL
                    GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2 LIMIT 1""")[0]
    assert api.ids("/v1/claims", **{first: a, second: b}) == expected(**{first: [a], second: [b]}) != []


def test_all_filters_together(api, column):
    claim = api.get("/v1/claims", kind="numeric", limit=1)["items"][0]
    filters = {"subject": claim["subject"]["id"], "quantity": claim["quantity"]["id"], "source": claim["source"]["id"],
               "claimant": claim["claimant"]["id"], "proposition": claim["proposition"]["id"], "stance": claim["stance"],
               "hedge": claim["hedge"], "kind": claim["kind"], "language": claim["source"]["language"]}
    assert filters.keys() == FILTERS.keys()
    assert claim["id"] in api.ids("/v1/claims", **filters)


def test_a_list_may_have_a_hundred_elements(api, values, expected):
    known = values("subject")[0]
    ids = [known, *(f"unknown-{number}" for number in range(99))]
    assert api.ids("/v1/claims", subject=ids) == expected(subject=[known])


# Pages ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 7, 50, 200])
def test_pages_give_each_claim_once_and_in_order(api, expected, limit):
    pages = list(api.pages("/v1/claims", limit=limit))
    assert [claim["id"] for page in pages for claim in page] == expected()
    assert all(len(page) == limit for page in pages[:-1]) and 0 < len(pages[-1]) <= limit


def test_order_is_reading_order(api, column):
    for source in column("SELECT DISTINCT source_id FROM claim"):
        lines = [claim["locator"]["line"] for claim in api.items("/v1/claims", source=source)]
        assert lines == sorted(lines)


def test_fifty_without_a_limit(api):
    assert len(api.get("/v1/claims")["items"]) == 50


def test_next_and_link_agree_and_keep_the_filters(api, expected):
    answer = api.request("GET", "/v1/claims?kind=numeric,multiple&limit=3")
    link = answer.json()["next"]
    assert answer.links["next"]["url"] == link
    assert link.startswith("/v1/claims?") and "limit=3" in link
    assert [claim["id"] for page in api.pages("/v1/claims", kind=["numeric", "multiple"], limit=3) for claim in page] \
        == expected(kind=["numeric", "multiple"])


def test_last_page_has_no_link(api):
    answer = api.request("GET", "/v1/claims?source=no-such-thing")
    assert answer.json()["next"] is None and "next" not in answer.links


def test_page_that_just_fits_is_the_last(api, values, expected):
    stance = values("stance")[-1]
    count = len(expected(stance=[stance]))
    assert 1 < count <= 200
    assert api.get("/v1/claims", stance=stance, limit=count)["next"] is None
    assert api.get("/v1/claims", stance=stance, limit=count - 1)["next"] is not None


def test_limit_may_change_on_the_way(api, expected):
    cursor = api.get("/v1/claims", limit=3)["next"].split("cursor=")[1]
    assert [claim["id"] for claim in api.answer(f"/v1/claims?limit=4&cursor={cursor}")["items"]] == expected()[3:7]
