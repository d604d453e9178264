"""What the database refuses: every refusal of the schema is tried, and named."""
import psycopg2
import pytest
from world import FIGURE, MULTIPLE, STATEMENT

CHECK, UNIQUE, REFERENCE, MISSING = "23514", "23505", "23503", "23502"
NOT_AN_ENUM, DISORDERED_RANGE, NOT_COMPARABLE = "22P02", "22000", "CL400"

# One row of each table that is accepted beside the world's own, on which the refusals below vary.
VALID = {
    "dimension": {"id": "time", "name": "Time"},
    "unit": {"id": "MUSD", "name": "Million dollars", "dimension_id": "money", "factor": 1000000},
    "quantity": {"id": "wage", "name": "Wage", "dimension_id": "money", "unit_id": "USD", "definition": "Before tax."},
    "scope": {"id": "half-a-run", "name": "Half a run", "definition": "Half of one run."},
    "subject": {"id": "gamma", "name": "Gamma", "kind": "model", "description": "A third model."},
    "source": {"id": "yearly", "kind": "article", "title": "A year", "description": "A yearly.", "language": "de-AT",
               "url": "https://example.org/a", "author": "ed", "publisher_id": "ada", "content_sha256": "0" * 64},
    "agent": {"id": "voice-monthly", "name": "Monthly", "kind": "source", "source_id": "monthly"},
    "source_relation": {"source_id": "daily", "related_id": "weekly", "kind": "cites"},
    "proposition": {"id": "unsaid", "statement": "Something is not so."},
    "claim": {"id": "daily-01", **FIGURE, "figure_value": 5, "scope_id": "one-run", "period": "2025-01/P1Y"},
    "attribution": {"claim_id": "held", "position": 1, "agent_id": "voice-daily", "role": "speaker", "via_id": "weekly"},
    "multiple_operand": {"multiple_id": "held-multiple", "role": "numerator", "operand_id": "held"},
    "comparison": {"id": "both", "title": "Both", "description": "The two held.", "baseline_id": None},
    "comparison_claim": {"comparison_id": "kept", "claim_id": "held-three"},
    "search_language": {"language": "xx", "name": "german"},
    "token": {"name": "desk", "digest": b"d" * 32, "scope": "write"},
    "answered": {"author": "editor", "key": "a", "request": b"r" * 32, "id": "held", "created": True, "change": 1},
    "merged": {"kind": "subject", "id": "omega", "into_id": "alpha", "change": 1},
    "revision": {"change": 1, "kind": "claim", "id": "held", "action": "created"},
    "secret": {"purpose": "cursor", "key": b"k" * 32},
    "permit": {"transaction": "9", "began": "2026-01-01", "scope": "write", "author": "desk", "after": 1},
}
CLAIM = VALID["claim"]
SAYING = {**STATEMENT, "id": "daily-01"}
TIMES = {**MULTIPLE, "id": "daily-01", "figure_value": 5}
RANGE = {**CLAIM, "figure_value": None, "figure_bound": "range"}

