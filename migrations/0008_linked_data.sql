-- migrate:up

-- The resources as JSON-LD. src/linked/context.jsonld says which IRI each key stands for, docs/linked-data.md why.
-- Functions end in _linked; those that a query selects come last and leave nulls out, those before them are their parts.
-- What reads tables is PL/pgSQL: its plans last as long as the connection, those of nested SQL functions a single row.

-- Names and words -------------------------------------------------------------------------------

CREATE FUNCTION resource_path(collection text, id text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT '/v1/' || collection || '/' || id
$$;
COMMENT ON FUNCTION resource_path IS 'THE @id of a resource: a reference that the URL of the request makes absolute, and that answers. The id is a slug, or percent-encoded.';

CREATE FUNCTION unit_path(unit text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT resource_path('units', string_agg(
               CASE WHEN sign ~ '[A-Za-z0-9._~-]' THEN sign ELSE '%' || upper(to_hex(ascii(sign))) END, '' ORDER BY place))
    FROM regexp_split_to_table(unit, '') WITH ORDINALITY AS letter (sign, place)
$$;
COMMENT ON FUNCTION unit_path IS 'The @id of a unit, whose code may hold signs that a path may not (RFC 3986).';

CREATE FUNCTION own_term(word text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT 'claimd:' || word
$$;
COMMENT ON FUNCTION own_term IS 'A word of ours, such as a stance, as a term of our own vocabulary.';

CREATE FUNCTION literal_linked(words text, language text) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN words IS NULL OR language IS NULL THEN to_json(words)
                ELSE json_build_object('@value', words, '@language', language) END
$$;
COMMENT ON FUNCTION literal_linked IS 'Words as a source prints them, in its language where that is known.';

CREATE FUNCTION day_linked(moment timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (moment AT TIME ZONE 'UTC')::date
$$;
COMMENT ON FUNCTION day_linked IS 'The day on which a row came to be, in UTC.';

-- Kinds -----------------------------------------------------------------------------------------

CREATE FUNCTION agent_type(kind agent_kind) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE kind
        WHEN 'person' THEN '"Person"'
        WHEN 'organization' THEN '"Organization"'
        WHEN 'group' THEN '["prov:Agent","claimd:Group"]'
        WHEN 'source' THEN '["prov:Agent","claimd:Voice"]' END::json
$$;
COMMENT ON FUNCTION agent_type IS 'The @type of an agent. schema.org has none for nobody in particular, nor for a text that speaks for itself.';

CREATE FUNCTION subject_type(kind subject_kind) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE kind
        WHEN 'company' THEN '"Organization"'
        WHEN 'person' THEN '"Person"'
        WHEN 'product' THEN '"Product"'
        WHEN 'document' THEN '"CreativeWork"'
        WHEN 'model' THEN '["Thing","claimd:Model"]'
        WHEN 'technology' THEN '["Thing","claimd:Technology"]'
        WHEN 'market' THEN '["Thing","claimd:Market"]'
        WHEN 'group' THEN '["Thing","claimd:Group"]' END::json
$$;
COMMENT ON FUNCTION subject_type IS 'The @type of a subject.';

CREATE FUNCTION source_type(kind source_kind) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE kind
        WHEN 'article' THEN '"Article"'
        WHEN 'paper' THEN '"ScholarlyArticle"'
        WHEN 'post' THEN '"SocialMediaPosting"'
        WHEN 'report' THEN '"Report"'
        WHEN 'study' THEN '["Report","claimd:Study"]'
        WHEN 'statement' THEN '["CreativeWork","claimd:Statement"]' END::json
$$;
COMMENT ON FUNCTION source_type IS 'The @type of a source.';

-- Parts -----------------------------------------------------------------------------------------

CREATE FUNCTION agent_reference_linked(agent agent) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN agent.id IS NOT NULL THEN json_build_object(
        '@id', resource_path('agents', agent.id),
        '@type', agent_type(agent.kind),
        'name', agent.name) END
$$;
COMMENT ON FUNCTION agent_reference_linked IS 'An agent as other documents name it; null where there is none.';

CREATE FUNCTION source_reference_linked(source source) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN source.id IS NOT NULL THEN json_build_object(
        '@id', resource_path('sources', source.id),
        '@type', source_type(source.kind),
        'headline', literal_linked(source.title, source.language),
        'inLanguage', source.language) END
$$;
COMMENT ON FUNCTION source_reference_linked IS 'A source as other documents name it; null where there is none.';

CREATE FUNCTION subject_reference_linked(subject subject) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT json_build_object(
        '@id', resource_path('subjects', subject.id),
        '@type', subject_type(subject.kind),
        'name', subject.name)
$$;
COMMENT ON FUNCTION subject_reference_linked IS 'A subject as other documents name it.';

CREATE FUNCTION quantity_reference_linked(quantity quantity) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT json_build_object(
        '@id', resource_path('quantities', quantity.id),
        '@type', 'StatisticalVariable',
        'name', quantity.name)
$$;
COMMENT ON FUNCTION quantity_reference_linked IS 'A quantity as other documents name it.';

CREATE FUNCTION period_date_linked(period text) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN period ~ '^\d[^/]*$' THEN json_build_object(
        '@value', period,
        '@type', CASE length(period) WHEN 4 THEN 'xsd:gYear' WHEN 7 THEN 'xsd:gYearMonth' ELSE 'xsd:date' END) END
$$;
COMMENT ON FUNCTION period_date_linked IS 'A period that is one year, month or day; null for durations and intervals.';

CREATE FUNCTION figure_linked(claim claim) RETURNS json
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            '@id', resource_path('claims', claim.id) || '#figure',
            '@type', 'Observation',
            'observationAbout', resource_path('subjects', claim.subject_id),
            'variableMeasured', quantity_reference_linked(quantity),
            'scope', resource_path('scopes', claim.scope_id),
            'observationDate', period_date_linked(claim.period),
            'observationPeriod', substring(claim.period FROM '^P[^/]*$'),
            'asPrinted', literal_linked(claim.figure_as_printed, source.language),
            'bound', own_term(claim.figure_bound::text),
            'value', CASE WHEN claim.figure_bound = 'range' OR bound_names_value(claim.figure_bound)
                          THEN decimal_text(claim.figure_value) END,
            'minValue', CASE WHEN claim.figure_bound <> 'exact' THEN decimal_text(lower(claim.figure_extent)) END,
            'maxValue', CASE WHEN claim.figure_bound <> 'exact' THEN decimal_text(upper(claim.figure_extent)) END,
            'unitCode', unit_path(unit.id),
            'unitText', unit.name,
            'wasQuotedFrom', resource_path('sources', source.id))
        FROM quantity, unit, source
        WHERE quantity.id = claim.quantity_id AND unit.id = claim.figure_unit_id AND source.id = claim.source_id);
END $$;
COMMENT ON FUNCTION figure_linked IS 'The figure of a claim; null where it gives none. The number of a limit is an end, not the value.';

CREATE FUNCTION rating_linked(review text, words text) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT json_build_object('@id', review || '-rating', '@type', 'Rating', 'alternateName', words)
$$;
COMMENT ON FUNCTION rating_linked IS 'What a review finds, in words: a number would be a degree of truth, and nobody here gives one.';

CREATE FUNCTION dispute_linked(claim claim) RETURNS json
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            '@id', review.id,
            '@type', 'ClaimReview',
            'itemReviewed', resource_path('claims', claim.id),
            'claimReviewed', claim.statement,
            'author', agent_reference_linked(coalesce(publisher, voice)),
            'isPartOf', resource_path('sources', source.id),
            'datePublished', source.published_at,
            'reviewRating', rating_linked(review.id, 'disputed'))
        FROM source
        LEFT JOIN agent AS publisher ON publisher.id = source.publisher_id
        LEFT JOIN agent AS voice ON voice.source_id = source.id
        CROSS JOIN LATERAL (SELECT resource_path('claims', claim.id) || '#dispute' AS id) AS review
        WHERE source.id = claim.source_id AND claim.stance = 'disputes');
