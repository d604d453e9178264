"""Many writers on the same things, and a random one against a plain model of all that can be written"""
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from desk import CLAIM, DOCUMENTS, FIGURE, STATEMENT, Client, Tables, create_token, furnish, opened, path_of, problem
from properties import tried
from service import Service, until

STEPS = 200  # in all
STEPS_EACH = 50
WARMING_UP = 12  # examples that are short, whatever is asked for
SERVICE = ["--threads", "2"]


# Sixteen at once ------------------------------------------------------------------------------------


def increment(client, kind, id, read, write):
    """Reads, adds one and writes, again until nobody came between; how often somebody did."""
    for lost in range(10000):
        got = client.get(path_of(kind, id))
        answer = write(client, got, read(got.json()) + 1)
        if answer.status_code in (200, 204):
            return lost
        assert answer.status_code == 412, answer.text
    raise AssertionError("no way through")


def put_subject(client, got, number):
    return client.send("PUT", path_of("subject", got.json()["id"]), {**got.json(), "name": f"Number {number}"}, {"If-Match": got.headers["ETag"]})


def patch_subject(client, got, number):
    return client.send("PATCH", path_of("subject", got.json()["id"]), {"name": f"Number {number}"},
                       {"If-Match": got.headers["ETag"], "Content-Type": "application/merge-patch+json", "Prefer": "return=minimal"})


def put_claim(client, got, number):
    document = got.json()
    document["figure"].update(value=str(number), low=None, high=None)
    return client.send("PUT", path_of("claim", document["id"]), document, {"If-Match": got.headers["ETag"]})


def patch_claim(client, got, number):
    return client.send("PATCH", path_of("claim", got.json()["id"]), {"figure": {"value": str(number), "low": None, "high": None}}, {"If-Match": got.headers["ETag"]})


COUNTERS = {"put-subject": ("subject", {**DOCUMENTS["subject"][0], "name": "Number 0"}, lambda got: int(got["name"].split()[1]), put_subject),
            "patch-subject": ("subject", {**DOCUMENTS["subject"][0], "name": "Number 0"}, lambda got: int(got["name"].split()[1]), patch_subject),
            "put-claim": ("claim", {**CLAIM, "figure": {**FIGURE, "value": "0"}}, lambda got: int(got["figure"]["value"]), put_claim),
            "patch-claim": ("claim", {**CLAIM, "figure": {**FIGURE, "value": "0"}}, lambda got: int(got["figure"]["value"]), patch_claim)}


@pytest.mark.parametrize("name", COUNTERS)
def test_no_update_is_lost(desk, name):
    """Each of sixteen writers, half of them by another service, adds as often as it is to: all is there, and each once in the revisions."""
    kind, document, read, write = COUNTERS[name]
    writers, times = 16, 3
    desk.put(kind, f"counter-{name}", document)

    def work(_):
        client = Client(desk.service, desk.token)
        return sum(increment(client, kind, f"counter-{name}", read, write) for _ in range(times))
    with ThreadPoolExecutor(writers) as pool:
        lost = sum(pool.map(work, range(writers)))
    assert read(desk.get(path_of(kind, f"counter-{name}")).json()) == writers * times
    assert len(desk.revisions(kind, f"counter-{name}")) == 1 + writers * times
    print(f"{name}: {writers * times} updates, {lost} tries that came too late")


def test_no_update_is_lost_between_services_and_sql(desk, url):
    desk.put("subject", "counter-both", {**DOCUMENTS["subject"][0], "name": "Number 0"})

    def through(service):
        client = Client(service, desk.token)
        for _ in range(5):
            increment(client, "subject", "counter-both", COUNTERS["put-subject"][2], put_subject)

    def past(_):
        with Tables(url) as tables:
            for _ in range(5):
                tables.run("SELECT current_change();"  # its turn first, then the row
                           "UPDATE subject SET name = 'Number ' || (split_part(name, ' ', 2)::integer + 1) WHERE id = 'counter-both'")
                time.sleep(0.02)
    with Service(url, "--threads", "1") as other:
        other.answers()
        with ThreadPoolExecutor(12) as pool:
            done = [pool.submit(through, desk.service if number % 2 else other) for number in range(8)] + [pool.submit(past, number) for number in range(4)]
            for each in done:
                each.result()
    with Tables(url) as tables:
        assert tables.value("SELECT name FROM subject WHERE id = 'counter-both'") == "Number 60"
        assert tables.value("SELECT count(*) FROM revision WHERE kind = 'subject' AND id = 'counter-both'") == 61


