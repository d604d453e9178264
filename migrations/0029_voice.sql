-- migrate:up

-- A claim that its source makes in its own voice stays one when it is patched to be of another source.

CREATE FUNCTION document_to_patch(kind text, wanted text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
    document json := document_of(kind, wanted);
BEGIN
    IF kind = 'claim' AND EXISTS (SELECT FROM agent WHERE id = document ->> 'claimant' AND source_id = document ->> 'source')
        AND document -> 'attribution' IS NULL THEN
        RETURN document::jsonb - 'claimant';
    END IF;
    RETURN document;
END $$;
COMMENT ON FUNCTION document_to_patch IS 'The document of a thing but for what follows from its other members: the claimant of a claim that its source makes itself.';

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

SELECT make_past();

-- migrate:down
CREATE OR REPLACE FUNCTION prepare_write(given bytea, method text, kind text, wanted text, body jsonb)
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
DROP FUNCTION document_to_patch;
SELECT make_past();
