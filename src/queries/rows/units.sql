SELECT unit.*{sort}
FROM unit
WHERE true {filters}
