/* document: a finished answer: the bytes of one form in one coding, and what is said of them to everybody
 *
 * References are counted; the document goes with the last one. A document is made once and sent often: its shared
 * responses cost libmicrohttpd nothing but the sending. One thread at a time.
 */
#ifndef CLAIMD_DOCUMENT_H
#define CLAIMD_DOCUMENT_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "etag.h"
#include "headers.h"
#include "position.h"

struct route;

/* The bytes of a document. */
struct document_bytes {
    char *bytes; /* NULL: there are none */
    size_t size;
    bool borrowed; /* they live as long as the program, instead of being the document's to free() */
};

struct document {
    const char *bytes; /* NULL: gone; what is left can only tell who has them that they still hold */
    size_t size;
    char etag[ETAG_SIZE];
    int64_t modified;          /* second since 1970 from which on it is as it is; 0: not known */
    uint64_t version;          /* of the data that it was made from */
    uint64_t right_at;         /* loop_now() at which those were the database's */
    struct position position;  /* that these hold; not known: none in particular */
    const struct route *route; /* that it answers; the maker's to set */

    /* private */
    unsigned references;
    bool borrowed;
    char *fields; /* name, NUL, value, NUL, for each header field, those of a whole answer alone last */
    size_t fields_size, fields_count, always_size, always_count;
    struct MHD_Response *whole, *unchanged; /* made when they are needed first */
};

/* Takes the bytes and copies the header fields, to which it adds the ETag of the bytes and the revision (see etag.h)
 * and, unless `modified` is 0, Last-Modified. The caller has the first reference. */
struct document *document_new(const struct document_bytes *bytes, int64_t revision, int64_t modified,
                              const struct headers *headers);

/* The same document without its bytes, with one reference: good for document_unchanged() alone. */
struct document *document_remains(const struct document *document);

struct document *document_ref(struct document *document);
void document_unref(struct document *document); /* NULL is nothing */

/* Whether the client has these bytes already. An ETag that it names decides alone (RFC 9110, section 13.2.2); a field
 * that it does not send is NULL. */
bool document_is_known(const struct document *document, const char *if_none_match, const char *if_modified_since);

/* The document for everybody, 200, and that it is unchanged, 304; the document's own: not to be changed or destroyed.
 */
struct MHD_Response *document_whole(struct document *document);
struct MHD_Response *document_unchanged(struct document *document);

/* The same for one client, who is told more: the caller's to add header fields to, and to destroy. */
struct MHD_Response *document_respond(struct document *document, unsigned status);

/* Bytes of the header fields that document_whole() has. */
size_t document_head_size(const struct document *document);

/* Bytes of memory that it and a shared response take, about; borrowed bytes do not count. */
size_t document_weight(const struct document *document);

/* Gives a header field to a response, which copies it. Without memory the process ends: an answer that lacks one would
 * be another. */
void document_tell(struct MHD_Response *response, const char *name, const char *value);

#endif
