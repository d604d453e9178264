"""Rows in number beside the seed: ties, nulls, units that convert and one that does not, for tests of what can be asked of lists"""
import datetime
import random

import psycopg2.extras

TABLES = ("unit", "quantity", "scope", "subject", "agent", "source", "voice", "source_relation", "proposition", "claim", "attribution",
          "multiple_operand", "comparison", "comparison_claim")
NOON = datetime.datetime(2025, 1, 27, 12, tzinfo=datetime.timezone.utc)
TIMES = [NOON, NOON, NOON + datetime.timedelta(days=3, microseconds=654321)]
DAYS = [None, None, *(datetime.date(2025, 1, day) for day in (1, 27, 28)), datetime.date(2024, 2, 29)]
LANGUAGES = [None, "de", "de", "de-AT", "it", "en", "fr"]
VALUES = ["0", "5", "5.0", "5000", "0.005", "1e3", "2500", "2500", "-3", "0.1", "123456789.123456789", "1e15"]
WORDS = ["training", "cost", "markets", "chips", "cheaper", "rumour", "figure", "billion"]
NAMED = {"unit", "quantity", "scope", "subject", "agent", "voice"}


class Crowd:
    """Rows by table, the same at every run; voices are the agents of sources."""

    def __init__(self, claims=400, seed=27):
        self.dice = random.Random(seed)
        self.rows = {table: [] for table in TABLES}
        self._vocabularies()
        for number in range(24):
            self._source(number)
        for number in range(claims):
            self._claim(f"crowd-{self.dice.randrange(10 ** 6):06}-{number}")
        self._comparisons()

    def _add(self, table, **row):
        self.rows[table].append({**({"name": f"Crowd {row['id']}"} if table in NAMED else {}), **row})

    def _ids(self, table):
        return [row["id"] for row in self.rows[table]]

    def _vocabularies(self):
        for unit, factor in (("kUSD", 1000), ("cUSD", "0.01"), ("EUR", None)):
            self._add("unit", id=unit, dimension_id="money", factor=factor)
        for number, unit in enumerate(["USD", "kUSD", "EUR", "USD", "USD"]):
            self._add("quantity", id=f"crowd-sum-{number}", dimension_id="money", unit_id=unit, definition="A sum.")
        self._add("quantity", id="crowd-times", dimension_id="ratio", unit_id="1", definition="One by another.")
        for number in range(3):
            self._add("scope", id=f"crowd-scope-{number}", definition="A part.")
        for number in range(7):
            self._add("subject", id=f"crowd-subject-{number}", kind=self.dice.choice(["model", "company"]), description="One of many.")
        for number in range(6):
            self._add("agent", id=f"crowd-agent-{number}", kind=self.dice.choice(["person", "organization", "group"]), source_id=None)
        for number in range(60):
            self._add("proposition", id=f"crowd-proposition-{number}", statement=f"The {self.words(2)} number {number % 7}.")

    def words(self, count):
        return " ".join(self.dice.choices(WORDS, k=count))

    def _source(self, number):
        dice, id = self.dice, f"crowd-source-{number}"
        self._add("source", id=id, kind=dice.choice(["article", "study", "post"]), title=dice.choice([None, f"Title {self.words(2)}"]),
                  description="A document.", language=dice.choice(LANGUAGES), url=dice.choice([None, "https://example.org/" + id]),
                  publisher_id=dice.choice([None, "crowd-agent-0"]), published_at=dice.choice(DAYS), created_at=dice.choice(TIMES))
        self._add("voice", id=f"crowd-voice-{number}", kind="source", source_id=id)
        if number % 3 == 2:
            self._add("source_relation", source_id=id, related_id=f"crowd-source-{dice.randrange(number)}",
                      kind=dice.choice(["translation_of", "syndication_of", "cites"]))

    def claim(self, id):
        """One more claim, and the hops of its attribution."""
        dice, number = self.dice, self.dice.randrange(24)
        own = dice.random() < 0.5
        claimant = f"crowd-voice-{number}" if own else dice.choice([f"crowd-agent-{place}" for place in range(6)])
        hops = [] if own else [{"claim_id": id, "position": 1, "agent_id": claimant, "role": "speaker", "via_id": None}]
        row = {"id": id, "source_id": f"crowd-source-{number}", "line": dice.choice([1, 2, 2, 9, 10, 100]),
               "statement": f"The {self.words(3)}.", "kind": dice.choices(["numeric", "multiple", "statement"], [5, 1, 3])[0],
               "subject_id": dice.choice(self._ids("subject")), "quantity_id": None, "claimant_id": claimant,
               "scope_id": dice.choices([None, *self._ids("scope")], [9, 1, 1, 1])[0],
               "figure_as_printed": None, "figure_value": None, "figure_bound": None, "figure_range": None, "figure_unit_id": None,
               "stance": dice.choices(["asserts", "reports", "disputes"], [5, 3, 2])[0],
               "hedge": dice.choice(["none", "none", "estimate", "rumour"]), "proposition_id": dice.choice(self._ids("proposition")),
               "created_at": dice.choice(TIMES)}
        return {**row, **self._figure(row["kind"])}, hops

    def _figure(self, kind):
        dice = self.dice
        if kind == "statement":
            return {}
        bound = dice.choice(["exact", "exact", "approx", "gt", "lte", "range"])
        stated = {"figure_range": "[1,3]", "figure_value": dice.choice([None, None, "2"])} if bound == "range" else \
            {"figure_value": dice.choice(VALUES)}
        money = kind == "numeric"
        return {"figure_as_printed": f"so {self.words(1)}", "figure_bound": bound, **stated,
                "quantity_id": f"crowd-sum-{dice.randrange(5)}" if money else "crowd-times",
                "figure_unit_id": dice.choice(["USD", "USD", "kUSD", "cUSD", "EUR"]) if money else "1"}

    def _claim(self, id):
        row, hops = self.claim(id)
        self.rows["claim"].append(row)
        self.rows["attribution"] += hops
        figures = [claim["id"] for claim in self.rows["claim"] if claim["kind"] == "numeric"]
        if row["kind"] == "multiple" and len(figures) > 1:
            for role in ("numerator", "denominator"):
                self._add("multiple_operand", multiple_id=id, role=role, operand_id=self.dice.choice(figures))

    def _comparisons(self):
        figures = [claim["id"] for claim in self.rows["claim"] if claim["kind"] == "numeric"]
        multiples = [claim["id"] for claim in self.rows["claim"] if claim["kind"] == "multiple"]
        for number in range(12):
            chosen = self.dice.sample(figures, self.dice.randint(1, 5))
            self._add("comparison", id=f"crowd-comparison-{number}", title=f"Side by side {number}", description="Some figures.",
                      baseline_id=self.dice.choice([None, chosen[0]]))
            for claim in chosen + self.dice.sample(multiples, number % 3):
                self._add("comparison_claim", comparison_id=f"crowd-comparison-{number}", claim_id=claim)


def insert(cursor, table, rows):
    """Inserts rows that have the same columns."""
    if rows:
        psycopg2.extras.execute_values(cursor, f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES %s", [list(row.values()) for row in rows])


def settle(connection, crowd):
    """Puts a crowd into a database, in one transaction."""
    with connection, connection.cursor() as cursor:
        for table in TABLES:
            insert(cursor, "agent" if table == "voice" else table, crowd.rows[table])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
