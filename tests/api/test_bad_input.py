"""Bad input: each gets its own clear problem, and the service lives on"""
import base64
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from contract import READ
from service import Service
from wire import Wire, seconds_until_closed

PATHS = READ
ID_FILTERS = ["subject", "quantity", "source", "claimant", "proposition"]
VOCABULARIES = ["subjects", "quantities", "agents", "units", "scopes"]
LONGEST_ID, TOO_LONG_ID = pytest.param("x" * 120, id="longest"), pytest.param("x" * 121, id="too-long")
LISTS = ["/v1/claims", "/v1/sources", "/v1/comparisons", *(f"/v1/{name}" for name in VOCABULARIES)]


@pytest.fixture(autouse=True)
def lives_on(service):
    """Whatever a test sends, the service answers the next client."""
    yield
    assert service.status("/v1/claims?limit=1") == 200
    assert service.process.poll() is None


@pytest.fixture
def wire(service):
    with service.wire() as wire:
        yield wire


@pytest.fixture
def judged(contract):
    """Holds an answer from the wire against the contract, and its problem against the type expected."""
    def check(answer, slug, status=400, method="GET", target="/v1/claims"):
        value = contract.check(method, target, answer.status, answer.headers, answer.body)
        assert (answer.status, value["type"]) == (status, f"/problems/{slug}"), value
        return value
    return check


# Paths and ids ----------------------------------------------------------------------------------


@pytest.mark.parametrize("target", [
    "/v1", "/v1/", "/v2/claims", "/v1/claim", "/v1/claims/", "/V1/claims", "/v1/CLAIMS", "/v1//claims", "//v1/claims",
    "/v1/claims//", "/v1/claims/x/y", "/v1/sources/x/claims/", "/v1/sources//claims", "/v1/compare/x", "/healthz/", "/readyz/x",
    "/openapi", "/openapi.json/", "/favicon.ico", "/v1/claims%2Fx", "/v1%2Fclaims", "/v1/claims;x=1", "/v1/../etc/passwd",
    "/v1/claims/..", "/v1/claims/{id}"])
def test_unknown_path(wire, judged, target):
    wire.get(target)
    judged(wire.answer(), "not-found", 404, target="/no-such-path")


@pytest.mark.parametrize("path", [path for path in PATHS if "{id}" in path])
@pytest.mark.parametrize("id", [
    "no-such-id", LONGEST_ID, TOO_LONG_ID, "UPPER", "-x", "x--y", "x_y", "%C3%A9", "%E2%82%AC", "a%20b", "a%2Fb", "'%20OR%201=1--",
    "%22", "%5C", "$1"])
def test_unknown_id(api, path, id):
    api.problem(path.replace("{id}", id), "not-found", 404)


def test_path_may_be_escaped(api):
    assert api.answer("/v1/%63laims?limit=1") == api.answer("/v1/claims?limit=1")


# Methods ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", PATHS)
def test_other_method(api, contract, targets, path, method):
    """Whoever asks, what is written takes a token before anything else."""
    if method.lower() in contract.paths[path]:
        api.problem(targets[path], "unauthorized", 401, method=method)
    else:
        api.problem(targets[path], "method-not-allowed", 405, method=method)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("size", [1, 100_000])
def test_other_method_with_a_body(api, method, size):
    api.problem("/v1/claims", "method-not-allowed", 405, method=method, data=b"x" * size)


def test_methods_are_upper_case(wire, judged):
    wire.get("/v1/claims", method="get")
    judged(wire.answer(), "method-not-allowed", 405, method="get")


def test_other_method_on_an_unknown_path(api):
    api.problem("/no-such-path", "not-found", 404, method="POST")


def test_head_of_a_failure(api):
    for target, status in [("/v1/claims/no-such-claim", 404), ("/v1/claims?limit=0", 400), ("/nowhere", 404)]:
        assert api.answer(target, status, method="HEAD") is None


# Parameters -------------------------------------------------------------------------------------


def and_(target, query):
    return target + ("&" if "?" in target else "?") + query


