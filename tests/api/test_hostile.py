"""Hostile, careless and unlucky clients: what they make of searches, orders, units, cursors and headers"""
import base64
import hmac
import itertools
import pathlib
import time
from urllib.parse import quote

import database
import pytest

from service import BINARY, Api, Service, claimd

pytestmark = pytest.mark.usefixtures("clean_log")

# A sanitizer makes everything slower, and keeps what was freed.
SANITIZED = "address" in BINARY or "thread" in BINARY
PATIENCE = 5 if SANITIZED else 1
SEARCHED = ["/v1/claims", "/v1/sources", "/v1/propositions", "/v1/sources/markets-misled-it/claims"]
COMPARISON = "/v1/comparisons/what-training-r1-cost"
FIGURES = "/v1/compare?subject=deepseek-r1&quantity=training-cost"


@pytest.fixture(autouse=True)
def lives_on(service):
    """Whatever a test sends, the service answers the next client."""
    yield
    assert service.status("/v1/claims?limit=1") == 200
    assert service.process.poll() is None


def answered(api, target, **details):
    """The status, and the body as the contract allows it."""
    got = api.request("GET", target, **details)
    return got, api.contract.check("GET", target, got.status_code, got.headers, got.content)


def and_(target, query):
    return target + ("&" if "?" in target else "?") + query


# Searches -----------------------------------------------------------------------------------------

MONSTERS = {
    "parentheses": "(" * 1000, "quotes": '"' * 999, "odd quotes": 'a"b"c-d "e' * 90, "minus signs": "-" * 1000, "only or": "or " * 333,
    "or after or": "a or or b or", "ever the same word": "deepseek " * 111, "ever other words": " ".join(f"w{n}" for n in range(200)),
    "only negations": " ".join(f"-w{n}" for n in range(180)), "negated phrases": '-"a b" ' * 140, "one long phrase": '"' + "deepseek " * 110 + '"',
    "hyphens": "a-" * 499 + "a", "slashes": "a/" * 500, "dots": "a." * 500, "an address": "http://a.b/" + "c/" * 480, "at signs": "a@" * 500,
    "nested repetition": "(a+)+" * 199 + "$", "a near match": "a" * 999 + "!", "one word": "x" * 1000, "one number": "9" * 1000,
    "points and digits": "1." * 500, "exponents": "1e" * 500, "apostrophes": "a'" * 500, "backslashes": "\\" * 1000,
    "operators of tsquery": "a&b|!c<->d:*A " * 70, "percent signs": "%" * 1000, "markup": "<b>a</b>" * 125, "entities": "&amp;" * 200,
    "umlauts": "\u00e9" * 600, "sharp s": "\u00df" * 600, "dotted capital i": "\u0130" * 600, "combining marks": "a" + "\u0301" * 600,
    "emoji": "\U0001F600" * 330, "right to left": "\u202e" * 400, "no width": "\u200b" * 400, "no breaks": "\u00a0" * 600,
    "ideographs": "\u4e2d" * 400, "noncharacters": "\uffff\ufdd0", "guillemets": "\u00aba\u00bb " * 160, "blanks": " " * 1000,
    "SQL": "'; DROP TABLE claim; --", "a lexeme": "'/english' & a:B", "a path": "../" * 333, "a template": "{{7*7}}${7*7}#{7*7}",
}


@pytest.mark.parametrize("kind", MONSTERS)
@pytest.mark.parametrize("path", SEARCHED)
def test_monster_of_a_search_is_answered_soon(api, path, kind):
    began = time.monotonic()
    for order in ("rank", "id"):
        answer = api.get(path, q=MONSTERS[kind], sort=order, limit=3)
        assert len(answer["items"]) <= 3
    assert time.monotonic() - began < PATIENCE


@pytest.mark.parametrize("path, name", [*((path, "q") for path in SEARCHED), ("/v1/sources", "url")])
def test_text_ends_at_a_thousand_characters(api, path, name):
    for letter in "x\u00e9":
        api.answer(f"{path}?{name}={quote(letter) * (1000 if letter == 'x' else 600)}")
    api.problem(f"{path}?{name}={'x' * 1001}", "invalid-parameter", parameters=[name])
    api.problem(f"{path}?{name}=", "invalid-parameter", parameters=[name])


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://[::1", "//", "file:///etc/passwd", "%20", "'", "\u00e4"])
def test_address_of_no_source_finds_none(api, url):
    assert api.get("/v1/sources", url=url)["items"] == []


# Filters ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", [
    "/v1/claims?value=gt.5&value=lt.5", "/v1/claims?value=is.null&value=gte.-1e50", "/v1/claims?value=is.null&value=not.is.null",
    "/v1/claims?kind=statement&value=not.is.null", "/v1/claims?published_at=lt.2025-01-01&published_at=gt.2025-01-01",
    "/v1/claims?published_at=is.null&published_at=not.is.null", "/v1/claims?line=gt.5&line=lt.6", "/v1/claims?created_at=gte.9999-12-31",
    "/v1/claims?quantity=is.null&kind=numeric", "/v1/claims?q=-deepseek", "/v1/claims?language=xx", "/v1/claims?q=deepseek%20-deepseek",
    "/v1/sources?kind=article&language=is.null&published_at=0001-01-01", "/v1/comparisons?min_origins=999999999",
    "/v1/comparisons?verdict=agree&min_origins=999999999&stance=disputes", "/v1/sources/markets-misled-it/claims?language=de"])
