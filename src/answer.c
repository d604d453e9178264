/* answer: rows of a result as the document, or the part of a stream, that a client asked for */
#include "answer.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "csv.h"
#include "linked.h"
#include "memory.h"
#include "negotiate.h"
#include "page.h"
#include "plot/plot.h"
#include "row.h"

static const char *const media_types[] = {
    [FORMAT_JSON] = "application/json",
    [FORMAT_CSV] = "text/csv; charset=utf-8; header=present",
    [FORMAT_NDJSON] = "application/x-ndjson",
    [FORMAT_JSONLD] = "application/ld+json",
    [FORMAT_SVG] = "image/svg+xml",
    [FORMAT_EVENTS] = "text/event-stream",
    [FORMAT_HTML] = "text/html; charset=utf-8",
};

const char *answer_media_type(enum format format)
{
    return media_types[format];
}

static void refuse_form(const struct params *params, struct arena *arena, struct error *error)
{
    const char *list = "";
    for (const struct representation *each = params->route->representations; each && each->query; each++)
        list = arena_format(arena, "%s%s%.*s", list, *list ? ", " : "", (int)strcspn(media_types[each->format], ";"),
                            media_types[each->format]);
    error_set(error, ERROR_NOT_ACCEPTABLE, "There is: %s.", list);
}

static const struct representation *choose(const struct params *params, const char *accept)
{
    const struct representation *best = params->page ? params->page->representations : params->representation;
    unsigned most = 0;
    if (best)
        return best;
    for (const struct representation *each = params->route->representations; each && each->query; each++) {
        unsigned quality = negotiate_media_type(accept, media_types[each->format]);
        if (quality > most) {
            most = quality;
            best = each;
        }
    }
    return best;
}

const struct representation *answer_representation(const struct params *params, const char *accept, struct arena *arena,
                                                   struct error *error)
{
    const struct representation *best = choose(params, accept);
    if (!best) {
        refuse_form(params, arena, error);
    } else if (params->fields && (best->format == FORMAT_JSONLD || best->format == FORMAT_SVG)) {
        error_fault(error, ERROR_INVALID_PARAMETER, "fields", "An answer as %s is whole: it takes no fields.",
                    format_name(best->format));
        return NULL;
    }
    return best;
}

bool answer_is_streamed(const struct params *params, const struct representation *representation)
{
    if (representation->format == FORMAT_EVENTS)
        return true;
    return params->route->shape == SHAPE_LIST && !params->limited &&
           (representation->format == FORMAT_NDJSON || representation->format == FORMAT_CSV);
}

/* ---- pages ---- */

static bool has_next(const struct params *params, const PGresult *result)
{
    return params->route->shape == SHAPE_LIST && (unsigned)PQntuples(result) > params->limit;
}

static int rows_shown(const struct params *params, const PGresult *result)
{
    return has_next(params, result) ? (int)params->limit : PQntuples(result);
}

const char *answer_reached(const struct params *params, const PGresult *result)
{
    int row = rows_shown(params, result) - 1;
    return row < 0 ? NULL : PQgetvalue(result, row, PQnfields(result) - (int)params->orders_count);
}

const char *const *answer_last_keys(struct arena *arena, const struct params *params, const PGresult *result)
{
    if (!has_next(params, result))
        return NULL;
    const char **keys = arena_alloc(arena, params->orders_count * sizeof(*keys));
    int row = (int)params->limit - 1, first = PQnfields(result) - (int)params->orders_count;
    for (unsigned i = 0; i < params->orders_count; i++)
        keys[i] = arena_copy(arena, PQgetvalue(result, row, first + (int)i),
                             (size_t)PQgetlength(result, row, first + (int)i));
    return keys;
}

int64_t answer_revision(const struct params *params, const PGresult *result)
{
    if (params->route->shape != SHAPE_ONE || !params->orders_count || PQntuples(result) == 0)
        return 0;
    return strtoll(PQgetvalue(result, 0, PQnfields(result) - 1), NULL, 10);
}

static bool lay_out(struct arena *arena, const struct params *params, const PGresult *result, struct columns *columns,
                    struct error *error)
{
    const char *unknown = columns_init(columns, arena, result, params->orders_count, params->fields);
    if (unknown)
        error_fault(error, ERROR_INVALID_PARAMETER, "fields", "There is no %s; there are: %s.", unknown,
                    columns_names(arena, result, params->orders_count));
    return !unknown;
}

/* ---- forms ---- */

static void put_next(struct buffer *body, const char *next)
{
    if (next)
        buffer_json(body, next, strlen(next));
    else
        buffer_puts(body, "null");
}

static void write_list(struct buffer *body, const PGresult *result, const struct columns *columns, int rows,
                       const struct answer_count *count, const char *next)
{
    char total[48];
    buffer_puts(body, "{\"items\":[");
    row_objects(body, result, columns, rows, ',');
    buffer_puts(body, "],\"next\":");
    put_next(body, next);
    if (count->applied) {
        snprintf(total, sizeof(total), ",\"total\":%lld", count->total);
        buffer_puts(body, total);
    }
    buffer_putc(body, '}');
}

