-- comparisons: curated and derived ones, each with its outcome in short
SELECT comparison.id,
       comparison.kind,
       coalesce(curated.title, quantity.name || ' of ' || subject.name) AS title,
       curated.description,
       subject.id AS "subject.id",
       subject.name AS "subject.name",
       quantity.id AS "quantity.id",
       quantity.name AS "quantity.name",
       outcome.unit,
       outcome.baseline,
       outcome.claims,
       outcome.sources,
       outcome.origins,
       spread(outcome.smallest, outcome.largest) AS spread,
       outcome.verdict{keys}
FROM {rows} AS comparison
LEFT JOIN comparison AS curated ON curated.id = comparison.id
LEFT JOIN subject ON subject.id = comparison.subject_id
LEFT JOIN quantity ON quantity.id = comparison.quantity_id
CROSS JOIN LATERAL finding_of(comparison.whole, {stance}) AS outcome
{order}
