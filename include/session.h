/* session: a blocking session with the database, for start-up and the command line
 *
 * What fails is told by one sentence on stderr.
 */
#ifndef CLAIMD_SESSION_H
#define CLAIMD_SESSION_H

#include <libpq-fe.h>
#include <stdbool.h>

/* Tries for half a minute to reach a database that is not there yet, five seconds each time unless the url or the
 * environment says how long (connect_timeout); NULL after a sentence. For PQfinish(). */
PGconn *session_open(const char *url, const char *application);

/* The result of a statement, whose arguments are text (NULL: null); NULL after a sentence. For PQclear(). */
PGresult *session_ask(PGconn *session, const char *sql, int count, const char *const *arguments);

/* The same of one without arguments or a result that matters: whether it was done. */
bool session_run(PGconn *session, const char *sql);

/* One sentence on stderr: what, and the first line of why. Returns 1, a command's status. */
int session_complain(const char *what, const char *why);

/* For _cleanup_. */
void session_finish_at(PGconn **session);
void session_clear_at(PGresult **result);

#endif
