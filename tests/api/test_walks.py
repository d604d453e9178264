"""Walks of lists by next, to the end: each row once, in order, whatever comes and goes between the pages"""
import contextlib
import decimal
import itertools
import random

import database
import pytest

from crowd import Crowd, insert
from naive import CLAIM, LISTINGS, behind, fetch, ids, ordered, sort_text, walk
from service import Api, Service

ONE_KEY = [(path, [(name, descending)]) for path, listing in LISTINGS.items() for name in listing.sorts for descending in (False, True)]
SEVERAL = [("/v1/claims", [("value", True), ("source", False)]), ("/v1/claims", [("quantity", False), ("line", True), ("claimant", False), ("id", True)]),
           ("/v1/claims", [("published_at", False), ("subject", True), ("value", False), ("created_at", True)]),
           ("/v1/sources", [("created_at", True), ("published_at", False), ("id", True)])]
WALKS = ONE_KEY + SEVERAL
RANKED = "cost or training"


def name_of(value):
    return sort_text(value) if isinstance(value, list) else None


@pytest.fixture(scope="module")
def changing(crowded):
    """A connection to a crowd of this module's own."""
    connection = database.connect(crowded(), autocommit=True)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def changing_api(changing, contract):
    with Service(changing.dsn) as service:
        yield Api(service.answers(), contract)


# What comes and goes --------------------------------------------------------------------------------

LETTERS = "acmz09"
PLAIN = {
    "/v1/propositions": ("proposition", {"statement": "The cost of training."}),
    "/v1/subjects": ("subject", {"name": "One more", "kind": "model", "description": "One more."}),
    "/v1/quantities": ("quantity", {"name": "One more", "dimension_id": "money", "unit_id": "USD", "definition": "One more."}),
    "/v1/agents": ("agent", {"name": "One more", "kind": "person"}),
    "/v1/units": ("unit", {"name": "One more", "dimension_id": "money", "factor": None}),
    "/v1/scopes": ("scope", {"name": "One more", "definition": "One more."}),
}


class Traffic:
    """Rows that come and go in one table; the others stay."""

    def __init__(self, connection, path, seed):
        self.connection, self.path, self.guests = connection, path, []
        self.crowd, self.dice = Crowd(seed=seed), random.Random(seed)

    def fresh_id(self):
        return "".join(self.dice.choices(LETTERS, k=3)) + f"-guest-{self.dice.randrange(10 ** 9)}"

    def arrive(self):
        id = self.fresh_id()
        with transaction(self.connection) as cursor:
            if self.path == "/v1/claims":
                row, hops = self.crowd.claim(id)
                insert(cursor, "claim", [row])
                insert(cursor, "attribution", hops)
            elif self.path == "/v1/sources":
                insert(cursor, "source", [{**self.dice.choice(self.crowd.rows["source"]), "id": id, "url": None}])
            else:
                table, row = PLAIN[self.path]
                insert(cursor, table, [{"id": id, **row}])
        self.guests.append(id)

    def leave(self, id):
        table = {"/v1/claims": "claim", "/v1/sources": "source"}.get(self.path) or PLAIN[self.path][0]
        with transaction(self.connection) as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE id = %s", [id])
        self.guests.remove(id)

    def change(self):
        """Two come, and one goes."""
        self.arrive()
        self.arrive()
        self.leave(self.dice.choice(self.guests))

    def leave_all(self):
        for id in list(self.guests):
            self.leave(id)


@contextlib.contextmanager
def transaction(connection):
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        try:
            yield cursor
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
        cursor.execute("COMMIT")


@pytest.fixture
def traffic(changing):
    made = []

    def start(path, seed=1):
        made.append(Traffic(changing, path, seed))
        for _ in range(6):
            made[-1].arrive()
        return made[-1]
    yield start
    for each in made:
        each.leave_all()


