/* query: the statement that a route, a representation and the parameters given make */
#include "query.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assets.h"
#include "buffer.h"
#include "memory.h"

/* Statements that a connection keeps: each costs the database memory, and clients choose the shapes. */
enum { KEPT_MAX = 256 };

/* All that a statement's text depends on. */
struct shape_key {
    unsigned char bytes[16 + TERMS_MAX + SORT_MAX + 1];
    size_t size;
};

struct query_shape {
    struct shape_key key;
    struct db_statement statement;
};

/* One statement being put together. */
struct writing {
    struct buffer sql;
    const struct params *params;
    const struct representation *representation;
    enum query_aim aim;
};

/* ---- arguments: the path's id, the parameters given in the table's order, the row to go on behind, the limit ---- */

static int first_term(const struct params *params)
{
    return route_has_id(params->route) ? 2 : 1;
}

static int term_number(const struct params *params, unsigned index)
{
    int number = first_term(params);
    for (unsigned i = 0; i < index; i++)
        number += params->terms[i].bound != NULL;
    return number;
}

static bool goes_on(const struct params *params, enum query_aim aim)
{
    return params->continued && aim == QUERY_ROWS;
}

static int after_number(const struct params *params, unsigned index)
{
    return term_number(params, params->terms_count) + (int)index;
}

static int limit_number(const struct params *params)
{
    return after_number(params, params->continued ? params->orders_count : 0);
}

static bool is_limited(const struct params *params, enum query_aim aim)
{
    return params->route->shape == SHAPE_LIST && aim == QUERY_ROWS;
}

static const char **list_arguments(struct arena *arena, const struct params *params, enum query_aim aim, int *ret_count)
{
    const char **arguments = arena_alloc(arena, (TERMS_MAX + SORT_MAX + 3) * sizeof(*arguments));
    int count = 0;
    if (route_has_id(params->route))
        arguments[count++] = params->id;
    for (unsigned i = 0; i < params->terms_count; i++)
        if (params->terms[i].bound)
            arguments[count++] = params->terms[i].bound;
    for (unsigned i = 0; goes_on(params, aim) && i < params->orders_count; i++)
        arguments[count++] = params->after[i];
    if (is_limited(params, aim))
        arguments[count++] = arena_format(arena, "%u", params->limit + 1);
    *ret_count = count;
    return arguments;
}

/* ---- text ---- */

static void put_sql(struct writing *writing, const char *text, size_t size);

static void put_number(struct writing *writing, int number)
{
    char text[16];
    snprintf(text, sizeof(text), "$%d", number);
    buffer_puts(&writing->sql, text);
}

static void put_condition(struct writing *writing, const char *condition, int number)
{
    buffer_puts(&writing->sql, "AND ");
    for (const char *hole; (hole = strchr(condition, '?')); condition = hole + 1) {
        put_sql(writing, condition, (size_t)(hole - condition));
        put_number(writing, number);
    }
    put_sql(writing, condition, strlen(condition));
    buffer_putc(&writing->sql, ' ');
}

/* Whether the value is a list of one; lists are bound as PostgreSQL's arrays. */
static bool is_of_one(const struct term *term)
{
    return term->bound && *term->bound == '{' && !strchr(term->bound, ',');
}

/* How a condition ends that takes a list of texts: ids and tags are texts, of words the condition says it. */
static const char *any_of(const struct term *term)
{
    bool is_text = term->param->type == PARAM_IDS || term->param->type == PARAM_TAGS;
    return is_text ? " = ANY (?)" : " = ANY (?::text[])";
}

/* The bytes of the condition's beginning that are what has to be equal to the term's only value; 0: it says else. */
static size_t equal_size(const struct term *term)
{
    const char *condition = term->param->condition, *any = any_of(term);
    size_t size = condition ? strlen(condition) : 0;
    if (!is_of_one(term) || size < strlen(any))
        return 0;
    size -= strlen(any);
    return strcmp(condition + size, any) == 0 ? size : 0;
}

/* What is equal to one value comes out of an index in the order of the index's further columns; what is equal to any of
 * a list does not. */
