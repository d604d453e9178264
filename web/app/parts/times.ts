/** How many times one figure is another, as a sentence says it */
import type { Pair } from "../api";
import type { Tongue, Words } from "../language";

type Ratio = Pick<Pair, "ratio" | "ratio_low" | "ratio_high">;

const WHOLE_FROM = 10;
const DIGITS = 2, DIGITS_MOST = 15; // as many as doubles have

/** As many as tell it from 1. */
function digitsOf(ratio: number): number {
  return Math.min(Math.max(DIGITS, 1 - Math.floor(Math.log10(Math.abs(ratio - 1)))), DIGITS_MOST);
}

/** 19.05 as 19, but 1.04 as it is. */
export function times({ number }: Tongue, given: string): string {
  const ratio = Number(given);
  return number(ratio >= WHOLE_FROM ? ratio.toFixed(0) : String(Number(ratio.toPrecision(digitsOf(ratio)))));
}

/** All that is known of a ratio which is open to one side, as it is where a figure is a limit. */
export function limitOf({ ratio_low: low, ratio_high: high }: Ratio): { bound: "gte" | "lte"; ratio: string } | null {
  if (low !== null && high === null) return { bound: "gte", ratio: low };
  return low === null && high !== null ? { bound: "lte", ratio: high } : null;
}

const LIMITS = { gte: "ratioAtLeastLong", lte: "ratioAtMostLong" } as const satisfies Record<string, keyof Words>;

/** Nothing where it is not known, or is open to both sides. */
export function ratioSaid({ say, number }: Tongue, given: Ratio): string {
  const { ratio, ratio_low: low, ratio_high: high } = given, limit = limitOf(given);
  if (ratio === null || Number(ratio) === 1) return "";
  if (limit) return say(LIMITS[limit.bound], { ratio: number(limit.ratio) });
  if (low === null || high === null) return "";
  return low === high ? say("ratioLong", { ratio: number(ratio) }) : say("ratioRangeLong", { ratio: number(ratio), low: number(low), high: number(high) });
}
