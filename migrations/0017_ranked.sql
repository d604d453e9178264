-- migrate:up

-- To read a row and rank it takes some three microseconds: ten thousand are what an answer can wait for.

CREATE OR REPLACE FUNCTION search_is_frequent(searched regclass, query tsquery) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM %s WHERE search @@ %L::tsquery', searched, query) INTO plan;
    RETURN (plan -> 0 -> 'Plan' ->> 'Plan Rows')::numeric > 10000;
END $$;
COMMENT ON FUNCTION search_is_frequent IS 'Whether by the planner''s reckoning more than 10,000 rows of a table match. Volatile, as EXPLAIN wants it.';

-- migrate:down
CREATE OR REPLACE FUNCTION search_is_frequent(searched regclass, query tsquery) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM %s WHERE search @@ %L::tsquery', searched, query) INTO plan;
    RETURN (plan -> 0 -> 'Plan' ->> 'Plan Rows')::numeric > 20000;
END $$;
COMMENT ON FUNCTION search_is_frequent IS 'Whether by the planner''s reckoning more than 20,000 rows of a table match. Volatile, as EXPLAIN wants it.';
