SELECT claim.*, claim AS whole, related.relations{sort}
FROM related_claims({id}) AS related
JOIN claim ON claim.id = related.id
WHERE true {filters}
