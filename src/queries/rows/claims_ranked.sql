SELECT claim.*, claim AS whole, found.*
FROM (SELECT claim.id AS found_id{sort}
      FROM (WITH asked AS MATERIALIZED (SELECT search_query({q}) AS query),
                 frequent AS MATERIALIZED (SELECT search_is_frequent('claim', query, 10000) AS is_so FROM asked)
            (SELECT claim.id, claim.search
             FROM claim
             WHERE NOT (SELECT is_so FROM frequent) AND claim.search @@ (SELECT query FROM asked)
             LIMIT 10000)
            UNION ALL
            (SELECT newest.id, newest.search
             FROM (SELECT claim.id, claim.search FROM claim ORDER BY claim.created_at DESC, claim.id DESC LIMIT 30000) AS newest
             WHERE (SELECT is_so FROM frequent) AND newest.search @@ (SELECT query FROM asked)
             LIMIT 1000)) AS claim
      WHERE true {filters}
      {order}) AS found
JOIN claim ON claim.id = found.found_id
