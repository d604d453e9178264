/** The figure of a phrase, read while it is typed: suggested, chosen, corrected */
import { useEffect } from "preact/hooks";
import { FIGURE_LANGUAGES, consult, type Bound, type FiguresRead } from "../api";
import { useTongue, type Words } from "../language";
import { bounded } from "../parts/bounded";
import { amountOf, asRead, choicesOf, chosenOf, isRead, type Choice, type ClaimDraft, type Draft, type FigureDraft, type PhraseRead } from "./draft";
import { NumberField, TextField, WordField } from "./fields";
import { useForm } from "./form";

const READ_AFTER_MS = 200; // of no further typing
const LONGEST = 1000;

/** In a language whose figures the service does not read, it tries all that it knows. */
async function readPhrase(phrase: string, language: string, signal?: AbortSignal): Promise<PhraseRead> {
  const spoken = FIGURE_LANGUAGES.find((each) => language.split("-")[0] === each) ?? null;
  return { phrase, language, found: await consult<FiguresRead>("/v1/figures/parse", { text: phrase, language: spoken }, signal) };
}

/** What was chosen and corrected is gone with the phrase that it was of. */
function afresh(read: PhraseRead): Partial<ClaimDraft> {
  return { read, choice: 0, corrected: null };
}

/** Tells what stands in a phrase whenever it has changed. */
export function useReading(phrase: string, language: string, change: (next: Partial<ClaimDraft>) => void): void {
  useEffect(() => {
    if (!phrase.trim()) return undefined;
    const leaving = new AbortController();
    // What could not be read is read again before it is sent.
    const ask = () => readPhrase(phrase, language, leaving.signal).then((read) => change(afresh(read)), () => undefined);
    const timer = setTimeout(ask, READ_AFTER_MS);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [phrase, language]);
}

/** The draft with every phrase read as it stands. */
export async function allRead(draft: Draft): Promise<Draft> {
  const { language } = draft.source;
  const claims = draft.claims.map(async (claim) => isRead(claim, language) ? claim : { ...claim, ...afresh(await readPhrase(claim.phrase, language)) });
  return { ...draft, claims: await Promise.all(claims) };
}

/** The phrase with a figure marked, where that is known of it: places are code points. */
function Marked({ text, figure }: { text: string; figure: Choice["figure"] | null }) {
  if (!figure) return <q class="phrase">{text}</q>;
  const letters = [...text], part = (from: number, to?: number) => letters.slice(from, to).join("");
  return <q class="phrase">{part(0, figure.start)}<mark>{part(figure.start, figure.end)}</mark>{part(figure.end)}</q>;
}

function Reading({ choice }: { choice: Choice }) {
  const tongue = useTongue();
  const { bound, unit, notes } = choice.reading;
  return (
    <span>
      <strong>{bounded(tongue, { ...choice.reading, bound: bound ?? "exact", unit: unit ?? "" })}</strong>
      {notes.length > 0 && <small lang="en">{notes.join("; ")}</small>}
    </span>
  );
}

/** Where there are several figures, or several ways to read one, one of them is chosen. */
function Choices({ draft, choices, change }: { draft: ClaimDraft; choices: Choice[]; change: (next: Partial<ClaimDraft>) => void }) {
  const { say } = useTongue();
  return (
    <fieldset class="readings">
      <legend>{say("whichReading")}</legend>
      {choices.map((choice, place) => (
        <label key={place} class="check">
          <input type="radio" name={`reading-${draft.key}`} checked={choice.reading === chosenOf(draft)?.reading}
            onChange={() => change({ choice: place, corrected: null })} />
          <Reading choice={choice} />
        </label>
      ))}
    </fieldset>
  );
}

const BOUND_WORDS = [
  ["exact", "boundExact"], ["approx", "boundApprox"], ["gt", "boundMore"], ["gte", "boundAtLeast"], ["lt", "boundLess"], ["lte", "boundAtMost"], ["range", "boundRange"],
] as const satisfies readonly (readonly [Bound, keyof Words])[];

const EXAMPLE = "1600000000";

/** What a correction makes of the figure, for whoever typed it to look at. */
function Corrected({ figure }: { figure: FigureDraft }) {
  const tongue = useTongue();
  const said = bounded(tongue, { low: null, high: null, ...amountOf(figure) });
  return <p class="wide" role="status">{said && <>{tongue.say("savedAs")} <strong>{said}</strong></>}</p>;
}

function Correction({ figure, at, change }: { figure: FigureDraft; at: string; change: (figure: FigureDraft) => void }) {
  const { say } = useTongue();
  const text = (member: keyof FigureDraft) => ({
    pointer: `${at}/${member}`, value: figure[member], change: (value: string) => change({ ...figure, [member]: value }),
  });
  return (
    <div class="correction">
      <WordField label={say("bound")} pointer={`${at}/bound`} value={figure.bound} words={BOUND_WORDS} change={(bound) => change({ ...figure, bound })} />
      {figure.bound === "range"
        ? <><NumberField label={say("atLeast")} example={EXAMPLE} {...text("low")} /><NumberField label={say("atMost")} example={EXAMPLE} {...text("high")} /></>
        : <NumberField label={say("value")} example={EXAMPLE} {...text("value")} />}
      <TextField label={say("unit")} list="units" {...text("unit")} />
      <Corrected figure={figure} />
    </div>
  );
}

export function FigureReader({ draft, at, change }: { draft: ClaimDraft; at: string; change: (next: Partial<ClaimDraft>) => void }) {
  const { say } = useTongue();
  const { phrase, read } = draft, known = isRead(draft, useForm().draft.source.language);
  const choices = choicesOf(draft), chosen = chosenOf(draft);
  if (!phrase.trim() || phrase.length > LONGEST || !read) return null;
  const needed = !chosen?.reading.unit || !chosen.reading.bound;
  return (
    <div class={known ? "suggestion wide" : "suggestion wide stale"} aria-busy={!known}>
      <div role="status">
        {chosen ? <p>{say("reading")} <Marked text={phrase} figure={known ? chosen.figure : null} /></p> : <p>{say("noFigure")}</p>}
        {chosen && choices.length === 1 && <p><Reading choice={chosen} /></p>}
      </div>
      {choices.length > 1 && <Choices draft={draft} choices={choices} change={change} />}
      {draft.corrected || needed
        ? <Correction figure={draft.corrected ?? asRead(chosen?.reading)} at={at} change={(corrected) => change({ corrected })} />
        : <button type="button" onClick={() => change({ corrected: asRead(chosen.reading) })}>{say("correct")}</button>}
    </div>
  );
}
