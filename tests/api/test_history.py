"""History: revisions, diffs, going back, and answers from the data as they stood"""
import os
import random
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from desk import CLAIM, DOCUMENTS, FIGURE, FIGURES, GROUND, KINDS, MULTIPLE, PATHS, STATEMENT, Client, Refused, Tables, path_of, problem
from service import Service, until

SEEDS = int(os.environ.get("CLAIMD_HISTORY_SEEDS", "1"))  # of random changes; each takes some 20 s
SERVICE = ["--threads", "2"]
DECODED = {"Accept-Encoding": "identity"}


@pytest.fixture(autouse=True, scope="module")
def no_failures(desk):
    yield
    assert [event for event in desk.service.events() if event["level"] == "error"] == []


@pytest.fixture
def name():
    name.count = getattr(name, "count", 0) + 1
    return f"past-{name.count}"


def steps(kind):
    one, two = DOCUMENTS[kind]
    return [one, {**two, **({"content_sha256": None} if kind == "source" else {})}]


# Revisions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_revisions_tell_who_when_and_why(desk, url, name, kind):
    one, two = steps(kind)
    before = desk.last()
    desk.put(kind, name, one, comment="first")
    desk.put(kind, name, two, "*")
    with Tables(url) as tables:
        tables.run(f"UPDATE {kind} SET {'title' if kind == 'comparison' else 'statement' if kind == 'claim' else 'description' if kind == 'source' else 'name'}"
                   " = 'Past the service' WHERE id = %s", name)
    desk.retract(kind, name, comment="third")
    listed = desk.revisions(kind, name)
    assert [(each["action"], each["comment"], each["author"]) for each in listed] == [
        ("created", "first", f"desk-{desk.service.port}"), ("changed", None, f"desk-{desk.service.port}"), ("changed", None, None),
        ("retracted", "third", f"desk-{desk.service.port}")]
    assert [each["revision"] for each in listed] == sorted({each["revision"] for each in listed})
    assert [each["at"] for each in listed] == sorted({each["at"] for each in listed})
    fed = [change for change in desk.changes(before, kind=kind) if change["id"] == name]
    assert [{key: value for key, value in each.items() if key != "revision"} for each in listed] == [
        {key: change[key] for key in ("action", "author", "at", "comment")} for change in fed]
    assert [each["revision"] for each in listed] == [change["change"] for change in fed]


def test_revisions_come_by_pages_and_forms(desk, name):
    for turn in range(7):
        desk.put("scope", name, {"name": f"Turn {turn}", "definition": "x"}, "*" if turn else None)
    whole = desk.revisions("scope", name)
    seen, target = [], path_of("scope", name, "/revisions?limit=3")
    while target:
        page = desk.get(target).json()
        seen += page["items"]
        target = page["next"]
    assert seen == whole and len(whole) == 7
    assert desk.get(path_of("scope", name, "/revisions"), sort="-revision", limit=200).json()["items"] == whole[::-1]
    assert len(desk.get(path_of("scope", name, "/revisions"), format="csv").text.splitlines()) == 8
    assert len(desk.get(path_of("scope", name, "/revisions"), format="ndjson").text.splitlines()) == 7
    assert desk.get(path_of("scope", name, "/revisions"), fields="revision").json()["items"] == [{"revision": each["revision"]} for each in whole]


def patched(document, changes, side):
    """A document with each value of the other side in its place."""
    flat = {}

    def walk(value, at):
        parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, part in parts:
            walk(part, f"{at}/{str(key).replace('~', '~0').replace('/', '~1')}")
        if not isinstance(value, (dict, list)) or not value:
            flat[at] = value
    walk(document, "")
    for change in changes:
        flat.pop(change["pointer"], None)
        if change[side] is not None:
            flat[change["pointer"]] = change[side]
    return flat


