/** Numbers as one types them */
import assert from "node:assert/strict";
import { test } from "node:test";
import { tongue, type Language } from "../../web/app/language";
import { conditionIn, decimalIn, typedIn } from "../../web/app/numerals";
import { throwing } from "./dice";

const LANGUAGES = ["en", "de", "it"] as const satisfies Language[];

test("a number is read by the signs of the language", () => {
  const read = (language: Language, ...texts: string[]) => texts.map((text) => decimalIn(language, text));
  assert.deepEqual(read("de", "294.000", "1.234.567,5", "5,6", "-294.000", "294 000", " 7 "), ["294000", "1234567.5", "5.6", "-294000", "294000", "7"]);
  assert.deepEqual(read("it", "294.000", "0,5"), ["294000", "0.5"]);
  assert.deepEqual(read("en", "294,000", "1,234,567.5", "5.6", "294.000"), ["294000", "1234567.5", "5.6", "294.000"]);
});

test("what is none in the language is not guessed at", () => {
  for (const text of ["", "1.5", "0.294", "12.34.567", "1.2345", "1.000 000", "1,2,3", "1,", ",5", "five", "1e6", "--1"]) assert.equal(decimalIn("de", text), null, text);
  for (const text of ["1,5", "1.234.567", "0,294", "1,234,56"]) assert.equal(decimalIn("en", text), null, text);
});

test("what stands in a field is read as what it was, and so is what the page prints", throwing((dice) => {
  const fraction = dice.chance() ? `.${dice.digits(dice.roll(3))}${dice.roll(9) + 1}` : "", number = dice.one(["", "-"]) + (dice.roll(9) + 1) + dice.digits(dice.roll(11)) + fraction;
  for (const language of LANGUAGES) {
    assert.equal(decimalIn(language, typedIn(language, number)), number);
    assert.equal(decimalIn(language, tongue(language).number(number)), number);
  }
}));

test("a condition may have a power of ten", () => {
  assert.deepEqual([conditionIn("de", "1,5e6"), conditionIn("en", "1e6"), conditionIn("de", "294.000"), conditionIn("de", "1.5e6"), conditionIn("en", "e6")], ["1.5e6", "1e6", "294000", null, null]);
});
