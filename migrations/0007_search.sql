-- migrate:up

-- Languages -------------------------------------------------------------------------------------

CREATE EXTENSION IF NOT EXISTS unaccent;

CREATE TABLE search_language (
    language text COLLATE "C" PRIMARY KEY CHECK (language ~ '^[a-z]{2,3}$'),
    name text COLLATE "C" NOT NULL CHECK (name ~ '^[a-z]+$')
);
COMMENT ON TABLE search_language IS 'THE languages that are searched by their words'' stems, each by a configuration search_NAME; all others are searched by whole words.';
COMMENT ON COLUMN search_language.language IS 'The primary subtag of a BCP 47 tag.';
COMMENT ON COLUMN search_language.name IS 'Of PostgreSQL''s configuration. Text, not regconfig: pg_upgrade refuses tables that hold one.';
INSERT INTO search_language (language, name) VALUES
    ('ar', 'arabic'), ('ca', 'catalan'), ('da', 'danish'), ('de', 'german'), ('el', 'greek'), ('en', 'english'), ('es', 'spanish'),
    ('eu', 'basque'), ('fi', 'finnish'), ('fr', 'french'), ('ga', 'irish'), ('hi', 'hindi'), ('hu', 'hungarian'), ('hy', 'armenian'),
    ('id', 'indonesian'), ('it', 'italian'), ('lt', 'lithuanian'), ('nb', 'norwegian'), ('ne', 'nepali'), ('nl', 'dutch'),
    ('nn', 'norwegian'), ('no', 'norwegian'), ('pt', 'portuguese'), ('ro', 'romanian'), ('ru', 'russian'), ('sr', 'serbian'),
    ('sv', 'swedish'), ('ta', 'tamil'), ('tr', 'turkish'), ('yi', 'yiddish');

-- A stop word of one language is a word of another: "AI" is Italian for "to the", "war" German for "was". So texts are indexed with
-- all their words, by configurations that differ from PostgreSQL's in nothing else, and queries alone leave stop words out.
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT DISTINCT search_language.name FROM search_language LOOP
        EXECUTE format('CREATE TEXT SEARCH DICTIONARY %I (TEMPLATE = pg_catalog.snowball, LANGUAGE = %s)', 'search_' || name, name);
        EXECUTE format('CREATE TEXT SEARCH CONFIGURATION %I (COPY = pg_catalog.%I)', 'search_' || name, name);
        EXECUTE format('COMMENT ON TEXT SEARCH DICTIONARY %I IS %L', 'search_' || name, 'The stems of ' || name || ', stop words included.');
        EXECUTE format('COMMENT ON TEXT SEARCH CONFIGURATION %I IS %L', 'search_' || name, 'As pg_catalog.' || name || ', stop words included.');
    END LOOP;
    CREATE TEXT SEARCH CONFIGURATION search_simple (COPY = pg_catalog.simple);
    COMMENT ON TEXT SEARCH CONFIGURATION search_simple IS 'As pg_catalog.simple, which has no stop words.';
    -- Some configurations take words in ASCII for English.
    FOR name IN SELECT DISTINCT search_language.name FROM search_language LOOP
        EXECUTE format('ALTER TEXT SEARCH CONFIGURATION %1$I ALTER MAPPING REPLACE pg_catalog.%2$I WITH %1$I', 'search_' || name, name || '_stem');
        EXECUTE format('ALTER TEXT SEARCH CONFIGURATION %I ALTER MAPPING REPLACE pg_catalog.english_stem WITH search_english', 'search_' || name);
    END LOOP;
END $$;