/* Server-sent events (HTML Standard, section 9.2): the row's sort key is where a client goes on. */
static void write_events(struct buffer *body, const PGresult *result, const struct columns *columns, int rows)
{
    for (int row = 0; row < rows; row++) {
        buffer_puts(body, "id: ");
        buffer_puts(body, PQgetvalue(result, row, PQnfields(result) - 1));
        buffer_puts(body, "\ndata: ");
        row_object(body, result, columns, row);
        buffer_puts(body, "\n\n");
    }
}

bool answer_write_page(struct arena *arena, const struct params *params, const struct representation *representation,
                       bool first, const PGresult *result, struct buffer *body, struct error *error)
{
    struct columns columns;
    int rows = rows_shown(params, result);
    if (!lay_out(arena, params, result, &columns, error))
        return false;
    if (representation->format == FORMAT_EVENTS) {
        write_events(body, result, &columns, rows);
    } else if (representation->format == FORMAT_CSV) {
        if (first)
            csv_header(body, &columns);
        csv_rows(body, result, &columns, rows);
    } else if (rows) {
        row_objects(body, result, &columns, rows, '\n');
        buffer_putc(body, '\n');
    }
    return true;
}

static bool write_json(struct arena *arena, const struct params *params, const struct answer_count *count,
                       const PGresult *result, struct buffer *body, const char *next, struct error *error)
{
    struct columns columns;
    if (!lay_out(arena, params, result, &columns, error))
        return false;
    if (params->route->shape == SHAPE_LIST)
        write_list(body, result, &columns, rows_shown(params, result), count, next);
    else
        row_objects(body, result, &columns, 1, ',');
    return true;
}

/* The context's text without its closing brace; what follows becomes part of the same object. */
void answer_begin_linked(struct buffer *body)
{
    linked_begin(body);
    buffer_puts(body, "\"@graph\":[");
}

/* Each row is one document, as text. */
void answer_write_linked(const struct params *params, bool first, const PGresult *result, struct buffer *body)
{
    for (int row = 0; row < rows_shown(params, result); row++) {
        buffer_puts(body, row || !first ? "," : "");
        buffer_append(body, PQgetvalue(result, row, 0), (size_t)PQgetlength(result, row, 0));
    }
}

static void write_linked(const struct params *params, const PGresult *result, struct buffer *body, const char *next)
{
    if (params->route->shape == SHAPE_ONE) {
        linked_begin(body);
        buffer_puts(body, PQgetvalue(result, 0, 0) + 1); /* behind its brace */
        return;
    }
    answer_begin_linked(body);
    answer_write_linked(params, true, result, body);
    buffer_puts(body, "],\"next\":");
    put_next(body, next);
    buffer_putc(body, '}');
}

/* The plot reads the document that the client would get as JSON, so that the two cannot differ. */
static bool write_picture(struct arena *arena, const struct params *params, const struct answer_count *count,
                          const PGresult *result, struct buffer *body, struct error *error)
{
    _cleanup_(buffer_release) struct buffer text = BUFFER_INIT;
    if (!write_json(arena, params, count, result, &text, NULL, error))
        return false;
    json_auto_t *comparison = json_loadb(text.data, text.size, 0, NULL);
    plot_comparison(body, comparison);
    return true;
}

/* The link to another part of the list that a page shows: as the API has it, but for the path. */
static const char *page_link(struct arena *arena, const struct params *params, const char *target)
{
    const char *query = target ? strchr(target, '?') : NULL;
    return query ? arena_format(arena, "%s%s", params->page->path, query) : NULL;
}

/* So does the page. */
static bool write_web_page(struct arena *arena, const struct params *params, const struct answer_count *count,
                           const PGresult *result, struct buffer *body, const char *next, struct error *error)
{
    _cleanup_(buffer_release) struct buffer text = BUFFER_INIT;
    if (!write_json(arena, params, count, result, &text, next, error))
        return false;
    json_auto_t *document = json_loadb(text.data, text.size, 0, NULL);
    struct page_data data = {document, params_self(arena, params), params_page(arena, params),
                             page_link(arena, params, next)};
    page_write(body, params->page, &data);
    return true;
}

bool answer_write(struct arena *arena, const struct params *params, const struct representation *representation,
                  const struct answer_count *count, const PGresult *result, struct buffer *body, const char **ret_next,
                  struct error *error)
{
    const char *const *keys = answer_last_keys(arena, params, result);
    *ret_next = keys ? params_cursor(arena, params, keys) : NULL;
    if (params->route->shape == SHAPE_ONE && PQntuples(result) == 0) {
        error_set(error, ERROR_NOT_FOUND, "Nothing has this id.");
        return false;
    }
    const char *next = *ret_next ? params_target(arena, params, *ret_next) : NULL;
    switch (representation->format) {
    case FORMAT_CSV:
    case FORMAT_NDJSON:
        return answer_write_page(arena, params, representation, true, result, body, error);
    case FORMAT_JSONLD:
        write_linked(params, result, body, next);
        return true;
    case FORMAT_SVG:
        return write_picture(arena, params, count, result, body, error);
    case FORMAT_HTML:
        return write_web_page(arena, params, count, result, body, next, error);
    default:
        return write_json(arena, params, count, result, body, next, error);
    }
}
