"""HTTP as caches, browsers, proxies and attackers take it: validators, codings, methods, other origins, and every field"""
import json
import re
import time
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime

import database
import pytest
import requests

from contract import READ
from service import Api, Service, until
from wire import DECODE

PATHS = READ
MOMENTARY = ["/healthz", "/readyz"]
NEWS = "/v1/changes"
KEPT = [path for path in PATHS if path not in MOMENTARY]
LARGE = "/v1/claims?limit=20"
PICTURE = "/v1/comparisons/what-training-r1-cost?format=svg"
# One representation each: JSON, a page of CSV, of NDJSON, of linked data, a picture, and a file.
FORMS = [LARGE, LARGE + "&format=csv", LARGE + "&format=ndjson", LARGE + "&format=jsonld", PICTURE, "/openapi.yaml"]
CODINGS = ["identity", "gzip", "br"]


def ask(service, target, *fields, method="GET"):
    """The answer as it is on the wire, on a connection of its own."""
    with service.wire() as wire:
        wire.get(target, *fields, method=method)
        return wire.answer(method)


def coded(service, target, coding, *fields, method="GET"):
    return ask(service, target, f"Accept-Encoding: {coding}", *fields, method=method)


@pytest.fixture(scope="module")
def other(database_url):
    """A second server of the same database, set in another way."""
    with Service(database_url, "--max-age", "60", "--log-requests", "--cors-origins",
                 "https://news.example,http://127.0.0.1:8000") as service:
        yield service.answers()


@pytest.fixture(scope="module")
def forgetful(database_url):
    """A server that keeps no answers."""
    with Service(database_url, "--cache-bytes", "0") as service:
        yield service.answers()


# Validators -------------------------------------------------------------------------------------


def test_each_form_in_each_coding_has_a_strong_etag_of_its_own(service):
    etags = [coded(service, target, coding).headers["ETag"] for target in FORMS for coding in CODINGS]
    assert all(re.fullmatch(r'"[!#-~]+"', etag) for etag in etags)
    assert len(set(etags)) == len(FORMS) * len(CODINGS)


@pytest.mark.parametrize("path", KEPT)
def test_etag_is_the_same_on_every_server(service, other, targets, path):
    for coding in CODINGS:
        ours, theirs = coded(service, targets[path], coding), coded(other, targets[path], coding)
        assert ours.headers["ETag"] == theirs.headers["ETag"] and ours.body == theirs.body


@pytest.fixture(scope="module")
def changing(fresh_database, contract):
    """A service whose data may be changed, and how."""
    url = fresh_database()
    with Service(url) as service:
        yield Api(service.answers(), contract), lambda statement: database.execute(url, statement)


def test_etag_of_one_thing_changes_with_each_revision(changing):
    """Who has changed it back has not made undone what was done."""
    api, execute = changing
    target, seen = "/v1/units/USD", []
    for name in ("US dollar", "Dollar", "US dollar"):
        execute(f"UPDATE unit SET name = '{name}' WHERE id = 'USD'")
        until(lambda: api.answer(target)["name"] == name, 2, name)
        until(lambda: api.request("GET", target).headers["ETag"] not in seen, 2, "another revision")
        seen.append(api.request("GET", target).headers["ETag"])
    hashes, revisions = zip(*[etag.strip('"').split(".") for etag in seen])
    assert hashes[0] == hashes[2] != hashes[1] and len(set(revisions)) == 3


@pytest.mark.parametrize("target", ["/v1/units", "/v1/units?limit=200&format=csv", "/v1/units?limit=200&format=jsonld"])
def test_etag_changes_with_the_data_and_back(changing, target):
    """As soon as each thread has heard of it."""
    api, execute = changing
    first = api.request("GET", target)
    old = {"If-None-Match": first.headers["ETag"]}
    execute("UPDATE unit SET name = 'Dollar' WHERE id = 'USD'")
    until(lambda: api.request("GET", target, headers=old).status_code == 200, 2, "the new answer")
    second = api.request("GET", target)
    execute("UPDATE unit SET name = 'US dollar' WHERE id = 'USD'")
    assert second.headers["ETag"] != first.headers["ETag"] and "Dollar" in second.text
    until(lambda: api.request("GET", target, headers=old).status_code == 304, 2, "the first answer again")


