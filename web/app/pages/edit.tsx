/** Adding a source with its claims: each figure is read while it is typed, and all of it is checked before it is saved */
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem, consult, giveToken, givenToken, target, useAnswer, write, type Page, type Source, type Unit } from "../api";
import { ClaimFields } from "../edit/claim";
import { bodyOf, emptyClaim, emptyDraft, type ClaimDraft, type Draft, type SourceDraft } from "../edit/draft";
import { DateField, TextField, WordField } from "../edit/fields";
import { FormContext, focusAt, idIn, useForm, type Fault, type Lists } from "../edit/form";
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

function useThings(path: string): Page<Thing> | null {
  return useAnswer<Page<Thing>>(target(path, { limit: 200 })).document;
}

function useLists(): Lists {
  return {
    subject: useThings("/v1/subjects"), quantity: useThings("/v1/quantities"), scope: useThings("/v1/scopes"), agent: useThings("/v1/agents"),
    source: useThings("/v1/sources"),
  };
}

function Suggested({ lists }: { lists: Lists }) {
  const units = useAnswer<Page<Unit>>("/v1/units?limit=200").document;
  return (
    <>
      {Object.entries(lists).map(([kind, list]) => (
        <datalist key={kind} id={`${kind}-names`}>{list?.items.map((thing) => <option key={thing.id} value={nameOf(thing)} />)}</datalist>
      ))}
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

// Sending -----------------------------------------------------------------------------------------

/** The same for the same document, so that sending it twice makes one source. */
function useKey(): (body: string) => string {
  const last = useRef({ body: "", key: "" });
  return (body) => {
    if (last.current.body !== body) last.current = { body, key: [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("-") };
    return last.current.key;
  };
}

interface Outcome {
  good: boolean;
  words: string;
  detail?: string;
}

const REFUSED: Record<number, keyof Words> = { 401: "tokenRefused", 403: "tokenTooLittle", 409: "inConflict", 422: "hasFaults" };

function Faults({ outcome, faults }: { outcome: Outcome; faults: Fault[] }) {
  const { say } = useTongue();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), [outcome]);
  return (
    <div class="faults" role="alert" tabIndex={-1} ref={box}>
      <h2>{outcome.words}</h2>
      {outcome.detail && <p lang="en">{outcome.detail}</p>}
      {faults.length > 0 && (
        <ul>{faults.map(({ pointer, detail }) => (
          <li key={pointer + detail}>
            <button type="button" class="plain" onClick={() => focusAt(pointer)}><code>{pointer}</code></button> <span lang="en">{detail}</span>
          </li>
        ))}</ul>
      )}
      <p><small>{say("nothingLost")}</small></p>
    </div>
  );
}

function pointed(problem: Problem): Fault[] {
  return (problem.document.errors ?? []).flatMap((fault) => "pointer" in fault ? [fault] : []);
}

// The page ----------------------------------------------------------------------------------------

/** What of a draft is typed, and not read. */
function typed(draft: Draft): string {
  return JSON.stringify(draft, (name, value: unknown) => name === "read" || name === "made" || name === "key" ? undefined : value);
}
const UNTOUCHED = typed(emptyDraft());

function useLeaving(draft: Draft): void {
  const { say } = useTongue();
  const unsaved = typed(draft) !== UNTOUCHED;
  useEffect(() => {
    askBeforeLeaving(unsaved ? say("unsaved") : null);
    return () => askBeforeLeaving(null);
  }, [unsaved]);
}

export function EditForm() {
  const { say } = useTongue();
  const [draft, change] = useState(emptyDraft);
  const [faults, setFaults] = useState<Fault[]>([]);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [sending, setSending] = useState(false);
  const lists = useLists(), keyOf = useKey();
  useTitle(say("edit"));
  useLeaving(draft);

  const refused = (error: unknown) => {
    const problem = error instanceof Problem ? error : null;
    setFaults(problem ? pointed(problem) : []);
    setOutcome({ good: false, words: say(problem ? REFUSED[problem.status] ?? "failed" : "offline"), ...(problem ? { detail: problem.message } : {}) });
  };
  const send = async (trial: boolean) => {
    setFaults([]);
    setOutcome(null);
    setSending(true);
    try {
      const body = bodyOf(await allRead(draft), (kind, text) => idIn(lists, kind, text)), text = JSON.stringify(body);
      if (trial) {
        await consult("/v1/sources?dry_run=true", body);
        return setOutcome({ good: true, words: say("good") });
      }
      const { id } = await write<Source>("/v1/sources", text, keyOf(text));
      askBeforeLeaving(null);
      go(`/sources/${id}`);
    } catch (error) {
      refused(error);
    } finally {
      setSending(false);
    }
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
      <form class="edit" onSubmit={(event) => { event.preventDefault(); if (!sending) void send(false); }}>
        <h1>{say("edit")}</h1>
        <p class="lead">{say("editLead")}</p>
        {outcome && !outcome.good && <Faults outcome={outcome} faults={faults} />}
        <Suggested lists={lists} />
        <Token />
        <SourceFields />
        {draft.claims.map((claim, place) => (
          <ClaimFields key={claim.key} claim={claim} place={place} change={(next) => changeClaim(claim.key, next)}
            remove={draft.claims.length > 1 ? () => removeClaim(claim.key) : null} />
        ))}
        <p><button type="button" id="add-claim" onClick={addClaim}>{say("addClaim")}</button></p>
        <p class="actions">
          <button type="button" aria-disabled={sending} onClick={(event) => event.currentTarget.form?.reportValidity() && void send(true)}>{say("check")}</button>
          <button type="submit" class="primary" aria-disabled={sending}>{say("save")}</button>
          <span role="status">{sending ? say("sending") : outcome?.good && outcome.words}</span>
        </p>
      </form>
    </FormContext.Provider>
  );
}
