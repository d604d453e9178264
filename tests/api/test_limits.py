"""Limits: how many clients, how often, how slowly, how much; each at its boundary, and that nobody else suffers"""
import contextlib
import json
import pathlib
import re
import subprocess
import time

import pytest

from service import Api, Service, claimd, until
from wire import seconds_until_closed

ONE, OTHER, PROXY = "127.0.0.2", "127.0.0.3", "127.0.0.9"
PARSE = ("/v1/figures/parse", "Content-Type: application/json")


@pytest.fixture
def serve(database_url):
    """A function that starts a service with settings of the test's own."""
    started = []

    def start(*flags, url=database_url, **settings):
        started.append(Service(url, *flags, **settings).__enter__())
        return started[-1].answers()
    yield start
    for service in started:
        service.__exit__()


def ask(service, target="/v1/claims?limit=1", *fields, source=ONE, method="GET"):
    with service.wire(source=source) as wire:
        wire.get(target, *fields, method=method)
        return wire.answer(method)


def is_taken(service, wire):
    """Whether the connection is answered on."""
    try:
        wire.get("/healthz")
        return wire.answer().status == 200
    except (EOFError, ConnectionError):
        return False


# Connections --------------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [1, 2])
def test_an_address_has_so_many_connections_and_no_more(serve, threads):
    service = serve("--address-connections", "3", "--threads", str(threads))
    wires = [service.wire(source=ONE) for _ in range(3)]
    assert all(is_taken(service, wire) for wire in wires)
    for _ in range(4 * threads):
        with service.wire(source=ONE) as wire:
            assert not is_taken(service, wire)
    with service.wire(source=OTHER) as wire:
        assert is_taken(service, wire)
    assert all(is_taken(service, wire) for wire in wires)
    event = service.event("connections-refused")
    assert event["last"] == ONE and event["count"] >= 1
    wires.pop().socket.close()

    def has_room():
        with service.wire(source=ONE) as again:
            return is_taken(service, again)
    until(has_room, 5, "a place is free again")
    for wire in wires:
        wire.socket.close()


@pytest.mark.parametrize("flags", [["--address-connections", "0"], ["--address-connections", "3", "--trusted-proxies", ONE], []])
def test_no_limit_and_proxies_that_are_trusted_have_more_connections(serve, flags):
    service = serve("--threads", "1", *flags)
    wires = [service.wire(source=ONE) for _ in range(50)]
    assert all(is_taken(service, wire) for wire in wires)
    for wire in wires:
        wire.socket.close()


def test_all_clients_together_have_so_many_connections(serve):
    """Who is one too many waits for a place, and whoever is answered then makes room."""
    service = serve("--threads", "1", "--max-connections", "4")
    wires = [service.wire() for _ in range(4)]
    late = service.wire()
    wires[0].get("/healthz")
    assert wires[0].answer().headers["Connection"] == "close"
    assert is_taken(service, late)
    assert late.socket.close() is None and all(is_taken(service, wire) for wire in wires[1:])
    for wire in wires:
        wire.socket.close()


# Rates --------------------------------------------------------------------------------------------


def told(answer):
    """What is told of each policy: {name: (remaining, reset, quota, window)}."""
    left = dict((name, (int(r), int(t))) for name, r, t in re.findall(r'"(\w+)";r=(\d+);t=(\d+)', answer.headers["RateLimit"]))
    policy = dict((name, (int(q), int(w))) for name, q, w in re.findall(r'"(\w+)";q=(\d+);w=(\d+)', answer.headers["RateLimit-Policy"]))
    assert re.fullmatch(r'"\w+";r=\d+;t=\d+(, "\w+";r=\d+;t=\d+)*', answer.headers["RateLimit"])
    assert re.fullmatch(r'"\w+";q=\d+;w=\d+(, "\w+";q=\d+;w=\d+)*', answer.headers["RateLimit-Policy"])
    assert left.keys() == policy.keys()
    return {name: left[name] + policy[name] for name in left}


def exhaust(ask_once, quota):
    """Asks until it is refused; the answers up to there, which are as many as the quota and what the time has given."""
    began, answers = time.monotonic(), []
    while not answers or answers[-1].status != 429:
        answers.append(ask_once())
        assert len(answers) <= quota + 2 + (time.monotonic() - began), "more is granted than the rate gives"
    assert len(answers) > quota
    return answers


