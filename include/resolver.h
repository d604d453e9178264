/* resolver: the addresses of hosts, without waiting for whoever knows them
 *
 * getaddrinfo(3) waits as long as name servers let it, and libpq calls it where a connection begins: in a thread that
 * serves, all clients would wait with it. Here a thread for each name asks, each time that its addresses are wanted,
 * and what was heard last is given meanwhile. It stays known while name servers fail or do not know the name any more:
 * to try an address in vain costs less than to try none.
 */
#ifndef CLAIMD_RESOLVER_H
#define CLAIMD_RESOLVER_H

#include "arena.h"

/* The addresses of a host's name in the arena, as a comma list in the order in which they are to be tried (RFC 6724);
 * NULL: none was heard yet, and `ret_fault` is a static text that says why. They are asked for anew meanwhile. In
 * the first second after the process wants to know of any host, the first answer is waited for. Any thread. */
const char *resolver_addresses(struct arena *arena, const char *host, const char **ret_fault);

#endif
