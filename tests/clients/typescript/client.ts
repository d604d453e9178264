// A client that knows the service by its contract alone: its types are made from /openapi.json, its values are the articles'.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];
type Problem =
  | Schemas["Merged"] | Schemas["BadRequest"] | Schemas["Unauthorized"] | Schemas["NotFound"] | Schemas["NotAcceptable"] | Schemas["Gone"]
  | Schemas["TooManyRequests"] | Schemas["Unavailable"] | Schemas["OtherProblem"];

const base = process.argv[2] ?? assert.fail("usage: client BASE-URL");
const api = createClient<paths, "application/json" | "application/problem+json">({
  baseUrl: base,
  querySerializer: { array: { style: "form", explode: false } },
});

/** The pages of a source's claims, by way of their `next` links. */
async function pagesOf(source: string, limit: number): Promise<Schemas["Claim"][][]> {
  const pages: Schemas["Claim"][][] = [];
  let query: { limit?: number; cursor?: string } = { limit };
  for (;;) {
    const { data, error } = await api.GET("/v1/sources/{id}/claims", { params: { path: { id: source }, query } });
    assert(data, error?.detail);
    pages.push(data.items);
    if (data.next === null) {
      return pages;
    }
    query = Object.fromEntries(new URL(data.next, base).searchParams);
  }
}

/** What a program would do about a problem; the compiler knows that no status is forgotten. */
function remedy(problem: Problem): string {
  switch (problem.status) {
    case 400:
      return problem.type === "/problems/invalid-parameter"
        ? `correct ${problem.errors?.map((error) => "parameter" in error ? error.parameter : error.pointer).join(" and ")}`
        : "correct the request";
    case 401:
      return "ask the operator for a token";
    case 307:
    case 404:
    case 410:
      return "look elsewhere";
    case 405:
    case 406:
    case 414:
    case 431:
      return "mend the client";
    case 500:
      return "tell the operator";
    case 429:
    case 503:
    case 504:
      return "try again";
  }
}

async function followsNextToTheEnd(): Promise<void> {
  const pages = await pagesOf("r1-under-300000", 20);
  assert.deepEqual(pages.map((page) => page.length), [20, 20, 4]);
  const claims = pages.flat();
  assert.equal(new Set(claims.map((claim) => claim.id)).size, claims.length);
  const cost = claims.find((claim) => claim.id === "r1-under-300000-03-training-cost-294000");
  assert.equal(cost?.figure?.as_printed, "294.000 US-Dollar");
  assert.equal(cost.figure.value, "294000");
  assert.equal(cost.quantity?.name, "Training cost");
}

async function readsAComparison(): Promise<void> {
  const { data } = await api.GET("/v1/comparisons/{id}", { params: { path: { id: "what-training-r1-cost" } } });
  assert(data);
  assert.deepEqual(data.spread, { min: "294000", max: "5600000", ratio: "19.05" });
  assert.equal(data.verdict, "conflict");
  assert.equal(data.figures.length, 6);
  // @ts-expect-error: the service never says "true", and the compiler knows.
  assert.equal(data.truth, undefined);
}

async function comparesFiguresOfItsChoice(): Promise<void> {
  const claims = ["affordability-myth-15-fleet-value-1-6-billion", "r1-under-300000-03-training-cost-294000"];
  const { data } = await api.GET("/v1/compare", { params: { query: { claims } } });
  assert.deepEqual(data?.pairs.map((pair) => [pair.ratio, pair.verdict]), [["5442", "incomparable"]]);
}

async function knowsAProblemByItsType(): Promise<void> {
  const refused = await api.GET("/v1/sources", { params: { query: { limit: 0 } } });
  assert(refused.error);
  assert.equal(remedy(refused.error), "correct limit");
  const missing = await api.GET("/v1/claims/{id}", { params: { path: { id: "no-such-claim" } } });
  assert(missing.error);
  assert.equal(remedy(missing.error), "look elsewhere");
}

await followsNextToTheEnd();
await readsAComparison();
await comparesFiguresOfItsChoice();
await knowsAProblemByItsType();
