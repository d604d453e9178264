-- migrate:up

-- Requests that may come twice: who sends an Idempotency-Key with one gets the answer to the first, and nothing is done again.

CREATE TABLE answered (
    author text COLLATE "C" NOT NULL REFERENCES token,
    key text COLLATE "C" NOT NULL,
    request bytea NOT NULL CHECK (length(request) = 32),
    id text COLLATE "C" NOT NULL,
    created boolean NOT NULL,
    change bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (author, key)
);
COMMENT ON TABLE answered IS 'What was done for requests with an Idempotency-Key, for a week.';
COMMENT ON COLUMN answered.request IS 'SHA-256 of what was asked for: method, target and body.';
COMMENT ON COLUMN answered.change IS 'The last change when it was answered: what it answers with is as it was then.';
CREATE INDEX answered_at ON answered (at);

CREATE FUNCTION prepare_keyed_write(given bytea, method text, kind text, wanted text, body jsonb, given_key text, given_request bytea)
RETURNS TABLE (id text, document json, revision bigint, created boolean, change bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    known answered;
BEGIN
    SELECT * INTO known FROM answered WHERE author = authorize(given, 'write') AND key = given_key;
    IF known.key IS NULL THEN
        RETURN QUERY SELECT prepared.*, NULL::boolean, NULL::bigint FROM prepare_write(given, method, kind, wanted, body) AS prepared;
    ELSIF known.request <> given_request THEN
        RAISE EXCEPTION 'The key has been used for another request.' USING ERRCODE = 'CLKEY';
    ELSE
        RETURN QUERY SELECT known.id, NULL::json, NULL::bigint, known.created, known.change;
    END IF;
END $$;
COMMENT ON FUNCTION prepare_keyed_write IS
    'As prepare_write() for a request with a key; of one that was answered already, whether it created the thing, and the change that it was answered after.';

CREATE FUNCTION note_answer(given bytea, given_key text, given_request bytea, of text, wanted text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM answered WHERE (author, key) IN (SELECT author, key FROM answered WHERE at < now() - interval '7 days' ORDER BY at LIMIT 10);
    INSERT INTO answered (author, key, request, id, created, change)
    SELECT authorize(given, 'write'), given_key, given_request, wanted,
           EXISTS (SELECT FROM revision WHERE revision.change = last.id AND kind = of AND revision.id = wanted AND action = 'created'
                   AND nullif(current_setting('claimd.change', true), '')::bigint = last.id), last.id
    FROM (SELECT max(change.id) AS id FROM change) AS last;
EXCEPTION WHEN unique_violation THEN
    RAISE EXCEPTION 'It was answered while this one waited.' USING ERRCODE = 'CL409';
END $$;
COMMENT ON FUNCTION note_answer IS 'Notes what was done for a request with a key, in the transaction that does it.';

-- migrate:down
DROP FUNCTION note_answer, prepare_keyed_write;
DROP TABLE answered;
