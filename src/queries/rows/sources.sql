SELECT source.*, source AS whole{sort}
FROM source
WHERE true {filters}
