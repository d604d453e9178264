-- agents_linked: the same as JSON-LD
SELECT agent_linked(agent.whole) AS document{keys}
FROM {rows} AS agent
{order}
