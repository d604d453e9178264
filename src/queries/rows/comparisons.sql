SELECT comparison_set.*{sort}
FROM comparison_set
WHERE true {filters}
