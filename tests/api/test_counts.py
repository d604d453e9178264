"""Prefer: count=exact or count=estimated: how many items a list has, in a header and in the body"""
import urllib.parse

import database
import pytest
from hypothesis import given
from hypothesis import strategies as st

from naive import LISTINGS, fetch, select
from properties import tried
from service import Api, Service
from test_filters import conditions

MANY = 12000
LISTS = [*LISTINGS, "/v1/comparisons", "/v1/sources/crowd-source-3/claims", "/v1/sources/musk-on-deepseek-gpus/claims",
         "/v1/claims/r1-under-300000-03-training-cost-294000/related"]


def counted(api, target, prefer, **details):
    """The total in the header, which the body repeats, and the preference that was applied."""
    got = api.request("GET", target, headers={"Prefer": prefer}, **details)
    assert got.status_code == 200, got.text
    value = api.contract.check("GET", target, 200, got.headers, got.content, sparse="fields=" in got.url)
    if "X-Total-Count" not in got.headers:
        assert "Preference-Applied" not in got.headers and "total" not in value
        return None, None
    assert value["total"] == int(got.headers["X-Total-Count"])
    return value["total"], got.headers["Preference-Applied"]


@pytest.mark.parametrize("word", ["exact", "estimated"])
@pytest.mark.parametrize("path", LISTS)
def test_a_small_list_is_counted_as_it_is(crowd, path, word):
    expected = len(crowd.items(path, fields="id"))
    for query in ("?limit=1&fields=id", "?limit=200&sort=-id&fields=id", "?fields=id"):
        assert counted(crowd, path + query, f"count={word}") == (expected, f"count={word}")


@pytest.mark.parametrize("path", ["/v1/claims", "/v1/sources"])
def test_totals_are_those_of_the_reference(crowd, crowd_tables, path):
    rows = fetch(crowd_tables, LISTINGS[path].sql)

    @tried(20)
    @given(st.data(), st.integers(1, 200), st.sampled_from(["exact", "estimated"]))
    def agrees(data, limit, word):
        found = data.draw(conditions(LISTINGS[path], rows))
        pairs = [*((condition.name, condition.given) for condition in found), ("limit", limit), ("fields", "id")]
        assert counted(crowd, path, f"count={word}", params=pairs) == (len(select(rows, found)), f"count={word}")
    agrees()


def test_a_total_is_the_same_on_every_page(crowd):
    link, seen, totals = "/v1/claims?kind=numeric&sort=-value&limit=60&fields=id", 0, set()
    while link:
        page = crowd.answer(link, headers={"Prefer": "count=exact"})
        seen += len(page["items"])
        totals.add(page["total"])
        link = page["next"]
    assert totals == {seen} and seen > 120


def test_a_search_is_counted(crowd):
    whole = len(crowd.items("/v1/claims", q="cost or training", fields="id"))
    assert counted(crowd, "/v1/claims?q=cost+or+training&limit=3&fields=id", "count=exact") == (whole, "count=exact")
    assert counted(crowd, "/v1/comparisons?verdict=conflict&min_origins=2&limit=1&fields=id", "count=estimated") \
        == (len(crowd.items("/v1/comparisons", verdict="conflict", min_origins="2", fields="id")), "count=estimated")


@pytest.mark.parametrize("prefer, applied", [
    ("COUNT=Exact", "exact"), ('count="exact"', "exact"), ("respond-async, count=exact", "exact"), ("count=exact; foo=bar", "exact"),
    ("count=exact,count=estimated", "exact"), ("count=estimated, count=exact", "estimated"), ("handling=strict;count=exact, count=estimated", "estimated"),
    ("wait=10,  count=estimated ,return=minimal", "estimated"), ("count = exact", "exact"), (",,count=exact,", "exact"),
    ("", None), ("count", None), ("count=", None), ("count=none", None), ("count=exactly", None), ("return=minimal", None), ("xcount=exact", None),
    ("exact", None), ("count=planned", None), ("\"count=exact\"", None), ("foo=\"a, count=exact\"", None), ("handling=lenient; count=exact", None)])
def test_other_preferences_are_ignored(crowd, prefer, applied):
    total, found = counted(crowd, "/v1/scopes", prefer)
    assert found == (applied and f"count={applied}") and (total is None) == (applied is None)


def test_preferences_in_several_headers_are_one_list(crowd):
    with crowd.service.wire() as wire:
        wire.get("/v1/scopes", "Prefer: respond-async", "Prefer: count=exact")
        assert wire.answer().headers.get("Preference-Applied") == "count=exact"


