/* recall: answers from memory
 *
 * An answer is kept under what chooses it: the target in one spelling, the form, the coding, and what else the client's
 * header fields decide. It is given again as long as no change of the data was heard of since it was made.
 *
 * While the database is away, it is given beyond that (RFC 5861, section 4: stale-if-error), up to an age that is set,
 * and marked: `age` of the request is how long ago it was last known to be right, `excuse` why it is given. Away is a
 * database that cannot be reached, is silent, has too much to do, or does not answer in time; not one that answers with
 * a failure, whatever that is. Changes that others have made since may be missing in such an answer. What this process
 * has written never is: nothing from before its last write is given. News (the feed) are not given either.
 */
#ifndef CLAIMD_RECALL_H
#define CLAIMD_RECALL_H

#include <stdbool.h>

#include "error.h"
#include "request.h"

/* Answers a request whose head has led to an answer before; false if it has to be read. */
bool recall_by_head(struct request *request);

/* Answers a request that has been read, or chooses its key, by which an answer will be kept; false for the latter. */
bool recall(struct request *request);

/* True if another request for the same answer waits for it already; the request then waits with that. Otherwise it is
 * the one to make the answer, and calls one of the following. */
bool recall_wait(struct request *request);

/* Answers with the document and keeps it under the key, if the data are still those of document->version. Whoever
 * waited gets the same. */
void recall_answer(struct request *request, struct document *document);

/* The same where the answer is a failure, which is not kept. With the database away, whoever can be given what was
 * right before gets that instead. By a failure that is the request's own, what was kept of the answer is forgotten. */
void recall_fail(struct request *request, const struct error *error);

/* The database has said that the answer is another one than what is kept of it. */
void recall_forget(struct request *request);

/* The request ends. Returns one that waited for the same answer and now has to make it, or NULL. */
struct request *recall_leave(struct request *request);

#endif
