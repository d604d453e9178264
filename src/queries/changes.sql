-- changes: what was done to things, in the order in which it was committed
SELECT revision.seq,
       revision.change,
       revision.kind,
       revision.id,
       revision.action,
       revision.author,
       revision.at,
       revision.comment{keys}
FROM {rows} AS revision
{order}
