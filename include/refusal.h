/* refusal: what a failure of the database is to a client
 */
#ifndef CLAIMD_REFUSAL_H
#define CLAIMD_REFUSAL_H

#include <jansson.h>

#include "arena.h"
#include "db.h"
#include "error.h"

/* Of a status other than DB_OK, DB_REFUSED and DB_MISFIT. */
void refusal_of_status(enum db_status status, struct error *ret);

/* Of DB_REFUSED: our own SQL raised SQLSTATE CLnnn, where nnn is an HTTP status. Its message is meant for the client;
 * of a parameter at fault the column field has the name, of a document at fault the detail field has the problems. What
 * is kept is in the arena. */
void refusal_of_result(const PGresult *result, struct arena *arena, struct error *ret);

/* Of any status but DB_OK and DB_MISFIT, by one of the two. */
void refusal_of_call(enum db_status status, const PGresult *result, struct arena *arena, struct error *ret);

/* Of a document in which contract_check() has found problems. */
void refusal_of_problems(const json_t *problems, struct arena *arena, struct error *ret);

/* Of a request that has no token, with why it takes one (RFC 6750, section 3). */
void refusal_without_token(struct error *ret, const char *why);

/* Whether it raised this SQLSTATE. */
bool refusal_is(const PGresult *result, const char *state);

#endif
