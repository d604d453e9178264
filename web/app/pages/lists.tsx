/** Lists that one looks through: comparisons, sources, and what a search finds */
import { useAnswer, type Claim, type ComparisonInShort, type Page, type Source } from "../api";
import { OF_COMPARISONS, OF_SOURCES, knownOf } from "../filters";
import { useTongue } from "../language";
import { ClaimList } from "../parts/claims";
import { LanguageTag, SourceLink } from "../parts/marks";
import { Pages } from "../parts/pages";
import { useAt } from "../parts/past";
import { SearchField } from "../parts/search";
import { Share } from "../parts/share";
import { Answered, Nothing } from "../parts/states";
import { Summary } from "../parts/summary";
import { VERDICTS, VerdictMark } from "../parts/verdict";
import { changed, usePlace, withQuery } from "../place";
import { useTitle } from "../title";

/** Those of one verdict, or all. */
function VerdictFilter() {
  const { say } = useTongue();
  const asked = knownOf(usePlace().query, OF_COMPARISONS), chosen = asked.get("verdict");
  const link = (verdict: typeof VERDICTS[number] | null) => (
    <a key={verdict} class="button" href={withQuery("/comparisons", changed(asked, { verdict, cursor: null }))} aria-current={chosen === verdict ? "true" : undefined}>
      {verdict ? <VerdictMark verdict={verdict} /> : say("everyVerdict")}
    </a>
  );
  return <nav class="verdicts" aria-label={say("verdict")}>{link(null)}{VERDICTS.map(link)}</nav>;
}

export function ComparisonsPage() {
  const { say } = useTongue();
  const { query } = usePlace();
  const answer = useAnswer<Page<ComparisonInShort>>(withQuery("/v1/comparisons", knownOf(query, OF_COMPARISONS, { sort: "-spread" })));
  useTitle(say("comparisons"));
  return (
    <>
      <h1>{say("comparisons")}</h1>
      <VerdictFilter />
      <Answered answer={answer}>{({ items }) => items.length
        ? <ul class="overview" id="list" tabIndex={-1}>{items.map((comparison) => <li key={comparison.id}><Summary comparison={comparison} judged /></li>)}</ul>
        : <Nothing />}
      </Answered>
      <Pages next={answer.document?.next ?? null} list="list" />
    </>
  );
}

function SourceList({ sources }: { sources: Source[] }) {
  const { say, day } = useTongue();
  return (
    <ul class="sources">{sources.map((source) => {
      const { kind, language, publisher, published_at: published, claims } = source;
      const facts = [say(`is_${kind}`), publisher?.name, published && day(published), claims > 0 && say("countClaims", { count: claims })];
      return (
        <li key={source.id}>
          <p class="title"><SourceLink source={source} description={source.description} /> <LanguageTag tag={language} /></p>
          <p class="about">{facts.filter(Boolean).join(" · ")}</p>
        </li>
      );
    })}</ul>
  );
}

export function SourcesPage() {
  const { say } = useTongue();
  const { query } = usePlace();
  const asked = knownOf(query, OF_SOURCES, { sort: "-published_at,id" }), words = query.get("q");
  const answer = useAnswer<Page<Source>>(withQuery("/v1/sources", asked));
  useTitle(words ? `${words} – ${say("sources")}` : say("sources"));
  return (
    <>
      <h1>{say("sources")}</h1>
      <p class="lead">{say("sourcesLead")}</p>
      <section id="list" tabIndex={-1} aria-label={say("sources")}>
        <Answered answer={answer}>{({ items }) => items.length ? <SourceList sources={items} /> : <Nothing />}</Answered>
        <Pages next={answer.document?.next ?? null} list="list" />
      </section>
      <Share api={withQuery("/v1/sources", changed(asked, { cursor: null, limit: null }))} title={say("sources")} forms={["json", "csv"]} />
    </>
  );
}

const FOUND = 10; // of each, before one is led on

function FoundClaims({ words }: { words: string }) {
  const { say } = useTongue();
  const at = useAt();
  const answer = useAnswer<Page<Claim>>(at("/v1/claims", { q: words, limit: FOUND }));
  return (
    <section aria-labelledby="found-claims">
      <h2 id="found-claims">{say("claims")}</h2>
      <Answered answer={answer}>{({ items, next }) => items.length
        ? <><ClaimList claims={items} />{next && <p><a href={at("/claims", { q: words })}>{say("allFound")}</a></p>}</>
        : <p role="status">{say("noClaimsFound")}</p>}
      </Answered>
    </section>
  );
}

function FoundSources({ words }: { words: string }) {
  const { say } = useTongue();
  const at = useAt();
  const answer = useAnswer<Page<Source>>(at("/v1/sources", { q: words, limit: FOUND }));
  return (
    <section aria-labelledby="found-sources">
      <h2 id="found-sources">{say("sources")}</h2>
      <Answered answer={answer}>{({ items, next }) => items.length
        ? <><SourceList sources={items} />{next && <p><a href={at("/sources", { q: words })}>{say("allSourcesFound")}</a></p>}</>
        : <p role="status">{say("noSourcesFound")}</p>}
      </Answered>
    </section>
  );
}

export function SearchPage() {
  const { say } = useTongue();
  const words = usePlace().query.get("q");
  useTitle(words ? `${words} – ${say("search")}` : say("search"));
  return (
    <>
      <h1>{say("search")}</h1>
      <SearchField words={words ?? ""} key={words} />
      {words ? <><FoundClaims words={words} /><FoundSources words={words} /></> : <p>{say("searchLead")}</p>}
    </>
  );
}
