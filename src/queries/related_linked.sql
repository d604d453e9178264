-- related_linked: the same as JSON-LD
SELECT claim_linked(claim.whole) AS document{keys}
FROM {rows} AS claim
{order}
