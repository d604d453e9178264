/** What is told of a figure beside its mark: it stays while one points at it or has it in focus, and Escape sends it away */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useAnswer, type Claim } from "../api";
import { useTongue } from "../language";
import { extent, limited } from "../parts/bounded";
import { Printed, sourceTitle } from "../parts/marks";
import { reasonsSaid } from "../parts/reasons";
import type { Placed } from "./arrangement";

const EDGE = 8; // least distance from the edges of the window
const BESIDE = 14; // from the mark, which stays to be seen

interface Corner {
  left: number;
  above: boolean;
}

/** Beside the mark where there is room, within the window in any case; above the row where there is none below. */
function cornerOf(tip: HTMLElement, mark: number): Corner {
  const cell = tip.parentElement?.getBoundingClientRect() ?? tip.getBoundingClientRect();
  const width = document.documentElement.clientWidth, at = cell.left + mark;
  const wanted = at + BESIDE + tip.offsetWidth <= width - EDGE ? at + BESIDE : at - BESIDE - tip.offsetWidth;
  const left = Math.max(EDGE, Math.min(wanted, width - EDGE - tip.offsetWidth));
  const below = innerHeight - cell.bottom;
  return { left: left - cell.left, above: below < tip.offsetHeight && cell.top > below };
}

/** `mark`: where the mark is in its cell, in pixels. */
export function Tip({ id, placed, unit, letters, mark, close }: {
  id: string; placed: Placed; unit: string; letters: string[]; mark: number; close: () => void;
}) {
  const tongue = useTongue();
  const { say, brief } = tongue;
  const { figure, reasons } = placed;
  const { value, low, high } = figure.amount;
  const element = useRef<HTMLDivElement>(null);
  const [corner, setCorner] = useState<Corner>({ left: 0, above: false });
  const claim = useAnswer<Claim>(`/v1/claims/${figure.claim}`).document;
  useLayoutEffect(() => {
    if (element.current) setCorner(cornerOf(element.current, mark));
  }, [mark]);
  useEffect(() => {
    const escape = (event: KeyboardEvent) => event.key === "Escape" && close();
    addEventListener("keydown", escape);
    return () => removeEventListener("keydown", escape);
  }, [close]);
  const isAround = value !== null && low !== null && high !== null && low !== high;
  const possible = extent({ ...tongue, amount: brief }, low, high, unit);
  return (
    <div ref={element} id={id} class={corner.above ? "tip above" : "tip"} role="tooltip" style={{ left: `${corner.left}px` }}>
      <p class="told"><Printed figure={figure.figure} language={figure.source.language} /></p>
      <p><strong>{value === null ? possible : limited(tongue, figure.figure.bound, brief(value, unit))}</strong>{isAround && `: ${possible}`}</p>
      <p lang="en">{figure.statement}</p>
      <p><small>
        <cite lang={figure.source.language ?? undefined}>{sourceTitle(figure.source)}</cite>, {claim ? say("line", { line: claim.locator.line }) : "…"}
      </small></p>
      {reasons.length > 0 && <p><small>{say("apart", { reasons: reasonsSaid(tongue, reasons) })}</small></p>}
      {letters.length > 0 && <p><small>{say("oneOriginWith", { letters: letters.join(", ") })}</small></p>}
    </div>
  );
}
