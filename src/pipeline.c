/* pipeline: what one connection was asked, and the answers, which come in the same order */
#include "pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "memory.h"
#include "sqlstate.h"

/* The statements of the position, where sessions keep them. */
static const char place_name[] = "claimd_place", next_place_name[] = "claimd_next_place";

/* A server that goes over to another timeline is taken to be on the old one for so long, which is the safe side. */
enum { TIMELINE_MS = 1000 };

/* One thing that the server will answer, in the order in which it was sent. */
struct entry {
    enum {
        ENTRY_SETUP,
        ENTRY_QUESTION,
        ENTRY_PREPARE,
        ENTRY_PLACE,
        ENTRY_CALL,
        ENTRY_STEP,
        ENTRY_END,
        ENTRY_SYNC
    } kind;
    const struct db_statement *statement;
    struct db_call *call; /* NULL: cancelled, or nobody asked */
    struct entry *end;    /* of a transaction's step: the sync behind it, whose call it is of */
    unsigned step;
    unsigned patience_ms;
    pipeline_answered *answered;
    void *asker;
    uint64_t asked; /* loop_now() */
    struct entry *next;
    bool taken; /* its result was, and the end of it was not */
};

/* ---- entries ---- */

static struct entry *entry_new(int kind, const struct db_statement *statement)
{
    struct entry *entry = memory_alloc(sizeof(*entry));
    entry->kind = kind;
    entry->statement = statement;
    return entry;
}

static void entry_append(struct pipeline *pipeline, struct entry *entry)
{
    *(pipeline->last ? &pipeline->last->next : &pipeline->first) = entry;
    pipeline->last = entry;
    pipeline->unsent = true;
}

static struct entry *entry_push(struct pipeline *pipeline, int kind, const struct db_statement *statement)
{
    struct entry *entry = entry_new(kind, statement);
    entry_append(pipeline, entry);
    return entry;
}

static void entry_pop(struct pipeline *pipeline)
{
    struct entry *entry = pipeline->first;
    pipeline->first = entry->next;
    if (!pipeline->first)
        pipeline->last = NULL;
    pipeline->calls -= entry->kind == ENTRY_CALL || entry->kind == ENTRY_END;
    free(entry);
}

static void entry_hold(struct pipeline *pipeline, struct entry *entry, struct db_call *call)
{
    entry->call = call;
    call->place = &entry->call;
    pipeline->calls++;
    pipeline->loaded = true;
}

static bool ends_batch(const struct entry *entry)
{
    return entry->kind == ENTRY_SYNC || entry->kind == ENTRY_END;
}

static bool is_synced(const struct pipeline *pipeline)
{
    return !pipeline->last || ends_batch(pipeline->last);
}

/* The server may keep what it has answered until the sync. */
unsigned pipeline_patience(const struct pipeline *pipeline)
{
    unsigned most = pipeline->terms.deadline_ms;
    const struct entry *entry = pipeline->terms.writes ? pipeline->first : NULL;
    for (; entry; entry = ends_batch(entry) ? NULL : entry->next)
        if (entry->patience_ms > most)
            most = entry->patience_ms;
    return most;
}

/* ---- what libpq is given ---- */

/* It may lack the memory for it on a connection that is good. What has its entry and was not sent has no answer. */
static bool note_sent(struct pipeline *pipeline, bool sent)
{
    pipeline->broken |= !sent;
    return sent;
}

static bool send_text(struct pipeline *pipeline, const char *sql, int count, const char *const *arguments)
{
    return note_sent(pipeline, PQsendQueryParams(pipeline->connection, sql, count, NULL, arguments, NULL, NULL, 0));
}

static bool send_prepare(struct pipeline *pipeline, const char *name, const char *sql)
{
    return note_sent(pipeline, PQsendPrepare(pipeline->connection, name, sql, 0, NULL));
}

static bool send_prepared(struct pipeline *pipeline, const char *name, int count, const char *const *arguments)
{
    return note_sent(pipeline, PQsendQueryPrepared(pipeline->connection, name, count, arguments, NULL, NULL, 0));
}

