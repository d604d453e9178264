"""Nothing is lost that was: after whatever is written in SQL, the schema past is at every change what the tables were then"""
import itertools
import os
import random

import database
import psycopg2
import pytest

from world import FIGURE, MULTIPLE, STATEMENT, World

STEPS = int(os.environ.get("CLAIMD_HISTORY_STEPS", "40"))  # transactions of each random series
KEPT = ["dimension", "unit", "quantity", "scope", "subject", "source", "source_relation", "agent", "proposition", "claim", "attribution", "multiple_operand",
        "comparison", "comparison_claim", "corroboration", "finding"]
THINGS = ["dimension", "unit", "quantity", "scope", "subject", "source", "agent", "proposition", "claim", "comparison"]
PARTS = {"claim": [("attribution", "claim_id"), ("multiple_operand", "multiple_id")], "source": [("source_relation", "source_id")],
         "comparison": [("comparison_claim", "comparison_id")]}
# What follows from other things, and is kept beside a thing's own members.
DERIVED = {"since", "search", "created_at", "origin_id", "figure_amount", "subject_name", "quantity_name", "claimant_name", "claimant_kind", "source_title", "attribution",
           "published_at", "language"}


@pytest.fixture(scope="module")
def shared(fresh_database):
    url = fresh_database(database.SEEDLESS)
    connection = database.connect(url)
    yield connection
    connection.close()


@pytest.fixture
def connection(shared):
    """A database with nothing in it but what was in it once."""
    shared.rollback()
    run(shared, f"TRUNCATE {', '.join(table for table in KEPT if table not in ('corroboration', 'finding'))} CASCADE")
    shared.commit()
    return shared


