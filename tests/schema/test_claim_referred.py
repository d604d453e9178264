"""What a claim has of those whom it refers to is theirs, whichever of them is written, and when."""
import pytest
from test_settlement import waiting, writers  # noqa: F401

# What each claim has, and what a look at the others says that it should have.
KEPT = """
    SELECT id, subject_name, quantity_name, claimant_name, claimant_kind::text, source_title, language, published_at, attribution::jsonb
    FROM claim ORDER BY id"""
LOOKED_UP = """
    SELECT claim.id, subject.name, quantity.name, claimant.name, claimant.kind::text, source.title, source.language, source.published_at,
           (SELECT coalesce(jsonb_agg(jsonb_build_object(
                       'agent', jsonb_build_object('id', agent.id, 'name', agent.name, 'kind', agent.kind),
                       'role', hop.role,
                       'via', CASE WHEN via.id IS NOT NULL
                                   THEN jsonb_build_object('id', via.id, 'title', via.title, 'language', via.language) END)
                       ORDER BY hop.position), '[]')
            FROM attribution AS hop JOIN agent ON agent.id = hop.agent_id LEFT JOIN source AS via ON via.id = hop.via_id
            WHERE hop.claim_id = claim.id)
    FROM claim
    JOIN subject ON subject.id = claim.subject_id
    LEFT JOIN quantity ON quantity.id = claim.quantity_id
    JOIN agent AS claimant ON claimant.id = claim.claimant_id
    JOIN source ON source.id = claim.source_id
    ORDER BY claim.id"""
FOUND = "SELECT array(SELECT id::text FROM claim WHERE search @@ search_query(%s) ORDER BY id)"

CHANGES = [
    "UPDATE subject SET name = 'Renamed' WHERE id = 'alpha'",
    "UPDATE quantity SET name = 'Renamed' WHERE id = 'cost'",
    "UPDATE agent SET name = 'Renamed' WHERE id = 'voice-daily'",
    "UPDATE agent SET name = 'Renamed' WHERE id = 'ada'",
    "UPDATE agent SET kind = 'group' WHERE id = 'bob'",
    "UPDATE agent SET kind = 'organization' WHERE id = 'ada'",
    "UPDATE source SET title = 'Renamed' WHERE id = 'daily'",
    "UPDATE source SET title = NULL WHERE id = 'weekly'",
    "UPDATE source SET language = 'it' WHERE id = 'daily'",
    "UPDATE source SET language = 'it' WHERE id = 'weekly'",
    "UPDATE source SET published_at = '2025-01-28' WHERE id = 'daily'",
    "UPDATE source SET published_at = NULL WHERE id = 'daily'",
    "UPDATE claim SET source_id = 'weekly'",
    "UPDATE claim SET subject_id = 'beta', quantity_id = 'price'",
    "UPDATE claim SET claimant_id = 'bob' WHERE id = 'own'",
    "UPDATE attribution SET role = 'reporter' WHERE position = 1",
    "UPDATE attribution SET via_id = NULL",
    "UPDATE attribution SET agent_id = 'voice-weekly' WHERE position = 1",
    "UPDATE attribution SET claim_id = 'own'",
    "DELETE FROM attribution WHERE position = 2",
    "INSERT INTO attribution VALUES ('own', 1, 'bob', 'speaker', 'monthly')",
]


def right(world):
    kept = world.run(KEPT)
    assert kept == world.run(LOOKED_UP)
    return kept


def fill(world):
    """A claim that a source makes itself, and one that comes to it by two hops, one of them through another source."""
    world.run("UPDATE source SET published_at = '2025-01-27', language = 'de', title = 'Ein \"Titel\" \\ auf' WHERE id = 'daily'")
    world.run("UPDATE source SET language = 'de', title = 'Ein anderer' WHERE id = 'weekly'")
    world.figure("own", 1)
    world.figure("heard", 2, claimant_id="bob")
    world.run("INSERT INTO attribution VALUES ('heard', 1, 'ada', 'speaker', NULL), ('heard', 2, 'bob', 'speaker', 'weekly')")


def test_a_claim_takes_over_what_it_refers_to(world):
    fill(world)
    heard, own = right(world)
    assert own[1:8] == ("Alpha", "Cost", "Voice-Daily", "source", 'Ein "Titel" \\ auf', "de", own[7]) and str(own[7]) == "2025-01-27"
    assert own[8] == [] and [hop["agent"]["id"] for hop in heard[8]] == ["ada", "bob"]
    assert [hop["via"] for hop in heard[8]] == [None, {"id": "weekly", "title": "Ein anderer", "language": "de"}]


