/* fetch: answers from the database */
#include "fetch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "access.h"
#include "answer.h"
#include "cursor.h"
#include "feed.h"
#include "held.h"
#include "log.h"
#include "lookup.h"
#include "loop.h"
#include "memory.h"
#include "negotiate.h"
#include "reading.h"
#include "recall.h"
#include "refusal.h"
#include "streaming.h"

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
    if (request->params.page)
        return NULL;
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
    return request->data.version && request->data.version == request->service->known.data.version &&
           reading_is_current(request);
}

/* A second that is not over may see one more change. */
static int64_t modified(const struct request *request)
{
    bool settled = data_are_known(request) && request->data.changed_at < time(NULL);
    return settled ? request->data.changed_at : 0;
}

static struct document *make_document(struct request *request, char *bytes, size_t size, int64_t revision,
                                      const char *next)
{
    struct headers headers = {.count = 0};
    struct reply_form form =
        request_form(request, answer_media_type(request->representation->format), modified(request));
    form.revision = revision;
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
    struct document *document = make_document(request, bytes, size, answer_revision(&request->params, result), next);
    document->version = data_are_known(request) ? request->data.version : 0;
    document->right_at = request->asked / 1000;
    document->position = request->position;
    recall_answer(request, document);
    document_unref(document);
}

/* ---- the database ---- */

