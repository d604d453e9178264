/** What stands beside every claim: its stance and hedge, its figure, its place */
import type { Claim, ComparedFigure, Figure, Hedge, Stance } from "../api";
import { useTongue } from "../language";
import { useAt } from "./past";

export const STANCES = ["asserts", "reports", "disputes"] as const satisfies Stance[];
export const HEDGES = ["none", "estimate", "rumour", "allegation", "opinion", "speculation", "probable", "expectation"] as const satisfies Hedge[];

export function StanceMark({ stance }: { stance: Stance }) {
  const { say } = useTongue();
  return <span class={`stance ${stance}`}>{say(stance)}</span>;
}

export function HedgeMark({ hedge }: { hedge: Hedge }) {
  const { say } = useTongue();
  return hedge === "none" ? null : <span class="hedge">{say(hedge)}</span>;
}

export function Printed({ figure, language }: { figure: Pick<Figure, "as_printed">; language: string | null }) {
  return <q class="printed" lang={language ?? undefined}>{figure.as_printed}</q>;
}

/** A document without a printed title is told by its id. */
export function sourceTitle(source: { id: string; title: string | null }): string {
  return source.title ?? source.id.replaceAll("-", " ");
}

/** What a figure is of. */
export function Topic({ figure: { quantity, subject } }: { figure: ComparedFigure }) {
  return <span lang="en">{quantity.name}, {subject.name}</span>;
}

export function LanguageTag({ tag }: { tag: string | null }) {
  const { name } = useTongue();
  return tag ? <abbr class="tag" title={name(tag)}>{tag}</abbr> : null;
}

/** By the printed title, or else by what the document is, where that is known. */
export function SourceLink({ source, description }: { source: Claim["source"]; description?: string | undefined }) {
  const at = useAt();
  const name = source.title ?? description ?? sourceTitle(source), language = source.title ? source.language : "en";
  return <a class="of" href={at(`/sources/${source.id}`)} title={name} lang={language ?? undefined}>{name}</a>;
}

export function SourceLine({ source, line }: { source: Claim["source"]; line: number }) {
  const { say } = useTongue();
  return <span class="place"><SourceLink source={source} /> <LanguageTag tag={source.language} /> <span class="line">{say("line", { line })}</span></span>;
}
