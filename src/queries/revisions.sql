-- revisions: what was done to one thing, by whom, when and why
SELECT revision.revision,
       revision.action,
       revision.author,
       revision.at,
       revision.comment{keys}
FROM {rows} AS revision
{order}
