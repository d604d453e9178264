-- scopes: what part of a quantity a figure covers
SELECT scope.id,
       scope.name,
       scope.definition
FROM scope
WHERE true {filters}
ORDER BY scope.id
LIMIT {limit}
