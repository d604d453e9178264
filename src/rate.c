/* rate: how often each of many may come, over all threads */
#include "rate.h"

#include <stdatomic.h>
#include <stddef.h>

/* An entry is one word, so that it changes as a whole: the upper bits of the hash, and the moment in microseconds,
 * which lasts for nine years of uptime. */
enum { TIME_BITS = 48, SET_BITS = 13, WAYS = 8 };

#define TIME_MASK ((UINT64_C(1) << TIME_BITS) - 1)

/* A set is a cache line. */
static _Alignas(64) _Atomic uint64_t table[1 << SET_BITS][WAYS];

struct rate rate_of(unsigned per_second, unsigned window_s)
{
    uint64_t interval = per_second ? UINT64_C(1000000) / per_second : 0;
    return (struct rate){per_second * window_s, window_s, interval ? interval : 1};
}

static uint64_t tag_of(uint64_t who)
{
    return who & ~TIME_MASK;
}

/* Its entry, or the one that it is to take the place of; *ret_entry is what was there. */
static _Atomic uint64_t *find(uint64_t who, uint64_t *ret_entry)
{
    _Atomic uint64_t *set = table[who & ((1 << SET_BITS) - 1)], *earliest = NULL;
    for (unsigned way = 0; way < WAYS; way++) {
        uint64_t entry = atomic_load_explicit(&set[way], memory_order_relaxed);
        bool same = entry && tag_of(entry) == tag_of(who);
        if (!same && earliest && (entry & TIME_MASK) >= (*ret_entry & TIME_MASK))
            continue;
        earliest = &set[way];
        *ret_entry = entry;
        if (same)
            break;
    }
    return earliest;
}

static unsigned seconds(uint64_t us)
{
    return (unsigned)((us + 999999) / 1000000);
}

/* `ahead_us`: how far what was had reaches beyond now, with what is asked for. */
static struct rate_state judge(const struct rate *rate, uint64_t ahead_us)
{
    uint64_t most = rate->quota * rate->interval_us;
    if (ahead_us > most) {
        uint64_t had = ahead_us - rate->interval_us;
        return (struct rate_state){false, 0, seconds(had), seconds(ahead_us - most)};
    }
    unsigned remaining = (unsigned)((most - ahead_us) / rate->interval_us);
    uint64_t wait = ahead_us + rate->interval_us > most ? ahead_us + rate->interval_us - most : 0;
    return (struct rate_state){true, remaining, seconds(ahead_us), seconds(wait)};
}

/* How far what was had reaches beyond now: by another rate that may be further than this one lets it. */
static uint64_t ahead(const struct rate *rate, uint64_t entry, uint64_t now)
{
    uint64_t due = entry & TIME_MASK, most = rate->quota * rate->interval_us;
    if (due <= now)
        return 0;
    return due - now < most ? due - now : most;
}

/* What is refused takes nothing, but an entry that this rate does not let be. */
struct rate_state rate_take(const struct rate *rate, uint64_t who, uint64_t now_us)
{
    uint64_t now = now_us & TIME_MASK, entry = 0;
    for (;;) {
        _Atomic uint64_t *place = find(who, &entry);
        uint64_t had = now + (tag_of(entry) == tag_of(who) ? ahead(rate, entry, now) : 0);
        struct rate_state state = judge(rate, had + rate->interval_us - now);
        uint64_t next = tag_of(who) | ((state.granted ? had + rate->interval_us : had) & TIME_MASK);
        if (next == entry ||
            atomic_compare_exchange_weak_explicit(place, &entry, next, memory_order_relaxed, memory_order_relaxed))
            return state;
    }
}