@pytest.mark.parametrize("threads", [1, 2])
def test_an_address_may_ask_so_often(serve, contract, threads):
    service = serve("--address-rate", "1", "--rate-window", "5", "--threads", str(threads))
    answers = exhaust(lambda: ask(service), 5)
    first, last = answers[0], answers[-1]
    assert told(first)["address"] == (4, 1, 5, 5) and told(last)["address"][0] == 0
    problem = contract.check("GET", "/v1/claims", last.status, last.headers, last.body)
    assert problem["type"] == "/problems/rate-limited" and 1 <= int(last.headers["Retry-After"]) <= 5
    assert ask(service, source=OTHER).status == 200
    until(lambda: ask(service).status == 200, 10, "the rate gives one more")


def test_who_is_refused_keeps_the_connection_and_is_answered_after_the_time_that_it_was_told(serve):
    service = serve("--address-rate", "1", "--rate-window", "2")
    with service.wire(source=ONE) as wire:
        def once():
            wire.get("/v1/claims?limit=1")
            return wire.answer()
        refused = exhaust(once, 2)[-1]
        assert "Connection" not in refused.headers
        time.sleep(int(refused.headers["Retry-After"]))
        assert once().status == 200


def test_no_limit_is_told_of_unless_there_is_one(serve):
    service = serve()
    for _ in range(200):
        answer = ask(service)
        assert answer.status == 200 and not [name for name in answer.headers if name.lower().startswith("ratelimit")]


def test_every_sort_of_answer_tells_what_is_left(serve):
    service = serve("--address-rate", "1000", "--cors-origins", "https://a.example")
    etag = ask(service).headers["ETag"]
    for target, fields, method, status in [
            ("/v1/claims?limit=1", [], "GET", 200), ("/v1/claims?limit=1", [], "GET", 200), ("/v1/claims?limit=1", [f"If-None-Match: {etag}"], "GET", 304),
            ("/v1/claims?limit=1", [], "HEAD", 200), ("/nowhere", [], "GET", 404), ("/v1/claims?x=1", [], "GET", 400), ("/docs", [], "GET", 200), ("/", [], "GET", 200),
            ("/v1/claims", [], "OPTIONS", 204)]:
        answer = ask(service, target, *fields, method=method)
        assert answer.status == status and told(answer)["address"][2] == 10000, target
    allowed = ask(service, "/v1/claims?limit=1", "Origin: https://a.example").headers["Access-Control-Expose-Headers"]
    assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= set(allowed.split(", "))
    with service.wire(source=ONE) as wire:
        wire.get("/v1/claims?format=csv")
        assert told(wire.head())["address"]


def test_whoever_asks_whether_the_service_lives_is_not_counted(serve):
    service = serve("--address-rate", "1", "--rate-window", "1")
    for _ in range(20):
        for target in ("/healthz", "/readyz"):
            answer = ask(service, target)
            assert answer.status != 429 and "RateLimit" not in answer.headers


@pytest.mark.parametrize("method, target, fields, status", [
    ("PUT", "/v1/subjects/x", [], 401), ("DELETE", "/v1/claims", [], 405), ("BREW", "/v1/claims", [], 405), ("POST", "/nowhere", [], 404), ("POST", "/healthz", [], 405),
    ("GET", "/readyz", ["Content-Length: 5"], 400), ("POST", PARSE[0], ["Content-Type: text/plain"], 415), ("POST", PARSE[0], [PARSE[1], "Content-Length: 99999999"], 413),
    ("GET", "/v1/claims", ["Host: other"], 400), ("GET", "/" + "x" * 4200, [], 414), ("GET", "/v1/claims", ["X: " + "x" * 5600], 431)])
def test_what_is_refused_by_its_head_alone_is_counted(serve, method, target, fields, status):
    """Of all that can be wrong with a request the first in the order of docs/engine.md is told; how often it comes is before all of it."""
    service = serve("--address-rate", "1", "--rate-window", "3")
    answers = exhaust(lambda: ask(service, target, *fields, method=method), 3)
    assert {answer.status for answer in answers[:-1]} == {status}
    assert told(answers[0])["address"][0] == 2 and int(answers[-1].headers["Retry-After"]) >= 1
    assert ask(service).status == 429