@pytest.mark.parametrize("query, name", [
    ("colour=red", "colour"), ("Limit=1", "Limit"), ("limit%20=1", "limit "), ("=1", ""), ("limits=1", "limits")])
@pytest.mark.parametrize("path", PATHS)
def test_unknown_parameter(api, targets, path, query, name):
    api.problem(and_(targets[path], query), "unknown-parameter", parameters=[name])


def good_value(name, schema, contract):
    words = contract.words(schema)
    if name == "sort":
        return re.search(r"\((\w+)", schema["items"]["pattern"])[1]
    return words[0] if words else {"language": "de", "fields": "id", "as_of": "2025-01-01", "since": "0"}.get(
        name, "1" if schema.get("type") == "integer" else "x")


def test_repeated_parameter(contract, api, targets):
    checked = 0
    for path in PATHS:
        for name, schema in contract.parameters(path).items():
            if name != "cursor" and not contract.repeats(path, name):
                once = f"{name}={good_value(name, schema, contract)}"
                api.problem(f"{targets[path].split('?')[0]}?{once}&{once}", "repeated-parameter", parameters=[name])
                checked += 1
    assert checked > 100


@pytest.mark.parametrize("limit", [
    "0", "-1", "9999", "201", "abc", "", "1.5", "1e2", "+1", "%201", "1%20", "0x10", "99999999999999999999", "١", "1,2"])
@pytest.mark.parametrize("path", LISTS)
def test_bad_limit(api, path, limit):
    api.problem(f"{path}?limit={limit}", "invalid-parameter", parameters=["limit"])


@pytest.mark.parametrize("limit", ["1", "200", "007"])
def test_good_limit(api, limit):
    assert len(api.answer(f"/v1/claims?limit={limit}")["items"]) == int(limit)


def test_bad_word(contract, api, targets):
    """Every parameter that takes words refuses others, and says which it takes."""
    checked = 0
    for path in PATHS:
        for name, schema in contract.parameters(path).items():
            words = contract.words(schema)
            for wrong in ["wrong", f"{words[0]},wrong", words[0] + "%20", words[0] + ";", "null"] if words else []:
                problem = api.problem(f"{targets[path].split('?')[0]}?{name}={wrong}", "invalid-parameter", parameters=[name])
                assert all(word in problem["errors"][0]["detail"] for word in words)
                checked += 1
    assert checked > 40


@pytest.mark.parametrize("value", ["", ",", "a,", ",a", "a,,b"])
@pytest.mark.parametrize("name", [*ID_FILTERS, "stance", "hedge", "kind", "language"])
def test_empty_element_of_a_list(api, name, value):
    words = {"stance": ["asserts", "reports"], "hedge": ["none", "rumour"], "kind": ["numeric", "multiple"], "language": ["de", "it"]}
    good = dict(zip("ab", words.get(name, "ab")))
    elements = ",".join(good.get(element, "") for element in value.split(","))
    api.problem(f"/v1/claims?{name}={elements}", "invalid-parameter", parameters=[name])


@pytest.mark.parametrize("value", [
    "a%20b", "UPPER", "a_b", "-a", "a-", "a--b", TOO_LONG_ID, "%C3%A9", "a%22b", "a%5Cb", "%7B%7D", "a%27b", "a%2Fb"])
@pytest.mark.parametrize("name", ID_FILTERS)
def test_what_is_no_id_in_a_filter(api, name, value):
    api.problem(f"/v1/claims?{name}={value}", "invalid-parameter", parameters=[name])
    api.problem(f"/v1/claims?{name}=a,{value}", "invalid-parameter", parameters=[name])


@pytest.mark.parametrize("value", ["d", "d%20e", "%C3%A9", "de_DE", pytest.param("x" * 36, id="too-long"), "-", "de-", "*"])
def test_what_is_no_language(api, value):
    api.problem(f"/v1/claims?language={value}", "invalid-parameter", parameters=["language"])


@pytest.mark.parametrize("name", ["subject", "language"])
def test_a_list_of_too_many(api, name):
    api.problem(f"/v1/claims?{name}={','.join(['de'] * 201)}", "invalid-parameter", parameters=[name])


