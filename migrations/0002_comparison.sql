-- migrate:up

-- Numbers ---------------------------------------------------------------------------------------

CREATE FUNCTION ratio_round(ratio numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT trim_scale(round(ratio, CASE
        WHEN abs(ratio) >= 1 THEN greatest(0, 4 - length(trunc(abs(ratio))::text))
        ELSE 4 + length(substring(ratio::text, '^-?0\.?(0*)')) END))
$$;
COMMENT ON FUNCTION ratio_round IS 'THE rounding of ratios: four significant digits; whole digits are never dropped, trailing zeros are.';

CREATE FUNCTION decimal_text(amount numeric) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT trim_scale(amount)::text
$$;
COMMENT ON FUNCTION decimal_text IS 'A decimal as JSON carries it: a string in plain notation without trailing zeros.';

CREATE FUNCTION quotient(dividend numeric, divisor numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN divisor > 0 THEN dividend / divisor END
$$;
COMMENT ON FUNCTION quotient(numeric, numeric) IS 'THE ratio of two values; null where the divisor is not positive.';

CREATE FUNCTION interval_between(low numeric, low_included boolean, high numeric, high_included boolean) RETURNS numrange
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT numrange(low, high, CASE WHEN low_included THEN '[' ELSE '(' END || CASE WHEN high_included THEN ']' ELSE ')' END)
$$;
COMMENT ON FUNCTION interval_between IS 'The interval with these ends; a null end is open.';

CREATE FUNCTION quotient(dividend numrange, divisor numrange) RETURNS numrange
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
COMMENT ON FUNCTION quotient(numrange, numrange) IS
    'THE interval of a ratio: low / high to high / low, over the positive part of the divisor. An end that this leaves open is open, and without any end the interval is null.';

-- Figures ---------------------------------------------------------------------------------------

CREATE FUNCTION canonical(value numeric, given unit) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT value * coalesce(given.factor, 1)
$$;
COMMENT ON FUNCTION canonical(numeric, unit) IS 'A value in the canonical unit of its dimension; in its own where that does not convert.';

CREATE FUNCTION canonical(extent numrange, given unit) RETURNS numrange
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT interval_between(canonical(lower(extent), given), lower_inc(extent),
                            canonical(upper(extent), given), upper_inc(extent))
$$;
COMMENT ON FUNCTION canonical(numrange, unit) IS 'An extent in the canonical unit of its dimension; in its own where that does not convert.';

CREATE FUNCTION unit_converts(given unit, wanted unit) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT given.id = wanted.id
        OR (given.dimension_id = wanted.dimension_id AND given.factor IS NOT NULL AND wanted.factor IS NOT NULL)
$$;
COMMENT ON FUNCTION unit_converts IS 'Whether values in the one unit can be given in the other; in itself every unit can.';

CREATE FUNCTION bound_names_value(bound bound) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT bound IN ('exact', 'approx')
$$;
COMMENT ON FUNCTION bound_names_value IS 'Whether the printed value is the figure itself, rather than a limit that the figure keeps to.';

CREATE VIEW figure AS
SELECT claim.id,
       claim.kind,
       claim.subject_id,
       claim.quantity_id,
       claim.scope_id,
       claim.period,
       claim.figure_bound AS bound,
       canonical(claim.figure_value, unit) AS amount,
       canonical(claim.figure_extent, unit) AS extent,
       unit AS unit,
       claim.source_id,
       source.origin_id
FROM claim
JOIN unit ON unit.id = claim.figure_unit_id
JOIN source ON source.id = claim.source_id;
COMMENT ON VIEW figure IS 'What the arithmetic needs of a claim that gives a figure.';
COMMENT ON COLUMN figure.amount IS 'The value in the canonical unit.';
COMMENT ON COLUMN figure.extent IS 'The values that the figure leaves possible, in the canonical unit.';

CREATE FUNCTION figure_amount(figure figure, wanted unit) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN unit_converts(figure.unit, wanted) THEN figure.amount / coalesce(wanted.factor, 1) END
$$;
COMMENT ON FUNCTION figure_amount IS 'A figure''s value in another unit; null where it does not convert.';

-- Two figures -----------------------------------------------------------------------------------

CREATE TYPE verdict AS ENUM ('incomparable', 'agree', 'overlap', 'conflict');
COMMENT ON TYPE verdict IS 'What two figures are to each other. In this order, so that the greatest of many pairs is the verdict on all.';

CREATE FUNCTION figure_ratio(a figure, b figure) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN unit_converts(a.unit, b.unit) THEN quotient(a.amount, b.amount) END
$$;
COMMENT ON FUNCTION figure_ratio IS 'a to b; null where their units do not convert.';

CREATE FUNCTION figure_ratio_extent(a figure, b figure) RETURNS numrange
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN unit_converts(a.unit, b.unit) THEN quotient(a.extent, b.extent) END
$$;
COMMENT ON FUNCTION figure_ratio_extent IS 'The interval of figure_ratio().';

CREATE FUNCTION figure_reasons(a figure, b figure) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_remove(ARRAY[
        CASE WHEN a.subject_id IS DISTINCT FROM b.subject_id THEN 'subject' END,
        CASE WHEN a.quantity_id IS DISTINCT FROM b.quantity_id THEN 'quantity' END,
        CASE WHEN a.scope_id IS DISTINCT FROM b.scope_id THEN 'scope' END,
        CASE WHEN a.period IS DISTINCT FROM b.period THEN 'period' END,
        CASE WHEN NOT unit_converts(a.unit, b.unit) THEN 'unit' END], NULL)
$$;
COMMENT ON FUNCTION figure_reasons IS 'Why two figures do not compare; none where they do. What a text does not print is not assumed to be the same.';

CREATE FUNCTION figure_verdict(a figure, b figure) RETURNS verdict
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN figure_reasons(a, b) <> '{}' THEN 'incomparable'
        WHEN NOT a.extent && b.extent THEN 'conflict'
        WHEN a.extent = b.extent OR a.amount = b.amount THEN 'agree'
        ELSE 'overlap' END::verdict
$$;
COMMENT ON FUNCTION figure_verdict IS 'THE verdict on a pair: conflict where the intervals do not meet, agree where they or the values are the same, else overlap.';

-- Stated multiples ------------------------------------------------------------------------------

CREATE TYPE multiple_verdict AS ENUM ('follows', 'follows_within_rounding', 'does_not_follow', 'operands_missing');
COMMENT ON TYPE multiple_verdict IS 'Whether a stated multiple follows from figures. Best first, so that the least of many candidates is the verdict on all.';

ALTER TABLE claim ADD CONSTRAINT claim_multiple_is_plain CHECK (kind <> 'multiple' OR figure_unit_id = '1');

CREATE FUNCTION multiple_verdict(stated numeric, bound bound, extent numrange, ratio numrange) RETURNS multiple_verdict
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN bound IN ('gt', 'gte', 'lt', 'range') THEN
            CASE WHEN ratio <@ extent THEN 'follows'
                 WHEN ratio && extent THEN 'follows_within_rounding'
                 ELSE 'does_not_follow' END
        WHEN num_nulls(lower(ratio), upper(ratio)) > 0 THEN 'does_not_follow'
        WHEN stated <@ ratio THEN 'follows'
        WHEN figure_extent(stated, 'approx', NULL) && ratio THEN 'follows_within_rounding'
        ELSE 'does_not_follow' END::multiple_verdict
$$;
COMMENT ON FUNCTION multiple_verdict IS
    'THE verdict on a multiple against the interval of one ratio. A limit holds for the whole interval; a number, the N of "up to N" too, has to be reached, and an interval with an open end reaches none.';

CREATE VIEW multiple_candidate AS
SELECT multiple.id AS multiple_id,
       numerator.id AS numerator_id,
       denominator.id AS denominator_id,
       figure_ratio(numerator, denominator) AS ratio,
       figure_ratio_extent(numerator, denominator) AS extent,
       multiple_verdict(multiple.figure_value, multiple.figure_bound, multiple.figure_extent,
                        figure_ratio_extent(numerator, denominator)) AS verdict
FROM claim AS multiple
JOIN multiple_operand AS above ON above.multiple_id = multiple.id AND above.role = 'numerator'
JOIN multiple_operand AS below ON below.multiple_id = multiple.id AND below.role = 'denominator'
JOIN figure AS numerator ON numerator.id = above.operand_id
JOIN figure AS denominator ON denominator.id = below.operand_id;
COMMENT ON VIEW multiple_candidate IS 'Every numerator of a stated multiple over every denominator.';

-- JSON ------------------------------------------------------------------------------------------

CREATE FUNCTION source_reference(source source) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT json_build_object('id', source.id, 'title', source.title, 'language', source.language)
$$;
COMMENT ON FUNCTION source_reference IS 'A source as other resources name it.';

CREATE VIEW figure_document AS
SELECT claim.id AS claim,
       claim.statement,
       json_build_object('id', subject.id, 'name', subject.name) AS subject,
       json_build_object('id', quantity.id, 'name', quantity.name) AS quantity,
       source_reference(source) AS source,
       json_build_object('id', claimant.id, 'name', claimant.name, 'kind', claimant.kind) AS claimant,
       claim.stance,
       claim.hedge,
       claim.scope_id AS scope,
       claim.period,
       json_build_object(
           'as_printed', claim.figure_as_printed,
           'value', decimal_text(claim.figure_value),
           'low', decimal_text(lower(claim.figure_extent)),
           'high', decimal_text(upper(claim.figure_extent)),
           'bound', claim.figure_bound,
           'unit', claim.figure_unit_id) AS figure
FROM claim
JOIN subject ON subject.id = claim.subject_id
JOIN quantity ON quantity.id = claim.quantity_id
JOIN source ON source.id = claim.source_id
JOIN agent AS claimant ON claimant.id = claim.claimant_id;
COMMENT ON VIEW figure_document IS 'A figure as a comparison shows it; the columns are the JSON keys.';

CREATE VIEW multiple_document AS
SELECT claim.id AS claim,
       claim.statement,
       source_reference(source) AS source,
       claim.figure_as_printed AS as_printed,
       json_build_object(
           'value', decimal_text(claim.figure_value),
           'low', decimal_text(lower(claim.figure_extent)),
           'high', decimal_text(upper(claim.figure_extent)),
           'bound', claim.figure_bound) AS stated,
       claim.stance,
       claim.hedge,
       coalesce(checked.candidates, '[]') AS candidates,
       coalesce(checked.verdict, 'operands_missing') AS verdict
FROM claim
JOIN source ON source.id = claim.source_id
CROSS JOIN LATERAL (
    SELECT min(candidate.verdict) AS verdict,
           json_agg(json_build_object(
               'numerator', candidate.numerator_id,
               'denominator', candidate.denominator_id,
               'ratio', ratio_round(candidate.ratio)::text,
               'ratio_low', ratio_round(lower(candidate.extent))::text,
               'ratio_high', ratio_round(upper(candidate.extent))::text,
               'verdict', candidate.verdict) ORDER BY candidate.numerator_id, candidate.denominator_id) AS candidates
    FROM multiple_candidate AS candidate
    WHERE candidate.multiple_id = claim.id) AS checked
WHERE claim.kind = 'multiple';
COMMENT ON VIEW multiple_document IS 'A stated multiple as a comparison shows it, with its verdict; the columns are the JSON keys.';

CREATE FUNCTION spread(amounts numeric[]) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN cardinality(amounts) > 1 THEN json_build_object(
        'min', decimal_text(amounts[1]),
        'max', decimal_text(amounts[cardinality(amounts)]),
        'ratio', ratio_round(quotient(amounts[cardinality(amounts)], amounts[1]))::text) END
$$;
COMMENT ON FUNCTION spread IS 'The ends of amounts in ascending order; null for fewer than two.';

-- Comparisons -----------------------------------------------------------------------------------

CREATE TYPE outcome AS (
    unit text,
    baseline slug,
    figures json,
    spread json,
    sources bigint,
    origins bigint,
    verdict text,
    pairs json,
    stated_multiples json
);
COMMENT ON TYPE outcome IS 'What a comparison finds.';

CREATE FUNCTION comparison_check(claims slug[], baseline slug) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
    fault text;
BEGIN
    SELECT CASE WHEN claim.id IS NULL THEN format('There is no claim %s.', wanted.id)
                ELSE format('Claim %s gives no figure.', claim.id) END
    INTO fault
    FROM unnest(claims) WITH ORDINALITY AS wanted (id, place)
    LEFT JOIN claim ON claim.id = wanted.id
    WHERE claim.kind IS NULL OR claim.kind = 'statement'
    ORDER BY wanted.place LIMIT 1;
    IF fault IS NULL AND NOT EXISTS (SELECT FROM claim WHERE id = ANY (claims) AND kind = 'numeric') THEN
        fault := 'A comparison needs a figure.';
    END IF;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION '%', fault USING ERRCODE = 'CL400', COLUMN = 'claims';
    END IF;
    IF baseline IS NOT NULL
       AND NOT EXISTS (SELECT FROM claim WHERE id = ANY (claims) AND id = baseline AND kind = 'numeric') THEN
        RAISE EXCEPTION 'The baseline % is not among the figures.', baseline USING ERRCODE = 'CL400', COLUMN = 'baseline';
    END IF;
END $$;
COMMENT ON FUNCTION comparison_check IS 'Refuses what cannot be compared: SQLSTATE CL400, a sentence for the caller, and the parameter at fault as the column.';

CREATE FUNCTION smallest_figure(claims slug[]) RETURNS slug
LANGUAGE sql STABLE AS $$
    SELECT id FROM figure
    WHERE id = ANY (claims) AND kind = 'numeric'
    ORDER BY bound_names_value(bound) DESC, amount, id
    LIMIT 1
$$;
COMMENT ON FUNCTION smallest_figure IS 'The baseline where none is chosen: the smallest value; limits only where no figure names a value.';

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

-- Sets to compare -------------------------------------------------------------------------------

ALTER TABLE quantity ADD CONSTRAINT quantity_id_derives CHECK (id !~ '-of(-|$)' AND length(id) <= 56);
ALTER TABLE subject ADD CONSTRAINT subject_id_derives CHECK (length(id) <= 60);
ALTER TABLE comparison ADD CONSTRAINT comparison_id_is_not_derived CHECK (id !~ '-of-');

CREATE FUNCTION derived_comparison_id(quantity slug, subject slug) RETURNS slug
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (quantity || '-of-' || subject)::slug;
COMMENT ON FUNCTION derived_comparison_id IS 'THE id of a derived comparison. Constraints on the ids of quantities, subjects and comparisons keep it unique and within its length.';
CREATE INDEX claim_derived_comparison ON claim (derived_comparison_id(quantity_id, subject_id)) WHERE kind = 'numeric';

CREATE VIEW comparison_set AS
SELECT comparison.id,
       'curated' AS kind,
       comparison.title,
       comparison.description,
       shared.subject_id,
       shared.quantity_id,
       comparison.baseline_id,
       shared.claims,
       comparison.created_at
FROM comparison
CROSS JOIN LATERAL (
    SELECT array_agg(claim.id ORDER BY claim.id) AS claims,
           CASE WHEN min(claim.subject_id) FILTER (WHERE claim.kind = 'numeric')
                     = max(claim.subject_id) FILTER (WHERE claim.kind = 'numeric')
                THEN min(claim.subject_id) FILTER (WHERE claim.kind = 'numeric') END::slug AS subject_id,
           CASE WHEN min(claim.quantity_id) FILTER (WHERE claim.kind = 'numeric')
                     = max(claim.quantity_id) FILTER (WHERE claim.kind = 'numeric')
                THEN min(claim.quantity_id) FILTER (WHERE claim.kind = 'numeric') END::slug AS quantity_id
    FROM comparison_claim JOIN claim ON claim.id = comparison_claim.claim_id
    WHERE comparison_claim.comparison_id = comparison.id) AS shared
UNION ALL
SELECT derived.id,
       'derived',
       quantity.name || ' of ' || subject.name,
       NULL,
       derived.subject_id,
       derived.quantity_id,
       NULL,
       derived.claims,
       derived.created_at
FROM (
    SELECT derived_comparison_id(quantity_id, subject_id) AS id,
           quantity_id,
           subject_id,
           array_agg(claim.id ORDER BY claim.id) AS claims,
           (array_agg(claim.created_at ORDER BY claim.created_at))[2] AS created_at
    FROM claim
    WHERE kind = 'numeric'
    GROUP BY quantity_id, subject_id
    HAVING count(*) > 1) AS derived
JOIN quantity ON quantity.id = derived.quantity_id
JOIN subject ON subject.id = derived.subject_id;
COMMENT ON VIEW comparison_set IS 'What there is to compare: the curated comparisons, and one for every quantity of a subject with two figures or more.';
COMMENT ON COLUMN comparison_set.subject_id IS 'Of all its figures; null where they differ.';
COMMENT ON COLUMN comparison_set.quantity_id IS 'Of all its figures; null where they differ.';
COMMENT ON COLUMN comparison_set.created_at IS 'Of a derived comparison: when its second figure came.';

CREATE FUNCTION comparison_is_comparable() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched slug[];
BEGIN
    IF TG_TABLE_NAME = 'comparison' THEN touched := ARRAY[NEW.id];
    ELSE touched := ARRAY[OLD.comparison_id, NEW.comparison_id]; END IF;
    PERFORM comparison_check(claims, baseline_id) FROM comparison_set WHERE kind = 'curated' AND id = ANY (touched);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION comparison_is_comparable IS 'A curated comparison passes comparison_check().';
CREATE CONSTRAINT TRIGGER comparison_is_comparable AFTER INSERT OR UPDATE ON comparison
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION comparison_is_comparable();
CREATE CONSTRAINT TRIGGER comparison_is_comparable AFTER INSERT OR UPDATE OR DELETE ON comparison_claim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION comparison_is_comparable();

-- migrate:down
DROP FUNCTION comparison_is_comparable CASCADE;
DROP VIEW comparison_set;
DROP INDEX claim_derived_comparison;
ALTER TABLE comparison DROP CONSTRAINT comparison_id_is_not_derived;
ALTER TABLE subject DROP CONSTRAINT subject_id_derives;
ALTER TABLE quantity DROP CONSTRAINT quantity_id_derives;
ALTER TABLE claim DROP CONSTRAINT claim_multiple_is_plain;
DROP FUNCTION derived_comparison_id, compare, compared_pair, compared_figure, smallest_figure, comparison_check, spread;
DROP VIEW multiple_document, figure_document, multiple_candidate;
DROP FUNCTION source_reference, multiple_verdict, figure_verdict, figure_reasons, figure_ratio_extent, figure_ratio,
    figure_amount;
DROP VIEW figure;
DROP TYPE outcome, multiple_verdict, verdict;
DROP FUNCTION bound_names_value, unit_converts, canonical(numrange, unit), canonical(numeric, unit),
    quotient(numrange, numrange), quotient(numeric, numeric), interval_between, decimal_text, ratio_round;
