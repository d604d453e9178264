/* fetch: answers from the database */
#include "fetch.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "answer.h"
#include "assets.h"
#include "cursor.h"
#include "log.h"
#include "loop.h"
#include "memory.h"
#include "negotiate.h"
#include "recall.h"

static void refuse(struct request *request, enum error_code code, const char *detail)
{
    struct error error;
    error_init(&error);
    error_set(&error, code, "%s", detail);
    recall_fail(request, &error);
}

/* ---- documents from rows ---- */

static const char *join_link(struct request *request, const char *links, const char *target, const char *relation)
{
    return arena_format(&request->arena, "%s%s<%s>; rel=\"%s\"", links ? links : "", links ? ", " : "", target,
                        relation);
}

/* Where this is, where its list begins and where it goes on (RFC 8288). Of a long target only the last is told, and
 * that not where the body tells it: header fields have little room. */
static const char *place_of(struct request *request, const char *next)
{
    enum { LONG = 512, VERY_LONG = 1536 };
    struct arena *arena = &request->arena;
    size_t size = strlen(request->target);
    bool told = request->representation->format == FORMAT_JSON || request->representation->format == FORMAT_JSONLD;
    const char *links = NULL;
    if (size < LONG)
        links = join_link(request, links, params_self(arena, &request->params), "self");
    if (size < LONG && request->params.route->shape == SHAPE_LIST)
        links = join_link(request, links, params_target(arena, &request->params, NULL), "first");
    if (next && (size < VERY_LONG || !told))
        links = join_link(request, links, params_target(arena, &request->params, next), "next");
    return links;
}

static void put_count(struct request *request, struct headers *headers)
{
    if (!request->count.applied)
        return;
    headers_put_whole(headers, "Preference-Applied", arena_format(&request->arena, "count=%s", request->count.applied));
    headers_put_whole(headers, "X-Total-Count", arena_format(&request->arena, "%lld", request->count.total));
}

/* Whether the data are still those that the request was answered from. */
static bool data_are_known(const struct request *request)
{
    return request->data.version && request->data.version == request->service->data.version;
}

/* A second that is not over may see one more change. */
static int64_t modified(const struct request *request)
{
    bool settled = data_are_known(request) && request->data.changed_at < time(NULL);
    return settled ? request->data.changed_at : 0;
}

static struct document *make_document(struct request *request, char *bytes, size_t size, const char *next)
{
    struct headers headers = {.count = 0};
    struct reply_form form =
        request_form(request, answer_media_type(request->representation->format), modified(request));
    request_headers(request, place_of(request, next), &headers);
    put_count(request, &headers);
    return reply_bytes(bytes, size, &form, &headers);
}

static void answer_document(struct request *request, const PGresult *result)
{
    struct buffer body = BUFFER_INIT;
    struct error error;
    error_init(&error);
    const char *next;
    if (!answer_write(&request->arena, &request->params, request->representation, &request->count, result, &body, &next,
                      &error)) {
        buffer_release(&body);
        recall_fail(request, &error);
        return;
    }
    size_t size;
    char *bytes = buffer_detach(&body, &size);
    struct document *document = make_document(request, bytes, size, next);
    document->version = request->data.version;
    recall_answer(request, document);
    document_unref(document);
}

static bool has_row(const PGresult *result, const char *version, size_t size)
{
    for (int row = 0; row < PQntuples(result); row++)
        if ((size_t)PQgetlength(result, row, 0) == size && memcmp(PQgetvalue(result, row, 0), version, size) == 0)
            return true;
    return false;
}

static void answer_ready(struct request *request, const PGresult *result)
{
    if (request->service->db.schema != SCHEMA_FITS) {
        request_refuse(request, ERROR_NOT_READY, "The schema is being checked.");
        return;
    }
    for (const struct asset *migration = asset_migrations; migration->name; migration++) {
        if (has_row(result, migration->name, strcspn(migration->name, "_")))
            continue;
        struct error error;
        error_init(&error);
        error_set(&error, ERROR_NOT_READY, "Migration %s is not applied.", migration->name);
        request_fail(request, &error);
        return;
    }
    request_reply(request, reply_status("ready"));
}

