"""What is kept of many claims at once is what the rules find, whatever is written, in whatever order, and by how many at a time."""
import contextlib
import functools
import random
import threading
import time

import database
import psycopg2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from properties import tried
from world import World

CORROBORATION = """
    SELECT proposition.id::text, counted.* FROM proposition CROSS JOIN LATERAL proposition_corroboration(proposition.id) AS counted
    WHERE counted.claims + counted.disputed > 0 ORDER BY 1"""
FINDINGS = """
    SELECT comparison_set.id::text, kind, subject_id::text, quantity_id::text, cardinality(claims)::bigint, found.unit, found.baseline::text,
           found.spread ->> 'min', found.spread ->> 'max', (found.spread ->> 'ratio')::numeric, found.sources, found.origins, found.verdict
    FROM comparison_set CROSS JOIN LATERAL compare(claims, NULL, NULL, NULL, baseline_id) AS found ORDER BY 1"""
KEPT = """
    SELECT id::text, kind, subject_id::text, quantity_id::text, claims, unit, baseline::text,
           decimal_text(smallest), decimal_text(largest), ratio, sources, origins, verdict
    FROM finding WHERE listed ORDER BY 1"""
TALLY = """
    SELECT counted, id::text, count(*) FROM (
        SELECT 'subject' AS counted, subject_id AS id FROM claim UNION ALL SELECT 'quantity', quantity_id FROM claim
        UNION ALL SELECT 'agent', claimant_id FROM claim UNION ALL SELECT 'source', source_id FROM claim
        UNION ALL SELECT 'origin', origin_id FROM source) AS each
    WHERE id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2"""
LEFT_OVER = """
    SELECT finding.id FROM finding WHERE NOT EXISTS (SELECT FROM witness WHERE kind = 'comparison' AND about = finding.id)
    UNION ALL SELECT comparison_id FROM comparable WHERE comparison_id NOT IN (SELECT id FROM finding)
    UNION ALL SELECT id::text FROM unsettled"""


def right(world):
    """What is kept is what the rules find."""
    assert world.run("SELECT proposition_id::text, claims, sources, origins, disputed, reported FROM corroboration ORDER BY 1") == world.run(CORROBORATION)
    assert world.run(KEPT) == world.run(FINDINGS)
    assert world.run(LEFT_OVER) == []
    assert world.run("SELECT counted, id::text, tally_of(counted, id) FROM (SELECT DISTINCT counted, id FROM tally) AS known "
                     "WHERE tally_of(counted, id) <> 0 ORDER BY 1, 2") == world.run(TALLY)


# One writer -------------------------------------------------------------------------------------