def test_who_is_refused_by_the_head_alone_and_sends_no_body_keeps_the_connection(serve):
    service = serve()
    with service.wire(source=ONE) as wire:
        for method, target, status in (("PUT", "/v1/subjects/x", 401), ("DELETE", "/v1/claims", 405), ("POST", "/nowhere", 404), ("GET", "/healthz", 200)):
            wire.get(target, method=method)
            answer = wire.answer()
            assert answer.status == status and "Connection" not in answer.headers


def test_a_body_is_not_waited_for_where_nothing_is_left(serve):
    service = serve("--address-rate", "1", "--rate-window", "2")
    exhaust(lambda: ask(service), 2)
    with service.wire(source=ONE) as wire:
        wire.get(*PARSE, "Content-Length: 1000000", "Expect: 100-continue", method="POST")
        answer = wire.answer()
    assert answer.status == 429 and answer.headers["Connection"] == "close"


@pytest.fixture
def tokens(database_url):
    """Two who may read."""
    made = []
    for name in ("one", "two"):
        claimd("token", "revoke", "--name", f"rated-{name}", DATABASE_URL=database_url)
        made.append(claimd("token", "create", "--name", f"rated-{name}-{time.monotonic_ns()}", "--scope", "read", DATABASE_URL=database_url).stdout.strip())
    return made


def test_a_token_may_ask_so_often_from_wherever(serve, tokens):
    service = serve("--token-rate", "1", "--rate-window", "4", "--read", "token")
    sources = iter(range(10, 250))
    answers = exhaust(lambda: ask(service, "/v1/claims?limit=1", f"Authorization: Bearer {tokens[0]}", source=f"127.0.0.{next(sources)}"), 4)
    assert told(answers[0]) == {"token": (3, 1, 4, 4)}
    other = ask(service, "/v1/claims?limit=1", f"Authorization: Bearer {tokens[1]}", source="127.0.0.10")
    assert other.status == 200
    without = ask(service)
    assert without.status == 401 and "RateLimit" not in without.headers


def test_both_limits_are_told_and_the_first_that_is_used_up_decides(serve, tokens):
    service = serve("--token-rate", "1", "--address-rate", "5", "--rate-window", "3")
    answers = exhaust(lambda: ask(service, "/v1/claims?limit=1", f"Authorization: Bearer {tokens[0]}"), 3)
    assert told(answers[0]).keys() == {"address", "token"} and told(answers[-1])["token"][0] == 0
    assert ask(service).status == 200


@pytest.mark.parametrize("size", range(5000, 5700, 25))
def test_no_head_is_left_without_an_answer_where_it_is_told_what_is_left(rated, size):
    with rated.wire(source=ONE) as wire:
        wire.get("/v1/claims?limit=1", "X: " + "x" * size, "Authorization: Bearer x")
        assert wire.answer().status in (200, 431)


@pytest.fixture(scope="module")
def rated(database_url):
    with Service(database_url, "--address-rate", "100000", "--token-rate", "100000") as service:
        yield service.answers()


# Proxies ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def behind(database_url):
    """Services that trust a proxy, by the field that it writes."""
    with Service(database_url, "--trusted-proxies", f"{PROXY},10.0.0.0/8,unix", "--log-requests") as usual, \
            Service(database_url, "--trusted-proxies", f"{PROXY},10.0.0.0/8", "--trusted-field", "forwarded", "--log-requests") as standard:
        yield {"X-Forwarded-For": usual.answers(), "Forwarded": standard.answers()}


def seen(service, *fields, source=PROXY):
    """The address that the log has of a request."""
    name = f"seen-{time.monotonic_ns()}"
    assert ask(service, "/v1/claims?limit=1", f"X-Request-Id: {name}", *fields, source=source).status == 200
    found = []
    until(lambda: found.extend(event["client"] for event in service.events() if event.get("id") == name) or found, 5, "a log line")
    return found[0]


