-- migrate:up

-- What is shown of many claims at once is worked out when they are written: how well a proposition is corroborated, and what a comparison
-- finds. A transaction settles that when it commits, all at once and in one order: those who write claims of one proposition or comparison
-- wait for each other's commits alone, those who write others do not wait, and no two wait for each other.
-- Claims that are new are added to what is kept. After any other change the rules are applied again to all claims that are concerned.

-- What is kept, beside comparable ---------------------------------------------------------------

DROP FUNCTION proposition_stances;
DROP FUNCTION proposition_corroboration;
CREATE FUNCTION proposition_corroboration(proposition slug)
RETURNS TABLE (claims bigint, sources bigint, origins bigint, disputed bigint, reported bigint)
LANGUAGE sql STABLE AS $$
    SELECT count(*) FILTER (WHERE claim.stance <> 'disputes'),
           count(DISTINCT claim.source_id) FILTER (WHERE claim.stance <> 'disputes'),
           count(DISTINCT source.origin_id) FILTER (WHERE claim.stance <> 'disputes'),
           count(*) FILTER (WHERE claim.stance = 'disputes'),
           count(*) FILTER (WHERE claim.stance = 'reports')
    FROM claim JOIN source ON source.id = claim.source_id
    WHERE claim.proposition_id = proposition
$$;
COMMENT ON FUNCTION proposition_corroboration IS 'THE counts of a proposition: how many claims, sources and independent origins share it, how many claims dispute it, and how many of those that share it report it.';

CREATE TABLE corroboration (
    proposition_id slug PRIMARY KEY,
    claims bigint NOT NULL DEFAULT 0,
    sources bigint NOT NULL DEFAULT 0,
    origins bigint NOT NULL DEFAULT 0,
    disputed bigint NOT NULL DEFAULT 0,
    reported bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 80);
COMMENT ON TABLE corroboration IS 'proposition_corroboration() of each proposition that has claims. Kept by settle().';

CREATE FUNCTION corroboration_stances(counted corroboration) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT json_build_object(
        'asserts', coalesce(counted.claims - counted.reported, 0),
        'reports', coalesce(counted.reported, 0),
        'disputes', coalesce(counted.disputed, 0))
$$;
COMMENT ON FUNCTION corroboration_stances IS 'How many claims of a proposition take each stance, as JSON; none for null.';

CREATE TABLE finding (
    id slug PRIMARY KEY,
    kind text COLLATE "C" NOT NULL,
    subject_id slug,
    quantity_id slug,
    claims bigint NOT NULL DEFAULT 0,
    unit text COLLATE "C",
    baseline slug,
    smallest numeric,
    largest numeric,
    ratio numeric,
    sources bigint NOT NULL DEFAULT 0,
    origins bigint NOT NULL DEFAULT 0,
    verdict text COLLATE "C",
    listed boolean NOT NULL GENERATED ALWAYS AS (kind = 'curated' OR claims > 1) STORED
) WITH (fillfactor = 80);
COMMENT ON TABLE finding IS 'What each comparison of comparison_set finds, in short, and what will be one with another figure. Kept by settle().';
COMMENT ON COLUMN finding.subject_id IS 'Of all its figures; null where they differ.';
COMMENT ON COLUMN finding.quantity_id IS 'Of all its figures; null where they differ.';
COMMENT ON COLUMN finding.claims IS 'Figures, and stated multiples.';
COMMENT ON COLUMN finding.smallest IS 'The spread, in the unit.';
COMMENT ON COLUMN finding.listed IS 'Whether it is a comparison: a single figure is not one yet.';

-- Of whom a comparison or proposition has its claims --------------------------------------------

DROP INDEX claim_derived_comparison;
CREATE INDEX claim_derived_comparison ON claim (derived_comparison_id(quantity_id, subject_id), source_id) WHERE kind = 'numeric';
CREATE INDEX claim_corroboration ON claim (proposition_id, source_id) WHERE stance <> 'disputes';

