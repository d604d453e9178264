/* call: what is asked of a database, and the calls that have not ended */
#include "call.h"

#include <stdio.h>
#include <string.h>

#include "log.h"
#include "trace.h"

/* ---- transactions ---- */

static void transaction_clear(struct db_transaction *transaction)
{
    for (unsigned i = 0; i < transaction->steps_count; i++) {
        PQclear(transaction->results[i]);
        transaction->results[i] = NULL;
    }
    PQclear(transaction->failure);
    transaction->failure = NULL;
    transaction->status = DB_OK;
}

/* It may have ended before: what it told then is still to be cleared by whoever ends it. */
static void transaction_begin(struct db_transaction *transaction)
{
    memset(transaction->results, 0, sizeof(transaction->results));
    transaction->failure = NULL;
    transaction->status = DB_OK;
}

bool call_writes(const struct db_call *call)
{
    return call->transaction && call->transaction->writes;
}

enum db_lane call_lane(const struct db_call *call)
{
    if (!call_writes(call))
        return DB_LANE_READ;
    return call->transaction->patience_ms ? DB_LANE_PATIENT : DB_LANE_WRITE;
}

/* ---- where calls are ---- */

static void list_append(struct call_list *list, struct db_call *call)
{
    call->previous = list->last;
    call->next = NULL;
    *(list->last ? &list->last->next : &list->first) = call;
    list->last = call;
    list->count++;
}

static void list_remove(struct call_list *list, struct db_call *call)
{
    *(call->previous ? &call->previous->next : &list->first) = call->next;
    *(call->next ? &call->next->previous : &list->last) = call->previous;
    list->count--;
}

static struct call_list *lane_of(const struct db_call *call)
{
    return &call->calls->waiting[call_lane(call)];
}

void calls_add(struct calls *calls, struct db *db, struct db_call *call)
{
    call->db = db;
    call->calls = calls;
    call->place = NULL;
    call->alone = false;
    call->resent = 0;
    call->sent_us = 0;
    call->position = (struct position){0};
    call->deadline = (struct loop_timer){0};
    if (call->transaction)
        transaction_begin(call->transaction);
    list_append(lane_of(call), call);
    calls->under_way++;
}

struct db_call *calls_take(struct calls *calls, enum db_lane lane)
{
    struct db_call *call = calls->waiting[lane].first;
    list_remove(&calls->waiting[lane], call);
    call->sent_us = loop_now_us();
    return call;
}

void call_wait(struct db_call *call)
{
    if (call->place)
        *call->place = NULL;
    call->place = NULL;
    call->sent_us = 0;
    if (call->transaction)
        transaction_clear(call->transaction);
    list_append(lane_of(call), call);
}

/* Takes it from wherever it is. */
static void detach(struct db_call *call)
{
    loop_timer_stop(&call->deadline);
    if (call->place)
        *call->place = NULL;
    else
        list_remove(lane_of(call), call);
    call->place = NULL;
    call->calls->under_way--;
    call->calls = NULL;
    call->db = NULL;
}

/* ---- slow ones ---- */

const char *call_label(const struct db_statement *statement)
{
    return statement->label ? statement->label : statement->sql;
}

/* A transaction is called by all that it consists of. */
static void describe(const struct db_call *call, char *text, size_t size)
{
    const struct db_transaction *transaction = call->transaction;
    if (!transaction)
        snprintf(text, size, "%s", call_label(call->statement));
    for (unsigned i = 0, used = 0; transaction && i < transaction->steps_count && used < size; i++)
        used += (unsigned)snprintf(text + used, size - used, "%s%s", i ? "; " : "",
                                   call_label(transaction->steps[i].statement));
}

static void log_slow(const struct db_call *call, uint64_t took_us)
{
    char text[512], trace[TRACE_ID_SIZE], span[TRACE_SPAN_SIZE] = "";
    describe(call, text, sizeof(text));
    if (trace_id(call->trace, trace))
        trace_span(call->trace, span);
    log_event(LOG_WARNING, "slow-query", LOG_TEXT("statement", text), LOG_MILLISECONDS("duration_ms", took_us),
              LOG_TEXT("trace", trace), LOG_TEXT("span", span));
}

static void log_if_slow(const struct db_call *call)
{
    uint64_t slow_us = call->calls->slow_ms * UINT64_C(1000);
    uint64_t took_us = slow_us && call->sent_us ? loop_now_us() - call->sent_us : 0;
    if (slow_us && took_us >= slow_us)
        log_slow(call, took_us);
}

/* ---- ends ---- */

void call_end(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct db_transaction transaction = call->transaction ? *call->transaction : (struct db_transaction){0};
    call->calls->ended[status]++;
    log_if_slow(call);
    detach(call);
    call->done(call, status, result);
    transaction_clear(&transaction);
}

void calls_end(struct calls *calls, enum db_lane lane, enum db_status status)
{
    while (calls->waiting[lane].first)
        call_end(calls->waiting[lane].first, status, NULL);
}

void call_cancel(struct db_call *call)
{
    detach(call);
    if (call->transaction)
        transaction_clear(call->transaction);
}
