-- scopes: what part of a quantity a figure covers
SELECT scope.id,
       scope.name,
       scope.definition{keys}
FROM {rows} AS scope
{order}
