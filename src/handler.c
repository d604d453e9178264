/* handler: the life of a request, from its first line to its end, as libmicrohttpd tells it */
#include "handler.h"

#include <string.h>

#include "access.h"
#include "account.h"
#include "assets.h"
#include "feed.h"
#include "fetch.h"
#include "gate.h"
#include "held.h"
#include "import.h"
#include "memory.h"
#include "page.h"
#include "parse.h"
#include "readiness.h"
#include "reading.h"
#include "recall.h"
#include "routes.h"
#include "sealing.h"
#include "target.h"
#include "write.h"

/* ---- answers that no data go into ---- */

static struct document *make_file(struct request *request, const char *name, const struct reply_form *form)
{
    struct headers headers = {.count = 0};
    request_headers(request, NULL, &headers);
    return reply_file(name, form, &headers);
}

/* Takes the bytes. */
static struct document *make_document(struct request *request, char *bytes, size_t size, const char *media_type)
{
    struct headers headers = {.count = 0};
    struct reply_form form = request_form(request, media_type, 0);
    request_headers(request, NULL, &headers);
    return reply_bytes(bytes, size, &form, &headers);
}

/* Takes the document, which stays right as long as the program runs. */
static void answer_for_ever(struct request *request, struct document *document)
{
    document->version = DATA_FOREVER;
    recall_answer(request, document);
    document_unref(document);
}

static void answer_ready(struct request *request)
{
    struct error error;
    error_init(&error);
    if (readiness_of_all(&error))
        request_reply(request, reply_status("ready"));
    else
        request_fail(request, &error);
}

static void answer_file(struct request *request)
{
    const struct route *route = request->params.route;
    struct reply_form form = request_form(request, route->media_type, 0);
    if (!recall(request))
        answer_for_ever(request, make_file(request, route->file, &form));
}

/* What a problem's type means: the document that its URI leads to (RFC 9457, section 4). */
static void answer_problem_type(struct request *request)
{
    const struct error_kind *kind = error_kind_find(request->params.id);
    size_t size;
    if (!kind) {
        request_refuse(request, ERROR_NOT_FOUND, "There is no such type of problem.");
    } else if (!recall(request)) {
        char *bytes = reply_problem_type(kind, &size);
        answer_for_ever(request, make_document(request, bytes, size, "application/json"));
    }
}

/* ---- the front end ---- */

static const char *asset_type(const char *name)
{
    const char *ending = strrchr(name, '.');
    if (strcmp(ending, ".js") == 0)
        return "text/javascript";
    if (strcmp(ending, ".css") == 0)
        return "text/css";
    return strcmp(ending, ".svg") == 0 ? "image/svg+xml" : "text/plain";
}

/* Under its name it never changes (RFC 8246). */
static void answer_asset(struct request *request)
{
    const char *name = arena_format(&request->arena, "web/%s", request->params.id);
    if (!asset_find(asset_files, name)) {
        request_refuse(request, ERROR_NOT_FOUND, "There is no such file.");
        return;
    }
    struct reply_form form = request_form(request, asset_type(name), 0);
    form.cache_control = "public, max-age=31536000, immutable";
    if (!recall(request))
        answer_for_ever(request, make_file(request, name, &form));
}

/* Who opens a page sends no token with that: where one is needed, the script asks for it. */
static bool is_bare(const struct request *request)
{
    const struct route *page = request->params.page;
    return page && (!page->page->target || request->service->closed);
}

static void answer_bare_page(struct request *request)
{
    struct buffer html = BUFFER_INIT;
    size_t size;
    if (recall(request))
        return;
    page_write_bare(&html, request->params.page);
    char *bytes = buffer_detach(&html, &size);
    answer_for_ever(request, make_document(request, bytes, size, answer_media_type(FORMAT_HTML)));
}

/* ---- answers from data ---- */

static bool read_least(struct request *request, struct error *error)
{
    const char *wanted = request_field(request, FIELD_DATA_VERSION);
    if (wanted && !position_read(wanted, &request->least))
        error_set(error, ERROR_INVALID_PARAMETER, "Data-Version is no version of the data that an answer told.");
    return !error->code;
}

static void answer_data(struct request *request)
{
    struct error error;
    error_init(&error);
    if (request->service->closed && !access_granted(request, answer_data))
        return;
    if (!read_least(request, &error) || !fetch_choose(request, &error)) {
        request_fail(request, &error);
        return;
    }
    if (fetch_is_whole(request) && recall(request))
        return;
    if (recall_wait(request))
        request->state = REQUEST_WAITING;
    else
        fetch(request);
}

/* ---- arriving ---- */

