-- migrate:up

-- Things that turn out to be one: what refers to the one refers to the other from then on, until that is undone.

CREATE TABLE merged (
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('subject', 'agent', 'proposition')),
    id text COLLATE "C" NOT NULL,
    into_id text COLLATE "C" NOT NULL,
    change bigint NOT NULL,
    PRIMARY KEY (kind, id)
);
COMMENT ON TABLE merged IS 'What was merged into what, by which change; what is there again is not here.';

CREATE FUNCTION merged_into(of text, wanted text) RETURNS text
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE way AS (
        SELECT wanted COLLATE "C" AS id, 0 AS steps
        UNION ALL
        SELECT merged.into_id, way.steps + 1 FROM way JOIN merged ON merged.kind = of AND merged.id = way.id WHERE way.steps < 100
    )
    SELECT id FROM way ORDER BY steps DESC LIMIT 1
$$;
COMMENT ON FUNCTION merged_into IS 'What a thing is now, after however many merges.';

CREATE FUNCTION references_to(of text) RETURNS TABLE (holder text, member text)
LANGUAGE sql IMMUTABLE AS $$
    SELECT each.holder, each.member
    FROM (VALUES ('subject', 'claim', 'subject_id'), ('proposition', 'claim', 'proposition_id'), ('agent', 'claim', 'claimant_id'),
                 ('agent', 'attribution', 'agent_id'), ('agent', 'source', 'publisher_id')) AS each (kind, holder, member)
    WHERE each.kind = of
$$;
COMMENT ON FUNCTION references_to IS 'THE columns that refer to what can be merged.';

CREATE OR REPLACE FUNCTION check_gone(kind text, wanted text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
    gone change := retraction_of(kind, wanted);
    successor text := nullif(merged_into(kind, wanted), wanted);
BEGIN
    IF successor IS NOT NULL THEN
        RAISE EXCEPTION 'It was merged into %.', successor USING ERRCODE = 'CL307', DETAIL = successor;
    ELSIF gone.id IS NOT NULL THEN
        RAISE EXCEPTION '%', coalesce('Retracted: ' || gone.comment, 'Retracted.') USING ERRCODE = 'CL410';
    END IF;
    RAISE EXCEPTION 'Nothing has this id.' USING ERRCODE = 'CL404';
END $$;
COMMENT ON FUNCTION check_gone IS 'Says of what is not there whether it was, and what it is now, or why it is no more.';

CREATE FUNCTION merge_problems(of text, wanted text, other text) RETURNS TABLE (pointer text, detail text)
LANGUAGE sql STABLE AS $$
    SELECT * FROM reference_problems(of, to_jsonb(other), '/into')
    UNION ALL
    SELECT '/into', 'A thing is not merged into itself.' WHERE other = wanted
    UNION ALL
    SELECT '/into', 'The voice of a source is that source''s alone.'
    FROM agent
    WHERE of = 'agent' AND agent.kind = 'source' AND agent.id IN (wanted, other)
    LIMIT 1
$$;
COMMENT ON FUNCTION merge_problems IS 'Why a thing cannot be merged into another.';

CREATE FUNCTION merge_things(of text, wanted text, other text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    place record;
BEGIN
    PERFORM refuse_problems(coalesce(json_agg(problem), '[]')) FROM merge_problems(of, wanted, other) AS problem;
    FOR place IN SELECT * FROM references_to(of) LOOP
        EXECUTE format('UPDATE %I SET %I = $1 WHERE %2$I = $2', place.holder, place.member) USING other, wanted;
    END LOOP;
    EXECUTE format('DELETE FROM %I WHERE id = $1', of) USING wanted;
    INSERT INTO merged (kind, id, into_id, change) VALUES (of, wanted, other, current_change());
END $$;
COMMENT ON FUNCTION merge_things IS 'Has everything that refers to a thing refer to another, which it is from then on.';

CREATE FUNCTION part_things(of text, wanted text) RETURNS void
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
    PERFORM put(of, document_at(of, wanted, known.change - 1)::jsonb);
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
COMMENT ON FUNCTION part_things IS 'Undoes a merge: what referred to the thing, and still refers to what it was merged into, refers to it again.';

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
COMMENT ON FUNCTION write_one IS
    'Creates or replaces a thing by its document (PUT, and PATCH, POST and REVERT, which make one), retracts it (DELETE), or merges it into another and parts them again (MERGE, UNMERGE); whether it was created. What a document leaves as it is is no change.';

-- migrate:down
CREATE OR REPLACE FUNCTION write_one(method text, kind text, wanted text, body jsonb, matches bigint[], only_new boolean)
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
DROP FUNCTION part_things, merge_things, merge_problems;
CREATE OR REPLACE FUNCTION check_gone(kind text, wanted text) RETURNS void
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
DROP FUNCTION references_to, merged_into;
DROP TABLE merged;
