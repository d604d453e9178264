/* db: PostgreSQL for one thread, asynchronously: pipelined connections, deadlines, reconnection */
#include "db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>

#include "hosts.h"
#include "log.h"
#include "memory.h"
#include "trace.h"

/* A connection that is dead is known to be so after twice this, whether anybody asks something of it or not. */
enum { PULSE_MS = 1000 };

/* A database that was asked and says nothing at all for so long does not answer just now. Longer than a pulse, so that
 * one slow statement is not taken for that. */
enum { SILENCE_MS = 1500 };

/* To see whether all statements can be prepared keeps the server busy: what is asked at the start is answered first. */
enum { FIRST_ANSWERS_MS = 15 };

enum { CONNECT_TIMEOUT_MS = 5000, BACKOFF_FIRST_MS = 50, BACKOFF_MOST_MS = 250, SILENCE_MARGIN_MS = 1000 };

/* What one connection is sent before it has answered: more would wait there, where no deadline takes it back. */
enum { WINDOW = 256 };

/* The statements of the position, where sessions keep them. */
static const char place_name[] = "claimd_place", next_place_name[] = "claimd_next_place";

/* A server that goes over to another timeline is taken to be on the old one for so long, which is the safe side. */
enum { TIMELINE_MS = 1000 };

enum link_state { LINK_DOWN, LINK_CONNECTING, LINK_PREPARING, LINK_READY };

/* One thing that the server will answer, in the order in which it was sent. */
struct db_entry {
    enum {
        ENTRY_SETUP,
        ENTRY_GREETING,
        ENTRY_PREPARE,
        ENTRY_FORGET,
        ENTRY_LISTEN,
        ENTRY_RECOVERY, /* whether the server is in it */
        ENTRY_PULSE,    /* the state, once a second */
        ENTRY_NEWS,     /* the state, as something was notified */
        ENTRY_PLACE,
        ENTRY_CALL,
        ENTRY_STEP,
        ENTRY_END,
        ENTRY_SYNC
    } kind;
    const struct db_statement *statement;
    struct db_call *call; /* NULL: cancelled, or nobody asked */
    struct db_entry *end; /* of a transaction's step: the sync behind it, whose call it is of */
    unsigned step;
    unsigned patience_ms;
    uint64_t asked; /* of a state */
    struct db_entry *next;
    bool answered;
};

/* One connection. */
struct db_link {
    struct db *db;
    enum link_state state;
    PGconn *connection;
    struct loop_watch watch;
    struct loop_timer timer; /* the next attempt, the end of this one, or the end of patience with a silent server */
    unsigned backoff_ms;
    unsigned host; /* that the next attempt begins with */
    struct db_entry *first, *last;
    unsigned calls; /* of the entries, cancelled ones included */
    bool *prepared; /* by serial */
    unsigned prepared_size;
    bool unsent;              /* something was queued since the last flush */
    bool loaded;              /* calls are among it */
    bool listening;           /* notifications come, or the state alone is asked for */
    bool asks_news, news_due; /* ENTRY_NEWS is under way, and something was notified since */
    bool placed;              /* the position has been asked for since the last sync */
    struct position position; /* as answered last */
    uint64_t timeline_until;  /* loop_now() at which the timeline is asked for again */
};

static void link_connect(struct db_link *link);
static void link_lost(struct db_link *link, enum db_status outage, const char *event, const char *reason);

static void link_broken(struct db_link *link)
{
    link_lost(link, DB_UNAVAILABLE, "database-lost", PQerrorMessage(link->connection));
}

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

/* It may have ended before: what it told then is still the db's to clear. */
static void transaction_begin(struct db_transaction *transaction)
{
    memset(transaction->results, 0, sizeof(transaction->results));
    transaction->failure = NULL;
    transaction->status = DB_OK;
}

static bool writes(const struct db_call *call)
{
    return call->transaction && call->transaction->writes;
}

static enum db_lane lane_of(const struct db_call *call)
{
    if (!writes(call))
        return DB_LANE_READ;
    return call->transaction->patience_ms ? DB_LANE_PATIENT : DB_LANE_WRITE;
}

/* ---- calls ---- */

/* Where it waits for a connection to take it. */
static struct db_calls *queue_of(struct db *db, const struct db_call *call)
{
    return &db->waiting[lane_of(call)];
}

static void calls_append(struct db_calls *calls, struct db_call *call)
{
    call->previous = calls->last;
    call->next = NULL;
    *(calls->last ? &calls->last->next : &calls->first) = call;
    calls->last = call;
    calls->count++;
}

static void calls_remove(struct db_calls *calls, struct db_call *call)
{
    *(call->previous ? &call->previous->next : &calls->first) = call->next;
    *(call->next ? &call->next->previous : &calls->last) = call->previous;
    calls->count--;
}

/* Takes the call from wherever it is; its entry stays, since the server will answer it. */
static void call_detach(struct db_call *call)
{
    loop_timer_stop(&call->deadline);
    if (call->entry)
        call->entry->call = NULL;
    else
        calls_remove(queue_of(call->db, call), call);
    call->entry = NULL;
    call->db->under_way--;
    call->db = NULL;
}

static const char *label_of(const struct db_statement *statement)
{
    return statement->label ? statement->label : statement->sql;
}

/* A transaction is called by all that it consists of. */
static void describe(const struct db_call *call, char *text, size_t size)
{
    const struct db_transaction *transaction = call->transaction;
    if (!transaction)
        snprintf(text, size, "%s", label_of(call->statement));
    for (unsigned i = 0, used = 0; transaction && i < transaction->steps_count && used < size; i++)
        used += (unsigned)snprintf(text + used, size - used, "%s%s", i ? "; " : "",
                                   label_of(transaction->steps[i].statement));
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
    uint64_t slow_us = call->db->settings.slow_ms * UINT64_C(1000);
    uint64_t took_us = slow_us && call->sent_us ? loop_now_us() - call->sent_us : 0;
    if (slow_us && took_us >= slow_us)
        log_slow(call, took_us);
}

