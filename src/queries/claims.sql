-- claims: each with all that it takes to judge it
SELECT claim.id,
       claim.statement,
       claim.kind,
       subject.id AS "subject.id",
       subject.name AS "subject.name",
       {embed subject|
       subject.kind AS "subject.kind",
       subject.description AS "subject.description",
       tally_of('subject', subject.id) AS "subject.claims",}
       quantity.id AS "quantity.id",
       quantity.name AS "quantity.name",
       {embed quantity|
       quantity.definition AS "quantity.definition",
       quantity.dimension_id AS "quantity.dimension",
       quantity.unit_id AS "quantity.unit",
       tally_of('quantity', quantity.id) AS "quantity.claims",}
       claim.figure_as_printed AS "figure.as_printed",
       trim_scale(claim.figure_value) AS "figure.value",
       trim_scale(lower(claim.figure_extent)) AS "figure.low",
       trim_scale(upper(claim.figure_extent)) AS "figure.high",
       claim.figure_bound AS "figure.bound",
       claim.figure_unit_id AS "figure.unit",
       claimant.id AS "claimant.id",
       claimant.name AS "claimant.name",
       claimant.kind AS "claimant.kind",
       {embed claimant|
       claimant.source_id AS "claimant.source",
       tally_of('agent', claimant.id) AS "claimant.claims",}
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
       {embed source|source.kind AS "source.kind",}
       source.title AS "source.title",
       {embed source|source.description AS "source.description",}
       source.language AS "source.language",
       {embed source|
       source.url AS "source.url",
       source.author AS "source.author",
       publisher.id AS "source.publisher.id",
       publisher.name AS "source.publisher.name",
       publisher.kind AS "source.publisher.kind",
       source.published_at AS "source.published_at",
       source.revised_at AS "source.revised_at",
       source.content_sha256 AS "source.content_sha256",
       source.origin_id AS "source.origin.id",
       tally_of('origin', source.origin_id) AS "source.origin.sources",
       source_relations(source.id) AS "source.relations",
       tally_of('source', source.id) AS "source.claims",
       source.created_at AS "source.created_at",}
       claim.proposition_id AS "proposition.id",
       {embed proposition|
       (SELECT proposition.statement FROM proposition WHERE proposition.id = claim.proposition_id) AS "proposition.statement",}
       corroboration.claims AS "proposition.claims",
       corroboration.sources AS "proposition.sources",
       corroboration.origins AS "proposition.origins",
       corroboration.disputed AS "proposition.disputed",
       {embed proposition|corroboration_stances(corroboration) AS "proposition.stances",}
       {embed comparisons|claim_comparisons(claim.id) AS comparisons,}
       claim.created_at{keys}
FROM {rows} AS claim
JOIN subject ON subject.id = claim.subject_id
LEFT JOIN quantity ON quantity.id = claim.quantity_id
JOIN agent AS claimant ON claimant.id = claim.claimant_id
JOIN source ON source.id = claim.source_id
{embed source|LEFT JOIN agent AS publisher ON publisher.id = source.publisher_id}
JOIN corroboration ON corroboration.proposition_id = claim.proposition_id
{order}
