/* request: the life of one request: arrive, wait for the database, answer */
#include "request.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "answer.h"
#include "arena.h"
#include "assets.h"
#include "cursor.h"
#include "error.h"
#include "guard.h"
#include "log.h"
#include "memory.h"
#include "negotiate.h"
#include "origin.h"
#include "params.h"
#include "reply.h"
#include "routes.h"
#include "stream.h"
#include "target.h"
#include "trace.h"

enum { ID_SIZE = 65 };

static const char media_json[] = "application/json";

struct request {
    struct service *service;
    struct arena arena;
    enum { REQUEST_NEW, REQUEST_ACCEPTED, REQUEST_WAITING, REQUEST_READY } state;
    const char *uri;          /* as sent */
    const char *uri_received; /* where libmicrohttpd had it */
    const char *method;
    struct MHD_Connection *connection;
    struct params params;
    const struct representation *representation;
    struct answer_count count;
    struct data_state data; /* when the database was first asked */
    enum query_aim aim;     /* of the call under way */
    struct db_call call;
    uint64_t asked, waited; /* loop_now_us() of the call, microseconds of all of them */
    struct stream stream;   /* of a streamed answer */
    struct arena page;      /* what one page of it needs */
    struct error error;
    struct reply reply; /* once READY */
    char id[ID_SIZE];   /* of the request, for the client's log and ours */
    char trace[TRACE_ID_SIZE];
    uint64_t begun; /* loop_now_us() */
};

static bool is_method(const struct request *request, const char *method)
{
    return strcmp(request->method, method) == 0;
}

/* ---- header fields ---- */

struct field_search {
    struct request *request;
    const char *name;
    const char *value; /* NULL while none was found */
};

static enum MHD_Result join_field(void *context, enum MHD_ValueKind kind, const char *name, size_t name_size,
                                  const char *value, size_t value_size)
{
    struct field_search *search = context;
    (void)kind, (void)name_size, (void)value_size;
    if (strcasecmp(name, search->name) == 0)
        search->value = search->value ? arena_format(&search->request->arena, "%s, %s", search->value, value) : value;
    return MHD_YES;
}

/* The field's value, several of one name as one list; NULL if it is absent. */
static const char *field(struct request *request, const char *name)
{
    struct field_search search = {.request = request, .name = name};
    MHD_get_connection_values_n(request->connection, MHD_HEADER_KIND, join_field, &search);
    return search.value;
}

/* ---- answers ---- */

static void answer(struct request *request, struct reply reply)
{
    request->reply = reply;
    request->state = REQUEST_READY;
}

static void answer_error(struct request *request)
{
    answer(request, reply_problem(&request->error));
}

static void refuse(struct request *request, enum error_code code, const char *detail)
{
    error_set(&request->error, code, "%s", detail);
    answer_error(request);
}

static const char *cache_control(const struct request *request)
{
    return request->service->cache_control;
}

static struct reply_wishes read_wishes(struct request *request)
{
    return (struct reply_wishes){field(request, MHD_HTTP_HEADER_ACCEPT_ENCODING),
                                 field(request, MHD_HTTP_HEADER_IF_NONE_MATCH),
                                 field(request, MHD_HTTP_HEADER_IF_MODIFIED_SINCE)};
}

static void answer_status(struct request *request, const char *status)
{
    char *bytes = memory_format("{\"status\":\"%s\"}", status);
    answer(request, reply_moment(bytes, strlen(bytes)));
}

static void answer_file(struct request *request)
{
    const struct route *route = request->params.route;
    struct reply_document document = {route->media_type, cache_control(request), MHD_HTTP_HEADER_ACCEPT_ENCODING, 0};
    struct reply_wishes wishes = read_wishes(request);
    answer(request, reply_file(route->file, &document, &wishes));
}

/* What a problem's type means: the document that its URI leads to (RFC 9457, section 4). */
static void answer_problem_type(struct request *request)
{
    const struct error_kind *kind = error_kind_find(request->params.id);
    if (!kind) {
        refuse(request, ERROR_NOT_FOUND, "There is no such type of problem.");
        return;
    }
    size_t size;
    char *bytes = reply_problem_type(kind, &size);
    struct reply_document document = {media_json, cache_control(request), MHD_HTTP_HEADER_ACCEPT_ENCODING, 0};
    struct reply_wishes wishes = read_wishes(request);
    answer(request, reply_bytes(bytes, size, &document, &wishes));
}

