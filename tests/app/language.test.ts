/** Numbers, amounts and sentences as the three languages write them */
import assert from "node:assert/strict";
import { test } from "node:test";
import { tongue, unitSign, type Language } from "../../web/app/language";
import { throwing, type Dice } from "./dice";

const [en, de, it] = [tongue("en"), tongue("de"), tongue("it")], tongues = [en, de, it];
const POINT = { en: ".", de: ",", it: "," };
// Browsers write texts exactly since 2022; before Node.js 19, they are rounded to doubles.
const ROUNDS = new Intl.NumberFormat("en").format("9007199254740993" as Intl.StringNumericLiteral) !== "9,007,199,254,740,993" && "texts are rounded here";

/** As the service writes them: without zeros that say nothing. */
function decimal(dice: Dice, whole: number, fraction: number): string {
  const digits = `${dice.roll(9) + 1}${dice.digits(dice.roll(whole))}`;
  return dice.one(["", "-"]) + digits + (fraction && dice.chance() ? `.${dice.digits(dice.roll(fraction))}${dice.roll(9) + 1}` : "");
}

/** What was written, as a decimal. */
function readBack(language: Language, written: string): string {
  const [whole = "", fraction] = written.replace("−", "-").split(POINT[language]);
  return whole.replace(/[^\d-]/g, "") + (fraction === undefined ? "" : `.${fraction.replace(/\D/g, "")}`);
}

/** The digits that say something. */
function significant(text: string): string {
  return text.replace(/[^\d]/g, "").replace(/^0+|0+$/g, "");
}

test("numbers lose no digit", { skip: ROUNDS }, throwing((dice) => {
  const given = decimal(dice, 40, 20);
  for (const { language, number } of tongues) assert.equal(readBack(language, number(given)), given);
}));

test("numbers that a double holds lose no digit", throwing((dice) => {
  const given = decimal(dice, 12, 3);
  for (const { language, number } of tongues) assert.equal(readBack(language, number(given)), given);
}));

test("each language has its separators", () => {
  assert.deepEqual(tongues.map(({ number }) => number("1234567.5")), ["1,234,567.5", "1.234.567,5", "1.234.567,5"]);
});

test("a currency has its sign where the language has it, any other unit stands behind", () => {
  const inAll = (unit: string) => tongues.map(({ amount }) => amount("294000.5", unit));
  assert.deepEqual(inAll("USD"), ["$294,000.5", "294.000,5\u00A0$", "294.000,5\u00A0$"]);
  assert.deepEqual(inAll("kW"), ["294,000.5\u00A0kW", "294.000,5\u00A0kW", "294.000,5\u00A0kW"]);
});

test("currencies are told apart in each language", () => {
  for (const { language, amount, tick } of tongues) {
    for (const write of [(unit: string) => amount("5", unit), (unit: string) => tick(5e6, unit)]) {
      const known = new Map<string, string>();
      for (const unit of Intl.supportedValuesOf("currency")) {
        assert.equal(known.get(write(unit)), undefined, `${language}: ${unit} is written ${write(unit)} as well`);
        known.set(write(unit), unit);
      }
    }
  }
  assert.deepEqual(["USD", "CAD", "AUD", "JPY", "CNY", "SEK"].map((unit) => en.amount("5", unit)), ["$5", "CA$5", "A$5", "¥5", "CN¥5", "SEK\u00A05"]);
  assert.deepEqual(["USD", "CAD", "JPY"].map((unit) => it.amount("5", unit)), ["5\u00A0$", "5\u00A0CA$", "5\u00A0¥"]);
});

test("what is owed has its sign where the language has it", () => {
  assert.deepEqual(tongues.map(({ amount }) => amount("-294000.5", "USD")), ["-$294,000.5", "-294.000,5\u00A0$", "-294.000,5\u00A0$"]);
  assert.equal(en.brief("-5600000", "EUR"), "-€5.6\u00A0million");
  assert.equal(en.tick(-5e6, "USD"), "-$5M");
});

test("units are read without the braces of an annotation", () => {
  assert.deepEqual(["{GPU}", "1", "kW", "{GPU}.h"].map(unitSign), ["GPU", "×", "kW", "{GPU}.h"]);
  assert.equal(en.amount("400", "1"), "400\u00A0×");
  assert.equal(de.amount("50000", "{GPU}"), "50.000\u00A0GPU");
});