static void put_term(struct writing *writing, const struct term *term, int number)
{
    const char *condition = term->param->condition;
    size_t size = equal_size(term);
    if (!size) {
        put_condition(writing, condition, number);
        return;
    }
    buffer_puts(&writing->sql, "AND ");
    put_sql(writing, condition, size);
    buffer_puts(&writing->sql, " = (");
    put_number(writing, number);
    buffer_puts(&writing->sql, "::text[])[1] ");
}

static void put_key(struct writing *writing, unsigned index)
{
    const struct order *order = &writing->params->orders[index];
    const char *expression = order->descending ? order->key->descending : order->key->ascending;
    put_sql(writing, expression, strlen(expression));
}

static void put_after_key(struct writing *writing, unsigned index, const char *operator)
{
    put_key(writing, index);
    buffer_puts(&writing->sql, operator);
    put_number(writing, after_number(writing->params, index));
}

/* The rows behind one, where the directions differ: each key decides among those that are equal by the keys before it.
 * What the first key alone excludes is said apart, since that is what an index can use. */
static void put_after_mixed(struct writing *writing)
{
    const struct params *params = writing->params;
    buffer_puts(&writing->sql, "AND ");
    put_after_key(writing, 0, params->orders[0].descending ? " <= " : " >= ");
    for (unsigned i = 0; i < params->orders_count; i++) {
        buffer_puts(&writing->sql, i ? "" : " AND (");
        put_after_key(writing, i, params->orders[i].descending ? " < " : " > ");
        if (i + 1 == params->orders_count)
            break;
        buffer_puts(&writing->sql, " OR (");
        put_after_key(writing, i, " = ");
        buffer_puts(&writing->sql, " AND (");
    }
    for (unsigned i = 1; i < params->orders_count; i++)
        buffer_puts(&writing->sql, "))");
    buffer_puts(&writing->sql, ") ");
}

/* The same as one comparison of rows, which an index over the keys answers. */
static void put_after_alike(struct writing *writing)
{
    const struct params *params = writing->params;
    for (unsigned i = 0; i < params->orders_count; i++) {
        buffer_puts(&writing->sql, i ? ", " : "AND (");
        put_key(writing, i);
    }
    buffer_puts(&writing->sql, params->orders[0].descending ? ") < (" : ") > (");
    for (unsigned i = 0; i < params->orders_count; i++) {
        buffer_puts(&writing->sql, i ? ", " : "");
        put_number(writing, after_number(params, i));
    }
    buffer_puts(&writing->sql, ") ");
}

static bool directions_differ(const struct params *params)
{
    for (unsigned i = 1; i < params->orders_count; i++)
        if (params->orders[i].descending != params->orders[0].descending)
            return true;
    return false;
}

static void put_filters(struct writing *writing)
{
    const struct params *params = writing->params;
    if (params->route->id_condition)
        put_condition(writing, params->route->id_condition, 1);
    for (unsigned i = 0; i < params->terms_count; i++) {
        const struct term *term = &params->terms[i];
        if (term->bound && term->param->condition)
            put_term(writing, term, term_number(params, i));
    }
    if (!goes_on(params, writing->aim))
        return;
    if (directions_differ(params))
        put_after_mixed(writing);
    else
        put_after_alike(writing);
}

static void put_key_name(struct writing *writing, const char *before, unsigned index)
{
    char name[16];
    snprintf(name, sizeof(name), "key_%u", index);
    buffer_puts(&writing->sql, before);
    buffer_puts(&writing->sql, name);
}

static void put_sort(struct writing *writing)
{
    for (unsigned i = 0; i < query_keys(writing->params, writing->aim); i++) {
        buffer_puts(&writing->sql, ", ");
        put_key(writing, i);
        put_key_name(writing, " AS ", i);
    }
}

static void put_keys(struct writing *writing)
{
    for (unsigned i = 0; i < query_keys(writing->params, writing->aim); i++)
        put_key_name(writing, ", ", i);
}

/* Whether the filters leave one value of the key: it orders nothing. */
static bool is_fixed(const struct params *params, unsigned index)
{
    const char *expression = params->orders[index].key->ascending;
    for (unsigned i = 0; i < params->terms_count; i++) {
        size_t size = equal_size(&params->terms[i]);
        if (size && strlen(expression) == size && strncmp(expression, params->terms[i].param->condition, size) == 0)
            return true;
    }
    return false;
}

