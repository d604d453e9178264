SELECT scope.*{sort}
FROM scope
WHERE true {filters}