@pytest.mark.parametrize("path, name", [
    ("/v1/comparisons/what-training-r1-cost", "baseline"), ("/v1/compare", "claims"), ("/v1/compare", "subject"),
    ("/v1/compare", "baseline")])
@pytest.mark.parametrize("value", ["", "A", "a%20b", TOO_LONG_ID])
def test_what_is_no_id_in_a_comparison(api, path, name, value):
    api.problem(f"{path}?{name}={value}", "invalid-parameter", parameters=[name])


def test_all_that_is_wrong_is_said_at_once(api):
    api.problem("/v1/claims?limit=0&stance=shouts&colour=red&hedge=none&hedge=none", "invalid-parameter",
                parameters=["limit", "stance", "colour", "hedge"])
    api.problem("/v1/claims?colour=red&limit=0", "unknown-parameter", parameters=["colour", "limit"])
    api.problem("/v1/claims?limit=1&limit=0&stance=shouts", "repeated-parameter", parameters=["limit", "stance"])


def test_very_many_wrong_parameters(api):
    query = "&".join(f"p{number}=1" for number in range(300))
    problem = api.answer(f"/v1/claims?{query}", 400)
    assert problem["type"] == "/problems/unknown-parameter" and problem["errors"][0]["parameter"] == "p0"


def test_very_long_unknown_parameter(api):
    problem = api.answer(f"/v1/claims?{'€' * 300}=1", 400)
    assert problem["type"] == "/problems/unknown-parameter"


@pytest.mark.parametrize("query", ["", "&", "&&limit=1", "limit=1&", "&limit=1&&"])
def test_empty_pairs_say_nothing(api, query):
    assert api.answer("/v1/claims?" + query)["items"]


def test_plus_is_a_space(api):
    api.problem("/v1/claims?stance=as+serts", "invalid-parameter", parameters=["stance"])


def test_commas_may_be_escaped(api):
    assert api.answer("/v1/claims?kind=numeric%2Cmultiple") == {**api.answer("/v1/claims?kind=numeric,multiple")}


# Cursors ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cursor(api):
    def of(target):
        return api.answer(target)["next"].split("cursor=")[1]
    return of


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("garbage", [
    "", "x", "AAAA", "!!!!", "%F0%9F%98%80", pytest.param("x" * 1000, id="long"), "..", "null", "0"])
def test_garbage_for_a_cursor(api, path, garbage):
    api.problem(f"{path}?cursor={garbage}", "invalid-cursor", parameters=["cursor"])


@pytest.mark.parametrize("path", [
    "/v1/sources", "/v1/comparisons", "/v1/subjects", "/v1/agents", "/v1/units", "/v1/claims?kind=numeric",
    "/v1/claims?stance=asserts", "/v1/claims?language=de", "/v1/sources/market-shockwave/claims"])
def test_cursor_of_another_list(api, cursor, path):
    api.problem(and_(path, "cursor=" + cursor("/v1/claims?limit=1")), "invalid-cursor", parameters=["cursor"])


def test_cursor_of_other_filters(api, cursor):
    filtered = cursor("/v1/claims?kind=numeric&limit=1")
    for query in ["", "kind=multiple&", "kind=numeric,multiple&", "kind=numeric&stance=asserts&"]:
        api.problem(f"/v1/claims?{query}cursor={filtered}", "invalid-cursor", parameters=["cursor"])


def test_cursor_of_the_claims_of_another_source(api, cursor):
    foreign = cursor("/v1/sources/market-shockwave/claims?limit=1")
    api.problem(f"/v1/sources/markets-misled-de/claims?cursor={foreign}", "invalid-cursor", parameters=["cursor"])


