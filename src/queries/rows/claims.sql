SELECT claim.*, claim AS whole{sort}
FROM claim
JOIN source ON source.id = claim.source_id
LEFT JOIN unit ON unit.id = claim.figure_unit_id
WHERE true {filters}