CREATE VIEW witness AS
SELECT 'proposition' AS kind, proposition_id::text AS about, source_id::text, id::text AS claim_id
FROM claim
WHERE stance <> 'disputes'
UNION ALL
SELECT 'comparison', derived_comparison_id(quantity_id, subject_id)::text, source_id::text, id::text
FROM claim
WHERE kind = 'numeric'
UNION ALL
SELECT 'comparison', comparison_claim.comparison_id::text, claim.source_id::text, claim.id::text
FROM comparison_claim JOIN claim ON claim.id = comparison_claim.claim_id
WHERE claim.kind = 'numeric';
COMMENT ON VIEW witness IS 'What a claim is counted in, by its source. As texts: of a domain the planner does not look into a union.';

CREATE FUNCTION witnesses_gained(counted text, fresh slug[]) RETURNS TABLE (about text, sources bigint, origins bigint)
LANGUAGE sql STABLE AS $$
    WITH came AS MATERIALIZED (
        SELECT witness.about, witness.source_id, source.origin_id, count(*) AS claims
        FROM witness JOIN source ON source.id = witness.source_id
        WHERE witness.kind = counted AND witness.claim_id = ANY (fresh)
        GROUP BY 1, 2, 3
    ), gained AS (
        SELECT about,
               count(*) FILTER (WHERE claims = (
                   SELECT count(*) FROM witness AS known
                   WHERE known.kind = counted AND known.about = came.about AND known.source_id = came.source_id)) AS sources,
               sum(claims) = (
                   SELECT sum((SELECT count(*) FROM witness AS known
                               WHERE known.kind = counted AND known.about = came.about AND known.source_id = kin.id))
                   FROM source AS kin
                   WHERE kin.origin_id = came.origin_id) AS is_first
        FROM came
        GROUP BY about, origin_id
    )
    SELECT about, sum(sources)::bigint, count(*) FILTER (WHERE is_first) FROM gained GROUP BY about
$$;
COMMENT ON FUNCTION witnesses_gained IS 'How many sources and origins propositions or comparisons, whichever are counted, have in new claims alone.';

-- What is to be settled -------------------------------------------------------------------------

