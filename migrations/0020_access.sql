-- migrate:up

-- Who may write, and writing as a request asks for it: one thing, under its preconditions, as one change.

CREATE TYPE token_scope AS ENUM ('read', 'write', 'admin');
COMMENT ON TYPE token_scope IS 'What a token may do; each may do what those before it may.';

CREATE TABLE token (
    name text COLLATE "C" PRIMARY KEY CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
    digest bytea NOT NULL UNIQUE CHECK (length(digest) = 32),
    scope token_scope NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    revoked_at timestamptz
);
COMMENT ON TABLE token IS 'Who may do what. A name is never given again, as changes tell their author by it.';
COMMENT ON COLUMN token.digest IS 'SHA-256 of the token, which is nowhere.';

CREATE FUNCTION authorize(given bytea, wanted token_scope) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    known token;
BEGIN
    SELECT * INTO known FROM token WHERE digest = given;
    IF known.name IS NULL OR known.revoked_at IS NOT NULL OR known.expires_at <= clock_timestamp() THEN
        RAISE EXCEPTION 'The token is not known, has expired or was revoked.' USING ERRCODE = 'CL401';
    ELSIF known.scope < wanted THEN
        RAISE EXCEPTION 'The token is one for %, this takes one for %.', known.scope, wanted USING ERRCODE = 'CL403', COLUMN = wanted::text;
    END IF;
    RETURN known.name;
END $$;
COMMENT ON FUNCTION authorize IS 'The name of a token by its digest; refused if it may not do what is wanted.';

