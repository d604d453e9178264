/* reply: the responses that the service gives */
#include "reply.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "assets.h"
#include "compress.h"
#include "etag.h"
#include "httpdate.h"
#include "memory.h"
#include "negotiate.h"

/* Below this a coding costs more than it saves. */
enum { COMPRESS_FROM = 512 };

enum { STREAM_BLOCK = 32 * 1024 };

static const char methods[] = "GET, HEAD, OPTIONS";

void reply_header(const struct reply *reply, const char *name, const char *value)
{
    MHD_add_response_header(reply->response, name, value);
}

/* The bytes of a response. */
struct body {
    char *bytes;
    size_t size;
    enum MHD_ResponseMemoryMode mode;
    enum coding coding;
};

static struct body owned_body(char *bytes, size_t size)
{
    struct body body = {.size = size, .mode = MHD_RESPMEM_MUST_FREE, .coding = CODING_IDENTITY};
    body.bytes = bytes;
    return body;
}

static struct reply reply_body(unsigned status, const struct body *body, const char *media_type, const char *caching)
{
    static const char *const codings[] = {[CODING_GZIP] = "gzip", [CODING_BROTLI] = "br"};
    struct reply reply = {.response = MHD_create_response_from_buffer(body->size, body->bytes, body->mode),
                          .status = status};
    reply_header(&reply, MHD_HTTP_HEADER_CONTENT_TYPE, media_type);
    reply_header(&reply, MHD_HTTP_HEADER_CACHE_CONTROL, caching);
    if (body->coding != CODING_IDENTITY)
        reply_header(&reply, MHD_HTTP_HEADER_CONTENT_ENCODING, codings[body->coding]);
    return reply;
}

static struct reply reply_empty(unsigned status)
{
    return (struct reply){.response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT),
                          .status = status};
}

/* ---- documents ---- */

/* Replaces the bytes by their coded form, where the client wants one that is smaller. */
static void encode(struct body *body, const char *accept_encoding)
{
    enum coding coding = body->size < COMPRESS_FROM ? CODING_IDENTITY : negotiate_coding(accept_encoding);
    if (coding == CODING_IDENTITY)
        return;
    size_t packed_size;
    char *packed = coding == CODING_BROTLI ? compress_brotli(body->bytes, body->size, &packed_size)
                                           : compress_gzip(body->bytes, body->size, &packed_size);
    if (!packed)
        return;
    free(body->bytes);
    *body = (struct body){packed, packed_size, MHD_RESPMEM_MUST_FREE, coding};
}

static void put_validators(struct reply *reply, const char *etag, const struct reply_document *document)
{
    char date[HTTPDATE_SIZE];
    memcpy(reply->etag, etag, ETAG_SIZE);
    reply_header(reply, MHD_HTTP_HEADER_ETAG, etag);
    reply_header(reply, MHD_HTTP_HEADER_VARY, document->vary);
    if (!document->modified)
        return;
    httpdate_format(document->modified, date);
    reply_header(reply, MHD_HTTP_HEADER_LAST_MODIFIED, date);
}

/* Nobody reads the body of a 304. */
/* NOLINTNEXTLINE(readability-non-const-parameter): the type is libmicrohttpd's */
static ssize_t read_nothing(void *context, uint64_t position, char *space, size_t size)
{
    (void)context, (void)position, (void)space, (void)size;
    return MHD_CONTENT_READER_END_WITH_ERROR;
}

struct reply reply_unchanged(const char *etag, size_t size, const struct reply_document *document)
{
    struct reply reply = {.response = MHD_create_response_from_callback(size, 1, read_nothing, NULL, NULL),
                          .status = MHD_HTTP_NOT_MODIFIED,
                          .size = size};
    reply_header(&reply, MHD_HTTP_HEADER_CACHE_CONTROL, document->cache_control);
    put_validators(&reply, etag, document);
    return reply;
}

/* An ETag that the client names decides alone (RFC 9110, section 13.2.2). */
static bool client_has(const char *etag, const struct reply_document *document, const struct reply_wishes *wishes)
{
    if (wishes->if_none_match)
        return etag_listed(wishes->if_none_match, etag);
    return wishes->if_modified_since && document->modified &&
           httpdate_parse(wishes->if_modified_since) >= document->modified;
}

static struct reply reply_cacheable(const struct body *body, const struct reply_document *document,
                                    const struct reply_wishes *wishes)
{
    char etag[ETAG_SIZE];
    etag_of(body->bytes, body->size, etag);
    if (client_has(etag, document, wishes)) {
        if (body->mode == MHD_RESPMEM_MUST_FREE)
            free(body->bytes);
        return reply_unchanged(etag, body->size, document);
    }
    struct reply reply = reply_body(MHD_HTTP_OK, body, document->media_type, document->cache_control);
    put_validators(&reply, etag, document);
    reply.size = body->size;
    return reply;
}

