/* params: a request's query string, checked against its route's table */
#include "params.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "cursor.h"
#include "memory.h"
#include "url.h"
#include "utf8.h"
#include "value.h"

/* One query string being read. */
struct reading {
    struct arena *arena;
    struct params *params;
    struct error *error;
};

bool id_valid(enum id_form form, const char *id)
{
    return strlen(id) <= ID_MAX && (form == ID_SLUG ? value_is_slug(id) : value_is_code(id));
}

int word_index(const char *const *words, const char *word, size_t size)
{
    for (int i = 0; words[i]; i++)
        if (strlen(words[i]) == size && strncmp(words[i], word, size) == 0)
            return i;
    return -1;
}

/* ---- lists ---- */

static void fault_with_words(const struct reading *reading, const struct param *param, const char *const *words)
{
    char list[ERROR_TEXT_MAX] = "";
    for (const char *const *word = words; *word; word++)
        snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", *list ? ", " : "", *word);
    error_fault(reading->error, ERROR_INVALID_PARAMETER, param->name, "%s takes: %s.", param->name, list);
}

static bool element_check(const struct reading *reading, const struct param *param, const char *element)
{
    const char *fault = NULL;
    if (!*element)
        fault = "A list has no empty elements.";
    else if (param->type == PARAM_TAGS)
        fault = value_is_tag(element) ? NULL : "This is not a language tag.";
    else if (param->type != PARAM_WORDS)
        fault = id_valid(ID_SLUG, element) ? NULL : "This is not an id.";
    else if (word_index(param->values, element, strlen(element)) < 0) {
        fault_with_words(reading, param, param->values);
        return false;
    }
    if (fault)
        error_fault(reading->error, ERROR_INVALID_PARAMETER, param->name, "%s", fault);
    return !fault;
}

static bool count_check(const struct reading *reading, const struct param *param, unsigned count, unsigned most)
{
    if (count > most)
        error_fault(reading->error, ERROR_INVALID_PARAMETER, param->name, "A list has at most %u elements.", most);
    return count <= most;
}

/* An array literal of quoted elements; none of them holds a quote or a backslash. */
static const char *read_list(const struct reading *reading, const struct param *param, const char *value)
{
    char *rest = arena_copy(reading->arena, value, strlen(value));
    char *array = arena_alloc(reading->arena, strlen(value) * 3 + 5), *end = array;
    unsigned count = 0;
    for (char *element; (element = strsep(&rest, ","));) {
        if (!element_check(reading, param, element) || !count_check(reading, param, ++count, LIST_MAX))
            return NULL;
        end += sprintf(end, "%c\"%s\"", end == array ? '{' : ',', element);
    }
    *end = '}';
    return array;
}

/* ---- one value ---- */

static _Thread_local unsigned page_most = LIMIT_MAX;

void params_page_most(unsigned most)
{
    page_most = most;
}

static const char *read_limit(const struct reading *reading, const struct param *param, const char *value)
{
    long limit = value_is_count(value) ? strtol(value, NULL, 10) : 0;
    if (limit < 1 || limit > page_most)
        error_fault(reading->error, ERROR_INVALID_PARAMETER, param->name, "limit is a whole number from 1 to %u.",
                    page_most);
    reading->params->limit = (unsigned)limit;
    reading->params->limited = true;
    return NULL;
}

static const char *read_text(const struct reading *reading, const struct param *param, const char *value)
{
    if (*value && utf8_count(value) <= TEXT_MAX)
        return value;
    error_fault(reading->error, ERROR_INVALID_PARAMETER, param->name, "%s has 1 to %d characters.", param->name,
                TEXT_MAX);
    return NULL;
}

