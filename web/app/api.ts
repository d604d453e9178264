/** The public API, and the hook by which pages read it */
import { useEffect, useState } from "preact/hooks";
import type { components } from "contract";
import { withQuery } from "./place";

type Schemas = components["schemas"];
export type Claim = Schemas["Claim"];
export type Source = Schemas["Source"];
export type Subject = Schemas["Subject"];
export type Quantity = Schemas["Quantity"];
export type Unit = Schemas["Unit"];
export type Figure = Schemas["Figure"];
export type Hop = Schemas["Hop"];
export type Comparison = Schemas["Comparison"];
export type ComparisonInShort = Schemas["ComparisonInShort"];
export type ComparedFigure = Schemas["ComparedFigure"];
export type Pair = Schemas["Pair"];
export type StatedMultiple = Schemas["StatedMultiple"];
export type Diff = Schemas["Diff"];
export type Revision = Schemas["Revision"];
export type Bound = Schemas["Bound"];
export type FigureReading = Schemas["FigureReading"];
export type FiguresRead = Schemas["FiguresRead"];
export type Stance = Schemas["Stance"];
export type Hedge = Schemas["Hedge"];
export type Verdict = Schemas["Verdict"];
type ProblemDocument = Schemas["Problem"];

/** Those in which the service reads figures. */
export const FIGURE_LANGUAGES = ["en", "de", "it", "fr", "es"] as const;

export interface Page<Item> {
  items: Item[];
  next: string | null;
  /** Where it was asked for. */
  total?: number;
}

/** An answer that is not what was asked for, as the service explains it (RFC 9457). */
export class Problem extends Error {
  constructor(readonly status: number, readonly document: Partial<ProblemDocument>, readonly request: string | null) {
    super(document.detail ?? document.title ?? String(status));
  }
}

// Access ------------------------------------------------------------------------------------------

// Only here, so that it is lost with the page.
let token = "";
const TOKEN_GIVEN = "token-given";

export function giveToken(given: string): void {
  token = given;
  dispatchEvent(new Event(TOKEN_GIVEN));
}

export function givenToken(): string {
  return token;
}

function authorization(): Record<string, string> {
  return token ? { Authorization: `Bearer ${token}` } : {};
}

// Age ---------------------------------------------------------------------------------------------

/** What the timing of the page itself says (Server Timing); its head cannot be seen otherwise. */
function ageOfPage(): number {
  const [page] = typeof document === "undefined" ? [] : performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return (page?.serverTiming?.find(({ name }) => name === "stale")?.duration ?? 0) / 1000;
}

// Seconds since the last answer was known to be right, and when it came; 0: it is right.
let age = ageOfPage();
let agedAt = age ? performance.now() : -Infinity;
const AGED = "aged";

/** Caches on the way say an Age, too: that of an answer from while the database was away has a reason beside it. */
function noteAge({ headers }: Response): void {
  const aged = headers.get("Cache-Status")?.includes("claimd; hit") ? Number(headers.get("Age")) : 0;
  if (aged) agedAt = performance.now();
  if (aged === age) return;
  age = aged;
  dispatchEvent(new Event(AGED));
}

/** Seconds since what was read last is known to have been right; 0 while the service can ask its database. */
export function useAge(): number {
  const [known, setKnown] = useState(age);
  useEffect(() => {
    const note = () => setKnown(age);
    addEventListener(AGED, note);
    return () => removeEventListener(AGED, note);
  }, []);
  return known;
}

// Reading and writing -----------------------------------------------------------------------------

// Caches may show what was before a write for that long.
const STALE_MS = 70_000;
let wroteAt = -STALE_MS;
// What a standby of the database has to have reached to answer who has written.
let version = "";

async function problemOf(response: Response): Promise<Problem> {
  const document = await response.json().catch(() => ({})) as Partial<ProblemDocument>;
  return new Problem(response.status, document, response.headers.get("X-Request-Id"));
}

async function answered(target: string, options: RequestInit): Promise<Response> {
  const response = await fetch(target, options);
  if (!response.ok) throw await problemOf(response);
  noteAge(response);
  return response;
}

async function ask<Document>(target: string, options: RequestInit): Promise<Document> {
  return await (await answered(target, options)).json() as Document;
}

interface ReadOptions {
  signal?: AbortSignal;
  prefer?: string;
  /** Past what caches have. */
  anew?: boolean;
}

export function read<Document>(target: string, { signal, prefer, anew = false }: ReadOptions = {}): Promise<Document> {
  const now = performance.now(), written = now - wroteAt < STALE_MS ? version : "";
  const headers = { Accept: "application/json", ...authorization(), ...(prefer && { Prefer: prefer }), ...(written && { "Data-Version": written }) };
  return ask(target, { signal: signal ?? null, headers, cache: anew || now - Math.max(wroteAt, agedAt) < STALE_MS ? "reload" : "default" });
}

/** As a file, in the form that the target says. */
export async function take(target: string): Promise<Blob> {
  return (await answered(target, { headers: authorization() })).blob();
}

/** How a target is read for a page: at once, unless told otherwise. */
type Reading<Document> = (target: string, signal: AbortSignal) => Promise<Document>;

