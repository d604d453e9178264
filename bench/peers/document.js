// document: a claim's document out of its row, and the schemas by which Fastify writes JSON without asking for each value's type
"use strict";

const text = { type: "string" };
const texts = { type: "array", items: text };
const textOrNull = { type: ["string", "null"] };
const whole = { type: "integer" };
const object = (properties) => ({ type: "object", properties });
const named = object({ id: text, name: text });
const agent = object({ id: text, name: text, kind: text });
const source = object({ id: text, title: textOrNull, language: textOrNull });
const orNull = (schema) => ({ ...schema, nullable: true });

const claimSchema = object({
  id: text,
  statement: text,
  kind: text,
  subject: named,
  quantity: orNull(named),
  figure: orNull(object({ as_printed: text, value: textOrNull, low: textOrNull, high: textOrNull, bound: text, unit: text })),
  operands: orNull(object({ numerators: texts, denominators: texts })),
  claimant: agent,
  attribution: { type: "array", items: object({ agent, role: text, via: orNull(source) }) },
  stance: text,
  hedge: text,
  scope: textOrNull,
  period: textOrNull,
  locator: object({ line: whole }),
  source,
  proposition: object({ id: text, claims: whole, sources: whole, origins: whole, disputed: whole }),
  created_at: text,
});

const pageSchema = object({ limit: { type: "integer", minimum: 1, maximum: 200 }, cursor: text });
const listSchema = object({ items: { type: "array", items: claimSchema }, next: textOrNull });

const documentOf = (row) => ({
  id: row.id,
  statement: row.statement,
  kind: row.kind,
  subject: { id: row.subject_id, name: row.subject_name },
  quantity: row.quantity_id && { id: row.quantity_id, name: row.quantity_name },
  figure: row.figure_as_printed && {
    as_printed: row.figure_as_printed,
    value: row.figure_value,
    low: row.figure_low,
    high: row.figure_high,
    bound: row.figure_bound,
    unit: row.figure_unit_id,
  },
  operands: row.operands,
  claimant: { id: row.claimant_id, name: row.claimant_name, kind: row.claimant_kind },
  attribution: row.attribution,
  stance: row.stance,
  hedge: row.hedge,
  scope: row.scope_id,
  period: row.period,
  locator: { line: row.line },
  source: { id: row.source_id, title: row.source_title, language: row.source_language },
  proposition: { id: row.proposition_id, claims: row.claims, sources: row.sources, origins: row.origins, disputed: row.disputed },
  created_at: row.created_at,
});

module.exports = { claimSchema, listSchema, pageSchema, documentOf };
