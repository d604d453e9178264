"""Whole lists as CSV and NDJSON: what is streamed, how it is framed, and what ends a stream early"""
import concurrent.futures
import contextlib
import csv
import io
import json
import signal
import socket
import threading
import time

import database
import pytest

from contract import HISTORY, READ, read_csv, read_lines
from service import INSTRUMENTED, Service, until

PATHS = [path for path in READ if path not in HISTORY]
LISTS = [path for path in PATHS if path + "/{id}" in PATHS or path.count("/") == 4]
RELATED = "/v1/claims/r1-under-300000-03-training-cost-294000/related"
WHOLE = "/v1/scopes?format=ndjson"
ROWS, UNITS = 100_000, 5_000
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def long_url(fresh_database):
    """A database with lists that do not fit into one page, nor into the buffers between two processes."""
    url = fresh_database()
    database.execute(
        url,
        f"""INSERT INTO scope SELECT 'x-' || lpad(i::text, 6, '0'), 'Scope ' || i, repeat('"Größe", ', 20) || i
            FROM generate_series(1, {ROWS}) AS i""",
        f"INSERT INTO unit SELECT 'x' || lpad(i::text, 6, '0'), 'Unit ' || i, 'money', NULL FROM generate_series(1, {UNITS}) AS i",
        "ANALYZE")
    return url


@pytest.fixture(scope="module")
def long(long_url):
    """One thread, so that all streams share it."""
    with Service(long_url, "--threads", "1", "--log-requests") as service:
        yield service.answers()


