SELECT source.*{sort}
FROM source
WHERE true {filters}
