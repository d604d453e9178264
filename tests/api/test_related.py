"""Related claims, and propositions with what claims do to them, against the tables"""
import collections

import pytest

from naive import fetch, ids, walk

SHARED = """
    SELECT other.id::text, 'same_proposition' AS kind, this.proposition_id::text AS through FROM claim AS this JOIN claim AS other USING (proposition_id)
    WHERE this.id = %(id)s AND other.id <> %(id)s
    UNION
    SELECT other.claim_id::text, 'same_comparison', this.comparison_id::text FROM comparison_claim AS this, comparison_claim AS other
    WHERE this.claim_id = %(id)s AND other.claim_id <> %(id)s AND this.comparison_id = other.comparison_id
    UNION
    SELECT other.id::text, 'same_comparison', this.quantity_id || '-of-' || this.subject_id FROM claim AS this, claim AS other
    WHERE this.id = %(id)s AND other.id <> %(id)s AND this.kind = 'numeric' AND other.kind = 'numeric'
      AND this.quantity_id = other.quantity_id AND this.subject_id = other.subject_id"""


@pytest.fixture(scope="module")
def relations(crowd_tables):
    """What the tables relate a claim to: ids, each with its relations."""
    def of(id):
        found = collections.defaultdict(list)
        with crowd_tables.cursor() as cursor:
            cursor.execute(SHARED, {"id": id})
            for other, kind, through in cursor.fetchall():
                found[other].append((kind, through))
        return {other: sorted(kinds, key=lambda each: (each[0] != "same_proposition", each[1])) for other, kinds in found.items()}
    return of


@pytest.fixture(scope="module")
def claims(crowd_tables):
    return [row["id"] for row in fetch(crowd_tables, "SELECT id::text FROM claim ORDER BY id")]


def related(crowd, id, **query):
    return [item for page in walk(crowd, f"/v1/claims/{id}/related", [("limit", 200), *query.items()]) for item in page]


def test_related_claims_are_those_of_the_tables(crowd, relations, claims):
    seen = collections.Counter()
    for id in claims[::9]:
        expected = relations(id)
        found = related(crowd, id, fields="id,relations")
        assert [item["id"] for item in found] == sorted(expected)
        assert {item["id"]: [(each["kind"], each["id"]) for each in item["relations"]] for item in found} == expected
        seen.update(kind for kinds in expected.values() for kind, _ in kinds)
    assert min(seen["same_proposition"], seen["same_comparison"]) > 50


def test_relations_are_mutual(crowd, claims):
    found = {id: {item["id"]: item["relations"] for item in related(crowd, id, fields="id,relations")} for id in claims[::23]}
    for id, others in found.items():
        assert id not in others
        for other in list(others)[:3]:
            back = next(item for item in related(crowd, other, fields="id,relations") if item["id"] == id)
            assert back["relations"] == others[other]


def test_a_related_claim_says_what_the_claim_says(crowd, claims):
    compared = 0
    for id in claims[5::60]:
        for item in related(crowd, id)[:3]:
            whole = crowd.get("/v1/claims/" + item["id"])
            assert {key: value for key, value in item.items() if key != "relations"} == {key: whole[key] for key in item if key != "relations"}
            compared += 1
    assert compared > 10


def test_what_is_related_through_is_there(crowd, claims):
    through = {(each["kind"], each["id"]) for id in claims[3::40] for item in related(crowd, id, fields="relations") for each in item["relations"]}
    for kind, id in sorted(through)[:40]:
        if kind == "same_proposition":
            assert crowd.get("/v1/propositions/" + id, fields="id") == {"id": id}
        else:
            assert crowd.get("/v1/comparisons/" + id, fields="id") == {"id": id}
    assert {kind for kind, _ in through} == {"same_proposition", "same_comparison"}


@pytest.mark.parametrize("sort", ["id", "-id"])
@pytest.mark.parametrize("limit", [1, 3, 200])
def test_related_claims_come_by_id_page_by_page(crowd, relations, claims, sort, limit):
    id = max(claims[::5], key=lambda each: len(relations(each)))
    expected = sorted(relations(id), reverse=sort == "-id")
    assert ids(walk(crowd, f"/v1/claims/{id}/related", [("sort", sort), ("limit", limit), ("fields", "id")])) == expected
    assert len(expected) > 6


def test_a_claim_alone_is_related_to_nothing(crowd, crowd_tables, relations):
    alone = next(row["id"] for row in fetch(crowd_tables, "SELECT min(id)::text AS id FROM claim WHERE kind = 'statement' GROUP BY proposition_id "
                                                          "HAVING count(*) = 1 ORDER BY 1") if not relations(row["id"]))
    assert crowd.get(f"/v1/claims/{alone}/related") == {"items": [], "next": None}


def test_no_claim_has_no_related_ones(crowd):
    crowd.problem("/v1/claims/no-such-thing/related", "not-found", 404)
    crowd.problem("/v1/claims/no-such-thing/related?format=csv", "not-found", 404)
    crowd.problem("/v1/claims/NoSlug/related", "not-found", 404)


def test_related_claims_take_no_filters(crowd, claims):
    for name, value in (("kind", "numeric"), ("id", claims[0]), ("q", "cost"), ("embed", "source")):
        crowd.problem(f"/v1/claims/{claims[0]}/related?{name}={value}", "unknown-parameter", parameters=[name])


# Propositions ---------------------------------------------------------------------------------------


def test_propositions_count_what_the_claims_do(crowd, crowd_tables):
    counted = collections.defaultdict(list)
    for row in fetch(crowd_tables, "SELECT proposition_id::text AS id, stance::text, source.id::text AS source, origin_id::text AS origin "
                                   "FROM claim JOIN source ON source.id = source_id"):
        counted[row["id"]].append(row)
    items = crowd.items("/v1/propositions")
    stored = fetch(crowd_tables, "SELECT id::text, statement::text FROM proposition ORDER BY id")
    assert [(item["id"], item["statement"]) for item in items] == [(row["id"], row["statement"]) for row in stored]
    for item in items:
        rows = counted[item["id"]]
        held = [row for row in rows if row["stance"] != "disputes"]
        assert item["stances"] == {stance: sum(row["stance"] == stance for row in rows) for stance in ("asserts", "reports", "disputes")}
        assert (item["claims"], item["disputed"]) == (len(held), len(rows) - len(held))
        assert (item["sources"], item["origins"]) == tuple(len({row[key] for row in held}) for key in ("source", "origin"))
    assert any(item["origins"] < item["sources"] for item in items) and any(item["disputed"] for item in items)


def test_the_counts_are_those_that_its_claims_tell(crowd):
    propositions = {item["id"]: item for item in crowd.items("/v1/propositions")}
    for claim in crowd.items("/v1/claims", fields="proposition", kind="numeric"):
        whole = propositions[claim["proposition"]["id"]]
        assert claim["proposition"] == {key: whole[key] for key in claim["proposition"]}


def test_the_claims_of_a_proposition_are_as_many_as_it_counts(crowd):
    for item in crowd.get("/v1/propositions", sort="-id", limit=20)["items"]:
        for stance, count in item["stances"].items():
            assert len(crowd.items("/v1/claims", proposition=item["id"], stance=stance, fields="id")) == count
        assert crowd.get("/v1/propositions/" + item["id"]) == item


def test_no_proposition_is_not_found(crowd):
    crowd.problem("/v1/propositions/no-such-thing", "not-found", 404)
