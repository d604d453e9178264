-- migrate:up

-- A claim names what it refers to: its subject, its source, those whom it is attributed to. Looking each of them up took three quarters
-- of the time of reading a claim, so a claim holds their names itself, as it holds the words by which it is found.

ALTER TABLE claim
    ADD COLUMN subject_name text,
    ADD COLUMN quantity_name text,
    ADD COLUMN claimant_name text,
    ADD COLUMN claimant_kind agent_kind,
    ADD COLUMN source_title text,
    ADD COLUMN attribution json;
COMMENT ON COLUMN claim.subject_name IS 'The subject''s. Kept by claim_referred() and referred_changed().';
COMMENT ON COLUMN claim.quantity_name IS 'The quantity''s. Kept by claim_referred() and referred_changed().';
COMMENT ON COLUMN claim.claimant_name IS 'The claimant''s. Kept by claim_referred() and referred_changed().';
COMMENT ON COLUMN claim.claimant_kind IS 'The claimant''s. Kept by claim_referred() and referred_changed().';
COMMENT ON COLUMN claim.source_title IS 'The source''s. Kept by claim_referred() and referred_changed().';
COMMENT ON COLUMN claim.published_at IS 'The source''s. Kept by claim_referred() and referred_changed().';
COMMENT ON COLUMN claim.language IS 'The source''s. Kept by claim_referred() and referred_changed().';
COMMENT ON COLUMN claim.attribution IS 'Its hops, nearest to the source first, each as attribution_hop() has it. Kept by claim_referred(), referred_changed() and attribution_changed().';
COMMENT ON COLUMN claim.search IS
    'Kept by claim_referred(), referred_changed() and attribution_changed(): statement, printed figure and its value, and the source''s title; the names of subject, quantity, claimant and those it is attributed to; for search_query().';

CREATE FUNCTION attribution_hop(agent agent, role attribution_role, via source) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT format('{"agent":{"id":%s,"name":%s,"kind":%s},"role":%s,"via":%s}',
                  to_json(agent.id), to_json(agent.name), to_json(agent.kind), to_json(role),
                  CASE WHEN via.id IS NULL THEN 'null'
                       ELSE format('{"id":%s,"title":%s,"language":%s}', to_json(via.id), coalesce(to_json(via.title), 'null'),
                                   coalesce(to_json(via.language), 'null')) END)::json
$$;
COMMENT ON FUNCTION attribution_hop IS 'One hop of an attribution as claims show it.';

-- What is there already -------------------------------------------------------------------------

-- The table written anew, as a change of type does, is faster by far than an update of every row and all its indexes.
CREATE FUNCTION pg_temp.subject_of(referred slug) RETURNS text
LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN (SELECT name FROM subject WHERE subject.id = referred); END $$;
CREATE FUNCTION pg_temp.quantity_of(referred slug) RETURNS text
LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN (SELECT name FROM quantity WHERE quantity.id = referred); END $$;
CREATE FUNCTION pg_temp.agent_of(referred slug) RETURNS agent
LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN (SELECT agent FROM agent WHERE agent.id = referred); END $$;
CREATE FUNCTION pg_temp.title_of(referred slug) RETURNS text
LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN (SELECT title FROM source WHERE source.id = referred); END $$;
CREATE FUNCTION pg_temp.attribution_of(referred slug) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN array_to_json(ARRAY(
        SELECT attribution_hop(agent, attribution.role, via)
        FROM attribution
        JOIN agent ON agent.id = attribution.agent_id
        LEFT JOIN source AS via ON via.id = attribution.via_id
        WHERE attribution.claim_id = referred
        ORDER BY attribution.position));
END $$;
ALTER TABLE claim
    ALTER COLUMN subject_name TYPE text USING pg_temp.subject_of(subject_id),
    ALTER COLUMN quantity_name TYPE text USING pg_temp.quantity_of(quantity_id),
    ALTER COLUMN claimant_name TYPE text USING (pg_temp.agent_of(claimant_id)).name,
    ALTER COLUMN claimant_kind TYPE agent_kind USING (pg_temp.agent_of(claimant_id)).kind,
    ALTER COLUMN source_title TYPE text USING pg_temp.title_of(source_id),
    ALTER COLUMN attribution TYPE json USING pg_temp.attribution_of(id);

