-- comparisons_linked: comparisons as JSON-LD, each in short
SELECT comparison_linked(comparison.whole, outcome, false) AS document{keys}
FROM {rows} AS comparison
CROSS JOIN LATERAL compare(
    comparison.claims,
    comparison_baseline(comparison.claims, NULL, comparison.baseline_id, {stance}),
    NULL,
    {stance}) AS outcome
{order}
