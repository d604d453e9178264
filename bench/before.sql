-- Makes a database ready to take rows by the million; after.sql undoes it.
-- A row's own columns are worked out by its own triggers as it arrives. What refers to other rows, checks and foreign
-- keys included, is left out: the rows are right by construction, which a test holds against a load with everything on.

CREATE TABLE bench_index AS
SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
FROM pg_index
JOIN pg_class ON pg_class.oid = indrelid
WHERE relnamespace = 'public'::regnamespace AND NOT indisunique;

CREATE TABLE bench_trigger AS
SELECT tgrelid::regclass::text AS relation, tgname AS name
FROM pg_trigger
WHERE NOT tgisinternal AND (tgtype & 3) = 3; -- BEFORE, FOR EACH ROW

-- Changes come one after another, and tables are loaded side by side: all of it is of the first change.
SELECT format('ALTER TABLE %I ALTER COLUMN since SET DEFAULT 1', relname) FROM pg_class
WHERE relnamespace = 'history'::regnamespace AND relkind = 'r' \gexec
SELECT format('DROP INDEX %s', name) FROM bench_index \gexec
SELECT format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', relation, name) FROM bench_trigger \gexec
