"""A desk that writes: clients with tokens, documents of each kind, and what their answers have to look like"""
import contextlib
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlencode

import database
import requests

from service import Service, claimd, until

PATHS = {"claim": "/v1/claims", "source": "/v1/sources", "comparison": "/v1/comparisons", "subject": "/v1/subjects",
         "quantity": "/v1/quantities", "agent": "/v1/agents", "unit": "/v1/units", "scope": "/v1/scopes"}
KINDS = list(PATHS)

# What the documents below refer to. Each is there once furnish() has been called.
GROUND = {
    "unit": {"XDR": {"name": "drawing rights", "dimension": "desk-money", "factor": "1"},
             "kXDR": {"name": "thousands of drawing rights", "dimension": "desk-money", "factor": "1000"},
             "desk-fold": {"name": "folds", "dimension": "desk-ratio", "factor": "1"}},
    "quantity": {"desk-price": {"name": "Price", "definition": "What a buyer pays.", "unit": "XDR"},
                 "desk-cost": {"name": "Cost", "definition": "What it takes to make one.", "unit": "XDR"},
                 "desk-multiple": {"name": "Multiple", "definition": "One by another.", "unit": "1"}},
    "scope": {"desk-all": {"name": "All", "definition": "All of it."}},
    "subject": {"desk-alpha": {"name": "Alpha", "kind": "product", "description": "A product."},
                "desk-beta": {"name": "Beta", "kind": "product", "description": "Another product."}},
    "source": {"desk-daily": {"kind": "article", "title": "The Daily", "description": "A daily.", "language": "en",
                              "published_at": "2025-03-01"},
               "desk-weekly": {"kind": "article", "title": "The Weekly", "description": "A weekly.", "language": "de"}},
    "agent": {"desk-ada": {"name": "Ada", "kind": "person"}, "desk-bob": {"name": "Bob", "kind": "person"}},
}
FIGURE = {"as_printed": "12.50", "value": "12.5", "bound": "exact", "unit": "XDR"}
CLAIM = {"source": "desk-daily", "locator": {"line": 3}, "statement": "Alpha costs that much.", "kind": "numeric",
         "subject": "desk-alpha", "quantity": "desk-price", "figure": FIGURE, "stance": "asserts", "hedge": "none"}
STATEMENT = {"source": "desk-daily", "locator": {"line": 4}, "statement": "Alpha is there.", "kind": "statement",
             "subject": "desk-alpha", "stance": "asserts", "hedge": "none"}
MULTIPLE = {**CLAIM, "statement": "Alpha costs three times as much.", "kind": "multiple", "quantity": "desk-multiple",
            "figure": {"as_printed": "three times", "value": "3", "bound": "exact", "unit": "1"},
            "operands": {"numerators": ["desk-figure-a"], "denominators": ["desk-figure-b"]}}
FIGURES = {"desk-figure-a": {**CLAIM, "statement": "Alpha costs 30."},
           "desk-figure-b": {**CLAIM, "source": "desk-weekly", "statement": "Alpha costs 10."}}