@pytest.mark.parametrize("field, text, address", [
    ("X-Forwarded-For", "192.0.2.1", "192.0.2.1"), ("X-Forwarded-For", "198.51.100.1, 192.0.2.1", "192.0.2.1"), ("X-Forwarded-For", "192.0.2.1, 10.1.2.3", "192.0.2.1"),
    ("X-Forwarded-For", "2001:db8::1", "2001:db8::1"), ("X-Forwarded-For", "127.0.0.9, 10.0.0.1", PROXY), ("X-Forwarded-For", "unknown", PROXY), ("X-Forwarded-For", "", PROXY),
    ("X-Forwarded-For", "x" * 4000, PROXY), ("X-Forwarded-For", ", " * 2000, PROXY), ("X-Forwarded-For", "192.0.2.1\"}, {\"", PROXY), ("X-Forwarded-For", "unix", PROXY),
    ("X-Forwarded-For", "127.0.0.1", "127.0.0.1"), ("X-Forwarded-For", "::ffff:192.0.2.1", "192.0.2.1"), ("Forwarded", "for=192.0.2.1", "192.0.2.1"),
    ("Forwarded", 'for="[2001:db8::1]:47011";proto=https', "2001:db8::1"), ("Forwarded", "for=198.51.100.1, for=192.0.2.1;by=10.0.0.1", "192.0.2.1"),
    ("Forwarded", "for=_hidden", PROXY), ("Forwarded", 'for="', PROXY), ("Forwarded", "for=x" * 800, PROXY)])
def test_a_trusted_proxy_is_believed_as_far_as_it_wrote(behind, field, text, address):
    assert seen(behind[field], f"{field}: {text}") == address


@pytest.mark.parametrize("field", ["X-Forwarded-For", "Forwarded"])
def test_nobody_else_is_believed(behind, field):
    for other in ("X-Forwarded-For: 192.0.2.1", "Forwarded: for=192.0.2.1", "X-Real-IP: 192.0.2.1", "True-Client-IP: 192.0.2.1"):
        assert seen(behind[field], other, source=ONE) == ONE


def test_the_field_that_the_proxy_does_not_write_is_the_client_s_and_not_believed(behind):
    assert seen(behind["X-Forwarded-For"], "Forwarded: for=192.0.2.1") == PROXY
    assert seen(behind["Forwarded"], "X-Forwarded-For: 192.0.2.1") == PROXY
    assert seen(behind["X-Forwarded-For"], "Forwarded: for=192.0.2.1", "X-Forwarded-For: 198.51.100.7") == "198.51.100.7"


def test_fields_given_twice_are_one_way(behind):
    assert seen(behind["X-Forwarded-For"], "X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: 198.51.100.7") == "198.51.100.7"


def test_a_proxy_on_this_machine_may_come_by_a_unix_socket(database_url, tmp_path):
    where = str(tmp_path / "claimd.sock")

    def by_socket(service, *fields):
        return subprocess.run(["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "--unix-socket", where, *(part for field in fields for part in ("-H", field)),
                               "http://claimd/v1/claims?limit=1"], stdout=subprocess.PIPE, text=True, check=True).stdout
    for trusted, statuses in (([], {"200"}), (["--trusted-proxies", "unix"], {"200", "429"})):
        with Service(database_url, "--listen", f"unix:{where}", "--address-rate", "1", "--rate-window", "2", *trusted) as service:
            until(lambda: pathlib.Path(where).exists() and by_socket(service, "X-Forwarded-For: 192.0.2.9") == "200", 10, "it serves")
            assert {by_socket(service, "X-Forwarded-For: 192.0.2.1") for _ in range(8)} == statuses
            assert by_socket(service, "X-Forwarded-For: 192.0.2.2") == "200"


def test_clients_of_one_proxy_are_counted_apart(serve):
    service = serve("--address-rate", "1", "--rate-window", "3", "--trusted-proxies", PROXY)

    def through(client):
        return lambda: ask(service, "/v1/claims?limit=1", f"X-Forwarded-For: 203.0.113.5, {client}", source=PROXY)
    exhaust(through("192.0.2.1"), 3)
    assert through("192.0.2.2")().status == 200
    exhaust(through("2001:db8:0:1::1"), 3)
    assert through("2001:db8:0:1:ffff::2")().status == 429
    assert through("2001:db8:0:2::1")().status == 200