/* The call may be gone once it has been told. */
static void call_end(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct db_transaction transaction = call->transaction ? *call->transaction : (struct db_transaction){0};
    call->db->counts.ended[status]++;
    log_if_slow(call);
    call_detach(call);
    call->done(call, status, result);
    transaction_clear(&transaction);
}

static void call_take_place(struct db_call *call, const struct db_link *link)
{
    if (call->placed)
        call->position = link->position;
}

static void call_wait_again(struct db_call *call)
{
    call->entry->call = NULL;
    call->entry = NULL;
    call->sent_us = 0;
    if (call->transaction)
        transaction_clear(call->transaction);
    calls_append(queue_of(call->db, call), call);
}

/* ---- a silent database ---- */

static bool owes(const struct db *db)
{
    for (unsigned i = 0; i < db->links_count; i++)
        if (db->links[i].first)
            return true;
    return false;
}

static void note_question(const struct db_link *link)
{
    if (link->first && !link->db->owing_since)
        link->db->owing_since = loop_now();
}

static void note_word(struct db *db)
{
    db->owing_since = owes(db) ? loop_now() : 0;
}

/* Milliseconds until it has been silent for too long, if it stays so; 0: it has been. */
static uint64_t until_silent(const struct db *db)
{
    uint64_t silent = db->owing_since ? loop_now() - db->owing_since : 0;
    return silent < SILENCE_MS ? SILENCE_MS - silent : 0;
}

/* ---- deadlines ---- */

static void wait_impatiently(struct db_call *call)
{
    uint64_t rest = call->due - loop_now(), silent = until_silent(call->db);
    loop_timer_start(call->db->loop, &call->deadline, rest < silent ? rest : silent);
}

/* Of a write that was sent nothing is known but that it was. */
static void on_deadline(struct loop_timer *timer)
{
    struct db_call *call = container_of(timer, struct db_call, deadline);
    if (call->impatient && !until_silent(call->db))
        call_end(call, DB_UNAVAILABLE, NULL);
    else if (call->impatient && loop_now() < call->due)
        wait_impatiently(call);
    else
        call_end(call, writes(call) && call->entry ? DB_UNKNOWN : DB_TIMEOUT, NULL);
}

static struct db_link *listener_of(const struct db *db)
{
    return db->links + db->settings.connections;
}

/* The only one of a lane that writes. */
static struct db_link *writer_of(const struct db *db, enum db_lane lane)
{
    return listener_of(db) + lane;
}

static bool is_listener(const struct db_link *link)
{
    return link == listener_of(link->db);
}

static bool is_writer(const struct db_link *link)
{
    return link > listener_of(link->db);
}

static bool is_reader(const struct db_link *link)
{
    return link < listener_of(link->db);
}

static enum db_role role_of(const struct db_link *link)
{
    if (is_reader(link))
        return DB_ROLE_READ;
    return DB_ROLE_LISTEN + (enum db_role)(link - listener_of(link->db));
}

static bool any_link(const struct db *db, enum link_state state)
{
    for (unsigned i = 0; i < db->settings.connections; i++)
        if (db->links[i].state == state)
            return true;
    return false;
}

static unsigned patience(const struct db *db, const struct db_call *call)
{
    bool has_own = call->transaction && call->transaction->patience_ms;
    if (call->within_ms)
        return call->within_ms;
    return has_own ? call->transaction->patience_ms : db->settings.deadline_ms;
}

static void await_deadline(struct db_call *call, unsigned milliseconds)
{
    call->due = call->impatient ? loop_now() + milliseconds : 0;
    if (call->impatient)
        wait_impatiently(call);
    else
        loop_timer_start(call->db->loop, &call->deadline, milliseconds);
}

static enum db_status admit(const struct db *db, const struct db_call *call)
{
    if (db->under_way >= db->settings.queue)
        return DB_OVERLOADED;
    if (db->schema == SCHEMA_UNFIT)
        return DB_UNREADY;
    if (db->outage && !any_link(db, LINK_READY))
        return db->outage;
    return call->impatient && !until_silent(db) ? DB_UNAVAILABLE : DB_OK;
}

enum db_status db_standing(const struct db *db)
{
    if (db->schema == SCHEMA_UNFIT)
        return DB_UNREADY;
    if (!any_link(db, LINK_READY))
        return db->outage ? db->outage : DB_UNAVAILABLE;
    return until_silent(db) ? DB_OK : DB_UNAVAILABLE;
}

enum db_status db_start(struct db *db, struct db_call *call)
{
    enum db_status refused = admit(db, call);
    if (refused) {
        db->counts.ended[refused]++;
        return refused;
    }
    call->db = db;
    call->entry = NULL;
    call->alone = false;
    call->resent = 0;
    call->sent_us = 0;
    call->position = (struct position){0};
    if (call->transaction)
        transaction_begin(call->transaction);
    call->deadline = (struct loop_timer){.fire = on_deadline};
    await_deadline(call, patience(db, call));
    calls_append(queue_of(db, call), call);
    db->under_way++;
    return DB_OK;
}

void db_cancel(struct db_call *call)
{
    if (!call->db)
        return;
    call_detach(call);
    if (call->transaction)
        transaction_clear(call->transaction);
}

unsigned db_waiting(const struct db *db)
{
    unsigned waiting = 0;
    for (enum db_lane lane = DB_LANE_READ; lane < DB_LANES; lane++)
        waiting += db->waiting[lane].count;
    return waiting;
}

static void end_all(struct db_calls *calls, enum db_status status)
{
    while (calls->first)
        call_end(calls->first, status, NULL);
}

/* ---- sending ---- */

static struct db_entry *entry_new(int kind, const struct db_statement *statement)
{
    struct db_entry *entry = memory_alloc(sizeof(*entry));
    entry->kind = kind;
    entry->statement = statement;
    return entry;
}

static void entry_append(struct db_link *link, struct db_entry *entry)
{
    *(link->last ? &link->last->next : &link->first) = entry;
    link->last = entry;
    link->unsent = true;
}

static struct db_entry *entry_push(struct db_link *link, int kind, const struct db_statement *statement)
{
    struct db_entry *entry = entry_new(kind, statement);
    entry_append(link, entry);
    return entry;
}

