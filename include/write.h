/* write: requests that change data
 *
 * A write is prepared by a query of its own (who asks, what a patch is applied to, which id is free), checked against
 * the contract, and done in one transaction, which also says what was written.
 */
#ifndef CLAIMD_WRITE_H
#define CLAIMD_WRITE_H

#include <stdbool.h>

#include "error.h"
#include "request.h"

/* What can be told of such a request from its head alone; false with *error set if it is refused. */
bool write_may_begin(const struct request *request, struct error *error);

/* The body is whole. The request is WAITING, or READY if it is refused. */
void write_begin(struct request *request);

#endif
