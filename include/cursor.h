/* cursor: where the next page of a list begins
 *
 * Opaque to clients: base64url (RFC 4648, section 5, unpadded) of a version, a fingerprint of the list with its filters
 * and its order, and the sort keys of the last row shown; behind it the seal of that text (see seal.h), in base64url,
 * too. So what is no cursor of a service of this database, or was changed on its way, is refused before anything in it
 * is looked at. The fingerprint keeps a cursor from being taken to another list.
 */
#ifndef CLAIMD_CURSOR_H
#define CLAIMD_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

/* Fingerprint of texts taken one after the other: start with CURSOR_SEED. */
#define CURSOR_SEED UINT64_C(0xcbf29ce484222325)
uint64_t cursor_fingerprint(uint64_t seed, const char *text);

/* No key may hold a control character. The thread must have a key to seal with. */
char *cursor_encode(struct arena *arena, uint64_t fingerprint, const char *const *keys, unsigned count);

/* In words for the client: the text is no cursor that this service gave out. */
extern const char cursor_unknown[];

/* Whether cursors can be read and written just now: a key is there. */
bool cursor_ready(void);

/* NULL and `count` keys in the arena, as UTF-8 though not necessarily of their types; otherwise what is wrong, in words
 * for the client. */
const char *cursor_decode(struct arena *arena, const char *cursor, uint64_t fingerprint, const char **ret_keys,
                          unsigned count);

#endif
