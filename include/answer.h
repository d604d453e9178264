/* answer: rows of a result as the document, or the part of a stream, that a client asked for
 */
#ifndef CLAIMD_ANSWER_H
#define CLAIMD_ANSWER_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "buffer.h"
#include "error.h"
#include "params.h"
#include "routes.h"

/* What goes into a document beside its rows. */
struct answer_count {
    long long total;     /* of a list's rows */
    const char *applied; /* "exact", "estimated"; NULL: nobody asked */
};

/* The representation that format= or an Accept field (NULL: any) chooses; NULL with *error set where there is none, or
 * where it has no fields and the client picks some. */
const struct representation *answer_representation(const struct params *params, const char *accept, struct arena *arena,
                                                   struct error *error);

/* As in Content-Type. */
const char *answer_media_type(enum format format);

/* Whether a list in that form is sent whole, part by part, unless the client limits it. */
bool answer_is_streamed(const struct params *params, const struct representation *representation);

/* Writes the whole body. Of a list *ret_next is the cursor of the next page, in the arena, or NULL. False with *error
 * set if there is no such answer. */
bool answer_write(struct arena *arena, const struct params *params, const struct representation *representation,
                  const struct answer_count *count, const PGresult *result, struct buffer *body, const char **ret_next,
                  struct error *error);

/* The change that the thing answered is of; 0 where it cannot be written, or there is none. */
int64_t answer_revision(const struct params *params, const PGresult *result);

/* Writes a page of a list in a form of lines, the header before the `first`. */
bool answer_write_page(struct arena *arena, const struct params *params, const struct representation *representation,
                       bool first, const PGresult *result, struct buffer *body, struct error *error);

/* Begins a document of linked data that has many things; "]}" ends it. */
void answer_begin_linked(struct buffer *body);

/* Writes the things of a page of a list of linked data; the `first` things of the document have none before them. */
void answer_write_linked(const struct params *params, bool first, const PGresult *result, struct buffer *body);

/* The first sort key of the last row that the page shows, the result's own; NULL if it shows none. */
const char *answer_reached(const struct params *params, const PGresult *result);

/* The sort keys of the last row of the page, in the arena; NULL if no page follows. */
const char *const *answer_last_keys(struct arena *arena, const struct params *params, const PGresult *result);

#endif
