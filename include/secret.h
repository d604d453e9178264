/* secret: bearer tokens, and what is kept of them
 */
#ifndef CLAIMD_SECRET_H
#define CLAIMD_SECRET_H

#include <stdbool.h>

enum {
    SECRET_SIZE = 7 + 43 + 1,       /* claimd_ and 256 random bits in base64url */
    SECRET_DIGEST_SIZE = 2 + 64 + 1 /* as PostgreSQL reads a bytea: \x and hexadecimal digits */
};

/* A new token; false if the system has no randomness. */
bool secret_make(char secret[static SECRET_SIZE]);

/* The token's SHA-256. */
void secret_digest(const char *secret, char digest[static SECRET_DIGEST_SIZE]);

/* The token in an Authorization field (RFC 6750, section 2.1), or NULL: it is of another scheme, or absent (NULL). */
const char *secret_bearer(const char *authorization);

#endif