struct reply reply_bytes(char *bytes, size_t size, const struct reply_document *document,
                         const struct reply_wishes *wishes)
{
    struct body body = owned_body(bytes, size);
    encode(&body, wishes->accept_encoding);
    return reply_cacheable(&body, document, wishes);
}

struct reply reply_file(const char *name, const struct reply_document *document, const struct reply_wishes *wishes)
{
    static const struct asset *const forms[] = {
        [CODING_IDENTITY] = asset_files, [CODING_GZIP] = asset_files_gzip, [CODING_BROTLI] = asset_files_brotli};
    enum coding coding = negotiate_coding(wishes->accept_encoding);
    const struct asset *file = asset_find(forms[coding], name);
    if (!file) {
        coding = CODING_IDENTITY;
        file = asset_find(asset_files, name);
    }
    struct body body = {(char *)file->text, file->size, MHD_RESPMEM_PERSISTENT, coding};
    return reply_cacheable(&body, document, wishes);
}

_Static_assert(STREAM_END == MHD_CONTENT_READER_END_OF_STREAM && STREAM_BROKEN == MHD_CONTENT_READER_END_WITH_ERROR,
               "libmicrohttpd's words for the end");

static ssize_t read_stream(void *stream, uint64_t position, char *space, size_t size)
{
    (void)position;
    return stream_read(stream, space, size);
}

struct reply reply_stream(struct stream *stream, const struct reply_document *document)
{
    struct reply reply = {
        .response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, read_stream, stream, NULL),
        .status = MHD_HTTP_OK};
    reply_header(&reply, MHD_HTTP_HEADER_CONTENT_TYPE, document->media_type);
    reply_header(&reply, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    reply_header(&reply, MHD_HTTP_HEADER_VARY, document->vary);
    return reply;
}

struct reply reply_moment(char *bytes, size_t size)
{
    struct body body = owned_body(bytes, size);
    return reply_body(MHD_HTTP_OK, &body, "application/json", "no-store");
}

/* ---- problems ---- */

static void json_free_at(json_t **value)
{
    json_decref(*value);
}

static json_t *faults_json(const struct error *error)
{
    json_t *faults = json_array();
    for (size_t i = 0; i < error->faults_count; i++)
        json_array_append_new(
            faults, json_pack("{ss ss}", "parameter", error->faults[i].parameter, "detail", error->faults[i].detail));
    return faults;
}

struct reply reply_problem(const struct error *error)
{
    const struct error_kind *kind = error_kind(error->code);
    _cleanup_(json_free_at) json_t *problem =
        json_pack("{ss+ ss si ss}", "type", "/problems/", kind->slug, "title", kind->title, "status", (int)kind->status,
                  "detail", error->detail);
    if (error->faults_count)
        json_object_set_new(problem, "errors", faults_json(error));
    char *text = json_dumps(problem, JSON_COMPACT);
    struct body body = owned_body(text, strlen(text));
    struct reply reply = reply_body(kind->status, &body, "application/problem+json", "no-store");
    if (kind->retry)
        reply_header(&reply, MHD_HTTP_HEADER_RETRY_AFTER, "1");
    if (error->code == ERROR_METHOD_NOT_ALLOWED)
        reply_header(&reply, MHD_HTTP_HEADER_ALLOW, methods);
    return reply;
}

char *reply_problem_type(const struct error_kind *kind, size_t *ret_size)
{
    _cleanup_(json_free_at) json_t *type =
        json_pack("{ss+ ss si ss}", "type", "/problems/", kind->slug, "title", kind->title, "status", (int)kind->status,
                  "meaning", kind->meaning);
    char *text = json_dumps(type, JSON_COMPACT);
    *ret_size = strlen(text);
    return text;
}

/* ---- OPTIONS ---- */

struct reply reply_options(void)
{
    struct reply reply = reply_empty(MHD_HTTP_NO_CONTENT);
    reply_header(&reply, MHD_HTTP_HEADER_ALLOW, methods);
    reply_header(&reply, MHD_HTTP_HEADER_ACCESS_CONTROL_ALLOW_METHODS, methods);
    reply_header(&reply, MHD_HTTP_HEADER_ACCESS_CONTROL_ALLOW_HEADERS,
                 "Accept, If-Modified-Since, If-None-Match, Prefer, Traceparent, X-Request-Id");
    reply_header(&reply, MHD_HTTP_HEADER_ACCESS_CONTROL_MAX_AGE, "86400");
    return reply;
}
