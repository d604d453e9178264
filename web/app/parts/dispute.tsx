/** What a comparison finds, in one sentence, and among how many sources */
import type { Comparison, ComparisonInShort } from "../api";
import { useTongue, type Tongue } from "../language";
import { arrange, extremes, type Placed } from "../plot/arrangement";
import { times } from "./times";
import { who } from "./who";

type Judged = Pick<ComparisonInShort, "spread" | "sources" | "origins" | "unit" | "verdict">;

function saidOf(tongue: Tongue, { figure }: Placed, unit: string): string {
  const parts = { who: who(tongue, figure), amount: tongue.brief(figure.amount.value ?? "", unit) };
  return tongue.say(figure.stance === "disputes" ? "givesDisputed" : "gives", parts);
}

/** With names where the figures are known. */
export function disputeSaid(tongue: Tongue, judged: Judged, whole: Comparison | null): string {
  const { say, brief } = tongue;
  const { spread, unit, verdict } = judged;
  if (!spread?.ratio) return say(`${verdict ?? "single"}Open`);
  const [min, max] = [brief(spread.min, unit), brief(spread.max, unit)];
  if (spread.min === spread.max) return say("allGive", { amount: min });
  const ratio = times(tongue, spread.ratio), ends = whole && extremes(whole, arrange(whole));
  if (!ends) return say("dispute", { min, max, ratio });
  return say("disputeNamed", { least: saidOf(tongue, ends[0], unit), most: saidOf(tongue, ends[1], unit), ratio });
}

export function Standing({ comparison, whole = null }: { comparison: Judged; whole?: Comparison | null }) {
  const tongue = useTongue();
  const { say } = tongue;
  const { sources, origins } = comparison;
  return (
    <p class="standing">
      {disputeSaid(tongue, comparison, whole)}{" "}
      <small>{say("standing", { sources: say("countSources", { count: sources }), origins: say("countOrigins", { count: origins }) })}</small>
    </p>
  );
}
