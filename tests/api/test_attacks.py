"""Attacks by HTTP itself: requests within requests, answers meant for others, caches made to lie, work that grows faster than what is sent"""
import contextlib
import itertools
import json
import os
import pathlib
import re
import time
from urllib.parse import quote

import pytest

from caching import cached
from desk import create_token
from service import BINARY, Api, Service, claimd

PATIENCE = 5 if "address" in BINARY or "thread" in BINARY else 1
EVIL = "evil.example"


# Requests within requests -------------------------------------------------------------------------

HIDDEN = "GET /v1/units/hidden HTTP/1.1\r\nHost: test\r\n\r\n"
POST = "POST /v1/figures/parse HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"


def chunk(text, size=None):
    return f"{size or format(len(text), 'x')}\r\n{text}\r\n"


END = "0\r\n\r\n"
# What two servers could read differently: the head and what follows it. In none of them is HIDDEN a request.
AMBIGUOUS = {
    **{f"TE {value!r}": (POST + f"Transfer-Encoding: {value}\r\n\r\n", chunk(HIDDEN) + END) for value in [
        "xchunked", "chunked, chunked", "identity, chunked", "chunked, identity", "gzip, chunked", "identity", "chunked;q=1", '"chunked"', "chunk", "\x0bchunked", "x"]},
    **{f"TE {value!r} beside CL": (POST + f"Transfer-Encoding: {value}\r\nContent-Length: {len(END + HIDDEN)}\r\n\r\n", END + HIDDEN)
       for value in ["chunked", "CHUNKED", " chunked ", "\tchunked", "xchunked", "identity"]},
    "TE twice": (POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", chunk(HIDDEN) + END),
    "TE twice, one unknown": (POST + "Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n\r\n", chunk(HIDDEN) + END),
    "TE in HTTP/1.0": (POST.replace("1.1", "1.0") + "Transfer-Encoding: chunked\r\n\r\n", chunk(HIDDEN) + END),
    "TE on a folded line": (POST + "Transfer-Encoding:\r\n chunked\r\n" + f"Content-Length: {len(END + HIDDEN)}\r\n\r\n", END + HIDDEN),
    "TE under a name with a blank": (POST + f"Transfer-Encoding : chunked\r\nContent-Length: {len(END + HIDDEN)}\r\n\r\n", END + HIDDEN),
    "CL twice": (POST + f"Content-Length: 0\r\nContent-Length: {len(HIDDEN)}\r\n\r\n", HIDDEN),
    "CL as a list": (POST + f"Content-Length: 0, {len(HIDDEN)}\r\n\r\n", HIDDEN),
    "CL with a sign": (POST + f"Content-Length: +{len(HIDDEN)}\r\n\r\n", HIDDEN),
    "CL with a fraction": (POST + f"Content-Length: {len(HIDDEN)}.0\r\n\r\n", HIDDEN),
    "CL too great for a number": (POST + f"Content-Length: {2**64 + len(HIDDEN)}\r\n\r\n", HIDDEN),
    "CL under a name with an underscore": (POST + f"Content_Length: 0\r\nContent-Length: {len(HIDDEN)}\r\n\r\n", HIDDEN),
    "CL behind a bare LF": (POST.replace("Host: test\r\n", "Host: test\n") + f"Content-Length: {len(HIDDEN)}\r\n\r\n", HIDDEN),
    "CL behind a bare CR": (POST + f"X: a\rContent-Length: 0\r\nContent-Length: {len(HIDDEN)}\r\n\r\n", HIDDEN),
    "CL on a GET": (f"GET /healthz HTTP/1.1\r\nHost: test\r\nContent-Length: {len(HIDDEN)}\r\n\r\n", HIDDEN),
    "TE on a GET": ("GET /healthz HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n", chunk(HIDDEN) + END),
    "TE on a HEAD": ("HEAD /healthz HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n", chunk(HIDDEN) + END),
    **{f"a chunk of size {size!r}": (POST + "Transfer-Encoding: chunked\r\n\r\n", f"{size}\r\n" + HIDDEN + "\r\n" + END) for size in [
        "0x2e", "-2e", "+2e", "2e ", " 2e", "2e,", "FFFFFFFFFFFFFFFF", "1000000000000002e", "2g", "", "\t2e", "2e\x00"]},
    "a chunk that is longer than it says": (POST + "Transfer-Encoding: chunked\r\n\r\n", f"1\r\nxx\r\n0\r\n\r\n{HIDDEN}"),
    "a chunk that ends in LF alone": (POST + "Transfer-Encoding: chunked\r\n\r\n", f"{len(HIDDEN):x}\n{HIDDEN}\n0\n\n"),
}


@pytest.fixture(scope="module")
def listening(database_url):
    """A service that logs what it took for requests."""
    with Service(database_url, "--threads", "1", "--log-requests", "--body-timeout", "2", "--head-timeout", "2", "--idle-timeout", "2") as service:
        yield service.answers()


@pytest.mark.parametrize("sort", AMBIGUOUS)
def test_nothing_in_a_request_is_taken_for_another_one(listening, sort):
    """Where libmicrohttpd answers by itself it sends a head twice, and closes."""
    head, rest = AMBIGUOUS[sort]
    with listening.wire() as wire:
        with contextlib.suppress(ConnectionError):
            wire.send(head, rest)
        got = wire.rest(within=8)
    assert not [event for event in listening.events() if event.get("target") == "/v1/units/hidden"], got
    assert all(status[:1] == b"4" for status in re.findall(rb"HTTP/1\.1 (\d+) ", got)), got


@pytest.mark.parametrize("body", [
    chunk('{"text": "5 Millionen"}') + END, chunk('{"text": ') + chunk('"5 Millionen"}') + END, chunk('{"text": "5 Millionen"}', "0017;a=b") + END,
    chunk('{"text": "5 Millionen"}', '17;a="b;c"') + END, chunk('{"text": "5 Millionen"}') + "0\r\nContent-Length: 9\r\nTransfer-Encoding: x\r\n\r\n"],
    ids=["one chunk", "two chunks", "an extension", "a quoted extension", "trailers"])
def test_chunks_in_good_form_are_one_body_and_the_next_request_is_the_next(listening, body):
    """RFC 9112, section 7.1: extensions are ignored, and trailers frame nothing."""
    with listening.wire() as wire:
        wire.send(POST + "Transfer-Encoding: chunked\r\n\r\n", body)
        assert wire.answer().status == 200
        wire.get("/healthz")
        assert json.loads(wire.answer().body) == {"status": "ok"}


@pytest.mark.parametrize("extension", [";" + "x" * 100_000, ";a=b" * 20_000])
def test_extensions_of_chunks_have_a_bound(listening, extension):
    with listening.wire() as wire:
        with contextlib.suppress(ConnectionError):
            wire.send(POST + "Transfer-Encoding: chunked\r\n\r\n17", extension)
        assert b"HTTP/1.1 2" not in wire.rest(within=8)


def test_trailers_have_a_bound(listening):
    with listening.wire() as wire:
        with contextlib.suppress(ConnectionError):
            wire.send(POST + "Transfer-Encoding: chunked\r\n\r\n0\r\n", "X: y\r\n" * 20_000)
        assert b"HTTP/1.1 2" not in wire.rest(within=8)


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"])
def test_no_field_overrides_the_method(listening, name):
    with listening.wire() as wire:
        wire.get("/v1/units/USD", f"{name}: DELETE")
        assert wire.answer().status == 200
        wire.get(f"/v1/units/USD?{name.replace('-', '_')}=DELETE")
        assert wire.answer().status == 400


# Caches made to lie -------------------------------------------------------------------------------

UNKEYED = {
    "Host": EVIL, "X-Forwarded-Host": EVIL, "X-Host": EVIL, "X-Forwarded-Server": EVIL, "Forwarded": f"host={EVIL};proto=http;for={EVIL}", "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Scheme": "nothttps", "X-Forwarded-Port": "1337", "X-Forwarded-Prefix": f"//{EVIL}/", "X-Original-URL": "/v1/units/EUR", "X-Rewrite-URL": "/v1/units/EUR",
    "X-Original-Host": EVIL, "X-HTTP-Method-Override": "POST", "X-Forwarded-For": "1.2.3.4", "Referer": f"https://{EVIL}/", "User-Agent": f"<script>{EVIL}", "Cookie": f"lang={EVIL}",
    "Accept-Language": "xx", "Accept-Charset": "utf-7", "Origin": f"https://{EVIL}", "Range": "bytes=0-1", "Max-Forwards": "0", "Pragma": "no-cache", "X-Request-Id": "poison", "Via": EVIL,
}
POISONED = ["/v1/units/USD?fields=id,name", "/v1/claims?limit=2", "/", "/docs", "/v1/comparisons/what-training-r1-cost", "/openapi.yaml", "/v1/units?format=jsonld"]
PAGES = {"/"}  # that leave parameters out which they do not know
OWN = {"Date", "X-Request-Id", "Server-Timing", "X-Cache", "Connection", "Server", "Last-Modified"}


def told(got):
    return got.status_code, {name: value for name, value in got.headers.items() if name not in OWN}, got.content


@pytest.fixture(scope="module")
def plain(database_url):
    with Service(database_url, "--threads", "1", "--max-age", "60") as service:
        yield service.answers()


@pytest.fixture(scope="module")
def front(database_url):
    with cached(database_url, "--max-age", "60") as cache:
        yield cache


@pytest.mark.parametrize("name", [name for name in UNKEYED if name != "Range"])  # nginx itself cuts what it keeps
def test_no_field_that_caches_do_not_look_at_changes_an_answer(front, name):
    """Asked by the attacker first, and then by everybody else, who gets what is right."""
    for target in POISONED:
        own = f"{target}{'&' if '?' in target else '?'}v={list(UNKEYED).index(name)}" if target in PAGES else target
        hostile = front.get(own, **{name.replace("-", "_"): UNKEYED[name]}, Accept="*/*")
        assert told(front.get(own, Accept="*/*")) == told(hostile)
        assert EVIL.encode() not in hostile.content and EVIL not in str(hostile.headers)


@pytest.mark.parametrize("name", UNKEYED)
def test_no_field_that_memory_does_not_look_at_changes_an_answer(plain, contract, name):
    """The same of what the service keeps itself: by its head and by its key."""
    api = Api(plain, contract)
    for target in POISONED:
        hostile = told(api.request("GET", target, headers={name: UNKEYED[name]}))
        assert [told(api.request("GET", target)) for _ in range(3)] == [hostile] * 3
        assert EVIL.encode() not in hostile[2] and EVIL not in str(hostile[1])


def test_two_clients_never_get_each_other_s_form(front):
    forms = ["application/json", "text/csv", "application/ld+json", "application/x-ndjson", "text/html;q=0.1, application/json"]
    codings = ["identity", "gzip", "br"]
    for _ in range(2):
        for accept, coding, prefer in itertools.product(forms, codings, ["", "count=exact"]):
            got = front.get("/v1/units?limit=9", Accept=accept, Accept_Encoding=coding, Prefer=prefer)
            assert got.headers["Content-Type"].partition(";")[0] == accept.rpartition(" ")[2]
            assert got.headers.get("Content-Encoding", "identity") == coding or len(got.content) < 600
            if "json" in accept and "ld" not in accept and "nd" not in accept:
                assert ("total" in got.json()) == bool(prefer)


def test_what_takes_a_token_is_in_no_cache_that_others_share(fresh_database):
    url = fresh_database()
    readers = [create_token(url, name, "read") for name in ("a", "b")]
    with cached(url, "--max-age", "60", "--read", "token") as cache:
        for reader in readers * 2:
            got = cache.get("/v1/units?limit=3", Authorization=f"Bearer {reader}")
            assert got.status_code == 200 and got.headers["X-Cache"] == "MISS"
            assert "private" in got.headers["Cache-Control"] and "Authorization" in got.headers["Vary"]
        for wrong in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"Basic {readers[0]}"}, {"Authorization": "Bearer"}):
            assert cache.get("/v1/units?limit=3", **wrong).status_code == 401
        claimd("token", "revoke", "--name", "a", DATABASE_URL=url)
        time.sleep(1.2)  # as long as a token is known
        assert cache.get("/v1/units?limit=3", Authorization=f"Bearer {readers[0]}").status_code == 401