# Of each kind a document, and one to replace it with in which every member that can differ does.
DOCUMENTS = {
    "claim": (CLAIM, {"source": "desk-weekly", "locator": {"line": 7}, "statement": "Beta costs at least that much.", "kind": "numeric",
                      "subject": "desk-beta", "quantity": "desk-cost", "scope": "desk-all", "period": "2024",
                      "figure": {"as_printed": "7–9", "low": "7", "high": "9", "value": "8", "bound": "range", "unit": "kXDR"},
                      "claimant": "desk-bob", "attribution": [{"agent": "desk-ada", "role": "reporter", "via": "desk-daily"},
                                                              {"agent": "desk-bob", "role": "speaker"}],
                      "stance": "disputes", "hedge": "rumour", "proposition": {"id": "desk-said", "statement": "Something is so."}}),
    "source": ({"kind": "article", "title": "One", "description": "One of them."},
               {"kind": "study", "title": "Another", "description": "Quite another.", "language": "fr", "url": "https://example.org/a",
                "author": "A. Writer", "publisher": "desk-ada", "published_at": "2024-02-29", "revised_at": "2024-03-01",
                "content_sha256": "5" * 64, "relations": [{"kind": "cites", "source": "desk-daily"},
                                                          {"kind": "translation_of", "source": "desk-weekly"}]}),
    "comparison": ({"title": "Side by side", "description": "Two.", "claims": ["desk-figure-a", "desk-figure-b"]},
                   {"title": "By another", "description": "The same two.", "claims": ["desk-figure-a", "desk-figure-b"],
                    "baseline": "desk-figure-b"}),
    "subject": ({"name": "Gamma", "kind": "model", "description": "A model."},
                {"name": "Delta", "kind": "company", "description": "A company."}),
    "quantity": ({"name": "Rent", "definition": "By the month.", "unit": "XDR"},
                 {"name": "Lease", "definition": "By the year.", "unit": "kXDR"}),
    "agent": ({"name": "Eve", "kind": "person"}, {"name": "The Eves", "kind": "group"}),
    "unit": ({"name": "millions of drawing rights", "dimension": "desk-money", "factor": "1000000"},
             {"name": "heaps", "dimension": "desk-heap"}),
    "scope": ({"name": "Some", "definition": "Some of it."}, {"name": "Most", "definition": "Most of it."}),
}
IDS = {kind: f"desk-{kind}-one" for kind in KINDS}


def path_of(kind, id=None, behind=""):
    return PATHS[kind] + (f"/{quote(id, safe='')}" if id is not None else "") + behind


def create_token(url, name, scope="write", *more):
    """A fresh token, by the command."""
    made = claimd("token", "create", "--name", name, "--scope", scope, *more, DATABASE_URL=url)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


class Refused(AssertionError):
    """An answer of another status than was expected."""


class Client:
    """One who writes, on a connection of his own in each thread."""

    def __init__(self, service, token=None):
        self.service = service
        self.token = token
        self._own = threading.local()

    def _session(self):
        if not hasattr(self._own, "session"):
            self._own.session = requests.Session()
            self._own.session.trust_env = False
        return self._own.session

    def send(self, method, target, body=None, headers=None, timeout=20, **query):
        """The answer as it comes; a body that is no bytes is sent as JSON."""
        fields = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            fields["Content-Type"] = "application/json"
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        fields.update(headers or {})
        fields = {name: value for name, value in fields.items() if value is not None}
        if query:
            target += "?" + urlencode(query)
        return self._session().request(method, self.service.base + target, data=body, headers=fields, timeout=timeout, allow_redirects=False)

    def expect(self, status, method, target, body=None, headers=None, **query):
        got = self.send(method, target, body, headers, **query)
        if got.status_code != status:
            raise Refused(f"{method} {target}: {got.status_code} instead of {status}: {got.text[:1500]}")
        return got

    def get(self, target, status=200, **query):
        return self.expect(status, "GET", target, **query)

    def put(self, kind, id, document, etag=None, status=None, headers=None, **query):
        """Creates, or with an ETag replaces; the answer."""
        fields = {**({"If-Match": etag} if etag else {}), **(headers or {})}
        return self.expect(status or (200 if etag else 201), "PUT", path_of(kind, id), document, fields, **query)

    def patch(self, kind, id, patch, etag, status=200, headers=None, **query):
        fields = {"If-Match": etag, "Content-Type": "application/merge-patch+json", **(headers or {})}
        return self.expect(status, "PATCH", path_of(kind, id), patch, fields, **query)

    def retract(self, kind, id, etag="*", status=204, **query):
        return self.expect(status, "DELETE", path_of(kind, id), None, {"If-Match": etag}, **query)

    def revert(self, kind, id, revision, etag=None, status=200, **query):
        return self.expect(status, "POST", path_of(kind, id, "/revert"), {"revision": revision}, {"If-Match": etag} if etag else {}, **query)

    def etag(self, kind, id):
        return self.get(path_of(kind, id)).headers["ETag"]

    def revisions(self, kind, id):
        """All of them, the first one first."""
        items, target = [], path_of(kind, id, "/revisions?limit=200")
        while target:
            page = self.get(target).json()
            items, target = items + page["items"], page["next"]
        return items

    def last(self):
        """The place of the last change of all."""
        return self.get("/v1/changes", sort="-seq", limit=1).json()["items"][0]["seq"]

    def changes(self, since=0, **query):
        """All that came behind a place, page by page."""
        while True:
            items = self.get("/v1/changes", since=since, limit=200, **query).json()["items"]
            yield from items
            if len(items) < 200:
                return
            since = items[-1]["seq"]


