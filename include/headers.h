/* headers: the header fields of a response that is being put together, in their order
 */
#ifndef CLAIMD_HEADERS_H
#define CLAIMD_HEADERS_H

#include <stdbool.h>

enum { HEADERS_MAX = 32 };

/* Both texts are borrowed. */
struct header {
    const char *name, *value;
    bool whole; /* of a whole answer alone: a 304 leaves it out (RFC 9110, section 15.4.5) */
};

struct headers {
    struct header list[HEADERS_MAX]; /* only the first `count` are set */
    unsigned count;
};

/* Of every answer, and of a whole one alone. More than HEADERS_MAX end the process: it is a mistake in it. */
void headers_put(struct headers *headers, const char *name, const char *value);
void headers_put_whole(struct headers *headers, const char *name, const char *value);

#endif
