/* target: a request target as a route of the table and its parameters */
#include "target.h"

#include <string.h>
#include <strings.h>

#include "buffer.h"
#include "memory.h"
#include "routes.h"
#include "url.h"

/* The path and query of a target in absolute form begin behind its authority. */
static const char *origin_form(const char *uri)
{
    if (strncasecmp(uri, "http://", 7) != 0 && strncasecmp(uri, "https://", 8) != 0)
        return uri;
    const char *authority = strstr(uri, "//") + 2;
    const char *path = authority + strcspn(authority, "/?");
    return *path || path == authority ? path : "/";
}

static bool has_blank(const char *uri)
{
    for (; *uri; uri++)
        if ((unsigned char)*uri <= ' ' || *uri == 0x7F)
            return true;
    return false;
}

/* What stands in a decoded path for an encoded slash: that is no separator (RFC 3986, section 2.2), and no decoded text
 * holds this. */
enum { SLASH = '\x1f' };

/* Each byte of the path is one of the target's, or an escape. */
static void mark_slashes(char *path, const char *uri)
{
    for (; *path; path++, uri++) {
        if (*uri != '%')
            continue;
        uri += 2;
        if (*path == '/')
            *path = SLASH;
    }
}

static const char *decode_path(struct arena *arena, const char *uri, size_t size, char **ret_path)
{
    const char *path, *fault = url_decode(arena, uri, size, false, &path);
    if (fault)
        return fault;
    *ret_path = arena_copy(arena, path, strlen(path));
    mark_slashes(*ret_path, uri);
    return NULL;
}

static const char *read_id(struct arena *arena, const char *marked, size_t size)
{
    char *id = arena_copy(arena, marked, size);
    for (char *slash = id; (slash = strchr(slash, SLASH));)
        *slash = '/';
    return id;
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
    size_t id_size = 0;
    const char *id;
    char *path;
    const char *fault = decode_path(arena, uri, strcspn(uri, "?"), &path);
    if (fault) {
        error_set(error, ERROR_MALFORMED_REQUEST, "In the path: %s", fault);
        return NULL;
    }
    const struct route *route = route_find(method, path, &id, &id_size);
    if (!route) {
        refuse_method(arena, path, error);
        return NULL;
    }
    *ret_id = id ? read_id(arena, id, id_size) : NULL;
    return route;
}

/* ---- pages: what they show is asked for as anybody would ask the API ---- */

static bool has_pair(const char *query, const char *name, size_t size)
{
    for (; *query; query += strcspn(query, "&"), query += *query == '&')
        if (strncmp(query, name, size) == 0 && query[size] == '=')
            return true;
    return false;
}

/* What a page says itself holds, whatever its address says. What the API does not know is a matter of the page's, or of
 * whoever made the link; of the forms of an answer a page has but one. */
static bool goes_to_api(const struct route *shown, const char *fixed, const char *pair, size_t name_size)
{
    static const char *const forms[] = {"format", "fields", NULL};
    return params_known(shown, pair, name_size) && word_index(forms, pair, name_size) < 0 &&
           !has_pair(fixed, pair, name_size);
}

/* The query string of what a page shows, in the arena. */
static const char *shown_query(struct arena *arena, const struct route *page, const char *query)
{
    _cleanup_(buffer_release) struct buffer asked = BUFFER_INIT;
    const struct route *shown = route_shown(page);
    const char *fixed = page->page->target ? strchr(page->page->target, '?') : NULL;
    fixed = fixed ? fixed + 1 : "";
    buffer_puts(&asked, fixed);
    for (; *query; query += *query == '&') {
        size_t size = strcspn(query, "&"), name_size = strcspn(query, "=&");
        if (goes_to_api(shown, fixed, query, name_size)) {
            buffer_putc(&asked, '&');
            buffer_append(&asked, query, size);
        }
        query += size;
    }
    return arena_copy(arena, asked.data ? asked.data : "", asked.size);
}

/* What OPTIONS asks about is for the methods to come, and so are its parameters: browsers ask with those of the request
 * that they are going to send. */
static const char *query_of(struct arena *arena, const char *method, const struct route *route, const char *uri)
{
    if (strcmp(method, "OPTIONS") == 0)
        return "";
    const char *query = strchr(uri, '?');
    query = query ? query + 1 : "";
    return route->page ? shown_query(arena, route, query) : query;
}

bool target_read(struct arena *arena, const char *method, const char *uri, struct params *ret, struct error *error)
{
    const char *id;
    if (has_blank(uri)) {
        error_set(error, ERROR_MALFORMED_REQUEST, "The request target holds a space or a control character.");
        return false;
    }
    uri = origin_form(uri);
    const struct route *route = find_route(arena, method, uri, &id, error);
    if (!route)
        return false;
    bool good = params_parse(arena, route_shown(route), id, query_of(arena, method, route, uri), ret, error);
    ret->page = route->page ? route : NULL;
    if (!good)
        return false;
    if (id && !id_valid(route->id_form, id)) {
        error_set(error, ERROR_NOT_FOUND, "Nothing has this id.");
        return false;
    }
    return true;
}
