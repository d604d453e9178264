/* validators: which ETag an answer had, as long as the data are what they were */
#include "validators.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "memory.h"

enum { PLACES = 4096 };

void validators_init(struct validators *validators, uint64_t seed)
{
    *validators = (struct validators){memory_alloc(PLACES * sizeof(struct validator)), seed};
}

void validators_release(struct validators *validators)
{
    free(validators->places);
}

struct validators_key validators_key(const struct validators *validators, const char *const *texts, size_t count)
{
    struct validators_key key = {validators->seed, 0};
    for (size_t i = 0; i < count; i++) {
        XXH128_hash_t hash = XXH3_128bits_withSeed(texts[i], strlen(texts[i]) + 1, key.high ^ key.low);
        key = (struct validators_key){hash.high64, hash.low64};
    }
    return key;
}

static struct validator *place_of(const struct validators *validators, struct validators_key key)
{
    return &validators->places[key.low % PLACES];
}

void validators_keep(struct validators *validators, const struct validator *validator)
{
    *place_of(validators, validator->key) = *validator;
}

const struct validator *validators_find(const struct validators *validators, struct validators_key key,
                                        uint64_t version)
{
    const struct validator *place = place_of(validators, key);
    bool same = place->key.high == key.high && place->key.low == key.low && place->version == version;
    return version && same ? place : NULL;
}