function readAtOnce<Document>(target: string, signal: AbortSignal): Promise<Document> {
  return read(target, { signal });
}

/** How many there are, as the database estimates it where they are many. */
export function readCounted<Document>(target: string, signal: AbortSignal): Promise<Document> {
  return read(target, { signal, prefer: "count=estimated" });
}

/** From its beginning on, page after page: how many items one has is the operator's matter. `next` leads on where they are more than `most`, or about. */
export async function readList<Item>(target: string, most: number, options: ReadOptions): Promise<Page<Item>> {
  const items: Item[] = [];
  let next: string | null = target;
  while (next && items.length < most) {
    const page: Page<Item> = await read(next, options);
    items.push(...page.items);
    next = page.next;
  }
  return { items, next };
}

/** Has a text looked at by the service, which keeps nothing of it. */
export function consult<Document>(target: string, body: unknown, signal?: AbortSignal): Promise<Document> {
  return ask(target, { method: "POST", signal: signal ?? null, headers: { "Content-Type": "application/json", ...authorization() }, body: JSON.stringify(body) });
}

/** Whether what was to be written may be, though the answer was not that it is: the network was lost, what stands between, or the database. */
export function mayBeWritten(error: unknown): boolean {
  if (!(error instanceof Problem)) return true;
  const { status, document } = error;
  return document.type === "/problems/outcome-unknown" || (status >= 502 && document.type === undefined);
}

/** Writes once, however often it is sent with the same key. */
export async function write<Document>(target: string, body: string, key: string): Promise<Document> {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": key, ...authorization() };
  const response = await answered(target, { method: "POST", headers, body });
  wroteAt = performance.now();
  version = response.headers.get("Data-Version") ?? "";
  return await response.json() as Document;
}

/** A target with the parameters that have a value. */
export function target(path: string, query: Record<string, string | number | null | undefined> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return withQuery(path, new URLSearchParams(given.map(([name, value]) => [name, String(value)])));
}

/** The same for targets that differ in nothing but the order of their parameters, and in how these are written. */
function canonical(wanted: string): string {
  const { pathname, searchParams } = new URL(wanted, location.href);
  searchParams.sort();
  return `${pathname}?${searchParams}`;
}

/** What the page came with: the answer to its first question. */
interface Brought {
  target: string;
  document: unknown;
}

function takeBrought(): Brought | null {
  const text = document.getElementById("data")?.textContent;
  return text ? JSON.parse(text) as Brought : null;
}
let brought = typeof document === "undefined" ? null : takeBrought();

export interface Answer<Document> {
  /** Of the target; while another is on its way, that of the one before. */
  document: Document | null;
  problem: Error | null;
  waiting: boolean;
  again: () => void;
}

/** Reads a target, or none. What comes too late for a target that is not asked for any more is dropped. */
export function useAnswer<Document>(wanted: string | null, reading: Reading<Document> = readAtOnce): Answer<Document> {
  const [state, setState] = useState<{ of: string | null; document: Document | null; problem: Error | null }>(() => {
    const known = brought && wanted && canonical(brought.target) === canonical(wanted) ? brought.document as Document : null;
    brought = null;
    return { of: known ? wanted : null, document: known, problem: null };
  });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!wanted || (state.of === wanted && turn === 0)) return undefined;
    const leaving = new AbortController();
    reading(wanted, leaving.signal).then(
      (document) => setState({ of: wanted, document, problem: null }),
      (problem: Error) => leaving.signal.aborted || setState({ of: wanted, document: null, problem }));
    return () => leaving.abort();
  }, [wanted, turn]);
  const locked = state.problem instanceof Problem && state.problem.status === 401;
  useEffect(() => {
    if (!locked) return undefined;
    const again = () => setTurn((before) => before + 1);
    addEventListener(TOKEN_GIVEN, again);
    return () => removeEventListener(TOKEN_GIVEN, again);
  }, [locked]);
  return {
    document: wanted ? state.document : null,
    problem: wanted && state.of === wanted ? state.problem : null,
    waiting: wanted !== null && state.of !== wanted,
    again: () => {
      setState({ of: null, document: null, problem: null });
      setTurn((before) => before + 1);
    },
  };
}

const LONG = 200; // items of a list that is shown at once

export function useList<Item>(wanted: string | null, most = LONG): Answer<Page<Item>> {
  return useAnswer(wanted, (target, signal) => readList<Item>(target, most, { signal }));
}

const IDS_AT_ONCE = 25; // of the longest, so that an address has room for them

/** Those things of a list that have the ids. */
export function useThings<Item>(list: string, ids: string[]): Answer<Item[]> {
  const sorted = [...new Set(ids)].sort();
  const parts = Array.from({ length: Math.ceil(sorted.length / IDS_AT_ONCE) }, (_, part) => sorted.slice(part * IDS_AT_ONCE, (part + 1) * IDS_AT_ONCE));
  return useAnswer(sorted.length ? target(list, { id: sorted.join(",") }) : null, async (_, signal) => {
    const found = await Promise.all(parts.map((part) => readList<Item>(target(list, { id: part.join(",") }), Infinity, { signal })));
    return found.flatMap(({ items }) => items);
  });
}
