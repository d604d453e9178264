-- migrate:up

-- Writing by sets: problems are found in, and things are put by, any number of documents of a kind at once, each with an id of its own. The
-- statements are the same however many there are, so that one thing is written as before, and a thousand do not cost a thousand statements.

DROP FUNCTION problems_of(text,jsonb), put_dimension(jsonb), put_unit(jsonb), put_quantity(jsonb), put_scope(jsonb), put_subject(jsonb),
    put_agent(jsonb), put_source(jsonb), put_proposition(jsonb), put_claim_parts, put_claim(jsonb), drop_unused_proposition,
    put_comparison(jsonb), put(text,jsonb);

-- What does not agree with the other data -------------------------------------------------------

CREATE OR REPLACE FUNCTION reference_problems(of text, given jsonb, at text) RETURNS TABLE (pointer text, detail text)
LANGUAGE sql STABLE AS $$
    SELECT at, format('There is no %s %s.', of, referred(given))
    WHERE NOT CASE of WHEN 'unit' THEN EXISTS (SELECT FROM unit WHERE id = referred(given))
                      WHEN 'quantity' THEN EXISTS (SELECT FROM quantity WHERE id = referred(given))
                      WHEN 'scope' THEN EXISTS (SELECT FROM scope WHERE id = referred(given))
                      WHEN 'subject' THEN EXISTS (SELECT FROM subject WHERE id = referred(given))
                      WHEN 'agent' THEN EXISTS (SELECT FROM agent WHERE id = referred(given))
                      WHEN 'source' THEN EXISTS (SELECT FROM source WHERE id = referred(given))
                      WHEN 'proposition' THEN EXISTS (SELECT FROM proposition WHERE id = referred(given)) END
      AND referred(given) IS NOT NULL
$$;
COMMENT ON FUNCTION reference_problems IS 'Says so if a member refers to what is not there. With a kind that is known when it is planned, one look-up is left of it.';

CREATE OR REPLACE FUNCTION figure_problems(figure jsonb) RETURNS TABLE (pointer text, detail text) LANGUAGE sql STABLE AS $$
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
        SELECT 'low', 'down to', low, lower(figure_extent(value, bound, NULL)) WHERE low IS NOT NULL
        UNION ALL
        SELECT 'high', 'up to', high, upper(figure_extent(value, bound, NULL)) WHERE high IS NOT NULL
    ) AS side (name, words, said, follows)
    WHERE bound <> 'range' AND value IS NOT NULL AND said IS DISTINCT FROM follows
$$;

CREATE OR REPLACE FUNCTION claim_problems(document jsonb) RETURNS TABLE (pointer text, detail text) LANGUAGE sql STABLE AS $$
    SELECT * FROM reference_problems('source', document -> 'source', '/source')
    UNION ALL
    SELECT * FROM reference_problems('subject', document -> 'subject', '/subject')
    UNION ALL
    SELECT * FROM reference_problems('quantity', document -> 'quantity', '/quantity')
    UNION ALL
    SELECT * FROM reference_problems('scope', document -> 'scope', '/scope')
    UNION ALL
    SELECT * FROM reference_problems('agent', document -> 'claimant', '/claimant')
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

