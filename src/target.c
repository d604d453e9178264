/* target: a request target as a route of the table and its parameters */
#include "target.h"

#include <string.h>
#include <strings.h>

#include "routes.h"
#include "url.h"

/* The path and query of a target in absolute form begin behind its authority. */
static const char *origin_form(const char *uri)
{
    if (strncasecmp(uri, "http://", 7) != 0 && strncasecmp(uri, "https://", 8) != 0)
        return uri;
    const char *authority = strstr(uri, "//") + 2;
    const char *path = authority + strcspn(authority, "/?");
    return *path ? path : "/";
}

/* An encoded slash is no separator (RFC 3986, section 2.2), and no id holds one. */
static bool has_encoded_slash(const char *path, size_t size)
{
    for (const char *next = path; (next = memchr(next, '%', size - (size_t)(next - path))); next++)
        if (strncasecmp(next, "%2f", 3) == 0)
            return true;
    return false;
}

static void refuse_method(struct arena *arena, const char *path, struct error *error)
{
    char methods[METHODS_SIZE];
    if (!route_methods(path, methods)) {
        error_set(error, ERROR_NOT_FOUND, "There is nothing at this path; /openapi.json lists what there is.");
        return;
    }
    error_set(error, ERROR_METHOD_NOT_ALLOWED, "This path takes %s.", methods);
    error->field = "Allow";
    error->value = arena_copy(arena, methods, strlen(methods));
}

static const struct route *find_route(struct arena *arena, const char *method, const char *uri, const char **ret_id,
                                      struct error *error)
{
    size_t size = strcspn(uri, "?"), id_size = 0;
    const char *path, *id;
    const char *fault = url_decode(arena, uri, size, false, &path);
    if (fault) {
        error_set(error, ERROR_MALFORMED_REQUEST, "In the path: %s", fault);
        return NULL;
    }
    const struct route *route = has_encoded_slash(uri, size) ? NULL : route_find(method, path, &id, &id_size);
    if (!route) {
        refuse_method(arena, has_encoded_slash(uri, size) ? "" : path, error);
        return NULL;
    }
    *ret_id = id ? arena_copy(arena, id, id_size) : NULL;
    return route;
}

/* What OPTIONS asks about is for the methods to come, and so are its parameters: browsers ask with those of the request
 * that they are going to send. */
bool target_read(struct arena *arena, const char *method, const char *uri, struct params *ret, struct error *error)
{
    const char *id;
    if (strchr(uri, ' ')) {
        error_set(error, ERROR_MALFORMED_REQUEST, "The request target holds a space.");
        return false;
    }
    uri = origin_form(uri);
    const struct route *route = find_route(arena, method, uri, &id, error);
    if (!route)
        return false;
    const char *query = strcmp(method, "OPTIONS") == 0 ? NULL : strchr(uri, '?');
    if (!params_parse(arena, route, id, query ? query + 1 : "", ret, error))
        return false;
    if (id && !id_valid(route->id_form, id)) {
        error_set(error, ERROR_NOT_FOUND, "Nothing has this id.");
        return false;
    }
    return true;
}
