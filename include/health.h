/* health: asks the server on this machine how it is, so that a container needs no HTTP client
 */
#ifndef CLAIMD_HEALTH_H
#define CLAIMD_HEALTH_H

#include <stdbool.h>

#include "address.h"

/* The process's exit status: 0 if /healthz (or /readyz) on that address answers 200, each step within two seconds,
 * else 1 after one sentence on stderr. */
int health_check(const struct address *address, bool tls, bool ready);

#endif