def test_contradiction_is_empty_in_every_form(api, target):
    assert api.answer(target) == {"items": [], "next": None}
    assert api.answer(and_(target, "format=ndjson")) == []
    assert len(api.answer(and_(target, "format=csv"))) == 1
    assert api.answer(and_(target, "format=jsonld"))["@graph"] == []


@pytest.mark.parametrize("query", ["q=zzzzzz", "value=is.null&value=not.is.null", "subject=no-such", "line=999999999", "sort=-value&scope=no-such"])
def test_contradiction_does_not_hide_that_the_source_is_unknown(api, query):
    api.problem(f"/v1/sources/no-such-source/claims?{query}", "not-found", 404)


@pytest.mark.parametrize("path, query", [
    ("/v1/claims", "subject=gte.a"), ("/v1/claims", "line=not.5"), ("/v1/claims", "value=not.5"), ("/v1/claims", "limit=gte.1"),
    ("/v1/claims", "kind=gt.numeric"), ("/v1/claims", "created_at=is.null"), ("/v1/claims", "line=is.null"), ("/v1/claims", "subject=is.null"),
    ("/v1/claims", "stance=not.is.null"), ("/v1/claims", "published_at=eq.is.null"), ("/v1/claims", "value=gte.gte.1"),
    ("/v1/claims", "value=eq.not.is.null"), ("/v1/claims", "value=GTE.1"), ("/v1/claims", "value=gte.%201"), ("/v1/claims", "value=gte"),
    ("/v1/claims", "value=gte."), ("/v1/claims", "value=.gte.1"), ("/v1/claims", "subject=not.not.a"), ("/v1/claims", "subject=not."),
    ("/v1/claims", "id=not.a,not.b"), ("/v1/claims", "sort=not.id"), ("/v1/claims", "fields=not.id"), ("/v1/claims", "embed=not.source"),
    ("/v1/claims", "format=not.json"), ("/v1/claims", "cursor=not.x"), ("/v1/comparisons", "min_origins=gte.2"),
    ("/v1/comparisons", "verdict=not.agree"), ("/v1/comparisons", "stance=not.asserts"), (COMPARISON, "unit=not.USD"), (COMPARISON, "baseline=not.a")])
def test_operator_where_there_is_none_is_refused(api, path, query):
    problem = api.answer(f"{path}?{query}", 400)
    assert [error["parameter"] for error in problem["errors"]] == [query.partition("=")[0]]


def test_fault_names_operators_only_where_there_are_some(api):
    for query, told in [("/v1/comparisons?min_origins=x", False), ("/v1/claims?line=x", True)]:
        assert ("gte." in api.answer(query, 400)["detail"]) == told


EDGES = {
    "value": {"1e50": 200, "1e-50": 200, "-1e50": 200, "1" * 50: 200, "0." + "1" * 49: 200, "-0": 200, "-.5e-1": 200, "5.": 200, "1E%2B5": 200, "0e0": 200,
              "1e51": 400, "1e-51": 400, "1e999": 400, "1e050": 400, "1" * 51: 400, "0." + "1" * 50: 400, "%2B1": 400, "--1": 400, "1e": 400, "e1": 400,
              ".": 400, "-": 400, "Infinity": 400, "-inf": 400, "NaN": 400, "0x10": 400, "1_000": 400, "1,5": 400, "1.5.5": 400, "%D9%A1": 400, "1%20": 400},
    "published_at": {"0001-01-01": 200, "9999-12-31": 200, "2024-02-29": 200, "2025-02-29": 400, "1900-02-29": 400, "0000-01-01": 400, "2025-00-01": 400,
                     "2025-13-01": 400, "2025-04-31": 400, "2025-1-1": 400, "25-01-01": 400, "10000-01-01": 400, "-001-01-01": 400, "2025-01-01T00:00:00Z": 400,
                     "20250101": 400, "2025-W01-1": 400, "infinity": 400, "today": 400, "%202025-01-01": 400, "2025-01-01%20BC": 400},
    "created_at": {"2025-01-27T12:00:00%2B14:59": 200, "2025-01-27T12:00:00-14:59": 200, "2025-01-27T12:00:00-00:00": 200, "2025-01-27T00:00:00.123456Z": 200,
                   "9999-12-31T23:59:59.999999-14:59": 200, "0001-01-01T00:00:00%2B14:59": 200, "0001-01-01": 200, "9999-12-31": 200,
                   "2025-01-27T12:00:00%2B15:00": 400, "2025-01-27T12:00:00-15:00": 400, "2025-01-27T12:00:00%2B00:60": 400, "2025-01-27T12:00:00+01:00": 400,
                   "2025-01-27T12:00:00": 400, "2025-01-27T12:00Z": 400, "2025-01-27T24:00:00Z": 400, "2025-01-27T23:60:00Z": 400, "2025-01-27T23:59:60Z": 400,
                   "2025-01-27T00:00:00.1234567Z": 400, "2025-01-27T00:00:00.Z": 400, "2025-01-27t12:00:00z": 400, "2025-01-27T": 400, "2025-02-29T00:00:00Z": 400,
                   "now": 400, "2025-01-27T12:00:00ZZ": 400, "2025-01-27T12:00:00Europe/Rome": 400},
    "line": {"1": 200, "999999999": 200, "0": 400, "-1": 400, "1000000000": 400, "99999999999999999999": 400, "1.0": 400, "1e3": 400, "%2B1": 400, "0x1": 400},
}


