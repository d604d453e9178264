"""Sources: held and cited, how they depend on each other, and their claims"""
import itertools
import json

import pytest

FILTERS = {"kind": "kind::text", "language": "language", "origin": "origin_id"}


@pytest.fixture(scope="module")
def sources(api):
    return {source["id"]: source for source in api.items("/v1/sources")}


def test_every_source_says_what_its_row_says(sources, rows):
    stored = rows("""
        SELECT source.id, source.kind, title, description, language, url, author, agent.id, agent.name, agent.kind,
               published_at, revised_at, content_sha256, (SELECT count(*) FROM claim WHERE source_id = source.id)
        FROM source LEFT JOIN agent ON agent.id = publisher_id""")
    assert len(stored) == len(sources)
    for (id, kind, title, description, language, url, author, agent, agent_name, agent_kind,
         published, revised, sha256, claims) in stored:
        assert sources[id].items() >= {
            "kind": kind, "title": title, "description": description, "language": language, "url": url, "author": author,
            "publisher": {"id": agent, "name": agent_name, "kind": agent_kind} if agent else None,
            "published_at": published and published.isoformat(), "revised_at": revised and revised.isoformat(),
            "content_sha256": sha256, "claims": claims}.items()


def test_claims_stand_only_in_sources_that_are_held(sources):
    for source in sources.values():
        assert (source["claims"] > 0) == (source["content_sha256"] is not None)


def test_relations_are_told_from_both_ends(sources, rows):
    def ends(direction):
        return {(source["id"], relation["kind"], relation["source"]["id"]) for source in sources.values()
                for relation in source["relations"] if relation["direction"] == direction}
    stored = set(rows("SELECT source_id::text, kind::text, related_id::text FROM source_relation"))
    assert ends("to") == stored != set()
    assert ends("from") == {(related, kind, source) for source, kind, related in stored}


def test_translations_are_one_origin(sources):
    translated = [(source, relation["source"]["id"]) for source in sources.values() for relation in source["relations"]
                  if relation["kind"] == "translation_of"]
    assert translated
    for source, other in translated:
        assert source["origin"] == sources[other]["origin"]
        assert source["origin"]["sources"] >= 2


def test_origin_counts_its_sources(sources):
    for source in sources.values():
        kin = [each for each in sources.values() if each["origin"]["id"] == source["origin"]["id"]]
        assert source["origin"]["sources"] == len(kin)


def test_one_source_is_the_lists_item(api, sources):
    for id, source in sources.items():
        assert api.get("/v1/sources/" + id) == source


@pytest.mark.parametrize("name", FILTERS)
def test_filter(api, column, name):
    values = column(f"SELECT DISTINCT {FILTERS[name]} FROM source WHERE {FILTERS[name]} IS NOT NULL ORDER BY 1")
    assert values
    for wanted in [*([value] for value in values), values[:2], values]:
        found = column(f"SELECT id FROM source WHERE {FILTERS[name]} = ANY (%s)", wanted)
        assert api.ids("/v1/sources", **{name: wanted}) == sorted(found) != []


def test_filters_together_all_hold(api, rows, column):
    for first, second in itertools.combinations(FILTERS, 2):
        for a, b in rows(f"SELECT DISTINCT {FILTERS[first]}, {FILTERS[second]} FROM source WHERE language IS NOT NULL"):
            found = column(f"SELECT id FROM source WHERE {FILTERS[first]} = %s AND {FILTERS[second]} = %s", a, b)
            assert api.ids("/v1/sources", **{first: a, second: b}) == sorted(found) != []


@pytest.mark.parametrize("limit", [1, 7, 50, 200])
def test_pages_give_each_source_once_and_in_order(api, column, limit):
    assert api.ids("/v1/sources", limit=limit) == sorted(column("SELECT id FROM source"))


# The claims of a source -------------------------------------------------------------------------


def test_claims_of_a_source_are_those_of_the_filter(api, sources):
    for id in sources:
        assert api.items(f"/v1/sources/{id}/claims") == api.items("/v1/claims", source=id)


@pytest.mark.parametrize("limit", [1, 7, 50, 200])
def test_pages_give_each_claim_of_a_source_once_and_in_order(api, sources, limit):
    source = next(source for source in sources.values() if source["claims"])
    assert api.ids(f"/v1/sources/{source['id']}/claims", limit=limit) == api.ids("/v1/claims", source=source["id"])
    assert source["claims"] > 7


@pytest.mark.parametrize("filters", [
    {"kind": "numeric"}, {"stance": ["reports", "disputes"]}, {"hedge": "none"}, {"kind": "statement", "stance": "asserts"}],
    ids=json.dumps)
def test_claims_of_a_source_take_the_same_filters(api, sources, filters):
    for id in sources:
        assert api.items(f"/v1/sources/{id}/claims", **filters) == api.items("/v1/claims", source=id, **filters)


def test_a_cited_source_has_no_claims(api, sources):
    cited = next(id for id, source in sources.items() if source["content_sha256"] is None)
    assert api.get(f"/v1/sources/{cited}/claims") == {"items": [], "next": None}


def test_claims_of_no_source(api):
    api.problem("/v1/sources/no-such-source/claims", "not-found", 404)
    api.problem("/v1/sources/no-such-source/claims?limit=x", "invalid-parameter", parameters=["limit"])
