/* seal: what shows that a text was written by a service that has the key */
#include "seal.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <string.h>

#include "memory.h"

static _Thread_local struct {
    unsigned char bytes[SHA256_CBLOCK];
    size_t size;
} own;

void seal_use(const void *key, size_t size)
{
    own.size = size < sizeof(own.bytes) ? size : sizeof(own.bytes);
    memcpy(own.bytes, key, own.size);
}

bool seal_ready(void)
{
    return own.size > 0;
}

void seal_of(const char *text, size_t size, unsigned char seal[static SEAL_SIZE])
{
    unsigned char whole[SHA256_DIGEST_LENGTH];
    if (!seal_ready() || !HMAC(EVP_sha256(), own.bytes, (int)own.size, (const unsigned char *)text, size, whole, NULL))
        memory_exhausted(); /* or a mistake of ours: no text goes out unsealed */
    memcpy(seal, whole, SEAL_SIZE);
}

bool seal_same(const void *a, const void *b, size_t size)
{
    return CRYPTO_memcmp(a, b, size) == 0;
}
