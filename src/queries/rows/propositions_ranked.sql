SELECT proposition.*, proposition AS whole, found.*
FROM (SELECT proposition.id AS found_id{sort}
      FROM (WITH asked AS MATERIALIZED (SELECT search_query({q}) AS query),
                 frequent AS MATERIALIZED (SELECT search_is_frequent('proposition', query, 10000) AS is_so FROM asked)
            (SELECT proposition.id, proposition.search
             FROM proposition
             WHERE NOT (SELECT is_so FROM frequent) AND proposition.search @@ (SELECT query FROM asked)
             LIMIT 10000)
            UNION ALL
            (SELECT first.id, first.search
             FROM (SELECT proposition.id, proposition.search FROM proposition ORDER BY proposition.id LIMIT 30000) AS first
             WHERE (SELECT is_so FROM frequent) AND first.search @@ (SELECT query FROM asked)
             LIMIT 1000)) AS proposition
      WHERE true {filters}
      {order}) AS found
JOIN proposition ON proposition.id = found.found_id