static void entry_pop(struct db_link *link)
{
    struct db_entry *entry = link->first;
    link->first = entry->next;
    if (!link->first)
        link->last = NULL;
    link->calls -= entry->kind == ENTRY_CALL || entry->kind == ENTRY_END;
    free(entry);
}

static bool send_sync(struct db_link *link)
{
    entry_push(link, ENTRY_SYNC, NULL);
    return PQpipelineSync(link->connection);
}

static bool ends_batch(const struct db_entry *entry)
{
    return entry->kind == ENTRY_SYNC || entry->kind == ENTRY_END;
}

static bool is_synced(const struct db_link *link)
{
    return !link->last || ends_batch(link->last);
}

static bool *link_prepared(struct db_link *link, const struct db_statement *statement)
{
    if (statement->serial >= link->prepared_size) {
        unsigned size = (statement->serial + 1) * 2;
        link->prepared = memory_resize(link->prepared, size * sizeof(*link->prepared));
        memset(link->prepared + link->prepared_size, 0, (size - link->prepared_size) * sizeof(*link->prepared));
        link->prepared_size = size;
    }
    return &link->prepared[statement->serial];
}

/* The session is its own, and keeps what is set and prepared in it. */
static bool keeps_session(const struct db_link *link)
{
    return !link->db->settings.pooled || (is_listener(link) && link->db->settings.listen_url);
}

static bool is_named(const struct db_link *link, const struct db_statement *statement)
{
    return *statement->name && keeps_session(link);
}

static bool send_prepare(struct db_link *link, const struct db_statement *statement)
{
    bool *prepared = link_prepared(link, statement);
    if (*prepared)
        return true;
    *prepared = true;
    entry_push(link, ENTRY_PREPARE, statement);
    return PQsendPrepare(link->connection, statement->name, statement->sql, 0, NULL);
}

/* The trace that the database is told, or NULL. */
static const char *told_trace(const struct db_link *link, const struct db_call *call)
{
    return link->db->settings.traced ? call->trace : NULL;
}

static bool send_text(struct db_link *link, const struct db_step *step, const char *text)
{
    return PQsendQueryParams(link->connection, text, step->arguments_count, NULL, step->arguments, NULL, NULL, 0);
}

/* What is prepared has one text for all: only one that is parsed anew can name a trace (sqlcommenter's format). */
static bool send_traced(struct db_link *link, const struct db_step *step, const char *trace)
{
    char *text = memory_format("/*traceparent='%s'*/ %s", trace, step->statement->sql);
    bool sent = send_text(link, step, text);
    free(text);
    return sent;
}

static bool send_step(struct db_link *link, const struct db_step *step, const char *trace)
{
    const struct db_statement *statement = step->statement;
    if (trace)
        return send_traced(link, step, trace);
    if (!is_named(link, statement))
        return send_text(link, step, statement->sql);
    return PQsendQueryPrepared(link->connection, statement->name, step->arguments_count, step->arguments, NULL, NULL,
                               0);
}

/* Per session rather than as connection options, which poolers refuse; where sessions are lent, for the transaction
 * that is begun by it. */
static bool send_setup(struct db_link *link)
{
    static const char sql[] =
        "SELECT set_config('statement_timeout', $1, $3), set_config('timezone', 'UTC', $3),"
        " set_config('datestyle', 'ISO', $3), set_config('extra_float_digits', '1', $3),"
        " set_config('plan_cache_mode', 'force_generic_plan', $3), set_config('jit', 'off', $3),"
        " set_config(CASE WHEN $3 THEN 'transaction_read_only' ELSE 'default_transaction_read_only' END, $2, $3)";
    char timeout[16];
    snprintf(timeout, sizeof(timeout), "%u", link->db->settings.deadline_ms);
    entry_push(link, ENTRY_SETUP, NULL);
    const char *const arguments[] = {timeout, is_writer(link) ? "off" : "on", keeps_session(link) ? "false" : "true"};
    return PQsendQueryParams(link->connection, sql, 3, NULL, arguments, NULL, NULL, 0);
}

static bool send_plain(struct db_link *link, int kind, const char *sql)
{
    entry_push(link, kind, NULL);
    return PQsendQueryParams(link->connection, sql, 0, NULL, NULL, NULL, NULL, 0);
}

static bool send_next_place(struct db_link *link)
{
    char timeline[POSITION_SIZE];
    const char *const arguments[] = {timeline};
    snprintf(timeline, sizeof(timeline), "%x", link->position.timeline);
    return PQsendQueryPrepared(link->connection, next_place_name, 1, arguments, NULL, NULL, 0);
}

/* Each statement of a batch sees all that was there when the position was told. */
static bool send_place(struct db_link *link)
{
    link->placed = true;
    if (!link->db->settings.placed || !keeps_session(link))
        return send_plain(link, ENTRY_PLACE, link->db->settings.place);
    entry_push(link, ENTRY_PLACE, NULL);
    if (loop_now() < link->timeline_until)
        return send_next_place(link);
    link->timeline_until = link->position.timeline ? loop_now() + TIMELINE_MS : 0;
    return PQsendQueryPrepared(link->connection, place_name, 0, NULL, NULL, NULL, 0);
}

/* What a batch begins with that has this call as its first, or as the first whose position is wanted. */
static bool send_preface(struct db_link *link, const struct db_call *call)
{
    if (is_synced(link)) {
        link->placed = false;
        if (!keeps_session(link) && !send_setup(link))
            return false;
    }
    return !call->placed || link->placed || send_place(link);
}

static bool send_call(struct db_link *link, struct db_call *call)
{
    const char *trace = told_trace(link, call);
    bool named = !trace && is_named(link, call->statement);
    if (!send_preface(link, call) || (named && !send_prepare(link, call->statement)))
        return false;
    call->entry = entry_push(link, ENTRY_CALL, call->statement);
    call->entry->call = call;
    link->calls++;
    return send_step(link, &(struct db_step){call->statement, call->arguments_count, call->arguments}, trace);
}

