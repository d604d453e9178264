-- Ends what before.sql began; indexes are made apart, two at a time.

SELECT format('ALTER TABLE %s ENABLE TRIGGER %I', relation, name) FROM bench_trigger \gexec
SELECT format('ALTER TABLE %I ALTER COLUMN since SET DEFAULT current_change()', relname) FROM pg_class
WHERE relnamespace = 'history'::regnamespace AND relkind = 'r' \gexec
DROP TABLE bench_index, bench_trigger;

SELECT format('INSERT INTO revision (change, kind, id, action) SELECT 1, %L, id, ''created'' FROM %1$I ORDER BY id ON CONFLICT DO NOTHING', relname)
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE tgname = 'thing_created' ORDER BY relname \gexec

-- What rows of other tables decide: a line for each such column.
UPDATE source SET origin_id = source_origin(id)
WHERE id IN (SELECT unnest(ARRAY[source_id, related_id]) FROM source_relation WHERE kind IN ('translation_of', 'syndication_of'));

SELECT settle_anew(), tally_anew();

VACUUM ANALYZE;
CHECKPOINT;