static void lead(struct request *request)
{
    struct error error;
    error_init(&error);
    if (!target_read(&request->arena, request->method, request->target, &request->params, &error)) {
        if (error.code != ERROR_DATABASE_UNAVAILABLE || !sealing_await(request, lead))
            request_fail(request, &error);
        return;
    }
    if (request_has_method(request, MHD_HTTP_METHOD_OPTIONS)) {
        char methods[METHODS_SIZE];
        route_methods(request->params.route->path, methods);
        request_reply(request, reply_options(methods));
        return;
    }
    if (is_bare(request)) {
        answer_bare_page(request);
        return;
    }
    switch (request->params.route->shape) {
    case SHAPE_ASSET:
        answer_asset(request);
        break;
    case SHAPE_HEALTH:
        request_reply(request, reply_status("ok"));
        break;
    case SHAPE_READY:
        answer_ready(request);
        break;
    case SHAPE_PROBLEM:
        answer_problem_type(request);
        break;
    case SHAPE_FILE:
        answer_file(request);
        break;
    case SHAPE_PARSE:
        if (!request->service->closed || access_granted(request, parse_answer))
            parse_answer(request);
        break;
    case SHAPE_IMPORT:
        import_answer(request);
        break;
    case SHAPE_WRITE:
        write_begin(request);
        break;
    default:
        answer_data(request);
    }
}

static void dispatch(struct request *request)
{
    lead(request);
    if (request->state == REQUEST_WAITING)
        request_suspend(request);
}

/* There is no room for it among all that is held; what of it is held makes room for others. */
static void crowd_out(struct request *request)
{
    request->crowded_out = true;
    buffer_release(&request->body);
}

/* What comes in pieces may be more than it is let to be; the rest is not kept. */
static void receive(struct request *request, const char *bytes, size_t size)
{
    if (held_total() + size > request->service->memory_most)
        crowd_out(request);
    if (request->params.route && request->params.route->shape == SHAPE_IMPORT)
        import_receive(request, bytes, size);
    else if (!request->crowded_out && request->body.size <= request->service->body_most)
        buffer_append(&request->body, bytes, size);
    held_change(&request->body_held, request->body.capacity + import_held(request));
}

/* What refuses it, for when all of it has come. */
static const struct error *keep(struct request *request, const struct error *error)
{
    struct error *kept = arena_alloc(&request->arena, sizeof(*kept));
    *kept = *error;
    return kept;
}

/* An answer given here closes the connection, so that a body which nobody reads is not taken for the next request. */
static void arrive(struct request *request, struct MHD_Connection *connection, const char *method, const char *version)
{
    struct error error;
    error_init(&error);
    request->connection = connection;
    request->method = arena_copy(&request->arena, method, strlen(method));
    fields_read(&request->fields, &request->arena, connection);
    request->state = REQUEST_ACCEPTED;
    request->service->active++;
    enum gate gate = gate_pass(request, method, version, &error);
    request->closes = gate == GATE_CLOSED;
    if (request->closes)
        request_fail(request, &error);
    else if (gate == GATE_REFUSED)
        request->refusal = keep(request, &error);
}

/* ---- life ---- */

struct request *handler_begin(struct service *service, const char *target, const struct peer *peer)
{
    return request_new(service, target, peer);
}

static void answer(struct request *request)
{
    struct error error;
    error_init(&error);
    freshness_catch_up(&request->service->known);
    if (request->refusal) {
        request_fail(request, request->refusal);
    } else if (request->crowded_out && !request->import) {
        request_refuse(request, ERROR_OVERLOADED, "There is no room for the body among all that is held just now.");
    } else if (request->body.size > request->service->body_most) {
        gate_refuse_size(request, &error);
        request_fail(request, &error);
    } else if (!recall_by_head(request)) {
        dispatch(request);
    }
}

enum MHD_Result handler_handle(struct request *request, struct MHD_Connection *connection, const char *method,
                               const char *version, const char *bytes, size_t *size)
{
    if (request->state == REQUEST_WAITING) /* libmicrohttpd may have more chunks of the body at hand */
        return MHD_YES;
    if (request->state == REQUEST_NEW) {
        arrive(request, connection, method, version);
    } else if (request->state == REQUEST_ACCEPTED && *size) {
        receive(request, bytes, *size);
    } else if (request->state == REQUEST_ACCEPTED) {
        answer(request);
    }
    *size = 0;
    return request->state == REQUEST_READY ? request_queue(request) : MHD_YES;
}

void handler_end(struct request *request, uint64_t now_us)
{
    struct request *next = recall_leave(request);
    db_cancel(&request->call);
    feed_leave(request);
    access_leave(request);
    reading_leave(request);
    import_forget(request);
    account_for(request, now_us);
    request->service->active -= request->state != REQUEST_NEW;
    request_free(request);
    if (!next)
        return;
    fetch(next);
    if (next->state == REQUEST_READY)
        request_resume(next);
}
