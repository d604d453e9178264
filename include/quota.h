/* quota: how often a client may ask, and how it is told (RFC 6585, section 4, and the RateLimit header fields of
 * draft-ietf-httpapi-ratelimit-headers)
 */
#ifndef CLAIMD_QUOTA_H
#define CLAIMD_QUOTA_H

#include <stdbool.h>

#include "config.h"
#include "peer.h"
#include "rate.h"
#include "request.h"

/* Of one process; the same for all threads. */
struct quotas {
    const struct peers *trusted; /* proxies; the config's */
    bool standard;               /* they write Forwarded, not X-Forwarded-For */
    struct rate address, token;
};

/* Whether there is a limit. */
bool quotas_are_set(const struct quotas *quotas);

void quota_init(struct quotas *quotas, const struct config *config);

/* The client, as far as proxies that are trusted tell. */
struct peer quota_client(const struct request *request);

/* Takes one request off what the client may ask, and notes what every answer tells it of that; sets *error if it has
 * asked too often. */
void quota_take(struct request *request, struct error *error);

#endif
