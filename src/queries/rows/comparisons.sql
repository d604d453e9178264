SELECT finding.*, finding AS whole{sort}
FROM finding
WHERE finding.listed {filters}
