"""The feed of changes: each one once, in the order in which they were committed, whoever writes and however it is read"""
import contextlib
import json
import random
import resource
import select
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import database
from desk import CLAIM, DOCUMENTS, KINDS, STATEMENT, Client, Tables, create_token, opened, problem
from service import INSTRUMENTED, Service, until

MEGABYTE = 1 << 20
SERVICE = ["--threads", "2"]


class Stream:
    """One who follows the events, on a connection of his own."""

    def __init__(self, service, target="/v1/changes", last=None, window=None, accept="text/event-stream"):
        self.wire = service.wire(30, window)
        self.wire.get(target, f"Accept: {accept}", *([f"Last-Event-ID: {last}"] if last is not None else []))
        self.head = self.wire.head()
        assert self.head.status == 200, (self.head, self.wire._rest)
        assert self.head.headers["Content-Type"].startswith("text/event-stream")
        self._text = b""
        self.ended = False
        self.comments = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.wire.socket.close()

    def events(self):
        """Each as it comes, with its id, until the service ends the stream in good order."""
        yield from self._parsed()
        for chunk in self.wire.chunks():
            self._text += chunk
            yield from self._parsed()
        assert self._text == b""
        self.ended = True

    def _parsed(self):
        while b"\n\n" in self._text:
            block, self._text = self._text.split(b"\n\n", 1)
            lines = block.decode().split("\n")
            fields = dict(line.split(": ", 1) for line in lines if line and not line.startswith(":"))
            self.comments += any(line.startswith(":") for line in lines)
            assert self.comments < 4, "nothing but heartbeats"
            if fields:
                event = json.loads(fields["data"])
                assert fields["id"] == str(event["seq"]) and set(fields) == {"id", "data"}
                self.comments = 0
                yield event

    def take(self, count):
        taken = []
        for event in self.events():
            taken.append(event)
            if len(taken) == count:
                break
        return taken


def revisions(url, since=0):
    """All of them as the tables have them."""
    with Tables(url) as tables:
        return tables.run("SELECT seq, change, kind, id, action FROM revision WHERE seq > %s ORDER BY seq", since)


def as_rows(events):
    return [(event["seq"], event["change"], event["kind"], event["id"], event["action"]) for event in events]


# One after another -------------------------------------------------------------------------------------------


def test_each_change_is_told_with_what_it_is(desk, url):
    since = desk.last()
    desk.put("source", "fed", DOCUMENTS["source"][0], comment="why not")
    desk.put("claim", "fed", {**STATEMENT, "source": "fed"})
    desk.patch("claim", "fed", {"hedge": "rumour"}, "*")
    desk.retract("claim", "fed", comment="wrong")
    items = list(desk.changes(since))
    told = [(item["kind"], item["id"], item["action"], item["comment"]) for item in items]
    assert sorted(told[1:4]) == [("agent", "voice-fed", "created", None), ("claim", "fed", "created", None), ("proposition", "fed", "created", None)]
    assert [told[0], told[4]] == [("source", "fed", "created", "why not"), ("claim", "fed", "changed", None)]
    assert sorted(told[5:]) == [("claim", "fed", "retracted", "wrong"), ("proposition", "fed", "retracted", "wrong")]
    assert as_rows(items) == revisions(url, since) and {item["author"] for item in items} == {f"desk-{desk.service.port}"}


def test_list_goes_on_where_it_ended(desk, url):
    wanted = revisions(url)
    for limit in (1, 7, 200):
        seen, since = [], 0 if limit > 1 else wanted[-15][0]
        while True:
            page = desk.get("/v1/changes", since=since, limit=limit).json()
            seen += page["items"]
            if not page["items"]:
                break
            since = page["items"][-1]["seq"]
        assert as_rows(seen) == (wanted if limit > 1 else wanted[-14:])
    seen, target = [], "/v1/changes?limit=150"
    while target:
        page = desk.get(target).json()
        seen, target = seen + page["items"], page["next"]
    assert as_rows(seen) == wanted
    assert as_rows(desk.get("/v1/changes", sort="-seq", limit=50).json()["items"]) == wanted[::-1][:50]
    assert len(desk.get("/v1/changes", format="csv").text.splitlines()) == len(wanted) + 1
    assert as_rows(map(json.loads, desk.get("/v1/changes", format="ndjson").text.splitlines())) == wanted
    for kind in [*KINDS, "proposition", "dimension"]:
        assert as_rows(desk.changes(kind=kind)) == [row for row in wanted if row[2] == kind]
    assert as_rows(desk.changes(kind="claim,unit")) == [row for row in wanted if row[2] in ("claim", "unit")]


