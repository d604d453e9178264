/* secret: bearer tokens, and what is kept of them */
#include "secret.h"

#include <openssl/sha.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "memory.h"

static const char prefix[] = "claimd_";

bool secret_make(char secret[static SECRET_SIZE])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint8_t random[SECRET_SIZE - sizeof(prefix)];
    if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
        return false;
    char *end = stpcpy(secret, prefix);
    for (size_t i = 0; i < sizeof(random); i++)
        *end++ = digits[random[i] & 63];
    *end = 0;
    return true;
}

void secret_digest(const char *secret, char digest[static SECRET_DIGEST_SIZE])
{
    unsigned char bytes[SHA256_DIGEST_LENGTH];
    memory_made(SHA256((const unsigned char *)secret, strlen(secret), bytes));
    char *end = stpcpy(digest, "\\x");
    for (size_t i = 0; i < sizeof(bytes); i++)
        end += sprintf(end, "%02x", bytes[i]);
}

const char *secret_bearer(const char *authorization)
{
    static const char scheme[] = "Bearer ";
    if (!authorization || strncasecmp(authorization, scheme, strlen(scheme)) != 0)
        return NULL;
    const char *secret = authorization + strlen(scheme);
    return secret + strspn(secret, " ");
}
