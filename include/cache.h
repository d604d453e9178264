/* cache: finished answers by what chooses them, as many as fit into some bytes of memory
 *
 * By S3-FIFO (Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023): an answer that nobody asks
 * for again passes through a small queue and pushes nothing else out, so that a walk through a long list leaves what is
 * asked for often where it is. Of an answer that is pushed out its validator stays for a while: it tells who has the
 * answer that it still holds, and who asks again is known to have asked before.
 *
 * Whether an answer is still right is for the caller to judge. One thread at a time.
 */
#ifndef CLAIMD_CACHE_H
#define CLAIMD_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "document.h"

struct cache_entry;
struct cache_slot;

/* Entries in the order in which they came. */
struct cache_queue {
    struct cache_entry *newest, *oldest;
    size_t weight; /* bytes of memory */
    unsigned count;
};

enum cache_place { CACHE_SMALL, CACHE_MAIN, CACHE_GHOST, CACHE_PLACES };

struct cache {
    size_t most;              /* bytes of memory that entries take at most */
    struct cache_slot *slots; /* by key */
    struct cache_queue queues[CACHE_PLACES];
    uint64_t evictions; /* of answers, to make room */

    /* An entry is about to go. NULL: nobody wants to know. */
    void (*forget)(struct cache_entry *entry);
};

struct head;

/* What is kept of one answer; lives until `forget`. */
struct cache_entry {
    struct document *document; /* borrowed; without its bytes where they were pushed out */
    struct head *heads;        /* the heads of requests that lead here: see heads.h */

    /* private: see cache.c */
    enum cache_place place;
    unsigned char uses;
    size_t weight;
    struct cache_entry *newer, *older;
};

/* No answer is kept where `most` is 0. */
void cache_init(struct cache *cache, size_t most, void (*forget)(struct cache_entry *entry));
void cache_release(struct cache *cache);

/* Forgets all of them, which is no eviction; evictions are counted on. */
void cache_clear(struct cache *cache);

/* NULL if nothing is known of the answer. */
struct cache_entry *cache_find(struct cache *cache, const char *key, size_t size);

/* The entry's answer was of use. */
void cache_use(struct cache_entry *entry);

/* Keeps the answer, in place of an older one of that key; of one that is too large, its validator. Takes a reference of
 * its own. */
void cache_put(struct cache *cache, const char *key, size_t size, struct document *document);

/* Nothing is known of the answer any more. */
void cache_remove(struct cache *cache, struct cache_entry *entry);

/* Bytes of memory that all entries take, about. */
size_t cache_weight(const struct cache *cache);

/* How many entries there are. */
unsigned cache_count(const struct cache *cache);

#endif
