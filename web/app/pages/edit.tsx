/** Adding a source with its claims: each figure is read while it is typed, and all of it is checked before it is saved */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Problem, consult, giveToken, givenToken, mayBeWritten, useList, write, type Answer, type Page, type Source, type Unit } from "../api";
import { ClaimFields } from "../edit/claim";
import { bodyOf, emptyClaim, emptyDraft, type ClaimDraft, type Draft, type SourceDraft } from "../edit/draft";
import { DateField, TextField, WordField } from "../edit/fields";
import { FormContext, focusAt, idIn, unlisted, useForm, type Fault, type Lists } from "../edit/form";
import { meet, namesakesIn, useLists, withMet, type Met } from "../edit/lists";
import { allRead } from "../edit/reading";
import { ThingField } from "../edit/thing";
import { unitSign, useTongue, type Words } from "../language";
import { nameOf, type Thing } from "../parts/names";
import { askBeforeLeaving, focusOn, go } from "../place";
import { useTitle } from "../title";

const KINDS = (["article", "study", "paper", "post", "report", "statement"] as const)
  .map((kind) => [kind, `is_${kind}`] as const satisfies readonly [Source["kind"], keyof Words]);
const RELATIONS = [
  ["", "noRelation"], ["translation_of", "translation_of"], ["syndication_of", "syndication_of"], ["cites", "cites"], ["based_on", "based_on"],
] as const satisfies readonly (readonly [SourceDraft["relation"], keyof Words])[];

// What there is already ---------------------------------------------------------------------------

/** That it could not be read. Where reading takes a token, it is read once there is one. */
function Missing({ answers }: { answers: Answer<unknown>[] }) {
  const { say } = useTongue();
  const failed = answers.filter(({ problem }) => problem && !(problem instanceof Problem && problem.status === 401));
  if (!failed.length) return null;
  return <p role="alert">{say("listsMissing")} <button type="button" onClick={() => failed.forEach(({ again }) => again())}>{say("again")}</button></p>;
}

/** By their names; those that share one, by their ids. */
function suggestions(things: Thing[]) {
  const count = new Map<string, number>();
  for (const name of things.map(nameOf)) count.set(name, (count.get(name) ?? 0) + 1);
  return things.map((thing) => {
    const name = nameOf(thing), { id } = thing;
    return count.get(name) === 1 ? <option key={id} value={name} /> : <option key={id} value={id}>{name}</option>;
  });
}

function Names({ kind, list }: { kind: string; list: Page<Thing> | null }) {
  return <datalist id={`${kind}-names`}>{useMemo(() => list && suggestions(list.items), [list])}</datalist>;
}

function Suggested({ lists }: { lists: Lists }) {
  const units = useList<Unit>("/v1/units").document;
  return (
    <>
      {Object.entries(lists).map(([kind, list]) => <Names key={kind} kind={kind} list={list} />)}
      <datalist id="units">{units?.items.map(({ id, name }) => <option key={id} value={id}>{unitSign(id)}: {name}</option>)}</datalist>
    </>
  );
}

// The source --------------------------------------------------------------------------------------

function SourceFields() {
  const { say } = useTongue();
  const { draft, change } = useForm();
  const { source } = draft;
  const set = (next: Partial<SourceDraft>) => change((before) => ({ ...before, source: { ...before.source, ...next } }));
  const text = (member: Exclude<keyof SourceDraft, "kind" | "relation">) => ({
    pointer: `/${member}`, value: source[member], change: (value: string) => set({ [member]: value }),
  });
  return (
    <fieldset>
      <legend>{say("source")}</legend>
      <WordField label={say("kind")} pointer="/kind" value={source.kind} words={KINDS} change={(kind) => set({ kind })} />
      <TextField label={say("title")} hint={say("titleHint")} wide {...text("title")} />
      <TextField label={say("description")} hint={say("descriptionHint")} required wide {...text("description")} />
      <TextField label={say("sourceLanguage")} hint={say("languageHint")} placeholder="de" pattern="[a-z]{2,3}(-[A-Za-z0-9]{2,8})*" {...text("language")} />
      <DateField label={say("published")} {...text("published_at")} />
      <TextField label={say("address")} type="url" inputMode="url" placeholder="https://" {...text("url")} />
      <TextField label={say("byAuthor")} {...text("author")} />
      <ThingField kind="agent" label={say("publishedBy")} {...text("publisher")} />
      <WordField label={say("relation")} pointer="/relations/0/kind" value={source.relation} words={RELATIONS} change={(relation) => set({ relation })} />
      {source.relation && <TextField label={say("ofWhich")} list="source-names" {...text("related")} pointer="/relations/0/source" />}
    </fieldset>
  );
}