/* NULL if the value is of the parameter's ordered type, else what it should be. */
static const char *ordered_fault(enum param_type type, const char *value)
{
    switch (type) {
    case PARAM_NUMBER:
        return value_is_number(value) ? NULL : "a number, such as 1.6e9";
    case PARAM_COUNT:
        return value_is_count(value) ? NULL : "a whole number from 1 on";
    case PARAM_PLACE:
        return strspn(value, "0123456789") == strlen(value) && *value && strlen(value) < 19
                   ? NULL
                   : "a whole number from 0 on";
    case PARAM_DAY:
        return value_is_day(value) ? NULL : "a day, such as 2025-01-27";
    default:
        return value_is_time(value) ? NULL : "a time, such as 2025-01-27T12:00:00Z, or a day";
    }
}

static const char *read_ordered(const struct reading *reading, const struct param *param, const char *value)
{
    const char *fault = ordered_fault(param->type, value);
    if (!fault)
        return value;
    error_fault(reading->error, ERROR_INVALID_PARAMETER, param->name, "%s takes %s%s.", param->name, fault,
                param->op ? ", alone or behind eq., gt., gte., lt. or lte" : "");
    return NULL;
}

static const char *read_id(const struct reading *reading, const struct param *param, const char *value)
{
    if (id_valid(param->type == PARAM_ID ? ID_SLUG : ID_CODE, value))
        return value;
    error_fault(reading->error, ERROR_INVALID_PARAMETER, param->name, "This is not an id.");
    return NULL;
}

/* ---- the form of the answer ---- */

const char *format_name(enum format format)
{
    static const char *const names[] = {"json", "csv", "ndjson", "jsonld", "svg", "events", "html"};
    return names[format];
}

static void read_format(const struct reading *reading, const struct param *param, const char *value)
{
    char list[ERROR_TEXT_MAX] = "";
    for (const struct representation *each = reading->params->route->representations; each->query; each++) {
        const char *name = format_name(each->format);
        if (strcmp(name, value) == 0)
            reading->params->representation = each;
        snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", *list ? ", " : "", name);
    }
    if (!reading->params->representation)
        error_fault(reading->error, ERROR_INVALID_PARAMETER, param->name, "format takes: %s.", list);
}

static void read_embed(const struct reading *reading, const struct param *param, const char *value)
{
    unsigned count = 0;
    for (const char *next = value; count_check(reading, param, ++count, LIST_MAX); next++) {
        size_t size = strcspn(next, ",");
        int index = word_index(param->values, next, size);
        if (index < 0) {
            fault_with_words(reading, param, param->values);
            return;
        }
        reading->params->embeds |= UINT32_C(1) << index;
        next += size;
        if (!*next)
            return;
    }
}

static bool is_key_list(const char *value)
{
    size_t size = strlen(value);
    return size && size <= TEXT_MAX && strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789_.,") == size &&
           *value != ',' && value[size - 1] != ',' && !strstr(value, ",,");
}

/* Which keys there are is known only with the answer; here, that these can be some. */
static void read_fields(const struct reading *reading, const struct param *param, const char *value)
{
    if (is_key_list(value))
        reading->params->fields = value;
    else
        error_fault(reading->error, ERROR_INVALID_PARAMETER, param->name,
                    "fields takes keys of the answer, such as id,figure.value, separated by commas.");
}

/* ---- order ---- */

static const struct sort_key *find_key(const struct route *route, const char *name, size_t size)
{
    for (const struct sort_key *key = route->sorts; key->name; key++)
        if (strlen(key->name) == size && strncmp(key->name, name, size) == 0)
            return key;
    return NULL;
}

static void fault_with_keys(const struct reading *reading)
{
    char list[ERROR_TEXT_MAX] = "";
    for (const struct sort_key *key = reading->params->route->sorts; key->name; key++)
        snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", *list ? ", " : "", key->name);
    error_fault(reading->error, ERROR_INVALID_PARAMETER, "sort", "sort takes %d keys at most, each once, of: %s.",
                SORT_MAX, list);
}

static bool sorts_by(const struct params *params, const struct sort_key *key)
{
    for (unsigned i = 0; i < params->orders_count; i++)
        if (params->orders[i].key == key)
            return true;
    return false;
}

