/* account: what is told of a request that has ended: it is counted, and logged where that is wanted or it was slow
 */
#ifndef CLAIMD_ACCOUNT_H
#define CLAIMD_ACCOUNT_H

#include <stdint.h>

#include "request.h"

/* The request is answered by a stream, which lasts until it ends. */
void account_begin_stream(const struct request *request);

/* The request has ended, at that loop_now_us(). Call once, before what it holds is let go. */
void account_for(struct request *request, uint64_t now_us);

#endif
