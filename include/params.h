/* params: a request's query string, checked against its route's table
 *
 * Every parameter is known, given once, and of its type, or the request is refused; all that is wrong with it is said
 * at once.
 */
#ifndef CLAIMD_PARAMS_H
#define CLAIMD_PARAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "error.h"
#include "routes.h"

struct params {
    const struct route *route;
    const char *id;                /* of the path; NULL where the route has none */
    const char *given[PARAMS_MAX]; /* decoded, by place in the route's table; NULL where not given */
    const char
        *bound[PARAMS_MAX]; /* the same as PostgreSQL reads them: lists as array literals, the cursor as its id */
    unsigned limit;         /* rows of a page */
    uint64_t fingerprint;   /* of the route, the id and all filters: what a cursor belongs to */
};

/* Both texts must be part of the arena. False with *error set, otherwise *ret is filled. */
bool params_parse(struct arena *arena, const struct route *route, const char *id, const char *query, struct params *ret,
                  struct error *error);

/* True for what can be an id of that form. */
bool id_valid(enum id_form form, const char *id);

/* The path and query of the page that begins after the row `id`, percent-encoded, in the arena. */
char *params_next(struct arena *arena, const struct params *params, const char *id);

#endif