END $$;
COMMENT ON FUNCTION dispute_linked IS 'The review by which a source disputes a claim; null where it does not.';

CREATE FUNCTION check_linked(multiple multiple_document) RETURNS json
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            '@id', review.id,
            '@type', 'ClaimReview',
            'itemReviewed', resource_path('claims', multiple.claim),
            'claimReviewed', multiple.statement,
            'reviewAspect', 'arithmetic',
            'wasAttributedTo', json_build_array(own_term('claimd')),
            'reviewRating', rating_linked(review.id, replace(multiple.verdict::text, '_', ' ')),
            'verdict', own_term(multiple.verdict::text),
            'candidate', (
                SELECT json_agg(json_build_object(
                    '@id', concat_ws('/', review.id, candidate.numerator, candidate.denominator),
                    '@type', own_term('Candidate'),
                    'numerator', resource_path('claims', candidate.numerator),
                    'denominator', resource_path('claims', candidate.denominator),
                    'ratio', candidate.ratio,
                    'ratioLow', candidate.ratio_low,
                    'ratioHigh', candidate.ratio_high,
                    'verdict', own_term(candidate.verdict)))
                FROM json_to_recordset(multiple.candidates) AS candidate (
                    numerator text, denominator text, ratio text, ratio_low text, ratio_high text, verdict text)))
        FROM (SELECT resource_path('claims', multiple.claim) || '#check' AS id) AS review);
