"""Subjects, quantities, agents, units and scopes: what claims refer to"""
from urllib.parse import quote

import pytest

COUNT = "(SELECT count(*) FROM claim WHERE {}_id = vocabulary.id)"
VOCABULARIES = {
    "subjects": ("subject", {"name": "name", "kind": "kind", "description": "description", "claims": COUNT.format("subject")}),
    "quantities": ("quantity", {"name": "name", "definition": "definition", "dimension": "dimension_id", "unit": "unit_id",
                                "claims": COUNT.format("quantity")}),
    "agents": ("agent", {"name": "name", "kind": "kind", "source": "source_id", "claims": COUNT.format("claimant")}),
    "units": ("unit", {"name": "name", "dimension": "dimension_id", "factor": "trim_scale(factor)::text"}),
    "scopes": ("scope", {"name": "name", "definition": "definition"}),
}
FILTERS = {"subjects": ("kind", "kind::text"), "quantities": ("dimension", "dimension_id"), "agents": ("kind", "kind::text"),
           "units": ("dimension", "dimension_id")}


@pytest.mark.parametrize("name", VOCABULARIES)
def test_items_say_what_their_rows_say(api, rows, name):
    table, columns = VOCABULARIES[name]
    stored = rows(f"SELECT id, {', '.join(columns.values())} FROM {table} AS vocabulary")
    assert {item["id"]: item for item in api.items(f"/v1/{name}")} \
        == {id: {"id": id, **dict(zip(columns, values))} for id, *values in stored} != {}


@pytest.mark.parametrize("name", VOCABULARIES)
def test_one_item_is_the_lists_item(api, name):
    for item in api.items(f"/v1/{name}"):
        assert api.get(f"/v1/{name}/{quote(item['id'], safe='')}") == item


@pytest.mark.parametrize("name", FILTERS)
def test_filter(api, column, name):
    parameter, expression = FILTERS[name]
    table = VOCABULARIES[name][0]
    values = column(f"SELECT DISTINCT {expression} FROM {table} ORDER BY 1")
    for wanted in [*([value] for value in values), values[:2], values]:
        found = column(f"SELECT id FROM {table} WHERE {expression} = ANY (%s)", wanted)
        assert api.ids(f"/v1/{name}", **{parameter: wanted}) == sorted(found) != []


@pytest.mark.parametrize("limit", [1, 7, 50, 200])
@pytest.mark.parametrize("name", VOCABULARIES)
def test_pages_give_each_item_once_and_in_order(api, column, name, limit):
    assert api.ids(f"/v1/{name}", limit=limit) == sorted(column(f"SELECT id FROM {VOCABULARIES[name][0]}"))


def test_dimension_that_nothing_has(api):
    assert api.get("/v1/units", dimension="temperature") == {"items": [], "next": None}


def test_agents_that_are_sources_name_theirs(api):
    voices = api.items("/v1/agents", kind="source")
    assert voices
    for voice in voices:
        assert api.get("/v1/sources/" + voice["source"])["id"] == voice["source"]