static void add_order(struct params *params, const struct sort_key *key, bool descending)
{
    params->orders[params->orders_count++] = (struct order){key, descending};
}

static void read_sort(const struct reading *reading, const char *value)
{
    struct params *params = reading->params;
    for (const char *next = value;; next++) {
        bool descending = *next == '-';
        next += descending;
        size_t size = strcspn(next, ",");
        const struct sort_key *key = find_key(params->route, next, size);
        if (!key || sorts_by(params, key) || params->orders_count == SORT_MAX) {
            fault_with_keys(reading);
            return;
        }
        add_order(params, key, descending);
        next += size;
        if (!*next)
            return;
    }
}

bool params_known(const struct route *route, const char *name, size_t size)
{
    for (const struct param *param = route->params; param && param->name; param++)
        if (strlen(param->name) == size && strncmp(param->name, name, size) == 0)
            return true;
    return false;
}

const char *params_given(const struct params *params, const char *name)
{
    for (unsigned i = 0; i < params->terms_count; i++)
        if (strcmp(params->terms[i].param->name, name) == 0)
            return params->terms[i].given;
    return NULL;
}

/* Best matches first where there is something to match. */
static void choose_order(struct params *params)
{
    for (const struct sort_key *key = params->route->sorts; key->name; key++)
        if (key->needs && params_given(params, key->needs))
            add_order(params, key, true);
}

/* The id ends every order, in the direction of the key before it: one index then serves both. */
static void complete_order(const struct reading *reading)
{
    struct params *params = reading->params;
    if (!params->orders_count)
        choose_order(params);
    for (unsigned i = 0; i < params->orders_count; i++) {
        const struct sort_key *key = params->orders[i].key;
        if (key->needs && !params_given(params, key->needs))
            error_fault(reading->error, ERROR_INVALID_PARAMETER, "sort", "sort by %s goes with %s.", key->name,
                        key->needs);
    }
    if (!sorts_by(params, params->route->sorts))
        add_order(params, params->route->sorts,
                  params->orders_count && params->orders[params->orders_count - 1].descending);
}

/* ---- pairs ---- */

static void read_wait(const struct reading *reading, const struct param *param, const char *value)
{
    unsigned long seconds = value_is_count(value) ? strtoul(value, NULL, 10) : WAIT_MAX + 1;
    if (seconds > WAIT_MAX)
        error_fault(reading->error, ERROR_INVALID_PARAMETER, param->name, "wait takes seconds, from 1 to %d.",
                    WAIT_MAX);
    else
        reading->params->wait = (unsigned)seconds;
}

static const char *read_flag(const struct reading *reading, const struct param *param, const char *value)
{
    if (strcmp(value, "true") == 0 || strcmp(value, "false") == 0)
        return value;
    error_fault(reading->error, ERROR_INVALID_PARAMETER, param->name, "%s is true or false.", param->name);
    return NULL;
}

/* What the statement takes, or NULL where the parameter is none of its arguments, or wrong. */
static const char *read_value(const struct reading *reading, const struct param *param, const char *value)
{
    switch (param->type) {
    case PARAM_IDS:
    case PARAM_WORDS:
    case PARAM_TAGS:
        return read_list(reading, param, value);
    case PARAM_ID:
    case PARAM_CODE:
        return read_id(reading, param, value);
    case PARAM_NULL:
        return *value == 'n' ? "false" : "true"; /* not.is.null, is.null */
    case PARAM_TEXT:
        return read_text(reading, param, value);
    case PARAM_FLAG:
        return read_flag(reading, param, value);
    case PARAM_LIMIT:
        return read_limit(reading, param, value);
    case PARAM_SORT:
        read_sort(reading, value);
        return NULL;
    case PARAM_EMBED:
        read_embed(reading, param, value);
        return NULL;
    case PARAM_FIELDS:
        read_fields(reading, param, value);
        return NULL;
    case PARAM_FORMAT:
        read_format(reading, param, value);
        return NULL;
    case PARAM_WAIT:
        read_wait(reading, param, value);
        return NULL;
    case PARAM_MOMENT:
        reading->params->as_of = read_ordered(reading, param, value);
        return NULL;
    case PARAM_CURSOR: /* read last: it belongs to all the others */
        return NULL;
    default:
        return read_ordered(reading, param, value);
    }
}

