-- claims: each with all that it takes to judge it
SELECT claim.id,
       claim.statement,
       claim.kind,
       subject.id AS "subject.id",
       subject.name AS "subject.name",
       quantity.id AS "quantity.id",
       quantity.name AS "quantity.name",
       claim.figure_as_printed AS "figure.as_printed",
       trim_scale(claim.figure_value) AS "figure.value",
       trim_scale(lower(claim.figure_extent)) AS "figure.low",
       trim_scale(upper(claim.figure_extent)) AS "figure.high",
       claim.figure_bound AS "figure.bound",
       claim.figure_unit_id AS "figure.unit",
       claimant.id AS "claimant.id",
       claimant.name AS "claimant.name",
       claimant.kind AS "claimant.kind",
       (SELECT coalesce(json_agg(json_build_object(
                   'agent', json_build_object('id', agent.id, 'name', agent.name, 'kind', agent.kind),
                   'role', attribution.role,
                   'via', CASE WHEN via.id IS NOT NULL THEN source_reference(via) END) ORDER BY attribution.position), '[]')
        FROM attribution
        JOIN agent ON agent.id = attribution.agent_id
        LEFT JOIN source AS via ON via.id = attribution.via_id
        WHERE attribution.claim_id = claim.id) AS attribution,
       claim.stance,
       claim.hedge,
       claim.scope_id AS scope,
       claim.period,
       claim.line AS "locator.line",
       source.id AS "source.id",
       source.title AS "source.title",
       source.language AS "source.language",
       claim.proposition_id AS "proposition.id",
       corroboration.claims AS "proposition.claims",
       corroboration.sources AS "proposition.sources",
       corroboration.origins AS "proposition.origins",
       corroboration.disputed AS "proposition.disputed",
       claim.created_at
FROM claim
JOIN subject ON subject.id = claim.subject_id
LEFT JOIN quantity ON quantity.id = claim.quantity_id
LEFT JOIN unit ON unit.id = claim.figure_unit_id
JOIN agent AS claimant ON claimant.id = claim.claimant_id
JOIN source ON source.id = claim.source_id
CROSS JOIN LATERAL proposition_corroboration(claim.proposition_id) AS corroboration
WHERE true {filters}
ORDER BY claim.id
LIMIT {limit}