-- Taking over -----------------------------------------------------------------------------------

DROP TRIGGER claim_source ON claim;
DROP TRIGGER source_claims ON source;
DROP TRIGGER claim_search ON claim;
DROP FUNCTION claim_source, source_claims, claim_search;

CREATE FUNCTION claim_referred() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    spoken text;
    title_words tsvector;
    subject_words tsvector;
    quantity_words tsvector;
    claimant_words tsvector;
    hop record;
    via source;
    hops json[] := '{}';
BEGIN
    SELECT source.title, source.published_at, source.language, search_language_name(source.language), ts_filter(source.search, '{b}')
    INTO NEW.source_title, NEW.published_at, NEW.language, spoken, title_words
    FROM source WHERE source.id = NEW.source_id FOR SHARE;
    SELECT subject.name, ts_filter(subject.search, '{c}') INTO NEW.subject_name, subject_words
    FROM subject WHERE subject.id = NEW.subject_id FOR SHARE;
    SELECT quantity.name, ts_filter(quantity.search, '{c}') INTO NEW.quantity_name, quantity_words
    FROM quantity WHERE quantity.id = NEW.quantity_id FOR SHARE;
    SELECT agent.name, agent.kind, agent.search INTO NEW.claimant_name, NEW.claimant_kind, claimant_words
    FROM agent WHERE agent.id = NEW.claimant_id FOR SHARE;
    NEW.search := search_field('A', 'english', NEW.statement)
        || search_field('B', spoken, NEW.figure_as_printed)
        || search_field('B', 'simple', trim_scale(NEW.figure_value)::text)
        || coalesce(title_words, '') || coalesce(subject_words, '') || coalesce(quantity_words, '') || coalesce(claimant_words, '');
    FOR hop IN SELECT agent, attribution.role, attribution.via_id
               FROM attribution JOIN agent ON agent.id = attribution.agent_id
               WHERE attribution.claim_id = NEW.id
               ORDER BY attribution.position FOR SHARE OF agent LOOP
        IF (hop.agent).id <> NEW.claimant_id THEN
            NEW.search := NEW.search || (hop.agent).search;
        END IF;
        via := NULL;
        IF hop.via_id IS NOT NULL THEN
            SELECT * INTO via FROM source WHERE id = hop.via_id FOR SHARE;
        END IF;
        hops := hops || attribution_hop(hop.agent, hop.role, via);
    END LOOP;
    NEW.attribution := array_to_json(hops);
    RETURN NEW;
END $$;
COMMENT ON FUNCTION claim_referred IS
    'What a claim has of those whom it refers to, and THE text by which it is found. FOR SHARE makes a change of a name wait for the claims that are being written, so that it finds them.';
CREATE TRIGGER claim_referred
    BEFORE INSERT OR UPDATE OF statement, figure_as_printed, figure_value, source_id, subject_id, quantity_id, claimant_id, search,
        subject_name, quantity_name, claimant_name, claimant_kind, source_title, published_at, language, attribution ON claim
    FOR EACH ROW EXECUTE FUNCTION claim_referred();

-- What is changed elsewhere: writing one of the columns, with whatever, has all of them taken over anew.

DROP TRIGGER source_search_refresh ON source;
DROP TRIGGER agent_search_refresh ON agent;
DROP TRIGGER quantity_search_refresh ON quantity;
DROP TRIGGER subject_search_refresh ON subject;
DROP FUNCTION search_refresh;

CREATE INDEX attribution_via ON attribution (via_id) WHERE via_id IS NOT NULL;

