/* reply: the responses that the service gives
 *
 * The caller owns what these return, until MHD_queue_response(), and then MHD_destroy_response()s it.
 */
#ifndef CLAIMD_REPLY_H
#define CLAIMD_REPLY_H

#include <microhttpd.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "etag.h"
#include "stream.h"

struct reply {
    struct MHD_Response *response;
    unsigned status;
    char etag[ETAG_SIZE]; /* of a document; "" for all else */
    size_t size;          /* of a document's bytes */
};

/* What a request says about the form of its answer. NULL where a field is absent. */
struct reply_wishes {
    const char *accept_encoding, *if_none_match, *if_modified_since;
};

/* What is said of a representation. */
struct reply_document {
    const char *media_type;
    const char *cache_control;
    const char *vary; /* the fields of a request that choose the representation (RFC 9110, section 12.5.5) */
    int64_t modified; /* second since 1970 from which on it is as it is; 0: not known */
};

/* A representation that caches may keep (RFC 9111): in the coding that the client wants, with its ETag, or 304 if the
 * client has it. Takes the bytes. */
struct reply reply_bytes(char *bytes, size_t size, const struct reply_document *document,
                         const struct reply_wishes *wishes);

/* The same of a file in asset_files, whose coded forms are built in. */
struct reply reply_file(const char *name, const struct reply_document *document, const struct reply_wishes *wishes);

/* 304: what the client has, with this ETag and size, is still right. The size is told, as any other would be wrong
 * (RFC 9110, section 8.6). */
struct reply reply_unchanged(const char *etag, size_t size, const struct reply_document *document);

/* One that comes in parts, with no validator: it is not of one moment. The stream outlives the response. */
struct reply reply_stream(struct stream *stream, const struct reply_document *document);

/* What is true at this moment alone. Takes the bytes of JSON. */
struct reply reply_moment(char *bytes, size_t size);

/* A problem document (RFC 9457), with Retry-After (RFC 9110, section 10.2.3) where trying again makes sense. */
struct reply reply_problem(const struct error *error);

/* What a type of problem means, as JSON; the bytes are the caller's to free(). */
char *reply_problem_type(const struct error_kind *kind, size_t *ret_size);

/* The answer to OPTIONS: the methods, and for a CORS preflight (Fetch Standard, section 3.2) what it may send. */
struct reply reply_options(void);

void reply_header(const struct reply *reply, const char *name, const char *value);

#endif