@pytest.mark.parametrize("name, text, status", [(name, text, status) for name, edges in EDGES.items() for text, status in edges.items()])
def test_value_at_the_edge(api, name, text, status):
    """With every operator; what is refused is named."""
    for operator in ("", "eq.", "gt.", "gte.", "lt.", "lte."):
        answer = api.answer(f"/v1/claims?limit=1&{name}={operator}{text}", status)
        assert status == 200 or [error["parameter"] for error in answer["errors"]] == [name]


@pytest.mark.parametrize("sort", ["id,value,source,line,subject", "id,id", "id,-id", "-value,value", "--value", "-", "", "-,id", "id,", ",id", ",", "rank", "value,rank",
                                  "id;value", "id%20desc", "ID", "%2Bid", "id,value,id", "figure.value", "1", "id%00".replace("%00", "%C2%A0"), "*"])
def test_order_that_there_is_not_is_refused(api, sort):
    api.problem(f"/v1/claims?sort={sort}", "invalid-parameter", parameters=["sort"])


def test_four_keys_order_a_list(api):
    ids = [api.ids("/v1/claims", sort=sort, fields="id") for sort in ("value,source,line,subject", "-source,line,-value,claimant")]
    assert len(ids[0]) == len(ids[1]) and sorted(ids[0]) == sorted(ids[1])


@pytest.mark.parametrize("pair", ["value=gte.{}", "line=gte.{}", "published_at=gte.2025-01-{:02}", "created_at=lt.2025-01-{:02}"])
def test_thirty_two_parameters_are_taken_and_one_more_is_named(api, pair):
    query = "&".join(pair.format(number % 28 + 1) for number in range(32))
    api.answer(f"/v1/claims?{query}")
    api.problem(f"/v1/claims?{query}&limit=1", "invalid-parameter", parameters=["limit"])
    api.problem(f"/v1/claims?{query}&{pair.format(1)}", "invalid-parameter", parameters=[pair.split("=")[0]])


@pytest.mark.parametrize("path", ["/v1/claims", "/v1/sources", "/v1/comparisons", "/v1/subjects", "/v1/propositions"])
def test_batch_of_ids_has_its_limits(api, path):
    few = [f"a{number}" for number in range(200)]
    assert api.get(path, id=few)["items"] == []
    assert api.get(path, id="not." + ",".join(few), limit=1)["items"]
    for negation in ("", "not."):
        api.problem(f"{path}?id={negation}{','.join(few)},b", "invalid-parameter", parameters=["id"])
    for count, library in ((900, False), (10_000, True)):  # what is far too long, the HTTP library refuses by itself
        got = api.request("GET", f"{path}?id={','.join(f'a{number}' for number in range(count))}")
        assert got.status_code == 414 and ("type" not in got.text) == library


def test_batch_with_one_id_twice_has_its_item_once(api):
    id, = api.ids("/v1/claims", id="r1-under-300000-03-training-cost-294000")
    assert api.ids("/v1/claims", id=[id] * 25) == [id]


@pytest.mark.parametrize("query", ["fields=", "fields=,", "fields=id,", "fields=,id", "fields=id,,kind", "fields=.", "fields=id.", "fields=.id", "fields=figure..value",
                                   "fields=ID", "fields=id%20", "fields=*", "fields=whole", "fields=key_0", "fields=search", "fields=" + "x" * 1001,
                                   "fields=id&format=jsonld", "fields=constructor", "fields=id;kind"])
def test_keys_that_an_answer_does_not_have_are_refused(api, query):
    for path in ("/v1/claims", "/v1/sources/markets-misled-it", COMPARISON):
        problem = api.problem(f"{path}?{query}", "invalid-parameter", parameters=["fields"])
        assert "There is no ;" not in problem["detail"]


def test_picture_takes_no_fields(api):
    for target in (COMPARISON, FIGURES):
        api.problem(and_(target, "format=svg&fields=id"), "invalid-parameter", parameters=["fields"])