def test_writers_in_sql_and_the_service_do_not_stand_in_each_others_way(desk, url):
    desk.put("subject", "in-the-way", DOCUMENTS["subject"][0])

    def waiting():
        with Tables(url) as tables:
            return tables.waiting_for_advice()

    def past():
        with Tables(url) as tables:
            tables.run("UPDATE subject SET name = 'Past it' WHERE id = 'in-the-way'")
    with Tables(url, autocommit=False) as first, ThreadPoolExecutor(2) as pool:
        first.run("SELECT current_change()")
        through = pool.submit(desk.send, "PUT", path_of("subject", "in-the-way"), DOCUMENTS["subject"][1], {"If-Match": "*"})
        until(lambda: waiting() == 1, 5, "the service to wait")
        sql = pool.submit(past)
        until(lambda: waiting() == 2, 5, "the other to wait")
        first.connection.rollback()
        assert through.result().status_code == 200
        sql.result()


def test_one_of_many_creates(desk):
    for turn in range(6):
        barrier = threading.Barrier(8)

        def create(number):
            barrier.wait()
            return Client(desk.service, desk.token).send("PUT", path_of("subject", f"created-{turn}"), {**DOCUMENTS["subject"][0], "name": f"By {number}"},
                                                         {"If-None-Match": "*"} if number % 2 else {})
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(create, range(8)))
        assert sorted(answer.status_code for answer in answers)[:2][0] == 201 and [answer.status_code for answer in answers].count(201) == 1
        assert {answer.status_code for answer in answers} <= {201, 412, 428}
        [won] = [answer for answer in answers if answer.status_code == 201]
        assert desk.get(path_of("subject", f"created-{turn}")).json() == won.json()


def test_references_hold_while_what_they_refer_to_is_retracted(desk, url):
    """Some write claims about a subject and by a source while others retract and create these: never does one refer to nothing, and never does the service fail."""
    over, before = threading.Event(), len(desk.service.events())

    def retract(kind):
        client = Client(desk.service, desk.token)
        while not over.is_set():
            client.send("DELETE", path_of(kind, "wobbly"), None, {"If-Match": "*"})
            client.send("PUT", path_of(kind, "wobbly"), DOCUMENTS[kind][0])

    def write(number):
        client, chance = Client(desk.service, desk.token), random.Random(number)
        for turn in range(15):
            answer = client.send("PUT", path_of("claim", f"wobbly-{number}"), {**STATEMENT, "subject": "wobbly", "source": "wobbly"})
            assert answer.status_code in (201, 422, 428), answer.text
            assert client.send("DELETE", path_of("claim", f"wobbly-{number}"), None, {"If-Match": "*"}).status_code in (204, 404, 410)
            time.sleep(chance.random() * 0.01)
    with ThreadPoolExecutor(10) as pool:
        retracting = [pool.submit(retract, kind) for kind in ("subject", "source")]
        for each in [pool.submit(write, number) for number in range(8)]:
            each.result()
        over.set()
        for each in retracting:
            each.result()
    assert [event for event in desk.service.events()[before:] if event["level"] == "error"] == []


# One against a model ------------------------------------------------------------------------------------

WORDS = st.sampled_from(["Alpha", "Beta", "Größe", "x", "\"quoted\"", "a\nb", "∞"])
NAMES = {kind: [f"m-{kind}-{number}" for number in range(3)] for kind in ("scope", "subject", "source", "claim")}
LINES = st.integers(1, 2 ** 31 - 1)
VALUES = st.sampled_from(["0", "1", "-7", "0.5", "12.25", "123456789012345678901234567890.5"])


def scopes():
    return st.fixed_dictionaries({"name": WORDS, "definition": WORDS})


