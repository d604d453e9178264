"""A small world of rows for tests of the schema: nothing in it is real, and no seed is needed."""
import contextlib

ROWS = {
    "dimension": [{"id": "money"}, {"id": "count"}, {"id": "ratio"}],
    "unit": [
        {"id": "USD", "dimension_id": "money", "factor": 1},
        {"id": "kUSD", "dimension_id": "money", "factor": 1000},
        {"id": "EUR", "dimension_id": "money", "factor": None},
        {"id": "{GPU}", "dimension_id": "count", "factor": 1},
        {"id": "1", "dimension_id": "ratio", "factor": 1},
    ],
    "quantity": [
        {"id": "cost", "dimension_id": "money", "unit_id": "USD", "definition": "All of it."},
        {"id": "price", "dimension_id": "money", "unit_id": "USD", "definition": "What a buyer pays."},
        {"id": "gpus", "dimension_id": "count", "unit_id": "{GPU}", "definition": "Each counted once."},
        {"id": "multiple", "dimension_id": "ratio", "unit_id": "1", "definition": "One by another."},
    ],
    "scope": [{"id": "one-run", "definition": "One run."}, {"id": "all-runs", "definition": "All runs."}],
    "subject": [
        {"id": "alpha", "kind": "model", "description": "A model."},
        {"id": "beta", "kind": "model", "description": "Another model."},
    ],
    "source": [
        {"id": "daily", "kind": "article", "description": "A daily."},
        {"id": "weekly", "kind": "article", "description": "A weekly."},
        {"id": "monthly", "kind": "article", "description": "A monthly."},
    ],
    "agent": [
        {"id": "voice-daily", "kind": "source", "source_id": "daily"},
        {"id": "voice-weekly", "kind": "source", "source_id": "weekly"},
        {"id": "ada", "kind": "person"},
        {"id": "bob", "kind": "person"},
    ],
    "proposition": [{"id": "said", "statement": "Something is so."}],
}
NAMED = {"dimension", "unit", "quantity", "scope", "subject", "agent"}

FIGURE = {
    "source_id": "daily", "line": 1, "statement": "Alpha cost that much.", "kind": "numeric", "subject_id": "alpha",
    "quantity_id": "cost", "figure_as_printed": "so many dollars", "figure_bound": "exact", "figure_unit_id": "USD",
    "claimant_id": "voice-daily", "stance": "asserts", "hedge": "none", "proposition_id": "said",
}
MULTIPLE = {**FIGURE, "kind": "multiple", "quantity_id": "multiple", "figure_unit_id": "1"}
STATEMENT = {**FIGURE, "kind": "statement", "quantity_id": None, "figure_as_printed": None, "figure_value": None,
             "figure_bound": None, "figure_unit_id": None}


class World:
    """Rows in one transaction that is never committed."""

    def __init__(self, cursor):
        self.cursor = cursor
        for table, rows in ROWS.items():
            for row in rows:
                self.insert(table, **({"name": row["id"].title()} if table in NAMED else {}), **row)

    def run(self, statement, *parameters):
        self.cursor.execute(statement, parameters)
        return self.cursor.fetchall() if self.cursor.description else []

    def value(self, statement, *parameters):
        return self.run(statement, *parameters)[0][0]

    def insert(self, table, **row):
        columns = ", ".join(row)
        self.run(f"INSERT INTO {table} ({columns}) VALUES ({', '.join(['%s'] * len(row))})", *row.values())

    def figure(self, name, value=None, bound="exact", **columns):
        self.insert("claim", **{**FIGURE, "id": name, "figure_value": value, "figure_bound": bound, **columns})

    def multiple(self, name, value, bound="exact", numerators=(), denominators=(), **columns):
        self.insert("claim", **{**MULTIPLE, "id": name, "figure_value": value, "figure_bound": bound, **columns})
        for role, operands in (("numerator", numerators), ("denominator", denominators)):
            for operand in operands:
                self.insert("multiple_operand", multiple_id=name, role=role, operand_id=operand)

    def comparison(self, name, claims, baseline=None):
        self.insert("comparison", id=name, title="Side by side", description="Two or more.", baseline_id=baseline)
        for claim in claims:
            self.insert("comparison_claim", comparison_id=name, claim_id=claim)

    def settle(self):
        """Checks what is otherwise checked at commit."""
        self.run("SET CONSTRAINTS ALL IMMEDIATE")
        self.run("SET CONSTRAINTS ALL DEFERRED")

    @contextlib.contextmanager
    def scratch(self):
        """Whatever happens inside is undone."""
        self.run("SAVEPOINT scratch")
        try:
            yield self
        finally:
            self.run("ROLLBACK TO SAVEPOINT scratch")
            self.run("RELEASE SAVEPOINT scratch")
