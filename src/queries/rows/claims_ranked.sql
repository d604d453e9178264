SELECT claim.*{sort}
FROM (WITH asked AS MATERIALIZED (SELECT search_query({q}) AS query),
           frequent AS MATERIALIZED (SELECT search_is_frequent('claim', query) AS is_so FROM asked)
      SELECT claim.*, claim AS whole
      FROM claim
      WHERE NOT (SELECT is_so FROM frequent) AND claim.search @@ (SELECT query FROM asked)
      UNION ALL
      (SELECT newest.*
       FROM (SELECT claim.*, claim AS whole FROM claim ORDER BY claim.created_at DESC, claim.id DESC LIMIT 50000) AS newest
       WHERE (SELECT is_so FROM frequent) AND newest.search @@ (SELECT query FROM asked)
       LIMIT 1000)) AS claim
WHERE true {filters}