def test_it_is_written_without_blanks(world):
    fill(world)
    assert world.value("SELECT attribution::text FROM claim WHERE id = 'own'") == "[]"
    text = world.value("SELECT attribution::text FROM claim WHERE id = 'heard'")
    assert text.startswith('[{"agent":{"id":"ada","name":"Ada","kind":"person"},"role":"speaker","via":null},{"agent":{"id":"bob",')


@pytest.mark.parametrize("change", CHANGES)
def test_claims_follow(world, change):
    fill(world)
    before = right(world)
    world.run(change)
    assert right(world) != before


@pytest.mark.parametrize("column, value", [
    ("subject_name", "x"), ("quantity_name", "x"), ("claimant_name", "x"), ("claimant_kind", "group"), ("source_title", "x"),
    ("language", "fr"), ("published_at", "2020-01-01"), ("attribution", "[1]"), ("search", "x")])
def test_it_cannot_be_given_by_hand(world, column, value):
    fill(world)
    before = right(world)
    world.run(f"UPDATE claim SET {column} = %s", value)
    assert right(world) == before
    world.figure("another", 3, **{column: value})
    right(world)
    assert world.value(FOUND, "alpha") == ["another", "heard", "own"]


@pytest.mark.parametrize("change, gone, found", [
    ("UPDATE agent SET name = 'Newname' WHERE id = 'ada'", "ada", ["heard"]),
    ("UPDATE subject SET name = 'Newname' WHERE id = 'alpha'", "alpha", ["heard", "own"]),
    ("UPDATE source SET title = 'Newname' WHERE id = 'daily'", "titel", ["heard", "own"])])
def test_it_is_found_under_the_new_name_alone(world, change, gone, found):
    fill(world)
    world.run("UPDATE claim SET statement = 'It cost that much.'")
    world.run(change)
    assert world.value(FOUND, "newname") == found
    assert world.value(FOUND, gone) == []


# Whoever is first, the claim has what is committed last.

@pytest.mark.parametrize("change", [
    "UPDATE source SET language = 'it' WHERE id = 'daily'", "UPDATE source SET title = 'Renamed' WHERE id = 'daily'",
    "UPDATE subject SET name = 'Renamed' WHERE id = 'alpha'", "UPDATE quantity SET name = 'Renamed' WHERE id = 'cost'",
    "UPDATE agent SET kind = 'group' WHERE id = 'ada'", "UPDATE agent SET name = 'Renamed' WHERE id = 'bob'",
    "UPDATE source SET title = 'Renamed' WHERE id = 'weekly'"])
def test_a_change_finds_the_claims_that_are_being_written(writers, change):  # noqa: F811
    writer, editor = writers(), writers()
    fill(writer)
    end = waiting(lambda: editor.run(change))()
    writer.commit()
    assert end() == []
    editor.commit()
    assert any("Renamed" in str(row) or "it" in row or "group" in str(row) for row in right(writers()))


@pytest.mark.parametrize("change", ["UPDATE subject SET name = 'Renamed' WHERE id = 'alpha'", "UPDATE agent SET name = 'Renamed' WHERE id = 'ada'"])
def test_a_claim_waits_for_a_change(writers, change):  # noqa: F811
    editor, writer = writers(), writers()
    editor.run(change)
    end = waiting(lambda: fill(writer))()
    editor.commit()
    assert end() == []
    writer.commit()
    assert "Renamed" in str(right(writers()))


def test_hops_that_are_written_at_once_are_all_there(writers):  # noqa: F811
    first = writers()
    first.figure("own", 1)
    first.commit()
    one, two = writers(), writers()
    one.run("INSERT INTO attribution VALUES ('own', 1, 'ada', 'speaker', NULL)")
    end = waiting(lambda: two.run("INSERT INTO attribution VALUES ('own', 2, 'bob', 'speaker', NULL)"))()
    one.run("UPDATE claim SET claimant_id = 'ada'")
    one.commit()
    assert end() == []
    two.run("UPDATE claim SET claimant_id = 'bob'")
    two.commit()
    assert [hop["agent"]["id"] for hop in right(writers())[0][8]] == ["ada", "bob"]
