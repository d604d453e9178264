/** A comparison in little: its figures on one line, each origin once, the least and the greatest named */
import type { CSSProperties } from "preact";
import { useMemo } from "preact/hooks";
import type { Comparison } from "../api";
import { useTongue } from "../language";
import { times } from "../parts/times";
import { who } from "../parts/who";
import { amounts, extremes, type Arrangement, type Placed } from "./arrangement";
import { axisOf, type Axis } from "./axis";
import { Sign, markClass } from "./mark";
import { useWidth } from "./width";

interface Size {
  radius: number;
  /** How high what lies at one place is piled up. */
  pile: number;
}

export const SMALL: Size = { radius: 6, pile: 42 }, LARGE: Size = { radius: 10, pile: 72 };

const SIDE = 30; // beside the axis, so that what lies at its ends is whole, labels included
const HEAD = 20; // for how many times the least the greatest is
const FOOT = 22; // for the labels of the axis
const TICK_ROOM = 84;
const OVER = 6; // beyond its mark, where a name begins
const LABEL_ROOM = 170; // for a name

interface Stacked {
  placed: Placed;
  x: number;
  level: number;
}

/** One above another where they would cover each other. */
function pileUp(figures: Placed[], place: (amount: number) => number, apart: number): Stacked[] {
  const piled: Stacked[] = [];
  for (const placed of figures) {
    const x = place(amounts(placed.figure)[0] ?? 0);
    const beside = piled.filter((other) => Math.abs(other.x - x) < apart).map(({ level }) => level);
    let level = 0;
    while (beside.includes(level)) level += 1;
    piled.push({ placed, x, level });
  }
  return piled;
}

/** Names stand over their marks where these lie far enough apart, and otherwise at the edges. */
function edges(xs: number[], width: number): CSSProperties {
  const [from = 0] = xs, to = xs[xs.length - 1] ?? width;
  if (xs.length === 1) return from < width / 2 ? { paddingLeft: `${from - OVER}px` } : { paddingRight: `${width - from - OVER}px`, justifyContent: "end", textAlign: "end" };
  return to - from >= 2 * LABEL_ROOM ? { paddingLeft: `${from - OVER}px`, paddingRight: `${width - to - OVER}px` } : {};
}

function Ends({ ends, unit, xs, width }: { ends: Placed[]; unit: string; xs: number[]; width: number }) {
  const tongue = useTongue();
  return (
    <div class="ends" aria-hidden="true" style={edges(xs, width)}>
      {ends.map(({ figure }) => (
        <span key={figure.claim}><small>{who(tongue, figure)}</small> <strong>{tongue.brief(figure.amount.value ?? "", unit)}</strong></span>
      ))}
    </div>
  );
}

/** From the names down to their marks, and between them how far they are apart. */
function Distance({ xs: [from = 0, to], ratio, y }: { xs: number[]; ratio: string | null; y: number }) {
  const level = HEAD / 2;
  const isWide = to !== undefined && ratio !== null && to - from > LABEL_ROOM / 2;
  return (
    <g class="distance">
      <line x1={from} x2={from} y1="0" y2={y} />
      {to !== undefined && <line x1={to} x2={to} y1="0" y2={y} />}
      {isWide && <><line x1={from} x2={to} y1={level} y2={level} /><text x={(from + to) / 2} y={level + 4}>× {ratio}</text></>}
    </g>
  );
}

function AxisLine({ axis, place, unit, width, y }: { axis: Axis; place: (amount: number) => number; unit: string; width: number; y: number }) {
  const { tick } = useTongue();
  return (
    <>
      <line class="axis" x1="0" x2={width} y1={y} y2={y} />
      {axis.ticks(width / TICK_ROOM).filter(({ labelled }) => labelled).map(({ amount }) => (
        <g key={amount}>
          <line class="axis" x1={place(amount)} x2={place(amount)} y1={y} y2={y + 5} />
          <text x={place(amount)} y={y + 18}>{tick(amount, unit)}</text>
        </g>
      ))}
    </>
  );
}

/** Each origin once, and of what compares with the baseline, if that is not alone. */
function drawnOf({ comparable, all }: Arrangement): Placed[] {
  return (comparable.length > 1 ? comparable : all).filter(({ figure, repeats }) => !repeats && amounts(figure).length > 0);
}

/** Which are named: the least and the greatest, or the only one. */
function endsOf(comparison: Comparison, arrangement: Arrangement, drawn: Placed[]): Placed[] {
  const ends = extremes(comparison, arrangement) ?? (drawn.length === 1 ? drawn : []);
  return ends.filter(({ figure }, place) => place === 0 || figure.amount.value !== ends[0]?.figure.amount.value);
}

function Drawing({ comparison, arrangement, axis, size, width }: { comparison: Comparison; arrangement: Arrangement; axis: Axis; size: Size; width: number }) {
  const tongue = useTongue();
  const drawn = drawnOf(arrangement);
  const place = (amount: number) => SIDE + axis.place(amount) * (width - 2 * SIDE) / 100;
  const ends = endsOf(comparison, arrangement, drawn), xs = ends.map(({ figure }) => place(Number(figure.amount.value)));
  const piled = pileUp(drawn, place, 2 * size.radius + 1);
  const highest = piled.reduce((most, { level }) => Math.max(most, level), 1);
  const step = Math.min(2 * size.radius + 2, (size.pile - 2 * size.radius) / highest);
  const floor = HEAD + size.pile, height = (level: number) => floor - size.radius - 3 - level * step;
  const ratio = ends.length > 1 && comparison.spread?.ratio ? times(tongue, comparison.spread.ratio) : null;
  return (
    <>
      <Ends ends={ends} unit={comparison.unit} xs={xs} width={width} />
      <svg width={width} height={floor + FOOT} aria-hidden="true">
        <Distance xs={xs} ratio={ratio} y={height(0)} />
        <AxisLine axis={axis} place={place} unit={comparison.unit} width={width} y={floor} />
        {piled.map(({ placed, x, level }) => (
          <g key={placed.figure.claim} class={markClass(placed)} transform={`translate(${x},${height(level)})`}>
            <Sign figure={placed.figure} radius={size.radius} />
          </g>
        ))}
      </svg>
    </>
  );
}

/** `said`: what it shows, for those who do not see it. */
export function Strip({ comparison, arrangement, size, said }: { comparison: Comparison; arrangement: Arrangement; size: Size; said: string }) {
  const [measured, width] = useWidth<HTMLDivElement>();
  const axis = useMemo(() => axisOf(drawnOf(arrangement).flatMap(({ figure }) => amounts(figure))), [arrangement]);
  return (
    <div ref={measured} class="strip" role="img" aria-label={said}>
      {axis && width > 0 && <Drawing comparison={comparison} arrangement={arrangement} axis={axis} size={size} width={width} />}
    </div>
  );
}
