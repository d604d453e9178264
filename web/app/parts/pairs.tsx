/** What can be compared with what: every two figures, and why */
import { useMemo, useState } from "preact/hooks";
import type { Comparison, Pair } from "../api";
import { useTongue } from "../language";
import type { Arrangement, Placed } from "../plot/arrangement";
import { Printed, sourceTitle, Topic } from "./marks";
import { useAt } from "./past";
import { reasonsSaid } from "./reasons";
import { stopAt, useRoving } from "./roving";
import { ratioSaid } from "./times";
import { SIGNS, VERDICTS, VerdictMark } from "./verdict";
import { who } from "./who";

/** Two figures, the upper one of the plot first, and what the service says of them. */
interface Two {
  upper: Placed;
  lower: Placed;
  pair: Pair;
}

// What is said of two -----------------------------------------------------------------------------

function Side({ placed: { letter, figure } }: { placed: Placed }) {
  const tongue = useTongue();
  const at = useAt();
  return (
    <>
      <dt class="letters">{letter}</dt>
      <dd>
        <a href={at(`/claims/${figure.claim}`)}>{who(tongue, figure)}</a>: <Printed figure={figure.figure} language={figure.source.language} />{" "}
        <small title={sourceTitle(figure.source)}><Topic figure={figure} /></small>
      </dd>
    </>
  );
}

function TwoSaid({ two: { upper, lower, pair } }: { two: Two }) {
  const tongue = useTongue();
  const { say } = tongue;
  return (
    <div class="pair-said" role="status">
      <h3>{say("pairOf", { left: upper.letter, right: lower.letter })}</h3>
      <p><VerdictMark verdict={pair.verdict} /></p>
      <p>{say(`${pair.verdict}Long`, { reasons: reasonsSaid(tongue, pair.reasons) })} {ratioSaid(tongue, pair)} {pair.same_origin && say("sameOriginLong")}</p>
      <dl><Side placed={upper} /><Side placed={lower} /></dl>
    </div>
  );
}

// Choosing two ------------------------------------------------------------------------------------

/** What is known of a comparison's pairs, by the claims in the order of the plot. */
function twosOf({ pairs }: Comparison, { all }: Arrangement): Map<string, Two> {
  const places = new Map(all.map((placed, place) => [placed.figure.claim, place]));
  const twos = pairs.flatMap((pair): Two[] => {
    const [first, last] = [pair.left, pair.right].map((claim) => places.get(claim) ?? -1).sort((a, b) => a - b);
    const upper = all[first ?? -1], lower = all[last ?? -1];
    return upper && lower ? [{ upper, lower, pair }] : [];
  });
  return new Map(twos.map((two) => [`${two.upper.letter} ${two.lower.letter}`, two]));
}

/** The same two in what is known by now: another baseline or unit changes what is said of them, and which is the upper one. */
function again(list: Two[], { pair: { left, right } }: Two): Two | undefined {
  return list.find(({ pair }) => [pair.left, pair.right].every((claim) => claim === left || claim === right));
}

/** What one sees first: the widest conflict, if there is one. */
function foremost(twos: Two[]): Two | undefined {
  const width = ({ pair }: Two) => (pair.verdict === "conflict" ? 1 : 0) * (1 + Number(pair.ratio ?? 0));
  return twos.reduce<Two | undefined>((best, two) => best && width(best) >= width(two) ? best : two, undefined);
}

interface Choosing {
  chosen: Two;
  choose: (two: Two) => void;
  look: (two: Two | null) => void;
}

function Cell({ two, row, column, choosing: { chosen, choose, look }, label }: {
  two: Two; row: number; column: number; choosing: Choosing; label?: string;
}) {
  const { say } = useTongue();
  const { verdict } = two.pair;
  return (
    <button type="button" class={`pair ${verdict}`} {...stopAt(row, column, two === chosen)} aria-pressed={chosen === two}
      aria-label={`${say("pairOf", { left: two.upper.letter, right: two.lower.letter })}: ${say(verdict)}`}
      onFocus={() => choose(two)} onClick={() => choose(two)} onMouseEnter={() => look(two)}>
      {label} {SIGNS[verdict]}
    </button>
  );
}

function Matrix({ all, twos, choosing }: { all: Placed[]; twos: Map<string, Two>; choosing: Choosing }) {
  const columns = all.slice(0, -1);
  return (
    <table class="pairs">
      <thead><tr><td />{columns.map(({ letter }) => <th key={letter} scope="col">{letter}</th>)}</tr></thead>
      <tbody>{all.slice(1).map((lower, row) => (
        <tr key={lower.letter}>
          <th scope="row">{lower.letter}</th>
          {columns.map((upper, column) => {
            const two = twos.get(`${upper.letter} ${lower.letter}`);
            return <td key={upper.letter}>{two && <Cell two={two} row={row + 1} column={column} choosing={choosing} />}</td>;
          })}
        </tr>
      ))}</tbody>
    </table>
  );
}

/** Each with the baseline, where there are too many for every two. */
function Line({ twos, baseline, choosing }: { twos: Two[]; baseline: string; choosing: Choosing }) {
  return (
    <div class="pairs-line">{twos.map((two, place) => (
      <Cell key={two.lower.letter + two.upper.letter} two={two} row={0} column={place} choosing={choosing}
        label={two.upper.figure.claim === baseline ? two.lower.letter : two.upper.letter} />
    ))}</div>
  );
}

export function Pairs({ comparison, arrangement }: { comparison: Comparison; arrangement: Arrangement }) {
  const { say } = useTongue();
  const { all } = arrangement;
  const twos = useMemo(() => twosOf(comparison, arrangement), [comparison, arrangement]), list = [...twos.values()];
  const first = useMemo(() => foremost(list), [twos]);
  const [wanted, choose] = useState<Two | null>(null);
  const roving = useRoving<HTMLDivElement>();
  const [seen, look] = useState<Two | null>(null);
  if (!first) return null;
  const chosen = (wanted && again(list, wanted)) ?? first;
  const isMatrix = comparison.pairs_shown === "all";
  const choosing: Choosing = { chosen, choose, look };
  return (
    <section>
      <h2>{say("pairs")}</h2>
      <p>{say(isMatrix ? "pairsLead" : "pairsLeadBaseline")}</p>
      <div class="pairing">
        <div>
          <div class="scroller" {...roving} onMouseLeave={() => look(null)}>
            {isMatrix ? <Matrix all={all} twos={twos} choosing={choosing} /> : <Line twos={list} baseline={comparison.baseline} choosing={choosing} />}
          </div>
          <p class="legend">{VERDICTS.filter((verdict) => list.some(({ pair }) => pair.verdict === verdict)).map((verdict) => (
            <span key={verdict}><span class={`pair ${verdict}`} aria-hidden="true">{SIGNS[verdict]}</span> {say(verdict)}</span>
          ))}</p>
        </div>
        <TwoSaid two={(seen && again(list, seen)) ?? chosen} />
      </div>
    </section>
  );
}