test("amounts have all digits of their number, whatever the unit", throwing((dice) => {
  const number = ROUNDS ? decimal(dice, 12, 3) : decimal(dice, 40, 20), unit = dice.one(["USD", "EUR", "{GPU}", "kW"]);
  for (const { amount } of tongues) assert.equal(significant(amount(number, unit)), significant(number));
}));

test("a brief amount says all that the long one does", throwing((dice) => {
  const number = dice.one([decimal(dice, 13, 2), `${dice.roll(99999) + 1}${"0".repeat(dice.roll(9))}${dice.one(["", ".5"])}`]), unit = dice.one(["USD", "EUR", "{GPU}"]);
  for (const { brief, amount: long } of tongues) {
    const written = brief(number, unit);
    assert.equal(significant(written), significant(number), written);
    assert.ok(!written.includes(" "), `${written} could break`);
    if (Math.abs(Number(number)) < 1e6 || significant(number).length > 4) assert.equal(written, long(number, unit));
  }
}));

test("magnitudes are words", () => {
  assert.deepEqual(tongues.map(({ brief }) => brief("5600000", "{GPU}")), ["5.6\u00A0million\u00A0GPU", "5,6\u00A0Millionen\u00A0GPU", "5,6\u00A0milioni\u00A0GPU"]);
  assert.deepEqual(tongues.map(({ brief }) => brief("1000000000", "{GPU}")), ["1\u00A0billion\u00A0GPU", "1\u00A0Milliarde\u00A0GPU", "1\u00A0miliardo\u00A0GPU"]);
  assert.equal(en.brief("1600000000", "USD"), "$1.6\u00A0billion");
  assert.equal(en.brief("-5600000", "{GPU}"), "-5.6\u00A0million\u00A0GPU");
});

test("a tick is short", throwing((dice) => {
  const amount = (dice.roll(9) + 1) * 10 ** dice.roll(15);
  for (const { tick } of tongues) assert.ok(tick(amount, "USD").length <= 12, tick(amount, "USD"));
  assert.equal(en.tick(5e6, "USD"), "$5M");
  assert.equal(en.tick(50_000, "{GPU}"), "50K");
  assert.equal(en.tick(1_234_567, "USD"), "$1.23M");
}));

test("words are put together by count, and without what is not given", () => {
  assert.deepEqual([0, 1, 2].map((count) => en.say("countClaims", { count })), ["0 claims", "1 claim", "2 claims"]);
  assert.equal(de.say("countClaims", { count: 1000000 }), "1.000.000 Behauptungen");
  assert.equal(it.say("countClaims", { count: 1 }), "1 affermazione");
  assert.equal(en.say("quoted"), "“”");
});

test("what is put in is not looked through again", () => {
  assert.equal(en.say("quoted", { text: "{text} $& $1 |" }), "“{text} $& $1 |”");
});

test("days are those of the calendar, wherever one reads", () => {
  assert.deepEqual(tongues.map(({ day }) => day("2025-01-28")), ["January 28, 2025", "28. Januar 2025", "28 gennaio 2025"]);
});

test("languages have names, and what is no tag stays as it is", () => {
  assert.deepEqual(tongues.map(({ name }) => name("de")), ["German", "Deutsch", "tedesco"]);
  assert.deepEqual(["not a tag", "", null].map(en.name), ["not a tag", "", ""]);
});

test("units have names", () => {
  assert.deepEqual([en.unit("USD"), de.unit("USD"), en.unit("{GPU}"), en.unit("1")], ["US Dollar", "US-Dollar", "GPU", "×"]);
});

test("how long ago something was is said in the largest unit of which there are two", () => {
  assert.deepEqual([1, 119, 120, 7199, 7200, 172_799, 172_800].map(en.ago),
    ["1 second ago", "119 seconds ago", "2 minutes ago", "120 minutes ago", "2 hours ago", "48 hours ago", "2 days ago"]);
  assert.deepEqual([de, it].map(({ ago }) => ago(300)), ["vor 5 Minuten", "5 minuti fa"]);
});
