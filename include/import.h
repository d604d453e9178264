/* import: requests that take in many lines (see line.h), all of them or those in which nothing is wrong
 *
 * The body is taken as it comes, in constant memory: what fills a part is kept in the database, where nobody sees it,
 * and while that is under way the client waits. When all has come, one transaction takes all of it in.
 */
#ifndef CLAIMD_IMPORT_H
#define CLAIMD_IMPORT_H

#include "request.h"

/* What can be told of such a request from its head alone; false with *error set if it is refused. */
bool import_may_begin(const struct request *request, struct error *error);

/* Takes more of the body. The request may be WAITING then, and is ACCEPTED again when it can take more. */
void import_receive(struct request *request, const char *bytes, size_t size);

/* The body is whole. The request is WAITING, or READY. */
void import_answer(struct request *request);

/* The request is over: frees what its import has. Harmless if it was none. */
void import_forget(struct request *request);

/* Bytes of memory that it holds of its body, beside what is in the request. */
size_t import_held(const struct request *request);

#endif