/* ---- the database ---- */

static void refuse_status(struct request *request, enum db_status status)
{
    static const struct {
        enum error_code code;
        const char *detail;
    } refusals[] = {
        [DB_FAILED] = {ERROR_INTERNAL, "The database could not answer; the log says why."},
        [DB_TIMEOUT] = {ERROR_TIMEOUT, "The database did not answer in time."},
        [DB_OVERLOADED] = {ERROR_OVERLOADED, "Too many requests wait for the database."},
        [DB_UNREADY] = {ERROR_NOT_READY, "The database lacks migrations of this version."},
        [DB_UNAVAILABLE] = {ERROR_DATABASE_UNAVAILABLE, "The database cannot be reached."},
    };
    refuse(request, refusals[status].code, refusals[status].detail);
}

/* A cursor's keys alone reach the database unchecked: any other argument that is no value is our own mistake. */
static void answer_misfit(struct request *request)
{
    if (!request->params.continued) {
        log_event(LOG_ERROR, "argument-misfit", LOG_TEXT("target", request->target));
        refuse(request, ERROR_INTERNAL, "The database took an argument for no value of its type.");
        return;
    }
    struct error error;
    error_init(&error);
    error_fault(&error, ERROR_INVALID_CURSOR, "cursor", "%s", cursor_unknown);
    recall_fail(request, &error);
}

/* Our own SQL raised CL404, or CL400 with the parameter at fault in the column field. */
static void answer_refusal(struct request *request, const PGresult *result)
{
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *column = PQresultErrorField(result, PG_DIAG_COLUMN_NAME);
    struct error error;
    error_init(&error);
    if (strcmp(PQresultErrorField(result, PG_DIAG_SQLSTATE), "CL404") == 0)
        error_set(&error, ERROR_NOT_FOUND, "%s", message);
    else
        error_fault(&error, ERROR_INVALID_PARAMETER, column ? column : "", "%s", message);
    recall_fail(request, &error);
}

static void on_result(struct db_call *call, enum db_status status, const PGresult *result);

/* Sends the request's next query; what it answers comes to on_result(). */
static enum db_status ask(struct request *request, enum query_aim aim, struct arena *arena)
{
    request->aim = aim;
    request->asked = loop_now_us();
    query_bind(&request->service->queries, arena, &request->params, request->representation, aim, &request->call);
    request->call.done = on_result;
    return db_start(&request->service->db, &request->call);
}

static void ask_or_refuse(struct request *request, enum query_aim aim)
{
    enum db_status status = ask(request, aim, &request->arena);
    if (status)
        refuse_status(request, status);
}

/* ---- streamed answers ---- */

static bool is_streamed(const struct request *request)
{
    return answer_is_streamed(&request->params, request->representation);
}

/* The page's arena holds what the last query took; from here on, what the next one will. */
static void take_page(struct request *request, const PGresult *result, bool first, struct error *error)
{
    struct params *params = &request->params;
    struct stream *stream = &request->stream;
    arena_release(&request->page);
    arena_init(&request->page);
    stream->broken =
        !answer_write_page(&request->page, params, request->representation, first, result, &stream->part, error);
    const char *const *keys = answer_last_keys(&request->page, params, result);
    for (unsigned i = 0; keys && i < params->orders_count; i++)
        params->after[i] = keys[i];
    params->continued = true;
    stream->complete = !keys;
}

/* The status line has been sent: all that can be told is that the answer is not whole. */
static void break_off(struct request *request)
{
    request->stream.broken = true;
    request->service->abandon(request->connection);
}

static void note_progress(struct stream *stream)
{
    struct request *request = container_of(stream, struct request, stream);
    request->service->progress(request->connection);
}

static void ask_for_page(struct stream *stream)
{
    struct request *request = container_of(stream, struct request, stream);
    if (ask(request, QUERY_ROWS, &request->page) == DB_OK)
        MHD_suspend_connection(request->connection);
    else
        break_off(request);
}