@pytest.mark.parametrize("target", ["/v1/units/USD/x.css", "/v1/units/USD;x.css", "/v1/units/USD%2fx.css", "/v1/units/USD%00.css", "/v1/units/USD.css", "/v1/units/x/..%2fUSD", "/v1/units/USD%23x.css",
                                    "/v1//units/USD", "/V1/units/USD", "/v1/units/USD/", "/v1/units/%2e%2e/units/USD", "/v1/./units/USD", "/v1/units/USD%3f", "//v1/units/USD"])
def test_no_other_path_leads_to_a_thing(listening, target):
    """What a cache or a proxy would take for another thing than the service does is nothing here."""
    with listening.wire() as wire:
        wire.get(target)
        assert wire.answer().status in (400, 404)


TARGETS_THAT_DIFFER = [
    ("/v1/claims?limit=1&q=a%26limit%3D2", "/v1/claims?limit=1&q=a"), ("/v1/claims?limit=1&q=a%00", "/v1/claims?limit=1&q=a"), ("/v1/claims?limit=1&q=a%23b", "/v1/claims?limit=1&q=a"),
    ("/v1/claims?limit=1&q=a%0Ab", "/v1/claims?limit=1&q=a"), ("/v1/claims?limit=1&q=%252541", "/v1/claims?limit=1&q=%2541"), ("/v1/claims?limit=1&limit=2", "/v1/claims?limit=1"),
    ("/v1/claims?limit=1;limit=2", "/v1/claims?limit=1"), ("/v1/claims?limit=1&LIMIT=2", "/v1/claims?limit=1"), ("/v1/claims?limit=1%26limit=2", "/v1/claims?limit=1")]


