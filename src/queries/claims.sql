-- claims: each with all that it takes to judge it
SELECT claim.id,
       claim.statement,
       claim.kind,
       claim.subject_id AS "subject.id",
       claim.subject_name AS "subject.name",
       {embed subject|
       subject.kind AS "subject.kind",
       subject.description AS "subject.description",
       tally_of('subject', claim.subject_id) AS "subject.claims",}
       claim.quantity_id AS "quantity.id",
       claim.quantity_name AS "quantity.name",
       {embed quantity|
       quantity.definition AS "quantity.definition",
       quantity.dimension_id AS "quantity.dimension",
       quantity.unit_id AS "quantity.unit",
       CASE WHEN claim.quantity_id IS NOT NULL THEN tally_of('quantity', claim.quantity_id) END AS "quantity.claims",}
       claim.figure_as_printed AS "figure.as_printed",
       trim_scale(claim.figure_value) AS "figure.value",
       trim_scale(lower(claim.figure_extent)) AS "figure.low",
       trim_scale(upper(claim.figure_extent)) AS "figure.high",
       claim.figure_bound AS "figure.bound",
       claim.figure_unit_id AS "figure.unit",
       CASE WHEN claim.kind = 'multiple' THEN claim_operands(claim.id) END AS operands,
       claim.claimant_id AS "claimant.id",
       claim.claimant_name AS "claimant.name",
       claim.claimant_kind AS "claimant.kind",
       {embed claimant|
       claimant.source_id AS "claimant.source",
       tally_of('agent', claim.claimant_id) AS "claimant.claims",}
       claim.attribution,
       claim.stance,
       claim.hedge,
       claim.scope_id AS scope,
       claim.period,
       claim.line AS "locator.line",
       claim.source_id AS "source.id",
       {embed source|source.kind AS "source.kind",}
       claim.source_title AS "source.title",
       {embed source|source.description AS "source.description",}
       claim.language AS "source.language",
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
       {linked|claim_linked(claim.whole) AS linked,}
       claim.created_at{keys}
FROM {rows} AS claim
{embed subject|JOIN subject ON subject.id = claim.subject_id}
{embed quantity|LEFT JOIN quantity ON quantity.id = claim.quantity_id}
{embed claimant|JOIN agent AS claimant ON claimant.id = claim.claimant_id}
{embed source|
JOIN source ON source.id = claim.source_id
LEFT JOIN agent AS publisher ON publisher.id = source.publisher_id}
JOIN corroboration ON corroboration.proposition_id = claim.proposition_id
{order}
