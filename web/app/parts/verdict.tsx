/** What a comparison, a pair or a stated multiple comes to: a sign and a word, so that no colour has to be told apart */
import type { StatedMultiple, Verdict } from "../api";
import { useTongue } from "../language";

export type Judgement = NonNullable<Verdict> | StatedMultiple["verdict"];

export const VERDICTS = ["conflict", "overlap", "agree", "incomparable"] as const;

export const SIGNS: Record<Judgement, string> = {
  agree: "=", overlap: "≈", conflict: "≠", incomparable: "∥",
  follows: "✓", follows_within_rounding: "≈", does_not_follow: "✗", operands_missing: "?",
};

export function VerdictMark({ verdict }: { verdict: Judgement }) {
  const { say } = useTongue();
  return <span class={`verdict ${verdict}`}><span class="sign" aria-hidden="true">{SIGNS[verdict]}</span> {say(verdict)}</span>;
}