# Comparisons --------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", [COMPARISON, FIGURES])
@pytest.mark.parametrize("unit", ["1", "{GPU}", "{network}", "kg", "usd", "USD,USD", "%s%n", "x" * 32, "x" * 33, "x" * 121, "", "US D", "\u20ac", "'", "$1"])
def test_unit_that_the_figures_are_not_in_is_refused(api, target, unit):
    api.problem(and_(target, "unit=" + quote(unit)), "invalid-parameter", parameters=["unit"])


def test_every_unit_is_of_one_dimension(api):
    """A comparison converts to the units of its own dimension, and to no other."""
    units = {unit["id"]: unit["dimension"] for unit in api.items("/v1/units")}
    for comparison in api.items("/v1/comparisons", fields="id"):
        own = api.get(f"/v1/comparisons/{comparison['id']}")["unit"]
        for unit, dimension in units.items():
            answered(api, f"/v1/comparisons/{comparison['id']}?unit={quote(unit)}")
            api.answer(f"/v1/comparisons/{comparison['id']}?unit={quote(unit)}", 200 if dimension == units[own] else 400)


def test_stance_is_refused_where_no_figure_has_it(api):
    for stance in ("asserts", "reports", "disputes"):
        there = set(api.ids("/v1/comparisons", stance=stance, fields="id"))
        for id in api.ids("/v1/comparisons", fields="id"):
            api.answer(f"/v1/comparisons/{id}?stance={stance}", 200 if id in there else 400)


@pytest.mark.parametrize("query, name", [
    ("", "claims"), ("subject=deepseek-r1", "claims"), ("quantity=training-cost", "claims"), ("claims=a,b&subject=c&quantity=d", "claims"),
    ("claims=a,b&subject=c", "claims"), ("claims=a", "claims"), ("claims=a,b", "claims"), ("subject=a&quantity=b", "quantity"), ("baseline=a", "claims"),
    ("unit=USD", "claims"), ("stance=asserts", "claims"), ("subject=deepseek-r1&quantity=training-cost&baseline=a", "baseline"),
    ("subject=deepseek-r1&quantity=training-cost&stance=believes", "stance"), ("subject=deepseek-r1,deepseek&quantity=training-cost", "subject"),
    ("claims=" + ",".join(f"a{number}" for number in range(201)), "claims")])
def test_comparison_of_nothing_is_refused(api, query, name):
    for form in ("json", "csv", "jsonld", "svg"):
        api.problem(f"/v1/compare?{query}&format={form}", "invalid-parameter", parameters=[name])


@pytest.mark.parametrize("query, name", [("verdict=", "verdict"), ("verdict=true", "verdict"), ("verdict=null", "verdict"), ("verdict=agree,", "verdict"),
                                         ("min_origins=0", "min_origins"), ("min_origins=-1", "min_origins"), ("min_origins=1000000000", "min_origins"),
                                         ("min_origins=1.5", "min_origins"), ("stance=", "stance"), ("stance=asserts,shouts", "stance")])
def test_outcome_that_there_is_not_is_refused(api, query, name):
    api.problem(f"/v1/comparisons?{query}", "invalid-parameter", parameters=[name])


# Cursors ------------------------------------------------------------------------------------------


def opened(cursor):
    text = cursor[:-22]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def base64url(bytes_):
    return base64.urlsafe_b64encode(bytes_).decode().rstrip("=")


def sealed(plain, key):
    """A cursor, as only who has the key can make one."""
    text = base64url(plain)
    return text + base64url(hmac.digest(key, text.encode(), "sha256")[:16])


@pytest.fixture(scope="module")
def cursor_key(column):
    """Of the service's database, which no client ever gets."""
    return column("SELECT encode(key, 'hex') FROM secret")[0].encode()


@pytest.fixture(scope="module")
def forge(api, cursor_key):
    """A cursor of a list with the fingerprint that belongs to it, other keys, and a good seal: what the database is asked may not rest on that alone."""
    def forged(target, *keys, key=cursor_key):
        link = api.answer(target)["next"]
        plain = opened(link.partition("cursor=")[2])
        keys = [one if isinstance(one, bytes) else one.encode() for one in keys]
        return link.partition("cursor=")[0] + "cursor=" + sealed(plain[:17] + b"\x1f".join(keys), key)
    return forged


@pytest.mark.parametrize("wrong", [b"", b"0" * 64, b"claimd", b"0123456789abcdef"])
def test_cursor_of_another_key_is_no_cursor(api, forge, wrong):
    api.answer(forge("/v1/claims?limit=1", "a"))
    problem = api.problem(forge("/v1/claims?limit=1", "a", key=wrong), "invalid-cursor", parameters=["cursor"])
    assert "not a cursor of this service" in problem["detail"]


@pytest.fixture(scope="module")
def issued(api):
    """Cursors of lists, orders and filters that all differ."""
    targets = ["/v1/claims?limit=1", "/v1/claims?limit=1&sort=-id", "/v1/claims?limit=1&kind=numeric", "/v1/claims?limit=1&sort=value", "/v1/sources?limit=1",
               "/v1/subjects?limit=1", "/v1/sources/market-shockwave/claims?limit=1", "/v1/comparisons?limit=1"]
    return {target: api.answer(target)["next"].partition("cursor=")[2] for target in targets}


