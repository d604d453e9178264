/* query: the statement that a route and the parameters given make */
#include "query.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assets.h"
#include "buffer.h"
#include "memory.h"

/* Statements that a connection keeps: each costs the database memory, and clients choose the shapes. */
enum { NAMED_MAX = 128 };

/* The shapes of one route's query. */
struct query {
    const char *text;
    bool limited; /* has a {limit} */
    struct shaped {
        struct db_statement statement;
        uint64_t given; /* bits of the parameters given, by place in the route's table */
        struct shaped *next;
    } * shapes;
};

static bool is_word(const char *text, size_t size, const char *word)
{
    return strlen(word) == size && strncmp(text, word, size) == 0;
}

static bool is_given(uint64_t given, int index)
{
    return given >> index & 1;
}

/* Arguments are numbered: the path's id, the parameters given in the table's order, the limit. */
static int argument_number(const struct route *route, uint64_t given, int index)
{
    int number = route_has_id(route) ? 2 : 1;
    for (int i = 0; i < index; i++)
        number += is_given(given, i) && route->params[i].type != PARAM_LIMIT;
    return number;
}

static int params_count(const struct route *route)
{
    int count = 0;
    while (route->params && route->params[count].name)
        count++;
    return count;
}

static void put_number(struct buffer *sql, int number)
{
    char text[16];
    snprintf(text, sizeof(text), "$%d", number);
    buffer_puts(sql, text);
}

static void put_condition(struct buffer *sql, const char *condition, int number)
{
    const char *hole = strchr(condition, '?');
    buffer_puts(sql, "AND ");
    buffer_append(sql, condition, (size_t)(hole - condition));
    put_number(sql, number);
    buffer_puts(sql, hole + 1);
    buffer_putc(sql, ' ');
}

static void put_filters(struct buffer *sql, const struct route *route, uint64_t given)
{
    if (route->id_condition)
        put_condition(sql, route->id_condition, 1);
    for (int i = 0; i < params_count(route); i++)
        if (is_given(given, i) && route->params[i].condition)
            put_condition(sql, route->params[i].condition, argument_number(route, given, i));
}

static void put_value(struct buffer *sql, const struct route *route, uint64_t given, const char *name, size_t size)
{
    for (int i = 0; i < params_count(route); i++) {
        if (is_given(given, i) && is_word(name, size, route->params[i].name)) {
            put_number(sql, argument_number(route, given, i));
            return;
        }
    }
    buffer_puts(sql, "NULL");
}

static void put_hole(struct buffer *sql, const struct route *route, uint64_t given, const char *name, size_t size)
{
    if (is_word(name, size, "filters"))
        put_filters(sql, route, given);
    else if (is_word(name, size, "id") && route_has_id(route))
        put_number(sql, 1);
    else if (is_word(name, size, "limit"))
        put_number(sql, argument_number(route, given, params_count(route)));
    else
        put_value(sql, route, given, name, size);
}

static char *shaped_sql(const struct route *route, const char *text, uint64_t given)
{
    struct buffer sql = BUFFER_INIT;
    while (*text) {
        size_t plain = strcspn(text, "{");
        buffer_append(&sql, text, plain);
        text += plain;
        if (!*text)
            break;
        size_t size = strcspn(text + 1, "}");
        put_hole(&sql, route, given, text + 1, size);
        text += size + 2;
    }
    buffer_putc(&sql, 0);
    return buffer_detach(&sql, &(size_t){0});
}

static const struct db_statement *shape(struct query_set *set, const struct route *route, uint64_t given)
{
    struct query *query = &set->queries[route - routes];
    for (struct shaped *known = query->shapes; known; known = known->next)
        if (known->given == given)
            return &known->statement;
    struct shaped *shaped = memory_alloc(sizeof(*shaped));
    shaped->given = given;
    shaped->next = query->shapes;
    query->shapes = shaped;
    shaped->statement.sql = shaped_sql(route, query->text, given);
    if (set->named == NAMED_MAX)
        return &shaped->statement;
    shaped->statement.serial = set->named++;
    snprintf(shaped->statement.name, sizeof(shaped->statement.name), "%s_%u", route->query, shaped->statement.serial);
    return &shaped->statement;
}

/* Every parameter but the limit, which the query has anyway. */
static uint32_t all_given(const struct route *route)
{
    uint64_t given = 0;
    for (int i = 0; i < params_count(route); i++)
        given |= (uint64_t)(route->params[i].type != PARAM_LIMIT) << i;
    return given;
}

static bool has_query(const struct route *route)
{
    return route->shape == SHAPE_LIST || route->shape == SHAPE_ONE || route->shape == SHAPE_READY;
}

void query_set_init(struct query_set *set)
{
    size_t count = 0;
    while (routes[count].path)
        count++;
    *set = (struct query_set){0};
    set->queries = memory_alloc(count * sizeof(*set->queries));
    set->prepare = memory_alloc(2 * count * sizeof(struct db_statement *));
    for (const struct route *route = routes; route->path; route++) {
        if (!has_query(route))
            continue;
        struct query *query = &set->queries[route - routes];
        query->text = asset_find(asset_queries, route->query)->text;
        query->limited = strstr(query->text, "{limit}") != NULL;
        set->prepare[set->prepare_count++] = shape(set, route, 0);
        if (all_given(route))
            set->prepare[set->prepare_count++] = shape(set, route, all_given(route));
    }
}

void query_set_release(struct query_set *set)
{
    for (const struct route *route = routes; route->path; route++) {
        struct query *query = &set->queries[route - routes];
        while (query->shapes) {
            struct shaped *shaped = query->shapes;
            query->shapes = shaped->next;
            free((char *)shaped->statement.sql);
            free(shaped);
        }
    }
    free(set->queries);
    free(set->prepare);
}

void query_bind(struct query_set *set, struct arena *arena, const struct params *params, struct db_call *call)
{
    const struct route *route = params->route;
    const char **arguments = arena_alloc(arena, (PARAMS_MAX + 2) * sizeof(*arguments));
    int count = 0;
    uint64_t given = 0;
    if (route_has_id(route))
        arguments[count++] = params->id;
    for (int i = 0; i < params_count(route); i++) {
        if (!params->bound[i])
            continue;
        given |= UINT64_C(1) << i;
        arguments[count++] = params->bound[i];
    }
    if (set->queries[route - routes].limited) /* one more than shown tells whether there is a next page */
        arguments[count++] = arena_format(arena, "%u", params->limit + 1);
    call->statement = shape(set, route, given);
    call->arguments = arguments;
    call->arguments_count = count;
}
