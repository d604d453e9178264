/** A field for something that has an id: what there is is suggested, and what there is not is made along */
import { useEffect } from "preact/hooks";
import { target, useAnswer, type Page } from "../api";
import { useTongue, type Words } from "../language";
import { useSettled } from "../settled";
import type { Thing } from "../parts/names";
import { COLLECTIONS, madeOf, type Draft, type NewKind } from "./draft";
import { TextField, WordField } from "./fields";
import { idIn, unlisted, useForm } from "./form";
import { PATHS } from "./lists";

type Kinds = readonly (readonly [string, keyof Words])[];
const SUBJECT_KINDS: Kinds = [
  ["company", "is_company"], ["model", "is_model"], ["product", "is_product"], ["technology", "is_technology"], ["market", "is_market"],
  ["document", "is_document"], ["group", "is_group"], ["person", "is_person"],
];
const AGENT_KINDS: Kinds = [["organization", "is_organization"], ["person", "is_person"], ["group", "is_group"]];

const EMPTY: Record<NewKind, Record<string, string>> = {
  subject: { kind: "company", description: "" }, quantity: { definition: "", unit: "USD" }, scope: { definition: "" }, agent: { kind: "organization" },
};

/** Whether something has this id: by the list where it is whole, else by asking. null is not known yet. */
function useKnown(kind: NewKind, id: string): boolean | null {
  const list = useForm().lists[kind];
  const listed = list?.items.some((thing) => thing.id === id) ?? false;
  const asked = useAnswer<Page<Thing>>(id && list?.next && !listed ? target(PATHS[kind], { id }) : null);
  if (listed) return true;
  if (!list) return null;
  if (!list.next) return false;
  return asked.waiting || !asked.document ? null : asked.document.items.length > 0;
}

function making(draft: Draft, key: string, kind: NewKind, id: string, name: string): Draft {
  const members = draft.made[key]?.members ?? EMPTY[kind];
  return { ...draft, made: { ...draft.made, [key]: { kind, id, name, members } } };
}

/** What else has to be told of a new thing. */
function NewThingFields({ kind, id }: { kind: NewKind; id: string }) {
  const { say } = useTongue();
  const { draft, change, lists } = useForm();
  const place = madeOf(unlisted(draft, lists), kind, (of, text) => idIn(lists, of, text)).findIndex((each) => each.id === id), key = `${kind}/${id}`, thing = draft.made[key];
  if (!thing) return null;
  const at = (member: string) => `/${COLLECTIONS[kind]}/${place}/${member}`;
  const member = (name: string) => ({
    pointer: at(name), value: thing.members[name] ?? "",
    change: (value: string) => change((before) => ({ ...before, made: { ...before.made, [key]: { ...thing, members: { ...thing.members, [name]: value } } } })),
  });
  return (
    <div class="new-thing">
      <p role="status">{say("isNew", { name: thing.name })}</p>
      {kind === "subject" && <WordField label={say("kind")} words={SUBJECT_KINDS} {...member("kind")} />}
      {kind === "agent" && <WordField label={say("kind")} words={AGENT_KINDS} {...member("kind")} />}
      {kind === "subject" && <TextField label={say("description")} required {...member("description")} />}
      {(kind === "quantity" || kind === "scope") && <TextField label={say("definition")} hint={say("definitionHint")} required {...member("definition")} />}
      {kind === "quantity" && <TextField label={say("unit")} list="units" required {...member("unit")} />}
    </div>
  );
}

export function ThingField({ kind, label, hint, pointer, required = false, value, change }: {
  kind: NewKind; label: string; hint?: string; required?: boolean; pointer: string; value: string; change: (value: string) => void;
}) {
  const { change: changeDraft, lists } = useForm();
  const name = useSettled(value.trim()), id = idIn(lists, kind, name), known = useKnown(kind, id);
  useEffect(() => {
    if (id && known === false) changeDraft((draft) => making(draft, `${kind}/${id}`, kind, id, name));
  }, [name, id, known]);
  return (
    <>
      <TextField label={label} pointer={pointer} value={value} change={change} required={required} list={`${kind}-names`} {...(hint ? { hint } : {})} />
      {id && known === false && <NewThingFields kind={kind} id={id} />}
    </>
  );
}
