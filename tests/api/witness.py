"""Writers whose every commit is on record, and readers who hold each answer against the record"""
import asyncio
import collections
import csv
import dataclasses
import gzip
import hashlib
import io
import itertools
import json
import math
import random
import re
import threading
import time
import zlib

import brotli
import database

DECODE = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}
# What texts say: a claim its own id and the transaction that changed it last, a source's title the one that changed that last.
SAID = re.compile(rb"(w\d+)-(\d+) says (\d+)\.")
TITLED = re.compile(rb"(w\d+) stands at (\d+)\.")
OTHERS = [4, 4, 2]  # how often a transaction changes none, one, two claims beside the first
TITLES = 0.1  # the part of transactions that change the title, and so rewrite all claims of the source
CLOCKS = 0.01  # seconds that two clocks of a machine may differ by
NEVER = b"never"  # in each text that is rolled back
FORMS = {"json": "application/json", "csv": "text/csv", "ndjson": "application/x-ndjson", "jsonld": "application/ld+json"}


class Violation(AssertionError):
    """The service said what it must not say."""


# Writers ----------------------------------------------------------------------------------------


@dataclasses.dataclass
class Note:
    """One transaction, and how the group stands after it: claims' numbers, and the title, with the transaction that changed them last."""
    claims: dict
    title: int
    sent: float = math.inf  # a moment at which nobody could see it yet
    done: float = math.inf  # when COMMIT was answered, after which everybody must


class Group:
    """The claims of one source, changed by one writer, one transaction after the other. Claim 0 is changed by each."""

    def __init__(self, number):
        self.id = f"w{number}"
        self.notes = [Note({claim: 0 for claim in range(6)}, 0, 0, 0)]

    def titled(self, version):
        """The versions with the title that this one changed it to, oldest first."""
        later = itertools.takewhile(lambda each: self.notes[each].title == version, range(version, len(self.notes)))
        return list(later)

    def until(self, version):
        """When the version was no longer the newest, for sure."""
        return self.notes[version + 1].done if version + 1 < len(self.notes) else math.inf

    def possible(self, began, ended):
        """The versions that one could see between two moments."""
        for version in range(len(self.notes) - 1, -1, -1):
            if self.until(version) < began:
                return
            if self.notes[version].sent <= ended:
                yield version


FOUNDATION = """
INSERT INTO subject (id, name, kind, description) VALUES ('{id}', 'Subject {id}', 'model', 'Changes.');
INSERT INTO source (id, kind, title, description, language) VALUES ('{id}', 'article', '{id} stands at 0.', 'Changes.', 'en');
INSERT INTO agent (id, name, kind, source_id) VALUES ('voice-{id}', '{id} itself', 'source', '{id}');
INSERT INTO proposition (id, statement) VALUES ('{id}', 'Something of {id}.');
"""
INSERT = """
INSERT INTO claim (id, source_id, line, statement, kind, subject_id, quantity_id, claimant_id, figure_as_printed, figure_value,
                   figure_bound, figure_unit_id, stance, hedge, proposition_id)
VALUES (%(id)s, %(group)s, %(line)s, %(text)s, 'numeric', %(group)s, 'training-cost', 'voice-' || %(group)s, 'some', %(value)s,
        'exact', 'USD', 'asserts', 'none', %(group)s)"""
UPDATE = "UPDATE claim SET statement = %(text)s, figure_value = %(value)s WHERE id = %(id)s"
DELETE = "DELETE FROM claim WHERE id = %(id)s"


def words(group, claim, version, said="says"):
    """The arguments of a statement that makes a claim say something."""
    id = f"{group.id}-{claim}"
    return {"id": id, "group": group.id, "line": claim + 1, "text": f"{id} {said} {version}.", "value": version}


def found(url, count):
    """So many groups in a seeded database."""
    groups = [Group(number) for number in range(count)]
    connection = database.connect(url)
    with connection, connection.cursor() as cursor:
        for group in groups:
            cursor.execute(FOUNDATION.format(id=group.id))
            for claim in group.notes[0].claims:
                cursor.execute(INSERT, words(group, claim, 0))
    connection.close()
    return groups


