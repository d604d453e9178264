-- comparison_figures: the figures of one comparison, a row each
SELECT figure.claim,
       figure.statement,
       figure.subject ->> 'id' AS subject,
       figure.quantity ->> 'id' AS quantity,
       figure.source ->> 'id' AS source,
       figure.claimant ->> 'id' AS claimant,
       figure.stance,
       figure.hedge,
       figure.scope,
       figure.period,
       figure.figure ->> 'as_printed' AS "figure.as_printed",
       (figure.figure ->> 'value')::numeric AS "figure.value",
       (figure.figure ->> 'low')::numeric AS "figure.low",
       (figure.figure ->> 'high')::numeric AS "figure.high",
       figure.figure ->> 'bound' AS "figure.bound",
       figure.figure ->> 'unit' AS "figure.unit",
       (figure.amount ->> 'value')::numeric AS "amount.value",
       (figure.amount ->> 'low')::numeric AS "amount.low",
       (figure.amount ->> 'high')::numeric AS "amount.high",
       outcome.unit,
       figure.ratio_to_baseline::numeric,
       figure.difference_to_baseline::numeric,
       figure.claim = outcome.baseline AS is_baseline{keys}
FROM {rows} AS comparison
CROSS JOIN LATERAL compare(comparison.claims, {baseline}, {unit}, {stance}, comparison.baseline_id) AS outcome
CROSS JOIN LATERAL json_to_recordset(outcome.figures) AS figure (
    claim text, statement text, subject json, quantity json, source json, claimant json, stance text, hedge text,
    scope text, period text, figure json, amount json, ratio_to_baseline text, difference_to_baseline text)
