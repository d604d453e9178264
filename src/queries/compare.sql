-- compare: the outcome alone, for figures that the caller picks
SELECT outcome.*
FROM {rows} AS comparison
CROSS JOIN LATERAL compare(
    comparison.claims,
    comparison_baseline(comparison.claims, {baseline}, comparison.baseline_id, {stance}),
    {unit},
    {stance}) AS outcome
