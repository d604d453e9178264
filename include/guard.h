/* guard: refuses requests that two servers could read differently, before anything else looks at them
 *
 * libmicrohttpd 0.9.75 accepts Content-Length beside Transfer-Encoding, repeated Content-Length and Host, NUL, stray
 * spaces, a bare CR within a line and a bare LF at its end: that is how requests are smuggled past a proxy (RFC 9112,
 * sections 2.2, 3.2, 5.1, 6.3 and 11.2). It hands out texts that lie in its read buffer, where it has put a NUL for
 * each CR and LF of an end; so whatever it swallowed shows as a gap between one text and the next, or before the end of
 * the head. What is not seen is a NUL that came in the place of a CR or LF, a line that begins with a NUL before the
 * request line, which is skipped like an empty one (section 2.2), or a line of a colon alone, which ends the head for
 * libmicrohttpd, if a bare LF makes up for the byte.
 */
#ifndef CLAIMD_GUARD_H
#define CLAIMD_GUARD_H

#include <microhttpd.h>
#include <stdbool.h>

#include "error.h"

/* A cursor, which is the service's own addition to the target, does not count until it is longer than any is. */
enum { GUARD_URI_MAX = 4096, GUARD_CURSOR_MAX = 1024 };

/* What libmicrohttpd notes of each header field lies where its bytes do, and counts with them. */
enum { GUARD_FIELD_COST = 64 };

/* The request line as libmicrohttpd hands it out; all point into its read buffer. */
struct guard_line {
    const char *method;
    const char *target; /* as sent; need not be readable any more */
    size_t target_size; /* bytes up to its first NUL */
    size_t cursor_size; /* how many of them are a cursor */
    const char *version;
    size_t head_most; /* bytes that the target and the header fields may have in all */
};

struct guard_finding {
    bool body;        /* one is announced */
    size_t length;    /* of it, if that is announced */
    size_t head_size; /* as head_most counts it */
};

/* Sets *error if the request must not be answered. Then, and if there is a body, the connection must be closed. */
struct guard_finding guard_check(struct MHD_Connection *connection, const struct guard_line *line, struct error *error);

#endif
