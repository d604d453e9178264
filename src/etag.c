/* etag: validators of representations, and the preconditions that name them */
#include "etag.h"

#include <string.h>
#include <xxhash.h>

static char *put_hex(char *text, XXH64_hash_t value)
{
    for (int shift = 60; shift >= 0; shift -= 4)
        *text++ = "0123456789abcdef"[value >> shift & 0xF];
    return text;
}

void etag_of(const void *bytes, size_t size, char etag[static ETAG_SIZE])
{
    XXH128_hash_t hash = XXH3_128bits(bytes, size);
    char *end = etag;
    *end++ = '"';
    end = put_hex(end, hash.high64);
    end = put_hex(end, hash.low64);
    memcpy(end, "\"", sizeof("\""));
}

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t,");
}

/* A field that is no list of validators names none. */
bool etag_listed(const char *if_none_match, const char *etag)
{
    if (!if_none_match)
        return false;
    size_t size = strlen(etag);
    const char *next = skip_blanks(if_none_match);
    if (*next == '*' && !next[1 + strspn(next + 1, " \t")])
        return true;
    while (*next) {
        if (strncmp(next, "W/", 2) == 0)
            next += 2;
        const char *end = *next == '"' ? strchr(next + 1, '"') : NULL;
        if (!end)
            return false;
        if ((size_t)(end + 1 - next) == size && memcmp(next, etag, size) == 0)
            return true;
        next = skip_blanks(end + 1);
    }
    return false;
}
