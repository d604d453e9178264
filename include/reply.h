/* reply: the responses that the service gives
 *
 * The caller owns what these return, until MHD_queue_response(), and then MHD_destroy_response()s it.
 */
#ifndef CLAIMD_REPLY_H
#define CLAIMD_REPLY_H

#include <microhttpd.h>
#include <stddef.h>

#include "buffer.h"
#include "error.h"

/* Takes the bytes of `body`, which is empty afterwards. */
struct MHD_Response *reply_json(struct buffer *body);

/* Bytes that outlive the response. */
struct MHD_Response *reply_static(const char *bytes, size_t size, const char *media_type);

/* A problem document (RFC 9457), with Retry-After (RFC 9110, section 10.2.3) where trying again makes sense. */
struct MHD_Response *reply_problem(const struct error *error);

void reply_header(struct MHD_Response *response, const char *name, const char *value);

#endif
