/** A comparison among others: what it is called, its figures in little, and what it finds */
import { useMemo } from "preact/hooks";
import { useAnswer, type Comparison, type ComparisonInShort } from "../api";
import { useTongue } from "../language";
import { arrange } from "../plot/arrangement";
import { LARGE, SMALL, Strip } from "../plot/strip";
import { disputeSaid, Standing } from "./dispute";
import { useAt } from "./past";
import { VerdictMark } from "./verdict";
import { useVisible } from "./visible";

/** `large`: as the first of a page. `judged`: with its verdict. */
export function Summary({ comparison, large = false, judged = false }: { comparison: ComparisonInShort; large?: boolean; judged?: boolean }) {
  const tongue = useTongue();
  const [element, seen] = useVisible<HTMLElement>();
  const at = useAt();
  const { document: whole } = useAnswer<Comparison>(seen ? at(`/v1/comparisons/${comparison.id}`) : null);
  const Heading = judged ? "h2" : "h3";
  const arrangement = useMemo(() => whole && arrange(whole), [whole]);
  const said = disputeSaid(tongue, comparison, arrangement);
  return (
    <article ref={element} class={large ? "summary large" : "summary"}>
      <Heading lang="en"><a href={at(`/comparisons/${comparison.id}`)}>{comparison.title}</a></Heading>
      {judged && <p class="judged">{comparison.verdict && <VerdictMark verdict={comparison.verdict} />}</p>}
      <div class="strip-room">{whole && arrangement && <Strip comparison={whole} arrangement={arrangement} size={large ? LARGE : SMALL} said={said} />}</div>
      <Standing comparison={comparison} said={said} />
    </article>
  );
}
