-- migrate:up

-- Importing by sets, in constant memory. Lines of a kind that follow each other are taken in at once; what becomes of them is counted, and
-- of those that are refused the first thousand are told. An import over HTTP comes in parts, each committed at once and seen by nobody, until
-- its last part takes all of them in.

DROP FUNCTION import_thing, import_lines, import_begin, import_end;

CREATE OR REPLACE FUNCTION import_waits(kind text, document jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN kind = 'comparison' OR (kind = 'source' AND document ? 'relations') OR (kind = 'claim' AND document ->> 'kind' = 'multiple');

CREATE FUNCTION import_things(kind text, documents jsonb[]) RETURNS TABLE (place bigint, outcome text, problems json)
LANGUAGE plpgsql AS $$
DECLARE
    before jsonb[] := ARRAY(SELECT document_of(kind, given.document ->> 'id')::jsonb
                            FROM unnest(documents) WITH ORDINALITY AS given (document, place) ORDER BY given.place);
    faults json[];
BEGIN
    SELECT array_agg(found.faults ORDER BY given.place) INTO faults
    FROM unnest(documents) WITH ORDINALITY AS given (document, place)
    LEFT JOIN (SELECT problem.place, json_agg(json_build_object('pointer', problem.pointer, 'detail', problem.detail)
                                              ORDER BY problem.pointer, problem.detail) AS faults
               FROM problems_of(kind, documents) AS problem
               GROUP BY problem.place) AS found USING (place);
    PERFORM put(kind, ARRAY(SELECT given.document FROM unnest(documents, before, faults) AS given (document, before, faults)
                            WHERE given.faults IS NULL AND given.before IS DISTINCT FROM given.document));
    RETURN QUERY
    SELECT given.place, CASE WHEN given.faults IS NOT NULL THEN 'refused'
                             WHEN given.before IS NULL THEN 'created'
                             WHEN given.before = given.document OR given.before = document_of(kind, given.document ->> 'id')::jsonb THEN 'unchanged'
                             ELSE 'replaced' END, given.faults
    FROM unnest(documents, before, faults) WITH ORDINALITY AS given (document, before, faults, place);
END $$;
COMMENT ON FUNCTION import_things IS 'Creates or replaces things of a kind, no two by one id, but for those in whose documents there are problems; what became of each.';

CREATE FUNCTION import_run(kind text, documents jsonb[]) RETURNS TABLE (place bigint, outcome text, problems json)
LANGUAGE plpgsql AS $$
DECLARE
    count integer := cardinality(documents);
    half integer := count / 2;
BEGIN
    IF count = (SELECT count(DISTINCT document ->> 'id') FROM unnest(documents) AS document) THEN
        BEGIN
            RETURN QUERY SELECT * FROM import_things(kind, documents);
            RETURN;
        EXCEPTION WHEN integrity_constraint_violation THEN
            IF count = 1 THEN
                RETURN QUERY SELECT 1::bigint, 'refused', json_build_array(json_build_object('pointer', '', 'detail', 'It does not agree with other data: ' || SQLERRM));
                RETURN;
            END IF;
        END;
    END IF;
    RETURN QUERY SELECT * FROM import_run(kind, documents[:half]);
    RETURN QUERY SELECT half + rest.place, rest.outcome, rest.problems FROM import_run(kind, documents[half + 1:]) AS rest;
END $$;
COMMENT ON FUNCTION import_run IS 'Creates or replaces things of a kind, one after another; at once where that comes to the same.';

CREATE FUNCTION import_begin(patience text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    CREATE TEMPORARY TABLE import_pending (line bigint, kind text, document jsonb, told boolean) ON COMMIT DROP;
    CREATE TEMPORARY TABLE import_outcome (outcome text, lines bigint) ON COMMIT DROP;
    CREATE TEMPORARY TABLE import_refused (line bigint, kind text, id text, errors json) ON COMMIT DROP;
    IF patience IS NOT NULL THEN
        PERFORM set_config('statement_timeout', patience, true);
    END IF;
END $$;
COMMENT ON FUNCTION import_begin IS
    'Makes room for what waits for the end of an import, and what is told then. Each further statement of the transaction may take so long.';

CREATE FUNCTION import_numbered(kind text, numbers bigint[], documents jsonb[], told bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    WITH ended AS (
        SELECT numbers[run.place] AS line, documents[run.place] ->> 'id' AS id, run.outcome, run.problems FROM import_run(kind, documents) AS run
    ), counted AS (
        INSERT INTO import_outcome
        SELECT ended.outcome, count(*) FROM ended
        WHERE ended.outcome = 'refused' OR told IS NULL OR ended.line <> ALL (told)
        GROUP BY ended.outcome
    )
    INSERT INTO import_refused
    SELECT ended.line, import_numbered.kind, ended.id, ended.problems FROM ended
    WHERE ended.outcome = 'refused'
    ORDER BY ended.line
    LIMIT 1000 - (SELECT count(*) FROM import_refused);
END $$;
COMMENT ON FUNCTION import_numbered IS 'As import_run(), of lines that have numbers; notes what becomes of them, but of those that were told before only if they are refused.';

CREATE FUNCTION import_analyze(lines bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    due bigint := coalesce(nullif(current_setting('claimd.analyze_at', true), ''), '1000');
BEGIN
    IF lines >= due THEN
        ANALYZE agent, source, proposition, attribution, claim;
        PERFORM set_config('claimd.analyze_at', (4 * lines)::text, true);
    END IF;
END $$;
COMMENT ON FUNCTION import_analyze IS 'Has what is planned from now on know how much there is by so many lines: tables that were empty when it began are not.';

CREATE FUNCTION import_lines(numbers bigint[], lines jsonb[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    run record;
BEGIN
    FOR run IN
        SELECT each.kind, array_agg(each.number ORDER BY each.number) AS numbers, array_agg(each.document ORDER BY each.number) AS documents
        FROM (SELECT given.number, named.key AS kind, named.value AS document,
                     row_number() OVER (ORDER BY given.number) - row_number() OVER (PARTITION BY named.key ORDER BY given.number) AS run
              FROM unnest(numbers, lines) AS given (number, content), jsonb_each(given.content) AS named) AS each
        GROUP BY each.kind, each.run
        ORDER BY min(each.number) LOOP
        WITH given AS (
            SELECT each.number, each.document, EXISTS (SELECT FROM source WHERE source.id = each.document ->> 'id') AS known
            FROM unnest(run.numbers, run.documents) AS each (number, document)
        ), waiting AS (
            INSERT INTO import_pending
            SELECT given.number, run.kind, given.document, run.kind = 'source' AND NOT given.known
            FROM given
            WHERE import_waits(run.kind, given.document)
            RETURNING import_pending.line, told
        )
        SELECT array_agg(given.number ORDER BY given.number),
               array_agg(CASE run.kind WHEN 'source' THEN given.document - 'relations' ELSE given.document END ORDER BY given.number)
        INTO run.numbers, run.documents
        FROM given LEFT JOIN waiting ON waiting.line = given.number
        WHERE coalesce(waiting.told, true);
        CONTINUE WHEN run.numbers IS NULL;
        PERFORM import_numbered(run.kind, run.numbers, run.documents, NULL);
    END LOOP;
    PERFORM import_analyze(numbers[array_upper(numbers, 1)]);
END $$;
COMMENT ON FUNCTION import_lines IS 'Takes lines in, but for what waits for the end.';

CREATE FUNCTION import_end() RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    run record;
BEGIN
    PERFORM import_analyze(1000000000000);
    FOR run IN
        SELECT pending.kind, array_agg(pending.line ORDER BY pending.line) AS numbers, array_agg(pending.document ORDER BY pending.line) AS documents,
               array_agg(pending.line) FILTER (WHERE pending.told) AS told
        FROM (SELECT *, row_number() OVER (PARTITION BY import_pending.kind ORDER BY import_pending.line) / 1000 AS part FROM import_pending) AS pending
        GROUP BY pending.kind, pending.part
        ORDER BY array_position('{source,claim,comparison}', pending.kind), pending.part LOOP
        PERFORM import_numbered(run.kind, run.numbers, run.documents, run.told);
    END LOOP;
    PERFORM settle_now();
    RETURN (
        SELECT json_build_object('created', coalesce(sum(lines) FILTER (WHERE outcome = 'created'), 0),
                                 'replaced', coalesce(sum(lines) FILTER (WHERE outcome = 'replaced'), 0),
                                 'unchanged', coalesce(sum(lines) FILTER (WHERE outcome = 'unchanged'), 0),
                                 'refused', coalesce(sum(lines) FILTER (WHERE outcome = 'refused'), 0),
                                 'problems', (SELECT coalesce(json_agg(refused ORDER BY refused.line), '[]') FROM import_refused AS refused))
        FROM import_outcome);
END $$;
COMMENT ON FUNCTION import_end IS 'Takes in what has waited for the end; what became of all lines.';

CREATE OR REPLACE FUNCTION import_settle(skip boolean, trial boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF trial THEN
        PERFORM end_trial();
    ELSIF NOT skip AND EXISTS (SELECT FROM import_outcome WHERE outcome = 'refused') THEN
        RAISE EXCEPTION 'Nothing is taken in, as something is refused.' USING ERRCODE = 'CL200';
    END IF;
END $$;

-- In parts --------------------------------------------------------------------------------------

CREATE UNLOGGED TABLE import_part (
    import uuid NOT NULL,
    part bigint NOT NULL,
    numbers bigint[] NOT NULL,
    lines jsonb[] NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (import, part)
);
COMMENT ON TABLE import_part IS 'What has come of imports that are still being sent. Not logged: after a crash of the database they have to be sent again.';
COMMENT ON COLUMN import_part.part IS 'Counted from 1.';
COMMENT ON COLUMN import_part.numbers IS 'Those of the lines.';

CREATE FUNCTION import_keep(given bytea, import uuid, part bigint, numbers bigint[], lines jsonb[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM authorize(given, 'admin');
    IF part = 1 THEN
        DELETE FROM import_part AS old
        WHERE NOT EXISTS (SELECT FROM import_part AS young WHERE young.import = old.import AND young.at > now() - interval '1 hour');
    END IF;
    INSERT INTO import_part VALUES (import, part, numbers, lines);
END $$;
COMMENT ON FUNCTION import_keep IS 'Keeps a part of an import; drops those of imports of which nothing has come for an hour.';

CREATE FUNCTION import_kept(wanted uuid, parts bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    kept import_part;
    known bigint := 0;
BEGIN
    FOR kept IN SELECT * FROM import_part WHERE import = wanted ORDER BY part LOOP
        PERFORM import_lines(kept.numbers, kept.lines);
        known := known + 1;
    END LOOP;
    IF known <> parts THEN
        RAISE EXCEPTION 'Of this import something was lost on the way: send it again.' USING ERRCODE = 'CL503';
    END IF;
END $$;
COMMENT ON FUNCTION import_kept IS 'Takes in the parts that were kept of an import.';

CREATE FUNCTION import_drop(wanted uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM import_part WHERE import = wanted
$$;
COMMENT ON FUNCTION import_drop IS 'Forgets the parts that were kept of an import.';

REVOKE EXECUTE ON FUNCTION import_begin, import_lines, import_end, import_settle, import_keep, import_kept, import_drop FROM PUBLIC;
CREATE OR REPLACE FUNCTION grant_service(service name) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA public, history, past TO %I', service);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA public, history, past TO %I', service);
    EXECUTE format('REVOKE SELECT ON token, answered, import_part FROM %I', service);
    EXECUTE format('GRANT EXECUTE ON FUNCTION authorize, begin_change, prepare_write, prepare_keyed_write, write_one, note_answer, '
                   'import_begin, import_lines, import_end, import_settle, import_keep, import_kept, import_drop TO %I', service);
END $$;

SELECT make_past();

-- migrate:down
DROP FUNCTION import_drop, import_kept, import_keep, import_end, import_lines, import_analyze, import_numbered, import_begin, import_run, import_things;
DROP TABLE import_part;

CREATE OR REPLACE FUNCTION import_waits(kind text, document jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN kind = 'comparison' OR (kind = 'claim' AND document ->> 'kind' = 'multiple');

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

CREATE OR REPLACE FUNCTION import_settle(skip boolean, trial boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF trial THEN
        PERFORM end_trial();
    ELSIF NOT skip AND current_setting('claimd.refused', true) = 'true' THEN
        RAISE EXCEPTION 'Nothing is taken in, as something is refused.' USING ERRCODE = 'CL200';
    END IF;
END $$;

GRANT EXECUTE ON FUNCTION import_settle TO PUBLIC;
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
