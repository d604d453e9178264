/* heads: which answer the head of a request led to, so that the same head need not be read again */
#include "heads.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "memory.h"

/* A head has its place among a few, so that two of them rarely push each other out. */
enum { SETS = 1024, WAYS = 4, SIZE_MOST = 1024 };

struct head {
    uint64_t hash;
    char *bytes;
    size_t size;
    struct cache_entry *entry;     /* NULL: the place is free */
    struct head *next, **previous; /* of the entry's heads */
};

void heads_init(struct heads *heads)
{
    heads->places = memory_alloc((size_t)SETS * WAYS * sizeof(*heads->places));
}

static void unlink_head(struct head *head)
{
    *head->previous = head->next;
    if (head->next)
        head->next->previous = head->previous;
    head->entry = NULL;
}

void heads_release(struct heads *heads)
{
    for (size_t i = 0; i < (size_t)SETS * WAYS; i++) {
        if (heads->places[i].entry)
            unlink_head(&heads->places[i]);
        free(heads->places[i].bytes);
    }
    free(heads->places);
}

static struct head *set_of(const struct heads *heads, uint64_t hash)
{
    return &heads->places[hash % SETS * WAYS];
}

static struct head *find(const struct heads *heads, uint64_t hash, const char *bytes, size_t size)
{
    struct head *set = set_of(heads, hash);
    for (int way = 0; way < WAYS; way++)
        if (set[way].entry && set[way].hash == hash && set[way].size == size &&
            memcmp(set[way].bytes, bytes, size) == 0)
            return &set[way];
    return NULL;
}

struct cache_entry *heads_find(const struct heads *heads, const char *head, size_t size)
{
    const struct head *found = find(heads, hash_of(head, size), head, size);
    return found ? found->entry : NULL;
}

/* The head's own place, a free one, or, by turns that the hash takes, one that is taken from another head. */
static struct head *place_for(const struct heads *heads, uint64_t hash, const char *bytes, size_t size)
{
    struct head *place = find(heads, hash, bytes, size), *set = set_of(heads, hash);
    for (int way = 0; !place && way < WAYS; way++)
        if (!set[way].entry)
            place = &set[way];
    return place ? place : &set[hash / SETS % WAYS];
}

void heads_keep(struct heads *heads, const char *head, size_t size, struct cache_entry *entry)
{
    if (size > SIZE_MOST)
        return;
    uint64_t hash = hash_of(head, size);
    struct head *place = place_for(heads, hash, head, size);
    char *bytes = memory_alloc(size);
    memcpy(bytes, head, size);
    if (place->entry)
        unlink_head(place);
    free(place->bytes);
    *place = (struct head){.hash = hash, .bytes = bytes, .size = size, .entry = entry};
    place->next = entry->heads;
    place->previous = &entry->heads;
    if (place->next)
        place->next->previous = &place->next;
    entry->heads = place;
}

void heads_forget(struct cache_entry *entry)
{
    while (entry->heads) {
        struct head *head = entry->heads;
        unlink_head(head);
        free(head->bytes);
        head->bytes = NULL;
    }
}
