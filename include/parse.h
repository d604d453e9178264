/* parse: requests that have a printed figure read
 */
#ifndef CLAIMD_PARSE_H
#define CLAIMD_PARSE_H

#include "request.h"

/* What can be told of such a request from its head alone; false with *error set if it is refused. */
bool parse_may_begin(const struct request *request, struct error *error);

/* The body is whole. The request is READY. */
void parse_answer(struct request *request);

#endif