CREATE FUNCTION search_language_name(tag text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN coalesce((SELECT name FROM search_language WHERE language = split_part(tag, '-', 1)), 'simple');
END $$;
COMMENT ON FUNCTION search_language_name IS 'What a text of this BCP 47 tag is searched as; simple, by whole words, for null and where PostgreSQL knows no stems.';

-- Words -----------------------------------------------------------------------------------------

CREATE FUNCTION search_plain(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(words, '-./_@&<+', '        ');
COMMENT ON FUNCTION search_plain IS
    'THE rule of where words end: at punctuation, also inside of numbers and addresses. PostgreSQL''s parser keeps some of that together; without it, "US-Dollar", "US -Dollar" and "US Dollar" are the same words, and so are "5.6", "5,6" and "5, 6".';

CREATE FUNCTION search_forms(words text) RETURNS text[]
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    plain text;
    bare text;
    spelled text;
BEGIN
    IF octet_length(words) = length(words) THEN RETURN ARRAY[search_plain(words)]; END IF;
    -- The language beside the text is of collation "C", which a function takes over from any argument: there lower() knows ASCII alone.
    plain := search_plain(lower(normalize(translate(words, E'\u00AD\u200B\u2060\uFEFF', ''), NFC) COLLATE "default"));
    bare := search_plain(lower(unaccent(plain) COLLATE "default"));
    IF bare = plain THEN RETURN ARRAY[plain]; END IF;
    spelled := replace(replace(replace(replace(replace(plain, 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ø', 'oe'), 'å', 'aa');
    IF spelled = plain THEN RETURN ARRAY[plain, bare]; END IF;
    RETURN ARRAY[plain, bare, spelled];
END $$;
COMMENT ON FUNCTION search_forms IS
    'THE spellings under which a text is found: as it is (soft hyphens left out), without accents, and with ä, ö, ü, ø, å spelled out; each only where it differs. Stems are taken after, as stemmers and stop lists know accents.';

-- Vectors ---------------------------------------------------------------------------------------

CREATE FUNCTION search_field(weight "char", name text, words text) RETURNS tsvector
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    configuration regconfig;
    forms text[];
    field tsvector;
BEGIN
    IF name IS NULL OR words IS NULL THEN RETURN ''; END IF;
    configuration := 'search_' || name;
    forms := search_forms(left(words, 10000));
    field := to_tsvector(configuration, forms[1]);
    FOR place IN 2 .. cardinality(forms) LOOP
        field := (field::text || ' ' || to_tsvector(configuration, forms[place])::text)::tsvector;
    END LOOP;
    RETURN setweight(('/' || name || ':1')::tsvector || field, weight);
END $$;
COMMENT ON FUNCTION search_field IS
    'One text as part of a vector, all its spellings at the same positions; nothing for null, and of a very long text its first 10000 characters. '
    'Before it stands a lexeme that no text has, such as /german: it says what language the text is in, and keeps phrases from running on from one text into the next.';

-- Weights, the same everywhere: A our own words, B the source's, C names, D the rest.

ALTER TABLE subject ADD COLUMN search tsvector NOT NULL DEFAULT '';
COMMENT ON COLUMN subject.search IS 'Kept by subject_search(): name and description.';
ALTER TABLE quantity ADD COLUMN search tsvector NOT NULL DEFAULT '';
COMMENT ON COLUMN quantity.search IS 'Kept by quantity_search(): name and definition.';
ALTER TABLE agent ADD COLUMN search tsvector NOT NULL DEFAULT '';
COMMENT ON COLUMN agent.search IS 'Kept by agent_search(): the name.';
ALTER TABLE source ADD COLUMN search tsvector NOT NULL DEFAULT '';
COMMENT ON COLUMN source.search IS 'Kept by source_search(): title, author, publisher and description, for search_query().';
ALTER TABLE proposition ADD COLUMN search tsvector NOT NULL DEFAULT '';
COMMENT ON COLUMN proposition.search IS 'Kept by proposition_search(): the statement, for search_query().';
ALTER TABLE claim ADD COLUMN search tsvector NOT NULL DEFAULT '';
COMMENT ON COLUMN claim.search IS
    'Kept by claim_search(): statement, printed figure and its value, and the source''s title; the names of subject, quantity, claimant and those it is attributed to; for search_query().';

CREATE FUNCTION subject_search() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.search := search_field('C', 'english', NEW.name) || search_field('D', 'english', NEW.description);
    RETURN NEW;
END $$;
COMMENT ON FUNCTION subject_search IS 'THE text by which a subject is found; claims take the name from it.';
CREATE TRIGGER subject_search BEFORE INSERT OR UPDATE OF name, description, search ON subject
    FOR EACH ROW EXECUTE FUNCTION subject_search();

CREATE FUNCTION quantity_search() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.search := search_field('C', 'english', NEW.name) || search_field('D', 'english', NEW.definition);
    RETURN NEW;
END $$;
COMMENT ON FUNCTION quantity_search IS 'THE text by which a quantity is found; claims take the name from it.';
CREATE TRIGGER quantity_search BEFORE INSERT OR UPDATE OF name, definition, search ON quantity
    FOR EACH ROW EXECUTE FUNCTION quantity_search();

CREATE FUNCTION agent_search() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.search := search_field('C', 'english', NEW.name);
    RETURN NEW;
END $$;
COMMENT ON FUNCTION agent_search IS 'THE text by which an agent is found; claims and sources take it.';
CREATE TRIGGER agent_search BEFORE INSERT OR UPDATE OF name, search ON agent
    FOR EACH ROW EXECUTE FUNCTION agent_search();

-- FOR SHARE makes a change of a name wait for the rows that are being written, so that it finds them when it refreshes.

CREATE FUNCTION source_search() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.search := search_field('B', search_language_name(NEW.language), NEW.title)
        || search_field('C', 'simple', NEW.author)
        || coalesce((SELECT search FROM agent WHERE id = NEW.publisher_id FOR SHARE), '')
        || search_field('D', 'english', NEW.description);
    RETURN NEW;
END $$;
COMMENT ON FUNCTION source_search IS 'THE text by which a source is found; claims take the title from it.';
CREATE TRIGGER source_search BEFORE INSERT OR UPDATE OF title, author, publisher_id, description, language, search ON source
    FOR EACH ROW EXECUTE FUNCTION source_search();

CREATE FUNCTION proposition_search() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.search := search_field('A', 'english', NEW.statement);
    RETURN NEW;
END $$;
COMMENT ON FUNCTION proposition_search IS 'THE text by which a proposition is found.';
CREATE TRIGGER proposition_search BEFORE INSERT OR UPDATE OF statement, search ON proposition
    FOR EACH ROW EXECUTE FUNCTION proposition_search();

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

-- What is changed elsewhere: writing the column, with whatever, has it computed anew.

CREATE INDEX attribution_agent ON attribution (agent_id);
CREATE INDEX source_publisher ON source (publisher_id);

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

UPDATE subject SET search = DEFAULT;
UPDATE quantity SET search = DEFAULT;
UPDATE agent SET search = DEFAULT;
UPDATE source SET search = DEFAULT;
UPDATE proposition SET search = DEFAULT;
UPDATE claim SET search = DEFAULT;

CREATE INDEX source_found ON source USING gin (search);
CREATE INDEX proposition_found ON proposition USING gin (search);
CREATE INDEX claim_found ON claim USING gin (search);

-- Queries ---------------------------------------------------------------------------------------

CREATE AGGREGATE search_any(tsquery) (SFUNC = tsquery_or, STYPE = tsquery, INITCOND = '', PARALLEL = SAFE);
COMMENT ON AGGREGATE search_any(tsquery) IS 'Finds what any of the queries finds; empty ones do not count.';
CREATE AGGREGATE search_all(tsquery) (SFUNC = tsquery_and, STYPE = tsquery, INITCOND = '', PARALLEL = SAFE);
COMMENT ON AGGREGATE search_all(tsquery) IS 'Finds what all of the queries find; empty ones do not count.';

CREATE FUNCTION search_terms(q text) RETURNS TABLE (place bigint, branch bigint, negated boolean, exact boolean, forms text[])
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT place, branch, negated, quoted OR trim(forms[1]) ~ '\s', forms
    FROM (
        SELECT token.place,
               count(*) FILTER (WHERE lower(part[3]) = 'or') OVER (ORDER BY token.place) AS branch,
               coalesce(part[1], left(part[3], 1)) = '-' AS negated,
               part[2] IS NOT NULL AS quoted,
               term.forms,
               term.words,
               sum(term.words) OVER (ORDER BY token.place) AS words_so_far
        FROM regexp_matches(translate(left(q, 4096), E'“”„‟«»\u00A0\u202F\u3000', '""""""   '),
                            '(-?)"([^"]*)"|([^\s"]+)', 'g') WITH ORDINALITY AS token (part, place)
        CROSS JOIN LATERAL (
            SELECT array_agg(form ORDER BY nth) AS forms, max((numnode(phraseto_tsquery('pg_catalog.simple', form)) + 1) / 2) AS words
            FROM unnest(search_forms(coalesce(part[2], nullif(lower(part[3]), 'or'), ''))) WITH ORDINALITY AS spelling (form, nth)) AS term) AS term
    WHERE words > 0 AND words_so_far <= 48
$$;
COMMENT ON FUNCTION search_terms IS
    'THE syntax of a query: words, "quoted phrases", -negated ones, and branches between which stands or. What is joined otherwise than by an apostrophe (AT&T, 400-mal) is a phrase as well. A quote without its pair is a blank. The first 48 words count, of the first 4096 characters.';

CREATE FUNCTION search_in(name text, words tsquery) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT quote_literal('/' || name)::tsquery && regexp_replace(words::text, $_$'[^']*'$_$, '\&:B', 'g')::tsquery
$$;
COMMENT ON FUNCTION search_in IS 'Finds what the query finds in the source''s own words, where those are in the language of that name.';

CREATE FUNCTION search_query(q text) RETURNS tsquery
LANGUAGE plpgsql STABLE PARALLEL SAFE SET client_min_messages = warning AS $$
BEGIN
    RETURN (
        WITH configuration AS MATERIALIZED (
            SELECT name, ('search_' || name)::regconfig AS whole, ('pg_catalog.' || name)::regconfig AS stopping
            FROM (SELECT 'simple' AS name
                  UNION
                  SELECT name FROM search_language
                  WHERE language = 'en'
                     OR EXISTS (SELECT FROM source WHERE source.language >= search_language.language
                                                     AND source.language < search_language.language || '.')) AS spoken
        ), term AS MATERIALIZED (
            SELECT * FROM search_terms(q)
        ), variant AS (
            SELECT place, name, forms, CASE WHEN exact THEN whole ELSE stopping END AS configuration,
                   NOT exact AND numnode(phraseto_tsquery(stopping, forms[1])) = 0 AS stops
            FROM term CROSS JOIN configuration
        ), meant AS MATERIALIZED (
            SELECT place,
                   search_any(DISTINCT phraseto_tsquery(configuration, form)) AS anywhere,
                   coalesce(array_agg(DISTINCT name) FILTER (WHERE stops), '{}') AS stops
            FROM variant CROSS JOIN unnest(forms) AS form
            GROUP BY place
        ), asked AS MATERIALIZED (
            SELECT branch, negated, anywhere, stops
            FROM term JOIN meant USING (place)
            WHERE numnode(anywhere) > 0 AND NOT 'english' = ANY (stops)
        ), reading AS (
            SELECT branch, 'english' AS name FROM asked
            UNION
            SELECT branch, unnest(stops) FROM asked WHERE NOT negated
        ), found AS (
            SELECT branch, reading.name, search_all(DISTINCT anywhere) AS everything, search_any(DISTINCT anywhere) AS something
            FROM reading JOIN asked USING (branch)
            WHERE NOT negated AND NOT reading.name = ANY (stops)
            GROUP BY branch, reading.name
        ), excluded AS (
            SELECT branch, search_any(DISTINCT anywhere) AS anything FROM asked WHERE negated GROUP BY branch
        )
        SELECT search_any(DISTINCT everything
                          && CASE WHEN found.name = 'english' THEN '' ELSE search_in(found.name, something) END
                          && coalesce(!! anything, ''))
        FROM found LEFT JOIN excluded USING (branch));
END $$;
COMMENT ON FUNCTION search_query IS
    'THE meaning of a query. A word stands for its stems and spellings in English and in every language that a source is in, and finds whichever of them a row has; '
    'negated, it excludes whichever. A word that is a stop word in English counts for nothing; one that is a stop word in another language may be missing '
    'where the source is in that language and another word of the query stands in its title or figure. In quotes every word counts. '
    'A branch that asks for nothing finds nothing: so does an empty query, and one that only negates.';

CREATE FUNCTION search_rank(search tsvector, query tsquery) RETURNS real
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ts_rank(search, query);
COMMENT ON FUNCTION search_rank IS 'THE rank of what a query found, the greatest first: how many of its words stand in the row, how often, how near, and where (by weight).';

-- migrate:down
DROP TRIGGER attribution_search_is ON attribution;
DROP TRIGGER attribution_search_was ON attribution;
DROP TRIGGER attribution_search_deleted ON attribution;
DROP TRIGGER attribution_search_inserted ON attribution;
DROP TRIGGER source_search_refresh ON source;
DROP TRIGGER agent_search_refresh ON agent;
DROP TRIGGER quantity_search_refresh ON quantity;
DROP TRIGGER subject_search_refresh ON subject;
DROP TRIGGER claim_search ON claim;
DROP TRIGGER proposition_search ON proposition;
DROP TRIGGER source_search ON source;
DROP TRIGGER agent_search ON agent;
DROP TRIGGER quantity_search ON quantity;
DROP TRIGGER subject_search ON subject;
DROP FUNCTION attribution_search, search_refresh, claim_search, proposition_search, source_search,
    agent_search, quantity_search, subject_search;
DROP INDEX attribution_agent, source_publisher;
ALTER TABLE claim DROP COLUMN search;
ALTER TABLE proposition DROP COLUMN search;
ALTER TABLE source DROP COLUMN search;
ALTER TABLE agent DROP COLUMN search;
ALTER TABLE quantity DROP COLUMN search;
ALTER TABLE subject DROP COLUMN search;
DROP FUNCTION search_rank, search_query, search_in, search_terms;
DROP AGGREGATE search_all(tsquery), search_any(tsquery);
DROP FUNCTION search_field, search_forms, search_plain, search_language_name;
DROP TEXT SEARCH CONFIGURATION search_simple;
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT DISTINCT search_language.name FROM search_language LOOP
        EXECUTE format('DROP TEXT SEARCH CONFIGURATION %I', 'search_' || name);
    END LOOP;
    FOR name IN SELECT DISTINCT search_language.name FROM search_language LOOP
        EXECUTE format('DROP TEXT SEARCH DICTIONARY %I', 'search_' || name);
    END LOOP;
END $$;
DROP TABLE search_language;
DROP EXTENSION unaccent;
