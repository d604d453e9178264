/* etag: validators of representations, and the preconditions that name them (RFC 9110, sections 8.8.3 and 13.1.2)
 */
#ifndef CLAIMD_ETAG_H
#define CLAIMD_ETAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

enum { ETAG_SIZE = 2 + 32 + 1 + 19 + 1 };

/* The strong validator of these very bytes: the same bytes always have the same, on every server. One of a thing that
 * can be written also has its revision behind a dot, unless `revision` is 0. */
void etag_of(const void *bytes, size_t size, int64_t revision, char etag[static ETAG_SIZE]);

/* True if an If-None-Match field (NULL: absent) names the validator, compared weakly, or is "*". */
bool etag_listed(const char *if_none_match, const char *etag);

/* The revisions that an If-Match field names (RFC 9110, section 13.1.1), as PostgreSQL reads an array: 0 for "*", none
 * for what is weak or no validator of ours. In the arena. */
const char *etag_revisions(struct arena *arena, const char *if_match);

#endif
