/* hash: hashes of byte strings that nobody outside of the process can foresee */
#include "hash.h"

#include <sys/random.h>
#include <time.h>
#include <xxhash.h>

static uint64_t secret;

void hash_init(void)
{
    if (getrandom(&secret, sizeof(secret), 0) != sizeof(secret))
        secret = (uint64_t)time(NULL) ^ (uint64_t)(uintptr_t)&secret;
}

uint64_t hash_of(const void *bytes, size_t size)
{
    return XXH3_64bits_withSeed(bytes, size, secret);
}
