-- Ends what before.sql began; indexes are made apart, two at a time.

SELECT format('ALTER TABLE %s ENABLE TRIGGER %I', relation, name) FROM bench_trigger \gexec
DROP TABLE bench_index, bench_trigger;

-- What rows of other tables decide: a line for each such column.
UPDATE source SET origin_id = source_origin(id)
WHERE id IN (SELECT unnest(ARRAY[source_id, related_id]) FROM source_relation WHERE kind IN ('translation_of', 'syndication_of'));

SELECT settle_anew(), tally_anew();

VACUUM ANALYZE;
CHECKPOINT;
