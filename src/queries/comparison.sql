-- comparison: one of them, worked out
SELECT comparison.id,
       comparison.kind,
       comparison.title,
       comparison.description,
       subject.id AS "subject.id",
       subject.name AS "subject.name",
       quantity.id AS "quantity.id",
       quantity.name AS "quantity.name",
       {linked|comparison_linked(comparison.whole, outcome, false, asked.stances) AS linked,}
       outcome.*{keys}
FROM {rows} AS comparison
LEFT JOIN subject ON subject.id = comparison.subject_id
LEFT JOIN quantity ON quantity.id = comparison.quantity_id
CROSS JOIN (SELECT {stance}::stance[] AS stances) AS asked
CROSS JOIN LATERAL compare(comparison.claims, {baseline}, {unit}, asked.stances, comparison.baseline_id) AS outcome
