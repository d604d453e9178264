-- migrate:up

-- What lists are sorted by: in a column of the claim itself, with an index for each order.

ALTER TABLE claim ADD COLUMN figure_amount numeric;
COMMENT ON COLUMN claim.figure_amount IS 'Kept by claim_amount() and unit_amounts(): the figure''s value in the canonical unit, so that lists can be sorted by it.';

CREATE FUNCTION claim_amount() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.figure_amount := (SELECT canonical(NEW.figure_value, unit) FROM unit WHERE unit.id = NEW.figure_unit_id);
    RETURN NEW;
END $$;
COMMENT ON FUNCTION claim_amount IS 'Works figure_amount out for a claim that is written.';
CREATE TRIGGER claim_amount BEFORE INSERT OR UPDATE OF figure_value, figure_unit_id, figure_amount ON claim
    FOR EACH ROW EXECUTE FUNCTION claim_amount();

CREATE FUNCTION unit_amounts() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE claim SET figure_amount = NULL WHERE figure_unit_id = NEW.id;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION unit_amounts IS 'Has figure_amount worked out again for the claims of a unit whose factor changes.';
CREATE TRIGGER unit_amounts AFTER UPDATE OF factor ON unit
    FOR EACH ROW WHEN (OLD.factor IS DISTINCT FROM NEW.factor) EXECUTE FUNCTION unit_amounts();

UPDATE claim SET figure_amount = NULL;

-- A claim without a value comes last in either direction.
CREATE INDEX claim_by_value ON claim (coalesce(figure_amount, 'Infinity'), id);
CREATE INDEX claim_by_value_down ON claim (coalesce(figure_amount, '-Infinity'), id);
CREATE INDEX claim_by_quantity ON claim (coalesce(quantity_id::text, '~'), id);
CREATE INDEX claim_by_quantity_down ON claim (coalesce(quantity_id::text, ''), id);
CREATE INDEX claim_by_line ON claim (line, id);
CREATE INDEX claim_by_creation ON claim (created_at, id);
CREATE INDEX claim_by_place ON claim (source_id, line, id);

-- migrate:down
DROP INDEX claim_by_place, claim_by_creation, claim_by_line, claim_by_quantity_down, claim_by_quantity, claim_by_value_down,
    claim_by_value;
DROP TRIGGER unit_amounts ON unit;
DROP TRIGGER claim_amount ON claim;
DROP FUNCTION unit_amounts, claim_amount;
ALTER TABLE claim DROP COLUMN figure_amount;