@pytest.mark.parametrize("kind", KINDS)
def test_diff_leads_from_one_revision_to_another(desk, name, kind):
    one, two = steps(kind)
    made = desk.put(kind, name, one)
    desk.put(kind, name, two, "*")
    desk.put(kind, name, one, "*")
    desk.retract(kind, name)
    desk.put(kind, name, two)
    numbers = [each["revision"] for each in desk.revisions(kind, name)]
    path = path_of(kind, name, "/diff")
    documents = {number: desk.get(path, to=number, **{"from": number}).json()["after"] for number in numbers}
    assert documents[numbers[3]] is None and documents[numbers[0]]["id"] == made.json()["id"]
    for earlier in numbers:
        for later in numbers:
            diff = desk.get(path, to=later, **{"from": earlier}).json()
            assert (diff["from"], diff["to"], diff["before"], diff["after"]) == (earlier, later, documents[earlier], documents[later])
            assert patched(diff["before"] or {}, diff["changes"], "after") == patched(diff["after"] or {}, [], "after") or not (diff["before"] and diff["after"])
            assert (diff["changes"] == []) == (diff["before"] == diff["after"])
            pointers = [change["pointer"] for change in diff["changes"]]
            assert pointers == sorted(set(pointers)) and all(change["before"] != change["after"] for change in diff["changes"])
    last = desk.get(path).json()
    assert (last["from"], last["to"]) == (numbers[3], numbers[4])
    assert desk.get(path, to=numbers[0]).json()["before"] is None


def test_there_is_no_diff_to_what_is_still_to_come(desk):
    assert desk.send("GET", path_of("subject", "desk-alpha", "/diff"), **{"from": "999999999"}).status_code in (400, 404)


@pytest.mark.parametrize("kind", KINDS)
def test_revert_makes_it_what_it_was(desk, name, kind):
    one, two = steps(kind)
    desk.put(kind, name, one)
    desk.put(kind, name, two, "*")
    first, second = [each["revision"] for each in desk.revisions(kind, name)]
    back = desk.revert(kind, name, first, "*", comment="it was right")
    assert back.content == desk.get(path_of(kind, name), headers=DECODED).content
    diff = desk.get(path_of(kind, name, "/diff"), **{"from": first}).json()
    assert diff["changes"] == [] and desk.revisions(kind, name)[-1]["comment"] == "it was right"
    assert desk.revert(kind, name, first, "*").status_code == 200 and len(desk.revisions(kind, name)) == 3, "a revert to what it is is no change"
    problem(desk.send("POST", path_of(kind, name, "/revert"), {"revision": second}, {"If-Match": '"x.1"'}), 412, "precondition-failed")
    would = desk.revert(kind, name, second, "*", dry_run="true")
    assert len(desk.revisions(kind, name)) == 3
    assert desk.revert(kind, name, second, "*").content == would.content
    desk.retract(kind, name)
    gone = desk.revisions(kind, name)[-1]["revision"]
    problem(desk.send("POST", path_of(kind, name, "/revert"), {"revision": gone}), 422, "invalid-document", ["/revision"])
    problem(desk.send("POST", path_of(kind, name, "/revert"), {"revision": 1}), 422, "invalid-document", ["/revision"])
    again = desk.revert(kind, name, second, status=201)
    assert again.headers["Location"] == path_of(kind, name)
    changed = desk.get(path_of(kind, name, "/diff"), **{"from": second}).json()["changes"]
    assert [change["pointer"] for change in changed] in ([], ["/created_at"])
    assert [each["action"] for each in desk.revisions(kind, name)] == ["created", "changed", "changed", "changed", "retracted", "created"]


def test_there_is_no_revert_to_what_is_still_to_come(desk):
    problem(desk.send("POST", path_of("subject", "desk-alpha", "/revert"), {"revision": 999999999}, {"If-Match": "*"}), 422, "invalid-document", ["/revision"])


def test_revert_to_what_no_longer_agrees_is_refused(desk, name):
    desk.put("subject", name, DOCUMENTS["subject"][0])
    desk.put("claim", name, {**STATEMENT, "subject": name})
    first = desk.revisions("claim", name)[0]["revision"]
    desk.put("claim", name, STATEMENT, "*")
    desk.retract("subject", name)
    problem(desk.send("POST", path_of("claim", name, "/revert"), {"revision": first}, {"If-Match": "*"}), 422, "invalid-document", ["/subject"])
    for body in ({}, {"revision": 0}, {"revision": -1}, {"revision": 1.5}, {"revision": None}, {"revision": 1, "force": True}, []):
        problem(desk.send("POST", path_of("claim", name, "/revert"), body, {"If-Match": "*"}), 422, "invalid-document")


def test_revert_of_a_claim_whose_source_went_and_came_back(desk, name):
    """Its voice went with the source."""
    desk.put("source", name, DOCUMENTS["source"][0])
    desk.put("claim", name, {**STATEMENT, "source": name})
    written = {kind: desk.revisions(kind, name)[0]["revision"] for kind in ("source", "claim")}
    desk.retract("claim", name)
    desk.retract("source", name)
    for kind, revision in written.items():
        desk.revert(kind, name, revision, status=201)
    shown = desk.get(path_of("claim", name)).json()
    assert shown["claimant"]["kind"] == "source" and shown["attribution"] == []


