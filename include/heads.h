/* heads: which answer the head of a request led to, so that the same head need not be read again
 *
 * A head is all that chooses an answer, byte for byte as the client sent it. Many heads can lead to one answer; those
 * that were seen last are known. One thread at a time.
 */
#ifndef CLAIMD_HEADS_H
#define CLAIMD_HEADS_H

#include <stddef.h>

#include "cache.h"

struct heads {
    struct head *places;
};

void heads_init(struct heads *heads);
void heads_release(struct heads *heads);

/* What the head led to, or NULL if that is not known any more. */
struct cache_entry *heads_find(const struct heads *heads, const char *head, size_t size);

/* From now on the head leads to the entry. A long head is not worth the memory. */
void heads_keep(struct heads *heads, const char *head, size_t size, struct cache_entry *entry);

/* No head leads to the entry any more: for cache.forget. */
void heads_forget(struct cache_entry *entry);

#endif
