/** What a list of claims can be narrowed by */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { FIGURE_LANGUAGES, target, useList, type Page } from "../api";
import { filtersOf, toggled, withOthers, type Filter, type FilterName, type Operator } from "../filters";
import { useTongue, type Tongue, type Words } from "../language";
import { conditionIn, refusal, typedIn } from "../numerals";
import { askFor, usePlace } from "../place";
import { useSettled } from "../settled";
import { HEDGES, STANCES } from "./marks";
import { LOOKED_THROUGH, THINGS, nameOf, useNames, type Thing, type ThingKind } from "./names";
import { inShort } from "./states";

// Words of the contract, each its own key among the words.
const FACETS = {
  stance: STANCES,
  kind: ["numeric", "multiple", "statement"],
  hedge: HEDGES,
} as const satisfies Record<string, readonly (keyof Words)[]>;

const SUGGESTED = 20;

function useChosen(name: FilterName): Filter[] {
  return filtersOf(usePlace().query).filter((filter) => filter.name === name);
}

/** A part that one opens. It opens where something of it is chosen, and does not close by itself. */
function Group({ legend, open, children }: { legend: string; open: boolean; children: () => ComponentChildren }) {
  const [shown, setShown] = useState(open);
  useEffect(() => { if (open) setShown(true); }, [open]);
  return (
    <details class="facet" open={shown} onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>{legend}</summary>
      <fieldset><legend class="unseen">{legend}</legend>{shown && children()}</fieldset>
    </details>
  );
}

function Choice({ name, value, label, language }: { name: FilterName; value: string; label: string; language?: string | undefined }) {
  const { query } = usePlace();
  const checked = useChosen(name).some((filter) => filter.operator === "" && filter.value === value);
  return (
    <label class="check">
      <input type="checkbox" checked={checked} onChange={() => askFor(toggled(query, name, value))} /><span lang={language} title={label}>{label}</span>
    </label>
  );
}

function WordFacet({ name }: { name: keyof typeof FACETS }) {
  const { say } = useTongue();
  const open = useChosen(name).length > 0 || name === "stance";
  return <Group legend={say(name)} open={open}>{() => FACETS[name].map((word) => <Choice key={word} name={name} value={word} label={say(word)} />)}</Group>;
}

// Things ------------------------------------------------------------------------------------------

function FindIn({ kind, typed, onType }: { kind: ThingKind; typed: string; onType: (words: string) => void }) {
  const { say } = useTongue();
  const name = say("findIn", { list: say(kind) });
  return <input type="search" class="narrow" value={typed} aria-label={name} placeholder={name} onInput={(event) => onType(event.currentTarget.value)} />;
}

/** Where things are too many to list: those that are called as typed. Sources are searched, all others looked through. */
function Suggestions({ kind, first }: { kind: ThingKind; first: Page<Thing> }) {
  const { say } = useTongue();
  const [typed, setTyped] = useState("");
  const words = useSettled(typed.trim()), searched = kind === "source";
  const asked = searched ? target(THINGS[kind], { q: words }) : first.next;
  const answer = useList<Thing>(words ? asked : null, searched ? SUGGESTED : LOOKED_THROUGH);
  const found = answer.document?.items ?? [];
  const called = searched ? found : [...first.items, ...found].filter((thing) => nameOf(thing).toLowerCase().includes(words.toLowerCase()));
  const items = words ? called.slice(0, SUGGESTED) : [];
  return (
    <>
      <FindIn kind={kind} typed={typed} onType={setTyped} />
      <div role="status">{words && items.length === 0 && <small>{say(answer.waiting ? "loading" : answer.problem ? inShort(answer.problem) : "noneOfThese")}</small>}</div>
      <div class="many">{items.map((thing) => <Choice key={thing.id} name={kind} value={thing.id} label={nameOf(thing)} />)}</div>
    </>
  );
}

/** Those that are listed; where they go on, also a field that finds the others, and those of them that are chosen. */
function Things({ kind }: { kind: ThingKind }) {
  const { say } = useTongue();
  const [typed, setTyped] = useState("");
  const list = useList<Thing>(THINGS[kind]);
  const chosen = useChosen(kind).filter((filter) => filter.operator === "").map((filter) => filter.value);
  const items = (list.document?.items ?? []).filter((thing) => thing.claims !== 0);
  const missing = list.document ? chosen.filter((id) => !items.some((thing) => thing.id === id)) : [];
  const names = useNames(kind, missing);
  if (!list.document) return <small>{say("loading")}</small>;
  const others = missing.map((id) => <Choice key={id} name={kind} value={id} label={names.get(id) ?? id} />);
  if (list.document.next) return <>{others}<Suggestions kind={kind} first={list.document} /></>;
  const shown = items.filter((thing) => nameOf(thing).toLowerCase().includes(typed.trim().toLowerCase()));
  return (
    <>
      {items.length > SUGGESTED && <FindIn kind={kind} typed={typed} onType={setTyped} />}
      <div class="many">{others}{shown.map((thing) => <Choice key={thing.id} name={kind} value={thing.id} label={nameOf(thing)} />)}</div>
    </>
  );
}

