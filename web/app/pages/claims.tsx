/** Claims: filtered, searched, sorted, all of it in the address */
import { useEffect, useRef } from "preact/hooks";
import { readCounted, useAnswer, type Claim, type Page } from "../api";
import { asked, filtersAlone, without } from "../filters";
import { useTongue, type Words } from "../language";
import { Chosen, useFilterNames } from "../parts/chosen";
import { ClaimList } from "../parts/claims";
import { Facets } from "../parts/facets";
import { Pages } from "../parts/pages";
import { Share } from "../parts/share";
import { Answered, Nothing } from "../parts/states";
import { ask, usePlace, withQuery } from "../place";
import { useTitle } from "../title";

const SORTS = {
  "": "sortReading", "-published_at,id": "sortNewest", "published_at,id": "sortOldest", "value,id": "sortSmallest", "-value,id": "sortLargest",
} as const satisfies Record<string, keyof Words>;
const READING = "id"; // what is the order unless something is searched for

function Sort() {
  const { say } = useTongue();
  const { query } = usePlace();
  const searched = query.has("q"), chosen = query.get("sort") ?? "";
  const choose = (sort: string) => ask({ sort: searched && sort === "" ? READING : sort === "rank" ? null : sort, cursor: null });
  return (
    <label class="sort">{say("sort")}
      <select value={searched && chosen === "" ? "rank" : chosen === READING ? "" : chosen} onChange={(event) => choose(event.currentTarget.value)}>
        {searched && <option value="rank">{say("sortRank")}</option>}
        {Object.entries(SORTS).map(([sort, words]) => <option key={sort} value={sort}>{say(words)}</option>)}
      </select>
    </label>
  );
}

function SearchWords() {
  const { say } = useTongue();
  const { query } = usePlace();
  const field = useRef<HTMLInputElement>(null), words = query.get("q") ?? "";
  useEffect(() => { if (field.current) field.current.value = words; }, [words]);
  return (
    <form role="search" class="search" action="/claims" onSubmit={(event) => {
      event.preventDefault();
      ask({ q: field.current?.value.trim() || null, sort: null, cursor: null });
    }}>
      <input ref={field} type="search" name="q" maxLength={1000} defaultValue={words} aria-label={say("searchClaims")} placeholder={say("searchClaims")} />
      <button type="submit">{say("search")}</button>
    </form>
  );
}

function claimsTarget(query: URLSearchParams): string {
  return withQuery("/v1/claims", asked(query));
}

/** The same of all pages. */
function wholeTarget(query: URLSearchParams): string {
  return claimsTarget(new URLSearchParams([...query].filter(([name]) => name !== "cursor" && name !== "limit")));
}

const COUNTED_MOST = 10_000; // rows that the API counts even where an estimate would do

/** How many there are: known where all are shown or they are few, else as the database estimates it, without the list waiting for that. */
function useCount(query: URLSearchParams, page: Page<Claim> | null): { count: number; known: boolean } | null {
  const whole = page !== null && page.next === null && !query.has("cursor");
  const counted = new URLSearchParams([...filtersAlone(query), ["limit", "1"], ["fields", "id"]]);
  const answer = useAnswer<Page<Pick<Claim, "id">>>(page && !whole ? withQuery("/v1/claims", counted) : null, readCounted);
  if (whole) return { count: page.items.length, known: true };
  const total = answer.document?.total;
  return total === undefined || answer.waiting ? null : { count: total, known: total <= COUNTED_MOST };
}

function Count({ count }: { count: ReturnType<typeof useCount> }) {
  const { say } = useTongue();
  const words = count && say("countClaims", { count: count.count });
  return <p class="count" role="status">{words && (count.known ? words : say("about", { count: words }))}</p>;
}

/** What was asked for too narrowly: each filter is one that could be left out. */
function TooNarrow({ chosen }: { chosen: ReturnType<typeof useFilterNames> }) {
  const { say } = useTongue();
  const { query } = usePlace();
  if (chosen.length < 2) return <Nothing />;
  return (
    <Nothing>
      <p>{say("tooNarrow")}</p>
      <ul>{chosen.map(({ filter, words }) => (
        <li key={words}><a href={withQuery("/claims", without(query, filter))}>{say("withoutFilter", { filter: words })}</a></li>
      ))}</ul>
    </Nothing>
  );
}

export function ClaimsPage() {
  const { say } = useTongue();
  const { query } = usePlace();
  const answer = useAnswer<Page<Claim>>(claimsTarget(query));
  const count = useCount(query, answer.document);
  const chosen = useFilterNames();
  const words = query.get("q");
  useTitle(words ? `${words} – ${say("claims")}` : say("claims"));
  return (
    <>
      <h1>{say("claims")}</h1>
      <SearchWords />
      <div class="with-facets">
        <Facets />
        <section id="list" tabIndex={-1} aria-label={say("claims")}>
          <Chosen chosen={chosen} list="list" />
          <div class="above"><Count count={count} /><Sort /></div>
          <Answered answer={answer}>{({ items }) => items.length ? <ClaimList claims={items} /> : <TooNarrow chosen={chosen} />}</Answered>
          <Pages next={answer.document?.next ?? null} list="list" />
          <Share api={wholeTarget(query)} title={say("claims")} forms={["json", "csv"]} />
        </section>
      </div>
    </>
  );
}
