-- Ends what before.sql began: a line for each column that rows of other tables decide, then indexes and statistics.

UPDATE source SET origin_id = source_origin(id)
WHERE id IN (SELECT unnest(ARRAY[source_id, related_id]) FROM source_relation);

SELECT format('ALTER TABLE %s ENABLE TRIGGER %I', relation, name) FROM bench_trigger \gexec
SET maintenance_work_mem = '1GB';
SELECT definition FROM bench_index \gexec
DROP TABLE bench_index, bench_trigger;
VACUUM ANALYZE;
CHECKPOINT;