def furnish(client):
    """Puts there what the documents refer to."""
    for kind, things in GROUND.items():
        for id, document in things.items():
            client.put(kind, id, document)
    for id, document in FIGURES.items():
        client.put("claim", id, document)


@contextlib.contextmanager
def opened(url, *flags, **settings):
    """A service over the database, and a client of it that may write."""
    with Service(url, *flags, **settings) as service:
        service.answers()
        name = f"desk-{service.port}"
        yield Client(service, create_token(url, name))


def problem(answer, status, slug, pointers=None):
    """Holds an answer to be such a problem, with errors at these pointers if they are given; the document."""
    assert answer.status_code == status, f"{answer.status_code}: {answer.text[:1500]}"
    assert answer.headers["Content-Type"].startswith("application/problem+json"), answer.headers
    document = answer.json()
    assert document["type"] == f"/problems/{slug}" and document["status"] == status and document["title"], document
    if pointers is not None:
        assert sorted(error["pointer"] for error in document["errors"]) == sorted(pointers), document
        assert all(error["detail"].strip() for error in document["errors"]), document
    return document


class Tables:
    """The database itself, past the service."""

    def __init__(self, url, autocommit=True):
        self.connection = database.connect(url, autocommit=autocommit)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def run(self, statement, *parameters):
        with self.connection.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def value(self, statement, *parameters):
        return self.run(statement, *parameters)[0][0]

    def locks(self, condition):
        """How many locks of this database are so; others of the server are used by other tests."""
        return self.value(f"SELECT count(*) FROM pg_locks WHERE ({condition}) AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")

    def waiting_for_advice(self):
        """How many wait for an advisory lock, as writes do for each other."""
        return self.locks("locktype = 'advisory' AND NOT granted")


def until_blocked(url):
    """Waits until a statement waits for a lock."""
    with Tables(url) as tables:
        until(lambda: tables.value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"), 5, "a statement that waits")


def locked(url, seconds, ask, table="claim"):
    """What `ask` returns while a table is locked for so long."""
    with Tables(url, autocommit=False) as held, ThreadPoolExecutor() as pool:
        held.run(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        asked = pool.submit(ask)
        time.sleep(seconds)
        held.connection.rollback()
        return asked.result()


@contextlib.contextmanager
def failing_at_commit(tables, table, state):
    """All that inserts into the table fails so when it is to be committed: the one constraint that a change leaves for that is called change_is_made."""
    tables.run(f"CREATE FUNCTION fail_late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$;"
               f"CREATE CONSTRAINT TRIGGER change_is_made AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail_late()")
    try:
        yield
    finally:
        tables.run("DROP FUNCTION fail_late CASCADE")


@contextlib.contextmanager
def lingering(tables, seconds):
    """Each statement that inserts scopes takes so long."""
    tables.run(f"CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep({seconds}); RETURN NULL; END $$;"
               "CREATE TRIGGER linger AFTER INSERT ON scope FOR EACH STATEMENT EXECUTE FUNCTION linger()")
    try:
        yield
    finally:
        tables.run("DROP TRIGGER linger ON scope; DROP FUNCTION linger()")
