/* fetch: answers from the database; all of it belongs to one thread
 */
#ifndef CLAIMD_FETCH_H
#define CLAIMD_FETCH_H

#include <stdbool.h>

#include "error.h"
#include "request.h"

/* Chooses the form of the answer; false with *error set if there is none that will do. */
bool fetch_choose(struct request *request, struct error *error);

/* Whether the answer is one document, which can be kept. */
bool fetch_is_whole(const struct request *request);

/* Asks the database; the request is WAITING, or READY if it cannot be asked. */
void fetch(struct request *request);

#endif
