/** What is sent of what was typed */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FigureReading } from "../../web/app/api";
import { asRead, bodyOf, choicesOf, chosenOf, emptyClaim, emptyDraft, hedgeOf, slug, type ClaimDraft, type Draft } from "../../web/app/edit/draft";
import { throwing } from "./dice";
import { draft, NOTHING_READ } from "./drafts";

const plain = (typed: Draft) => JSON.parse(JSON.stringify(bodyOf(typed, (_, text) => slug(text)))) as Sent;

interface Sent {
  claims: { figure?: Record<string, unknown>; kind: string; hedge: string; locator: unknown; statement: string; period?: string; proposition?: string;
    attribution?: { agent: string; via?: string }[]; claimant?: string }[];
  relations?: unknown[];
  subjects?: { id: string }[];
  agents?: { id: string }[];
  publisher?: string;
}

/** Each claim as it was typed and as it is sent. */
function both(typed: Draft): [ClaimDraft, Sent["claims"][number]][] {
  const { claims } = plain(typed);
  assert.equal(claims.length, typed.claims.length);
  return typed.claims.map((claim, place) => [claim, claims[place] ?? assert.fail()]);
}

function emptyIn(value: unknown): boolean {
  return value === "" || (typeof value === "object" && value !== null && Object.values(value).some(emptyIn));
}

test("what is empty is left out", throwing((dice) => {
  assert.equal(emptyIn(plain(draft(dice))), false);
}));

test("an empty form is a source without a word, and one claim", () => {
  assert.deepEqual(plain(emptyDraft()), { kind: "article", claims: [{ locator: { line: 0 }, kind: "statement", stance: "asserts", hedge: "none" }] });
});

test("the figure that is sent is the one that was corrected, or the reading that was chosen", throwing((dice) => {
  for (const [typed, { figure, kind }] of both(draft(dice))) {
    assert.equal(figure === undefined, typed.phrase.trim() === "");
    if (!figure) assert.equal(kind, "statement");
    const chosen = chosenOf(typed), { value, bound, unit } = typed.corrected ?? asRead(chosen?.reading);
    if (!figure) continue;
    assert.deepEqual([figure.value, figure.bound, figure.unit], [value || null, bound, unit]);
    assert.equal(figure.as_printed, typed.phrase.trim());
    assert.equal("low" in figure, bound === "range");
    assert.equal(kind, chosen?.reading.unit === unit ? chosen.reading.kind : unit === "1" ? "multiple" : "numeric");
  }
}));

test("a figure whose unit was corrected is of that unit's kind: of 1 a multiple, of any other none", () => {
  const kindOf = (read: string, unit: string) => {
    const reading: FigureReading = { value: "20", low: "20", high: "20", bound: "exact", unit: read, kind: read === "1" ? "multiple" : "numeric", hedge: null, notes: [] };
    const found = { ...NOTHING_READ, figures: [{ as_printed: "20", start: 0, end: 2, readings: [reading] }] }, corrected = { ...asRead(reading), unit };
    return plain({ ...emptyDraft(), claims: [{ ...emptyClaim(), phrase: "20", read: { phrase: "20", language: "", found }, corrected }] }).claims[0]?.kind;
  };
  assert.deepEqual([kindOf("USD", "1"), kindOf("1", "USD"), kindOf("1", "1"), kindOf("USD", "EUR")], ["multiple", "numeric", "multiple", "numeric"]);
});

test("texts are sent without the blanks around them, and what they name by its id", throwing((dice) => {
  for (const [typed, { statement, period, proposition }] of both(draft(dice))) {
    assert.deepEqual([statement, period ?? "", proposition ?? ""], [typed.statement.trim(), typed.period.trim(), slug(typed.proposition)]);
  }
}));

test("a choice beyond the readings is the first of them", throwing((dice) => {
  for (const claim of draft(dice).claims) {
    const choices = choicesOf(claim), [first] = choices;
    assert.equal(chosenOf({ ...claim, choice: choices.length })?.reading, first?.reading);
    choices.forEach(({ reading }, choice) => assert.equal(chosenOf({ ...claim, choice })?.reading, reading));
  }
}));

test("the hedge is that of the phrase unless another is chosen", throwing((dice) => {
  for (const [typed, { hedge }] of both(draft(dice))) {
    assert.equal(hedge, typed.hedge || chosenOf(typed)?.reading.hedge || "none");
    assert.equal(hedge, hedgeOf(typed));
  }
}));

test("who says it is the last of the chain, in which steps without a name are none", throwing((dice) => {
  for (const [typed, { attribution, claimant }] of both(draft(dice))) {
    const named = typed.hops.filter(({ agent }) => agent.trim()).map(({ agent }) => slug(agent));
    assert.deepEqual(attribution?.map(({ agent }) => agent) ?? [], named);
    assert.equal(claimant, named.at(-1));
    assert.ok(attribution?.every(({ via }) => via === undefined || via === "a-post") ?? true);
  }
}));

test("a relation needs both its kind and another source", throwing((dice) => {
  const typed = draft(dice), { relation, related } = typed.source;
  assert.deepEqual(plain(typed).relations, relation && related.trim() ? [{ kind: relation, source: slug(related) }] : undefined);
}));

test("made along is what is referred to, and nothing else", throwing((dice) => {
  const typed = draft(dice), { subjects = [], agents = [], publisher, claims } = plain(typed);
  const subjectsNamed = typed.claims.map(({ subject }) => slug(subject)), agentsNamed = [publisher, ...claims.flatMap(({ attribution = [] }) => attribution.map(({ agent }) => agent))];
  const expected = (kind: string, named: unknown[]) => Object.values(typed.made).filter((thing) => thing.kind === kind && named.includes(thing.id)).map(({ id }) => id);
  assert.deepEqual(subjects.map(({ id }) => id), expected("subject", subjectsNamed));
  assert.deepEqual(agents.map(({ id }) => id), expected("agent", agentsNamed));
}));

test("each new claim has a key of its own", () => {
  assert.notEqual(emptyClaim().key, emptyClaim().key);
});

test("ids are readable", () => {
  assert.deepEqual(["DeepSeek R1", " Über-All! ", "Città d'Italia", "…"].map(slug), ["deepseek-r1", "uber-all", "citta-d-italia", ""]);
});

test("any text makes an id that the contract takes", throwing((dice) => {
  const text = dice.many(200, () => dice.one(["a", "Z", "0", " ", "-", "é", "ß", "ﬁ", "中", "_", "."])).join("");
  assert.match(slug(text), /^([a-z0-9]+(-[a-z0-9]+)*)?$/);
  assert.ok(slug(text).length <= 120);
}));
