-- migrate:up

-- What comparisons say of figures in units that do not convert into each other, and of nothing.

-- 0 over whatever is positive is 0: an end that no end of the divisor has to be known for.
CREATE OR REPLACE FUNCTION quotient(dividend numrange, divisor numrange) RETURNS numrange
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT nullif(
        interval_between(
            quotient(lower(dividend), CASE WHEN lower(dividend) < 0 THEN lower(divisor) WHEN lower(dividend) = 0 THEN coalesce(upper(divisor), 1) ELSE upper(divisor) END),
            lower_inc(dividend) AND (lower(dividend) = 0 OR CASE WHEN lower(dividend) < 0 THEN lower_inc(divisor) ELSE upper_inc(divisor) END),
            quotient(upper(dividend), CASE WHEN upper(dividend) < 0 THEN upper(divisor) WHEN upper(dividend) = 0 THEN coalesce(upper(divisor), 1) ELSE lower(divisor) END),
            upper_inc(dividend) AND (upper(dividend) = 0 OR CASE WHEN upper(dividend) < 0 THEN upper_inc(divisor) ELSE lower_inc(divisor) END)),
        '(,)')
$$;
COMMENT ON FUNCTION quotient(numrange, numrange) IS
    'THE interval of a ratio: low / high to high / low, over the positive part of the divisor, whatever that is for an end that is 0. An end that this leaves open is open, and without any end the interval is null.';

