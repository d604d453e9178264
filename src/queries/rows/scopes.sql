SELECT scope.*, scope AS whole{sort}
FROM scope
WHERE true {filters}
