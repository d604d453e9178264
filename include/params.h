/* params: a request's query string, checked against its route's table
 *
 * Every parameter is known and of its type, and given no more often than it may be, or the request is refused; all that
 * is wrong with it is said at once.
 */
#ifndef CLAIMD_PARAMS_H
#define CLAIMD_PARAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "error.h"
#include "routes.h"

/* One parameter that was given. */
struct term {
    const struct param *param;
    const char *given; /* decoded, with its operator */
    const char *bound; /* as PostgreSQL reads it, lists as array literals; NULL where it is no value of a statement */
};

struct order {
    const struct sort_key *key;
    bool descending;
};

struct params {
    const struct route *route;
    const struct route *page;     /* the web page by which it is asked; NULL: none */
    const char *id;               /* of the path; NULL where the route has none */
    struct term terms[TERMS_MAX]; /* in the order of the route's table */
    unsigned terms_count;
    struct order orders[SORT_MAX + 1]; /* of a list; the id is the last */
    unsigned orders_count;
    const char *after[SORT_MAX + 1];             /* the row behind which the page begins, by its sort keys */
    bool continued;                              /* `after` is set: there was a cursor */
    unsigned limit;                              /* rows of a page */
    bool limited;                                /* by the client */
    uint32_t embeds;                             /* bits by place in the values of the route's PARAM_EMBED */
    const char *fields;                          /* NULL: all of them */
    unsigned wait;                               /* seconds; 0: none */
    const char *as_of;                           /* the moment that the answer is of; NULL: this one */
    const struct representation *representation; /* that format= asks for, or NULL */
    uint64_t fingerprint; /* of the route, the id, the filters and the order: what a cursor belongs to */
};

/* Both texts must be part of the arena. False with *error set, otherwise *ret is filled. */
bool params_parse(struct arena *arena, const struct route *route, const char *id, const char *query, struct params *ret,
                  struct error *error);

/* Whether the route has such a parameter. */
bool params_known(const struct route *route, const char *name, size_t size);

/* The value that a parameter was given first, decoded; NULL if it was not. */
const char *params_given(const struct params *params, const char *name);

/* True for what can be an id of that form. */
bool id_valid(enum id_form form, const char *id);

/* The place of the word in the list, -1 if it is not there. */
int word_index(const char *const *words, const char *word, size_t size);

/* The words that embed= takes on the route, or NULL. */
const char *const *params_embeds(const struct route *route);

/* The name that format= has for it. */
const char *format_name(enum format format);

/* The most items that a page may have, as this thread reads targets; LIMIT_MAX unless told. */
void params_page_most(unsigned most);

/* The path and query of the same list from its beginning (`cursor` NULL), or from there on; percent-encoded, in the
 * arena. */
char *params_target(struct arena *arena, const struct params *params, const char *cursor);

/* The same of the very page that was asked for. */
char *params_self(struct arena *arena, const struct params *params);

/* The path of the web page by which it is asked. */
char *params_page(struct arena *arena, const struct params *params);

/* The cursor of the page that begins behind the row with these sort keys. */
char *params_cursor(struct arena *arena, const struct params *params, const char *const *keys);

#endif
