SELECT quantity.*, quantity AS whole{sort}
FROM quantity
WHERE true {filters}
