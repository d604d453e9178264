/* page: an answer as a web page (HTML)
 *
 * Its substance stands in it for whoever runs no script; beside that its data, from which the front end's script goes
 * on. What comes from data is escaped. Pure, but for the files that are built in.
 */
#ifndef CLAIMD_PAGE_H
#define CLAIMD_PAGE_H

#include "buffer.h"
#include "error.h"
#include "routes.h"
#include "substance.h"

/* Appends the page of a route that shows the data; takes `linked` out of the document. */
void page_write(struct buffer *html, const struct route *route, const struct page_data *data);

/* The same without data: the script fetches what is shown. */
void page_write_bare(struct buffer *html, const struct route *route);

/* The same where there is nothing to show, and why. */
void page_write_problem(struct buffer *html, const struct error *error);

#endif
