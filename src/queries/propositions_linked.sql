-- propositions_linked: the same as JSON-LD
SELECT proposition_linked(proposition.whole) AS document{keys}
FROM {rows} AS proposition
{order}