def test_cursor_that_was_changed(api, cursor):
    whole = cursor("/v1/claims?limit=1")
    for place, letter in enumerate(whole):
        changed = whole[:place] + ("B" if letter == "A" else "A") + whole[place + 1:]
        api.problem(f"/v1/claims?limit=1&cursor={changed}", "invalid-cursor", parameters=["cursor"])
    for other in (whole[:-1], whole[1:], whole[:len(whole) // 2], whole + "A", "A" + whole, whole + whole, whole[:-22], whole[-22:], whole + whole[-22:]):
        api.problem(f"/v1/claims?limit=1&cursor={other}", "invalid-cursor", parameters=["cursor"])


def test_cursor_of_another_format_version(api, cursor):
    """Its first byte is the version; the former ones had no seal."""
    whole = cursor("/v1/claims?limit=1")
    text = whole[:-22]
    plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    for version in b"012x\0":
        other = base64.urlsafe_b64encode(bytes([version]) + plain[1:]).decode().rstrip("=")
        for seal in ("", whole[-22:]):
            problem = api.problem(f"/v1/claims?limit=1&cursor={other}{seal}", "invalid-cursor", parameters=["cursor"])
            assert ("version" in problem["detail"]) == (version in b"12")


def test_cursor_twice(api, cursor):
    once = cursor("/v1/claims?limit=1")
    api.problem(f"/v1/claims?cursor={once}&cursor={once}", "repeated-parameter", parameters=["cursor"])


# Encoding ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("broken", [
    "%", "%4", "%zz", "%4g", "%%41", "a%", "%u0041", "%00", "a%00b", "%C3", "%C3%28", "%A0", "%C0%AF", "%E0%80%AF", "%ED%A0%80",
    "%F4%90%80%80", "%F8%88%80%80%80", "%FF", "%FE", "%E2%82"])
@pytest.mark.parametrize("place", ["/v1/claims/{}", "/{}", "/v1/claims?subject={}", "/v1/claims?{}=1", "/healthz?{}"])
def test_broken_encoding(wire, judged, place, broken):
    wire.get(place.format(broken))
    judged(wire.answer(), "malformed-request", target="/no-such-path")


@pytest.mark.parametrize("raw", [b"\x80", b"\xff", b"\xc3\x28", b"\xed\xa0\x80"])
def test_raw_bytes_that_are_not_utf8(wire, judged, raw):
    wire.send("GET /v1/claims?subject=", raw, " HTTP/1.1\r\nHost: test\r\n\r\n")
    judged(wire.answer(), "malformed-request")


@pytest.mark.parametrize("control", ["%01", "%09", "%0A", "%0D", "%1B", "%7F"])
def test_control_characters(api, control):
    answer = api.answer(f"/v1/claims?subject=a{control}b", 400)
    assert answer["type"] in ("/problems/malformed-request", "/problems/invalid-parameter")


# Sizes ------------------------------------------------------------------------------------------


def long_target(size):
    return "/v1/claims?source=" + "x" * (size - len("/v1/claims?source="))


def test_uri_at_its_limit(wire, judged):
    wire.get(long_target(4096))
    judged(wire.answer(), "invalid-parameter")


def test_a_cursor_does_not_count_until_it_is_longer_than_any_is(wire, judged):
    wire.get(long_target(4096 - len("&cursor=")) + "&cursor=" + "x" * (1024 - len("cursor=")))
    judged(wire.answer(), "invalid-parameter")
    wire.get("/v1/claims?cursor=" + "x" * 1024)
    judged(wire.answer(), "uri-too-long", 414)


def test_the_page_behind_the_longest_target_can_be_asked_for(api):
    known, target, found = api.ids("/v1/claims"), "/v1/claims?limit=20&id=", []
    longest = next(count for count in range(len(known)) if len(target + ",".join(known[:count + 1])) > 4096)
    link = target + ",".join(known[:longest])
    while link:
        page = api.answer(link)
        found += page["items"]
        link = page["next"]
    assert longest > 60 and [claim["id"] for claim in found] == sorted(known[:longest])


@pytest.mark.parametrize("target", [long_target(4097), long_target(6000), "/" + "x" * 4096, "/?" + "%41" * 1500],
                         ids=["by one", "by far", "path", "escapes"])
def test_uri_too_long(wire, judged, target):
    wire.get(target)
    judged(wire.answer(), "uri-too-long", 414)


