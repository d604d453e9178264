/* commit: where in the history of the data a write is, once it is done
 *
 * The transaction tells it itself, by its last step: changes come one after another, so that what is there then and
 * what it has done are all that there is up to its commit. So nothing has to be asked afterwards that could fail. Who
 * is told that position reads the write wherever it is reached (see position.h).
 */
#ifndef CLAIMD_COMMIT_H
#define CLAIMD_COMMIT_H

#include "request.h"

/* Adds the step that tells where the transaction is. It has to be the last one. */
void commit_add_place(struct db_transaction *transaction, struct arena *arena);

/* The request's transaction, with that step, has ended so: to be said before anybody is told what became of it. */
void commit_ended(struct request *request, enum db_status status, const struct db_transaction *transaction);

/* What the request would write was committed before, as all that there is up to that position. */
void commit_was_before(struct request *request, struct position position);

#endif