/* What fails in a transaction takes back nothing that was prepared for it. */
static bool prepare_transaction(struct db_link *link, const struct db_transaction *transaction)
{
    for (unsigned i = 0; i < transaction->steps_count; i++) {
        const struct db_statement *statement = transaction->steps[i].statement;
        if (is_named(link, statement) && !send_prepare(link, statement))
            return false;
    }
    return true;
}

static bool send_transaction(struct db_link *link, struct db_call *call)
{
    const struct db_transaction *transaction = call->transaction;
    const char *trace = told_trace(link, call);
    if (!trace && !prepare_transaction(link, transaction))
        return false;
    if ((!is_synced(link) && !send_sync(link)) || !send_preface(link, call))
        return false;
    struct db_entry *end = entry_new(ENTRY_END, NULL);
    bool sent = true;
    end->patience_ms = transaction->patience_ms;
    for (unsigned i = 0; sent && i < transaction->steps_count; i++) {
        struct db_entry *entry = entry_push(link, ENTRY_STEP, transaction->steps[i].statement);
        entry->end = end;
        entry->step = i;
        entry->patience_ms = transaction->patience_ms;
        sent = send_step(link, &transaction->steps[i], trace);
    }
    entry_append(link, end);
    end->call = call;
    call->entry = end;
    link->calls++;
    return sent && PQpipelineSync(link->connection);
}

/* The server may keep what it has answered until the sync. */
static unsigned patience_with(const struct db_link *link)
{
    unsigned most = link->db->settings.deadline_ms;
    for (const struct db_entry *entry = link->first; entry; entry = ends_batch(entry) ? NULL : entry->next)
        if (entry->patience_ms > most)
            most = entry->patience_ms;
    return most;
}

/* The database ends a slow statement itself, so one that says nothing for longer than that is gone. */
static void expect_answer(struct db_link *link)
{
    if (!link->first)
        loop_timer_stop(&link->timer);
    else
        loop_timer_start(link->db->loop, &link->timer, patience_with(link) + SILENCE_MARGIN_MS);
}

