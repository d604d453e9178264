-- migrate:up

-- What a caller picks ----------------------------------------------------------------------------

CREATE FUNCTION known_source(source slug) RETURNS slug
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM source AS known WHERE known.id = source) THEN
        RAISE EXCEPTION 'There is no source %.', source USING ERRCODE = 'CL404';
    END IF;
    RETURN source;
END $$;
COMMENT ON FUNCTION known_source IS 'The id itself; SQLSTATE CL404 where there is no such source.';

CREATE FUNCTION compare_selection(claims slug[], subject slug, quantity slug) RETURNS slug[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    picked slug[] := coalesce(claims, ARRAY(
        SELECT claim.id FROM claim
        WHERE claim.kind = 'numeric' AND claim.subject_id = subject AND claim.quantity_id = quantity));
BEGIN
    IF (claims IS NULL) = (subject IS NULL) OR (subject IS NULL) <> (quantity IS NULL) THEN
        RAISE EXCEPTION 'Give either claims, or subject and quantity.' USING ERRCODE = 'CL400', COLUMN = 'claims';
    END IF;
    IF cardinality(picked) < 2 THEN
        RAISE EXCEPTION 'A comparison takes at least two claims; here there are %.', cardinality(picked)
            USING ERRCODE = 'CL400', COLUMN = CASE WHEN claims IS NULL THEN 'quantity' ELSE 'claims' END;
    END IF;
    RETURN picked;
END $$;
COMMENT ON FUNCTION compare_selection IS 'The claims themselves, or all figures of a quantity of a subject; SQLSTATE CL400 for neither, both, or fewer than two.';

-- migrate:down
DROP FUNCTION compare_selection, known_source;
