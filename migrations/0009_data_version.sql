-- migrate:up

-- What tells a service that an answer it has given is still right.

CREATE TABLE data_version (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    version bigint NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by xid8 NOT NULL
);
COMMENT ON TABLE data_version IS 'One row: the state of all data that answers are made from.';
COMMENT ON COLUMN data_version.single IS 'There is no second row.';
COMMENT ON COLUMN data_version.version IS 'One more with each transaction that changes something.';
COMMENT ON COLUMN data_version.changed_at IS 'When the last of them made its first change.';
COMMENT ON COLUMN data_version.changed_by IS 'The last of them, so that it counts once.';
INSERT INTO data_version (version, changed_at, changed_by) VALUES (1, now(), pg_current_xact_id());

CREATE FUNCTION data_state() RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT format('%s %s', version, ceil(extract(epoch FROM changed_at))::bigint) FROM data_version
$$;
COMMENT ON FUNCTION data_state IS 'Version and second of the last change, as services hear it on channel claimd_data.';

CREATE FUNCTION data_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE data_version SET version = version + 1, changed_at = clock_timestamp(), changed_by = pg_current_xact_id()
    WHERE changed_by <> pg_current_xact_id();
    IF FOUND THEN
        PERFORM pg_notify('claimd_data', data_state());
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION data_changed IS 'Counts the transaction, and tells services once it is committed. Transactions that change data wait for each other here.';

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
DROP FUNCTION data_state;
DROP TABLE data_version;
