/* quota: how often a client may ask, and how it is told */
#include "quota.h"

#include <string.h>

#include "hash.h"
#include "loop.h"
#include "secret.h"

void quota_init(struct quotas *quotas, const struct config *config)
{
    *quotas = (struct quotas){.trusted = &config->trusted_proxies,
                              .standard = config->trusts_standard,
                              .address = rate_of(config->address_rate, config->rate_window_s),
                              .token = rate_of(config->token_rate, config->rate_window_s)};
}

bool quotas_are_set(const struct quotas *quotas)
{
    return quotas->address.quota || quotas->token.quota;
}

struct peer quota_client(const struct request *request)
{
    const struct quotas *quotas = request->service->quotas;
    enum field field = quotas->standard ? FIELD_FORWARDED : FIELD_X_FORWARDED_FOR;
    return peers_client(quotas->trusted, request->peer, request_field(request, field), quotas->standard);
}

/* Structured fields (RFC 9651): lists of what each policy has left and how long until it is whole, and of what it is.
 */
static void tell(struct request *request, const char *name, const struct rate *rate, const struct rate_state *state)
{
    struct arena *arena = &request->arena;
    const char *left = request->quota_left ? arena_format(arena, "%s, ", request->quota_left) : "";
    const char *policy = request->quota_policy ? arena_format(arena, "%s, ", request->quota_policy) : "";
    request->quota_left = arena_format(arena, "%s\"%s\";r=%u;t=%u", left, name, state->remaining, state->reset_s);
    request->quota_policy = arena_format(arena, "%s\"%s\";q=%u;w=%u", policy, name, rate->quota, rate->window_s);
}

static void refuse(struct request *request, unsigned retry_s, struct error *error)
{
    error_set(error, ERROR_RATE_LIMITED, "Too many requests: the next one is answered in %u s.", retry_s);
    error->field = "Retry-After";
    error->value = arena_format(&request->arena, "%u", retry_s);
}

static void take(struct request *request, const char *name, const struct rate *rate, uint64_t who, struct error *error)
{
    struct rate_state state = rate_take(rate, who, request->begun);
    tell(request, name, rate, &state);
    if (!state.granted)
        refuse(request, state.retry_s, error);
}

static void take_of_address(struct request *request, struct error *error)
{
    struct peer client = quota_client(request);
    if (!client.local)
        take(request, "address", &request->service->quotas->address, peer_hash(&client), error);
}

static void take_of_token(struct request *request, struct error *error)
{
    if (!secret_bearer(request_field(request, FIELD_AUTHORIZATION)))
        return;
    const char *digest = request_digest(request);
    take(request, "token", &request->service->quotas->token, hash_of(digest, strlen(digest)), error);
}

void quota_take(struct request *request, struct error *error)
{
    const struct quotas *quotas = request->service->quotas;
    if (quotas->address.quota)
        take_of_address(request, error);
    if (!error->code && quotas->token.quota)
        take_of_token(request, error);
}