def test_who_is_limited_does_not_get_away_by_claiming_to_be_others(serve):
    service = serve("--address-rate", "1", "--rate-window", "3", "--trusted-proxies", PROXY)
    names = iter(range(1000))
    exhaust(lambda: ask(service, "/v1/claims?limit=1", f"X-Forwarded-For: 192.0.2.{next(names)}", source=ONE), 3)
    names = iter(range(1000))
    exhaust(lambda: ask(service, "/v1/claims?limit=1", f"X-Forwarded-For: 192.0.2.{next(names)}, 198.51.100.9", source=PROXY), 3)


# Time ---------------------------------------------------------------------------------------------


def test_a_head_has_a_time_in_all(serve):
    service = serve("--head-timeout", "1", "--idle-timeout", "60")
    for begun in ("GET /", "GET /healthz HTTP/1.1\r\nHost: test\r\nX: "):
        with service.wire(source=ONE) as wire:
            wire.send(begun)
            assert seconds_until_closed(wire, b"x", 20) < 8


def test_a_head_on_a_connection_that_was_answered_on_has_a_time_too(serve):
    service = serve("--head-timeout", "1", "--idle-timeout", "60")
    with service.wire(source=ONE) as wire:
        assert is_taken(service, wire)
        wire.send("GET /healthz HTTP/1.1\r\nHost: test\r\nX: ")
        assert seconds_until_closed(wire, b"x", 20) < 8


def test_who_rests_is_not_cut_off_with_who_asks_slowly(serve):
    service = serve("--head-timeout", "1", "--body-timeout", "1", "--idle-timeout", "60")
    with service.wire(source=ONE) as wire:
        assert is_taken(service, wire)
        time.sleep(3)
        assert is_taken(service, wire)


def test_a_body_has_a_time_in_all(serve):
    service = serve("--body-timeout", "1", "--idle-timeout", "60")
    with service.wire(source=ONE) as wire:
        wire.get(*PARSE, "Content-Length: 100000", method="POST")
        assert seconds_until_closed(wire, b" ", 20) < 8


def test_a_request_has_a_time_in_all(serve):
    service = serve("--total-timeout", "2", "--head-timeout", "60", "--body-timeout", "60", "--idle-timeout", "60")
    with service.wire(source=ONE) as wire:
        wire.send("POST /v1/figures/parse HTTP/1.1\r\n")
        time.sleep(1)
        wire.send("Host: test\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
        assert seconds_until_closed(wire, b" ", 20) < 8


def test_the_time_in_all_is_that_of_the_answer_too(serve):
    service = serve("--total-timeout", "2", "--idle-timeout", "60", "--threads", "1", "--cache-bytes", "0")
    with service.wire(30, window=2048, source=ONE) as wire:
        wire.get("/v1/claims?limit=200&embed=source")
        assert wire.head().status == 200
        until(lambda: connections(service) == 0, 15, "the connection is gone")


def test_who_rests_between_requests_has_the_time_for_each(serve):
    service = serve("--total-timeout", "1", "--idle-timeout", "60")
    with service.wire(source=ONE) as wire:
        for _ in range(3):
            assert is_taken(service, wire)
            time.sleep(1)


def test_who_waits_for_changes_has_the_time_that_it_takes(serve):
    service = serve("--total-timeout", "1")
    with service.wire(20, source=ONE) as waiting, service.wire(20, source=ONE) as following:
        waiting.get("/v1/changes?sort=-seq&limit=1")
        last = json.loads(waiting.answer().body)["items"][0]["seq"]
        following.get(f"/v1/changes?format=events&since={last}")
        assert following.head().status == 200
        waiting.get(f"/v1/changes?since={last}&wait=4")
        assert waiting.answer().status == 200
        following.socket.settimeout(0.5)
        with pytest.raises(TimeoutError):
            following.socket.recv(1)


@pytest.fixture
def importer(database_url):
    return claimd("token", "create", "--name", f"importer-{time.monotonic_ns()}", "--scope", "admin", DATABASE_URL=database_url).stdout.strip()


def import_fields(token):
    return (f"Authorization: Bearer {token}", "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked")


def chunk(text):
    return f"{len(text):x}\r\n{text}\r\n"


def test_an_import_takes_as_long_as_it_goes_on(serve, importer):
    service = serve("--body-timeout", "2", "--total-timeout", "2")
    line = json.dumps({"scope": {"id": "slow", "name": "Slow", "definition": "x" * 1100}}) + "\n"
    with service.wire(20, source=ONE) as wire:
        wire.get("/v1/import?dry_run=true", *import_fields(importer), method="POST")
        for _ in range(6):
            time.sleep(0.8)
            wire.send(chunk(line))
        wire.send("0\r\n\r\n")
        answer = wire.answer()
    assert answer.status == 200 and json.loads(answer.body)["lines"] == 6


def test_an_import_that_trickles_is_cut_off(serve, importer):
    service = serve("--body-timeout", "1", "--idle-timeout", "60")
    with service.wire(source=ONE) as wire:
        wire.get("/v1/import", *import_fields(importer), method="POST")
        assert seconds_until_closed(wire, chunk(" ").encode(), 20) < 8


def test_an_answer_that_nobody_takes_is_broken_off(serve):
    service = serve("--idle-timeout", "1", "--request-timeout", "500", "--threads", "1")
    with service.wire(30, window=2048, source=ONE) as wire:
        wire.get("/v1/claims?format=ndjson")
        wire.head()

        until(lambda: connections(service) == 0, 15, "the connection is gone")


def connections(service):
    """How many clients are connected, as the kernel has it."""
    local = f":{service.port:04X}"
    rows = (line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:])
    return sum(row[1].endswith(local) and row[3] == "01" for row in rows)


