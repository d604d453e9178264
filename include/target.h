/* target: a request target as a route of the table and its parameters
 */
#ifndef CLAIMD_TARGET_H
#define CLAIMD_TARGET_H

#include <stdbool.h>

#include "arena.h"
#include "error.h"
#include "params.h"

/* Reads a target as it was sent, in origin or absolute form (RFC 9112, section 3.2). False with *error set if there is
 * nothing to answer it with. *ret lies in the arena, as `uri` must. */
bool target_read(struct arena *arena, const char *method, const char *uri, struct params *ret, struct error *error);

#endif
