-- sources_linked: the same as JSON-LD
SELECT source_linked(source.whole) AS document{keys}
FROM {rows} AS source
{order}
