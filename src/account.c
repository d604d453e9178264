/* account: what is told of a request that has ended: it is counted, and logged where that is wanted or it was slow */
#include "account.h"

#include <string.h>

#include "log.h"
#include "quota.h"
#include "routes.h"

/* ---- streams ---- */

static void count_stream(const struct request *request, uint64_t more)
{
    metrics_add(request->service->metrics, request_is_followed(request) ? METRIC_STREAMS_EVENTS : METRIC_STREAMS_LIST,
                more);
}

void account_begin_stream(const struct request *request)
{
    enum metric total = request_is_followed(request) ? METRIC_STREAMS_EVENTS_TOTAL : METRIC_STREAMS_LIST_TOTAL;
    metrics_add(request->service->metrics, total, 1);
    count_stream(request, 1);
}

/* ---- the log ---- */

/* What the client got, or was to get, behind the answer's head. */
static size_t body_size(const struct request *request)
{
    if (!request->method || request_has_method(request, MHD_HTTP_METHOD_HEAD) ||
        request->status == MHD_HTTP_NOT_MODIFIED)
        return 0;
    if (request->stream.ask)
        return request->stream.given;
    return request->document ? request->document->size : request->size;
}

static void log_request(struct request *request, enum log_level level, const char *event, uint64_t lasted_us)
{
    char trace[TRACE_ID_SIZE] = "", span[TRACE_SPAN_SIZE] = "", parent[TRACE_SPAN_SIZE] = "", address[PEER_TEXT_SIZE];
    const struct route *route = request_route(request);
    if (request_trace(request)) {
        trace_id(request->trace, trace);
        trace_span(request->trace, span);
        trace_span(request_field(request, FIELD_TRACEPARENT), parent);
    }
    struct peer client = quota_client(request);
    peer_write(&client, address);
    log_event(
        level, event, LOG_TEXT("method", request->method ? request->method : ""), LOG_TEXT("target", request->target),
        LOG_TEXT("route", route ? route->path : ""), LOG_NUMBER("status", request->status),
        LOG_NUMBER("bytes", (long long)body_size(request)), LOG_MILLISECONDS("duration_ms", lasted_us),
        LOG_MILLISECONDS("database_ms", request->waited - request->queued),
        LOG_MILLISECONDS("waiting_ms", request->queued), LOG_TEXT("cache", request->memory ? request->memory : ""),
        LOG_NUMBER("age", request->age), LOG_TEXT("client", address), LOG_TEXT("id", request_id(request)),
        LOG_TEXT("trace", trace), LOG_TEXT("span", span), LOG_TEXT("parent", parent));
}

/* ---- the end ---- */

/* Until the answer was handed over, or, where that costs no look at the clock, sent; without what it wished to wait. */
static uint64_t took(const struct request *request, uint64_t now_us)
{
    return (request->answered ? request->answered : now_us) - request->begun - request->rested;
}

static void count(const struct request *request, uint64_t took_us)
{
    struct metrics *metrics = request->service->metrics;
    if (request->status)
        metrics_answered(metrics, &(struct metrics_answer){request_route(request), request->method, request->status,
                                                           request->failure, took_us, request->waited});
    else
        metrics_add(metrics, METRIC_ABANDONED, 1);
    if (request->stream.ask)
        count_stream(request, UINT64_MAX);
}

void account_for(struct request *request, uint64_t now_us)
{
    const struct service *service = request->service;
    uint64_t took_us = took(request, now_us), lasted_us = request->stream.ask ? now_us - request->begun : took_us;
    count(request, took_us);
    if (service->log_requests)
        log_request(request, LOG_INFO, "request", lasted_us);
    if (service->slow_us && request->status && took_us >= service->slow_us)
        log_request(request, LOG_WARNING, "slow-request", lasted_us);
}