NAMED = {
    "itself": "{}", "the weak one": "W/{}", "a list": '"a", {}', "a list without blanks": '"a",{},"b"', "a list of weak ones": 'W/"a", W/{}',
    "anything": "*", "empty elements": ', ,{},', "one with a comma in it": '"a,b", {}', "blanks": " \t{} ",
}
NOT_NAMED = {
    "another": '"a"', "another, weak": 'W/"a"', "no quotes": "{bare}", "an open quote": '"{bare}', "garbage": "]]{bare}[[", "an empty one": '""',
    "a star in quotes": '"*"', "a star in a list": '"a", *', "a small w": "w/{}", "a part of it": '"{half}"', "more than it": '"{bare}0"',
    "nothing": "", "a single quote": "'{bare}'",
}


def filled(pattern, etag):
    bare = etag.strip('"')
    return pattern.replace("{bare}", bare).replace("{half}", bare[:-1]).replace("{}", etag)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("pattern", NAMED.values(), ids=NAMED)
def test_etag_that_is_named_is_not_sent_again(service, pattern, method):
    with service.wire() as wire:
        for number, target in enumerate(FORMS):
            accepted = f"Accept-Encoding: {CODINGS[number % len(CODINGS)]}"
            full = ask(service, target, accepted)
            wire.get(target, accepted, f"If-None-Match: {filled(pattern, full.headers['ETag'])}", method=method)
            assert_unchanged(wire.answer(method), full)
            wire.get("/healthz")
            assert wire.answer().body == b'{"status":"ok"}'


