/** The words of the interface, of which no language may lack any */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LANGUAGES, tongue, type Language, type Words } from "../../web/app/language";

const { en } = LANGUAGES, keys = Object.keys(en) as (keyof Words)[];

function braces(words: string): string[] {
  return [...new Set(words.match(/\{[^}]*\}/g))].sort();
}

for (const language of Object.keys(LANGUAGES) as Language[]) {
  const words: Words = LANGUAGES[language], { say } = tongue(language);

  test(`${language} has each key once, with words`, () => {
    assert.deepEqual(Object.keys(words).sort(), [...keys].sort());
    for (const key of keys) assert.ok(words[key].trim() === words[key] || key === "butStated" || key === "asStated", `${key} begins or ends with a blank`);
    for (const key of keys) assert.ok(words[key].split("|").every(Boolean), `${key} is empty`);
  });

  test(`${language} has in braces what English has`, () => {
    for (const key of keys) assert.deepEqual(braces(words[key]), braces(en[key]), key);
    for (const key of keys) assert.match(words[key].replace(/\{\w+\}/g, ""), /^[^{}]*$/, key);
  });

  test(`${language} counts where it has two forms`, () => {
    for (const key of keys.filter((key) => words[key].includes("|") || en[key].includes("|"))) {
      assert.ok(words[key].split("|").length === 2 && words[key].includes("{count}"), key);
      const [one, two] = [1, 2].map((count) => say(key, { count })), forms = words[key].split("|");
      assert.deepEqual([one, two], forms.map((form, place) => form.replaceAll("{count}", String(place + 1)).replace(/\{\w+\}/g, "")), key);
    }
  });
}
