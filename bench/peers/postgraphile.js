// postgraphile: a GraphQL API of the whole schema, made by PostGraphile, in as many processes
"use strict";

const cluster = require("node:cluster");
const http = require("node:http");
const { postgraphile } = require("postgraphile");

const { PORT, PROCESSES } = process.env;
const CONNECTIONS = 12 / Number(PROCESSES);

if (Number(PROCESSES) > 1 && cluster.isPrimary) {
  for (let count = 0; count < Number(PROCESSES); count++) cluster.fork();
} else {
  const options = { dynamicJson: true, disableQueryLog: true, graphiql: false, retryOnInitFail: false };
  http.createServer(postgraphile({ max: CONNECTIONS }, "public", options)).listen(Number(PORT), "127.0.0.1");
}