def many_fields(count):
    return [f"X-{number}: {'x' * 50}" for number in range(count)]


HEAD_MOST = 7168 - 1536  # what is left of a client's memory beside the head of an answer


@pytest.mark.parametrize("fields", [["X-Long: " + "x" * 5000], many_fields(40), ["Cookie: " + "x" * 2400]],
                         ids=["one", "many", "cookie"])
def test_headers_within_their_limit(wire, fields):
    wire.get("/healthz", *fields)
    assert wire.answer().status == 200


@pytest.mark.parametrize("fields", [["X-Long: " + "x" * 5700], ["X-" + "y" * 5700 + ": x"], many_fields(48)],
                         ids=["value", "name", "many"])
def test_headers_too_large(wire, judged, fields):
    wire.get("/healthz", *fields)
    judged(wire.answer(), "headers-too-large", 431, target="/healthz")


@pytest.mark.parametrize("more, status", [(0, 200), (1, 431)])
@pytest.mark.parametrize("target", ["/healthz", "/healthz?" + "&" * 4000])
def test_a_head_at_its_limit(wire, target, more, status):
    """Counted are the target, the header fields' lines with their ends, and 64 bytes for each of them."""
    wire.get(target, "X: " + "x" * (HEAD_MOST + more - len(target) - len("Host: test\r\nX: \r\n") - 2 * 64))
    assert wire.answer().status == status


@pytest.mark.parametrize("size", [*range(5600, 6900, 100), *range(7000, 7600, 100)])
def test_no_head_is_left_without_an_answer(service, size):
    """But for one that takes the memory to its last hundred bytes, where not even a status fits: the HTTP library closes."""
    with service.wire() as wire:
        wire.get("/healthz", "X: " + "x" * size)
        assert wire.answer().status == 431


def test_an_answer_that_does_not_fit_beside_its_request_says_so(service, judged):
    """The link to the next page is as long as the target, and in CSV nothing else tells it."""
    target = "/v1/claims?format=csv&limit=1&id=not." + ",".join(f"no-claim-{number}" for number in range(190))
    with service.wire() as wire:
        wire.get(target, "X: " + "x" * 2500)
        judged(wire.answer(), "headers-too-large", 431)
        wire.get(target)
        assert 'rel="next"' in wire.answer().headers["Link"]


@pytest.mark.parametrize("fields", [["X-Long: " + "x" * 20_000], many_fields(150), ["Cookie: a=" + "x" * 15_000]],
                         ids=["one", "many", "cookie"])
def test_more_memory_takes_longer_heads(database_url, fields):
    with Service(database_url, "--head-bytes", "40000") as roomy, roomy.answers().wire() as wire:
        wire.get("/healthz", *fields)
        assert wire.answer().status == 200


@pytest.mark.parametrize("head, statuses", [
    ("GET /" + "x" * 200_000 + " HTTP/1.1\r\nHost: test\r\n\r\n", {414}),
    ("GET / HTTP/1.1\r\nHost: test\r\nX: " + "x" * 200_000 + "\r\n\r\n", {431}),
    ("GET / HTTP/1.1\r\nHost: test\r\n" + "X: y\r\n" * 50_000 + "\r\n", {431}),
    ("GET / HTTP/1.1\r\nHost: test\r\n" + "x" * 200_000, {431, 400}),
    ("x" * 200_000, {400, 414}),
], ids=["uri", "field", "fields", "name", "line"])
def test_far_too_large(service, head, statuses):
    """Here the HTTP library answers by itself, or just closes."""
    with service.wire() as wire:
        try:
            wire.send(head)
            assert wire.answer().status in statuses
        except (EOFError, ConnectionError):
            pass
        wire.rest()


