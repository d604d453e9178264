-- A million claims beside the seed's, over 5,000 sources; :claims and :sources set other numbers.
-- What triggers would work out for each row is left out: the rows are right by construction, and searched by nobody.
SET session_replication_role = replica;

INSERT INTO source (id, kind, description, language, published_at, origin_id)
SELECT format('scale-source-%s', n), 'article', format('Source %s.', n), (ARRAY['de', 'it', 'en', 'fr'])[1 + n % 4],
       date '2020-01-01' + n % 2000, format('scale-source-%s', n)
FROM generate_series(1, :sources) AS n;

INSERT INTO agent (id, name, kind, source_id)
SELECT format('voice-scale-source-%s', n), format('Source %s in its own voice', n), 'source', format('scale-source-%s', n)
FROM generate_series(1, :sources) AS n;

INSERT INTO proposition (id, statement)
SELECT format('scale-proposition-%s', n), format('Proposition %s holds.', n)
FROM generate_series(1, :claims / 3) AS n;

INSERT INTO claim (id, source_id, line, statement, kind, subject_id, quantity_id, figure_as_printed, figure_value, figure_amount, figure_bound,
                   figure_unit_id, claimant_id, stance, hedge, proposition_id, created_at)
SELECT format('scale-source-%s-claim-%s', 1 + n % :sources, n), format('scale-source-%s', 1 + n % :sources), 1 + n / :sources,
       format('Claim %s says that training costs %s dollars.', n, n * 1000), 'numeric',
       (ARRAY['deepseek', 'openai', 'nvidia', 'google'])[1 + n % 4], 'operating-cost', format('%s dollars', n * 1000), n * 1000, n * 1000, 'exact',
       'USD', format('voice-scale-source-%s', 1 + n % :sources), 'asserts', 'none', format('scale-proposition-%s', 1 + n % (:claims / 3)),
       timestamptz '2026-01-01' + n * interval '1 second'
FROM generate_series(1, :claims) AS n;

ANALYZE;