@pytest.mark.parametrize("hostile, honest", TARGETS_THAT_DIFFER)
def test_targets_that_differ_are_not_taken_for_each_other(plain, contract, hostile, honest):
    api = Api(plain, contract)
    right = told(Api(plain, contract).request("GET", honest + "&fields=id,statement"))
    for _ in range(2):
        api.request("GET", hostile + "&fields=id,statement")
        assert told(api.request("GET", honest + "&fields=id,statement")) == right


def test_targets_that_are_the_same_in_another_spelling_have_the_same_answer(plain, contract):
    api = Api(plain, contract)
    same = ["/v1/claims?kind=numeric&limit=2", "/v1/claims?limit=2&kind=numeric", "/v1/claims?%6bind=numeric&limit=2", "/v1/claims?kind=%6eumeric&limit=2", "/v1/claims?&&limit=2&kind=numeric&"]
    answers = [api.answer(target) for target in same]
    assert all(answer == answers[0] for answer in answers)


# Pages of others ----------------------------------------------------------------------------------

LISTED = "https://desk.example"
TRICKY = ["null", "https://desk.example.evil.example", "https://evil.example/https://desk.example", "https://xdesk.example", "https://desk.example:8443", "http://desk.example", "https://desk.exampl",
          "https://desk.example.", "https://DESK.example", "https://desk.example, https://evil.example", "https://desk.example%60.evil.example", "https://user@desk.example", "file://", "*", "https://*"]


