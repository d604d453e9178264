/* asked: what has to hold of what was asked for, and of being refused it */
#ifndef CLAIMD_FUZZ_ASKED_H
#define CLAIMD_FUZZ_ASKED_H

#include "error.h"
#include "fuzz.h"
#include "target.h"

static inline void hold_refusal(const struct error *error)
{
    HOLDS(error->code > 0 && error->code < ERROR_CODES && error->faults_count <= ERROR_FAULTS_MAX);
    HOLDS(error_kind(error->code)->status >= 400);
    hold_text(error->detail);
    for (size_t i = 0; i < error->faults_count; i++) {
        hold_text(error->faults[i].parameter);
        hold_text(error->faults[i].detail);
    }
}

static inline void hold_same(const struct params *params, const struct params *other)
{
    HOLDS(params->route == other->route && params->fingerprint == other->fingerprint);
    HOLDS(params->terms_count == other->terms_count && params->orders_count == other->orders_count);
    HOLDS(params->limit == other->limit && params->embeds == other->embeds && params->wait == other->wait);
    HOLDS(params->continued == other->continued && params->representation == other->representation);
    HOLDS(!params->id == !other->id && (!params->id || strcmp(params->id, other->id) == 0));
}

/* Written out, it asks for the same, and is written no other way. */
static inline void hold_way_back(struct arena *arena, const char *method, const struct params *params)
{
    struct params again;
    struct error error;
    error_init(&error);
    const char *self = params_self(arena, params);
    HOLDS(target_read(arena, method, self, &again, &error));
    HOLDS(strcmp(params_self(arena, &again), self) == 0);
    hold_same(params, &again);
}

#endif
