-- units_linked: the same as JSON-LD
SELECT unit_linked(unit.whole) AS document{keys}
FROM {rows} AS unit
{order}
