/* gauges: how one thread stands, told to its metrics twice a second
 */
#ifndef CLAIMD_GAUGES_H
#define CLAIMD_GAUGES_H

#include "client.h"
#include "config.h"
#include "service.h"

/* What never changes. */
void gauges_begin(const struct service *service, const struct config *config);

/* What does. By the thread itself, from time to time: a request costs nothing for it. */
void gauges_tell(const struct service *service, const struct clients *clients);

/* The thread has ended: it has nothing any more. */
void gauges_end(const struct service *service);

#endif
