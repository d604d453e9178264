-- migrate:up

-- What the data were, when, and who changed them. Every transaction that changes data is a change: it has a number, and a row says who made
-- it and why. Changes come one after another, so that their numbers are the order in which they are committed, without a gap that fills later.
-- Each row knows the change that it is of; rows that a change replaces or takes out go on to the schema history, with the change that ended them.

-- Changes ---------------------------------------------------------------------------------------

CREATE TABLE change (
    id bigint PRIMARY KEY,
    at timestamptz NOT NULL UNIQUE,
    author text,
    comment text
);
COMMENT ON TABLE change IS 'A transaction that changed data. They are numbered in the order in which they were committed.';
COMMENT ON COLUMN change.at IS 'When it was committed; that of a later change is later.';
COMMENT ON COLUMN change.author IS 'The name of the token that it was made with; null where it came past the service.';
COMMENT ON COLUMN change.comment IS 'Why, in the author''s words.';
INSERT INTO change VALUES (1, clock_timestamp(), NULL, 'What was there when changes began to be kept.');

CREATE FUNCTION await_other_changes() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM settlement_sees_all();
    PERFORM pg_advisory_xact_lock(hashtext('claimd.change'));
END $$;
COMMENT ON FUNCTION await_other_changes IS 'Waits until no other change is under way, and has others wait for this transaction. One that sees the past is refused.';

CREATE FUNCTION current_change() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    known text := current_setting('claimd.change', true);
    fresh bigint;
BEGIN
    IF known <> '' THEN
        RETURN known;
    END IF;
    PERFORM await_other_changes();
    INSERT INTO change (id, at, author, comment)
    SELECT last.id + 1, greatest(clock_timestamp(), last.at + interval '1 microsecond'),
           nullif(current_setting('claimd.author', true), ''), nullif(current_setting('claimd.comment', true), '')
    FROM (SELECT id, at FROM change ORDER BY id DESC LIMIT 1) AS last
    RETURNING id INTO fresh;
    PERFORM set_config('claimd.change', fresh::text, true);
    RETURN fresh;
END $$;
COMMENT ON FUNCTION current_change IS
    'The change that this transaction is, by the author and for the reason that the settings claimd.author and claimd.comment name.';

CREATE FUNCTION change_is_made() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    made timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('claimd.moment'));
    UPDATE change
    SET at = greatest(clock_timestamp(), (SELECT last.at FROM change AS last WHERE last.id = NEW.id - 1) + interval '1 microsecond')
    WHERE id = NEW.id
    RETURNING at INTO made;
    PERFORM pg_notify('claimd_data', data_second(made));
    RETURN NULL;
END $$;
COMMENT ON FUNCTION change_is_made IS
    'Dates a change when it is committed, and tells the services on channel claimd_data. Until it can be seen, who asks for this moment waits.';
CREATE CONSTRAINT TRIGGER change_is_made AFTER INSERT ON change
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION change_is_made();

-- What services hear: of changes instead of transactions.

CREATE OR REPLACE FUNCTION data_state() RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT data_second(at) FROM change ORDER BY id DESC LIMIT 1
$$;
CREATE OR REPLACE FUNCTION data_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM current_change();
    RETURN NULL;
END $$;
COMMENT ON FUNCTION data_changed IS 'Makes the transaction a change.';
DROP TABLE data_change;

CREATE FUNCTION settle_now() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE (SELECT format('SET CONSTRAINTS %s IMMEDIATE', string_agg(DISTINCT quote_ident(conname), ', '))
             FROM pg_constraint
             WHERE condeferrable AND connamespace = 'public'::regnamespace AND conname <> 'change_is_made');
END $$;
COMMENT ON FUNCTION settle_now IS 'Does at once what is left for the end of the transaction, but for dating it: that is done last.';