/* The text behind "op.", or NULL if the value does not begin so. */
static const char *behind_op(const char *value, const char *op)
{
    size_t size = op ? strlen(op) : 0;
    return size && strncmp(value, op, size) == 0 && value[size] == '.' ? value + size + 1 : NULL;
}

static bool asks_for_null(const char *value)
{
    return strcmp(value, "is.null") == 0 || strcmp(value, "not.is.null") == 0;
}

/* The row of the route's table for a parameter with this value, or NULL; *ret_value is the value without its operator.
 */
static const struct param *find_param(const struct route *route, const char *name, const char *value,
                                      const char **ret_value)
{
    const struct param *plain = NULL, *with_op = NULL;
    *ret_value = value;
    for (const struct param *param = route->params; param && param->name; param++) {
        if (strcmp(param->name, name) != 0)
            continue;
        if (param->type == PARAM_NULL && asks_for_null(value))
            return param;
        if (!plain)
            plain = param;
        if (behind_op(value, param->op))
            with_op = param;
    }
    if (with_op)
        *ret_value = behind_op(value, with_op->op);
    return with_op ? with_op : plain;
}

static bool repeated(const struct params *params, const struct param *param)
{
    for (unsigned i = 0; i < params->terms_count; i++)
        if (params->terms[i].param == param)
            return !param->repeats;
    return false;
}

/* Into its place in the order of the table, behind those of the same row. */
static void insert_term(struct params *params, struct term term)
{
    unsigned place = params->terms_count++;
    for (; place && params->terms[place - 1].param > term.param; place--)
        params->terms[place] = params->terms[place - 1];
    params->terms[place] = term;
}

static void read_pair(const struct reading *reading, const char *name, const char *value)
{
    struct params *params = reading->params;
    const char *operand;
    const struct param *param = find_param(params->route, name, value, &operand);
    if (!param)
        error_fault(reading->error, ERROR_UNKNOWN_PARAMETER, name, "There is no parameter of this name here.");
    else if (repeated(params, param))
        error_fault(reading->error, ERROR_REPEATED_PARAMETER, name, "%s is given more than once%s%s.", name,
                    param->op ? " with " : "", param->op ? param->op : "");
    else if (params->terms_count == TERMS_MAX)
        error_fault(reading->error, ERROR_INVALID_PARAMETER, name, "There can be %d parameters at most.", TERMS_MAX);
    else
        insert_term(params, (struct term){param, value, read_value(reading, param, operand)});
}

static bool decode(const struct reading *reading, const char *from, size_t size, const char **ret_text)
{
    const char *fault = url_decode(reading->arena, from, size, true, ret_text);
    if (fault)
        error_set(reading->error, ERROR_MALFORMED_REQUEST, "In the query string: %s", fault);
    return !fault;
}

static bool read_pairs(const struct reading *reading, const char *query)
{
    while (*query) {
        size_t size = strcspn(query, "&"), name_size = strcspn(query, "=&");
        size_t value_at = name_size < size ? name_size + 1 : size;
        const char *name, *value;
        if (!decode(reading, query, name_size, &name) || !decode(reading, query + value_at, size - value_at, &value))
            return false;
        if (size)
            read_pair(reading, name, value);
        query += size + (query[size] == '&');
    }
    return true;
}

/* ---- cursor ---- */