@pytest.mark.parametrize("query", [{"since": "-1"}, {"since": "x"}, {"since": ""}, {"since": "1.5"}, {"wait": "0"}, {"wait": "61"}, {"wait": "x"}, {"kind": "token"}, {"kind": ""},
                                   {"format": "svg"}, {"as_of": "2025-01-01"}, {"id": "x"}, {"fields": "nothing"}, {"format": "events", "limit": "3"},
                                   {"format": "events", "sort": "-seq"}, {"format": "events", "wait": "3"}, {"format": "events", "fields": "nothing"}])
def test_parameters_are_checked(desk, query):
    assert desk.send("GET", "/v1/changes", **query).status_code == 400


@pytest.mark.parametrize("last", ["x", "-1", "1 2", "9" * 19, "1.5"])
def test_last_event_id_is_checked(desk, last):
    assert desk.send("GET", "/v1/changes?format=events", headers={"Last-Event-ID": last}).status_code == 400


def test_places_have_as_many_digits_as_they_come_to(desk):
    assert desk.get("/v1/changes", since=10 ** 12).json()["items"] == []


# Waiting ----------------------------------------------------------------------------------------------------------


def test_who_waits_is_told_at_once(desk, url):
    for turn in range(6):
        since = revisions(url)[-1][0]  # the service may hear a little later of what was done past it
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(desk.get, "/v1/changes", since=since, wait=20)
            time.sleep(0.05 * turn)
            began = time.monotonic()
            if turn % 2:
                desk.put("scope", f"waited-{turn}", DOCUMENTS["scope"][0])
            else:
                with Tables(url) as tables:
                    tables.run("INSERT INTO scope (id, name, definition) VALUES (%s, 'x', 'y')", f"waited-{turn}")
            items = asked.result().json()["items"]
            assert time.monotonic() - began < 3 and [item["id"] for item in items] == [f"waited-{turn}"]


def test_who_waits_is_told_in_the_end_that_there_is_nothing(desk):
    since = desk.last()
    began = time.monotonic()
    assert desk.get("/v1/changes", since=since, wait=1).json()["items"] == []
    assert 0.9 < time.monotonic() - began < 4
    began = time.monotonic()
    assert desk.get("/v1/changes", since=since - 1, wait=30).json()["items"] and time.monotonic() - began < 3


def test_followers_who_are_shown_different_things_are_shown_their_own(url):
    """They stand at one place, and what they ask for is alike but for its name."""
    with opened(url, "--threads", "1") as client:
        since = client.last()
        with Stream(client.service, f"/v1/changes?since={since}&fields=seq") as narrow, Stream(client.service, f"/v1/changes?since={since}&sort=seq") as wide:
            client.put("scope", "followed-by-two", DOCUMENTS["scope"][0])
            assert set(narrow.take(1)[0]) == {"seq"} and len(wide.take(1)[0]) > 3


def test_who_waits_for_one_kind_is_not_woken_by_another(desk):
    since = desk.last()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(desk.get, "/v1/changes", since=since, wait=20, kind="unit")
        for number in range(5):
            desk.put("scope", f"unwoken-{number}", DOCUMENTS["scope"][0])
        assert not asked.done()
        desk.put("unit", "woken", DOCUMENTS["unit"][0])
        assert [item["id"] for item in asked.result().json()["items"]] == ["woken"]


@pytest.mark.parametrize("form", ["ndjson", "csv"])
def test_who_waits_in_another_form_waits_too(desk, form):
    began = time.monotonic()
    desk.get("/v1/changes", since=desk.last(), wait=1, format=form)
    assert time.monotonic() - began > 0.9


@pytest.mark.skipif(INSTRUMENTED, reason="a sanitizer's memory is not the service's")
def test_who_waits_takes_no_more_memory_the_more_others_do(desk, url):
    with opened(url, "--threads", "1") as client, Tables(url) as tables, contextlib.ExitStack() as waits:
        client.put("scope", "restless", DOCUMENTS["scope"][0])
        for number in range(30):
            waits.enter_context(client.service.wire(70)).get(f"/v1/changes?since={client.last() + 1000 + number}&wait=60")
        until(lambda: client.service.status("/readyz") == 200, 5, "an answer")
        before = client.service.memory()
        for number in range(400):
            tables.run("UPDATE scope SET definition = %s WHERE id = 'restless'", f"Turn {number}.")
            time.sleep(0.005)
        assert client.service.memory() - before < MEGABYTE


