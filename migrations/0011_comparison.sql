-- migrate:up

-- Comparisons of any number of figures: the verdict and the spread of all without their pairs, and no more figures and pairs shown than
-- somebody can read.

-- Rules that the planner can put into a query: an expression, and no cast that depends on a catalogue, makes a function one.

CREATE OR REPLACE FUNCTION figure_verdict(a figure, b figure) RETURNS verdict
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN figure_reasons(a, b) <> '{}' THEN 'incomparable'::verdict
        WHEN NOT a.extent && b.extent THEN 'conflict'
        WHEN a.extent = b.extent OR a.amount = b.amount THEN 'agree'
        ELSE 'overlap' END
$$;

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

-- Units -----------------------------------------------------------------------------------------

CREATE FUNCTION unit_family(unit unit) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN unit.factor IS NULL THEN unit.id ELSE ' ' || unit.dimension_id END
$$;
COMMENT ON FUNCTION unit_family IS 'What the units that convert into each other have in common, and no other. No unit''s id holds a blank.';

CREATE OR REPLACE FUNCTION unit_converts(given unit, wanted unit) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT unit_family(given) = unit_family(wanted)
$$;

CREATE FUNCTION in_unit(amount numeric, family text, wanted unit) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN family = unit_family(wanted) THEN amount / coalesce(wanted.factor, 1) END
$$;
COMMENT ON FUNCTION in_unit IS 'An amount in the canonical unit of its family, in another unit; null where that is of another family.';

DROP FUNCTION compare(slug[], slug, text, stance[]);
DROP FUNCTION comparison_baseline, compared_claims, compared_pair, compared_figure, figure_limit, figure_amount, spread;

-- Figures that compare --------------------------------------------------------------------------

CREATE AGGREGATE range_hull(numrange) (SFUNC = range_merge, STYPE = numrange, PARALLEL = SAFE, COMBINEFUNC = range_merge);
COMMENT ON AGGREGATE range_hull(numrange) IS 'The smallest interval that holds all of them.';

CREATE TABLE comparable (
    comparison_id slug,
    subject_id slug,
    quantity_id slug,
    scope_id text COLLATE "C",
    period text COLLATE "C",
    unit_family text COLLATE "C",
    figures bigint NOT NULL,
    common numrange NOT NULL,
    hull numrange NOT NULL,
    valued bigint NOT NULL,
    smallest numeric,
    largest numeric,
    named bigint NOT NULL,
    named_smallest numeric,
    named_largest numeric,
    baseline slug NOT NULL,
    baseline_named boolean NOT NULL,
    baseline_amount numeric,
    PRIMARY KEY (comparison_id, subject_id, quantity_id, scope_id, period, unit_family)
) WITH (fillfactor = 80);
COMMENT ON TABLE comparable IS
    'Those figures of a comparison that figure_reasons() lets compare with each other, taken together; the empty string stands for no scope and no period. '
    'Any two such groups, and a group and a figure, can be taken together again. Kept by settle().';
COMMENT ON COLUMN comparable.common IS 'The values that every figure leaves possible.';
COMMENT ON COLUMN comparable.hull IS 'The smallest interval around the values that any figure leaves possible.';
COMMENT ON COLUMN comparable.valued IS 'How many figures have an amount; smallest and largest are over these.';
COMMENT ON COLUMN comparable.named IS 'How many figures have a bound that names a value; named_smallest and named_largest are over these.';
COMMENT ON COLUMN comparable.baseline IS 'The smallest figure that names a value; without any, the smallest.';

CREATE VIEW comparable_figure AS
SELECT claim.subject_id,
       claim.quantity_id,
       coalesce(claim.scope_id, '') AS scope_id,
       coalesce(claim.period, '') AS period,
       unit_family(unit) AS unit_family,
       1 AS figures,
       canonical(claim.figure_extent, unit) AS common,
       canonical(claim.figure_extent, unit) AS hull,
       num_nonnulls(claim.figure_amount) AS valued,
       claim.figure_amount AS smallest,
       claim.figure_amount AS largest,
       bound_names_value(claim.figure_bound)::integer AS named,
       CASE WHEN bound_names_value(claim.figure_bound) THEN claim.figure_amount END AS named_smallest,
       CASE WHEN bound_names_value(claim.figure_bound) THEN claim.figure_amount END AS named_largest,
       claim.id AS baseline,
       bound_names_value(claim.figure_bound) AS baseline_named,
       claim.figure_amount AS baseline_amount
