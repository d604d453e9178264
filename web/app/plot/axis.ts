/** The axis that amounts are drawn on: logarithmic where they lie far apart */
import { scaleLinear, scaleLog } from "d3-scale";

export interface Tick {
  amount: number;
  at: number;
  labelled: boolean;
}

export interface Axis {
  logarithmic: boolean;
  /** Where an amount lies, in percent of the width. */
  place: (amount: number) => number;
  /** As many labels as there is room for; lines without a label stand between them. */
  ticks: (room: number) => Tick[];
}

const FAR_APART = 10; // as in the picture that the service draws
const LABELS_MOST = 8;
const TOLERANCE = 1e-9; // quotients that ought to be whole miss it by less

/** To one digit: 294,000 to 200,000 or to 300,000. */
function toDigit(amount: number, round: (digits: number) => number): number {
  const power = 10 ** Math.floor(Math.log10(amount) + TOLERANCE);
  return round(amount / power) * power;
}

/** Which of the nine amounts of a decade have labels. */
function labelledDigits(perDecade: number): number[] {
  if (perDecade * Math.log10(2) >= 1) return [1, 2, 5];
  return perDecade * Math.log10(3) >= 1 ? [1, 3] : [1];
}

function logarithmic(least: number, most: number): Axis {
  const low = toDigit(least, (digits) => Math.floor(digits + TOLERANCE)), high = toDigit(most, (digits) => Math.ceil(digits - TOLERANCE));
  const scale = scaleLog().domain([low, high]).range([0, 100]);
  const first = Math.floor(Math.log10(low) + TOLERANCE), last = Math.floor(Math.log10(high) + TOLERANCE);
  const ticks = (room: number) => {
    const perDecade = room / (Math.log10(high) - Math.log10(low)), every = Math.ceil(1 / perDecade), labels = labelledDigits(perDecade);
    return Array.from({ length: last - first + 1 }, (_, place) => first + place)
      .flatMap((exponent) => Array.from({ length: perDecade >= 1 ? 9 : 1 }, (_, place) => ({ exponent, digit: place + 1 })))
      .map(({ exponent, digit }) => {
        const amount = Number(`${digit}e${exponent}`);
        return { amount, at: scale(amount), labelled: labels.includes(digit) && exponent % every === 0 };
      })
      .filter(({ at }) => at > -TOLERANCE && at < 100 + TOLERANCE);
  };
  return { logarithmic: true, place: scale, ticks };
}

function linear(least: number, most: number): Axis {
  const scale = scaleLinear().domain([Math.min(least, 0), Math.max(most, 0) || (least < 0 ? 0 : 1)]).nice(LABELS_MOST).range([0, 100]);
  const ticks = (room: number) => {
    const most = Math.max(2, Math.min(room, LABELS_MOST));
    let wanted = most, amounts = scale.ticks(wanted);
    while (amounts.length > most && wanted > 1) amounts = scale.ticks(wanted -= 1); // they are as many as the scale finds round
    return amounts.map((amount) => ({ amount, at: scale(amount), labelled: true }));
  };
  return { logarithmic: false, place: scale, ticks };
}

/** Null if there is nothing to draw. */
export function axisOf(amounts: number[]): Axis | null {
  const finite = amounts.filter(Number.isFinite);
  if (!finite.length) return null;
  const least = finite.reduce((a, b) => Math.min(a, b)), most = finite.reduce((a, b) => Math.max(a, b));
  return least > 0 && most / least >= FAR_APART ? logarithmic(least, most) : linear(least, most);
}