@pytest.mark.parametrize("target", ["/v1/claims?format=csv&limit=2", "/v1/claims?format=csv", "/v1/claims?format=ndjson&limit=2", "/v1/claims?format=jsonld&limit=2",
                                    "/v1/claims/r1-under-300000-03-training-cost-294000", "/v1/comparisons/what-training-r1-cost",
                                    "/v1/compare?subject=deepseek-r1&quantity=training-cost", "/healthz", "/readyz"])
def test_nothing_is_counted_where_no_total_can_be_told(crowd, target):
    with_, without = (crowd.request("GET", target, headers=headers) for headers in ({"Prefer": "count=exact"}, {}))
    assert with_.status_code == 200 and with_.content == without.content
    assert not {"Preference-Applied", "X-Total-Count"} & set(with_.headers)


def test_what_is_counted_varies_with_the_preference(crowd):
    """Caches are told, and the validator is another one."""
    answers = [crowd.request("GET", "/v1/scopes", headers=headers) for headers in ({}, {"Prefer": "count=exact"}, {"Prefer": "count=estimated"})]
    assert all("prefer" in answer.headers["Vary"].lower() for answer in answers)
    assert answers[0].headers["ETag"] != answers[1].headers["ETag"]
    again = crowd.request("GET", "/v1/scopes", headers={"Prefer": "count=exact", "If-None-Match": answers[1].headers["ETag"]})
    assert again.status_code == 304


def test_head_is_counted_as_well(crowd):
    head = crowd.request("HEAD", "/v1/scopes", headers={"Prefer": "count=exact"})
    assert int(head.headers["X-Total-Count"]) == len(crowd.items("/v1/scopes"))


def test_a_list_that_is_not_there_is_not_counted(crowd):
    for path in ("/v1/sources/no-such-thing/claims", "/v1/claims/no-such-thing/related"):
        for word in ("exact", "estimated"):
            crowd.problem(path, "not-found", 404, headers={"Prefer": f"count={word}"})
    crowd.problem("/v1/claims?fields=nope", "invalid-parameter", parameters=["fields"], headers={"Prefer": "count=exact"})


# Many rows ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many(fresh_database, contract):
    url = fresh_database()
    fill(url)
    with Service(url) as service:
        yield Api(service.answers(), contract)


def fill(url):
    """Statements by the thousand, a quarter of them reports."""
    database.execute(
        url, "INSERT INTO proposition SELECT 'many-' || n, 'So many.' FROM generate_series(0, 999) AS n",
        f"""INSERT INTO claim (id, source_id, line, statement, kind, subject_id, claimant_id, stance, hedge, proposition_id)
            SELECT 'many-' || n, 'market-shockwave', 1 + n % 50, 'So many.', 'statement', 'deepseek', 'voice-market-shockwave',
                   (CASE WHEN n % 4 = 0 THEN 'reports' ELSE 'asserts' END)::stance, 'none', 'many-' || n % 1000
            FROM generate_series(1, {MANY}) AS n""",
        "ANALYZE")


@pytest.mark.parametrize("query", ["", "source=market-shockwave", "line=gte.1", "q=many"])
def test_many_rows_are_estimated(many, query):
    exact, applied = counted(many, f"/v1/claims?limit=1&fields=id&{query}", "count=exact")
    assert applied == "count=exact" and exact >= MANY
    about, applied = counted(many, f"/v1/claims?limit=1&fields=id&{query}", "count=estimated")
    assert applied == "count=estimated" and about > 10000 and exact / 2 < about < exact * 2


def test_what_filters_leave_of_many_rows_is_counted(many):
    """Up to ten thousand are."""
    reports = counted(many, "/v1/claims?stance=reports&limit=1&fields=id", "count=exact")[0]
    assert MANY / 4 < reports < 10000
    assert counted(many, "/v1/claims?stance=reports&limit=1&fields=id", "count=estimated") == (reports, "count=estimated")


def test_an_estimate_is_never_of_few_rows(many):
    """However wrong the planner is about filters that hang together."""
    query = urllib.parse.urlencode([("line", "lte.50"), ("line", "gte.1"), ("subject", "deepseek"), ("source", "market-shockwave"), ("claimant", "voice-market-shockwave"),
                                    ("kind", "statement"), ("hedge", "none"), ("limit", 1), ("fields", "id")])
    exact = counted(many, f"/v1/claims?{query}", "count=exact")[0]
    assert exact >= MANY
    assert counted(many, f"/v1/claims?{query}", "count=estimated")[0] > 10000


def test_many_rows_are_walked_to_the_end(many):
    seen = many.ids("/v1/claims", subject="deepseek", source="market-shockwave", kind="statement", sort="line,-id", fields="id")
    assert len(seen) == len(set(seen)) and sum(id.startswith("many-") for id in seen) == MANY
