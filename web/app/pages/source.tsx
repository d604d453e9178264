/** One source: what it asserts, reports and disputes, and how it differs from its other versions */
import { useAnswer, useList, type Claim, type Source, type Stance } from "../api";
import { useTongue, type Words } from "../language";
import { ClaimList } from "../parts/claims";
import { LanguageTag, SourceLink, STANCES } from "../parts/marks";
import { useDescriptions } from "../parts/names";
import { OneThing } from "../parts/one-thing";
import { useAt } from "../parts/past";
import { Share } from "../parts/share";
import { Answered } from "../parts/states";
import { Versions } from "../parts/versions";

type Relation = Source["relations"][number];

const FROM: Record<Relation["kind"], keyof Words> = {
  translation_of: "isTranslatedBy", syndication_of: "isSyndicatedBy", cites: "isCitedBy", based_on: "isBasisOf",
};
const HEADINGS: Record<Stance, keyof Words> = { asserts: "whatAsserts", reports: "whatReports", disputes: "whatDisputes" };

function Facts({ source }: { source: Source }) {
  const { say, day, name } = useTongue();
  const facts: [keyof Words, preact.ComponentChildren][] = [
    ["publishedBy", source.publisher?.name], ["byAuthor", source.author], ["published", source.published_at && day(source.published_at)],
    ["language", source.language && name(source.language)], ["address", source.url && <a href={source.url} rel="noopener">{say("openSource")}</a>],
  ];
  return (
    <dl class="facts">
      {facts.filter(([, value]) => value).map(([key, value]) => <div key={key}><dt>{say(key)}</dt><dd>{value}</dd></div>)}
      <div><dt>SHA-256</dt><dd>{source.content_sha256 ? <code title={say("held")}>{source.content_sha256}</code> : say("cited")}</dd></div>
    </dl>
  );
}

function Relations({ source }: { source: Source }) {
  const { say } = useTongue();
  const described = useDescriptions(source.relations.map((relation) => relation.source));
  if (!source.relations.length) return null;
  return (
    <section>
      <h2>{say("relations")}</h2>
      <ul class="relations">{source.relations.map(({ kind, direction, source: other }) => (
        <li key={`${kind} ${direction} ${other.id}`}>
          <span>{say(direction === "to" ? kind : FROM[kind])}</span> <SourceLink source={other} description={described.get(other.id)} /> <LanguageTag tag={other.language} />
        </li>
      ))}</ul>
      {source.relations.some(({ kind }) => kind === "translation_of" || kind === "syndication_of") && <p><small>{say("sameOrigin")}</small></p>}
    </section>
  );
}

// The page ----------------------------------------------------------------------------------------

/** Claims of one stance, and where they all are if they are more than are shown. */
function OfStance({ source, stance, claims, more }: { source: Source; stance: Stance; claims: Claim[]; more: boolean }) {
  const { say } = useTongue();
  const at = useAt();
  if (!claims.length) return null;
  return (
    <section>
      <h2>{say(HEADINGS[stance])} <small>{!more && say("countClaims", { count: claims.length })}</small></h2>
      <ClaimList claims={claims} within />
      {more && <p><a href={at("/claims", { source: source.id, stance })}>{say("allOfThese")}</a></p>}
    </section>
  );
}

function Said({ source }: { source: Source }) {
  const at = useAt();
  const answer = useList<Claim>(at(`/v1/sources/${source.id}/claims`, { sort: "line,id" }));
  return (
    <Answered answer={answer}>{({ items, next }) => (
      <>
        <Versions source={source} claims={items} all={next === null} />
        {STANCES.map((stance) => (
          <OfStance key={stance} source={source} stance={stance} claims={items.filter((claim) => claim.stance === stance)} more={next !== null} />
        ))}
      </>
    )}</Answered>
  );
}

function titleOf({ title, description }: Source): string {
  return title ?? description;
}

function Told({ source }: { source: Source }) {
  const { say } = useTongue();
  const at = useAt();
  const { title, description } = source;
  return (
    <>
      <p class="kicker">{say("source")} · {say(`is_${source.kind}`)}</p>
      <h1 lang={title ? source.language ?? undefined : "en"}>{titleOf(source)}</h1>
      {title && <p class="lead" lang="en">{description}</p>}
      <Facts source={source} />
      <Share api={at(`/v1/sources/${source.id}${source.claims ? "/claims" : ""}`)} title={titleOf(source)} forms={source.claims ? ["json", "csv"] : ["json"]}
        citation={[source.author, titleOf(source), source.publisher?.name, source.published_at].filter(Boolean).join(". ")} />
      <Relations source={source} />
      {source.claims > 0 && <Said source={source} />}
    </>
  );
}

export function SourcePage({ id }: { id: string }) {
  const api = `/v1/sources/${id}`;
  return <OneThing api={api} answer={useAnswer<Source>(useAt()(api))} called={titleOf}>{(source) => <Told source={source} />}</OneThing>;
}
