// fastify: claims by Fastify with pg or postgres, in as many processes, the same documents as claimd's
"use strict";

const cluster = require("node:cluster");
const { createHmac, timingSafeEqual } = require("node:crypto");
const { claimSchema, listSchema, pageSchema, documentOf } = require("./document");

const { DRIVER, PORT, PROCESSES, CURSOR_PREFIX, CURSOR_KEY } = process.env;
const CONNECTIONS = 12 / Number(PROCESSES);

const SELECT = `
  SELECT claim.id, claim.statement, claim.kind, claim.subject_id, claim.subject_name, claim.quantity_id, claim.quantity_name,
         claim.figure_as_printed, trim_scale(claim.figure_value)::text AS figure_value,
         trim_scale(lower(claim.figure_extent))::text AS figure_low, trim_scale(upper(claim.figure_extent))::text AS figure_high,
         claim.figure_bound, claim.figure_unit_id, claim.claimant_id, claim.claimant_name, claim.claimant_kind, claim.attribution,
         CASE WHEN claim.kind = 'multiple' THEN claim_operands(claim.id) END AS operands, claim.stance, claim.hedge, claim.scope_id, claim.period, claim.line,
         claim.source_id, claim.source_title, claim.language AS source_language,
         claim.proposition_id, counts.claims::int, counts.sources::int, counts.origins::int, counts.disputed::int,
         to_char(claim.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at
  FROM claim
  JOIN corroboration AS counts ON counts.proposition_id = claim.proposition_id`;
const ONE = `${SELECT} WHERE claim.id = $1`;
// The limit is text, so that the plan is made for it.
const pageOf = (limit) => `${SELECT} WHERE claim.id > $1 ORDER BY claim.id LIMIT ${limit}`;

// Planning takes longer than running, and the plan is the same for all values.
const SETTINGS = { plan_cache_mode: "force_generic_plan" };

// Each driver's way to run a statement that is prepared once a connection.
const drivers = {
  pg() {
    const { Pool } = require("pg");
    const options = Object.entries(SETTINGS).map(([name, value]) => `-c ${name}=${value}`).join(" ");
    const pool = new Pool({ max: CONNECTIONS, options });
    return async (name, text, values) => (await pool.query({ name, text, values })).rows;
  },
  postgres() {
    const sql = require("postgres")({ max: CONNECTIONS, connection: SETTINGS });
    return (name, text, values) => sql.unsafe(text, values, { prepare: true });
  },
};

// Sealed, as claimd's are.
const SEAL_DIGITS = 22;
const sealOf = (text) => createHmac("sha256", CURSOR_KEY).update(text).digest().subarray(0, 16).toString("base64url");

function cursorOf(id) {
  const text = Buffer.from(CURSOR_PREFIX + id).toString("base64url");
  return text + sealOf(text);
}

function idOf(cursor) {
  if (!cursor) return "";
  const text = cursor.slice(0, -SEAL_DIGITS);
  if (!timingSafeEqual(Buffer.from(cursor.slice(-SEAL_DIGITS)), Buffer.from(sealOf(text)))) throw new Error("not a cursor of this service");
  return Buffer.from(text, "base64url").toString().slice(CURSOR_PREFIX.length);
}

function serve() {
  const run = drivers[DRIVER]();
  const app = require("fastify")({ logger: false });
  app.get("/ready", () => "ready");
  app.get("/v1/claims/:id", { schema: { response: { 200: claimSchema } } }, async (request, reply) => {
    const [row] = await run("claim", ONE, [request.params.id]);
    return row ? documentOf(row) : reply.code(404).send();
  });
  app.get("/v1/claims", { schema: { querystring: pageSchema, response: { 200: listSchema } } }, async (request) => {
    const { limit, cursor } = request.query;
    const rows = await run(`claims-${limit}`, pageOf(limit + 1), [idOf(cursor)]);
    const more = rows.length > limit;
    const items = (more ? rows.slice(0, limit) : rows).map(documentOf);
    return { items, next: more ? `/v1/claims?limit=${limit}&cursor=${cursorOf(items[limit - 1].id)}` : null };
  });
  app.listen({ port: Number(PORT), host: "127.0.0.1", backlog: 4096 });
}

if (Number(PROCESSES) > 1 && cluster.isPrimary) {
  for (let count = 0; count < Number(PROCESSES); count++) cluster.fork();
} else {
  serve();
}
