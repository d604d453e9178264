/* link: one connection to a server, which is made, kept, found silent or lost, and made again */
#include "link.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "hosts.h"
#include "log.h"
#include "memory.h"
#include "utf8.h"

enum { CONNECT_TIMEOUT_MS = 5000, BACKOFF_FIRST_MS = 50, BACKOFF_MOST_MS = 250, SILENCE_MARGIN_MS = 1000 };

/* ---- the end of a connection ---- */

static void log_lost(const char *event, const char *reason)
{
    char text[256];
    snprintf(text, sizeof(text), "%s", reason ? reason : "");
    text[strcspn(text, "\n")] = 0;
    text[utf8_whole(text, strlen(text))] = 0;
    log_event(LOG_WARNING, event, LOG_TEXT("reason", text));
}

void link_close(struct link *link)
{
    loop_timer_stop(&link->timer);
    if (link->connection && PQsocket(link->connection) >= 0)
        loop_unwatch(link->loop, &link->watch);
    PQfinish(link->connection);
    link->connection = NULL;
    link->state = LINK_DOWN;
    pipeline_close(&link->pipeline);
}

void link_lose(struct link *link, enum db_status outage, const char *event, const char *reason)
{
    bool was_ready = link->state == LINK_READY;
    if (!link->owner->is_known(link, outage)) {
        log_lost(event, reason);
        link->told = was_ready ? DB_OK : outage;
    }
    link->host += !was_ready;
    link_close(link);
    link->owner->lost(link, outage, was_ready);
}

void link_break(struct link *link)
{
    link_lose(link, DB_UNAVAILABLE, "database-lost", PQerrorMessage(link->connection));
}

/* ---- sending ---- */

/* The database ends a slow statement itself, so one that says nothing for longer than that is gone. */
static void expect_answer(struct link *link)
{
    if (!link->pipeline.first)
        loop_timer_stop(&link->timer);
    else
        loop_timer_start(link->loop, &link->timer, pipeline_patience(&link->pipeline) + SILENCE_MARGIN_MS);
}

static bool flush(struct link *link)
{
    link->pipeline.unsent = false;
    if (link->state == LINK_READY && !link->timer.due)
        expect_answer(link);
    link->owner->asked(link);
    int rest = PQflush(link->connection);
    return rest >= 0 && loop_watch(link->loop, &link->watch, rest ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void link_flush(struct link *link)
{
    link->pipeline.loaded = false;
    if (!pipeline_sync(&link->pipeline) || !flush(link))
        link_break(link);
}

bool link_is_open(const struct link *link)
{
    return link->state == LINK_PREPARING || link->state == LINK_READY;
}

/* ---- receiving ---- */

static void become_ready(struct link *link)
{
    link->state = LINK_READY;
    link->backoff_ms = 0;
    link->told = DB_OK;
    link->owner->ready(link);
}

/* Takes one answer; false when there is none to take, or the connection is gone. */
static bool receive_one(struct link *link)
{
    struct pipeline_refusal refusal;
    switch (pipeline_receive(&link->pipeline, &refusal)) {
    case PIPELINE_NOTHING:
        return false;
    case PIPELINE_ANSWER:
        return true;
    case PIPELINE_SYNC:
        if (link->state == LINK_PREPARING)
            become_ready(link);
        return true;
    case PIPELINE_REFUSAL:
        link->owner->refused(link, &refusal);
        PQclear(refusal.result);
        return false;
    case PIPELINE_STRAY:
        break;
    }
    link_lose(link, DB_UNAVAILABLE, "database-lost", "an answer to what was not asked");
    return false;
}

static void on_answer(struct link *link, uint32_t events)
{
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) && !PQconsumeInput(link->connection)) {
        link_break(link);
        return;
    }
    while (receive_one(link))
        ;
    if (events & EPOLLIN)
        link->owner->heard(link);
    if (!link->connection)
        return;
    if (link->state == LINK_READY)
        expect_answer(link);
    bool good = PQstatus(link->connection) != CONNECTION_BAD;
    if (!good || ((events & EPOLLOUT) && !flush(link)))
        link_break(link);
}

