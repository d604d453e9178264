-- comparison_linked: one comparison as JSON-LD
SELECT comparison_linked(comparison.whole, outcome) AS document
FROM {rows} AS comparison
CROSS JOIN LATERAL compare(
    comparison.claims,
    comparison_baseline(comparison.claims, {baseline}, comparison.baseline_id, {stance}),
    {unit},
    {stance}) AS outcome
