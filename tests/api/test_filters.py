"""Filters and orders against a reference: any combination, over rows with ties, nulls and units, page by page"""
import datetime
import decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naive import (LISTINGS, OPERATORS, any_of, compares, fetch, ids, is_not_null, is_null, none_of, ordered, select, sort_text,
                       walk)
from properties import tried

ABSENT = {"language": "xx", "stance": "disputes", "hedge": "opinion", "kind": None}
VALUES = ["0", "1", "-1", "1e50", "-1e50", "0.0000000001", "4999.999", "1E+6", ".5", "5."]
DAYS = [datetime.date(1, 1, 1), datetime.date(2025, 1, 2), datetime.date(9999, 12, 31)]
TIMES = [datetime.datetime(2025, 1, 28, tzinfo=datetime.timezone.utc), datetime.datetime(2026, 2, 3, 4, 5, 6, 7, datetime.timezone.utc)]
PAGES_MOST = 5


@pytest.fixture(scope="session")
def tables(crowd_tables):
    return {path: fetch(crowd_tables, listing.sql) for path, listing in LISTINGS.items()}


# What to ask --------------------------------------------------------------------------------------


def texts_of(value):
    """The ways to write a value."""
    if isinstance(value, decimal.Decimal):
        plain = [format(value, "f"), format(value, "f") + ("0" if "." in format(value, "f") else ".0")]
        return [format(value, "e").replace("E", "e"), *(text for text in plain if len(text) < 50)]
    if isinstance(value, datetime.datetime):
        shifted = value.astimezone(datetime.timezone(datetime.timedelta(hours=5, minutes=30)))
        return [value.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), shifted.isoformat(), *([f"{value:%Y-%m-%d}"] if value.time() == datetime.time() else [])]
    return [str(value)]


def further_values(name):
    return {"value": [decimal.Decimal(text.rstrip(".")) for text in VALUES], "published_at": DAYS, "line": [3, 999999999],
            "created_at": TIMES}[name]


@st.composite
def comparing(draw, rows, name):
    known = sorted({row[name] for row in rows if row[name] is not None})
    value = draw(st.sampled_from(known + further_values(name)))
    return compares(name, draw(st.sampled_from([None, *OPERATORS])), value, draw(st.sampled_from(texts_of(value))))


@st.composite
def listing(draw, rows, name):
    known = sorted({row[name] for row in rows if row[name] is not None})
    absent = ABSENT.get(name, "no-such-thing")
    values = draw(st.lists(st.sampled_from(known + [absent] * (absent is not None)), min_size=1, max_size=draw(st.sampled_from([1, 3, 40]))))
    return draw(st.sampled_from([any_of, any_of, none_of]))(name, values)


def nulls(name):
    return st.sampled_from([is_null(name), is_not_null(name)])


@st.composite
def conditions(draw, listing_, rows):
    """Up to four parameters: of a list each kind once, of what has an order any number."""
    makers = [(name, listing) for name in listing_.lists] + [(name, comparing) for name in listing_.ordered] * 3
    chosen = draw(st.lists(st.sampled_from(makers), max_size=4))
    found = [draw(maker(rows, name)) for name, maker in chosen]
    if listing_.nullable and draw(st.integers(0, 3)) == 3:
        found.append(draw(nulls(draw(st.sampled_from(listing_.nullable)))))
    return list({kind_of(condition, listing_): condition for condition in found}.values())


def kind_of(condition, listing_):
    """What may be given once."""
    if condition.name in listing_.ordered and not condition.given.endswith("is.null"):
        return repr(condition)
    return condition.name, condition.given.startswith("not."), condition.given.endswith("is.null")


def orders(listing_):
    return st.lists(st.tuples(st.sampled_from(listing_.sorts), st.booleans()), max_size=4, unique_by=lambda key: key[0])


