SELECT agent.*, agent AS whole{sort}
FROM agent
WHERE true {filters}
