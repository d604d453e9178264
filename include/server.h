/* server: N threads that share nothing, each with its own HTTP daemon, loop and database connection
 */
#ifndef CLAIMD_SERVER_H
#define CLAIMD_SERVER_H

#include "config.h"

/* The process's exit statuses, which those of all other commands are like. Before it serves, SIGINT and SIGTERM end it
 * with 128 and their number, as a shell has it. */
enum {
    SERVER_STOPPED = 0,       /* in good order, as it was told to */
    SERVER_FAILED = 1,        /* the system or the database lacks something: the same may succeed another time */
    SERVER_MISCONFIGURED = 2, /* settings, an address, a user or a certificate cannot be used */
};

/* Serves until SIGINT or SIGTERM, then stops accepting, finishes what is under way, and returns the process's exit
 * status. At SIGHUP it reads anew what the command line tells,
 * and does what has changed, as far as that can change (see the table of settings). Blocks those signals in the calling
 * thread. Takes over what is the config's own. */
int server_run(const struct config *config, int argc, char *const argv[]);

#endif
