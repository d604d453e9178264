SELECT subject.*, subject AS whole{sort}
FROM subject
WHERE true {filters}
