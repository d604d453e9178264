/* arena: memory that lives as long as one request
 *
 * Allocations are taken from blocks and given back all at once by arena_release(). One thread at a time.
 */
#ifndef CLAIMD_ARENA_H
#define CLAIMD_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *newest; /* the block that allocations come from; NULL at first */
};

void arena_init(struct arena *arena);
void arena_release(struct arena *arena);

/* The same, but a block stays for the next allocations, unless it is one that was made for a large one. */
void arena_clear(struct arena *arena);

/* Zeroed, aligned for any type; owned by the arena; never NULL (see memory.h). */
void *arena_alloc(struct arena *arena, size_t size);

/* A copy of `size` bytes with a NUL behind them. */
char *arena_copy(struct arena *arena, const char *bytes, size_t size);

/* A copy of `size` bytes of any kind, aligned for any type. */
void *arena_keep(struct arena *arena, const void *bytes, size_t size);

char *arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
