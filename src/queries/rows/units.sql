SELECT unit.*, unit AS whole{sort}
FROM unit
WHERE true {filters}
