-- compare: the outcome alone, for figures that the caller picks
SELECT outcome.*
FROM {rows} AS comparison
CROSS JOIN LATERAL compare(comparison.claims, {baseline}, {unit}, {stance}, comparison.baseline_id) AS outcome