static bool send_end(struct pipeline *pipeline)
{
    return note_sent(pipeline, PQpipelineSync(pipeline->connection));
}

/* ---- beginning and end ---- */

void pipeline_open(struct pipeline *pipeline, PGconn *connection)
{
    pipeline->connection = connection;
}

void pipeline_close(struct pipeline *pipeline)
{
    free(pipeline->prepared);
    pipeline->prepared = NULL;
    pipeline->prepared_size = 0;
    pipeline->connection = NULL;
    pipeline->begun = pipeline->broken = pipeline->unsent = pipeline->loaded = false;
    pipeline->position = (struct position){0};
    pipeline->timeline_until = 0;
}

void pipeline_rescue(struct pipeline *pipeline)
{
    while (pipeline->first) {
        struct db_call *call = pipeline->first->call;
        if (call && call_writes(call))
            call_end(call, DB_UNKNOWN, NULL);
        else if (call && call->resent++ < pipeline->terms.resends)
            call_wait(call);
        else if (call)
            call_end(call, DB_UNAVAILABLE, NULL);
        entry_pop(pipeline);
    }
}

/* ---- what a session is told ---- */

/* Per session rather than as connection options, which poolers refuse; where sessions are lent, for the transaction
 * that is begun by it. */
bool pipeline_set_up(struct pipeline *pipeline)
{
    static const char sql[] =
        "SELECT set_config('statement_timeout', $1, $3), set_config('lock_timeout', $4, $3),"
        " set_config('timezone', 'UTC', $3),"
        " set_config('datestyle', 'ISO', $3), set_config('extra_float_digits', '1', $3),"
        " set_config('plan_cache_mode', 'force_generic_plan', $3), set_config('jit', 'off', $3),"
        " set_config(CASE WHEN $3 THEN 'transaction_read_only' ELSE 'default_transaction_read_only' END, $2, $3)";
    char timeout[16];
    snprintf(timeout, sizeof(timeout), "%u", pipeline->terms.deadline_ms);
    entry_push(pipeline, ENTRY_SETUP, NULL);
    const char *const arguments[] = {timeout, pipeline->terms.writes ? "off" : "on",
                                     pipeline->terms.lent ? "true" : "false", pipeline->terms.patient ? "0" : timeout};
    return send_text(pipeline, sql, 4, arguments);
}

static bool prepare_place(struct pipeline *pipeline, const char *name, const char *sql)
{
    entry_push(pipeline, ENTRY_SETUP, NULL);
    return send_prepare(pipeline, name, sql);
}

/* What is asked of it before it is used shows that it can be. */
bool pipeline_begin_session(struct pipeline *pipeline)
{
    const struct pipeline_terms *terms = &pipeline->terms;
    if (!pipeline_set_up(pipeline))
        return false;
    return !terms->placed || terms->lent ||
           (prepare_place(pipeline, place_name, terms->place) &&
            prepare_place(pipeline, next_place_name, terms->next_place));
}

/* ---- sending ---- */

static bool send_sync(struct pipeline *pipeline)
{
    entry_push(pipeline, ENTRY_SYNC, NULL);
    return send_end(pipeline);
}

bool pipeline_sync(struct pipeline *pipeline)
{
    return !pipeline->broken && (is_synced(pipeline) || send_sync(pipeline));
}

bool pipeline_ask(struct pipeline *pipeline, const char *sql, pipeline_answered *answered, void *asker)
{
    struct entry *entry = entry_push(pipeline, ENTRY_QUESTION, NULL);
    entry->answered = answered;
    entry->asker = asker;
    entry->asked = loop_now();
    return send_text(pipeline, sql, 0, NULL);
}

static bool *prepared_of(struct pipeline *pipeline, const struct db_statement *statement)
{
    if (statement->serial >= pipeline->prepared_size) {
        unsigned size = (statement->serial + 1) * 2, before = pipeline->prepared_size;
        pipeline->prepared = memory_resize(pipeline->prepared, size * sizeof(*pipeline->prepared));
        memset(pipeline->prepared + before, 0, (size - before) * sizeof(*pipeline->prepared));
        pipeline->prepared_size = size;
    }
    return &pipeline->prepared[statement->serial];
}