def agree(api, path, rows, found, order, limit):
    """The walk gives what the reference does, in full pages; the fewer rows, the smaller the pages may be."""
    expected = [row["id"] for row in ordered(select(rows, found), order)]
    limit = max(limit, -(-len(expected) // PAGES_MOST))
    pairs = [*((condition.name, condition.given) for condition in found), ("limit", limit), ("fields", "id")]
    pages = list(walk(api, path, pairs + ([("sort", sort_text(order))] if order else [])))
    assert ids(pages) == expected
    assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1) and (pages[-1] or len(pages) == 1)


@pytest.mark.parametrize("path, tests", [("/v1/claims", 100), ("/v1/sources", 60)])
def test_any_filters_in_any_order_agree_with_the_reference(crowd, tables, path, tests):
    @tried(tests)
    @given(st.data(), st.integers(1, 200))
    def agrees(data, limit):
        found = data.draw(conditions(LISTINGS[path], tables[path]))
        agree(crowd, path, tables[path], found, data.draw(orders(LISTINGS[path])), limit)
    agrees()


def test_claims_of_one_source_take_any_filters_in_any_order(crowd, tables):
    of_source = {}
    for row in tables["/v1/claims"]:
        of_source.setdefault(row["source"], []).append(row)

    @tried(50)
    @given(st.data(), st.integers(1, 200))
    def agrees(data, limit):
        source = data.draw(st.sampled_from(sorted(of_source)))
        found = [each for each in data.draw(conditions(LISTINGS["/v1/claims"], of_source[source])) if each.name not in ("id", "source")]
        agree(crowd, f"/v1/sources/{source}/claims", of_source[source], found, data.draw(orders(LISTINGS["/v1/claims"])), limit)
    agrees()


@pytest.mark.parametrize("path", [path for path in LISTINGS if path not in ("/v1/claims", "/v1/sources")])
def test_any_filters_of_a_vocabulary_agree_with_the_reference(crowd, tables, path):
    @tried(15)
    @given(st.data(), st.integers(1, 200))
    def agrees(data, limit):
        agree(crowd, path, tables[path], data.draw(conditions(LISTINGS[path], tables[path])), data.draw(orders(LISTINGS[path])), limit)
    agrees()


# One by one -----------------------------------------------------------------------------------------

LISTS = [(path, name) for path, listing_ in LISTINGS.items() for name in listing_.lists]
ORDERED = [(path, name, operator) for path, listing_ in LISTINGS.items() for name in listing_.ordered for operator in [None, *OPERATORS]]
NULLABLE = [(path, name) for path, listing_ in LISTINGS.items() for name in listing_.nullable]


@pytest.mark.parametrize("path, name", LISTS)
def test_every_list_filter_takes_values_and_not(crowd, tables, path, name):
    rows = tables[path]
    values = sorted({row[name] for row in rows if row[name] is not None})
    for condition in (any_of(name, values[:1]), any_of(name, values[-2:]), none_of(name, values[:2])):
        assert select(rows, [condition])
        agree(crowd, path, rows, [condition], [], 200)


@pytest.mark.parametrize("path, name", LISTS)
def test_values_and_not_together_both_hold(crowd, tables, path, name):
    rows = tables[path]
    a, b = sorted({row[name] for row in rows if row[name] is not None})[:2]
    agree(crowd, path, rows, [any_of(name, [a, b]), none_of(name, [b])], [], 200)
    agree(crowd, path, rows, [any_of(name, [a]), none_of(name, [a, b])], [], 200)


@pytest.mark.parametrize("path, name, operator", ORDERED)
def test_every_operator_agrees_with_the_reference(crowd, tables, path, name, operator):
    rows = tables[path]
    known = sorted({row[name] for row in rows if row[name] is not None})
    for place, value in enumerate((known[0], known[len(known) // 2], known[-1])):
        texts = texts_of(value)
        agree(crowd, path, rows, [compares(name, operator, value, texts[place % len(texts)])], [], 200)


@pytest.mark.parametrize("path, name", NULLABLE)
def test_null_and_not_null_are_all(crowd, tables, path, name):
    rows = tables[path]
    for condition in (is_null(name), is_not_null(name)):
        assert select(rows, [condition])
        agree(crowd, path, rows, [condition], [], 200)


@pytest.mark.parametrize("path, name", NULLABLE)
def test_what_is_null_and_has_a_value_is_nothing(crowd, tables, path, name):
    value = next(row[name] for row in tables[path] if row[name] is not None)
    given_ = texts_of(value)[0]
    assert crowd.answer(path, params=[(name, "is.null"), (name, given_)]) == {"items": [], "next": None}
    both = crowd.answer(path, params=[(name, "not.is.null"), (name, given_), ("fields", "id")])
    assert both == crowd.answer(path, params=[(name, given_), ("fields", "id")]) | {"next": both["next"]} != {"items": [], "next": None}


@pytest.mark.parametrize("path, name", [(path, name) for path, name in NULLABLE if name in LISTINGS[path].ordered])
def test_null_may_be_given_as_often_as_the_contract_has_it(crowd, tables, path, name):
    assert crowd.answer(path, params=[(name, "is.null"), (name, "not.is.null")]) == {"items": [], "next": None}
    rows = tables[path]
    agree(crowd, path, rows, [is_null(name), is_null(name)], [], 200)


@pytest.mark.parametrize("query", [
    "value=gt.5&value=lt.5", "value=gt.5&value=lte.5", "value=1&value=2", "line=gt.9&line=lt.9", "published_at=gt.2025-01-02&published_at=lt.2025-01-01",
    "created_at=lt.2000-01-01&created_at=gt.2030-01-01", "stance=asserts&stance=not.asserts", "kind=statement&value=gte.0", "kind=numeric&quantity=is.null",
    "quantity=is.null&quantity=crowd-sum-0", "subject=no-such-thing", "language=de&language=not.de", "q=cost&id=no-such-thing"])
def test_contradictions_are_empty(crowd, query):
    for sort in ("", "&sort=-value,id", "&sort=published_at"):
        answer = crowd.answer(f"/v1/claims?{query}{sort}", headers={"Prefer": "count=exact"})
        assert answer == {"items": [], "next": None, "total": 0}


def test_eight_repeats_all_hold(crowd, tables):
    rows = tables["/v1/claims"]
    found = [compares("line", "gte", 1, "1"), *(compares("line", "lt", limit, str(limit)) for limit in (101, 50, 40, 30, 20, 11)),
             compares("line", "gt", 1, "1")]
    agree(crowd, "/v1/claims", rows, found, [("line", True)], 50)


# Orders ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("descending", [False, True], ids=["ascending", "descending"])
@pytest.mark.parametrize("path, name", [(path, name) for path, listing_ in LISTINGS.items() for name in listing_.sorts])
def test_every_key_sorts_in_both_directions(crowd, tables, path, name, descending):
    agree(crowd, path, tables[path], [], [(name, descending)], 7)


@pytest.mark.parametrize("descending", [False, True], ids=["ascending", "descending"])
@pytest.mark.parametrize("name", ["value", "quantity", "published_at"])
def test_rows_without_a_value_come_last_in_both_directions(crowd, tables, name, descending):
    found = ids(walk(crowd, "/v1/claims", [("sort", sort_text([(name, descending)])), ("limit", 200), ("fields", "id")]))
    values = {row["id"]: row[name] for row in tables["/v1/claims"]}
    nulls_ = [values[id] is None for id in found]
    assert nulls_ == sorted(nulls_) and 1 < sum(nulls_) < len(nulls_)


@pytest.mark.parametrize("sort", ["value,source", "-value,source", "quantity,-published_at,created_at,-line", "-claimant,subject,-value,id"])
def test_one_row_a_page_is_enough(crowd, tables, sort):
    """Over the rows of one subject."""
    order = [(key.lstrip("-"), key.startswith("-")) for key in sort.split(",")]
    rows = select(tables["/v1/claims"], [any_of("subject", ["crowd-subject-1"])])
    pages = list(walk(crowd, "/v1/claims", [("subject", "crowd-subject-1"), ("sort", sort), ("limit", 1), ("fields", "id")]))
    assert ids(pages) == [row["id"] for row in ordered(rows, order)] and len(pages) == len(rows) > 30


def test_values_compare_in_the_canonical_unit(crowd):
    """5 kUSD are 5000 USD and 500000 cents; a currency that does not convert compares by its number."""
    items = crowd.items("/v1/claims", value="eq.5000", fields="id,figure")
    assert {(item["figure"]["value"], item["figure"]["unit"]) for item in items} == {
        ("5000", "USD"), ("5", "kUSD"), ("5000", "EUR"), ("5000", "1")}
    below = crowd.items("/v1/claims", value="lt.0.0001", fields="figure")
    assert ("0.005", "cUSD") in {(item["figure"]["value"], item["figure"]["unit"]) for item in below}
    assert ("0.005", "kUSD") not in {(item["figure"]["value"], item["figure"]["unit"]) for item in below}


# What is not taken ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path, name, value", [
    ("/v1/claims", name, value) for name in ("value", "line", "published_at", "created_at")
    for value in ("", "gt.", "gt.x", "ge.1", "gt.gt.1", "not.eq.1", "not.1", "is.nul", "NULL", "is.null.1", "1,2", "gt.1,2", "not.gt.1", "like.1", "EQ.1", "gt 1")
] + [("/v1/claims", name, f"{operator}.{value}") for name, value in (("subject", "china"), ("stance", "asserts"), ("language", "de"), ("q", ""))
     for operator in ("gt", "gte", "lt", "lte", "eq", "not.not", "is") if name != "q"]
  + [("/v1/claims", "line", value) for value in ("0", "gt.0", "1.5", "1e3", "-1", "1000000000", "is.null", "not.is.null")]
  + [("/v1/claims", "value", value) for value in ("NaN", "Infinity", "-", "1e", "1e51", "0x1", "1_000", "+1", "gt.1e-51", " 1")]
  + [("/v1/claims", "published_at", value) for value in ("2025-02-29", "2025-13-01", "gt.2025-1-1", "0000-01-01", "infinity", "2025-01-01T00:00:00Z")]
  + [("/v1/claims", "created_at", value) for value in ("2025-01-01T24:00:00Z", "2025-01-01T00:00:00", "gt.now", "2025-01-01T00:00:60Z", "is.null",
                                                      "2025-01-01T00:00:00.1234567Z")]
  + [("/v1/claims", name, value) for name in ("subject", "source", "claimant", "proposition", "id", "stance", "hedge", "kind", "language")
     for value in ("is.null", "not.is.null", "not.", "not.not.x", "not.is.null,x")]
  + [("/v1/comparisons", name, value) for name, value in (("verdict", "not.agree"), ("verdict", "is.null"), ("min_origins", "gt.1"), ("min_origins", "0"),
                                                         ("stance", "not.asserts"), ("stance", ""), ("subject", "eq.china"))])
def test_operators_and_values_of_another_type_are_refused(crowd, path, name, value):
    crowd.problem(path, "invalid-parameter", parameters=[name], params={name: value})


@pytest.mark.parametrize("name, values", [("value", ["eq.1", "gt.x", "is.nil"]), ("created_at", ["gt.1", "lt.2030-01-01"])])
def test_one_wrong_repeat_is_enough(crowd, name, values):
    problem = crowd.answer("/v1/claims", 400, params=[(name, value) for value in values])
    assert {error["parameter"] for error in problem["errors"]} == {name}


# Batches --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [path for path, listing_ in LISTINGS.items() if "id" in listing_.lists])
def test_a_batch_of_ids_comes_by_id_without_those_unknown(crowd, tables, path):
    known = [row["id"] for row in tables[path]][:20]
    asked = [known[-1], "no-such-thing", *known[:5], known[0], "another-unknown"]
    answer = crowd.answer(path, params={"id": ",".join(asked), "fields": "id"})
    assert [item["id"] for item in answer["items"]] == sorted({*known[:5], known[-1]}) and answer["next"] is None
    assert crowd.get(path, id=["no-such-thing"]) == {"items": [], "next": None}


def test_a_batch_has_two_hundred_ids_at_most(crowd, tables):
    known = [row["id"] for row in tables["/v1/claims"] if row["id"].startswith("crowd-")]
    asked = known[:199]
    found = ids(walk(crowd, "/v1/claims", [("id", ",".join(asked + ["unknown"])), ("limit", 200), ("fields", "id")]))
    assert found == sorted(asked) and len(found) == 199
    whole = ids(walk(crowd, "/v1/claims", [("id", ",".join(known[:200])), ("limit", 200), ("fields", "id")]))
    assert whole == sorted(known[:200])
    crowd.problem("/v1/claims", "invalid-parameter", parameters=["id"], params={"id": ",".join(known[:201])})
    crowd.problem("/v1/claims", "invalid-parameter", parameters=["id"], params={"id": "not." + ",".join(known[:201])})


def test_a_batch_takes_other_filters_and_orders(crowd, tables):
    rows = tables["/v1/claims"]
    agree(crowd, "/v1/claims", rows, [any_of("id", [row["id"] for row in rows[-150:]]), any_of("kind", ["numeric"])], [("value", True)], 11)


# Addresses --------------------------------------------------------------------------------------


def test_a_source_is_found_by_its_address(crowd, tables):
    addressed = [row for row in tables["/v1/sources"] if row["url"]]
    assert addressed
    for row in addressed[:20]:
        assert crowd.ids("/v1/sources", url=row["url"]) == [row["id"]]
    assert crowd.ids("/v1/sources", url="https://example.org/") == []