# Bodies -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_body_on_get(api, targets, path):
    api.problem(targets[path], "unexpected-body", data=b"{}")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("fields, body", [
    (["Content-Length: 5"], "hello"),
    (["Content-Length: 100000"], "x" * 100_000),
    (["Transfer-Encoding: chunked"], "5\r\nhello\r\n0\r\n\r\n"),
    (["Transfer-Encoding: chunked"], "0\r\n\r\n"),
], ids=["length", "large", "chunks", "no chunks"])
def test_any_body_on_get(wire, judged, contract, method, fields, body):
    wire.get("/v1/claims?limit=1", *fields, method=method)
    try:
        wire.send(body)
    except ConnectionError:
        pass
    answer = wire.answer(method)
    assert answer.status == 400
    contract.check(method, "/v1/claims", answer.status, answer.headers, answer.body)
    if method == "GET":
        judged(answer, "unexpected-body")


def test_no_body_said_in_full(wire):
    wire.get("/healthz", "Content-Length: 0")
    assert wire.answer().status == 200


@pytest.mark.parametrize("method, status, slug", [("GET", 400, "unexpected-body"), ("POST", 401, "unauthorized"),
                                                  ("PUT", 405, "method-not-allowed")])
def test_expecting_to_continue(wire, judged, method, status, slug):
    """Whether or not it is told to go on, such a client gets its answer."""
    wire.get("/v1/claims", "Expect: 100-continue", "Content-Length: 5", method=method)
    answer = wire.answer()
    if answer.status == 100:
        wire.send("hello")
        answer = wire.answer()
    judged(answer, slug, status, method)


def test_body_that_never_comes(wire, judged):
    wire.get("/v1/claims", "Content-Length: 5")
    wire.send("he")
    judged(wire.answer(), "unexpected-body")
    assert wire.rest() == b""


# Malformed HTTP, and requests that two servers could read as two ---------------------------------

GOOD = "GET /healthz HTTP/1.1\r\nHost: test\r\n"
SMUGGLING = {
    "length and chunks": GOOD + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": GOOD + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "two lengths": GOOD + "Content-Length: 0\r\nContent-Length: 5\r\n\r\n",
    "the same length twice": GOOD + "Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
    "a list of lengths": GOOD + "Content-Length: 0, 5\r\n\r\n",
    "negative length": GOOD + "Content-Length: -1\r\n\r\n",
    "signed length": GOOD + "Content-Length: +0\r\n\r\n",
    "length in words": GOOD + "Content-Length: five\r\n\r\n",
    "hexadecimal length": GOOD + "Content-Length: 0x0\r\n\r\n",
    "empty length": GOOD + "Content-Length:\r\n\r\n",
    "two transfer encodings": GOOD + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "unknown transfer encoding": GOOD + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "two hosts": GOOD + "Host: other\r\n\r\n",
    "the same host twice": GOOD + "Host: test\r\n\r\n",
    "no host": "GET /healthz HTTP/1.1\r\n\r\n",
    "NUL in a field": GOOD + "X: a\0b\r\n\r\n",
    "NUL in a field's name": GOOD + "X\0Y: a\r\n\r\n",
    "NUL in the target": "GET /healthz\0 HTTP/1.1\r\nHost: test\r\n\r\n",
    "bare LF after the request line": "GET /healthz HTTP/1.1\nHost: test\r\n\r\n",
    "bare LF after a field": "GET /healthz HTTP/1.1\r\nHost: test\nX: a\r\n\r\n",
    "bare LF alone": "GET /healthz HTTP/1.1\nHost: test\n\n",
    "bare CR in a field": GOOD + "X: a\rb\r\n\r\n",
    "space before the colon": GOOD + "Content-Length : 0\r\n\r\n",
    "space before the first field": "GET /healthz HTTP/1.1\r\n Host: test\r\n\r\n",
    "no colon": GOOD + "nonsense\r\n\r\n",
    "no name": GOOD + ": value\r\n\r\n",
    "space in a name": GOOD + "X Y: a\r\n\r\n",
    "space in the target": "GET /heal thz HTTP/1.1\r\nHost: test\r\n\r\n",
    "control character in a field": GOOD + "X: a\x01b\r\n\r\n",
}


