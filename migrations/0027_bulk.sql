-- migrate:up

-- Bulk by sets: lines of a kind that follow each other are taken in at once.

DROP FUNCTION import_thing;

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

CREATE FUNCTION import_numbered(kind text, numbers bigint[], documents jsonb[])
RETURNS TABLE (line bigint, kind_of text, id text, outcome text, problems json)
LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY
    SELECT numbers[run.place], kind, documents[run.place] ->> 'id', run.outcome,
           CASE WHEN run.outcome = 'refused' AND set_config('claimd.refused', 'true', true) = 'true' THEN run.problems END
    FROM import_run(kind, documents) AS run;
END $$;
COMMENT ON FUNCTION import_numbered IS 'As import_run(), of lines that have numbers; notes for the end of the transaction that one was refused.';

CREATE OR REPLACE FUNCTION import_begin() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    CREATE TEMPORARY TABLE import_pending (line bigint, kind text, document jsonb, told boolean) ON COMMIT DROP;
END $$;

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

CREATE OR REPLACE FUNCTION import_lines(numbers bigint[], lines jsonb[])
RETURNS TABLE (line bigint, kind text, id text, outcome text, problems json)
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
        RETURN QUERY SELECT * FROM import_numbered(run.kind, run.numbers, run.documents);
    END LOOP;
    PERFORM import_analyze(numbers[array_upper(numbers, 1)]);
END $$;
COMMENT ON FUNCTION import_lines IS 'Takes lines in; what became of each that does not wait for the end.';

CREATE OR REPLACE FUNCTION import_end() RETURNS TABLE (line bigint, kind text, id text, outcome text, problems json)
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
        RETURN QUERY
        SELECT * FROM import_numbered(run.kind, run.numbers, run.documents) AS ended
        WHERE ended.outcome = 'refused' OR run.told IS NULL OR ended.line <> ALL (run.told);
    END LOOP;
    PERFORM settle_now();
END $$;

SELECT make_past();

-- migrate:down
DROP FUNCTION import_things, import_run, import_numbered, import_analyze;

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

CREATE OR REPLACE FUNCTION import_begin() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    CREATE TEMPORARY TABLE import_pending (line bigint, kind text, document jsonb, counted boolean) ON COMMIT DROP;
END $$;

CREATE OR REPLACE FUNCTION import_lines(numbers bigint[], lines jsonb[])
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

CREATE OR REPLACE FUNCTION import_end() RETURNS TABLE (line bigint, kind text, id text, outcome text, problems json)
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

SELECT make_past();