class Writer(threading.Thread):
    """Changes so many claims and titles of its group a second until it is told to stop; some of its transactions it takes back.

    `slow`: the part of its transactions that take some seconds from their first change to their commit.
    """

    def __init__(self, url, group, rate, slow, seed):
        super().__init__(daemon=True)
        self.group, self.rate, self.slow = group, rate, slow
        self.dice = random.Random(seed)
        self.over = threading.Event()
        self.fault = None
        self.made = 0  # changes
        self._connection = database.connect(url, autocommit=True)
        self._epoch = time.time() - time.monotonic()

    def run(self):
        due = time.monotonic()
        try:
            while not self.over.wait(max(0, due - time.monotonic())):
                before = self.made
                with self._connection.cursor() as cursor:
                    if self.dice.random() < 0.1:
                        self._take_back(cursor)
                    self._change(cursor)
                due = max(due + (self.made - before) / self.rate, time.monotonic() - 3)
        except Exception as error:
            self.fault = error
        finally:
            self._connection.close()

    def stop(self):
        self.over.set()
        self.join()
        if self.fault:
            raise self.fault

    def _take_back(self, cursor):
        title = "UPDATE source SET title = 'It never stands.' WHERE id = %s", [self.group.id]
        self._send(cursor, [("BEGIN", []), (UPDATE, words(self.group, 0, -1, "says never")), title, ("ROLLBACK", [])])

    @staticmethod
    def _send(cursor, steps):
        """All at once: others who change wait while it is under way."""
        cursor.execute(b";".join(cursor.mogrify(*step) for step in steps))

    def _other(self, claims, version):
        """One insert, update or delete of another claim than the first: a statement and its arguments."""
        lot, others = self.dice.random(), [claim for claim in claims if claim]
        if lot < 0.2 and len(claims) < 12 or not others:
            claim = max(claims) + 1 if max(claims) < 40 else min(set(range(42)) - set(claims))
            statement = INSERT
        else:
            claim = self.dice.choice(others)
            statement = DELETE if lot < 0.4 and len(claims) > 3 else UPDATE
        if statement is DELETE:
            del claims[claim]
        else:
            claims[claim] = version
        return statement, words(self.group, claim, version)

    def _steps(self):
        """A transaction, but for its end, and its note; whether it takes some seconds."""
        group, version = self.group, len(self.group.notes)
        claims = {**group.notes[-1].claims, 0: version}
        steps = [("BEGIN", []), (UPDATE, words(group, 0, version))]
        is_slow = self.dice.random() < self.slow
        if is_slow:
            steps.append(("SELECT pg_sleep(%s)", [self.dice.uniform(1, 3)]))
        steps += [self._other(claims, version) for _ in range(self.dice.choices(range(len(OTHERS)), OTHERS)[0])]
        title = version if self.dice.random() < TITLES else group.notes[-1].title
        if title == version:
            steps.append(("UPDATE source SET title = %s WHERE id = %s", [f"{group.id} stands at {version}.", group.id]))
        return steps, Note(claims, title), is_slow

    def _change(self, cursor):
        steps, note, is_slow = self._steps()
        if is_slow:
            self._send(cursor, steps)
            steps = []
        note.sent = time.monotonic()
        self.group.notes.append(note)
        self._send(cursor, [*steps, ("COMMIT", [])])
        note.done = time.monotonic()
        self.made += sum(version == note.claims[0] for version in [*note.claims.values(), note.title])
        note.sent = max(note.sent, self._dated(cursor) - self._epoch - CLOCKS)

    def _dated(self, cursor):
        """When the database began to commit what it has committed last of the group."""
        cursor.execute("SELECT extract(epoch FROM at)::float FROM change WHERE id = (SELECT since FROM claim WHERE id = %s)", [f"{self.group.id}-0"])
        return cursor.fetchone()[0]


# Questions --------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Question:
    target: str
    form: str
    groups: tuple       # that are asked for
    claims: str         # "all" of them, the "first" of each, or one's number