END $$;
COMMENT ON FUNCTION check_linked IS 'The review in which claimd itself checks a stated multiple by arithmetic.';

CREATE FUNCTION reviews_linked(claim claim) RETURNS json
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT json_agg(review.document)
        FROM (SELECT dispute_linked(claim) AS document
              UNION ALL
              SELECT check_linked(multiple)
              FROM multiple_document AS multiple
              WHERE claim.kind = 'multiple' AND multiple.claim = claim.id) AS review
        WHERE review.document IS NOT NULL);
END $$;
COMMENT ON FUNCTION reviews_linked IS 'All reviews of a claim; null where there is none.';

-- Resources -------------------------------------------------------------------------------------

CREATE FUNCTION claim_linked(claim claim) RETURNS json
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT json_strip_nulls(json_build_object(
            '@id', resource_path('claims', claim.id),
            '@type', 'Claim',
            'text', claim.statement,
            'about', subject_reference_linked(subject),
            'mainEntity', CASE WHEN claim.kind <> 'statement' THEN figure_linked(claim) END,
            'temporalCoverage', claim.period,
            'appearance', source_reference_linked(source),
            'line', claim.line,
            'author', agent_reference_linked(claimant),
            'stance', own_term(claim.stance::text),
            'hedge', own_term(nullif(claim.hedge, 'none')::text),
            'exampleOfWork', resource_path('propositions', claim.proposition_id),
            'wasAttributedTo', coalesce(chain.agents, json_build_array(resource_path('agents', claimant.id))),
            'wasDerivedFrom', chain.documents,
            'qualifiedAttribution', chain.hops,
            'review', CASE WHEN claim.stance = 'disputes' OR claim.kind = 'multiple' THEN reviews_linked(claim) END,
            'sdDatePublished', day_linked(claim.created_at)))
        FROM subject, source, agent AS claimant, LATERAL (
            SELECT json_agg(DISTINCT resource_path('agents', hop.agent_id)) AS agents,
                   json_agg(DISTINCT resource_path('sources', hop.via_id)) FILTER (WHERE hop.via_id IS NOT NULL) AS documents,
                   json_agg(json_build_object(
                       '@id', resource_path('claims', claim.id) || '#hop-' || hop.position,
                       '@type', 'prov:Attribution',
                       'position', hop.position,
                       'agent', agent_reference_linked(agent),
                       'hadRole', own_term(hop.role::text),
                       'via', source_reference_linked(via)) ORDER BY hop.position) AS hops
            FROM attribution AS hop
            JOIN agent ON agent.id = hop.agent_id
            LEFT JOIN source AS via ON via.id = hop.via_id
            WHERE hop.claim_id = claim.id) AS chain
        WHERE subject.id = claim.subject_id AND source.id = claim.source_id AND claimant.id = claim.claimant_id);
END $$;
COMMENT ON FUNCTION claim_linked IS 'A claim as JSON-LD.';

CREATE FUNCTION source_linked(source source) RETURNS json
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT json_strip_nulls(json_build_object(
            '@id', resource_path('sources', source.id),
            '@type', source_type(source.kind),
            'headline', literal_linked(source.title, source.language),
            'description', source.description,
            'inLanguage', source.language,
            'url', source.url,
            'creditText', source.author,
            'publisher', (SELECT agent_reference_linked(agent) FROM agent WHERE agent.id = source.publisher_id),
            'datePublished', source.published_at,
            'dateModified', source.revised_at,
            'encoding', CASE WHEN source.content_sha256 IS NOT NULL THEN json_build_object(
                '@id', resource_path('sources', source.id) || '#text',
                '@type', 'MediaObject',
                'sha256', source.content_sha256) END,
            'origin', resource_path('sources', source.origin_id),
            'translationOfWork', json_agg(other.path) FILTER (WHERE relation.direction = 'to' AND relation.kind = 'translation_of'),
            'syndicationOf', json_agg(other.path) FILTER (WHERE relation.direction = 'to' AND relation.kind = 'syndication_of'),
            'isBasedOn', json_agg(other.path) FILTER (WHERE relation.direction = 'to' AND relation.kind = 'based_on'),
            'citation', json_agg(other.path) FILTER (WHERE relation.direction = 'to' AND relation.kind = 'cites'),
            'wasDerivedFrom', json_agg(DISTINCT other.path) FILTER (WHERE relation.direction = 'to' AND relation.kind <> 'cites'),
            'translatedBy', json_agg(other.path) FILTER (WHERE relation.direction = 'from' AND relation.kind = 'translation_of'),
            'syndicatedBy', json_agg(other.path) FILTER (WHERE relation.direction = 'from' AND relation.kind = 'syndication_of'),
            'basisOf', json_agg(other.path) FILTER (WHERE relation.direction = 'from' AND relation.kind = 'based_on'),
            'citedBy', json_agg(other.path) FILTER (WHERE relation.direction = 'from' AND relation.kind = 'cites'),
            'sdDatePublished', day_linked(source.created_at)))
        FROM (SELECT 'to' AS direction, kind, related_id AS id FROM source_relation WHERE source_id = source.id
              UNION ALL
              SELECT 'from', kind, source_id FROM source_relation WHERE related_id = source.id
              ORDER BY id) AS relation
        CROSS JOIN LATERAL (SELECT resource_path('sources', relation.id) AS path) AS other);