static uint64_t fingerprint(const struct params *params)
{
    uint64_t print = cursor_fingerprint(CURSOR_SEED, params->route->path);
    print = cursor_fingerprint(print, params->id ? params->id : "");
    for (unsigned i = 0; i < params->terms_count; i++) {
        if (!params->terms[i].bound)
            continue;
        print = cursor_fingerprint(print, params->terms[i].param->name);
        print = cursor_fingerprint(print, params->terms[i].given);
    }
    for (unsigned i = 0; i < params->orders_count; i++) {
        print = cursor_fingerprint(print, params->orders[i].descending ? "-" : "+");
        print = cursor_fingerprint(print, params->orders[i].key->name);
    }
    return print;
}

static void read_cursor(const struct reading *reading, const struct param *param, const char *given)
{
    struct params *params = reading->params;
    if (!cursor_ready()) {
        error_set(reading->error, ERROR_DATABASE_UNAVAILABLE, "Without the database no cursor can be read.");
        return;
    }
    const char *fault = cursor_decode(reading->arena, given, params->fingerprint, params->after, params->orders_count);
    if (fault)
        error_fault(reading->error, ERROR_INVALID_CURSOR, param->name, "%s", fault);
    params->continued = !fault;
}

/* ---- the whole ---- */

static void read_order(const struct reading *reading)
{
    struct params *params = reading->params;
    complete_order(reading);
    params->fingerprint = fingerprint(params);
    for (unsigned i = 0; i < params->terms_count; i++)
        if (params->terms[i].param->type == PARAM_CURSOR)
            read_cursor(reading, params->terms[i].param, params->terms[i].given);
}

bool params_parse(struct arena *arena, const struct route *route, const char *id, const char *query, struct params *ret,
                  struct error *error)
{
    struct reading reading = {arena, ret, error};
    *ret = (struct params){.route = route, .id = id, .limit = page_most < LIMIT_DEFAULT ? page_most : LIMIT_DEFAULT};
    if (!read_pairs(&reading, query) || error->code)
        return false;
    if (route->sorts)
        read_order(&reading);
    return !error->code;
}

const char *const *params_embeds(const struct route *route)
{
    for (const struct param *param = route->params; param && param->name; param++)
        if (param->type == PARAM_EMBED)
            return param->values;
    return NULL;
}

/* ---- links ---- */

static void put_path(struct buffer *target, const struct params *params, const struct route *route)
{
    const char *path = route->path, *hole = strchr(path, '{');
    buffer_append(target, path, hole ? (size_t)(hole - path) : strlen(path));
    if (!hole)
        return;
    url_encode(target, params->id);
    buffer_puts(target, strchr(hole, '}') + 1);
}

static void put_pair(struct buffer *target, char before, const char *name, const char *value)
{
    buffer_putc(target, before);
    buffer_puts(target, name);
    buffer_putc(target, '=');
    url_encode(target, value);
}

char *params_target(struct arena *arena, const struct params *params, const char *cursor)
{
    _cleanup_(buffer_release) struct buffer target = BUFFER_INIT;
    char before = '?';
    put_path(&target, params, params->route);
    for (unsigned i = 0; i < params->terms_count; i++) {
        const struct term *term = &params->terms[i];
        if (term->param->type == PARAM_CURSOR)
            continue;
        put_pair(&target, before, term->param->name, term->given);
        before = '&';
    }
    if (cursor)
        put_pair(&target, before, "cursor", cursor);
    return arena_copy(arena, target.data, target.size);
}

char *params_self(struct arena *arena, const struct params *params)
{
    const char *cursor = NULL;
    for (unsigned i = 0; i < params->terms_count; i++)
        if (params->terms[i].param->type == PARAM_CURSOR)
            cursor = params->terms[i].given;
    return params_target(arena, params, cursor);
}

char *params_page(struct arena *arena, const struct params *params)
{
    _cleanup_(buffer_release) struct buffer path = BUFFER_INIT;
    put_path(&path, params, params->page);
    return arena_copy(arena, path.data, path.size);
}

char *params_cursor(struct arena *arena, const struct params *params, const char *const *keys)
{
    return cursor_encode(arena, params->fingerprint, keys, params->orders_count);
}
