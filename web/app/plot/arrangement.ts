/** In which order figures are read: those that compare with the baseline first, and what repeats another behind it */
import type { ComparedFigure, Comparison, Pair } from "../api";

export interface Placed {
  figure: ComparedFigure;
  /** By which a page refers to it, in reading order. */
  letter: string;
  /** Why it does not compare with the baseline; empty if it does. */
  reasons: Pair["reasons"];
  /** The figure before it that says the same in another version of its source. */
  repeats: ComparedFigure | null;
  /** Equal for what comes from one origin. */
  origin: string;
}

export interface Arrangement {
  comparable: Placed[];
  apart: Placed[];
  all: Placed[];
}

/** A, B, …, Z, AA. */
function letter(place: number): string {
  const last = String.fromCharCode(65 + place % 26);
  return place < 26 ? last : letter(Math.floor(place / 26) - 1) + last;
}

/** The origin of each claim: a source is of one with itself, and with those that the pairs say. */
function origins({ figures, pairs }: Comparison): (claim: string) => string {
  const above = new Map<string, string>();
  const top = (key: string): string => {
    const next = above.get(key);
    return next === undefined ? key : top(next);
  };
  const join = (a: string, b: string) => {
    const [from, to] = [top(a), top(b)];
    if (from !== to) above.set(from, to);
  };
  for (const figure of figures) join(`claim ${figure.claim}`, `source ${figure.source.id}`);
  for (const pair of pairs) if (pair.same_origin) join(`claim ${pair.left}`, `claim ${pair.right}`);
  return (claim) => top(`claim ${claim}`);
}

function reasonsOf({ pairs, baseline }: Comparison): Map<string, Pair["reasons"]> {
  const strange = pairs.filter((pair) => pair.verdict === "incomparable" && (pair.left === baseline || pair.right === baseline));
  return new Map(strange.map((pair) => [pair.left === baseline ? pair.right : pair.left, pair.reasons]));
}

/** Equal for figures of one origin that say the same. */
function substance({ figure, origin }: Placed): string {
  const { subject, quantity, claimant, stance, hedge, scope, period, amount } = figure;
  const who = claimant.kind === "source" ? "itself" : claimant.id;
  return [origin, subject.id, quantity.id, who, stance, hedge, scope, JSON.stringify(period), figure.figure.bound, amount.value, amount.low, amount.high].join("\n");
}

/** What repeats another comes behind it. */
function withRepeats(placed: Placed[]): Placed[] {
  const alike = new Map<string, Placed[]>();
  for (const each of placed) {
    const group = alike.get(substance(each));
    const first = group?.find(({ figure }) => figure.source.id !== each.figure.source.id);
    if (group && first) group.push({ ...each, repeats: first.figure });
    else if (group) group.push(each);
    else alike.set(substance(each), [each]);
  }
  return [...alike.values()].flat();
}

export function arrange(comparison: Comparison): Arrangement {
  const origin = origins(comparison), reasons = reasonsOf(comparison);
  const placed = comparison.figures.map((figure): Placed => ({
    figure, letter: "", reasons: reasons.get(figure.claim) ?? [], repeats: null, origin: origin(figure.claim),
  }));
  const all = [false, true]
    .flatMap((apart) => withRepeats(placed.filter((each) => reasons.has(each.figure.claim) === apart)))
    .map((each, place) => ({ ...each, letter: letter(place) }));
  return { all, comparable: all.filter(({ reasons: [first] }) => !first), apart: all.filter(({ reasons: [first] }) => first) };
}

/** What is asked for to make it the baseline. A chosen unit that it does not convert into goes: nothing could be said in it. */
export function asBaseline({ figure, reasons }: Placed): Record<string, string | null> {
  return { baseline: figure.claim, ...(reasons.includes("unit") ? { unit: null } : {}) };
}

export function amounts({ amount: { value, low, high } }: ComparedFigure): number[] {
  return [value, low, high].filter((amount) => amount !== null).map(Number);
}

/** The least and the greatest of those that the spread is over. */
export function extremes({ spread }: Pick<Comparison, "spread">, { comparable }: Arrangement): [Placed, Placed] | null {
  if (!spread) return null;
  const single = comparable.filter(({ figure }) => ["exact", "approx"].includes(figure.figure.bound));
  const least = single.find(({ figure }) => figure.amount.value === spread.min), most = single.find(({ figure }) => figure.amount.value === spread.max);
  return least && most ? [least, most] : null;
}
