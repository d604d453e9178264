-- migrate:up

-- Comparisons of one verdict in the order of their spread: without an index, a rare verdict was looked for among all of them.

CREATE INDEX finding_verdict_by_ratio ON finding (verdict, coalesce(ratio, 'Infinity'), id) WHERE listed;
CREATE INDEX finding_verdict_by_ratio_down ON finding (verdict, coalesce(ratio, '-Infinity'), id) WHERE listed;

-- migrate:down
DROP INDEX finding_verdict_by_ratio, finding_verdict_by_ratio_down;
