/** Lists that one looks through: comparisons, sources, and what a search finds */
import { target, useAnswer, type Claim, type ComparisonInShort, type Page, type Source } from "../api";
import { useTongue } from "../language";
import { ClaimList } from "../parts/claims";
import { LanguageTag, SourceLink } from "../parts/marks";
import { Pages } from "../parts/pages";
import { SearchField } from "../parts/search";
import { Share } from "../parts/share";
import { Answered, Nothing } from "../parts/states";
import { Summary } from "../parts/summary";
import { VERDICTS, VerdictMark } from "../parts/verdict";
import { usePlace } from "../place";
import { useTitle } from "../title";

/** Those of one verdict, or all. */
function VerdictFilter() {
  const { say } = useTongue();
  const chosen = usePlace().query.get("verdict");
  const link = (verdict: typeof VERDICTS[number] | null) => (
    <a key={verdict} class="button" href={target("/comparisons", { verdict })} aria-current={chosen === verdict ? "true" : undefined}>
      {verdict ? <VerdictMark verdict={verdict} /> : say("everyVerdict")}
    </a>
  );
  return <nav class="verdicts" aria-label={say("verdict")}>{link(null)}{VERDICTS.map(link)}</nav>;
}

export function ComparisonsPage() {
  const { say } = useTongue();
  const { query } = usePlace();
  const answer = useAnswer<Page<ComparisonInShort>>(target("/v1/comparisons", {
    sort: "-spread", verdict: query.get("verdict"), subject: query.get("subject"), quantity: query.get("quantity"), cursor: query.get("cursor"),
  }));
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
  const api = target("/v1/sources", { sort: "-published_at,id", cursor: query.get("cursor") });
  const answer = useAnswer<Page<Source>>(api);
  useTitle(say("sources"));
  return (
    <>
      <h1>{say("sources")}</h1>
      <p class="lead">{say("sourcesLead")}</p>
      <section id="list" tabIndex={-1} aria-label={say("sources")}>
        <Answered answer={answer}>{({ items }) => items.length ? <SourceList sources={items} /> : <Nothing />}</Answered>
        <Pages next={answer.document?.next ?? null} list="list" />
      </section>
      <Share api={target("/v1/sources", { sort: "-published_at,id" })} title={say("sources")} forms={["json", "csv"]} />
    </>
  );
}

const FOUND = 10; // of each, before one is led on

function FoundClaims({ words }: { words: string }) {
  const { say } = useTongue();
  const answer = useAnswer<Page<Claim>>(target("/v1/claims", { q: words, limit: FOUND }));
  return (
    <section aria-labelledby="found-claims">
      <h2 id="found-claims">{say("claims")}</h2>
      <Answered answer={answer}>{({ items, next }) => items.length
        ? <><ClaimList claims={items} />{next && <p><a href={target("/claims", { q: words })}>{say("allFound")}</a></p>}</>
        : <p role="status">{say("noClaimsFound")}</p>}
      </Answered>
    </section>
  );
}

function FoundSources({ words }: { words: string }) {
  const { say } = useTongue();
  const answer = useAnswer<Page<Source>>(target("/v1/sources", { q: words, limit: FOUND }));
  return (
    <section aria-labelledby="found-sources">
      <h2 id="found-sources">{say("sources")}</h2>
      <Answered answer={answer}>{({ items }) => items.length ? <SourceList sources={items} /> : <p role="status">{say("noSourcesFound")}</p>}</Answered>
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
