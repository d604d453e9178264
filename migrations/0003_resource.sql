-- migrate:up

-- What a resource shows beside its own columns ---------------------------------------------------

CREATE FUNCTION attribution_chain(claim slug) RETURNS json
LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(json_build_object(
               'agent', json_build_object('id', agent.id, 'name', agent.name, 'kind', agent.kind),
               'role', attribution.role,
               'via', CASE WHEN via.id IS NOT NULL THEN source_reference(via) END)
               ORDER BY attribution.position), '[]')
    FROM attribution
    JOIN agent ON agent.id = attribution.agent_id
    LEFT JOIN source AS via ON via.id = attribution.via_id
    WHERE attribution.claim_id = claim
$$;
COMMENT ON FUNCTION attribution_chain IS 'The hops from a claim''s source to its origin, nearest first.';

CREATE FUNCTION source_relations(source slug) RETURNS json
LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(json_build_object(
               'kind', relation.kind,
               'direction', relation.direction,
               'source', source_reference(other))
               ORDER BY relation.direction DESC, relation.kind, other.id), '[]')
    FROM (SELECT kind, 'to' AS direction, related_id AS id FROM source_relation WHERE source_id = source
          UNION ALL
          SELECT kind, 'from', source_id FROM source_relation WHERE related_id = source) AS relation
    JOIN source AS other ON other.id = relation.id
$$;
COMMENT ON FUNCTION source_relations IS 'The sources that this one depends on (to), then those that depend on it (from).';

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
DROP FUNCTION compare_selection, known_source, source_relations, attribution_chain;
