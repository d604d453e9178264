/* document: a finished answer: the bytes of one form in one coding, and what is said of them to everybody */
#include "document.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "held.h"
#include "httpdate.h"
#include "memory.h"

/* What libmicrohttpd keeps for a field beside its texts, and for a response beside its fields. */
enum { FIELD_OVERHEAD = 112, RESPONSE_OVERHEAD = 256 };

/* ---- life ---- */

static void put_field(struct buffer *fields, const char *name, const char *value)
{
    buffer_append(fields, name, strlen(name) + 1);
    buffer_append(fields, value, strlen(value) + 1);
}

/* Those of a whole answer alone, or those of every one; how many there are. */
static size_t put_fields(struct buffer *fields, const struct headers *headers, bool whole)
{
    size_t count = 0;
    for (unsigned i = 0; i < headers->count; i++) {
        if (headers->list[i].whole != whole)
            continue;
        put_field(fields, headers->list[i].name, headers->list[i].value);
        count++;
    }
    return count;
}

static void write_fields(struct document *document, const struct headers *headers)
{
    struct buffer fields = BUFFER_INIT;
    char date[HTTPDATE_SIZE];
    document->always_count = put_fields(&fields, headers, false) + 1 + !!document->modified;
    put_field(&fields, MHD_HTTP_HEADER_ETAG, document->etag);
    if (document->modified) {
        httpdate_format(document->modified, date);
        put_field(&fields, MHD_HTTP_HEADER_LAST_MODIFIED, date);
    }
    document->always_size = fields.size;
    document->fields_count = document->always_count + put_fields(&fields, headers, true);
    document->fields = buffer_detach(&fields, &document->fields_size);
    document->fields = memory_resize(document->fields, document->fields_size);
}

struct document *document_new(const struct document_bytes *bytes, int64_t revision, int64_t modified,
                              const struct headers *headers)
{
    struct document *document = memory_alloc(sizeof(*document));
    document->references = 1;
    document->bytes = bytes->bytes ? bytes->bytes : "";
    document->size = bytes->size;
    document->borrowed = bytes->borrowed || !bytes->bytes;
    if (!document->borrowed)
        held_add(document->bytes);
    document->modified = modified;
    etag_of(document->bytes, document->size, revision, document->etag);
    write_fields(document, headers);
    return document;
}

struct document *document_remains(const struct document *document)
{
    struct document *remains = memory_alloc(sizeof(*remains));
    *remains = *document;
    remains->references = 1;
    remains->bytes = NULL;
    remains->fields_size = document->always_size;
    remains->fields_count = document->always_count;
    remains->fields = memory_alloc(remains->fields_size);
    memcpy(remains->fields, document->fields, remains->fields_size);
    remains->whole = remains->unchanged = NULL;
    return remains;
}

struct document *document_ref(struct document *document)
{
    document->references++;
    return document;
}

void document_unref(struct document *document)
{
    if (!document || --document->references)
        return;
    if (document->whole) /* it has the bytes, and may be on its way still */
        MHD_destroy_response(document->whole);
    else if (!document->borrowed)
        held_free((char *)document->bytes);
    if (document->unchanged)
        MHD_destroy_response(document->unchanged);
    free(document->fields);
    free(document);
}

/* On the way there are as many bytes between and behind the texts of a field as there are NULs here, and two more. */
size_t document_head_size(const struct document *document)
{
    return document->fields_size + 2 * document->fields_count;
}

size_t document_weight(const struct document *document)
{
    size_t response = RESPONSE_OVERHEAD + document->fields_size + document->fields_count * FIELD_OVERHEAD;
    size_t bytes = document->bytes && !document->borrowed ? document->size : 0;
    return sizeof(*document) + document->fields_size + response + bytes;
}

/* ---- preconditions ---- */

bool document_is_known(const struct document *document, const char *if_none_match, const char *if_modified_since)
{
    if (if_none_match)
        return etag_listed(if_none_match, document->etag);
    return if_modified_since && document->modified && httpdate_parse(if_modified_since) >= document->modified;
}

/* ---- responses ---- */

void document_tell(struct MHD_Response *response, const char *name, const char *value)
{
    errno = 0;
    if (MHD_add_response_header(response, name, value) != MHD_YES && errno == ENOMEM)
        memory_exhausted();
}

static struct MHD_Response *with_fields(struct MHD_Response *response, const struct document *document, size_t size)
{
    for (const char *name = document->fields; name < document->fields + size;) {
        const char *value = name + strlen(name) + 1;
        document_tell(response, name, value);
        name = value + strlen(value) + 1;
    }
    return response;
}

/* Nobody reads the body of a 304. */
/* NOLINTNEXTLINE(readability-non-const-parameter): the type is libmicrohttpd's */
static ssize_t read_nothing(void *context, uint64_t position, char *space, size_t size)
{
    (void)context, (void)position, (void)space, (void)size;
    return MHD_CONTENT_READER_END_WITH_ERROR;
}

/* It tells the document's size, as any other would be wrong (RFC 9110, section 8.6). */
static struct MHD_Response *make_unchanged(const struct document *document)
{
    struct MHD_Response *response =
        memory_made(MHD_create_response_from_callback(document->size, 1, read_nothing, NULL, NULL));
    return with_fields(response, document, document->always_size);
}

/* The bytes are with libmicrohttpd as long as somebody takes them. */
static struct MHD_Response *make_whole(const struct document *document)
{
    return memory_made(
        document->borrowed
            ? MHD_create_response_from_buffer(document->size, (char *)document->bytes, MHD_RESPMEM_PERSISTENT)
            : MHD_create_response_from_buffer_with_free_callback(document->size, (char *)document->bytes, held_free));
}

struct MHD_Response *document_whole(struct document *document)
{
    if (!document->whole)
        document->whole = with_fields(make_whole(document), document, document->fields_size);
    return document->whole;
}

struct MHD_Response *document_unchanged(struct document *document)
{
    if (!document->unchanged)
        document->unchanged = make_unchanged(document);
    return document->unchanged;
}

static void release(void *document)
{
    document_unref(document);
}

struct MHD_Response *document_respond(struct document *document, unsigned status)
{
    if (status == MHD_HTTP_NOT_MODIFIED)
        return make_unchanged(document);
    return with_fields(memory_made(MHD_create_response_from_buffer_with_free_callback_cls(
                           document->size, (char *)document->bytes, release, document_ref(document))),
                       document, document->fields_size);
}
