/* peer: who is at the other end of a connection, and for whom a proxy speaks
 *
 * What a header field says of the client is believed of proxies alone that are trusted, and only as far as these wrote
 * it: from the right, where the nearest wrote, to the first address that is no trusted proxy's. Whatever stands left of
 * that the client may have made up.
 */
#ifndef CLAIMD_PEER_H
#define CLAIMD_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* An IPv6 address, or an IPv4 one mapped into IPv6 (RFC 4291, section 2.5.5.2); one on this machine, by a unix socket,
 * has none. */
struct peer {
    unsigned char bytes[16];
    bool local;
};

enum { PEER_TEXT_SIZE = 48 };

struct peer peer_of(const struct sockaddr *address);

/* Reads an address of `size` characters, which may have a port behind it, and brackets around it if it is IPv6. */
bool peer_read(const char *text, size_t size, struct peer *ret);

/* As in a log; "unix" for one on this machine. */
void peer_write(const struct peer *peer, char text[static PEER_TEXT_SIZE]);

/* The same number for all that is counted as one client: who has an IPv6 address has 2^64 of them (RFC 6177), and
 * who comes by NAT64 is whoever has that IPv4 address; for what is believed of a proxy it is no other's. Nobody outside
 * of the process can foresee it. */
uint64_t peer_hash(const struct peer *peer);

enum { PEERS_MAX = 64 };

/* Networks, each as its first bits. */
struct peers {
    struct {
        unsigned char bytes[16];
        unsigned bits;
    } list[PEERS_MAX];
    unsigned count;
    bool local; /* whoever comes by a unix socket, too */
};

/* Reads addresses, networks such as 10.0.0.0/8, and "unix", separated by commas. */
bool peers_read(const char *text, struct peers *ret);

bool peers_have(const struct peers *peers, const struct peer *peer);

/* The client that `nearest` speaks for, if that is one of `trusted`, by an X-Forwarded-For, or a Forwarded (RFC 7239)
 * if it is the `standard` one; NULL: there is none. What cannot be read ends the way there: the last proxy known is
 * taken for the client. */
struct peer peers_client(const struct peers *trusted, const struct peer *nearest, const char *field, bool standard);

#endif
