-- comparisons_linked: comparisons as JSON-LD, each in short
SELECT comparison_linked(comparison.whole, outcome, false) AS document{keys}
FROM {rows} AS comparison
CROSS JOIN LATERAL comparison_outcome(comparison.claims, comparison.baseline_id, {stance}) AS outcome
{order}
