/** How many times one figure is another, as a sentence says it */
import type { Tongue } from "../language";

const WHOLE_FROM = 10;

/** 19.05 as 19. */
export function times({ number }: Tongue, ratio: string): string {
  return number(Number(ratio) >= WHOLE_FROM ? Number(ratio).toFixed(0) : String(Number(Number(ratio).toPrecision(2))));
}
