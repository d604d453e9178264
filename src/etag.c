/* etag: validators of representations, and the preconditions that name them */
#include "etag.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "buffer.h"
#include "memory.h"

static char *put_hex(char *text, XXH64_hash_t value)
{
    for (int shift = 60; shift >= 0; shift -= 4)
        *text++ = "0123456789abcdef"[value >> shift & 0xF];
    return text;
}

void etag_of(const void *bytes, size_t size, int64_t revision, char etag[static ETAG_SIZE])
{
    XXH128_hash_t hash = XXH3_128bits(bytes, size);
    char *end = etag;
    *end++ = '"';
    end = put_hex(end, hash.high64);
    end = put_hex(end, hash.low64);
    if (revision)
        end += sprintf(end, ".%" PRId64, revision);
    memcpy(end, "\"", sizeof("\""));
}

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t,");
}

static bool is_any(const char *list)
{
    return *list == '*' && !list[1 + strspn(list + 1, " \t")];
}

/* A field that is no list of validators names none. */
bool etag_listed(const char *if_none_match, const char *etag)
{
    if (!if_none_match)
        return false;
    size_t size = strlen(etag);
    const char *next = skip_blanks(if_none_match);
    if (is_any(next))
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

/* Of "HASH.REVISION", from the first quote on. */
static bool has_revision(const char *tag, const char *end, const char **ret, size_t *ret_size)
{
    const char *dot = memchr(tag, '.', (size_t)(end - tag));
    *ret = dot ? dot + 1 : end;
    *ret_size = strspn(*ret, "0123456789");
    return *ret_size && *ret_size < 19 && *ret + *ret_size == end;
}

const char *etag_revisions(struct arena *arena, const char *if_match)
{
    _cleanup_(buffer_release) struct buffer array = BUFFER_INIT;
    const char *revision;
    size_t size;
    const char *next = skip_blanks(if_match);
    if (is_any(next))
        return "{0}";
    buffer_putc(&array, '{');
    while (*next) {
        bool weak = strncmp(next, "W/", 2) == 0;
        next += weak ? 2 : 0;
        const char *end = *next == '"' ? strchr(next + 1, '"') : NULL;
        if (!end)
            break;
        if (!weak && has_revision(next, end, &revision, &size)) {
            buffer_puts(&array, array.size > 1 ? "," : "");
            buffer_append(&array, revision, size);
        }
        next = skip_blanks(end + 1);
    }
    buffer_putc(&array, '}');
    return arena_copy(arena, array.data, array.size);
}
