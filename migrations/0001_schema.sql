-- migrate:up

-- Words, units of measure and vocabularies -----------------------------------------------------

CREATE DOMAIN slug AS text COLLATE "C"
    CONSTRAINT slug_is_readable CHECK (VALUE ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(VALUE) <= 120);
COMMENT ON DOMAIN slug IS 'A readable id: lower-case ASCII words joined by hyphens; ordered bytewise.';

CREATE DOMAIN phrase AS text
    CONSTRAINT phrase_is_not_blank CHECK (VALUE ~ '\S');
COMMENT ON DOMAIN phrase IS 'Text that says something: never empty, never only blanks.';

CREATE TYPE agent_kind AS ENUM ('person', 'organization', 'group', 'source');
COMMENT ON TYPE agent_kind IS 'Who asserts: a person, an organization, an unnamed group, or a source that speaks for itself.';

CREATE TYPE subject_kind AS ENUM ('model', 'company', 'product', 'technology', 'market', 'document', 'group', 'person');
COMMENT ON TYPE subject_kind IS 'What sort of thing a claim is about.';

CREATE TYPE source_kind AS ENUM ('article', 'study', 'paper', 'post', 'report', 'statement');
COMMENT ON TYPE source_kind IS 'What sort of document a source is; a statement is one whose document the text does not name.';

CREATE TYPE source_relation_kind AS ENUM ('translation_of', 'syndication_of', 'cites', 'based_on');
COMMENT ON TYPE source_relation_kind IS 'How a source depends on another. Translation and syndication make two sources one origin.';

CREATE TYPE claim_kind AS ENUM ('numeric', 'multiple', 'statement');
COMMENT ON TYPE claim_kind IS 'numeric: gives a figure; multiple: states a ratio of two figures; statement: gives no figure.';

CREATE TYPE stance AS ENUM ('asserts', 'reports', 'disputes');
COMMENT ON TYPE stance IS 'What the source does with the claim: vouches for it, passes it on, or says that it is wrong.';

CREATE TYPE hedge AS ENUM ('none', 'estimate', 'rumour', 'allegation', 'opinion', 'speculation', 'probable', 'expectation');
COMMENT ON TYPE hedge IS 'How the source weakens the claim.';

CREATE TYPE bound AS ENUM ('exact', 'approx', 'gt', 'gte', 'lt', 'lte', 'range');
COMMENT ON TYPE bound IS 'How the printed words limit the value: 294,000 | about | over | at least | less than | up to | from … to.';

CREATE TYPE attribution_role AS ENUM ('speaker', 'author', 'reporter', 'publisher');
COMMENT ON TYPE attribution_role IS 'What an agent did at one hop between a source and the origin of a claim.';

CREATE TABLE dimension (
    id slug PRIMARY KEY,
    name phrase NOT NULL
);
COMMENT ON TABLE dimension IS 'What can be measured in the same units, such as money. Figures of two dimensions never compare.';

CREATE TABLE unit (
    id text COLLATE "C" PRIMARY KEY CHECK (id ~ '^[!-~]{1,32}$'),
    name phrase NOT NULL,
    dimension_id slug NOT NULL REFERENCES dimension,
    factor numeric CHECK (factor > 0 AND factor <> 'NaN' AND factor < 'Infinity'),
    UNIQUE (id, dimension_id)
);
COMMENT ON TABLE unit IS 'ISO 4217 codes for money, UCUM codes and annotations otherwise.';
COMMENT ON COLUMN unit.factor IS 'Value in the canonical unit = value × factor; 1 marks the canonical unit, null a unit that does not convert (another currency).';
CREATE UNIQUE INDEX unit_canonical ON unit (dimension_id) WHERE factor = 1;
COMMENT ON INDEX unit_canonical IS 'A dimension has at most one canonical unit.';

CREATE TABLE quantity (
    id slug PRIMARY KEY,
    name phrase NOT NULL,
    dimension_id slug NOT NULL REFERENCES dimension,
    unit_id text COLLATE "C" NOT NULL,
    definition phrase NOT NULL,
    FOREIGN KEY (unit_id, dimension_id) REFERENCES unit (id, dimension_id)
);
COMMENT ON TABLE quantity IS 'What is measured; the definition says where it ends, so that like is compared with like.';
COMMENT ON COLUMN quantity.unit_id IS 'The unit in which comparisons of this quantity are given.';

