/** What one takes along from a page: its link, the data, the picture, a snippet to embed, a citation */
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { givenToken, take } from "../api";
import { useTongue, type Words } from "../language";
import { withQuery } from "../place";
import { inShort } from "./states";

const TOLD_MS = 2500;

type Outcome = keyof Words | null;

/** Copies a text, or selects it where the browser does not let scripts write to its clipboard. */
function useCopying(text: string) {
  const [outcome, setOutcome] = useState<Outcome>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const tell = (what: Outcome) => {
    setOutcome(what);
    if (what === "copied") setTimeout(() => setOutcome(null), TOLD_MS);
  };
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      tell("copied");
    } catch {
      tell("copyByHand");
      requestAnimationFrame(() => field.current?.select());
    }
  };
  return { outcome, field, copy };
}

function Told({ outcome }: { outcome: Outcome }) {
  const { say } = useTongue();
  return <span class="told" role="status">{outcome && say(outcome)}</span>;
}

function CopyLink({ text }: { text: string }) {
  const { say } = useTongue();
  const { outcome, field, copy } = useCopying(text);
  return (
    <>
      <button type="button" onClick={copy}>{say("copyLink")}</button>
      {outcome === "copyByHand" && <textarea ref={field} readOnly rows={1} aria-label={say("copyLink")} value={text} />}
      <Told outcome={outcome} />
    </>
  );
}

function Snippet({ text, label, children }: { text: string; label: string; children?: ComponentChildren }) {
  const { say } = useTongue();
  const { outcome, field, copy } = useCopying(text);
  return (
    <details class="snippet">
      <summary class="button">{label}</summary>
      {children}
      <textarea ref={field} readOnly rows={3} aria-label={label} value={text} onFocus={(event) => event.currentTarget.select()} />
      <button type="button" onClick={copy}>{say("copy")}</button> <Told outcome={outcome} />
    </details>
  );
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** The same target in another form. */
function inForm(api: string, format: string): string {
  const [path, text] = api.split("?");
  const query = new URLSearchParams(text ?? "");
  query.set("format", format);
  return withQuery(path ?? "", query);
}

/** What the browser calls a file: by all of the target that says what it is of. */
function fileName(api: string, format: string): string {
  return `${api.replace(/\?.*/, "").split("/").slice(2).join("-")}.${format}`;
}

function save(file: Blob, name: string): void {
  const href = URL.createObjectURL(file);
  Object.assign(document.createElement("a"), { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), TOLD_MS);
}

/** A link sends no token: where reading takes one, the script fetches what the link leads to. */
function Form({ api, format, tell }: { api: string; format: string; tell: (what: Outcome) => void }) {
  const href = inForm(api, format);
  const fetchIt = (event: Event) => {
    if (!givenToken()) return;
    event.preventDefault();
    tell(null);
    take(href).then((file) => save(file, fileName(api, format)), (problem: Error) => tell(inShort(problem)));
  };
  return <a class="button" href={href} onClick={fetchIt}>{format.toUpperCase()}</a>;
}

/** A picture of the API that leads to its page. */
export interface Embed {
  title: string;
  page: string;
  api: string;
}

function embedding({ title, page, api }: Embed): string {
  const whole = (href: string) => escaped(new URL(href, location.href).href);
  return `<a href="${whole(page)}"><img src="${whole(inForm(api, "svg"))}" alt="${escaped(title)}"></a>`;
}

/** Of several pictures one is chosen. */
function Embedding({ pictures }: { pictures: Embed[] }) {
  const { say } = useTongue();
  const [place, choose] = useState(0);
  const picture = pictures[place] ?? pictures[0];
  if (!picture) return null;
  return (
    <Snippet text={embedding(picture)} label={say("embed")}>
      {pictures.length > 1 && (
        <select aria-label={say("comparison")} value={place} onChange={(event) => choose(Number(event.currentTarget.value))}>
          {pictures.map(({ api, title }, each) => <option key={api} value={each} lang="en">{title}</option>)}
        </select>
      )}
    </Snippet>
  );
}

/** `api`: the target that the page shows; `forms`: those it also has, by their names in format=; `embeds`: pictures of others. */
export function Share({ api, title, forms, citation, embeds = [] }: {
  api: string; title: string; forms: string[]; citation?: string; embeds?: Embed[];
}) {
  const { say, day } = useTongue();
  const [outcome, tell] = useState<Outcome>(null);
  const page = location.href, today = day(new Date().toISOString().slice(0, 10));
  const pictures = forms.includes("svg") ? [{ title, page, api }, ...embeds] : embeds;
  return (
    <section class="share" aria-label={say("share")}>
      <CopyLink text={page} />
      {forms.map((format) => <Form key={format} api={api} format={format} tell={tell} />)}
      <Told outcome={outcome} />
      <Embedding pictures={pictures} />
      <Snippet text={`${citation ?? title}. ${page}, ${say("retrieved", { day: today })}.`} label={say("cite")} />
    </section>
  );
}
