/* substance: what a web page shows to whoever runs no script
 *
 * Facts of one thing, a table of several, a picture and sentences of a comparison; in HTML. What comes from data is
 * escaped. Pure.
 */
#ifndef CLAIMD_SUBSTANCE_H
#define CLAIMD_SUBSTANCE_H

#include <jansson.h>

#include "buffer.h"
#include "routes.h"

/* An answer that is shown. Targets are percent-encoded. */
struct page_data {
    json_t *document;   /* as the API answers it; a member `linked` is its JSON-LD */
    const char *target; /* of the API, that answers so */
    const char *path;   /* of the page itself, without what it is asked */
    const char *next;   /* the page behind this one of a list, or NULL */
};

/* Appends what a page of that route shows. */
void substance_write(struct buffer *html, const struct route *page, const struct page_data *data);

/* What a thing is called; "" if nothing. */
const char *substance_title(const json_t *document);

/* What stands before an id in the address of a thing that such a page shows. */
const char *substance_address(const struct route *page);

/* Appends the target that answers with the same data in another form. */
void substance_put_target(struct buffer *html, const struct page_data *data, const char *format);

#endif
