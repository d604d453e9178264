/* request: what is known of one request, and how it is answered */
#include "request.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "held.h"
#include "loop.h"
#include "memory.h"
#include "negotiate.h"
#include "origin.h"
#include "refusal.h"
#include "routes.h"
#include "secret.h"

/* What an answer's head takes where its links are short. */
enum { ANSWER_HEAD = 1536 };

/* Requests of the past that are kept for the next ones. */
enum { SPARES_MOST = 64 };

/* ---- life ---- */

static struct request *take_spare(struct service *service)
{
    struct request *request = service->spare;
    if (!request)
        return memory_alloc(sizeof(*request));
    service->spare = request->spare;
    service->spares--;
    return request;
}

struct request *request_new(struct service *service, const char *target, const struct peer *peer)
{
    struct request *request = take_spare(service);
    *request = (struct request){.service = service, .arena = request->arena, .begun = loop_now_us()};
    request->peer = peer;
    request->target_received = target;
    request->target = arena_copy(&request->arena, target, strlen(target));
    return request;
}

static void free_wholly(struct request *request)
{
    arena_release(&request->arena);
    free(request);
}

void request_free(struct request *request)
{
    struct service *service = request->service;
    if (request->response)
        MHD_destroy_response(request->response);
    document_unref(request->document);
    stream_release(&request->stream);
    buffer_release(&request->body);
    held_change(&request->body_held, 0);
    held_change(&request->part_held, 0);
    arena_release(&request->page);
    if (service->spares == SPARES_MOST) {
        free_wholly(request);
        return;
    }
    arena_clear(&request->arena);
    request->spare = service->spare;
    service->spare = request;
    service->spares++;
}

void request_forget_spares(struct service *service)
{
    while (service->spare)
        free_wholly(take_spare(service));
}

/* ---- what it says ---- */

const char *request_field(const struct request *request, enum field field)
{
    return request->fields.values[field];
}

const char *request_digest(struct request *request)
{
    char digest[SECRET_DIGEST_SIZE];
    if (!request->digest) {
        secret_digest(secret_bearer(request_field(request, FIELD_AUTHORIZATION)), digest);
        request->digest = arena_copy(&request->arena, digest, strlen(digest));
    }
    return request->digest;
}

bool request_has_method(const struct request *request, const char *method)
{
    return strcmp(request->method, method) == 0;
}

bool request_is_followed(const struct request *request)
{
    return request->representation->format == FORMAT_EVENTS;
}

bool request_asks_for_news(const struct request *request)
{
    const struct route *route = request->params.route;
    for (const struct representation *each = route ? route->representations : NULL; each && each->query; each++)
        if (each->format == FORMAT_EVENTS)
            return true;
    return false;
}

