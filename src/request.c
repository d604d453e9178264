/* request: the life of one request: arrive, wait for the database, answer */
#include "request.h"

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
    struct MHD_Response *response; /* once READY */
    unsigned status;
    uint64_t begun; /* loop_now() */
};

/* ---- answers ---- */

static void answer(struct request *request, struct MHD_Response *response)
{
    request->response = response;
    request->status = MHD_HTTP_OK;
    request->state = REQUEST_READY;
}

static void answer_error(struct request *request)
{
    answer(request, reply_problem(&request->error));
    request->status = error_kind(request->error.code)->status;
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
    answer(request, reply_json(&body));
    if (next)
        reply_header(request->response, MHD_HTTP_HEADER_LINK,
                     arena_format(&request->arena, "<%s>; rel=\"next\"", next));
}

static void answer_one(struct request *request, const PGresult *result)
{
    if (PQntuples(result) == 0) {
        refuse(request, ERROR_NOT_FOUND, "Nothing has this id.");
        return;
    }
    struct buffer body = BUFFER_INIT;
    row_objects(&body, result, 1);
    answer(request, reply_json(&body));
}

static void answer_status(struct request *request, const char *status)
{
    struct buffer body = BUFFER_INIT;
    buffer_puts(&body, "{\"status\":");
    buffer_json(&body, status, strlen(status));
    buffer_putc(&body, '}');
    answer(request, reply_json(&body));
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
    if (strcmp(request->method, MHD_HTTP_METHOD_GET) != 0 && strcmp(request->method, MHD_HTTP_METHOD_HEAD) != 0) {
        error_set(&request->error, ERROR_METHOD_NOT_ALLOWED, "This path takes GET and HEAD.");
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
    if (route->shape == SHAPE_HEALTH) {
        answer_status(request, "ok");
    } else if (route->shape == SHAPE_ASSET) {
        const struct asset *asset = asset_find(asset_openapi, route->query);
        answer(request, reply_static(asset->text, asset->size, route->media_type));
    } else {
        ask_database(request);
    }
}

/* --- life
 * ------------------------------------------------------------------------------------------------------------- */

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

static enum MHD_Result queue_response(struct request *request)
{
    if (request->service->draining || request->service->crowded || request->error.code == ERROR_MALFORMED_REQUEST)
        reply_header(request->response, MHD_HTTP_HEADER_CONNECTION, "close");
    return MHD_queue_response(request->connection, request->status, request->response);
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
        accept_or_refuse(request, version);
    } else if (request->state == REQUEST_ACCEPTED) {
        dispatch(request);
    }
    return request->state == REQUEST_READY ? queue_response(request) : MHD_YES;
}

static void log_request(const struct request *request)
{
    log_event(LOG_INFO, "request", LOG_TEXT("method", request->method ? request->method : ""),
              LOG_TEXT("target", request->uri), LOG_NUMBER("status", request->status),
              LOG_NUMBER("ms", (long long)(loop_now() - request->begun)));
}

void request_end(struct request *request)
{
    db_cancel(&request->call);
    if (request->service->log_requests)
        log_request(request);
    if (request->response)
        MHD_destroy_response(request->response);
    request->service->active -= request->state != REQUEST_NEW;
    arena_release(&request->arena);
    free(request);
}
