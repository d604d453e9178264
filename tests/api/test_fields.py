"""fields= and embed=: any keys of an answer are the whole answer restricted to them; what is embedded is what its resource says"""
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from properties import tried

EMBEDS = ["source", "claimant", "subject", "quantity", "proposition", "comparisons"]
LISTS = ["/v1/claims", "/v1/sources", "/v1/comparisons", "/v1/propositions", "/v1/subjects", "/v1/quantities", "/v1/agents", "/v1/units", "/v1/scopes",
         "/v1/claims/r1-under-300000-03-training-cost-294000/related", "/v1/sources/market-shockwave/claims"]
ONES = [path for path in LISTS if path.count("/") == 2]
# Keys whose values are given whole alone.
WHOLE = {"attribution", "relations", "stances", "comparisons", "spread", "figures", "pairs", "stated_multiples"}


def paths_of(value, before=""):
    """The keys of an object, in dots, and those of the objects in it."""
    for key, inner in value.items():
        yield before + key
        if isinstance(inner, dict) and key not in WHOLE:
            yield from paths_of(inner, f"{before}{key}.")


def restricted(value, fields, before=""):
    """What is left of an object; objects that are null stay null where a key of theirs is asked for."""
    kept = {}
    for key, inner in value.items():
        path = before + key
        if any(path == field or path.startswith(field + ".") for field in fields):
            kept[key] = inner
        elif any(field.startswith(path + ".") for field in fields):
            kept[key] = inner and restricted(inner, fields, path + ".")
    return kept