def step_by_step(api, path, pairs, rows, order, between):
    """Walks a list with changes between its pages, each page being what the tables then have behind the last row that was seen."""
    limit, seen, last = dict(pairs)["limit"], [], None
    for page in walk(api, path, [*pairs, ("fields", "id")]):
        now = {row["id"]: row for row in rows()}
        expected = behind(now.values(), last, order) if last else ordered(now.values(), order)
        assert [item["id"] for item in page] == [row["id"] for row in expected[:limit]]
        seen += [item["id"] for item in page]
        last = now[seen[-1]] if page else last
        between(last)
    return seen


def each_once(seen, stayed):
    assert len(seen) == len(set(seen)) and set(seen) >= set(stayed)


@pytest.mark.parametrize("path, order", WALKS, ids=name_of)
def test_rows_that_come_and_go_disturb_no_walk(changing, changing_api, traffic, path, order):
    stayed = fetch(changing, LISTINGS[path].sql)
    passing = traffic(path)
    limit = max(2, len(stayed) // 6)
    seen = step_by_step(changing_api, path, [("sort", sort_text(order)), ("limit", limit)],
                        lambda: fetch(changing, LISTINGS[path].sql), order, lambda _: passing.change())
    each_once(seen, [row["id"] for row in stayed])
    assert any("-guest-" in id for id in seen)


@pytest.mark.parametrize("order", [[("value", False)], [("value", True), ("line", False)], [("published_at", True)], [("created_at", False)]], ids=name_of)
def test_the_row_that_a_page_ends_with_may_go(changing, changing_api, traffic, order):
    """The next page goes on behind where it was."""
    stayed = fetch(changing, CLAIM)
    passing = traffic("/v1/claims")
    for _ in range(60):
        passing.arrive()

    def last_goes(last):
        if last["id"] in passing.guests:
            passing.leave(last["id"])
            went.append(last["id"])
    went = []
    seen = step_by_step(changing_api, "/v1/claims", [("sort", sort_text(order)), ("limit", 30)],
                        lambda: fetch(changing, CLAIM), order, last_goes)
    each_once(seen, [row["id"] for row in stayed])
    assert went


@pytest.mark.parametrize("order", [[("value", False)], [("value", True)], [("line", False), ("value", True)]], ids=name_of)
def test_claims_of_a_source_are_walked_through_changes(changing, changing_api, traffic, order):
    def rows():
        return fetch(changing, CLAIM + " WHERE source_id = 'crowd-source-3'")
    stayed, passing = rows(), traffic("/v1/claims")
    seen = step_by_step(changing_api, "/v1/sources/crowd-source-3/claims", [("sort", sort_text(order)), ("limit", 4)], rows, order,
                        lambda _: len(passing.guests) > 12 or arrive_in(passing, "crowd-source-3"))
    each_once(seen, [row["id"] for row in stayed])


def arrive_in(passing, source):
    """A claim in that very source."""
    while True:
        passing.arrive()
        if fetch(passing.connection, "SELECT source_id::text FROM claim WHERE id = %s", passing.guests[-1])[0]["source_id"] == source:
            return
        passing.leave(passing.guests[-1])


RANK = "SELECT id::text, search_rank(search, asked) AS rank FROM {}, search_query(%s) AS asked WHERE search @@ asked"


@pytest.mark.parametrize("path, table", [("/v1/claims", "claim"), ("/v1/sources", "source"), ("/v1/propositions", "proposition")])
@pytest.mark.parametrize("order", [[("rank", True)], [("rank", True), ("id", False)], [("rank", False)]], ids=name_of)
def test_ranked_results_are_walked_through_changes(changing, changing_api, traffic, path, table, order):
    def rows():
        return fetch(changing, RANK.format(table), RANKED)
    stayed, passing = rows(), traffic(path)
    assert len(stayed) > 9 and len({row["rank"] for row in stayed}) < len(stayed)
    seen = step_by_step(changing_api, path, [("q", RANKED), ("sort", sort_text(order)), ("limit", max(2, len(stayed) // 6))],
                        rows, order, lambda _: passing.change())
    each_once(seen, [row["id"] for row in stayed])


@pytest.mark.parametrize("descending", [False, True], ids=["ascending", "descending"])
def test_related_claims_are_walked_through_changes(changing, changing_api, traffic, descending):
    def rows():
        return fetch(changing, "SELECT id::text FROM related_claims(%s)", root)
    root = fetch(changing, "SELECT min(id)::text AS id FROM claim WHERE kind = 'numeric' AND id LIKE 'crowd-%%'")[0]["id"]
    stayed, passing = rows(), traffic("/v1/claims")
    seen = step_by_step(changing_api, f"/v1/claims/{root}/related", [("sort", sort_text([("id", descending)])), ("limit", 2)], rows,
                        [("id", descending)], lambda _: passing.change())
    each_once(seen, [row["id"] for row in stayed])


COMPARISONS = """SELECT id::text, (compare(claims, NULL, NULL, NULL, baseline_id)).spread ->> 'ratio' AS spread FROM comparison_set"""


def spreads(connection):
    return [{**row, "spread": row["spread"] and decimal.Decimal(row["spread"])} for row in fetch(connection, COMPARISONS)]


@pytest.mark.parametrize("order", [[("spread", False)], [("spread", True), ("id", False)]], ids=name_of)
def test_comparisons_are_walked_through_changes(changing, changing_api, traffic, order):
    def rows():
        snapshots.append(spreads(changing))
        return snapshots[-1]
    snapshots, passing = [], traffic("/v1/claims")
    seen = step_by_step(changing_api, "/v1/comparisons", [("sort", sort_text(order)), ("limit", 20)], rows, order, lambda _: passing.change())
    stayed = set.intersection(*({(row["id"], row["spread"]) for row in snapshot} for snapshot in snapshots))
    assert set(seen) >= {id for id, _ in stayed} and len(stayed) > 20 and any(spread is None for _, spread in stayed)


# Without changes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 2, 199, 200])
def test_a_walk_ends_where_the_list_does(crowd, limit):
    for path in ("/v1/scopes", "/v1/units", "/v1/sources"):
        whole = ids(walk(crowd, path, [("limit", 200), ("fields", "id")]))
        assert ids(walk(crowd, path, [("limit", limit), ("fields", "id")])) == whole == sorted(set(whole))


def test_a_page_may_have_another_size_than_the_one_before(crowd, crowd_tables):
    link, found = "/v1/claims?sort=-value,line&fields=id", []
    page = crowd.answer(link + "&limit=1")
    for limit in itertools.cycle([50, 3, 200]):
        found += ids([page["items"]])
        if not page["next"]:
            break
        page = crowd.answer(f"{link}&limit={limit}&cursor=" + page["next"].partition("cursor=")[2])
    assert found == [row["id"] for row in ordered(fetch(crowd_tables, CLAIM), [("value", True), ("line", False)])]


@pytest.mark.parametrize("order", [[("value", False)], [("value", True)], [("created_at", True), ("published_at", False)]], ids=name_of)
def test_a_cursor_is_of_its_order_and_filters_alone(crowd, order):
    cursor = crowd.answer(f"/v1/claims?sort={sort_text(order)}&limit=3&kind=numeric&fields=id")["next"].partition("cursor=")[2]
    for query in (f"sort={sort_text(order)}", "sort=id&kind=numeric", f"sort={sort_text([(n, not d) for n, d in order])}&kind=numeric", "kind=numeric",
                  f"sort={sort_text(order)},line&kind=numeric", f"sort={sort_text(order)}&kind=numeric&value=gt.1"):
        crowd.problem(f"/v1/claims?{query}&cursor={cursor}", "invalid-cursor", parameters=["cursor"])
    assert len(crowd.answer(f"/v1/claims?sort={sort_text(order)}&kind=numeric&cursor={cursor}&limit=5&fields=statement")["items"]) == 5
