-- migrate:up

-- The role that the service runs as can read what answers are made from, and change data only by the functions that check a token.

REVOKE EXECUTE ON FUNCTION authorize, begin_change, prepare_write, prepare_keyed_write, write_one, note_answer FROM PUBLIC;

CREATE FUNCTION grant_service(service name) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA public, history, past TO %I', service);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA public, history, past TO %I', service);
    EXECUTE format('REVOKE SELECT ON token, answered FROM %I', service);
    EXECUTE format('GRANT EXECUTE ON FUNCTION authorize, begin_change, prepare_write, prepare_keyed_write, write_one, note_answer TO %I', service);
END $$;
COMMENT ON FUNCTION grant_service IS 'Lets a role do what the service needs, and nothing else. Migrations may take it back: again after each.';

-- migrate:down
DROP FUNCTION grant_service;
GRANT EXECUTE ON FUNCTION authorize, begin_change, prepare_write, prepare_keyed_write, write_one, note_answer TO PUBLIC;