@pytest.fixture(scope="module")
def guarded(database_url):
    with Service(database_url, "--cors-origins", LISTED) as service:
        yield service.answers()


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("origin", TRICKY)
def test_a_page_that_looks_like_a_listed_one_reads_nothing(guarded, origin, method):
    for target in ("/v1/claims?limit=1", "/nowhere", "/v1/claims?limit=0"):
        with guarded.wire() as wire:
            wire.get(target, f"Origin: {origin}", "Access-Control-Request-Method: DELETE", "Cookie: a=b", method=method)
            answer = wire.answer(method)
        assert "Access-Control-Allow-Origin" not in answer.headers and "Origin" in answer.headers["Vary"]
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("origin", [LISTED, "null", f"https://{EVIL}"])
def test_nobody_s_credentials_are_ever_sent_along(guarded, plain, origin):
    """With a star, or with a name: a page has what an anonymous client has, and the token that it was given itself."""
    for service in (guarded, plain):
        for method in ("GET", "OPTIONS"):
            with service.wire() as wire:
                wire.get("/v1/claims?limit=1", f"Origin: {origin}", "Access-Control-Request-Headers: authorization", method=method)
                answer = wire.answer(method)
            assert "Access-Control-Allow-Credentials" not in answer.headers and "Set-Cookie" not in answer.headers


# Work that grows faster than what is sent ---------------------------------------------------------


@pytest.fixture(scope="module")
def roomy(fresh_database, contract):
    url = fresh_database()
    with Service(url, "--body-bytes", "20000000", "--threads", "1") as service:
        yield Api(service.answers(), contract), create_token(url, "attacker")


def seconds(ask):
    began = time.monotonic()
    ask()
    return time.monotonic() - began