def test_cursor_goes_with_its_own_list_alone(api, issued):
    for target in issued:
        for origin, cursor in issued.items():
            api.answer(f"{target}&cursor={cursor}", 200 if origin == target else 400)


def test_seal_goes_with_its_own_cursor_alone(api, issued):
    for one, other in itertools.permutations(issued, 2):
        api.problem(f"{one}&cursor={issued[one][:-22]}{issued[other][-22:]}", "invalid-cursor", parameters=["cursor"])


def test_cursor_goes_with_every_service_and_outlives_them(database_url, contract, issued):
    """Without configuration: the key is the database's."""
    for _ in range(2):
        with Service(database_url, "--threads", "1") as service:
            other = Api(service.answers(), contract)
            for target, cursor in issued.items():
                other.answer(f"{target}&cursor={cursor}")


def test_secret_of_the_environment_takes_the_place_of_the_database_s(database_url, contract, issued):
    secret = "sixteen bytes of"
    with Service(database_url, CLAIMD_SECRET=secret) as service, Service(database_url, CLAIMD_SECRET=secret) as twin:
        ours, theirs = Api(service.answers(), contract), Api(twin.answers(), contract)
        link = ours.answer("/v1/claims?limit=1")["next"]
        cursor = link.partition("cursor=")[2]
        assert cursor == sealed(opened(cursor), secret.encode())
        theirs.answer(link)
        theirs.problem("/v1/claims?limit=1&cursor=" + issued["/v1/claims?limit=1"], "invalid-cursor", parameters=["cursor"])
        assert secret not in service.log() + twin.log()


@pytest.mark.parametrize("secret, good", [("x" * 15, False), ("x" * 16, True), ("x" * 64, True), ("x" * 65, False), ("\u00e9" * 8, True)])
def test_secret_has_its_sizes_and_is_not_repeated(secret, good):
    got = claimd("help", CLAIMD_SECRET=secret)
    assert (got.returncode == 0) == good and secret not in got.stderr + got.stdout


def test_without_the_database_no_cursor_is_taken(contract, issued):
    with Service("host=/nowhere", "--threads", "1") as service:
        api = Api(service.answers("/readyz", 503), contract)
        api.problem("/v1/claims?limit=1&cursor=" + issued["/v1/claims?limit=1"], "database-unavailable", 503)


def test_key_is_nowhere_to_be_seen(api, cursor_key, database_url):
    exported = claimd("export", DATABASE_URL=database_url)
    assert exported.returncode == 0 and cursor_key.decode() not in exported.stdout
    assert claimd("export", "secrets", DATABASE_URL=database_url).returncode != 0
    assert cursor_key.decode() not in api.service.log()


TYPED = ["/v1/claims?sort=value", "/v1/claims?sort=-line", "/v1/claims?sort=published_at", "/v1/claims?sort=-created_at", "/v1/claims?q=deepseek&sort=rank",
         "/v1/sources?sort=-published_at", "/v1/sources?sort=created_at", "/v1/sources?q=deepseek", "/v1/comparisons?sort=spread",
         "/v1/sources/markets-misled-it/claims?sort=created_at", "/v1/propositions?q=training&sort=-rank"]
WRONG = ["x", "", " ", "2025-13-45", "2025-01-01 00:00:00+99:99", "2025-01-01 00:00:00 Foo/Bar", "2025-01-01+99:99", "99999999999-01-01", "1e999999", "0x1g",
         "--1", "'; DROP TABLE claim; --", "1; SELECT pg_sleep(9)", "null", "NULL", "{}", "\\x00", "\u00e9", "\ufeff1", "allballs", "1,5", "9" * 700 + "x"]
ODD = ["NaN", "infinity", "-infinity", "Infinity", "now", "today", "epoch", "1e131000", "1e-16000", "9" * 700, "-0", "2025-01-01 BC", "J2451187", "0", "true", " 1 "]


@pytest.mark.parametrize("target", TYPED)
@pytest.mark.parametrize("key", WRONG)
def test_forged_cursor_with_a_key_of_no_type_is_no_cursor(api, forge, target, key):
    api.problem(forge(and_(target, "limit=1"), key, "a"), "invalid-cursor", parameters=["cursor"])


@pytest.mark.parametrize("target", TYPED)
def test_forged_cursor_with_a_key_of_another_type_is_a_place_or_none(api, forge, target):
    for key in ODD:
        got, value = answered(api, forge(and_(target, "limit=1"), key, "a"))
        assert got.status_code == 200 or (got.status_code, value["type"]) == (400, "/problems/invalid-cursor")


