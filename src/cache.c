/* cache: finished answers by what chooses them, as many as fit into some bytes of memory */
#include "cache.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "memory.h"

#define HASH_FUNCTION(key, size, hash) ((hash) = (unsigned)hash_of(key, size))
#define uthash_fatal(message) memory_exhausted()
#include <uthash.h>

/* Parts of `most`: the small queue's, which is also the largest that one entry can have, and the ghosts'. */
enum { SMALL_SHARE = 10, GHOST_SHARE = 20 };

/* Uses that are counted, and those that take an entry from the small queue into the main one. */
enum { USES_MOST = 3, USES_PROVEN = 1 };

/* An entry with what only this file has to know of it. */
struct cache_slot {
    struct cache_entry entry;
    UT_hash_handle hh;
    size_t key_size;
    char key[];
};

static struct cache_slot *slot_of(struct cache_entry *entry)
{
    return container_of(entry, struct cache_slot, entry);
}

static size_t weight_of(size_t key_size, const struct document *document)
{
    return sizeof(struct cache_slot) + key_size + document_weight(document);
}

/* ---- queues ---- */

static void take_out(struct cache *cache, struct cache_entry *entry)
{
    struct cache_queue *queue = &cache->queues[entry->place];
    *(entry->newer ? &entry->newer->older : &queue->newest) = entry->older;
    *(entry->older ? &entry->older->newer : &queue->oldest) = entry->newer;
    queue->weight -= entry->weight;
    queue->count--;
}

static void put_in(struct cache *cache, struct cache_entry *entry, enum cache_place place)
{
    struct cache_queue *queue = &cache->queues[place];
    entry->place = place;
    entry->weight = weight_of(slot_of(entry)->key_size, entry->document);
    entry->newer = NULL;
    entry->older = queue->newest;
    *(queue->newest ? &queue->newest->newer : &queue->oldest) = entry;
    queue->newest = entry;
    queue->weight += entry->weight;
    queue->count++;
}

static void move(struct cache *cache, struct cache_entry *entry, enum cache_place place)
{
    take_out(cache, entry);
    put_in(cache, entry, place);
}

static void take_document(struct cache_entry *entry, struct document *document)
{
    document_unref(entry->document);
    entry->document = document;
}

/* ---- entries that go ---- */

void cache_remove(struct cache *cache, struct cache_entry *entry)
{
    struct cache_slot *slot = slot_of(entry);
    if (cache->forget)
        cache->forget(entry);
    take_out(cache, entry);
    HASH_DEL(cache->slots, slot);
    take_document(entry, NULL);
    free(slot);
}

static void make_ghost(struct cache *cache, struct cache_entry *entry)
{
    cache->evictions++;
    take_out(cache, entry);
    take_document(entry, document_remains(entry->document));
    put_in(cache, entry, CACHE_GHOST);
    while (cache->queues[CACHE_GHOST].weight > cache->most / GHOST_SHARE)
        cache_remove(cache, cache->queues[CACHE_GHOST].oldest);
}

static void evict_from_small(struct cache *cache)
{
    struct cache_entry *oldest = cache->queues[CACHE_SMALL].oldest;
    if (oldest->uses <= USES_PROVEN) {
        make_ghost(cache, oldest);
        return;
    }
    oldest->uses = 0;
    move(cache, oldest, CACHE_MAIN);
}

static void evict_from_main(struct cache *cache)
{
    struct cache_entry *oldest = cache->queues[CACHE_MAIN].oldest;
    if (!oldest->uses) {
        make_ghost(cache, oldest);
        return;
    }
    oldest->uses--;
    move(cache, oldest, CACHE_MAIN);
}

/* Each step takes an entry out, or a use from one, so that this ends. */
static void make_room(struct cache *cache)
{
    while (cache_weight(cache) > cache->most) {
        const struct cache_queue *small = &cache->queues[CACHE_SMALL];
        if (small->oldest && (small->weight > cache->most / SMALL_SHARE || !cache->queues[CACHE_MAIN].oldest))
            evict_from_small(cache);
        else if (cache->queues[CACHE_MAIN].oldest)
            evict_from_main(cache);
        else
            cache_remove(cache, cache->queues[CACHE_GHOST].oldest);
    }
}

/* ---- the whole ---- */

void cache_init(struct cache *cache, size_t most, void (*forget)(struct cache_entry *entry))
{
    *cache = (struct cache){.most = most, .forget = forget};
}

void cache_release(struct cache *cache)
{
    cache_clear(cache);
}

void cache_clear(struct cache *cache)
{
    for (int place = 0; place < CACHE_PLACES; place++)
        while (cache->queues[place].oldest)
            cache_remove(cache, cache->queues[place].oldest);
}

struct cache_entry *cache_find(struct cache *cache, const char *key, size_t size)
{
    struct cache_slot *slot;
    HASH_FIND(hh, cache->slots, key, size, slot);
    return slot ? &slot->entry : NULL;
}

void cache_use(struct cache_entry *entry)
{
    if (entry->uses < USES_MOST)
        entry->uses++;
}

static void add(struct cache *cache, const char *key, size_t size, struct document *document)
{
    struct cache_slot *slot = memory_alloc(sizeof(*slot) + size);
    memcpy(slot->key, key, size);
    slot->key_size = size;
    slot->entry.document = document_ref(document);
    HASH_ADD_KEYPTR(hh, cache->slots, slot->key, size, slot);
    put_in(cache, &slot->entry, CACHE_SMALL);
}

/* Who comes back as a ghost was pushed out too soon. */
static void replace(struct cache *cache, struct cache_entry *entry, struct document *document)
{
    take_out(cache, entry);
    take_document(entry, document_ref(document));
    put_in(cache, entry, entry->place == CACHE_GHOST ? CACHE_MAIN : entry->place);
}

static void put(struct cache *cache, const char *key, size_t size, struct document *document)
{
    struct cache_entry *entry = cache_find(cache, key, size);
    if (entry)
        replace(cache, entry, document);
    else
        add(cache, key, size, document);
    make_room(cache);
}

static bool fits(const struct cache *cache, size_t key_size, const struct document *document)
{
    return weight_of(key_size, document) <= cache->most / SMALL_SHARE;
}

static void put_remains(struct cache *cache, const char *key, size_t size, const struct document *document)
{
    struct document *remains = document_remains(document);
    struct cache_entry *older = cache_find(cache, key, size);
    if (fits(cache, size, remains))
        put(cache, key, size, remains);
    else if (older)
        cache_remove(cache, older);
    document_unref(remains);
}

void cache_put(struct cache *cache, const char *key, size_t size, struct document *document)
{
    if (fits(cache, size, document))
        put(cache, key, size, document);
    else
        put_remains(cache, key, size, document);
}

size_t cache_weight(const struct cache *cache)
{
    size_t weight = 0;
    for (int place = 0; place < CACHE_PLACES; place++)
        weight += cache->queues[place].weight;
    return weight;
}

unsigned cache_count(const struct cache *cache)
{
    unsigned count = 0;
    for (int place = 0; place < CACHE_PLACES; place++)
        count += cache->queues[place].count;
    return count;
}