def run(connection, statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchall() if cursor.description else []


def rows_of(connection, schema="public"):
    """All rows of all tables that keep what was."""
    return {table: sorted(str(row) for row, in run(connection, f"SELECT row_to_json({table})::text FROM {schema}.{table}")) for table in KEPT}


def past_of(connection, change):
    """The same of the past, by the search path that answers of the past are asked with."""
    run(connection, "SELECT set_config('claimd.as_of', %s, true), set_config('search_path', 'past, public', true)", str(change))
    rows = {table: sorted(str(row) for row, in run(connection, f"SELECT row_to_json({table})::text FROM {table}")) for table in KEPT}
    connection.rollback()
    return rows


def last_change(connection):
    return run(connection, "SELECT max(id) FROM change")[0][0]


class Memory:
    """What the tables were after each change."""

    def __init__(self, connection):
        self.connection, self.at = connection, {}
        self.remember()

    def remember(self):
        self.at[last_change(self.connection)] = rows_of(self.connection)
        self.connection.rollback()

    def commit(self):
        self.connection.commit()
        self.remember()

    def check(self):
        for change, rows in self.at.items():
            past = past_of(self.connection, change)
            for table in KEPT:
                assert past[table] == rows[table], f"{table} at the change {change}"
        assert all(not rows for rows in past_of(self.connection, 0).values())


def populate(connection):
    with connection.cursor() as cursor:
        world = World(cursor)
        for number, unit in enumerate(("USD", "kUSD", "USD", "EUR")):
            world.figure(f"f{number}", value=10 + number, figure_unit_id=unit, proposition_id="said")
        world.multiple("m0", 3, numerators=["f0"], denominators=["f1"])
        world.insert("claim", **{**STATEMENT, "id": "s0"})
        world.comparison("c0", ["f0", "f1", "m0"], "f0")
        world.insert("source_relation", source_id="weekly", related_id="daily", kind="translation_of")
    connection.commit()


class Chance:
    """Statements of every sort at random; those that the rules refuse undo their transaction."""

    def __init__(self, connection, seed):
        self.connection, self.random = connection, random.Random(seed)
        self.numbers = itertools.count()

    def ids(self, table):
        return [id for id, in run(self.connection, f"SELECT id FROM {table} ORDER BY id")]

    def one(self, table):
        return self.random.choice(self.ids(table) or ["none"])

    def statement(self):
        pick, number = self.random.choice, next(self.numbers)
        figure = {**FIGURE, "id": f"r{number}", "figure_value": self.random.randrange(99), "source_id": "daily", "subject_id": self.one("subject"), "figure_unit_id": pick(["USD", "kUSD"])}
        multiple = {**MULTIPLE, "id": f"r{number}", "figure_value": 2}
        return pick([
            lambda: self.insert("claim", pick([figure, multiple, {**STATEMENT, "id": f"r{number}"}])),
            lambda: run(self.connection, "UPDATE claim SET statement = statement || '.', line = line + 1 WHERE id = %s", self.one("claim")),
            lambda: run(self.connection, "UPDATE claim SET figure_value = figure_value + 1 WHERE kind = 'numeric' AND id <= %s", self.one("claim")),
            lambda: run(self.connection, "UPDATE claim SET statement = statement"),
            lambda: run(self.connection, "DELETE FROM claim WHERE id = %s", self.one("claim")),
            lambda: run(self.connection, "DELETE FROM claim WHERE id LIKE 'r%%5'"),
            lambda: run(self.connection, "UPDATE subject SET name = name || '.' WHERE id = %s", self.one("subject")),
            lambda: self.insert("subject", {"id": f"s{number}", "name": "S", "kind": "model", "description": "x"}),
            lambda: run(self.connection, "DELETE FROM subject WHERE id = %s", self.one("subject")),
            lambda: self.insert("source", {"id": f"q{number}", "kind": "post", "description": "x"}),
            lambda: self.insert("source_relation", {"source_id": self.one("source"), "related_id": self.one("source"), "kind": pick(["cites", "translation_of", "syndication_of"])}),
            lambda: run(self.connection, "DELETE FROM source_relation WHERE source_id = %s", self.one("source")),
            lambda: run(self.connection, "UPDATE source_relation SET kind = 'cites' WHERE source_id = %s", self.one("source")),
            lambda: run(self.connection, "UPDATE source SET title = coalesce(title, '') || 'T' WHERE id = %s", self.one("source")),
            lambda: run(self.connection, "DELETE FROM source WHERE id = %s", self.one("source")),
            lambda: run(self.connection, "UPDATE agent SET name = name || '.' WHERE id >= %s", self.one("agent")),
            lambda: run(self.connection, "UPDATE proposition SET statement = 'P' WHERE id = %s", self.one("proposition")),
            lambda: self.attribute(self.one("claim")),
            lambda: run(self.connection, "DELETE FROM multiple_operand WHERE multiple_id = %s", self.one("claim")),
            lambda: self.insert("multiple_operand", {"multiple_id": self.one("claim"), "role": pick(["numerator", "denominator"]), "operand_id": self.one("claim")}),
            lambda: self.insert("comparison", {"id": f"c{number}", "title": "T", "description": "x"}) or self.insert("comparison_claim", {"comparison_id": f"c{number}", "claim_id": self.one("claim")}),
            lambda: self.insert("comparison_claim", {"comparison_id": self.one("comparison"), "claim_id": self.one("claim")}),
            lambda: run(self.connection, "DELETE FROM comparison_claim WHERE claim_id = %s", self.one("claim")),
            lambda: run(self.connection, "DELETE FROM comparison WHERE id = %s", self.one("comparison")),
            lambda: run(self.connection, "UPDATE unit SET name = name || '.', factor = factor * 1 WHERE id = %s", self.one("unit")),
            lambda: run(self.connection, "UPDATE quantity SET definition = definition || '.'"),
            lambda: run(self.connection, "INSERT INTO scope (id, name, definition) VALUES ('upserted', 'x', 'y') ON CONFLICT (id) DO UPDATE SET name = scope.name || '.'"),
            lambda: run(self.connection, "DELETE FROM scope WHERE id = 'upserted'"),
            lambda: run(self.connection, "WITH gone AS (DELETE FROM scope WHERE id = 'upserted' RETURNING *) INSERT INTO scope (id, name, definition) SELECT id || '-2', name, definition FROM gone"),
        ])

    def insert(self, table, row):
        run(self.connection, f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", *row.values())

    def attribute(self, claim):
        run(self.connection, "UPDATE claim SET claimant_id = 'ada' WHERE id = %s", claim)
        run(self.connection, "DELETE FROM attribution WHERE claim_id = %s", claim)
        self.insert("attribution", {"claim_id": claim, "position": 1, "agent_id": "bob", "role": "reporter"})
        self.insert("attribution", {"claim_id": claim, "position": 2, "agent_id": "ada", "role": "speaker"})

    def transaction(self):
        """Some statements, each undone alone if it is refused; whether all was committed."""
        try:
            for _ in range(self.random.choice([1, 1, 2, 5])):
                run(self.connection, "SAVEPOINT one")
                try:
                    self.statement()()
                    if self.random.random() < 0.15:
                        run(self.connection, "ROLLBACK TO one")
                except psycopg2.Error:
                    run(self.connection, "ROLLBACK TO one")
            self.connection.rollback() if self.random.random() < 0.1 else self.connection.commit()
        except psycopg2.Error:
            self.connection.rollback()


def documents(connection):
    """Of each thing what is its own, with its parts."""
    things = {}
    for table in THINGS:
        for row, in run(connection, f"SELECT to_jsonb({table}) FROM {table}"):
            own = {name: value for name, value in row.items() if name not in DERIVED or (table == "source" and name in ("published_at", "language"))}
            for part, reference in PARTS.get(table, ()):
                own[part] = sorted(str({name: value for name, value in each.items() if name != "since"}) for each, in run(
                    connection, f"SELECT to_jsonb({part}) FROM {part} WHERE {reference} = %s", row["id"]))
            things[table, row["id"]] = own
    return things


@pytest.mark.parametrize("seed", [1, 2])
def test_past_is_what_was_whatever_is_written(connection, seed):
    """And the revisions tell just what became of which thing."""
    populate(connection)
    memory, chance, known = Memory(connection), Chance(connection, seed), last_change(connection)
    before, made = documents(connection), 0
    for _ in range(STEPS):
        chance.transaction()
        now, change = documents(connection), last_change(connection)
        told = {(kind, id): action for kind, id, action in run(connection, "SELECT kind, id, action FROM revision WHERE change > %s", known)}
        wanted = {**{key: "created" for key in now.keys() - before.keys()}, **{key: "retracted" for key in before.keys() - now.keys()},
                  **{key: "changed" for key in now.keys() & before.keys() if now[key] != before[key]}}
        for key, action in wanted.items():
            assert told.get(key) == action, (key, action, told.get(key))
        for key in told.keys() - wanted.keys():  # changed and changed back in one transaction is no revision that anybody misses
            assert told[key] == "changed" and now.get(key) == before.get(key), (key, told[key])
        since = {(table, id): since for table in THINGS for id, since in run(connection, f"SELECT id, since FROM {table}")}
        assert all(since[key] == change for key, action in wanted.items() if action != "retracted")
        connection.rollback()
        if change > known:
            made += 1
            memory.remember()
        before, known = now, change
    assert made > STEPS // 3
    numbers = [number for number, in run(connection, "SELECT id FROM change ORDER BY id")]
    assert numbers == list(range(1, len(numbers) + 1)), "changes are numbered without a gap"
    assert run(connection, "SELECT count(*) FROM change JOIN change AS earlier ON earlier.id = change.id - 1 WHERE change.at <= earlier.at") == [(0,)]
    connection.rollback()
    memory.check()


STATEMENTS = {
    "insert": ["INSERT INTO scope (id, name, definition) VALUES ('new', 'x', 'y')"],
    "update-twice": ["UPDATE scope SET name = 'a' WHERE id = 'one-run'", "UPDATE scope SET name = 'b' WHERE id = 'one-run'"],
    "update-and-back": ["UPDATE scope SET name = 'a' WHERE id = 'one-run'", "UPDATE scope SET name = 'One-Run' WHERE id = 'one-run'"],
    "insert-delete": ["INSERT INTO scope (id, name, definition) VALUES ('new', 'x', 'y')", "DELETE FROM scope WHERE id = 'new'"],
    "delete-insert": ["DELETE FROM scope WHERE id = 'all-runs'", "INSERT INTO scope (id, name, definition) VALUES ('all-runs', 'x', 'y')"],
    "delete-insert-delete": ["DELETE FROM scope WHERE id = 'all-runs'", "INSERT INTO scope (id, name, definition) VALUES ('all-runs', 'x', 'y')", "DELETE FROM scope WHERE id = 'all-runs'"],
    "rename": ["UPDATE scope SET id = 'renamed' WHERE id = 'all-runs'"],
    "swap": ["UPDATE comparison_claim SET claim_id = CASE claim_id WHEN 'f1' THEN 'f2' ELSE claim_id END"],
    "cascade": ["DELETE FROM comparison WHERE id = 'c0'"],
    "truncate": ["TRUNCATE comparison, comparison_claim"], "truncate-insert": ["TRUNCATE source_relation", "INSERT INTO source_relation VALUES ('weekly', 'monthly', 'cites')"],
    "truncate-all": ["TRUNCATE dimension CASCADE"],
    "merge": ["MERGE INTO scope USING (VALUES ('one-run', 'M'), ('merged', 'N')) AS given (id, name) ON scope.id = given.id "
              "WHEN MATCHED THEN UPDATE SET name = given.name WHEN NOT MATCHED THEN INSERT (id, name, definition) VALUES (given.id, given.name, 'x')"],
    "upsert": ["INSERT INTO scope (id, name, definition) VALUES ('one-run', 'u', 'y'), ('two-runs', 'u', 'y') ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name"],
    "chain": ["WITH gone AS (DELETE FROM scope WHERE id = 'all-runs' RETURNING *), come AS (INSERT INTO scope (id, name, definition) VALUES ('cte', 'x', 'y')) "
              "UPDATE subject SET name = (SELECT name FROM gone) WHERE id = 'beta'"],
    "own-since": ["UPDATE scope SET since = 0 WHERE id = 'one-run'"], "copied-since": ["INSERT INTO scope (id, name, definition, since) VALUES ('back-dated', 'x', 'y', 1)"],
    "nothing": ["UPDATE scope SET name = 'x' WHERE false"], "no-change": ["UPDATE scope SET name = name"],
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_past_is_what_was_after_each_sort_of_statement(connection, name):
    populate(connection)
    memory = Memory(connection)
    run(connection, "INSERT INTO scope (id, name, definition) VALUES ('before', 'x', 'y')")
    memory.commit()
    for statement in STATEMENTS[name]:
        run(connection, statement)
    memory.commit()
    run(connection, "INSERT INTO scope (id, name, definition) VALUES ('after', 'x', 'y')")
    memory.commit()
    memory.check()


@pytest.mark.parametrize("name", ["insert", "insert-delete", "delete-insert", "delete-insert-delete", "cascade", "merge", "upsert", "chain", "truncate", "rename"])
def test_revisions_tell_what_became_of_each_thing(connection, name):
    populate(connection)
    before, known = documents(connection), last_change(connection)
    for statement in STATEMENTS[name]:
        run(connection, statement)
    connection.commit()
    now = documents(connection)
    told = {(kind, id): action for kind, id, action in run(connection, "SELECT kind, id, action FROM revision WHERE change > %s", known)}
    assert told == {**{key: "created" for key in now.keys() - before.keys()}, **{key: "retracted" for key in before.keys() - now.keys()},
                    **{key: "changed" for key in now.keys() & before.keys() if now[key] != before[key]}}


def test_each_table_that_answers_are_made_from_keeps_what_was(connection):
    """A table that a later migration adds is one of them, or says here that it is not."""
    tables = {name for name, in run(connection, "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")}
    other = {"schema_migrations", "change", "revision", "token", "tally", "search_language", "comparable", "unsettled", "merged", "answered", "import_part", "secret", "permit"}
    assert tables - set(KEPT) == other
    assert {name for name, in run(connection, "SELECT relname FROM pg_class WHERE relnamespace = 'history'::regnamespace AND relkind = 'r'")} == set(KEPT)


def past_schema(connection):
    """Everything that is in it, by its definition."""
    return run(connection, """
        SELECT relname, pg_get_viewdef(oid), obj_description(oid) FROM pg_class WHERE relnamespace = 'past'::regnamespace
        UNION ALL
        SELECT oid::regprocedure::text, pg_get_functiondef(oid), NULL FROM pg_proc WHERE pronamespace = 'past'::regnamespace
        ORDER BY 1, 2""")


def test_past_is_up_to_date_with_what_it_is_made_of(connection):
    before = past_schema(connection)
    run(connection, "SELECT make_past()")
    assert past_schema(connection) == before and len(before) > 20


def test_past_rests_on_nothing_of_today(connection):
    """No view or function of the past names a table that keeps what was by the schema of today, but for its own view."""
    for name, definition, _ in past_schema(connection):
        if name in KEPT:
            continue
        for table in KEPT:
            assert f"public.{table} " not in definition and f"public.{table}\n" not in definition, f"{name} reads public.{table}"
            if "RETURN " not in definition:
                assert f"FROM public.{table}" not in definition


def test_functions_of_the_past_answer_of_the_past(connection):
    """All that a document takes is from the moment: its own words, names of what it refers to, and what others say."""
    populate(connection)
    then = last_change(connection)
    kinds = [("claim", "f0"), ("claim", "m0"), ("source", "weekly"), ("comparison", "c0"), ("agent", "ada"), ("unit", "USD"), ("quantity", "cost"), ("subject", "alpha"), ("scope", "one-run")]
    documents_then = {key: run(connection, "SELECT document_of(%s, %s)::jsonb", *key)[0][0] for key in kinds}
    findings = run(connection, "SELECT to_jsonb(finding) FROM finding ORDER BY finding.id")
    run(connection, "DELETE FROM comparison")
    run(connection, "DELETE FROM multiple_operand")
    run(connection, "UPDATE claim SET statement = 'Other', line = 9, figure_value = figure_value * 3 WHERE kind = 'numeric'")
    run(connection, "UPDATE subject SET name = 'Other'")
    run(connection, "UPDATE agent SET name = 'Other'")
    run(connection, "DELETE FROM source_relation")
    connection.commit()
    for key, document in documents_then.items():
        assert run(connection, "SELECT document_at(%s, %s, %s)::jsonb", *key, then)[0][0] == document
        assert run(connection, "SELECT document_at(%s, %s, 0)", *key)[0][0] is None
    run(connection, "SELECT set_config('claimd.as_of', %s, true), set_config('search_path', 'past, public', true)", str(then))
    assert run(connection, "SELECT to_jsonb(finding) FROM finding ORDER BY finding.id") == findings


def test_transactions_that_see_the_past_are_refused_to_write(connection):
    """What others have done meanwhile would be missed."""
    populate(connection)
    for level in ("REPEATABLE READ", "SERIALIZABLE"):
        run(connection, f"SET TRANSACTION ISOLATION LEVEL {level}")
        with pytest.raises(psycopg2.Error):
            run(connection, "UPDATE scope SET name = 'x'")
        connection.rollback()
    assert run(connection, "SELECT count(*) FROM change")[0][0] == last_change(connection)
