/** Figures, multiples and reasons in words */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bound } from "../../web/app/api";
import { tongue } from "../../web/app/language";
import { bounded, extent, limited } from "../../web/app/parts/bounded";
import { disputeSaid } from "../../web/app/parts/dispute";
import { reasonsSaid } from "../../web/app/parts/reasons";
import { ratioSaid, times } from "../../web/app/parts/times";
import { arrange } from "../../web/app/plot/arrangement";
import { comparison } from "./comparisons";
import { throwing } from "./dice";

const en = tongue("en"), de = tongue("de");
const LIMITED: Record<Exclude<Bound, "range">, string> = {
  exact: "exactly 5\u00A0GPU", approx: "about 5\u00A0GPU", gt: "more than 5\u00A0GPU", gte: "at least 5\u00A0GPU", lt: "less than 5\u00A0GPU", lte: "up to 5\u00A0GPU",
};
const figure = { value: "5", low: null, high: null, unit: "{GPU}" };

for (const [bound, said] of Object.entries(LIMITED) as [Bound, string][]) {
  test(`5 that is ${bound} is ${said}`, () => assert.equal(bounded(en, { ...figure, bound }), said));
}

test("a range is said by its ends, of which one may be open", () => {
  const range = (low: string | null, high: string | null) => bounded(en, { ...figure, value: null, bound: "range", low, high });
  assert.deepEqual([range("5", "7"), range("5", null), range(null, "7"), range("5", "5"), range(null, null)],
    ["5\u00A0GPU to 7\u00A0GPU", "from 5\u00A0GPU", "up to 7\u00A0GPU", "exactly 5\u00A0GPU", ""]);
});

test("a range that has a value is said by its ends as well", () => {
  assert.equal(bounded(en, { ...figure, bound: "range", low: "4", high: "6" }), "4\u00A0GPU to 6\u00A0GPU");
});

test("an extent has both ends as the language writes them", throwing((dice) => {
  const low = String(dice.roll(1e6)), high = String(dice.roll(1e6) + 1e6);
  assert.ok([low, high].every((end) => extent(de, low, high, "USD").includes(de.amount(end, "USD"))));
}));

test("a value that is exact, or of a range, needs no word before it", () => {
  assert.deepEqual((["exact", "range", "gt"] as const).map((bound) => limited(en, bound, "5")), ["5", "5", "more than 5"]);
});

test("multiples have two digits, or are whole", () => {
  assert.deepEqual(["1", "1.154", "9.94", "9.96", "19.05", "320", "1234.5"].map((ratio) => times(en, ratio)), ["1", "1.2", "9.9", "10", "19", "320", "1,235"]);
  assert.equal(times(de, "1.25"), "1,3");
});

test("what is a little more is not said to be as much", () => {
  assert.deepEqual(["1.099", "1.054", "1.04", "1.004", "1.001", "1.00001"].map((ratio) => times(en, ratio)), ["1.1", "1.05", "1.04", "1.004", "1.001", "1.00001"]);
});

test("multiples are right to five in a hundred, and what they have beyond one is to half", throwing((dice) => {
  const ratio = 1 + dice.roll(1e6) / 10 ** dice.roll(9), said = Number(times(en, String(ratio)).replaceAll(",", ""));
  assert.ok(Math.abs(said / ratio - 1) <= 0.05 + Number.EPSILON, `${ratio} is said to be ${said}`);
  assert.ok(Math.abs(said - ratio) <= (ratio - 1) / 2, `${ratio} is said to be ${said}`);
}));

test("of a ratio that is open to one side its end is said, and nothing of one that is open to both", () => {
  const said = (ratio: string | null, ratio_low: string | null, ratio_high: string | null) => ratioSaid(en, { ratio, ratio_low, ratio_high });
  assert.equal(said("100", "100", null), "The larger is at least 100 times the smaller.");
  assert.equal(said("100", "95", null), "The larger is at least 95 times the smaller.");
  assert.equal(said("100", null, "105"), "The larger is at most 105 times the smaller.");
  assert.equal(said("100", "95", "105"), "The larger is 100 times the smaller: between 95 and 105 times.");
  assert.equal(said("100", "100", "100"), "The larger is 100 times the smaller.");
  assert.deepEqual([said("100", null, null), said("1", "1", "1"), said(null, null, null)], ["", "", ""]);
});

test("each reason is said once", () => {
  assert.equal(reasonsSaid(en, ["unit", "subject", "unit"]), "units that do not convert, another subject");
  assert.equal(reasonsSaid(en, []), "");
});

test("that all give one amount is said where all agree and none is left out", throwing((dice) => {
  const given = comparison(dice), verdict = dice.one(["agree", "overlap", "conflict", "incomparable", null] as const);
  const judged = { ...given, spread: { min: "5", max: "5", ratio: "1" }, verdict };
  const arrangement = arrange(judged), isWhole = verdict === "agree" && !arrangement.apart.length;
  assert.equal(disputeSaid(en, judged, arrangement), isWhole ? "All that can be compared give $5." : en.say(`${verdict ?? "single"}Open`));
  assert.equal(disputeSaid(en, judged, null), en.say(`${verdict ?? "single"}Open`));
}));

test("ends that are equal but for the rounding of their ratio are not said to be apart", () => {
  const judged = { spread: { min: "5000000", max: "5000001", ratio: "1" }, verdict: "conflict", unit: "USD", sources: 2, origins: 2 } as const;
  assert.equal(disputeSaid(en, judged, null), en.words.conflictOpen);
});
