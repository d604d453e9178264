/** In which order figures are read */
import assert from "node:assert/strict";
import { test } from "node:test";
import { amounts, arrange, extremes, type Placed } from "../../web/app/plot/arrangement";
import { comparison } from "./comparisons";
import { throwing } from "./dice";

/** As spreadsheets count columns. */
function numberOf(letters: string): number {
  return [...letters].reduce((number, letter) => number * 26 + letter.charCodeAt(0) - 64, 0);
}

/** Equal for what says the same. */
function said({ figure, origin, reasons }: Placed): string {
  const who = figure.claimant.kind === "source" ? "" : figure.claimant.id;
  return JSON.stringify([reasons, origin, who, figure.stance, figure.period, figure.figure.bound, figure.amount]);
}

test("every figure is placed once, what compares with the baseline first", throwing((dice) => {
  const given = comparison(dice), { all, comparable, apart } = arrange(given);
  assert.deepEqual(all, [...comparable, ...apart]);
  assert.deepEqual(all.map(({ figure }) => figure.claim).sort(), given.figures.map(({ claim }) => claim).sort());
  assert.ok(comparable.some(({ figure }) => figure.claim === given.baseline));
}));

test("apart is what a pair with the baseline says is incomparable, with its reasons", throwing((dice) => {
  const given = comparison(dice), { apart } = arrange(given);
  const strange = given.pairs.filter(({ verdict }) => verdict === "incomparable").map(({ left, right }) => left === given.baseline ? right : left);
  assert.deepEqual(apart.map(({ figure }) => figure.claim).sort(), strange.sort());
  assert.ok(apart.every(({ reasons }) => reasons.join() === "scope"));
}));

test("letters run from A in reading order, beyond Z as well", throwing((dice) => {
  assert.ok(arrange(comparison(dice)).all.every(({ letter }, place) => numberOf(letter) === place + 1));
}));

test("what repeats a figure stands behind it, with nothing else between, and is another source's of one origin", throwing((dice) => {
  const { all } = arrange(comparison(dice));
  for (const [place, each] of all.entries()) {
    if (!each.repeats) continue;
    const first = all.findIndex(({ figure }) => figure === each.repeats);
    assert.ok(first >= 0 && first < place);
    assert.notEqual(each.repeats.source.id, each.figure.source.id);
    assert.ok(all.slice(first, place).every((between) => said(between) === said(each)));
  }
}));

test("of one origin are a source with itself and those of which a pair says so", throwing((dice) => {
  const given = comparison(dice), { all } = arrange(given), origins = new Map(all.map(({ figure, origin }) => [figure.claim, origin]));
  for (const { left, right, same_origin } of given.pairs) assert.equal(origins.get(left) === origins.get(right), same_origin);
}));

test("what says the same as another source of its origin repeats it", throwing((dice) => {
  const { all } = arrange(comparison(dice));
  for (const [place, each] of all.entries()) {
    const before = all.slice(0, place).filter((other) => said(other) === said(each) && other.figure.source.id !== each.figure.source.id);
    assert.equal(each.repeats, before[0]?.figure ?? null);
  }
}));

test("what says something first keeps the order of the answer", throwing((dice) => {
  const given = comparison(dice), { comparable } = arrange(given);
  const first = comparable.filter((each, place) => !comparable.slice(0, place).some((before) => said(before) === said(each)));
  const places = first.map(({ figure }) => given.figures.indexOf(figure));
  assert.deepEqual(places, [...places].sort((a, b) => a - b));
}));

test("the extremes are comparable figures that give the spread's ends", throwing((dice) => {
  const given = comparison(dice), { spread } = given, arranged = arrange(given), ends = extremes(given, arranged);
  assert.equal(ends === null, spread === null);
  assert.deepEqual(ends?.map(({ figure }) => figure.amount.value), spread ? [spread.min, spread.max] : undefined);
  assert.ok(ends?.every((end) => arranged.comparable.includes(end) && ["exact", "approx"].includes(end.figure.figure.bound)) ?? true);
}));

test("amounts are those that are not open", throwing((dice) => {
  for (const figure of comparison(dice).figures) {
    const { value, low, high } = figure.amount;
    assert.deepEqual(amounts(figure).map(String), [value, low, high].filter((amount) => amount !== null));
  }
}));
