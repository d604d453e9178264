-- migrate:up

-- How many matches are too many to rank stands in the query that ranks no more of them.

DROP FUNCTION search_is_frequent;
CREATE FUNCTION search_is_frequent(searched regclass, query tsquery, most integer) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM %s WHERE search @@ %L::tsquery', searched, query) INTO plan;
    RETURN (plan -> 0 -> 'Plan' ->> 'Plan Rows')::numeric > most;
END $$;
COMMENT ON FUNCTION search_is_frequent IS 'Whether by the planner''s reckoning more than so many rows of a table match. Volatile, as EXPLAIN wants it.';

-- migrate:down
DROP FUNCTION search_is_frequent;
CREATE FUNCTION search_is_frequent(searched regclass, query tsquery) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM %s WHERE search @@ %L::tsquery', searched, query) INTO plan;
    RETURN (plan -> 0 -> 'Plan' ->> 'Plan Rows')::numeric > 20000;
END $$;
COMMENT ON FUNCTION search_is_frequent IS 'Whether by the planner''s reckoning more than 20,000 rows of a table match. Volatile, as EXPLAIN wants it.';
