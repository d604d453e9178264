/* token: the commands that create, list and revoke tokens
 *
 * Blocking. Each returns 0, or 1 after one sentence on stderr.
 */
#ifndef CLAIMD_TOKEN_H
#define CLAIMD_TOKEN_H

/* Prints the new token, which is nowhere else. `expires` is a time, or an interval from now on, as PostgreSQL reads
 * them; NULL: never. */
int token_create(const char *url, const char *name, const char *scope, const char *expires);

/* Prints a line a token. */
int token_list(const char *url);

int token_revoke(const char *url, const char *name);

#endif