-- Which figure is the smallest: amounts of units that do not convert are no order.
CREATE OR REPLACE FUNCTION outcome_of(groups comparable[], chosen slug, wanted_unit text)
RETURNS TABLE (figures bigint, unit text, baseline slug, smallest numeric, largest numeric, verdict text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT total.figures,
           coalesce(wanted_unit, base.usual_unit),
           base.baseline,
           CASE WHEN base.named > 1 THEN in_unit(base.named_smallest, base.unit_family, unit) END,
           CASE WHEN base.named > 1 THEN in_unit(base.named_largest, base.unit_family, unit) END,
           total.verdict::text
    FROM (SELECT sum(each.figures)::bigint AS figures,
                 CASE WHEN sum(each.figures) > 1 THEN max(comparable_verdict(each)) END AS verdict
          FROM unnest(groups) AS each) AS total
    CROSS JOIN LATERAL (
        SELECT coalesce(chosen, each.baseline) AS baseline, usual.id::text AS usual_unit, each.unit_family,
               each.named, each.named_smallest, each.named_largest
        FROM unnest(groups) AS each
        JOIN quantity ON quantity.id = each.quantity_id
        JOIN unit AS usual ON usual.id = quantity.unit_id
        LEFT JOIN comparable_figure AS own
            ON own.baseline = chosen
           AND (own.subject_id, own.quantity_id, own.scope_id, own.period, own.unit_family)
             = (each.subject_id, each.quantity_id, each.scope_id, each.period, each.unit_family)
        ORDER BY own.baseline IS NULL, each.baseline_named DESC, each.unit_family <> unit_family(usual), each.baseline_amount, each.baseline
        LIMIT 1) AS base
    LEFT JOIN unit ON unit.id = coalesce(wanted_unit, base.usual_unit)
$$;
COMMENT ON FUNCTION outcome_of IS
    'What groups of figures come to, with the figure chosen as the baseline, or else the smallest (one that does not convert into its quantity''s unit where no other names a value), and in the unit wanted, or else that of the baseline''s quantity. '
    'A single figure has no pair and so no verdict. The spread is over the figures that name a value and compare with the baseline.';

CREATE OR REPLACE FUNCTION compare(claims slug[], baseline slug, wanted_unit text DEFAULT NULL, stances stance[] DEFAULT NULL, curated slug DEFAULT NULL)
RETURNS outcome
LANGUAGE plpgsql STABLE AS $$
DECLARE
    kept slug[] := claims;
    answer outcome;
BEGIN
    IF stances IS NOT NULL THEN
        kept := ARRAY(
            SELECT wanted.id
            FROM unnest(claims) WITH ORDINALITY AS wanted (id, place)
            LEFT JOIN claim ON claim.id = wanted.id
            WHERE claim.kind IS DISTINCT FROM 'numeric' OR claim.stance = ANY (stances)
            ORDER BY wanted.place);
        IF NOT EXISTS (SELECT FROM claim WHERE claim.id = ANY (kept) AND claim.kind = 'numeric') THEN
            RAISE EXCEPTION 'No figure here has one of these stances.' USING ERRCODE = 'CL400', COLUMN = 'stance';
        END IF;
    END IF;
    PERFORM comparison_check(kept, baseline);
    SELECT found.figures, found.figures * (found.figures - 1) / 2, found.unit, found.baseline,
           spread(found.smallest, found.largest), found.verdict
    INTO answer.figure_count, answer.pair_count, answer.unit, answer.baseline, answer.spread, answer.verdict
    FROM (SELECT array_agg(each) AS groups FROM comparables(NULL, kept) AS each) AS compared
    CROSS JOIN LATERAL outcome_of(groups, coalesce(baseline, CASE WHEN curated = ANY (kept) THEN curated END), wanted_unit) AS found;
    IF wanted_unit IS NOT NULL THEN
        PERFORM comparison_unit(answer.baseline, wanted_unit);
    END IF;
    answer.pairs_shown := CASE WHEN answer.figure_count <= comparison_paired_most() THEN 'all' ELSE 'baseline' END;

    WITH compared AS MATERIALIZED (
        SELECT row_number() OVER (ORDER BY unit_converts(figure.unit, wanted) DESC,
                                           unit_family(figure.unit) COLLATE "C", figure.amount, figure.id) AS place,
               figure
        FROM figure
        JOIN unit AS wanted ON wanted.id = answer.unit
        WHERE figure.id = ANY (kept) AND figure.kind = 'numeric'
    ), shown AS MATERIALIZED (
        SELECT * FROM compared WHERE place <= comparison_figures_most() OR (figure).id = answer.baseline
    ), base AS MATERIALIZED (
        SELECT * FROM shown WHERE (figure).id = answer.baseline
    ), pair AS ( -- the left one comes later in their order, so that ratios are not below 1
        SELECT a, b FROM shown AS a JOIN shown AS b ON b.place < a.place WHERE answer.pairs_shown = 'all'
        UNION ALL
        SELECT a, b FROM shown AS a JOIN base AS b ON b.place < a.place WHERE answer.pairs_shown = 'baseline'
        UNION ALL
        SELECT a, b FROM base AS a JOIN shown AS b ON b.place < a.place WHERE answer.pairs_shown = 'baseline'
    )
    SELECT (SELECT json_agg(document ORDER BY shown.place)
            FROM shown
            JOIN unit AS wanted ON wanted.id = answer.unit
            CROSS JOIN base
            JOIN figure_document ON figure_document.claim = (shown.figure).id
            CROSS JOIN LATERAL (SELECT unit_family((shown.figure).unit) AS family) AS own
            CROSS JOIN LATERAL (
                SELECT figure_document.*,
                       json_build_object(
                           'value', decimal_text(in_unit((shown.figure).amount, family, wanted)),
                           'low', decimal_text(in_unit(lower((shown.figure).extent), family, wanted)),
                           'high', decimal_text(in_unit(upper((shown.figure).extent), family, wanted))) AS amount,
                       ratio_round(figure_ratio(shown.figure, base.figure))::text AS ratio_to_baseline,
                       decimal_text(in_unit((shown.figure).amount, family, wanted)
                                    - in_unit((base.figure).amount, unit_family((base.figure).unit), wanted)) AS difference_to_baseline) AS document),
           (SELECT coalesce(json_agg(json_build_object(
                       'left', ((pair.a).figure).id,
                       'right', ((pair.b).figure).id,
                       'ratio', ratio_round(relation.ratio)::text,
                       'ratio_low', ratio_round(lower(relation.extent))::text,
                       'ratio_high', ratio_round(upper(relation.extent))::text,
                       'verdict', relation.verdict,
                       'reasons', relation.reasons,
                       'same_origin', ((pair.a).figure).origin_id = ((pair.b).figure).origin_id)
                       ORDER BY (pair.a).place, (pair.b).place), '[]')
            FROM pair
            CROSS JOIN LATERAL ( -- OFFSET 0 keeps the planner from working each column out once for every use
                SELECT figure_ratio((pair.a).figure, (pair.b).figure) AS ratio,
                       figure_ratio_extent((pair.a).figure, (pair.b).figure) AS extent,
                       figure_reasons((pair.a).figure, (pair.b).figure) AS reasons,
                       figure_verdict((pair.a).figure, (pair.b).figure) AS verdict
                OFFSET 0) AS relation),
           (SELECT coalesce(json_agg(multiple_document ORDER BY multiple_document.claim), '[]')
            FROM multiple_document
            WHERE answer.figure_count < cardinality(kept) AND multiple_document.claim = ANY (kept)),
           (SELECT count(DISTINCT (figure).source_id) FROM compared),
           (SELECT count(DISTINCT (figure).origin_id) FROM compared)
    INTO answer.figures, answer.pairs, answer.stated_multiples, answer.sources, answer.origins;
    RETURN answer;
END $$;

-- Findings of figures in more than one family of units rest on the order.
SELECT settle_findings('{}', array_agg(comparison_id))
FROM (SELECT comparison_id FROM comparable GROUP BY comparison_id HAVING count(DISTINCT unit_family) > 1) AS mixed
HAVING count(*) > 0;

SELECT make_past();

-- migrate:down
CREATE OR REPLACE FUNCTION outcome_of(groups comparable[], chosen slug, wanted_unit text)
RETURNS TABLE (figures bigint, unit text, baseline slug, smallest numeric, largest numeric, verdict text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT total.figures,
           coalesce(wanted_unit, quantity.unit_id::text),
           base.baseline,
           CASE WHEN base.named > 1 THEN in_unit(base.named_smallest, base.unit_family, unit) END,
           CASE WHEN base.named > 1 THEN in_unit(base.named_largest, base.unit_family, unit) END,
           total.verdict::text
    FROM (SELECT sum(each.figures)::bigint AS figures,
                 CASE WHEN sum(each.figures) > 1 THEN max(comparable_verdict(each)) END AS verdict
          FROM unnest(groups) AS each) AS total
    CROSS JOIN LATERAL (
        SELECT coalesce(chosen, each.baseline) AS baseline, each.quantity_id, each.unit_family,
               each.named, each.named_smallest, each.named_largest
        FROM unnest(groups) AS each
        LEFT JOIN comparable_figure AS own
            ON own.baseline = chosen
           AND (own.subject_id, own.quantity_id, own.scope_id, own.period, own.unit_family)
             = (each.subject_id, each.quantity_id, each.scope_id, each.period, each.unit_family)
        ORDER BY own.baseline IS NULL, each.baseline_named DESC, each.baseline_amount, each.baseline
        LIMIT 1) AS base
    JOIN quantity ON quantity.id = base.quantity_id
    LEFT JOIN unit ON unit.id = coalesce(wanted_unit, quantity.unit_id)
$$;
COMMENT ON FUNCTION outcome_of IS
    'What groups of figures come to, with the figure chosen as the baseline, or else the smallest, and in the unit wanted, or else that of the baseline''s quantity. '
    'A single figure has no pair and so no verdict. The spread is over the figures that name a value and compare with the baseline.';
CREATE OR REPLACE FUNCTION compare(claims slug[], baseline slug, wanted_unit text DEFAULT NULL, stances stance[] DEFAULT NULL, curated slug DEFAULT NULL)
RETURNS outcome
LANGUAGE plpgsql STABLE AS $$
DECLARE
    kept slug[] := claims;
    answer outcome;
BEGIN
    IF stances IS NOT NULL THEN
        kept := ARRAY(
            SELECT wanted.id
            FROM unnest(claims) WITH ORDINALITY AS wanted (id, place)
            LEFT JOIN claim ON claim.id = wanted.id
            WHERE claim.kind IS DISTINCT FROM 'numeric' OR claim.stance = ANY (stances)
            ORDER BY wanted.place);
        IF NOT EXISTS (SELECT FROM claim WHERE claim.id = ANY (kept) AND claim.kind = 'numeric') THEN
            RAISE EXCEPTION 'No figure here has one of these stances.' USING ERRCODE = 'CL400', COLUMN = 'stance';
        END IF;
    END IF;
    PERFORM comparison_check(kept, baseline);
    SELECT found.figures, found.figures * (found.figures - 1) / 2, found.unit, found.baseline,
           spread(found.smallest, found.largest), found.verdict
    INTO answer.figure_count, answer.pair_count, answer.unit, answer.baseline, answer.spread, answer.verdict
    FROM (SELECT array_agg(each) AS groups FROM comparables(NULL, kept) AS each) AS compared
    CROSS JOIN LATERAL outcome_of(groups, coalesce(baseline, CASE WHEN curated = ANY (kept) THEN curated END), wanted_unit) AS found;
    IF wanted_unit IS NOT NULL THEN
        PERFORM comparison_unit(answer.baseline, wanted_unit);
    END IF;
    answer.pairs_shown := CASE WHEN answer.figure_count <= comparison_paired_most() THEN 'all' ELSE 'baseline' END;

    WITH compared AS MATERIALIZED (
        SELECT row_number() OVER (ORDER BY unit_converts(figure.unit, wanted) DESC,
                                           in_unit(figure.amount, unit_family(figure.unit), wanted), figure.id) AS place,
               figure
        FROM figure
        JOIN unit AS wanted ON wanted.id = answer.unit
        WHERE figure.id = ANY (kept) AND figure.kind = 'numeric'
    ), shown AS MATERIALIZED (
        SELECT * FROM compared WHERE place <= comparison_figures_most() OR (figure).id = answer.baseline
    ), base AS MATERIALIZED (
        SELECT * FROM shown WHERE (figure).id = answer.baseline
    ), pair AS ( -- the left one comes later in their order, so that ratios are not below 1
        SELECT a, b FROM shown AS a JOIN shown AS b ON b.place < a.place WHERE answer.pairs_shown = 'all'
        UNION ALL
        SELECT a, b FROM shown AS a JOIN base AS b ON b.place < a.place WHERE answer.pairs_shown = 'baseline'
        UNION ALL
        SELECT a, b FROM base AS a JOIN shown AS b ON b.place < a.place WHERE answer.pairs_shown = 'baseline'
    )
    SELECT (SELECT json_agg(document ORDER BY shown.place)
            FROM shown
            JOIN unit AS wanted ON wanted.id = answer.unit
            CROSS JOIN base
            JOIN figure_document ON figure_document.claim = (shown.figure).id
            CROSS JOIN LATERAL (SELECT unit_family((shown.figure).unit) AS family) AS own
            CROSS JOIN LATERAL (
                SELECT figure_document.*,
                       json_build_object(
                           'value', decimal_text(in_unit((shown.figure).amount, family, wanted)),
                           'low', decimal_text(in_unit(lower((shown.figure).extent), family, wanted)),
                           'high', decimal_text(in_unit(upper((shown.figure).extent), family, wanted))) AS amount,
                       ratio_round(figure_ratio(shown.figure, base.figure))::text AS ratio_to_baseline,
                       decimal_text(in_unit((shown.figure).amount, family, wanted)
                                    - in_unit((base.figure).amount, unit_family((base.figure).unit), wanted)) AS difference_to_baseline) AS document),
           (SELECT coalesce(json_agg(json_build_object(
                       'left', ((pair.a).figure).id,
                       'right', ((pair.b).figure).id,
                       'ratio', ratio_round(relation.ratio)::text,
                       'ratio_low', ratio_round(lower(relation.extent))::text,
                       'ratio_high', ratio_round(upper(relation.extent))::text,
                       'verdict', relation.verdict,
                       'reasons', relation.reasons,
                       'same_origin', ((pair.a).figure).origin_id = ((pair.b).figure).origin_id)
                       ORDER BY (pair.a).place, (pair.b).place), '[]')
            FROM pair
            CROSS JOIN LATERAL ( -- OFFSET 0 keeps the planner from working each column out once for every use
                SELECT figure_ratio((pair.a).figure, (pair.b).figure) AS ratio,
                       figure_ratio_extent((pair.a).figure, (pair.b).figure) AS extent,
                       figure_reasons((pair.a).figure, (pair.b).figure) AS reasons,
                       figure_verdict((pair.a).figure, (pair.b).figure) AS verdict
                OFFSET 0) AS relation),
           (SELECT coalesce(json_agg(multiple_document ORDER BY multiple_document.claim), '[]')
            FROM multiple_document
            WHERE answer.figure_count < cardinality(kept) AND multiple_document.claim = ANY (kept)),
           (SELECT count(DISTINCT (figure).source_id) FROM compared),
           (SELECT count(DISTINCT (figure).origin_id) FROM compared)
    INTO answer.figures, answer.pairs, answer.stated_multiples, answer.sources, answer.origins;
    RETURN answer;
END $$;
CREATE OR REPLACE FUNCTION quotient(dividend numrange, divisor numrange) RETURNS numrange
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT nullif(
        interval_between(
            quotient(lower(dividend), CASE WHEN lower(dividend) < 0 THEN lower(divisor) ELSE upper(divisor) END),
            lower_inc(dividend) AND (lower(dividend) = 0 OR CASE WHEN lower(dividend) < 0 THEN lower_inc(divisor) ELSE upper_inc(divisor) END),
            quotient(upper(dividend), CASE WHEN upper(dividend) < 0 THEN upper(divisor) ELSE lower(divisor) END),
            upper_inc(dividend) AND (upper(dividend) = 0 OR CASE WHEN upper(dividend) < 0 THEN upper_inc(divisor) ELSE lower_inc(divisor) END)),
        '(,)')
$$;
COMMENT ON FUNCTION quotient(numrange, numrange) IS
    'THE interval of a ratio: low / high to high / low, over the positive part of the divisor. An end that this leaves open is open, and without any end the interval is null.';
SELECT settle_findings('{}', array_agg(comparison_id))
FROM (SELECT comparison_id FROM comparable GROUP BY comparison_id HAVING count(DISTINCT unit_family) > 1) AS mixed
HAVING count(*) > 0;

SELECT make_past();