static bool is_harmless(const char *id)
{
    static const char harmless[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_.";
    size_t size = strspn(id, harmless);
    return size && size < REQUEST_ID_SIZE && !id[size];
}

size_t request_head_most(const struct request *request)
{
    return request->service->head_bytes - ANSWER_HEAD;
}

const char *request_id(struct request *request)
{
    const char *given = request_field(request, FIELD_X_REQUEST_ID);
    if (*request->id)
        return request->id;
    if (given && is_harmless(given))
        snprintf(request->id, sizeof(request->id), "%s", given);
    else
        snprintf(request->id, sizeof(request->id), "%016" PRIx64 "%08x", request->service->id_prefix,
                 ++request->service->id_count);
    return request->id;
}

/* Most requests have none, and those from memory ask nothing that it goes with. */
const char *request_trace(struct request *request)
{
    struct service *service = request->service;
    const char *given = request_field(request, FIELD_TRACEPARENT);
    if (given && !*request->trace) {
        uint64_t span = service->id_prefix + ((uint64_t)++service->id_count << 32);
        trace_continue(given, span ? span : 1, request->trace);
    }
    return *request->trace ? request->trace : NULL;
}

const struct route *request_route(const struct request *request)
{
    if (request->document)
        return request->document->route;
    return request->params.page ? request->params.page : request->params.route;
}

const char *request_origin(const struct request *request)
{
    return origin_allowed(request->service->cors_origins, request_field(request, FIELD_ORIGIN));
}

/* ---- the database ---- */

enum db_status request_ask(struct request *request)
{
    request->asked = loop_now_us();
    request->call.trace = request_trace(request);
    return db_start(&request->service->db, &request->call);
}

void request_heard(struct request *request)
{
    uint64_t now = loop_now_us(), sent = request->call.sent_us ? request->call.sent_us : now;
    request->waited += now - request->asked;
    request->queued += sent - request->asked;
}

/* ---- answers ---- */

bool request_has(const struct request *request, const struct document *document)
{
    return document_is_known(document, request_field(request, FIELD_IF_NONE_MATCH),
                             request_field(request, FIELD_IF_MODIFIED_SINCE));
}

void request_answer(struct request *request, struct document *document)
{
    request->document = document_ref(document);
    request->status = request_has(request, document) ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK;
    request->state = REQUEST_READY;
}

void request_reply(struct request *request, struct reply reply)
{
    request->response = reply.response;
    request->status = reply.status;
    request->size = reply.size;
    request->state = REQUEST_READY;
}

/* Who looks for a page, where there is none, says so: API clients take anything, or JSON. */
static bool wants_page(const struct request *request)
{
    if (request->params.page || request->params.route)
        return request->params.page;
    const char *accept = request_field(request, FIELD_ACCEPT);
    return negotiate_media_type(accept, "text/html") > negotiate_media_type(accept, "application/problem+json");
}

/* A relative reference without a query has none (RFC 3986, section 5.2.2): who follows it would ask for something else,
 * and do what was to be a trial. */
static const char *with_query(struct request *request, const char *reference)
{
    const char *query = strchr(request->target, '?');
    return query ? arena_format(&request->arena, "%s%s", reference, query) : reference;
}

void request_fail(struct request *request, const struct error *error)
{
    struct error told = *error;
    if (told.code == ERROR_MERGED)
        told.value = with_query(request, told.value);
    request->failure = told.code;
    request_reply(request, wants_page(request) ? reply_problem_page(&told) : reply_problem(&told));
}

void request_fail_status(struct request *request, enum db_status status)
{
    struct error error;
    refusal_of_status(status, &error);
    request_fail(request, &error);
}

void request_refuse(struct request *request, enum error_code code, const char *detail)
{
    struct error error;
    error_init(&error);
    error_set(&error, code, "%s", detail);
    request_fail(request, &error);
}

/* ---- header fields that do not depend on the moment ---- */

static bool is_document(const struct request *request)
{
    const struct route *route = request->params.route;
    return !request->failure && route && route->shape != SHAPE_HEALTH && route->shape != SHAPE_READY;
}

/* The fields of a request that choose the answer (RFC 9110, section 12.5.5). The same for each form that a target has:
 * caches keep the last list of fields that they saw for a target. */
static const char *chosen_by(const struct request *request)
{
    const struct route *route = request->params.route;
    if (!route)
        return "Accept";
    if (!is_document(request))
        return "";
    if (request->params.page)
        return "Accept-Encoding"; /* who opens a page has no version */
    if (route->shape == SHAPE_LIST)
        return "Accept, Accept-Encoding, Prefer, Data-Version";
    return route->representations ? "Accept, Accept-Encoding, Data-Version" : "Accept-Encoding";
}

/* In one field with what else chooses the answer: some caches read no second one. */
static void put_vary(struct request *request, struct headers *headers)
{
    const char *vary = chosen_by(request);
    if (request->service->closed)
        vary = *vary ? arena_format(&request->arena, "%s, Authorization", vary) : "Authorization";
    if (strcmp(request->service->cors_origins, "*") != 0)
        vary = *vary ? arena_format(&request->arena, "%s, Origin", vary) : "Origin";
    if (*vary)
        headers_put(headers, MHD_HTTP_HEADER_VARY, vary);
}

/* What of the data the answer holds. */
static void put_version(struct request *request, struct headers *headers)
{
    char version[POSITION_SIZE];
    if (!request->position.timeline)
        return;
    position_write(request->position, version);
    headers_put(headers, "Data-Version",
                arena_format(&request->arena, "%s%s", version, request->unconfirmed ? ";unconfirmed" : ""));
}

#define EXPOSED(more)                                                                                                  \
    "Accept-Patch, Age, Allow, Cache-Status, Data-Version, ETag, Link, Location, Preference-Applied, " more            \
    "Retry-After, Server-Timing, WWW-Authenticate, X-Request-Id, X-Total-Count"

/* To a browser's scripts: which pages may read the answer, and what of it. */
static void put_cors(const struct request *request, struct headers *headers)
{
    const char *allowed = request_origin(request);
    if (!allowed)
        return;
    headers_put(headers, MHD_HTTP_HEADER_ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    headers_put(headers, MHD_HTTP_HEADER_ACCESS_CONTROL_EXPOSE_HEADERS,
                request->service->rated ? EXPOSED("RateLimit, RateLimit-Policy, ") : EXPOSED(""));
}

/* What a page or picture may load; a failure is neither. */
static const char *content_policy(const struct request *request)
{
    const struct route *route = request->params.route;
    if (wants_page(request))
        return PAGE_POLICY;
    if (request->failure || !route)
        return CLOSED_POLICY;
    if (request->representation && request->representation->format == FORMAT_SVG)
        return PICTURE_POLICY;
    return route->policy ? route->policy : CLOSED_POLICY;
}

/* To a browser that shows the answer as a page. */
static void put_security(const struct request *request, struct headers *headers)
{
    if (request->service->hsts)
        headers_put(headers, "Strict-Transport-Security", request->service->hsts);
    headers_put_whole(headers, MHD_HTTP_HEADER_X_CONTENT_TYPE_OPTIONS, "nosniff");
    headers_put_whole(headers, MHD_HTTP_HEADER_CONTENT_SECURITY_POLICY, content_policy(request));
    headers_put_whole(headers, "Referrer-Policy", "no-referrer");
    headers_put_whole(headers, "Cross-Origin-Resource-Policy", "cross-origin");
}

/* Where a document stands among others (`place`, NULL: nowhere in particular), where it is explained (RFC 8631), and
 * where that stands (RFC 9727). */
static void put_links(struct request *request, const char *place, struct headers *headers)
{
    static const char contract[] =
        "</.well-known/api-catalog>; rel=\"api-catalog\", </openapi.json>; rel=\"service-desc\", "
        "</openapi.json>; rel=\"describedby\", </docs>; rel=\"service-doc\"";
    if (is_document(request))
        headers_put_whole(headers, MHD_HTTP_HEADER_LINK,
                          place ? arena_format(&request->arena, "%s, %s", place, contract) : contract);
}

void request_headers(struct request *request, const char *place, struct headers *headers)
{
    put_vary(request, headers);
    put_version(request, headers);
    put_cors(request, headers);
    put_security(request, headers);
    put_links(request, place, headers);
    headers_put_whole(headers, MHD_HTTP_HEADER_ACCEPT_RANGES, "none");
}

/* News of before is none: a cache that gave it again would have who waits ask again at once. */
static const char *keeping(const struct request *request)
{
    return request_asks_for_news(request) ? "no-cache" : request->service->cache_control;
}

struct reply_form request_form(const struct request *request, const char *media_type, int64_t modified)
{
    return (struct reply_form){media_type, keeping(request),
                               negotiate_coding(request_field(request, FIELD_ACCEPT_ENCODING)), modified, 0};
}

/* ---- handing over ---- */

/* Milliseconds (Server Timing, section 3). Of a page's head that is all that its own script can see. */
static const char *timing(struct request *request)
{
    request->answered = loop_now_us();
    uint64_t total = request->answered - request->begun, waited = request->waited;
    const char *stale = request->age ? arena_format(&request->arena, ", stale;dur=%u000", request->age) : "";
    return arena_format(&request->arena, "db;dur=%" PRIu64 ".%03" PRIu64 ", total;dur=%" PRIu64 ".%03" PRIu64 "%s",
                        waited / 1000, waited % 1000, total / 1000, total % 1000, stale);
}

static bool must_close(const struct request *request)
{
    return request->service->draining || request->service->crowded || request->closes ||
           request->failure == ERROR_MALFORMED_REQUEST;
}

/* Everybody can have the same response, unless there is something to tell that is this request's alone. */
static bool can_share(const struct request *request)
{
    return request->recalled && !request->age && !request->quota_left && !request_field(request, FIELD_X_REQUEST_ID) &&
           !request->service->log_requests && !must_close(request);
}

static struct MHD_Response *shared_response(const struct request *request)
{
    return request->status == MHD_HTTP_OK ? document_whole(request->document) : document_unchanged(request->document);
}

/* That it may not be right any more (RFC 9111, section 5.1), and why it is given (RFC 9211). */
static void put_age(struct request *request)
{
    struct arena *arena = &request->arena;
    document_tell(request->response, MHD_HTTP_HEADER_AGE, arena_format(arena, "%u", request->age));
    document_tell(
        request->response, "Cache-Status",
        arena_format(arena, "claimd; hit; ttl=-%u; detail=%s", request->age, error_kind(request->excuse)->slug));
}

/* What is true of this answer alone. */
static void put_own_headers(struct request *request)
{
    struct MHD_Response *response = request->response;
    if (request->age)
        put_age(request);
    document_tell(response, "X-Request-Id", request_id(request));
    document_tell(response, "Server-Timing", timing(request));
    if (request->quota_left) {
        document_tell(response, "RateLimit", request->quota_left);
        document_tell(response, "RateLimit-Policy", request->quota_policy);
    }
    if (must_close(request))
        document_tell(response, MHD_HTTP_HEADER_CONNECTION, "close");
}

/* A response that is no document's has not been told yet what all are. */
static void put_common_headers(struct request *request)
{
    struct headers headers = {.count = 0};
    request_headers(request, request->place, &headers);
    for (unsigned i = 0; i < headers.count; i++)
        document_tell(request->response, headers.list[i].name, headers.list[i].value);
}

static size_t quota_size(const struct request *request)
{
    enum { QUOTA_FIELDS = 192 };
    return request->quota_left ? QUOTA_FIELDS : 0;
}

/* An answer's head has links as long as the target, and may come from memory to a request with more header fields than
 * the one that it was made for. libmicrohttpd would close the connection without a word. */
static void check_head(struct request *request)
{
    enum { OTHER_FIELDS = 384 }; /* the status line and those that are not the document's */
    size_t room = request->service->head_bytes - request->head_size;
    size_t others = OTHER_FIELDS + quota_size(request);
    if (!request->document || document_head_size(request->document) + others <= room)
        return;
    document_unref(request->document);
    request->document = NULL;
    request_refuse(
        request, ERROR_HEADERS_TOO_LARGE,
        "The answer's header fields do not fit beside those of the request: send fewer, or a shorter target.");
}

/* A head that is refused may have left no room for more than the status. */
static bool has_no_room(const struct request *request)
{
    enum { PROBLEM_HEAD = 1024 };
    size_t head = PROBLEM_HEAD + quota_size(request);
    return request->failure && request->head_size + head > request->service->head_bytes;
}

static enum MHD_Result queue_status(struct request *request)
{
    MHD_destroy_response(request->response);
    request->response = memory_made(MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT));
    request->size = 0;
    document_tell(request->response, MHD_HTTP_HEADER_CONNECTION, "close");
    return MHD_queue_response(request->connection, request->status, request->response);
}

enum MHD_Result request_queue(struct request *request)
{
    check_head(request);
    if (has_no_room(request))
        return queue_status(request);
    if (request->document && can_share(request))
        return MHD_queue_response(request->connection, request->status, shared_response(request));
    if (request->document)
        request->response = document_respond(request->document, request->status);
    else
        put_common_headers(request);
    put_own_headers(request);
    return MHD_queue_response(request->connection, request->status, request->response);
}

void request_suspend(struct request *request)
{
    if (!request->suspended)
        MHD_suspend_connection(request->connection);
    request->service->wait(request->connection);
    request->suspended = true;
}

void request_resume(struct request *request)
{
    request->suspended = false;
    request->service->woken = true;
    request->service->turn(request->connection);
    MHD_resume_connection(request->connection);
}
