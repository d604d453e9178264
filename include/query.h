/* query: the statement that a route, a representation and the parameters given make
 *
 * A query of src/queries has holes:
 *   {rows}             the rows of src/queries/rows, filtered, in order, the most that a page takes, in parentheses
 *   {order}            ORDER BY that order once more and LIMIT to what this page takes, behind what is joined
 *   {keys}             the sort keys as further columns, the last ones: they make the cursor and are not shown
 *   {embed NAME| SQL}  the SQL where the client embeds NAME
 *   {linked| SQL}      the SQL where a page shows one thing: its JSON-LD
 *   {kind}             what the route's things are to the database, as a text
 *   {id}, {NAME}       the path's id; the value of the parameter of that name, or null
 * and the rows have {filters} for the conditions of the parameters given and {sort} for the sort keys. Which parameters
 * are given, and how the list is sorted, is the statement's shape. The first shapes asked for are kept and prepared
 * once a connection; the rest are put together, and parsed, at each use. No text of the user enters a statement.
 */
#ifndef CLAIMD_QUERY_H
#define CLAIMD_QUERY_H

#include <stddef.h>

#include "arena.h"
#include "db.h"
#include "params.h"

struct query_shape;

/* One thread's statements. */
struct query_set {
    struct query_shape *shapes; /* those that connections keep, oldest first */
    unsigned shapes_count;
    const struct db_statement **prepare; /* of each route and representation the barest shape and one with everything */
    size_t prepare_count;
};

/* What of a list is asked for. */
enum query_aim {
    QUERY_ROWS,     /* its rows; one more than a page shows, to tell whether there is a next one */
    QUERY_COUNT,    /* how many there are in all */
    QUERY_FEW,      /* the same, counted no further than QUERY_FEW_MOST + 1 */
    QUERY_ESTIMATE, /* what the planner makes of them: EXPLAIN (FORMAT JSON) */
};

enum { QUERY_FEW_MOST = 10000 };

void query_set_init(struct query_set *set);
void query_set_release(struct query_set *set);

/* Fills the call's statement and arguments; what is not kept lies in the arena. `representation` is one of the route's;
 * counts do not look at it. */
void query_bind(struct query_set *set, struct arena *arena, const struct params *params,
                const struct representation *representation, enum query_aim aim, struct db_call *call);

/* How many of the result's columns, the last ones, are sort keys. */
unsigned query_keys(const struct params *params, enum query_aim aim);

#endif