static bool link_flush(struct db_link *link)
{
    link->unsent = false;
    if (link->state == LINK_READY && !link->timer.due)
        expect_answer(link);
    note_question(link);
    int rest = PQflush(link->connection);
    return rest >= 0 && loop_watch(link->db->loop, &link->watch, rest ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static struct db_link *least_busy(struct db *db)
{
    struct db_link *best = NULL;
    for (unsigned i = 0; i < db->settings.connections; i++) {
        struct db_link *link = &db->links[i];
        if (link->state == LINK_READY && link->calls < WINDOW && (!best || link->calls < best->calls))
            best = link;
    }
    return best;
}

static bool send_alone_or_not(struct db_link *link, struct db_call *call)
{
    if (call->transaction)
        return send_transaction(link, call);
    if (call->alone && !is_synced(link) && !send_sync(link))
        return false;
    return send_call(link, call) && (!call->alone || send_sync(link));
}

static void send_first(struct db_calls *calls, struct db_link *link)
{
    struct db_call *call = calls->first;
    calls_remove(calls, call);
    call->sent_us = loop_now_us();
    link->loaded = true;
    link->db->counts.sent++;
    if (send_alone_or_not(link, call))
        return;
    if (!call->entry) /* not even queued: let the next connection have it */
        calls_append(calls, call);
    link_broken(link);
}

/* One transaction after another: what is sent cannot be taken back, and one that waits behind another would be done
 * when nobody waits for it any more. */
static void send_writing(struct db *db, enum db_lane lane)
{
    struct db_link *writer = writer_of(db, lane);
    struct db_calls *calls = &db->waiting[lane];
    if (calls->first && writer->state == LINK_DOWN && !writer->timer.due)
        link_connect(writer);
    if (!calls->first || writer->state != LINK_READY || writer->calls)
        return;
    /* The database ends what waits too long for others itself, and then it is known that nothing was done. */
    loop_timer_start(db->loop, &calls->first->deadline, UINT64_C(2) * patience(db, calls->first));
    send_first(calls, writer);
}

static void send_waiting(struct db *db)
{
    struct db_calls *reads = &db->waiting[DB_LANE_READ];
    for (struct db_link *link; reads->first && (link = least_busy(db));)
        send_first(reads, link);
    send_writing(db, DB_LANE_WRITE);
    send_writing(db, DB_LANE_PATIENT);
}

void db_flush(struct db *db)
{
    send_waiting(db);
    for (unsigned i = 0; i < db->links_count; i++) {
        struct db_link *link = &db->links[i];
        if (!link->unsent)
            continue;
        db->counts.batches += link->loaded;
        link->loaded = false;
        if ((!is_synced(link) && !send_sync(link)) || !link_flush(link))
            link_broken(link);
    }
}

/* ---- listening ---- */

static void hear(const struct db_link *link, enum db_news news, const char *payload)
{
    if (is_listener(link))
        link->db->settings.heard(link->db, news, payload);
}

static bool send_alone(struct db_link *link, int kind, const char *sql)
{
    return send_plain(link, kind, sql) && send_sync(link);
}

static bool ask_state(struct db_link *link, int kind)
{
    if (!send_plain(link, kind, link->db->settings.state))
        return false;
    link->last->asked = loop_now();
    return send_sync(link);
}

/* The state is asked for once it is sure that no later notification is missed. */
static bool send_listen(struct db_link *link)
{
    const char *channel = link->db->settings.channel;
    char sql[80];
    link->listening = !channel;
    snprintf(sql, sizeof(sql), "LISTEN %s", channel ? channel : "");
    return (!channel || send_alone(link, ENTRY_LISTEN, sql)) && ask_state(link, ENTRY_PULSE);
}

/* What was prepared was so to see whether it can be. */
static bool begin_listening(struct db_link *link)
{
    return (!keeps_session(link) || send_alone(link, ENTRY_FORGET, "DEALLOCATE ALL")) && send_listen(link);
}

static bool awaits_pulse(const struct db_link *link)
{
    for (const struct db_entry *entry = link->first; entry; entry = entry->next)
        if (entry->kind == ENTRY_PULSE)
            return true;
    return false;
}

/* A server that cannot be listened to, as a standby, serves all the same, and may take over one day. */
static bool ask_recovery(struct db_link *link)
{
    bool idle = link->state == LINK_READY && !link->first;
    return !idle || send_alone(link, ENTRY_RECOVERY, "SELECT pg_is_in_recovery()");
}

static void on_pulse(struct loop_timer *timer)
{
    struct db *db = container_of(timer, struct db, pulse);
    struct db_link *link = listener_of(db);
    loop_timer_start(db->loop, timer, PULSE_MS);
    if (link->listening && awaits_pulse(link))
        hear(link, DB_NEWS_LOST, NULL);
    else if (!(link->listening ? ask_state(link, ENTRY_PULSE) : ask_recovery(link)))
        link->unsent = true; /* the flush finds the connection broken */
}

/* One question at a time, however much is notified. */
static void ask_news(struct db_link *link)
{
    link->news_due = link->asks_news;
    if (link->asks_news)
        return;
    link->asks_news = true;
    if (!ask_state(link, ENTRY_NEWS))
        link->unsent = true;
}

/* Where the server was when that was notified, or behind, is told by whatever is asked afterwards. */
static void take_notifications(struct db_link *link)
{
    bool any = false;
    for (PGnotify *heard; link->connection && (heard = PQnotifies(link->connection)); PQfreemem(heard)) {
        hear(link, DB_NEWS_CHANGE, heard->extra);
        any = true;
    }
    if (any && link->db->settings.placed)
        ask_news(link);
}

/* ---- receiving ---- */

static bool is_state(const PGresult *result, const char *class_or_state)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return state && strncmp(state, class_or_state, strlen(class_or_state)) == 0;
}

static bool is_any_state(const PGresult *result, const char *const *classes_or_states)
{
    while (*classes_or_states && !is_state(result, *classes_or_states))
        classes_or_states++;
    return *classes_or_states;
}

/* What PostgreSQL says of a text that is no value of the type wanted. */
static bool is_misfit(const PGresult *result)
{
    static const char *const states[] = {
        "22P02", /* invalid_text_representation */
        "22003", /* numeric_value_out_of_range */
        "22007", /* invalid_datetime_format */
        "22008", /* datetime_field_overflow */
        "22009", /* invalid_time_zone_displacement_value */
        "22023", /* invalid_parameter_value: a time zone of no known name */
        NULL,
    };
    return is_any_state(result, states);
}

/* What passes by itself, or when somebody makes room. libpq's own failures have no state. */
static bool is_want(const PGresult *result)
{
    static const char *const states[] = {
        "25006", /* read_only_sql_transaction: it has become a standby, or its owner lets nothing be written */
        "40",    /* transaction_rollback: a deadlock, for one */
        "53",    /* insufficient_resources: disk, memory, connections */
        "58",    /* system_error */
        NULL,
    };
    return is_any_state(result, states) || !PQresultErrorField(result, PG_DIAG_SQLSTATE);
}

static enum db_status status_of(const PGresult *result)
{
    if (is_state(result, "CL"))
        return DB_REFUSED;
    if (is_misfit(result))
        return DB_MISFIT;
    if (is_want(result))
        return DB_UNABLE;
    return is_state(result, "57014") ? DB_TIMEOUT : DB_FAILED; /* query_canceled, by statement_timeout */
}

/* Of which an operator has to know. */
static bool is_failure(enum db_status status)
{
    return status == DB_FAILED || status == DB_UNABLE;
}

static const char *message_of(const PGresult *result)
{
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    return message ? message : "";
}

static void log_failure(const struct db_entry *entry, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    log_event(LOG_ERROR, "query-failed", LOG_TEXT("statement", entry->statement ? label_of(entry->statement) : "setup"),
              LOG_TEXT("sqlstate", state ? state : ""), LOG_TEXT("message", message_of(result)));
}

/* The server goes down or comes up (57P), or what this connection has prepared is out of date: the schema has changed
 * under it (feature_not_supported: "cached plan must not change result type"), or a pooler has forgotten it. One that
 * writes and may not any more (25006) leads to what has become a standby. */
static bool connection_is_stale(const struct db_link *link, const PGresult *result)
{
    return is_state(result, "57P") || is_state(result, "0A000") || is_state(result, "26000") ||
           (is_writer(link) && is_state(result, "25006"));
}

/* A failure that the server tells itself is in its place among the answers; what a pooler (class 08) or libpq (no
 * state) makes up may stand for answers that were lost. */
static bool is_told_by_server(const PGresult *result)
{
    return PQresultErrorField(result, PG_DIAG_SQLSTATE) && !is_state(result, "08");
}

/* The server has done nothing of it, and does not know it any more. */
static void end_undone(struct db_call *call, const struct db_entry *entry, const PGresult *result)
{
    bool unable = is_want(result);
    if (unable)
        log_failure(entry, result);
    call_end(call, unable ? DB_UNABLE : DB_UNAVAILABLE, NULL);
}

/* The server skips all that is behind a failure, up to the sync. */
static void end_skipped_write(const struct db_link *link, const PGresult *result)
{
    const struct db_entry *end = link->first;
    while (!ends_batch(end) && end->next)
        end = end->next;
    if (end->call && writes(end->call))
        end_undone(end->call, link->first, result);
}

/* Somebody else of the batch failed. One whose own statement could not be prepared fails when it is sent alone. */
static void call_aborted(struct db_call *call)
{
    if (call->alone) {
        call_end(call, DB_FAILED, NULL);
        return;
    }
    call->alone = true;
    call_wait_again(call);
}

static void call_failed(struct db_call *call, const struct db_entry *entry, const PGresult *result)
{
    enum db_status status = status_of(result);
    if (is_failure(status))
        log_failure(entry, result);
    call_end(call, status, status == DB_REFUSED ? result : NULL);
}

/* False if the connection is of no use any more; the call then stays with its entry, to be sent on the next one. */
static bool answer_call(const struct db_link *link, struct db_entry *entry, const PGresult *result)
{
    struct db_call *call = entry->call;
    if (call)
        call_take_place(call, link);
    switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
        if (call)
            call_end(call, DB_OK, result);
        return true;
    case PGRES_PIPELINE_ABORTED:
        if (call)
            call_aborted(call);
        return true;
    default:
        break;
    }
    if (is_state(result, "26000") && !(call && call->alone)) { /* its PREPARE was aborted in an earlier batch */
        if (call)
            call_aborted(call);
        return true;
    }
    if (connection_is_stale(link, result))
        return false;
    if (call)
        call_failed(call, entry, result);
    return true;
}