# table, what makes the row wrong, SQLSTATE, and the constraint, or for a missing value the column
REFUSED = [
    ("subject", {"id": "Gamma"}, CHECK, "slug_is_readable"),
    ("subject", {"id": "two words"}, CHECK, "slug_is_readable"),
    ("subject", {"id": "-gamma"}, CHECK, "slug_is_readable"),
    ("subject", {"id": "gamma--ray"}, CHECK, "slug_is_readable"),
    ("subject", {"id": "gämma"}, CHECK, "slug_is_readable"),
    ("subject", {"id": ""}, CHECK, "slug_is_readable"),
    ("subject", {"id": "gamma\n"}, CHECK, "slug_is_readable"),
    ("claim", {"id": "x" * 121}, CHECK, "slug_is_readable"),
    ("subject", {"name": ""}, CHECK, "phrase_is_not_blank"),
    ("subject", {"description": " \t\n"}, CHECK, "phrase_is_not_blank"),
    ("source", {"title": " "}, CHECK, "phrase_is_not_blank"),
    ("claim", {"statement": " "}, CHECK, "phrase_is_not_blank"),
    ("claim", {"figure_as_printed": " "}, CHECK, "phrase_is_not_blank"),
    ("subject", {"id": "x" * 61}, CHECK, "subject_id_derives"),
    ("quantity", {"id": "x" * 57}, CHECK, "quantity_id_derives"),
    ("quantity", {"id": "cost-of-living"}, CHECK, "quantity_id_derives"),
    ("quantity", {"id": "cost-of"}, CHECK, "quantity_id_derives"),
    ("comparison", {"id": "cost-of-alpha"}, CHECK, "comparison_id_is_not_derived"),

    ("subject", {"kind": "rumour"}, NOT_AN_ENUM, None),
    ("source", {"kind": "tweet"}, NOT_AN_ENUM, None),
    ("agent", {"kind": "newspaper"}, NOT_AN_ENUM, None),
    ("source_relation", {"kind": "resembles"}, NOT_AN_ENUM, None),
    ("claim", {"kind": "figure"}, NOT_AN_ENUM, None),
    ("claim", {"stance": "doubts"}, NOT_AN_ENUM, None),
    ("claim", {"hedge": "maybe"}, NOT_AN_ENUM, None),
    ("claim", {"figure_bound": "about"}, NOT_AN_ENUM, None),
    ("attribution", {"role": "editor"}, NOT_AN_ENUM, None),
    ("multiple_operand", {"role": "factor"}, NOT_AN_ENUM, None),

    ("unit", {"id": "US dollar"}, CHECK, "unit_id_check"),
    ("unit", {"id": "€"}, CHECK, "unit_id_check"),
    ("unit", {"id": "x" * 33}, CHECK, "unit_id_check"),
    ("unit", {"factor": 0}, CHECK, "unit_factor_check"),
    ("unit", {"factor": -1}, CHECK, "unit_factor_check"),
    ("unit", {"factor": "NaN"}, CHECK, "unit_factor_check"),
    ("unit", {"factor": "Infinity"}, CHECK, "unit_factor_check"),
    ("unit", {"factor": 1}, UNIQUE, "unit_canonical"),
    ("unit", {"dimension_id": "weight"}, REFERENCE, "unit_dimension_id_fkey"),
    ("quantity", {"unit_id": "{GPU}"}, REFERENCE, "quantity_unit_id_dimension_id_fkey"),

    ("source", {"language": "German"}, CHECK, "source_language_check"),
    ("source", {"language": "DE"}, CHECK, "source_language_check"),
    ("source", {"language": "de_AT"}, CHECK, "source_language_check"),
    ("source", {"url": "ftp://example.org/a"}, CHECK, "source_url_check"),
    ("source", {"url": "https://example.org/a b"}, CHECK, "source_url_check"),
    ("source", {"content_sha256": "0" * 63}, CHECK, "source_content_sha256_check"),
    ("source", {"content_sha256": "A" * 64}, CHECK, "source_content_sha256_check"),
    ("source", {"content_sha256": "g" * 64}, CHECK, "source_content_sha256_check"),
    ("source", {"content_sha256": "f" * 64}, UNIQUE, "source_content_sha256_key"),
    ("agent", {"source_id": None}, CHECK, "agent_source_speaks_for_itself"),
    ("agent", {"kind": "person"}, CHECK, "agent_source_speaks_for_itself"),
    ("agent", {"source_id": "daily"}, UNIQUE, "agent_source_id_key"),
    ("source_relation", {"related_id": "daily", "kind": "translation_of"}, CHECK, "source_relation_not_to_itself"),

    ("claim", {"line": 0}, CHECK, "claim_line_check"),
    ("claim", {"line": -1}, CHECK, "claim_line_check"),
    ("search_language", {"language": "de-AT"}, CHECK, "search_language_language_check"),
    ("search_language", {"language": "DE"}, CHECK, "search_language_language_check"),
    ("search_language", {"name": "german; --"}, CHECK, "search_language_name_check"),
    ("search_language", {"name": ""}, CHECK, "search_language_name_check"),
    ("claim", {"period": "last year"}, CHECK, "claim_period_check"),
    ("claim", {"period": "25"}, CHECK, "claim_period_check"),
    ("claim", {"period": "P"}, CHECK, "claim_period_check"),
    ("claim", {"period": "2024/2025/2026"}, CHECK, "claim_period_check"),
    ("claim", {"figure_value": "NaN"}, CHECK, "claim_figure_value_check"),
    ("claim", {"figure_value": "Infinity"}, CHECK, "claim_figure_value_check"),
    ("claim", {"figure_value": "-Infinity"}, CHECK, "claim_figure_value_check"),
    ("claim", {**RANGE, "figure_range": "empty"}, CHECK, "claim_figure_range_check"),
    ("claim", {**RANGE, "figure_range": "(1,1)"}, CHECK, "claim_figure_range_check"),
    ("claim", {**RANGE, "figure_range": "(,)"}, CHECK, "claim_figure_range_check"),
    ("claim", {**RANGE, "figure_range": "[1,NaN]"}, CHECK, "claim_figure_range_check"),
    ("claim", {**RANGE, "figure_range": "[NaN,]"}, CHECK, "claim_figure_range_check"),
    ("claim", {**RANGE, "figure_range": "[1,Infinity]"}, CHECK, "claim_figure_range_check"),
    ("claim", {**RANGE, "figure_range": "[-Infinity,1]"}, CHECK, "claim_figure_range_check"),
    ("claim", {**RANGE, "figure_range": "[2,1]"}, DISORDERED_RANGE, None),
    ("claim", {**SAYING, "kind": "numeric"}, CHECK, "claim_statement_has_no_figure"),
    ("claim", {**SAYING, "kind": "multiple"}, CHECK, "claim_statement_has_no_figure"),
    ("claim", {"kind": "statement"}, CHECK, "claim_statement_has_no_figure"),
    ("claim", {"figure_as_printed": None}, CHECK, "claim_figure_is_whole"),
    ("claim", {"figure_unit_id": None}, CHECK, "claim_figure_is_whole"),
    ("claim", {"quantity_id": None}, CHECK, "claim_figure_is_whole"),
    ("claim", {**SAYING, "quantity_id": "cost"}, CHECK, "claim_figure_is_whole"),
    ("claim", {**SAYING, "figure_unit_id": "USD"}, CHECK, "claim_figure_is_whole"),
    ("claim", {**SAYING, "figure_as_printed": "much"}, CHECK, "claim_figure_is_whole"),
    ("claim", {"figure_value": None}, CHECK, "claim_range_or_value"),
    ("claim", {"figure_range": "[1,9]"}, CHECK, "claim_range_or_value"),
    ("claim", {"figure_bound": "range"}, CHECK, "claim_range_or_value"),
    ("claim", RANGE, CHECK, "claim_range_or_value"),
    ("claim", {**RANGE, "figure_range": "[1,4]", "figure_value": 5}, CHECK, "claim_range_or_value"),
    ("claim", {**RANGE, "figure_range": "[1,5)", "figure_value": 5}, CHECK, "claim_range_or_value"),
    ("claim", {**SAYING, "figure_value": 5}, CHECK, "claim_range_or_value"),
    ("claim", {**SAYING, "figure_range": "[1,9]"}, CHECK, "claim_range_or_value"),
    ("claim", {"figure_unit_id": "{GPU}"}, CHECK, "claim_unit_fits"),
    ("claim", {"quantity_id": "gpus"}, CHECK, "claim_unit_fits"),
    ("claim", {**TIMES, "quantity_id": "gpus", "figure_unit_id": "{GPU}"}, CHECK, "claim_multiple_is_plain"),

    ("claim", {"claimant_id": "ada"}, CHECK, "attribution_ends_at_claimant"),
    ("claim", {"claimant_id": "voice-weekly"}, CHECK, "attribution_ends_at_claimant"),
    ("attribution", {"agent_id": "ada"}, CHECK, "attribution_ends_at_claimant"),
    ("attribution", {"position": 2}, CHECK, "attribution_ends_at_claimant"),
    ("attribution", {"position": 0}, CHECK, "attribution_position_check"),

    ("multiple_operand", {"operand_id": "held-multiple"}, CHECK, "multiple_operand_fits"),
    ("multiple_operand", {"multiple_id": "held"}, CHECK, "multiple_operand_fits"),
    ("multiple_operand", {"multiple_id": "held-saying"}, CHECK, "multiple_operand_fits"),
    ("multiple_operand", {"operand_id": "held-saying"}, CHECK, "multiple_operand_fits"),
    ("comparison", {"baseline_id": "held"}, REFERENCE, "comparison_id_baseline_id_fkey"),
    ("comparison_claim", {"claim_id": "held-saying"}, NOT_COMPARABLE, None),

    ("token", {"name": "two words"}, CHECK, "token_name_check"),
    ("token", {"name": ""}, CHECK, "token_name_check"),
    ("token", {"name": "x" * 65}, CHECK, "token_name_check"),
    ("token", {"digest": b"d" * 31}, CHECK, "token_digest_check"),
    ("token", {"digest": b"e" * 32}, UNIQUE, "token_digest_key"),
    ("token", {"scope": "own"}, NOT_AN_ENUM, None),
    ("answered", {"request": b"r"}, CHECK, "answered_request_check"),
    ("answered", {"author": "nobody"}, REFERENCE, "answered_author_fkey"),
    ("merged", {"kind": "claim"}, CHECK, "merged_kind_check"),
    ("revision", {"action": "seen"}, CHECK, "revision_action_check"),
    ("secret", {"purpose": "token"}, CHECK, "secret_purpose_check"),
    ("permit", {"one": False}, CHECK, "permit_one_check"),
    ("secret", {"key": b"k" * 31}, CHECK, "secret_key_check"),
]