@pytest.mark.parametrize("keys", [[], ["a", "b"], ["a", ""], [b"a\0b"], [b"\0"], [b"a\xffb"], [b"\xc3"], [b"\xed\xa0\x80"], ["a"] * 300], ids=str)
def test_forged_cursor_of_other_bytes_or_another_number_of_keys_is_no_cursor(api, forge, keys):
    api.problem(forge("/v1/claims?limit=1", *keys), "invalid-cursor", parameters=["cursor"])


@pytest.mark.parametrize("key", ["'; DROP TABLE claim; --", "' OR '1'='1", "$1", "a\nb", "\x01", "\x7f", "\u00e9", "\U0001F600", "~", "z" * 700, "%s%n", "{id}", "\\"])
def test_forged_cursor_of_text_is_a_place_in_the_list(api, forge, key):
    """Just as every text is before, behind or between the ids."""
    ids = api.ids("/v1/claims", fields="id")
    page = api.answer(forge("/v1/claims?limit=1", key))
    assert [item["id"] for item in page["items"]] == [id for id in ids if id.encode() > key.encode()][:1]


@pytest.mark.parametrize("target", ["/v1/claims?sort=value,-line,source,-created_at", "/v1/claims?sort=-published_at,value,line,-quantity"])
def test_forged_cursor_of_an_order_of_mixed_directions(api, forge, target):
    for place in range(4):
        keys = ["1", "1", "a", "a", "a"]
        keys[place] = "x\u00e9"
        assert answered(api, forge(and_(target, "limit=1"), *keys))[0].status_code == 400


def test_cursor_of_another_order_is_refused(api):
    cursor = api.get("/v1/claims", sort="value", limit=1)["next"].partition("cursor=")[2]
    for query in ("", "sort=-value&", "sort=value,id&", "sort=line&", "q=deepseek&sort=value&"):
        expected = 200 if query == "sort=value,id&" else 400
        api.answer(f"/v1/claims?{query}cursor={cursor}", expected)


# Header fields ------------------------------------------------------------------------------------

REFUSED_FORMS = ["*/*;q=0", "application/json;q=0", "application/json;q=0.000", "application/json;q=abc", "application/json;q=99", ";;;;q=1", "a/b," * 1100, "json",
                 "application", "application/", "/", "*", "*/json", "application/jsonp", "text/html", "application/json;q=-1", "\u00e9"]
TAKEN_FORMS = ["", ",", ",,,", "*/*", "APPLICATION/JSON", "application/*", "application/json;q=0.001", "*/*;q=0, application/json", "text/html, */*;q=0.1",
               "*/*," * 1100, "application/json;profile=\"a,b\"", "application/json ; q=1", "application/json;charset=utf-8;q=1", "a/b;q=\"x", "*/*;q=1;q=0"]


@pytest.mark.parametrize("accept", REFUSED_FORMS)
def test_form_that_nobody_makes_is_not_acceptable(api, accept):
    api.problem("/v1/claims?limit=1", "not-acceptable", 406, headers={"Accept": accept.encode()})


@pytest.mark.parametrize("accept", TAKEN_FORMS)
def test_form_in_odd_words_is_taken_or_refused(api, accept):
    got, _ = answered(api, "/v1/claims?limit=1", headers={"Accept": accept})
    assert got.status_code == 200 or (got.status_code == 406 and accept.startswith("a/b"))


HOSTILE_FIELDS = {
    "Accept-Encoding": ["*;q=0", "identity;q=0", "gzip," * 900, "br;q=abc", "gzip;q=0.0001", "\x22", "gzip;;;q", ",", "x" * 4500, "gzip;q=1e9"],
    "Accept-Language": ["x" * 4500, "*;q=0"],
    "If-None-Match": ['"' * 4500, "W/" * 2000, '"a",' * 1100, '"unterminated', 'W/"', "W/", ",", '"', "\u00e9", '"*"', "* ,", '"\\"'],
    "If-Modified-Since": ["x", "0", "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 99 Foo 9999 99:99:99 GMT", "Fri, 31 Dec 9999 23:59:59 GMT" + "x" * 100, "x" * 4500],
    "If-Match": ["*", '"x"'], "If-Unmodified-Since": ["Thu, 01 Jan 1970 00:00:00 GMT"], "If-Range": ['"x"'],
    "Prefer": ["count=" * 700, 'count="exact', 'count="', "count=", "count", "count=nonsense", "x" * 4500, "count==exact", "count=exact=", ";;;", "count=\u00e9"],
    "Range": ["bytes=0-1", "bytes=-1", "bytes=" + "0-1," * 1100, "items=0-9", "x"],
    "Origin": ["null", "x" * 4500, "http://a b", "\u00e9", "*", "http://a\thttp://b"],
    "traceparent": ["x" * 4500, "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "ff-" + "1" * 32 + "-" + "1" * 16 + "-01", "00-" + "G" * 32 + "-" + "1" * 16 + "-01",
                    "00-" + "1" * 32 + "-" + "1" * 16 + "-01-extra", "00", "-" * 55, "01-" + "1" * 32 + "-" + "1" * 16 + "-01" + "x" * 4000],
    "X-Request-Id": ["x" * 4500, "x" * 65, "a b", "\u00e9", '"', "<script>", "a;b", "a,b", "{}", "%0d%0aX-Injected:1"],
    "X-Forwarded-For": ["' OR 1=1", "x" * 4500], "Upgrade": ["h2c"], "Expect": ["nonsense"], "Content-Type": ["x" * 4500], "Cookie": ["a=b;" * 40, "=" * 2000],
    "Host": ["x" * 4500, "a b", "evil.example", "[", ""], "Forwarded": ["for=x" * 1000], "TE": ["trailers"], "Connection": ["x-a, x-b, keep-alive"],
}


