/** Multiples that sources state, each worked out with the figures that it could rest on */
import type { Comparison, StatedMultiple } from "../api";
import { useTongue, type Tongue } from "../language";
import type { Arrangement, Placed } from "../plot/arrangement";
import { limited } from "./bounded";
import { HedgeMark, LanguageTag, Printed, sourceTitle } from "./marks";
import { useAt } from "./past";
import { limitOf } from "./times";
import { VerdictMark } from "./verdict";

type Candidate = StatedMultiple["candidates"][number];

/** Candidates with one result from equal figures, or from such as are not shown: then there are none of these. */
interface Working {
  numerators: Placed[];
  denominators: Placed[];
  candidate: Candidate;
}

function amountOf({ figure: { figure: { bound }, amount } }: Placed): string {
  return JSON.stringify([bound, amount]);
}

function workings(candidates: Candidate[], known: Map<string, Placed>): Working[] {
  const alike = new Map<string, Working>();
  for (const candidate of candidates) {
    const { ratio, ratio_low: low, ratio_high: high, verdict } = candidate;
    const numerator = known.get(candidate.numerator), denominator = known.get(candidate.denominator), isShown = numerator && denominator;
    const key = [isShown && amountOf(numerator), isShown && amountOf(denominator), ratio, low, high, verdict].join();
    const working = alike.get(key) ?? { numerators: [], denominators: [], candidate };
    if (isShown && !working.numerators.includes(numerator)) working.numerators.push(numerator);
    if (isShown && !working.denominators.includes(denominator)) working.denominators.push(denominator);
    alike.set(key, working);
  }
  return [...alike.values()];
}

function statedSaid(tongue: Tongue, { stated, as_printed: printed }: StatedMultiple): string {
  return stated.value === null ? `“${printed}”` : limited(tongue, stated.bound, tongue.number(stated.value));
}

function operandSaid(tongue: Tongue, { figure: { figure, amount } }: Placed, unit: string): string {
  if (amount.value === null) return `“${figure.as_printed}”`;
  const value = tongue.brief(amount.value, unit);
  return figure.bound === "approx" ? value : limited(tongue, figure.bound, value); // what is about so much has its range below
}

function resultSaid(tongue: Tongue, candidate: Candidate): string {
  const { ratio, ratio_low: low, ratio_high: high } = candidate, limit = limitOf(candidate);
  if (limit) return limited(tongue, limit.bound, tongue.number(limit.ratio));
  return ratio === null || low === null || high === null ? "?" : tongue.number(ratio);
}

function Letters({ of }: { of: Placed[] }) {
  return <b class="letters">{of.map(({ letter }) => letter).sort().join(", ")}</b>;
}

function Sum({ working: { numerators, denominators, candidate }, multiple, unit }: { working: Working; multiple: StatedMultiple; unit: string }) {
  const tongue = useTongue();
  const { say, number } = tongue;
  const { ratio_low: low, ratio_high: high, verdict } = candidate, [numerator] = numerators, [denominator] = denominators;
  const stated = statedSaid(tongue, multiple);
  return (
    <li>
      {numerator ? <p class="operands"><Letters of={numerators} /> ÷ <Letters of={denominators} /></p> : <p class="hidden-operands"><small>{say("operandsHidden")}</small></p>}
      <p class="sum">
        {numerator && denominator && `${operandSaid(tongue, numerator, unit)} ÷ ${operandSaid(tongue, denominator, unit)} `}= <strong>{resultSaid(tongue, candidate)}</strong>
        {verdict === "does_not_follow" ? say("butStated", { stated }) : say("asStated", { stated })}
      </p>
      {low !== null && high !== null && low !== high && <p class="range"><small>{say("workedRange", { low: number(low), high: number(high) })}</small></p>}
    </li>
  );
}

function Multiple({ multiple, known, unit }: { multiple: StatedMultiple; known: Map<string, Placed>; unit: string }) {
  const { say } = useTongue();
  const at = useAt();
  const { source } = multiple;
  return (
    <article class="multiple">
      <h3><a href={at(`/claims/${multiple.claim}`)}><Printed figure={multiple} language={source.language} /></a></h3>
      <p><VerdictMark verdict={multiple.verdict} /> <HedgeMark hedge={multiple.hedge} /></p>
      <p lang="en">{multiple.statement}</p>
      <p class="where" title={sourceTitle(source)}>
        <small><cite lang={source.language ?? undefined}>{sourceTitle(source)}</cite></small>
        <LanguageTag tag={source.language} />
      </p>
      {multiple.candidates.length
        ? <ul>{workings(multiple.candidates, known).map((working) => (
            <Sum key={working.candidate.numerator + working.candidate.denominator} working={working} multiple={multiple} unit={unit} />
          ))}</ul>
        : <p>{say("operandsMissing")}</p>}
    </article>
  );
}

export function Multiples({ comparison, arrangement }: { comparison: Comparison; arrangement: Arrangement }) {
  const { say } = useTongue();
  const { stated_multiples: multiples, unit } = comparison;
  if (!multiples.length) return null;
  const known = new Map(arrangement.all.map((placed) => [placed.figure.claim, placed]));
  return (
    <section>
      <h2>{say("multiples")}</h2>
      <p>{say("multiplesLead")}</p>
      <div class="multiples">{multiples.map((multiple) => <Multiple key={multiple.claim} multiple={multiple} known={known} unit={unit} />)}</div>
    </section>
  );
}
