/* reading: which server answers a read, the primary or a standby
 *
 * A standby does, where there is one, unless it is known to be too far behind. How far it was when it answered is known
 * with the answer, and what becomes of that is said by verdict.h. While nothing is heard of the primary, a standby
 * answers whatever its age, which is then not known. Without standbys all goes to the primary. All servers together
 * have the time that one call has.
 *
 * What is asked for one answer adds up in the request: its position is the least of all parts, and it is unconfirmed if
 * one of them is.
 */
#ifndef CLAIMD_READING_H
#define CLAIMD_READING_H

#include <stdbool.h>

#include "request.h"

/* What is asked from now on makes another answer. */
void reading_begin(struct request *request);

/* Asks what request->call says, of data that are at least those of request->least, or the newest that can be had. As
 * db_start(). What `done` is told has to pass reading_done() first. */
enum db_status reading_start(struct request *request, bool newest);

/* Whether the call's end is the end: false if another server is being asked, or waited for, which will end it again. */
bool reading_done(struct request *request, enum db_status *status);

/* The same for a call of no single request, which takes what comes. */
enum db_status reading_start_call(struct service *service, struct db_call *call);

/* Whether what was answered holds all that is known to have changed. */
bool reading_is_current(const struct request *request);

/* Whether some server has the schema of this program. */
bool reading_has_schema(const struct service *service);

/* The request ends. */
void reading_leave(struct request *request);

#endif