CREATE FUNCTION begin_change(given bytea, wanted token_scope, reason text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    author text := authorize(given, wanted);
BEGIN
    PERFORM set_config('claimd.author', author, true), set_config('claimd.comment', reason, true);
    PERFORM await_other_changes();
    RETURN author;
END $$;
COMMENT ON FUNCTION begin_change IS 'Begins a change by the holder of a token: what the transaction does from the next statement on.';

-- What was ---------------------------------------------------------------------------------------

CREATE FUNCTION document_at(kind text, wanted text, change bigint) RETURNS json
LANGUAGE plpgsql SET search_path = past, public, pg_temp AS $$
BEGIN
    PERFORM set_config('claimd.as_of', change::text, true);
    RETURN document_of(kind, wanted);
END $$;
COMMENT ON FUNCTION document_at IS 'The document that a thing had after a change; null if there was none.';

CREATE FUNCTION known_revised(of text, wanted text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM revision WHERE kind = of AND id = wanted) THEN
        RAISE EXCEPTION 'Nothing has this id.' USING ERRCODE = 'CL404';
    END IF;
    RETURN wanted;
END $$;
COMMENT ON FUNCTION known_revised IS 'The id, if anything ever had it.';

CREATE FUNCTION flat(document jsonb, at text) RETURNS TABLE (pointer text, value jsonb)
LANGUAGE sql IMMUTABLE AS $$
    WITH RECURSIVE part AS (
        SELECT at AS pointer, document AS value
        UNION ALL
        SELECT part.pointer || '/' || replace(replace(member.name, '~', '~0'), '/', '~1'), member.value
        FROM part
        CROSS JOIN LATERAL (
            SELECT key AS name, each.value FROM jsonb_each(CASE jsonb_typeof(part.value) WHEN 'object' THEN part.value ELSE '{}' END) AS each
            UNION ALL
            SELECT (place - 1)::text, each.value
            FROM jsonb_array_elements(CASE jsonb_typeof(part.value) WHEN 'array' THEN part.value ELSE '[]' END) WITH ORDINALITY AS each (value, place)) AS member
    )
    SELECT part.pointer, part.value FROM part WHERE jsonb_typeof(part.value) NOT IN ('object', 'array') OR part.value IN ('{}', '[]')
$$;
COMMENT ON FUNCTION flat IS 'The values in a document that have no others in them, by JSON pointers.';

CREATE FUNCTION revision_diff(kind text, wanted text, earlier bigint, later bigint)
RETURNS TABLE ("from" bigint, "to" bigint, before json, after json, changes json)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM known_revised(kind, wanted);
    "to" := coalesce(later, (SELECT max(revision.change) FROM revision WHERE revision.kind = revision_diff.kind AND revision.id = wanted));
    "from" := coalesce(earlier, (SELECT max(revision.change) FROM revision
                                 WHERE revision.kind = revision_diff.kind AND revision.id = wanted AND revision.change < "to"), 0);
    IF greatest("from", "to") > (SELECT max(change.id) FROM change) THEN
        RAISE EXCEPTION 'There is no change % yet.', greatest("from", "to")
            USING ERRCODE = 'CL400', COLUMN = CASE WHEN "from" > "to" THEN 'from' ELSE 'to' END;
    END IF;
    before := document_at(kind, wanted, "from");
    after := document_at(kind, wanted, "to");
    SELECT coalesce(json_agg(json_build_object('pointer', pointer, 'before', was.value, 'after', is_now.value) ORDER BY pointer), '[]')
    INTO changes
    FROM flat(before::jsonb, '') AS was FULL JOIN flat(after::jsonb, '') AS is_now USING (pointer)
    WHERE was.value IS DISTINCT FROM is_now.value;
    RETURN NEXT;
END $$;
COMMENT ON FUNCTION revision_diff IS 'What has changed of a thing from one change to another; from its last but one to its last revision where they are not given.';

-- Preconditions ---------------------------------------------------------------------------------

CREATE FUNCTION revision_of(kind text, wanted text) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    known bigint;
BEGIN
    EXECUTE format('SELECT since FROM %I WHERE id = $1', kind) INTO known USING wanted;
    RETURN known;
END $$;
COMMENT ON FUNCTION revision_of IS 'The change that a thing as it is is of; null if there is none.';

CREATE FUNCTION retraction_of(kind text, wanted text) RETURNS change
LANGUAGE sql STABLE AS $$
    SELECT change
    FROM (SELECT revision.change AS id, revision.action FROM revision
          WHERE revision.kind = retraction_of.kind AND revision.id = wanted
          ORDER BY revision.change DESC LIMIT 1) AS last
    JOIN change USING (id)
    WHERE last.action = 'retracted'
$$;
COMMENT ON FUNCTION retraction_of IS 'The change that retracted a thing; null if it is there, or never was.';

CREATE FUNCTION check_gone(kind text, wanted text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
    gone change := retraction_of(kind, wanted);
BEGIN
    IF gone.id IS NOT NULL THEN
        RAISE EXCEPTION '%', coalesce('Retracted: ' || gone.comment, 'Retracted.') USING ERRCODE = 'CL410';
    END IF;
    RAISE EXCEPTION 'Nothing has this id.' USING ERRCODE = 'CL404';
END $$;
COMMENT ON FUNCTION check_gone IS 'Says of what is not there whether it was, and why it is no more.';

CREATE FUNCTION check_preconditions(method text, kind text, wanted text, matches bigint[], only_new boolean) RETURNS void
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

-- Writing one thing -----------------------------------------------------------------------------

CREATE FUNCTION refuse_problems(problems json) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF json_array_length(problems) > 0 THEN
        RAISE EXCEPTION 'The document does not agree with the data.' USING ERRCODE = 'CL422', DETAIL = problems;
    END IF;
END $$;
COMMENT ON FUNCTION refuse_problems IS 'Refuses a document that has problems, all of which it tells.';

CREATE FUNCTION put_checked(kind text, document jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse_problems(coalesce(json_agg(problem ORDER BY problem.pointer, problem.detail), '[]')) FROM problems_of(kind, document) AS problem;
    PERFORM put(kind, document);
END $$;
COMMENT ON FUNCTION put_checked IS 'Creates a thing or replaces it by its document, unless there are problems in it.';

CREATE FUNCTION take_out(kind text, wanted text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    proposition slug;
    holder text;
BEGIN
    IF kind = 'claim' THEN
        SELECT proposition_id INTO proposition FROM claim WHERE id = wanted;
    ELSIF kind = 'source' THEN
        DELETE FROM agent WHERE source_id = wanted AND NOT EXISTS (SELECT FROM claim WHERE claimant_id = agent.id)
            AND NOT EXISTS (SELECT FROM attribution WHERE agent_id = agent.id);
    END IF;
    EXECUTE format('DELETE FROM %I WHERE id = $1', kind) USING wanted;
    PERFORM drop_unused_proposition(proposition);
EXCEPTION WHEN foreign_key_violation THEN
    GET STACKED DIAGNOSTICS holder = TABLE_NAME;
    RAISE EXCEPTION '% refers to it: change or retract that first.',
        CASE holder WHEN 'agent' THEN 'A claim that it makes in its own voice' WHEN 'claim' THEN 'A claim' WHEN 'attribution' THEN 'A claim'
                    WHEN 'multiple_operand' THEN 'A multiple' WHEN 'comparison_claim' THEN 'A comparison' WHEN 'quantity' THEN 'A quantity'
                    ELSE 'A source' END
        USING ERRCODE = 'CL409';
END $$;
COMMENT ON FUNCTION take_out IS 'Retracts a thing that no other refers to; a source''s own voice and a claim''s proposition go with it.';

CREATE FUNCTION write_one(method text, kind text, wanted text, body jsonb, matches bigint[], only_new boolean)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    before jsonb;
BEGIN
    PERFORM check_preconditions(method, kind, wanted, matches, only_new);
    before := document_of(kind, wanted);
    IF method = 'DELETE' THEN
        PERFORM take_out(kind, wanted);
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
    END IF;
    PERFORM settle_now();
    RETURN before IS NULL;
END $$;
COMMENT ON FUNCTION write_one IS
    'Creates or replaces a thing by its document (PUT, and PATCH and POST, which make one), or retracts it (DELETE); whether it was created. What a document leaves as it is is no change.';

CREATE FUNCTION end_trial() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'This was a trial.' USING ERRCODE = 'CL200';
END $$;
COMMENT ON FUNCTION end_trial IS 'Takes back all that the transaction has done, after it has told what it would be.';

CREATE FUNCTION prepare_write(given bytea, method text, kind text, wanted text, body jsonb)
RETURNS TABLE (id text, document json, revision bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM authorize(given, 'write');
    id := coalesce(wanted, body ->> 'id', id_for(kind, body));
    IF method = 'PATCH' THEN
        document := document_of(kind, id);
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
COMMENT ON FUNCTION prepare_write IS
    'What it takes to write a thing: its id, or one for it; of one that is patched, its document and the change that it is of, and of one that is reverted, the document that it had then.';

-- migrate:down
DROP FUNCTION revision_diff, flat, known_revised, document_at, prepare_write, end_trial, write_one, take_out, put_checked, refuse_problems, check_preconditions, check_gone, retraction_of, revision_of, begin_change,
    authorize;
DROP TABLE token;
DROP TYPE token_scope;
