-- migrate:up

-- What a client can ask of claims, sources and comparisons beyond what they are.

-- Claims and sources ----------------------------------------------------------------------------

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

CREATE FUNCTION source_relations(source slug) RETURNS json
LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(json_build_object(
               'kind', relation.kind,
               'direction', relation.direction,
               'source', source_reference(other)) ORDER BY relation.direction DESC, relation.kind, other.id), '[]')
    FROM (SELECT kind, 'to' AS direction, related_id AS id FROM source_relation WHERE source_id = source
          UNION ALL
          SELECT kind, 'from', source_id FROM source_relation WHERE related_id = source) AS relation
    JOIN source AS other ON other.id = relation.id
$$;
COMMENT ON FUNCTION source_relations IS 'What a source depends on (to) and what depends on it (from), as JSON.';

CREATE FUNCTION claim_comparisons(claim slug) RETURNS json
LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(json_build_object('id', comparison.id, 'kind', comparison.kind, 'title', comparison.title)
                             ORDER BY comparison.id), '[]')
    FROM (
        SELECT comparison.id, 'curated' AS kind, comparison.title
        FROM comparison_claim JOIN comparison ON comparison.id = comparison_claim.comparison_id
        WHERE comparison_claim.claim_id = claim
        UNION ALL
        SELECT derived_comparison_id(this.quantity_id, this.subject_id), 'derived', quantity.name || ' of ' || subject.name
        FROM claim AS this
        JOIN quantity ON quantity.id = this.quantity_id
        JOIN subject ON subject.id = this.subject_id
        WHERE this.id = claim AND this.kind = 'numeric' AND EXISTS (
            SELECT FROM claim AS other
            WHERE other.kind = 'numeric' AND other.id <> this.id
              AND other.quantity_id = this.quantity_id AND other.subject_id = this.subject_id)) AS comparison
$$;
COMMENT ON FUNCTION claim_comparisons IS 'The comparisons that a claim stands in, as JSON.';

CREATE FUNCTION proposition_stances(proposition slug) RETURNS json
LANGUAGE sql STABLE AS $$
    SELECT json_object_agg(counted.stance, counted.claims ORDER BY counted.stance)
    FROM (SELECT known.stance, count(claim.id) AS claims
          FROM unnest(enum_range(NULL::stance)) AS known (stance)
          LEFT JOIN claim ON claim.stance = known.stance AND claim.proposition_id = proposition
          GROUP BY known.stance) AS counted
$$;
COMMENT ON FUNCTION proposition_stances IS 'How many claims of a proposition take each stance, as JSON.';

CREATE INDEX source_url ON source (url) WHERE url IS NOT NULL;

-- Comparisons: in another unit, and of some stances alone ---------------------------------------

DROP FUNCTION compare(slug[], slug);

CREATE FUNCTION compared_claims(claims slug[], stances stance[]) RETURNS slug[]
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN stances IS NULL THEN claims ELSE ARRAY(
        SELECT wanted.id
        FROM unnest(claims) WITH ORDINALITY AS wanted (id, place)
        LEFT JOIN claim ON claim.id = wanted.id
        WHERE claim.kind IS DISTINCT FROM 'numeric' OR claim.stance = ANY (stances)
        ORDER BY wanted.place) END
$$;
COMMENT ON FUNCTION compared_claims IS 'The claims without the figures of other stances; null takes every stance.';