# Sizes --------------------------------------------------------------------------------------------


def test_a_page_has_so_many_items(serve, contract):
    service = serve("--page-most", "7")
    api = Api(service, contract)
    assert len(api.get("/v1/claims")["items"]) == 7
    assert len(api.get("/v1/claims", limit=7)["items"]) == 7
    problem = api.problem("/v1/claims?limit=8", "invalid-parameter", parameters=["limit"])
    assert "1 to 7" in problem["detail"]
    ids = [item["id"] for page in api.pages("/v1/claims", limit=7) for item in page]
    assert len(set(ids)) == len(ids) == len(api.answer("/v1/claims?format=ndjson"))


def test_a_result_has_so_many_bytes(serve, contract):
    service = serve("--result-bytes", "65536")
    api = Api(service, contract)
    assert api.get("/v1/claims", limit=5)["items"]
    api.problem("/v1/claims?limit=200", "result-too-large")
    api.problem("/v1/claims?format=csv", "result-too-large")
    assert api.get("/v1/claims", limit=5)["items"]


def parsed(service):
    """What is answered to one whose body takes some room."""
    body = " " * 200000 + json.dumps({"text": "5 Millionen Dollar"})
    with service.wire(source=OTHER) as wire:
        wire.get(*PARSE, f"Content-Length: {len(body)}", method="POST")
        wire.send(body)
        return wire.answer()


def filled(service):
    """Those whose bodies have come in part, until there is room for no other; and what that one was answered."""
    wires, answers = [], []

    def is_full():
        wires.append(service.wire(source=ONE))
        wires[-1].get(*PARSE, "Content-Length: 400000", method="POST")
        wires[-1].send(" " * 100000)
        answers.append(parsed(service))
        return answers[-1].status == 503
    until(is_full, 20, "there is no more room")
    assert len(wires) > 2
    return wires, answers[-1]


def test_all_bodies_together_have_so_much_room(serve, contract):
    """What has come is held until it is answered; who comes when there is no room is told to come again, and nobody else suffers for long."""
    service = serve("--memory-bytes", "1048576", "--cache-bytes", "0")
    wires, refused = filled(service)
    problem = contract.check("POST", PARSE[0], refused.status, refused.headers, refused.body)
    assert problem["type"] == "/problems/overloaded" and refused.headers["Retry-After"]
    for wire in wires:
        wire.socket.close()
    until(lambda: parsed(service).status == 200, 10, "there is room again")
    assert ask(service, "/v1/claims?limit=3").status == 200


