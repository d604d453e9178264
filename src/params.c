/* params: a request's query string, checked against its route's table */
#include "params.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "buffer.h"
#include "cursor.h"
#include "memory.h"
#include "url.h"

#define DIGITS "0123456789"

/* One parameter being read. */
struct reading {
    struct arena *arena;
    struct params *params;
    struct error *error;
};

/* Words with one hyphen between each two. */
static bool slug_valid(const char *slug)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    for (;;) {
        size_t word = strspn(slug, letters);
        if (!word || (slug[word] && slug[word] != '-'))
            return false;
        if (!slug[word])
            return true;
        slug += word + 1;
    }
}

static bool code_valid(const char *code)
{
    while (isgraph((unsigned char)*code))
        code++;
    return !*code;
}

bool id_valid(enum id_form form, const char *id)
{
    size_t size = strlen(id);
    if (size == 0 || size > ID_MAX)
        return false;
    return form == ID_SLUG ? slug_valid(id) : code_valid(id);
}

/* A language and its subtags (RFC 5646, section 2.1), as the database has them. */
static bool tag_valid(const char *tag)
{
    static const char lower[] = "abcdefghijklmnopqrstuvwxyz";
    static const char any[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    size_t size = strspn(tag, lower);
    if (size < 2 || size > 3)
        return false;
    for (tag += size; *tag == '-'; tag += 1 + size) {
        size = strspn(tag + 1, any);
        if (size < 2 || size > 8)
            return false;
    }
    return !*tag;
}

static const char *element_fault(const struct param *param, const char *element)
{
    if (!*element)
        return "A list has no empty elements.";
    if (param->type == PARAM_TAGS)
        return tag_valid(element) ? NULL : "This is not a language tag.";
    if (param->type != PARAM_WORDS)
        return id_valid(ID_SLUG, element) ? NULL : "This is not an id.";
    for (const char *const *value = param->values; *value; value++)
        if (strcmp(*value, element) == 0)
            return NULL;
    return "";
}

static void fault_with_values(struct error *error, const struct param *param)
{
    char list[ERROR_TEXT_MAX] = "";
    for (const char *const *value = param->values; *value; value++)
        snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", *list ? ", " : "", *value);
    error_fault(error, ERROR_INVALID_PARAMETER, param->name, "%s takes: %s.", param->name, list);
}

static bool element_check(const struct reading *reading, const struct param *param, const char *element)
{
    const char *fault = element_fault(param, element);
    if (!fault)
        return true;
    if (*fault)
        error_fault(reading->error, ERROR_INVALID_PARAMETER, param->name, "%s", fault);
    else
        fault_with_values(reading->error, param);
    return false;
}

/* An array literal of quoted elements; none of them holds a quote or a backslash. */
static const char *read_list(const struct reading *reading, const struct param *param, const char *value)
{
    char *rest = arena_copy(reading->arena, value, strlen(value));
    char *array = arena_alloc(reading->arena, strlen(value) * 3 + 5), *end = array;
    unsigned count = 0;
    for (char *element; (element = strsep(&rest, ","));) {
        if (!element_check(reading, param, element))
            return NULL;
        if (++count > LIST_MAX) {
            error_fault(reading->error, ERROR_INVALID_PARAMETER, param->name, "A list has at most %d elements.",
                        LIST_MAX);
            return NULL;
        }
        end += sprintf(end, "%c\"%s\"", end == array ? '{' : ',', element);
    }
    *end = '}';
    return array;
}

static const char *read_limit(const struct reading *reading, const struct param *param, const char *value)
{
    size_t digits = strspn(value, DIGITS);
    long limit = digits && digits <= 9 && !value[digits] ? strtol(value, NULL, 10) : 0;
    if (limit < 1 || limit > LIMIT_MAX) {
        error_fault(reading->error, ERROR_INVALID_PARAMETER, param->name, "limit is a whole number from 1 to %d.",
                    LIMIT_MAX);
        return NULL;
    }
    reading->params->limit = (unsigned)limit;
    return NULL;
}

/* Digits with at most one point among them, then an exponent that keeps the number within a hundred digits. */
static bool number_valid(const char *text)
{
    text += *text == '-';
    size_t whole = strspn(text, DIGITS);
    text += whole;
    size_t part = *text == '.' ? strspn(text + 1, DIGITS) : 0;
    if (*text == '.')
        text += 1 + part;
    if (whole + part == 0 || whole + part > 50)
        return false;
    if (*text != 'e' && *text != 'E')
        return !*text;
    text += 1 + (text[1] == '-' || text[1] == '+');
    size_t exponent = strspn(text, DIGITS);
    return exponent && exponent <= 3 && !text[exponent] && strtol(text, NULL, 10) <= 50;
}

static bool count_valid(const char *text)
{
    size_t digits = strspn(text, DIGITS);
    return digits && digits <= 9 && !text[digits] && strtol(text, NULL, 10) > 0;
}

/* The end of a day of the calendar (RFC 3339, section 5.6: full-date), or NULL. */
static const char *read_day(const char *text)
{
    struct tm given = {0};
    if (strspn(text, DIGITS) != 4 || strncmp(text, "0000", 4) == 0)
        return NULL;
    const char *end = strptime(text, "%Y-%m-%d", &given);
    struct tm same = given;
    if (!end || end - text != strlen("2025-01-27") || timegm(&same) == -1)
        return NULL;
    return same.tm_mday == given.tm_mday ? end : NULL;
}

/* A full-date, or a date-time with seconds and offset. */
static bool time_valid(const char *text)
{
    struct tm ignored;
    const char *next = read_day(text);
    if (!next || !*next)
        return next;
    const char *time = next + 1;
    next = *next == 'T' ? strptime(time, "%H:%M:%S", &ignored) : NULL;
    if (!next || next - time != strlen("03:12:35") || ignored.tm_sec > 59)
        return false;
    if (*next == '.') {
        size_t digits = strspn(next + 1, DIGITS);
        if (!digits || digits > 6)
            return false;
        next += 1 + digits;
    }
    if (strcmp(next, "Z") == 0)
        return true;
    time = next + 1;
    next = *next == '+' || *next == '-' ? strptime(time, "%H:%M", &ignored) : NULL;
    return next && !*next && next - time == strlen("00:00") && ignored.tm_hour < 15;
}

/* NULL if the value is of the parameter's scalar type, else what it should be. */
static const char *scalar_fault(enum param_type type, const char *value)
{
    const char *day;
    switch (type) {
    case PARAM_NUMBER:
        return number_valid(value) ? NULL : "a number, such as 1.6e9";
    case PARAM_COUNT:
        return count_valid(value) ? NULL : "a whole number from 1 on";
    case PARAM_DAY:
        day = read_day(value);
        return day && !*day ? NULL : "a day, such as 2025-01-27";
    default:
        return time_valid(value) ? NULL : "a time, such as 2025-01-27T12:00:00Z, or a day";
    }
}

static const char *read_scalar(const struct reading *reading, const struct param *param, const char *value)
{
    const char *fault = scalar_fault(param->type, value);
    if (!fault)
        return value;
    error_fault(reading->error, ERROR_INVALID_PARAMETER, param->name,
                "%s takes %s, alone or behind eq., gt., gte., lt. or lte.", param->name, fault);
    return NULL;
}

static const char *read_value(const struct reading *reading, const struct param *param, const char *value)
{
    switch (param->type) {
    case PARAM_LIMIT:
        return read_limit(reading, param, value);
    case PARAM_CURSOR:
        return NULL; /* read last: it belongs to all the others */
    case PARAM_ID:
        return element_check(reading, param, value) ? value : NULL;
    case PARAM_NULL:
        return *value == 'n' ? "false" : "true"; /* not.is.null, is.null */
    case PARAM_IDS:
    case PARAM_WORDS:
    case PARAM_TAGS:
        return read_list(reading, param, value);
    default:
        return read_scalar(reading, param, value);
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

/* The row of the route's table for a parameter with this value, -1 if it has none of this name; *ret_value is the value
 * without its operator. */
static int find_param(const struct route *route, const char *name, const char *value, const char **ret_value)
{
    int bare = -1, with_op = -1;
    for (int i = 0; route->params && route->params[i].name; i++) {
        const struct param *param = &route->params[i];
        if (strcmp(param->name, name) != 0)
            continue;
        if (bare < 0)
            bare = i;
        if (param->type == PARAM_NULL && asks_for_null(value)) {
            *ret_value = value;
            return i;
        }
        if (behind_op(value, param->op))
            with_op = i;
    }
    *ret_value = with_op < 0 ? value : behind_op(value, route->params[with_op].op);
    return with_op < 0 ? bare : with_op;
}

static void read_pair(const struct reading *reading, const char *name, const char *value)
{
    struct params *params = reading->params;
    const char *operand;
    int index = find_param(params->route, name, value, &operand);
    if (index < 0) {
        error_fault(reading->error, ERROR_UNKNOWN_PARAMETER, name, "There is no parameter of this name here.");
        return;
    }
    if (params->given[index]) {
        const char *op = params->route->params[index].op;
        error_fault(reading->error, ERROR_REPEATED_PARAMETER, name, "%s is given more than once%s%s.", name,
                    op ? " with " : "", op ? op : "");
        return;
    }
    params->given[index] = value;
    params->bound[index] = read_value(reading, &params->route->params[index], operand);
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

static void read_cursor(const struct reading *reading)
{
    struct params *params = reading->params;
    const struct route *route = params->route;
    params->fingerprint = cursor_fingerprint(CURSOR_SEED, route->path);
    params->fingerprint = cursor_fingerprint(params->fingerprint, params->id ? params->id : "");
    int cursor = -1;
    for (int i = 0; route->params && route->params[i].name; i++) {
        if (route->params[i].type == PARAM_CURSOR)
            cursor = i;
        else if (params->bound[i]) {
            params->fingerprint = cursor_fingerprint(params->fingerprint, route->params[i].name);
            params->fingerprint = cursor_fingerprint(params->fingerprint, params->given[i]);
        }
    }
    if (cursor < 0 || !params->given[cursor])
        return;
    const char *fault =
        cursor_decode(reading->arena, params->given[cursor], params->fingerprint, &params->bound[cursor]);
    if (!fault && !id_valid(ID_CODE, params->bound[cursor]))
        fault = "This is not a cursor of this service; take it from next.";
    if (fault)
        error_fault(reading->error, ERROR_INVALID_CURSOR, "cursor", "%s", fault);
}

bool params_parse(struct arena *arena, const struct route *route, const char *id, const char *query, struct params *ret,
                  struct error *error)
{
    struct reading reading = {arena, ret, error};
    *ret = (struct params){.route = route, .id = id, .limit = LIMIT_DEFAULT};
    if (!read_pairs(&reading, query) || error->code)
        return false;
    read_cursor(&reading);
    return !error->code;
}

char *params_next(struct arena *arena, const struct params *params, const char *id)
{
    _cleanup_(buffer_release) struct buffer link = BUFFER_INIT;
    const char *hole = strchr(params->route->path, '{');
    buffer_append(&link, params->route->path,
                  hole ? (size_t)(hole - params->route->path) : strlen(params->route->path));
    if (hole) {
        url_encode(&link, params->id);
        buffer_puts(&link, strchr(hole, '}') + 1);
    }
    buffer_putc(&link, '?');
    for (int i = 0; params->route->params[i].name; i++) {
        if (!params->given[i] || params->route->params[i].type == PARAM_CURSOR)
            continue;
        buffer_puts(&link, params->route->params[i].name);
        buffer_putc(&link, '=');
        url_encode(&link, params->given[i]);
        buffer_putc(&link, '&');
    }
    buffer_puts(&link, "cursor=");
    buffer_puts(&link, cursor_encode(arena, params->fingerprint, id));
    return arena_copy(arena, link.data, link.size);
}