/* ---- connecting ---- */

static bool begin(struct link *link)
{
    link->state = LINK_PREPARING;
    if (PQsetnonblocking(link->connection, 1) != 0 || !PQenterPipelineMode(link->connection))
        return false;
    pipeline_open(&link->pipeline, link->connection);
    return link->owner->begin(link) && pipeline_sync(&link->pipeline) && flush(link);
}

/* The socket may be another one after each step, as libpq tries the addresses of a host in turn. */
static bool watch_socket(struct link *link, uint32_t events)
{
    link->watch.fd = PQsocket(link->connection);
    return loop_watch(link->loop, &link->watch, events);
}

static bool poll_once(struct link *link)
{
    switch (PQconnectPoll(link->connection)) {
    case PGRES_POLLING_READING:
        return watch_socket(link, EPOLLIN);
    case PGRES_POLLING_WRITING:
        return watch_socket(link, EPOLLOUT);
    case PGRES_POLLING_OK:
        return watch_socket(link, EPOLLIN) && begin(link);
    default:
        return false;
    }
}

static void on_ready(struct loop_watch *watch, uint32_t events)
{
    struct link *link = container_of(watch, struct link, watch);
    if (link->state != LINK_CONNECTING)
        on_answer(link, events);
    else if (!poll_once(link))
        link_lose(link, DB_UNAVAILABLE, "database-unreachable", PQerrorMessage(link->connection));
}

/* The log is ours, a line of JSON an event. */
static void ignore_notice(void *context, const PGresult *notice)
{
    (void)context, (void)notice;
}

void link_connect(struct link *link)
{
    const char *fault;
    link->state = LINK_CONNECTING;
    loop_timer_start(link->loop, &link->timer, CONNECT_TIMEOUT_MS);
    link->connection = hosts_connect(link->url, link->wanted, link->host, &fault);
    link->watch = (struct loop_watch){.fd = link->connection ? PQsocket(link->connection) : -1, .ready = on_ready};
    if (link->connection)
        PQsetNoticeReceiver(link->connection, ignore_notice, NULL);
    bool started = link->connection && PQstatus(link->connection) != CONNECTION_BAD &&
                   loop_watch(link->loop, &link->watch, EPOLLOUT);
    if (!started)
        link_lose(link, DB_UNAVAILABLE, "database-unreachable",
                  link->connection ? PQerrorMessage(link->connection) : fault);
}

void link_connect_in(struct link *link, unsigned milliseconds)
{
    loop_timer_start(link->loop, &link->timer, milliseconds);
}

/* From half of it to all of it. Whoever lost a database did so in the same moment; they do not come back in one. */
static unsigned scattered(unsigned milliseconds)
{
    unsigned chance = 0;
    if (getrandom(&chance, sizeof(chance), GRND_NONBLOCK) < 0)
        return milliseconds;
    return milliseconds / 2 + chance % (milliseconds / 2 + 1);
}

void link_retry(struct link *link, bool was_ready)
{
    link_connect_in(link, was_ready ? 0 : scattered(link->backoff_ms));
    link->backoff_ms = link->backoff_ms ? link->backoff_ms * 2 : BACKOFF_FIRST_MS;
    if (link->backoff_ms > BACKOFF_MOST_MS)
        link->backoff_ms = BACKOFF_MOST_MS;
}

bool link_rests(const struct link *link)
{
    return link->state == LINK_DOWN && !link->timer.due;
}

static void on_timer(struct loop_timer *timer)
{
    struct link *link = container_of(timer, struct link, timer);
    if (link->state == LINK_DOWN)
        link_connect(link);
    else if (link->state == LINK_READY)
        link_lose(link, DB_UNAVAILABLE, "database-silent", "no answer within the deadline");
    else
        link_lose(link, DB_UNAVAILABLE, "database-unreachable", "no usable connection within five seconds");
}

void link_init(struct link *link, struct loop *loop, const struct link_owner *owner)
{
    link->loop = loop;
    link->owner = owner;
    link->timer = (struct loop_timer){.fire = on_timer};
}
