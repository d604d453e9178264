/** The filters that are chosen, by their names, each to be taken out */
import { filtersOf, without, withoutAny, type Filter, type FilterName, type Operator } from "../filters";
import { useTongue, type Tongue, type Words } from "../language";
import { askFor, focusOn, usePlace } from "../place";
import { THINGS, useNames, type ThingKind } from "./names";

const NAMES: Record<FilterName, keyof Words> = {
  q: "search", stance: "stance", hedge: "hedge", kind: "kind", subject: "subject", quantity: "quantity", source: "source", claimant: "claimant", scope: "scope",
  proposition: "proposition", language: "sourceLanguage", value: "figure", published_at: "published", line: "lineNumber", created_at: "createdAt", id: "claim", as_of: "asOf",
};
const WORDS = new Set(["stance", "hedge", "kind"]);
const OPERATORS: Record<Operator, keyof Words> = {
  "": "isThat", not: "isNot", eq: "isThat", gt: "isMore", gte: "isAtLeast", lt: "isLess", lte: "isAtMost", none: "isNone", some: "isSome",
};

const OPERATORS_OF_DAYS: Partial<Record<Operator, keyof Words>> = { gt: "isAfter", gte: "isFrom", lt: "isBefore", lte: "isTo" };
const DAYS = new Set(["published_at", "created_at"]);

function valueIn(tongue: Tongue, { name, value }: Filter, known: string | undefined): string {
  if (WORDS.has(name) && value in tongue.words) return tongue.say(value as keyof Words);
  if (name === "language") return tongue.name(value);
  if (name === "q") return tongue.say("quoted", { text: value });
  if (name === "value" && Number.isFinite(Number(value))) return tongue.number(value);
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return tongue.day(value);
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return tongue.moment(value);
  return known ?? value.replaceAll("-", " ");
}

function useAllNames(filters: Filter[]): Map<string, string> {
  const kinds = Object.keys(THINGS) as ThingKind[];
  const ids = (kind: ThingKind) => filters.filter(({ name, value }) => name === kind && /^[a-z0-9-]+$/.test(value)).map(({ value }) => value);
  // As many hooks each time: one of each kind.
  const found = kinds.map((kind) => [kind, useNames(kind, ids(kind))] as const);
  return new Map(found.flatMap(([kind, names]) => [...names].map(([id, name]) => [`${kind}/${id}`, name])));
}

export function useFilterNames(): { filter: Filter; words: string }[] {
  const tongue = useTongue();
  const filters = filtersOf(usePlace().query);
  const all = useAllNames(filters);
  return filters.map((filter) => {
    const { name, operator } = filter;
    const relation = (DAYS.has(name) && OPERATORS_OF_DAYS[operator]) || OPERATORS[operator];
    return { filter, words: tongue.say(relation, { name: tongue.say(NAMES[name]), value: valueIn(tongue, filter, all.get(`${name}/${filter.value}`)) }) };
  });
}

/** `list`: the id of what is filtered. */
export function Chosen({ chosen, list }: { chosen: { filter: Filter; words: string }[]; list: string }) {
  const { say } = useTongue();
  const { query } = usePlace();
  const leave = (others: URLSearchParams) => {
    askFor(others);
    focusOn(list); // the button goes with its filter
  };
  if (!chosen.length) return null;
  return (
    <ul class="chosen" aria-label={say("chosen")}>
      {chosen.map(({ filter, words }) => (
        <li key={words}>
          <button type="button" class="chip" title={words} aria-label={say("remove", { filter: words })} onClick={() => leave(without(query, filter))}>
            <span>{words}</span><span aria-hidden="true">×</span>
          </button>
        </li>
      ))}
      {chosen.length > 1 && <li><button type="button" class="plain" onClick={() => leave(withoutAny(query))}>{say("clear")}</button></li>}
    </ul>
  );
}