static bool is_named(const struct pipeline *pipeline, const struct db_statement *statement)
{
    return *statement->name && !pipeline->terms.lent;
}

bool pipeline_prepare(struct pipeline *pipeline, const struct db_statement *statement)
{
    bool *prepared = prepared_of(pipeline, statement);
    if (*prepared)
        return true;
    *prepared = true;
    entry_push(pipeline, ENTRY_PREPARE, statement);
    return send_prepare(pipeline, statement->name, statement->sql);
}

static bool send_next_place(struct pipeline *pipeline)
{
    char timeline[POSITION_SIZE];
    const char *const arguments[] = {timeline};
    snprintf(timeline, sizeof(timeline), "%x", pipeline->position.timeline);
    return send_prepared(pipeline, next_place_name, 1, arguments);
}

/* Each statement of a batch sees all that was there when the position was told. */
static bool send_place(struct pipeline *pipeline)
{
    pipeline->placed = true;
    entry_push(pipeline, ENTRY_PLACE, NULL);
    if (!pipeline->terms.placed || pipeline->terms.lent)
        return send_text(pipeline, pipeline->terms.place, 0, NULL);
    if (loop_now() < pipeline->timeline_until)
        return send_next_place(pipeline);
    pipeline->timeline_until = pipeline->position.timeline ? loop_now() + TIMELINE_MS : 0;
    return send_prepared(pipeline, place_name, 0, NULL);
}

/* What a batch begins with that has this call as its first, or as the first whose position is wanted. */
static bool send_preface(struct pipeline *pipeline, const struct db_call *call)
{
    if (is_synced(pipeline)) {
        pipeline->placed = false;
        if (pipeline->terms.lent && !pipeline_set_up(pipeline))
            return false;
    }
    return !call->placed || pipeline->placed || send_place(pipeline);
}

/* ---- sending calls ---- */

/* The trace that the database is told, or NULL. */
static const char *told_trace(const struct pipeline *pipeline, const struct db_call *call)
{
    return pipeline->terms.traced ? call->trace : NULL;
}

/* What is prepared has one text for all: only one that is parsed anew can name a trace (sqlcommenter's format). */
static bool send_traced(struct pipeline *pipeline, const struct db_step *step, const char *trace)
{
    char *text = memory_format("/*traceparent='%s'*/ %s", trace, step->statement->sql);
    bool sent = send_text(pipeline, text, step->arguments_count, step->arguments);
    free(text);
    return sent;
}

static bool send_step(struct pipeline *pipeline, const struct db_step *step, bool named, const char *trace)
{
    const struct db_statement *statement = step->statement;
    if (trace)
        return send_traced(pipeline, step, trace);
    if (!named)
        return send_text(pipeline, statement->sql, step->arguments_count, step->arguments);
    return send_prepared(pipeline, statement->name, step->arguments_count, step->arguments);
}

static bool send_query(struct pipeline *pipeline, struct db_call *call)
{
    const char *trace = told_trace(pipeline, call);
    bool named = !trace && !call->alone && is_named(pipeline, call->statement);
    if (!send_preface(pipeline, call) || (named && !pipeline_prepare(pipeline, call->statement)))
        return false;
    entry_hold(pipeline, entry_push(pipeline, ENTRY_CALL, call->statement), call);
    return send_step(pipeline, &(struct db_step){call->statement, call->arguments_count, call->arguments}, named,
                     trace);
}

/* What fails in a transaction takes back nothing that was prepared for it. */
static bool prepare_transaction(struct pipeline *pipeline, const struct db_transaction *transaction)
{
    for (unsigned i = 0; i < transaction->steps_count; i++) {
        const struct db_statement *statement = transaction->steps[i].statement;
        if (is_named(pipeline, statement) && !pipeline_prepare(pipeline, statement))
            return false;
    }
    return true;
}

/* Each of its statements may take its time, and so long whoever waits for it does (see db.c). */
static unsigned patience_with(const struct pipeline *pipeline, const struct db_transaction *transaction)
{
    return 2 * (transaction->patience_ms ? transaction->patience_ms : pipeline->terms.deadline_ms);
}