def test_answers_that_nobody_takes_need_room_as_well(serve, contract):
    """Each is of rows of its own, so that none is shared; who takes few bytes at a time has the system hold few of them."""
    service = serve("--memory-bytes", "1048576", "--cache-bytes", "0", "--idle-timeout", "60")
    targets = [f"/v1/claims?limit={limit}&embed=source" for limit in range(200, 150, -1)]
    with contextlib.ExitStack() as leaving:
        for target in targets:
            wire = leaving.enter_context(service.wire(30, window=2048, source=ONE))
            wire.get(target)
            head = wire.head()
            if head.status == 503:
                break
            assert head.status == 200
        refused = ask(service, targets[0], source=OTHER)
        problem = contract.check("GET", targets[0], refused.status, refused.headers, refused.body)
        assert problem["type"] == "/problems/overloaded" and refused.headers["Retry-After"]
    until(lambda: ask(service, targets[0], source=OTHER).status == 200, 10, "there is room again")


def test_lines_of_an_import_need_room_as_well(serve, importer):
    service = serve("--memory-bytes", "1048576", "--cache-bytes", "0")
    wires, _ = filled(service)
    body = json.dumps({"scope": {"id": "no-room", "name": "Some", "definition": "x" * 3000}}) + "\n"

    def imported():
        with service.wire(source=OTHER) as wire:
            wire.get("/v1/import?dry_run=true", f"Authorization: Bearer {importer}", "Content-Type: application/x-ndjson", f"Content-Length: {100 * len(body)}", method="POST")
            wire.send(body * 100)
            return wire.answer()
    refused = imported()
    assert refused.status == 503 and json.loads(refused.body)["type"] == "/problems/overloaded", refused
    for wire in wires:
        wire.socket.close()
    until(lambda: imported().status == 200, 10, "there is room again")


def test_the_body_that_finds_no_room_is_let_go_itself(serve):
    service = serve("--memory-bytes", "1048576", "--cache-bytes", "0", "--body-bytes", "5000000")
    for _ in range(3):
        with service.wire(source=ONE) as wire:
            wire.get(*PARSE, "Content-Length: 3000000", method="POST")
            wire.send(" " * 3000000)
            assert wire.answer().status == 503
        assert ask(service, "/v1/claims?limit=2").status == 200


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "zstd", "gzip, identity", "x", "gzip;q=0"])
def test_packed_bodies_are_not_unpacked(serve, coding):
    service = serve()
    with service.wire(source=ONE) as wire:
        wire.get(*PARSE, f"Content-Encoding: {coding}", "Content-Length: 100", "Expect: 100-continue", method="POST")
        answer = wire.answer()
    assert answer.status == 415 and answer.headers["Accept-Encoding"] == "identity"
    assert json.loads(answer.body)["type"] == "/problems/unsupported-media-type"


# Settings -----------------------------------------------------------------------------------------

BOUNDS = {"head-timeout": (1, 3600), "body-timeout": (1, 3600), "total-timeout": (1, 86400), "address-connections": (0, 1000000), "address-rate": (0, 100000), "token-rate": (0, 100000),
          "rate-window": (1, 3600), "page-most": (1, 200), "result-bytes": (65536, 999999999), "memory-bytes": (1048576, 999999999)}


@pytest.mark.parametrize("flag", BOUNDS)
def test_numbers_have_bounds(flag):
    least, most = BOUNDS[flag]
    for value, good in [(least, True), (most, True), (least - 1, False), (most + 1, False), ("x", False), ("1.5", False)]:
        got = claimd(f"--{flag}", str(value), "help")
        assert (got.returncode == 0) == good, (flag, value)
        assert good or f"--{flag}" in got.stderr


@pytest.mark.parametrize("flag, good, bad", [
    ("trusted-proxies", ["127.0.0.1", "10.0.0.0/8,::1,unix", "::/0"], ["", "*", "localhost", "10.0.0.0/33", "10.0.0.1,", "::1/129", "10.0.0.1:80"]),
    ("trusted-field", ["forwarded", "x-forwarded-for"], ["", "X-Real-IP", "both"])])
def test_words_are_checked(flag, good, bad):
    for value in good:
        assert claimd(f"--{flag}", value, "help").returncode == 0
    for value in bad:
        got = claimd(f"--{flag}", value, "help")
        assert got.returncode == 2 and f"--{flag}" in got.stderr
