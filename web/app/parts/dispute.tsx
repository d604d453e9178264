/** What a comparison finds, in one sentence, and among how many sources */
import type { ComparisonInShort } from "../api";
import { useTongue, type Tongue } from "../language";
import { extremes, type Arrangement, type Placed } from "../plot/arrangement";
import { times } from "./times";
import { who } from "./who";

type Judged = Pick<ComparisonInShort, "spread" | "sources" | "origins" | "unit" | "verdict">;

function saidOf(tongue: Tongue, { figure }: Placed, unit: string): string {
  const parts = { who: who(tongue, figure), amount: tongue.brief(figure.amount.value ?? "", unit) };
  return tongue.say(figure.stance === "disputes" ? "givesDisputed" : "gives", parts);
}

/** A spread is that of the values which compare with the baseline: the verdict is on limits too, and on what is apart. */
function allGiveOne({ spread, verdict }: Judged, arrangement: Arrangement | null): boolean {
  return verdict === "agree" && spread?.min === spread?.max && arrangement?.apart.length === 0;
}

/** With names where the figures are known. */
export function disputeSaid(tongue: Tongue, judged: Judged, arrangement: Arrangement | null): string {
  const { say, brief } = tongue;
  const { spread, unit, verdict } = judged;
  if (!spread?.ratio) return say(`${verdict ?? "single"}Open`);
  const [min, max] = [brief(spread.min, unit), brief(spread.max, unit)];
  if (allGiveOne(judged, arrangement)) return say("allGive", { amount: min });
  if (Number(spread.ratio) === 1) return say(`${verdict ?? "single"}Open`);
  const ratio = times(tongue, spread.ratio), ends = arrangement && extremes(judged, arrangement);
  if (!ends) return say("dispute", { min, max, ratio });
  return say("disputeNamed", { least: saidOf(tongue, ends[0], unit), most: saidOf(tongue, ends[1], unit), ratio });
}

/** `said`: what it finds. */
export function Standing({ comparison: { sources, origins }, said }: { comparison: Judged; said: string }) {
  const { say } = useTongue();
  return (
    <p class="standing">
      {said}{" "}
      <small>{say("standing", { sources: say("countSources", { count: sources }), origins: say("countOrigins", { count: origins }) })}</small>
    </p>
  );
}
