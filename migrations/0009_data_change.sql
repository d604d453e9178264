-- migrate:up

-- What tells a service whether an answer that it has given is still right.

CREATE TABLE data_change (
    transaction xid8 PRIMARY KEY,
    changed_at timestamptz NOT NULL
);
COMMENT ON TABLE data_change IS 'The last transactions that changed data which answers are made from. Each has a row of its own, so that none waits for another.';
COMMENT ON COLUMN data_change.changed_at IS 'When the transaction made its first change.';
CREATE INDEX data_change_order ON data_change (changed_at);
INSERT INTO data_change VALUES (pg_current_xact_id(), now());

CREATE FUNCTION data_second(changed_at timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT ceil(extract(epoch FROM changed_at))::bigint::text
$$;
COMMENT ON FUNCTION data_second IS 'A time as services hear it: seconds since 1970, rounded up.';

CREATE FUNCTION data_state() RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT data_second(max(changed_at)) FROM data_change
$$;
COMMENT ON FUNCTION data_state IS 'When the data last changed.';

CREATE FUNCTION data_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    began timestamptz := clock_timestamp();
BEGIN
    INSERT INTO data_change VALUES (pg_current_xact_id(), began) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM pg_notify('claimd_data', data_second(began));
    DELETE FROM data_change WHERE transaction IN (
        SELECT transaction FROM data_change WHERE changed_at < began - interval '1 day'
        ORDER BY changed_at LIMIT 10 FOR UPDATE SKIP LOCKED);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION data_changed IS 'Enters the transaction, once, and tells the services on channel claimd_data when it is committed. Takes a few old entries out.';

DO $$
DECLARE
    changing text;
BEGIN
    FOREACH changing IN ARRAY ARRAY[
        'dimension', 'unit', 'quantity', 'scope', 'subject', 'source', 'source_relation', 'agent', 'proposition', 'claim',
        'attribution', 'multiple_operand', 'comparison', 'comparison_claim'] LOOP
        EXECUTE format('CREATE TRIGGER data_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION data_changed()', changing);
    END LOOP;
END $$;

-- migrate:down
DROP FUNCTION data_changed CASCADE;
DROP FUNCTION data_state, data_second;
DROP TABLE data_change;
