-- migrate:up

-- What is there again is merged no more, by whichever way it came: by itself, as part of a source, by an import, or with the first claim that
-- names it. Else it could neither be merged again nor be parted without being overwritten.

CREATE FUNCTION merge_ends() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM merged USING came WHERE merged.kind = TG_ARGV[0] AND merged.id = came.id;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION merge_ends IS 'Forgets that what came was merged into another.';

CREATE TRIGGER merge_ends AFTER INSERT ON subject
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION merge_ends('subject');
CREATE TRIGGER merge_ends AFTER INSERT ON agent
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION merge_ends('agent');
CREATE TRIGGER merge_ends AFTER INSERT ON proposition
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION merge_ends('proposition');

DELETE FROM merged
WHERE (kind, id) IN (SELECT 'subject', id FROM subject UNION ALL SELECT 'agent', id FROM agent UNION ALL SELECT 'proposition', id FROM proposition);

-- migrate:down
DROP TRIGGER merge_ends ON proposition;
DROP TRIGGER merge_ends ON agent;
DROP TRIGGER merge_ends ON subject;
DROP FUNCTION merge_ends;
