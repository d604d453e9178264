/** What all fields of the form share: the draft, how it is changed, what is wrong with it, and what there is already */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Page } from "../api";
import { nameOf, type Thing } from "../parts/names";
import { slug, type Draft, type NewKind } from "./draft";

export interface Fault {
  pointer: string;
  detail: string;
  /** Where it is not English, in which the service explains. */
  language?: string;
}

export type Lists = Record<NewKind | "source", Page<Thing> | null>;

interface Form {
  draft: Draft;
  change: (step: (draft: Draft) => Draft) => void;
  faults: Fault[];
  lists: Lists;
}

export const FormContext = createContext<Form | null>(null);

export function useForm(): Form {
  const form = useContext(FormContext);
  if (!form) throw new Error("outside of the form");
  return form;
}

export function isCalled(thing: Thing, name: string): boolean {
  return nameOf(thing).toLowerCase() === name.trim().toLowerCase();
}

/** The ids of what is called so, by its id, which is nothing else's, or its name. */
export function idsIn(lists: Lists, kind: keyof Lists, text: string): string[] {
  const typed = text.trim(), items = lists[kind]?.items ?? [];
  if (items.some(({ id }) => id === typed)) return [typed];
  return [...new Set(items.filter((thing) => isCalled(thing, typed)).map(({ id }) => id))];
}

/** The id of what is called so; of what there is not, the id that it would get. */
export function idIn(lists: Lists, kind: keyof Lists, text: string): string {
  return idsIn(lists, kind, text)[0] ?? slug(text.trim());
}

/** The draft without what it would make, and there is by now. */
export function unlisted(draft: Draft, lists: Lists): Draft {
  const isNew = ({ kind, id }: Draft["made"][string]) => !lists[kind]?.items.some((thing) => thing.id === id);
  return { ...draft, made: Object.fromEntries(Object.entries(draft.made).filter(([, thing]) => isNew(thing))) };
}

export function faultsAt(faults: Fault[], pointer: string): Fault[] {
  return faults.filter((fault) => fault.pointer === pointer || fault.pointer.startsWith(`${pointer}/`));
}

/** The id of the field at a pointer. */
export function fieldId(pointer: string): string {
  return `at${pointer}`;
}

/** The field at a pointer, or the one of which it is a part. */
function fieldAt(pointer: string): HTMLElement | null {
  for (let place = pointer; place; place = place.slice(0, place.lastIndexOf("/"))) {
    const field = document.getElementById(fieldId(place));
    if (field) return field;
  }
  return null;
}

/** Goes to the field at a pointer, which may be folded away. */
export function focusAt(pointer: string): void {
  const field = fieldAt(pointer), folded = field?.closest("details");
  if (folded) folded.open = true;
  field?.focus();
}
