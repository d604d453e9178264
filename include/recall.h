/* recall: answers from memory
 *
 * An answer is kept under what chooses it: the target in one spelling, the form, the coding, and what else the client's
 * header fields decide. It is given again as long as no change of the data was heard of since it was made.
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

/* The same where the answer is a failure, which is not kept. */
void recall_fail(struct request *request, const struct error *error);

/* The request ends. Returns one that waited for the same answer and now has to make it, or NULL. */
struct request *recall_leave(struct request *request);

#endif
