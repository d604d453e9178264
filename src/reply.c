/* reply: the responses that the service gives */
#include "reply.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "assets.h"
#include "compress.h"
#include "memory.h"
#include "page.h"

/* Below this a coding costs more than it saves. */
enum { COMPRESS_FROM = 512 };

enum { STREAM_BLOCK = 32 * 1024 };

static void put(const struct reply *reply, const char *name, const char *value)
{
    document_tell(reply->response, name, value);
}

/* Takes the bytes of an answer that nobody keeps. */
static struct reply reply_transient(unsigned status, char *bytes, size_t size, const char *media_type)
{
    struct reply reply = {memory_made(MHD_create_response_from_buffer(size, bytes, MHD_RESPMEM_MUST_FREE)), status,
                          size};
    put(&reply, MHD_HTTP_HEADER_CONTENT_TYPE, media_type);
    put(&reply, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    return reply;
}

static struct reply reply_empty(unsigned status)
{
    return (struct reply){memory_made(MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT)), status, 0};
}

/* ---- documents ---- */

/* Replaces the bytes by their coded form, where that is smaller; returns the coding that they have then. */
static enum coding encode(struct document_bytes *bytes, enum coding coding)
{
    if (coding == CODING_IDENTITY || bytes->size < COMPRESS_FROM)
        return CODING_IDENTITY;
    size_t packed_size;
    char *packed = coding == CODING_BROTLI ? compress_brotli(bytes->bytes, bytes->size, &packed_size)
                                           : compress_gzip(bytes->bytes, bytes->size, &packed_size);
    if (!packed)
        return CODING_IDENTITY;
    free(bytes->bytes);
    *bytes = (struct document_bytes){packed, packed_size, false};
    return coding;
}

static struct document *reply_coded(const struct document_bytes *bytes, enum coding coding,
                                    const struct reply_form *form, struct headers *headers)
{
    static const char *const codings[] = {[CODING_GZIP] = "gzip", [CODING_BROTLI] = "br"};
    headers_put_whole(headers, MHD_HTTP_HEADER_CONTENT_TYPE, form->media_type);
    headers_put(headers, MHD_HTTP_HEADER_CACHE_CONTROL, form->cache_control);
    if (coding != CODING_IDENTITY)
        headers_put_whole(headers, MHD_HTTP_HEADER_CONTENT_ENCODING, codings[coding]);
    return document_new(bytes, form->revision, form->modified, headers);
}

struct document *reply_bytes(char *bytes, size_t size, const struct reply_form *form, struct headers *headers)
{
    struct document_bytes body = {.size = size};
    body.bytes = bytes;
    enum coding coding = encode(&body, form->coding);
    return reply_coded(&body, coding, form, headers);
}

struct document *reply_file(const char *name, const struct reply_form *form, struct headers *headers)
{
    static const struct asset *const forms[] = {
        [CODING_IDENTITY] = asset_files, [CODING_GZIP] = asset_files_gzip, [CODING_BROTLI] = asset_files_brotli};
    enum coding coding = form->coding;
    const struct asset *file = asset_find(forms[coding], name);
    if (!file) {
        coding = CODING_IDENTITY;
        file = asset_find(asset_files, name);
    }
    return reply_coded(&(struct document_bytes){(char *)file->text, file->size, true}, coding, form, headers);
}

/* ---- what is not kept ---- */

_Static_assert(STREAM_END == MHD_CONTENT_READER_END_OF_STREAM && STREAM_BROKEN == MHD_CONTENT_READER_END_WITH_ERROR,
               "libmicrohttpd's words for the end");

static ssize_t read_stream(void *stream, uint64_t position, char *space, size_t size)
{
    (void)position;
    return stream_read(stream, space, size);
}

struct reply reply_stream(struct stream *stream, const char *media_type)
{
    struct reply reply = {
        memory_made(MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, read_stream, stream, NULL)),
        MHD_HTTP_OK, 0};
    put(&reply, MHD_HTTP_HEADER_CONTENT_TYPE, media_type);
    put(&reply, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    return reply;
}

struct reply reply_status(const char *status)
{
    char *text = memory_format("{\"status\":\"%s\"}", status);
    return reply_transient(MHD_HTTP_OK, text, strlen(text), "application/json");
}

struct reply reply_written(unsigned status, char *bytes, size_t size, const struct headers *headers)
{
    struct reply reply = bytes ? reply_transient(status, bytes, size, "application/json") : reply_empty(status);
    for (unsigned i = 0; i < headers->count; i++)
        put(&reply, headers->list[i].name, headers->list[i].value);
    return reply;
}

/* ---- problems ---- */

static json_t *faults_json(const struct error *error)
{
    json_t *faults = json_array();
    for (size_t i = 0; i < error->faults_count; i++)
        json_array_append_new(
            faults, json_pack("{ss ss}", "parameter", error->faults[i].parameter, "detail", error->faults[i].detail));
    return faults;
}

/* Takes the bytes that tell it. */
static struct reply reply_failed(const struct error *error, char *bytes, size_t size, const char *media_type)
{
    const struct error_kind *kind = error_kind(error->code);
    struct reply reply = reply_transient(kind->status, bytes, size, media_type);
    if (kind->retry)
        put(&reply, MHD_HTTP_HEADER_RETRY_AFTER, "1");
    if (error->field)
        put(&reply, error->field, error->value);
    return reply;
}

struct reply reply_problem(const struct error *error)
{
    const struct error_kind *kind = error_kind(error->code);
    json_auto_t *problem = json_pack("{ss+ ss si ss}", "type", "/problems/", kind->slug, "title", kind->title, "status",
                                     (int)kind->status, "detail", error->detail);
    if (error->problems)
        json_object_set_new(problem, "errors", json_loads(error->problems, 0, NULL));
    else if (error->faults_count)
        json_object_set_new(problem, "errors", faults_json(error));
    char *text = json_dumps(problem, JSON_COMPACT);
    return reply_failed(error, text, strlen(text), "application/problem+json");
}

struct reply reply_problem_page(const struct error *error)
{
    struct buffer html = BUFFER_INIT;
    size_t size;
    page_write_problem(&html, error);
    char *bytes = buffer_detach(&html, &size);
    return reply_failed(error, bytes, size, "text/html; charset=utf-8");
}

char *reply_problem_type(const struct error_kind *kind, size_t *ret_size)
{
    json_auto_t *type = json_pack("{ss+ ss si ss}", "type", "/problems/", kind->slug, "title", kind->title, "status",
                                  (int)kind->status, "meaning", kind->meaning);
    char *text = json_dumps(type, JSON_COMPACT);
    *ret_size = strlen(text);
    return text;
}

/* ---- OPTIONS ---- */

struct reply reply_options(const char *methods)
{
    struct reply reply = reply_empty(MHD_HTTP_NO_CONTENT);
    put(&reply, MHD_HTTP_HEADER_ALLOW, methods);
    if (strstr(methods, MHD_HTTP_METHOD_PATCH))
        put(&reply, "Accept-Patch", REPLY_PATCHES);
    put(&reply, MHD_HTTP_HEADER_ACCESS_CONTROL_ALLOW_METHODS, methods);
    put(&reply, MHD_HTTP_HEADER_ACCESS_CONTROL_ALLOW_HEADERS,
        "Accept, Authorization, Cache-Control, Content-Type, Data-Version, Idempotency-Key, If-Match, "
        "If-Modified-Since, If-None-Match, Last-Event-ID, Prefer, Traceparent, Tracestate, X-Request-Id");
    put(&reply, MHD_HTTP_HEADER_ACCESS_CONTROL_MAX_AGE, "86400");
    return reply;
}