# As of a moment ----------------------------------------------------------------------------------------

PAST = [target for path in PATHS.values() for target in (f"{path}?limit=200", f"{path}?limit=200&format=csv")]
PAST += ["/v1/claims?limit=200&format=jsonld", "/v1/claims?format=ndjson", "/v1/claims?sort=-value,line&limit=200", "/v1/claims?value=gte.10&value=lt.1000000",
         "/v1/claims?q=alpha&limit=50", "/v1/claims?q=alpha+-beta&sort=rank", "/v1/claims?subject=desk-alpha&embed=source,claimant,subject,quantity,proposition,comparisons",
         "/v1/claims?scope=is.null&sort=-created_at&limit=200", "/v1/claims?published_at=gte.2025-01-01&sort=published_at&limit=200", "/v1/claims?hedge=not.none&limit=200",
         "/v1/claims?limit=7", "/v1/claims/desk-figure-a", "/v1/claims/desk-figure-b?format=jsonld", "/v1/claims/desk-figure-a/related", "/v1/sources/desk-daily",
         "/v1/sources/desk-daily/claims?limit=200", "/v1/sources/desk-weekly/claims?format=csv", "/v1/sources?q=daily", "/v1/sources?origin=desk-daily", "/v1/sources?limit=200&format=jsonld",
         "/v1/comparisons?min_origins=2&limit=200", "/v1/comparisons?verdict=conflict&sort=-spread&limit=200", "/v1/comparisons?stance=asserts&limit=200",
         "/v1/comparisons/desk-price-of-desk-alpha", "/v1/comparisons/desk-price-of-desk-alpha?format=csv", "/v1/comparisons/desk-price-of-desk-alpha?format=svg",
         "/v1/comparisons/desk-price-of-desk-alpha?format=jsonld", "/v1/comparisons/desk-price-of-desk-alpha?unit=kXDR&baseline=desk-figure-b", "/v1/comparisons/random-comparison",
         "/v1/compare?claims=desk-figure-a,desk-figure-b", "/v1/compare?subject=desk-alpha&quantity=desk-price", "/v1/propositions?limit=200", "/v1/propositions/desk-figure-a",
         "/v1/propositions?q=alpha", "/v1/subjects/desk-alpha", "/v1/subjects/desk-alpha?format=jsonld", "/v1/quantities/desk-price", "/v1/agents/desk-ada", "/v1/units/XDR",
         "/v1/scopes/desk-all", "/v1/claims/random-3", "/v1/subjects?fields=id,claims&limit=200", "/v1/comparisons?limit=200&format=jsonld"]
# What differs between an answer of a moment and one as of it, and may: links name the moment, and next and a cursor go on in it; what is gone was there
# or not (404), of today it is also known that it was (410, with the reason).
AS_OF = re.compile(r"[?&]as_of=[^&\"<>;]*")
CURSOR = re.compile(r"cursor=[A-Za-z0-9_-]+")


def remembered(client, target, moment=None):
    got = client.send("GET", target, headers=DECODED, **({"as_of": moment} if moment else {})) if "?" not in target or not moment \
        else client.send("GET", f"{target}&as_of={moment}", headers=DECODED)
    if got.status_code in (404, 410):
        return 404, None
    text = got.content.decode()
    return got.status_code, got.headers["Content-Type"], re.sub(r"[?&](limit=\d+)", r"&\1", CURSOR.sub("cursor", AS_OF.sub("", text)))


