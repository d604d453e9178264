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

static bool take(struct request *request, const char *name, const struct rate *rate, uint64_t who)
{
    struct rate_state state = rate_take(rate, who, request->begun);
    tell(request, name, rate, &state);
    if (!state.granted)
        request->retry_after_s = state.retry_s;
    return state.granted;
}

static bool grant_address(struct request *request)
{
    struct peer client = quota_client(request);
    return client.local || take(request, "address", &request->service->quotas->address, peer_hash(&client));
}

static bool grant_token(struct request *request)
{
    if (!secret_bearer(request_field(request, FIELD_AUTHORIZATION)))
        return true;
    const char *digest = request_digest(request);
    return take(request, "token", &request->service->quotas->token, hash_of(digest, strlen(digest)));
}

static bool is_probe(const struct request *request)
{
    return strcmp(request->target, "/healthz") == 0 || strcmp(request->target, "/readyz") == 0;
}

bool quota_grant(struct request *request)
{
    const struct quotas *quotas = request->service->quotas;
    if (is_probe(request))
        return true;
    return (!quotas->address.quota || grant_address(request)) && (!quotas->token.quota || grant_token(request));
}

void quota_refuse(struct request *request)
{
    struct error error;
    error_init(&error);
    error_set(&error, ERROR_RATE_LIMITED, "Too many requests: the next one is answered in %u s.",
              request->retry_after_s);
    error.field = "Retry-After";
    error.value = arena_format(&request->arena, "%u", request->retry_after_s);
    request_fail(request, &error);
}
