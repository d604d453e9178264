/* arena: memory that lives as long as one request */
#include "arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

enum { BLOCK_SIZE = 4096 };

struct arena_block {
    struct arena_block *older;
    size_t used, size;
    alignas(max_align_t) char bytes[];
};

/* In a usual block. */
enum { ROOM = BLOCK_SIZE - sizeof(struct arena_block) };

void arena_init(struct arena *arena)
{
    arena->newest = NULL;
}

void arena_release(struct arena *arena)
{
    while (arena->newest) {
        struct arena_block *block = arena->newest;
        arena->newest = block->older;
        free(block);
    }
}

void arena_clear(struct arena *arena)
{
    struct arena_block *kept = arena->newest;
    while (kept && kept->older) {
        arena->newest = kept->older;
        free(kept);
        kept = arena->newest;
    }
    if (!kept || kept->size > ROOM) {
        arena_release(arena);
        return;
    }
    memset(kept->bytes, 0, kept->used);
    kept->used = 0;
}

static struct arena_block *block_push(struct arena *arena, size_t size)
{
    size_t room = ROOM < size ? size : ROOM;
    struct arena_block *block = memory_alloc(sizeof(*block) + room);
    block->size = room;
    block->older = arena->newest;
    arena->newest = block;
    return block;
}

static size_t aligned(size_t size)
{
    return (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > PTRDIFF_MAX)
        memory_exhausted();
    struct arena_block *block = arena->newest;
    if (!block || block->size - block->used < aligned(size))
        block = block_push(arena, aligned(size));
    void *memory = block->bytes + block->used;
    block->used += aligned(size);
    return memory;
}

char *arena_copy(struct arena *arena, const char *bytes, size_t size)
{
    char *copy = arena_alloc(arena, size + 1);
    memcpy(copy, bytes, size);
    return copy;
}

/* Into what is left of the newest block, if it fits there; the bytes needed otherwise. */
static size_t format_in_place(struct arena *arena, const char *format, va_list arguments, char **ret)
{
    struct arena_block *block = arena->newest;
    size_t room = block ? block->size - block->used : 0;
    char *text = block ? block->bytes + block->used : NULL;
    size_t size = (size_t)vsnprintf(text, room, format, arguments) + 1;
    *ret = size <= room ? text : NULL;
    if (*ret)
        block->used += aligned(size) < room ? aligned(size) : room;
    else if (room) /* it stays zeroed for the next allocation */
        memset(text, 0, room);
    return size;
}

void *arena_keep(struct arena *arena, const void *bytes, size_t size)
{
    return memcpy(arena_alloc(arena, size), bytes, size);
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list arguments, again;
    char *text;
    va_start(arguments, format);
    va_copy(again, arguments);
    size_t size = format_in_place(arena, format, arguments, &text);
    if (!text) {
        text = arena_alloc(arena, size);
        vsnprintf(text, size, format, again);
    }
    va_end(again);
    va_end(arguments);
    return text;
}
