-- comparisons: curated and derived ones, each with its outcome in short
SELECT comparison.id,
       comparison.kind,
       comparison.title,
       comparison.description,
       subject.id AS "subject.id",
       subject.name AS "subject.name",
       quantity.id AS "quantity.id",
       quantity.name AS "quantity.name",
       outcome.unit,
       outcome.baseline,
       outcome.figure_count + json_array_length(outcome.stated_multiples) AS claims,
       outcome.sources,
       outcome.origins,
       outcome.spread,
       outcome.verdict{keys}
FROM {rows} AS comparison
LEFT JOIN subject ON subject.id = comparison.subject_id
LEFT JOIN quantity ON quantity.id = comparison.quantity_id
CROSS JOIN LATERAL comparison_outcome(comparison.claims, comparison.baseline_id, {stance}) AS outcome
{order}