@pytest.fixture
def stocked(world):
    """The world with some of everything that the rows above refer to."""
    world.insert("source", id="hashed", kind="article", description="Held.", content_sha256="f" * 64)
    world.figure("held", 5)
    world.figure("held-too", 6)
    world.figure("held-three", 7)
    world.multiple("held-multiple", 400, numerators=["held-too"])
    world.insert("claim", id="held-saying", **STATEMENT)
    world.comparison("kept", ["held", "held-too", "held-multiple"])
    world.insert("token", name="editor", digest=b"e" * 32, scope="write")
    world.run("DELETE FROM secret")
    world.settle()
    return world


def refusal(world, action):
    with pytest.raises(psycopg2.Error) as caught, world.scratch():
        action()
        world.settle()
    return caught.value


def accept(world, table, row):
    """Inserts a row and what its deferred constraints ask for."""
    world.insert(table, **row)
    if table == "comparison":
        for claim in ("held", "held-too"):
            world.insert("comparison_claim", comparison_id=row["id"], claim_id=claim)
    world.settle()


@pytest.mark.parametrize("table", VALID)
def test_accepts_the_valid_row(stocked, table):
    accept(stocked, table, VALID[table])


@pytest.mark.parametrize("row", [
    SAYING, TIMES, {**RANGE, "figure_range": "[1,9]"}, {**RANGE, "figure_range": "[1,)"},
    {**RANGE, "figure_range": "[1,9]", "figure_value": 5}, {**CLAIM, "period": None}, {**CLAIM, "period": "2021"},
    {**CLAIM, "period": "2021-05-31"}, {**CLAIM, "period": "P1Y2M"}, {**CLAIM, "period": "2021-01/2021-06"},
    {**CLAIM, "id": "x" * 120}, {**CLAIM, "figure_value": -5}, {**CLAIM, "figure_value": 0},
], ids=str)
def test_accepts_the_other_shapes_of_a_claim(stocked, row):
    accept(stocked, "claim", row)