CREATE FUNCTION problems_of(kind text, documents jsonb[]) RETURNS TABLE (place bigint, pointer text, detail text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    CASE kind
        WHEN 'dimension' THEN RETURN QUERY SELECT DISTINCT given.place, problem.* FROM unnest(documents) WITH ORDINALITY AS given (document, place)
                                CROSS JOIN LATERAL dimension_problems(given.document) AS problem;
        WHEN 'unit' THEN RETURN QUERY SELECT DISTINCT given.place, problem.* FROM unnest(documents) WITH ORDINALITY AS given (document, place)
                                CROSS JOIN LATERAL unit_problems(given.document) AS problem;
        WHEN 'quantity' THEN RETURN QUERY SELECT DISTINCT given.place, problem.* FROM unnest(documents) WITH ORDINALITY AS given (document, place)
                                CROSS JOIN LATERAL quantity_problems(given.document) AS problem;
        WHEN 'scope' THEN RETURN QUERY SELECT DISTINCT given.place, problem.* FROM unnest(documents) WITH ORDINALITY AS given (document, place)
                                CROSS JOIN LATERAL scope_problems(given.document) AS problem;
        WHEN 'subject' THEN RETURN QUERY SELECT DISTINCT given.place, problem.* FROM unnest(documents) WITH ORDINALITY AS given (document, place)
                                CROSS JOIN LATERAL subject_problems(given.document) AS problem;
        WHEN 'agent' THEN RETURN QUERY SELECT DISTINCT given.place, problem.* FROM unnest(documents) WITH ORDINALITY AS given (document, place)
                                CROSS JOIN LATERAL agent_problems(given.document) AS problem;
        WHEN 'source' THEN RETURN QUERY SELECT DISTINCT given.place, problem.* FROM unnest(documents) WITH ORDINALITY AS given (document, place)
                                CROSS JOIN LATERAL source_problems(given.document) AS problem;
        WHEN 'proposition' THEN RETURN QUERY SELECT DISTINCT given.place, problem.* FROM unnest(documents) WITH ORDINALITY AS given (document, place)
                                CROSS JOIN LATERAL proposition_problems(given.document) AS problem;
        WHEN 'claim' THEN RETURN QUERY SELECT DISTINCT given.place, problem.* FROM unnest(documents) WITH ORDINALITY AS given (document, place)
                                CROSS JOIN LATERAL claim_problems(given.document) AS problem;
        WHEN 'comparison' THEN RETURN QUERY SELECT DISTINCT given.place, problem.* FROM unnest(documents) WITH ORDINALITY AS given (document, place)
                                CROSS JOIN LATERAL comparison_problems(given.document) AS problem;
    END CASE;
END $$;
COMMENT ON FUNCTION problems_of IS 'All in which documents do not agree with themselves or the other data, by their places, from 1, and JSON pointers (RFC 6901).';

-- Putting ---------------------------------------------------------------------------------------

-- Each takes documents in which there are no problems.

CREATE FUNCTION put_dimension(documents jsonb[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO dimension (id, name)
    SELECT document ->> 'id', coalesce(document ->> 'name', document ->> 'id') FROM unnest(documents) AS document
    ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name WHERE dimension.name <> EXCLUDED.name
$$;

CREATE FUNCTION put_unit(documents jsonb[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dimension (id, name)
    SELECT DISTINCT referred(document -> 'dimension'), referred(document -> 'dimension') FROM unnest(documents) AS document
    ON CONFLICT DO NOTHING;
    INSERT INTO unit (id, name, dimension_id, factor)
    SELECT document ->> 'id', document ->> 'name', referred(document -> 'dimension'), (document ->> 'factor')::numeric
    FROM unnest(documents) AS document
    ON CONFLICT (id) DO UPDATE SET (name, dimension_id, factor) = (EXCLUDED.name, EXCLUDED.dimension_id, EXCLUDED.factor);
END $$;

CREATE FUNCTION put_quantity(documents jsonb[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO quantity (id, name, definition, dimension_id, unit_id)
    SELECT document ->> 'id', document ->> 'name', document ->> 'definition', unit.dimension_id, unit.id
    FROM unnest(documents) AS document JOIN unit ON unit.id = referred(document -> 'unit')
    ON CONFLICT (id) DO UPDATE
    SET (name, definition, dimension_id, unit_id) = (EXCLUDED.name, EXCLUDED.definition, EXCLUDED.dimension_id, EXCLUDED.unit_id)
$$;

CREATE FUNCTION put_scope(documents jsonb[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO scope (id, name, definition)
    SELECT document ->> 'id', document ->> 'name', document ->> 'definition' FROM unnest(documents) AS document
    ON CONFLICT (id) DO UPDATE SET (name, definition) = (EXCLUDED.name, EXCLUDED.definition)
$$;

CREATE FUNCTION put_subject(documents jsonb[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO subject (id, name, kind, description)
    SELECT document ->> 'id', document ->> 'name', (document ->> 'kind')::subject_kind, document ->> 'description' FROM unnest(documents) AS document
    ON CONFLICT (id) DO UPDATE SET (name, kind, description) = (EXCLUDED.name, EXCLUDED.kind, EXCLUDED.description)
$$;

CREATE FUNCTION put_agent(documents jsonb[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO agent (id, name, kind, source_id)
    SELECT document ->> 'id', document ->> 'name', (document ->> 'kind')::agent_kind, referred(document -> 'source') FROM unnest(documents) AS document
    ON CONFLICT (id) DO UPDATE SET (name, kind, source_id) = (EXCLUDED.name, EXCLUDED.kind, EXCLUDED.source_id)
$$;

CREATE FUNCTION put_source(documents jsonb[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO source (id, kind, title, description, language, url, author, publisher_id, published_at, revised_at, content_sha256, created_at)
    SELECT document ->> 'id', (document ->> 'kind')::source_kind, document ->> 'title', document ->> 'description', document ->> 'language',
           document ->> 'url', document ->> 'author', referred(document -> 'publisher'), (document ->> 'published_at')::date,
           (document ->> 'revised_at')::date, document ->> 'content_sha256', coalesce((document ->> 'created_at')::timestamptz, now())
    FROM unnest(documents) AS document
    ON CONFLICT (id) DO UPDATE
    SET (kind, title, description, language, url, author, publisher_id, published_at, revised_at, content_sha256)
      = (EXCLUDED.kind, EXCLUDED.title, EXCLUDED.description, EXCLUDED.language, EXCLUDED.url, EXCLUDED.author, EXCLUDED.publisher_id,
         EXCLUDED.published_at, EXCLUDED.revised_at, EXCLUDED.content_sha256);
    WITH wanted AS (
        SELECT document ->> 'id' AS source_id, referred(member -> 'source') AS related_id, (member ->> 'kind')::source_relation_kind AS kind
        FROM unnest(documents) AS document CROSS JOIN LATERAL members(document -> 'relations')
        WHERE coalesce(member ->> 'direction', 'to') = 'to'
    ), gone AS (
        DELETE FROM source_relation
        WHERE source_id IN (SELECT document ->> 'id' FROM unnest(documents) AS document)
          AND (source_id, related_id, kind) NOT IN (SELECT source_id, related_id, kind FROM wanted)
    )
    INSERT INTO source_relation (source_id, related_id, kind)
    SELECT source_id, related_id, kind FROM wanted
    ON CONFLICT DO NOTHING;
END $$;

CREATE FUNCTION put_proposition(documents jsonb[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO proposition (id, statement)
    SELECT document ->> 'id', document ->> 'statement' FROM unnest(documents) AS document
    ON CONFLICT (id) DO UPDATE SET statement = EXCLUDED.statement
$$;

CREATE FUNCTION proposition_of(document jsonb) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN coalesce(referred(document -> 'proposition'), document ->> 'id');
COMMENT ON FUNCTION proposition_of IS 'The proposition of a claim: one of its own, by the claim''s id, where its document names none.';

CREATE FUNCTION put_shared_propositions(documents jsonb[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO proposition (id, statement)
    SELECT DISTINCT ON (1) proposition_of(document), coalesce(document #>> '{proposition,statement}', document ->> 'statement')
    FROM unnest(documents) WITH ORDINALITY AS given (document, place)
    ORDER BY 1, place
    ON CONFLICT DO NOTHING;
    UPDATE proposition SET statement = stated.words
    FROM (SELECT DISTINCT ON (1) proposition_of(document) AS id, document #>> '{proposition,statement}' AS words
          FROM unnest(documents) WITH ORDINALITY AS given (document, place)
          WHERE document #>> '{proposition,statement}' IS NOT NULL
          ORDER BY 1, place DESC) AS stated
    WHERE proposition.id = stated.id AND proposition.statement <> stated.words;
END $$;
COMMENT ON FUNCTION put_shared_propositions IS 'Creates the propositions that claims share, and has them say what the claims'' documents say they do.';

CREATE FUNCTION put_attribution(documents jsonb[]) RETURNS void LANGUAGE sql AS $$
    WITH wanted AS (
        SELECT document ->> 'id' AS claim_id, place + 1 AS position, referred(member -> 'agent')::slug AS agent_id,
               (member ->> 'role')::attribution_role AS role, referred(member -> 'via')::slug AS via_id
        FROM unnest(documents) AS document CROSS JOIN LATERAL members(document -> 'attribution')
    ), gone AS (
        DELETE FROM attribution USING unnest(documents) AS document
        WHERE claim_id = document ->> 'id'
          AND position > jsonb_array_length(coalesce(nullif(document -> 'attribution', 'null'), '[]'))
    )
    INSERT INTO attribution (claim_id, position, agent_id, role, via_id)
    SELECT claim_id, position, agent_id, role, via_id FROM wanted
    ON CONFLICT (claim_id, position) DO UPDATE
    SET (agent_id, role, via_id) = (EXCLUDED.agent_id, EXCLUDED.role, EXCLUDED.via_id)
    WHERE (attribution.agent_id, attribution.role, attribution.via_id) IS DISTINCT FROM (EXCLUDED.agent_id, EXCLUDED.role, EXCLUDED.via_id)
$$;
COMMENT ON FUNCTION put_attribution IS 'Has claims be attributed to whom their documents say.';

CREATE FUNCTION put_operands(documents jsonb[]) RETURNS void LANGUAGE sql AS $$
    WITH wanted AS (
        SELECT DISTINCT document ->> 'id' AS multiple_id, side.role::operand_role AS role, referred(member)::slug AS operand_id
        FROM unnest(documents) AS document
        CROSS JOIN (VALUES ('numerators', 'numerator'), ('denominators', 'denominator')) AS side (name, role)
        CROSS JOIN LATERAL members(document -> 'operands' -> side.name)
    ), gone AS (
        DELETE FROM multiple_operand
        WHERE multiple_id IN (SELECT document ->> 'id' FROM unnest(documents) AS document)
          AND (multiple_id, role, operand_id) NOT IN (SELECT multiple_id, role, operand_id FROM wanted)
    )
    INSERT INTO multiple_operand (multiple_id, role, operand_id)
    SELECT multiple_id, role, operand_id FROM wanted
    ON CONFLICT DO NOTHING
$$;
COMMENT ON FUNCTION put_operands IS 'Has stated multiples rest on the figures that their documents say.';

-- A claim takes over its attribution when it is written: that comes first, so that a new one is written once.
ALTER TABLE attribution ALTER CONSTRAINT attribution_claim_id_fkey DEFERRABLE INITIALLY IMMEDIATE;

CREATE FUNCTION attribution_fault(wanted slug) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT 'claim ' || claim.id || CASE
                   WHEN hop.last IS NULL AND agent.source_id IS DISTINCT FROM claim.source_id
                       THEN ' has no attribution though its source does not speak for itself'
                   WHEN hop.last <> claim.claimant_id THEN ' is not attributed to its claimant'
                   WHEN hop.hops <> hop.positions THEN ' has a gap in its attribution'
               END
        FROM claim
        JOIN agent ON agent.id = claim.claimant_id
        CROSS JOIN LATERAL (
            SELECT count(*) AS hops, coalesce(max(position), 0) AS positions,
                   (array_agg(agent_id ORDER BY position DESC))[1] AS last
            FROM attribution WHERE claim_id = claim.id) AS hop
        WHERE claim.id = wanted);
END $$;
COMMENT ON FUNCTION attribution_fault IS 'What is wrong with the attribution of a claim; null if nothing is. Of one claim, so that each is looked up by its key, however many there are.';

CREATE OR REPLACE FUNCTION attribution_ends_at_claimant() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    fault text;
BEGIN
    IF TG_TABLE_NAME = 'claim' THEN
        fault := attribution_fault(NEW.id);
    ELSE
        fault := coalesce(attribution_fault(NEW.claim_id), attribution_fault(nullif(OLD.claim_id, NEW.claim_id)));
    END IF;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION '%', fault
            USING ERRCODE = 'check_violation', CONSTRAINT = 'attribution_ends_at_claimant', TABLE = 'attribution';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION put_claim(documents jsonb[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    left_behind slug[] := ARRAY(SELECT proposition_id FROM claim WHERE id IN (SELECT document ->> 'id' FROM unnest(documents) AS document));
BEGIN
    PERFORM put_shared_propositions(documents);
    SET CONSTRAINTS attribution_claim_id_fkey DEFERRED;
    PERFORM put_attribution(documents);
    INSERT INTO claim (id, source_id, line, statement, kind, subject_id, quantity_id, scope_id, period, figure_as_printed, figure_value, figure_bound,
                       figure_range, figure_unit_id, claimant_id, stance, hedge, proposition_id, created_at)
    SELECT document ->> 'id', referred(document -> 'source'), (document #>> '{locator,line}')::integer, document ->> 'statement',
           (document ->> 'kind')::claim_kind, referred(document -> 'subject'), referred(document -> 'quantity'), referred(document -> 'scope'),
           document ->> 'period', figure ->> 'as_printed', (figure ->> 'value')::numeric, (figure ->> 'bound')::bound,
           CASE WHEN figure ->> 'bound' = 'range' THEN numrange((figure ->> 'low')::numeric, (figure ->> 'high')::numeric, '[]') END,
           referred(figure -> 'unit'), coalesce(referred(document -> 'claimant'), source_voice(referred(document -> 'source'))),
           (document ->> 'stance')::stance, (document ->> 'hedge')::hedge, proposition_of(document),
           coalesce((document ->> 'created_at')::timestamptz, now())
    FROM unnest(documents) AS document CROSS JOIN LATERAL nullif(document -> 'figure', 'null') AS figure
    ON CONFLICT (id) DO UPDATE
    SET (source_id, line, statement, kind, subject_id, quantity_id, scope_id, period, figure_as_printed, figure_value, figure_bound, figure_range,
         figure_unit_id, claimant_id, stance, hedge, proposition_id)
      = (EXCLUDED.source_id, EXCLUDED.line, EXCLUDED.statement, EXCLUDED.kind, EXCLUDED.subject_id, EXCLUDED.quantity_id, EXCLUDED.scope_id,
         EXCLUDED.period, EXCLUDED.figure_as_printed, EXCLUDED.figure_value, EXCLUDED.figure_bound, EXCLUDED.figure_range, EXCLUDED.figure_unit_id,
         EXCLUDED.claimant_id, EXCLUDED.stance, EXCLUDED.hedge, EXCLUDED.proposition_id);
    SET CONSTRAINTS attribution_claim_id_fkey IMMEDIATE;
    PERFORM put_operands(documents), drop_unused_propositions(left_behind);
END $$;

CREATE FUNCTION drop_unused_propositions(left_behind slug[]) RETURNS void LANGUAGE sql AS $$
    DELETE FROM proposition WHERE id = ANY (left_behind) AND NOT EXISTS (SELECT FROM claim WHERE proposition_id = proposition.id)
$$;
COMMENT ON FUNCTION drop_unused_propositions IS 'A proposition that no claim shares any more is none.';

CREATE FUNCTION put_comparison(documents jsonb[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO comparison (id, title, description, baseline_id, created_at)
    SELECT document ->> 'id', document ->> 'title', document ->> 'description', referred(document -> 'baseline'),
           coalesce((document ->> 'created_at')::timestamptz, now())
    FROM unnest(documents) AS document
    ON CONFLICT (id) DO UPDATE SET (title, description, baseline_id) = (EXCLUDED.title, EXCLUDED.description, EXCLUDED.baseline_id);
    WITH wanted AS (
        SELECT DISTINCT document ->> 'id' AS comparison_id, referred(member)::slug AS claim_id
        FROM unnest(documents) AS document CROSS JOIN LATERAL members(document -> 'claims')
    ), gone AS (
        DELETE FROM comparison_claim
        WHERE comparison_id IN (SELECT document ->> 'id' FROM unnest(documents) AS document)
          AND (comparison_id, claim_id) NOT IN (SELECT comparison_id, claim_id FROM wanted)
    )
    INSERT INTO comparison_claim (comparison_id, claim_id)
    SELECT comparison_id, claim_id FROM wanted
    ON CONFLICT DO NOTHING;
END $$;

CREATE FUNCTION put(kind text, documents jsonb[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    CASE kind
        WHEN 'dimension' THEN PERFORM put_dimension(documents);
        WHEN 'unit' THEN PERFORM put_unit(documents);
        WHEN 'quantity' THEN PERFORM put_quantity(documents);
        WHEN 'scope' THEN PERFORM put_scope(documents);
        WHEN 'subject' THEN PERFORM put_subject(documents);
        WHEN 'agent' THEN PERFORM put_agent(documents);
        WHEN 'source' THEN PERFORM put_source(documents);
        WHEN 'proposition' THEN PERFORM put_proposition(documents);
        WHEN 'claim' THEN PERFORM put_claim(documents);
        WHEN 'comparison' THEN PERFORM put_comparison(documents);
    END CASE;
END $$;
COMMENT ON FUNCTION put IS 'Creates things or replaces them by their documents, in which there are no problems, and of which no two are of one thing.';

-- Who puts one thing ----------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION put_part(kind text, document jsonb, at text) RETURNS TABLE (pointer text, detail text)
LANGUAGE plpgsql AS $$
DECLARE
    part_id text := coalesce(document ->> 'id', id_for(kind, document));
BEGIN
    document := jsonb_set(document - 'created_at', '{id}', to_jsonb(part_id));
    IF document_of(kind, part_id) IS NOT NULL THEN
        RETURN QUERY SELECT at || '/id', format('There is a %s %s already: refer to it by its id.', kind, part_id);
        RETURN;
    END IF;
    RETURN QUERY SELECT at || problem.pointer, problem.detail FROM problems_of(kind, ARRAY[document]) AS problem;
    IF NOT FOUND THEN
        PERFORM put(kind, ARRAY[document]);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION part_things(of text, wanted text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    known merged;
    successor text := merged_into(of, wanted);
    place record;
BEGIN
    SELECT * INTO known FROM merged WHERE merged.kind = of AND merged.id = wanted;
    IF known.id IS NULL THEN
        RAISE EXCEPTION 'It is not merged into another.' USING ERRCODE = 'CL409';
    END IF;
    PERFORM put(of, ARRAY[document_at(of, wanted, known.change - 1)::jsonb]);
    FOR place IN
        SELECT holder, member, (SELECT string_agg(format('was.%I = here.%1$I', attname), ' AND ')
                                FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
                                WHERE indrelid = ('public.' || holder)::regclass AND indisprimary) AS same
        FROM references_to(of) LOOP
        EXECUTE format('UPDATE %I AS here SET %I = $1 FROM history.%1$I AS was WHERE was.until = $2 AND was.%2$I = $1 AND here.%2$I = $3 AND %3$s',
                       place.holder, place.member, place.same) USING wanted, known.change, successor;
    END LOOP;
    DELETE FROM merged WHERE merged.kind = of AND merged.id = wanted;
END $$;

CREATE OR REPLACE FUNCTION put_checked(kind text, document jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse_problems(coalesce(json_agg(json_build_object('pointer', problem.pointer, 'detail', problem.detail) ORDER BY problem.pointer, problem.detail), '[]')) FROM problems_of(kind, ARRAY[document]) AS problem;
    PERFORM put(kind, ARRAY[document]);
END $$;

CREATE OR REPLACE FUNCTION take_out(kind text, wanted text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    proposition slug;
    holder text;
BEGIN
    IF kind = 'claim' THEN
        SELECT proposition_id INTO proposition FROM claim WHERE id = wanted;
    ELSIF kind = 'source' THEN
        DELETE FROM agent WHERE source_id = wanted AND NOT EXISTS (SELECT FROM claim WHERE claimant_id = agent.id)
            AND NOT EXISTS (SELECT FROM attribution WHERE agent_id = agent.id);
    END IF;
    EXECUTE format('DELETE FROM %I WHERE id = $1', kind) USING wanted;
    PERFORM drop_unused_propositions(ARRAY[proposition]);
EXCEPTION WHEN foreign_key_violation THEN
    GET STACKED DIAGNOSTICS holder = TABLE_NAME;
    RAISE EXCEPTION '% refers to it: change or retract that first.',
        CASE holder WHEN 'agent' THEN 'A claim that it makes in its own voice' WHEN 'claim' THEN 'A claim' WHEN 'attribution' THEN 'A claim'
                    WHEN 'multiple_operand' THEN 'A multiple' WHEN 'comparison_claim' THEN 'A comparison' WHEN 'quantity' THEN 'A quantity'
                    ELSE 'A source' END
        USING ERRCODE = 'CL409';
END $$;

DO $$
DECLARE
    kind text;
BEGIN
    FOREACH kind IN ARRAY '{dimension,unit,quantity,scope,subject,agent,source,proposition,claim,comparison}'::text[] LOOP
        EXECUTE format('COMMENT ON FUNCTION %I IS %L', 'put_' || kind, format('Creates or replaces things by their documents: %s.', kind));
    END LOOP;
END $$;

SELECT make_past();

-- migrate:down
DROP FUNCTION problems_of(text,jsonb[]), put_dimension(jsonb[]), put_unit(jsonb[]), put_quantity(jsonb[]), put_scope(jsonb[]),
    put_subject(jsonb[]), put_agent(jsonb[]), put_source(jsonb[]), put_proposition(jsonb[]), proposition_of, put_shared_propositions,
    put_attribution, put_operands, attribution_fault, put_claim(jsonb[]), drop_unused_propositions, put_comparison(jsonb[]),
    put(text,jsonb[]);
ALTER TABLE attribution ALTER CONSTRAINT attribution_claim_id_fkey NOT DEFERRABLE;

CREATE OR REPLACE FUNCTION attribution_ends_at_claimant() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched slug[];
    fault text;
BEGIN
    IF TG_TABLE_NAME = 'claim' THEN touched := ARRAY[NEW.id];
    ELSE touched := ARRAY[OLD.claim_id, NEW.claim_id]; END IF;
    SELECT 'claim ' || claim.id || CASE
               WHEN hop.last IS NULL AND agent.source_id IS DISTINCT FROM claim.source_id
                   THEN ' has no attribution though its source does not speak for itself'
               WHEN hop.last <> claim.claimant_id THEN ' is not attributed to its claimant'
               WHEN hop.hops <> hop.positions THEN ' has a gap in its attribution'
           END
    INTO fault
    FROM claim
    JOIN agent ON agent.id = claim.claimant_id
    CROSS JOIN LATERAL (
        SELECT count(*) AS hops, coalesce(max(position), 0) AS positions,
               (array_agg(agent_id ORDER BY position DESC))[1] AS last
        FROM attribution WHERE claim_id = claim.id) AS hop
    WHERE claim.id = ANY (touched)
    ORDER BY 1 LIMIT 1;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION '%', fault
            USING ERRCODE = 'check_violation', CONSTRAINT = 'attribution_ends_at_claimant', TABLE = 'attribution';
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION attribution_ends_at_claimant IS 'The chain is without gaps and its last hop is the claimant; only a source that speaks for itself has no chain.';

CREATE OR REPLACE FUNCTION reference_problems(of text, given jsonb, at text) RETURNS TABLE (pointer text, detail text)
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

CREATE OR REPLACE FUNCTION figure_problems(figure jsonb) RETURNS TABLE (pointer text, detail text) LANGUAGE sql STABLE AS $$
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

CREATE OR REPLACE FUNCTION claim_problems(document jsonb) RETURNS TABLE (pointer text, detail text) LANGUAGE sql STABLE AS $$
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
COMMENT ON FUNCTION put_claim_parts IS 'Has a claim have the attribution and the operands that its document says.';

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

CREATE OR REPLACE FUNCTION put_part(kind text, document jsonb, at text) RETURNS TABLE (pointer text, detail text)
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

CREATE OR REPLACE FUNCTION put_checked(kind text, document jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse_problems(coalesce(json_agg(problem ORDER BY problem.pointer, problem.detail), '[]')) FROM problems_of(kind, document) AS problem;
    PERFORM put(kind, document);
END $$;

CREATE OR REPLACE FUNCTION take_out(kind text, wanted text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    proposition slug;
    holder text;
BEGIN
    IF kind = 'claim' THEN
        SELECT proposition_id INTO proposition FROM claim WHERE id = wanted;
    ELSIF kind = 'source' THEN
        DELETE FROM agent WHERE source_id = wanted AND NOT EXISTS (SELECT FROM claim WHERE claimant_id = agent.id)
            AND NOT EXISTS (SELECT FROM attribution WHERE agent_id = agent.id);
    END IF;
    EXECUTE format('DELETE FROM %I WHERE id = $1', kind) USING wanted;
    PERFORM drop_unused_proposition(proposition);
EXCEPTION WHEN foreign_key_violation THEN
    GET STACKED DIAGNOSTICS holder = TABLE_NAME;
    RAISE EXCEPTION '% refers to it: change or retract that first.',
        CASE holder WHEN 'agent' THEN 'A claim that it makes in its own voice' WHEN 'claim' THEN 'A claim' WHEN 'attribution' THEN 'A claim'
                    WHEN 'multiple_operand' THEN 'A multiple' WHEN 'comparison_claim' THEN 'A comparison' WHEN 'quantity' THEN 'A quantity'
                    ELSE 'A source' END
        USING ERRCODE = 'CL409';
END $$;

CREATE OR REPLACE FUNCTION part_things(of text, wanted text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    known merged;
    successor text := merged_into(of, wanted);
    place record;
BEGIN
    SELECT * INTO known FROM merged WHERE merged.kind = of AND merged.id = wanted;
    IF known.id IS NULL THEN
        RAISE EXCEPTION 'It is not merged into another.' USING ERRCODE = 'CL409';
    END IF;
    PERFORM put(of, document_at(of, wanted, known.change - 1)::jsonb);
    FOR place IN
        SELECT holder, member, (SELECT string_agg(format('was.%I = here.%1$I', attname), ' AND ')
                                FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
                                WHERE indrelid = ('public.' || holder)::regclass AND indisprimary) AS same
        FROM references_to(of) LOOP
        EXECUTE format('UPDATE %I AS here SET %I = $1 FROM history.%1$I AS was WHERE was.until = $2 AND was.%2$I = $1 AND here.%2$I = $3 AND %3$s',
                       place.holder, place.member, place.same) USING wanted, known.change, successor;
    END LOOP;
    DELETE FROM merged WHERE merged.kind = of AND merged.id = wanted;
END $$;

DO $$
DECLARE
    kind text;
BEGIN
    FOREACH kind IN ARRAY '{dimension,unit,quantity,scope,subject,agent,source,proposition,claim,comparison}'::text[] LOOP
        EXECUTE format('COMMENT ON FUNCTION %I IS %L', 'put_' || kind, format('Creates or replaces a thing by its document: %s.', kind));
    END LOOP;
END $$;

SELECT make_past();
