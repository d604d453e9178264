-- migrate:up

-- In and out in bulk: a line a thing, {"KIND":DOCUMENT}, in an order in which each refers to what stands before it.

CREATE FUNCTION export_lines() RETURNS SETOF text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    part record;
BEGIN
    FOR part IN
        SELECT * FROM (VALUES ('dimension', 'true'), ('unit', 'true'), ('quantity', 'true'), ('scope', 'true'), ('subject', 'true'),
                              ('agent', 'kind <> ''source'''), ('source', 'true'), ('agent', 'kind = ''source'''), ('proposition', 'true'),
                              ('claim', 'kind <> ''multiple'''), ('claim', 'kind = ''multiple'''), ('comparison', 'true')) AS each (kind, which) LOOP
        RETURN QUERY EXECUTE format('SELECT ''{"%s":'' || json_strip_nulls(%1$s_document(thing)) || ''}'' FROM %1$I AS thing WHERE %s ORDER BY id', part.kind, part.which);
    END LOOP;
END $$;
COMMENT ON FUNCTION export_lines IS 'All data, a line a thing, each behind those that it refers to, but for the relations of sources.';

-- A thing that refers to what may come later in the file waits for its end: the relations of sources, multiples, comparisons.

CREATE FUNCTION import_waits(kind text, document jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN kind = 'comparison' OR (kind = 'claim' AND document ->> 'kind' = 'multiple');
COMMENT ON FUNCTION import_waits IS 'Whether a thing is taken in at the end, as it refers to what may come later.';

CREATE FUNCTION import_thing(kind text, document jsonb) RETURNS TABLE (outcome text, problems json)
LANGUAGE plpgsql AS $$
DECLARE
    before json := document_of(kind, document ->> 'id');
BEGIN
    SELECT json_agg(problem) INTO problems FROM problems_of(kind, document) AS problem;
    IF problems IS NULL AND (before::jsonb IS NULL OR NOT before::jsonb = document) THEN
        PERFORM put(kind, document);
    END IF;
    IF problems IS NOT NULL THEN
        PERFORM set_config('claimd.refused', 'true', true);
    END IF;
    outcome := CASE WHEN problems IS NOT NULL THEN 'refused'
                    WHEN before IS NULL THEN 'created'
                    WHEN document_of(kind, document ->> 'id')::jsonb = before::jsonb THEN 'unchanged'
                    ELSE 'replaced' END;
    RETURN NEXT;
EXCEPTION WHEN integrity_constraint_violation THEN
    PERFORM set_config('claimd.refused', 'true', true);
    outcome := 'refused';
    problems := json_build_array(json_build_object('pointer', '', 'detail', 'It does not agree with other data: ' || SQLERRM));
    RETURN NEXT;
END $$;
COMMENT ON FUNCTION import_thing IS 'Creates a thing or replaces it, unless there are problems in its document.';

CREATE FUNCTION import_begin() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    CREATE TEMPORARY TABLE import_pending (line bigint, kind text, document jsonb, counted boolean) ON COMMIT DROP;
END $$;
COMMENT ON FUNCTION import_begin IS 'Makes room for what waits for the end.';

CREATE FUNCTION import_lines(numbers bigint[], lines jsonb[])
RETURNS TABLE (line bigint, kind text, id text, outcome text, problems json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    document jsonb;
BEGIN
    FOR line, kind, document IN
        SELECT given.number, each.key, each.value
        FROM unnest(numbers, lines) WITH ORDINALITY AS given (number, content, place), jsonb_each(given.content) AS each
        ORDER BY given.place LOOP
        id := document ->> 'id';
        IF import_waits(kind, document) OR (kind = 'source' AND document ? 'relations' AND revision_of(kind, id) IS NOT NULL) THEN
            INSERT INTO import_pending VALUES (line, kind, document, false);
            CONTINUE;
        ELSIF kind = 'source' AND document ? 'relations' THEN
            INSERT INTO import_pending VALUES (line, kind, document, true);
            document := document - 'relations';
        END IF;
        SELECT thing.outcome, thing.problems INTO outcome, problems FROM import_thing(kind, document) AS thing;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION import_lines IS 'Takes lines in, each for itself; what became of each that does not wait for the end.';

CREATE FUNCTION import_end() RETURNS TABLE (line bigint, kind text, id text, outcome text, problems json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    document jsonb;
    counted boolean;
BEGIN
    FOR line, kind, document, counted IN
        SELECT pending.line, pending.kind, pending.document, pending.counted FROM import_pending AS pending
        ORDER BY pending.kind = 'comparison', pending.kind = 'claim', pending.line LOOP
        id := document ->> 'id';
        SELECT thing.outcome, thing.problems INTO outcome, problems FROM import_thing(kind, document) AS thing;
        IF NOT counted OR outcome = 'refused' THEN
            RETURN NEXT;
        END IF;
    END LOOP;
    PERFORM settle_now();
END $$;
COMMENT ON FUNCTION import_end IS 'Takes in what has waited for the end.';

CREATE FUNCTION import_settle(skip boolean, trial boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF trial THEN
        PERFORM end_trial();
    ELSIF NOT skip AND current_setting('claimd.refused', true) = 'true' THEN
        RAISE EXCEPTION 'Nothing is taken in, as something is refused.' USING ERRCODE = 'CL200';
    END IF;
END $$;
COMMENT ON FUNCTION import_settle IS 'Takes all back if something was refused, unless that is to be left out.';

REVOKE EXECUTE ON FUNCTION import_begin, import_lines, import_end FROM PUBLIC;
CREATE OR REPLACE FUNCTION grant_service(service name) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA public, history, past TO %I', service);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA public, history, past TO %I', service);
    EXECUTE format('REVOKE SELECT ON token, answered FROM %I', service);
    EXECUTE format('GRANT EXECUTE ON FUNCTION authorize, begin_change, prepare_write, prepare_keyed_write, write_one, note_answer, import_begin, import_lines, import_end TO %I', service);
END $$;

SELECT make_past();

-- migrate:down
DROP SCHEMA past CASCADE;
CREATE OR REPLACE FUNCTION grant_service(service name) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA public, history, past TO %I', service);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA public, history, past TO %I', service);
    EXECUTE format('REVOKE SELECT ON token, answered FROM %I', service);
    EXECUTE format('GRANT EXECUTE ON FUNCTION authorize, begin_change, prepare_write, prepare_keyed_write, write_one, note_answer TO %I', service);
END $$;
DROP FUNCTION import_settle, import_end, import_lines, import_begin, import_thing, import_waits, export_lines;
SELECT make_past();
