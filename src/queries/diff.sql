-- diff: one thing at two moments, and what is different
SELECT diff."from", diff."to", diff.before, diff.after, diff.changes
FROM {rows} AS diff
