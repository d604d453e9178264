/* streaming: answers that are sent page by page, as the client takes them
 *
 * They are long lists, and events for as long as somebody follows. A page is asked for when the one before has been
 * taken, and the request is suspended until it is there. Its status line has been sent by then: where a page cannot be
 * had, all that can be told is that the answer is not whole.
 */
#ifndef CLAIMD_STREAMING_H
#define CLAIMD_STREAMING_H

#include <stdbool.h>

#include "request.h"

/* Whether the answer is sent so. */
bool streaming_fits(const struct request *request);

/* The first page is there: the request becomes READY. `place`: its Link, or NULL. */
void streaming_begin(struct request *request, const PGresult *result, const char *place);

#endif