function Token() {
  const { say } = useTongue();
  return (
    <div class="field token">
      <label for="token">{say("token")}</label>
      <input id="token" type="password" autoComplete="off" required defaultValue={givenToken()} aria-describedby="token-about"
        onChange={(event) => giveToken(event.currentTarget.value.trim())} />
      <p class="hint" id="token-about">{say("tokenHint")}</p>
    </div>
  );
}

// The draft ---------------------------------------------------------------------------------------

/** What of a draft is typed, and not read. */
function typed(draft: Draft): string {
  return JSON.stringify(draft, (name, value: unknown) => name === "read" || name === "made" || name === "key" ? undefined : value);
}
const UNTOUCHED = typed(emptyDraft());

/** The same with what is made along. */
function whole(draft: Draft): string {
  return typed(draft) + JSON.stringify(draft.made);
}

// Sending -----------------------------------------------------------------------------------------

/** What is wrong before anything is sent. */
class Unclear extends Error {
  constructor(readonly faults: Fault[]) {
    super();
  }
}

/** What there is, and the document that a draft makes beside it: whatever has come to be meanwhile is not made again. */
function useDocument() {
  const { say, language } = useTongue();
  const { lists: first, answers } = useLists(), [met, setMet] = useState<Met[]>([]);
  const lists = useMemo(() => met.reduce(withMet, first), [first, met]);
  const documentOf = async (draft: Draft) => {
    const now = await meet(draft, lists), known = withMet(lists, now), namesakes = namesakesIn(draft, known);
    setMet((before) => [...before, now]);
    if (namesakes.length) throw new Unclear(namesakes.map(({ pointer, ids }) => ({ pointer, detail: say("severalSo", { ids: ids.join(", ") }), language })));
    return JSON.stringify(bodyOf(unlisted(await allRead(draft), known), (kind, text) => idIn(known, kind, text)));
  };
  return { lists, answers, documentOf };
}

/** What was sent, and of which draft. */
interface Sent {
  of: string;
  text: string;
  key: string;
}

function newKey(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("-");
}

/** Whether the service has looked at a document and taken nothing of it. */
function refuses(error: unknown): boolean {
  return error instanceof Problem && (error.status === 409 || error.status === 422);
}

/** Saving. While it is not known what came of it, the same draft is sent as the same document with the same key, which makes one source. */
function useSaving() {
  const lost = useRef<Sent | null>(null);
  const perhapsSaved = (draft: Draft) => lost.current?.of === whole(draft);
  const save = async (draft: Draft, make: () => Promise<string>) => {
    const again = perhapsSaved(draft) ? lost.current : null;
    const sent = again ?? { of: whole(draft), text: await make(), key: newKey() };
    return write<Source>("/v1/sources", sent.text, sent.key).catch((error: unknown) => {
      lost.current = mayBeWritten(error) || (again && !refuses(error)) ? sent : null;
      throw error;
    });
  };
  return { save, perhapsSaved };
}

interface Outcome {
  good: boolean;
  words: string;
  advice?: string;
  /** As the service explains it. */
  detail?: string;
}

const REFUSED: Record<number, keyof Words> = { 401: "tokenRefused", 403: "tokenTooLittle", 409: "inConflict", 422: "hasFaults" };

function inShort(error: unknown): keyof Words {
  if (error instanceof Unclear) return "hasFaults";
  return error instanceof Problem ? REFUSED[error.status] ?? "failed" : "offline";
}

function Faults({ outcome, faults }: { outcome: Outcome; faults: Fault[] }) {
  const { say } = useTongue();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), [outcome]);
  return (
    <div class="faults" role="alert" tabIndex={-1} ref={box}>
      <h2>{outcome.words}</h2>
      {outcome.advice && <p>{outcome.advice}</p>}
      {outcome.detail && <p lang="en">{outcome.detail}</p>}
      {faults.length > 0 && (
        <ul>{faults.map(({ pointer, detail, language = "en" }) => (
          <li key={pointer + detail}>
            <button type="button" class="plain" onClick={() => focusAt(pointer)}><code>{pointer}</code></button> <span lang={language}>{detail}</span>
          </li>
        ))}</ul>
      )}
      <p><small>{say("nothingLost")}</small></p>
    </div>
  );
}