CREATE FUNCTION referred_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM settlement_sees_all();
    IF TG_TABLE_NAME = 'agent' THEN
        UPDATE source SET search = DEFAULT WHERE publisher_id = NEW.id;
        UPDATE claim SET search = DEFAULT
        WHERE id IN (SELECT id FROM claim WHERE claimant_id = NEW.id UNION SELECT claim_id FROM attribution WHERE agent_id = NEW.id);
    ELSIF TG_TABLE_NAME = 'source' THEN
        UPDATE claim SET search = DEFAULT
        WHERE id IN (SELECT id FROM claim WHERE source_id = NEW.id UNION SELECT claim_id FROM attribution WHERE via_id = NEW.id);
    ELSE
        EXECUTE format('UPDATE claim SET search = DEFAULT WHERE %I = $1', TG_TABLE_NAME || '_id') USING NEW.id;
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION referred_changed IS 'Has claims take over, and be found under, what has changed of those whom they refer to.';
CREATE TRIGGER referred_changed AFTER UPDATE OF name ON subject
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION referred_changed();
CREATE TRIGGER referred_changed AFTER UPDATE OF name ON quantity
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION referred_changed();
CREATE TRIGGER referred_changed AFTER UPDATE OF name, kind ON agent
    FOR EACH ROW WHEN ((OLD.name, OLD.kind) IS DISTINCT FROM (NEW.name, NEW.kind)) EXECUTE FUNCTION referred_changed();
CREATE TRIGGER referred_changed AFTER UPDATE OF title, language, published_at ON source
    FOR EACH ROW WHEN ((OLD.title, OLD.language, OLD.published_at) IS DISTINCT FROM (NEW.title, NEW.language, NEW.published_at))
    EXECUTE FUNCTION referred_changed();

DROP TRIGGER attribution_search_is ON attribution;
DROP TRIGGER attribution_search_was ON attribution;
DROP TRIGGER attribution_search_deleted ON attribution;
DROP TRIGGER attribution_search_inserted ON attribution;
DROP FUNCTION attribution_search;

CREATE FUNCTION attribution_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE claim SET attribution = DEFAULT WHERE id IN (SELECT claim_id FROM changed);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION attribution_changed IS 'Has a claim show, and be found under, those whom it comes to be attributed to.';
CREATE TRIGGER attribution_changed_inserted AFTER INSERT ON attribution
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION attribution_changed();
CREATE TRIGGER attribution_changed_deleted AFTER DELETE ON attribution
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION attribution_changed();
CREATE TRIGGER attribution_changed_was AFTER UPDATE ON attribution
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION attribution_changed();
CREATE TRIGGER attribution_changed_is AFTER UPDATE ON attribution
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION attribution_changed();

-- migrate:down
DROP TRIGGER attribution_changed_is ON attribution;
DROP TRIGGER attribution_changed_was ON attribution;
DROP TRIGGER attribution_changed_deleted ON attribution;
DROP TRIGGER attribution_changed_inserted ON attribution;
DROP TRIGGER referred_changed ON source;
DROP TRIGGER referred_changed ON agent;
DROP TRIGGER referred_changed ON quantity;
DROP TRIGGER referred_changed ON subject;
DROP TRIGGER claim_referred ON claim;
DROP FUNCTION attribution_changed, referred_changed, claim_referred, attribution_hop;
DROP INDEX attribution_via;
ALTER TABLE claim DROP COLUMN attribution, DROP COLUMN source_title, DROP COLUMN claimant_kind, DROP COLUMN claimant_name,
    DROP COLUMN quantity_name, DROP COLUMN subject_name;
COMMENT ON COLUMN claim.search IS
    'Kept by claim_search(): statement, printed figure and its value, and the source''s title; the names of subject, quantity, claimant and those it is attributed to; for search_query().';
COMMENT ON COLUMN claim.published_at IS 'The source''s. Kept by claim_source() and source_claims().';
COMMENT ON COLUMN claim.language IS 'The source''s. Kept by claim_source() and source_claims().';
CREATE FUNCTION claim_search() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    spoken text;
    title tsvector;
    hop tsvector;
