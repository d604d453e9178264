/* streaming: answers that are sent page by page, as the client takes them */
#include "streaming.h"

#include <stdio.h>

#include "access.h"
#include "account.h"
#include "answer.h"
#include "feed.h"
#include "held.h"
#include "lookup.h"
#include "memory.h"
#include "reading.h"

bool streaming_fits(const struct request *request)
{
    return answer_is_streamed(&request->params, request->representation);
}

/* ---- pages ---- */

/* A stream of events has no end, and where it goes on stands in the request. */
static void stay_at(struct request *request, const PGresult *result, bool more)
{
    const char *reached = answer_reached(&request->params, result);
    if (reached)
        snprintf(request->reached, sizeof(request->reached), "%s", reached);
    request->caught_up = !more;
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
    held_change(&request->part_held, stream->part.capacity);
    const char *const *keys = answer_last_keys(&request->page, params, result);
    if (request_is_followed(request)) {
        stay_at(request, result, keys);
        return;
    }
    for (unsigned i = 0; keys && i < params->orders_count; i++)
        params->after[i] = keys[i];
    params->continued = true;
    stream->complete = !keys;
}

static void break_off(struct request *request)
{
    request->stream.broken = true;
    request->service->abandon(request->connection);
}

/* What there is to say of its form was said of the first one. */
static void take_next_page(struct request *request, const PGresult *result)
{
    struct error error;
    error_init(&error);
    take_page(request, result, false, &error);
}

static void on_page(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct request *request = container_of(call, struct request, call);
    if (!reading_done(request, &status))
        return;
    bool too_large = lookup_is_too_large(request, status, result);
    request_heard(request);
    if (status == DB_OK && !too_large)
        take_next_page(request, result);
    else
        break_off(request);
    request_resume(request);
}

/* ---- what the client takes ---- */

static void note_progress(struct stream *stream)
{
    struct request *request = container_of(stream, struct request, stream);
    request->service->progress(request->connection);
}

static void next_page(struct request *request)
{
    if (request_is_followed(request) && request->service->draining) {
        request->stream.complete = true;
    } else if (request_is_followed(request) && request->caught_up) {
        feed_follow(request);
        request_suspend(request);
    } else if (lookup(request, QUERY_ROWS, &request->page, on_page) == DB_OK) {
        request_suspend(request);
    } else {
        break_off(request);
    }
}

static void go_on_following(struct request *request, bool may_read)
{
    if (may_read)
        next_page(request);
    else
        request->stream.complete = true;
    if (request->stream.complete || request->stream.broken)
        request_resume(request);
}

/* Who follows may do so for days, and lose the right to in between. */
static void ask_for_page(struct stream *stream)
{
    struct request *request = container_of(stream, struct request, stream);
    if (request_is_followed(request) && !access_lasts(request) && access_renew(request, go_on_following))
        request_suspend(request);
    else
        next_page(request);
}

/* ---- beginning ---- */

void streaming_begin(struct request *request, const PGresult *result, const char *place)
{
    struct error error;
    error_init(&error);
    take_page(request, result, true, &error);
    if (error.code) {
        request_fail(request, &error);
        return;
    }
    account_begin_stream(request);
    request->stream.progress = note_progress;
    request->stream.ask = ask_for_page;
    request->place = place;
    request_reply(request, reply_stream(&request->stream, answer_media_type(request->representation->format)));
    /* libmicrohttpd 0.9.75 sends the last chunk behind the head of a HEAD, too. */
    if (request_has_method(request, MHD_HTTP_METHOD_HEAD))
        MHD_set_response_options(request->response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
}