FROM claim
JOIN unit ON unit.id = claim.figure_unit_id
WHERE claim.kind = 'numeric';
COMMENT ON VIEW comparable_figure IS 'Each figure as a group of its own.';

CREATE FUNCTION comparables(comparisons slug[], claims slug[]) RETURNS SETOF comparable
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH alone AS MATERIALIZED (
        SELECT given.comparison_id, figure.*
        FROM (SELECT DISTINCT comparison_id, claim_id FROM unnest(comparisons, claims) AS each (comparison_id, claim_id)) AS given
        JOIN comparable_figure AS figure ON figure.baseline = given.claim_id
    )
    SELECT figure.comparison_id, figure.subject_id, figure.quantity_id, figure.scope_id, figure.period, figure.unit_family,
           sum(figure.figures)::bigint,
           range_intersect_agg(figure.common),
           range_hull(figure.hull),
           sum(figure.valued)::bigint, min(figure.smallest), max(figure.largest),
           sum(figure.named)::bigint, min(figure.named_smallest), max(figure.named_largest),
           (array_agg(figure.baseline ORDER BY figure.baseline_named DESC, figure.baseline_amount, figure.baseline))[1],
           bool_or(figure.baseline_named),
           (array_agg(figure.baseline_amount ORDER BY figure.baseline_named DESC, figure.baseline_amount, figure.baseline))[1]
    FROM (SELECT * FROM alone
          UNION ALL
          SELECT kept.*
          FROM (SELECT DISTINCT comparison_id, subject_id, quantity_id, scope_id, period, unit_family FROM alone) AS joined
          JOIN comparable AS kept USING (comparison_id, subject_id, quantity_id, scope_id, period, unit_family)) AS figure
    GROUP BY 1, 2, 3, 4, 5, 6
$$;
COMMENT ON FUNCTION comparables IS
    'The groups of the figures among the claims, each claim in the comparison at its place, and together with what is kept there; in none for null.';

CREATE OR REPLACE FUNCTION smallest_figure(claims slug[]) RETURNS slug
LANGUAGE sql STABLE AS $$
    SELECT baseline FROM comparables(NULL, claims) ORDER BY baseline_named DESC, baseline_amount, baseline LIMIT 1
$$;

CREATE FUNCTION comparable_verdict(compared comparable) RETURNS verdict
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN compared.figures < 2 THEN 'incomparable'::verdict
        WHEN isempty(compared.common) THEN 'conflict'
        WHEN compared.common = compared.hull OR (compared.valued = compared.figures AND compared.smallest = compared.largest) THEN 'agree'
        ELSE 'overlap' END
$$;
COMMENT ON FUNCTION comparable_verdict IS
    'The greatest figure_verdict() of any two of the group. Intervals of which every two meet have a value in common, so that conflict shows in there being none. '
    'All pairs agree only if all intervals or all amounts are the same: of two figures with other intervals the amounts are the same, and any third has '
    'another interval than one of them, and so that amount too.';

