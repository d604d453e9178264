/* import: requests that take in many lines (see line.h), all of them or those in which nothing is wrong
 */
#ifndef CLAIMD_IMPORT_H
#define CLAIMD_IMPORT_H

#include "request.h"

/* What can be told of such a request from its head alone; false with *error set if it is refused. */
bool import_may_begin(const struct request *request, struct error *error);

/* The body is whole. The request is WAITING, or READY if it is refused. */
void import_begin(struct request *request);

/* The request is over: frees what its import has. Harmless if it was none. */
void import_forget(struct request *request);

#endif
