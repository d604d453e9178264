/** Why two figures cannot be compared, in words */
import type { Pair } from "../api";
import type { Tongue, Words } from "../language";

const REASONS: Record<Pair["reasons"][number], keyof Words> = {
  subject: "reasonSubject", quantity: "reasonQuantity", scope: "reasonScope", period: "reasonPeriod", unit: "reasonUnit",
};

/** Each once, however often it is given. */
export function reasonsSaid({ say }: Tongue, reasons: Pair["reasons"]): string {
  return [...new Set(reasons)].map((reason) => say(REASONS[reason])).join(", ");
}
