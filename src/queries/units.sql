-- units: what figures are given in, and how they convert
SELECT unit.id,
       unit.name,
       unit.dimension_id AS dimension,
       trim_scale(unit.factor) AS factor{keys}
FROM {rows} AS unit
{order}
