SELECT revision.change AS revision, revision.action, change.author, change.at, change.comment{sort}
FROM revision JOIN change ON change.id = revision.change
WHERE true {filters}
