/** The front page: the widest contradictions, each with what is in dispute */
import { useAnswer, type ComparisonInShort, type Page } from "../api";
import { useTongue } from "../language";
import { useAt } from "../parts/past";
import { SearchField } from "../parts/search";
import { Answered, Nothing } from "../parts/states";
import { Summary } from "../parts/summary";
import { useTitle } from "../title";

const WIDEST = { verdict: "conflict", sort: "-spread", limit: 6 };

function Widest({ comparisons: [first, ...others] }: { comparisons: ComparisonInShort[] }) {
  if (!first) return <Nothing />;
  return (
    <>
      <Summary comparison={first} large />
      <div class="summaries">{others.map((comparison) => <Summary key={comparison.id} comparison={comparison} />)}</div>
    </>
  );
}

export function FrontPage() {
  const { say } = useTongue();
  const at = useAt();
  const answer = useAnswer<Page<ComparisonInShort>>(at("/v1/comparisons", WIDEST));
  useTitle(say("frontTitle"));
  return (
    <>
      <h1>{say("frontTitle")}</h1>
      <p class="lead">{say("frontLead")}</p>
      <SearchField />
      <h2>{say("widest")}</h2>
      <Answered answer={answer}>{({ items }) => <Widest comparisons={items} />}</Answered>
      <p><a href={at("/comparisons")}>{say("allComparisons")}</a></p>
    </>
  );
}