static void refuse_status(struct request *request, enum db_status status)
{
    struct error error;
    refusal_of_status(status, &error);
    recall_fail(request, &error);
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

static void answer_refusal(struct request *request, const PGresult *result)
{
    struct error error;
    refusal_of_result(result, &request->arena, &error);
    recall_fail(request, &error);
}

static void on_result(struct db_call *call, enum db_status status, const PGresult *result);

/* Why there is nothing by this id; what it answers is a refusal. */
static void ask_why(struct request *request)
{
    static const struct db_statement why = {.sql = "SELECT check_gone($1, $2)"};
    struct db_call *call = &request->call;
    const char **arguments = arena_alloc(&request->arena, 2 * sizeof(*arguments));
    recall_forget(request);
    arguments[0] = request->params.route->kind;
    arguments[1] = request->params.id;
    *call = (struct db_call){.statement = &why, .arguments_count = 2, .arguments = arguments, .done = on_result};
    enum db_status status = reading_start(request, false);
    if (status)
        refuse_status(request, status);
}

/* Who waits may ask as often as there are changes. */
static struct arena *arena_of_query(struct request *request)
{
    return request->params.wait ? &request->page : &request->arena;
}

static void ask_or_refuse(struct request *request, enum query_aim aim)
{
    if (held_total() > request->service->memory_most) {
        refuse(request, ERROR_OVERLOADED, "There is no room for the answer among all that is held just now.");
        return;
    }
    enum db_status status = lookup(request, aim, arena_of_query(request), on_result);
    if (status)
        refuse_status(request, status);
}

/* ---- results ---- */

/* The answer to a wait that is over is what there is. */
static void look_again(struct request *request)
{
    uint64_t waited = (loop_now_us() - request->begun) / 1000;
    if (waited >= request->params.wait * UINT64_C(1000))
        request->params.wait = 0;
    arena_clear(&request->page);
    if (access_lasts(request) || access_granted(request, fetch))
        fetch(request);
    if (request->state == REQUEST_READY)
        request_resume(request);
}

static bool waits_for_rows(const struct request *request, const PGresult *result)
{
    return request->params.wait && PQntuples(result) == 0 && !request->service->draining;
}

/* What came while the database was asked is news that nobody will bring. */
static void wait_for_rows(struct request *request)
{
    uint64_t waited = (loop_now_us() - request->begun) / 1000, most = request->params.wait * UINT64_C(1000);
    bool missed = request->data.version != request->service->known.data.version;
    feed_wait(request, missed || waited >= most ? 0 : (unsigned)(most - waited), look_again);
}

static void answer_rows(struct request *request, const PGresult *result)
{
    const struct route *route = request->params.route;
    if (route->shape == SHAPE_ONE && route->kind && PQntuples(result) == 0 && !request->params.as_of)
        ask_why(request);
    else if (waits_for_rows(request, result))
        wait_for_rows(request);
    else if (streaming_fits(request))
        streaming_begin(request, result, place_of(request, NULL));
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

static void on_result(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct request *request = container_of(call, struct request, call);
    if (!reading_done(request, &status))
        return;
    bool too_large = lookup_is_too_large(request, status, result);
    request_heard(request);
    if (too_large)
        refuse(request, ERROR_RESULT_TOO_LARGE, "The answer would be larger than this service lets one be.");
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

/* Events come as they are committed, all of them. */
static bool may_follow(struct request *request, struct error *error)
{
    const struct params *params = &request->params;
    const char *last = request_field(request, FIELD_LAST_EVENT_ID);
    if (params->limited || params->continued || params->orders[0].descending || params->wait)
        error_fault(error, ERROR_INVALID_PARAMETER, "format", "Events take no limit, cursor, order or wait.");
    else if (last && (strspn(last, "0123456789") != strlen(last) || strlen(last) > 18 || !*last))
        error_set(error, ERROR_INVALID_PARAMETER, "Last-Event-ID is no id of an event here.");
    return !error->code;
}

bool fetch_choose(struct request *request, struct error *error)
{
    request->representation =
        answer_representation(&request->params, request_field(request, FIELD_ACCEPT), &request->arena, error);
    if (!request->representation)
        return false;
    choose_count(request);
    return !request_is_followed(request) || may_follow(request, error);
}

bool fetch_is_whole(const struct request *request)
{
    return !streaming_fits(request) && !request->params.wait;
}

static enum query_aim first_aim(const struct request *request)
{
    if (!request->count.applied)
        return QUERY_ROWS;
    return strcmp(request->count.applied, "exact") == 0 ? QUERY_COUNT : QUERY_FEW;
}

/* Behind the last one that the client had; of a client that says nothing, behind the last that there is. */
static void on_head(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct request *request = container_of(call, struct request, call);
    if (!reading_done(request, &status))
        return;
    request_heard(request);
    if (status == DB_OK) {
        snprintf(request->reached, sizeof(request->reached), "%s", PQgetvalue(result, 0, 0));
        ask_or_refuse(request, QUERY_ROWS);
    } else {
        refuse_status(request, status);
    }
    if (request->state == REQUEST_READY)
        request_resume(request);
}

static void ask_for_head(struct request *request)
{
    static const struct db_statement head = {.sql = "SELECT coalesce(max(seq), 0) FROM revision"};
    request->call = (struct db_call){.statement = &head, .done = on_head};
    enum db_status status = reading_start(request, true);
    if (status)
        refuse_status(request, status);
}

/* What `since` says holds where a follower begins; from there on it is where it stands that is asked behind. */
static void stand_at_reached(struct request *request)
{
    struct params *params = &request->params;
    for (unsigned i = 0; i < params->terms_count; i++)
        if (strcmp(params->terms[i].param->name, "since") == 0)
            params->terms[i].bound = request->reached;
    params->after[0] = request->reached;
    params->continued = true;
}

static void begin_to_follow(struct request *request)
{
    const char *last = request_field(request, FIELD_LAST_EVENT_ID), *since = params_given(&request->params, "since");
    snprintf(request->reached, sizeof(request->reached), "%s", last ? last : since ? since : "0");
    stand_at_reached(request);
    if (last || since)
        ask_or_refuse(request, QUERY_ROWS);
    else
        ask_for_head(request);
}

void fetch(struct request *request)
{
    if (streaming_fits(request))
        request->params.limit = LIMIT_MAX;
    request->data = request->service->known.data;
    request->state = REQUEST_WAITING;
    reading_begin(request);
    if (request_is_followed(request))
        begin_to_follow(request);
    else
        ask_or_refuse(request, first_aim(request));
}