class Quiz:
    """Makes questions, some targets more often than others."""

    def __init__(self, groups, dice):
        self.groups, self.dice = groups, dice

    def _group(self):
        return self.groups[min(int(self.dice.expovariate(1.2)), len(self.groups) - 1)]

    def _several(self):
        return tuple(sorted(self.dice.sample(self.groups, 2), key=lambda group: group.id))

    def _form(self, *forms):
        return self.dice.choice(forms)

    def one(self):
        group, form = self._group(), self._form("json", "json", "jsonld")
        claim = 0 if self.dice.random() < 0.6 else self.dice.choice([*group.notes[-1].claims, self.dice.randrange(42)])
        target = f"/v1/claims/{group.id}-{claim}" + self.dice.choice(["", "", "?embed=source,subject"])
        return Question(target, form, (group,), str(claim))

    def list(self):
        groups = (self._group(),) if self.dice.random() < 0.7 else self._several()
        names = ",".join(group.id for group in groups)
        target = self.dice.choice([f"/v1/claims?source={names}&limit=200", f"/v1/claims?limit=200&source={names}&sort=-line,id"])
        if len(groups) == 1 and self.dice.random() < 0.3:
            target = f"/v1/sources/{names}/claims?limit=200"
        return Question(target, self._form("json", "json", *FORMS), groups, "all")

    def sparse(self):
        group = self._group()
        return Question(f"/v1/claims?source={group.id}&limit=200&fields=id,statement", self._form("json", "csv", "ndjson"), (group,), "all")

    def stream(self):
        group = self._group()
        return Question(f"/v1/claims?source={group.id}", self._form("csv", "ndjson"), (group,), "all")

    def source(self):
        group = self._group()
        return Question(f"/v1/sources/{group.id}", "json", (group,), "none")

    def sources(self):
        groups = self._several()
        return Question("/v1/sources?id=" + ",".join(group.id for group in groups), "json", groups, "none")

    def comparison(self):
        groups = self._several()
        return Question("/v1/compare?claims=" + ",".join(group.id + "-0" for group in groups), self._form("json", "csv"), groups, "first")

    def derived(self):
        group = self._group()
        return Question(f"/v1/comparisons/training-cost-of-{group.id}", self._form("json", "csv"), (group,), "all")

    def hot(self):
        group = self._group()
        return Question(f"/v1/claims/{group.id}-0", "json", (group,), "0")

    def question(self):
        kinds = [self.hot, self.one, self.list, self.sparse, self.stream, self.source, self.sources, self.comparison, self.derived]
        return self.dice.choices(kinds, [20, 6, 6, 1, 0.5, 2, 1, 1, 1])[0]()


# Judging ----------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Facts:
    """What an answer says."""
    titles: tuple  # (group's id, version), each once
    claims: tuple  # ((group's id, claim), version), each once
    counts: tuple  # (group's id, number of claims)
    total: int     # of claims, or None


def items_of(form, body):
    """The objects of a document."""
    if form == "csv":
        rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True))
        return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    if form == "ndjson":
        if body and not body.endswith(b"\n"):
            raise Violation("the last line has no end")
        return [json.loads(line) for line in body.splitlines()]
    document = json.loads(body)
    return document.get("items") or document.get("figures") or [document]


def agree(item):
    """The parts of one item are of the same claim and state."""
    said = SAID.fullmatch(item.get("statement", "").encode())
    if not said:
        return
    id, version = f"{said[1].decode()}-{said[2].decode()}", said[3].decode()
    figure = item.get("figure.value", item.get("figure", {}).get("value", version) if isinstance(item.get("figure", {}), dict) else version)
    if item.get("id", item.get("claim", id)) != id or figure != version:
        raise Violation(f"the parts of an item are not of one: {item}")


def counts_of(item):
    """How many claims there are of a group, as the service counts them in several places: of a source, proposition or subject."""
    for of in (item, item.get("proposition"), item.get("source"), item.get("subject")):
        if isinstance(of, dict) and isinstance(of.get("claims"), int):
            yield of["id"], of["claims"]
    if str(item.get("proposition.claims", "")).isdigit():
        yield item["proposition.id"], int(item["proposition.claims"])


def read(form, body):
    """The facts of a whole body."""
    if NEVER in body:
        raise Violation(f"what was rolled back is told: {body[:500]!r}")
    document = json.loads(body) if form == "json" else {}
    items = items_of(form, body)
    for item in items:
        agree(item)
    counts = [count for item in items for count in counts_of(item)]
    return Facts(tuple({(group.decode(), int(version)) for group, version in TITLED.findall(body)}),
                 tuple({((group.decode(), int(claim)), int(version)) for group, claim, version in SAID.findall(body)}),
                 tuple(counts), document.get("total"))


