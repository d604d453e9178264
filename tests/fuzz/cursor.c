/* cursor: keys lead back from their cursor, and what is taken for a cursor is the only one of its keys */
#include "cursor.h"

#include <stdbool.h>

#include "fuzz.h"
#include "routes.h"
#include "sealed.h"

enum { KEYS_MAX = SORT_MAX + 1 };

static const uint64_t fingerprint = UINT64_C(0x00abcdef12345678);

static void hold_decoded(struct arena *arena, const char *cursor)
{
    for (unsigned count = 1; count <= KEYS_MAX; count++) {
        const char *keys[KEYS_MAX];
        const char *fault = cursor_decode(arena, cursor, fingerprint, keys, count);
        if (fault) {
            hold_text(fault);
            continue;
        }
        for (unsigned i = 0; i < count; i++)
            hold_text(keys[i]);
        HOLDS(strcmp(cursor_encode(arena, fingerprint, keys, count), cursor) == 0);
        HOLDS(cursor_decode(arena, cursor, fingerprint ^ UINT64_C(1) << 63, keys, count));
    }
}

/* The keys of a list: a character of each is no control character, and the last one, an id, is not empty. */
static bool can_be_key(const char *text)
{
    for (const char *next = text; *next; next++)
        if ((unsigned char)*next < 0x20)
            return false;
    return utf8_valid(text, strlen(text));
}

static char *hold_encoded(struct arena *arena, const char *const *keys, unsigned count)
{
    const char *found[KEYS_MAX];
    bool good = *keys[count - 1];
    for (unsigned i = 0; i < count; i++)
        good = good && can_be_key(keys[i]);
    char *cursor = cursor_encode(arena, fingerprint, keys, count);
    if (good)
        HOLDS(!cursor_decode(arena, cursor, fingerprint, found, count));
    for (unsigned i = 0; good && i < count; i++)
        HOLDS(strcmp(found[i], keys[i]) == 0);
    return cursor;
}

/* A byte of a cursor that was given out becomes another one: it is none any more. */
static void hold_forged(struct input *input, struct arena *arena, char *cursor, unsigned count)
{
    const char *keys[KEYS_MAX];
    char *byte = cursor + input_below(input, 256) % strlen(cursor), before = *byte;
    *byte = (char)(1 + input_below(input, 255));
    HOLDS(*byte == before || cursor_decode(arena, cursor, fingerprint, keys, count));
}

/* A text that is sent as a cursor, with a seal and without, what to do to a cursor, and the keys of that cursor */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct input input = {data, size}, changes;
    char *keys[KEYS_MAX];
    unsigned count = 0;
    _cleanup_(text_release) char *sent = input_text(&input, '\n');
    arena_init(&arena);
    sealed_begin();
    changes = input;
    input_below(&input, 256), input_below(&input, 256);
    do
        keys[count++] = input_text(&input, '\n');
    while (input.size && count < KEYS_MAX);
    char *cursor = hold_encoded(&arena, (const char *const *)keys, count);
    hold_decoded(&arena, sent);
    hold_decoded(&arena, sealed(&arena, sent));
    hold_decoded(&arena, cursor);
    hold_forged(&changes, &arena, cursor, count);
    while (count)
        free(keys[--count]);
    arena_release(&arena);
    return 0;
}
