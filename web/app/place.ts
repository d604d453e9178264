/** Where one is: the address, and how it changes without a page being loaded */
import { useEffect, useState } from "preact/hooks";

export interface Place {
  path: string;
  query: URLSearchParams;
}

const MOVED = "place-moved";
const SETTLED_MS = 150; // without scrolling
const RETURN_MS = 3000; // for a page to become long enough again
const TAKEN_IN_HAND = ["wheel", "keydown", "pointerdown", "touchmove", MOVED];

/** What no text can be made of stays as it is, and leads nowhere. */
function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

function here(): Place {
  return { path: decoded(location.pathname), query: new URLSearchParams(location.search) };
}

export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const follow = () => setPlace(here());
    addEventListener(MOVED, follow);
    return () => removeEventListener(MOVED, follow);
  }, []);
  return place;
}

/** Parameters as one can read them in the address bar. */
function queryText(query: URLSearchParams): string {
  return query.toString().replaceAll("+", "%20").replaceAll("%2C", ",");
}

export function withQuery(path: string, query: URLSearchParams): string {
  const text = queryText(query);
  return text ? `${path}?${text}` : path;
}

/** Parameters set otherwise; null takes one out. */
export function changed(query: URLSearchParams, changes: Record<string, string | null>): URLSearchParams {
  const other = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") other.delete(name);
    else other.set(name, value);
  }
  return other;
}

// Leaving -----------------------------------------------------------------------------------------

let question: string | null = null;

/** Has whoever leaves the page be asked first; null lets go again. */
export function askBeforeLeaving(words: string | null): void {
  question = words;
}

function mayLeave(): boolean {
  if (question && !confirm(question)) return false;
  question = null;
  return true;
}

// Moving ------------------------------------------------------------------------------------------

let current = "";

function move(href: string, steps: boolean): void {
  if (steps) history.replaceState({ top: scrollY }, "");
  history[steps ? "pushState" : "replaceState"](null, "", href);
  current = location.href;
  dispatchEvent(new Event(MOVED));
}

/** Where one goes on from: the keyboard, and what reads the page aloud. */
export function focusOn(id: string): void {
  document.getElementById(id)?.focus({ preventScroll: true });
}

/** Another page, which begins at its top, or at the part that the fragment names. */
export function go(href: string): void {
  if (!mayLeave()) return;
  const { pathname, search, hash } = new URL(href, location.href);
  move(pathname + search, true);
  const part = document.getElementById(hash.slice(1));
  if (part) part.scrollIntoView();
  else scrollTo(0, 0);
  focusOn(part?.id ?? "content");
}

/** The same page with other parameters. With `steps` one can go back to how it was asked. */
export function askFor(query: URLSearchParams, steps = true): void {
  move(withQuery(location.pathname, query), steps);
}

/** The same page, asked otherwise. */
export function ask(changes: Record<string, string | null>, steps = true): void {
  askFor(changed(new URLSearchParams(location.search), changes), steps);
}

// Back and forward --------------------------------------------------------------------------------

/** How far down one was when one left the page. */
function keptTop(): number {
  return (history.state as { top?: number } | null)?.top ?? 0;
}

/** Scrolls as soon as the page, whose answer may be on its way, is long enough, unless the reader scrolls or goes on first. */
function returnTo(top: number): void {
  const grown = new ResizeObserver(() => {
    if (document.documentElement.scrollHeight < top + innerHeight) return;
    scrollTo(0, top);
    stop();
  });
  const stop = () => {
    grown.disconnect();
    for (const event of TAKEN_IN_HAND) removeEventListener(event, stop);
  };
  for (const event of TAKEN_IN_HAND) addEventListener(event, stop, { passive: true });
  setTimeout(stop, RETURN_MS);
  grown.observe(document.body);
}

function keepScroll(): void {
  let timer = 0;
  history.scrollRestoration = "manual";
  addEventListener("scroll", () => {
    clearTimeout(timer);
    timer = setTimeout(() => history.replaceState({ top: scrollY }, ""), SETTLED_MS);
  }, { passive: true });
  addEventListener(MOVED, () => clearTimeout(timer));
}

function followSteps(): void {
  addEventListener("popstate", () => {
    const from = new URL(current), samePage = from.pathname === location.pathname;
    if (samePage && from.search === location.search) return; // a fragment alone
    if (!mayLeave()) return history.pushState(null, "", current);
    current = location.href;
    dispatchEvent(new Event(MOVED));
    if (!samePage) focusOn("content");
    returnTo(keptTop());
  });
  addEventListener("beforeunload", (event) => question && event.preventDefault());
}

/** Whether the page at a path is one of ours, and not a file or an answer of the API. */
function isPage(path: string): boolean {
  return path === "/" || /^\/(comparisons|claims|sources|search|edit)(\/|$)/.test(path);
}

/** Whether a link leads to a part of the page that is shown, which the browser knows to find. */
function staysHere(link: HTMLAnchorElement): boolean {
  return link.hash !== "" && link.pathname === location.pathname && link.search === location.search;
}

/** Has links to our pages be followed without loading. Whoever wants a new tab or a download gets it. */
function followLinks(): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest?.("a");
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || event.defaultPrevented || link.target || link.hasAttribute("download")) return;
    if (link.origin !== location.origin || !isPage(link.pathname) || staysHere(link)) return;
    event.preventDefault();
    go(link.href);
  });
}

/** From now on, moving is ours. */
export function takeOver(): void {
  current = location.href;
  keepScroll();
  followSteps();
  followLinks();
  if (keptTop()) returnTo(keptTop());
}