class Judge:
    """Holds answers against what the groups' writers noted. `grace`: seconds in which the news of a commit has to arrive."""

    MOST = 50000

    def __init__(self, groups, grace):
        self.groups, self.grace = {group.id: group for group in groups}, grace
        self.facts, self.etags, self.digests = {}, {}, {}
        self.dated = {}  # what readers were told with a date, by what they asked: the date and facts
        self.stalest = 0  # seconds for which an answer's state had been over when it was asked for

    # Bodies and their names

    def identify(self, etag, body):
        """One ETag is one body, and the other way round."""
        digest = hashlib.blake2b(body, digest_size=16).digest()
        if self.etags.setdefault(etag, digest) != digest or self.digests.setdefault(digest, etag) != etag:
            raise Violation(f"the ETag {etag} is not of these bytes alone: {body[:300]!r}")
        if len(self.etags) > self.MOST:
            self.etags.clear()
            self.digests.clear()

    def read(self, form, coding, body):
        digest = form, coding, hashlib.blake2b(body, digest_size=16).digest()
        if digest not in self.facts:
            if len(self.facts) > self.MOST:
                self.facts.clear()
            try:
                self.facts[digest] = read(form, DECODE[coding](body))
            except (ValueError, KeyError, OSError, zlib.error, brotli.error) as error:
                raise Violation(f"not a whole document: {error!r}: {body[:500]!r}") from error
        return self.facts[digest]

    # States

    def _fits(self, group, version, facts, question):
        """Whether the claims and counts are those of the version."""
        state = group.notes[version].claims
        told = {claim: number for (id, claim), number in facts.claims if id == group.id}
        wanted = {"all": state, "none": {}, "first": {0: state[0]}}.get(question.claims)
        wanted = {int(question.claims): state.get(int(question.claims))} if wanted is None else wanted
        return told == wanted and all(count == len(state) for id, count in facts.counts if id == group.id)

    def states(self, group, facts, question):
        """The versions of the group, oldest first, of which the answer may be: one, where it tells of the claim that each changes."""
        titles = {version for id, version in facts.titles if id == group.id}
        firsts = {version for (id, claim), version in facts.claims if id == group.id and claim == 0}
        if len(titles) > 1 or len(firsts) > 1:
            raise Violation(f"two states of {group.id} in one answer: {titles} {firsts}")
        if len({claim for claim, _ in facts.claims}) != len(facts.claims):
            raise Violation(f"a claim is in two states at once: {facts.claims}")
        if not titles and not firsts:
            raise Violation(f"the answer is not about what was asked for: {facts}")
        last = len(group.notes)
        possible = [version for version in firsts if version < last] if firsts else group.titled(*titles)
        possible = [version for version in possible if not titles or group.notes[version].title in titles]
        fitting = [version for version in possible if self._fits(group, version, facts, question)]
        if not fitting:
            raise Violation(f"{group.id} has never been so: {facts}; known: {[(each, group.notes[each]) for each in possible]}")
        return fitting

    def _moment(self, states, asked, came):
        """There is one moment at which all was so, and it is not too long ago."""
        since = max(group.notes[versions[0]].sent for group, versions in states)
        until = min(group.until(versions[-1]) for group, versions in states)
        if since > until:
            raise Violation(f"states of different moments in one answer: {[(group.id, versions) for group, versions in states]}")
        if since > came:
            raise Violation("a state that was not committed yet")
        self.stalest = max(self.stalest, asked - until)
        if until < asked - self.grace:
            raise Violation(f"a state that was over {asked - until:.3f} s before it was asked for")

    def judge(self, question, facts, asked, came):
        """Fails unless the answer may say so; the versions of each group of which it may be."""
        strangers = {id for id, _ in facts.titles} | {id for (id, _), _ in facts.claims}
        if strangers - {group.id for group in question.groups}:
            raise Violation(f"another target's answer: {facts}")
        states = [(group, self.states(group, facts, question)) for group in question.groups]
        self._moment(states, asked, came)
        if facts.total is not None:
            self.judge_total(question.groups, facts.total, asked, came)
        return states

    def judge_total(self, groups, total, asked, came):
        """The number comes from a query of its own; of several groups it is one that their sizes allow."""
        sizes = [{len(group.notes[version].claims) for version in group.possible(asked - self.grace, came)} for group in groups]
        if not sum(map(min, sizes)) <= total <= sum(map(max, sizes)):
            raise Violation(f"a total of {total} where there were {sizes}")

    def judge_absence(self, question, asked, came):
        group, claim = question.groups[0], question.claims
        if not claim.isdigit():
            raise Violation("404 for a list")
        if all(int(claim) in group.notes[version].claims for version in group.possible(asked - self.grace, came)):
            raise Violation("404 for a claim that was there")


