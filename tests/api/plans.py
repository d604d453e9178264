"""How the database answers each filter in each order: what is asked, and the plans of what the service then really sends"""
import contextlib
import json
import os

import database
import psycopg2.extensions

from service import Service

BIG = {"claim", "proposition", "attribution", "finding", "corroboration", "comparable", "tally"}
SETTINGS = {"session_preload_libraries": "auto_explain", "auto_explain.log_min_duration": "0", "auto_explain.log_analyze": "on",
            "auto_explain.log_timing": "off", "auto_explain.log_buffers": "on", "auto_explain.log_format": "json"}

ORDERS = {
    "claims": ["id", "value", "source", "line", "subject", "quantity", "claimant", "published_at", "created_at"],
    "comparisons": ["id", "spread"],
    "sources": ["id", "published_at", "created_at"],
    "propositions": ["id"], "subjects": ["id"], "quantities": ["id"], "agents": ["id"],
}
# What is frequent is first: a tenth of the claims, or close to that.
FILTERS = {
    "claims": [
        "", "subject=scale-subject-1", "subject=scale-subject-9000", "subject=not.scale-subject-1", "subject=scale-subject-1,scale-subject-2",
        "quantity=scale-quantity-1", "quantity=scale-quantity-190", "quantity=is.null", "quantity=not.is.null", "scope=scale-scope-1", "scope=is.null",
        "source=scale-source-1", "source=scale-source-4000", "claimant=scale-agent-1", "proposition=scale-proposition-1", "stance=disputes", "stance=not.asserts",
        "hedge=estimate,rumour", "kind=statement", "language=de", "value=gte.1000", "value=lt.1000", "value=is.null", "published_at=gte.2024-01-01",
        "published_at=not.is.null", "line=gt.50", "created_at=gte.2026-01-01T01:00:00Z", "subject=scale-subject-1&quantity=scale-quantity-1",
        "subject=scale-subject-1&stance=asserts&language=de", "quantity=scale-quantity-1&value=gte.1000", "kind=numeric&stance=reports"],
    "comparisons": ["", "kind=derived", "subject=scale-subject-1", "quantity=scale-quantity-1", "verdict=conflict", "verdict=overlap", "min_origins=20",
                    "subject=scale-subject-1&verdict=overlap"],
    "sources": ["", "kind=article", "language=de", "origin=scale-source-8", "published_at=gte.2024-01-01"],
    "propositions": [""], "subjects": ["", "kind=model"], "quantities": ["", "dimension=money"], "agents": ["", "kind=person"],
}
# What each has of claims comes in these orders; in any other, and of several, it is sorted, however much it is.
KEPT_IN_ORDER = {"subject": {"id", "value", "subject", "published_at", "created_at"}, "quantity": {"id", "value"},
                 "subject&quantity": {"value"}, "source": {"id", "value", "source", "line"}, "claimant": {"id", "claimant"},
                 "proposition": {"id"}, "scope": {"id"}}
# What comes behind all others, so that these are walked through, or the table read; and what is the same for all claims of a source, which stand together.
LAST = {"kind=statement": {"value", "quantity"}, "quantity=is.null": {"value", "quantity"}, "value=is.null": {"value", "quantity"}}
TOGETHER = {given: {"id", "source", "claimant", "subject", "quantity", "published_at"} for given in ("published_at=gte.2024-01-01", "language=de")}
CASES = [(path, given, sign + key) for path, filters in FILTERS.items() for given in filters for key in ORDERS[path] for sign in ("", "-")]


def is_bounded(given, order):
    """Whether a page costs the same however many claims there are, as docs/database.md has it."""
    key = order.lstrip("-")
    if key in LAST.get(given, ()) or key in TOGETHER.get(given, ()):
        return False
    named = [term.partition("=")[0] for term in given.split("&") if "=scale" in term]
    return not named or ("," not in given and key in KEPT_IN_ORDER["&".join(named)])


class Log:
    """What auto_explain writes into the server's log."""

    def __init__(self, url):
        self.connection = database.connect(url, autocommit=True)
        self.cursor = self.connection.cursor()
        self.cursor.execute("SELECT current_setting('data_directory')")
        self.path = os.path.join(os.path.dirname(self.cursor.fetchone()[0]), "log")
        self.seen = self.size()

    def size(self):
        self.cursor.execute("SELECT (pg_stat_file(%s)).size", [self.path])
        return self.cursor.fetchone()[0]

    def plans(self):
        """The plans of the statements since the last call, but those inside of functions."""
        size = self.size()
        self.cursor.execute("SELECT convert_from(pg_read_binary_file(%s, %s, %s), 'UTF8')", [self.path, self.seen, size - self.seen])
        self.seen, text = size, self.cursor.fetchone()[0]
        parts = [part[part.index("{"):] for part in text.split(" plan:\n")[1:]]
        return [json.JSONDecoder().raw_decode(part.replace("\n\t", "\n"))[0]["Plan"] for part in parts]


@contextlib.contextmanager
def explained(url, **settings):
    """A function that asks for a target, and returns the plan that it was answered by. The database keeps the settings."""
    name = psycopg2.extensions.parse_dsn(url)["dbname"]
    database.execute(url, *(f"ALTER DATABASE {name} SET {setting} = '{value}'" for setting, value in {**SETTINGS, **settings}.items()))
    with Service(url) as service:
        service.answers()
        log = Log(url)

        def explain(path, given, order):
            log.plans()
            with service.wire() as wire:
                wire.get(f"/v1/{path}?" + "&".join(filter(None, [given, "sort=" + order, "limit=50"])))
                assert wire.answer().status == 200
            return max(log.plans(), key=lambda plan: len(list(nodes(plan))))   # the listener asks as well
        yield explain


def nodes(plan):
    """All nodes of a plan."""
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


def is_sort(node):
    return node["Node Type"] in ("Sort", "Incremental Sort")


def read_whole(nodes):
    """The big tables that are read from end to end."""
    return {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan" and "Relation Name" in node} & BIG
