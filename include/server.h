/* server: N threads that share nothing, each with its own HTTP daemon, loop and database connection
 */
#ifndef CLAIMD_SERVER_H
#define CLAIMD_SERVER_H

#include "config.h"

/* Serves until SIGINT or SIGTERM, then stops accepting, finishes what is under way, and returns the process's exit
 * status: 0, 1 for a failure, 2 for an address that cannot be had. Blocks those signals in the calling thread. */
int server_run(const struct config *config);

#endif
