/* url: percent-encoding (RFC 3986, section 2.1; form encoding as in the URL Standard, section 5)
 */
#ifndef CLAIMD_URL_H
#define CLAIMD_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "buffer.h"

/* What is wrong with an encoded text, in words for the client; URL_FINE is none. */
#define URL_FINE ((const char *)NULL)

/* Decodes `size` bytes into a NUL-terminated UTF-8 text of the arena. `form` reads '+' as a space. Refuses broken
 * escapes, NUL and other ASCII control characters, and what is not UTF-8 (RFC 3629). */
const char *url_decode(struct arena *arena, const char *encoded, size_t size, bool form, const char **ret_text);

/* Appends the text with everything but unreserved characters and commas escaped. */
void url_encode(struct buffer *buffer, const char *text);

#endif
