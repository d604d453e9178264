/* query: parameters of any route are refused with a reason, or make a whole statement and lead from page to page */
#include "query.h"

#include "asked.h"
#include "routes.h"
#include "sealed.h"

/* That of the path for the method; any other input leads to some route as well. */
static const struct route *choose_route(struct arena *arena, const char *method, const char *path, const char **ret_id)
{
    const char *id = NULL;
    size_t size = 0;
    unsigned count = 0;
    const struct route *found = route_find(method, path, &id, &size);
    while (routes[count].path)
        count++;
    *ret_id = found && id ? arena_copy(arena, id, size) : "";
    return route_shown(found ? found : &routes[strlen(path) % count]);
}

static const char *method_of(struct arena *arena, const struct route *route)
{
    const char *methods = route->methods ? route->methods : routes_reading;
    return arena_copy(arena, methods, strcspn(methods, ","));
}

/* ---- statements ---- */

/* No hole is left, and as many arguments are numbered as there are. */
static void hold_statement(const struct db_call *call)
{
    int highest = 0;
    HOLDS(!strpbrk(call->statement->sql, "{}?"));
    for (const char *hole = call->statement->sql; (hole = strchr(hole, '$')); hole++) {
        int number = atoi(hole + 1);
        HOLDS(number >= 1 && number <= call->arguments_count);
        highest = number > highest ? number : highest;
    }
    HOLDS(highest == call->arguments_count);
    for (int i = 0; i < call->arguments_count; i++)
        hold_text(call->arguments[i]);
}

static void bind(struct arena *arena, const struct params *params, const struct representation *representation,
                 enum query_aim aim)
{
    static struct query_set set;
    struct db_call call = {0};
    if (!set.shapes)
        query_set_init(&set);
    query_bind(&set, arena, params, representation, aim, &call);
    hold_statement(&call);
}

static void hold_statements(struct arena *arena, const struct params *params)
{
    for (const struct representation *each = params->route->representations; each && each->query; each++)
        bind(arena, params, each, QUERY_ROWS);
    if (params->route->shape == SHAPE_LIST)
        bind(arena, params, NULL, QUERY_COUNT);
}

/* ---- pages ---- */

static bool repeats(const struct params *params)
{
    bool found = false;
    for (unsigned i = 1; i < params->terms_count; i++)
        found = found || params->terms[i].param == params->terms[i - 1].param;
    return found;
}

/* Parameters mean the same in any order, but for those of one name. */
static void hold_order(struct arena *arena, const struct params *params, const char *query)
{
    struct params turned;
    struct error error;
    size_t first = strcspn(query, "&");
    error_init(&error);
    const char *other = arena_format(arena, "%s&%.*s", query + first, (int)first, query);
    HOLDS(params_parse(arena, params->route, params->id, other, &turned, &error));
    HOLDS(turned.terms_count == params->terms_count);
    HOLDS(repeats(params) || strcmp(params_self(arena, params), params_self(arena, &turned)) == 0);
}

/* What the next page is asked by leads behind the row with these keys, and to nowhere else. */
static void hold_next(struct arena *arena, const struct params *params, const char *const *keys)
{
    struct params next;
    struct error error;
    error_init(&error);
    const char *target = params_target(arena, params, params_cursor(arena, params, keys));
    HOLDS(target_read(arena, "GET", target, &next, &error));
    HOLDS(next.continued && next.fingerprint == params->fingerprint && next.orders_count == params->orders_count);
    for (unsigned i = 0; i < next.orders_count; i++)
        HOLDS(strcmp(next.after[i], keys[i]) == 0);
    hold_statements(arena, &next);
}

/* METHOD PATH, and on a line of its own the query string */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const keys[SORT_MAX + 1] = {"Infinity", "", "2026-11-24 03:12:35+00", "\xE2\x82\xAC", "a-b"};
    struct arena arena;
    struct params params;
    struct error error;
    struct input input = {data, size};
    const char *id;
    _cleanup_(text_release) char *method = input_text(&input, ' '), *path = input_text(&input, '\n'),
                                 *query = input_text(&input, 0);
    arena_init(&arena);
    error_init(&error);
    sealed_begin();
    const struct route *route = choose_route(&arena, method, path, &id);
    const char *known = !route_has_id(route) ? NULL : id_valid(route->id_form, id) ? id : "a-1";
    if (params_parse(&arena, route, known, query, &params, &error)) {
        hold_way_back(&arena, method_of(&arena, route), &params);
        hold_order(&arena, &params, query);
        hold_statements(&arena, &params);
        if (route->shape == SHAPE_LIST)
            hold_next(&arena, &params, keys);
    } else {
        hold_refusal(&error);
    }
    arena_release(&arena);
    return 0;
}
