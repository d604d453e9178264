/* utf8: whether bytes are text (RFC 3629), and its characters
 */
#ifndef CLAIMD_UTF8_H
#define CLAIMD_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes of the first character: no overlong form, no surrogate, nothing cut short; 0 if there is none. */
size_t utf8_decode(const char *bytes, size_t size, uint32_t *ret_point);

/* True if the bytes are UTF-8 throughout. */
bool utf8_valid(const char *bytes, size_t size);

/* How many of the bytes are left when a character at their end is taken away that is cut short. */
size_t utf8_whole(const char *bytes, size_t size);

/* Has a text be UTF-8: a byte that is none becomes a question mark. */
void utf8_mend(char *text);

/* How many characters a text has that is UTF-8. */
size_t utf8_count(const char *text);

#endif
