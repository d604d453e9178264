/* held: how much memory all threads hold for clients: bodies that have come, and answers that are kept or on their way
 */
#include "held.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_size_t total;

void held_add(const void *memory)
{
    atomic_fetch_add_explicit(&total, malloc_usable_size((void *)memory), memory_order_relaxed);
}

void held_free(void *memory)
{
    atomic_fetch_sub_explicit(&total, malloc_usable_size(memory), memory_order_relaxed);
    free(memory);
}

void held_change(size_t *known, size_t now)
{
    atomic_fetch_add_explicit(&total, now - *known, memory_order_relaxed);
    *known = now;
}

size_t held_total(void)
{
    return atomic_load_explicit(&total, memory_order_relaxed);
}
