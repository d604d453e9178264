-- comparisons_linked: comparisons as JSON-LD, each in short
SELECT finding_linked(
           finding_of(comparison.whole, {stance}),
           coalesce(curated.title, quantity.name || ' of ' || subject.name),
           curated.description,
           {stance}) AS document{keys}
FROM {rows} AS comparison
LEFT JOIN comparison AS curated ON curated.id = comparison.id
LEFT JOIN subject ON subject.id = comparison.subject_id
LEFT JOIN quantity ON quantity.id = comparison.quantity_id
{order}
