/* listening: the connection that hears of changes, by notifications and by asking what the state is */
#include "listening.h"

#include <stdio.h>

#include "memory.h"
#include "sqlstate.h"

/* A connection that is dead is known to be so after twice this, whether anybody asks something of it or not. */
enum { PULSE_MS = 1000 };

/* ---- the state ---- */

static bool is_told(const PGresult *result)
{
    return PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1;
}

/* Somebody ended the question, or it took too long: the answer is still wanted. */
static bool is_cut_short(const PGresult *result)
{
    return PQresultStatus(result) == PGRES_FATAL_ERROR && sqlstate_status(sqlstate_of(result)) == DB_TIMEOUT;
}

static void hear_state(struct listening *listening, uint64_t asked, const PGresult *result)
{
    if (!listening->listens || !is_told(result))
        return;
    bool settled = !listening->news.asked && !listening->news.due;
    *listening->place = (struct db_place){.asked = asked, .settled = settled};
    if (listening->placed)
        position_read(PQgetvalue(result, 0, 1), &listening->place->position);
    listening->heard(listening, DB_NEWS_STATE, PQgetvalue(result, 0, 0));
}

static void ask(struct listening *listening, const char *sql, pipeline_answered *answered, void *asker)
{
    struct pipeline *pipeline = &listening->link->pipeline;
    if (pipeline_ask(pipeline, sql, answered, asker))
        pipeline_sync(pipeline);
}

/* What is to be asked because of an answer is asked once that has been taken whole (see pipeline.h). */
static const char *on_state_answered(void *asker, uint64_t asked, const PGresult *result)
{
    struct inquiry *inquiry = asker;
    inquiry->asked = false;
    inquiry->due |= is_cut_short(result);
    hear_state(inquiry->listening, asked, result);
    return NULL;
}

static void inquire(struct inquiry *inquiry)
{
    inquiry->asked = true;
    inquiry->due = false;
    ask(inquiry->listening, inquiry->listening->state, on_state_answered, inquiry);
}

/* ---- beginning and end ---- */

static void forget(struct listening *listening)
{
    listening->listens = listening->listen_due = false;
    listening->alive = listening->news = (struct inquiry){.listening = listening};
}

static const char *on_listen_answered(void *asker, uint64_t asked, const PGresult *result)
{
    struct listening *listening = asker;
    (void)asked;
    listening->listens = PQresultStatus(result) == PGRES_COMMAND_OK;
    listening->listen_due = is_cut_short(result);
    return NULL;
}

static const char *on_recovery_answered(void *asker, uint64_t asked, const PGresult *result)
{
    (void)asked;
    ((struct listening *)asker)->listen_due = is_told(result) && *PQgetvalue(result, 0, 0) == 'f';
    return NULL;
}

static const char *on_forgotten(void *asker, uint64_t asked, const PGresult *result)
{
    (void)asker, (void)asked, (void)result;
    return NULL;
}

/* The state is asked for once it is sure that no later notification is missed. */
static void send_listen(struct listening *listening)
{
    char sql[80];
    listening->listens = !listening->channel;
    listening->listen_due = false;
    if (listening->channel) {
        snprintf(sql, sizeof(sql), "LISTEN %s", listening->channel);
        ask(listening, sql, on_listen_answered, listening);
    }
    inquire(&listening->alive);
}

void listening_begin(struct listening *listening)
{
    if (!listening->link->pipeline.terms.lent)
        ask(listening, "DEALLOCATE ALL", on_forgotten, NULL);
    send_listen(listening);
}

static void ask_what_is_due(struct listening *listening)
{
    if (listening->listen_due)
        send_listen(listening);
    else if (listening->alive.due)
        inquire(&listening->alive);
    if (listening->news.due && !listening->news.asked)
        inquire(&listening->news);
}

/* Where the server was when that was notified, or behind, is told by whatever is asked afterwards; one question at a
 * time, however much is notified. */
void listening_take(struct listening *listening)
{
    PGconn *connection = listening->link->connection;
    if (!connection)
        return;
    for (PGnotify *notified; (notified = PQnotifies(connection)); PQfreemem(notified)) {
        listening->heard(listening, DB_NEWS_CHANGE, notified->extra);
        listening->news.due = listening->placed;
    }
    ask_what_is_due(listening);
}

void listening_end(struct listening *listening)
{
    forget(listening);
    listening->heard(listening, DB_NEWS_LOST, NULL);
}

static void on_pulse(struct loop_timer *timer)
{
    struct listening *listening = container_of(timer, struct listening, pulse);
    const struct link *link = listening->link;
    loop_timer_start(link->loop, timer, PULSE_MS);
    if (listening->listens && listening->alive.asked)
        listening->heard(listening, DB_NEWS_LOST, NULL);
    else if (listening->listens)
        inquire(&listening->alive);
    else if (link->state == LINK_READY && !link->pipeline.first)
        ask(listening, "SELECT pg_is_in_recovery()", on_recovery_answered, listening);
}

void listening_init(struct listening *listening)
{
    listening->pulse = (struct loop_timer){.fire = on_pulse};
    forget(listening);
    loop_timer_start(listening->link->loop, &listening->pulse, PULSE_MS);
}

void listening_release(struct listening *listening)
{
    loop_timer_stop(&listening->pulse);
}