static bool send_steps(struct pipeline *pipeline, const struct db_transaction *transaction, struct entry *end,
                       const char *trace)
{
    bool sent = true;
    for (unsigned i = 0; sent && i < transaction->steps_count; i++) {
        struct entry *entry = entry_push(pipeline, ENTRY_STEP, transaction->steps[i].statement);
        entry->end = end;
        entry->step = i;
        entry->patience_ms = patience_with(pipeline, transaction);
        sent = send_step(pipeline, &transaction->steps[i], is_named(pipeline, entry->statement), trace);
    }
    return sent;
}

static bool send_transaction(struct pipeline *pipeline, struct db_call *call)
{
    const struct db_transaction *transaction = call->transaction;
    const char *trace = told_trace(pipeline, call);
    if (!trace && !prepare_transaction(pipeline, transaction))
        return false;
    if (!pipeline_sync(pipeline) || !send_preface(pipeline, call))
        return false;
    struct entry *end = entry_new(ENTRY_END, NULL);
    end->patience_ms = patience_with(pipeline, transaction);
    bool sent = send_steps(pipeline, transaction, end, trace);
    entry_append(pipeline, end);
    entry_hold(pipeline, end, call);
    return sent && send_end(pipeline);
}

bool pipeline_send(struct pipeline *pipeline, struct db_call *call)
{
    if (call->transaction)
        return send_transaction(pipeline, call);
    if (call->alone && !pipeline_sync(pipeline))
        return false;
    return send_query(pipeline, call) && (!call->alone || send_sync(pipeline));
}

/* ---- failures ---- */

static bool is_good(const PGresult *result)
{
    return PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK;
}

void pipeline_log_failure(const char *label, const PGresult *result)
{
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    log_event(LOG_ERROR, "query-failed", LOG_TEXT("statement", label), LOG_TEXT("sqlstate", sqlstate_of(result)),
              LOG_TEXT("message", message ? message : ""));
}

/* The statement of a call may be gone with it. */
static bool is_of_ended_call(const struct entry *entry)
{
    return (entry->kind == ENTRY_CALL && !entry->call) || (entry->kind == ENTRY_STEP && !entry->end->call);
}

static const char *label_of(const struct entry *entry)
{
    if (is_of_ended_call(entry))
        return "of a call that has ended";
    return entry->statement ? call_label(entry->statement) : "setup";
}

/* How what failed ends; logged if an operator has to know. */
static enum db_status failure_of(const struct entry *entry, const PGresult *result)
{
    enum db_status status = sqlstate_status(sqlstate_of(result));
    if (status == DB_FAILED || status == DB_UNABLE)
        pipeline_log_failure(label_of(entry), result);
    return status;
}

/* Whether the connection is of no use after that failure. */
static bool is_stale(const struct pipeline *pipeline, const PGresult *result)
{
    const char *state = sqlstate_of(result);
    return !sqlstate_is_told_by_server(state) || sqlstate_is_stale(state, pipeline->terms.writes);
}

/* A write that failed with its connection, of which it is known that nothing was done. */
static void end_undone(struct db_call *call, const struct entry *entry, const PGresult *result)
{
    bool unable = sqlstate_status(sqlstate_of(result)) == DB_UNABLE;
    call_end(call, unable ? failure_of(entry, result) : DB_UNAVAILABLE, NULL);
}

/* ---- answers ---- */

/* All that is behind it up to the sync was skipped. */
static void preface_failed(const struct pipeline *pipeline, const PGresult *result)
{
    const struct entry *end = pipeline->first;
    while (!ends_batch(end) && end->next)
        end = end->next;
    if (end->call && call_writes(end->call))
        end_undone(end->call, pipeline->first, result);
}

static bool answer_preface(struct pipeline *pipeline, const struct entry *entry, const PGresult *result)
{
    bool good = is_good(result), skipped = PQresultStatus(result) == PGRES_PIPELINE_ABORTED;
    if (entry->kind == ENTRY_PLACE && (good || skipped))
        return skipped || position_read(PQgetvalue(result, 0, 0), &pipeline->position);
    if (!good && !skipped && sqlstate_is_told_by_server(sqlstate_of(result)))
        preface_failed(pipeline, result);
    return good;
}

