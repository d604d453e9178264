/* sealed: what only a service with the key could write */
#ifndef CLAIMD_TEST_SEALED_H
#define CLAIMD_TEST_SEALED_H

#include <string.h>

#include "arena.h"
#include "seal.h"

static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* For the thread that calls it. */
static inline void sealed_begin(void)
{
    seal_use("a key of thirty-two bytes or so..", 32);
}

/* The text with its seal, as base64url of 16 bytes. */
static inline const char *sealed(struct arena *arena, const char *text)
{
    unsigned char seal[SEAL_SIZE];
    char digits[23] = "";
    seal_of(text, strlen(text), seal);
    for (unsigned i = 0; i < 22; i++) {
        unsigned bit = i * 6, pair = seal[bit / 8] << 8u | (bit / 8 + 1 < SEAL_SIZE ? seal[bit / 8 + 1] : 0u);
        digits[i] = base64url[pair >> (10 - bit % 8) & 63u];
    }
    return arena_format(arena, "%s%s", text, digits);
}

#endif
