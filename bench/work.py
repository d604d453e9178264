"""The requests that contests are about: their targets, the statements behind them, and whether peers answer them alike"""
import base64
import hmac
import json
import random
from typing import NamedTuple
from urllib.parse import parse_qs, quote, urlsplit

import claims
import load
import servers
from database import settings_of

DRAWN = 20_000    # targets for wrk to choose from
COMPARED = 20     # answers that must be alike
SEARCHES = 64     # queries, each a script of pgbench
PAGE = 50
SEAL = 16         # bytes at the end of a cursor
DEEP = 10_000     # pages before the deep one
LIST = f"/v1/claims?limit={PAGE}"


class Work(NamedTuple):
    """Requests of one kind."""
    targets: list
    value: str = None      # what stands for all others in the arguments of the first target's statement
    drawn: object = None   # those others: a load.Span, or a list


class Statement(NamedTuple):
    """What pgbench is to run."""
    sql: str
    arguments: list   # each a value, a load.Span, or a list of values
    settings: dict    # of claimd's sessions


def draw(span):
    return random.Random(1).choices(range(span.low, span.high + 1), k=DRAWN)


# ---- kinds ----

def claim(_, count):
    """One claim by its id, any of all."""
    span = load.Span(claims.ID_BASE + 1, claims.ID_BASE + count)
    ids = draw(span)
    return Work([f"/v1/claims/{number}" for number in ids], str(ids[0]), span)


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Cursors:
    """Those of the plain list, sealed as by the services of the database."""

    def __init__(self, claimd):
        page = json.loads(claimd.get(LIST).body)
        cursor = parse_qs(urlsplit(page["next"]).query)["cursor"][0]
        text = cursor[:-len(base64url(bytes(SEAL)))]
        self.prefix = base64.urlsafe_b64decode(text + "==").decode().removesuffix(page["items"][-1]["id"])  # of what is sealed
        self.key = claimd.database.ask("SELECT encode(key, 'hex') FROM secret WHERE purpose = 'cursor'")
        assert self.page_behind(page["items"][-1]["id"]) == f"{LIST}&cursor={cursor}", "cursors are made in another way"

    def page_behind(self, key):
        text = base64url(f"{self.prefix}{key}".encode())
        return f"{LIST}&cursor={text}{base64url(hmac.digest(self.key.encode(), text.encode(), 'sha256')[:SEAL])}"


def claims_list(claimd, count):
    """A page of the list of all claims, behind any of them that has a whole page behind it."""
    span = load.Span(claims.ID_BASE + 1, claims.ID_BASE + count - PAGE - 1)
    numbers, cursors = draw(span), Cursors(claimd)
    return Work([cursors.page_behind(number) for number in numbers], str(numbers[0]), span)


def filtered(_, __):
    """The greatest figures of the subject that most claims are about."""
    return Work([f"{LIST}&subject={claims.COMMON_SUBJECT}&sort=-value"])


def deep(claimd, count):
    """The page that has so many before it, or the last whole one."""
    return Work([Cursors(claimd).page_behind(claims.ID_BASE + min(DEEP * PAGE, count - PAGE - 1))])


def search(claimd, count):
    """Two words that stand in the statement of some claim, the best of what has both of them first."""
    some = random.Random(2)
    queries = []
    for number in some.sample(range(1, count + 1), SEARCHES):
        statement = json.loads(claimd.get(f"/v1/claims/{claims.ID_BASE + number}").body)["statement"]
        queries.append(" ".join(some.sample(statement.rstrip(".").lower().split(), 2)))
    return Work([f"/v1/claims?q={quote(query)}&sort=-rank&limit={PAGE}" for query in queries], queries[0], queries)


def comparison(_, __):
    """The figures of one quantity of one subject, all with all."""
    subject, quantity = claims.COMPARED
    return Work([f"/v1/comparisons/{quantity}-of-{subject}"])


def graphql(postgraphile, asked):
    """The ids of claims that are asked for, and the body of a request for one of them, which stands as @."""
    ids = [target.rsplit("/", 1)[1] for target in asked.targets]
    query = (servers.PEERS / "claim.graphql").read_text()
    template = json.dumps({"query": " ".join(query.split("\n", 1)[1].split()), "variables": {"id": "@"}})
    answer = json.loads(postgraphile.post(servers.GRAPHQL, template.replace("@", ids[0])).body)
    assert answer["data"]["claimById"]["id"] == ids[0], answer
    return ids, template


# ---- what answers them ----

def statement(database, work):
    """What a request of this kind has the database execute."""
    def ask():
        with servers.claimd(database, 1) as claimd:
            assert claimd.get(work.targets[0]).status == 200, work.targets[0]

    executed = database.executed(ask)
    sql, arguments = [each for each in executed if each[1] and work.value in (None, *each[1])][-1]
    return Statement(sql, [work.drawn if argument == work.value else argument for argument in arguments], settings_of(executed))


def page_of_size(claimd, size):
    """The list whose body is nearest to a size."""
    pages = [f"/v1/claims?limit={limit}" for limit in range(1, PAGE + 1)]
    return min(pages, key=lambda target: abs(len(claimd.get(target).body) - size))


def check_same(one, other, targets):
    """Fails where two servers do not answer with the same document, the order of keys included."""
    for target in targets[:COMPARED]:
        bodies = [json.loads(server.get(target).body, object_pairs_hook=list) for server in (one, other)]
        assert bodies[0] == bodies[1], f"{other.command[-1]} answers {target} differently:\n{bodies[0]}\n{bodies[1]}"
