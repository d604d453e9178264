/* tally: how many there are of each of many, over all threads */
#include "tally.h"

#include <stdatomic.h>

enum { BITS = 16 };

static atomic_uint low[1 << BITS], high[1 << BITS];

static atomic_uint *low_of(uint64_t who)
{
    return &low[who & ((1 << BITS) - 1)];
}

static atomic_uint *high_of(uint64_t who)
{
    return &high[who >> (64 - BITS)];
}

void tally_add(uint64_t who)
{
    atomic_fetch_add_explicit(low_of(who), 1, memory_order_relaxed);
    atomic_fetch_add_explicit(high_of(who), 1, memory_order_relaxed);
}

void tally_remove(uint64_t who)
{
    atomic_fetch_sub_explicit(low_of(who), 1, memory_order_relaxed);
    atomic_fetch_sub_explicit(high_of(who), 1, memory_order_relaxed);
}

unsigned tally_count(uint64_t who)
{
    unsigned one = atomic_load_explicit(low_of(who), memory_order_relaxed);
    unsigned other = atomic_load_explicit(high_of(who), memory_order_relaxed);
    return one < other ? one : other;
}
