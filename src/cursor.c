/* cursor: where the next page of a list begins */
#include "cursor.h"

#include <inttypes.h>
#include <string.h>

#include "seal.h"
#include "utf8.h"

enum { VERSION = '3', FINGERPRINT_DIGITS = 16, KEYS_AT = 1 + FINGERPRINT_DIGITS };

enum { SEAL_DIGITS = (SEAL_SIZE * 8 + 5) / 6 };

#define SEPARATOR "\x1f" /* unit separator: no key holds it */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* FNV-1a, the end of the text included. */
uint64_t cursor_fingerprint(uint64_t seed, const char *text)
{
    do
        seed = (seed ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    while (*text++);
    return seed;
}

static char *base64_encode(struct arena *arena, const char *bytes, size_t size)
{
    char *text = arena_alloc(arena, size / 3 * 4 + 5), *next = text;
    uint32_t bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < size; i++) {
        bits = bits << 8 | (unsigned char)bytes[i];
        for (count += 8; count >= 6; count -= 6)
            *next++ = alphabet[bits >> (count - 6) & 63];
    }
    if (count)
        *next++ = alphabet[bits << (6 - count) & 63];
    return text;
}

/* NULL where the text is no base64url, not the shortest, or holds a NUL. */
static char *base64_decode(struct arena *arena, const char *text, size_t size)
{
    char *bytes = arena_alloc(arena, size * 3 / 4 + 2), *next = bytes;
    uint32_t bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < size; i++) {
        const char *found = strchr(alphabet, text[i]);
        if (!found)
            return NULL;
        bits = bits << 6 | (uint32_t)(found - alphabet);
        count += 6;
        if (count >= 8) {
            count -= 8;
            *next++ = (char)(bits >> count & 255);
        }
    }
    bool whole = count < 6 && !(bits & ((1u << count) - 1)) && strlen(bytes) == (size_t)(next - bytes);
    return whole ? bytes : NULL;
}

/* Its text, as it stands in the cursor. */
static const char *seal(struct arena *arena, const char *text, size_t size)
{
    unsigned char bytes[SEAL_SIZE];
    seal_of(text, size, bytes);
    return base64_encode(arena, (const char *)bytes, sizeof(bytes));
}

char *cursor_encode(struct arena *arena, uint64_t fingerprint, const char *const *keys, unsigned count)
{
    char *plain = arena_format(arena, "%c%016" PRIx64, VERSION, fingerprint);
    for (unsigned i = 0; i < count; i++)
        plain = arena_format(arena, "%s%s%s", plain, i ? SEPARATOR : "", keys[i]);
    const char *text = base64_encode(arena, plain, strlen(plain));
    return arena_format(arena, "%s%s", text, seal(arena, text, strlen(text)));
}

bool cursor_ready(void)
{
    return seal_ready();
}

/* False unless there are just as many keys as wanted. */
static bool split(char *text, const char **ret_keys, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        ret_keys[i] = strsep(&text, SEPARATOR);
        if (!ret_keys[i])
            return false;
    }
    return !text;
}

const char cursor_unknown[] = "This is not a cursor of this service; take it from next.";

/* Cursors of other versions have no seal, or another one: they are told apart by their first character alone. */
static bool is_of_another_version(struct arena *arena, const char *cursor)
{
    const char *plain = base64_decode(arena, cursor, strnlen(cursor, 4));
    return plain && *plain >= '1' && *plain <= '9' && *plain != VERSION;
}

static bool is_sealed(struct arena *arena, const char *cursor, size_t text_size)
{
    return strlen(cursor) == text_size + SEAL_DIGITS &&
           seal_same(cursor + text_size, seal(arena, cursor, text_size), SEAL_DIGITS);
}

const char *cursor_decode(struct arena *arena, const char *cursor, uint64_t fingerprint, const char **ret_keys,
                          unsigned count)
{
    size_t size = strlen(cursor), text_size = size > SEAL_DIGITS ? size - SEAL_DIGITS : 0;
    if (is_of_another_version(arena, cursor))
        return "The cursor was made by another version of this service; start again without it.";
    if (!is_sealed(arena, cursor, text_size))
        return cursor_unknown;
    char *plain = base64_decode(arena, cursor, text_size);
    if (!plain || strlen(plain) <= KEYS_AT || *plain != VERSION || !utf8_valid(plain, strlen(plain)))
        return cursor_unknown;
    if (strncmp(plain + 1, arena_format(arena, "%016" PRIx64, fingerprint), FINGERPRINT_DIGITS) != 0)
        return "The cursor was made for another list, other filters or another order; start again without it.";
    return split(plain + KEYS_AT, ret_keys, count) ? NULL : cursor_unknown;
}