CREATE TABLE scope (
    id slug PRIMARY KEY,
    name phrase NOT NULL,
    definition phrase NOT NULL
);
COMMENT ON TABLE scope IS 'What part of a quantity a figure covers, where the text itself says so.';

CREATE TABLE subject (
    id slug PRIMARY KEY,
    name phrase NOT NULL,
    kind subject_kind NOT NULL,
    description phrase NOT NULL
);
COMMENT ON TABLE subject IS 'What a claim is about.';

-- Sources and agents ----------------------------------------------------------------------------

CREATE TABLE source (
    id slug PRIMARY KEY,
    kind source_kind NOT NULL,
    title phrase,
    description phrase NOT NULL,
    language text COLLATE "C" CHECK (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
    url text CHECK (url ~ '^https?://\S+$'),
    author phrase,
    publisher_id slug,
    published_at date,
    revised_at date,
    content_sha256 text COLLATE "C" UNIQUE CHECK (content_sha256 ~ '^[0-9a-f]{64}$'),
    origin_id slug NOT NULL REFERENCES source DEFERRABLE INITIALLY DEFERRED,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE source IS 'A document that claims stand in, or one that such a document rests on.';
COMMENT ON COLUMN source.title IS 'As the source prints it; null where it prints none, or is only cited.';
COMMENT ON COLUMN source.description IS 'What the document is, in our words.';
COMMENT ON COLUMN source.language IS 'BCP 47 tag of the text; null where it is not known.';
COMMENT ON COLUMN source.author IS 'As printed.';
COMMENT ON COLUMN source.published_at IS 'As printed; null where the text gives no date of publication.';
COMMENT ON COLUMN source.revised_at IS 'As printed, where the text says when it was last changed.';
COMMENT ON COLUMN source.content_sha256 IS 'SHA-256 of the text that locators count lines in; null for a source that is cited and not held.';
COMMENT ON COLUMN source.origin_id IS 'Kept by source_origin_refresh(): sources tied by translation or syndication, over any number of steps, share one origin.';
CREATE INDEX source_origin ON source (origin_id);
CREATE INDEX source_language ON source (language, id);

CREATE TABLE agent (
    id slug PRIMARY KEY,
    name phrase NOT NULL,
    kind agent_kind NOT NULL,
    source_id slug UNIQUE REFERENCES source,
    CONSTRAINT agent_source_speaks_for_itself CHECK ((kind = 'source') = (source_id IS NOT NULL))
);
COMMENT ON TABLE agent IS 'A person, organization or unnamed group that asserts, or a source that speaks for itself.';
COMMENT ON COLUMN agent.source_id IS 'The source whose own voice this agent is.';
ALTER TABLE source ADD FOREIGN KEY (publisher_id) REFERENCES agent;

CREATE TABLE source_relation (
    source_id slug NOT NULL REFERENCES source ON DELETE CASCADE,
    related_id slug NOT NULL REFERENCES source,
    kind source_relation_kind NOT NULL,
    PRIMARY KEY (source_id, related_id, kind),
    CONSTRAINT source_relation_not_to_itself CHECK (source_id <> related_id)
);
COMMENT ON TABLE source_relation IS 'source is a translation of, a syndication of, cites, or is based on related.';
CREATE INDEX source_relation_related ON source_relation (related_id);

CREATE FUNCTION source_origin(member slug) RETURNS slug
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE tie AS (
        SELECT source_id AS a, related_id AS b FROM source_relation WHERE kind IN ('translation_of', 'syndication_of')
    ), family AS (
        SELECT member AS id
        UNION
        SELECT CASE WHEN tie.a = family.id THEN tie.b ELSE tie.a END
        FROM family JOIN tie ON family.id IN (tie.a, tie.b)
    )
    SELECT id FROM family
    ORDER BY EXISTS (SELECT FROM tie WHERE tie.a = family.id), id
    LIMIT 1
$$;
COMMENT ON FUNCTION source_origin IS 'THE rule of origins: of all sources tied to this one by translation or syndication, the first that is itself neither.';

CREATE FUNCTION source_origin_refresh() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched slug[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN touched := touched || OLD.source_id || OLD.related_id; END IF;
    IF TG_OP <> 'DELETE' THEN touched := touched || NEW.source_id || NEW.related_id; END IF;
    UPDATE source SET origin_id = source_origin(id)
    WHERE origin_id IN (SELECT origin_id FROM source WHERE id = ANY (touched)
                        UNION SELECT source_origin(id) FROM source WHERE id = ANY (touched))
      AND origin_id IS DISTINCT FROM source_origin(id);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION source_origin_refresh IS 'Applies source_origin() to every source that the change of a relation ties or unties.';
CREATE TRIGGER source_relation_origin AFTER INSERT OR UPDATE OR DELETE ON source_relation
    FOR EACH ROW EXECUTE FUNCTION source_origin_refresh();

CREATE FUNCTION source_is_its_own_origin() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.origin_id := NEW.id;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION source_is_its_own_origin IS 'A source that nothing is tied to yet is its own origin.';
CREATE TRIGGER source_origin_at_first BEFORE INSERT ON source
    FOR EACH ROW EXECUTE FUNCTION source_is_its_own_origin();

-- Figures ---------------------------------------------------------------------------------------

-- Functions that stored columns and indexes rest on are parsed when they are made (RETURN, not a string): a restored dump
-- runs them with an empty search_path.

CREATE FUNCTION half_unit(value numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ('5e' || CASE WHEN value = 0 THEN 0
                     WHEN scale(trim_scale(value)) > 0 THEN -scale(trim_scale(value))
                     ELSE length(trunc(value)::text) - length(rtrim(trunc(value)::text, '0')) END - 1)::numeric;
COMMENT ON FUNCTION half_unit IS 'Half a unit of the last significant digit: 1600000000 → 50000000. Trailing zeros are not significant.';

CREATE FUNCTION figure_extent(value numeric, bound bound, stated numrange) RETURNS numrange
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE bound
    WHEN 'exact' THEN numrange(value, value, '[]')
    WHEN 'approx' THEN numrange(value - half_unit(value), value + half_unit(value), '[]')
    WHEN 'gt' THEN numrange(value, NULL, '()')
    WHEN 'gte' THEN numrange(value, NULL, '[)')
    WHEN 'lt' THEN numrange(NULL, value, '()')
    WHEN 'lte' THEN numrange(NULL, value, '(]')
    WHEN 'range' THEN stated
END;
COMMENT ON FUNCTION figure_extent IS 'THE interval rule: the values that a printed figure leaves possible.';

-- Propositions and claims -----------------------------------------------------------------------

CREATE TABLE proposition (
    id slug PRIMARY KEY,
    statement phrase NOT NULL
);
COMMENT ON TABLE proposition IS 'What claims have in common: claims with the same proposition say the same thing.';

CREATE TABLE claim (
    id slug PRIMARY KEY,
    source_id slug NOT NULL REFERENCES source,
    line integer NOT NULL CHECK (line > 0),
    statement phrase NOT NULL,
    kind claim_kind NOT NULL,
    subject_id slug NOT NULL REFERENCES subject,
    quantity_id slug REFERENCES quantity,
    scope_id slug REFERENCES scope,
    period text COLLATE "C" CHECK (period ~ '^(\d{4}(-\d{2}(-\d{2})?)?|P(\d+[YMWD])+)(/(\d{4}(-\d{2}(-\d{2})?)?|P(\d+[YMWD])+))?$'),
    figure_as_printed phrase,
    figure_value numeric CHECK (figure_value <> 'NaN' AND abs(figure_value) < 'Infinity'),
    figure_bound bound,
    figure_range numrange CHECK (
        NOT isempty(figure_range) AND NOT (lower_inf(figure_range) AND upper_inf(figure_range))
        AND abs(coalesce(lower(figure_range), 0)) < 'Infinity' AND abs(coalesce(upper(figure_range), 0)) < 'Infinity'),
    figure_unit_id text COLLATE "C" REFERENCES unit,
    figure_extent numrange GENERATED ALWAYS AS (figure_extent(figure_value, figure_bound, figure_range)) STORED,
    claimant_id slug NOT NULL REFERENCES agent,
    stance stance NOT NULL,
    hedge hedge NOT NULL,
    proposition_id slug NOT NULL REFERENCES proposition,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT claim_figure_is_whole CHECK (
        num_nulls(figure_as_printed, figure_bound, figure_unit_id, quantity_id) IN (0, 4)),
    CONSTRAINT claim_statement_has_no_figure CHECK (
        (kind = 'statement') = (figure_bound IS NULL)),
    CONSTRAINT claim_range_or_value CHECK (
        CASE WHEN figure_bound IS NULL THEN num_nonnulls(figure_value, figure_range) = 0
             WHEN figure_bound = 'range' THEN figure_range IS NOT NULL AND (figure_value IS NULL OR figure_value <@ figure_range)
             ELSE figure_value IS NOT NULL AND figure_range IS NULL END)
);
COMMENT ON TABLE claim IS 'ONE assertion in ONE source at one place.';
COMMENT ON COLUMN claim.line IS 'The 1-based physical line of the text whose SHA-256 the source has.';
COMMENT ON COLUMN claim.statement IS 'The assertion in our own words.';
COMMENT ON COLUMN claim.scope_id IS 'What part of the quantity the figure covers; null where the text does not say.';
COMMENT ON COLUMN claim.period IS 'ISO 8601 date, duration or interval that the figure is for; null where the text does not say.';
COMMENT ON COLUMN claim.figure_as_printed IS 'The figure''s phrase exactly as the source prints it, misprints included.';
COMMENT ON COLUMN claim.figure_value IS 'Null only for a range that names no single value.';
COMMENT ON COLUMN claim.figure_range IS 'The ends that the text prints, for bound range alone.';
COMMENT ON COLUMN claim.figure_extent IS 'By figure_extent(): the values that the figure leaves possible.';
COMMENT ON COLUMN claim.claimant_id IS 'Whom the source credits; the source''s own agent where it speaks for itself.';
CREATE INDEX claim_source ON claim (source_id, id);
CREATE INDEX claim_subject ON claim (subject_id, id);
CREATE INDEX claim_quantity ON claim (quantity_id, subject_id, id);
CREATE INDEX claim_claimant ON claim (claimant_id, id);
CREATE INDEX claim_proposition ON claim (proposition_id, id);

CREATE FUNCTION claim_unit_fits() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.quantity_id IS NOT NULL AND NEW.figure_unit_id IS NOT NULL
       AND (SELECT dimension_id FROM quantity WHERE id = NEW.quantity_id)
           <> (SELECT dimension_id FROM unit WHERE id = NEW.figure_unit_id) THEN
        RAISE EXCEPTION 'claim %: unit % does not measure %', NEW.id, NEW.figure_unit_id, NEW.quantity_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_unit_fits', TABLE = 'claim';
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION claim_unit_fits IS 'A figure''s unit is of its quantity''s dimension.';
CREATE TRIGGER claim_unit_fits BEFORE INSERT OR UPDATE ON claim
    FOR EACH ROW EXECUTE FUNCTION claim_unit_fits();

CREATE TABLE attribution (
    claim_id slug NOT NULL REFERENCES claim ON DELETE CASCADE,
    position integer NOT NULL CHECK (position > 0),
    agent_id slug NOT NULL REFERENCES agent,
    role attribution_role NOT NULL,
    via_id slug REFERENCES source,
    PRIMARY KEY (claim_id, position)
);
COMMENT ON TABLE attribution IS 'The hops from a source to the origin of its claim, nearest first; none where the source speaks for itself.';
COMMENT ON COLUMN attribution.via_id IS 'The document or post through which the agent spoke, where the text names one.';

CREATE FUNCTION attribution_ends_at_claimant() RETURNS trigger
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
CREATE CONSTRAINT TRIGGER claim_attribution AFTER INSERT OR UPDATE OF claimant_id, source_id ON claim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION attribution_ends_at_claimant();
CREATE CONSTRAINT TRIGGER attribution_chain AFTER INSERT OR UPDATE OR DELETE ON attribution
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION attribution_ends_at_claimant();

CREATE FUNCTION proposition_corroboration(proposition slug)
RETURNS TABLE (claims bigint, sources bigint, origins bigint, disputed bigint)
LANGUAGE sql STABLE AS $$
    SELECT count(*) FILTER (WHERE claim.stance <> 'disputes'),
           count(DISTINCT claim.source_id) FILTER (WHERE claim.stance <> 'disputes'),
           count(DISTINCT source.origin_id) FILTER (WHERE claim.stance <> 'disputes'),
           count(*) FILTER (WHERE claim.stance = 'disputes')
    FROM claim JOIN source ON source.id = claim.source_id
    WHERE claim.proposition_id = proposition
$$;
COMMENT ON FUNCTION proposition_corroboration IS 'THE counts of a proposition: how many claims, sources and independent origins share it, and how many claims dispute it.';

-- Stated multiples and comparisons ---------------------------------------------------------------

CREATE TYPE operand_role AS ENUM ('numerator', 'denominator');
COMMENT ON TYPE operand_role IS 'Which side of a stated multiple a figure could be.';

CREATE TABLE multiple_operand (
    multiple_id slug NOT NULL REFERENCES claim ON DELETE CASCADE,
    role operand_role NOT NULL,
    operand_id slug NOT NULL REFERENCES claim,
    PRIMARY KEY (multiple_id, role, operand_id)
);
COMMENT ON TABLE multiple_operand IS 'The figures that a stated multiple could rest on: every numerator is tried with every denominator.';

CREATE FUNCTION multiple_operand_fits() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT kind FROM claim WHERE id = NEW.multiple_id) <> 'multiple'
       OR (SELECT kind FROM claim WHERE id = NEW.operand_id) <> 'numeric' THEN
        RAISE EXCEPTION 'multiple_operand: % must be a multiple and % a numeric claim', NEW.multiple_id, NEW.operand_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'multiple_operand_fits', TABLE = 'multiple_operand';
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION multiple_operand_fits IS 'Only a multiple has operands, and only figures are operands.';
CREATE TRIGGER multiple_operand_fits BEFORE INSERT OR UPDATE ON multiple_operand
    FOR EACH ROW EXECUTE FUNCTION multiple_operand_fits();

CREATE TABLE comparison (
    id slug PRIMARY KEY,
    title phrase NOT NULL,
    description phrase NOT NULL,
    baseline_id slug,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE comparison IS 'A comparison that somebody put together; those that follow from subject and quantity are derived, not stored.';

CREATE TABLE comparison_claim (
    comparison_id slug NOT NULL REFERENCES comparison ON DELETE CASCADE,
    claim_id slug NOT NULL REFERENCES claim,
    PRIMARY KEY (comparison_id, claim_id)
);
COMMENT ON TABLE comparison_claim IS 'The claims that a comparison sets side by side: figures, and stated multiples to check.';
CREATE INDEX comparison_claim_claim ON comparison_claim (claim_id);
ALTER TABLE comparison ADD FOREIGN KEY (id, baseline_id) REFERENCES comparison_claim DEFERRABLE INITIALLY DEFERRED;
COMMENT ON COLUMN comparison.baseline_id IS 'The figure that ratios and differences are taken to; null: the smallest.';

-- migrate:down
DROP TABLE comparison_claim, comparison, multiple_operand, attribution, claim, proposition, source_relation, agent, source,
    subject, scope, quantity, unit, dimension CASCADE;
DROP FUNCTION attribution_ends_at_claimant, multiple_operand_fits, claim_unit_fits, proposition_corroboration,
    source_is_its_own_origin, source_origin_refresh, source_origin, figure_extent, half_unit CASCADE;
DROP TYPE operand_role, attribution_role, bound, hedge, stance, claim_kind, source_relation_kind, source_kind, subject_kind,
    agent_kind;
DROP DOMAIN phrase, slug;
