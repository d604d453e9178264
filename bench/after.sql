-- Ends what before.sql began; indexes are made apart, two at a time.

SELECT format('ALTER TABLE %s ENABLE TRIGGER %I', relation, name) FROM bench_trigger \gexec
DROP TABLE bench_index, bench_trigger;

-- What rows of other tables decide: a line for each such column.
UPDATE source SET origin_id = source_origin(id)
WHERE id IN (SELECT unnest(ARRAY[source_id, related_id]) FROM source_relation WHERE kind IN ('translation_of', 'syndication_of'));

TRUNCATE tally;
SELECT tally_enter(array_agg(counted), array_agg(id), array_agg(number))
FROM (SELECT part.counted, part.id, count(*) AS number
      FROM claim CROSS JOIN LATERAL claim_tallied(subject_id, quantity_id, claimant_id, source_id) AS part
      GROUP BY 1, 2
      UNION ALL
      SELECT 'origin', origin_id, count(*) FROM source GROUP BY origin_id) AS entry;
SELECT settle_corroborations('{}', ARRAY(SELECT DISTINCT proposition_id FROM claim));
SELECT settle_findings('{}', ARRAY(SELECT DISTINCT about FROM witness WHERE kind = 'comparison'));

VACUUM ANALYZE;
CHECKPOINT;
