-- migrate:up

-- Since 0033 the order of groups looks at the usual unit of each one's quantity. So findings of several quantities rest on it as well, where
-- their usual units do not convert into each other, whatever units the figures are in.
SELECT settle_findings('{}', array_agg(comparison_id))
FROM (
    SELECT comparison_id
    FROM comparable
    JOIN quantity ON quantity.id = quantity_id
    JOIN unit AS usual ON usual.id = quantity.unit_id
    GROUP BY comparison_id
    HAVING count(DISTINCT unit_family(usual)) > 1) AS mixed
HAVING count(*) > 0;

-- migrate:down
-- Findings stay as the rules of 0034 have them; an empty part would be no statement.
SELECT;
