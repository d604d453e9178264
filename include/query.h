/* query: the statement that a route and the parameters given make
 *
 * A query of src/queries has holes: {filters} takes the conditions of the parameters given, {id} the path's id, {name}
 * the value of the parameter of that name or null, {limit} the rows of a page. Which parameters are given is the
 * statement's shape; each shape is put together once; the first ones are prepared once a connection, the rest are
 * parsed at each use. No text of the user enters a statement.
 */
#ifndef CLAIMD_QUERY_H
#define CLAIMD_QUERY_H

#include <stddef.h>

#include "arena.h"
#include "db.h"
#include "params.h"

/* One thread's statements. */
struct query_set {
    struct query *queries;               /* by place in the route table */
    const struct db_statement **prepare; /* of each route the shapes with no and with every parameter */
    size_t prepare_count;
    unsigned named; /* statements that connections keep */
};

void query_set_init(struct query_set *set);
void query_set_release(struct query_set *set);

/* Fills the call's statement and arguments; the arguments lie in the arena. */
void query_bind(struct query_set *set, struct arena *arena, const struct params *params, struct db_call *call);

#endif