# Readers ----------------------------------------------------------------------------------------


@dataclasses.dataclass
class Got:
    status: int
    headers: dict  # by lower-case name
    body: bytes
    asked: float
    came: float


class Line:
    """A keep-alive connection."""

    def __init__(self, port):
        self._port = port

    async def __aenter__(self):
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 20)
        return self

    async def __aexit__(self, *_):
        self._writer.close()

    async def _chunks(self):
        parts, size = [], None
        while size != 0:
            size = int(await self._reader.readuntil(b"\r\n"), 16)
            parts.append((await self._reader.readexactly(size + 2))[:-2])
        return b"".join(parts)

    async def ask(self, method, target, fields):
        lines = [f"{method} {target} HTTP/1.1", "Host: t", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
        asked = time.monotonic()
        self._writer.write("\r\n".join(lines).encode())
        status, *rest = (await self._reader.readuntil(b"\r\n\r\n"))[:-4].decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in rest)}
        body, code = b"", int(status.split(" ", 2)[1])
        if method != "HEAD" and code != 304:
            chunked = headers.get("transfer-encoding") == "chunked"
            body = await (self._chunks() if chunked else self._reader.readexactly(int(headers["content-length"])))
        return Got(code, headers, body, asked, time.monotonic())


@dataclasses.dataclass
class Tally:
    """What readers have seen."""
    requests: int = 0
    recalled: int = 0  # answers from memory: of all that could tell
    telling: int = 0
    dated: int = 0     # 304 to who has named a date
    back: int = 0      # answers older than what the same connection was told before, by another target as a rule
    back_stalest: float = 0  # seconds for which that had been committed when they were asked for
    statuses: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    times: list = dataclasses.field(default_factory=list)  # the slowest, with their targets
    spread: collections.Counter = dataclasses.field(default_factory=collections.Counter)  # by milliseconds
    faults: list = dataclasses.field(default_factory=list)
    changes: int = 0   # of claims and titles
    transactions: int = 0
    took: float = 0  # seconds

    def time(self, took, target):
        self.spread[int(took * 1000)] += 1
        if len(self.times) < 5 or took > self.times[-1][0]:
            self.times = sorted([*self.times, (took, target)], reverse=True)[:5]

    def percentile(self, part):
        """Milliseconds."""
        left = part * sum(self.spread.values())
        for slot in sorted(self.spread):
            left -= self.spread[slot]
            if left <= 0:
                return slot
        return 0


