/* request: the life of one request: arrive, wait for the database, answer */
#include "request.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "assets.h"
#include "error.h"
#include "guard.h"
#include "log.h"
#include "memory.h"
#include "params.h"
#include "reply.h"
#include "routes.h"
#include "row.h"
#include "url.h"

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
    struct error error;
    struct db_call call;
    struct reply reply; /* once READY */
    char id[ID_SIZE];   /* of the request, for the client's log and ours */
    uint64_t begun;     /* loop_now() */
};

/* ---- answers ---- */

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

static void answer(struct request *request, struct reply reply)
{
    request->reply = reply;
    request->state = REQUEST_READY;
}

static void answer_error(struct request *request)
{
    answer(request, reply_problem(&request->error));
}

/* The client's own words on the form of the answer; the copy lies in the arena. Fields of one name are one list. */
static const char *field(struct request *request, const char *name)
{
    struct field_search search = {.request = request, .name = name};
    MHD_get_connection_values_n(request->connection, MHD_HEADER_KIND, join_field, &search);
    return search.value;
}

static void answer_document(struct request *request, char *bytes, size_t size, const char *media_type)
{
    struct reply_wishes wishes = {field(request, MHD_HTTP_HEADER_ACCEPT_ENCODING),
                                  field(request, MHD_HTTP_HEADER_IF_NONE_MATCH)};
    answer(request, reply_document(bytes, size, media_type, request->service->cache_control, &wishes));
}

/* Takes the bytes of `body`. */
static void answer_buffer(struct request *request, struct buffer *body, const char *media_type)
{
    size_t size;
    char *bytes = buffer_detach(body, &size);
    answer_document(request, bytes, size, media_type);
}

static void refuse(struct request *request, enum error_code code, const char *detail)
{
    error_set(&request->error, code, "%s", detail);
    answer_error(request);
}

static void put_next(struct request *request, struct buffer *body, const PGresult *result, char **ret_next)
{
    unsigned limit = request->params.limit;
    buffer_puts(body, "],\"next\":");
    if ((unsigned)PQntuples(result) <= limit) {
        buffer_puts(body, "null}");
        return;
    }
    *ret_next = params_next(&request->arena, &request->params, PQgetvalue(result, (int)limit - 1, 0));
    buffer_json(body, *ret_next, strlen(*ret_next));
    buffer_putc(body, '}');
}

static void answer_list(struct request *request, const PGresult *result)
{
    struct buffer body = BUFFER_INIT;
    unsigned rows = (unsigned)PQntuples(result), limit = request->params.limit;
    char *next = NULL;
    buffer_puts(&body, "{\"items\":[");
    row_objects(&body, result, (int)(rows < limit ? rows : limit));
    put_next(request, &body, result, &next);
    answer_buffer(request, &body, media_json);
    if (next)
        reply_header(&request->reply, MHD_HTTP_HEADER_LINK, arena_format(&request->arena, "<%s>; rel=\"next\"", next));
}

static void answer_one(struct request *request, const PGresult *result)
{
    if (PQntuples(result) == 0) {
        refuse(request, ERROR_NOT_FOUND, "Nothing has this id.");
        return;
    }
    struct buffer body = BUFFER_INIT;
    row_objects(&body, result, 1);
    answer_buffer(request, &body, media_json);
}

static void answer_status(struct request *request, const char *status)
{
    struct buffer body = BUFFER_INIT;
    buffer_puts(&body, "{\"status\":");
    buffer_json(&body, status, strlen(status));
    buffer_putc(&body, '}');
    size_t size;
    char *bytes = buffer_detach(&body, &size);
    answer(request, reply_moment(bytes, size));
}

static void answer_asset(struct request *request, const struct asset *asset)
{
    struct buffer body = BUFFER_INIT;
    buffer_append(&body, asset->text, asset->size);
    answer_buffer(request, &body, request->params.route->media_type);
}

