-- propositions: what claims have in common, and how well it is corroborated
SELECT proposition.id,
       proposition.statement,
       corroboration.claims,
       corroboration.sources,
       corroboration.origins,
       corroboration.disputed,
       (SELECT json_object_agg(counted.stance, counted.claims ORDER BY counted.stance)
        FROM (SELECT known.stance, count(claim.id) AS claims
              FROM unnest(enum_range(NULL::stance)) AS known (stance)
              LEFT JOIN claim ON claim.stance = known.stance AND claim.proposition_id = proposition.id
              GROUP BY known.stance) AS counted) AS stances
FROM proposition
CROSS JOIN LATERAL proposition_corroboration(proposition.id) AS corroboration
WHERE true {filters}
ORDER BY proposition.id
LIMIT {limit}