function pointed(error: unknown): Fault[] {
  if (error instanceof Unclear) return error.faults;
  return !(error instanceof Problem) ? [] : (error.document.errors ?? []).flatMap((fault) => "pointer" in fault ? [fault] : []);
}

// The page ----------------------------------------------------------------------------------------


function useLeaving(draft: Draft): void {
  const { say } = useTongue();
  const unsaved = typed(draft) !== UNTOUCHED;
  useEffect(() => {
    askBeforeLeaving(unsaved ? say("unsaved") : null);
    return () => askBeforeLeaving(null);
  }, [unsaved]);
}

/** Whether one is still on the page. */
function useHere() {
  const here = useRef(true);
  useEffect(() => () => { here.current = false; }, []);
  return here;
}

export function EditForm() {
  const { say } = useTongue();
  const [draft, change] = useState(emptyDraft);
  const [faults, setFaults] = useState<Fault[]>([]);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [sending, setSending] = useState(false);
  const { lists, answers, documentOf } = useDocument(), { save, perhapsSaved } = useSaving(), here = useHere();
  useTitle(say("edit"));
  useLeaving(draft);

  const refused = (error: unknown) => {
    const unsure = perhapsSaved(draft);
    setFaults(pointed(error));
    setOutcome({
      good: false, words: say(unsure ? "mayBeSaved" : inShort(error)), advice: unsure ? say("mayBeSavedLong") : "", detail: error instanceof Problem ? error.message : "",
    });
  };
  const check = async () => {
    await consult("/v1/sources?dry_run=true", JSON.parse(await documentOf(draft)));
    setOutcome({ good: true, words: say("good") });
  };
  const saveAndGo = async () => {
    const { id } = await save(draft, () => documentOf(draft));
    if (!here.current) return; // one who has left stays there
    askBeforeLeaving(null);
    go(`/sources/${id}`);
  };
  const send = async (step: () => Promise<void>) => {
    setFaults([]);
    setOutcome(null);
    setSending(true);
    await step().catch(refused);
    setSending(false);
  };
  const changeClaim = (key: number, next: Partial<ClaimDraft>) =>
    change((before) => ({ ...before, claims: before.claims.map((claim) => claim.key === key ? { ...claim, ...next } : claim) }));
  const addClaim = () => {
    change((before) => ({ ...before, claims: [...before.claims, emptyClaim()] }));
    requestAnimationFrame(() => focusAt(`/claims/${draft.claims.length}/figure`));
  };
  const removeClaim = (removed: number) => {
    change((before) => ({ ...before, claims: before.claims.filter(({ key }) => key !== removed) }));
    focusOn("add-claim");
  };
  return (
    <FormContext.Provider value={{ draft, change, faults, lists }}>
      <form class="edit" onSubmit={(event) => { event.preventDefault(); if (!sending) void send(saveAndGo); }}>
        <h1>{say("edit")}</h1>
        <p class="lead">{say("editLead")}</p>
        {outcome && !outcome.good && <Faults outcome={outcome} faults={faults} />}
        <Missing answers={answers} />
        <Suggested lists={lists} />
        <fieldset class="all" role="none" disabled={sending}>
          <Token />
          <SourceFields />
          {draft.claims.map((claim, place) => (
            <ClaimFields key={claim.key} claim={claim} place={place} change={(next) => changeClaim(claim.key, next)}
              remove={draft.claims.length > 1 ? () => removeClaim(claim.key) : null} />
          ))}
          <p><button type="button" id="add-claim" onClick={addClaim}>{say("addClaim")}</button></p>
        </fieldset>
        <p class="actions">
          <button type="button" aria-disabled={sending} onClick={(event) => !sending && event.currentTarget.form?.reportValidity() && void send(check)}>{say("check")}</button>
          <button type="submit" class="primary" aria-disabled={sending}>{say("save")}</button>
          <span role="status">{sending ? say("sending") : outcome?.good && outcome.words}</span>
        </p>
      </form>
    </FormContext.Provider>
  );
}