@pytest.mark.parametrize("table, fault, sqlstate, constraint", REFUSED,
                         ids=[f"{number:03}-{table}-{name}" for number, (table, _, _, name) in enumerate(REFUSED)])
def test_refuses(stocked, table, fault, sqlstate, constraint):
    error = refusal(stocked, lambda: stocked.insert(table, **{**VALID[table], **fault}))
    assert (error.pgcode, error.diag.constraint_name) == (sqlstate, constraint)


def test_refuses_a_missing_value_wherever_one_is_needed(stocked):
    needed = stocked.run("""
        SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name = ANY (%s) AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'
          AND column_name <> 'origin_id'
    """, list(VALID))
    assert len(needed) > len(VALID)
    for table, column in needed:
        error = refusal(stocked, lambda: stocked.insert(table, **{**VALID[table], column: None}))
        assert (error.pgcode, error.diag.column_name) == (MISSING, column), table


def test_refuses_what_is_there_already(stocked):
    for table, row in VALID.items():
        with stocked.scratch():
            accept(stocked, table, row)
            error = refusal(stocked, lambda: stocked.insert(table, **row))
            assert (error.pgcode, error.diag.constraint_name) == (UNIQUE, f"{table}_pkey")


def test_refuses_a_reference_to_nothing(stocked):
    references = stocked.run("""
        SELECT conrelid::regclass::text, conname::text, attname::text
        FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
        WHERE contype = 'f' AND connamespace = 'public'::regnamespace
          AND NOT (cardinality(conkey) > 1 AND EXISTS (
              SELECT FROM pg_constraint AS other WHERE other.conrelid = attrelid AND other.conkey = ARRAY[attnum]))
    """)
    assert {table for table, _, _ in references} == set(VALID) - {
        "dimension", "scope", "subject", "proposition", "search_language", "token", "merged", "revision", "secret", "permit"}
    for table, constraint, column in references:
        with stocked.scratch():
            accept(stocked, table, VALID[table])
            row = {name: value for name, value in VALID[table].items() if value is not None}
            itself = " AND ".join(f"{name} = %s" for name in row)
            change = f"UPDATE {table} SET {column} = 'nothing' WHERE {itself}"
            error = refusal(stocked, lambda: stocked.run(change, *row.values()))
            assert (error.pgcode, error.diag.constraint_name) == (REFERENCE, constraint)


