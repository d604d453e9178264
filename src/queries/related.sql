-- related: the other claims that say the same thing as one, or stand in a comparison with it
SELECT claim.id,
       claim.statement,
       claim.kind,
       claim.figure_as_printed AS "figure.as_printed",
       trim_scale(claim.figure_value) AS "figure.value",
       trim_scale(lower(claim.figure_extent)) AS "figure.low",
       trim_scale(upper(claim.figure_extent)) AS "figure.high",
       claim.figure_bound AS "figure.bound",
       claim.figure_unit_id AS "figure.unit",
       claim.stance,
       claim.hedge,
       claim.line AS "locator.line",
       source.id AS "source.id",
       source.title AS "source.title",
       source.language AS "source.language",
       claim.relations{keys}
FROM {rows} AS claim
JOIN source ON source.id = claim.source_id
{order}
