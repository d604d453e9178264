"""Origins: translation and syndication tie sources over any number of steps; citing does not."""
import pytest

KINDS = ("translation_of", "syndication_of")


def tie(world, source, related, kind="translation_of"):
    world.insert("source_relation", source_id=source, related_id=related, kind=kind)


def add_sources(world, *names):
    for name in names:
        world.insert("source", id=name, kind="article", description="One more.")


def origins(world):
    return dict(world.run("SELECT id, origin_id FROM source"))


def test_an_untied_source_is_its_own_origin(world):
    assert origins(world) == {"daily": "daily", "weekly": "weekly", "monthly": "monthly"}


def test_an_origin_cannot_be_given_by_hand(world):
    world.insert("source", id="yearly", kind="article", description="A yearly.", origin_id="daily")
    assert origins(world)["yearly"] == "yearly"


@pytest.mark.parametrize("kind", KINDS)
def test_the_original_is_the_origin_whichever_id_comes_first(world, kind):
    tie(world, "daily", "weekly", kind)
    assert origins(world) == {"daily": "weekly", "weekly": "weekly", "monthly": "monthly"}


@pytest.mark.parametrize("first", KINDS)
@pytest.mark.parametrize("second", KINDS)
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_chain_has_one_origin_in_whatever_order_it_is_told(world, first, second, order):
    steps = [("daily", "weekly", first), ("weekly", "monthly", second)]
    for step in order:
        tie(world, *steps[step])
    assert set(origins(world).values()) == {"monthly"}


def test_a_long_chain_told_at_once_has_one_origin(world):
    names = [f"copy-{number:02}" for number in range(20)]
    add_sources(world, *names)
    world.run("INSERT INTO source_relation SELECT * FROM unnest(%s::text[], %s::text[], %s::source_relation_kind[])",
              names[1:], names[:-1], ["syndication_of"] * 19)
    assert {origins(world)[name] for name in names} == {"copy-00"}


def test_two_families_become_one_when_a_member_of_each_is_tied(world):
    add_sources(world, "evening", "morning")
    tie(world, "evening", "daily")
    tie(world, "morning", "weekly")
    tie(world, "weekly", "evening")
    assert {origins(world)[name] for name in ("daily", "evening", "weekly", "morning")} == {"daily"}


def test_two_originals_of_one_text_share_the_first_as_origin(world):
    tie(world, "monthly", "weekly")
    tie(world, "monthly", "daily", "syndication_of")
    assert set(origins(world).values()) == {"daily"}


def test_a_cycle_has_one_origin(world):
    tie(world, "daily", "weekly")
    tie(world, "weekly", "monthly")
    tie(world, "monthly", "daily", "syndication_of")
    assert set(origins(world).values()) == {"daily"}


def test_removing_a_tie_splits_the_family_again(world):
    tie(world, "daily", "weekly")
    tie(world, "weekly", "monthly")
    world.run("DELETE FROM source_relation WHERE source_id = 'weekly'")
    assert origins(world) == {"daily": "weekly", "weekly": "weekly", "monthly": "monthly"}


def test_removing_all_ties_at_once_splits_the_family(world):
    tie(world, "daily", "weekly")
    tie(world, "weekly", "monthly")
    world.run("DELETE FROM source_relation")
    assert origins(world) == {"daily": "daily", "weekly": "weekly", "monthly": "monthly"}


def test_a_changed_tie_moves_the_source(world):
    tie(world, "daily", "weekly")
    world.run("UPDATE source_relation SET related_id = 'monthly'")
    assert origins(world) == {"daily": "monthly", "weekly": "weekly", "monthly": "monthly"}


def test_a_tie_that_turns_into_a_citation_unties(world):
    tie(world, "daily", "weekly")
    world.run("UPDATE source_relation SET kind = 'cites'")
    assert origins(world)["daily"] == "daily"


def test_one_of_two_ties_removed_leaves_the_family_tied(world):
    for kind in KINDS:
        tie(world, "daily", "weekly", kind)
    world.run("DELETE FROM source_relation WHERE kind = 'translation_of'")
    assert origins(world)["daily"] == "weekly"


@pytest.mark.parametrize("kind", ["cites", "based_on"])
def test_citing_does_not_tie(world, kind):
    tie(world, "daily", "weekly", kind)
    assert origins(world)["daily"] == "daily"


def test_corroboration_counts_origins_and_leaves_disputes_out(world):
    tie(world, "weekly", "daily")
    world.figure("daily-01", 5)
    world.figure("weekly-01", 5, source_id="weekly", claimant_id="voice-weekly")
    world.figure("weekly-02", 5, source_id="weekly", claimant_id="voice-weekly", stance="reports")
    world.figure("weekly-03", 5, source_id="weekly", claimant_id="voice-weekly", stance="disputes")
    assert world.run("SELECT * FROM proposition_corroboration('said')") == [(3, 2, 1, 1, 1)]
