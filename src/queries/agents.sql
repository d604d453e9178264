-- agents: who asserts
SELECT agent.id,
       agent.name,
       agent.kind,
       agent.source_id AS source,
       tally_of('agent', agent.id) AS claims{keys}
FROM {rows} AS agent
{order}
