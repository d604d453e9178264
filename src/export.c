/* export: the command that writes all data, or all of a collection, as they are at one moment */
#include "export.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "memory.h"
#include "query.h"
#include "session.h"
#include "target.h"

static bool fail_to_write(void)
{
    return !session_complain("cannot write the export", strerror(errno));
}

static bool write_out(struct buffer *bytes)
{
    bool written = fwrite(bytes->data, 1, bytes->size, stdout) == bytes->size;
    bytes->size = 0;
    return written || fail_to_write();
}

/* ---- all of it, in lines ---- */

/* Of CSV with one column and marks that no JSON has, the lines are as they are. */
static const char copy_out[] =
    "COPY (SELECT export_lines()) TO STDOUT (FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01')";

static bool write_copied(PGconn *session)
{
    char *part;
    int size;
    while ((size = PQgetCopyData(session, &part, 0)) > 0) {
        bool written = fwrite(part, (size_t)size, 1, stdout) == 1;
        PQfreemem(part);
        if (!written)
            return fail_to_write();
    }
    return true;
}

/* A failure in the middle ends the lines as their end does: the status behind them tells. */
static bool is_complete(PGconn *session)
{
    bool good = false;
    for (PGresult *result; (result = PQgetResult(session)); PQclear(result))
        good = PQresultStatus(result) == PGRES_COMMAND_OK;
    return good || !session_complain("the export is not whole", PQerrorMessage(session));
}

static bool write_lines(PGconn *session)
{
    _cleanup_(session_clear_at) PGresult *copying = PQexec(session, copy_out);
    if (PQresultStatus(copying) != PGRES_COPY_OUT)
        return !session_complain("the database refused", PQerrorMessage(session));
    return write_copied(session) && is_complete(session);
}

/* ---- a collection, as the service answers it ---- */

struct outlet {
    PGconn *session;
    struct query_set queries;
    struct arena arena, page; /* for the whole of it, and for what the page at hand takes */
    struct buffer bytes;
    bool begun; /* a row has been written */
};

/* Writes a page, and moves the parameters to the next one: *ret_more says whether there is one. */
static bool write_page(struct outlet *outlet, struct params *params, const struct representation *form, bool *ret_more)
{
    struct db_call call;
    struct error error;
    error_init(&error);
    query_bind(&outlet->queries, &outlet->page, params, form, QUERY_ROWS, &call);
    _cleanup_(session_clear_at) PGresult *result =
        session_ask(outlet->session, call.statement->sql, call.arguments_count, call.arguments);
    if (!result)
        return false;
    arena_release(&outlet->page);
    arena_init(&outlet->page);
    if (form->format == FORMAT_JSONLD)
        answer_write_linked(params, !outlet->begun, result, &outlet->bytes);
    else
        answer_write_page(&outlet->page, params, form, !outlet->begun, result, &outlet->bytes, &error);
    outlet->begun |= form->format != FORMAT_JSONLD || PQntuples(result) > 0;
    const char *const *keys = answer_last_keys(&outlet->page, params, result);
    for (unsigned i = 0; keys && i < params->orders_count; i++)
        params->after[i] = keys[i];
    params->continued = *ret_more = keys;
    return write_out(&outlet->bytes);
}

static bool write_pages(struct outlet *outlet, struct params *params, const struct representation *form)
{
    params->limit = LIMIT_MAX;
    for (bool more = true; more;)
        if (!write_page(outlet, params, form, &more))
            return false;
    return true;
}

/* Whether the form is one of all of a collection. */
static bool is_whole(enum format format)
{
    return format == FORMAT_CSV || format == FORMAT_NDJSON || format == FORMAT_JSONLD;
}

/* Whether there is such a collection, and in this form. */
static bool find_collection(struct outlet *outlet, const char *collection, const char *format, struct params *ret)
{
    struct error error;
    error_init(&error);
    const char *target = arena_format(&outlet->arena, "/v1/%s?format=%s", collection, format);
    if (strspn(collection, "abcdefghijklmnopqrstuvwxyz") == strlen(collection) &&
        target_read(&outlet->arena, "GET", target, ret, &error) && ret->route->shape == SHAPE_LIST &&
        is_whole(ret->representation->format))
        return true;
    session_complain(collection, "there is no such collection in this format.");
    return false;
}

static bool write_collection(struct outlet *outlet, const char *collection, const char *format)
{
    struct params params = {.route = NULL};
    return find_collection(outlet, collection, format, &params) && write_pages(outlet, &params, params.representation);
}

/* ---- linked data ---- */

static bool has_form(const struct route *route, enum format format)
{
    return route->shape == SHAPE_LIST && !route_has_id(route) && route_representation(route, format);
}

static bool write_collections(struct outlet *outlet)
{
    static const size_t prefix = sizeof("/v1/") - 1;
    for (const struct route *route = routes; route->path; route++)
        if (has_form(route, FORMAT_JSONLD) &&
            !write_collection(outlet, route->path + prefix, format_name(FORMAT_JSONLD)))
            return false;
    return true;
}

static bool write_linked(struct outlet *outlet, const char *collection)
{
    answer_begin_linked(&outlet->bytes);
    if (!(collection ? write_collection(outlet, collection, format_name(FORMAT_JSONLD)) : write_collections(outlet)))
        return false;
    buffer_puts(&outlet->bytes, "]}\n");
    return write_out(&outlet->bytes);
}

/* ---- the command ---- */

static bool write_data(struct outlet *outlet, const char *collection, const char *format)
{
    if (strcmp(format, format_name(FORMAT_JSONLD)) == 0)
        return write_linked(outlet, collection);
    if (collection)
        return write_collection(outlet, collection, format);
    if (strcmp(format, format_name(FORMAT_NDJSON)) == 0)
        return write_lines(outlet->session);
    return !session_complain(format, "this format takes the name of a collection, such as claims.");
}

static void outlet_release(struct outlet *outlet)
{
    PQfinish(outlet->session);
    query_set_release(&outlet->queries);
    arena_release(&outlet->page);
    arena_release(&outlet->arena);
    buffer_release(&outlet->bytes);
}

static bool begin(PGconn *session)
{
    static const char *const statements[] = {"SET TIME ZONE 'UTC'", "SET datestyle = ISO", "SET jit = off",
                                             "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
    bool good = session;
    for (size_t i = 0; good && i < sizeof(statements) / sizeof(*statements); i++)
        good = session_run(session, statements[i]);
    return good;
}

int export_data(const char *url, const char *collection, const char *format)
{
    _cleanup_(outlet_release) struct outlet outlet = {.session = session_open(url, "claimd export")};
    query_set_init(&outlet.queries);
    arena_init(&outlet.arena);
    arena_init(&outlet.page);
    if (!begin(outlet.session) || !write_data(&outlet, collection, format ? format : format_name(FORMAT_NDJSON)))
        return 1;
    return fflush(stdout) == 0 || fail_to_write() ? 0 : 1;
}
