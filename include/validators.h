/* validators: which ETag an answer had, as long as the data are what they were
 *
 * A request that names the ETag of the answer that it would get needs no query. What is remembered is bounded: of the
 * answers that fall into one place the last stays. One thread at a time.
 */
#ifndef CLAIMD_VALIDATORS_H
#define CLAIMD_VALIDATORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "etag.h"

struct validators {
    struct validator *places;
    uint64_t seed; /* random: nobody can look for two answers that are taken for one */
};

/* Which answer it is. */
struct validators_key {
    uint64_t high, low;
};

void validators_init(struct validators *validators, uint64_t seed);
void validators_release(struct validators *validators);

/* Of the texts that choose an answer; none is NULL. */
struct validators_key validators_key(const struct validators *validators, const char *const *texts, size_t count);

/* What an answer had while the data were at `version`. */
struct validator {
    struct validators_key key;
    uint64_t version; /* not 0 */
    char etag[ETAG_SIZE];
    size_t size;
};

void validators_keep(struct validators *validators, const struct validator *validator);

/* That of the answer with this version of the data (0: none is known), or NULL. */
const struct validator *validators_find(const struct validators *validators, struct validators_key key,
                                        uint64_t version);

#endif
