-- quantities: what figures measure, in which unit they compare, and where each ends
SELECT quantity.id,
       quantity.name,
       quantity.definition,
       quantity.dimension_id AS dimension,
       quantity.unit_id AS unit,
       tally_of('quantity', quantity.id) AS claims{keys}
FROM {rows} AS quantity
{order}