BEGIN
    SELECT search_language_name(language), ts_filter(search, '{b}') INTO spoken, title
    FROM source WHERE id = NEW.source_id FOR SHARE;
    NEW.search := search_field('A', 'english', NEW.statement)
        || search_field('B', spoken, NEW.figure_as_printed)
        || search_field('B', 'simple', trim_scale(NEW.figure_value)::text)
        || coalesce(title, '')
        || coalesce((SELECT ts_filter(search, '{c}') FROM subject WHERE id = NEW.subject_id FOR SHARE), '')
        || coalesce((SELECT ts_filter(search, '{c}') FROM quantity WHERE id = NEW.quantity_id FOR SHARE), '')
        || coalesce((SELECT search FROM agent WHERE id = NEW.claimant_id FOR SHARE), '');
    FOR hop IN SELECT agent.search FROM attribution JOIN agent ON agent.id = attribution.agent_id
               WHERE attribution.claim_id = NEW.id AND attribution.agent_id <> NEW.claimant_id
               ORDER BY attribution.position FOR SHARE OF agent LOOP
        NEW.search := NEW.search || hop;
    END LOOP;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION claim_search IS 'THE text by which a claim is found.';
CREATE TRIGGER claim_search
    BEFORE INSERT OR UPDATE OF statement, figure_as_printed, figure_value, source_id, subject_id, quantity_id, claimant_id, search ON claim
    FOR EACH ROW EXECUTE FUNCTION claim_search();
CREATE FUNCTION claim_source() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    SELECT published_at, language INTO NEW.published_at, NEW.language FROM source WHERE id = NEW.source_id FOR SHARE;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION claim_source IS 'Takes over what a claim has of its source. FOR SHARE makes a change of it wait for the claim, so that it finds it.';
CREATE TRIGGER claim_source BEFORE INSERT OR UPDATE OF source_id, published_at, language ON claim
    FOR EACH ROW EXECUTE FUNCTION claim_source();

CREATE FUNCTION source_claims() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE claim SET published_at = NULL WHERE source_id = NEW.id;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION source_claims IS 'Has the claims of a source take over what has changed of it.';
CREATE TRIGGER source_claims AFTER UPDATE OF published_at, language ON source
    FOR EACH ROW WHEN ((OLD.published_at, OLD.language) IS DISTINCT FROM (NEW.published_at, NEW.language)) EXECUTE FUNCTION source_claims();
CREATE FUNCTION search_refresh() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'agent' THEN
        UPDATE source SET search = DEFAULT WHERE publisher_id = NEW.id;
        UPDATE claim SET search = DEFAULT
        WHERE id IN (SELECT id FROM claim WHERE claimant_id = NEW.id UNION SELECT claim_id FROM attribution WHERE agent_id = NEW.id);
    ELSE
        EXECUTE format('UPDATE claim SET search = DEFAULT WHERE %I = $1', TG_TABLE_NAME || '_id') USING NEW.id;
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION search_refresh IS 'Has what a changed name or title stands in found under the new one.';
CREATE TRIGGER subject_search_refresh AFTER UPDATE OF name ON subject
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION search_refresh();
CREATE TRIGGER quantity_search_refresh AFTER UPDATE OF name ON quantity
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION search_refresh();
CREATE TRIGGER agent_search_refresh AFTER UPDATE OF name ON agent
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION search_refresh();
CREATE TRIGGER source_search_refresh AFTER UPDATE OF title, language ON source
    FOR EACH ROW WHEN ((OLD.title, OLD.language) IS DISTINCT FROM (NEW.title, NEW.language)) EXECUTE FUNCTION search_refresh();
CREATE FUNCTION attribution_search() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE claim SET search = DEFAULT
    FROM (SELECT DISTINCT claim_id, agent_id FROM changed) AS hop
    WHERE claim.id = hop.claim_id AND claim.claimant_id <> hop.agent_id;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION attribution_search IS 'Has a claim found under the agents between its source and its claimant; the claimant, often the only hop, needs nothing.';
CREATE TRIGGER attribution_search_inserted AFTER INSERT ON attribution
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION attribution_search();
CREATE TRIGGER attribution_search_deleted AFTER DELETE ON attribution
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION attribution_search();
CREATE TRIGGER attribution_search_was AFTER UPDATE ON attribution
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION attribution_search();
CREATE TRIGGER attribution_search_is AFTER UPDATE ON attribution
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION attribution_search();
