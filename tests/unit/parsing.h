/* parsing: a request target as params sees it, against the real route table */
#ifndef CLAIMD_TEST_PARSING_H
#define CLAIMD_TEST_PARSING_H

#include <string.h>

#include "params.h"
#include "url.h"

struct parsing {
    struct arena arena;
    struct params params;
    struct error error;
};

/* Parses "/path?query", whose path must have a route. */
static inline bool parsing_read(struct parsing *parsing, const char *target)
{
    const char *query = strchr(target, '?'), *path = NULL, *id = NULL;
    size_t size = 0;
    parsing->error = (struct error){0};
    if (url_decode(&parsing->arena, target, query ? (size_t)(query - target) : strlen(target), false, &path))
        return false;
    const struct route *route = route_find("GET", path, &id, &size);
    if (!route)
        return false;
    return params_parse(&parsing->arena, route, id ? arena_copy(&parsing->arena, id, size) : NULL,
                        query ? arena_copy(&parsing->arena, query + 1, strlen(query + 1)) : "", &parsing->params,
                        &parsing->error);
}

#endif
