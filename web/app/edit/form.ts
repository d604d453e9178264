/** What all fields of the form share: the draft, how it is changed, what is wrong with it, and what there is already */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Page } from "../api";
import { nameOf, type Thing } from "../parts/names";
import { slug, type Draft, type NewKind } from "./draft";

export interface Fault {
  pointer: string;
  detail: string;
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

/** The id of what is called so, by its id or its name; of what there is not, the id that it would get. */
export function idIn(lists: Lists, kind: keyof Lists, text: string): string {
  const typed = text.trim();
  const known = lists[kind]?.items.find((thing) => thing.id === typed || nameOf(thing).toLowerCase() === typed.toLowerCase());
  return known?.id ?? slug(typed);
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
