SELECT agent.*{sort}
FROM agent
WHERE true {filters}
