/** The axis that amounts are drawn on */
import assert from "node:assert/strict";
import { test } from "node:test";
import { axisOf, type Axis } from "../../web/app/plot/axis";
import { throwing, type Dice } from "./dice";

const TOLERANCE = 1e-6; // of a percent
const ROOM_FOR_FEW = 4; // labels

/** Of any size that newspapers print, and larger and smaller. */
function amount(dice: Dice): number {
  const size = dice.one([2, 6, 13, 300]);
  return Number(`${dice.roll(9) + 1}.${dice.digits(3)}e${dice.roll(2 * size) - size}`);
}

function positive(dice: Dice): number[] {
  return [amount(dice), ...dice.many(6, () => amount(dice))];
}

/** Not so far apart that a double does not tell them. */
function any(dice: Dice): number[] {
  const size = amount(dice), signs = dice.one<[number, ...number[]]>([[1], [-1], [-1, 1]]);
  return [size, ...dice.many(6, () => size * dice.roll(1000) / dice.one([1, 10, 1000]))].map((each) => each * dice.one(signs));
}

function axis(given: number[]): Axis {
  return axisOf(given) ?? assert.fail(`no axis for ${given.join()}`);
}

function labels({ ticks }: Axis, room: number) {
  return ticks(room).filter(({ labelled }) => labelled);
}

const rooms = (dice: Dice) => dice.roll(160) / 10 + 1;

test("every amount lies on the axis, in its order", throwing((dice) => {
  for (const given of [positive(dice), any(dice)]) {
    const places = given.sort((a, b) => a - b).map(axis(given).place);
    assert.ok(places.every((at) => at >= -TOLERANCE && at <= 100 + TOLERANCE), `${given.join()} lie at ${places.join()}`);
    assert.ok(places.every((at, place) => place === 0 || at >= (places[place - 1] ?? 0) - TOLERANCE), `${given.join()} lie at ${places.join()}`);
  }
}));

test("it is logarithmic where all are positive and far apart alone", throwing((dice) => {
  for (const given of [positive(dice), any(dice)]) {
    const least = Math.min(...given), most = Math.max(...given);
    assert.equal(axis(given).logarithmic, least > 0 && most / least >= 10, given.join());
  }
}));

test("a linear axis has zero on it, and the amounts take half of its width at least", throwing((dice) => {
  const given = any(dice), { logarithmic, place } = axis(given);
  if (logarithmic) return;
  const places = [0, ...given].map(place), [least, most] = [Math.min(...places), Math.max(...places)];
  assert.ok(least >= -TOLERANCE && most <= 100 + TOLERANCE && most - least >= 50, `0,${given.join()} lie at ${places.join()}`);
}));

test("labels have the room that they ask for", throwing((dice) => {
  for (const given of [positive(dice), any(dice)]) {
    const room = rooms(dice), places = labels(axis(given), room).map(({ at }) => at);
    const gaps = places.slice(1).map((at, place) => at - (places[place] ?? 0));
    if (!axis(given).logarithmic) assert.ok(places.length <= Math.max(2, Math.min(room, 8)), `${places.length} labels of ${given.join()} in room for ${room}`);
    else assert.ok(gaps.every((gap) => gap >= 100 / room - TOLERANCE), `${given.join()} have labels at ${places.join()} in room for ${room}`);
  }
}));

test("two labels at least say how long the axis is", throwing((dice) => {
  for (const given of [positive(dice), any(dice)]) {
    const room = rooms(dice) + ROOM_FOR_FEW;
    assert.ok(labels(axis(given), room).length >= 2, `${given.join()} have ${labels(axis(given), room).length} labels in room for ${room}`);
  }
}));

test("ticks stand where their amounts lie, each once", throwing((dice) => {
  for (const given of [positive(dice), any(dice)]) {
    const { place, ticks } = axis(given), shown = ticks(rooms(dice));
    assert.ok(shown.every(({ amount, at }) => Math.abs(place(amount) - at) <= TOLERANCE && at >= -TOLERANCE && at <= 100 + TOLERANCE), given.join());
    assert.equal(new Set(shown.map(({ amount }) => amount)).size, shown.length);
  }
}));

for (const given of [[5e6], [5e6, 5e6], [0], [0, 0], [-5], [-5, -0.5], [-0.002, -0.001], [0, 1e-9], [1e300], [1e-300], [1e-300, 1e300], [-1e300, 1e300], [0, 1e300]]) {
  test(`${given.join(" and ")} can be drawn`, () => {
    const { place, ticks } = axis(given);
    assert.ok(given.every((each) => place(each) >= -TOLERANCE && place(each) <= 100 + TOLERANCE), given.map(place).join());
    assert.ok(ticks(6).length >= 2 && ticks(6).every(({ amount, at }) => Number.isFinite(amount) && Number.isFinite(at)), JSON.stringify(ticks(6)));
  });
}

test("without a finite amount there is no axis", () => {
  assert.equal(axisOf([]), null);
  assert.equal(axisOf([Infinity, NaN]), null);
});