class Random:
    """A series of changes, each of which the rules allow or refuse."""

    def __init__(self, client, seed):
        self.client, self.random = client, random.Random(seed)

    def document(self, kind):
        pick = self.random.choice
        if kind == "claim":
            claim = pick([CLAIM, CLAIM, CLAIM, STATEMENT, MULTIPLE])
            claim = {**claim, "statement": f"{pick(['Alpha', 'Beta'])} costs {self.random.randrange(99)} or so.", "subject": pick(["desk-alpha", "desk-beta"]),
                     "source": pick(["desk-daily", "desk-weekly"]), "hedge": pick(["none", "rumour"]), "stance": pick(["asserts", "reports", "disputes"]),
                     "locator": {"line": self.random.randrange(1, 99)}, "scope": pick([None, "desk-all"]),
                     "proposition": {"id": pick(["said-one", "said-two"]), "statement": pick(["So.", "Thus."])}}
            if claim["kind"] == "numeric":
                claim = {**claim, "figure": {**FIGURE, "value": str(self.random.randrange(1, 99)), "bound": pick(["exact", "approx", "gt"]), "unit": pick(["XDR", "kXDR"])}}
            if self.random.random() < 0.3:
                claim.update(claimant="desk-ada", attribution=[{"agent": "desk-bob", "role": "reporter"}, {"agent": "desk-ada", "role": "speaker"}])
            return claim
        if kind == "comparison":
            return {"title": f"Beside {self.random.randrange(9)}", "description": "x", "claims": pick([["desk-figure-a"], ["desk-figure-a", "desk-figure-b"]])}
        if kind == "source":
            return {**pick(DOCUMENTS["source"]), "content_sha256": None, "description": f"D {self.random.randrange(9)}",
                    "relations": pick([[], [{"kind": pick(["cites", "translation_of"]), "source": pick(["desk-daily", "desk-weekly"])}]])}
        return {**pick(DOCUMENTS[kind]), "name": f"Name {self.random.randrange(99)}"}

    def step(self):
        kind = self.random.choice([*KINDS, "claim", "claim", "claim", "source"])
        known = [id for id in [*GROUND.get(kind, {}), *(FIGURES if kind == "claim" else ())] if kind not in ("claim", "unit", "quantity")]
        ids = [f"random-{kind}" if kind == "comparison" else f"random-{number}" for number in range(4)]
        id = self.random.choice(ids)
        try:
            if known and self.random.random() < 0.3:
                thing, words = self.random.choice(known), {"source": "title"}.get(kind, "name")
                self.client.patch(kind, thing, {words: f"Renamed {self.random.randrange(99)}"}, "*")
            elif self.client.send("GET", path_of(kind, id)).status_code != 200:
                self.client.put(kind, id, self.document(kind))
            elif self.random.random() < 0.3:
                self.client.retract(kind, id, comment="at random")
            elif self.random.random() < 0.3:
                self.client.revert(kind, id, self.random.choice(self.client.revisions(kind, id))["revision"], "*")
            else:
                self.client.put(kind, id, self.document(kind), "*")
        except Refused as refused:
            assert re.search(r": (409|422) instead", str(refused)), refused


def moment_now(client):
    return client.get("/v1/changes", sort="-seq", limit=1).json()["items"][0]["at"]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_answers_as_of_a_moment_are_those_of_that_moment(desk, url, seed):
    """Each route, in each form, after each of a series of changes, asked again at the end by its moment, of this service and of one that remembers nothing."""
    walk, memory = Random(desk, seed), {}
    for turn in range(10):
        for _ in range(1 if turn % 3 else 4):
            walk.step()
        if turn % 4 == 3:
            with Tables(url, autocommit=False) as tables:
                tables.run("UPDATE agent SET name = name || '.' WHERE id = 'desk-bob'")
                tables.run("UPDATE claim SET line = line + 1 WHERE id LIKE 'random-%%'")
                tables.connection.commit()
                latest = tables.value("SELECT max(seq) FROM revision")
            until(lambda: desk.last() == latest, 5, "news of what was done past the service")
        moment = moment_now(desk)
        memory[moment] = {target: remembered(desk, target) for target in PAST}
        assert sum(answer[0] == 200 for answer in memory[moment].values()) > len(PAST) - 10
        assert moment_now(desk) == moment
    with Service(url, "--threads", "1", "--cache-bytes", "0") as other:
        forgetful = Client(other.answers(), desk.token)
        for number, (moment, answers) in enumerate(memory.items()):
            for target, answer in answers.items():
                assert remembered(desk if number % 2 else forgetful, target, moment) == answer, (target, moment)


@pytest.mark.parametrize("kind", KINDS)
def test_moments_on_either_side_of_a_change(desk, name, kind):
    """At the microsecond of the change and after it, not before it; also by another offset."""
    one, two = steps(kind)
    desk.put(kind, name, one)
    was = desk.get(path_of(kind, name), headers=DECODED).content
    desk.put(kind, name, two, "*")
    now = desk.get(path_of(kind, name), headers=DECODED).content
    desk.retract(kind, name)
    created, changed, retracted = [each["at"] for each in desk.revisions(kind, name)]
    assert desk.get(path_of(kind, name), as_of=created, headers=DECODED).content == was
    assert desk.get(path_of(kind, name), as_of=changed, headers=DECODED).content == now
    problem(desk.send("GET", path_of(kind, name), as_of=retracted), 404, "not-found")
    problem(desk.send("GET", path_of(kind, name), as_of="2001-01-01T00:00:00Z"), 404, "not-found")
    hours = re.sub(r"T(\d\d)", lambda found: f"T{(int(found[1]) + 2) % 24:02}", changed).replace("Z", "+02:00")
    if int(changed[11:13]) < 22:
        assert desk.get(path_of(kind, name), as_of=hours, headers=DECODED).content == now