function ThingFacet({ kind }: { kind: ThingKind }) {
  const { say } = useTongue();
  return <Group legend={say(kind)} open={useChosen(kind).length > 0}>{() => <Things kind={kind} />}</Group>;
}

/** The API has no list of the sources' languages: those whose figures it reads are offered. */
function LanguageFacet() {
  const { say, name, language } = useTongue();
  const chosen = useChosen("language");
  const known = [...new Set<string>([...FIGURE_LANGUAGES, ...chosen.filter((filter) => filter.operator === "").map((filter) => filter.value)])];
  const named = known.map((tag) => [tag, name(tag)] as const).sort(([, one], [, other]) => one.localeCompare(other, language));
  return (
    <Group legend={say("sourceLanguage")} open={chosen.length > 0}>{() => named.map(([tag, label]) => (
      <Choice key={tag} name="language" value={tag} label={label} />
    ))}</Group>
  );
}

// From, to ----------------------------------------------------------------------------------------

/** A number of the reader's language, and what the address has of it. */
function numbersIn(tongue: Tongue) {
  const { language } = tongue;
  const refuse = ({ currentTarget: field }: { currentTarget: HTMLInputElement }) => field.setCustomValidity(refusal(tongue, field.value, conditionIn));
  return {
    field: { type: "text", placeholder: "1e6", onInput: refuse } as const,
    shown: (value: string) => typedIn(language, value),
    asked: (typed: string) => conditionIn(language, typed) ?? "",
  };
}

const DAYS = { field: { type: "date" } as const, shown: (value: string) => value, asked: (typed: string) => typed };

/** The least and the greatest of what has an order. */
function RangeFacet({ name, legend, labels, kind: { field, shown, asked } }: {
  name: "value" | "published_at"; legend: string; labels: readonly [keyof Words, keyof Words]; kind: ReturnType<typeof numbersIn> | typeof DAYS;
}) {
  const { say, language } = useTongue();
  const { query } = usePlace();
  const chosen = useChosen(name);
  const of = (operator: Operator) => shown(chosen.find((filter) => filter.operator === operator)?.value ?? "");
  const apply = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const given = (["gte", "lte"] as const).map((operator) => ({ name, operator, value: asked(String(form.get(operator) ?? "").trim()) }));
    askFor(withOthers(query, (each) => each.name === name && (each.operator === "gte" || each.operator === "lte"), given.filter(({ value }) => value)));
  };
  const input = (operator: "gte" | "lte") => <input key={`${language} ${of(operator)}`} name={operator} {...field} defaultValue={of(operator)} />;
  return (
    <Group legend={legend} open={chosen.length > 0}>{() => (
      <form class="range" onSubmit={apply}>
        <label>{say(labels[0])}{input("gte")}</label>
        <label>{say(labels[1])}{input("lte")}</label>
        <button type="submit">{say("apply")}</button>
      </form>
    )}</Group>
  );
}

// All of them -------------------------------------------------------------------------------------

const WIDE = "(min-width: 44rem)";

function useWide(): boolean {
  const [wide, setWide] = useState(() => matchMedia(WIDE).matches);
  useEffect(() => {
    const media = matchMedia(WIDE), follow = () => setWide(media.matches);
    media.addEventListener("change", follow);
    return () => media.removeEventListener("change", follow);
  }, []);
  return wide;
}

/** Beside the list where there is room, else one closed part above it. */
export function Facets() {
  const tongue = useTongue(), { say } = tongue;
  const wide = useWide();
  return (
    <details class="facets" open={wide}>
      <summary class="button">{say("filters")}</summary>
      <section aria-label={say("filters")}>
        <WordFacet name="stance" />
        <ThingFacet kind="subject" />
        <ThingFacet kind="quantity" />
        <ThingFacet kind="source" />
        <WordFacet name="kind" />
        <WordFacet name="hedge" />
        <LanguageFacet />
        <RangeFacet name="value" legend={say("figure")} labels={["atLeast", "atMost"]} kind={numbersIn(tongue)} />
        <RangeFacet name="published_at" legend={say("published")} labels={["fromDay", "toDay"]} kind={DAYS} />
      </section>
    </details>
  );
}
