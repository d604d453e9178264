/* db: PostgreSQL for one thread, asynchronously: pipelined connections, deadlines, reconnection */
#include "db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "log.h"
#include "memory.h"

/* A connection that is dead is known to be so after twice this, whether anybody asks something of it or not. */
enum { PULSE_MS = 1000 };

/* To see whether all statements can be prepared keeps the server busy: what is asked at the start is answered first. */
enum { FIRST_ANSWERS_MS = 15 };

enum { CONNECT_TIMEOUT_MS = 5000, BACKOFF_FIRST_MS = 50, BACKOFF_MOST_MS = 1000, SILENCE_MARGIN_MS = 1000 };

/* What one connection is sent before it has answered: more would wait there, where no deadline takes it back. */
enum { WINDOW = 256 };

enum link_state { LINK_DOWN, LINK_CONNECTING, LINK_PREPARING, LINK_READY };

/* One thing that the server will answer, in the order in which it was sent. */
struct db_entry {
    enum { ENTRY_SETUP, ENTRY_PREPARE, ENTRY_FORGET, ENTRY_LISTEN, ENTRY_STATE, ENTRY_CALL, ENTRY_SYNC } kind;
    const struct db_statement *statement;
    struct db_call *call; /* NULL: cancelled, or nobody asked */
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
    struct db_entry *first, *last;
    unsigned calls; /* of the entries, cancelled ones included */
    bool *prepared; /* by serial */
    unsigned prepared_size;
    bool unsent;    /* something was queued since the last flush */
    bool listening; /* notifications come */
};

static void link_connect(struct db_link *link);
static void link_lost(struct db_link *link, enum db_status outage, const char *event, const char *reason);

static void link_broken(struct db_link *link)
{
    link_lost(link, DB_UNAVAILABLE, "database-lost", PQerrorMessage(link->connection));
}

/* ---- calls ---- */

static void calls_append(struct db_calls *calls, struct db_call *call)
{
    call->previous = calls->last;
    call->next = NULL;
    *(calls->last ? &calls->last->next : &calls->first) = call;
    calls->last = call;
}

static void calls_remove(struct db_calls *calls, struct db_call *call)
{
    *(call->previous ? &call->previous->next : &calls->first) = call->next;
    *(call->next ? &call->next->previous : &calls->last) = call->previous;
}

/* Takes the call from wherever it is; its entry stays, since the server will answer it. */
static void call_detach(struct db_call *call)
{
    loop_timer_stop(&call->deadline);
    if (call->entry)
        call->entry->call = NULL;
    else
        calls_remove(&call->db->waiting, call);
    call->entry = NULL;
    call->db->under_way--;
    call->db = NULL;
}

static void call_end(struct db_call *call, enum db_status status, const PGresult *result)
{
    call_detach(call);
    call->done(call, status, result);
}

static void call_wait_again(struct db_call *call)
{
    call->entry->call = NULL;
    call->entry = NULL;
    calls_append(&call->db->waiting, call);
}

static void on_deadline(struct loop_timer *timer)
{
    call_end(container_of(timer, struct db_call, deadline), DB_TIMEOUT, NULL);
}

static bool is_listener(const struct db_link *link)
{
    return link == link->db->links + link->db->settings.connections;
}

static bool any_link(const struct db *db, enum link_state state)
{
    for (unsigned i = 0; i < db->settings.connections; i++)
        if (db->links[i].state == state)
            return true;
    return false;
}

enum db_status db_start(struct db *db, struct db_call *call)
{
    if (db->under_way >= db->settings.queue)
        return DB_OVERLOADED;
    if (db->schema == SCHEMA_UNFIT)
        return DB_UNREADY;
    if (db->outage && !any_link(db, LINK_READY))
        return db->outage;
    call->db = db;
    call->entry = NULL;
    call->alone = false;
    call->resent = 0;
    call->deadline = (struct loop_timer){.fire = on_deadline};
    loop_timer_start(db->loop, &call->deadline, db->settings.deadline_ms);
    calls_append(&db->waiting, call);
    db->under_way++;
    return DB_OK;
}

void db_cancel(struct db_call *call)
{
    if (call->db)
        call_detach(call);
}

static void end_all_waiting(struct db *db, enum db_status status)
{
    while (db->waiting.first)
        call_end(db->waiting.first, status, NULL);
}

/* ---- sending ---- */

