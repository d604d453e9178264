-- migrate:up

-- The data as they stood. The schema past has every table that keeps its history under the same name, as it was after the change that the
-- setting claimd.as_of names, and every view and function that rests on them, copied from the schema public. A query that is sent with
-- search_path = past, public answers from that moment; no query is written twice.

CREATE FUNCTION past_concerned() RETURNS TABLE (place bigint, kind "char", name text, definition text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
    tables text[] := ARRAY(SELECT relname::text FROM pg_class WHERE relnamespace = 'history'::regnamespace AND relkind = 'r');
    names text[] := tables || ARRAY(SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v');
    known integer := 0;
    pattern text;
BEGIN
    WHILE known < cardinality(names) LOOP
        known := cardinality(names);
        pattern := '\m(' || array_to_string(names, '|') || ')\M';
        names := names || ARRAY(
            SELECT DISTINCT proname::text
            FROM pg_proc
            WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND provolatile <> 'v' AND proname <> ALL (names)
              AND proname <> 'past_concerned' AND pg_get_functiondef(oid) ~ pattern
              AND (provolatile = 's' OR EXISTS (SELECT FROM pg_type WHERE pg_type.oid = ANY (proargtypes) AND typtype = 'c')));
    END LOOP;
    pattern := '\mpublic\.(' || array_to_string(names, '|') || ')\M';
    RETURN QUERY
    SELECT relation.oid::bigint, relation.relkind, relation.relname::text,
           format('CREATE VIEW past.%I AS %s', relation.relname,
                  CASE WHEN relation.relkind = 'v' THEN regexp_replace(pg_get_viewdef(relation.oid), pattern, 'past.\1', 'g')
                       ELSE format('SELECT %1$s FROM public.%2$I WHERE since <= past.as_of() '
                                   'UNION ALL SELECT %1$s FROM history.%2$I WHERE since <= past.as_of() AND until > past.as_of()',
                                   (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                                    WHERE attrelid = relation.oid AND attnum > 0 AND NOT attisdropped), relation.relname) END)
    FROM pg_class AS relation
    WHERE relation.relnamespace = 'public'::regnamespace AND relation.relkind IN ('r', 'v') AND relation.relname = ANY (names)
    UNION ALL
    SELECT routine.oid::bigint, 'f', routine.proname::text, regexp_replace(pg_get_functiondef(routine.oid), pattern, 'past.\1', 'g')
    FROM pg_proc AS routine
    WHERE routine.pronamespace = 'public'::regnamespace AND routine.proname = ANY (names);
END $$;
COMMENT ON FUNCTION past_concerned IS 'What the schema past is made of, and how.';

CREATE FUNCTION make_past() RETURNS void
LANGUAGE plpgsql SET check_function_bodies = off AS $$
DECLARE
    wanted record;
    left_over text[];
    before integer;
BEGIN
    DROP SCHEMA IF EXISTS past CASCADE;
    CREATE SCHEMA past;
    COMMENT ON SCHEMA past IS 'The data as they stood after the change claimd.as_of. Made by make_past() from the schemas public and history.';
    CREATE FUNCTION past.as_of() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT current_setting(''claimd.as_of'')::bigint';
    left_over := ARRAY(SELECT definition FROM past_concerned() WHERE name <> 'tally_of' ORDER BY (kind = 'r') DESC, place);
    WHILE left_over <> '{}' LOOP
        before := cardinality(left_over);
        FOR wanted IN SELECT definition FROM unnest(left_over) AS definition LOOP
            BEGIN
                EXECUTE wanted.definition;
                left_over := array_remove(left_over, wanted.definition);
            EXCEPTION WHEN undefined_object OR undefined_table OR undefined_function THEN
                NULL; -- it rests on one that comes later
            END;
        END LOOP;
        IF cardinality(left_over) = before THEN
            EXECUTE left_over[1];
        END IF;
    END LOOP;
    -- Sums of the past are not kept.
    CREATE FUNCTION past.tally_of(wanted text, of slug) RETURNS bigint
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $function$
    BEGIN
        RETURN CASE wanted
            WHEN 'subject' THEN (SELECT count(*) FROM claim WHERE subject_id = of)
            WHEN 'quantity' THEN (SELECT count(*) FROM claim WHERE quantity_id = of)
            WHEN 'agent' THEN (SELECT count(*) FROM claim WHERE claimant_id = of)
            WHEN 'source' THEN (SELECT count(*) FROM claim WHERE source_id = of)
            WHEN 'origin' THEN (SELECT count(*) FROM source WHERE origin_id = of) END;
    END $function$;
END $$;
COMMENT ON FUNCTION make_past IS 'Makes the schema past anew. A migration that changes a table, a view or a function that it has a copy of drops it before, and ends with this.';
SELECT make_past();

-- migrate:down
DROP SCHEMA past CASCADE;
DROP FUNCTION make_past, past_concerned;
