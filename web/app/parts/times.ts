/** How many times one figure is another, as a sentence says it */
import type { Tongue } from "../language";

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
