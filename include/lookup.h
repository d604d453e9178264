/* lookup: one query for what a request asks for, by the server that has it */
#ifndef CLAIMD_LOOKUP_H
#define CLAIMD_LOOKUP_H

#include <stdbool.h>

#include "request.h"

/* Sends the query with that aim; its arguments are put into the arena. What it answers goes to `done`, which hands it
 * to reading_done() first. Not DB_OK: it cannot be asked, and `done` is not called. */
enum db_status lookup(struct request *request, enum query_aim aim, struct arena *arena,
                      void (*done)(struct db_call *call, enum db_status status, const PGresult *result));

/* Whether what it answered is more than this service lets an answer be. */
bool lookup_is_too_large(const struct request *request, enum db_status status, const PGresult *result);

#endif
