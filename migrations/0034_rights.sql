-- migrate:up

-- A service that was taken over can write as whoever shows it a token, and no more: what changes data believes what an owner's table says of
-- the transaction, and not its settings.

-- Who has begun a change by the function before ends it by the others before.
SELECT await_other_changes();

CREATE TABLE permit (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    transaction xid8 NOT NULL,
    began timestamptz NOT NULL,
    scope token_scope NOT NULL,
    author text NOT NULL,
    after bigint NOT NULL
);
COMMENT ON TABLE permit IS 'The last transaction for which a token was shown. One row: changes come one after another.';
COMMENT ON COLUMN permit.began IS 'With it the transaction is one of its kind: in a cluster that a backup was restored into, numbers come again.';
COMMENT ON COLUMN permit.after IS 'The last change before it: one behind that is its own.';

CREATE OR REPLACE FUNCTION begin_change(given bytea, wanted token_scope, reason text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    author text := authorize(given, wanted);
BEGIN
    PERFORM await_other_changes();
    PERFORM authorize(given, wanted); -- it may have been revoked meanwhile
    IF NOT EXISTS (SELECT FROM pg_class WHERE relname = 'permit' AND relnamespace = 'public'::regnamespace) THEN -- taken back meanwhile
        RAISE EXCEPTION 'The schema has changed: begin it again.' USING ERRCODE = 'CL503';
    END IF;
    INSERT INTO permit (transaction, began, scope, author, after)
    VALUES (pg_current_xact_id(), now(), wanted, author, (SELECT max(id) FROM change))
    ON CONFLICT (one) DO UPDATE
    SET (transaction, began, scope, author, after) = (EXCLUDED.transaction, EXCLUDED.began, EXCLUDED.scope, EXCLUDED.author, EXCLUDED.after);
    PERFORM set_config('claimd.author', author, true), set_config('claimd.comment', reason, true);
    RETURN author;
END $$;

CREATE FUNCTION check_permit(wanted token_scope) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    given permit;
BEGIN
    IF pg_has_role(session_user, current_user, 'MEMBER') THEN
        RETURN;
    END IF;
    SELECT * INTO given FROM permit
    WHERE transaction = pg_current_xact_id_if_assigned() AND began = now() AND scope >= wanted;
    IF given.author IS NULL THEN
        RAISE EXCEPTION 'No token was shown for this change: begin it again.' USING ERRCODE = 'CL503';
    END IF;
    PERFORM set_config('claimd.author', given.author, true),
            set_config('claimd.change', coalesce((SELECT max(id)::text FROM change WHERE id > given.after), ''), true);
END $$;
COMMENT ON FUNCTION check_permit IS
    'Refuses a transaction for which no token was shown, and has the settings say whose change it is and which. Who may do all that the owner of the tables may needs no token.';

CREATE FUNCTION check_import() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM check_permit('admin');
    IF EXISTS (SELECT FROM pg_class
               WHERE relnamespace = pg_my_temp_schema() AND relname IN ('import_pending', 'import_outcome', 'import_refused')
                 AND pg_get_userbyid(relowner) <> current_user) THEN
        RAISE EXCEPTION 'What waits for the end of an import stands in tables of import_begin().' USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;
COMMENT ON FUNCTION check_import IS
    'As check_permit(), of an import; refuses tables that the session made itself: their triggers would run with the rights of the owner.';

REVOKE EXECUTE ON FUNCTION change_is_made, merge_ends FROM PUBLIC;

CREATE OR REPLACE FUNCTION write_one(method text, kind text, wanted text, body jsonb, matches bigint[], only_new boolean)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    before jsonb;
BEGIN
    PERFORM check_permit('write');
    IF method = 'MERGE' AND merged_into(kind, wanted) <> wanted THEN
        -- Who followed to what it is now would merge that.
        RAISE EXCEPTION 'It was merged into % already.', merged_into(kind, wanted) USING ERRCODE = 'CL409';
    ELSIF method <> 'UNMERGE' THEN
        PERFORM check_preconditions(CASE method WHEN 'MERGE' THEN 'PATCH' ELSE method END, kind, wanted, matches, only_new);
    END IF;
    before := document_of(kind, wanted);
    IF method = 'DELETE' THEN
        PERFORM take_out(kind, wanted);
    ELSIF method = 'MERGE' THEN
        PERFORM merge_things(kind, wanted, body ->> 'into');
    ELSIF method = 'UNMERGE' THEN
        PERFORM part_things(kind, wanted);
    ELSIF method = 'POST' AND kind = 'source' THEN
        PERFORM refuse_problems(coalesce(json_agg(problem), '[]')) FROM put_with_parts(jsonb_set(body, '{id}', to_jsonb(wanted))) AS problem;
    ELSE
        BEGIN
            PERFORM put_checked(kind, jsonb_set(body - 'created_at', '{id}', to_jsonb(wanted)));
            IF NOT EXISTS (SELECT FROM revision WHERE change = nullif(current_setting('claimd.change', true), '')::bigint) THEN
                RAISE EXCEPTION 'unchanged' USING ERRCODE = 'CL304';
            END IF;
        EXCEPTION WHEN SQLSTATE 'CL304' THEN
            NULL; -- nothing was changed, so nothing is
        END;
        DELETE FROM merged WHERE merged.kind = write_one.kind AND merged.id = wanted;
    END IF;
    PERFORM settle_now();
    RETURN before IS NULL;
END $$;

CREATE OR REPLACE FUNCTION import_lines(numbers bigint[], lines jsonb[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    run record;
BEGIN
    PERFORM check_import();
    FOR run IN
        SELECT each.kind, array_agg(each.number ORDER BY each.number) AS numbers, array_agg(each.document ORDER BY each.number) AS documents
        FROM (SELECT given.number, named.key AS kind, named.value AS document,
                     row_number() OVER (ORDER BY given.number) - row_number() OVER (PARTITION BY named.key ORDER BY given.number) AS run
              FROM unnest(numbers, lines) AS given (number, content), jsonb_each(given.content) AS named) AS each
        GROUP BY each.kind, each.run
        ORDER BY min(each.number) LOOP
        WITH given AS (
            SELECT each.number, each.document, EXISTS (SELECT FROM source WHERE source.id = each.document ->> 'id') AS known,
                   run.kind = 'source' AND EXISTS (SELECT FROM reference_problems('agent', each.document -> 'publisher', '')) AS unpublished
            FROM unnest(run.numbers, run.documents) AS each (number, document)
        ), waiting AS (
            INSERT INTO import_pending
            SELECT given.number, run.kind, given.document, run.kind = 'source' AND NOT given.known
            FROM given
            WHERE import_waits(run.kind, given.document) OR given.unpublished -- by a voice that comes behind its source
            RETURNING import_pending.line, told
        )
        SELECT array_agg(given.number ORDER BY given.number),
               array_agg(CASE WHEN given.unpublished THEN given.document - '{relations,publisher}'::text[]
                              WHEN run.kind = 'source' THEN given.document - 'relations'
                              ELSE given.document END ORDER BY given.number)
        INTO run.numbers, run.documents
        FROM given LEFT JOIN waiting ON waiting.line = given.number
        WHERE coalesce(waiting.told, true);
        CONTINUE WHEN run.numbers IS NULL;
        PERFORM import_numbered(run.kind, run.numbers, run.documents, NULL);
    END LOOP;
    PERFORM import_analyze(numbers[array_upper(numbers, 1)]);
END $$;

CREATE OR REPLACE FUNCTION import_end() RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    run record;
BEGIN
    PERFORM check_import();
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

CREATE OR REPLACE FUNCTION import_settle(skip boolean, trial boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM check_import();
    IF trial THEN
        PERFORM end_trial();
    ELSIF NOT skip AND EXISTS (SELECT FROM import_outcome WHERE outcome = 'refused') THEN
        RAISE EXCEPTION 'Nothing is taken in, as something is refused.' USING ERRCODE = 'CL200';
    END IF;
END $$;

-- A name that a request gives is one of a table here, and of nothing that the session made itself.

CREATE OR REPLACE FUNCTION revision_of(kind text, wanted text) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    known bigint;
BEGIN
    EXECUTE format('SELECT since FROM public.%I WHERE id = $1', kind) INTO known USING wanted;
    RETURN known;
END $$;

CREATE OR REPLACE FUNCTION free_id(kind text, wanted text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    most integer := CASE kind WHEN 'unit' THEN 32 WHEN 'quantity' THEN 56 WHEN 'subject' THEN 60 ELSE 120 END;
    tried text := rtrim(left(wanted, most), '-');
    taken boolean;
BEGIN
    FOR number IN 2 .. 1000000 LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I WHERE id = $1) OR EXISTS (SELECT FROM revision WHERE kind = $2 AND id = $1)', kind)
        INTO taken USING tried, kind;
        EXIT WHEN NOT taken;
        tried := rtrim(left(wanted, most - length(number::text) - 1), '-') || '-' || number;
    END LOOP;
    RETURN tried;
END $$;

CREATE OR REPLACE FUNCTION known_things(kind text, documents jsonb[]) RETURNS TABLE (place bigint, before jsonb, is_older boolean)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT given.place, CASE WHEN thing.id IS NOT NULL THEN %2$I(thing)::jsonb END,
                thing.since IS DISTINCT FROM nullif(current_setting(''claimd.change'', true), '''')::bigint
         FROM unnest($1) WITH ORDINALITY AS given (document, place)
         LEFT JOIN public.%1$I AS thing ON thing.id = given.document ->> ''id''', kind, kind || '_document')
    USING documents;
END $$;

-- A claimant is the last whom a claim is attributed to, and goes back with that hop; a proposition that is left without a claim is none.

CREATE OR REPLACE FUNCTION part_things(of text, wanted text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    known merged;
    successor text := merged_into(of, wanted);
    place record;
BEGIN
    SELECT * INTO known FROM merged WHERE merged.kind = of AND merged.id = wanted;
    IF known.id IS NULL THEN
        RAISE EXCEPTION 'It is not merged into another.' USING ERRCODE = 'CL409';
    END IF;
    PERFORM put(of, ARRAY[document_at(of, wanted, known.change - 1)::jsonb]);
    FOR place IN
        SELECT holder, member, (SELECT string_agg(format('was.%I = here.%1$I', attname), ' AND ')
                                FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
                                WHERE indrelid = ('public.' || holder)::regclass AND indisprimary) AS same
        FROM references_to(of)
        WHERE member <> 'claimant_id' LOOP
        EXECUTE format('UPDATE %I AS here SET %I = $1 FROM history.%1$I AS was WHERE was.until = $2 AND was.%2$I = $1 AND here.%2$I = $3 AND %3$s',
                       place.holder, place.member, place.same) USING wanted, known.change, successor;
    END LOOP;
    IF of = 'agent' THEN
        UPDATE claim SET claimant_id = wanted
        FROM attribution AS hop
        WHERE claim.claimant_id = successor AND hop.claim_id = claim.id AND hop.agent_id = wanted
          AND NOT EXISTS (SELECT FROM attribution AS later WHERE later.claim_id = claim.id AND later.position > hop.position);
    ELSIF of = 'proposition' THEN
        PERFORM drop_unused_propositions(ARRAY[successor]::slug[]);
    END IF;
    DELETE FROM merged WHERE merged.kind = of AND merged.id = wanted;
END $$;

-- An ETag is good as long as the thing has not been revised: its row may have become one of a later change, as when a name that it keeps has changed.

CREATE OR REPLACE FUNCTION check_preconditions(method text, kind text, wanted text, matches bigint[], only_new boolean) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
    known bigint := revision_of(kind, wanted);
    revised bigint := (SELECT max(revision.change) FROM revision WHERE revision.kind = check_preconditions.kind AND revision.id = wanted);
BEGIN
    IF known IS NULL AND method IN ('PATCH', 'DELETE') THEN
        PERFORM check_gone(kind, wanted);
    ELSIF known IS NULL AND matches IS NOT NULL THEN
        RAISE EXCEPTION 'There is nothing here that If-Match could match.' USING ERRCODE = 'CL412';
    ELSIF known IS NOT NULL AND method = 'POST' THEN
        RAISE EXCEPTION 'There is one by this id.' USING ERRCODE = 'CL409';
    ELSIF known IS NOT NULL AND only_new THEN
        RAISE EXCEPTION 'It is there already.' USING ERRCODE = 'CL412';
    ELSIF known IS NOT NULL AND matches IS NULL THEN
        RAISE EXCEPTION 'Say by If-Match which ETag you have of it, so that no one''s change is lost.' USING ERRCODE = 'CL428';
    ELSIF known IS NOT NULL AND NOT EXISTS (SELECT FROM unnest(matches) AS named WHERE named = 0 OR named BETWEEN revised AND known) THEN
        RAISE EXCEPTION 'It has changed since: the current ETag is another one.' USING ERRCODE = 'CL412';
    END IF;
END $$;
COMMENT ON FUNCTION check_preconditions IS
    'Refuses what a method cannot do with a thing as it is (RFC 9110, section 13; RFC 6585, section 3). Of ETags the changes alone are compared, and any from its last revision on is good: what else an answer shows may change with others. 0 matches any.';

-- What a source says in its own voice it says again when it has come back, whoever speaks for it now. document_to_patch() stays, as the version
-- before may just be about to call it.

CREATE FUNCTION without_voice(kind text, document json) RETURNS json
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN kind = 'claim' AND document -> 'attribution' IS NULL THEN (document::jsonb - 'claimant')::json ELSE document END;
COMMENT ON FUNCTION without_voice IS
    'The document of a thing but for what follows from its other members: the claimant of a claim without an attribution, which is its source''s own voice.';

CREATE OR REPLACE FUNCTION prepare_write(given bytea, method text, kind text, wanted text, body jsonb)
RETURNS TABLE (id text, document json, revision bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM authorize(given, 'write');
    id := coalesce(wanted, body ->> 'id', id_for(kind, body));
    IF method = 'PATCH' THEN
        document := without_voice(kind, document_of(kind, id));
        IF document IS NULL THEN
            PERFORM check_gone(kind, id);
        END IF;
        revision := revision_of(kind, id);
    ELSIF method = 'REVERT' AND body IS NOT NULL THEN
        PERFORM known_revised(kind, id);
        document := without_voice(kind, document_at(kind, id, (body ->> 'revision')::bigint));
        IF document IS NULL OR (body ->> 'revision')::bigint > (SELECT max(change.id) FROM change) THEN
            PERFORM refuse_problems(json_build_array(json_build_object('pointer', '/revision', 'detail', 'There was nothing by this id then.')));
        END IF;
    END IF;
    RETURN NEXT;
END $$;

-- Lines come to the same wherever an import is cut: what is wrong with one may have been mended by those before it, and what was right been broken.

CREATE OR REPLACE FUNCTION import_things(kind text, documents jsonb[]) RETURNS TABLE (place bigint, outcome text, problems json)
LANGUAGE plpgsql AS $$
DECLARE
    only_new boolean := current_setting('claimd.only_new', true) = 'true';
    before jsonb[];
    kept boolean[];
    faults json[];
    changed jsonb[];
    faulty jsonb[];
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
    changed := ARRAY(SELECT given.document FROM unnest(documents, before, kept, faults) AS given (document, before, kept, faults)
                     WHERE given.faults IS NULL AND NOT given.kept AND given.before IS DISTINCT FROM given.document);
    faulty := ARRAY(SELECT given.document FROM unnest(documents, faults) AS given (document, faults) WHERE given.faults IS NOT NULL);
    PERFORM put(kind, changed);
    IF changed <> '{}' AND ((SELECT count(DISTINCT problem.place) FROM problems_of(kind, faulty) AS problem) < cardinality(faulty)
                            OR (num_nonnulls(VARIADIC before) > 0 AND EXISTS (SELECT FROM problems_of(kind, changed)))) THEN
        RAISE EXCEPTION 'some rest on others' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN QUERY
    SELECT given.place, CASE WHEN given.faults IS NOT NULL THEN 'refused'
                             WHEN given.before IS NULL THEN 'created'
                             WHEN given.kept OR given.before = given.document OR given.before = document_of(kind, given.document ->> 'id')::jsonb THEN 'unchanged'
                             ELSE 'replaced' END, given.faults
    FROM unnest(documents, before, kept, faults) WITH ORDINALITY AS given (document, before, kept, faults, place);
END $$;
COMMENT ON FUNCTION import_things IS
    'Creates or replaces things of a kind, no two by one id, but for those in whose documents there are problems; what became of each. Refuses all where others would be wrong after it than before.';

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
        EXCEPTION WHEN integrity_constraint_violation OR data_exception OR program_limit_exceeded THEN
            IF count = 1 THEN
                RETURN QUERY SELECT 1::bigint, 'refused', json_build_array(json_build_object('pointer', '', 'detail', 'It does not agree with other data: ' || SQLERRM));
                RETURN;
            END IF;
        END;
    END IF;
    RETURN QUERY SELECT * FROM import_run(kind, documents[:half]);
    RETURN QUERY SELECT half + rest.place, rest.outcome, rest.problems FROM import_run(kind, documents[half + 1:]) AS rest;
END $$;

SELECT make_past();

-- migrate:down
SELECT await_other_changes();

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
COMMENT ON FUNCTION import_things IS 'Creates or replaces things of a kind, no two by one id, but for those in whose documents there are problems; what became of each.';
CREATE OR REPLACE FUNCTION prepare_write(given bytea, method text, kind text, wanted text, body jsonb)
RETURNS TABLE (id text, document json, revision bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM authorize(given, 'write');
    id := coalesce(wanted, body ->> 'id', id_for(kind, body));
    IF method = 'PATCH' THEN
        document := document_to_patch(kind, id);
        IF document IS NULL THEN
            PERFORM check_gone(kind, id);
        END IF;
        revision := revision_of(kind, id);
    ELSIF method = 'REVERT' AND body IS NOT NULL THEN
        PERFORM known_revised(kind, id);
        document := document_at(kind, id, (body ->> 'revision')::bigint);
        IF document IS NULL OR (body ->> 'revision')::bigint > (SELECT max(change.id) FROM change) THEN
            PERFORM refuse_problems(json_build_array(json_build_object('pointer', '/revision', 'detail', 'There was nothing by this id then.')));
        END IF;
    END IF;
    RETURN NEXT;
END $$;
DROP FUNCTION without_voice;
CREATE OR REPLACE FUNCTION check_preconditions(method text, kind text, wanted text, matches bigint[], only_new boolean) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
    known bigint := revision_of(kind, wanted);
BEGIN
    IF known IS NULL AND method IN ('PATCH', 'DELETE') THEN
        PERFORM check_gone(kind, wanted);
    ELSIF known IS NULL AND matches IS NOT NULL THEN
        RAISE EXCEPTION 'There is nothing here that If-Match could match.' USING ERRCODE = 'CL412';
    ELSIF known IS NOT NULL AND method = 'POST' THEN
        RAISE EXCEPTION 'There is one by this id.' USING ERRCODE = 'CL409';
    ELSIF known IS NOT NULL AND only_new THEN
        RAISE EXCEPTION 'It is there already.' USING ERRCODE = 'CL412';
    ELSIF known IS NOT NULL AND matches IS NULL THEN
        RAISE EXCEPTION 'Say by If-Match which ETag you have of it, so that no one''s change is lost.' USING ERRCODE = 'CL428';
    ELSIF known IS NOT NULL AND NOT (known = ANY (matches) OR 0 = ANY (matches)) THEN
        RAISE EXCEPTION 'It has changed since: the current ETag is another one.' USING ERRCODE = 'CL412';
    END IF;
END $$;
COMMENT ON FUNCTION check_preconditions IS
    'Refuses what a method cannot do with a thing as it is (RFC 9110, section 13; RFC 6585, section 3). Of ETags the revisions alone are compared: what else an answer shows may change with others. 0 matches any.';
CREATE OR REPLACE FUNCTION part_things(of text, wanted text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    known merged;
    successor text := merged_into(of, wanted);
    place record;
BEGIN
    SELECT * INTO known FROM merged WHERE merged.kind = of AND merged.id = wanted;
    IF known.id IS NULL THEN
        RAISE EXCEPTION 'It is not merged into another.' USING ERRCODE = 'CL409';
    END IF;
    PERFORM put(of, ARRAY[document_at(of, wanted, known.change - 1)::jsonb]);
    FOR place IN
        SELECT holder, member, (SELECT string_agg(format('was.%I = here.%1$I', attname), ' AND ')
                                FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
                                WHERE indrelid = ('public.' || holder)::regclass AND indisprimary) AS same
        FROM references_to(of) LOOP
        EXECUTE format('UPDATE %I AS here SET %I = $1 FROM history.%1$I AS was WHERE was.until = $2 AND was.%2$I = $1 AND here.%2$I = $3 AND %3$s',
                       place.holder, place.member, place.same) USING wanted, known.change, successor;
    END LOOP;
    DELETE FROM merged WHERE merged.kind = of AND merged.id = wanted;
END $$;
CREATE OR REPLACE FUNCTION known_things(kind text, documents jsonb[]) RETURNS TABLE (place bigint, before jsonb, is_older boolean)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT given.place, CASE WHEN thing.id IS NOT NULL THEN %1$s_document(thing)::jsonb END,
                thing.since IS DISTINCT FROM nullif(current_setting(''claimd.change'', true), '''')::bigint
         FROM unnest($1) WITH ORDINALITY AS given (document, place) LEFT JOIN %1$I AS thing ON thing.id = given.document ->> ''id''', kind)
    USING documents;
END $$;
CREATE OR REPLACE FUNCTION free_id(kind text, wanted text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    most integer := CASE kind WHEN 'unit' THEN 32 WHEN 'quantity' THEN 56 WHEN 'subject' THEN 60 ELSE 120 END;
    tried text := rtrim(left(wanted, most), '-');
    taken boolean;
BEGIN
    FOR number IN 2 .. 1000000 LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE id = $1) OR EXISTS (SELECT FROM revision WHERE kind = $2 AND id = $1)', kind)
        INTO taken USING tried, kind;
        EXIT WHEN NOT taken;
        tried := rtrim(left(wanted, most - length(number::text) - 1), '-') || '-' || number;
    END LOOP;
    RETURN tried;
END $$;
CREATE OR REPLACE FUNCTION revision_of(kind text, wanted text) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    known bigint;
BEGIN
    EXECUTE format('SELECT since FROM %I WHERE id = $1', kind) INTO known USING wanted;
    RETURN known;
END $$;
CREATE OR REPLACE FUNCTION import_settle(skip boolean, trial boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF trial THEN
        PERFORM end_trial();
    ELSIF NOT skip AND EXISTS (SELECT FROM import_outcome WHERE outcome = 'refused') THEN
        RAISE EXCEPTION 'Nothing is taken in, as something is refused.' USING ERRCODE = 'CL200';
    END IF;
END $$;
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
CREATE OR REPLACE FUNCTION import_lines(numbers bigint[], lines jsonb[]) RETURNS void
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
CREATE OR REPLACE FUNCTION write_one(method text, kind text, wanted text, body jsonb, matches bigint[], only_new boolean)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    before jsonb;
BEGIN
    IF method = 'MERGE' AND merged_into(kind, wanted) <> wanted THEN
        -- Who followed to what it is now would merge that.
        RAISE EXCEPTION 'It was merged into % already.', merged_into(kind, wanted) USING ERRCODE = 'CL409';
    ELSIF method <> 'UNMERGE' THEN
        PERFORM check_preconditions(CASE method WHEN 'MERGE' THEN 'PATCH' ELSE method END, kind, wanted, matches, only_new);
    END IF;
    before := document_of(kind, wanted);
    IF method = 'DELETE' THEN
        PERFORM take_out(kind, wanted);
    ELSIF method = 'MERGE' THEN
        PERFORM merge_things(kind, wanted, body ->> 'into');
    ELSIF method = 'UNMERGE' THEN
        PERFORM part_things(kind, wanted);
    ELSIF method = 'POST' AND kind = 'source' THEN
        PERFORM refuse_problems(coalesce(json_agg(problem), '[]')) FROM put_with_parts(jsonb_set(body, '{id}', to_jsonb(wanted))) AS problem;
    ELSE
        BEGIN
            PERFORM put_checked(kind, jsonb_set(body - 'created_at', '{id}', to_jsonb(wanted)));
            IF NOT EXISTS (SELECT FROM revision WHERE change = nullif(current_setting('claimd.change', true), '')::bigint) THEN
                RAISE EXCEPTION 'unchanged' USING ERRCODE = 'CL304';
            END IF;
        EXCEPTION WHEN SQLSTATE 'CL304' THEN
            NULL; -- nothing was changed, so nothing is
        END;
        DELETE FROM merged WHERE merged.kind = write_one.kind AND merged.id = wanted;
    END IF;
    PERFORM settle_now();
    RETURN before IS NULL;
END $$;
GRANT EXECUTE ON FUNCTION change_is_made, merge_ends TO PUBLIC;
DROP FUNCTION check_import, check_permit;
CREATE OR REPLACE FUNCTION begin_change(given bytea, wanted token_scope, reason text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    author text := authorize(given, wanted);
BEGIN
    PERFORM set_config('claimd.author', author, true), set_config('claimd.comment', reason, true);
    PERFORM await_other_changes();
    RETURN author;
END $$;
DROP TABLE permit;
SELECT make_past();