CREATE FUNCTION change_as_of(moment timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
    IF moment > clock_timestamp() THEN
        RAISE EXCEPTION 'as_of lies in the future.' USING ERRCODE = 'CL400', COLUMN = 'as_of';
    ELSIF moment > clock_timestamp() - interval '1 minute' THEN
        PERFORM pg_advisory_xact_lock_shared(hashtext('claimd.moment'));
    END IF;
    RETURN (SELECT coalesce(max(id), 0) FROM change WHERE at <= moment);
END $$;
COMMENT ON FUNCTION change_as_of IS
    'The last change that was made at a moment, 0 before the first. Of the moment that is passing it waits for one that is being committed, so that what it says stays so; volatile, so that it sees what it has waited for.';

-- Rows that are no more -------------------------------------------------------------------------

CREATE SCHEMA history;
COMMENT ON SCHEMA history IS 'Of each table with a column since, the rows that were there before: from the change since on, and no longer in the change until.';

CREATE FUNCTION row_changes() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.since := current_change();
    RETURN NEW;
END $$;
COMMENT ON FUNCTION row_changes IS 'Has a row know the change that it is of.';

CREATE FUNCTION change_begins() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM current_change();
    RETURN NULL;
END $$;
COMMENT ON FUNCTION change_begins IS 'Has a statement wait for its turn before it locks any row: one that has the turn may want that.';

CREATE FUNCTION keep_history(kept text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE public.%I ADD COLUMN since bigint NOT NULL DEFAULT 1', kept);
    EXECUTE format('ALTER TABLE public.%I ALTER COLUMN since SET DEFAULT public.current_change()', kept);
    EXECUTE format('COMMENT ON COLUMN public.%I.since IS ''The change that the row is of. Kept by row_changes().''', kept);
    EXECUTE format('CREATE TABLE history.%I (until bigint NOT NULL, LIKE public.%1$I)', kept);
    EXECUTE format('CREATE INDEX ON history.%I (%s, until)', kept, (
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum)
        FROM pg_attribute
        WHERE attrelid = ('public.' || quote_ident(kept))::regclass
          AND attnum = ANY ((SELECT conkey FROM pg_constraint WHERE conrelid = attrelid AND contype = 'p')::smallint[])));
    EXECUTE format($function$
        CREATE FUNCTION history.keep_%s() RETURNS trigger
        LANGUAGE plpgsql AS $trigger$
        BEGIN
            IF TG_OP = 'TRUNCATE' THEN
                INSERT INTO history.%1$I SELECT public.current_change(), * FROM public.%1$I WHERE since < public.current_change();
            ELSE
                INSERT INTO history.%1$I SELECT public.current_change(), * FROM gone WHERE since < public.current_change();
            END IF;
            RETURN NULL;
        END $trigger$ $function$, kept);
    EXECUTE format('CREATE TRIGGER change_begins BEFORE INSERT OR UPDATE OR DELETE ON public.%I FOR EACH STATEMENT EXECUTE FUNCTION public.change_begins()', kept);
    EXECUTE format('CREATE TRIGGER row_changes BEFORE INSERT OR UPDATE ON public.%I FOR EACH ROW EXECUTE FUNCTION public.row_changes()', kept);
    EXECUTE format('CREATE TRIGGER keep_updated AFTER UPDATE ON public.%I REFERENCING OLD TABLE AS gone
                    FOR EACH STATEMENT EXECUTE FUNCTION history.keep_%1$s()', kept);
    EXECUTE format('CREATE TRIGGER keep_deleted AFTER DELETE ON public.%I REFERENCING OLD TABLE AS gone
                    FOR EACH STATEMENT EXECUTE FUNCTION history.keep_%1$s()', kept);
    EXECUTE format('CREATE TRIGGER keep_truncated BEFORE TRUNCATE ON public.%I
                    FOR EACH STATEMENT EXECUTE FUNCTION history.keep_%1$s()', kept);
END $$;
COMMENT ON FUNCTION keep_history IS
    'Has the rows of a table kept when they are changed or taken out: in the table history.NAME, whose columns are until and those of the table, in their order. Each change of a row keeps it once.';
SELECT keep_history(kept)
FROM unnest('{dimension,unit,quantity,scope,subject,source,source_relation,agent,proposition,claim,attribution,multiple_operand,comparison,comparison_claim,corroboration,finding}'::text[]) AS kept;

-- Revisions: what a change did to which thing ---------------------------------------------------

CREATE TABLE revision (
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    change bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    action text COLLATE "C" NOT NULL CHECK (action IN ('created', 'changed', 'retracted')),
    PRIMARY KEY (change, kind, id)
);
COMMENT ON TABLE revision IS 'What each change did to each thing that has an address of its own: a claim with its attribution and operands, a source with its relations, a comparison with its claims, and so on. Kept by revise().';
COMMENT ON COLUMN revision.seq IS 'The place among all: as changes come one after another, in the order in which they were committed, and nothing comes to stand before what could be seen.';
COMMENT ON COLUMN revision.kind IS 'The table that the id is of.';
CREATE INDEX revision_of ON revision (kind, id, change);

CREATE FUNCTION revise(of text, ids text[], done text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF done = 'retracted' THEN
        WITH undone AS (
            DELETE FROM revision
            WHERE change = current_change() AND kind = of AND id = ANY (ids) AND action = 'created'
            RETURNING id
        )
        SELECT ARRAY(SELECT unnest(ids) EXCEPT SELECT id FROM undone) INTO ids;
    END IF;
    INSERT INTO revision (change, kind, id, action)
    SELECT DISTINCT current_change(), of, id, done FROM unnest(ids) AS id
    ON CONFLICT (change, kind, id) DO UPDATE
    SET action = CASE WHEN EXCLUDED.action = 'retracted' THEN 'retracted' ELSE 'changed' END
    WHERE EXCLUDED.action = 'retracted' OR (EXCLUDED.action = 'created' AND revision.action = 'retracted');
END $$;
COMMENT ON FUNCTION revise IS 'Enters what has been done to things, as one deed for each change: what is created and taken out again in it was never there.';

-- Of a thing that stands in a table of its own.

CREATE FUNCTION thing_revised() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.id = NEW.id THEN
        PERFORM revise(TG_TABLE_NAME, ARRAY[NEW.id::text], 'changed');
    ELSIF TG_OP = 'UPDATE' THEN
        PERFORM revise(TG_TABLE_NAME, ARRAY[OLD.id::text], 'retracted'), revise(TG_TABLE_NAME, ARRAY[NEW.id::text], 'created');
    ELSIF TG_OP = 'TRUNCATE' THEN
        EXECUTE format('SELECT revise(%L, array_agg(id::text), ''retracted'') FROM %1$I HAVING count(*) > 0', TG_TABLE_NAME);
    ELSIF TG_OP = 'INSERT' THEN
        PERFORM revise(TG_TABLE_NAME, array_agg(id::text), 'created') FROM came HAVING count(*) > 0;
    ELSE
        PERFORM revise(TG_TABLE_NAME, array_agg(id::text), 'retracted') FROM gone HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION thing_revised IS 'Enters what is done to things.';

-- Of what stands in another table: the row of the thing itself becomes one of this change, too, so that its since says when it was last revised.

CREATE FUNCTION part_revised() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    of text := TG_ARGV[0];
    touched text[];
BEGIN
    EXECUTE format('SELECT array_agg(DISTINCT %I::text) FROM changed', TG_ARGV[1]) INTO touched;
    IF touched IS NOT NULL THEN
        EXECUTE format('UPDATE %I SET since = DEFAULT WHERE id = ANY ($1) AND since < current_change()', of) USING touched;
        EXECUTE format('SELECT array_agg(id) FROM %I WHERE id = ANY ($1)', of) INTO touched USING touched;
        PERFORM revise(of, touched, 'changed');
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION part_revised IS 'Enters a change of what belongs to a thing, as one of that.';

DO $$
DECLARE
    thing record;
    part record;
BEGIN
    FOR thing IN
        SELECT kept.name, string_agg(format('%s.%I', '%s', attname), ', ' ORDER BY attnum) AS own
        FROM unnest('{dimension,unit,quantity,scope,subject,source,agent,proposition,claim,comparison}'::text[]) AS kept (name)
        JOIN pg_attribute ON attrelid = ('public.' || kept.name)::regclass
        WHERE attnum > 0 AND NOT attisdropped AND attgenerated = ''
          AND attname <> ALL ('{since,search,created_at,origin_id,figure_amount,subject_name,quantity_name,claimant_name,claimant_kind,source_title,attribution}'::name[])
          AND NOT (kept.name = 'claim' AND attname IN ('published_at', 'language'))
        GROUP BY kept.name LOOP
        EXECUTE format('CREATE TRIGGER thing_created AFTER INSERT ON public.%I REFERENCING NEW TABLE AS came
                        FOR EACH STATEMENT EXECUTE FUNCTION thing_revised()', thing.name);
        EXECUTE format('CREATE TRIGGER thing_changed AFTER UPDATE ON public.%I FOR EACH ROW WHEN ((%s) IS DISTINCT FROM (%s))
                        EXECUTE FUNCTION thing_revised()', thing.name, replace(thing.own, '%s', 'OLD'), replace(thing.own, '%s', 'NEW'));
        EXECUTE format('CREATE TRIGGER thing_retracted AFTER DELETE ON public.%I REFERENCING OLD TABLE AS gone
                        FOR EACH STATEMENT EXECUTE FUNCTION thing_revised()', thing.name);
        EXECUTE format('CREATE TRIGGER thing_truncated BEFORE TRUNCATE ON public.%I FOR EACH STATEMENT EXECUTE FUNCTION thing_revised()', thing.name);
        EXECUTE format('INSERT INTO revision (change, kind, id, action) SELECT 1, %L, id, ''created'' FROM public.%1$I ORDER BY id', thing.name);
    END LOOP;
    FOR part IN
        SELECT * FROM (VALUES ('attribution', 'claim', 'claim_id'), ('multiple_operand', 'claim', 'multiple_id'),
                              ('source_relation', 'source', 'source_id'), ('comparison_claim', 'comparison', 'comparison_id')) AS each (name, thing, reference),
                      (VALUES ('INSERT', 'NEW', 'part_added'), ('DELETE', 'OLD', 'part_taken'), ('UPDATE', 'OLD', 'part_was'), ('UPDATE', 'NEW', 'part_is')) AS how (event, side, trigger) LOOP
        EXECUTE format('CREATE TRIGGER %I AFTER %s ON public.%I REFERENCING %s TABLE AS changed
                        FOR EACH STATEMENT EXECUTE FUNCTION part_revised(%L, %L)', part.trigger, part.event, part.name, part.side, part.thing, part.reference);
    END LOOP;
END $$;

-- migrate:down
DROP FUNCTION thing_revised, part_revised CASCADE;
DROP FUNCTION revise;
DROP TABLE revision;
DROP FUNCTION keep_history;
DROP FUNCTION row_changes, change_begins CASCADE;
DO $$
DECLARE
    kept name;
BEGIN
    FOR kept IN SELECT relname FROM pg_class WHERE relnamespace = 'history'::regnamespace AND relkind = 'r' LOOP
        EXECUTE format('DROP FUNCTION history.keep_%s CASCADE', kept);
        EXECUTE format('ALTER TABLE public.%I DROP COLUMN since', kept);
    END LOOP;
END $$;
DROP SCHEMA history CASCADE;
CREATE TABLE data_change (
    transaction xid8 PRIMARY KEY,
    changed_at timestamptz NOT NULL
);
COMMENT ON TABLE data_change IS 'The last transactions that changed data which answers are made from. Each has a row of its own, so that none waits for another.';
COMMENT ON COLUMN data_change.changed_at IS 'When the transaction made its first change.';
CREATE INDEX data_change_order ON data_change (changed_at);
INSERT INTO data_change VALUES (pg_current_xact_id(), now());
CREATE OR REPLACE FUNCTION data_state() RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT data_second(max(changed_at)) FROM data_change
$$;
CREATE OR REPLACE FUNCTION data_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    began timestamptz := clock_timestamp();
BEGIN
    INSERT INTO data_change VALUES (pg_current_xact_id(), began) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM pg_notify('claimd_data', data_second(began));
    DELETE FROM data_change WHERE transaction IN (
        SELECT transaction FROM data_change WHERE changed_at < began - interval '1 day'
        ORDER BY changed_at LIMIT 10 FOR UPDATE SKIP LOCKED);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION data_changed IS 'Enters the transaction, once, and tells the services on channel claimd_data when it is committed. Takes a few old entries out.';
DROP FUNCTION change_as_of, settle_now, current_change, await_other_changes, change_is_made CASCADE;
DROP TABLE change;
