/** The filters of a list as its address has them: each value one by one, to be shown and taken out */

import type { paths } from "contract";

/** `stance=not.asserts,reports` is two, both of them `not`; `value=gte.5` is one, whose operator is `gte`. */
export interface Filter {
  name: FilterName;
  operator: Operator;
  value: string;
}
export type Operator = "" | "not" | "eq" | "gt" | "gte" | "lt" | "lte" | "none" | "some";

/** What claims are filtered by. Of "ordered" ones several may be given, each a condition of its own; of "listed" ones, values are separated by commas. */
const FILTERS = {
  q: "single", as_of: "single", value: "ordered", published_at: "ordered", line: "ordered", created_at: "ordered",
  stance: "listed", hedge: "listed", kind: "listed", subject: "listed", quantity: "listed", source: "listed", claimant: "listed", scope: "listed",
  proposition: "listed", language: "listed", id: "listed",
} as const;
export type FilterName = keyof typeof FILTERS;
const ABOUT_THE_ANSWER = new Set(["sort", "cursor", "limit", "embed"]);

function isFilter(name: string): name is FilterName {
  return Object.hasOwn(FILTERS, name);
}

function ordered(name: FilterName, text: string): Filter {
  const [, operator, value] = /^(?:(eq|gt|gte|lt|lte)\.)?(.*)$/.exec(text) ?? [];
  return { name, operator: (operator ?? "eq") as Operator, value: value ?? text };
}

function listed(name: FilterName, text: string): Filter[] {
  const negated = text.startsWith("not.");
  return (negated ? text.slice(4) : text).split(",").filter(Boolean).map((value) => ({ name, operator: negated ? "not" : "", value }));
}

function parse(name: FilterName, text: string): Filter[] {
  if (text === "is.null") return [{ name, operator: "none", value: "" }];
  if (text === "not.is.null") return [{ name, operator: "some", value: "" }];
  if (FILTERS[name] === "ordered") return [ordered(name, text)];
  return FILTERS[name] === "single" ? [{ name, operator: "", value: text }] : listed(name, text);
}

export function filtersOf(query: URLSearchParams): Filter[] {
  return [...query].flatMap(([name, text]) => isFilter(name) ? parse(name, text) : []);
}

/** An address without what is about the answer's order, extent and form. */
export function filtersAlone(query: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...query].filter(([name]) => isFilter(name)));
}

/** An address with nothing but what the API knows: others add to links what is theirs. */
export function asked(query: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...query].filter(([name]) => isFilter(name) || ABOUT_THE_ANSWER.has(name)));
}

/** What the API knows of the address of a page, with which the server asks it, too: but for the forms of an answer, of which a page has one. */
type Known<Path extends keyof paths> = Record<Exclude<keyof NonNullable<NonNullable<paths[Path]["get"]>["parameters"]["query"]>, "fields" | "format">, true>;
export const OF_SOURCES: Known<"/v1/sources"> = {
  id: true, q: true, kind: true, language: true, origin: true, url: true, published_at: true, created_at: true, sort: true, limit: true, cursor: true, as_of: true,
};
export const OF_COMPARISONS: Known<"/v1/comparisons"> = {
  id: true, kind: true, subject: true, quantity: true, verdict: true, min_origins: true, stance: true, sort: true, limit: true, cursor: true, as_of: true,
};

/** Of an address what is known, but for what the page says itself (`fixed`). */
export function knownOf(query: URLSearchParams, known: Record<string, true>, fixed: Record<string, string> = {}): URLSearchParams {
  return new URLSearchParams([...Object.entries(fixed), ...[...query].filter(([name]) => Object.hasOwn(known, name) && !(name in fixed))]);
}

function print({ name, operator, value }: Filter): string {
  if (operator === "none") return "is.null";
  if (operator === "some") return "not.is.null";
  return FILTERS[name] === "ordered" && operator !== "eq" ? `${operator}.${value}` : value;
}

/** What of an address stands beside its filters stays, but not the place in the list that they made. */
function withFilters(query: URLSearchParams, filters: Filter[]): URLSearchParams {
  const whole = new URLSearchParams([...query].filter(([name]) => ABOUT_THE_ANSWER.has(name) && name !== "cursor"));
  const lists = new Map<FilterName, Filter[]>();
  for (const filter of filters) {
    const { name, operator } = filter;
    if (FILTERS[name] !== "listed" || operator === "none" || operator === "some") whole.append(name, print(filter));
    else lists.set(name, [...lists.get(name) ?? [], filter]);
  }
  for (const [name, list] of lists) whole.append(name, (list[0]?.operator === "not" ? "not." : "") + list.map(print).join(","));
  if (!filters.some(({ name }) => name === "q") && whole.get("sort")?.includes("rank")) whole.delete("sort");
  return whole;
}

export function same(one: Filter, other: Filter): boolean {
  return one.name === other.name && one.operator === other.operator && one.value === other.value;
}

export function without(query: URLSearchParams, filter: Filter): URLSearchParams {
  return withFilters(query, filtersOf(query).filter((each) => !same(each, filter)));
}

export function withoutAny(query: URLSearchParams): URLSearchParams {
  return withFilters(query, []);
}

/** Puts `wanted` where those of that name stood that `replaced` says. */
export function withOthers(query: URLSearchParams, replaced: (filter: Filter) => boolean, wanted: Filter[]): URLSearchParams {
  return withFilters(query, [...filtersOf(query).filter((each) => !replaced(each)), ...wanted]);
}

/** Chooses a value of a list, or no longer. What was excluded of the list, or had to be missing, gives way. */
export function toggled(query: URLSearchParams, name: FilterName, value: string): URLSearchParams {
  const filter: Filter = { name, operator: "", value };
  if (filtersOf(query).some((each) => same(each, filter))) return without(query, filter);
  return withOthers(query, (each) => each.name === name && each.operator !== "", [filter]);
}
