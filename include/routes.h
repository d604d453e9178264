/* routes: THE table of what the service answers
 *
 * An endpoint is data: a row here, its files in src/queries, a path in openapi.yaml, a test. So are a parameter, a key
 * to sort by and a representation.
 */
#ifndef CLAIMD_ROUTES_H
#define CLAIMD_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

enum param_type {
    PARAM_ID,     /* a slug */
    PARAM_IDS,    /* comma list of them */
    PARAM_CODE,   /* visible ASCII, as the id of a unit */
    PARAM_WORDS,  /* comma list of `values` */
    PARAM_TAGS,   /* comma list of BCP 47 language tags */
    PARAM_NULL,   /* is.null or not.is.null; bound as true or false */
    PARAM_NUMBER, /* a decimal, as in 1.6e9 */
    PARAM_COUNT,  /* a whole number from 1 on */
    PARAM_PLACE,  /* a whole number from 0 on */
    PARAM_DAY,    /* 2025-01-27 */
    PARAM_TIME,   /* a day, or a time of RFC 3339 */
    PARAM_TEXT,   /* any text but the empty one */
    PARAM_FLAG,   /* true or false */
    PARAM_LIMIT,  /* rows of a page */
    PARAM_CURSOR, /* where a page begins */
    PARAM_SORT,   /* comma list of the route's sort keys, each with - before it for descending */
    PARAM_EMBED,  /* comma list of `values`: what an answer holds in full */
    PARAM_FIELDS, /* comma list of the keys that an answer has */
    PARAM_WAIT,   /* seconds for which an answer waits for rows */
    PARAM_MOMENT, /* a time as PARAM_TIME, of which the answer tells how the data were */
    PARAM_FORMAT, /* the name of a representation */
};

/* One use of a parameter. A parameter that takes operators (gte.5, not.a,b) has a row for each, side by side; the first
 * is for a value without one. */
struct param {
    const char *name; /* NULL ends a list */
    const char *op;   /* what stands before a dot in the value; NULL: nothing */
    enum param_type type;
    const char *const *values; /* for PARAM_WORDS and PARAM_EMBED, ends with NULL */
    bool repeats;              /* may be given more than once: all of them hold */

    /* The condition that the parameter adds where the query says {filters}, with ? for its value, wherever it stands.
     * NULL: the value is put where the query says {name}; null where it is not given. */
    const char *condition;
};

/* A key that a list can be sorted by. No expression is null for any row, so that a page can begin behind every row. */
struct sort_key {
    const char *name;                   /* NULL ends a list */
    const char *ascending, *descending; /* SQL over the rows of src/queries/rows; {name} as in a query */
    const char *needs;                  /* the parameter without which it means nothing, or NULL */
};

/* The form of an answer. */
enum format { FORMAT_JSON, FORMAT_CSV, FORMAT_NDJSON, FORMAT_JSONLD, FORMAT_SVG, FORMAT_EVENTS, FORMAT_HTML };

struct representation {
    enum format format;
    const char *query; /* of src/queries; NULL ends a list */
};

enum {
    PARAMS_MAX = 80, /* rows of a route's table */
    EMBEDS_MAX = 16, /* things that a route can embed */
    SORT_MAX = 4,    /* keys of one order, the id apart */
    TERMS_MAX = 32,  /* parameters of one request */
    LIMIT_DEFAULT = 50,
    LIMIT_MAX = 200,
    LIST_MAX = 200,
    ID_MAX = 120,
    TEXT_MAX = 1000,
    WAIT_MAX = 60 /* seconds */
};

enum id_form {
    ID_SLUG, /* lower-case ASCII words joined by hyphens, as the database's domain slug has it */
    ID_CODE, /* visible ASCII: the codes of units */
};

enum shape {
    SHAPE_LIST,    /* {"items": […], "next": …}: a page of the query's rows */
    SHAPE_ONE,     /* the query's only row as an object; none is a 404 */
    SHAPE_HEALTH,  /* that the process answers */
    SHAPE_READY,   /* whether it can use its database */
    SHAPE_PROBLEM, /* what a type of problem means */
    SHAPE_FILE,    /* a file that is built in */
    SHAPE_ASSET,   /* one of the front end's files, whose names change with what is in them */
    SHAPE_PAGE,    /* a web page of what another route answers */
    SHAPE_WRITE,   /* what was written, as it then is */
    SHAPE_IMPORT,  /* what became of the lines that are sent */
    SHAPE_PARSE,   /* what figures stand in a text that is sent */
};

/* What a web page shows. */
struct page {
    const char *target; /* of the API, with {id} for the path's; NULL: nothing of the data */
    const char *title;  /* NULL: that of the thing which is shown */
    const char *lead;   /* what it is about; NULL: what is said of the thing */
};

struct route {
    const char *path; /* a segment {id} takes any id; NULL ends the table */
    enum shape shape;
    const char *methods;                          /* comma list; NULL: those that read */
    const char *kind;                             /* the database's name for what is written, or answered, one of */
    const char *action;                           /* for SHAPE_WRITE: what is done, where the method does not say it */
    const char *body;                             /* for SHAPE_WRITE: the schema in openapi.yaml of what is sent */
    const char *file;                             /* for SHAPE_FILE: its name in asset_files */
    const char *media_type;                       /* for SHAPE_FILE */
    const struct page *page;                      /* for SHAPE_PAGE */
    const char *policy;                           /* Content-Security-Policy of a page; NULL: CLOSED_POLICY */
    const char *rows;                             /* of src/queries/rows: where a query says {rows} */
    const struct representation *representations; /* the first is for who does not care; NULL: no query */
    const char *id_condition;                     /* what {id} adds to the filters, with ? for it */
    enum id_form id_form;                         /* what {id} can be; anything else is a 404 */
    const struct sort_key *sorts;                 /* of a list; the first is the id, which ends every order */
    const struct param *params;                   /* the query string's; NULL: none */
};

/* Nothing may be loaded, whatever an answer is taken for (Content Security Policy Level 3). */
#define CLOSED_POLICY "default-src 'none'; frame-ancestors 'none'"

/* The front end's own files alone, and the answers of this service; no script or style inside the page. */
#define PAGE_POLICY                                                                                                    \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "   \
    "form-action 'self'; frame-ancestors 'none'"

/* The same for a picture, which has its style in it. */
#define PICTURE_POLICY "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"

extern const struct route routes[];

/* The methods of a route that names none. */
extern const char routes_reading[];

/* Whether the route's path has an {id}. */
bool route_has_id(const struct route *route);

/* The representation of that format, or NULL. */
const struct representation *route_representation(const struct route *route, enum format format);

/* Of a page that shows data, the route that answers what it shows; of any other route, itself. */
const struct route *route_shown(const struct route *route);

/* The route of a decoded path for a method, or NULL; *ret_id is where the id begins in it, or NULL, and *ret_id_size
 * its length. */
const struct route *route_find(const char *method, const char *path, const char **ret_id, size_t *ret_id_size);

/* The methods that a decoded path takes, a comma list into `methods`; false if there is no such path. */
enum { METHODS_SIZE = 64 };
bool route_methods(const char *path, char methods[static METHODS_SIZE]);

/* The route that answers with one thing of a kind. */
const struct route *route_of_kind(const char *kind);

#endif