def spent(roomy, ask):
    """The seconds of a processor that the service takes, however busy the machine is."""
    def now():
        fields = pathlib.Path(f"/proc/{roomy[0].service.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    before = now()
    ask()
    return now() - before


def send(roomy, method, target, body, status):
    api, token = roomy
    got = api.request(method, target, data=body, headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    assert got.status_code in status, got.text[:300]
    return got


def test_time_for_members_grows_as_their_number(roomy):
    """Ten times as many do not take a hundred times as long; tests/unit/flood.c has members chosen to fall together."""
    def of(count):
        body = json.dumps({f"k{number}": 0 for number in range(count)})
        return min(spent(roomy, lambda: send(roomy, "POST", "/v1/subjects", body, {400, 422})) for _ in range(3))
    few, many = of(20_000), of(200_000)
    assert many < 30 * (few + 0.02), (few, many)


NESTED = {"arrays": "[" * 100_000, "closed arrays": "[" * 100_000 + "]" * 100_000, "objects": '{"a":' * 100_000, "in a member": '{"name":' + "[" * 100_000 + "]" * 100_000 + "}",
          "a patch": '{"claims":' * 50_000 + "null" + "}" * 50_000, "strings": '"' * 100_000, "escapes": '{"name": "' + "\\u0041" * 100_000 + '"}', "digits": '{"name": ' + "9" * 500_000 + "}",
          "exponent": '{"name": 1e' + "9" * 1000 + "}", "surrogates": '{"name": "' + "\\ud800" * 50_000 + '"}'}


@pytest.mark.parametrize("kind", NESTED)
def test_monster_of_a_body_is_refused_soon(roomy, kind):
    for method, target in (("POST", "/v1/subjects"), ("POST", "/v1/figures/parse")):
        assert spent(roomy, lambda: send(roomy, method, target, NESTED[kind], {400, 422})) < PATIENCE


PATTERNED = ["a" * 500_000 + "!", "a-" * 250_000 + "!", "-" * 500_000, "a" * 500_000, "P" + "1D" * 100_000 + "!", "2025-01-01/" * 20_000, "a-b-" * 100_000 + "\n", "\u00e9" * 200_000, " " * 500_000 + "x"]


@pytest.mark.parametrize("text", PATTERNED, ids=range(len(PATTERNED)))
def test_patterns_of_the_contract_take_no_long_time_over_any_text(roomy, text):
    """Patterns come from the contract alone; what is held against them may be as long as a body."""
    claim = {name: text for name in ("id", "statement", "language", "period", "subject", "quantity", "scope", "source", "claimant", "published_at", "unit")}
    for target in ("/v1/claims", "/v1/subjects", "/v1/sources", "/v1/units"):
        assert spent(roomy, lambda: send(roomy, "POST", target, json.dumps(claim), {400, 422})) < PATIENCE


@pytest.mark.parametrize("text", ["9" * 100_000, "9," * 50_000, "1 Million " * 20_000, "400-mal " * 20_000, "(" * 200_000, "zwanzig" * 20_000, "a" * 500_000])
def test_no_phrase_takes_long_to_read(roomy, text):
    assert spent(roomy, lambda: send(roomy, "POST", "/v1/figures/parse", json.dumps({"text": text}), {200, 400, 422})) < PATIENCE


@pytest.mark.parametrize("terms", ["|".join(f"w{n}" for n in range(300)), " or ".join(f"w{n}" for n in range(125)), " ".join(f"-w{n} w{n}" for n in range(80)), '"' + "a " * 490 + '"', "\u4e2d " * 160],
                         ids=["bars", "or", "negations", "phrase", "ideographs"])
def test_search_of_many_terms_is_answered_soon(plain, contract, terms):
    api = Api(plain, contract)
    for path in ("/v1/claims", "/v1/sources", "/v1/propositions"):
        assert seconds(lambda: api.get(path, q=terms[:1000], limit=5)) < PATIENCE


def test_packed_bomb_is_refused_before_it_is_read(roomy):
    """A megabyte of it would become a gigabyte."""
    api, token = roomy
    with api.service.wire() as wire:
        wire.get("/v1/import", f"Authorization: Bearer {token}", "Content-Type: application/x-ndjson", "Content-Encoding: gzip", "Content-Length: 1000000", "Expect: 100-continue", method="POST")
        assert wire.answer().status == 415


@pytest.mark.parametrize("where", ["?q=%0d%0aX-Injected:1", "?cursor=%0d%0aX-Injected:1", "?%0d%0aX-Injected:1", "/%0d%0aX-Injected:1", "?fields=id%0d%0aX-Injected:1", "?sort=%0d%0aX-Injected:1"])
def test_nothing_of_a_target_splits_an_answer(front, where):
    for suffix in ("", quote("\r\n\r\n<html>")):
        got = front.get("/v1/claims" + where + suffix)
        assert "X-Injected" not in got.headers and all("\n" not in value and "\r" not in value for value in got.headers.values())
