/** What there is already, by which the form tells it from what is new; others may write meanwhile */
import { useMemo } from "preact/hooks";
import { readList, target, useList, type Answer, type Page } from "../api";
import { LOOKED_THROUGH, THINGS, type Thing } from "../parts/names";
import { COLLECTIONS, madeOf, sourcesIn, type Draft, type NewKind } from "./draft";
import { idIn, idsIn, isCalled, unlisted, type Lists } from "./form";

type Kind = keyof Lists;
export const PATHS = {
  subject: THINGS.subject, quantity: THINGS.quantity, scope: THINGS.scope, agent: THINGS.claimant, source: THINGS.source,
} as const satisfies Record<Kind, string>;

const SEARCHED = 200;

/** Of sources, which may be many, the first: they are searched. */
function useListed(kind: Kind): Answer<Page<Thing>> {
  return useList<Thing>(PATHS[kind], kind === "source" ? SEARCHED : LOOKED_THROUGH);
}

/** All of them, and what became of asking for them. */
export function useLists(): { lists: Lists; answers: Answer<Page<Thing>>[] } {
  const found = { subject: useListed("subject"), quantity: useListed("quantity"), scope: useListed("scope"), agent: useListed("agent"), source: useListed("source") };
  const answers = Object.values(found), each = answers.map((answer) => answer.document);
  const lists = useMemo(() => Object.fromEntries(Object.keys(found).map((kind, place) => [kind, each[place]])) as Lists, each);
  return { lists, answers };
}

/** What lists did not have when they were read, or not yet. */
export type Met = Partial<Record<Kind, Thing[]>>;

/** A list to which nothing is added stays the same. */
function grown(list: Page<Thing> | null, met: Thing[] = []): Page<Thing> | null {
  const more = met.filter(({ id }) => !list?.items.some((thing) => thing.id === id));
  return list && more.length ? { ...list, items: [...list.items, ...more] } : list;
}

export function withMet(lists: Lists, met: Met): Lists {
  return Object.fromEntries(Object.entries(lists).map(([kind, list]) => [kind, grown(list, met[kind as Kind])])) as Lists;
}

function anew(kind: Kind, query: Record<string, string>): Promise<Page<Thing>> {
  return readList(target(PATHS[kind], query), SEARCHED, { anew: true });
}

/** What has come to be since of what would be made along. */
async function sinceMade(kind: NewKind, draft: Draft, lists: Lists): Promise<[Kind, Thing[]]> {
  const ids = madeOf(unlisted(draft, lists), kind, (of, text) => idIn(lists, of, text)).map(({ id }) => id);
  return [kind, ids.length ? (await anew(kind, { id: ids.join(",") })).items : []];
}

/** Sources of a title, wherever they stand in their list; where it holds no word to search for, none. */
async function titled(title: string): Promise<Thing[]> {
  const { items } = await anew("source", { q: `"${title.replaceAll('"', " ")}"` }).catch(() => ({ items: [] }));
  return items.filter((source) => isCalled(source, title));
}

/** What the lists do not have yet of what a draft refers to. */
export async function meet(draft: Draft, lists: Lists): Promise<Met> {
  const titles = [...new Set(sourcesIn(draft).map(({ text }) => text.trim()))], kinds = Object.keys(COLLECTIONS) as NewKind[];
  const [made, sources] = await Promise.all([Promise.all(kinds.map((kind) => sinceMade(kind, draft, lists))), Promise.all(titles.map(titled))]);
  return { ...Object.fromEntries(made), source: sources.flat() };
}

/** Where a draft names a source by a title that several have; the ids of these. */
export function namesakesIn(draft: Draft, lists: Lists): { pointer: string; ids: string[] }[] {
  return sourcesIn(draft).map(({ pointer, text }) => ({ pointer, ids: idsIn(lists, "source", text).sort() })).filter(({ ids }) => ids.length > 1);
}
