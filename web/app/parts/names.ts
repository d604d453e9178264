/** The names of things, of which an address has the ids alone */
import { useThings, type Source } from "../api";

/** How many of a list are read to find one of them by its name. */
export const LOOKED_THROUGH = 4000;

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
  const { document: things } = useThings<Thing>(THINGS[kind], ids);
  return new Map(things?.map((thing) => [thing.id, nameOf(thing)]));
}

/** What documents without a printed title are, in our words. */
export function useDescriptions(sources: Pick<Source, "id" | "title">[]): Map<string, string> {
  const { document: untitled } = useThings<Source>(THINGS.source, sources.filter(({ title }) => !title).map(({ id }) => id));
  return new Map(untitled?.map(({ id, description }) => [id, description]));
}