@pytest.mark.parametrize("name, text", [(name, text) for name, texts in HOSTILE_FIELDS.items() for text in texts], ids=lambda text: text[:20])
def test_hostile_header_field_changes_nothing(api, name, text):
    """What it asks for is not understood, so the answer is the one without it; its own words are nowhere in the answer's head."""
    plain = api.request("GET", "/v1/claims?limit=1")
    got, _ = answered(api, "/v1/claims?limit=1", headers={name: text.encode()})
    assert (got.status_code, got.content) == (200, plain.content)
    assert set(got.headers) ^ set(plain.headers) <= {"Content-Encoding", "X-Request-Id", "Server-Timing", "Last-Modified"}
    assert len(text) < 7 or not any(text[:20] in value for value in got.headers.values())


def test_very_many_cookies_are_too_much(api):
    """Here the HTTP library answers by itself."""
    for cookies in ("a=b;" * 1700, ";" * 7000):
        assert api.request("GET", "/healthz", headers={"Cookie": cookies}).status_code == 431


@pytest.mark.parametrize("given, taken", [("a" * 64, True), ("a" * 65, False), ("A-z_0.9", True), ("a b", False), ("a\tb", False), ("\u00e9", False), ("", False)])
def test_request_id_is_taken_over_only_where_it_is_harmless(api, given, taken):
    got = api.request("GET", "/v1/claims?limit=0", headers={"X-Request-Id": given.encode()})
    assert (got.headers["X-Request-Id"] == given) == taken and got.headers["X-Request-Id"]


def test_fields_given_twice_are_one_list(service):
    with service.wire() as wire:
        wire.get("/v1/claims?limit=1", "Accept: text/html", "Accept: application/json", "Prefer: x", "Prefer: count=exact", "X-Request-Id: a", "X-Request-Id: b")
        answer = wire.answer()
    assert answer.status == 200 and "X-Total-Count" in answer.headers and answer.headers["X-Request-Id"] != "a"


INJECTIONS = ["%0d%0aX-Injected:%201", "%0aX-Injected:%201", "%0d%0a%0d%0a<html>", "%E5%98%8A%E5%98%8DX-Injected:%201", "%C4%8AX-Injected:%201", "%E2%80%A8X-Injected:%201",
              "%3E;%20rel=%22next%22,%20%3Chttp://evil.example", "%22,%22", "%5Cr%5CnX-Injected:%201"]


@pytest.mark.parametrize("injected", INJECTIONS)
@pytest.mark.parametrize("place", ["/v1/claims?limit=1&q=deepseek%20or%20{}", "/v1/sources?limit=1&url={}", "/v1/claims/{}/related", "/v1/claims?{}=1", "/v1/claims?sort={}",
                                   "/problems/{}", "/{}", COMPARISON + "?unit={}", "/v1/claims?limit=1&cursor={}"])
def test_nothing_given_becomes_a_header_field(service, contract, place, injected):
    target = place.format(injected)
    with service.wire() as wire:
        wire.get(target, "Accept-Encoding: identity")
        answer = wire.answer()
    contract.check("GET", target, answer.status, answer.headers, answer.body)
    assert "X-Injected" not in answer.headers
    assert all(value.isascii() and value.isprintable() for value in answer.headers.values())
    link = answer.headers.get("Link", "")
    assert link.count("<") == link.count("rel=") and "evil.example>" not in link


@pytest.fixture(scope="module")
def choosy(database_url, contract):
    with Service(database_url, "--cors-origins", "https://a.example,https://b.example") as service:
        yield Api(service.answers(), contract)


@pytest.mark.parametrize("origin, allowed", [
    ("https://a.example", True), ("https://b.example", True), ("https://a.example,https://b.example", False), ("https://a.example.evil", False), ("https://a.exampl", False),
    ("https://A.example", False), ("http://a.example", False), ("https://a.example:443", False), ("null", False), ("*", False), ("", False), (",", False),
    ("https://a.example https://b.example", False), ("x" * 4500, False)])
def test_only_listed_origins_are_let_in(choosy, origin, allowed):
    for target in ("/v1/claims?limit=1", "/v1/claims?limit=0"):
        got = choosy.request("GET", target, headers={"Origin": origin})
        assert got.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
        assert "Origin" in got.headers["Vary"]