static bool answer_prepare(struct pipeline *pipeline, const struct entry *entry, const PGresult *result)
{
    if (PQresultStatus(result) == PGRES_COMMAND_OK)
        return true;
    *prepared_of(pipeline, entry->statement) = false;
    return pipeline->begun; /* the call behind it fails by itself */
}

/* Somebody else of the batch failed, or its own statement could not be prepared, which it will say by itself when it is
 * sent alone, by its text. */
static void call_aborted(struct db_call *call)
{
    if (call->alone) {
        call_end(call, DB_FAILED, NULL);
        return;
    }
    call->alone = true;
    call_wait(call);
}

static void call_failed(struct db_call *call, const struct entry *entry, const PGresult *result)
{
    enum db_status status = failure_of(entry, result);
    call_end(call, status, status == DB_REFUSED ? result : NULL);
}

/* False if the connection is of no use any more; the call then stays with its entry, to be sent on the next one. */
static bool answer_failed_call(const struct pipeline *pipeline, const struct entry *entry, const PGresult *result)
{
    struct db_call *call = entry->call;
    if (sqlstate_is_unprepared(sqlstate_of(result)) && !(call && call->alone)) {
        if (call) /* its PREPARE was aborted in an earlier batch */
            call_aborted(call);
        return true;
    }
    if (is_stale(pipeline, result))
        return false;
    if (call)
        call_failed(call, entry, result);
    return true;
}

static void take_place(const struct pipeline *pipeline, struct db_call *call)
{
    if (call->placed)
        call->position = pipeline->position;
}

static bool answer_call(const struct pipeline *pipeline, const struct entry *entry, const PGresult *result)
{
    struct db_call *call = entry->call;
    bool good = is_good(result), skipped = PQresultStatus(result) == PGRES_PIPELINE_ABORTED;
    if (call)
        take_place(pipeline, call);
    if (!good && !skipped)
        return answer_failed_call(pipeline, entry, result);
    if (call && good)
        call_end(call, DB_OK, result);
    else if (call)
        call_aborted(call);
    return true;
}

static PGresult *kept(PGresult **result)
{
    PGresult *mine = *result;
    *result = NULL;
    return mine;
}

/* Keeps the failure of a transaction, at a step or at its end; false if the connection is of no use any more. */
static bool answer_failed_step(const struct pipeline *pipeline, const struct entry *entry, struct db_call *call,
                               PGresult **result)
{
    struct db_transaction *transaction = call->transaction;
    if (is_stale(pipeline, *result)) {
        bool told = sqlstate_is_told_by_server(sqlstate_of(*result));
        if (told && call_writes(call) && entry->kind == ENTRY_STEP)
            end_undone(call, entry, *result);
        return false;
    }
    transaction->status = failure_of(entry, *result);
    transaction->failure = kept(result);
    return true;
}

static bool answer_step(const struct pipeline *pipeline, const struct entry *entry, PGresult **result)
{
    struct db_call *call = entry->end->call;
    if (PQresultStatus(*result) == PGRES_PIPELINE_ABORTED || !call)
        return true;
    if (!is_good(*result))
        return answer_failed_step(pipeline, entry, call, result);
    call->transaction->results[entry->step] = kept(result);
    return true;
}

/* A commit that fails; one that does not has no result but the sync. */
static bool answer_failed_end(const struct pipeline *pipeline, const struct entry *entry, PGresult **result)
{
    if (is_good(*result))
        return false;
    return !entry->call || answer_failed_step(pipeline, entry, entry->call, result);
}

static void answer_end(const struct pipeline *pipeline, struct db_call *call)
{
    struct db_transaction *transaction = call->transaction;
    bool refused = transaction->status == DB_REFUSED;
    const PGresult *last = transaction->results[transaction->steps_count - 1];
    take_place(pipeline, call);
    call_end(call, transaction->status, refused ? transaction->failure : transaction->status ? NULL : last);
}

