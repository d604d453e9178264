/** What is typed into the form, and the document that it makes */
import type { Bound, FigureReading, FiguresRead, Hedge, Hop, Source, Stance } from "../api";

export interface SourceDraft {
  kind: Source["kind"];
  title: string;
  description: string;
  language: string;
  url: string;
  author: string;
  publisher: string;
  published_at: string;
  relation: "" | Source["relations"][number]["kind"];
  related: string;
}

export interface HopDraft {
  role: Hop["role"];
  agent: string;
  via: string;
}

export interface FigureDraft {
  value: string;
  low: string;
  high: string;
  bound: Bound;
  unit: string;
}

/** What stands in a phrase, and what was read: neither is true of any other. */
export interface PhraseRead {
  phrase: string;
  language: string;
  found: FiguresRead;
}

export interface ClaimDraft {
  key: number;
  line: string;
  statement: string;
  phrase: string;
  /** The last that is known, of what may have been typed over since. */
  read: PhraseRead | null;
  /** Which of the readings. */
  choice: number;
  /** In place of what was read. */
  corrected: FigureDraft | null;
  subject: string;
  quantity: string;
  scope: string;
  period: string;
  stance: Stance;
  /** "" is as the phrase says. */
  hedge: Hedge | "";
  proposition: string;
  hops: HopDraft[];
}

/** What there is not yet, and is made along; the members that its kind takes beside the name. */
export type NewKind = "subject" | "quantity" | "scope" | "agent";
interface NewThing {
  kind: NewKind;
  id: string;
  name: string;
  members: Record<string, string>;
}

export interface Draft {
  source: SourceDraft;
  claims: ClaimDraft[];
  /** By kind and id; of these, what is referred to is made. */
  made: Record<string, NewThing>;
}

let keys = 0;
export function emptyClaim(): ClaimDraft {
  return {
    key: ++keys, line: "", statement: "", phrase: "", read: null, choice: 0, corrected: null, subject: "", quantity: "", scope: "", period: "",
    stance: "asserts", hedge: "", proposition: "", hops: [],
  };
}

export function emptyDraft(): Draft {
  const source: SourceDraft = {
    kind: "article", title: "", description: "", language: "", url: "", author: "", publisher: "", published_at: "", relation: "", related: "",
  };
  return { source, claims: [emptyClaim()], made: {} };
}

export function slug(text: string): string {
  return text.normalize("NFD").toLowerCase().replace(/\p{M}/gu, "").replace(/[^a-z0-9]+/g, "-").replace(/^-/, "").slice(0, 120).replace(/-$/, "");
}

// The figure --------------------------------------------------------------------------------------

export interface Choice {
  figure: FiguresRead["figures"][number];
  reading: FigureReading;
}

/** Whether what was read is what stands there. */
export function isRead({ phrase, read }: ClaimDraft, language: string): boolean {
  return !phrase.trim() || (read?.phrase === phrase && read.language === language);
}

export function choicesOf({ phrase, read }: ClaimDraft): Choice[] {
  if (!phrase.trim() || !read) return [];
  return read.found.figures.flatMap((figure) => figure.readings.map((reading) => ({ figure, reading })));
}

export function chosenOf(draft: ClaimDraft): Choice | undefined {
  const choices = choicesOf(draft);
  return choices[draft.choice] ?? choices[0];
}

export function asRead(reading: FigureReading | undefined): FigureDraft {
  return { value: reading?.value ?? "", low: reading?.low ?? "", high: reading?.high ?? "", bound: reading?.bound ?? "exact", unit: reading?.unit ?? "" };
}

export function hedgeOf(draft: ClaimDraft): Hedge {
  return draft.hedge || chosenOf(draft)?.reading.hedge || "none";
}

/** What is sent of it: low and high of what is no range follow from value and bound. */
export function amountOf({ value, low, high, bound, unit }: FigureDraft) {
  return { value: value || null, bound, unit, ...(bound === "range" ? { low: low || null, high: high || null } : {}) };
}

