/* sqlstate: what an error of PostgreSQL means, by its code (PostgreSQL's appendix A)
 *
 * A code has five characters, of which two are its class. "" stands for a failure of libpq's own, which has none.
 */
#ifndef CLAIMD_SQLSTATE_H
#define CLAIMD_SQLSTATE_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "call.h"

/* Of a result that is an error. Lives as long as the result. */
const char *sqlstate_of(const PGresult *result);

/* How a call ends whose query failed so. */
enum db_status sqlstate_status(const char *state);

/* Whether the session is of no use any more, one that is to write or one that only reads. */
bool sqlstate_is_stale(const char *state, bool writes);

/* What was to be executed is not prepared. */
bool sqlstate_is_unprepared(const char *state);

/* The schema lacks something, or has it otherwise. */
bool sqlstate_is_schema(const char *state);

/* Whether the server says so itself, in its place among the answers. What a pooler or libpq makes up may stand for
 * answers that were lost. */
bool sqlstate_is_told_by_server(const char *state);

#endif