static void put_keys_in_order(struct writing *writing)
{
    const char *before = "ORDER BY ";
    unsigned count = query_keys(writing->params, writing->aim);
    for (unsigned i = 0; i < count; i++) {
        if (i + 1 < count && is_fixed(writing->params, i))
            continue;
        put_key_name(writing, before, i);
        if (writing->params->orders[i].descending)
            buffer_puts(&writing->sql, " DESC");
        before = ", ";
    }
}

/* A plan that is made before the limit is known reckons with a tenth of the table, and sorts it. So the rows have the
 * greatest limit in their text; as they come in order, no more of them are read than are asked for here. */
static void put_order(struct writing *writing)
{
    put_keys_in_order(writing);
    if (!is_limited(writing->params, writing->aim))
        return;
    buffer_puts(&writing->sql, " LIMIT ");
    put_number(writing, limit_number(writing->params));
}

/* Ranking takes as long as there are rows that match. Where nothing else leaves some of them out, NAME_ranked says
 * which of very many are ranked. */
static const struct asset *find_rows(const struct writing *writing)
{
    const struct params *params = writing->params;
    char name[64];
    unsigned conditions = params->route->id_condition != NULL;
    for (unsigned i = 0; i < params->terms_count; i++)
        conditions += params->terms[i].bound && params->terms[i].param->condition;
    snprintf(name, sizeof(name), "%s_ranked", params->route->rows);
    bool ranks = query_keys(params, writing->aim) && params->orders[0].key->needs && conditions == 1;
    const struct asset *ranked = ranks ? asset_find(asset_rows, name) : NULL;
    return ranked ? ranked : asset_find(asset_rows, params->route->rows);
}

static void put_rows(struct writing *writing)
{
    const char *rows = find_rows(writing)->text;
    char most[16] = "";
    if (is_limited(writing->params, writing->aim))
        snprintf(most, sizeof(most), " LIMIT %d", LIMIT_MAX + 1);
    buffer_putc(&writing->sql, '(');
    put_sql(writing, rows, strlen(rows));
    put_keys_in_order(writing);
    buffer_puts(&writing->sql, most);
    buffer_putc(&writing->sql, ')');
}

static void put_value(struct writing *writing, const char *name, size_t size)
{
    const struct params *params = writing->params;
    for (unsigned i = 0; i < params->terms_count; i++) {
        const char *known = params->terms[i].param->name;
        if (params->terms[i].bound && strlen(known) == size && strncmp(known, name, size) == 0) {
            put_number(writing, term_number(params, i));
            return;
        }
    }
    buffer_puts(&writing->sql, "NULL");
}

/* The table's own word, in quotes. */
static void put_kind(struct writing *writing)
{
    buffer_putc(&writing->sql, '\'');
    buffer_puts(&writing->sql, writing->params->route->kind);
    buffer_putc(&writing->sql, '\'');
}

/* "NAME| SQL" */
static void put_embedded(struct writing *writing, const char *text, size_t size)
{
    size_t name_size = strcspn(text, "|");
    int index = word_index(params_embeds(writing->params->route), text, name_size);
    if (index >= 0 && writing->params->embeds >> index & 1)
        put_sql(writing, text + name_size + 1, size - name_size - 1);
}

static bool is_page(const struct representation *representation)
{
    return representation->format == FORMAT_HTML;
}

static void put_linked(struct writing *writing, const char *text, size_t size)
{
    if (writing->params->route->shape == SHAPE_ONE && is_page(writing->representation))
        put_sql(writing, text, size);
}

static void put_hole(struct writing *writing, const char *name, size_t size)
{
    static const struct {
        const char *name;
        void (*put)(struct writing *writing);
    } holes[] = {
        {"rows", put_rows},   {"filters", put_filters}, {"sort", put_sort},
        {"order", put_order}, {"keys", put_keys},       {"kind", put_kind},
    };
    static const char embed[] = "embed ", linked[] = "linked|";
    for (size_t i = 0; i < sizeof(holes) / sizeof(*holes); i++) {
        if (strlen(holes[i].name) == size && strncmp(holes[i].name, name, size) == 0) {
            holes[i].put(writing);
            return;
        }
    }
    if (strncmp(name, embed, strlen(embed)) == 0)
        put_embedded(writing, name + strlen(embed), size - strlen(embed));
    else if (strncmp(name, linked, strlen(linked)) == 0)
        put_linked(writing, name + strlen(linked), size - strlen(linked));
    else if (size == 2 && strncmp(name, "id", 2) == 0 && route_has_id(writing->params->route))
        put_number(writing, 1);
    else
        put_value(writing, name, size);
}