def in_order(value):
    """With the order of keys, which dicts do not compare."""
    if isinstance(value, dict):
        return [(key, in_order(inner)) for key, inner in value.items()]
    return [in_order(inner) for inner in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def wholes(crowd):
    """The first items of each list in full, without embeds and with all of them."""
    def of(path, embed=()):
        if (path, tuple(embed)) not in known:
            known[path, tuple(embed)] = crowd.answer(path, params={"limit": 40, **({"embed": ",".join(embed)} if embed else {})})["items"]
        return known[path, tuple(embed)]
    known = {}
    return of


def keys(items):
    return sorted(set(itertools.chain.from_iterable(map(paths_of, items))))


@pytest.mark.parametrize("path, embed", [*((path, ()) for path in LISTS), ("/v1/claims", EMBEDS), ("/v1/claims", ["source"])], ids=str)
def test_any_fields_give_the_whole_restricted_to_them(crowd, wholes, path, embed):
    items = wholes(path, embed)

    @tried(6 if path == "/v1/comparisons" else 10)
    @given(st.lists(st.sampled_from(keys(items)), min_size=1, max_size=6))
    def agrees(fields):
        found = crowd.answer(path, params={"limit": 40, "fields": ",".join(fields), **({"embed": ",".join(embed)} if embed else {})})
        assert in_order(found["items"]) == in_order([restricted(item, fields) for item in items])
    agrees()


@pytest.mark.parametrize("path", ONES)
def test_one_item_takes_the_fields_of_its_list(crowd, wholes, path):
    for item in wholes(path)[:3]:
        whole = crowd.get(f"{path}/{item['id']}")
        for fields in ("id", "id,id", ",".join(keys([whole])[-2:]), ",".join(reversed(keys([whole])[:9]))):
            assert in_order(crowd.get(f"{path}/{item['id']}", fields=fields)) == in_order(restricted(whole, fields.split(",")))


@pytest.mark.parametrize("target", ["/v1/compare?claims={0},{1}&", "/v1/comparisons/what-training-r1-cost?unit=kUSD&stance=asserts,disputes&",
                                    "/v1/comparisons/what-training-r1-cost?"])
def test_comparisons_take_fields(crowd, target):
    target = target.format("affordability-myth-15-fleet-value-1-6-billion", "r1-under-300000-03-training-cost-294000")
    whole = crowd.answer(target)
    for fields in ("verdict", "spread,baseline", "figures", "stated_multiples,unit,pairs", ",".join(whole)):
        assert in_order(crowd.answer(f"{target}fields={fields}")) == in_order(restricted(whole, fields.split(",")))


def test_fields_of_an_object_that_is_null_are_null(crowd):
    statement = crowd.get("/v1/claims", kind="statement", limit=1, fields="figure.value,quantity.id,id")["items"][0]
    assert statement["figure"] is None and statement["quantity"] is None
    range_ = crowd.get("/v1/claims", kind="numeric", value="is.null", limit=1, fields="figure.value")["items"][0]
    assert range_ == {"figure": {"value": None}}
    untitled = crowd.answer("/v1/claims?fields=source.title&limit=200")["items"]
    assert {"source": {"title": None}} in untitled and {"source": None} not in untitled


@pytest.mark.parametrize("path", LISTS)
def test_an_unknown_field_is_told_what_there_is(crowd, wholes, path):
    one = f"{path}/{wholes(path)[0]['id']}" if path in ONES else path
    for target, names in ((path, wholes(path)[0]), (one, crowd.get(one) if one != path else wholes(path)[0])):
        for unknown in ("nope", "id.id", "i", "id,idd", "key_0"):
            problem = crowd.problem(target, "invalid-parameter", parameters=["fields"], params={"fields": unknown})
            assert problem["errors"][0]["detail"].startswith(f"There is no {unknown.split(',')[-1]}; there are: " + ", ".join(names)[:150])


@pytest.mark.parametrize("fields", ["", ",", "id,", ",id", "id,,id", "ID", "id;id", "id statement", "*", "id.", ".id", "figure..value", "x" * 1001])
def test_what_is_no_field_is_refused(crowd, fields):
    for target in ("/v1/claims", "/v1/claims/r1-under-300000-03-training-cost-294000", "/v1/compare?subject=deepseek-r1&quantity=training-cost"):
        crowd.problem(target, "invalid-parameter", parameters=["fields"], params={"fields": fields})


def test_fields_are_refused_where_nothing_is_found_as_well(crowd):
    crowd.problem("/v1/claims?id=no-such-thing&fields=nope", "invalid-parameter", parameters=["fields"])
    assert crowd.get("/v1/claims", id="no-such-thing", fields="id") == {"items": [], "next": None}


def test_what_is_not_embedded_has_no_further_fields(crowd):
    crowd.problem("/v1/claims?fields=source.origin", "invalid-parameter", parameters=["fields"])
    crowd.problem("/v1/claims?fields=comparisons", "invalid-parameter", parameters=["fields"])
    assert crowd.answer("/v1/claims?fields=source.origin&embed=source&limit=1")["items"][0]["source"].keys() == {"origin"}


@pytest.mark.parametrize("sort", ["value", "-value,source", "published_at,-line,claimant", "-id"])
def test_fields_do_not_change_the_order_or_the_pages(crowd, sort):
    """Whether what the list is sorted by is among them or not."""
    whole = [item["id"] for item in crowd.items("/v1/claims", sort=sort, kind="multiple", fields="id")]
    lines = crowd.items("/v1/claims", sort=sort, kind="multiple", limit=7, fields="locator,id")
    assert [item["id"] for item in lines] == whole and all(item.keys() == {"id", "locator"} for item in lines)
    statements = crowd.items("/v1/claims", sort=sort, kind="multiple", limit=7, fields="statement")
    by_id = {item["id"]: item["statement"] for item in crowd.items("/v1/claims", kind="multiple", fields="id,statement")}
    assert [item["statement"] for item in statements] == [by_id[id] for id in whole]


@pytest.mark.parametrize("form, query", [("csv", "fields=id,figure.value"), ("ndjson", "fields=figure.value,id")])
def test_other_forms_take_fields(crowd, form, query):
    expected = crowd.items("/v1/claims", fields="id,figure.value", kind="numeric")
    found = crowd.answer(f"/v1/claims?format={form}&{query}&kind=numeric")
    if form == "ndjson":
        assert found == expected
    else:
        assert found[0] == ["id", "figure.value"]
        assert found[1:] == [[item["id"], item["figure"]["value"] or ""] for item in expected]


@pytest.mark.parametrize("path, media_type", [
    ("/v1/claims", "application/ld+json"), ("/v1/comparisons/what-training-r1-cost", "image/svg+xml"),
    ("/v1/comparisons/what-training-r1-cost", "application/ld+json")])
def test_forms_without_keys_take_no_fields(crowd, path, media_type):
    form = {"application/ld+json": "jsonld", "image/svg+xml": "svg"}[media_type]
    crowd.problem(f"{path}?format={form}&fields=id", "invalid-parameter", parameters=["fields"])
    crowd.problem(f"{path}?fields=id", "invalid-parameter", parameters=["fields"], headers={"Accept": media_type})


# Embedding ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def resource(crowd):
    """An item of its own resource."""
    def of(path):
        if path not in known:
            known[path] = crowd.get(path)
        return known[path]
    known = {}
    return of


RESOURCES = {"source": "sources", "claimant": "agents", "subject": "subjects", "quantity": "quantities", "proposition": "propositions"}


def sample(crowd, **filters):
    """Claims of the seed and of the crowd."""
    return [claim for sort in ("value,-line", "-id") for claim in crowd.get("/v1/claims", limit=15, sort=sort, **filters)["items"]]


@pytest.mark.parametrize("name", RESOURCES)
def test_what_is_embedded_is_what_its_resource_says(crowd, resource, name):
    plain = sample(crowd)
    for claim, before in zip(sample(crowd, embed=name), plain):
        whole = claim[name] and resource(f"/v1/{RESOURCES[name]}/{claim[name]['id']}")
        assert in_order(claim[name]) == in_order(whole)
        assert {**claim, name: None} == {**before, name: None} and (claim[name] is None) == (before[name] is None)
    assert len({claim[name] and claim[name]["id"] for claim in plain}) > 3


def test_embedded_comparisons_are_those_that_the_claim_stands_in(crowd, rows_of_comparisons):
    seen = 0
    for claim in sample(crowd, embed="comparisons", kind=["numeric", "multiple"]):
        expected = [{key: comparison[key] for key in ("id", "kind", "title")} for comparison in rows_of_comparisons
                    if claim["id"] in members(comparison)]
        assert claim["comparisons"] == expected
        seen += len(expected)
    assert seen > 20
    assert all(claim["comparisons"] == [] for claim in sample(crowd, embed="comparisons", kind="statement"))


@pytest.fixture(scope="module")
def rows_of_comparisons(crowd):
    """All comparisons in full, by id."""
    return [crowd.get(f"/v1/comparisons/{item['id']}", fields="id,kind,title,figures,stated_multiples")
            for item in crowd.items("/v1/comparisons", fields="id")]


def members(comparison):
    return {each["claim"] for each in comparison["figures"] + comparison["stated_multiples"]}


@pytest.mark.parametrize("embed", [EMBEDS[::-1], ["source", "source"], ["subject", "comparisons"]], ids=",".join)
def test_several_embeds_are_each_what_they_are_alone(crowd, embed):
    alone = {name: sample(crowd, embed=name) for name in set(embed)}
    for place, claim in enumerate(sample(crowd, embed=embed)):
        expected = dict(sample_plain(crowd)[place])
        for name in alone:
            expected[name] = alone[name][place][name]
        assert claim == expected


def sample_plain(crowd, known={}):
    if crowd not in known:
        known[crowd] = sample(crowd)
    return known[crowd]


@pytest.mark.parametrize("embed", [*([name] for name in EMBEDS), EMBEDS], ids=",".join)
def test_one_claim_embeds_what_the_list_does(crowd, embed):
    for claim in sample(crowd, embed=embed)[::5]:
        assert in_order(crowd.get("/v1/claims/" + claim["id"], embed=embed)) == in_order(claim)
    source = crowd.get("/v1/sources/crowd-source-3/claims", embed=embed)["items"]
    assert source and source == crowd.get("/v1/claims", source="crowd-source-3", embed=embed)["items"]


def test_embeds_survive_the_pages(crowd):
    items = crowd.items("/v1/claims", embed="subject,quantity", source="crowd-source-3", sort="-value", limit=3)
    assert len(items) > 6 and all("description" in item["subject"] for item in items)


@pytest.mark.parametrize("embed", ["", "nope", "source,", "source,nope", "Source", "source.origin", "all", "attribution", "not.source"])
def test_what_cannot_be_embedded_is_refused(crowd, embed):
    for path in ("/v1/claims", "/v1/claims/r1-under-300000-03-training-cost-294000", "/v1/sources/market-shockwave/claims"):
        crowd.problem(path, "invalid-parameter", parameters=["embed"], params={"embed": embed})


@pytest.mark.parametrize("path", ["/v1/sources", "/v1/comparisons", "/v1/propositions", "/v1/claims/r1-under-300000-03-training-cost-294000/related"])
def test_nothing_is_embedded_elsewhere(crowd, path):
    crowd.problem(path + "?embed=source", "unknown-parameter", parameters=["embed"])
