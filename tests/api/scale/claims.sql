-- A million claims beside the seed's, over 5,000 sources; :claims and :sources set other numbers. As in life, few sources, subjects,
-- quantities, claimants and propositions have most of the claims, and most have few: the first of each is in a class of its own.
-- What triggers would work out for each row is left out: the rows are right by construction.
SET session_replication_role = replica;
SELECT setseed(0.5) \g /dev/null

INSERT INTO source (id, kind, description, language, published_at, origin_id, search)
SELECT format('scale-source-%s', n), 'article', format('Source %s.', n), (ARRAY['de', 'it', 'en', 'fr'])[1 + n % 4],
       CASE WHEN n % 10 > 0 THEN date '2020-01-01' + n % 2000 END, format('scale-source-%s', n - n % 10 / 9),
       search_field('D', 'english', format('Source %s.', n))
FROM generate_series(1, :sources) AS n;

INSERT INTO agent (id, name, kind, source_id)
SELECT format('voice-scale-source-%s', n), format('Source %s in its own voice', n), 'source', format('scale-source-%s', n)
FROM generate_series(1, :sources) AS n;
INSERT INTO agent (id, name, kind)
SELECT format('scale-agent-%s', n), format('Agent %s', n), 'person' FROM generate_series(1, :sources) AS n;

INSERT INTO subject (id, name, kind, description)
SELECT format('scale-subject-%s', n), format('Subject %s', n), 'model', 'One of many.' FROM generate_series(1, :claims / 50) AS n;
INSERT INTO quantity (id, name, dimension_id, unit_id, definition)
SELECT format('scale-quantity-%s', n), format('Quantity %s', n), 'money', 'USD', 'One of many.' FROM generate_series(1, 200) AS n;
INSERT INTO scope (id, name, definition)
SELECT format('scale-scope-%s', n), format('Scope %s', n), 'One of many.' FROM generate_series(1, 10) AS n;

INSERT INTO proposition (id, statement, search)
SELECT format('scale-proposition-%s', n), format('Proposition %s holds.', n), search_field('A', 'english', format('Proposition %s holds.', n))
FROM generate_series(1, :claims / 3) AS n;

INSERT INTO claim (id, source_id, line, statement, kind, subject_id, quantity_id, scope_id, period, figure_as_printed, figure_value,
                   figure_amount, figure_bound, figure_unit_id, claimant_id, stance, hedge, proposition_id, created_at, published_at, language, search,
                   subject_name, quantity_name, claimant_name, claimant_kind, attribution)
SELECT format('scale-source-%s-claim-%s', place, n), source.id, 1 + n * 7 % 211, said.statement,
       CASE WHEN value IS NULL THEN 'statement' ELSE 'numeric' END::claim_kind,
       format('scale-subject-%s', subject), CASE WHEN value IS NOT NULL THEN format('scale-quantity-%s', quantity) END,
       CASE WHEN n % 7 = 0 THEN format('scale-scope-%s', 1 + n % 10) END, CASE WHEN n % 3 = 0 THEN (2015 + n % 11)::text END,
       CASE WHEN value IS NOT NULL THEN format('%s dollars', value) END, value, value, CASE WHEN value IS NOT NULL THEN (ARRAY['exact', 'exact', 'approx', 'lt', 'gte'])[1 + n % 5] END::bound,
       CASE WHEN value IS NOT NULL THEN 'USD' END,
       CASE WHEN n % 5 > 0 THEN format('voice-scale-source-%s', place) ELSE format('scale-agent-%s', claimant) END,
       (ARRAY['asserts', 'asserts', 'asserts', 'reports', 'disputes'])[1 + n / 7 % 5]::stance,
       (ARRAY['none', 'none', 'none', 'none', 'estimate', 'rumour', 'expectation'])[1 + n / 11 % 7]::hedge, format('scale-proposition-%s', proposition),
       timestamptz '2026-01-01' + n * interval '1 second', published_at, language, search_field('A', 'english', said.statement),
       format('Subject %s', subject), CASE WHEN value IS NOT NULL THEN format('Quantity %s', quantity) END,
       CASE WHEN n % 5 > 0 THEN format('Source %s in its own voice', place) ELSE format('Agent %s', claimant) END,
       CASE WHEN n % 5 > 0 THEN 'source' ELSE 'person' END::agent_kind,
       CASE WHEN n % 5 > 0 THEN '[]'
            ELSE format('[{"agent":{"id":"scale-agent-%s","name":"Agent %1$s","kind":"person"},"role":"speaker","via":null}]', claimant) END::json
FROM (SELECT n,
             1 + floor(:sources * random() ^ 3)::integer AS place,
             1 + floor(:claims / 50 * random() ^ 4)::integer AS subject,
             1 + floor(200 * random() ^ 3)::integer AS quantity,
             1 + floor(:sources * random() ^ 3)::integer AS claimant,
             1 + floor(:claims / 3 * random() ^ 3)::integer AS proposition,
             CASE WHEN random() < 0.85 THEN round(exp(5 + 20 * random())::numeric, -floor(random() * 3)::integer) END AS value
      FROM generate_series(1, :claims) AS n) AS drawn
JOIN source ON source.id = format('scale-source-%s', place)
CROSS JOIN LATERAL (SELECT CASE WHEN value IS NULL THEN format('Claim %s says that subject %s grows.', n, subject)
                                ELSE format('Claim %s says that training costs %s dollars.', n, value) END AS statement) AS said;

INSERT INTO attribution (claim_id, position, agent_id, role)
SELECT id, 1, claimant_id, 'speaker' FROM claim WHERE id LIKE 'scale-%' AND claimant_id LIKE 'scale-agent-%';

SET session_replication_role = origin;
ANALYZE;
SELECT settle_anew(), tally_anew() \g /dev/null
VACUUM ANALYZE;
