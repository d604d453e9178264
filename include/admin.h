/* admin: what operators and their tools ask of the process, on an address of its own: /metrics, /healthz, /readyz
 *
 * It takes no token: the address has to be one that only they reach.
 */
#ifndef CLAIMD_ADMIN_H
#define CLAIMD_ADMIN_H

#include "metrics.h"

struct admin;

/* Answers on a listening socket, which is its own from now on, in a thread of its own; of the metrics of so many
 * threads, which must outlast it. NULL: no HTTP daemon can be had. */
struct admin *admin_start(int socket, const struct metrics *const metrics[], unsigned count);

/* Ends it. NULL is nothing. */
void admin_stop(struct admin *admin);

#endif
