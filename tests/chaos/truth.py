"""What the right answers are: rows that nobody changes while things break, and what a calm service says of them"""
import dataclasses

import database

from wire import Wire

ROWS = 600  # of the long list: a stream of it takes several pages
STILL = """
INSERT INTO subject (id, name, kind, description) VALUES ('still', 'Still', 'model', 'It stays as it is.');
INSERT INTO source (id, kind, title, description, language) VALUES ('still', 'article', 'It stays as it is', 'Stays.', 'en');
INSERT INTO agent (id, name, kind, source_id) VALUES ('voice-still', 'It itself', 'source', 'still');
INSERT INTO proposition (id, statement) VALUES ('still', 'It stays as it is.');
INSERT INTO claim (id, source_id, line, statement, kind, subject_id, claimant_id, stance, hedge, proposition_id)
SELECT 'still-' || line, 'still', line, 'Line ' || line || ' stays.', 'statement', 'still', 'voice-still', 'asserts', 'none', 'still' FROM generate_series(1, {rows}) AS line;
INSERT INTO subject (id, name, kind, description) VALUES ('outside', 'Outside', 'model', 'Count 0');
"""
SEED = "markets-misled-de"
TARGETS = [  # each with the header fields that choose the answer
    *((f"/v1/claims/still-{line}", coding) for line in (1, 2, 77, 600) for coding in ((), ("Accept-Encoding: gzip",), ("Accept-Encoding: br",))),
    *((f"/v1/claims/still-{line}", ()) for line in range(100, 160)),
    *((f"/v1/claims?source={SEED}&limit=200" + more, ()) for more in ("", "&sort=-line,id", "&fields=id,statement", "&embed=subject", "&q=DeepSeek")),
    (f"/v1/claims?source={SEED}&limit=200", ("Accept: text/csv",)),
    (f"/v1/claims?source={SEED}&limit=200", ("Accept: application/ld+json",)),
    (f"/v1/claims?source={SEED}", ("Accept: application/x-ndjson",)),
    (f"/v1/sources/{SEED}", ()), (f"/v1/sources/{SEED}/claims?limit=200", ("Accept-Encoding: gzip",)), (f"/sources/{SEED}", ()),
    ("/v1/comparisons/what-training-r1-cost", ()), ("/v1/comparisons/what-training-r1-cost?format=svg", ()), ("/comparisons/what-training-r1-cost", ()),
    ("/v1/compare?claims=affordability-myth-15-fleet-value-1-6-billion,r1-under-300000-03-training-cost-294000", ()),
    ("/v1/claims/still-1/revisions", ()), ("/v1/claims/nothing", ()), ("/v1/claims?limit=0", ()), ("/nothing", ()), ("/v1/units/USD", ()), ("/openapi.json", ()),
]
SMALL = ["/v1/scopes?limit=1&fields=id", "/v1/units/USD?fields=id", "/v1/scopes/nothing?fields=id"]


@dataclasses.dataclass(frozen=True)
class Known:
    """A request, and the answer that is right."""
    target: str
    fields: tuple
    status: int
    type: str
    etag: str
    body: bytes
    streamed: bool

    def ask(self, wire, *more):
        wire.get(self.target, *self.fields, *more)

    def equals(self, answer):
        """Whether an answer is that one, or says that the client has it; it is whole, as the wire has read it to its end."""
        if answer.headers.get("ETag") != self.etag:
            return False
        if answer.status == 304:
            return self.etag is not None and not answer.body
        return (answer.status, answer.headers.get("Content-Type"), answer.body) == (self.status, self.type, self.body)


def lay(url):
    """Puts the rows there."""
    database.execute(url, STILL.format(rows=ROWS), "ANALYZE")


def known(wire, target, fields=()):
    wire.get(target, *fields)
    answer = wire.answer()
    assert answer.status < 500, f"{target}: {answer}"
    return Known(target, tuple(fields), answer.status, answer.headers.get("Content-Type"), answer.headers.get("ETag"), answer.body,
                 "Transfer-Encoding" in answer.headers)


class Truth:
    """The right answers, from a service that nothing troubles."""

    def __init__(self, port):
        with Wire(port) as wire:
            self.answers = [known(wire, *asked) for asked in TARGETS]
            self.small = [known(wire, target) for target in SMALL]
            self.stream = known(wire, "/v1/claims?source=still", ("Accept: application/x-ndjson",))
        assert self.stream.body.count(b"\n") == ROWS and self.stream.streamed
        self.listed = sorted(f"still-{line}" for line in range(1, ROWS + 1))
        assert len({answer.body for answer in self.answers if answer.status == 200}) > 70
        self.pipelined = [answer for answer in self.answers if not answer.streamed]
