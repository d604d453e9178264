SELECT comparison_set.*, comparison_set AS whole{sort}
FROM comparison_set
WHERE true {filters}
