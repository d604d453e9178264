/* etag: validators of representations, and the preconditions that name them (RFC 9110, sections 8.8.3 and 13.1.2)
 */
#ifndef CLAIMD_ETAG_H
#define CLAIMD_ETAG_H

#include <stdbool.h>
#include <stddef.h>

enum { ETAG_SIZE = 2 + 32 + 1 };

/* The strong validator of these very bytes: the same bytes always have the same, on every server. */
void etag_of(const void *bytes, size_t size, char etag[static ETAG_SIZE]);

/* True if an If-None-Match field (NULL: absent) names the validator, compared weakly, or is "*". */
bool etag_listed(const char *if_none_match, const char *etag);

#endif
