SELECT quantity.*{sort}
FROM quantity
WHERE true {filters}
