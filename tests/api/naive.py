"""What lists must answer, worked out in Python over the rows of the tables: the reference for filters, orders and pages"""
import dataclasses
import decimal
from urllib.parse import urlencode

EXACT = decimal.Context(prec=200)


@dataclasses.dataclass(frozen=True)
class Listing:
    """A list of the API: its rows, and by kind the names of its filters, which are columns as well."""
    sql: str
    lists: tuple = ("id",)
    nullable: tuple = ()
    ordered: tuple = ()
    sorts: tuple = ("id",)


CLAIM = """
    SELECT claim.id::text, source_id::text AS source, subject_id::text AS subject, quantity_id::text AS quantity, scope_id::text AS scope,
           claimant_id::text AS claimant, proposition_id::text AS proposition, stance::text, hedge::text, claim.kind::text, source.language,
           figure_value, factor, source.published_at, line, claim.created_at
    FROM claim JOIN source ON source.id = source_id LEFT JOIN unit ON unit.id = figure_unit_id"""
LISTINGS = {
    "/v1/claims": Listing(
        CLAIM, ("id", "source", "subject", "quantity", "scope", "claimant", "proposition", "stance", "hedge", "kind", "language"),
        ("quantity", "scope", "value", "published_at"), ("value", "published_at", "line", "created_at"),
        ("id", "value", "source", "line", "subject", "quantity", "claimant", "published_at", "created_at")),
    "/v1/sources": Listing(
        "SELECT id::text, kind::text, language, origin_id::text AS origin, url, published_at, created_at FROM source",
        ("id", "kind", "language", "origin"), ("language", "published_at"), ("published_at", "created_at"),
        ("id", "published_at", "created_at")),
    "/v1/propositions": Listing("SELECT id::text FROM proposition"),
    "/v1/subjects": Listing("SELECT id::text, kind::text FROM subject", ("id", "kind")),
    "/v1/quantities": Listing("SELECT id::text, dimension_id::text AS dimension FROM quantity", ("id", "dimension")),
    "/v1/agents": Listing("SELECT id::text, kind::text FROM agent", ("id", "kind")),
    "/v1/units": Listing("SELECT id, dimension_id::text AS dimension FROM unit", ("dimension",)),
    "/v1/scopes": Listing("SELECT id::text FROM scope"),
}


def fetch(connection, sql, *arguments):
    """A query's rows as dicts; figures of claims in the canonical unit, as `value`."""
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row)) for row in cursor.fetchall()]
    return [{**row, "value": canonical(row)} if "figure_value" in row else row for row in rows]


def canonical(row):
    return None if row["figure_value"] is None else EXACT.multiply(row["figure_value"], row["factor"] or decimal.Decimal(1))


# Conditions -------------------------------------------------------------------------------------

OPERATORS = {"eq": lambda a, b: a == b, "gt": lambda a, b: a > b, "gte": lambda a, b: a >= b, "lt": lambda a, b: a < b,
             "lte": lambda a, b: a <= b}


@dataclasses.dataclass(frozen=True)
class Condition:
    """A parameter as it is given, and what it means."""
    name: str
    given: str
    holds: object

    def __repr__(self):
        return f"{self.name}={self.given}"


def any_of(name, values):
    return Condition(name, ",".join(values), lambda row: row[name] in values)


def none_of(name, values):
    return Condition(name, "not." + ",".join(values), lambda row: row[name] not in values)


def is_null(name):
    return Condition(name, "is.null", lambda row: row[name] is None)


def is_not_null(name):
    return Condition(name, "not.is.null", lambda row: row[name] is not None)


def compares(name, operator, value, text):
    """An ordered filter, with its operator or, as None, without one."""
    given = f"{operator}.{text}" if operator else text
    return Condition(name, given, lambda row: row[name] is not None and OPERATORS[operator or "eq"](row[name], value))


def select(rows, conditions):
    return [row for row in rows if all(condition.holds(row) for condition in conditions)]


# Orders: pairs of a key and whether it descends ----------------------------------------------------


def complete(order):
    """With the id as the last key, in the direction of the one before it."""
    return order if any(name == "id" for name, _ in order) else [*order, ("id", bool(order) and order[-1][1])]


def ordered(rows, order):
    """Sorted by the least key first and the greatest last, as each sort keeps what the ones before it did."""
    rows = list(rows)
    for name, descending in reversed(complete(order)):
        rows = sorted((row for row in rows if row[name] is not None), key=lambda row: row[name], reverse=descending) \
            + [row for row in rows if row[name] is None]
    return rows


def behind(rows, last, order):
    """The rows that come after one that need not be there any more, in order."""
    others = ordered([row for row in rows if row["id"] != last["id"]] + [last], order)
    return others[others.index(last) + 1:]


def sort_text(order):
    return ",".join(("-" if descending else "") + name for name, descending in order)


# Asking -----------------------------------------------------------------------------------------


def target(path, pairs):
    return path + "?" + urlencode(pairs, safe=",.") if pairs else path


def walk(api, path, pairs):
    """The pages of a list by way of its links, a list of items each; every page but the last is full."""
    link = target(path, pairs)
    while link:
        page = api.answer(link)
        yield page["items"]
        link = page["next"]


def ids(pages):
    return [item["id"] for page in pages for item in page]
