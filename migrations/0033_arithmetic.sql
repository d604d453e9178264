-- migrate:up

-- What comparisons say of figures in units that do not convert into each other, and of nothing; of which comparison they say it; and what
-- is left of them when tables are emptied.

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

-- Linked data: what is said of a comparison is said of its @id, and another unit or other stances have other things said.

CREATE FUNCTION percent_encoded(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(CASE WHEN sign ~ '[A-Za-z0-9._~-]' THEN sign ELSE '%' || upper(to_hex(ascii(sign))) END, '' ORDER BY place)
    FROM regexp_split_to_table(words, '') WITH ORDINALITY AS letter (sign, place)
$$;
COMMENT ON FUNCTION percent_encoded IS 'ASCII as a path or a query may hold it (RFC 3986); null for nothing.';

CREATE OR REPLACE FUNCTION unit_path(unit text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT resource_path('units', percent_encoded(unit))
$$;

DROP FUNCTION finding_linked, comparison_linked, comparison_path;

CREATE FUNCTION comparison_path(compared comparison_set, outcome outcome, stances stance[]) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN CASE WHEN compared.id IS NULL THEN '' ELSE concat(
        resource_path('comparisons', compared.id),
        '?' || nullif(concat_ws('&',
            'baseline=' || (SELECT nullif(outcome.baseline, finding.baseline) FROM finding WHERE finding.id = compared.id),
            'unit=' || (SELECT percent_encoded(nullif(outcome.unit, quantity.unit_id))
                        FROM claim JOIN quantity ON quantity.id = claim.quantity_id WHERE claim.id = outcome.baseline),
            'stance=' || array_to_string((SELECT array_agg(DISTINCT wanted ORDER BY wanted) FROM unnest(stances) AS wanted), ',')), '')) END;
END $$;
COMMENT ON FUNCTION comparison_path IS
    'The @id of a comparison: with another baseline or unit, or of figures of some stances alone, it is another one, and one that a caller picks has the URL of the request.';

CREATE FUNCTION comparison_linked(compared comparison_set, outcome outcome, in_full boolean DEFAULT true, stances stance[] DEFAULT NULL) RETURNS json
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT json_strip_nulls(json_build_object(
            '@id', this.path,
            '@type', json_build_array('Dataset', own_term('Comparison')),
            'name', compared.title,
            'description', compared.description,
            'about', (SELECT subject_reference_linked(subject) FROM subject WHERE subject.id = compared.subject_id),
            'variableMeasured', (SELECT quantity_reference_linked(quantity) FROM quantity WHERE quantity.id = compared.quantity_id),
            'unit', unit_path(outcome.unit),
            'baseline', resource_path('claims', outcome.baseline),
            'compares', parts.claims,
            'sourceCount', outcome.sources,
            'originCount', outcome.origins,
            'spread', CASE WHEN outcome.spread IS NOT NULL THEN json_build_object(
                '@id', this.path || '#spread',
                '@type', 'QuantitativeValue',
                'minValue', outcome.spread ->> 'min',
                'maxValue', outcome.spread ->> 'max',
                'ratio', outcome.spread ->> 'ratio',
                'unitCode', unit_path(outcome.unit)) END,
            'verdict', own_term(outcome.verdict),
            'figure', parts.figures,
            'pair', parts.pairs,
            'statedMultiple', parts.multiples))
        FROM (SELECT comparison_path(compared, outcome, stances) AS path) AS this
        CROSS JOIN LATERAL (
            SELECT (SELECT json_agg(resource_path('claims', part ->> 'claim'))
                    FROM (SELECT json_array_elements(outcome.figures) AS part
                          UNION ALL
                          SELECT json_array_elements(outcome.stated_multiples)) AS part) AS claims,
                   (SELECT json_agg(json_build_object(
                        '@id', this.path || '#figure/' || claim.id,
                        '@type', own_term('ComparedFigure'),
                        'claim', claim_linked(claim),
                        'ratioToBaseline', figure.part ->> 'ratio_to_baseline',
                        'differenceToBaseline', figure.part ->> 'difference_to_baseline') ORDER BY figure.place)
                    FROM json_array_elements(outcome.figures) WITH ORDINALITY AS figure (part, place)
                    JOIN claim ON claim.id = figure.part ->> 'claim'
                    WHERE in_full) AS figures,
                   (SELECT json_agg(json_build_object(
                        '@id', concat_ws('/', this.path || '#pair', part ->> 'left', part ->> 'right'),
                        '@type', own_term('Pair'),
                        'left', resource_path('claims', part ->> 'left'),
                        'right', resource_path('claims', part ->> 'right'),
                        'ratio', part ->> 'ratio',
                        'ratioLow', part ->> 'ratio_low',
                        'ratioHigh', part ->> 'ratio_high',
                        'verdict', own_term(part ->> 'verdict'),
                        'reason', (SELECT json_agg(own_term(reason)) FROM json_array_elements_text(part -> 'reasons') AS reason),
                        'sameOrigin', (part ->> 'same_origin')::boolean))
                    FROM json_array_elements(outcome.pairs) AS part
                    WHERE in_full) AS pairs,
                   (SELECT json_agg(claim_linked(claim) ORDER BY claim.id)
                    FROM json_array_elements(outcome.stated_multiples) AS part
                    JOIN claim ON claim.id = part ->> 'claim'
                    WHERE in_full) AS multiples) AS parts);
END $$;
COMMENT ON FUNCTION comparison_linked IS 'A comparison, of figures of the stances where any are given, as JSON-LD: with null for a set that a caller picks, and in short, as lists have it, without figures, pairs and multiples.';

CREATE FUNCTION finding_linked(shown finding, title text, description text, stances stance[] DEFAULT NULL) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
    compared comparison_set;
    outcome outcome;
BEGIN
    compared.id := shown.id;
    compared.title := title;
    compared.description := description;
    compared.subject_id := shown.subject_id;
    compared.quantity_id := shown.quantity_id;
    outcome.unit := shown.unit;
    outcome.baseline := shown.baseline;
    outcome.sources := shown.sources;
    outcome.origins := shown.origins;
    outcome.spread := spread(shown.smallest, shown.largest);
    outcome.verdict := shown.verdict;
    RETURN comparison_linked(compared, outcome, false, stances);
END $$;
COMMENT ON FUNCTION finding_linked IS 'A comparison, of figures of the stances where any are given, in short as JSON-LD.';

-- Findings of figures in more than one family of units rest on the order.
SELECT settle_findings('{}', array_agg(comparison_id))
FROM (SELECT comparison_id FROM comparable GROUP BY comparison_id HAVING count(DISTINCT unit_family) > 1) AS mixed
HAVING count(*) > 0;

-- What rests on rows that are taken out all at once, which no trigger of rows sees. It comes behind what makes this migration a change: writers
-- lock these tables behind that, too, and so neither waits for the other.

CREATE FUNCTION relations_emptied() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE source SET origin_id = id WHERE origin_id <> id;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION relations_emptied IS 'Makes every source its own origin, as source_origin() has it where nothing is tied.';
CREATE TRIGGER relations_emptied AFTER TRUNCATE ON source_relation
    FOR EACH STATEMENT EXECUTE FUNCTION relations_emptied();

CREATE FUNCTION comparisons_emptied() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO unsettled (comparisons) SELECT array_agg(id) FROM finding WHERE kind = 'curated' HAVING count(*) > 0;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION comparisons_emptied IS 'Notes all curated comparisons. To take these out at once takes their claims out, too.';
CREATE TRIGGER comparisons_emptied AFTER TRUNCATE ON comparison_claim
    FOR EACH STATEMENT EXECUTE FUNCTION comparisons_emptied();

SELECT make_past();

-- migrate:down
DROP FUNCTION finding_linked, comparison_linked, comparison_path;
CREATE OR REPLACE FUNCTION unit_path(unit text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT resource_path('units', string_agg(
               CASE WHEN sign ~ '[A-Za-z0-9._~-]' THEN sign ELSE '%' || upper(to_hex(ascii(sign))) END, '' ORDER BY place))
    FROM regexp_split_to_table(unit, '') WITH ORDINALITY AS letter (sign, place)
$$;
DROP FUNCTION percent_encoded;
CREATE FUNCTION comparison_path(compared comparison_set, baseline slug) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN compared.id IS NULL THEN ''
                ELSE resource_path('comparisons', compared.id)
                     || CASE WHEN baseline = (SELECT finding.baseline FROM finding WHERE finding.id = compared.id) THEN ''
                             ELSE '?baseline=' || baseline END END
$$;
COMMENT ON FUNCTION comparison_path IS 'The @id of a comparison: with another baseline it is another one, and one that a caller picks has the URL of the request.';
CREATE FUNCTION comparison_linked(compared comparison_set, outcome outcome, in_full boolean DEFAULT true) RETURNS json
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT json_strip_nulls(json_build_object(
            '@id', this.path,
            '@type', json_build_array('Dataset', own_term('Comparison')),
            'name', compared.title,
            'description', compared.description,
            'about', (SELECT subject_reference_linked(subject) FROM subject WHERE subject.id = compared.subject_id),
            'variableMeasured', (SELECT quantity_reference_linked(quantity) FROM quantity WHERE quantity.id = compared.quantity_id),
            'unit', unit_path(outcome.unit),
            'baseline', resource_path('claims', outcome.baseline),
            'compares', parts.claims,
            'sourceCount', outcome.sources,
            'originCount', outcome.origins,
            'spread', CASE WHEN outcome.spread IS NOT NULL THEN json_build_object(
                '@id', this.path || '#spread',
                '@type', 'QuantitativeValue',
                'minValue', outcome.spread ->> 'min',
                'maxValue', outcome.spread ->> 'max',
                'ratio', outcome.spread ->> 'ratio',
                'unitCode', unit_path(outcome.unit)) END,
            'verdict', own_term(outcome.verdict),
            'figure', parts.figures,
            'pair', parts.pairs,
            'statedMultiple', parts.multiples))
        FROM (SELECT comparison_path(compared, outcome.baseline) AS path) AS this
        CROSS JOIN LATERAL (
            SELECT (SELECT json_agg(resource_path('claims', part ->> 'claim'))
                    FROM (SELECT json_array_elements(outcome.figures) AS part
                          UNION ALL
                          SELECT json_array_elements(outcome.stated_multiples)) AS part) AS claims,
                   (SELECT json_agg(json_build_object(
                        '@id', this.path || '#figure/' || claim.id,
                        '@type', own_term('ComparedFigure'),
                        'claim', claim_linked(claim),
                        'ratioToBaseline', figure.part ->> 'ratio_to_baseline',
                        'differenceToBaseline', figure.part ->> 'difference_to_baseline') ORDER BY figure.place)
                    FROM json_array_elements(outcome.figures) WITH ORDINALITY AS figure (part, place)
                    JOIN claim ON claim.id = figure.part ->> 'claim'
                    WHERE in_full) AS figures,
                   (SELECT json_agg(json_build_object(
                        '@id', concat_ws('/', this.path || '#pair', part ->> 'left', part ->> 'right'),
                        '@type', own_term('Pair'),
                        'left', resource_path('claims', part ->> 'left'),
                        'right', resource_path('claims', part ->> 'right'),
                        'ratio', part ->> 'ratio',
                        'ratioLow', part ->> 'ratio_low',
                        'ratioHigh', part ->> 'ratio_high',
                        'verdict', own_term(part ->> 'verdict'),
                        'reason', (SELECT json_agg(own_term(reason)) FROM json_array_elements_text(part -> 'reasons') AS reason),
                        'sameOrigin', (part ->> 'same_origin')::boolean))
                    FROM json_array_elements(outcome.pairs) AS part
                    WHERE in_full) AS pairs,
                   (SELECT json_agg(claim_linked(claim) ORDER BY claim.id)
                    FROM json_array_elements(outcome.stated_multiples) AS part
                    JOIN claim ON claim.id = part ->> 'claim'
                    WHERE in_full) AS multiples) AS parts);
END $$;
COMMENT ON FUNCTION comparison_linked IS 'A comparison as JSON-LD: with null for a set that a caller picks, and in short, as lists have it, without figures, pairs and multiples.';
CREATE FUNCTION finding_linked(shown finding, title text, description text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
    compared comparison_set;
    outcome outcome;
BEGIN
    compared.id := shown.id;
    compared.title := title;
    compared.description := description;
    compared.subject_id := shown.subject_id;
    compared.quantity_id := shown.quantity_id;
    outcome.unit := shown.unit;
    outcome.baseline := shown.baseline;
    outcome.sources := shown.sources;
    outcome.origins := shown.origins;
    outcome.spread := spread(shown.smallest, shown.largest);
    outcome.verdict := shown.verdict;
    RETURN comparison_linked(compared, outcome, false);
END $$;
COMMENT ON FUNCTION finding_linked IS 'A comparison in short as JSON-LD.';
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
DROP TRIGGER comparisons_emptied ON comparison_claim;
DROP TRIGGER relations_emptied ON source_relation;
DROP FUNCTION comparisons_emptied, relations_emptied;

SELECT make_past();
