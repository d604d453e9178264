/** A figure in a row: who says so, as printed, its mark, and the tip that tells more */
import { useCallback, useState } from "preact/hooks";
import type { RefObject } from "preact";
import type { Comparison } from "../api";
import { useTongue, type Tongue } from "../language";
import { HedgeMark, Printed, sourceTitle, Topic } from "../parts/marks";
import { useAt } from "../parts/past";
import { stopAt } from "../parts/roving";
import { who } from "../parts/who";
import { amounts, type Arrangement, type Placed } from "./arrangement";
import type { Axis, Tick } from "./axis";
import { Mark } from "./mark";
import { Tip } from "./tip";

/** What all rows are drawn by. */
export interface Sheet {
  comparison: Comparison;
  arrangement: Arrangement;
  axis: Axis | null;
  ticks: Tick[];
  width: number;
  /** Sends away the tip that is there. */
  closing: RefObject<(() => void) | null>;
  chooseBaseline: (placed: Placed) => void;
}

function saidOf(tongue: Tongue, { figure, letter }: Placed): string {
  return `${letter}: ${who(tongue, figure)}, ${tongue.say(`${figure.stance}Past`)} “${figure.figure.as_printed}”`;
}

function Who({ placed }: { placed: Placed }) {
  const tongue = useTongue();
  const { say, name } = tongue;
  const at = useAt();
  const { figure, repeats, reasons: [apart] } = placed;
  const said = repeats
    ? say(repeats.source.language === figure.source.language ? "sameAgain" : "sameIn", { language: name(figure.source.language) })
    : who(tongue, figure);
  return (
    <>
      <span class="says"><a href={at(`/claims/${figure.claim}`)}>{said}</a> {!repeats && <>{say(`${figure.stance}Past`)} <HedgeMark hedge={figure.hedge} /></>}</span>
      <small class="where" title={sourceTitle(figure.source)}>
        {apart && !repeats && <><Topic figure={figure} /> · </>}<cite lang={figure.source.language ?? undefined}>{sourceTitle(figure.source)}</cite>
      </small>
    </>
  );
}

/** A tip of which there is one at a time in a plot. */
function useTip(closing: RefObject<(() => void) | null>): [boolean, () => void, () => void] {
  const [isOpen, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  const open = () => {
    if (closing.current !== close) closing.current?.();
    closing.current = close;
    setOpen(true);
  };
  return [isOpen, open, close];
}

function Drawn({ placed, row, axis, sheet }: { placed: Placed; row: number; axis: Axis; sheet: Sheet }) {
  const tongue = useTongue();
  const { figure, origin, letter } = placed;
  const { comparison, arrangement, width, closing } = sheet;
  const [isOpen, open, close] = useTip(closing);
  const tip = `tip-${letter}`, [value] = amounts(figure);
  return (
    <div class="drawn-in" onMouseEnter={open} onMouseLeave={close}>
      <button type="button" class="marked" {...stopAt(row, 1, row === 0)} aria-label={saidOf(tongue, placed)} aria-describedby={isOpen ? tip : undefined}
        onFocus={open} onBlur={close} onClick={open}>
        <svg width="100%" height="100%" overflow="visible" aria-hidden="true"><Mark placed={placed} axis={axis} width={width} /></svg>
      </button>
      {isOpen && (
        <Tip id={tip} placed={placed} unit={comparison.unit} mark={axis.place(value ?? 0) * width / 100} close={close}
          letters={arrangement.all.filter((other) => other.origin === origin && other !== placed).map((other) => other.letter)} />
      )}
    </div>
  );
}

export function Row({ placed, row, tie, sheet }: { placed: Placed; row: number; tie: string; sheet: Sheet }) {
  const { say, number, unit } = useTongue();
  const { figure, letter, reasons: [apart], repeats } = placed;
  const { comparison, axis, chooseBaseline } = sheet;
  const isBaseline = figure.claim === comparison.baseline, choose = say("takeAsBaseline", { letter });
  const kind = [apart && "apart", repeats && "repeat", isBaseline && "baseline", tie].filter(Boolean).join(" ");
  return (
    <tr role="row" class={kind}>
      <td role="cell" class="lettered">
        <button type="button" class="letter" {...stopAt(row, 0, false)} aria-pressed={isBaseline} aria-label={choose} title={choose}
          onClick={() => chooseBaseline(placed)}>
          {letter}
        </button>
      </td>
      <th role="rowheader" scope="row"><Who placed={placed} /></th>
      <td role="cell" class="figure"><Printed figure={figure.figure} language={figure.source.language} /></td>
      <td role="cell" class="drawn">
        {axis && amounts(figure).length > 0
          ? <Drawn placed={placed} row={row} axis={axis} sheet={sheet} />
          : <small>{say("notOnAxis", { unit: unit(comparison.unit) })}</small>}
      </td>
      <td role="cell" class="ratio">{isBaseline ? say("baseline") : !apart && figure.ratio_to_baseline && `× ${number(figure.ratio_to_baseline)}`}</td>
    </tr>
  );
}
