/* server: N threads that share nothing, each with its own HTTP daemon, loop and database connection
 */
#ifndef CLAIMD_SERVER_H
#define CLAIMD_SERVER_H

#include "config.h"

/* Serves until SIGINT or SIGTERM, then stops accepting, finishes what is under way, and returns the process's exit
 * status: 0, 1 for a failure, 2 for an address that cannot be had. At SIGHUP it reads anew what the command line tells,
 * and does what has changed, as far as that can change (see the table of settings). Blocks those signals in the calling
 * thread. Takes over what is the config's own. */
int server_run(const struct config *config, int argc, char *const argv[]);

#endif
