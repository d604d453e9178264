/** Comparisons in which much is alike, as the dice have it */
import type { ComparedFigure, Comparison, Pair } from "../../web/app/api";
import type { Dice } from "./dice";

const KINDS = ["source", "person"] as const, STANCES = ["asserts", "disputes"] as const, BOUNDS = ["exact", "approx", "gt", "range"] as const;

function figure(dice: Dice, place: number): ComparedFigure {
  const source = dice.one(["de", "en", "it"]), value = dice.one(["5000000", "5600000", "294000"]), bound = dice.one(BOUNDS);
  const amount = dice.roll(8) === 0 ? { value: null, low: null, high: null } : bound === "range" ? { value: null, low: value, high: null } : { value, low: value, high: value };
  return {
    claim: `claim-${place}`, statement: "It cost so much.", subject: { id: "r1", name: "R1" }, quantity: { id: "cost", name: "Cost" },
    source: { id: `source-${source}`, title: null, language: source }, claimant: { id: `of-${source}`, name: "Who", kind: dice.one(KINDS) },
    stance: dice.one(STANCES), hedge: "none", scope: null, period: dice.one([null, "2024"]), figure: { as_printed: "so much", bound, unit: "USD", ...amount }, amount,
    ratio_to_baseline: null, difference_to_baseline: null,
  };
}

/** Sources of which two are one origin, or none. */
function pairsOf(dice: Dice, figures: ComparedFigure[], baseline: string): Pair[] {
  const one = dice.one([["source-de", "source-it"], ["source-en", "source-it"], []]);
  return figures.flatMap((left, place) => figures.slice(place + 1).map((right): Pair => {
    const strange = [left.claim, right.claim].includes(baseline) && dice.roll(3) === 0;
    return {
      left: left.claim, right: right.claim, ratio: null, ratio_low: null, ratio_high: null, verdict: strange ? "incomparable" : "conflict", reasons: strange ? ["scope"] : [],
      same_origin: left.source.id === right.source.id || [left, right].every(({ source }) => one.includes(source.id)),
    };
  }));
}

/** Over what has one value and compares with the baseline. */
function spreadOf(figures: ComparedFigure[], pairs: Pair[]): Comparison["spread"] {
  const strange = pairs.filter(({ verdict }) => verdict === "incomparable").flatMap(({ left, right }) => [left, right]);
  const values = figures.filter(({ claim, figure: { bound } }) => !strange.includes(claim) && ["exact", "approx"].includes(bound))
    .flatMap(({ amount: { value } }) => value === null ? [] : [Number(value)]);
  return values.length ? { min: String(Math.min(...values)), max: String(Math.max(...values)), ratio: null } : null;
}

export function comparison(dice: Dice): Comparison {
  const figures = [figure(dice, 0), ...dice.many(dice.one([4, 12, 40]), (place) => figure(dice, place + 1))], baseline = dice.one(figures as [ComparedFigure]).claim;
  const pairs = pairsOf(dice, figures, baseline);
  return {
    id: "what-it-cost", kind: "derived", title: "What it cost", description: null, subject: null, quantity: null, unit: "USD", baseline, figures, pairs, spread: spreadOf(figures, pairs),
    stated_multiples: [], sources: 3, origins: 2, verdict: "conflict", figure_count: figures.length, pair_count: pairs.length, pairs_shown: "all",
  };
}