# A 304 says what caches need to go on with what they have, and nothing of a body (RFC 9110, section 15.4.5).
RENEWED = ("ETag", "Cache-Control", "Vary", "Last-Modified", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers")


def assert_unchanged(answer, full):
    assert answer.status == 304
    assert {name: answer.headers.get(name) for name in RENEWED} == {name: full.headers.get(name) for name in RENEWED}
    assert "Date" in answer.headers
    assert not [name for name in answer.headers if name in ("Content-Type", "Content-Encoding", "Transfer-Encoding")]
    assert answer.headers.get("Content-Length", full.headers["Content-Length"]) == full.headers["Content-Length"]


@pytest.mark.parametrize("pattern", NOT_NAMED.values(), ids=NOT_NAMED)
def test_etag_that_is_not_named_changes_nothing(service, pattern):
    for target in FORMS:
        full = coded(service, target, "gzip")
        again = coded(service, target, "gzip", f"If-None-Match: {filled(pattern, full.headers['ETag'])}")
        assert (again.status, again.body) == (200, full.body)


def test_etags_may_come_in_several_fields(service):
    etag = ask(service, LARGE).headers["ETag"]
    assert ask(service, LARGE, 'If-None-Match: "a"', f"If-None-Match: {etag}").status == 304


def test_etag_of_one_coding_is_no_other_coding(service):
    etag = coded(service, LARGE, "gzip").headers["ETag"]
    assert coded(service, LARGE, "br", f"If-None-Match: {etag}").status == 200


def test_what_is_not_there_has_no_validator(service):
    for target in ("/v1/units/none", "/nowhere", "/v1/claims?limit=0", "/healthz", "/readyz"):
        answer = ask(service, target, "If-None-Match: *")
        assert answer.status in (200, 400, 404) and "ETag" not in answer.headers


# Codings ----------------------------------------------------------------------------------------

ACCEPTED = [
    ("gzip", "gzip"), ("br", "br"), ("gzip, deflate, br, zstd", "br"), ("gzip, deflate", "gzip"), ("gzip;q=1.0, br;q=0.5", "gzip"),
    ("gzip;q=0.5, br;q=0.51", "br"), ("br;q=0, gzip", "gzip"), ("gzip;q=0, br", "br"), ("*", "br"), ("*;q=0.5, br;q=0", "gzip"),
    ("GZip", "gzip"), ("gzip;q=0.001", "gzip"), ("gzip; q=0.5 , br ; q=0.4", "gzip"), ("identity;q=0, gzip", "gzip"),
    ("identity;q=0.5, gzip;q=0.5", "gzip"), ("identity;q=0, *", "br"), ("unknown, gzip;q=0.1", "gzip"), ("gzip;q=0, *", "br"),
    ("identity", None), ("", None), ("deflate", None), ("zstd, compress", None), ("gzip;q=0", None), ("*;q=0", None), ("br;q=0.000", None),
    ("gzip;q=0, br;q=0", None), ("identity, gzip;q=0.5", None), ("gzipped", None), ("gzi", None), ("gzip;q=none", None), ("identity;q=0", None),
]


@pytest.mark.parametrize("accepted, coding", ACCEPTED)
@pytest.mark.parametrize("target", [LARGE, "/openapi.json"])
def test_coding_is_the_one_that_is_liked_best(service, target, accepted, coding):
    answer = coded(service, target, accepted)
    assert answer.headers.get("Content-Encoding") == coding
    plain = ask(service, target)
    assert DECODE.get(coding, bytes)(answer.body) == plain.body
    assert answer.headers["Vary"] == plain.headers["Vary"] and "Accept-Encoding" in answer.headers["Vary"].split(", ")
    assert int(answer.headers["Content-Length"]) == len(answer.body)


@pytest.mark.parametrize("target", FORMS)
@pytest.mark.parametrize("coding", DECODE)
def test_coded_body_is_the_plain_one_and_smaller(service, target, coding):
    packed, plain = coded(service, target, coding), ask(service, target)
    assert packed.headers["Content-Encoding"] == coding and DECODE[coding](packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 2
    assert packed.headers["Content-Type"] == plain.headers["Content-Type"]


@pytest.mark.parametrize("target", ["/v1/units/USD", "/healthz", "/readyz", "/nowhere", "/v1/claims?limit=0", "/problems/not-found"])
def test_small_bodies_stay_as_they_are(service, target):
    answer = coded(service, target, "br, gzip")
    assert "Content-Encoding" not in answer.headers and len(answer.body) < 512
    assert json.loads(answer.body) and int(answer.headers["Content-Length"]) == len(answer.body)


# HEAD, OPTIONS and ranges -----------------------------------------------------------------------

MOMENT = {"date", "x-request-id", "server-timing"}


def told(answer):
    return answer.status, {name: value for name, value in answer.headers.lower_items() if name not in MOMENT}


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("path", PATHS)
def test_head_is_get_in_every_coding(service, targets, path, coding):
    get, head = coded(service, targets[path], coding), coded(service, targets[path], coding, method="HEAD")
    assert told(head) == told(get) and int(head.headers["Content-Length"]) == len(get.body)


@pytest.mark.parametrize("target", [*FORMS, "/nowhere", "/v1/units/none", "/v1/claims?limit=0", "/v1/claims?limit=5&fields=id"])
def test_head_is_get_in_every_form_and_failure(service, target):
    with service.wire() as wire:
        for method in ("GET", "HEAD", "GET"):
            wire.get(target, method=method)
            answer = wire.answer(method)
            full = answer if method == "GET" else full
            assert told(answer) == told(full) and answer.body == (full.body if method == "GET" else b"")


@pytest.mark.parametrize("target", FORMS)
@pytest.mark.parametrize("wanted", ["bytes=0-9", "bytes=-5", "bytes=999999999-", "bytes=0-0,5-6", "lines=1", "bytes=9-0"])
def test_ranges_are_not_served(service, target, wanted):
    full = ask(service, target)
    part = ask(service, target, f"Range: {wanted}", f"If-Range: {full.headers['ETag']}")
    assert (part.status, part.body, part.headers["Accept-Ranges"]) == (200, full.body, "none")
    assert "Content-Range" not in part.headers


def allowed(contract, path):
    """The methods of a path that can be read, as the service lists them."""
    others = [method.upper() for method in ("post", "put", "patch", "delete") if method in contract.paths[path]]
    return ", ".join(["GET, HEAD, OPTIONS", *others])


@pytest.mark.parametrize("path", PATHS)
def test_options_says_which_methods_there_are(service, contract, targets, path):
    for target in (targets[path].partition("?")[0], targets[path]):
        answer = ask(service, target, method="OPTIONS")
        assert (answer.status, answer.headers["Allow"], answer.body) == (204, allowed(contract, path), b"")
        assert "Content-Length" not in answer.headers and "Content-Type" not in answer.headers
        assert ("Accept-Patch" in answer.headers) == ("patch" in contract.paths[path])


@pytest.mark.parametrize("target", ["/nowhere", "/v1", "/v1/claims/", "/v2/claims", "/docs/none"])
def test_options_of_no_path_is_not_found(service, target):
    answer = ask(service, target, method="OPTIONS")
    assert answer.status == 404 and json.loads(answer.body)["type"] == "/problems/not-found" and "Allow" not in answer.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"])
def test_other_methods_are_told_which_there_are(service, contract, targets, method):
    for path, target in targets.items():
        if method.lower() not in contract.paths[path]:
            answer = ask(service, target, method=method)
            assert (answer.status, answer.headers["Allow"]) == (405, allowed(contract, path))


@pytest.mark.parametrize("target", ["/v1/claims/any/revert", "/v1/subjects/any/merge", "/v1/claims?dry_run=true", "/v1/claims/any?comment=Why"])
def test_pages_may_ask_before_they_write(service, target):
    answer = ask(service, target, "Origin: https://anybody.example", "Access-Control-Request-Method: POST",
                 "Access-Control-Request-Headers: authorization,content-type,if-match,idempotency-key", method="OPTIONS")
    assert answer.status == 204
    assert {"Authorization", "Content-Type", "Idempotency-Key", "If-Match"} <= names(answer.headers["Access-Control-Allow-Headers"])


# Other origins ----------------------------------------------------------------------------------

EXPOSED = {"Accept-Patch", "Age", "Allow", "Cache-Status", "Data-Version", "ETag", "Link", "Location", "Preference-Applied", "Retry-After", "Server-Timing", "WWW-Authenticate",
           "X-Request-Id", "X-Total-Count"}
LISTED, UNLISTED = ["https://news.example", "http://127.0.0.1:8000"], \
    ["https://evil.example", "https://news.example.evil.example", "https://news.example:8443", "http://news.example", "null",
     "https://NEWS.example", "https://news.exampl", "https://news.example,http://127.0.0.1:8000", "https://news.example/", ",", "*"]


def names(value):
    return set(re.split(", *", value)) if value else set()


def preflight(service, origin, target="/v1/claims"):
    return ask(service, target, f"Origin: {origin}", "Access-Control-Request-Method: GET",
               "Access-Control-Request-Headers: if-none-match,prefer,traceparent,x-request-id", method="OPTIONS")


@pytest.mark.parametrize("fields", [[], ["Origin: https://anybody.example"], ["Origin: null"]])
def test_every_page_may_read_every_answer(service, targets, fields):
    for target in [*targets.values(), "/nowhere", "/v1/claims?limit=0"]:
        answer = ask(service, target, *fields)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert names(answer.headers["Access-Control-Expose-Headers"]) == EXPOSED
        assert "Access-Control-Allow-Credentials" not in answer.headers and "Origin" not in names(answer.headers.get("Vary"))


def test_pages_may_send_what_the_service_reads(service):
    answer = preflight(service, "https://anybody.example")
    assert answer.status == 204 and answer.headers["Access-Control-Allow-Origin"] == "*"
    assert names(answer.headers["Access-Control-Allow-Methods"]) == {"GET", "HEAD", "OPTIONS", "POST"}
    assert {"Accept", "Cache-Control", "If-None-Match", "Prefer", "Traceparent", "Tracestate", "X-Request-Id"} <= names(answer.headers["Access-Control-Allow-Headers"])
    assert int(answer.headers["Access-Control-Max-Age"]) > 0


@pytest.mark.parametrize("origin", LISTED)
def test_listed_page_may_read(other, targets, origin):
    for answer in [ask(other, target, f"Origin: {origin}") for target in [*targets.values(), "/nowhere"]] + [preflight(other, origin)]:
        assert answer.headers["Access-Control-Allow-Origin"] == origin and "Origin" in names(answer.headers["Vary"])


@pytest.mark.parametrize("origin", UNLISTED)
def test_unlisted_page_may_not_read(other, origin):
    for answer in [ask(other, target, f"Origin: {origin}") for target in (LARGE, "/nowhere", "/openapi.json")] + [preflight(other, origin)]:
        assert not [name for name in answer.headers if name in ("Access-Control-Allow-Origin", "Access-Control-Expose-Headers")]
        assert "Origin" in names(answer.headers["Vary"])


@pytest.mark.parametrize("target", [*FORMS, "/v1/claims/nothing", "/healthz"])
def test_answers_that_depend_on_the_origin_say_so_in_one_field(other, target):
    """Some caches read one Vary alone: the last, or the first."""
    with other.wire() as wire:
        wire.get(target)
        head = wire.raw_head().decode().split("\r\n")
    varies = [line.partition(": ")[2] for line in head if line.startswith("Vary:")]
    assert len(varies) == 1 and "Origin" in names(varies[0])
    assert target not in FORMS or "Accept-Encoding" in names(varies[0])


# Links, identities and times --------------------------------------------------------------------

LINK = re.compile(r'<(/[A-Za-z0-9._~,%/?&=-]*)>; rel="([a-z-]+)"')


@pytest.mark.parametrize("path", KEPT)
def test_documents_link_to_what_explains_them(api, targets, path):
    got = api.request("GET", targets[path])
    assert got.links["service-desc"]["url"] == got.links["describedby"]["url"] == "/openapi.json"
    assert got.links["service-doc"]["url"] == "/docs"
    assert api.request("GET", got.links["service-desc"]["url"]).status_code == 200


@pytest.mark.parametrize("form", ["json", "csv", "ndjson", "jsonld"])
def test_pages_link_to_the_first_and_the_next(api, form):
    first = api.request("GET", f"/v1/claims?limit=100&stance=not.disputes&format={form}")
    follower = api.request("GET", first.links["next"]["url"])
    last = follower
    while "next" in last.links:
        last = api.request("GET", last.links["next"]["url"])
    assert {each.links["first"]["url"] for each in (first, follower, last)} == {first.links["first"]["url"]}
    assert follower.links["self"]["url"] == first.links["next"]["url"] and first.links["self"] == first.links["first"] | {"rel": "self"}
    assert api.request("GET", first.links["first"]["url"]).content == first.content != follower.content
    if form == "json":
        assert first.json()["next"] == first.links["next"]["url"] and last.json()["next"] is None


HOSTILE_QUERIES = ['"', '">; rel="next"', "<script>", "a X-Evil: 1", "ü", "😀", "a;b", "a,b", "a&limit=1", "a#b", "a+b", "%", "\\"]


@pytest.mark.parametrize("text", HOSTILE_QUERIES)
def test_links_stay_links_whatever_was_searched(api, text):
    got = api.request("GET", "/v1/claims", params={"q": f"training OR {text}", "limit": 1})
    assert got.status_code == 200, got.text
    raw = got.raw.headers.getlist("Link")
    assert len(raw) == 1 and all(LINK.fullmatch(each) for each in raw[0].split(", ")), raw
    again = api.request("GET", got.links["first"]["url"])
    assert again.content == got.content


def test_request_id_is_taken_over(service):
    for given in ("a", "A-z_0.9", "x" * 64, "00-11", "550e8400-e29b-41d4-a716-446655440000"):
        for target in (LARGE, "/nowhere", "/healthz", "/v1/claims?limit=0", "/openapi.json"):
            assert ask(service, target, f"X-Request-Id: {given}").headers["X-Request-Id"] == given


HOSTILE_IDS = ["", "a b", 'a"b', "x" * 65, "ü", "a\tb", "a%0d%0aSet-Cookie: x=1", "<script>", "a,b", "a;b", "a\\b", "a'b", "${jndi:ldap://x}", "a/b", "a:b"]


@pytest.mark.parametrize("given", HOSTILE_IDS)
def test_hostile_request_id_is_replaced(service, given):
    normal = {name.lower() for name in ask(service, LARGE, "X-Request-Id: harmless").headers}
    for target in (LARGE, "/nowhere"):
        answer = ask(service, target, f"X-Request-Id: {given}")
        assert re.fullmatch("[0-9a-f]{24}", answer.headers["X-Request-Id"])
        assert {name.lower() for name in answer.headers} <= normal


def test_an_answer_from_memory_names_the_request_that_names_itself(settled):
    def headers(**fields):
        return requests.get(settled + "/v1/units/USD", timeout=5, headers=fields).headers

    own, shared = {"X-Request-Id", "Server-Timing", "Date"}, [headers(), headers()][-1]
    assert not {"X-Request-Id", "Server-Timing"} & set(shared)
    named = headers(**{"X-Request-Id": "mine"})
    assert named["X-Request-Id"] == "mine" and named["Server-Timing"].startswith("db;dur=0.000, total;dur=")
    assert {name: value for name, value in named.items() if name not in own} == {
        name: value for name, value in shared.items() if name not in own}


def test_several_request_ids_are_none(service):
    assert ask(service, LARGE, "X-Request-Id: a", "X-Request-Id: b").headers["X-Request-Id"] not in ("a", "b", "a, b")


def test_requests_without_an_id_get_one_each(service):
    with service.wire() as wire:
        given = []
        for _ in range(50):
            wire.get("/healthz")
            given.append(wire.answer().headers["X-Request-Id"])
    assert len(set(given)) == 50


INJECTED = ["/v1/claims?q=a%0d%0aX-Evil:%201", "/v1/claims?limit=1%0d%0aX-Evil:%201", "/v1/claims/%0d%0aX-Evil:%201", "/%0d%0aX-Evil:%201",
            "/v1/claims?%0d%0aX-Evil:%201=1", "/v1/claims?cursor=%0d%0aX-Evil:%201", "/v1/claims?fields=id%0aX-Evil:%201",
            "/v1/claims?sort=%0d%0aX-Evil:%201", "/v1/claims?format=%0d%0aX-Evil:%201", "/problems/%0d%0aX-Evil:%201",
            "/v1/claims?q=%22%3E%3B%20rel%3D%22next%22,%20%3Chttps://evil.example&limit=1", "/v1/claims?id=%E5%98%8A%E5%98%8DX-Evil:%201",
            "/v1/claims?q=%E5%98%8D%E5%98%8AX-Evil:%201&limit=1", '/v1/claims?"X-Evil"=1', "/v1/compare?claims=a,%0d%0aX-Evil"]


@pytest.mark.parametrize("target", INJECTED)
def test_nothing_of_a_target_becomes_a_header_field(service, target):
    for field in ("Accept: */*", "Accept: text/csv\"<>, */*", "Prefer: count=exact\"<>", "Referer: https://evil.example"):
        with service.wire() as wire:
            wire.send(f"GET {target} HTTP/1.1\r\nHost: evil\"<>\r\n{field}\r\n\r\n")
            head = wire.raw_head().decode("ascii")
        assert not re.search(r"(?im)^(x-evil|set-cookie)", head) and "evil" not in re.sub(r"<[^>]*>", "", head).lower()
        assert "\n" not in head.replace("\r\n", "") and "\r" not in head.replace("\r\n", "")


def test_faults_repeat_nothing_that_is_not_json(api):
    for target in INJECTED:
        got = api.request("GET", target)
        assert got.status_code in (200, 400, 404) and got.headers["Content-Type"] in ("application/json", "application/problem+json")
        assert json.loads(got.content)


TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENTS = [
    (f"00-{TRACE}-00f067aa0ba902b7-01", TRACE), (f"00-{TRACE}-00f067aa0ba902b7-00", TRACE), (f"cc-{TRACE}-00f067aa0ba902b7-01", TRACE),
    (f"cc-{TRACE}-00f067aa0ba902b7-01-what-the-future-brings", TRACE), (f"00-{TRACE}-00f067aa0ba902b7-ff", TRACE),
    (f"00-{TRACE}-00f067aa0ba902b7-01-more", ""), (f"00-{'0' * 32}-00f067aa0ba902b7-01", ""), (f"00-{TRACE}-{'0' * 16}-01", ""),
    (f"ff-{TRACE}-00f067aa0ba902b7-01", ""), (f"00-{TRACE.upper()}-00f067aa0ba902b7-01", ""), (f"00-{TRACE}-00f067aa0ba902b7", ""),
    (f"00-{TRACE[:-1]}-00f067aa0ba902b7-01", ""), (f"00-{TRACE[:-1]}g-00f067aa0ba902b7-01", ""), (f"0-{TRACE}-00f067aa0ba902b7-01", ""),
    (f"00_{TRACE}_00f067aa0ba902b7_01", ""), ("", ""), ("x" * 500, ""), (f"cc-{TRACE}-00f067aa0ba902b7-01.x", ""), (f"00-{TRACE}-00f067aa0ba902b7-0", ""),
    ('"}\\', ""),
]


def logged(service, identity):
    """What the log says of a request; it comes there when the answer has gone."""
    def found():
        return [event for event in service.events() if event.get("id") == identity]
    until(found, 5, f"{identity} is in the log")
    event, = found()
    return event


def test_trace_is_in_the_log_where_it_is_in_good_form(other):
    for number, (parent, _) in enumerate(PARENTS):
        ask(other, f"/v1/units?limit={number + 1}", f"traceparent: {parent}", f"X-Request-Id: trace-{number}")
    ask(other, "/v1/units", f"traceparent: {PARENTS[0][0]}", f"traceparent: {PARENTS[0][0]}", "X-Request-Id: trace-twice")
    assert [logged(other, f"trace-{number}")["trace"] for number in range(len(PARENTS))] == [trace for _, trace in PARENTS]
    assert logged(other, "trace-twice")["trace"] == ""


def test_log_names_a_request_as_the_answer_does(other):
    answer = ask(other, "/v1/units/USD?fields=id")
    event = logged(other, answer.headers["X-Request-Id"])
    assert (event["method"], event["target"], event["status"]) == ("GET", "/v1/units/USD?fields=id", 200) and event["duration_ms"] >= 0


@pytest.mark.parametrize("path", [*PATHS, "/nowhere"])
def test_server_timing_can_be_read(forgetful, targets, path):
    field = ask(forgetful, targets.get(path, path)).headers["Server-Timing"]
    metrics = dict(re.fullmatch(r"([a-z]+);dur=(\d+\.\d+)", metric).groups() for metric in field.split(", "))
    assert set(metrics) == {"db", "total"} and 0 <= float(metrics["db"]) <= float(metrics["total"]) < 5000
    assert (float(metrics["db"]) > 0) == path.startswith("/v1/")


# Security and caching ---------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
def test_every_answer_has_the_fields_that_protect_browsers(service, targets, method):
    for target in [*targets.values(), *FORMS, "/nowhere", "/v1/units/none", "/v1/claims?limit=0", "/v1/claims?q=%"]:
        answer = ask(service, target, method=method)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Referrer-Policy"] == "no-referrer" and answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Server" not in answer.headers and "Set-Cookie" not in answer.headers


def age(seconds, stale=86400):
    return f"public, max-age={seconds}, stale-while-revalidate=60, stale-if-error={stale}"


def test_news_is_asked_for_each_time(service, targets):
    assert ask(service, targets[NEWS]).headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", [path for path in KEPT if path != NEWS])
def test_documents_may_be_kept_as_long_as_it_is_set(service, other, targets, path):
    assert ask(service, targets[path]).headers["Cache-Control"] == age(10)
    assert ask(other, targets[path]).headers["Cache-Control"] == age(60)


@pytest.mark.parametrize("seconds", ["0", "31536000"])
def test_least_and_longest_time_to_keep(database_url, seconds):
    with Service(database_url, CLAIMD_MAX_AGE=seconds) as service:
        for target in FORMS:
            assert ask(service.answers(), target).headers["Cache-Control"] == age(seconds)


@pytest.mark.parametrize("seconds", ["0", "31536000"])
def test_how_long_an_answer_may_stand_in_is_said_as_it_is_set(database_url, seconds):
    with Service(database_url, "--stale-if-error", seconds) as service:
        for target in FORMS:
            assert ask(service.answers(), target).headers["Cache-Control"] == age(10, seconds)


FAILURES = [("GET", "/nowhere", 404), ("GET", "/v1/units/none", 404), ("GET", "/v1/claims?limit=0", 400), ("GET", "/v1/claims?format=svg", 400),
            ("PUT", "/v1/claims", 405), ("GET", "/v1/compare", 400), ("GET", "/problems/none", 404), ("OPTIONS", "/nowhere", 404),
            ("GET", "/v1/claims?q=" + "x" * 5000, 414)]


@pytest.mark.parametrize("method, target, status", FAILURES)
def test_failures_are_not_kept(other, method, target, status):
    answer = ask(other, target, method=method)
    assert (answer.status, answer.headers["Cache-Control"]) == (status, "no-store") and "ETag" not in answer.headers


@pytest.mark.parametrize("target", [*MOMENTARY])
def test_what_is_true_for_a_moment_is_not_kept(other, target):
    assert ask(other, target).headers["Cache-Control"] == "no-store"


def test_keep_alive_survives_every_sort_of_answer(service):
    """One connection, one answer after another: no body is longer or shorter than its head says."""
    with service.wire() as wire:
        for target in [*FORMS, "/nowhere", "/healthz", "/v1/units/none", LARGE]:
            for coding in CODINGS:
                for method in ("GET", "HEAD", "OPTIONS"):
                    wire.get(target, f"Accept-Encoding: {coding}", method=method)
                    assert wire.answer(method).status in (200, 204, 404)


# What is known of the data ----------------------------------------------------------------------


def waited(answer):
    """The milliseconds that an answer waited for the database."""
    timing = answer.headers.get("Server-Timing")  # what everybody is sent from memory has none
    return float(re.search(r"db;dur=([\d.]+)", timing)[1]) if timing else 0


@pytest.fixture
def settled(database_url):
    """A service of one thread, a second after its data last changed."""
    with Service(database_url, "--threads", "1") as service:
        service.answers()
        until(lambda: "Last-Modified" in requests.get(service.base + "/v1/units", timeout=5).headers, 5, "settled data")
        yield service.base


@pytest.mark.parametrize("target", ["/v1/claims?limit=3", "/v1/claims?format=csv&limit=3", "/v1/comparisons/what-training-r1-cost?format=svg"])
def test_an_unchanged_answer_takes_no_query(settled, target):
    first = requests.get(settled + target, timeout=5)
    again = requests.get(settled + target, timeout=5, headers={"If-None-Match": first.headers["ETag"]})
    assert waited(first) > 0 and (again.status_code, again.content, waited(again)) == (304, b"", 0)
    assert all(again.headers[name] == first.headers[name] for name in ("ETag", "Vary", "Cache-Control", "Last-Modified"))


def test_a_date_of_the_client_is_compared_with_the_last_change(settled):
    target = settled + "/v1/units"
    changed = requests.get(target, timeout=5).headers["Last-Modified"]
    earlier = format_datetime(parsedate_to_datetime(changed) - timedelta(seconds=1), usegmt=True)
    assert requests.get(target, timeout=5, headers={"If-Modified-Since": changed}).status_code == 304
    assert requests.get(target, timeout=5, headers={"If-Modified-Since": earlier}).status_code == 200
    assert requests.get(target, timeout=5, headers={"If-Modified-Since": changed, "If-None-Match": '"x"'}).status_code == 200
    assert requests.get(target + "/none", timeout=5, headers={"If-Modified-Since": changed}).status_code == 404


@pytest.mark.parametrize("begun", [0.7, 0.8, 0.9])
def test_all_threads_date_what_they_found_at_the_start_alike(database_url, begun):
    """Whatever part of a second the service starts in: a client's connections lead to any of the threads."""
    time.sleep((begun - time.time()) % 1)
    with Service(database_url, "--threads", "8") as service:
        service.answers()
        until(lambda: "Last-Modified" in requests.get(service.base + "/v1/units", timeout=5).headers, 8, "settled data")
        dates = {requests.get(service.base + "/v1/units", timeout=5).headers.get("Last-Modified") for _ in range(64)}
        assert len(dates) == 1


# What explains itself ---------------------------------------------------------------------------


def test_the_catalogue_leads_to_the_contract(api):
    answer = api.request("HEAD", "/.well-known/api-catalog")
    assert answer.links["api-catalog"]["url"] == "/.well-known/api-catalog"
    assert answer.headers["Content-Type"].startswith("application/linkset+json; profile=")
    [links] = api.answer("/.well-known/api-catalog")["linkset"]
    for relation in ("service-desc", "service-doc", "status"):
        for link in links[relation]:
            assert api.request("GET", link["href"]).headers["Content-Type"].startswith(link["type"])


def test_every_type_of_problem_can_be_looked_up(api, contract):
    types = set(re.findall(r"/problems/([a-z-]+)", str(contract.document["components"]["schemas"])))
    assert len(types) > 12
    for slug in types:
        explained = api.answer(f"/problems/{slug}")
        assert explained["type"] == f"/problems/{slug}" and len(explained["meaning"]) > 40
