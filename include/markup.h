/* markup: XML (XML 1.0) or HTML written into a buffer, the same bytes in every locale
 */
#ifndef CLAIMD_MARKUP_H
#define CLAIMD_MARKUP_H

#include "buffer.h"

/* Appends markup with values in it, as printf() does but for what the directives mean:
 *   %s %.*s  UTF-8 text, escaped for content and for attributes in either kind of quotes; white space becomes spaces,
 *            and what XML cannot hold U+FFFD
 *   %f       a number with two decimal places at most
 *   %d       a whole number
 * There are no others. What stands between them is written as it is. */
void markup_print(struct buffer *markup, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
