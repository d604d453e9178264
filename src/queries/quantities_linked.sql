-- quantities_linked: the same as JSON-LD
SELECT quantity_linked(quantity.whole) AS document{keys}
FROM {rows} AS quantity
{order}