@pytest.fixture(scope="module")
def whole(long_url):
    """What the stream of scopes must be, put together by the database."""
    with contextlib.closing(database.connect(long_url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT id, name, definition FROM scope ORDER BY id")
        keys = ("id", "name", "definition")
        lines = [json.dumps(dict(zip(keys, row)), ensure_ascii=False, separators=(",", ":")) + "\n" for row in cursor]
    return "".join(lines).encode()


class Unavailable(AssertionError):
    """There is no stream just now, as the service says openly."""


def begin(service, target=WHOLE, version="1.1", window=None):
    """A connection on which a stream has begun."""
    wire = service.wire(window=window)
    wire.get(target, version=version)
    answer = wire.head()
    if answer.status == 503:
        raise Unavailable(answer)
    assert answer.status == 200, answer
    return wire, answer


def read(service, target=WHOLE):
    """A stream as far as it came, and whether it says that it is whole."""
    wire, parts = begin(service, target)[0], []
    with wire:
        try:
            parts.extend(wire.chunks())
        except (EOFError, ConnectionError):
            return b"".join(parts), False
    return b"".join(parts), True


def ask_ahead(chunks, size):
    """Takes so many bytes of a stream."""
    taken = b""
    while len(taken) < size:
        taken += next(chunks)
    return taken


# What is streamed -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", LISTS)
def test_stream_is_all_pages_together(api, targets, path):
    target = RELATED if path.endswith("related") else targets[path]
    items = api.items(target, limit=7)
    assert items and api.get(target, format="ndjson") == items
    header, *rows = api.get(target, format="csv")
    paged = [row for page in csv_pages(api, target + "?format=csv&limit=7") for row in page]
    assert len(rows) == len(items) and paged == rows
    assert header[0] == "id" and [row[0] for row in rows] == [item["id"] for item in items]


def csv_pages(api, link):
    """The rows of each page, by way of the header fields; each page has a header row of its own."""
    while link:
        got = api.request("GET", link)
        yield read_csv(got.content)[1:]
        link = got.links.get("next", {}).get("url")


def test_stream_keeps_filters_order_and_fields(api):
    wanted = {"stance": "disputes", "sort": "-line", "fields": "id,locator"}
    assert api.get("/v1/claims", **wanted, format="ndjson") == api.items("/v1/claims", limit=3, **wanted)


def test_stream_goes_on_behind_a_cursor(api):
    first = api.get("/v1/claims", limit=50)
    rest = api.answer(first["next"].replace("limit=50&", "") + "&format=ndjson")
    assert first["items"] + rest == api.items("/v1/claims")


def test_limit_cuts_a_stream_to_a_page_that_links_to_the_next(api):
    pages, link = [], "/v1/claims?limit=60&format=ndjson"
    while link:
        got = api.request("GET", link)
        assert got.headers["ETag"] and got.links["first"]["url"] == "/v1/claims?limit=60&format=ndjson"
        pages.append(read_lines(got.content))
        link = got.links.get("next", {}).get("url")
    assert [len(page) for page in pages[:-1]] == [60] * (len(pages) - 1) and 0 < len(pages[-1]) <= 60
    assert [item for page in pages for item in page] == api.items("/v1/claims")


def test_empty_list_is_no_line_and_a_header_alone(api):
    assert api.get("/v1/claims", subject="nothing", format="ndjson") == []
    rows = api.get("/v1/claims", subject="nothing", format="csv")
    assert len(rows) == 1 and rows[0] == api.get("/v1/claims", format="csv")[0]


def test_stream_of_many_pages_is_the_whole_table(long, whole):
    assert read(long) == (whole, True)


def test_csv_of_many_pages_has_one_header_and_every_row(long, whole):
    body, complete = read(long, "/v1/scopes?format=csv")
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert complete and rows == [json.loads(line) for line in whole.splitlines()]


@pytest.mark.parametrize("query", ["format=xml", "limit=0", "fields=nothing", "cursor=nothing"])
@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_fault_is_told_before_a_stream_begins(api, form, query):
    problem = api.answer(f"/v1/claims?{query}" + ("" if "format" in query else f"&format={form}"), 400)
    assert problem["status"] == 400


# Framing ----------------------------------------------------------------------------------------


# What may differ: how a body is framed is not said where there is none.
UNTOLD = {"date", "x-request-id", "server-timing", "transfer-encoding", "connection"}


def told(answer):
    return answer.status, {name: value for name, value in answer.headers.lower_items() if name not in UNTOLD}


@pytest.mark.parametrize("target", [WHOLE, "/v1/scopes?format=csv"])
def test_head_of_a_stream_is_its_head_without_a_byte_of_a_body(long, target):
    wire, got = begin(long, target)
    wire.socket.close()
    assert got.headers["Transfer-Encoding"] == "chunked" and "Content-Length" not in got.headers
    with long.wire() as wire:
        wire.get(target, method="HEAD")
        head = wire.head()
        assert told(head) == told(got) and "Content-Length" not in head.headers
        assert (head.headers["Connection"], wire.to_the_end()) == ("close", b"")


def test_next_answer_follows_the_last_chunk(long, whole):
    with long.wire() as wire:
        wire.get(WHOLE)
        wire.get("/healthz")
        wire.get("/v1/units?format=csv")
        assert wire.head().headers["Content-Type"] == "application/x-ndjson"
        assert b"".join(wire.chunks()) == whole
        assert wire.answer().body == b'{"status":"ok"}'
        assert wire.head().headers["Content-Type"].startswith("text/csv")
        assert b"".join(wire.chunks()).count(b"\r\n") > UNITS


def test_client_of_http_1_0_gets_no_chunks_and_the_end_of_the_connection(long, whole):
    wire, answer = begin(long, version="1.0")
    with wire:
        assert "Transfer-Encoding" not in answer.headers and "Content-Length" not in answer.headers
        assert wire.to_the_end() == whole


def test_stream_is_kept_by_no_cache(long):
    wire, answer = begin(long)
    with wire:
        assert answer.headers["Cache-Control"] == "no-store" and "ETag" not in answer.headers


# Clients ----------------------------------------------------------------------------------------


def test_memory_stays_small_while_a_long_list_is_streamed(long):
    wire, most, size = begin(long)[0], 0, 0
    before = long.memory()
    with wire:
        for chunk in wire.chunks():
            size += len(chunk)
            most = max(most, long.memory())
    assert size > 15 * MEGABYTE
    assert INSTRUMENTED or most < 64 * MEGABYTE and most - before < 4 * MEGABYTE


def half_close(wire):
    wire.socket.shutdown(socket.SHUT_WR)
    wire.socket.close()


GOING_AWAY = {"closes": lambda wire: wire.socket.close(), "half-closes and leaves": half_close, "resets": lambda wire: wire.reset()}


def ended(service, identity):
    return [event for event in service.events() if event.get("id") == identity]


@pytest.mark.parametrize("way", GOING_AWAY)
def test_stream_ends_when_its_client(long, way):
    before = long.memory()
    wires = [begin(long) for _ in range(20)]
    for wire, _ in wires:
        ask_ahead(wire.chunks(), 100_000)
        GOING_AWAY[way](wire)
    until(lambda: all(ended(long, answer.headers["X-Request-Id"]) for _, answer in wires), 5, "every request has ended")
    assert INSTRUMENTED or long.memory() - before < 4 * MEGABYTE
    assert long.status("/readyz") == 200 and read(long, "/v1/units?format=ndjson")[1]


def test_client_that_only_stops_sending_still_gets_all(long, whole):
    wire = begin(long)[0]
    with wire:
        wire.socket.shutdown(socket.SHUT_WR)
        assert b"".join(wire.chunks()) == whole


def test_slow_reader_is_not_cut_off_while_it_reads(long_url, whole):
    with Service(long_url, "--idle-timeout", "3", "--request-timeout", "1000") as service:
        wire = begin(service.answers(), window=8192)[0]
        with wire:
            wire.trickle(1024, 0.05, 5.5)
            assert b"".join(wire.chunks()) == whole


def test_reader_that_stops_is_cut_off(long_url):
    with Service(long_url, "--idle-timeout", "1", "--request-timeout", "500", "--log-requests") as service:
        wire, answer = begin(service.answers(), window=8192)
        with wire:
            until(lambda: ended(service, answer.headers["X-Request-Id"]), 6, "the request has ended")
            with pytest.raises((EOFError, ConnectionError)):
                list(wire.chunks())


def test_twenty_streams_do_not_hold_up_other_requests(long):
    expected = read(long, "/v1/units?format=ndjson")
    assert expected[0].count(b"\n") > UNITS and expected[1]
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        streams = [pool.submit(read, long, "/v1/units?format=ndjson") for _ in range(60)]
        waits = []
        while not all(stream.done() for stream in streams):
            waits.append(until(lambda: long.status("/v1/claims?limit=1") == 200, 1, "an answer beside streams"))
    assert len(waits) > 5 and max(waits) < 1
    assert all(stream.result() == expected for stream in streams)


# The end of the database, and of the service ----------------------------------------------------


def kill_backends(url, over):
    """Ends the service's sessions again and again."""
    with contextlib.closing(database.connect(url, autocommit=True)) as connection, connection.cursor() as cursor:
        kills = 0
        while not over.is_set():
            cursor.execute("""SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                              WHERE datname = current_database() AND pid <> pg_backend_pid()""")
            kills += cursor.fetchone()[0]
            over.wait(0.2)
    return kills


@contextlib.contextmanager
def killed_backends(url):
    over = threading.Event()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        kills = pool.submit(kill_backends, url, over)
        try:
            yield
        finally:
            over.set()
    assert kills.result() > 1, "nothing was killed"


def read_to_the_end(service):
    """read() by HTTP/1.0, where only the way in which the connection ends can say that something is missing."""
    with begin(service, version="1.0")[0] as wire:
        try:
            return wire.to_the_end(), True
        except ConnectionError:
            return b"", False


@pytest.mark.parametrize("reader", [read, read_to_the_end])
def test_stream_is_never_silently_short_though_its_database_sessions_are_killed(long_url, long, whole, reader):
    outcomes = []

    def has_read():
        with contextlib.suppress(Unavailable):
            outcomes.append(reader(long))
            return True
    with killed_backends(long_url):
        for _ in range(2):
            until(has_read, 20, "a stream that begins")
    assert all(taken == whole if complete else whole.startswith(taken) for taken, complete in outcomes)
    assert reader(long.answers()) == (whole, True)


@contextlib.contextmanager
def locked(url, table):
    with contextlib.closing(database.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


@pytest.mark.parametrize("version", ["1.1", "1.0"])
def test_stream_whose_next_page_does_not_come_in_time_breaks_off(long_url, version):
    with Service(long_url, "--threads", "1", "--request-timeout", "300") as service:
        wire = begin(service.answers(), version=version, window=8192)[0]
        with wire, locked(long_url, "scope"):
            wire.socket.settimeout(5)
            began = time.monotonic()
            with pytest.raises((EOFError, ConnectionError)):
                list(wire.chunks()) if version == "1.1" else wire.to_the_end()
            assert time.monotonic() - began < 3
        assert read(service.answers(), "/v1/units?format=ndjson")[1]


@pytest.mark.parametrize("version", ["1.1", "1.0"])
def test_stream_whose_database_is_known_to_be_away_breaks_off(long_url, server_url, version):
    with Service(long_url, "--threads", "1") as service:
        wire = begin(service.answers(), version=version, window=8192)[0]
        with wire, database.deserted(server_url, long_url):
            until(lambda: service.status("/readyz") == 503, 5, "an outage that is known")
            with pytest.raises((EOFError, ConnectionError)):
                list(wire.chunks()) if version == "1.1" else wire.to_the_end()
        assert read(service.answers(), "/v1/units?format=ndjson")[1]


def test_stream_whose_next_page_finds_the_queue_full_breaks_off(long_url):
    with Service(long_url, "--threads", "1", "--queue", "1") as service:
        wire = begin(service.answers(), window=8192)[0]
        with wire, service.wire() as other, locked(long_url, "claim"):
            other.get("/v1/claims")
            until(lambda: service.status("/v1/units") == 503, 5, "a queue that is full")
            with pytest.raises((EOFError, ConnectionError)):
                list(wire.chunks())
        until(lambda: service.status("/v1/units") == 200, 5, "a queue with room again")


def test_stopping_finishes_a_stream_that_is_read(long_url, long):
    expected, _ = read(long, "/v1/units?format=ndjson")
    with Service(long_url) as service:
        wire = begin(service.answers(), "/v1/units?format=ndjson", window=8192)[0]
        with wire:
            chunks = wire.chunks()
            taken = ask_ahead(chunks, 1000)
            service.process.send_signal(signal.SIGTERM)
            assert len(taken) < len(expected) / 4 and taken + b"".join(chunks) == expected
        assert service.process.wait(5) == 0


@pytest.mark.parametrize("version", ["1.1", "1.0"])
def test_stopping_breaks_off_a_stream_that_nobody_reads(long_url, version):
    with Service(long_url, "--request-timeout", "500") as service:
        wire = begin(service.answers(), version=version)[0]
        with wire:
            service.process.send_signal(signal.SIGTERM)
            assert service.process.wait(5) == 0
            with pytest.raises((EOFError, ConnectionError)):
                list(wire.chunks()) if version == "1.1" else wire.to_the_end()