UNUSUAL = {
    "no space after the colon": "Host:test\r\nX:y\r\n",
    "many spaces after the colon": "Host:    test\r\n",
    "a tab after the colon": "Host:\ttest\r\n",
    "spaces after a value": "Host: test   \r\nX: y \r\n",
    "a tab after a value": "Host: test\t\r\nX: y\r\n",
    "spaces and tabs within a value": "Host: test\r\nX: a  b\tc\r\n",
    "an empty value": "Host: test\r\nX:\r\nY:\r\n",
    "a blank value": "Host: test\r\nX:  \r\nY: z\r\n",
    "an empty host": "Host:\r\n",
    "host in another case": "hOST: test\r\n",
    "host not first": "X: y\r\nHost: test\r\n",
    "colons in a value": "Host: test:80\r\nX: a:b: c\r\n",
    "a field twice": "Host: test\r\nX: a\r\nX: b\r\n",
    "all that a name may hold": "Host: test\r\n!#$%&'*+-.^_`|~09azAZ: x\r\n",
    "bytes beyond ASCII in a value": "Host: test\r\nX: é\r\n",
    "a length of 0": "Host: test\r\nContent-Length: 0\r\n",
    "cookies": "Host: test\r\nCookie: a=b; c=d; e=\r\nCookie: f=g\r\n",
}


@pytest.mark.parametrize("sort", UNUSUAL)
def test_unusual_request(wire, sort):
    """What RFC 9112 allows is answered, and so is the request after it."""
    for _ in range(2):
        wire.send("GET /healthz HTTP/1.1\r\n", UNUSUAL[sort], "\r\n")
    assert [wire.answer().status for _ in range(2)] == [200, 200]


@pytest.mark.parametrize("sort", UNUSUAL)
def test_unusual_request_in_pieces(wire, sort):
    for byte in f"GET /healthz HTTP/1.1\r\n{UNUSUAL[sort]}\r\n".encode():
        wire.send(bytes([byte]))
    assert wire.answer().status == 200


def test_empty_lines_before_a_request(wire):
    """RFC 9112, 2.2: at least one is to be ignored."""
    wire.send("\r\n", GOOD, "\r\n")
    assert wire.answer().status == 200


@pytest.mark.parametrize("sort", SMUGGLING)
def test_ambiguous_request(wire, sort):
    """Refused, and the connection ends, so that nothing after it is taken for another request."""
    wire.send(SMUGGLING[sort], GOOD + "\r\n")
    assert wire.answer().status == 400
    assert b" 200 " not in wire.rest()


@pytest.mark.parametrize("sort", [
    "length and chunks", "two lengths", "the same length twice", "two hosts", "the same host twice", "no host", "NUL in a field"])
def test_ambiguous_request_is_a_problem_document(wire, judged, sort):
    wire.send(SMUGGLING[sort])
    judged(wire.answer(), "malformed-request", target="/healthz")


@pytest.mark.parametrize("line", [
    "nonsense", "GET", "GET /healthz", "GET /healthz HTTP/1.1 x", "GET /healthz FTP/1.1", "GET /healthz HTTP/9.9",
    "GET /healthz HTTP/2.0", "GET /healthz http/1.1", " GET /healthz HTTP/1.1", "\x16\x03\x01\x02\0\x01", "PRI * HTTP/2.0"])
def test_what_is_no_request_line(wire, line):
    """The HTTP library may answer by itself, or just close; 505 is for another version."""
    wire.send(line, "\r\nHost: test\r\n\r\n")
    try:
        answer = wire.answer()
    except (EOFError, ConnectionError):
        return
    assert answer.status in (400, 505)
    assert b" 200 " not in wire.rest()


@pytest.mark.parametrize("target, status", [("healthz", 400), ("*", 400), ("test:80", 400), ("http://", 400)])
def test_target_that_is_no_path(wire, target, status):
    wire.get(target)
    assert wire.answer().status in (status, 404)


# Connections ------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 127, 128, 129, 256])
def test_simultaneous_clients(service, count):
    wires = [service.wire() for _ in range(count)]
    for wire in wires:
        wire.get("/v1/claims?limit=1")
    answers = [wire.answer() for wire in wires]
    assert {(answer.status, answer.body) for answer in answers} == {(200, answers[0].body)}
    for wire in wires:
        wire.socket.close()


