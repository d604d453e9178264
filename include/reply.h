/* reply: the responses that the service gives
 *
 * The caller owns what these return, until MHD_queue_response(), and then MHD_destroy_response()s it.
 */
#ifndef CLAIMD_REPLY_H
#define CLAIMD_REPLY_H

#include <microhttpd.h>
#include <stddef.h>
#include <stdint.h>

#include "document.h"
#include "error.h"
#include "headers.h"
#include "negotiate.h"
#include "stream.h"

struct reply {
    struct MHD_Response *response;
    unsigned status;
    size_t size; /* bytes of its body; 0: of a stream */
};

/* What a document is made into. */
struct reply_form {
    const char *media_type;
    const char *cache_control;
    enum coding coding; /* that the client wants */
    int64_t modified;   /* second since 1970 from which on it is as it is; 0: not known */
    int64_t revision;   /* the change that it is of, where it can be written; 0: none */
};

/* A document that caches may keep (RFC 9111), with these header fields and those that follow from its form: in the
 * coding wanted, or as it is where that does not make it smaller. Takes the bytes. The reference is the caller's. */
struct document *reply_bytes(char *bytes, size_t size, const struct reply_form *form, struct headers *headers);

/* The same of a file in asset_files, whose coded forms are built in. */
struct document *reply_file(const char *name, const struct reply_form *form, struct headers *headers);

/* One that comes in parts, with no validator: it is not of one moment. The stream outlives the response. */
struct reply reply_stream(struct stream *stream, const char *media_type);

/* How the service is, which is true at this moment alone. */
struct reply reply_status(const char *status);

/* What has been written, as it then is, with these header fields. Takes the bytes, of JSON; NULL: there are none. */
struct reply reply_written(unsigned status, char *bytes, size_t size, const struct headers *headers);

/* A problem document (RFC 9457), with Retry-After (RFC 9110, section 10.2.3) where trying again makes sense. */
struct reply reply_problem(const struct error *error);

/* The same as a web page, for whoever looks at one. */
struct reply reply_problem_page(const struct error *error);

/* What a type of problem means, as JSON; the bytes are the caller's to free(). */
char *reply_problem_type(const struct error_kind *kind, size_t *ret_size);

/* What PATCH takes, for the field Accept-Patch (RFC 5789, section 3.1). */
#define REPLY_PATCHES "application/merge-patch+json, application/json"

/* The answer to OPTIONS: the methods (comma list), what PATCH takes where it is one of them, and for a CORS preflight
 * (Fetch Standard, section 3.2) what it may send. */
struct reply reply_options(const char *methods);

#endif
