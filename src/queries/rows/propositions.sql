SELECT proposition.*{sort}
FROM proposition
WHERE true {filters}
