-- comparison_linked: one comparison as JSON-LD
SELECT comparison_linked(comparison.whole, outcome, true, {stance}) AS document{keys}
FROM {rows} AS comparison
CROSS JOIN LATERAL compare(comparison.claims, {baseline}, {unit}, {stance}, comparison.baseline_id) AS outcome
