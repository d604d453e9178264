/** The fields of one claim of the source */
import type { Hop } from "../api";
import { useTongue, type Words } from "../language";
import { HEDGES, STANCES } from "../parts/marks";
import { focusOn } from "../place";
import { hedgeOf, type ClaimDraft, type HopDraft } from "./draft";
import { LongTextField, TextField, WordField } from "./fields";
import { fieldId, useForm } from "./form";
import { FigureReader, useReading } from "./reading";
import { ThingField } from "./thing";

const ROLES = ["speaker", "author", "reporter", "publisher"] as const satisfies Hop["role"][];

/** Words of the contract, each its own key among the words. */
function each<Word extends keyof Words>(words: readonly Word[]): (readonly [Word, Word])[] {
  return words.map((word) => [word, word]);
}

/** Through whom it came to the source, nearest first; the last is whom it is credited to. */
function Hops({ hops, at, change }: { hops: HopDraft[]; at: string; change: (hops: HopDraft[]) => void }) {
  const { say } = useTongue();
  const adding = fieldId(`${at}/add`);
  const add = () => change([...hops, { role: "speaker", agent: "", via: "" }]);
  const remove = (place: number) => {
    change(hops.filter((_, each) => each !== place));
    focusOn(adding);
  };
  const set = (place: number, next: Partial<HopDraft>) => change(hops.map((hop, each) => each === place ? { ...hop, ...next } : hop));
  return (
    <div class="wide hops">
      {hops.map((hop, place) => (
        <div key={place} class="hop" role="group" aria-label={say("hop", { count: place + 1 })}>
          <WordField label={say("hop", { count: place + 1 })} pointer={`${at}/${place}/role`} value={hop.role} words={each(ROLES)} change={(role) => set(place, { role })} />
          <ThingField kind="agent" label={say("who")} required pointer={`${at}/${place}/agent`} value={hop.agent} change={(agent) => set(place, { agent })} />
          <TextField label={say("inDocument")} hint={say("inDocumentHint")} pointer={`${at}/${place}/via`} value={hop.via}
            change={(via) => set(place, { via })} list="source-names" />
          <button type="button" class="plain" onClick={() => remove(place)}>{say("removeHop", { count: place + 1 })}</button>
        </div>
      ))}
      <button type="button" id={adding} onClick={add}>{say(hops.length ? "addFurtherHop" : "addHop")}</button>
    </div>
  );
}

export function ClaimFields({ claim, place, change, remove }: {
  claim: ClaimDraft; place: number; change: (next: Partial<ClaimDraft>) => void; remove: (() => void) | null;
}) {
  const { say } = useTongue();
  const { language } = useForm().draft.source;
  useReading(claim.phrase, language, change);
  const at = (member: string) => `/claims/${place}/${member}`;
  const text = (member: "line" | "statement" | "phrase" | "subject" | "quantity" | "scope" | "period" | "proposition") => ({
    pointer: at(member), value: claim[member], change: (value: string) => change({ [member]: value }),
  });
  return (
    <fieldset class="claim-fields">
      <legend>{say("claim")} {place + 1}</legend>
      <TextField label={say("phrase")} hint={say("phraseHint")} wide lang={language} {...text("phrase")} pointer={at("figure")} />
      <FigureReader draft={claim} at={at("figure")} change={change} />
      <LongTextField label={say("claimText")} hint={say("statementHint")} required wide {...text("statement")} />
      <TextField label={say("lineNumber")} hint={say("lineHint")} inputMode="numeric" pattern="[1-9][0-9]*" required {...text("line")} pointer={at("locator")} />
      <WordField label={say("stance")} pointer={at("stance")} value={claim.stance} words={each(STANCES)} change={(stance) => change({ stance })} />
      <WordField label={say("hedge")} pointer={at("hedge")} value={hedgeOf(claim)} words={each(HEDGES)} change={(hedge) => change({ hedge })} />
      <ThingField kind="subject" label={say("subject")} hint={say("subjectHint")} required {...text("subject")} />
      {claim.phrase.trim() && <ThingField kind="quantity" label={say("quantity")} hint={say("quantityHint")} required {...text("quantity")} />}
      <details class="wide">
        <summary>{say("more")}</summary>
        <div class="grid">
          {claim.phrase.trim() && <ThingField kind="scope" label={say("scope")} hint={say("scopeHint")} {...text("scope")} />}
          <TextField label={say("period")} hint={say("periodHint")} {...text("period")} />
          <TextField label={say("proposition")} hint={say("propositionHint")} {...text("proposition")} />
        </div>
      </details>
      <Hops hops={claim.hops} at={at("attribution")} change={(hops) => change({ hops })} />
      {remove && <button type="button" class="plain wide" onClick={remove}>{say("removeClaim")}</button>}
    </fieldset>
  );
}