/* Keeps the result; false if the connection is of no use any more. */
static bool answer_step(const struct db_link *link, struct db_entry *entry, PGresult **result)
{
    struct db_call *call = entry->kind == ENTRY_END ? entry->call : entry->end->call;
    ExecStatusType got = PQresultStatus(*result);
    if (got == PGRES_PIPELINE_ABORTED || !call)
        return true;
    struct db_transaction *transaction = call->transaction;
    if (got == PGRES_TUPLES_OK || got == PGRES_COMMAND_OK) {
        transaction->results[entry->step] = *result;
        *result = NULL;
        return true;
    }
    if (connection_is_stale(link, *result)) {
        if (writes(call) && entry->kind == ENTRY_STEP)
            end_undone(call, entry, *result);
        return false;
    }
    transaction->status = status_of(*result);
    if (is_failure(transaction->status))
        log_failure(entry, *result);
    transaction->failure = *result;
    *result = NULL;
    return true;
}

static void answer_end(struct db_call *call)
{
    struct db_transaction *transaction = call->transaction;
    bool refused = transaction->status == DB_REFUSED;
    const PGresult *last = transaction->results[transaction->steps_count - 1];
    call_end(call, transaction->status, refused ? transaction->failure : transaction->status ? NULL : last);
}

static bool answer_prepare(struct db_link *link, const struct db_entry *entry, const PGresult *result)
{
    if (PQresultStatus(result) == PGRES_COMMAND_OK)
        return true;
    *link_prepared(link, entry->statement) = false;
    return link->state == LINK_READY; /* the call behind it fails by itself */
}

static bool answer_greeting(struct db *db, const PGresult *result)
{
    bool good = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1;
    if (good)
        db->settings.greeted(db, PQgetvalue(result, 0, 0));
    return good;
}

/* "" where there is none. */
static const char *text_of(const PGresult *result, int column)
{
    return PQresultStatus(result) == PGRES_TUPLES_OK ? PQgetvalue(result, 0, column) : "";
}

/* What a batch begins with. */
static bool answer_preface(const struct db_link *link, const PGresult *result, bool good)
{
    if (!good && PQresultStatus(result) == PGRES_FATAL_ERROR && is_told_by_server(result))
        end_skipped_write(link, result);
    return good;
}

static bool answer_setup(const struct db_link *link, const PGresult *result)
{
    ExecStatusType got = PQresultStatus(result);
    return answer_preface(link, result, got == PGRES_TUPLES_OK || got == PGRES_COMMAND_OK);
}

static bool answer_place(struct db_link *link, const PGresult *result)
{
    bool skipped = PQresultStatus(result) == PGRES_PIPELINE_ABORTED;
    return answer_preface(link, result, skipped || position_read(text_of(result, 0), &link->position));
}

static void hear_state(struct db_link *link, const struct db_entry *entry, const PGresult *result)
{
    struct db_place *place = &link->db->place;
    bool asks_still = link->asks_news && entry->kind != ENTRY_NEWS;
    *place = (struct db_place){.asked = entry->asked, .settled = !asks_still && !link->news_due};
    if (link->db->settings.placed)
        position_read(text_of(result, 1), &place->position);
    hear(link, DB_NEWS_STATE, PQgetvalue(result, 0, 0));
}

static void answer_state(struct db_link *link, const struct db_entry *entry, const PGresult *result)
{
    if (link->listening && PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
        hear_state(link, entry, result);
    if (entry->kind != ENTRY_NEWS)
        return;
    link->asks_news = false;
    if (link->news_due)
        ask_news(link);
}

/* False if the connection is of no use after this answer; *result is NULL if it is kept. */
static bool answer(struct db_link *link, struct db_entry *entry, PGresult **result)
{
    switch (entry->kind) {
    case ENTRY_CALL:
        return answer_call(link, entry, *result);
    case ENTRY_STEP:
    case ENTRY_END:
        return answer_step(link, entry, result);
    case ENTRY_PREPARE:
        return answer_prepare(link, entry, *result);
    case ENTRY_SETUP:
        return answer_setup(link, *result);
    case ENTRY_GREETING:
        return answer_greeting(link->db, *result);
    case ENTRY_LISTEN:
        link->listening = PQresultStatus(*result) == PGRES_COMMAND_OK;
        return true;
    case ENTRY_RECOVERY:
        link->unsent |= *text_of(*result, 0) == 'f' && !send_listen(link);
        return true;
    case ENTRY_PULSE:
    case ENTRY_NEWS:
        answer_state(link, entry, *result);
        return true;
    case ENTRY_PLACE:
        return answer_place(link, *result);
    default:
        return true;
    }
}

/* Whether that has been logged when the first one was lost so. */
static bool is_known(const struct db_link *link, enum db_status outage)
{
    if (outage == DB_UNREADY && is_listener(link))
        return link->db->schema == SCHEMA_UNFIT;
    return link->state != LINK_READY && (!is_reader(link) || link->db->outage == outage);
}

/* Only what the schema lacks (class 42) says that the database is not migrated; all else may pass. */
static void link_refused(struct db_link *link, const struct db_entry *entry, const PGresult *result)
{
    if (entry->kind == ENTRY_GREETING && PQresultStatus(result) == PGRES_TUPLES_OK) {
        link_lost(link, DB_UNREADY, "database-unready", link->db->settings.ungreeted);
        return;
    }
    if (link->state == LINK_READY || !is_state(result, "42")) {
        link_lost(link, DB_UNAVAILABLE, "database-lost", message_of(result));
        return;
    }
    if (!is_known(link, DB_UNREADY))
        log_failure(entry, result);
    link_lost(link, DB_UNREADY, "database-unready", "the schema is not this program's: run claimd migrate up");
}

/* All statements could be prepared. */
static void schema_fits(struct db_link *link)
{
    link->db->schema = SCHEMA_FITS;
    log_event(LOG_INFO, "database-ready", LOG_NUMBER("server_version", PQserverVersion(link->connection)));
    link->unsent |= !begin_listening(link); /* the flush finds the connection broken */
}

static void link_is_ready(struct db_link *link)
{
    link->state = LINK_READY;
    link->db->ready[role_of(link)]++;
    link->db->counts.connects++;
    link->backoff_ms = 0;
    if (is_listener(link))
        schema_fits(link);
    else if (is_reader(link))
        link->db->outage = DB_OK;
}

/* An error of libpq's own, told by its words alone, or by none at all. The server knows nothing of it: it goes on
 * behind the step of a transaction whose result is missing here, and commits. */
static bool is_out_of_memory(const struct db_link *link, const PGresult *result)
{
    const char *words = PQresultErrorMessage(result);
    return PQresultStatus(result) == PGRES_FATAL_ERROR && !PQresultErrorField(result, PG_DIAG_SQLSTATE) &&
           PQstatus(link->connection) == CONNECTION_OK && (!*words || strstr(words, "out of memory"));
}

/* Takes one result; false when there is none to take, or the connection is gone. */
static bool receive_one(struct db_link *link)
{
    if (!link->first || PQisBusy(link->connection))
        return false;
    PGresult *result = PQgetResult(link->connection);
    struct db_entry *entry = link->first;
    if (!result) { /* the end of a query's results */
        if (!entry->answered)
            return false;
        entry_pop(link);
        return true;
    }
    if (is_out_of_memory(link, result))
        memory_exhausted();
    entry->answered = true;
    bool good = true;
    if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
        struct db_call *ended = entry->kind == ENTRY_END ? entry->call : NULL;
        if (ended) {
            call_take_place(ended, link);
            answer_end(ended);
        }
        entry_pop(link);
        if (link->state == LINK_PREPARING)
            link_is_ready(link);
    } else {
        good = answer(link, entry, &result);
    }
    if (!good)
        link_refused(link, entry, result);
    PQclear(result);
    return good;
}