# Following ----------------------------------------------------------------------------------------------------------


def test_stream_begins_where_it_is_told_to(desk, url):
    wanted = revisions(url)
    place = wanted[len(wanted) // 2][0]
    behind = [row for row in wanted if row[0] > place]
    with Stream(desk.service, f"/v1/changes?since={place}") as one, Stream(desk.service, last=place) as two, \
            Stream(desk.service, "/v1/changes?since=0", last=place) as three, Stream(desk.service, "/v1/changes?since=0&format=events", accept="*/*") as four, \
            Stream(desk.service) as five:
        assert [as_rows(stream.take(len(behind))) for stream in (one, two, three)] == [behind] * 3
        assert as_rows(four.take(len(wanted))) == wanted
        desk.put("scope", "begun", DOCUMENTS["scope"][0])
        for stream in (one, two, three, four, five):
            assert [event["id"] for event in stream.take(1)] == ["begun"]
        assert "Content-Length" not in one.head.headers and "no-" in one.head.headers.get("Cache-Control", "")


def test_followers_of_other_filters_and_forms_do_not_mix(desk, url):
    """Those who ask for the same share what is found; who asks for something else gets that."""
    since = revisions(url)[-1][0]
    with Service(url, "--threads", "1") as service:
        client = Client(service.answers(), desk.token)
        targets = {"": None, "&kind=scope": {"scope"}, "&kind=subject": {"subject"}, "&kind=scope,subject": {"scope", "subject"}, "&kind=unit": {"unit"}}
        streams = {target: [Stream(service, f"/v1/changes?since={since}{target}") for _ in range(3)] for target in targets}
        with Stream(service, f"/v1/changes?since={since}&fields=seq,id") as narrow:
            for turn in range(3):
                for kind in ("scope", "subject", "unit"):
                    client.put(kind, f"mixed-{turn}", DOCUMENTS[kind][0])
            for target, kinds in targets.items():
                wanted = [(kind, f"mixed-{turn}") for turn in range(3) for kind in ("scope", "subject", "unit") if not kinds or kind in kinds]
                for stream in streams[target]:
                    assert [(event["kind"], event["id"]) for event in stream.take(len(wanted))] == wanted, target
                    stream.wire.socket.close()
            assert [set(event) for event in narrow.take(9)] == [{"seq", "id"}] * 9


def test_follower_of_what_is_far_ahead_keeps_nobody_waiting(desk, url):
    with Service(url, "--threads", "1") as service:
        service.answers()
        since = revisions(url)[-1][0]
        with Stream(service, f"/v1/changes?since={10 ** 8}"), Stream(service, f"/v1/changes?since={since}") as stream:
            stream.wire.socket.settimeout(3)
            Client(service, desk.token).put("scope", "ahead", DOCUMENTS["scope"][0])
            assert [event["id"] for event in stream.take(1)] == ["ahead"]


def test_head_of_a_stream_ends(desk):
    with desk.service.wire(5) as wire:
        wire.get("/v1/changes?format=events", method="HEAD")
        head = wire.head()
        assert head.status == 200 and head.headers["Content-Type"].startswith("text/event-stream")
        assert wire.rest() == b""


FILTERS = [("", lambda row: True)] + [(f"&kind={kind}", lambda row, kind=kind: row[2] == kind) for kind in ("claim", "subject", "scope", "proposition")] + \
    [("&kind=scope,subject", lambda row: row[2] in ("scope", "subject")), ("&kind=claim,agent,unit", lambda row: row[2] in ("claim", "agent", "unit"))]


class Followers:
    """Readers of each sort, at work until all have come to the same place."""

    def __init__(self, service, since):
        self.service, self.since = service, since
        self.seen, self.over = {}, threading.Event()
        self.threads = []

    def start(self, name, work):
        self.seen[name] = []
        self.threads.append(threading.Thread(target=work, args=(self.seen[name],), name=name, daemon=True))
        self.threads[-1].start()

    def poll(self, wait=None, limit=None):
        def work(seen):
            client, since = Client(self.service), self.since
            while True:
                last = self.over.is_set()
                items = client.get("/v1/changes", since=since, **({"wait": wait} if wait and not last else {}), limit=limit or 200).json()["items"]
                seen += as_rows(items)
                since = items[-1]["seq"] if items else since
                if last and not items:
                    return
        return work

    def follow(self, query="", window=None, pause=0):
        def work(seen):
            with Stream(self.service, f"/v1/changes?since={self.since}{query}", window=window) as stream:
                for event in stream.events():
                    if event["id"] == "the-end" and event["kind"] == "scope":
                        seen += as_rows([event])
                        return
                    seen += as_rows([event])
                    time.sleep(pause)
        return work

    def join(self):
        for thread in self.threads:
            thread.join(30)
            assert not thread.is_alive(), f"{thread.name} has not come to the end: {len(self.seen[thread.name])} so far"


def test_every_reader_sees_every_change_once_and_in_order(desk, url):
    """Sixteen writers: through the service on connections of their own, and in SQL, in transactions that take their time, some of which are taken back."""
    since, writers, changes = revisions(url)[-1][0], 16, 14
    followers = Followers(desk.service, since)
    for number in range(3):
        followers.start(f"poller {number}", followers.poll(limit=(3, 50, 200)[number]))
        followers.start(f"long poller {number}", followers.poll(wait=1))
    for number, (query, _) in enumerate(FILTERS):
        for copy in range(2):
            followers.start(f"stream {number} {copy}", followers.follow(query + ("" if "scope" in query or not query else ",scope")))

    def through(number):
        client, chance = Client(desk.service, desk.token), random.Random(number)
        for turn in range(changes):
            kind = chance.choice(["claim", "subject", "scope", "unit"])
            id = f"w{number}-{turn}-{kind}"
            client.put(kind, id, CLAIM if kind == "claim" else DOCUMENTS[kind][0])
            if chance.random() < 0.5:
                client.patch(kind, id, {{"claim": "statement"}.get(kind, "name"): "Other"}, "*")
            if chance.random() < 0.3:
                client.retract(kind, id)

    def past(number):
        chance = random.Random(number)
        with Tables(url, autocommit=False) as tables:
            for turn in range(changes):
                for part in range(chance.randrange(1, 4)):
                    tables.run("INSERT INTO scope (id, name, definition) VALUES (%s, 'x', 'y')", f"w{number}-{turn}-{part}")
                    time.sleep(chance.random() * 0.01)
                tables.run("UPDATE subject SET name = name || '.' WHERE id = 'desk-beta'")
                tables.connection.rollback() if chance.random() < 0.3 else tables.connection.commit()
    with ThreadPoolExecutor(writers) as pool:
        for done in [pool.submit(past if number % 3 == 2 else through, number) for number in range(writers)]:
            done.result()
    desk.put("scope", "the-end", DOCUMENTS["scope"][0])
    followers.over.set()
    followers.join()
    wanted = revisions(url, since)
    assert len(wanted) > writers * changes and [row[1] for row in wanted] == sorted(row[1] for row in wanted)
    for name, seen in followers.seen.items():
        if name.startswith("stream"):
            query, fits = FILTERS[int(name.split()[1])]
            assert seen == [row for row in wanted if fits(row) or (query and row[2] == "scope")], name
        else:
            assert seen == wanted, name


def test_slow_reader_gets_all_and_holds_nobody(desk, url):
    since = revisions(url)[-1][0]
    with Stream(desk.service, f"/v1/changes?since={since}", window=2048) as slow, Stream(desk.service, f"/v1/changes?since={since}") as quick:
        with Tables(url) as tables:
            for turn in range(6):
                tables.run("INSERT INTO scope (id, name, definition) SELECT 'slow-' || %s || '-' || n, 'x', 'y' FROM generate_series(1, 1000) AS n", turn)
        assert len(quick.take(6000)) == 6000
        desk.put("scope", "behind-the-slow", DOCUMENTS["scope"][0])
        assert quick.take(1)[0]["id"] == "behind-the-slow"
        got = slow.take(6001)
        assert as_rows(got) == revisions(url, since)


def test_catching_up_across_a_restart(desk, url):
    since = revisions(url)[-1][0]
    with Service(url, "--threads", "2") as service:
        stream = Stream(service.answers(), f"/v1/changes?since={since}")
        desk.put("scope", "restart-1", DOCUMENTS["scope"][0])
        [event] = stream.take(1)
        port = service.port
        service.process.kill()
        service.process.wait()
        stream.wire.socket.close()
    for number in (2, 3):
        desk.put("scope", f"restart-{number}", DOCUMENTS["scope"][0])
    again = Service.__new__(Service)
    Service.__init__(again, url, "--threads", "2", "--listen", f"127.0.0.1:{port}")
    again.port, again.base = port, f"http://127.0.0.1:{port}"
    with again:
        with Stream(again.answers(), last=event["seq"]) as stream:
            assert [event["id"] for event in stream.take(2)] == ["restart-2", "restart-3"]
            desk.put("scope", "restart-4", DOCUMENTS["scope"][0])
            assert [event["id"] for event in stream.take(1)] == ["restart-4"]
    assert as_rows(desk.changes(since)) == revisions(url, since)


def test_database_that_goes_away_and_comes_back_loses_nothing(desk, url):
    """The service's connections are cut while others write: a follower who stays still gets all, once, and in order."""
    since = revisions(url)[-1][0]
    with Service(url, "--threads", "1") as service, Stream(service.answers(), f"/v1/changes?since={since}") as stream, Tables(url) as tables:
        for number in range(4):
            tables.run("INSERT INTO scope (id, name, definition) VALUES (%s, 'x', 'y')", f"cut-{number}-a")
            tables.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name ~ '^claimd/' AND datname = current_database()")
            tables.run("INSERT INTO scope (id, name, definition) VALUES (%s, 'x', 'y')", f"cut-{number}-b")
        assert as_rows(stream.take(8)) == revisions(url, since)


def test_changes_that_cannot_be_asked_for_are_asked_for_again(server_url, fresh_database):
    """The connection that hears of a change is there, that by which it would be read is not, and comes back when there is no further news."""
    url = fresh_database()
    with Service(url, "--threads", "1") as service, Stream(service.answers(), "/v1/changes") as stream, Tables(url) as tables:
        time.sleep(0.5)
        with database.closed(server_url, url):
            assert tables.value("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name ~ '^claimd/' AND query NOT LIKE '%data_state%'"
                                " AND datname = current_database()") == 1
            time.sleep(0.5)
            tables.run("INSERT INTO scope (id, name, definition) VALUES ('deaf', 'x', 'y')")
            time.sleep(1)
        began = time.monotonic()
        assert [event["id"] for event in stream.take(1)] == ["deaf"]
        assert time.monotonic() - began < 5


def test_service_that_stops_ends_streams_in_good_order(desk, url):
    since = revisions(url)[-1][0]
    with Service(url, "--threads", "2") as service:
        streams = [Stream(service.answers(), f"/v1/changes?since={since}") for _ in range(20)]
        client = Client(service, desk.token)
        with ThreadPoolExecutor(21) as pool:
            heard = [[] for _ in streams]

            def follow(number):
                for event in streams[number].events():
                    heard[number].append(event)
                return heard[number], streams[number].ended
            ends = [pool.submit(follow, number) for number in range(len(streams))]
            waits = pool.submit(client.send, "GET", f"/v1/changes?since={since + 1}&wait=50")
            client.put("scope", "stopped", DOCUMENTS["scope"][0])
            until(lambda: all(heard), 5, "the change to come to all")
            began = time.monotonic()
            service.stop()
            assert time.monotonic() - began < 5
            for end in ends:
                events, ended = end.result(5)
                assert ended and [event["id"] for event in events] == ["stopped"]
            assert waits.result(5).status_code == 200 and waits.result().json()["items"] == []
        for stream in streams:
            stream.wire.socket.close()


def test_service_that_stops_ends_a_stream_that_is_far_behind_in_good_order(fresh_database):
    url = fresh_database()
    with Service(url, "--threads", "1") as service, Tables(url) as tables:
        tables.run("INSERT INTO scope (id, name, definition) SELECT 'behind-' || n, 'x', repeat('y', 900) FROM generate_series(1, 20000) AS n")
        last = revisions(url)[-1][0]
        with Stream(service.answers(), "/v1/changes?since=0", window=8192) as stream:
            events = stream.events()
            heard = [next(events)["seq"]]
            service.process.send_signal(signal.SIGTERM)
            heard += [event["seq"] for event in events]
            assert stream.ended and heard == sorted(set(heard)) and heard[-1] < last
        assert service.process.wait(5) == 0


@pytest.mark.skipif(INSTRUMENTED, reason="a sanitizer's memory is not the service's")
def test_a_thousand_idle_followers_cost_little(desk, url):
    """And none a connection to the database; they are told that they are still followed, and what they waited for."""
    count = 1000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    since = desk.last()

    def connections():
        with Tables(url) as tables:
            return tables.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'crowded' AND datname = current_database()")
    with Service(url + ("&" if "?" in url else "?") + "application_name=crowded", "--threads", "2", "--address-connections", "0") as service:
        service.answers()
        Client(service).get("/v1/changes", limit=1)
        usual, before = connections(), service.memory()
        sockets = []
        for number in range(count):
            sockets.append(socket.create_connection(("127.0.0.1", service.port), 10))
            query = ("", "&kind=claim,scope", "&kind=scope", "&fields=seq,id")[number % 4]
            sockets[-1].sendall(f"GET /v1/changes?format=events&since={since}{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        for each in sockets:
            assert each.recv(4096).startswith(b"HTTP/1.1 200 ")
        assert service.memory() < 64 * MEGABYTE, f"{(service.memory() - before) / MEGABYTE:.1f} MB more for {count} followers"
        assert connections() <= usual
        waiting, began = {each: b"" for each in sockets}, time.monotonic()
        while waiting and time.monotonic() - began < 20:
            for ready in [each for each in waiting if has_come(each)]:
                waiting[ready] += ready.recv(4096)
                if b"\r\n:" in waiting[ready]:
                    del waiting[ready]
            time.sleep(0.05)
        assert not waiting, f"{len(waiting)} followers heard nothing for 20 s"
        began = time.monotonic()
        desk.put("scope", "for-a-thousand", DOCUMENTS["scope"][0])
        for each in sockets:
            each.settimeout(10)
            text = b""
            while b'"for-a-thousand"' not in text:
                text += each.recv(4096)
        assert time.monotonic() - began < 10 and connections() <= usual
        assert service.memory() < 64 * MEGABYTE
        print(f"{count} followers: {(service.memory() - before) / MEGABYTE:.1f} MB, told within {time.monotonic() - began:.2f} s")
        for each in sockets[::2]:
            each.close()
        until(lambda: service.status("/readyz") == 200, 5, "an answer after half of them left")
        for each in sockets:
            each.close()


def has_come(each):
    """select() takes no descriptors from 1,024 on."""
    poll = select.poll()
    poll.register(each, select.POLLIN)
    return bool(poll.poll(0))


def test_followers_who_leave_cost_nothing(desk, url):
    with Service(url, "--threads", "1") as service:
        service.answers()
        for turn in range(5):
            streams = [Stream(service, f"/v1/changes?since={desk.last()}&kind={kind}") for kind in ("scope", "claim", "subject") for _ in range(10)]
            desk.put("scope", f"left-{turn}", DOCUMENTS["scope"][0])
            for number, stream in enumerate(streams):
                stream.wire.reset() if number % 2 else stream.wire.socket.close()
        problem(Client(service).send("GET", "/v1/scopes/nothing"), 404, "not-found")
        assert [event for event in service.events() if event["level"] == "error"] == []


def test_tokens_do_not_stand_in_the_feed(desk, url):
    before = desk.last()
    create_token(url, "fed-token", "read")
    assert desk.last() == before


def test_followers_of_one_place_who_began_at_others_miss_nothing(url):
    """Where one began is no business of another's, though both stand at the same place now."""
    with opened(url, "--threads", "1") as client:
        last = client.last()
        with Stream(client.service, "/v1/changes?since=999999999", last) as ahead, Stream(client.service, f"/v1/changes?since={last}") as here:
            time.sleep(0.3)
            for turn in range(3):
                client.put("scope", f"common-{turn}", DOCUMENTS["scope"][0])
                assert [stream.take(1)[0]["id"] for stream in (ahead, here)] == [f"common-{turn}"] * 2


def test_a_wait_may_be_longer_than_a_client_may_idle(url):
    with opened(url, "--idle-timeout", "1", "--request-timeout", "500") as client:
        began = time.monotonic()
        assert client.get("/v1/changes", since=client.last(), wait=4).json()["items"] == []
        assert time.monotonic() - began > 3.5
        with Stream(client.service, "/v1/changes") as stream:
            time.sleep(3)
            client.put("scope", "after-a-while", DOCUMENTS["scope"][0])
            assert stream.take(1)[0]["id"] == "after-a-while"