class Writer:
    """Random changes of all that the kept counts rest on."""

    def __init__(self, world, seed):
        self.world, self.dice, self.number = world, random.Random(seed), 0

    def ids(self, table="claim", condition="true"):
        return [id for id, in self.world.run(f"SELECT id::text FROM {table} WHERE {condition} ORDER BY 1")]

    def some(self):
        ids = self.ids()
        return self.dice.sample(ids, min(len(ids), self.dice.choice([1, 1, 3])))

    def change(self):
        self.dice.choice([self.write, self.write, self.write, self.write_many, self.alter, self.alter, self.leave, self.tie, self.untie,
                          self.convert, self.put_together, self.take_apart])()

    def write(self):
        dice, self.number = self.dice, self.number + 1
        self.world.figure(f"claim-{self.number}", dice.choice([1, 1, 2, 5, 2000]), dice.choice(["exact", "exact", "approx", "gt", "lte"]),
                          source_id=dice.choice(["daily", "weekly", "monthly"]), stance=dice.choice(["asserts", "reports", "disputes"]),
                          figure_unit_id=dice.choice(["USD", "USD", "kUSD", "EUR"]), subject_id=dice.choice(["alpha", "alpha", "beta"]),
                          scope_id=dice.choice([None, None, "one-run"]), period=dice.choice([None, None, "2024"]),
                          proposition_id=dice.choice(["said", "said", "else"]))

    def write_many(self):
        """In one statement, as an import does."""
        self.number += 7
        self.world.run("""
            INSERT INTO claim (id, source_id, line, statement, kind, subject_id, figure_as_printed, figure_value, figure_bound, figure_unit_id,
                               quantity_id, claimant_id, stance, hedge, proposition_id)
            SELECT format('claim-%%s-%%s', %s, n), (ARRAY['daily', 'weekly'])[1 + n %% 2], n, 'So.', (ARRAY['numeric', 'statement'])[1 + n / 5]::claim_kind,
                   'alpha', CASE WHEN n < 5 THEN 'x' END, CASE WHEN n < 5 THEN n %% 3 END, CASE WHEN n < 5 THEN 'exact' END::bound,
                   CASE WHEN n < 5 THEN 'USD' END, CASE WHEN n < 5 THEN (ARRAY['cost', 'price'])[1 + n %% 2] END,
                   'ada', 'asserts', 'none', (ARRAY['said', 'else'])[1 + n / 3 %% 2] FROM generate_series(1, 6) AS n""", self.number)

    def alter(self):
        column, value = self.dice.choice([
            ("stance", "disputes"), ("stance", "reports"), ("proposition_id", "else"), ("proposition_id", "said"), ("source_id", "monthly"), ("claimant_id", "bob"),
            ("subject_id", "beta"), ("period", "2024"), ("scope_id", None), ("statement", "Other words."), ("line", 9)])
        self.world.run(f"UPDATE claim SET {column} = %s WHERE id = ANY (%s)", value, self.some())
        self.world.run("UPDATE claim SET figure_value = 3 WHERE id = ANY (%s) AND kind = 'numeric'", self.some())

    def leave(self):
        self.world.run("DELETE FROM claim WHERE id = ANY (%s) AND id NOT IN (SELECT claim_id FROM comparison_claim)", self.some())

    def tie(self):
        source, related = self.dice.sample(["daily", "weekly", "monthly"], 2)
        self.world.run("INSERT INTO source_relation VALUES (%s, %s, 'translation_of') ON CONFLICT DO NOTHING", source, related)

    def untie(self):
        self.world.run("DELETE FROM source_relation WHERE source_id = %s", self.dice.choice(["daily", "weekly", "monthly"]))

    def convert(self):
        self.world.run("UPDATE unit SET factor = %s WHERE id = 'kUSD'", self.dice.choice([1000, 500, None]))
        self.world.run("UPDATE quantity SET unit_id = %s WHERE id = 'cost'", self.dice.choice(["USD", "kUSD", "EUR"]))

    def put_together(self):
        figures = self.ids(condition="kind = 'numeric'")
        if figures:
            self.number += 1
            chosen = self.dice.sample(figures, min(len(figures), 3))
            self.world.comparison(f"picked-{self.number}", chosen, self.dice.choice([None, chosen[-1]]))

    def take_apart(self):
        for id in self.ids("comparison")[:1]:
            if self.dice.random() < 0.5:
                self.world.run("DELETE FROM comparison WHERE id = %s", id)
            else:
                self.world.run("UPDATE comparison SET baseline_id = (SELECT max(claim_id) FROM comparison_claim WHERE comparison_id = %s) WHERE id = %s", id, id)


def test_whatever_is_written_what_is_kept_is_right(world):
    world.insert("proposition", id="else", statement="Something else is so.")
    world.run("ALTER TABLE claim DISABLE TRIGGER claim_attribution")

    @tried(40)
    @given(st.integers(0, 10 ** 9), st.lists(st.booleans(), min_size=4, max_size=24))
    def keeps(seed, pauses):
        with world.scratch():
            writer = Writer(world, seed)
            for pause in pauses:
                writer.change()
                if pause:
                    world.settle()
                    right(world)
            world.settle()
            right(world)
    keeps()


