"""What a claim has of its source is the source's, whichever of the two is written."""
from test_settlement import waiting, writers  # noqa: F401


def kept(world):
    return world.run("SELECT published_at::text, language FROM claim ORDER BY id")


def test_a_claim_takes_over_what_its_source_has(world):
    world.run("UPDATE source SET published_at = '2025-01-27', language = 'de' WHERE id = 'daily'")
    world.figure("one", 1)
    world.figure("two", 1, source_id="weekly", claimant_id="voice-weekly")
    assert kept(world) == [("2025-01-27", "de"), (None, None)]
    world.run("UPDATE claim SET source_id = 'weekly' WHERE id = 'one'")
    assert kept(world) == [(None, None)] * 2


def test_it_cannot_be_given_by_hand(world):
    world.figure("one", 1, published_at="2020-01-01", language="it")
    world.run("UPDATE claim SET language = 'fr'")
    assert kept(world) == [(None, None)]


def test_claims_follow_their_source(world):
    world.figure("one", 1)
    world.figure("two", 1, source_id="weekly", claimant_id="voice-weekly")
    world.run("UPDATE source SET published_at = '2025-01-27', language = 'de' WHERE id = 'daily'")
    assert kept(world) == [("2025-01-27", "de"), (None, None)]
    world.run("UPDATE source SET published_at = NULL WHERE id = 'daily'")
    assert kept(world) == [(None, "de"), (None, None)]


def test_a_source_finds_the_claims_that_are_being_written(writers):  # noqa: F811
    writer, editor = writers(), writers()
    writer.figure("one", 1)
    end = waiting(lambda: editor.run("UPDATE source SET language = 'de' WHERE id = 'daily'"))()
    writer.commit()
    assert end() == []
    editor.commit()
    assert kept(writers()) == [(None, "de")]