static void put_sql(struct writing *writing, const char *text, size_t size)
{
    for (const char *end = text + size, *hole; text < end; text = hole + 1) {
        hole = memchr(text, '{', (size_t)(end - text));
        if (!hole) {
            buffer_append(&writing->sql, text, (size_t)(end - text));
            return;
        }
        buffer_append(&writing->sql, text, (size_t)(hole - text));
        text = hole + 1;
        hole = memchr(text, '}', (size_t)(end - text));
        put_hole(writing, text, (size_t)(hole - text));
    }
}

/* The statement's text, the caller's to free(). */
static char *write_statement(const struct params *params, const struct representation *representation,
                             enum query_aim aim)
{
    static const char *const before[] = {"", "SELECT count(*) FROM ", "SELECT count(*) FROM (SELECT FROM ",
                                         "EXPLAIN (FORMAT JSON) "};
    struct writing writing = {.sql = BUFFER_INIT, .params = params, .representation = representation, .aim = aim};
    buffer_puts(&writing.sql, before[aim]);
    if (aim == QUERY_ROWS) {
        const struct asset *query = asset_find(asset_queries, representation->query);
        put_sql(&writing, query->text, query->size);
    } else {
        char limit[48];
        snprintf(limit, sizeof(limit), " AS row LIMIT %d) AS few", QUERY_FEW_MOST + 1);
        put_rows(&writing);
        buffer_puts(&writing.sql, aim == QUERY_FEW ? limit : aim == QUERY_COUNT ? " AS row" : "");
    }
    buffer_putc(&writing.sql, 0);
    return buffer_detach(&writing.sql, &(size_t){0});
}

unsigned query_keys(const struct params *params, enum query_aim aim)
{
    return aim == QUERY_ROWS ? params->orders_count : 0;
}

/* ---- shapes ---- */

/* Representations of one query share its statement, but for what a page alone shows. */
static unsigned query_place(const struct route *route, const struct representation *representation)
{
    unsigned place = 0;
    while (strcmp(route->representations[place].query, representation->query) != 0)
        place++;
    return place << 1 | (route->shape == SHAPE_ONE && is_page(representation));
}

static void key_add(struct shape_key *key, unsigned value)
{
    key->bytes[key->size++] = (unsigned char)value;
}

static struct shape_key key_of(const struct params *params, const struct representation *representation,
                               enum query_aim aim)
{
    struct shape_key key = {.size = 0};
    key_add(&key, (unsigned)(params->route - routes));
    key_add(&key, aim);
    key_add(&key, aim == QUERY_ROWS ? query_place(params->route, representation) : 0);
    key_add(&key, goes_on(params, aim));
    for (int shift = 0; shift < EMBEDS_MAX; shift += 8)
        key_add(&key, params->embeds >> shift & 0xFF);
    key_add(&key, query_keys(params, aim));
    for (unsigned i = 0; i < query_keys(params, aim); i++)
        key_add(&key, (unsigned)(params->orders[i].key - params->route->sorts) << 1 | params->orders[i].descending);
    for (unsigned i = 0; i < params->terms_count; i++)
        if (params->terms[i].bound)
            key_add(&key, (unsigned)(params->terms[i].param - params->route->params) << 1 |
                              (equal_size(&params->terms[i]) != 0));
    return key;
}

static const struct db_statement *find_shape(const struct query_set *set, const struct shape_key *key)
{
    for (unsigned i = 0; i < set->shapes_count; i++)
        if (set->shapes[i].key.size == key->size && memcmp(set->shapes[i].key.bytes, key->bytes, key->size) == 0)
            return &set->shapes[i].statement;
    return NULL;
}

