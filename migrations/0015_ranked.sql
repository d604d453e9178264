-- migrate:up

-- Whether so many rows match a query that ranking all of them would take long.

CREATE FUNCTION search_is_frequent(searched regclass, query tsquery) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM %s WHERE search @@ %L::tsquery', searched, query) INTO plan;
    RETURN (plan -> 0 -> 'Plan' ->> 'Plan Rows')::numeric > 20000;
END $$;
COMMENT ON FUNCTION search_is_frequent IS 'Whether by the planner''s reckoning more than 20,000 rows of a table match. Volatile, as EXPLAIN wants it.';

-- How a language is searched decides answers, too.
CREATE TRIGGER data_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON search_language
    FOR EACH STATEMENT EXECUTE FUNCTION data_changed();

-- migrate:down
DROP TRIGGER data_changed ON search_language;
DROP FUNCTION search_is_frequent;