/* ---- documents from rows ---- */

static void put_link(struct request *request, const char *cursor, const char *relation)
{
    const char *target = params_target(&request->arena, &request->params, cursor);
    reply_header(&request->reply, MHD_HTTP_HEADER_LINK,
                 arena_format(&request->arena, "<%s>; rel=\"%s\"", target, relation));
}

static const char *given_cursor(const struct params *params)
{
    for (unsigned i = 0; i < params->terms_count; i++)
        if (params->terms[i].param->type == PARAM_CURSOR)
            return params->terms[i].given;
    return NULL;
}

/* Where this is, where its list begins and where it goes on (RFC 8288). */
static void put_place(struct request *request, const char *next)
{
    put_link(request, given_cursor(&request->params), "self");
    if (request->params.route->shape == SHAPE_LIST)
        put_link(request, NULL, "first");
    if (next)
        put_link(request, next, "next");
}

static void put_count(struct request *request)
{
    if (!request->count.applied)
        return;
    reply_header(&request->reply, "Preference-Applied",
                 arena_format(&request->arena, "count=%s", request->count.applied));
    reply_header(&request->reply, "X-Total-Count", arena_format(&request->arena, "%lld", request->count.total));
}

/* The same for each form that a target has: caches keep the last list of fields that they saw for a target. */
static const char *vary_of(const struct request *request)
{
    return request->params.route->shape == SHAPE_LIST ? "Accept, Accept-Encoding, Prefer" : "Accept, Accept-Encoding";
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

static struct reply_document describe(const struct request *request)
{
    return (struct reply_document){answer_media_type(request->representation->format), cache_control(request),
                                   vary_of(request), modified(request)};
}

/* All that chooses an answer. */
static struct validators_key validators_key_of(struct request *request)
{
    const char *coding = field(request, MHD_HTTP_HEADER_ACCEPT_ENCODING);
    const char *const texts[] = {request->uri, format_name(request->representation->format), coding ? coding : "",
                                 request->count.applied ? request->count.applied : ""};
    return validators_key(&request->service->validators, texts, sizeof(texts) / sizeof(*texts));
}

static void remember_validator(struct request *request)
{
    if (!data_are_known(request))
        return;
    struct validator validator = {
        .key = validators_key_of(request), .version = request->data.version, .size = request->reply.size};
    memcpy(validator.etag, request->reply.etag, sizeof(validator.etag));
    validators_keep(&request->service->validators, &validator);
}

static void answer_document(struct request *request, const PGresult *result)
{
    struct buffer body = BUFFER_INIT;
    const char *next;
    if (!answer_write(&request->arena, &request->params, request->representation, &request->count, result, &body, &next,
                      &request->error)) {
        buffer_release(&body);
        answer_error(request);
        return;
    }
    size_t size;
    char *bytes = buffer_detach(&body, &size);
    struct reply_document document = describe(request);
    struct reply_wishes wishes = read_wishes(request);
    answer(request, reply_bytes(bytes, size, &document, &wishes));
    remember_validator(request);
    put_place(request, next);
    put_count(request);
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
    for (const struct asset *migration = asset_migrations; migration->name; migration++) {
        if (has_row(result, migration->name, strcspn(migration->name, "_")))
            continue;
        error_set(&request->error, ERROR_NOT_READY, "Migration %s is not applied.", migration->name);
        answer_error(request);
        return;
    }
    answer_status(request, "ready");
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
        refuse(request, ERROR_INTERNAL, "The database took an argument for no value of its type.");
        return;
    }
    error_fault(&request->error, ERROR_INVALID_CURSOR, "cursor", "%s", cursor_unknown);
    answer_error(request);
}