def subjects():
    return st.fixed_dictionaries({"name": WORDS, "kind": st.sampled_from(["model", "company", "person"]), "description": WORDS})


def sources():
    return st.fixed_dictionaries({"kind": st.sampled_from(["article", "paper"]), "description": WORDS},
                                 optional={"title": st.one_of(WORDS, st.none()), "language": st.sampled_from(["de", "en", None]), "author": WORDS,
                                           "published_at": st.sampled_from(["2024-02-29", None])})


def claims():
    plain = {"source": st.sampled_from(NAMES["source"]), "subject": st.sampled_from(NAMES["subject"]), "locator": st.builds(lambda line: {"line": line}, LINES), "statement": WORDS,
             "stance": st.sampled_from(["asserts", "disputes"]), "hedge": st.sampled_from(["none", "opinion"])}
    scope = {"scope": st.sampled_from([None, *NAMES["scope"]])}
    figure = st.builds(lambda value: {"as_printed": value, "value": value, "bound": "exact", "unit": "XDR"}, VALUES)
    return st.one_of(st.fixed_dictionaries({**plain, "kind": st.just("statement")}, optional=scope),
                     st.fixed_dictionaries({**plain, "kind": st.just("numeric"), "quantity": st.just("desk-price"), "figure": figure}, optional=scope))


MADE = {"scope": scopes(), "subject": subjects(), "source": sources(), "claim": claims()}
DEFAULTS = {"scope": {}, "subject": {}, "claim": {"quantity": None, "scope": None, "figure": None},
            "source": {"title": None, "language": None, "author": None, "published_at": None}}


def whole(kind, document):
    return {**DEFAULTS[kind], **document}


def plain(kind, shown):
    """Of an answer, the members that the model knows, references as ids and figures as given."""
    def one(name, value):
        if name == "figure" and value:
            return {key: value[key] for key in ("as_printed", "value", "bound", "unit")}
        return value["id"] if isinstance(value, dict) and "id" in value else value
    names = {"scope": ["name", "definition"], "subject": ["name", "kind", "description"], "source": ["kind", "description", *DEFAULTS["source"]],
             "claim": ["source", "subject", "locator", "statement", "kind", "stance", "hedge", *DEFAULTS["claim"]]}[kind]
    return {name: one(name, shown[name]) for name in names}


GROUND = {"source": {"kind": "paper", "description": "A paper."}, "subject": {"name": "S", "kind": "model", "description": "A subject."}}


class Model:
    """What there is: things by kind and id, each with the number of its revision, and all that was done."""

    def __init__(self):
        self.things, self.done, self.versions = {}, [], {}

    def referring(self, kind, id):
        return [key for key, (document, _) in self.things.items() if key[0] == "claim" and document[kind] == id] if kind != "claim" else []

    def missing(self, kind, document):
        return [f"/{name}" for name in ("source", "subject", "scope") if kind == "claim" and document.get(name) and (name, document[name]) not in self.things]


