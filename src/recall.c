/* recall: answers from memory */
#include "recall.h"

#include <string.h>
#include <time.h>

#include "memory.h"
#include "negotiate.h"

/* ---- what is still right ---- */

/* A second that is not over may see one more change, which Last-Modified could not tell from the one before. So an
 * answer without it is made once more when that second is over. */
static bool is_settled(const struct service *service)
{
    return service->known.data.changed_at < time(NULL);
}

static bool is_fresh(const struct service *service, const struct document *document)
{
    if (document->version == DATA_FOREVER)
        return true;
    bool current = service->known.data.version && document->version == service->known.data.version;
    return current && (document->modified || !is_settled(service));
}

/* Of an answer that has lost its bytes nothing can be told but that the client has it. */
static bool can_be_given(const struct request *request, const struct cache_entry *entry)
{
    return entry->document->bytes || request_has(request, entry->document);
}

static bool give(struct request *request, struct cache_entry *entry)
{
    if (!can_be_given(request, entry))
        return false;
    request_answer(request, entry->document);
    request->recalled = true;
    cache_use(entry);
    return true;
}

static bool answer_from(struct request *request, struct cache_entry *entry)
{
    if (!entry || !is_fresh(request->service, entry->document) ||
        !position_covers(entry->document->position, request->least) || !give(request, entry))
        return false;
    request->memory = "hit";
    metrics_add(request->service->metrics, METRIC_CACHE_HITS, 1);
    return true;
}

/* ---- what was right before ---- */

/* The age to give the entry's answer with; 0: it is not given. */
static unsigned age_of(const struct request *request, const struct cache_entry *entry)
{
    if (!entry || !position_covers(entry->document->position, request->least) || !can_be_given(request, entry))
        return 0;
    return freshness_age(&request->service->known, entry->document->version, entry->document->right_at);
}

static struct cache_entry *entry_of(const struct request *request)
{
    return request->key ? cache_find(&request->service->cache, request->key, strlen(request->key)) : NULL;
}

/* Whether it was the database that did not answer, rather than the answer that was a failure. */
static bool is_outage(enum error_code code)
{
    return code == ERROR_DATABASE_UNAVAILABLE || code == ERROR_OVERLOADED || code == ERROR_TIMEOUT;
}

/* Answers with what was right before, if that will do instead of the failure. */
static bool stand_in(struct request *request, enum error_code code)
{
    if (!request->has_older || !is_outage(code))
        return false;
    freshness_catch_up(&request->service->known);
    struct cache_entry *entry = entry_of(request);
    unsigned age = age_of(request, entry);
    if (!age || !give(request, entry))
        return false;
    request->age = age;
    request->excuse = code;
    request->memory = "stale";
    metrics_add(request->service->metrics, METRIC_CACHE_STALE, 1);
    return true;
}

/* ---- heads ---- */

static void put_text(struct buffer *head, const char *text)
{
    buffer_append(head, text ? text : "", text ? strlen(text) + 1 : 1);
}

/* All that chooses an answer, as sent. */
static const struct buffer *head_of(const struct request *request)
{
    static const enum field choosing[] = {FIELD_ACCEPT, FIELD_ACCEPT_ENCODING, FIELD_PREFER};
    struct buffer *head = &request->service->head;
    head->size = 0;
    put_text(head, request->target);
    for (size_t i = 0; i < sizeof(choosing) / sizeof(*choosing); i++)
        put_text(head, request_field(request, choosing[i]));
    put_text(head, request_origin(request));
    return head;
}

static bool may_recall(const struct request *request)
{
    return request->service->cache.most &&
           (request_has_method(request, MHD_HTTP_METHOD_GET) || request_has_method(request, MHD_HTTP_METHOD_HEAD));
}

bool recall_by_head(struct request *request)
{
    if (!may_recall(request) || request->service->closed || request_field(request, FIELD_DATA_VERSION))
        return false;
    const struct buffer *head = head_of(request);
    return answer_from(request, heads_find(&request->service->heads, head->data, head->size));
}

/* ---- keys ---- */

/* Of pages there may be several that show the same. */
static const char *form_of(const struct request *request)
{
    if (request->params.page)
        return request->params.page->path;
    return request->representation ? format_name(request->representation->format) : "";
}

static const char *key_of(struct request *request)
{
    const char *coding = request_field(request, FIELD_ACCEPT_ENCODING), *origin = request_origin(request);
    return arena_format(&request->arena, "%s\n%s\n%d\n%s\n%s", params_self(&request->arena, &request->params),
                        form_of(request), negotiate_coding(coding),
                        request->count.applied ? request->count.applied : "", origin ? origin : "");
}

bool recall(struct request *request)
{
    struct service *service = request->service;
    if (!service->cache.most)
        return false;
    request->key = key_of(request);
    struct cache_entry *entry = entry_of(request);
    if (!answer_from(request, entry)) {
        request->has_older = age_of(request, entry) && !request_asks_for_news(request);
        request->memory = "miss";
        metrics_add(service->metrics, METRIC_CACHE_MISSES, 1);
        return false;
    }
    const struct buffer *head = head_of(request);
    heads_keep(&service->heads, head->data, head->size, entry);
    return true;
}

/* ---- answers on their way ---- */

bool recall_wait(struct request *request)
{
    struct service *service = request->service;
    bool joined =
        request->key && service->known.data.version && !request->least.timeline &&
        flight_join(&service->flights, request->key, strlen(request->key), service->known.data.version, &request->seat);
    if (joined) {
        request->memory = "shared";
        metrics_add(service->metrics, METRIC_FLIGHTS_SHARED, 1);
    }
    return joined;
}

static struct request *request_in(struct flight_seat *seat)
{
    return seat ? container_of(seat, struct request, seat) : NULL;
}

static struct flight_seat *land(struct request *request)
{
    return request->seat.flight ? flight_land(&request->service->flights, &request->seat) : NULL;
}

/* The next of those that waited for the same answer, who gets up; NULL behind the last. */
static struct request *next_waiting(struct flight_seat **seat)
{
    struct request *waiting = request_in(*seat);
    *seat = waiting ? flight_next(*seat) : NULL;
    return waiting;
}

void recall_answer(struct request *request, struct document *document)
{
    struct service *service = request->service;
    document->route = request_route(request);
    if (request->key && document->version && is_fresh(service, document))
        cache_put(&service->cache, request->key, strlen(request->key), document);
    request_answer(request, document);
    struct flight_seat *seat = land(request);
    for (struct request *waiting; (waiting = next_waiting(&seat));) {
        waiting->recalled = true;
        request_answer(waiting, document);
        request_resume(waiting);
    }
}

void recall_forget(struct request *request)
{
    struct cache_entry *entry = entry_of(request);
    if (entry)
        cache_remove(&request->service->cache, entry);
}

static void fail(struct request *request, const struct error *error)
{
    if (!stand_in(request, error->code))
        request_fail(request, error);
}

void recall_fail(struct request *request, const struct error *error)
{
    if (error_kind(error->code)->status < MHD_HTTP_INTERNAL_SERVER_ERROR)
        recall_forget(request);
    fail(request, error);
    struct flight_seat *seat = land(request);
    for (struct request *waiting; (waiting = next_waiting(&seat));) {
        fail(waiting, error);
        request_resume(waiting);
    }
}

struct request *recall_leave(struct request *request)
{
    return request_in(flight_leave(&request->service->flights, &request->seat));
}
