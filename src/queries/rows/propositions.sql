SELECT proposition.*, proposition AS whole{sort}
FROM proposition
WHERE true {filters}
