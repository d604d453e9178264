-- agents: who asserts
SELECT agent.id,
       agent.name,
       agent.kind,
       agent.source_id AS source,
       (SELECT count(*) FROM claim WHERE claim.claimant_id = agent.id) AS claims{keys}
FROM {rows} AS agent
{order}
