-- migrate:up

CREATE FUNCTION related_claims(claim slug) RETURNS TABLE (id slug, relations json)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM claim AS known WHERE known.id = claim) THEN
        RAISE EXCEPTION 'There is no claim %.', claim USING ERRCODE = 'CL404';
    END IF;
    RETURN QUERY
    SELECT relation.id, json_agg(json_build_object('kind', relation.kind, 'id', relation.through)
                                 ORDER BY relation.kind DESC, relation.through)
    FROM (
        SELECT other.id, 'same_proposition' AS kind, other.proposition_id AS through
        FROM claim AS this JOIN claim AS other USING (proposition_id)
        WHERE this.id = claim
        UNION ALL
        SELECT other.claim_id, 'same_comparison', other.comparison_id
        FROM comparison_claim AS this JOIN comparison_claim AS other USING (comparison_id)
        WHERE this.claim_id = claim
        UNION ALL
        SELECT other.id, 'same_comparison', derived_comparison_id(other.quantity_id, other.subject_id)
        FROM claim AS this JOIN claim AS other USING (kind, quantity_id, subject_id)
        WHERE this.id = claim AND this.kind = 'numeric') AS relation
    WHERE relation.id <> claim
    GROUP BY relation.id;
END $$;
COMMENT ON FUNCTION related_claims IS 'The other claims that say the same thing or stand in the same comparison, and through what; SQLSTATE CL404 where there is no such claim.';

-- migrate:down
DROP FUNCTION related_claims;
