/* routes: THE table of what the service answers
 *
 * An endpoint is data: a row here, a file in src/queries, a path in openapi.yaml, a test. A parameter is a row too.
 */
#ifndef CLAIMD_ROUTES_H
#define CLAIMD_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

enum param_type {
    PARAM_ID,     /* a slug */
    PARAM_IDS,    /* comma list of them */
    PARAM_WORDS,  /* comma list of `values` */
    PARAM_TAGS,   /* comma list of BCP 47 language tags */
    PARAM_NULL,   /* is.null or not.is.null; bound as true or false */
    PARAM_NUMBER, /* a decimal, as in 1.6e9 */
    PARAM_COUNT,  /* a whole number from 1 on */
    PARAM_DAY,    /* 2025-01-27 */
    PARAM_TIME,   /* a day, or a time of RFC 3339 */
    PARAM_LIMIT,  /* rows of a page */
    PARAM_CURSOR, /* where a page begins */
};

/* One use of a parameter. A parameter that takes operators (gte.5, not.a,b) has a row for each, side by side; the first
 * is for a value without one. */
struct param {
    const char *name; /* NULL ends a list */
    const char *op;   /* what stands before a dot in the value; NULL: nothing */
    enum param_type type;
    const char *const *values; /* for PARAM_WORDS, ends with NULL */

    /* The condition that the parameter adds where the query says {filters}, with ? for its value. NULL: the value is
     * put where the query says {name}; null where it is not given. */
    const char *condition;
};

enum { PARAMS_MAX = 64, LIMIT_DEFAULT = 50, LIMIT_MAX = 200, LIST_MAX = 100, ID_MAX = 120 };

enum id_form {
    ID_SLUG, /* lower-case ASCII words joined by hyphens, as the database's domain slug has it */
    ID_CODE, /* visible ASCII: the codes of units */
};

enum shape {
    SHAPE_LIST,    /* {"items": […], "next": …}: a page of the query's rows */
    SHAPE_ONE,     /* the query's only row as an object; none is a 404 */
    SHAPE_READY,   /* whether the query's rows are this program's migrations */
    SHAPE_HEALTH,  /* that the process answers */
    SHAPE_PROBLEM, /* what a type of problem means */
    SHAPE_ASSET,   /* a file that is built in */
};

struct route {
    const char *path; /* a segment {id} takes any id; NULL ends the table */
    enum shape shape;
    const char *query;          /* of src/queries; for SHAPE_ASSET the name in asset_openapi */
    const char *media_type;     /* for SHAPE_ASSET; all others answer application/json */
    const char *id_condition;   /* what {id} adds to the query's conditions, with ? for it */
    enum id_form id_form;       /* what {id} can be; anything else is a 404 */
    const struct param *params; /* the query string's; NULL: none */
};

extern const struct route routes[];

/* Whether the route's path has an {id}. */
bool route_has_id(const struct route *route);

/* The route of a decoded path, or NULL; *ret_id is where the id begins in it, or NULL, and *ret_id_size its length. */
const struct route *route_find(const char *path, const char **ret_id, size_t *ret_id_size);

#endif
