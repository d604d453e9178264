-- propositions: what claims have in common, and how well it is corroborated
SELECT proposition.id,
       proposition.statement,
       coalesce(corroboration.claims, 0) AS claims,
       coalesce(corroboration.sources, 0) AS sources,
       coalesce(corroboration.origins, 0) AS origins,
       coalesce(corroboration.disputed, 0) AS disputed,
       corroboration_stances(corroboration) AS stances{keys}
FROM {rows} AS proposition
LEFT JOIN corroboration ON corroboration.proposition_id = proposition.id
{order}
