/** Figures on an axis, a row each: first those that compare with the baseline, then the others, ties between those of one origin */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ComponentChildren, RefObject } from "preact";
import type { Comparison } from "../api";
import { useTongue } from "../language";
import { Topic } from "../parts/marks";
import { reasonsSaid } from "../parts/reasons";
import { useRoving } from "../parts/roving";
import { ask } from "../place";
import { amounts, asBaseline, type Arrangement, type Placed } from "./arrangement";
import { axisOf, type Axis, type Tick } from "./axis";
import { Legend } from "./mark";
import { Row, type Sheet } from "./row";
import { useWidth } from "./width";

const TICK_ROOM = 72; // pixels that a label takes
const LONG = 12; // rows, from which the axis is said at the end, too
const ROWS = 100; // before one is asked

/** Where a row is in the bracket that ties neighbours of one origin. */
function tieOf(rows: Placed[], place: number): string {
  const same = (other: number) => rows[other]?.origin === rows[place]?.origin;
  const above = same(place - 1), below = same(place + 1);
  if (above && below) return "tied";
  if (above) return "tied last";
  return below ? "tied first" : "";
}

function Group({ rows, first, heading, sheet }: { rows: Placed[]; first: number; heading: ComponentChildren; sheet: Sheet }) {
  return (
    <tbody role="rowgroup">
      {heading && <tr role="row" class="heading"><th role="rowheader" scope="rowgroup" colSpan={5}>{heading}</th></tr>}
      {rows.map((placed, place) => <Row key={placed.figure.claim} placed={placed} row={first + place} tie={tieOf(rows, place)} sheet={sheet} />)}
    </tbody>
  );
}

function Ticks({ sheet: { ticks, comparison } }: { sheet: Sheet }) {
  const { tick } = useTongue();
  return (
    <span class="ticks">
      {ticks.filter(({ labelled }) => labelled).map(({ at, amount }) => <span key={at} style={{ left: `${at}%` }}>{tick(amount, comparison.unit)}</span>)}
    </span>
  );
}

/** Lines through all rows, as backgrounds that each of them has: of the ticks, and dotted of the baseline. */
function gridOf({ figures, baseline }: Comparison, axis: Axis | null, ticks: Tick[]): string {
  const value = figures.find((figure) => figure.claim === baseline)?.amount.value;
  const line = (image: string, at: number) => `${image} ${at}% 0/1px 100% no-repeat`;
  return [
    ...(axis && value ? [line("repeating-linear-gradient(var(--ink) 0 2px,transparent 2px 5px)", axis.place(Number(value)))] : []),
    ...ticks.map(({ at, labelled }) => line(`linear-gradient(var(${labelled ? "--rule" : "--grid-minor"}) 0 0)`, at)),
  ].join();
}

function Head({ sheet, measured }: { sheet: Sheet; measured: RefObject<HTMLDivElement | null> }) {
  const { say, unit } = useTongue();
  const counted = unit(sheet.comparison.unit);
  return (
    <thead role="rowgroup">
      <tr role="row">
        <td role="cell" />
        <th role="columnheader" scope="col">{say("claimant")}</th>
        <th role="columnheader" scope="col" class="figure">{say("printed")}</th>
        <th role="columnheader" scope="col" class="drawn">
          <div ref={measured} class="axis-head">
            <span>{sheet.axis?.logarithmic ? say("axisLogarithmic", { unit: counted }) : counted}</span><Ticks sheet={sheet} />
          </div>
        </th>
        <th role="columnheader" scope="col" class="ratio">{say("ratioToBaseline")}</th>
      </tr>
    </thead>
  );
}

/** The row that becomes the baseline goes to another place, and takes the focus along. */
function useBaseline(table: RefObject<HTMLElement | null>, baseline: string): (placed: Placed) => void {
  const chosen = useRef(false);
  useEffect(() => {
    if (chosen.current) table.current?.querySelector<HTMLElement>(".letter[aria-pressed=true]")?.focus();
    chosen.current = false;
  }, [baseline]);
  return (placed) => {
    chosen.current = true;
    ask(asBaseline(placed));
  };
}

/** `all`: with those that do not compare with the baseline. */
export function Plot({ comparison, arrangement, all }: { comparison: Comparison; arrangement: Arrangement; all: boolean }) {
  const tongue = useTongue();
  const { say, unit } = tongue;
  const [measured, width] = useWidth<HTMLDivElement>();
  const [most, setMost] = useState(ROWS);
  const closing = useRef<() => void>(null);
  const roving = useRoving<HTMLTableElement>();
  const chooseBaseline = useBaseline(roving.ref, comparison.baseline);
  const { comparable } = arrangement, apart = all ? arrangement.apart : [];
  const shown = [...comparable, ...apart], left = shown.length - most;
  const axis = useMemo(() => axisOf(shown.flatMap(({ figure }) => amounts(figure))), [arrangement, all]);
  const ticks = axis?.ticks((width || 3 * TICK_ROOM) / TICK_ROOM) ?? [];
  const sheet: Sheet = { comparison, arrangement, axis, ticks, width, closing, chooseBaseline };
  const reasons = reasonsSaid(tongue, apart.flatMap((placed) => placed.reasons));
  const base = comparable.find(({ figure }) => figure.claim === comparison.baseline)?.figure;
  const marked = shown.filter(({ figure }) => amounts(figure).length > 0);
  return (
    <figure class="plotted">
      <Legend shown={marked} tied={[comparable, apart].some((rows) => rows.some((_, place) => tieOf(rows, place)))} axis={axis} width={width} />
      <table role="table" class="plot" style={{ "--grid": gridOf(comparison, axis, ticks) }} {...roving}>
        <caption class="unseen">{say("plotLabel", { count: shown.length, unit: unit(comparison.unit) })}</caption>
        <Head sheet={sheet} measured={measured} />
        <Group rows={comparable.slice(0, most)} first={0} heading={apart.length > 0 && base && <Topic figure={base} />} sheet={sheet} />
        {apart.length > 0 && most > comparable.length && (
          <Group rows={apart.slice(0, most - comparable.length)} first={comparable.length} heading={say("apart", { reasons })} sheet={sheet} />
        )}
        {shown.length >= LONG && (
          <tfoot aria-hidden="true"><tr><td /><td /><td /><td class="drawn"><div class="axis-head"><Ticks sheet={sheet} /></div></td><td /></tr></tfoot>
        )}
      </table>
      {left > 0 && <button type="button" onClick={() => setMost(Infinity)}>{say("moreFigures", { count: left })}</button>}
    </figure>
  );
}
