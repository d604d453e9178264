/** Multiples that sources state, each worked out with the figures that it could rest on */
import type { Comparison, StatedMultiple } from "../api";
import { useTongue, type Tongue } from "../language";
import type { Arrangement, Placed } from "../plot/arrangement";
import { limited } from "./bounded";
import { HedgeMark, LanguageTag, Printed, sourceTitle } from "./marks";
import { VerdictMark } from "./verdict";

type Candidate = StatedMultiple["candidates"][number];

/** Candidates with one result from equal figures. */
interface Working {
  numerators: Placed[];
  denominators: Placed[];
  candidate: Candidate;
}

function amountOf(placed: Placed | undefined): string {
  return JSON.stringify(placed?.figure.amount);
}

function workings(candidates: Candidate[], known: Map<string, Placed>): Working[] {
  const alike = new Map<string, Working>();
  for (const candidate of candidates) {
    const { ratio, ratio_low: low, ratio_high: high, verdict } = candidate;
    const numerator = known.get(candidate.numerator), denominator = known.get(candidate.denominator);
    if (!numerator || !denominator) continue;
    const key = [amountOf(numerator), amountOf(denominator), ratio, low, high, verdict].join();
    const working = alike.get(key) ?? { numerators: [], denominators: [], candidate };
    if (!working.numerators.includes(numerator)) working.numerators.push(numerator);
    if (!working.denominators.includes(denominator)) working.denominators.push(denominator);
    alike.set(key, working);
  }
  return [...alike.values()];
}

function statedSaid(tongue: Tongue, { stated, as_printed: printed }: StatedMultiple): string {
  return stated.value === null ? `“${printed}”` : limited(tongue, stated.bound, tongue.number(stated.value));
}

function Letters({ of }: { of: Placed[] }) {
  return <b class="letters">{of.map(({ letter }) => letter).sort().join(", ")}</b>;
}

function Sum({ working: { numerators, denominators, candidate }, multiple, unit }: { working: Working; multiple: StatedMultiple; unit: string }) {
  const tongue = useTongue();
  const { say, number, brief } = tongue;
  const { ratio, ratio_low: low, ratio_high: high, verdict } = candidate;
  const amount = ([placed]: Placed[]) => placed?.figure.amount.value ? brief(placed.figure.amount.value, unit) : `“${placed?.figure.figure.as_printed}”`;
  const stated = statedSaid(tongue, multiple);
  return (
    <li>
      <p class="operands"><Letters of={numerators} /> ÷ <Letters of={denominators} /></p>
      <p class="sum">
        {amount(numerators)} ÷ {amount(denominators)} = <strong>{ratio === null ? "?" : number(ratio)}</strong>
        {verdict === "does_not_follow" ? say("butStated", { stated }) : say("asStated", { stated })}
      </p>
      {low !== null && high !== null && low !== high && <p class="range"><small>{say("workedRange", { low: number(low), high: number(high) })}</small></p>}
    </li>
  );
}

function Multiple({ multiple, known, unit }: { multiple: StatedMultiple; known: Map<string, Placed>; unit: string }) {
  const { say } = useTongue();
  const { source } = multiple;
  return (
    <article class="multiple">
      <h3><a href={`/claims/${multiple.claim}`}><Printed figure={multiple} language={source.language} /></a></h3>
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