function figureBody(draft: ClaimDraft) {
  if (!draft.phrase.trim()) return null;
  const chosen = chosenOf(draft);
  return { as_printed: chosen?.figure.as_printed ?? draft.phrase.trim(), ...amountOf(draft.corrected ?? asRead(chosen?.reading)) };
}

/** As it was read, unless the unit was corrected: then the unit tells. */
function kindOf(unit: string, chosen: Choice | undefined): FigureReading["kind"] {
  return chosen?.reading.unit === unit ? chosen.reading.kind : unit === "1" ? "multiple" : "numeric";
}

// The document ------------------------------------------------------------------------------------

type IdOf = (kind: NewKind | "source", text: string) => string;

/** Members that are not empty. */
function given(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== "" && value !== null));
}

function claimBody(draft: ClaimDraft, idOf: IdOf) {
  const figure = figureBody(draft), chosen = chosenOf(draft);
  const hops = draft.hops.filter(({ agent }) => agent.trim());
  const attribution = hops.map(({ role, agent, via }) => given({ role, agent: idOf("agent", agent), via: idOf("source", via) }));
  return given({
    locator: { line: Number(draft.line) }, statement: draft.statement.trim(), kind: figure ? kindOf(figure.unit, chosen) : "statement", figure, stance: draft.stance, hedge: hedgeOf(draft),
    subject: idOf("subject", draft.subject), quantity: idOf("quantity", draft.quantity), scope: idOf("scope", draft.scope), period: draft.period.trim(),
    proposition: slug(draft.proposition), ...(hops.length ? { attribution, claimant: attribution.at(-1)?.agent } : {}),
  });
}

/** Where a draft refers to sources, and how it calls them. */
export function sourcesIn({ source: { relation, related }, claims }: Draft): { pointer: string; text: string }[] {
  const basis = { pointer: "/relations/0/source", text: relation && related };
  const through = claims.flatMap(({ hops }, claim) => hops.map(({ via }, hop) => ({ pointer: `/claims/${claim}/attribution/${hop}/via`, text: via })));
  return [basis, ...through].filter(({ text }) => text.trim());
}

export const COLLECTIONS = { subject: "subjects", quantity: "quantities", scope: "scopes", agent: "agents" } as const satisfies Record<NewKind, string>;

/** The ids of a kind that the draft refers to. */
function namedIn(draft: Draft, kind: NewKind, idOf: IdOf): Set<string> {
  const texts = kind === "agent"
    ? [draft.source.publisher, ...draft.claims.flatMap(({ hops }) => hops.map(({ agent }) => agent))]
    : draft.claims.map((claim) => claim[kind]);
  return new Set(texts.map((text) => idOf(kind, text)));
}

/** Those of a kind that are made along, in the order in which the document has them. */
export function madeOf(draft: Draft, kind: NewKind, idOf: IdOf): NewThing[] {
  const named = namedIn(draft, kind, idOf);
  return Object.values(draft.made).filter((thing) => thing.kind === kind && named.has(thing.id));
}

export function bodyOf(draft: Draft, idOf: IdOf) {
  const { relation, related, publisher, ...source } = draft.source;
  const making = (kind: NewKind) => madeOf(draft, kind, idOf).map(({ id, name, members }) => ({ id, name, ...members }));
  const made = (Object.keys(COLLECTIONS) as NewKind[]).map((kind) => [COLLECTIONS[kind], making(kind)] as const);
  return {
    ...given({ ...source, publisher: idOf("agent", publisher) }),
    ...(relation && related.trim() ? { relations: [{ kind: relation, source: idOf("source", related) }] } : {}),
    ...Object.fromEntries(made.filter(([, things]) => things.length)),
    claims: draft.claims.map((claim) => claimBody(claim, idOf)),
  };
}
