-- propositions: what claims have in common, and how well it is corroborated
SELECT proposition.id,
       proposition.statement,
       corroboration.claims,
       corroboration.sources,
       corroboration.origins,
       corroboration.disputed,
       proposition_stances(proposition.id) AS stances{keys}
FROM {rows} AS proposition
CROSS JOIN LATERAL proposition_corroboration(proposition.id) AS corroboration
{order}
