SELECT subject.*{sort}
FROM subject
WHERE true {filters}