static void on_answer(struct db_link *link, uint32_t events)
{
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) && !PQconsumeInput(link->connection)) {
        link_broken(link);
        return;
    }
    while (receive_one(link))
        ;
    if (events & EPOLLIN)
        note_word(link->db);
    take_notifications(link);
    if (!link->connection)
        return;
    if (link->state == LINK_READY)
        expect_answer(link);
    bool good = PQstatus(link->connection) != CONNECTION_BAD;
    if (!good || ((events & EPOLLOUT) && !link_flush(link)))
        link_broken(link);
}

/* ---- connecting ---- */

static void first_line(char *text)
{
    text[strcspn(text, "\n")] = 0;
}

static void log_lost(const char *event, const char *reason)
{
    char text[256];
    snprintf(text, sizeof(text), "%s", reason ? reason : "");
    first_line(text);
    log_event(LOG_WARNING, event, LOG_TEXT("reason", text));
}

static void rescue_calls(struct db_link *link)
{
    while (link->first) {
        struct db_call *call = link->first->call;
        if (call && writes(call))
            call_end(call, DB_UNKNOWN, NULL);
        else if (call && call->resent++ < link->db->settings.connections)
            call_wait_again(call);
        else if (call)
            call_end(call, DB_UNAVAILABLE, NULL);
        entry_pop(link);
    }
}

static void link_close(struct db_link *link)
{
    loop_timer_stop(&link->timer);
    if (link->connection && PQsocket(link->connection) >= 0)
        loop_unwatch(link->db->loop, &link->watch);
    PQfinish(link->connection);
    link->connection = NULL;
    link->db->ready[role_of(link)] -= link->state == LINK_READY;
    link->state = LINK_DOWN;
    link->unsent = link->loaded = link->listening = link->asks_news = link->news_due = false;
    link->position = (struct position){0};
    link->timeline_until = 0;
    hear(link, DB_NEWS_LOST, NULL);
    free(link->prepared);
    link->prepared = NULL;
    link->prepared_size = 0;
}

/* From half of it to all of it. Whoever lost a database did so in the same moment; they do not come back in one. */
static uint64_t scattered(unsigned milliseconds)
{
    unsigned chance = 0;
    if (getrandom(&chance, sizeof(chance), GRND_NONBLOCK) < 0)
        return milliseconds;
    return milliseconds / 2 + chance % (milliseconds / 2 + 1);
}

/* What was under way waits for the next connection, unless the database has shown that there is none. */
static void link_lost(struct db_link *link, enum db_status outage, const char *event, const char *reason)
{
    struct db *db = link->db;
    bool was_ready = link->state == LINK_READY;
    *(was_ready ? &db->counts.losses : &db->counts.failed_connects) += 1;
    if (!is_known(link, outage))
        log_lost(event, reason);
    link->host += !was_ready;
    link_close(link);
    if (outage == DB_UNREADY && is_listener(link))
        db->schema = SCHEMA_UNFIT;
    else if (!was_ready && is_reader(link) && !any_link(db, LINK_READY))
        db->outage = outage;
    rescue_calls(link);
    if (db->outage && !any_link(db, LINK_READY))
        end_all(&db->waiting[DB_LANE_READ], db->outage);
    if (is_writer(link)) {
        if (!was_ready)
            end_all(&db->waiting[link - listener_of(db)], outage);
        return;
    }

    uint64_t delay = was_ready ? 0 : scattered(link->backoff_ms);
    link->backoff_ms = link->backoff_ms ? link->backoff_ms * 2 : BACKOFF_FIRST_MS;
    if (link->backoff_ms > BACKOFF_MOST_MS)
        link->backoff_ms = BACKOFF_MOST_MS;
    loop_timer_start(db->loop, &link->timer, delay);
}

