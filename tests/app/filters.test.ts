/** The filters of a list as its address has them */
import assert from "node:assert/strict";
import { test } from "node:test";
import { filtersAlone, filtersOf, same, toggled, without, withoutAny, withOthers, type Filter } from "../../web/app/filters";
import { throwing, type Dice } from "./dice";

const LISTS = ["stance", "hedge", "subject", "source"] as const, ORDERED = ["value", "published_at", "line"] as const;
const OPERATORS = ["", "gt.", "gte.", "lt.", "lte."] as const;
const ASKED = { sort: "-value,id", limit: "20", embed: "source", cursor: "abc" };

function list(dice: Dice): string {
  const values = [...new Set(["a", ...dice.many(3, () => dice.one(["b", "c-d", "42", "it's"]))])];
  return dice.one(["is.null", "not.is.null", values.join(","), `not.${values.join(",")}`]);
}

/** An address as pages make them. */
function address(dice: Dice): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(ASKED)) if (dice.chance()) query.append(name, value);
  for (const name of LISTS) if (dice.chance()) query.append(name, list(dice));
  for (const name of ORDERED) if (dice.chance()) query.append(name, dice.one(OPERATORS) + (dice.roll(9) + 1));
  if (dice.chance()) query.append("value", `lt.${dice.roll(9) + 10}`);
  if (dice.chance()) query.append("q", dice.one(["R1", "not.so, a, b", "gte.5", "ünï \"cöde\""]));
  return query;
}

function sorted(filters: Filter[]): string[] {
  return filters.map(({ name, operator, value }) => [name, operator, value].join(" ")).sort();
}

const READ: [query: string, ...filters: Filter[]][] = [
  ["stance=asserts,reports", { name: "stance", operator: "", value: "asserts" }, { name: "stance", operator: "", value: "reports" }],
  ["stance=not.asserts,reports", { name: "stance", operator: "not", value: "asserts" }, { name: "stance", operator: "not", value: "reports" }],
  ["quantity=is.null", { name: "quantity", operator: "none", value: "" }],
  ["quantity=not.is.null", { name: "quantity", operator: "some", value: "" }],
  ["value=gte.5&value=lt.7.5", { name: "value", operator: "gte", value: "5" }, { name: "value", operator: "lt", value: "7.5" }],
  ["line=gt.3&created_at=lt.2025-01-28", { name: "line", operator: "gt", value: "3" }, { name: "created_at", operator: "lt", value: "2025-01-28" }],
  ["value=5", { name: "value", operator: "eq", value: "5" }],
  ["value=eq.5", { name: "value", operator: "eq", value: "5" }],
  ["q=not.this,%20but%20that", { name: "q", operator: "", value: "not.this, but that" }],
  ["subject=gte.5", { name: "subject", operator: "", value: "gte.5" }],
  ["stance=&hedge=not.&sort=id&limit=5&cursor=x&embed=a&fields=b&format=csv"],
];
for (const [query, ...filters] of READ) {
  test(`${query} is ${filters.length} filters`, () => assert.deepEqual(filtersOf(new URLSearchParams(query)), filters));
}

test("an address keeps its filters when they are put in again", throwing((dice) => {
  const query = address(dice), again = withOthers(query, () => false, []);
  assert.deepEqual(sorted(filtersOf(again)), sorted(filtersOf(query)));
  assert.equal(withOthers(again, () => false, []).toString(), again.toString());
}));

test("filters differ in name, operator or value", () => {
  const filter: Filter = { name: "stance", operator: "", value: "asserts" };
  assert.ok(same(filter, { ...filter }));
  for (const other of [{ name: "hedge" }, { operator: "not" }, { value: "reports" }] as const) assert.ok(!same(filter, { ...filter, ...other }));
});

test("a filter that is taken out is gone, and nothing else", throwing((dice) => {
  const query = address(dice);
  for (const filter of filtersOf(query)) {
    assert.deepEqual(sorted(filtersOf(without(query, filter))), sorted(filtersOf(query).filter((each) => !same(each, filter))));
  }
}));

test("what is not a filter stays, but not the place in the list", throwing((dice) => {
  const query = address(dice), left = withoutAny(query);
  assert.deepEqual(filtersOf(left), []);
  for (const name of ["sort", "limit", "embed"]) assert.equal(left.get(name), query.get(name));
  assert.equal(left.has("cursor"), false);
}));

test("filters alone are all of them", throwing((dice) => {
  const query = address(dice), alone = filtersAlone(query);
  assert.deepEqual(filtersOf(alone), filtersOf(query));
  assert.ok(Object.keys(ASKED).every((name) => !alone.has(name)));
}));

test("a value that is chosen twice is not chosen", throwing((dice) => {
  const query = address(dice), name = dice.one(LISTS), value = dice.one(["a", "b", "new"]), chosen: Filter = { name, operator: "", value };
  const before = filtersOf(query).some((each) => same(each, chosen)), once = toggled(query, name, value);
  assert.equal(filtersOf(once).some((each) => same(each, chosen)), !before);
  assert.ok(before || filtersOf(once).every((each) => each.name !== name || each.operator === ""), once.toString());
  assert.equal(filtersOf(toggled(once, name, value)).some((each) => same(each, chosen)), before);
}));

test("an order by rank goes with the words that it ranks by", () => {
  const words = new URLSearchParams("q=R1&sort=-rank,id&stance=asserts");
  assert.equal(without(words, { name: "q", operator: "", value: "R1" }).toString(), "stance=asserts");
  assert.equal(without(words, { name: "stance", operator: "", value: "asserts" }).get("sort"), "-rank,id");
});