@pytest.mark.parametrize("statement, constraint", [
    ("DELETE FROM attribution WHERE claim_id = 'told'", "attribution_ends_at_claimant"),
    ("DELETE FROM attribution WHERE claim_id = 'told' AND position = 1", "attribution_ends_at_claimant"),
    ("DELETE FROM attribution WHERE claim_id = 'told' AND position = 2", "attribution_ends_at_claimant"),
    ("UPDATE attribution SET position = 3 WHERE position = 2", "attribution_ends_at_claimant"),
    ("UPDATE attribution SET claim_id = 'told-too' WHERE claim_id = 'told'", "attribution_ends_at_claimant"),
    ("UPDATE claim SET claimant_id = 'bob' WHERE id = 'told'", "attribution_ends_at_claimant"),
    ("UPDATE claim SET source_id = 'weekly' WHERE id = 'told-too'", "attribution_ends_at_claimant"),
    ("UPDATE claim SET figure_unit_id = '{GPU}' WHERE id = 'told'", "claim_unit_fits"),
    ("UPDATE multiple_operand SET operand_id = 'held-saying'", "multiple_operand_fits"),
], ids=str)
def test_refuses_a_change_that_breaks_what_held(stocked, statement, constraint):
    stocked.figure("told", 5, claimant_id="ada")
    stocked.insert("attribution", claim_id="told", position=1, agent_id="bob", role="reporter")
    stocked.insert("attribution", claim_id="told", position=2, agent_id="ada", role="speaker")
    stocked.figure("told-too", 5)
    stocked.settle()
    error = refusal(stocked, lambda: stocked.run(statement))
    assert (error.pgcode, error.diag.constraint_name) == (CHECK, constraint)