static void begin_stream(struct request *request, const PGresult *result)
{
    struct error error;
    error_init(&error);
    take_page(request, result, true, &error);
    if (error.code) {
        request_fail(request, &error);
        return;
    }
    request->stream.progress = note_progress;
    request->stream.ask = ask_for_page;
    request->place = place_of(request, NULL);
    request_reply(request, reply_stream(&request->stream, answer_media_type(request->representation->format)));
    /* libmicrohttpd 0.9.75 sends the last chunk behind the head of a HEAD, too. */
    if (request_has_method(request, MHD_HTTP_METHOD_HEAD))
        MHD_set_response_options(request->response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
}

/* ---- results ---- */

static void answer_rows(struct request *request, const PGresult *result)
{
    if (request->params.route->shape == SHAPE_READY)
        answer_ready(request, result);
    else if (is_streamed(request))
        begin_stream(request, result);
    else
        answer_document(request, result);
}

/* The top node's estimate is the first in PostgreSQL's EXPLAIN (FORMAT JSON). */
static long long estimate(const PGresult *result)
{
    static const char label[] = "\"Plan Rows\":";
    const char *found = strstr(PQgetvalue(result, 0, 0), label);
    return found ? strtoll(found + strlen(label), NULL, 10) : 0;
}

/* Few rows are counted even where an estimate would do; true if that was not enough. */
static bool take_count(struct request *request, const PGresult *result)
{
    long long rows = request->aim == QUERY_ESTIMATE ? estimate(result) : strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    if (request->aim == QUERY_FEW && rows > QUERY_FEW_MOST)
        return true;
    request->count.total = request->aim == QUERY_ESTIMATE && rows <= QUERY_FEW_MOST ? QUERY_FEW_MOST + 1 : rows;
    return false;
}

static void go_on(struct request *request, const PGresult *result)
{
    if (request->aim == QUERY_ROWS)
        answer_rows(request, result);
    else
        ask_or_refuse(request, take_count(request, result) ? QUERY_ESTIMATE : QUERY_ROWS);
}

/* What there is to say of it was said of the first one. */
static void take_next_page(struct request *request, const PGresult *result)
{
    struct error error;
    error_init(&error);
    take_page(request, result, false, &error);
}

static void go_on_streaming(struct request *request, enum db_status status, const PGresult *result)
{
    if (status == DB_OK)
        take_next_page(request, result);
    else
        break_off(request);
}

static void on_result(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct request *request = container_of(call, struct request, call);
    request->waited += loop_now_us() - request->asked;
    if (request->state == REQUEST_READY)
        go_on_streaming(request, status, result);
    else if (status == DB_OK)
        go_on(request, result);
    else if (status == DB_REFUSED)
        answer_refusal(request, result);
    else if (status == DB_MISFIT)
        answer_misfit(request);
    else
        refuse_status(request, status);
    if (request->state != REQUEST_READY)
        return; /* one more query */
    request_resume(request);
}

/* ---- beginning ---- */

static void choose_count(struct request *request)
{
    bool counts = request->params.route->shape == SHAPE_LIST && request->representation->format == FORMAT_JSON;
    const char *prefer = counts ? request_field(request, FIELD_PREFER) : NULL;
    if (negotiate_prefers(prefer, "count", "exact"))
        request->count.applied = "exact";
    else if (negotiate_prefers(prefer, "count", "estimated"))
        request->count.applied = "estimated";
}

bool fetch_choose(struct request *request, struct error *error)
{
    request->representation =
        answer_representation(&request->params, request_field(request, FIELD_ACCEPT), &request->arena, error);
    if (!request->representation)
        return false;
    choose_count(request);
    return true;
}

bool fetch_is_whole(const struct request *request)
{
    return request->params.route->shape != SHAPE_READY && !is_streamed(request);
}

static enum query_aim first_aim(const struct request *request)
{
    if (!request->count.applied)
        return QUERY_ROWS;
    return strcmp(request->count.applied, "exact") == 0 ? QUERY_COUNT : QUERY_FEW;
}

void fetch(struct request *request)
{
    if (is_streamed(request))
        request->params.limit = LIMIT_MAX;
    request->data = request->service->data;
    request->state = REQUEST_WAITING;
    ask_or_refuse(request, first_aim(request));
}