class Reader:
    """One client: asks at random, and remembers what it was told.

    `strict`: one target must never go back to an older state. It may, for as long as news take to arrive, where a thread
    asks the database on several connections; and so may one target against another.
    """

    def __init__(self, port, groups, judge, tally, seed, strict):
        self.port, self.judge, self.tally, self.strict = port, judge, tally, strict
        self.dice = random.Random(seed)
        self.quiz = Quiz(groups, self.dice)
        self.kept = {}    # (target, form, coding, count): ETag and facts
        self.newest = {}  # of a group by question, and by any: version

    def _fields(self, question, coding):
        fields = {"Accept": FORMS[question.form]}
        if coding:
            fields["Accept-Encoding"] = coding
        if self.dice.random() < 0.1:
            fields["X-Request-Id"] = "mine"
        if question.claims == "all" and question.form == "json" and self.dice.random() < 0.1:
            fields["Prefer"] = "count=exact"
        return fields

    def _forward(self, key, states, asked):
        for group, versions in states:
            own, newest = (group.id, *key), self.newest.get(group.id, 0)
            if versions[-1] < self.newest.get(own, 0) and self.strict:
                raise Violation(f"{group.id} at {versions[-1]} after {self.newest[own]}, from the same target")
            if versions[-1] < newest:
                self.tally.back += 1
                self.tally.back_stalest = max(self.tally.back_stalest, asked - group.notes[newest].done)
            self.newest[own] = max(versions[0], self.newest.get(own, 0))
            self.newest[group.id] = max(versions[0], newest)

    def _keep(self, key, headers, facts):
        if "etag" in headers and len(self.kept) < 1000:
            self.kept[key] = headers["etag"], facts
        if "last-modified" in headers:
            self.judge.dated[key] = headers["last-modified"], facts

    def _take(self, question, key, got, known):
        """Judges one answer. `known`: the ETag, where it was named, and the facts of what the client has already.

        Until the news of a commit arrive, what has a date of before may be taken for the newest; then it is the client's own
        fault to go back to it.
        """
        etag = got.headers.get("etag")
        if got.status in (404, 410):
            self.judge.judge_absence(question, got.asked, got.came)
            return
        if got.status == 304 and known and known[0] is None:
            self.judge.judge(question, known[1], got.asked, got.came)
            return
        if got.status == 304 and known and known[0] == etag:
            facts = known[1]
        elif got.status == 200:
            coding = got.headers.get("content-encoding")
            if got.headers["content-type"].partition(";")[0] != FORMS[question.form] or coding not in (None, key[2]):
                raise Violation(f"{got.headers['content-type']} in {coding} was not asked for")
            if etag:
                self.judge.identify(etag, got.body)
            facts = self.judge.read(question.form, coding, got.body)
        else:
            raise Violation(f"{got.status} of {etag} to who has {known and known[0]}: {got.body[:300]!r}")
        self._keep(key, got.headers, facts)
        self._forward(key, self.judge.judge(question, facts, got.asked, got.came), got.asked)

    def _count(self, fields, got):
        self.tally.requests += 1
        self.tally.statuses[got.status] += 1
        self.tally.dated += got.status == 304 and "If-Modified-Since" in fields
        if "X-Request-Id" not in fields and "transfer-encoding" not in got.headers:
            self.tally.telling += 1
            self.tally.recalled += "x-request-id" not in got.headers
        elif "X-Request-Id" in fields and got.headers.get("x-request-id") != fields["X-Request-Id"]:
            raise Violation("the request is not named")

    def _condition(self, key, fields):
        """Asks at times only for what is new: against an ETag of its own, or a date that any reader was told, by any thread."""
        lot = self.dice.random()
        if lot < 0.3 and key in self.kept:
            fields["If-None-Match"] = self.kept[key][0]
            return self.kept[key]
        if lot > 0.7 and key in self.judge.dated:
            fields["If-Modified-Since"], facts = self.judge.dated[key]
            return None, facts
        return None

    async def _turn(self, line):
        question, coding = self.quiz.question(), self.dice.choices([None, "gzip", "br"], [6, 3, 1])[0]
        fields = self._fields(question, coding)
        key = question.target, question.form, coding, fields.get("Prefer")
        known = self._condition(key, fields)
        try:
            async with asyncio.timeout(20):
                got = await line.ask("GET", question.target, fields)
            self._count(fields, got)
            self._take(question, key, got, known)
            self.tally.time(got.came - got.asked, question.target)
        except Exception as error:
            self.tally.faults.append(f"{question.target} {fields}: {error!r}")
            raise

    async def run(self, over, pause=0):
        async with Line(self.port) as line:
            while not over():
                await self._turn(line)
                if pause:
                    await asyncio.sleep(self.dice.uniform(0, 2 * pause))


def observe(service, url, seconds, *, groups, rate, readers, grace, seed, slow=0, pause=0, strict=True):
    """Lets writers make `rate` changes a second, all together, and readers ask, for so long; the tally and the judge."""
    groups = found(url, groups)
    judge, tally = Judge(groups, grace), Tally()
    writers = [Writer(url, group, rate / len(groups), slow, seed + number) for number, group in enumerate(groups)]
    end = time.monotonic() + seconds

    def over():
        return time.monotonic() > end or tally.faults or any(writer.fault for writer in writers)

    async def ask():
        crowd = [Reader(service.port, groups, judge, tally, 1000 * seed + number, strict) for number in range(readers)]
        await asyncio.gather(*(reader.run(over, pause) for reader in crowd), return_exceptions=True)

    for writer in writers:
        writer.start()
    try:
        asyncio.run(ask())
    finally:
        for writer in writers:
            writer.stop()
    tally.changes = sum(writer.made for writer in writers)
    tally.transactions = sum(len(group.notes) - 1 for group in groups)
    tally.took = time.monotonic() - end + seconds
    return tally, judge