CREATE UNLOGGED TABLE unsettled (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    claims slug[] NOT NULL DEFAULT '{}',
    propositions slug[] NOT NULL DEFAULT '{}',
    comparisons slug[] NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE unsettled IS 'What the statements of a transaction under way have changed, a row each; empty for all others.';
COMMENT ON COLUMN unsettled.claims IS 'New ones, to be added.';
COMMENT ON COLUMN unsettled.propositions IS 'To be worked out again.';
COMMENT ON COLUMN unsettled.comparisons IS 'To be worked out again.';
CREATE INDEX unsettled_transaction ON unsettled (transaction);

CREATE FUNCTION unsettle(changed slug[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO unsettled (propositions, comparisons)
    SELECT coalesce(array_agg(DISTINCT about) FILTER (WHERE kind = 'proposition'), '{}'),
           coalesce(array_agg(DISTINCT about) FILTER (WHERE kind = 'comparison'), '{}')
    FROM witness
    WHERE claim_id = ANY (changed)
    HAVING count(*) > 0;
END $$;
COMMENT ON FUNCTION unsettle IS 'Has all that claims are counted in worked out again.';

CREATE FUNCTION settlement_sees_all() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'What other rows are counted by changes in READ COMMITTED alone: a transaction that sees the past would miss some.'
            USING ERRCODE = 'feature_not_supported';
    END IF;
END $$;
COMMENT ON FUNCTION settlement_sees_all IS 'Refuses changes of which a transaction cannot know all that they concern.';

CREATE FUNCTION claim_unsettles() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    changed slug[];
    sources slug[];
    propositions slug[];
    comparisons slug[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO unsettled (claims) SELECT array_agg(id) FROM came HAVING count(*) > 0;
    ELSIF TG_OP = 'TRUNCATE' THEN
        TRUNCATE corroboration, comparable, finding;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO unsettled (propositions, comparisons)
        SELECT array_agg(DISTINCT proposition_id),
               coalesce(array_agg(DISTINCT derived_comparison_id(quantity_id, subject_id)) FILTER (WHERE kind = 'numeric'), '{}')
        FROM gone HAVING count(*) > 0;
    ELSE
        SELECT array_agg(came.id), array_agg(came.source_id),
               array_agg(came.proposition_id) || array_agg(gone.proposition_id),
               array_agg(derived_comparison_id(came.quantity_id, came.subject_id)) FILTER (WHERE came.kind = 'numeric')
               || array_agg(derived_comparison_id(gone.quantity_id, gone.subject_id)) FILTER (WHERE gone.kind = 'numeric')
        INTO changed, sources, propositions, comparisons
        FROM came FULL JOIN gone ON gone.id = came.id
        WHERE (came.source_id, came.kind, came.subject_id, came.quantity_id, came.scope_id, came.period, came.figure_value,
               came.figure_bound, came.figure_extent, came.figure_unit_id, came.stance, came.proposition_id)
            IS DISTINCT FROM
              (gone.source_id, gone.kind, gone.subject_id, gone.quantity_id, gone.scope_id, gone.period, gone.figure_value,
               gone.figure_bound, gone.figure_extent, gone.figure_unit_id, gone.stance, gone.proposition_id);
        IF changed IS NULL THEN
            RETURN NULL;
        END IF;
        PERFORM settlement_sees_all();
        PERFORM FROM source WHERE id = ANY (sources) ORDER BY id FOR SHARE;
        comparisons := comparisons || ARRAY(SELECT comparison_id FROM comparison_claim WHERE claim_id = ANY (changed));
        INSERT INTO unsettled (propositions, comparisons) VALUES (propositions, coalesce(comparisons, '{}'));
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION claim_unsettles IS
    'Notes what claims are counted in. FOR SHARE, as claim_search() has it for new claims, makes a change of a source''s origin wait for them, so that it finds them.';
CREATE TRIGGER claim_unsettles_inserted AFTER INSERT ON claim
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION claim_unsettles();
CREATE TRIGGER claim_unsettles_updated AFTER UPDATE ON claim
    REFERENCING OLD TABLE AS gone NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION claim_unsettles();
CREATE TRIGGER claim_unsettles_deleted AFTER DELETE ON claim
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION claim_unsettles();
CREATE TRIGGER claim_unsettles_truncated AFTER TRUNCATE ON claim
    FOR EACH STATEMENT EXECUTE FUNCTION claim_unsettles();

CREATE FUNCTION origin_unsettles() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    moved slug[] := ARRAY(SELECT id FROM came JOIN gone USING (id) WHERE came.origin_id <> gone.origin_id);
BEGIN
    IF moved <> '{}' THEN
        PERFORM settlement_sees_all();
        PERFORM unsettle(ARRAY(SELECT id FROM claim WHERE source_id = ANY (moved)));
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION origin_unsettles IS 'Notes what the claims of a source are counted in whose origin changes.';
CREATE TRIGGER origin_unsettles AFTER UPDATE ON source
    REFERENCING OLD TABLE AS gone NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION origin_unsettles();

CREATE FUNCTION unit_unsettles() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM settlement_sees_all();
    IF TG_TABLE_NAME = 'quantity' THEN
        PERFORM unsettle(ARRAY(SELECT id FROM claim WHERE quantity_id = NEW.id));
    ELSE
        PERFORM unsettle(ARRAY(SELECT id FROM claim
                               WHERE figure_unit_id = NEW.id OR quantity_id IN (SELECT id FROM quantity WHERE unit_id = NEW.id)));
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION unit_unsettles IS 'Notes which comparisons a unit stands in that comes to be worth something else, or another takes the place of.';
CREATE TRIGGER unit_unsettles AFTER UPDATE OF factor ON unit
    FOR EACH ROW WHEN (OLD.factor IS DISTINCT FROM NEW.factor) EXECUTE FUNCTION unit_unsettles();
CREATE TRIGGER unit_unsettles AFTER UPDATE OF unit_id ON quantity
    FOR EACH ROW WHEN (OLD.unit_id <> NEW.unit_id) EXECUTE FUNCTION unit_unsettles();

CREATE OR REPLACE FUNCTION claim_amount() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.figure_amount := (SELECT canonical(NEW.figure_value, unit) FROM unit WHERE unit.id = NEW.figure_unit_id FOR SHARE);
    RETURN NEW;
END $$;
COMMENT ON FUNCTION claim_amount IS 'Works figure_amount out for a claim that is written. FOR SHARE makes a change of the factor wait for the claim, so that it finds it.';

CREATE FUNCTION comparison_unsettles() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched slug[];
BEGIN
    IF TG_TABLE_NAME = 'comparison' THEN touched := ARRAY[NEW.id];
    ELSE touched := array_remove(ARRAY[OLD.comparison_id, NEW.comparison_id], NULL); END IF;
    IF TG_OP <> 'DELETE' AND TG_TABLE_NAME = 'comparison_claim' THEN
        PERFORM FROM claim JOIN source ON source.id = claim.source_id WHERE claim.id = NEW.claim_id FOR SHARE;
    END IF;
    INSERT INTO unsettled (comparisons) VALUES (touched);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION comparison_unsettles IS 'Notes a curated comparison whose claims or baseline change. FOR SHARE makes a change of the claim or its origin wait, so that it finds the comparison.';
CREATE TRIGGER comparison_unsettles AFTER INSERT OR UPDATE OR DELETE ON comparison_claim
    FOR EACH ROW EXECUTE FUNCTION comparison_unsettles();
CREATE TRIGGER comparison_unsettles AFTER UPDATE OF baseline_id ON comparison
    FOR EACH ROW WHEN (OLD.baseline_id IS DISTINCT FROM NEW.baseline_id) EXECUTE FUNCTION comparison_unsettles();

-- Settling --------------------------------------------------------------------------------------

-- ON CONFLICT … WHERE false locks a row as it is. The statement after it sees what was committed while it waited.

CREATE FUNCTION settle_corroborations(fresh slug[], stale slug[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO corroboration (proposition_id)
    SELECT unnest(stale) UNION SELECT proposition_id FROM claim WHERE id = ANY (fresh)
    ORDER BY 1
    ON CONFLICT (proposition_id) DO UPDATE SET claims = corroboration.claims WHERE false;

    UPDATE corroboration
    SET (claims, sources, origins, disputed, reported) = (
        corroboration.claims + came.claims, corroboration.sources + came.sources, corroboration.origins + came.origins,
        corroboration.disputed + came.disputed, corroboration.reported + came.reported)
    FROM (SELECT about, sum(claims) AS claims, sum(disputed) AS disputed, sum(reported) AS reported, sum(sources) AS sources, sum(origins) AS origins
          FROM (SELECT proposition_id::text AS about, (stance <> 'disputes')::integer AS claims, (stance = 'disputes')::integer AS disputed,
                       (stance = 'reports')::integer AS reported, 0 AS sources, 0 AS origins
                FROM claim
                WHERE id = ANY (fresh)
                UNION ALL
                SELECT about, 0, 0, 0, sources, origins FROM witnesses_gained('proposition', fresh)) AS part
          GROUP BY about) AS came
    WHERE corroboration.proposition_id = came.about AND came.about NOT IN (SELECT unnest(stale));

    IF stale = '{}' THEN
        RETURN;
    END IF;
    UPDATE corroboration
    SET (claims, sources, origins, disputed, reported) = (counted.claims, counted.sources, counted.origins, counted.disputed, counted.reported)
    FROM unnest(stale) AS touched (id) CROSS JOIN LATERAL proposition_corroboration(touched.id) AS counted
    WHERE corroboration.proposition_id = touched.id;
    DELETE FROM corroboration WHERE proposition_id = ANY (stale) AND claims + disputed = 0;
END $$;
COMMENT ON FUNCTION settle_corroborations IS 'Brings corroboration up to date: with new claims, and for propositions of which other claims have changed.';

CREATE FUNCTION settle_findings(fresh slug[], stale slug[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    comparisons slug[];
    claims slug[];
    touched slug[];
BEGIN
    INSERT INTO finding (id, kind, subject_id, quantity_id)
    SELECT DISTINCT ON (id) id, kind, subject_id, quantity_id
    FROM (SELECT derived_comparison_id(quantity_id, subject_id) AS id, 'derived' AS kind, subject_id, quantity_id
          FROM claim
          WHERE claim.kind = 'numeric' AND claim.id = ANY (fresh)
          UNION ALL
          SELECT derived_comparison_id(quantity_id, subject_id), 'derived', subject_id, quantity_id
          FROM claim
          WHERE claim.kind = 'numeric' AND derived_comparison_id(quantity_id, subject_id) = ANY (stale)
          UNION ALL
          SELECT comparison.id, 'curated', NULL, NULL FROM comparison WHERE comparison.id = ANY (stale)
          UNION ALL
          SELECT finding.id, finding.kind, finding.subject_id, finding.quantity_id FROM finding WHERE finding.id = ANY (stale)) AS concerned
    ORDER BY id
    ON CONFLICT (id) DO UPDATE SET claims = finding.claims WHERE false;

    SELECT array_agg(about), array_agg(claim_id), array_agg(DISTINCT about) INTO comparisons, claims, touched
    FROM (SELECT about, claim_id FROM witness WHERE kind = 'comparison' AND claim_id = ANY (fresh) AND about NOT IN (SELECT unnest(stale))
          UNION ALL
          SELECT about, claim_id FROM witness WHERE kind = 'comparison' AND about = ANY (stale)) AS member;

    DELETE FROM comparable WHERE comparison_id = ANY (stale);
    INSERT INTO comparable
    SELECT * FROM comparables(comparisons, claims)
    ON CONFLICT (comparison_id, subject_id, quantity_id, scope_id, period, unit_family) DO UPDATE
    SET (figures, common, hull, valued, smallest, largest, named, named_smallest, named_largest, baseline, baseline_named, baseline_amount)
      = (EXCLUDED.figures, EXCLUDED.common, EXCLUDED.hull, EXCLUDED.valued, EXCLUDED.smallest, EXCLUDED.largest, EXCLUDED.named,
         EXCLUDED.named_smallest, EXCLUDED.named_largest, EXCLUDED.baseline, EXCLUDED.baseline_named, EXCLUDED.baseline_amount);

    UPDATE finding
    SET (subject_id, quantity_id, claims, unit, baseline, smallest, largest, ratio, verdict) = (
        compared.subject_id, compared.quantity_id, greatest(outcome.figures, compared.claims), outcome.unit, outcome.baseline,
        outcome.smallest, outcome.largest, spread_ratio(outcome.smallest, outcome.largest), outcome.verdict)
    FROM (SELECT comparison_id,
                 CASE WHEN min(subject_id) = max(subject_id) THEN min(subject_id) END AS subject_id,
                 CASE WHEN min(quantity_id) = max(quantity_id) THEN min(quantity_id) END AS quantity_id,
                 (SELECT count(*) FROM comparison_claim WHERE comparison_claim.comparison_id = comparable.comparison_id) AS claims,
                 (SELECT baseline_id FROM comparison WHERE comparison.id = comparable.comparison_id) AS chosen,
                 array_agg(comparable) AS groups
          FROM comparable
          WHERE comparison_id = ANY (touched)
          GROUP BY comparison_id) AS compared
    CROSS JOIN LATERAL outcome_of(compared.groups, compared.chosen, NULL) AS outcome
    WHERE finding.id = compared.comparison_id;

    UPDATE finding
    SET (sources, origins) = (finding.sources + gained.sources, finding.origins + gained.origins)
    FROM witnesses_gained('comparison', fresh) AS gained
    WHERE finding.id = gained.about AND gained.about NOT IN (SELECT unnest(stale));

    IF stale = '{}' THEN
        RETURN;
    END IF;
    UPDATE finding
    SET (sources, origins) = (counted.sources, counted.origins)
    FROM (SELECT about, count(DISTINCT source.id) AS sources, count(DISTINCT source.origin_id) AS origins
          FROM witness JOIN source ON source.id = witness.source_id
          WHERE witness.kind = 'comparison' AND witness.about = ANY (stale)
          GROUP BY about) AS counted
    WHERE finding.id = counted.about;
    DELETE FROM finding WHERE id = ANY (stale) AND NOT EXISTS (SELECT FROM comparable WHERE comparison_id = finding.id);
END $$;
COMMENT ON FUNCTION settle_findings IS 'Brings comparable and finding up to date: with new claims, and for comparisons of which other claims have changed.';

CREATE FUNCTION settle() RETURNS trigger
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    fresh slug[];
    propositions slug[];
    comparisons slug[];
BEGIN
    IF NOT EXISTS (SELECT FROM unsettled WHERE id = NEW.id) THEN
        RETURN NULL;
    END IF;
    WITH taken AS (DELETE FROM unsettled WHERE transaction = pg_current_xact_id() RETURNING *)
    SELECT ARRAY(SELECT unnest(taken.claims) FROM taken),
           ARRAY(SELECT DISTINCT each FROM taken, unnest(taken.propositions) AS each WHERE each IS NOT NULL),
           ARRAY(SELECT DISTINCT each FROM taken, unnest(taken.comparisons) AS each WHERE each IS NOT NULL)
    INTO fresh, propositions, comparisons;
    PERFORM settle_corroborations(fresh, propositions);
    PERFORM settle_findings(fresh, comparisons);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION settle IS 'Settles all that the transaction has changed, for the first of its rows that comes up at commit.';
CREATE CONSTRAINT TRIGGER settle AFTER INSERT ON unsettled
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION settle();

CREATE FUNCTION settle_anew() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE corroboration, comparable, finding;
    PERFORM settle_corroborations('{}', ARRAY(SELECT DISTINCT proposition_id FROM claim));
    PERFORM settle_findings('{}', ARRAY(SELECT DISTINCT about FROM witness WHERE kind = 'comparison'));
END $$;
COMMENT ON FUNCTION settle_anew IS 'Works out all that is kept again, as after claims were loaded without triggers; services hear of it.';
CREATE TRIGGER data_changed AFTER TRUNCATE ON finding FOR EACH STATEMENT EXECUTE FUNCTION data_changed();
SELECT settle_anew();

-- What lists are filtered and sorted by.
CREATE INDEX finding_by_id ON finding (id) WHERE listed;
CREATE INDEX finding_by_ratio ON finding (coalesce(ratio, 'Infinity'), id) WHERE listed;
CREATE INDEX finding_by_ratio_down ON finding (coalesce(ratio, '-Infinity'), id) WHERE listed;
CREATE INDEX finding_subject ON finding (subject_id, id) WHERE listed;
CREATE INDEX finding_quantity ON finding (quantity_id, id) WHERE listed;
CREATE INDEX finding_verdict ON finding (verdict, id) WHERE listed;
CREATE INDEX finding_origins ON finding (origins, id) WHERE listed;

-- What lists show -------------------------------------------------------------------------------

DROP FUNCTION comparison_outcome, comparison_has_stance;

CREATE FUNCTION finding_has_stance(comparison slug, stances stance[]) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM witness JOIN claim ON claim.id = witness.claim_id
        WHERE witness.kind = 'comparison' AND witness.about = comparison AND claim.stance = ANY (stances));
END $$;
COMMENT ON FUNCTION finding_has_stance IS 'Whether a comparison has a figure of one of the stances.';

CREATE FUNCTION finding_of(kept finding, stances stance[]) RETURNS finding
LANGUAGE plpgsql STABLE AS $$
DECLARE
    figures slug[];
    found finding := kept;
BEGIN
    IF stances IS NULL THEN
        RETURN kept;
    END IF;
    SELECT array_agg(claim.id), count(DISTINCT source.id), count(DISTINCT source.origin_id)
    INTO figures, found.sources, found.origins
    FROM witness JOIN claim ON claim.id = witness.claim_id JOIN source ON source.id = claim.source_id
    WHERE witness.kind = 'comparison' AND witness.about = kept.id AND claim.stance = ANY (stances);
    SELECT outcome.figures + (SELECT count(*) FROM comparison_claim JOIN claim ON claim.id = comparison_claim.claim_id
                              WHERE comparison_claim.comparison_id = kept.id AND claim.kind = 'multiple'),
           outcome.unit, outcome.baseline, outcome.smallest, outcome.largest, spread_ratio(outcome.smallest, outcome.largest), outcome.verdict
    INTO found.claims, found.unit, found.baseline, found.smallest, found.largest, found.ratio, found.verdict
    FROM (SELECT array_agg(each) AS groups FROM comparables(NULL, figures) AS each) AS compared
    LEFT JOIN comparison ON comparison.id = kept.id AND comparison.baseline_id = ANY (figures)
    CROSS JOIN LATERAL outcome_of(compared.groups, comparison.baseline_id, NULL) AS outcome;
    RETURN found;
END $$;
COMMENT ON FUNCTION finding_of IS 'What is kept of a comparison; where stances are given, what its figures of those alone come to.';

CREATE OR REPLACE FUNCTION comparison_path(compared comparison_set, baseline slug) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN compared.id IS NULL THEN ''
                ELSE resource_path('comparisons', compared.id)
                     || CASE WHEN baseline = (SELECT finding.baseline FROM finding WHERE finding.id = compared.id) THEN ''
                             ELSE '?baseline=' || baseline END END
$$;
DROP FUNCTION smallest_figure;

CREATE FUNCTION finding_linked(shown finding, title text, description text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
    compared comparison_set;
    outcome outcome;
BEGIN
    compared.id := shown.id;
    compared.title := title;
    compared.description := description;
    compared.subject_id := shown.subject_id;
    compared.quantity_id := shown.quantity_id;
    outcome.unit := shown.unit;
    outcome.baseline := shown.baseline;
    outcome.sources := shown.sources;
    outcome.origins := shown.origins;
    outcome.spread := spread(shown.smallest, shown.largest);
    outcome.verdict := shown.verdict;
    RETURN comparison_linked(compared, outcome, false);
END $$;
COMMENT ON FUNCTION finding_linked IS 'A comparison in short as JSON-LD.';

-- migrate:down
DROP FUNCTION finding_linked, finding_of, finding_has_stance;
DROP FUNCTION settle_anew, settle, settle_findings, settle_corroborations, comparison_unsettles, unit_unsettles, origin_unsettles, claim_unsettles,
    settlement_sees_all, unsettle, witnesses_gained CASCADE;
DROP TABLE unsettled;
DROP VIEW witness;
DROP INDEX claim_corroboration, claim_derived_comparison;
CREATE INDEX claim_derived_comparison ON claim (derived_comparison_id(quantity_id, subject_id)) WHERE kind = 'numeric';
DROP TABLE finding;
DROP FUNCTION corroboration_stances, proposition_corroboration;
DROP TABLE corroboration;
DELETE FROM comparable;
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
CREATE FUNCTION proposition_stances(proposition slug) RETURNS json
LANGUAGE sql STABLE AS $$
    SELECT json_object_agg(counted.stance, counted.claims ORDER BY counted.stance)
    FROM (SELECT known.stance, count(claim.id) AS claims
          FROM unnest(enum_range(NULL::stance)) AS known (stance)
          LEFT JOIN claim ON claim.stance = known.stance AND claim.proposition_id = proposition
          GROUP BY known.stance) AS counted
$$;
COMMENT ON FUNCTION proposition_stances IS 'How many claims of a proposition take each stance, as JSON.';
CREATE OR REPLACE FUNCTION claim_amount() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.figure_amount := (SELECT canonical(NEW.figure_value, unit) FROM unit WHERE unit.id = NEW.figure_unit_id);
    RETURN NEW;
END $$;
COMMENT ON FUNCTION claim_amount IS 'Works figure_amount out for a claim that is written.';
CREATE FUNCTION smallest_figure(claims slug[]) RETURNS slug
LANGUAGE sql STABLE AS $$
    SELECT baseline FROM comparables(NULL, claims) ORDER BY baseline_named DESC, baseline_amount, baseline LIMIT 1
$$;
COMMENT ON FUNCTION smallest_figure IS 'The baseline where none is chosen: the smallest value; limits only where no figure names a value.';
CREATE OR REPLACE FUNCTION comparison_path(compared comparison_set, baseline slug) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN compared.id IS NULL THEN ''
                ELSE resource_path('comparisons', compared.id)
                     || CASE WHEN baseline = coalesce(compared.baseline_id, smallest_figure(compared.claims)) THEN ''
                             ELSE '?baseline=' || baseline END END
$$;
CREATE FUNCTION comparison_has_stance(claims slug[], stances stance[]) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN stances IS NOT NULL THEN EXISTS (
        SELECT FROM claim WHERE claim.id = ANY (claims) AND claim.kind = 'numeric' AND claim.stance = ANY (stances)) END
$$;
COMMENT ON FUNCTION comparison_has_stance IS 'Whether a comparison has a figure of one of the stances; null where none is asked for.';
CREATE FUNCTION comparison_outcome(claims slug[], curated slug, stances stance[]) RETURNS outcome
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN comparison_has_stance(claims, stances) IS NOT FALSE
                THEN compare(claims, NULL, NULL, stances, curated) END
$$;
COMMENT ON FUNCTION comparison_outcome IS 'What a comparison finds, as lists show it; null where no figure has one of the stances.';