/* The file that it is made of, and what of it; the caller's to free(). */
static char *write_label(const struct params *params, const struct representation *representation, enum query_aim aim)
{
    static const char *const what[] = {"", ", counted", ", counted so far", ", estimated"};
    return memory_format("%s%s", aim == QUERY_ROWS ? representation->query : params->route->rows, what[aim]);
}

static const struct db_statement *keep_shape(struct query_set *set, const struct shape_key *key, const char *sql,
                                             const char *label)
{
    struct query_shape *shape = &set->shapes[set->shapes_count];
    *shape =
        (struct query_shape){.key = *key, .statement = {.serial = set->shapes_count++, .sql = sql, .label = label}};
    snprintf(shape->statement.name, sizeof(shape->statement.name), "claimd_%u", shape->statement.serial);
    return &shape->statement;
}

static const struct db_statement *lend_shape(struct arena *arena, char *sql, char *label)
{
    struct db_statement *statement = arena_alloc(arena, sizeof(*statement));
    statement->sql = arena_copy(arena, sql, strlen(sql));
    statement->label = arena_copy(arena, label, strlen(label));
    free(sql);
    free(label);
    return statement;
}

void query_bind(struct query_set *set, struct arena *arena, const struct params *params,
                const struct representation *representation, enum query_aim aim, struct db_call *call)
{
    struct shape_key key = key_of(params, representation, aim);
    call->statement = find_shape(set, &key);
    if (!call->statement) {
        char *sql = write_statement(params, representation, aim);
        char *label = write_label(params, representation, aim);
        call->statement =
            set->shapes_count < KEPT_MAX ? keep_shape(set, &key, sql, label) : lend_shape(arena, sql, label);
    }
    call->arguments = list_arguments(arena, params, aim, &call->arguments_count);
}

/* ---- shapes to prepare ---- */

static struct params bare(const struct route *route)
{
    struct params params = {.route = route, .id = "", .orders_count = route->sorts ? 1 : 0};
    params.orders[0] = (struct order){route->sorts, false};
    return params;
}

/* Every row of the table that is an argument, as far as they go into one request, in the table's order. */
static void give_everything(struct params *params)
{
    const struct route *route = params->route;
    for (const struct param *param = route->params; param && param->name && params->terms_count < TERMS_MAX; param++)
        if (param->type < PARAM_LIMIT)
            params->terms[params->terms_count++] = (struct term){param, "", ""};
    params->embeds = UINT32_MAX >> (32 - EMBEDS_MAX);
    if (!route->sorts)
        return;
    params->orders_count = 0;
    for (const struct sort_key *key = route->sorts + 1; key->name && params->orders_count < SORT_MAX; key++) {
        params->orders[params->orders_count] = (struct order){key, params->orders_count % 2};
        params->orders_count++;
    }
    params->orders[params->orders_count++] = (struct order){route->sorts, false};
    params->continued = true;
}

static void prepare(struct query_set *set, struct arena *arena, const struct params *params,
                    const struct representation *representation)
{
    struct db_call call;
    unsigned before = set->shapes_count;
    query_bind(set, arena, params, representation, QUERY_ROWS, &call);
    if (set->shapes_count > before)
        set->prepare[set->prepare_count++] = call.statement;
}

void query_set_init(struct query_set *set)
{
    struct arena arena;
    arena_init(&arena);
    *set = (struct query_set){0};
    set->shapes = memory_alloc(KEPT_MAX * sizeof(*set->shapes));
    set->prepare = memory_alloc(KEPT_MAX * sizeof(struct db_statement *));
    for (const struct route *route = routes; route->path; route++) {
        struct params least = bare(route_shown(route)), most = least;
        give_everything(&most);
        for (const struct representation *each = route->representations; each && each->query; each++) {
            prepare(set, &arena, &least, each);
            if (!route->page)
                prepare(set, &arena, &most, each);
        }
    }
    arena_release(&arena);
}

void query_set_release(struct query_set *set)
{
    for (unsigned i = 0; i < set->shapes_count; i++) {
        free((char *)set->shapes[i].statement.sql);
        free((char *)set->shapes[i].statement.label);
    }
    free(set->shapes);
    free(set->prepare);
}