@pytest.mark.parametrize("statement", [
    "UPDATE comparison_claim SET claim_id = 'held-saying' WHERE claim_id = 'held'",
    "DELETE FROM comparison_claim",
    "DELETE FROM comparison_claim WHERE claim_id <> 'held-multiple'",
    "INSERT INTO comparison (id, title, description) VALUES ('bare', 'Bare', 'Nothing to compare.')",
    "UPDATE comparison SET baseline_id = 'held-multiple'",
])
def test_a_kept_comparison_stays_comparable(stocked, statement):
    assert refusal(stocked, lambda: stocked.run(statement)).pgcode == NOT_COMPARABLE


@pytest.mark.parametrize("table, name", [("claim", "held"), ("source", "daily"), ("agent", "voice-daily"),
                                         ("subject", "alpha"), ("quantity", "cost"), ("unit", "USD")])
def test_refuses_to_delete_what_is_referred_to(stocked, table, name):
    error = refusal(stocked, lambda: stocked.run(f"DELETE FROM {table} WHERE id = %s", name))
    assert error.pgcode == REFERENCE


def test_deletes_what_belongs_to_the_deleted(stocked):
    stocked.run("DELETE FROM comparison")
    stocked.run("DELETE FROM claim WHERE id = 'held-multiple'")
    stocked.settle()
    assert stocked.value("SELECT count(*) FROM comparison_claim") == 0
    assert stocked.value("SELECT count(*) FROM multiple_operand") == 0


def test_every_constraint_is_tried(world):
    """The lists above against the catalogue; keys and references have tests that go through the catalogue themselves."""
    declared = {name for name, in world.run("""
        SELECT conname::text FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'u')
        UNION SELECT relname::text FROM pg_class JOIN pg_index ON indexrelid = oid
              WHERE relnamespace = 'public'::regnamespace AND indisunique AND NOT indisprimary
    """)}
    # What quantity needs of unit: a second row with the same id is refused by the primary key before. What is given to
    # changes and revisions: their times and places are not for anybody to choose.
    assert declared - {"unit_id_dimension_id_key", "change_at_key", "revision_seq_key"} <= {constraint for _, _, _, constraint in REFUSED}


@pytest.mark.parametrize("undescribed", [
    pytest.param("""
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')
        AND relname <> 'schema_migrations' AND obj_description(oid, 'pg_class') IS NULL""", id="relations"),
    pytest.param("""
        SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        AND obj_description(oid, 'pg_proc') IS NULL
        AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e')""", id="functions"),
    pytest.param("""
        SELECT typname FROM pg_type LEFT JOIN pg_class ON pg_class.oid = typrelid
        WHERE typnamespace = 'public'::regnamespace AND (typtype IN ('d', 'e') OR relkind = 'c')
        AND obj_description(pg_type.oid, 'pg_type') IS NULL""", id="types"),
])
def test_everything_is_described(world, undescribed):
    assert world.run(undescribed) == []


@pytest.mark.parametrize("table, columns", [
    ("unit", ["factor"]),
    ("quantity", ["unit_id"]),
    ("source", ["title", "description", "language", "author", "published_at", "revised_at", "content_sha256", "origin_id",
                "search"]),
    ("agent", ["source_id"]),
    ("claim", ["line", "statement", "scope_id", "period", "figure_as_printed", "figure_value", "figure_range",
               "figure_extent", "claimant_id", "search"]),
    ("attribution", ["via_id"]),
    ("comparison", ["baseline_id"]),
    ("proposition", ["search"]),
    ("search_language", ["language", "name"]),
    ("figure", ["amount", "extent"]),
    ("comparison_set", ["subject_id", "quantity_id", "created_at"]),
])
def test_columns_that_do_not_explain_themselves_are_described(world, table, columns):
    described = [column for column, in world.run("""
        SELECT attname::text FROM pg_attribute
        WHERE attrelid = %s::regclass AND attnum > 0 AND col_description(attrelid, attnum) IS NOT NULL
    """, table)]
    assert set(columns) <= set(described)
