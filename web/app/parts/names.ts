/** The names of things, of which an address has the ids alone */
import { useEffect, useState } from "preact/hooks";
import { read, target, useAnswer, type Page, type Source } from "../api";

/** The lists of the API whose things claims are filtered by. */
export const THINGS = {
  subject: "/v1/subjects", quantity: "/v1/quantities", source: "/v1/sources", claimant: "/v1/agents", scope: "/v1/scopes", proposition: "/v1/propositions",
} as const;
export type ThingKind = keyof typeof THINGS;

export interface Thing {
  id: string;
  name?: string;
  title?: string | null;
  statement?: string;
  claims?: number;
}

export function nameOf(thing: Thing): string {
  return thing.name ?? thing.title ?? thing.statement ?? thing.id.replaceAll("-", " ");
}

/** Of ids that there are; of those that are not known, or not yet, nothing. */
export function useNames(kind: ThingKind, ids: string[]): Map<string, string> {
  const list = useAnswer<Page<Thing>>(ids.length ? target(THINGS[kind], { id: [...ids].sort().join(","), limit: 200 }) : null);
  return new Map(list.document?.items.map((thing) => [thing.id, nameOf(thing)]));
}

/** What documents without a printed title are, in our words. */
export function useDescriptions(sources: Pick<Source, "id" | "title">[]): Map<string, string> {
  const untitled = [...new Set(sources.filter(({ title }) => !title).map(({ id }) => id))].sort();
  const list = useAnswer<Page<Source>>(untitled.length ? target(THINGS.source, { id: untitled.join(","), limit: 200 }) : null);
  return new Map(list.document?.items.map(({ id, description }) => [id, description]));
}

const MOST_PAGES = 20;

/** What of a list follows its first page, read a page after another once it is known where they go on. */
export function useRest(next: string | null): Thing[] {
  const [rest, setRest] = useState<Thing[]>([]);
  useEffect(() => {
    if (!next) return undefined;
    const leaving = new AbortController();
    const walk = async () => {
      setRest([]);
      for (let from: string | null = next, pages = 0; from && pages < MOST_PAGES; pages++) {
        const page: Page<Thing> = await read(from, { signal: leaving.signal });
        setRest((before) => [...before, ...page.items]);
        from = page.next;
      }
    };
    walk().catch(() => undefined); // what could not be read is not suggested
    return () => leaving.abort();
  }, [next]);
  return rest;
}
