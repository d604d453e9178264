/* write: requests that change data
 *
 * A write (see intent.h) is prepared by a query of its own (who asks, what a patch is applied to, which id is free),
 * checked against the contract, and done in one transaction, which also says what was written.
 */
#ifndef CLAIMD_WRITE_H
#define CLAIMD_WRITE_H

#include "request.h"

/* The body is whole. The request is WAITING, or READY if it is refused. */
void write_begin(struct request *request);

#endif
