SELECT * FROM revision_diff({kind}, {id}, {from}, {to})
