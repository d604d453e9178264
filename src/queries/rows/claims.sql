SELECT claim.*, claim AS whole{sort}
FROM claim
JOIN source ON source.id = claim.source_id
WHERE true {filters}