@pytest.mark.parametrize("count", [127, 128, 129, 256])
def test_one_request_among_idle_clients(service, count):
    wires = [service.wire() for _ in range(count)]
    for wire in wires[::37]:
        wire.get("/v1/claims?limit=1")
        assert wire.answer().status == 200
    for wire in wires:
        wire.socket.close()


def test_simultaneous_threads(api):
    def count(limit):
        return len(api.request("GET", f"/v1/claims?limit={limit}").json()["items"])
    with ThreadPoolExecutor(32) as pool:
        assert list(pool.map(count, range(1, 201))) == list(range(1, 201))


def test_many_requests_on_one_connection(wire):
    for _ in range(100):
        wire.get("/v1/claims?limit=1")
        assert wire.answer().status == 200


def test_pipelined_requests_are_answered_in_order(wire):
    for limit in range(1, 31):
        wire.get(f"/v1/claims?limit={limit}")
    assert [wire.answer().body.count(b'"locator"') for _ in range(30)] == list(range(1, 31))


def test_pipelined_failures_keep_the_connection(wire):
    for target in ("/nowhere", "/v1/claims?limit=0", "/v1/claims/no-such-claim", "/healthz"):
        wire.get(target)
    assert [wire.answer().status for _ in range(4)] == [404, 400, 404, 200]


def test_request_in_pieces(wire):
    for byte in b"GET /v1/claims?limit=1 HTTP/1.1\r\nHost: test\r\n\r\n":
        wire.send(bytes([byte]))
    assert wire.answer().status == 200


def test_http_1_0(wire):
    wire.send("GET /v1/claims?limit=1 HTTP/1.0\r\n\r\n")
    answer = wire.answer()
    assert answer.status == 200 and b'"items"' in answer.body
    assert wire.rest() == b""


def test_http_1_0_kept_alive(wire):
    for _ in range(2):
        wire.get("/healthz", "Connection: keep-alive", version="1.0")
        assert wire.answer().status == 200


def test_connection_close(wire):
    wire.get("/healthz", "Connection: close")
    answer = wire.answer()
    assert answer.status == 200 and answer.headers["Connection"].lower() == "close"
    assert wire.rest() == b""


def test_absolute_form(wire):
    """RFC 9112, 3.2.2: a server has to understand it."""
    wire.get("http://test/v1/claims?limit=2")
    answer = wire.answer()
    assert answer.status == 200 and answer.body.count(b'"locator"') == 2


def test_options_of_the_server(wire):
    wire.get("*", method="OPTIONS")
    assert wire.answer().status in (204, 400, 404, 405)


def test_client_that_leaves(service):
    for _ in range(50):
        with service.wire() as wire:
            wire.get("/v1/comparisons?limit=200")
    for _ in range(50):
        with service.wire() as wire:
            wire.send("GET /v1/claims HTTP/1.1\r\nHo")


# Slow clients -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def impatient(database_url):
    with Service(database_url, "--idle-timeout", "2", "--head-timeout", "2", "--body-timeout", "2") as service:
        yield service.answers()


@pytest.mark.parametrize("sent", ["GET /healthz HTTP/1.1\r\nX: ", "GET /", GOOD + "Content-Length: 1000\r\n\r\n"],
                         ids=["header", "target", "body"])
def test_trickling_client_is_cut_off(impatient, sent):
    with Wire(impatient.port) as wire:
        wire.send(sent)
        assert seconds_until_closed(wire, b"x", 8) < 6
    assert impatient.status("/healthz") == 200


@pytest.mark.parametrize("before", [0, 1])
def test_silent_client_is_cut_off(impatient, before):
    with Wire(impatient.port) as wire:
        for _ in range(before):
            wire.get("/healthz")
            assert wire.answer().status == 200
        assert wire.rest(within=6) == b""


def test_steady_client_is_not_cut_off(impatient):
    with Wire(impatient.port) as wire:
        for _ in range(5):
            wire.get("/healthz")
            assert wire.answer().status == 200
            time.sleep(0.7)
