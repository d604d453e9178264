-- migrate:up

-- What lists of claims are filtered and sorted by, all of it in the claim: docs/database.md says which index answers what.

ALTER TABLE claim ADD COLUMN published_at date, ADD COLUMN language text COLLATE "C";
COMMENT ON COLUMN claim.published_at IS 'The source''s. Kept by claim_source() and source_claims().';
COMMENT ON COLUMN claim.language IS 'The source''s. Kept by claim_source() and source_claims().';

-- The table written anew, as a change of type does, is faster by far than an update of every row and all its indexes.
CREATE FUNCTION pg_temp.of_source(id slug) RETURNS source
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT source FROM source WHERE source.id = of_source.id);
END $$;
ALTER TABLE claim ALTER COLUMN published_at TYPE date USING (pg_temp.of_source(source_id)).published_at,
                  ALTER COLUMN language TYPE text COLLATE "C" USING (pg_temp.of_source(source_id)).language;

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

-- A claim without a value or date comes last in either direction.
CREATE INDEX claim_by_publication ON claim (coalesce(published_at, 'infinity'), id);
CREATE INDEX claim_by_publication_down ON claim (coalesce(published_at, '-infinity'), id);

-- The claims of one subject, quantity or source may be many: they come in order.
CREATE INDEX claim_subject_by_value ON claim (subject_id, coalesce(figure_amount, 'Infinity'), id);
CREATE INDEX claim_subject_by_value_down ON claim (subject_id, coalesce(figure_amount, '-Infinity'), id);
CREATE INDEX claim_subject_by_publication ON claim (subject_id, coalesce(published_at, 'infinity'), id);
CREATE INDEX claim_subject_by_publication_down ON claim (subject_id, coalesce(published_at, '-infinity'), id);
CREATE INDEX claim_subject_by_creation ON claim (subject_id, created_at, id);
CREATE INDEX claim_quantity_by_value ON claim (quantity_id, coalesce(figure_amount, 'Infinity'), id);
CREATE INDEX claim_quantity_by_value_down ON claim (quantity_id, coalesce(figure_amount, '-Infinity'), id);
CREATE INDEX claim_source_by_value ON claim (source_id, coalesce(figure_amount, 'Infinity'), id);
CREATE INDEX claim_source_by_value_down ON claim (source_id, coalesce(figure_amount, '-Infinity'), id);
CREATE INDEX claim_figures_by_value ON claim (subject_id, quantity_id, coalesce(figure_amount, 'Infinity'), id);
CREATE INDEX claim_figures_by_value_down ON claim (subject_id, quantity_id, coalesce(figure_amount, '-Infinity'), id);
DROP INDEX claim_quantity;
CREATE INDEX claim_quantity ON claim (quantity_id, id);
CREATE INDEX claim_scope ON claim (scope_id, id) WHERE scope_id IS NOT NULL;

CREATE INDEX source_by_publication ON source (coalesce(published_at, 'infinity'), id);
CREATE INDEX source_by_publication_down ON source (coalesce(published_at, '-infinity'), id);
CREATE INDEX source_by_creation ON source (created_at, id);
CREATE INDEX source_by_kind ON source (kind, id);
CREATE INDEX agent_by_kind ON agent (kind, id);
CREATE INDEX subject_by_kind ON subject (kind, id);

-- migrate:down
DROP INDEX subject_by_kind, agent_by_kind, source_by_kind, source_by_creation, source_by_publication_down, source_by_publication,
    claim_scope, claim_figures_by_value_down, claim_figures_by_value, claim_source_by_value_down, claim_source_by_value,
    claim_quantity_by_value_down, claim_quantity_by_value, claim_subject_by_creation, claim_subject_by_publication_down,
    claim_subject_by_publication, claim_subject_by_value_down, claim_subject_by_value, claim_by_publication_down, claim_by_publication;
DROP INDEX claim_quantity;
CREATE INDEX claim_quantity ON claim (quantity_id, subject_id, id);
DROP TRIGGER source_claims ON source;
DROP TRIGGER claim_source ON claim;
DROP FUNCTION source_claims, claim_source;
ALTER TABLE claim DROP COLUMN language, DROP COLUMN published_at;
