/** Targets of the API with their parameters */
import assert from "node:assert/strict";
import { test } from "node:test";
import { target } from "../../web/app/api";
import { throwing } from "./dice";

test("parameters without a value are left out", () => {
  assert.equal(target("/v1/claims", { q: "", subject: null, sort: undefined }), "/v1/claims");
  assert.equal(target("/v1/claims", { limit: 0, q: "R1" }), "/v1/claims?limit=0&q=R1");
});

test("lists can be read in the address", () => {
  assert.equal(target("/v1/claims", { stance: "asserts,reports", q: "a b" }), "/v1/claims?stance=asserts,reports&q=a%20b");
});

test("any text comes through", throwing((dice) => {
  const text = `${dice.one(["", " ", "+", "%", "&", "#"])}${dice.digits(2)}${dice.one([",", "=", "ü", "😀", "%2C", "+", "\""])}`;
  assert.equal(new URL(target("/v1/claims", { q: text, limit: 5 }), "http://localhost").searchParams.get("q"), text);
}));
