-- scopes_linked: the same as JSON-LD
SELECT scope_linked(scope.whole) AS document{keys}
FROM {rows} AS scope
{order}