static struct db_entry *entry_push(struct db_link *link, int kind, const struct db_statement *statement)
{
    struct db_entry *entry = memory_alloc(sizeof(*entry));
    entry->kind = kind;
    entry->statement = statement;
    *(link->last ? &link->last->next : &link->first) = entry;
    link->last = entry;
    link->unsent = true;
    return entry;
}

static void entry_pop(struct db_link *link)
{
    struct db_entry *entry = link->first;
    link->first = entry->next;
    if (!link->first)
        link->last = NULL;
    link->calls -= entry->kind == ENTRY_CALL;
    free(entry);
}

static bool send_sync(struct db_link *link)
{
    entry_push(link, ENTRY_SYNC, NULL);
    return PQpipelineSync(link->connection);
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

static bool send_prepare(struct db_link *link, const struct db_statement *statement)
{
    bool *prepared = link_prepared(link, statement);
    if (*prepared)
        return true;
    *prepared = true;
    entry_push(link, ENTRY_PREPARE, statement);
    return PQsendPrepare(link->connection, statement->name, statement->sql, 0, NULL);
}

static bool send_call(struct db_link *link, struct db_call *call)
{
    bool named = *call->statement->name;
    if (named && !send_prepare(link, call->statement))
        return false;
    call->entry = entry_push(link, ENTRY_CALL, call->statement);
    call->entry->call = call;
    link->calls++;
    if (!named)
        return PQsendQueryParams(link->connection, call->statement->sql, call->arguments_count, NULL, call->arguments,
                                 NULL, NULL, 0);
    return PQsendQueryPrepared(link->connection, call->statement->name, call->arguments_count, call->arguments, NULL,
                               NULL, 0);
}

/* The database ends a slow statement itself, so one that says nothing for longer than that is gone. */
static void expect_answer(struct db_link *link)
{
    if (!link->first)
        loop_timer_stop(&link->timer);
    else
        loop_timer_start(link->db->loop, &link->timer, link->db->settings.deadline_ms + SILENCE_MARGIN_MS);
}

static bool link_flush(struct db_link *link)
{
    link->unsent = false;
    if (link->state == LINK_READY && !link->timer.due)
        expect_answer(link);
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

static void send_waiting(struct db *db)
{
    struct db_link *link;
    while (db->waiting.first && (link = least_busy(db))) {
        struct db_call *call = db->waiting.first;
        calls_remove(&db->waiting, call);
        bool close_before = call->alone && link->last && link->last->kind != ENTRY_SYNC;
        if ((close_before && !send_sync(link)) || !send_call(link, call) || (call->alone && !send_sync(link))) {
            if (!call->entry) /* not even queued: let the next connection have it */
                calls_append(&db->waiting, call);
            link_broken(link);
        }
    }
}

void db_flush(struct db *db)
{
    send_waiting(db);
    for (unsigned i = 0; i < db->links_count; i++) {
        struct db_link *link = &db->links[i];
        if (!link->unsent)
            continue;
        if ((link->last->kind != ENTRY_SYNC && !send_sync(link)) || !link_flush(link))
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
    entry_push(link, kind, NULL);
    return PQsendQueryParams(link->connection, sql, 0, NULL, NULL, NULL, NULL, 0) && send_sync(link);
}

/* What was prepared was so to see whether it can be. The state is asked for once it is sure that no later notification
 * is missed. A server that cannot be listened to, as a standby, serves all the same. */
static bool send_listen(struct db_link *link)
{
    char sql[80];
    snprintf(sql, sizeof(sql), "LISTEN %s", link->db->settings.channel);
    return send_alone(link, ENTRY_FORGET, "DEALLOCATE ALL") && send_alone(link, ENTRY_LISTEN, sql) &&
           send_alone(link, ENTRY_STATE, link->db->settings.state);
}

static bool awaits_state(const struct db_link *link)
{
    for (const struct db_entry *entry = link->first; entry; entry = entry->next)
        if (entry->kind == ENTRY_STATE)
            return true;
    return false;
}

static void on_pulse(struct loop_timer *timer)
{
    struct db *db = container_of(timer, struct db, pulse);
    struct db_link *link = &db->links[db->settings.connections];
    loop_timer_start(db->loop, timer, PULSE_MS);
    if (!link->listening)
        return;
    if (awaits_state(link))
        hear(link, DB_NEWS_LOST, NULL);
    else if (!send_alone(link, ENTRY_STATE, db->settings.state))
        link->unsent = true; /* the flush finds the connection broken */
}

static void take_notifications(struct db_link *link)
{
    for (PGnotify *heard; link->connection && (heard = PQnotifies(link->connection)); PQfreemem(heard))
        hear(link, DB_NEWS_CHANGE, heard->extra);
}

/* ---- receiving ---- */

static bool is_state(const PGresult *result, const char *class_or_state)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return state && strncmp(state, class_or_state, strlen(class_or_state)) == 0;
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
    };
    for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
        if (is_state(result, states[i]))
            return true;
    return false;
}

static enum db_status status_of(const PGresult *result)
{
    if (is_state(result, "CL"))
        return DB_REFUSED;
    if (is_misfit(result))
        return DB_MISFIT;
    return is_state(result, "57014") ? DB_TIMEOUT : DB_FAILED; /* query_canceled, by statement_timeout */
}

static const char *message_of(const PGresult *result)
{
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    return message ? message : "";
}

static void log_failure(const struct db_entry *entry, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    log_event(LOG_ERROR, "query-failed", LOG_TEXT("statement", entry->statement ? entry->statement->name : "setup"),
              LOG_TEXT("sqlstate", state ? state : ""), LOG_TEXT("message", message_of(result)));
}

/* The server goes down or comes up (57P), or what this connection has prepared is out of date: the schema has changed
 * under it (feature_not_supported: "cached plan must not change result type"), or a pooler has forgotten it. */
static bool connection_is_stale(const PGresult *result)
{
    return is_state(result, "57P") || is_state(result, "0A000") || is_state(result, "26000");
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
    if (status == DB_FAILED)
        log_failure(entry, result);
    call_end(call, status, status == DB_REFUSED ? result : NULL);
}

/* False if the connection is of no use any more; the call then stays with its entry, to be sent on the next one. */
static bool answer_call(struct db_entry *entry, const PGresult *result)
{
    struct db_call *call = entry->call;
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
    if (call && !call->alone && is_state(result, "26000")) /* its PREPARE was aborted in an earlier batch */
        call_aborted(call);
    else if (connection_is_stale(result))
        return false;
    else if (call)
        call_failed(call, entry, result);
    return true;
}

static bool answer_prepare(struct db_link *link, const struct db_entry *entry, const PGresult *result)
{
    if (PQresultStatus(result) == PGRES_COMMAND_OK)
        return true;
    *link_prepared(link, entry->statement) = false;
    return link->state == LINK_READY; /* the call behind it fails by itself */
}

/* False if the connection is of no use after this answer. */
static bool answer(struct db_link *link, struct db_entry *entry, const PGresult *result)
{
    switch (entry->kind) {
    case ENTRY_CALL:
        return answer_call(entry, result);
    case ENTRY_PREPARE:
        return answer_prepare(link, entry, result);
    case ENTRY_SETUP:
        return PQresultStatus(result) == PGRES_TUPLES_OK;
    case ENTRY_LISTEN:
        link->listening = PQresultStatus(result) == PGRES_COMMAND_OK;
        return true;
    case ENTRY_STATE:
        if (link->listening && PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
            hear(link, DB_NEWS_STATE, PQgetvalue(result, 0, 0));
        return true;
    default:
        return true;
    }
}

/* Only what the schema lacks (class 42) says that the database is not migrated; all else may pass. */
static void link_refused(struct db_link *link, const struct db_entry *entry, const PGresult *result)
{
    if (link->state == LINK_READY || !is_state(result, "42")) {
        link_lost(link, DB_UNAVAILABLE, "database-lost", message_of(result));
        return;
    }
    if (link->db->schema != SCHEMA_UNFIT)
        log_failure(entry, result);
    link_lost(link, DB_UNREADY, "database-unready", "the schema is not this program's: run claimd migrate up");
}

/* All statements could be prepared. */
static void schema_fits(struct db_link *link)
{
    link->db->schema = SCHEMA_FITS;
    log_event(LOG_INFO, "database-ready", LOG_NUMBER("server_version", PQserverVersion(link->connection)));
    link->unsent |= !send_listen(link); /* the flush finds the connection broken */
}

static void link_is_ready(struct db_link *link)
{
    link->state = LINK_READY;
    link->backoff_ms = 0;
    if (is_listener(link))
        schema_fits(link);
    else
        link->db->outage = DB_OK;
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
    entry->answered = true;
    bool good = true;
    if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
        entry_pop(link);
        if (link->state == LINK_PREPARING)
            link_is_ready(link);
    } else {
        good = answer(link, entry, result);
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
        if (call && call->resent++ < link->db->settings.connections)
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
    link->state = LINK_DOWN;
    link->unsent = link->listening = false;
    hear(link, DB_NEWS_LOST, NULL);
    free(link->prepared);
    link->prepared = NULL;
    link->prepared_size = 0;
}

/* Whether that has been logged when the first one was lost so. */
static bool is_known(const struct db_link *link, enum db_status outage)
{
    if (outage == DB_UNREADY)
        return link->db->schema == SCHEMA_UNFIT;
    return link->state != LINK_READY && (is_listener(link) || link->db->outage == outage);
}

/* What was under way waits for the next connection, unless the database has shown that there is none. */
static void link_lost(struct db_link *link, enum db_status outage, const char *event, const char *reason)
{
    struct db *db = link->db;
    bool was_ready = link->state == LINK_READY;
    if (!is_known(link, outage))
        log_lost(event, reason);
    link_close(link);
    if (outage == DB_UNREADY)
        db->schema = SCHEMA_UNFIT;
    else if (!was_ready && !is_listener(link) && !any_link(db, LINK_READY))
        db->outage = outage;
    rescue_calls(link);
    if (db->outage && !any_link(db, LINK_READY))
        end_all_waiting(db, db->outage);

    uint64_t delay = was_ready ? 0 : link->backoff_ms;
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

/* Per session rather than as connection options, which poolers refuse. */
static bool send_setup(struct db_link *link)
{
    static const char sql[] = "SELECT set_config('statement_timeout', $1, false), set_config('timezone', 'UTC', false),"
                              " set_config('datestyle', 'ISO', false), set_config('extra_float_digits', '1', false),"
                              " set_config('plan_cache_mode', 'force_generic_plan', false),"
                              " set_config('default_transaction_read_only', 'on', false)";
    char timeout[16];
    snprintf(timeout, sizeof(timeout), "%u", link->db->settings.deadline_ms);
    entry_push(link, ENTRY_SETUP, NULL);
    return PQsendQueryParams(link->connection, sql, 1, NULL, (const char *const[]){timeout}, NULL, NULL, 0);
}

static bool link_prepare(struct db_link *link)
{
    link->state = LINK_PREPARING;
    if (PQsetnonblocking(link->connection, 1) != 0 || !PQenterPipelineMode(link->connection) || !send_setup(link))
        return false;
    for (size_t i = 0; i < link->db->settings.prepare_count && is_listener(link); i++)
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

static void link_connect(struct db_link *link)
{
    static const char *const names[] = {"dbname", "fallback_application_name", NULL};
    const char *const values[] = {link->db->settings.url, "claimd", NULL};
    link->state = LINK_CONNECTING;
    loop_timer_start(link->db->loop, &link->timer, CONNECT_TIMEOUT_MS);
    link->connection = PQconnectStartParams(names, values, 1);
    link->watch = (struct loop_watch){.fd = link->connection ? PQsocket(link->connection) : -1, .ready = on_link_ready};
    bool started = link->connection && PQstatus(link->connection) != CONNECTION_BAD &&
                   loop_watch(link->db->loop, &link->watch, EPOLLOUT);
    if (!started)
        link_lost(link, DB_UNAVAILABLE, "database-unreachable",
                  link->connection ? PQerrorMessage(link->connection) : "");
}

/* ---- life ---- */

void db_init(struct db *db, struct loop *loop, const struct db_settings *settings)
{
    *db = (struct db){.loop = loop, .settings = *settings};
    db->links_count = settings->connections + 1;
    db->links = memory_alloc(db->links_count * sizeof(*db->links));
    for (unsigned i = 0; i < db->links_count; i++) {
        struct db_link *link = &db->links[i];
        *link = (struct db_link){.db = db, .timer = {.fire = on_link_timer}};
        if (is_listener(link))
            loop_timer_start(loop, &link->timer, FIRST_ANSWERS_MS);
        else
            link_connect(link);
    }
    db->pulse = (struct loop_timer){.fire = on_pulse};
    loop_timer_start(loop, &db->pulse, PULSE_MS);
}

void db_release(struct db *db)
{
    loop_timer_stop(&db->pulse);
    for (unsigned i = 0; i < db->links_count; i++) {
        link_close(&db->links[i]);
        rescue_calls(&db->links[i]);
    }
    end_all_waiting(db, DB_UNAVAILABLE);
    free(db->links);
    db->links = NULL;
    db->settings.connections = db->links_count = 0;
    db->outage = DB_UNAVAILABLE;
}