class Machine(RuleBasedStateMachine):
    """Whatever is written is what a dictionary would be, now, as of every moment, in the revisions and in the feed."""

    url = token = service = None
    runs = 0

    @initialize()
    def begin(self):
        self.client = Client(self.service, self.token)
        self.model = Model()
        Machine.runs += 1
        with Tables(self.url) as tables:  # what runs before have left behind
            for kind in ("claim", "agent", "source", "subject", "scope"):
                tables.run(f"DELETE FROM {kind} WHERE {'source_id' if kind == 'agent' else 'id'} LIKE 'm-%%'")
            tables.run("DELETE FROM proposition WHERE id LIKE 'm-%%'")
            self.since = tables.value("SELECT max(seq) FROM revision")
        self.past = {}
        self.client.put("scope", f"m-begin-{Machine.runs}", {"name": "x", "definition": "y"})  # who wrote something reads what is there
        [first] = self.client.changes(self.since)
        self.since = first["seq"]
        for kind in ("source", "subject"):  # for claims to refer to
            for id in NAMES[kind]:
                self.write(kind, id, whole(kind, GROUND[kind]), lambda etag: self.client.send("PUT", path_of(kind, id), GROUND[kind]))

    def entered(self, kind, id, action):
        """The revision that has just been made, which is the last one of all of this kind."""
        change = self.client.revisions(kind, id)[-1]
        assert change["action"] == action
        self.model.done.append((change["revision"], kind, id, action))
        self.past[change["at"]] = {key: document for key, (document, _) in self.model.things.items()}
        return change["revision"]

    def write(self, kind, id, document, send, created_by=None):
        """Holds what a write answers against what the model says, and lets the model have it."""
        key = kind, id
        known = self.model.things.get(key)
        missing = self.model.missing(kind, document)
        answer = send(self.client.etag(kind, id) if known else None)
        if missing:
            problem(answer, 422, "invalid-document", missing)
            return
        assert answer.status_code == (200 if known else 201), answer.text
        assert plain(kind, answer.json()) == document
        if known and known[0] == document:
            assert answer.headers["ETag"].endswith(f'.{known[1]}"') or kind == "claim" or kind == "source"
            return
        self.model.things[key] = document, None
        number = self.entered(kind, id, "changed" if known else "created")
        self.model.things[key] = document, number
        self.model.versions.setdefault(key, {})[number] = document

    @rule(data=st.data(), kind=st.sampled_from(["scope", "subject", "source", "claim", "claim"]))
    def put(self, data, kind):
        id, document = data.draw(st.sampled_from(NAMES[kind])), data.draw(MADE[kind])
        self.write(kind, id, whole(kind, document), lambda etag: self.client.send("PUT", path_of(kind, id), document, {"If-Match": etag} if etag else {"If-None-Match": "*"}))

    @rule(data=st.data(), kind=st.sampled_from(["scope", "subject", "source", "claim"]))
    def put_what_is_shown(self, data, kind):
        id = data.draw(st.sampled_from(NAMES[kind]))
        if (kind, id) in self.model.things:
            shown = self.client.get(path_of(kind, id)).json()
            self.write(kind, id, self.model.things[kind, id][0], lambda etag: self.client.send("PUT", path_of(kind, id), shown, {"If-Match": etag}))

    @rule(data=st.data(), kind=st.sampled_from(["scope", "subject", "source", "claim"]))
    def patch(self, data, kind):
        id, document = data.draw(st.sampled_from(NAMES[kind])), data.draw(MADE[kind])
        known = self.model.things.get((kind, id))
        patch = {name: value for name, value in document.items() if data.draw(st.booleans())}
        if kind == "claim":
            patch = {name: value for name, value in patch.items() if name not in ("kind", "figure", "quantity")}
            patch.update({"claimant": None} if "source" in patch else {})  # a claim that another source makes is made by another voice
        if not known:
            assert self.client.send("PATCH", path_of(kind, id), patch, {"If-Match": "*"}).status_code in (404, 410)
            return
        self.write(kind, id, {**known[0], **{name: value for name, value in patch.items() if name != "claimant"}}, lambda etag: self.client.send("PATCH", path_of(kind, id), patch, {"If-Match": etag}))

    @rule(data=st.data(), kind=st.sampled_from(["scope", "subject", "source", "claim", "claim"]))
    def retract(self, data, kind):
        key = kind, id = kind, data.draw(st.sampled_from(NAMES[kind]))
        answer = self.client.send("DELETE", path_of(kind, id), None, {"If-Match": self.client.etag(kind, id) if key in self.model.things else "*"}, comment="so it is")
        if key not in self.model.things:
            assert answer.status_code in (404, 410)
        elif self.model.referring(kind, id):
            problem(answer, 409, "conflict")
        else:
            assert answer.status_code == 204, answer.text
            del self.model.things[key]
            self.entered(kind, id, "retracted")
            assert "so it is" in problem(self.client.send("GET", path_of(kind, id)), 410, "gone")["detail"]

    @rule(data=st.data(), kind=st.sampled_from(["scope", "subject", "source", "claim"]))
    def revert(self, data, kind):
        id = data.draw(st.sampled_from(NAMES[kind]))
        versions = self.model.versions.get((kind, id))
        if versions:
            number = data.draw(st.sampled_from(sorted(versions)))
            if kind == "claim":  # a source that was retracted and is there again speaks by another voice
                voice = self.client.get(path_of(kind, id, "/diff"), to=number).json()["after"]["claimant"]
                if self.client.send("GET", path_of("agent", voice)).status_code == 410:
                    answer = self.client.revert_as_it_comes(kind, id, number, "*" if (kind, id) in self.model.things else None)
                    assert "/claimant" in [error["pointer"] for error in problem(answer, 422, "invalid-document")["errors"]]
                    return
            self.write(kind, id, versions[number], lambda etag: self.client.revert_as_it_comes(kind, id, number, etag))

    @rule(data=st.data(), kind=st.sampled_from(["scope", "subject", "source", "claim"]))
    def with_a_stale_etag(self, data, kind):
        id = data.draw(st.sampled_from(NAMES[kind]))
        if (kind, id) in self.model.things:
            etag = self.client.etag(kind, id)
            stale = etag.rsplit(".", 1)[0] + f'.{self.client.revisions(kind, id)[-1]["revision"] - 1}"'
            for method in ("PUT", "PATCH", "DELETE"):
                problem(self.client.send(method, path_of(kind, id), None if method == "DELETE" else data.draw(MADE[kind]), {"If-Match": stale}), 412, "precondition-failed")

    @rule(data=st.data(), kind=st.sampled_from(["scope", "subject", "source", "claim"]))
    def dry(self, data, kind):
        id, document = data.draw(st.sampled_from(NAMES[kind])), data.draw(MADE[kind])
        answer = self.client.send("PUT", path_of(kind, id), document, {"If-Match": "*"} if (kind, id) in self.model.things else {}, dry_run="true")
        missing = self.model.missing(kind, whole(kind, document))
        if missing:
            problem(answer, 422, "invalid-document", missing)
        else:
            assert answer.status_code == 200 and plain(kind, answer.json()) == whole(kind, document)

    @rule(data=st.data())
    @precondition(lambda self: getattr(self, "past", None))
    def as_of(self, data):
        moment = data.draw(st.sampled_from(sorted(self.past)))
        for kind, ids in NAMES.items():
            items = {item["id"]: plain(kind, item) for item in self.client.get(path_of(kind), id=",".join(ids), as_of=moment).json()["items"]}
            assert items == {id: document for (of, id), document in self.past[moment].items() if of == kind}
        kind = data.draw(st.sampled_from(sorted(NAMES)))
        id = data.draw(st.sampled_from(NAMES[kind]))
        answer = self.client.send("GET", path_of(kind, id), as_of=moment)
        document = self.past[moment].get((kind, id))
        assert answer.status_code == (200 if document else 404) and (not document or plain(kind, answer.json()) == document)

    @rule(data=st.data())
    @precondition(lambda self: getattr(self, "model", None) and self.model.versions)
    def diff(self, data):
        (kind, id), versions = data.draw(st.sampled_from(sorted(self.model.versions.items())))
        number = data.draw(st.sampled_from(sorted(versions)))
        after = self.client.get(path_of(kind, id, "/diff"), to=number).json()["after"]
        expected = {name: value for name, value in versions[number].items() if value is not None}
        given = {name: after[name] for name in expected}
        if "figure" in expected:
            given["figure"] = {name: given["figure"][name] for name in expected["figure"]}
        assert given == expected and not [name for name, value in versions[number].items() if value is None and name in after]

    taken = 0

    @invariant()
    def all_is_as_the_model_has_it(self):
        if not hasattr(self, "model"):
            return
        Machine.taken += 1
        for kind, ids in NAMES.items():
            items = {item["id"]: plain(kind, item) for item in self.client.get(path_of(kind), id=",".join(ids)).json()["items"]}
            assert items == {id: document for (of, id), (document, _) in self.model.things.items() if of == kind}

    def teardown(self):
        if not hasattr(self, "model"):
            return
        fed = [change for change in self.client.changes(self.since) if change["id"].startswith("m-") and change["kind"] in NAMES]
        assert [(change["change"], change["kind"], change["id"], change["action"]) for change in fed] == self.model.done
        for kind, ids in NAMES.items():
            for id in ids:
                wanted = [(number, action) for number, of, thing, action in self.model.done if (of, thing) == (kind, id)]
                known = self.client.revisions(kind, id) if wanted else []
                assert [(each["revision"], each["action"]) for each in known][-len(wanted):] == wanted
        Machine.steps += len(self.model.done)

    steps = 0