def test_nothing_is_left_of_claims_that_are_taken_out_at_once(world):
    world.figure("one", 1)
    world.figure("two", 2)
    world.settle()
    assert world.value("SELECT count(*) FROM finding") == 1
    world.run("TRUNCATE claim CASCADE")
    world.settle()
    assert [world.value(f"SELECT count(*) FROM {table}") for table in ("corroboration", "comparable", "finding")] == [0, 0, 0]
    right(world)


def test_nothing_is_left_of_relations_and_comparisons_that_are_taken_out_at_once(world):
    world.figure("one", 1)
    world.figure("two", 2, source_id="weekly", claimant_id="voice-weekly")
    world.comparison("picked", ["one", "two"])
    world.insert("source_relation", source_id="weekly", related_id="daily", kind="translation_of")
    world.settle()
    assert world.run("SELECT id::text, origins FROM finding ORDER BY 1") == [("cost-of-alpha", 1), ("picked", 1)]
    world.run("TRUNCATE source_relation")
    world.settle()
    assert world.run("SELECT id::text, origins FROM finding ORDER BY 1") == [("cost-of-alpha", 2), ("picked", 2)]
    right(world)
    world.run("TRUNCATE comparison CASCADE")
    world.settle()
    assert world.run("SELECT id::text FROM finding") == [("cost-of-alpha",)]
    right(world)


def place_of(stem):
    """Of a migration among all."""
    return [migration.stem for migration in database.SEEDLESS].index(stem)


def test_a_migration_that_changes_a_rule_settles_what_rests_on_it_and_nothing_else(fresh_database):
    number = place_of("0033_arithmetic")
    url = fresh_database(database.SEEDLESS[:number])

    def kept():
        return dict(world.run("SELECT id::text, (baseline::text, ratio, since)::text FROM finding"))
    with contextlib.closing(database.connect(url)) as connection:
        world = World(connection.cursor())
        world.figure("euros", 5, figure_unit_id="EUR")
        world.figure("low", 7)
        world.figure("high", 900)
        world.figure("alone", 5, quantity_id="price")
        connection.commit()
        before = kept()
        connection.commit()
        database.apply(url, database.SEEDLESS[number:number + 1])
        after = kept()
        assert before == {"cost-of-alpha": "(euros,,2)", "price-of-alpha": "(alone,,2)"}
        assert after == {"cost-of-alpha": "(low,128.6,3)", "price-of-alpha": "(alone,,2)"}
        connection.commit()
        database.revert(url, database.SEEDLESS[number:number + 1])
        assert kept() == {"cost-of-alpha": "(euros,,4)", "price-of-alpha": "(alone,,2)"}


def test_findings_of_before_are_what_the_rules_of_now_find(fresh_database):
    number = place_of("0033_arithmetic")
    url = fresh_database(database.SEEDLESS[:number])
    with contextlib.closing(database.connect(url)) as connection:
        world = World(connection.cursor())
        world.insert("quantity", id="cost-abroad", name="Cost abroad", definition="What it cost there.", dimension_id="money", unit_id="EUR")
        world.figure("abroad", 5, quantity_id="cost-abroad")
        world.figure("here", 9)
        world.comparison("picked", ["abroad", "here"])
        connection.commit()
        assert world.run("SELECT baseline::text, unit FROM finding WHERE id = 'picked'") == [("abroad", "EUR")]
        connection.commit()
        database.apply(url, database.SEEDLESS[number:])
        assert world.run("SELECT baseline::text, unit FROM finding WHERE id = 'picked'") == [("here", "USD")]
        right(world)


# Several writers --------------------------------------------------------------------------------


@pytest.fixture
def writers(fresh_database):
    """A function that begins a transaction of its own in the same committed world."""
    url, opened = fresh_database(database.SEEDLESS), []
    first = database.connect(url)
    world = World(first.cursor())
    world.insert("proposition", id="else", statement="Something else is so.")
    world.run("ALTER TABLE claim DISABLE TRIGGER claim_attribution")
    first.commit()

    def begin(isolation="READ COMMITTED"):
        connection = database.connect(url)
        connection.set_session(isolation_level=isolation)
        opened.append(connection)
        writer = World.__new__(World)
        writer.cursor, writer.commit = connection.cursor(), connection.commit
        return writer
    yield begin
    for connection in [first, *opened]:
        connection.close()


