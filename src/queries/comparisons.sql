-- comparisons: curated and derived ones, each with its outcome
SELECT comparison_set.id,
       comparison_set.kind,
       comparison_set.title,
       comparison_set.description,
       subject.id AS "subject.id",
       subject.name AS "subject.name",
       quantity.id AS "quantity.id",
       quantity.name AS "quantity.name",
       outcome.unit,
       outcome.baseline,
       cardinality(comparison_set.claims) AS claims,
       outcome.sources,
       outcome.origins,
       outcome.spread,
       outcome.verdict
FROM (
    SELECT *
    FROM comparison_set
    WHERE true {filters}
    ORDER BY comparison_set.id
    LIMIT {limit}) AS comparison_set
LEFT JOIN subject ON subject.id = comparison_set.subject_id
LEFT JOIN quantity ON quantity.id = comparison_set.quantity_id
CROSS JOIN LATERAL compare(comparison_set.claims, comparison_set.baseline_id) AS outcome
ORDER BY comparison_set.id