def test_pages_of_the_past_lead_on_in_the_past(desk, name):
    moment = moment_now(desk)
    wanted = [item["id"] for item in desk.get("/v1/claims", limit=200, as_of=moment).json()["items"]]
    seen, target = [], f"/v1/claims?limit=40&as_of={moment}"
    while target:
        desk.put("claim", f"{name}-{len(seen)}", CLAIM)
        page = desk.get(target).json()
        seen += [item["id"] for item in page["items"]]
        target = page["next"]
    assert seen[:200] == wanted and not [id for id in seen if id.startswith(name)]
    counted = desk.get("/v1/claims", limit=1, as_of=moment, headers={"Prefer": "count=exact"})
    assert int(counted.headers["X-Total-Count"]) == len(seen)


@pytest.mark.parametrize("given", ["", "yesterday", "2999-01-01T00:00:00Z", "2025-13-01", "2025-01-01T25:00:00Z", "2025-01-01 00:00:00", "now", "infinity", "-infinity", "1", "2025-01-27T12:00:00"])
def test_moments_that_are_none_are_refused(desk, given):
    refused = desk.send("GET", "/v1/claims", as_of=given)
    problem(refused, 400, "invalid-parameter")
    assert refused.json()["errors"][0]["parameter"] == "as_of"


@pytest.mark.parametrize("given", ["2025-01-27", "0001-01-01", "2000-02-29T23:59:59.999999Z", "1970-01-01T00:00:00%2B14:00"])
def test_before_all_there_was_nothing(desk, given):
    for path in (*PATHS.values(), "/v1/propositions"):
        assert desk.get(f"{path}?as_of={given}").json()["items"] == []


def test_all_that_reads_takes_a_moment_and_nothing_else_does(desk):
    moment = moment_now(desk)
    for target in ("/v1/changes", "/v1/claims/desk-figure-a/revisions", "/v1/claims/desk-figure-a/diff", "/healthz", "/readyz", "/openapi.json"):
        assert desk.send("GET", target, as_of=moment).status_code == 400
    assert desk.send("PUT", path_of("scope", "x"), DOCUMENTS["scope"][0], as_of=moment).status_code == 400


def sql_moment(tables):
    return tables.value("SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")


def waiting(url):
    with Tables(url) as tables:
        return tables.waiting_for_advice()




@pytest.mark.parametrize("early", [True, False], ids=["dated-before-it-ends", "dated-at-its-end"])
def test_what_is_said_of_the_passing_moment_stays_so(desk, url, early):
    """A change that is dated already, and not committed yet, is waited for; one that is still being made will be of a later moment."""
    with Tables(url, autocommit=False) as tables, ThreadPoolExecutor(1) as pool:
        tables.run("UPDATE subject SET description = description || '.' WHERE id = 'desk-beta'")
        if early:
            tables.run("SET CONSTRAINTS ALL IMMEDIATE")
        with Tables(url) as clock:
            moment = sql_moment(clock)
        first = pool.submit(desk.get, "/v1/subjects/desk-beta", as_of=moment, headers=DECODED)
        if early:
            until(lambda: waiting(url), 5, "a reader that waits")
        else:
            first.result()
        tables.connection.commit()
        first = first.result().content
    assert desk.get("/v1/subjects/desk-beta", as_of=moment, headers=DECODED).content == first


def test_asking_for_the_passing_moment_holds_nobody_else(url, desk):
    with Service(url, "--threads", "1") as service, Tables(url, autocommit=False) as tables:
        client = Client(service.answers(), desk.token)
        tables.run("UPDATE subject SET description = description || '.' WHERE id = 'desk-beta'")
        with Tables(url) as clock:
            moment = sql_moment(clock)
        assert client.send("GET", f"/v1/subjects/desk-beta?as_of={moment}").status_code == 200
        tables.connection.rollback()


def test_id_that_is_changed_past_the_service_is_gone(desk, url, name):
    desk.put("scope", name, DOCUMENTS["scope"][0])
    with Tables(url) as tables:
        tables.run("UPDATE scope SET id = %s WHERE id = %s", name + "-new", name)
    until(lambda: desk.send("GET", path_of("scope", name)).status_code != 200, 5, "news")
    problem(desk.send("GET", path_of("scope", name)), 410, "gone")
