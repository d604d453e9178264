/** What names in the form stand for, beside what there is already */
import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyClaim, emptyDraft, type Draft } from "../../web/app/edit/draft";
import { idIn, unlisted, type Lists } from "../../web/app/edit/form";
import { namesakesIn, withMet } from "../../web/app/edit/lists";

const NONE: Lists = { subject: { items: [], next: null }, quantity: null, scope: null, agent: null, source: { items: [], next: null } };
const TWINS = [{ id: "twin-b", title: "The Twin" }, { id: "twin-a", title: "The twin" }, { id: "the", title: "Another" }];

test("an id is its own, whatever else is called so", () => {
  const lists = withMet(NONE, { source: [{ id: "one", title: "two" }, { id: "two", title: "Two" }] });
  assert.deepEqual(["two", "Two", " one ", "Three!"].map((text) => idIn(lists, "source", text)), ["two", "one", "one", "three"]);
});

test("a title that several sources have is told where it stands", () => {
  const source = { ...emptyDraft().source, relation: "cites", related: "The Twin" } as const, hop = { role: "speaker", agent: "Ada", via: "the twin " } as const;
  const draft: Draft = { ...emptyDraft(), source, claims: [emptyClaim(), { ...emptyClaim(), hops: [hop, { ...hop, via: "twin-a" }, { ...hop, via: "the" }] }] };
  const ids = ["twin-a", "twin-b"], lists = withMet(NONE, { source: TWINS });
  assert.deepEqual(namesakesIn(draft, lists), [{ pointer: "/relations/0/source", ids }, { pointer: "/claims/1/attribution/0/via", ids }]);
});

test("what is met twice is there once, and what is met is not made", () => {
  const met = { subject: [{ id: "alpha", name: "Alpha" }] }, lists = withMet(withMet(NONE, met), met), made = { id: "alpha", kind: "subject", name: "Alpha", members: {} } as const;
  assert.equal(lists.subject?.items.length, 1);
  assert.deepEqual([NONE, lists].map((known) => Object.keys(unlisted({ ...emptyDraft(), made: { "subject/alpha": made } }, known).made)), [["subject/alpha"], []]);
  assert.equal(withMet(lists, met).subject, lists.subject);
});
