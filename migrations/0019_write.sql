-- migrate:up

-- Writing. What is written comes as a document: the form in which a thing is created, replaced, kept in its revisions, exported and imported.
-- References in it are ids, or objects that have one, as answers show them. That its members are of their types, the service has checked;
-- whether it agrees with the other data is checked here, and all that does not is told at once.

-- Documents -------------------------------------------------------------------------------------

CREATE FUNCTION referred(given jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE jsonb_typeof(given) WHEN 'object' THEN given ->> 'id' ELSE given #>> '{}' END;
COMMENT ON FUNCTION referred IS 'The id that a member of a document refers to: it is one, or has one.';

CREATE FUNCTION members(given jsonb) RETURNS TABLE (place bigint, member jsonb)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT each.place - 1, each.member
    FROM jsonb_array_elements(CASE jsonb_typeof(given) WHEN 'array' THEN given ELSE '[]' END) WITH ORDINALITY AS each (member, place)
$$;
COMMENT ON FUNCTION members IS 'The members of an array and their places in it, from 0; none of null.';

CREATE FUNCTION time_text(moment timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '\.?0*$', '') || 'Z'
$$;
COMMENT ON FUNCTION time_text IS 'A moment as RFC 3339 has it, in UTC, without superfluous zeros.';

CREATE FUNCTION dimension_document(shown dimension) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', shown.id, 'name', shown.name)
$$;
CREATE FUNCTION unit_document(shown unit) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_strip_nulls(json_build_object('id', shown.id, 'name', shown.name, 'dimension', shown.dimension_id, 'factor', decimal_text(shown.factor)))
$$;
CREATE FUNCTION quantity_document(shown quantity) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', shown.id, 'name', shown.name, 'definition', shown.definition, 'dimension', shown.dimension_id, 'unit', shown.unit_id)
$$;
CREATE FUNCTION scope_document(shown scope) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', shown.id, 'name', shown.name, 'definition', shown.definition)
$$;
CREATE FUNCTION subject_document(shown subject) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', shown.id, 'name', shown.name, 'kind', shown.kind, 'description', shown.description)
$$;
CREATE FUNCTION agent_document(shown agent) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_strip_nulls(json_build_object('id', shown.id, 'name', shown.name, 'kind', shown.kind, 'source', shown.source_id))
$$;
CREATE FUNCTION source_document(shown source) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_strip_nulls(json_build_object(
        'id', shown.id, 'kind', shown.kind, 'title', shown.title, 'description', shown.description, 'language', shown.language, 'url', shown.url,
        'author', shown.author, 'publisher', shown.publisher_id, 'published_at', shown.published_at, 'revised_at', shown.revised_at,
        'content_sha256', shown.content_sha256,
        'relations', (SELECT json_agg(json_build_object('kind', kind, 'source', related_id) ORDER BY kind, related_id)
                      FROM source_relation WHERE source_id = shown.id),
        'created_at', time_text(shown.created_at)))
$$;
CREATE FUNCTION proposition_document(shown proposition) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', shown.id, 'statement', shown.statement)
$$;
CREATE FUNCTION claim_operands(claim slug) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_strip_nulls(json_build_object(
        'numerators', coalesce(json_agg(operand_id ORDER BY operand_id) FILTER (WHERE role = 'numerator'), '[]'),
        'denominators', coalesce(json_agg(operand_id ORDER BY operand_id) FILTER (WHERE role = 'denominator'), '[]')))
    FROM multiple_operand WHERE multiple_id = claim
$$;
COMMENT ON FUNCTION claim_operands IS 'The figures that a stated multiple could rest on.';
CREATE FUNCTION claim_document(shown claim) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_strip_nulls(json_build_object(
        'id', shown.id, 'source', shown.source_id, 'locator', json_build_object('line', shown.line), 'statement', shown.statement, 'kind', shown.kind,
        'subject', shown.subject_id, 'quantity', shown.quantity_id, 'scope', shown.scope_id, 'period', shown.period,
        'figure', CASE WHEN shown.figure_bound IS NOT NULL THEN json_build_object(
            'as_printed', shown.figure_as_printed, 'value', decimal_text(shown.figure_value), 'low', decimal_text(lower(shown.figure_range)),
            'high', decimal_text(upper(shown.figure_range)), 'bound', shown.figure_bound, 'unit', shown.figure_unit_id) END,
        'claimant', shown.claimant_id,
        'attribution', (SELECT json_agg(json_build_object('agent', agent_id, 'role', role, 'via', via_id) ORDER BY position)
                        FROM attribution WHERE claim_id = shown.id),
        'stance', shown.stance, 'hedge', shown.hedge, 'proposition', shown.proposition_id,
        'operands', CASE WHEN shown.kind = 'multiple' THEN claim_operands(shown.id) END,
        'created_at', time_text(shown.created_at)))
$$;
CREATE FUNCTION comparison_document(shown comparison) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_strip_nulls(json_build_object(
        'id', shown.id, 'title', shown.title, 'description', shown.description,
        'claims', (SELECT json_agg(claim_id ORDER BY claim_id) FROM comparison_claim WHERE comparison_id = shown.id),
        'baseline', shown.baseline_id, 'created_at', time_text(shown.created_at)))
$$;

-- One statement a kind, so that each is planned once a session.

CREATE FUNCTION document_of(kind text, wanted text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
    CASE kind
        WHEN 'dimension' THEN RETURN (SELECT dimension_document(thing) FROM dimension AS thing WHERE thing.id = wanted);
        WHEN 'unit' THEN RETURN (SELECT unit_document(thing) FROM unit AS thing WHERE thing.id = wanted);
        WHEN 'quantity' THEN RETURN (SELECT quantity_document(thing) FROM quantity AS thing WHERE thing.id = wanted);
        WHEN 'scope' THEN RETURN (SELECT scope_document(thing) FROM scope AS thing WHERE thing.id = wanted);
        WHEN 'subject' THEN RETURN (SELECT subject_document(thing) FROM subject AS thing WHERE thing.id = wanted);
        WHEN 'agent' THEN RETURN (SELECT agent_document(thing) FROM agent AS thing WHERE thing.id = wanted);
        WHEN 'source' THEN RETURN (SELECT source_document(thing) FROM source AS thing WHERE thing.id = wanted);
        WHEN 'proposition' THEN RETURN (SELECT proposition_document(thing) FROM proposition AS thing WHERE thing.id = wanted);
        WHEN 'claim' THEN RETURN (SELECT claim_document(thing) FROM claim AS thing WHERE thing.id = wanted);
        WHEN 'comparison' THEN RETURN (SELECT comparison_document(thing) FROM comparison AS thing WHERE thing.id = wanted);
    END CASE;
END $$;
COMMENT ON FUNCTION document_of IS 'The document of a thing as it is; null if there is none.';

-- What does not agree with the other data -------------------------------------------------------

CREATE FUNCTION reference_problems(of text, given jsonb, at text) RETURNS TABLE (pointer text, detail text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    found boolean;
BEGIN
    IF referred(given) IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE id = $1)', of) INTO found USING referred(given);
    IF NOT found THEN
        RETURN QUERY SELECT at, format('There is no %s %s.', of, referred(given));
    END IF;
END $$;
COMMENT ON FUNCTION reference_problems IS 'Says so if a member refers to what is not there.';

CREATE FUNCTION dimension_problems(document jsonb) RETURNS TABLE (pointer text, detail text) LANGUAGE sql STABLE AS $$
    SELECT '', '' WHERE false
$$;
CREATE FUNCTION scope_problems(document jsonb) RETURNS TABLE (pointer text, detail text) LANGUAGE sql STABLE AS $$
    SELECT '', '' WHERE false
$$;
CREATE FUNCTION subject_problems(document jsonb) RETURNS TABLE (pointer text, detail text) LANGUAGE sql STABLE AS $$
    SELECT '/id', 'The id of a subject has 60 characters at most: comparisons are named by it.' WHERE length(document ->> 'id') > 60
$$;
CREATE FUNCTION proposition_problems(document jsonb) RETURNS TABLE (pointer text, detail text) LANGUAGE sql STABLE AS $$
    SELECT '', '' WHERE false
$$;
CREATE FUNCTION unit_problems(document jsonb) RETURNS TABLE (pointer text, detail text) LANGUAGE sql STABLE AS $$
    SELECT '/factor', format('The unit to which the others of %s convert is %s already.', unit.dimension_id, unit.id)
    FROM unit
    WHERE (document ->> 'factor')::numeric = 1 AND unit.dimension_id = referred(document -> 'dimension') AND unit.factor = 1
      AND unit.id <> document ->> 'id'
    UNION ALL
    SELECT '/id', 'The id of a unit has 32 characters at most.' WHERE length(document ->> 'id') > 32
    UNION ALL
    SELECT '/factor', 'A factor is greater than 0.' WHERE (document ->> 'factor')::numeric <= 0
    UNION ALL
    SELECT '/dimension', format('Quantities are measured in %s, as %s is.', unit.id, unit.dimension_id)
    FROM unit
    WHERE unit.id = document ->> 'id' AND unit.dimension_id <> referred(document -> 'dimension')
      AND (EXISTS (SELECT FROM quantity WHERE quantity.unit_id = unit.id) OR EXISTS (SELECT FROM claim WHERE claim.figure_unit_id = unit.id))
$$;
CREATE FUNCTION quantity_problems(document jsonb) RETURNS TABLE (pointer text, detail text) LANGUAGE sql STABLE AS $$
    SELECT '/id', 'The id of a quantity has 56 characters at most and no word "of" behind the first: comparisons are named by it.'
    WHERE length(document ->> 'id') > 56 OR document ->> 'id' ~ '-of(-|$)'
    UNION ALL
    SELECT * FROM reference_problems('unit', document -> 'unit', '/unit')
    UNION ALL
    SELECT '/dimension', format('The unit %s measures %s.', unit.id, unit.dimension_id)
    FROM unit
    WHERE unit.id = referred(document -> 'unit') AND unit.dimension_id <> referred(document -> 'dimension')
    UNION ALL
    SELECT '/unit', format('There are figures in %s, which measures %s.', min(claim.figure_unit_id), min(unit.dimension_id))
    FROM claim JOIN unit ON unit.id = claim.figure_unit_id
    WHERE claim.quantity_id = document ->> 'id'
      AND unit.dimension_id <> (SELECT wanted.dimension_id FROM unit AS wanted WHERE wanted.id = referred(document -> 'unit'))
    HAVING count(*) > 0
$$;
CREATE FUNCTION agent_problems(document jsonb) RETURNS TABLE (pointer text, detail text) LANGUAGE sql STABLE AS $$
    SELECT '/source', 'An agent that is a source''s own voice names the source, and no other does.'
    WHERE (document ->> 'kind' = 'source') <> (referred(document -> 'source') IS NOT NULL)
    UNION ALL
    SELECT * FROM reference_problems('source', document -> 'source', '/source')
    UNION ALL
    SELECT '/source', format('%s speaks for it already.', agent.id)
    FROM agent
    WHERE agent.source_id = referred(document -> 'source') AND agent.id <> document ->> 'id'
    UNION ALL
    SELECT '/source', format('There are claims that %s makes in its own voice, which this is.', agent.source_id)
    FROM agent
    WHERE agent.id = document ->> 'id' AND agent.source_id IS DISTINCT FROM referred(document -> 'source') AND agent.source_id IS NOT NULL
      AND EXISTS (SELECT FROM claim WHERE claim.claimant_id = agent.id)
$$;
CREATE FUNCTION source_problems(document jsonb) RETURNS TABLE (pointer text, detail text) LANGUAGE sql STABLE AS $$
    SELECT * FROM reference_problems('agent', document -> 'publisher', '/publisher')
    UNION ALL
    SELECT '/content_sha256', format('This is the text of %s.', source.id)
    FROM source
    WHERE source.content_sha256 = document ->> 'content_sha256' AND source.id <> document ->> 'id'
    UNION ALL
    SELECT problem.*
    FROM members(document -> 'relations')
    CROSS JOIN LATERAL reference_problems('source', member -> 'source', format('/relations/%s/source', place)) AS problem
    WHERE coalesce(member ->> 'direction', 'to') = 'to'
    UNION ALL
    SELECT format('/relations/%s/source', place), 'A source is not related to itself.'
    FROM members(document -> 'relations')
    WHERE referred(member -> 'source') = document ->> 'id'
    UNION ALL
    SELECT format('/relations/%s', max(place)), 'This relation stands here twice.'
    FROM members(document -> 'relations')
    WHERE coalesce(member ->> 'direction', 'to') = 'to'
    GROUP BY member ->> 'kind', referred(member -> 'source')
    HAVING count(*) > 1
$$;

CREATE FUNCTION figure_problems(figure jsonb) RETURNS TABLE (pointer text, detail text) LANGUAGE sql STABLE AS $$
    WITH given AS (
        SELECT (figure ->> 'value')::numeric AS value, (figure ->> 'low')::numeric AS low, (figure ->> 'high')::numeric AS high,
               (figure ->> 'bound')::bound AS bound
    )
    SELECT '/figure/value', 'A figure that is not a range has a value.' FROM given WHERE bound <> 'range' AND value IS NULL
    UNION ALL
    SELECT '/figure/low', 'A range has at least one end.' FROM given WHERE bound = 'range' AND low IS NULL AND high IS NULL
    UNION ALL
    SELECT '/figure/high', 'A range ends above where it begins.' FROM given WHERE bound = 'range' AND high < low
    UNION ALL
    SELECT '/figure/value', 'The value lies within the range.' FROM given WHERE bound = 'range' AND (value < low OR value > high)
    UNION ALL
    SELECT '/figure/' || name, format('What the value and the bound leave possible goes %s %s; leave it out, or say so.', words, coalesce(decimal_text(follows), 'on without an end'))
    FROM given
    CROSS JOIN LATERAL (
        VALUES ('low', 'down to', low, lower(figure_extent(value, bound, NULL))), ('high', 'up to', high, upper(figure_extent(value, bound, NULL)))
    ) AS side (name, words, said, follows)
    WHERE bound <> 'range' AND value IS NOT NULL AND said IS NOT NULL AND said IS DISTINCT FROM follows
$$;
COMMENT ON FUNCTION figure_problems IS 'What is wrong with a figure in itself.';

CREATE FUNCTION claim_problems(document jsonb) RETURNS TABLE (pointer text, detail text) LANGUAGE sql STABLE AS $$
    SELECT problem.*
    FROM (VALUES ('source', 'source'), ('subject', 'subject'), ('quantity', 'quantity'), ('scope', 'scope'), ('agent', 'claimant')) AS named (of, member)
    CROSS JOIN LATERAL reference_problems(of, document -> member, '/' || member) AS problem
    UNION ALL
    SELECT * FROM reference_problems('unit', document #> '{figure,unit}', '/figure/unit')
    UNION ALL
    SELECT problem.*
    FROM members(document -> 'attribution')
    CROSS JOIN LATERAL (
        SELECT * FROM reference_problems('agent', member -> 'agent', format('/attribution/%s/agent', place))
        UNION ALL
        SELECT * FROM reference_problems('source', member -> 'via', format('/attribution/%s/via', place))) AS problem
    UNION ALL
    SELECT '/figure', CASE WHEN document ->> 'kind' = 'statement' THEN 'A statement gives no figure; one that does is numeric or a multiple.'
                           ELSE format('A claim that is %s gives a figure.', document ->> 'kind') END
    WHERE (document ->> 'kind' = 'statement') = (jsonb_typeof(document -> 'figure') IS NOT DISTINCT FROM 'object')
    UNION ALL
    SELECT '/quantity', CASE WHEN referred(document -> 'quantity') IS NULL THEN 'A figure is one of a quantity.' ELSE 'A claim without a figure has no quantity.' END
    WHERE (jsonb_typeof(document -> 'figure') IS NOT DISTINCT FROM 'object') <> (referred(document -> 'quantity') IS NOT NULL)
    UNION ALL
    SELECT * FROM figure_problems(document -> 'figure') WHERE jsonb_typeof(document -> 'figure') = 'object'
    UNION ALL
    SELECT '/figure/unit', format('%s is a unit of %s; %s is one of %s.', unit.id, unit.dimension_id, quantity.id, quantity.dimension_id)
    FROM unit JOIN quantity ON quantity.id = referred(document -> 'quantity') AND quantity.dimension_id <> unit.dimension_id
    WHERE unit.id = referred(document #> '{figure,unit}')
    UNION ALL
    SELECT '/attribution', CASE WHEN hops.last IS NULL THEN 'Only a source that speaks for itself has no attribution: name whom it credits.'
                                ELSE format('The last hop is the claimant, %s.', agent.id) END
    FROM agent
    CROSS JOIN LATERAL (SELECT referred(document #> '{attribution,-1,agent}') AS last) AS hops
    WHERE agent.id = referred(document -> 'claimant')
      AND CASE WHEN hops.last IS NULL THEN agent.source_id IS DISTINCT FROM referred(document -> 'source') ELSE hops.last <> agent.id END
    UNION ALL
    SELECT '/claimant', 'Where there is an attribution, its last hop is the claimant.'
    WHERE referred(document -> 'claimant') IS NULL AND jsonb_array_length(coalesce(nullif(document -> 'attribution', 'null'), '[]')) > 0
    UNION ALL
    SELECT '/figure/unit', 'A multiple says how many times: its unit is 1.'
    WHERE document ->> 'kind' = 'multiple' AND document #>> '{figure,unit}' <> '1'
    UNION ALL
    SELECT '/proposition/statement', 'The words of a proposition are a text that says something.'
    WHERE document -> 'proposition' ? 'statement'
      AND (jsonb_typeof(document #> '{proposition,statement}') <> 'string' OR document #>> '{proposition,statement}' !~ '\S')
    UNION ALL
    SELECT '/operands', 'A multiple alone rests on other figures.'
    WHERE jsonb_typeof(document -> 'operands') = 'object' AND document ->> 'kind' <> 'multiple'
    UNION ALL
    SELECT format('/operands/%s/%s', side, place),
           CASE WHEN claim.id IS NULL THEN format('There is no claim %s.', referred(member)) ELSE format('%s gives no figure of its own.', claim.id) END
    FROM unnest('{numerators,denominators}'::text[]) AS side
    CROSS JOIN LATERAL members(document -> 'operands' -> side)
    LEFT JOIN claim ON claim.id = referred(member)
    WHERE claim.kind IS DISTINCT FROM 'numeric' OR claim.id = document ->> 'id'
    UNION ALL
    SELECT '/kind', format('It is the only figure in the comparison %s.', min(here.comparison_id))
    FROM comparison_claim AS here
    WHERE here.claim_id = document ->> 'id' AND document ->> 'kind' <> 'numeric'
      AND NOT EXISTS (SELECT FROM comparison_claim AS other JOIN claim ON claim.id = other.claim_id
                      WHERE other.comparison_id = here.comparison_id AND claim.kind = 'numeric' AND claim.id <> here.claim_id)
    HAVING count(*) > 0
    UNION ALL
    SELECT '/kind', 'It is one of the figures that a multiple rests on, or that a comparison has for its baseline.'
    FROM claim
    WHERE claim.id = document ->> 'id' AND claim.kind = 'numeric' AND document ->> 'kind' <> 'numeric'
      AND (EXISTS (SELECT FROM multiple_operand WHERE operand_id = claim.id) OR EXISTS (SELECT FROM comparison WHERE baseline_id = claim.id))
    UNION ALL
    SELECT '/kind', 'A comparison sets it beside others, which a statement cannot be.'
    FROM comparison_claim
    WHERE comparison_claim.claim_id = document ->> 'id' AND document ->> 'kind' = 'statement'
    GROUP BY comparison_claim.claim_id
$$;
CREATE FUNCTION comparison_problems(document jsonb) RETURNS TABLE (pointer text, detail text) LANGUAGE sql STABLE AS $$
    SELECT format('/claims/%s', place),
           CASE WHEN claim.id IS NULL THEN format('There is no claim %s.', referred(member)) ELSE format('%s gives no figure.', claim.id) END
    FROM members(document -> 'claims')
    LEFT JOIN claim ON claim.id = referred(member)
    WHERE claim.id IS NULL OR claim.kind = 'statement'
    UNION ALL
    SELECT format('/claims/%s', max(place)), format('%s stands here twice.', referred(member))
    FROM members(document -> 'claims')
    GROUP BY referred(member)
    HAVING count(*) > 1
    UNION ALL
    SELECT '/claims', 'A comparison has at least one figure.'
    WHERE NOT EXISTS (SELECT FROM members(document -> 'claims') JOIN claim ON claim.id = referred(member) AND claim.kind = 'numeric')
    UNION ALL
    SELECT '/baseline', 'The baseline is one of the figures that are compared.'
    WHERE referred(document -> 'baseline') IS NOT NULL
      AND NOT EXISTS (SELECT FROM members(document -> 'claims') JOIN claim ON claim.id = referred(member) AND claim.kind = 'numeric'
                      WHERE claim.id = referred(document -> 'baseline'))
    UNION ALL
    SELECT '/id', 'By such ids, with a word "of" in the middle, comparisons of a quantity and a subject go.' WHERE document ->> 'id' ~ '-of-'
$$;

CREATE FUNCTION problems_of(kind text, document jsonb) RETURNS TABLE (pointer text, detail text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    CASE kind
        WHEN 'dimension' THEN RETURN QUERY SELECT DISTINCT * FROM dimension_problems(document);
        WHEN 'unit' THEN RETURN QUERY SELECT DISTINCT * FROM unit_problems(document);
        WHEN 'quantity' THEN RETURN QUERY SELECT DISTINCT * FROM quantity_problems(document);
        WHEN 'scope' THEN RETURN QUERY SELECT DISTINCT * FROM scope_problems(document);
        WHEN 'subject' THEN RETURN QUERY SELECT DISTINCT * FROM subject_problems(document);
        WHEN 'agent' THEN RETURN QUERY SELECT DISTINCT * FROM agent_problems(document);
        WHEN 'source' THEN RETURN QUERY SELECT DISTINCT * FROM source_problems(document);
        WHEN 'proposition' THEN RETURN QUERY SELECT DISTINCT * FROM proposition_problems(document);
        WHEN 'claim' THEN RETURN QUERY SELECT DISTINCT * FROM claim_problems(document);
        WHEN 'comparison' THEN RETURN QUERY SELECT DISTINCT * FROM comparison_problems(document);
    END CASE;
END $$;
COMMENT ON FUNCTION problems_of IS 'All in which a document does not agree with itself or the other data, by JSON pointers (RFC 6901).';

-- Putting ---------------------------------------------------------------------------------------

CREATE FUNCTION put_dimension(document jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO dimension (id, name) VALUES (document ->> 'id', coalesce(document ->> 'name', document ->> 'id'))
    ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name WHERE document ? 'name' AND dimension.name <> EXCLUDED.name
$$;
CREATE FUNCTION put_unit(document jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM put_dimension(jsonb_build_object('id', referred(document -> 'dimension')));
    INSERT INTO unit (id, name, dimension_id, factor)
    VALUES (document ->> 'id', document ->> 'name', referred(document -> 'dimension'), (document ->> 'factor')::numeric)
    ON CONFLICT (id) DO UPDATE SET (name, dimension_id, factor) = (EXCLUDED.name, EXCLUDED.dimension_id, EXCLUDED.factor);
END $$;
CREATE FUNCTION put_quantity(document jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO quantity (id, name, definition, dimension_id, unit_id)
    SELECT document ->> 'id', document ->> 'name', document ->> 'definition', unit.dimension_id, unit.id
    FROM unit WHERE unit.id = referred(document -> 'unit')
    ON CONFLICT (id) DO UPDATE
    SET (name, definition, dimension_id, unit_id) = (EXCLUDED.name, EXCLUDED.definition, EXCLUDED.dimension_id, EXCLUDED.unit_id)
$$;
CREATE FUNCTION put_scope(document jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO scope (id, name, definition) VALUES (document ->> 'id', document ->> 'name', document ->> 'definition')
    ON CONFLICT (id) DO UPDATE SET (name, definition) = (EXCLUDED.name, EXCLUDED.definition)
$$;
CREATE FUNCTION put_subject(document jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO subject (id, name, kind, description)
    VALUES (document ->> 'id', document ->> 'name', (document ->> 'kind')::subject_kind, document ->> 'description')
    ON CONFLICT (id) DO UPDATE SET (name, kind, description) = (EXCLUDED.name, EXCLUDED.kind, EXCLUDED.description)
$$;
CREATE FUNCTION put_agent(document jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO agent (id, name, kind, source_id)
    VALUES (document ->> 'id', document ->> 'name', (document ->> 'kind')::agent_kind, referred(document -> 'source'))
    ON CONFLICT (id) DO UPDATE SET (name, kind, source_id) = (EXCLUDED.name, EXCLUDED.kind, EXCLUDED.source_id)
$$;
CREATE FUNCTION put_source(document jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO source (id, kind, title, description, language, url, author, publisher_id, published_at, revised_at, content_sha256, created_at)
    VALUES (document ->> 'id', (document ->> 'kind')::source_kind, document ->> 'title', document ->> 'description', document ->> 'language',
            document ->> 'url', document ->> 'author', referred(document -> 'publisher'), (document ->> 'published_at')::date,
            (document ->> 'revised_at')::date, document ->> 'content_sha256', coalesce((document ->> 'created_at')::timestamptz, now()))
    ON CONFLICT (id) DO UPDATE
    SET (kind, title, description, language, url, author, publisher_id, published_at, revised_at, content_sha256)
      = (EXCLUDED.kind, EXCLUDED.title, EXCLUDED.description, EXCLUDED.language, EXCLUDED.url, EXCLUDED.author, EXCLUDED.publisher_id,
         EXCLUDED.published_at, EXCLUDED.revised_at, EXCLUDED.content_sha256);
    WITH wanted AS (
        SELECT (member ->> 'kind')::source_relation_kind AS kind, referred(member -> 'source')::slug AS related_id
        FROM members(document -> 'relations')
        WHERE coalesce(member ->> 'direction', 'to') = 'to'
    ), gone AS (
        DELETE FROM source_relation
        WHERE source_id = document ->> 'id' AND (kind, related_id) NOT IN (SELECT kind, related_id FROM wanted)
    )
    INSERT INTO source_relation (source_id, related_id, kind)
    SELECT document ->> 'id', related_id, kind FROM wanted
    ON CONFLICT DO NOTHING;
END $$;
CREATE FUNCTION put_proposition(document jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO proposition (id, statement) VALUES (document ->> 'id', document ->> 'statement')
    ON CONFLICT (id) DO UPDATE SET statement = EXCLUDED.statement
$$;

CREATE FUNCTION source_voice(wanted text) RETURNS slug
LANGUAGE plpgsql AS $$
DECLARE
    voice slug := (SELECT id FROM agent WHERE source_id = wanted);
BEGIN
    IF voice IS NULL THEN
        INSERT INTO agent (id, name, kind, source_id)
        SELECT free_id('agent', 'voice-' || id), coalesce(title, description), 'source', id FROM source WHERE id = wanted
        RETURNING id INTO voice;
    END IF;
    RETURN voice;
END $$;
COMMENT ON FUNCTION source_voice IS 'The agent as whom a source speaks for itself, created where there is none yet.';

CREATE FUNCTION put_claim_parts(document jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH wanted AS (
        SELECT place + 1 AS position, referred(member -> 'agent')::slug AS agent_id, (member ->> 'role')::attribution_role AS role,
               referred(member -> 'via')::slug AS via_id
        FROM members(document -> 'attribution')
    ), gone AS (
        DELETE FROM attribution WHERE claim_id = document ->> 'id' AND position > (SELECT count(*) FROM wanted)
    )
    INSERT INTO attribution (claim_id, position, agent_id, role, via_id)
    SELECT document ->> 'id', position, agent_id, role, via_id FROM wanted
    ON CONFLICT (claim_id, position) DO UPDATE
    SET (agent_id, role, via_id) = (EXCLUDED.agent_id, EXCLUDED.role, EXCLUDED.via_id)
    WHERE (attribution.agent_id, attribution.role, attribution.via_id) IS DISTINCT FROM (EXCLUDED.agent_id, EXCLUDED.role, EXCLUDED.via_id);
    WITH wanted AS (
        SELECT side.role::operand_role AS role, referred(member)::slug AS operand_id
        FROM (VALUES ('numerators', 'numerator'), ('denominators', 'denominator')) AS side (name, role)
        CROSS JOIN LATERAL members(document -> 'operands' -> side.name)
    ), gone AS (
        DELETE FROM multiple_operand
        WHERE multiple_id = document ->> 'id' AND (role, operand_id) NOT IN (SELECT role, operand_id FROM wanted)
    )
    INSERT INTO multiple_operand (multiple_id, role, operand_id)
    SELECT DISTINCT document ->> 'id', role, operand_id FROM wanted
    ON CONFLICT DO NOTHING;
END $$;
CREATE FUNCTION put_claim(document jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    figure jsonb := nullif(document -> 'figure', 'null');
    left_proposition slug := (SELECT proposition_id FROM claim WHERE id = document ->> 'id');
    shared text := coalesce(referred(document -> 'proposition'), document ->> 'id');
BEGIN
    INSERT INTO proposition (id, statement) VALUES (shared, coalesce(document #>> '{proposition,statement}', document ->> 'statement'))
    ON CONFLICT (id) DO UPDATE SET statement = EXCLUDED.statement
    WHERE document #>> '{proposition,statement}' <> proposition.statement;
    INSERT INTO claim (id, source_id, line, statement, kind, subject_id, quantity_id, scope_id, period, figure_as_printed, figure_value, figure_bound,
                       figure_range, figure_unit_id, claimant_id, stance, hedge, proposition_id, created_at)
    VALUES (document ->> 'id', referred(document -> 'source'), (document #>> '{locator,line}')::integer, document ->> 'statement',
            (document ->> 'kind')::claim_kind, referred(document -> 'subject'), referred(document -> 'quantity'), referred(document -> 'scope'),
            document ->> 'period', figure ->> 'as_printed', (figure ->> 'value')::numeric, (figure ->> 'bound')::bound,
            CASE WHEN figure ->> 'bound' = 'range' THEN numrange((figure ->> 'low')::numeric, (figure ->> 'high')::numeric, '[]') END,
            referred(figure -> 'unit'), coalesce(referred(document -> 'claimant'), source_voice(referred(document -> 'source'))),
            (document ->> 'stance')::stance, (document ->> 'hedge')::hedge, shared, coalesce((document ->> 'created_at')::timestamptz, now()))
    ON CONFLICT (id) DO UPDATE
    SET (source_id, line, statement, kind, subject_id, quantity_id, scope_id, period, figure_as_printed, figure_value, figure_bound, figure_range,
         figure_unit_id, claimant_id, stance, hedge, proposition_id)
      = (EXCLUDED.source_id, EXCLUDED.line, EXCLUDED.statement, EXCLUDED.kind, EXCLUDED.subject_id, EXCLUDED.quantity_id, EXCLUDED.scope_id,
         EXCLUDED.period, EXCLUDED.figure_as_printed, EXCLUDED.figure_value, EXCLUDED.figure_bound, EXCLUDED.figure_range, EXCLUDED.figure_unit_id,
         EXCLUDED.claimant_id, EXCLUDED.stance, EXCLUDED.hedge, EXCLUDED.proposition_id);
    PERFORM put_claim_parts(document);
    PERFORM drop_unused_proposition(left_proposition);
END $$;
CREATE FUNCTION drop_unused_proposition(left_behind slug) RETURNS void LANGUAGE sql AS $$
    DELETE FROM proposition WHERE id = left_behind AND NOT EXISTS (SELECT FROM claim WHERE proposition_id = left_behind)
$$;
COMMENT ON FUNCTION drop_unused_proposition IS 'A proposition that no claim shares any more is none.';
CREATE FUNCTION put_comparison(document jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO comparison (id, title, description, baseline_id, created_at)
    VALUES (document ->> 'id', document ->> 'title', document ->> 'description', referred(document -> 'baseline'),
            coalesce((document ->> 'created_at')::timestamptz, now()))
    ON CONFLICT (id) DO UPDATE SET (title, description, baseline_id) = (EXCLUDED.title, EXCLUDED.description, EXCLUDED.baseline_id);
    WITH wanted AS (
        SELECT DISTINCT referred(member)::slug AS claim_id FROM members(document -> 'claims')
    ), gone AS (
        DELETE FROM comparison_claim WHERE comparison_id = document ->> 'id' AND claim_id NOT IN (SELECT claim_id FROM wanted)
    )
    INSERT INTO comparison_claim (comparison_id, claim_id)
    SELECT document ->> 'id', claim_id FROM wanted
    ON CONFLICT DO NOTHING;
END $$;

CREATE FUNCTION put(kind text, document jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    CASE kind
        WHEN 'dimension' THEN PERFORM put_dimension(document);
        WHEN 'unit' THEN PERFORM put_unit(document);
        WHEN 'quantity' THEN PERFORM put_quantity(document);
        WHEN 'scope' THEN PERFORM put_scope(document);
        WHEN 'subject' THEN PERFORM put_subject(document);
        WHEN 'agent' THEN PERFORM put_agent(document);
        WHEN 'source' THEN PERFORM put_source(document);
        WHEN 'proposition' THEN PERFORM put_proposition(document);
        WHEN 'claim' THEN PERFORM put_claim(document);
        WHEN 'comparison' THEN PERFORM put_comparison(document);
    END CASE;
END $$;
COMMENT ON FUNCTION put IS 'Creates a thing or replaces it by its document, in which there are no problems.';

-- Many things at once ---------------------------------------------------------------------------

CREATE FUNCTION put_part(kind text, document jsonb, at text) RETURNS TABLE (pointer text, detail text)
LANGUAGE plpgsql AS $$
DECLARE
    part_id text := coalesce(document ->> 'id', id_for(kind, document));
BEGIN
    document := jsonb_set(document - 'created_at', '{id}', to_jsonb(part_id));
    IF document_of(kind, part_id) IS NOT NULL THEN
        RETURN QUERY SELECT at || '/id', format('There is a %s %s already: refer to it by its id.', kind, part_id);
        RETURN;
    END IF;
    RETURN QUERY SELECT at || problem.pointer, problem.detail FROM problems_of(kind, document) AS problem;
    IF NOT FOUND THEN
        PERFORM put(kind, document);
    END IF;
END $$;
COMMENT ON FUNCTION put_part IS 'Creates a thing that stands in the document of another, unless there are problems in it: these, by pointers from there.';

CREATE FUNCTION parts_of(document jsonb) RETURNS TABLE (turn bigint, kind text, part jsonb, at text)
LANGUAGE sql STABLE AS $$
    SELECT row_number() OVER (ORDER BY each.turn, member.member ->> 'kind' = 'multiple', member.place), each.kind, member.member,
           format('/%s/%s', each.name, member.place)
    FROM (VALUES (1, 'unit', 'units'), (2, 'quantity', 'quantities'), (3, 'scope', 'scopes'), (4, 'subject', 'subjects'), (5, 'agent', 'agents'),
                 (7, 'claim', 'claims'), (8, 'comparison', 'comparisons')) AS each (turn, kind, name)
    CROSS JOIN LATERAL members(document -> each.name) AS member
    UNION ALL
    SELECT 0, 'source', document - '{units,quantities,scopes,subjects,agents,claims,comparisons}'::text[], ''
$$;
COMMENT ON FUNCTION parts_of IS 'What stands in the document of a source, in the order in which one can refer to the other; the source is not in that order.';

CREATE FUNCTION put_with_parts(document jsonb) RETURNS SETOF json
LANGUAGE plpgsql AS $$
DECLARE
    source_id text := document ->> 'id';
    part record;
    problem record;
    sound boolean := true;
BEGIN
    FOR part IN
        SELECT * FROM (SELECT CASE kind WHEN 'source' THEN (SELECT count(*) + 0.5 FROM parts_of(document) AS before WHERE before.kind IN ('unit', 'quantity', 'scope', 'subject', 'agent'))
                                   ELSE turn END AS turn, kind, parts_of.part, at
                       FROM parts_of(document)) AS ordered
        ORDER BY turn LOOP
        IF part.kind = 'claim' AND coalesce(referred(part.part -> 'source'), source_id) <> source_id THEN
            RETURN NEXT json_build_object('pointer', part.at || '/source', 'detail', 'A claim in a source is one of that source.');
            CONTINUE;
        ELSIF part.kind = 'claim' THEN
            part.part := jsonb_set(part.part, '{source}', to_jsonb(source_id));
        END IF;
        FOR problem IN SELECT * FROM put_part(part.kind, part.part, part.at) LOOP
            IF part.kind = 'source' THEN sound := false; END IF;
            IF sound OR problem.pointer NOT LIKE '/claims/%/source' THEN
                RETURN NEXT json_build_object('pointer', problem.pointer, 'detail', problem.detail);
            END IF;
        END LOOP;
    END LOOP;
END $$;
COMMENT ON FUNCTION put_with_parts IS 'Creates a source and all that its document carries; all problems, in which case nothing of it may stay.';

-- Ids -------------------------------------------------------------------------------------------

CREATE FUNCTION id_from(words text, most integer) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(trim(BOTH '-' FROM left(trim(BOTH '-' FROM regexp_replace(lower(unaccent(replace(replace(replace(words, 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'))
                                                                                     COLLATE "C"), '[^a-z0-9]+', '-', 'g')), most)), ''), 'x')
$$;
COMMENT ON FUNCTION id_from IS 'A readable id of so many letters at most.';

CREATE FUNCTION free_id(kind text, wanted text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    most integer := CASE kind WHEN 'unit' THEN 32 WHEN 'quantity' THEN 56 WHEN 'subject' THEN 60 ELSE 120 END;
    tried text := rtrim(left(wanted, most), '-');
    taken boolean;
BEGIN
    FOR number IN 2 .. 1000000 LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE id = $1) OR EXISTS (SELECT FROM revision WHERE kind = $2 AND id = $1)', kind)
        INTO taken USING tried, kind;
        EXIT WHEN NOT taken;
        tried := rtrim(left(wanted, most - length(number::text) - 1), '-') || '-' || number;
    END LOOP;
    RETURN tried;
END $$;
COMMENT ON FUNCTION free_id IS 'The id, or the first that is free with a number behind it; what was once one stays taken.';

CREATE FUNCTION id_for(kind text, document jsonb) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT free_id(kind, CASE kind
        WHEN 'claim' THEN format('%s-%s-%s', referred(document -> 'source'), lpad(document #>> '{locator,line}', greatest(2, length(document #>> '{locator,line}')), '0'), id_from(document ->> 'statement', 40))
        WHEN 'quantity' THEN regexp_replace(id_from(document ->> 'name', 60), '-of(?=-|$)', '', 'g')
        WHEN 'comparison' THEN replace(id_from(document ->> 'title', 60), '-of-', '-')
        ELSE id_from(coalesce(document ->> 'name', document ->> 'title', document ->> 'description', document ->> 'statement'), 60) END)
$$;
COMMENT ON FUNCTION id_for IS 'An id for what comes without one.';

DO $$
DECLARE
    described record;
BEGIN
    FOR described IN
        SELECT routine.oid::regprocedure AS routine, pattern.says || kind.name AS says
        FROM unnest('{dimension,unit,quantity,scope,subject,agent,source,proposition,claim,comparison}'::text[]) AS kind (name),
             (VALUES ('%s_document', 'The document of a thing: '), ('%s_problems', 'In what a document does not agree with itself or the other data: '),
                     ('put_%s', 'Creates or replaces a thing by its document: ')) AS pattern (name, says),
             pg_proc AS routine
        WHERE routine.pronamespace = 'public'::regnamespace AND routine.proname = format(pattern.name, kind.name)
          AND obj_description(routine.oid, 'pg_proc') IS NULL LOOP
        EXECUTE format('COMMENT ON FUNCTION %s IS %L', described.routine, described.says || '.');
    END LOOP;
END $$;
COMMENT ON FUNCTION put_claim_parts IS 'Has a claim have the attribution and the operands that its document says.';

-- migrate:down
DROP FUNCTION id_for, free_id, id_from, put_with_parts, parts_of, put_part, put, put_comparison, drop_unused_proposition, put_claim, put_claim_parts, source_voice, put_proposition, put_source,
    put_agent, put_subject, put_scope, put_quantity, put_unit, put_dimension, problems_of, comparison_problems, claim_problems, figure_problems,
    source_problems, agent_problems, quantity_problems, unit_problems, proposition_problems, subject_problems, scope_problems, dimension_problems,
    reference_problems, document_of, comparison_document, claim_document, claim_operands, proposition_document, source_document, agent_document,
    subject_document, scope_document, quantity_document, unit_document, dimension_document, time_text, members, referred;