def waiting(call):
    """Starts what has to wait for another writer, and returns a function that waits for its end."""
    failure = []

    def run():
        try:
            call()
        except psycopg2.Error as error:
            failure.append(error)
    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(0.3)

    def end(waited=True):
        assert thread.is_alive() == waited
        return lambda: (thread.join(10), failure)[1]
    return end


def test_claims_of_one_proposition_written_at_once_all_count(writers):
    one, two = writers(), writers()
    one.figure("one", 1)
    end = waiting(lambda: two.figure("two", 2, source_id="weekly"))()
    one.commit()
    assert end() == []
    two.commit()
    right(writers())
    assert writers().run("SELECT claims, sources, origins FROM corroboration") == [(2, 2, 2)]
    assert writers().run("SELECT claims, sources, verdict FROM finding") == [(2, 2, "conflict")]


def test_two_claims_of_one_new_source_count_it_once(writers):
    one, two = writers(), writers()
    one.figure("one", 1)
    one.run("SET CONSTRAINTS ALL IMMEDIATE")
    end = waiting(lambda: two.figure("two", 1))()
    one.commit()
    assert end() == []
    two.commit()
    right(writers())
    assert writers().run("SELECT claims, sources, origins FROM corroboration") == [(2, 1, 1)]


def test_writers_of_the_same_in_another_order_do_not_block_each_other(writers):
    one, two = writers(), writers()

    def write_the_other_way():
        two.figure("b", 1, proposition_id="else", subject_id="beta")
        two.figure("d", 1, proposition_id="said")
        two.commit()
    one.figure("a", 1, proposition_id="said")
    end = waiting(write_the_other_way)()
    one.figure("c", 1, proposition_id="else", subject_id="beta")
    one.commit()
    assert end() == []
    right(writers())


def test_writers_of_others_wait_too(writers):
    """So that the numbers of changes are the order in which they are committed."""
    one, two = writers(), writers()
    one.figure("a", 1, proposition_id="said")
    end = waiting(lambda: two.figure("b", 1, proposition_id="else", subject_id="beta", source_id="weekly"))()
    one.commit()
    assert end() == []
    two.commit()
    right(writers())
    assert writers().run("SELECT id::text FROM claim ORDER BY since") == [("a",), ("b",)]


def test_who_waits_for_another_writer_goes_on_when_that_gives_up(writers):
    one, two = writers(), writers()
    one.figure("a", 1)
    end = waiting(lambda: two.figure("b", 1))()
    one.cursor.connection.rollback()
    assert end() == []
    two.commit()
    right(writers())
    assert writers().run("SELECT array_agg(id) = array_agg(row) FROM (SELECT id, row_number() OVER (ORDER BY id) AS row FROM change) AS numbered") == [(True,)]


def test_readers_do_not_wait(writers):
    writer, reader = writers(), writers()
    writer.figure("a", 1)
    reader.run("SET LOCAL statement_timeout = '2s'")
    assert reader.run("SELECT count(*) FROM claim") == [(0,)]
    writer.commit()


def test_a_change_of_origin_finds_the_claims_that_are_being_written(writers):
    writer, editor = writers(), writers()
    writer.figure("a", 1)
    writer.figure("b", 1, source_id="weekly")
    end = waiting(lambda: editor.insert("source_relation", source_id="weekly", related_id="daily", kind="translation_of"))()
    writer.commit()
    assert end() == []
    editor.commit()
    right(writers())
    assert writers().run("SELECT sources, origins FROM corroboration") == [(2, 1)]


def test_a_claim_finds_the_origin_that_is_being_changed(writers):
    writer, editor, early = writers(), writers(), writers()
    early.figure("a", 1)
    early.commit()
    editor.insert("source_relation", source_id="weekly", related_id="daily", kind="translation_of")
    end = waiting(lambda: writer.figure("b", 1, source_id="weekly"))()
    editor.commit()
    assert end() == []
    writer.commit()
    right(writers())


