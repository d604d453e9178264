/* utf8: whether bytes are text (RFC 3629)
 */
#ifndef CLAIMD_UTF8_H
#define CLAIMD_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* True if the bytes are UTF-8: no overlong forms, no surrogates, nothing cut short. */
bool utf8_valid(const char *bytes, size_t size);

#endif
