/* reading: which server answers a read, the primary or a standby
 *
 * A standby does, where there is one, unless it is told to be too far behind. How far it was when it answered is known
 * with the answer, and one that shows less than was asked for, or than this process has written, or that is older than
 * the service lets it be, is not used: the primary is asked instead. While nothing is heard of the primary, a standby
 * answers whatever its age, which is then not known. Without standbys all goes to the primary.
 */
#ifndef CLAIMD_READING_H
#define CLAIMD_READING_H

#include <stdbool.h>

#include "request.h"

/* Asks what request->call says, of data that are at least those of request->least, or the newest that can be had. As
 * db_start(). What `done` is told has to pass reading_done() first. */
enum db_status reading_start(struct request *request, bool newest);

/* Whether the call's end is the end: false if another server is being asked, which will end it again. */
bool reading_done(struct request *request, enum db_status *status);

/* The same for a call of no single request, which takes what comes. */
enum db_status reading_start_call(struct service *service, struct db_call *call);

/* Whether what was answered holds all that is known to have changed. */
bool reading_is_current(const struct request *request);

/* Whether some server has the schema of this program. */
bool reading_has_schema(const struct service *service);

/* What the request wrote was committed: finds out from where on it can be seen, and then calls `then`. */
void reading_mark(struct request *request, void (*then)(struct request *request));

/* The request ends. */
void reading_leave(struct request *request);

#endif