CREATE FUNCTION spread_ratio(smallest numeric, largest numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ratio_round(quotient(largest, smallest))
$$;
COMMENT ON FUNCTION spread_ratio IS 'How many times the smallest amount the largest is, rounded.';

CREATE FUNCTION spread(smallest numeric, largest numeric) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN smallest IS NOT NULL THEN json_build_object(
        'min', decimal_text(smallest),
        'max', decimal_text(largest),
        'ratio', spread_ratio(smallest, largest)::text) END
$$;
COMMENT ON FUNCTION spread IS 'From the smallest amount to the largest; null where there are none.';

CREATE FUNCTION outcome_of(groups comparable[], chosen slug, wanted_unit text)
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

-- THE comparison --------------------------------------------------------------------------------

ALTER TYPE outcome ADD ATTRIBUTE figure_count bigint, ADD ATTRIBUTE pair_count bigint, ADD ATTRIBUTE pairs_shown text;
COMMENT ON COLUMN outcome.figure_count IS 'How many figures were compared, of which the first comparison_figures_most() are shown, and the baseline.';
COMMENT ON COLUMN outcome.pairs_shown IS 'all, or where there would be too many: baseline.';

CREATE FUNCTION comparison_figures_most() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT 1000 $$;
COMMENT ON FUNCTION comparison_figures_most IS 'How many figures a comparison shows.';
CREATE FUNCTION comparison_paired_most() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT 50 $$;
COMMENT ON FUNCTION comparison_paired_most IS 'Up to how many figures a comparison shows every pair; those of more are with the baseline alone.';

CREATE FUNCTION compare(claims slug[], baseline slug, wanted_unit text DEFAULT NULL, stances stance[] DEFAULT NULL, curated slug DEFAULT NULL)
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
COMMENT ON FUNCTION compare IS
    'THE comparison of figures, with a check of the stated multiples among the claims. Without a baseline it is the curated one where that is among them, or else the smallest figure.';

CREATE OR REPLACE FUNCTION comparison_outcome(claims slug[], curated slug, stances stance[]) RETURNS outcome
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN comparison_has_stance(claims, stances) IS NOT FALSE
                THEN compare(claims, NULL, NULL, stances, curated) END
$$;

-- migrate:down
DROP FUNCTION compare, comparison_paired_most, comparison_figures_most;
ALTER TYPE outcome DROP ATTRIBUTE figure_count, DROP ATTRIBUTE pair_count, DROP ATTRIBUTE pairs_shown;
DROP FUNCTION outcome_of, spread, spread_ratio, comparable_verdict, comparables;
DROP VIEW comparable_figure;
DROP TABLE comparable;
DROP AGGREGATE range_hull(numrange);
DROP FUNCTION in_unit;
CREATE OR REPLACE FUNCTION unit_converts(given unit, wanted unit) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT given.id = wanted.id
        OR (given.dimension_id = wanted.dimension_id AND given.factor IS NOT NULL AND wanted.factor IS NOT NULL)
$$;
DROP FUNCTION unit_family;
CREATE OR REPLACE FUNCTION quotient(dividend numrange, divisor numrange) RETURNS numrange
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT nullif(
        interval_between(
            quotient(lower(dividend), least_from.divisor),
            lower_inc(dividend) AND (least_from.included OR lower(dividend) = 0),
            quotient(upper(dividend), greatest_from.divisor),
            upper_inc(dividend) AND (greatest_from.included OR upper(dividend) = 0)),
        '(,)')
    FROM (VALUES (lower(divisor), lower_inc(divisor), upper(divisor), upper_inc(divisor)))
             AS ends (low, low_included, high, high_included)
    CROSS JOIN LATERAL (
        SELECT CASE WHEN lower(dividend) < 0 THEN low ELSE high END AS divisor,
               CASE WHEN lower(dividend) < 0 THEN low_included ELSE high_included END AS included) AS least_from
    CROSS JOIN LATERAL (
        SELECT CASE WHEN upper(dividend) < 0 THEN high ELSE low END AS divisor,
               CASE WHEN upper(dividend) < 0 THEN high_included ELSE low_included END AS included) AS greatest_from
$$;
CREATE OR REPLACE FUNCTION figure_verdict(a figure, b figure) RETURNS verdict
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN figure_reasons(a, b) <> '{}' THEN 'incomparable'
        WHEN NOT a.extent && b.extent THEN 'conflict'
        WHEN a.extent = b.extent OR a.amount = b.amount THEN 'agree'
        ELSE 'overlap' END::verdict
$$;
CREATE OR REPLACE FUNCTION smallest_figure(claims slug[]) RETURNS slug
LANGUAGE sql STABLE AS $$
    SELECT id FROM figure
    WHERE id = ANY (claims) AND kind = 'numeric'
    ORDER BY bound_names_value(bound) DESC, amount, id
    LIMIT 1
$$;
CREATE FUNCTION figure_amount(figure figure, wanted unit) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN unit_converts(figure.unit, wanted) THEN figure.amount / coalesce(wanted.factor, 1) END
$$;
COMMENT ON FUNCTION figure_amount IS 'A figure''s value in another unit; null where it does not convert.';
CREATE FUNCTION figure_limit(figure figure, amount numeric, wanted unit) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN unit_converts(figure.unit, wanted) THEN amount / coalesce(wanted.factor, 1) END
$$;
COMMENT ON FUNCTION figure_limit IS 'An end of a figure''s canonical extent in another unit; null where that does not convert.';
CREATE FUNCTION spread(amounts numeric[]) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN cardinality(amounts) > 1 THEN json_build_object(
        'min', decimal_text(amounts[1]),
        'max', decimal_text(amounts[cardinality(amounts)]),
        'ratio', ratio_round(quotient(amounts[cardinality(amounts)], amounts[1]))::text) END
$$;
COMMENT ON FUNCTION spread IS 'The ends of amounts in ascending order; null for fewer than two.';
CREATE FUNCTION compared_figure(claims slug[], baseline slug, unit_id text)
RETURNS TABLE (place bigint, figure figure, amount numeric, ratio numeric, difference numeric, spreads boolean)
LANGUAGE sql STABLE AS $$
    SELECT row_number() OVER (
               ORDER BY unit_converts(figure.unit, wanted) DESC, figure_amount(figure, wanted), figure.id),
           figure,
           figure_amount(figure, wanted),
           figure_ratio(figure, base),
           figure_amount(figure, wanted) - figure_amount(base, wanted),
           bound_names_value(figure.bound) AND unit_converts(figure.unit, wanted) AND figure_reasons(figure, base) = '{}'
    FROM figure
    JOIN figure AS base ON base.id = baseline
    JOIN unit AS wanted ON wanted.id = unit_id
    WHERE figure.id = ANY (claims) AND figure.kind = 'numeric'
$$;
COMMENT ON FUNCTION compared_figure IS 'The figures among the claims, in order, against the baseline; spreads: whether it counts towards the spread.';
CREATE FUNCTION compared_pair(claims slug[], baseline slug, unit_id text)
RETURNS TABLE (left_place bigint, right_place bigint, verdict verdict, pair json)
LANGUAGE sql STABLE AS $$
    WITH compared AS MATERIALIZED (SELECT place, figure FROM compared_figure(claims, baseline, unit_id))
    SELECT a.place, b.place, relation.verdict,
           json_build_object(
               'left', (a.figure).id,
               'right', (b.figure).id,
               'ratio', ratio_round(relation.ratio)::text,
               'ratio_low', ratio_round(lower(relation.extent))::text,
               'ratio_high', ratio_round(upper(relation.extent))::text,
               'verdict', relation.verdict,
               'reasons', relation.reasons,
               'same_origin', (a.figure).origin_id = (b.figure).origin_id)
    FROM compared AS a
    JOIN compared AS b ON b.place < a.place
    CROSS JOIN LATERAL ( -- OFFSET 0 keeps the planner from working each column out once for every use
        SELECT figure_ratio(a.figure, b.figure) AS ratio,
               figure_ratio_extent(a.figure, b.figure) AS extent,
               figure_reasons(a.figure, b.figure) AS reasons,
               figure_verdict(a.figure, b.figure) AS verdict
        OFFSET 0) AS relation
$$;
COMMENT ON FUNCTION compared_pair IS 'Every two of the compared figures once; the left one comes later in their order, so that ratios are not below 1.';
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
CREATE OR REPLACE FUNCTION comparison_outcome(claims slug[], curated slug, stances stance[]) RETURNS outcome
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN comparison_has_stance(claims, stances) IS NOT FALSE
                THEN compare(claims, comparison_baseline(claims, NULL, curated, stances), NULL, stances) END
$$;
