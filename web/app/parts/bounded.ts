/** A figure in words: its value with what its bound makes of it, and what it leaves possible */
import type { Bound, Figure } from "../api";
import type { Tongue, Words } from "../language";

const LIMITS: Partial<Record<Bound, keyof Words>> = { approx: "roughly", gt: "moreThan", gte: "noLessThan", lt: "lessThan", lte: "upTo" };

/** "more than 5 million", of a value that is written already. */
export function limited({ say }: Tongue, bound: Bound, value: string): string {
  const limit = LIMITS[bound];
  return limit ? say(limit, { value }) : value;
}

/** What a figure leaves possible. */
export function extent({ say, amount }: Tongue, low: string | null, high: string | null, unit: string): string {
  if (low === high && low !== null) return say("exactly", { value: amount(low, unit) });
  if (low === null) return high === null ? "" : say("upTo", { value: amount(high, unit) });
  if (high === null) return say("from", { low: amount(low, unit) });
  return say("between", { low: amount(low, unit), high: amount(high, unit) });
}

/** What the printed words say of the value. */
export function bounded(tongue: Tongue, { value, low, high, bound, unit }: Pick<Figure, "value" | "low" | "high" | "bound" | "unit">): string {
  if (bound === "range" || value === null) return extent(tongue, low, high, unit);
  const amount = tongue.amount(value, unit);
  return bound === "exact" ? tongue.say("exactly", { value: amount }) : limited(tongue, bound, amount);
}