static void on_link_timer(struct loop_timer *timer)
{
    struct db_link *link = container_of(timer, struct db_link, timer);
    if (link->state == LINK_DOWN)
        link_connect(link);
    else if (link->state == LINK_READY)
        link_lost(link, DB_UNAVAILABLE, "database-silent", "no answer within the deadline");
    else
        link_lost(link, DB_UNAVAILABLE, "database-unreachable", "no usable connection within five seconds");
}

static bool send_setup_prepare(struct db_link *link, const char *name, const char *sql)
{
    entry_push(link, ENTRY_SETUP, NULL);
    return PQsendPrepare(link->connection, name, sql, 0, NULL);
}

/* What is asked of it before it is used shows that it can be. */
static bool begin_session(struct db_link *link)
{
    if (!send_setup(link))
        return false;
    if (!link->db->settings.placed || !keeps_session(link))
        return true;
    return send_setup_prepare(link, place_name, link->db->settings.place) &&
           send_setup_prepare(link, next_place_name, link->db->settings.next_place);
}

static bool send_greeting(struct db_link *link)
{
    const char *sql = is_reader(link) ? link->db->settings.greeting : NULL;
    if (!sql)
        return true;
    entry_push(link, ENTRY_GREETING, NULL);
    return PQsendQueryParams(link->connection, sql, 0, NULL, NULL, NULL, NULL, 0);
}

static bool link_prepare(struct db_link *link)
{
    link->state = LINK_PREPARING;
    if (PQsetnonblocking(link->connection, 1) != 0 || !PQenterPipelineMode(link->connection) || !begin_session(link) ||
        !send_greeting(link))
        return false;
    bool prepares = is_listener(link) && keeps_session(link);
    for (size_t i = 0; prepares && i < link->db->settings.prepare_count; i++)
        if (!send_prepare(link, link->db->settings.prepare[i]))
            return false;
    return send_sync(link) && link_flush(link);
}

/* The socket may be another one after each step, as libpq tries the addresses of a host in turn. */
static bool watch_socket(struct db_link *link, uint32_t events)
{
    link->watch.fd = PQsocket(link->connection);
    return loop_watch(link->db->loop, &link->watch, events);
}

static bool link_poll(struct db_link *link)
{
    switch (PQconnectPoll(link->connection)) {
    case PGRES_POLLING_READING:
        return watch_socket(link, EPOLLIN);
    case PGRES_POLLING_WRITING:
        return watch_socket(link, EPOLLOUT);
    case PGRES_POLLING_OK:
        return watch_socket(link, EPOLLIN) && link_prepare(link);
    default:
        return false;
    }
}

static void on_link_ready(struct loop_watch *watch, uint32_t events)
{
    struct db_link *link = container_of(watch, struct db_link, watch);
    if (link->state != LINK_CONNECTING)
        on_answer(link, events);
    else if (!link_poll(link))
        link_lost(link, DB_UNAVAILABLE, "database-unreachable", PQerrorMessage(link->connection));
}

/* The log is ours, a line of JSON an event. */
static void ignore_notice(void *context, const PGresult *notice)
{
    (void)context, (void)notice;
}

static void link_connect(struct db_link *link)
{
    const struct db_settings *settings = &link->db->settings;
    bool listens = is_listener(link) && settings->listen_url;
    const char *fault;
    link->state = LINK_CONNECTING;
    loop_timer_start(link->db->loop, &link->timer, CONNECT_TIMEOUT_MS);
    link->connection =
        hosts_connect(listens ? settings->listen_url : settings->url, settings->wanted, link->host, &fault);
    link->watch = (struct loop_watch){.fd = link->connection ? PQsocket(link->connection) : -1, .ready = on_link_ready};
    if (link->connection)
        PQsetNoticeReceiver(link->connection, ignore_notice, NULL);
    bool started = link->connection && PQstatus(link->connection) != CONNECTION_BAD &&
                   loop_watch(link->db->loop, &link->watch, EPOLLOUT);
    if (!started)
        link_lost(link, DB_UNAVAILABLE, "database-unreachable",
                  link->connection ? PQerrorMessage(link->connection) : fault);
}

/* ---- life ---- */

void db_init(struct db *db, struct loop *loop, const struct db_settings *settings)
{
    *db = (struct db){.loop = loop, .settings = *settings};
    db->links_count = settings->connections + DB_LANES;
    db->links = memory_alloc(db->links_count * sizeof(*db->links));
    for (unsigned i = 0; i < db->links_count; i++) {
        struct db_link *link = &db->links[i];
        *link = (struct db_link){
            .db = db, .timer = {.fire = on_link_timer}, .host = settings->spread ? settings->first + i : 0};
        if (is_listener(link))
            loop_timer_start(loop, &link->timer, FIRST_ANSWERS_MS);
        else if (is_reader(link))
            link_connect(link);
    }
    db->pulse = (struct loop_timer){.fire = on_pulse};
    loop_timer_start(loop, &db->pulse, PULSE_MS);
}

/* A connection that is not open yet is told when it is. */
void db_adjust(struct db *db, unsigned deadline_ms, unsigned queue)
{
    bool same = db->settings.deadline_ms == deadline_ms;
    db->settings.deadline_ms = deadline_ms;
    db->settings.queue = queue;
    for (unsigned i = 0; i < db->links_count && !same; i++) {
        struct db_link *link = &db->links[i];
        bool open = link->state == LINK_PREPARING || link->state == LINK_READY;
        if (open && !((is_synced(link) || send_sync(link)) && send_setup(link) && send_sync(link)))
            link->unsent = true; /* the flush finds the connection broken */
    }
}

/* Whoever is told that a call has ended may start another: by then none is taken. */
void db_release(struct db *db)
{
    loop_timer_stop(&db->pulse);
    db->outage = DB_UNAVAILABLE;
    for (unsigned i = 0; i < db->links_count; i++)
        link_close(&db->links[i]);
    for (unsigned i = 0; i < db->links_count; i++)
        rescue_calls(&db->links[i]);
    for (enum db_lane lane = DB_LANE_READ; lane < DB_LANES; lane++)
        end_all(&db->waiting[lane], DB_UNAVAILABLE);
    free(db->links);
    db->links = NULL;
    db->settings.connections = db->links_count = 0;
}
