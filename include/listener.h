/* listener: the sockets that the threads accept on, all on one address (SO_REUSEPORT)
 */
#ifndef CLAIMD_LISTENER_H
#define CLAIMD_LISTENER_H

#include <stdbool.h>

/* Opens `count` non-blocking listening sockets on host:port, port 0 being any free one; `address` gets what it is.
 * False after one sentence on stderr, with nothing left open. The caller closes the sockets. */
bool listener_open(const char *host, const char *port, unsigned count, int sockets[], char address[static 300]);

#endif