CREATE FUNCTION comparison_unit(baseline slug, wanted text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    own unit;
BEGIN
    SELECT unit.* INTO own
    FROM claim JOIN quantity ON quantity.id = claim.quantity_id JOIN unit ON unit.id = quantity.unit_id
    WHERE claim.id = baseline;
    IF wanted IS NULL THEN
        RETURN own.id;
    END IF;
    IF NOT EXISTS (SELECT FROM unit WHERE unit.id = wanted) THEN
        RAISE EXCEPTION 'There is no unit %.', wanted USING ERRCODE = 'CL400', COLUMN = 'unit';
    END IF;
    IF NOT (SELECT unit_converts(own, unit) FROM unit WHERE unit.id = wanted) THEN
        RAISE EXCEPTION '% does not convert to %.', own.id, wanted USING ERRCODE = 'CL400', COLUMN = 'unit';
    END IF;
    RETURN wanted;
END $$;
COMMENT ON FUNCTION comparison_unit IS 'The unit wanted, or that of the baseline''s quantity; SQLSTATE CL400 for one that does not exist or convert.';

CREATE FUNCTION comparison_has_stance(claims slug[], stances stance[]) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN stances IS NOT NULL THEN EXISTS (
        SELECT FROM claim WHERE claim.id = ANY (claims) AND claim.kind = 'numeric' AND claim.stance = ANY (stances)) END
$$;
COMMENT ON FUNCTION comparison_has_stance IS 'Whether a comparison has a figure of one of the stances; null where none is asked for.';

CREATE FUNCTION figure_limit(figure figure, amount numeric, wanted unit) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN unit_converts(figure.unit, wanted) THEN amount / coalesce(wanted.factor, 1) END
$$;
COMMENT ON FUNCTION figure_limit IS 'An end of a figure''s canonical extent in another unit; null where that does not convert.';

CREATE FUNCTION compare(claims slug[], baseline slug, wanted_unit text DEFAULT NULL, stances stance[] DEFAULT NULL) RETURNS outcome
LANGUAGE plpgsql STABLE AS $$
DECLARE
    kept slug[] := compared_claims(claims, stances);
    answer outcome;
BEGIN
    IF NOT comparison_has_stance(claims, stances) THEN
        RAISE EXCEPTION 'No figure here has one of these stances.' USING ERRCODE = 'CL400', COLUMN = 'stance';
    END IF;
    PERFORM comparison_check(kept, baseline);
    answer.baseline := coalesce(baseline, smallest_figure(kept));
    answer.unit := comparison_unit(answer.baseline, wanted_unit);

    SELECT coalesce(json_agg(document ORDER BY compared.place), '[]'),
           spread(array_agg(compared.amount ORDER BY compared.amount) FILTER (WHERE compared.spreads)),
           count(DISTINCT (compared.figure).source_id),
           count(DISTINCT (compared.figure).origin_id)
    INTO answer.figures, answer.spread, answer.sources, answer.origins
    FROM compared_figure(kept, answer.baseline, answer.unit) AS compared
    JOIN unit AS wanted ON wanted.id = answer.unit
    JOIN figure_document ON figure_document.claim = (compared.figure).id
    CROSS JOIN LATERAL (
        SELECT figure_document.*,
               json_build_object(
                   'value', decimal_text(compared.amount),
                   'low', decimal_text(figure_limit(compared.figure, lower((compared.figure).extent), wanted)),
                   'high', decimal_text(figure_limit(compared.figure, upper((compared.figure).extent), wanted))) AS amount,
               ratio_round(compared.ratio)::text AS ratio_to_baseline,
               decimal_text(compared.difference) AS difference_to_baseline) AS document;

    SELECT coalesce(json_agg(compared.pair ORDER BY compared.left_place, compared.right_place), '[]'),
           max(compared.verdict)
    INTO answer.pairs, answer.verdict
    FROM compared_pair(kept, answer.baseline, answer.unit) AS compared;

    SELECT coalesce(json_agg(multiple_document ORDER BY multiple_document.claim), '[]')
    INTO answer.stated_multiples
    FROM multiple_document
    WHERE multiple_document.claim = ANY (kept);
    RETURN answer;
END $$;
COMMENT ON FUNCTION compare IS 'THE comparison of figures, with a check of the stated multiples among the claims. Without a baseline it is the smallest figure; a single figure has no pair and so no verdict.';

CREATE FUNCTION comparison_baseline(claims slug[], chosen slug, curated slug, stances stance[]) RETURNS slug
LANGUAGE sql STABLE AS $$
    SELECT coalesce(chosen, (SELECT kept.id FROM unnest(compared_claims(claims, stances)) AS kept (id) WHERE kept.id = curated))
$$;
COMMENT ON FUNCTION comparison_baseline IS 'The baseline that the caller chose, or the curated one where it is among the figures compared; null leaves it to compare().';

CREATE FUNCTION comparison_outcome(claims slug[], curated slug, stances stance[]) RETURNS outcome
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN comparison_has_stance(claims, stances) IS NOT FALSE
                THEN compare(claims, comparison_baseline(claims, NULL, curated, stances), NULL, stances) END
$$;
COMMENT ON FUNCTION comparison_outcome IS 'What a comparison finds, as lists show it; null where no figure has one of the stances.';

-- migrate:down
DROP FUNCTION comparison_outcome, comparison_baseline, compare, comparison_has_stance, comparison_unit, compared_claims, figure_limit;
CREATE FUNCTION compare(claims slug[], baseline slug) RETURNS outcome
LANGUAGE plpgsql STABLE AS $$
DECLARE
    answer outcome;
BEGIN
    PERFORM comparison_check(claims, baseline);
    answer.baseline := coalesce(baseline, smallest_figure(claims));
    answer.unit := (SELECT quantity.unit_id FROM claim JOIN quantity ON quantity.id = claim.quantity_id
                    WHERE claim.id = answer.baseline);

    SELECT coalesce(json_agg(document ORDER BY compared.place), '[]'),
           spread(array_agg(compared.amount ORDER BY compared.amount) FILTER (WHERE compared.spreads)),
           count(DISTINCT (compared.figure).source_id),
           count(DISTINCT (compared.figure).origin_id)
    INTO answer.figures, answer.spread, answer.sources, answer.origins
    FROM compared_figure(claims, answer.baseline, answer.unit) AS compared
    JOIN figure_document ON figure_document.claim = (compared.figure).id
    CROSS JOIN LATERAL (
        SELECT figure_document.*,
               ratio_round(compared.ratio)::text AS ratio_to_baseline,
               decimal_text(compared.difference) AS difference_to_baseline) AS document;

    SELECT coalesce(json_agg(compared.pair ORDER BY compared.left_place, compared.right_place), '[]'),
           max(compared.verdict)
    INTO answer.pairs, answer.verdict
    FROM compared_pair(claims, answer.baseline, answer.unit) AS compared;

    SELECT coalesce(json_agg(multiple_document ORDER BY multiple_document.claim), '[]')
    INTO answer.stated_multiples
    FROM multiple_document
    WHERE multiple_document.claim = ANY (claims);
    RETURN answer;
END $$;
COMMENT ON FUNCTION compare IS 'THE comparison of figures, with a check of the stated multiples among the claims. Without a baseline it is the smallest figure; a single figure has no pair and so no verdict.';
DROP INDEX source_url;
DROP FUNCTION proposition_stances, claim_comparisons, source_relations, related_claims;