# Floods -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", [
    "/v1/claims?q=" + "x" * 65_536, "/v1/claims?" + "&" * 65_536, "/v1/claims?" + "limit=1&" * 8192, "/v1/claims?id=" + "a," * 32_768, "/v1/claims?q=" + "%41" * 21_846],
    ids=["text", "separators", "parameters", "ids", "escapes"])
def test_query_of_64_kilobytes_is_refused_cleanly(service, contract, target):
    with service.wire() as wire:
        try:
            wire.get(target)
            answer = wire.answer()
        except ConnectionError:
            return  # it closed while the target was still being sent
    assert answer.status in (414, 431)


@pytest.mark.parametrize("query", [
    "&" * 4000, "=" * 4000, "=&" * 2000, "a&" * 1900, "a=b&" * 1000, "limit=1&" * 500, "%61=&" * 800, "q[]=1&" * 300, "&".join(f"p{number}" for number in range(700)),
    "sort=" + "-" * 4000, "sort=" + "id," * 1300, "fields=" + "a." * 480, "embed=" + "source," * 500, "id=" + "," * 4000, "value=" + "gte." * 900], ids=lambda query: query[:12])
def test_flood_of_parameters_is_told_soon(api, query):
    began = time.monotonic()
    got, value = answered(api, "/v1/claims?" + query)
    assert time.monotonic() - began < PATIENCE
    assert got.status_code == (200 if query.strip("&") == "" else 400)
    assert got.status_code == 200 or 1 <= len(value["errors"]) <= 8


def resident(service):
    """Kilobytes of memory that the process holds."""
    status = pathlib.Path(f"/proc/{service.process.pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))


def shapes():
    """Queries whose statements all differ: which filters there are, and in which order the rows come."""
    pairs = ["subject=a", "scope=is.null", "claimant=not.a", "kind=numeric", "language=de", "hedge=none", "stance=asserts", "line=gt.1", "value=lt.9", "q=deepseek"]
    for size in range(len(pairs) + 1):
        for some in itertools.combinations(pairs, size):
            yield "&".join(["limit=1", *some])
            yield "&".join(["limit=1", "sort=-line", *some])


@pytest.fixture(scope="module")
def flooded(database_url, contract):
    """It remembers no answers, which have a bound of their own."""
    with Service(database_url, "--threads", "1", "--cache-bytes", "0") as service:
        yield Api(service.answers(), contract)


def test_flood_of_statements_does_not_grow_memory_without_bound(flooded):
    before = flooded.request("GET", "/v1/claims?limit=5").content
    sizes, wanted = [], list(shapes())
    assert len(set(wanted)) == len(wanted) > 2000
    for number, query in enumerate(wanted):
        assert flooded.request("GET", "/v1/claims?" + query).status_code == 200
        if number % 500 == 499:
            sizes.append(resident(flooded.service))
    assert sizes[-1] - sizes[0] < (300_000 if SANITIZED else 4_000), sizes
    assert flooded.request("GET", "/v1/claims?limit=5").content == before


# A database that does not answer -------------------------------------------------------------------


@pytest.fixture
def hurried(database_url, contract):
    with Service(database_url, "--request-timeout", "300", "--threads", "1") as service:
        yield Api(service.answers(), contract)
        assert not [event for event in service.events() if event["event"] == "query-failed"]


@pytest.fixture
def locked(database_url):
    """Another session has the tables for itself, until it is told to let go."""
    connection = database.connect(database_url)
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE claim, finding IN ACCESS EXCLUSIVE MODE")
    yield connection
    connection.close()


@pytest.mark.parametrize("target", ["/v1/claims?limit=7", "/v1/claims?format=csv", "/v1/claims?format=ndjson&q=deepseek", COMPARISON, COMPARISON + "?format=svg",
                                    "/v1/comparisons?verdict=agree", "/v1/claims?sort=-value&format=jsonld"])
def test_lock_of_another_session_is_a_timeout_and_passes(hurried, locked, target):
    began = time.monotonic()
    hurried.problem(target, "timeout", 504)
    assert 0.2 < time.monotonic() - began < 3 * PATIENCE
    assert hurried.request("GET", "/healthz").status_code == 200
    locked.rollback()
    hurried.service.answers(target, within=5)


def test_counting_stops_at_the_timeout_too(hurried, locked):
    hurried.problem("/v1/claims", "timeout", 504, headers={"Prefer": "count=exact"})
    locked.rollback()
    hurried.service.answers("/v1/claims", within=5)
    assert hurried.answer("/v1/claims", headers={"Prefer": "count=exact"})["total"] > 200


def test_a_body_that_trickles_is_cut_off(database_url):
    with Service(database_url, "--body-timeout", "1") as service, service.answers().wire(20) as wire:
        wire.get("/v1/figures/parse", "Content-Type: application/json", "Content-Length: 100000", method="POST")
        began = time.monotonic()
        with pytest.raises(OSError):
            while time.monotonic() - began < 15:
                wire.send(b" ")
                time.sleep(0.2)
        assert time.monotonic() - began < 6
