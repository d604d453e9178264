-- migrate:up

-- An import can leave what was there before as it is: reviews of claims come again and again, and what a desk has made of them since stays.
-- A line whose values the database cannot hold is refused like any other that does not fit. Of a source whose relations are refused it is told
-- once, as of a line that is refused.

CREATE FUNCTION known_things(kind text, documents jsonb[]) RETURNS TABLE (place bigint, before jsonb, is_older boolean)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT given.place, CASE WHEN thing.id IS NOT NULL THEN %1$s_document(thing)::jsonb END,
                thing.since IS DISTINCT FROM nullif(current_setting(''claimd.change'', true), '''')::bigint
         FROM unnest($1) WITH ORDINALITY AS given (document, place) LEFT JOIN %1$I AS thing ON thing.id = given.document ->> ''id''', kind)
    USING documents;
END $$;
COMMENT ON FUNCTION known_things IS 'The documents of things as they are, null for those that there are not, and whether they are of a change before this one.';

CREATE OR REPLACE FUNCTION import_things(kind text, documents jsonb[]) RETURNS TABLE (place bigint, outcome text, problems json)
LANGUAGE plpgsql AS $$
DECLARE
    only_new boolean := current_setting('claimd.only_new', true) = 'true';
    before jsonb[];
    kept boolean[];
    faults json[];
BEGIN
    SELECT array_agg(known.before ORDER BY known.place), array_agg(coalesce(only_new, false) AND known.before IS NOT NULL AND known.is_older ORDER BY known.place)
    INTO before, kept
    FROM known_things(kind, documents) AS known;
    SELECT array_agg(CASE WHEN NOT kept[given.place] THEN found.faults END ORDER BY given.place) INTO faults
    FROM unnest(documents) WITH ORDINALITY AS given (document, place)
    LEFT JOIN (SELECT problem.place, json_agg(json_build_object('pointer', problem.pointer, 'detail', problem.detail)
                                              ORDER BY problem.pointer, problem.detail) AS faults
               FROM problems_of(kind, documents) AS problem
               GROUP BY problem.place) AS found USING (place);
    PERFORM put(kind, ARRAY(SELECT given.document FROM unnest(documents, before, kept, faults) AS given (document, before, kept, faults)
                            WHERE given.faults IS NULL AND NOT given.kept AND given.before IS DISTINCT FROM given.document));
    RETURN QUERY
    SELECT given.place, CASE WHEN given.faults IS NOT NULL THEN 'refused'
                             WHEN given.before IS NULL THEN 'created'
                             WHEN given.kept OR given.before = given.document OR given.before = document_of(kind, given.document ->> 'id')::jsonb THEN 'unchanged'
                             ELSE 'replaced' END, given.faults
    FROM unnest(documents, before, kept, faults) WITH ORDINALITY AS given (document, before, kept, faults, place);
END $$;

CREATE OR REPLACE FUNCTION import_run(kind text, documents jsonb[]) RETURNS TABLE (place bigint, outcome text, problems json)
LANGUAGE plpgsql AS $$
DECLARE
    count integer := cardinality(documents);
    half integer := count / 2;
BEGIN
    IF count = (SELECT count(DISTINCT document ->> 'id') FROM unnest(documents) AS document) THEN
        BEGIN
            RETURN QUERY SELECT * FROM import_things(kind, documents);
            RETURN;
        EXCEPTION WHEN integrity_constraint_violation OR data_exception THEN
            IF count = 1 THEN
                RETURN QUERY SELECT 1::bigint, 'refused', json_build_array(json_build_object('pointer', '', 'detail', 'It does not agree with other data: ' || SQLERRM));
                RETURN;
            END IF;
        END;
    END IF;
    RETURN QUERY SELECT * FROM import_run(kind, documents[:half]);
    RETURN QUERY SELECT half + rest.place, rest.outcome, rest.problems FROM import_run(kind, documents[half + 1:]) AS rest;
END $$;

CREATE OR REPLACE FUNCTION import_numbered(kind text, numbers bigint[], documents jsonb[], told bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    WITH ended AS (
        SELECT numbers[run.place] AS line, documents[run.place] ->> 'id' AS id, run.outcome, run.problems,
               numbers[run.place] = ANY (coalesce(told, '{}')) AS is_told
        FROM import_run(kind, documents) AS run
    ), counted AS (
        INSERT INTO import_outcome
        SELECT ended.outcome, count(*) FROM ended WHERE NOT ended.is_told OR ended.outcome = 'refused' GROUP BY ended.outcome
        UNION ALL
        SELECT 'created', -count(*) FROM ended WHERE ended.is_told AND ended.outcome = 'refused' HAVING count(*) > 0
    )
    INSERT INTO import_refused
    SELECT ended.line, import_numbered.kind, ended.id, ended.problems FROM ended
    WHERE ended.outcome = 'refused'
    ORDER BY ended.line
    LIMIT 1000 - (SELECT count(*) FROM import_refused);
END $$;
COMMENT ON FUNCTION import_numbered IS
    'As import_run(), of lines that have numbers; notes what becomes of them. Those that were told before were told to be created: they are told again if they are refused.';

CREATE OR REPLACE FUNCTION import_end() RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    run record;
BEGIN
    PERFORM import_analyze(1000000000000);
    DELETE FROM import_pending WHERE told AND NOT EXISTS (SELECT FROM source WHERE source.id = document ->> 'id'); -- refused already
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

DROP FUNCTION import_begin;
CREATE FUNCTION import_begin(patience text DEFAULT NULL, only_new boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    CREATE TEMPORARY TABLE import_pending (line bigint, kind text, document jsonb, told boolean) ON COMMIT DROP;
    CREATE TEMPORARY TABLE import_outcome (outcome text, lines bigint) ON COMMIT DROP;
    CREATE TEMPORARY TABLE import_refused (line bigint, kind text, id text, errors json) ON COMMIT DROP;
    PERFORM set_config('claimd.only_new', only_new::text, true);
    IF patience IS NOT NULL THEN
        PERFORM set_config('statement_timeout', patience, true);
    END IF;
END $$;
COMMENT ON FUNCTION import_begin IS
    'Makes room for what waits for the end of an import, and what is told then. Each further statement of the transaction may take so long. With only_new, what there was before is left as it is.';
REVOKE EXECUTE ON FUNCTION import_begin FROM PUBLIC;

SELECT make_past();

-- migrate:down
CREATE OR REPLACE FUNCTION import_end() RETURNS json
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

CREATE OR REPLACE FUNCTION import_numbered(kind text, numbers bigint[], documents jsonb[], told bigint[]) RETURNS void
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

CREATE OR REPLACE FUNCTION import_run(kind text, documents jsonb[]) RETURNS TABLE (place bigint, outcome text, problems json)
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

DROP FUNCTION import_begin;
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
REVOKE EXECUTE ON FUNCTION import_begin FROM PUBLIC;

CREATE OR REPLACE FUNCTION import_things(kind text, documents jsonb[]) RETURNS TABLE (place bigint, outcome text, problems json)
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
DROP FUNCTION known_things;

SELECT make_past();