/* What a problem's type means, as JSON: the document that its URI leads to (RFC 9457, section 4). */
static void answer_problem_type(struct request *request)
{
    const struct error_kind *kind = error_kind_find(request->params.id);
    if (!kind) {
        refuse(request, ERROR_NOT_FOUND, "There is no such type of problem.");
        return;
    }
    size_t size;
    char *bytes = reply_problem_type(kind, &size);
    answer_document(request, bytes, size, media_json);
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

static enum error_code error_of(enum db_status status)
{
    static const enum error_code codes[] = {
        [DB_FAILED] = ERROR_INTERNAL,
        [DB_TIMEOUT] = ERROR_TIMEOUT,
        [DB_OVERLOADED] = ERROR_OVERLOADED,
        [DB_UNREADY] = ERROR_NOT_READY,
        [DB_UNAVAILABLE] = ERROR_DATABASE_UNAVAILABLE,
    };
    return codes[status];
}

static const char *detail_of(enum db_status status)
{
    static const char *const details[] = {
        [DB_FAILED] = "The database could not answer; the log says why.",
        [DB_TIMEOUT] = "The database did not answer in time.",
        [DB_OVERLOADED] = "Too many requests wait for the database.",
        [DB_UNREADY] = "The database lacks migrations of this version.",
        [DB_UNAVAILABLE] = "The database cannot be reached.",
    };
    return details[status];
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

static void answer_rows(struct request *request, const PGresult *result)
{
    switch (request->params.route->shape) {
    case SHAPE_LIST:
        answer_list(request, result);
        break;
    case SHAPE_READY:
        answer_ready(request, result);
        break;
    default:
        answer_one(request, result);
    }
}

static void on_result(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct request *request = container_of(call, struct request, call);
    if (status == DB_OK)
        answer_rows(request, result);
    else if (status == DB_REFUSED)
        answer_refusal(request, result);
    else
        refuse(request, error_of(status), detail_of(status));
    request->service->woken = true;
    MHD_resume_connection(request->connection);
}

static void ask_database(struct request *request)
{
    query_bind(&request->service->queries, &request->arena, &request->params, &request->call);
    request->call.done = on_result;
    enum db_status status = db_start(&request->service->db, &request->call);
    if (status) {
        refuse(request, error_of(status), detail_of(status));
        return;
    }
    request->state = REQUEST_WAITING;
    MHD_suspend_connection(request->connection);
}

/* ---- arriving ---- */

/* The path and query of a target in absolute form (RFC 9112, section 3.2.2) begin behind its authority. */
static const char *origin_form(const char *uri)
{
    if (strncasecmp(uri, "http://", 7) != 0 && strncasecmp(uri, "https://", 8) != 0)
        return uri;
    const char *authority = strstr(uri, "//") + 2;
    const char *path = authority + strcspn(authority, "/?");
    return *path ? path : "/";
}

/* An encoded slash is no separator (RFC 3986, section 2.2), and no id holds one. */
static bool has_encoded_slash(const char *path, size_t size)
{
    for (size_t i = 0; i + 2 < size; i++)
        if (strncasecmp(path + i, "%2f", 3) == 0)
            return true;
    return false;
}

static const struct route *find_route(struct request *request, const char *uri, const char **ret_id)
{
    size_t size = strcspn(uri, "?"), id_size = 0;
    const char *path, *id;
    const char *fault = url_decode(&request->arena, uri, size, false, &path);
    if (fault) {
        error_set(&request->error, ERROR_MALFORMED_REQUEST, "In the path: %s", fault);
        return NULL;
    }
    const struct route *route = has_encoded_slash(uri, size) ? NULL : route_find(path, &id, &id_size);
    if (!route) {
        error_set(&request->error, ERROR_NOT_FOUND,
                  "There is nothing at this path; /openapi.json lists what there is.");
        return NULL;
    }
    *ret_id = id ? arena_copy(&request->arena, id, id_size) : NULL;
    return route;
}

static bool is_method(const struct request *request, const char *method)
{
    return strcmp(request->method, method) == 0;
}

static bool read_target(struct request *request)
{
    const char *uri = origin_form(request->uri), *query = strchr(uri, '?'), *id;
    if (strchr(uri, ' ')) {
        error_set(&request->error, ERROR_MALFORMED_REQUEST, "The request target holds a space.");
        return false;
    }
    const struct route *route = find_route(request, uri, &id);
    if (!route)
        return false;
    if (!is_method(request, MHD_HTTP_METHOD_GET) && !is_method(request, MHD_HTTP_METHOD_HEAD) &&
        !is_method(request, MHD_HTTP_METHOD_OPTIONS)) {
        error_set(&request->error, ERROR_METHOD_NOT_ALLOWED, "This path takes GET, HEAD and OPTIONS.");
        return false;
    }
    if (!params_parse(&request->arena, route, id, query ? query + 1 : "", &request->params, &request->error))
        return false;
    if (id && !id_valid(route->id_form, id)) {
        error_set(&request->error, ERROR_NOT_FOUND, "Nothing has this id.");
        return false;
    }
    return true;
}

static void dispatch(struct request *request)
{
    if (!read_target(request)) {
        answer_error(request);
        return;
    }
    const struct route *route = request->params.route;
    if (is_method(request, MHD_HTTP_METHOD_OPTIONS)) {
        answer(request, reply_options());
    } else if (route->shape == SHAPE_HEALTH) {
        answer_status(request, "ok");
    } else if (route->shape == SHAPE_PROBLEM) {
        answer_problem_type(request);
    } else if (route->shape == SHAPE_ASSET) {
        answer_asset(request, asset_find(asset_openapi, route->query));
    } else {
        ask_database(request);
    }
}

/* ---- life ---- */

struct request *request_begin(struct service *service, const char *uri)
{
    struct request *request = memory_alloc(sizeof(*request));
    arena_init(&request->arena);
    request->service = service;
    request->begun = loop_now();
    request->uri_received = uri;
    request->uri = arena_copy(&request->arena, uri, strlen(uri));
    return request;
}

/* What every answer says: to a browser's script from anywhere, and to a browser that shows it as a page. */
static void put_common_headers(struct request *request)
{
    const struct reply *reply = &request->reply;
    reply_header(reply, "X-Request-Id", request->id);
    reply_header(reply, MHD_HTTP_HEADER_ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    reply_header(reply, MHD_HTTP_HEADER_ACCESS_CONTROL_EXPOSE_HEADERS, "ETag, Link, Retry-After, X-Request-Id");
    reply_header(reply, MHD_HTTP_HEADER_X_CONTENT_TYPE_OPTIONS, "nosniff");
    reply_header(reply, MHD_HTTP_HEADER_CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
}

static enum MHD_Result queue_response(struct request *request)
{
    put_common_headers(request);
    if (request->service->draining || request->service->crowded || request->error.code == ERROR_MALFORMED_REQUEST)
        reply_header(&request->reply, MHD_HTTP_HEADER_CONNECTION, "close");
    return MHD_queue_response(request->connection, request->reply.status, request->reply.response);
}

/* The client's own id where it is harmless in a log and a header, else one that no other request of this server has. */
static void choose_id(struct request *request)
{
    static const char harmless[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_.";
    const char *given = MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, "X-Request-Id");
    size_t size = given ? strspn(given, harmless) : 0;
    if (size && size < sizeof(request->id) && !given[size])
        memcpy(request->id, given, size + 1);
    else
        snprintf(request->id, sizeof(request->id), "%016" PRIx64 "%08x", request->service->id_prefix,
                 ++request->service->id_count);
}

/* An answer given here closes the connection, so that a body which nobody reads is not taken for the next request. */
static void accept_or_refuse(struct request *request, const char *version)
{
    bool body = false;
    request->state = REQUEST_ACCEPTED;
    request->service->active++;
    struct guard_line line = {request->uri_received, strlen(request->uri), version};
    guard_check(request->connection, &line, &body, &request->error);
    if (body && !request->error.code && read_target(request))
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
        accept_or_refuse(request, version);
    } else if (request->state == REQUEST_ACCEPTED) {
        dispatch(request);
    }
    return request->state == REQUEST_READY ? queue_response(request) : MHD_YES;
}

static void log_request(const struct request *request)
{
    log_event(LOG_INFO, "request", LOG_TEXT("method", request->method ? request->method : ""),
              LOG_TEXT("target", request->uri), LOG_TEXT("id", request->id),
              LOG_NUMBER("status", request->reply.status), LOG_NUMBER("ms", (long long)(loop_now() - request->begun)));
}

void request_end(struct request *request)
{
    db_cancel(&request->call);
    if (request->service->log_requests)
        log_request(request);
    if (request->reply.response)
        MHD_destroy_response(request->reply.response);
    request->service->active -= request->state != REQUEST_NEW;
    arena_release(&request->arena);
    free(request);
}