/* Why the connection is of no use after this answer, "" where the result says it, or NULL; *result is NULL if it is
 * kept. */
static const char *answer(struct pipeline *pipeline, const struct entry *entry, PGresult **result)
{
    bool good = true;
    switch (entry->kind) {
    case ENTRY_SETUP:
    case ENTRY_PLACE:
        good = answer_preface(pipeline, entry, *result);
        break;
    case ENTRY_QUESTION:
        return entry->answered(entry->asker, entry->asked, *result);
    case ENTRY_PREPARE:
        good = answer_prepare(pipeline, entry, *result);
        break;
    case ENTRY_CALL:
        good = answer_call(pipeline, entry, *result);
        break;
    case ENTRY_STEP:
        good = answer_step(pipeline, entry, result);
        break;
    case ENTRY_END:
        good = answer_failed_end(pipeline, entry, result);
        break;
    case ENTRY_SYNC: /* what was answered, as that it listens now, does not hold */
        good = false;
        break;
    }
    return good ? NULL : "";
}

/* ---- receiving ---- */

/* An error of libpq's own, told by its words alone, or by none at all. The server knows nothing of it: it goes on
 * behind the step of a transaction whose result is missing here, and commits. */
static bool is_out_of_memory(const struct pipeline *pipeline, const PGresult *result)
{
    const char *words = PQresultErrorMessage(result);
    return PQresultStatus(result) == PGRES_FATAL_ERROR && !*sqlstate_of(result) &&
           PQstatus(pipeline->connection) == CONNECTION_OK && (!*words || strstr(words, "out of memory"));
}

/* The same of the end of a batch, which libpq then keeps to itself. Whatever a server says ends with its line. */
static bool lacks_memory(const PGconn *connection)
{
    static const char words[] = "out of memory";
    const char *said = PQerrorMessage(connection);
    size_t size = strlen(said), least = strlen(words);
    return size >= least && strcmp(said + size - least, words) == 0;
}

static enum pipeline_news take_sync(struct pipeline *pipeline, PGresult *result)
{
    struct entry *entry = pipeline->first;
    PQclear(result);
    if (!ends_batch(entry))
        return PIPELINE_STRAY;
    if (entry->kind == ENTRY_END && entry->call)
        answer_end(pipeline, entry->call);
    entry_pop(pipeline);
    pipeline->begun = true;
    return PIPELINE_SYNC;
}

/* Of an end that failed, as a commit may, the sync itself is still to come. */
static enum pipeline_news take_end_of_results(struct pipeline *pipeline)
{
    struct entry *entry = pipeline->first;
    if (!entry->taken)
        return PIPELINE_STRAY; /* as where libpq lacks the memory to say that a statement was skipped */
    if (ends_batch(entry))
        entry->taken = false;
    else
        entry_pop(pipeline);
    return PIPELINE_ANSWER;
}

static enum pipeline_news take_result(struct pipeline *pipeline, PGresult *result, struct pipeline_refusal *ret)
{
    struct entry *entry = pipeline->first;
    if (entry->taken) {
        PQclear(result);
        return PIPELINE_STRAY;
    }
    entry->taken = true;
    const char *why = answer(pipeline, entry, &result);
    if (why)
        *ret = (struct pipeline_refusal){.label = label_of(entry), .why = why, .result = result};
    else
        PQclear(result);
    return why ? PIPELINE_REFUSAL : PIPELINE_ANSWER;
}

enum pipeline_news pipeline_receive(struct pipeline *pipeline, struct pipeline_refusal *ret)
{
    if (!pipeline->first)
        return PIPELINE_NOTHING;
    if (PQisBusy(pipeline->connection)) {
        if (lacks_memory(pipeline->connection))
            memory_exhausted();
        return PIPELINE_NOTHING;
    }
    PGresult *result = PQgetResult(pipeline->connection);
    if (!result)
        return take_end_of_results(pipeline);
    if (is_out_of_memory(pipeline, result))
        memory_exhausted();
    bool synced = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
    return synced ? take_sync(pipeline, result) : take_result(pipeline, result, ret);
}
