/** How a figure is drawn, in the shapes of the picture that the service draws */
import type { ComponentChildren } from "preact";
import type { Bound, ComparedFigure, Stance } from "../api";
import { useTongue, type Words } from "../language";
import { STANCES } from "../parts/marks";
import type { Placed } from "./arrangement";
import type { Axis } from "./axis";

const DOT = 6; // pixels, as are all below
const REPEATED = 4.5;
const HALO = 4.5; // from the dot to the ring around it
const OPEN = 22; // how far beyond the axis what is open runs
const HEAD = 8;
const ARROW = { towardsMore: 1, towardsLess: -1 } as const;

/** A dot that shows the stance, at the origin of where it is drawn. */
export function Dot({ stance, radius = DOT }: { stance: Stance; radius?: number }) {
  const arm = radius * Math.SQRT1_2;
  return (
    <>
      <circle class={stance === "asserts" ? "dot" : "ring"} r={radius} />
      {stance === "disputes" && <path class="cross" d={`M${-arm},${-arm}L${arm},${arm}M${-arm},${arm}L${arm},${-arm}`} />}
    </>
  );
}

function Diamond({ filled }: { filled: boolean }) {
  return <path class={filled ? "dot" : "ring"} d="M-6.5,0L0,-6.5L6.5,0L0,6.5Z" />;
}

/** The end of a limit, and a short arrow to the side that it leaves open. */
function Limit({ bound }: { bound: Bound }) {
  const way = bound.startsWith("g") ? ARROW.towardsMore : ARROW.towardsLess;
  return <><Arrow way={way} /><Diamond filled={bound.endsWith("e")} /></>;
}

const Cap = () => <path class="span" d="M0,-8V8" />;

function Arrow({ way }: { way: 1 | -1 }) {
  const back = (OPEN - HEAD) * way;
  return <><path class="span" d={`M0,0H${back}`} /><path class="head" d={`M${OPEN * way},0L${back},-5V5Z`} /></>;
}

function isLimit(bound: Bound): boolean {
  return ["gt", "gte", "lt", "lte"].includes(bound);
}

/** `ringed`: with a dashed ring, which shows a hedge where there are no lines to dash. */
function Hedgeable({ figure, radius, ringed }: { figure: ComparedFigure; radius: number; ringed: boolean }) {
  return <>{ringed && <circle class="halo" r={radius + HALO} />}<Dot stance={figure.stance} radius={radius} /></>;
}

/** A figure without its extent, at the origin of where it is drawn: its dot, or its limit and on which side of that it is. */
export function Sign({ figure, radius }: { figure: ComparedFigure; radius: number }) {
  const { bound } = figure.figure;
  return isLimit(bound) ? <Limit bound={bound} /> : <Hedgeable figure={figure} radius={radius} ringed={figure.hedge !== "none"} />;
}

/** What is drawn around its own origin, so far along the axis. */
function At({ place, children }: { place: number; children: ComponentChildren }) {
  return <svg x={`${place}%`} y="50%" overflow="visible">{children}</svg>;
}

function Span({ from, to }: { from: number; to: number }) {
  return <line class="span" x1={`${from}%`} x2={`${to}%`} y1="50%" y2="50%" />;
}

function Extent({ figure, axis }: { figure: ComparedFigure; axis: Axis }) {
  const { low, high } = figure.amount;
  const from = low === null ? 0 : axis.place(Number(low)), to = high === null ? 100 : axis.place(Number(high));
  const capped = !isLimit(figure.figure.bound);
  return (
    <>
      <Span from={from} to={to} />
      {low === null && <At place={0}><Arrow way={ARROW.towardsLess} /></At>}
      {high === null && <At place={100}><Arrow way={ARROW.towardsMore} /></At>}
      {capped && low !== null && <At place={from}><Cap /></At>}
      {capped && high !== null && <At place={to}><Cap /></At>}
    </>
  );
}

/** Whether there is an interval that its dot does not cover. */
function hasExtent({ amount: { value, low, high } }: ComparedFigure, axis: Axis, width: number): boolean {
  if (low === null || high === null) return low !== high;
  const pixels = (amount: string) => axis.place(Number(amount)) * width / 100;
  return value === null || pixels(value) - pixels(low) > DOT || pixels(high) - pixels(value) > DOT;
}

export function markClass({ figure, reasons: [apart], repeats }: Placed): string {
  return ["mark", figure.stance, figure.hedge !== "none" && "hedged", apart && "apart", repeats && "repeat"].filter(Boolean).join(" ");
}

/** One figure on an axis that is so many pixels wide, in an SVG of that width. */
export function Mark({ placed, axis, width }: { placed: Placed; axis: Axis; width: number }) {
  const { figure } = placed;
  const { value } = figure.amount, { bound } = figure.figure;
  const extent = hasExtent(figure, axis, width);
  return (
    <g class={markClass(placed)}>
      {extent && <Extent figure={figure} axis={axis} />}
      {value !== null && (
        <At place={axis.place(Number(value))}>
          {isLimit(bound)
            ? <Diamond filled={bound.endsWith("e")} />
            : <Hedgeable figure={figure} radius={placed.repeats ? REPEATED : DOT} ringed={figure.hedge !== "none" && !extent} />}
        </At>
      )}
    </g>
  );
}

// The legend --------------------------------------------------------------------------------------

function Key({ of, kind = "", children }: { of: keyof Words; kind?: string; children: ComponentChildren }) {
  const { say } = useTongue();
  return (
    <li>
      <svg class={`mark ${kind}`} width="32" height="22" viewBox="-16 -11 32 22" aria-hidden="true">{children}</svg> {say(of)}
    </li>
  );
}

/** Of the marks that occur on an axis that is so many pixels wide. */
export function Legend({ shown, tied, axis, width }: { shown: Placed[]; tied: boolean; axis: Axis | null; width: number }) {
  const figures = shown.map(({ figure }) => figure);
  const bounds = new Set(figures.map(({ figure }) => figure.bound));
  const has = (...some: Bound[]) => some.some((bound) => bounds.has(bound));
  return (
    <ul class="legend">
      {STANCES.filter((stance) => figures.some((figure) => figure.stance === stance))
        .map((stance) => <Key key={stance} of={`${stance}Sign`} kind={stance}><Dot stance={stance} /></Key>)}
      {axis && figures.some((figure) => !isLimit(figure.figure.bound) && hasExtent(figure, axis, width)) && <Key of="extentSign"><path class="span" d="M-13,0H13M-13,-7V7M13,-7V7" /></Key>}
      {has("gt", "lt") && <Key of="limitExcludedSign"><g transform="translate(-8)"><Limit bound="gt" /></g></Key>}
      {has("gte", "lte") && <Key of="limitIncludedSign"><g transform="translate(-8)"><Limit bound="gte" /></g></Key>}
      {figures.some(({ hedge }) => hedge !== "none") && <Key of="hedgedSign"><circle class="halo" r="8.5" /></Key>}
      <Key of="baseline"><path class="hair" d="M0,-11V11" /></Key>
      {tied && <Key of="sameOrigin"><path class="tie" d="M4,-9H-4V9H4" /></Key>}
    </ul>
  );
}
