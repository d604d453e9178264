-- migrate:up

-- How many claims a subject, quantity, agent or source has, and how many sources an origin: counted as they come and go. Each statement
-- enters what it adds and takes away in rows of its own, so that no writer waits for another; the number is their sum.

CREATE TABLE tally (
    counted text COLLATE "C" NOT NULL,
    id slug NOT NULL,
    transaction xid8 NOT NULL,
    number bigint NOT NULL
);
COMMENT ON TABLE tally IS 'Of what is counted, how many more there are since a transaction; what earlier ones have entered is put together in time.';
COMMENT ON COLUMN tally.counted IS 'What the id is of: subject, quantity, agent or source, of which claims are counted, or origin, of which sources are.';
CREATE INDEX tally_of ON tally (counted, id, transaction) INCLUDE (number);

CREATE FUNCTION tally_of(wanted text, of slug) RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (SELECT coalesce(sum(number), 0) FROM tally WHERE counted = wanted AND id = of);
END $$;
COMMENT ON FUNCTION tally_of IS 'How many there are.';

CREATE FUNCTION tally_enter(entered text[], ids slug[], numbers bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tally
    SELECT counted, id, pg_current_xact_id(), number FROM unnest(entered, ids, numbers) AS entry (counted, id, number) WHERE number <> 0;
    -- A transaction that sees the past would be refused rows that are gone.
    IF random() > 0.05 OR current_setting('transaction_isolation') <> 'read committed' THEN
        RETURN;
    END IF;
    WITH earlier AS (
        SELECT known.at
        FROM unnest(entered, ids) AS entry (counted, id)
        CROSS JOIN LATERAL (
            SELECT tally.ctid AS at
            FROM tally
            WHERE tally.counted = entry.counted AND tally.id = entry.id AND tally.transaction < pg_current_xact_id()
            ORDER BY tally.transaction
            LIMIT 1000
            FOR UPDATE SKIP LOCKED) AS known
    ), gone AS (
        DELETE FROM tally WHERE ctid IN (SELECT at FROM earlier) RETURNING counted, id, number
    )
    INSERT INTO tally SELECT counted, id, pg_current_xact_id(), sum(number) FROM gone GROUP BY counted, id;
END $$;
COMMENT ON FUNCTION tally_enter IS 'Enters what a statement adds or takes away; once in a while puts together what others have entered of the same.';

CREATE FUNCTION claim_tallied(subject_id slug, quantity_id slug, claimant_id slug, source_id slug)
RETURNS TABLE (counted text, id slug)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT part.counted, part.id
    FROM (VALUES ('subject', subject_id), ('quantity', quantity_id), ('agent', claimant_id), ('source', source_id)) AS part (counted, id)
    WHERE part.id IS NOT NULL
$$;
COMMENT ON FUNCTION claim_tallied IS 'THE ids of which a claim is counted.';

CREATE FUNCTION claim_tally() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM tally_enter(array_agg(counted), array_agg(id), array_agg(number))
        FROM (SELECT part.counted, part.id, count(*) AS number
              FROM came CROSS JOIN LATERAL claim_tallied(subject_id, quantity_id, claimant_id, source_id) AS part
              GROUP BY 1, 2) AS entry;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM tally_enter(array_agg(counted), array_agg(id), array_agg(number))
        FROM (SELECT part.counted, part.id, -count(*) AS number
              FROM gone CROSS JOIN LATERAL claim_tallied(subject_id, quantity_id, claimant_id, source_id) AS part
              GROUP BY 1, 2) AS entry;
    ELSIF TG_OP = 'UPDATE' THEN
        PERFORM tally_enter(array_agg(counted), array_agg(id), array_agg(number))
        FROM (SELECT part.counted, part.id, sum(changed.number)::bigint AS number
              FROM (SELECT subject_id, quantity_id, claimant_id, source_id, 1 AS number FROM came
                    UNION ALL
                    SELECT subject_id, quantity_id, claimant_id, source_id, -1 FROM gone) AS changed
              CROSS JOIN LATERAL claim_tallied(subject_id, quantity_id, claimant_id, source_id) AS part
              GROUP BY 1, 2
              HAVING sum(changed.number) <> 0) AS entry
        HAVING count(*) > 0;
    ELSE
        DELETE FROM tally WHERE counted <> 'origin';
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION claim_tally IS 'Counts claims.';
CREATE TRIGGER claim_tally_inserted AFTER INSERT ON claim
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION claim_tally();
CREATE TRIGGER claim_tally_updated AFTER UPDATE ON claim
    REFERENCING OLD TABLE AS gone NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION claim_tally();
CREATE TRIGGER claim_tally_deleted AFTER DELETE ON claim
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION claim_tally();
CREATE TRIGGER claim_tally_truncated AFTER TRUNCATE ON claim
    FOR EACH STATEMENT EXECUTE FUNCTION claim_tally();

CREATE FUNCTION source_tally() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM tally_enter('{origin}', ARRAY[OLD.origin_id], '{-1}');
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM tally_enter('{origin}', ARRAY[NEW.origin_id], '{1}');
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION source_tally IS 'Counts sources of one origin.';
CREATE TRIGGER source_tally AFTER INSERT OR DELETE ON source
    FOR EACH ROW EXECUTE FUNCTION source_tally();
CREATE TRIGGER source_tally_moved AFTER UPDATE OF origin_id ON source
    FOR EACH ROW WHEN (OLD.origin_id <> NEW.origin_id) EXECUTE FUNCTION source_tally();

CREATE FUNCTION tally_anew() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE tally;
    PERFORM tally_enter(array_agg(counted), array_agg(id), array_agg(number))
    FROM (SELECT part.counted, part.id, count(*) AS number
          FROM claim CROSS JOIN LATERAL claim_tallied(subject_id, quantity_id, claimant_id, source_id) AS part
          GROUP BY 1, 2
          UNION ALL
          SELECT 'origin', origin_id, count(*) FROM source GROUP BY origin_id) AS entry;
END $$;
COMMENT ON FUNCTION tally_anew IS 'Counts all again, as after rows were loaded without triggers; services hear of it.';
CREATE TRIGGER data_changed AFTER TRUNCATE ON tally FOR EACH STATEMENT EXECUTE FUNCTION data_changed();
SELECT tally_anew();

-- migrate:down
DROP FUNCTION source_tally, claim_tally CASCADE;
DROP FUNCTION tally_anew, claim_tallied, tally_enter, tally_of;
DROP TABLE tally;
