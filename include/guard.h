/* guard: refuses requests that two servers could read differently, before anything else looks at them
 *
 * libmicrohttpd 0.9.75 accepts Content-Length beside Transfer-Encoding, repeated Content-Length and Host, and NUL in
 * header fields: that is how requests are smuggled past a proxy (RFC 9112, sections 3.2, 6.3 and 11.2). What it does
 * not let us see, a bare LF at a line's end, RFC 9112, section 2.2 allows.
 */
#ifndef CLAIMD_GUARD_H
#define CLAIMD_GUARD_H

#include <microhttpd.h>

#include "error.h"

enum { GUARD_URI_MAX = 4096, GUARD_HEADERS_MAX = 8192 };

/* Sets *error, after which the connection must be closed, if the request must not be answered. The service reads only,
 * so a body is refused too. `uri` is the request target as sent. */
void guard_check(struct MHD_Connection *connection, const char *uri, const char *version, struct error *error);

#endif
