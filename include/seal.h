/* seal: what shows that a text was written by a service that has the key
 *
 * HMAC-SHA-256 (RFC 2104, RFC 6234), cut to its first 128 bits (RFC 2104, section 5). A thread has a key of its own, as
 * it learns it by its own connection to the database: the services of one database share it, and it outlasts each of
 * them. It is neither logged nor answered.
 */
#ifndef CLAIMD_SEAL_H
#define CLAIMD_SEAL_H

#include <stdbool.h>
#include <stddef.h>

enum { SEAL_SIZE = 16 };

/* From now on the thread seals with this key, which is copied; one longer than SHA-256's block of 64 bytes is cut. */
void seal_use(const void *key, size_t size);

/* Whether the thread has a key. */
bool seal_ready(void);

/* The text's seal. The thread must have a key. */
void seal_of(const char *text, size_t size, unsigned char seal[static SEAL_SIZE]);

/* Compares as many bytes as there are, whatever is in them, so that the time tells nothing of where two texts part. */
bool seal_same(const void *a, const void *b, size_t size);

#endif
