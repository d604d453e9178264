SELECT claim.*, claim AS whole{sort}
FROM claim
WHERE true {filters}
