/** Drafts that can be sent, with this or that left empty, as the dice have it */
import type { FiguresRead } from "../../web/app/api";
import { emptyClaim, emptyDraft, slug, type ClaimDraft, type Draft, type NewKind, type PhraseRead, type SourceDraft } from "../../web/app/edit/draft";
import type { Dice } from "./dice";

type Figure = FiguresRead["figures"][number];
const BLANKS = ["", " ", "\t"] as const, BOUNDS = ["exact", "approx", "gt", "range"] as const;
const NAMES = { subject: ["DeepSeek R1", "Überall"], quantity: ["Training cost"], scope: ["One run", ""], agent: ["Elon Musk", "SemiAnalysis", "Ænima"] } as const;

export const NOTHING_READ: FiguresRead = {
  text: "", language: null, value: null, low: null, high: null, bound: null, unit: null, kind: null, hedge: null, notes: [], figures: [],
};

function reading(dice: Dice): Figure["readings"][number] {
  const low = `${dice.roll(9) + 1}00`, bound = dice.one(BOUNDS);
  return {
    value: bound === "range" ? null : low, low, high: dice.one([null, `${low}0`]), bound, unit: dice.one(["USD", "{GPU}", "1"]), kind: dice.one(["numeric", "multiple"]),
    hedge: dice.one([null, "estimate"]), notes: [],
  };
}

function read(dice: Dice, text: string): PhraseRead {
  const figures = dice.many(2, () => ({ as_printed: text.trim(), start: 0, end: text.length, readings: [reading(dice), ...dice.many(2, () => reading(dice))] }));
  const found = { ...NOTHING_READ, text, figures };
  return { phrase: text, language: "de", found };
}

function claim(dice: Dice): ClaimDraft {
  const phrase = dice.one(["", "  ", "5,6 Millionen Dollar", " over 400 "]), found = phrase.trim() && dice.chance() ? read(dice, phrase) : null;
  const typed = { value: "7", low: "", high: "", bound: "exact", unit: dice.one(["EUR", "1"]) } as const, legible = found !== null && found.found.figures.length > 0;
  return {
    ...emptyClaim(), line: String(dice.roll(99) + 1), statement: ` It cost so much.${dice.one(BLANKS)}`, phrase, read: found, choice: dice.roll(4),
    corrected: phrase.trim() && (!legible || dice.roll(3) === 0) ? typed : null, subject: dice.one(NAMES.subject), quantity: dice.one(NAMES.quantity), scope: dice.one(NAMES.scope),
    period: dice.one(["", "2024", " 2024-01/2024-06 "]), stance: dice.one(["asserts", "disputes"]), hedge: dice.one(["", "rumour"]), proposition: dice.one(["", "It cost so much"]),
    hops: dice.many(2, () => ({ role: "speaker", agent: dice.one([...NAMES.agent, ...BLANKS]), via: dice.one(["", "A post"]) })),
  };
}

const MEMBERS: Record<NewKind, Record<string, string>> = {
  subject: { kind: "model", description: "It answers." }, quantity: { definition: "All of it.", unit: "USD" }, scope: { definition: "Once." }, agent: { kind: "person" },
};

/** Some of what there may be to refer to, whether the draft does or not. */
function made(dice: Dice): Draft["made"] {
  const things = (Object.keys(MEMBERS) as NewKind[]).flatMap((kind) => NAMES[kind].filter((name) => name && dice.chance()).map((name) => ({ kind, id: slug(name), name, members: MEMBERS[kind] })));
  return Object.fromEntries(things.map((thing) => [`${thing.kind}/${thing.id}`, thing]));
}

export function draft(dice: Dice): Draft {
  const source: SourceDraft = {
    ...emptyDraft().source, description: "An article.", title: dice.one(["", "It cost"]), language: dice.one(["", "de"]), url: dice.one(["", "https://example.org/a"]),
    author: dice.one(["", "Who"]), publisher: dice.one(["", "SemiAnalysis"]), published_at: dice.one(["", "2025-01-28"]), relation: dice.one(["", "cites"]), related: dice.one([...BLANKS, "A study"]),
  };
  return { source, claims: dice.many(4, () => claim(dice)), made: made(dice) };
}
