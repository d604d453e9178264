/* tls: the certificate that the server shows, and the key that belongs to it (GnuTLS)
 *
 * Which one a thread shows in handshakes is its own affair, and may change between any two. A handshake may take its
 * time and keeps what it began with, so that a certificate stays until tls_release(), long after it was shown last.
 */
#ifndef CLAIMD_TLS_H
#define CLAIMD_TLS_H

#include <stdbool.h>

struct tls;

enum { TLS_FAULT = 1000 };

/* Reads both files (PEM, the server's certificate first and behind it those that lead to a root). `priorities` are
 * GnuTLS', NULL: the usual ones. NULL with a sentence in `fault` if the files cannot be read, or are no such things, or
 * do not belong together, or there are no such priorities. */
struct tls *tls_read(const char *certificate, const char *key, const char *priorities, char fault[static TLS_FAULT]);
void tls_release(struct tls *tls);

/* Whether both are the same certificates and key. */
bool tls_same(const struct tls *a, const struct tls *b);

/* Seconds since 1970 at which the server's own certificate ends. */
long long tls_ends(const struct tls *tls);

/* What is spoken; never below TLS 1.2. */
const char *tls_priorities(const struct tls *tls);

/* From now on this thread shows it. */
void tls_show(const struct tls *tls);

/* For gnutls_certificate_set_retrieve_function3(), and really of its type: GnuTLS' header names a tag that is ours. */
typedef void (*tls_function)(void);
extern const tls_function tls_retrieve;

#endif
