SELECT proposition.*{sort}
FROM (WITH asked AS MATERIALIZED (SELECT search_query({q}) AS query),
           frequent AS MATERIALIZED (SELECT search_is_frequent('proposition', query) AS is_so FROM asked)
      SELECT proposition.*, proposition AS whole
      FROM proposition
      WHERE NOT (SELECT is_so FROM frequent) AND proposition.search @@ (SELECT query FROM asked)
      UNION ALL
      (SELECT first.*
       FROM (SELECT proposition.*, proposition AS whole FROM proposition ORDER BY proposition.id LIMIT 50000) AS first
       WHERE (SELECT is_so FROM frequent) AND first.search @@ (SELECT query FROM asked)
       LIMIT 1000)) AS proposition
WHERE true {filters}
