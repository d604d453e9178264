/** Many controls of which one at a time is a tab stop; the arrow keys lead on to the others */
import { useEffect, useRef } from "preact/hooks";

const STEPS: Record<string, [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const REACH = 3; // over what is empty

/** What the control at a place is given; the first one, to begin with, is the tab stop. */
export function stopAt(row: number, column: number, isFirst: boolean): { "data-at": string; tabIndex: number } {
  return { "data-at": `${row} ${column}`, tabIndex: isFirst ? 0 : -1 };
}

function next(within: HTMLElement, [row = 0, column = 0]: number[], [down, right]: [number, number]): HTMLElement | null {
  for (let steps = 1; steps <= REACH; steps += 1) {
    const found = within.querySelector<HTMLElement>(`[data-at="${row + steps * down} ${column + steps * right}"]`);
    if (found) return found;
  }
  return null;
}

function follow(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const step = STEPS[event.key], at = (event.target as HTMLElement).dataset.at;
  const found = step && at && next(event.currentTarget, at.split(" ").map(Number), step);
  if (!found) return;
  event.preventDefault();
  found.focus();
}

const STOP = '[data-at][tabindex="0"]';

/** Tabbing back leads to where one was. */
function keepPlace(event: FocusEvent & { currentTarget: HTMLElement }): void {
  const target = event.target as HTMLElement;
  if (!target.dataset.at) return;
  event.currentTarget.querySelectorAll<HTMLElement>(STOP).forEach((other) => { other.tabIndex = -1; });
  target.tabIndex = 0;
}

/** What that which holds them is given. Where the tab stop goes, another becomes it. */
export function useRoving<Kind extends HTMLElement>() {
  const ref = useRef<Kind>(null);
  useEffect(() => {
    if (!ref.current?.querySelector(STOP)) ref.current?.querySelector("[data-at]")?.setAttribute("tabindex", "0");
  });
  return { ref, onKeyDown: follow, onFocusIn: keepPlace };
}