END $$;
COMMENT ON FUNCTION source_linked IS 'A source as JSON-LD, with what it depends on and what depends on it.';

CREATE FUNCTION agent_linked(agent agent) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT json_strip_nulls(json_build_object(
        '@id', resource_path('agents', agent.id),
        '@type', agent_type(agent.kind),
        'name', agent.name,
        'voiceOf', resource_path('sources', agent.source_id)))
$$;
COMMENT ON FUNCTION agent_linked IS 'An agent as JSON-LD.';

CREATE FUNCTION subject_linked(subject subject) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT json_strip_nulls(json_build_object(
        '@id', resource_path('subjects', subject.id),
        '@type', subject_type(subject.kind),
        'name', subject.name,
        'description', subject.description))
$$;
COMMENT ON FUNCTION subject_linked IS 'A subject as JSON-LD.';

CREATE FUNCTION quantity_linked(quantity quantity) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT json_strip_nulls(json_build_object(
        '@id', resource_path('quantities', quantity.id),
        '@type', 'StatisticalVariable',
        'name', quantity.name,
        'description', quantity.definition,
        'dimension', quantity.dimension_id,
        'unit', unit_path(quantity.unit_id)))
$$;
COMMENT ON FUNCTION quantity_linked IS 'A quantity as JSON-LD.';

CREATE FUNCTION unit_linked(unit unit) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT json_strip_nulls(json_build_object(
        '@id', unit_path(unit.id),
        '@type', 'DefinedTerm',
        'termCode', unit.id,
        'name', unit.name,
        'dimension', unit.dimension_id,
        'factor', decimal_text(unit.factor)))
$$;
COMMENT ON FUNCTION unit_linked IS 'A unit as JSON-LD.';

CREATE FUNCTION scope_linked(scope scope) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT json_strip_nulls(json_build_object(
        '@id', resource_path('scopes', scope.id),
        '@type', 'DefinedTerm',
        'name', scope.name,
        'description', scope.definition))
$$;
COMMENT ON FUNCTION scope_linked IS 'A scope as JSON-LD.';

CREATE FUNCTION proposition_linked(proposition proposition) RETURNS json
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT json_strip_nulls(json_build_object(
            '@id', resource_path('propositions', proposition.id),
            '@type', json_build_array('CreativeWork', own_term('Proposition')),
            'text', proposition.statement,
            'workExample', (SELECT json_agg(resource_path('claims', claim.id) ORDER BY claim.id)
                            FROM claim WHERE claim.proposition_id = proposition.id),
            'claimCount', corroboration.claims,
            'sourceCount', corroboration.sources,
            'originCount', corroboration.origins,
            'disputeCount', corroboration.disputed))
        FROM proposition_corroboration(proposition.id) AS corroboration);
END $$;
COMMENT ON FUNCTION proposition_linked IS 'A proposition as JSON-LD, with the claims that share it and its counts.';

CREATE FUNCTION comparison_path(compared comparison_set, baseline slug) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN compared.id IS NULL THEN ''
                ELSE resource_path('comparisons', compared.id)
                     || CASE WHEN baseline = coalesce(compared.baseline_id, smallest_figure(compared.claims)) THEN ''
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

-- migrate:down
DROP FUNCTION comparison_linked, comparison_path, proposition_linked, scope_linked, unit_linked, quantity_linked,
    subject_linked, agent_linked, source_linked, claim_linked, reviews_linked, check_linked, dispute_linked,
    rating_linked, figure_linked, period_date_linked, quantity_reference_linked, subject_reference_linked,
    source_reference_linked, agent_reference_linked, source_type, subject_type, agent_type, day_linked, literal_linked,
    own_term, unit_path, resource_path;