/* Our own SQL raised CL404, or CL400 with the parameter at fault in the column field. */
static void answer_refusal(struct request *request, const PGresult *result)
{
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *column = PQresultErrorField(result, PG_DIAG_COLUMN_NAME);
    if (strcmp(PQresultErrorField(result, PG_DIAG_SQLSTATE), "CL404") == 0)
        error_set(&request->error, ERROR_NOT_FOUND, "%s", message);
    else
        error_fault(&request->error, ERROR_INVALID_PARAMETER, column ? column : "", "%s", message);
    answer_error(request);
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

/* The page's arena holds what the last query took; from here on, what the next one will. */
static void take_page(struct request *request, const PGresult *result, bool first)
{
    struct params *params = &request->params;
    struct stream *stream = &request->stream;
    arena_release(&request->page);
    arena_init(&request->page);
    stream->broken = !answer_write_page(&request->page, params, request->representation, first, result, &stream->part,
                                        &request->error);
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
    struct reply_document document = describe(request);
    take_page(request, result, true);
    if (request->error.code) {
        answer_error(request);
        return;
    }
    request->stream.progress = note_progress;
    request->stream.ask = ask_for_page;
    answer(request, reply_stream(&request->stream, &document));
    put_place(request, NULL);
    /* libmicrohttpd 0.9.75 sends the last chunk behind the head of a HEAD, too. */
    if (is_method(request, MHD_HTTP_METHOD_HEAD))
        MHD_set_response_options(request->reply.response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
}

/* ---- results ---- */

static void answer_rows(struct request *request, const PGresult *result)
{
    if (request->params.route->shape == SHAPE_READY)
        answer_ready(request, result);
    else if (answer_is_streamed(&request->params, request->representation))
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

static void go_on_streaming(struct request *request, enum db_status status, const PGresult *result)
{
    if (status == DB_OK)
        take_page(request, result, false);
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
    request->service->woken = true;
    MHD_resume_connection(request->connection);
}

/* ---- arriving ---- */

static enum query_aim first_aim(struct request *request)
{
    bool counts = request->params.route->shape == SHAPE_LIST && request->representation->format == FORMAT_JSON;
    const char *prefer = counts ? field(request, "Prefer") : NULL;
    bool exact = negotiate_prefers(prefer, "count", "exact");
    if (!exact && !negotiate_prefers(prefer, "count", "estimated"))
        return QUERY_ROWS;
    request->count.applied = exact ? "exact" : "estimated";
    return exact ? QUERY_COUNT : QUERY_FEW;
}

/* Without a query, where the client has the answer that these data give. */
static bool answer_from_validators(struct request *request)
{
    const char *named = field(request, MHD_HTTP_HEADER_IF_NONE_MATCH);
    const struct validator *known =
        named ? validators_find(&request->service->validators, validators_key_of(request), request->data.version)
              : NULL;
    if (!known || !etag_listed(named, known->etag))
        return false;
    struct reply_document document = describe(request);
    answer(request, reply_unchanged(known->etag, known->size, &document));
    return true;
}

static void ask_database(struct request *request)
{
    request->representation = answer_representation(&request->params, field(request, MHD_HTTP_HEADER_ACCEPT),
                                                    &request->arena, &request->error);
    if (!request->representation) {
        answer_error(request);
        return;
    }
    enum query_aim aim = first_aim(request);
    if (answer_is_streamed(&request->params, request->representation))
        request->params.limit = LIMIT_MAX;
    request->data = request->service->data;
    if (answer_from_validators(request))
        return;
    request->state = REQUEST_WAITING;
    ask_or_refuse(request, aim);
    if (request->state == REQUEST_WAITING)
        MHD_suspend_connection(request->connection);
}

static void dispatch(struct request *request)
{
    if (!target_read(&request->arena, request->method, request->uri, &request->params, &request->error)) {
        answer_error(request);
        return;
    }
    if (is_method(request, MHD_HTTP_METHOD_OPTIONS)) {
        answer(request, reply_options());
        return;
    }
    switch (request->params.route->shape) {
    case SHAPE_HEALTH:
        answer_status(request, "ok");
        break;
    case SHAPE_PROBLEM:
        answer_problem_type(request);
        break;
    case SHAPE_FILE:
        answer_file(request);
        break;
    default:
        ask_database(request);
    }
}

/* ---- data changes ---- */

const char request_channel[] = "claimd_data", request_state[] = "SELECT data_state()";

void request_heard(struct db *db, const char *payload)
{
    struct service *service = container_of(db, struct service, db);
    int64_t changed_at = payload ? strtoll(payload, NULL, 10) : 0;
    if (!changed_at)
        service->data = (struct data_state){0};
    else if (changed_at < service->data.changed_at) /* it began earlier than one that was heard of before */
        changed_at = service->data.changed_at;
    if (changed_at)
        service->data = (struct data_state){++service->data_versions, changed_at};
}

/* ---- life ---- */

struct request *request_begin(struct service *service, const char *uri)
{
    struct request *request = memory_alloc(sizeof(*request));
    arena_init(&request->arena);
    arena_init(&request->page);
    request->service = service;
    request->begun = loop_now_us();
    request->uri_received = uri;
    request->uri = arena_copy(&request->arena, uri, strlen(uri));
    return request;
}

/* In one field with what else chooses the answer: some caches read no second one. */
static void put_vary_of_origin(struct request *request)
{
    const char *others = MHD_get_response_header(request->reply.response, MHD_HTTP_HEADER_VARY);
    const char *all =
        others ? arena_format(&request->arena, "%s, " MHD_HTTP_HEADER_ORIGIN, others) : MHD_HTTP_HEADER_ORIGIN;
    if (others)
        MHD_del_response_header(request->reply.response, MHD_HTTP_HEADER_VARY, others);
    reply_header(&request->reply, MHD_HTTP_HEADER_VARY, all);
}

/* To a browser's scripts: which pages may read the answer, and what of it. */
static void put_cors_headers(struct request *request)
{
    const char *origins = request->service->cors_origins;
    const char *allowed = origin_allowed(origins, field(request, MHD_HTTP_HEADER_ORIGIN));
    if (strcmp(origins, "*") != 0)
        put_vary_of_origin(request);
    if (!allowed)
        return;
    reply_header(&request->reply, MHD_HTTP_HEADER_ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    reply_header(&request->reply, MHD_HTTP_HEADER_ACCESS_CONTROL_EXPOSE_HEADERS,
                 "ETag, Link, Preference-Applied, Retry-After, Server-Timing, X-Request-Id, X-Total-Count");
}

/* What a page or picture may load; a failure is neither. */
static const char *content_policy(const struct request *request)
{
    const struct route *route = request->params.route;
    if (request->error.code || !route)
        return CLOSED_POLICY;
    if (request->representation && request->representation->format == FORMAT_SVG)
        return PICTURE_POLICY;
    return route->policy ? route->policy : CLOSED_POLICY;
}

/* To a browser that shows the answer as a page. */
static void put_security_headers(const struct request *request)
{
    reply_header(&request->reply, MHD_HTTP_HEADER_X_CONTENT_TYPE_OPTIONS, "nosniff");
    reply_header(&request->reply, MHD_HTTP_HEADER_CONTENT_SECURITY_POLICY, content_policy(request));
    reply_header(&request->reply, "Referrer-Policy", "no-referrer");
    reply_header(&request->reply, "Cross-Origin-Resource-Policy", "cross-origin");
}

/* Milliseconds (Server Timing, section 3). */
static void put_timing(struct request *request)
{
    uint64_t total = loop_now_us() - request->begun, waited = request->waited;
    reply_header(&request->reply, "Server-Timing",
                 arena_format(&request->arena, "db;dur=%" PRIu64 ".%03" PRIu64 ", total;dur=%" PRIu64 ".%03" PRIu64,
                              waited / 1000, waited % 1000, total / 1000, total % 1000));
}

static bool is_document(const struct request *request)
{
    const struct route *route = request->params.route;
    return !request->error.code && route && route->shape != SHAPE_HEALTH && route->shape != SHAPE_READY;
}

/* Where a document is explained (RFC 8631), and where that stands (RFC 9727). */
static void put_contract_links(const struct request *request)
{
    reply_header(&request->reply, MHD_HTTP_HEADER_LINK, "</.well-known/api-catalog>; rel=\"api-catalog\"");
    reply_header(&request->reply, MHD_HTTP_HEADER_LINK, "</openapi.json>; rel=\"service-desc\"");
    reply_header(&request->reply, MHD_HTTP_HEADER_LINK, "</openapi.json>; rel=\"describedby\"");
    reply_header(&request->reply, MHD_HTTP_HEADER_LINK, "</docs>; rel=\"service-doc\"");
}

static void put_common_headers(struct request *request)
{
    reply_header(&request->reply, "X-Request-Id", request->id);
    reply_header(&request->reply, MHD_HTTP_HEADER_ACCEPT_RANGES, "none");
    put_cors_headers(request);
    put_security_headers(request);
    put_timing(request);
}

static enum MHD_Result queue_response(struct request *request)
{
    put_common_headers(request);
    if (is_document(request))
        put_contract_links(request);
    if (request->service->draining || request->service->crowded || request->error.code == ERROR_MALFORMED_REQUEST)
        reply_header(&request->reply, MHD_HTTP_HEADER_CONNECTION, "close");
    return MHD_queue_response(request->connection, request->reply.status, request->reply.response);
}

/* The client's own id where it is harmless in a log and a header, else one that no other request of this server has. */
static void choose_id(struct request *request)
{
    static const char harmless[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_.";
    const char *given = field(request, "X-Request-Id");
    size_t size = given ? strspn(given, harmless) : 0;
    if (size && size < sizeof(request->id) && !given[size])
        memcpy(request->id, given, size + 1);
    else
        snprintf(request->id, sizeof(request->id), "%016" PRIx64 "%08x", request->service->id_prefix,
                 ++request->service->id_count);
}

/* The bytes of a target's cursor: the link to the next page may be that much longer than what led to it. */
static size_t cursor_size(const char *uri)
{
    static const char name[] = "cursor=";
    for (const char *found = strchr(uri, '?'); found; found = strpbrk(found, "&")) {
        found++;
        if (strncmp(found, name, strlen(name)) == 0)
            return strcspn(found, "&");
    }
    return 0;
}

/* An answer given here closes the connection, so that a body which nobody reads is not taken for the next request. */
static void accept_or_refuse(struct request *request, const char *version)
{
    bool body = false;
    request->state = REQUEST_ACCEPTED;
    request->service->active++;
    struct guard_line line = {request->uri_received, strlen(request->uri), cursor_size(request->uri), version};
    guard_check(request->connection, &line, &body, &request->error);
    if (body && !request->error.code &&
        target_read(&request->arena, request->method, request->uri, &request->params, &request->error))
        error_set(&request->error, ERROR_UNEXPECTED_BODY, "This service reads no request bodies here.");
    if (request->error.code)
        answer_error(request);
}

enum MHD_Result request_handle(struct request *request, struct MHD_Connection *connection, const char *method,
                               const char *version)
{
    if (request->state == REQUEST_NEW) {
        request->connection = connection;
        request->method = arena_copy(&request->arena, method, strlen(method));
        choose_id(request);
        trace_id(field(request, "traceparent"), request->trace);
        accept_or_refuse(request, version);
    } else if (request->state == REQUEST_ACCEPTED) {
        dispatch(request);
    }
    return request->state == REQUEST_READY ? queue_response(request) : MHD_YES;
}

static void log_request(const struct request *request)
{
    log_event(LOG_INFO, "request", LOG_TEXT("method", request->method ? request->method : ""),
              LOG_TEXT("target", request->uri), LOG_TEXT("id", request->id), LOG_TEXT("trace", request->trace),
              LOG_NUMBER("status", request->reply.status),
              LOG_NUMBER("ms", (long long)(loop_now_us() - request->begun) / 1000));
}

void request_end(struct request *request)
{
    db_cancel(&request->call);
    if (request->service->log_requests)
        log_request(request);
    if (request->reply.response)
        MHD_destroy_response(request->reply.response);
    request->service->active -= request->state != REQUEST_NEW;
    stream_release(&request->stream);
    arena_release(&request->page);
    arena_release(&request->arena);
    free(request);
}
