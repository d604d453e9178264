/** Who says something, as a row or a sentence names them */
import type { ComparedFigure } from "../api";
import type { Tongue } from "../language";

export function who({ say }: Tongue, { claimant }: ComparedFigure): string {
  return claimant.kind === "source" ? say("articleItself") : claimant.name;
}