def revert_as_it_comes(self, kind, id, number, etag):
    return self.send("POST", path_of(kind, id, "/revert"), {"revision": number}, {"If-Match": etag} if etag else {})


Client.revert_as_it_comes = revert_as_it_comes


def test_all_that_is_written_is_as_in_a_dictionary(fresh_database):
    url = fresh_database()
    with Service(url, "--threads", "2") as service:
        Machine.url, Machine.service, Machine.token = url, service.answers(), create_token(url, "machine")
        furnish(Client(service, Machine.token))
        run_state_machine_as_test(Machine, settings=tried(
            WARMING_UP + STEPS // STEPS_EACH, stateful_step_count=STEPS_EACH, phases=[hypothesis.Phase.generate]))
        assert [event for event in service.events() if event["level"] == "error"] == []
        print(f"{Machine.runs} runs, {Machine.taken} steps, {Machine.steps} revisions")
        assert Machine.taken > STEPS // 2 and Machine.steps > STEPS // 10


def test_what_is_answered_with_504_is_not_done(url):
    """Those who wait behind others for the same connection are not sent there any more once nobody waits for them."""
    with opened(url, "--threads", "1", "--request-timeout", "500") as client, Tables(url, autocommit=False) as other:
        other.run("INSERT INTO scope VALUES ('in-the-way', 'Some', 'Some of it.')")
        with ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(lambda number: client.send("PUT", path_of("scope", f"late-{number}"), DOCUMENTS["scope"][0]), range(12)))
        assert {answer.status_code for answer in answers} == {504}, [answer.text for answer in answers]
        other.connection.commit()
        time.sleep(1.5)
        assert [number for number in range(12) if client.send("GET", path_of("scope", f"late-{number}")).status_code != 404] == []
        client.put("scope", "in-time", DOCUMENTS["scope"][0])


def test_what_waits_for_others_at_its_commit_is_not_done_either(url):
    """Not even a commit is waited for as long as another one may take, as where a standby that has to have it is gone."""
    with opened(url, "--request-timeout", "700") as client, Tables(url, autocommit=False) as other:
        client.put("subject", "late-at-commit", DOCUMENTS["subject"][0])
        other.run("SELECT pg_advisory_xact_lock(hashtext('claimd.moment'))")
        began = time.monotonic()
        problem(client.send("PUT", path_of("subject", "late-at-commit"), {**DOCUMENTS["subject"][0], "name": "Later"}, {"If-Match": "*"}), 504, "timeout")
        assert time.monotonic() - began < 3
        other.connection.rollback()
        assert client.get(path_of("subject", "late-at-commit")).json()["name"] == DOCUMENTS["subject"][0]["name"]


def test_an_import_is_in_nobodys_way_who_reads_or_sends(url):
    """Another import's parts are kept while one is taken in, though both are of one thread."""
    line = b'{"scope": {"id": "%s-%d", "name": "Some", "definition": "Some of it."}}\n'
    with opened(url, "--threads", "1", "--request-timeout", "1000") as client, Tables(url, autocommit=False) as other:
        client.token = create_token(url, "two-imports", "admin")
        other.run("INSERT INTO scope VALUES ('in-the-way-too', 'Some', 'Some of it.')")

        def take(name, count):
            return client.send("POST", "/v1/import", b"".join(line % (name, number) for number in range(count)), {"Content-Type": "application/x-ndjson"}, timeout=60)
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(take, b"one", 10)
            time.sleep(0.5)
            second = pool.submit(take, b"two", 9000)   # some parts
            time.sleep(4)
            assert not first.done() and not second.done()
            other.connection.commit()
            assert [each.result().json()["created"] for each in (first, second)] == [10, 9000]