def test_a_claim_that_changes_its_proposition_finds_the_origin_that_is_being_changed(writers):
    writer, editor, early = writers(), writers(), writers()
    early.figure("a", 1, proposition_id="else")
    early.figure("b", 1, source_id="weekly")
    early.commit()
    editor.insert("source_relation", source_id="weekly", related_id="daily", kind="translation_of")
    end = waiting(lambda: writer.run("UPDATE claim SET proposition_id = 'else' WHERE id = 'b'"))()
    editor.commit()
    assert end() == []
    writer.commit()
    right(writers())


def test_a_comparison_finds_the_claim_that_is_being_changed(writers):
    writer, curator, early = writers(), writers(), writers()
    early.figure("a", 1)
    early.figure("b", 2)
    early.commit()
    writer.run("UPDATE claim SET figure_value = 1 WHERE id = 'b'")
    end = waiting(lambda: curator.comparison("picked", ["a", "b"]))()
    writer.commit()
    assert end() == []
    curator.commit()
    right(writers())
    assert writers().value("SELECT verdict FROM finding WHERE id = 'picked'") == "agree"


@pytest.mark.parametrize("isolation", ["REPEATABLE READ", "SERIALIZABLE"])
@pytest.mark.parametrize("statement", [
    "INSERT INTO scope VALUES ('another', 'Another', 'Another.')", "DELETE FROM claim",
    "INSERT INTO source_relation VALUES ('weekly', 'daily', 'translation_of')", "UPDATE claim SET stance = 'disputes'",
    "UPDATE unit SET factor = 500 WHERE id = 'kUSD'", "UPDATE quantity SET unit_id = 'kUSD' WHERE id = 'cost'"])
def test_one_that_sees_the_past_changes_nothing(writers, statement, isolation):
    """What others have written and counted meanwhile is not overwritten."""
    early, late = writers(), writers(isolation)
    early.figure("a", 1)
    early.commit()
    with pytest.raises(psycopg2.errors.FeatureNotSupported):
        late.run(statement)


def test_many_writers_at_once_leave_all_counted(writers):
    """Each writes, changes and takes out claims of the same few propositions and comparisons; who is refused by another tries again."""
    def write(writer, name):
        dice = random.Random(name)
        for number in range(40):
            while True:
                try:
                    for part in range(dice.choice([1, 2])):
                        writer.figure(f"{name}-{number}-{part}", dice.choice([1, 2]), source_id=dice.choice(["daily", "weekly", "monthly"]),
                                      proposition_id=dice.choice(["said", "else"]), subject_id=dice.choice(["alpha", "beta"]))
                    if number % 4 == 3:
                        writer.run("DELETE FROM claim WHERE id = %s", f"{name}-{number - 1}-0")
                    if number % 5 == 4:
                        writer.run("UPDATE claim SET stance = 'disputes' WHERE id = %s", f"{name}-{number - 2}-0")
                    writer.commit()
                    break
                except psycopg2.Error as error:
                    failures.append(error)
                    writer.cursor.connection.rollback()
    failures = []
    threads = [threading.Thread(target=write, args=(writers(), f"writer-{number}")) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    right(writers())
    assert writers().value("SELECT sum(claims + disputed) FROM corroboration") == writers().value("SELECT count(*) FROM claim") > 100
    assert_entries_are_put_together(writers())


def assert_entries_are_put_together(writer):
    """The lot decides which statement does it: that none of 400 is drawn happens once in 10^9."""
    entries = functools.partial(writer.value, "SELECT count(*) FROM tally WHERE counted = 'quantity' AND id = 'cost'")
    for number in range(400):
        before = entries()
        writer.figure(f"late-{number}", 1)
        writer.commit()
        if entries() <= before:
            return
    pytest.fail("entries only ever grow in number")
