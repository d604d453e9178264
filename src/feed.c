/* feed: those who wait for what changes, of one thread */
#include "feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "answer.h"
#include "memory.h"
#include "query.h"
#include "reading.h"
#include "request.h"

/* Proxies and clients give up on a connection on which nothing moves. */
enum { HEARTBEAT_MS = 15000 };

/* When what could not be asked is asked again. */
enum { RETRY_MS = 500 };

/* Followers that stand at one place, while what is behind it is asked for. */
struct feed_group {
    struct feed_group *next;
    struct feed *feed;
    struct db_call call;
    struct arena arena;
    char *key;
    uint64_t version; /* of the data when it was asked */
};

/* ---- seats ---- */

static struct request *request_at(struct waiting *seat)
{
    return container_of(seat, struct request, waiting);
}

static void sit_down(struct feed *feed, struct waiting *seat)
{
    seat->previous = feed->ring.previous;
    seat->next = &feed->ring;
    seat->previous->next = seat->next->previous = seat;
    feed->seated++;
}

static void stand_up(struct waiting *seat)
{
    loop_timer_stop(&seat->deadline);
    seat->next->previous = seat->previous;
    seat->previous->next = seat->next;
    request_at(seat)->service->feed->seated--;
    *seat = (struct waiting){0};
}

void feed_leave(struct request *request)
{
    if (request->waiting.next)
        stand_up(&request->waiting);
}

static void wake_up(struct waiting *seat)
{
    struct request *request = request_at(seat);
    void (*woken)(struct request *) = seat->wake;
    request->rested += loop_now_us() - seat->since;
    stand_up(seat);
    woken(request);
}

static void on_deadline(struct loop_timer *timer)
{
    wake_up(container_of(timer, struct waiting, deadline));
}

void feed_wait(struct request *request, unsigned wait_ms, void (*wake)(struct request *request))
{
    struct feed *feed = request->service->feed;
    request->waiting = (struct waiting){.wake = wake, .since = loop_now_us(), .deadline = {.fire = on_deadline}};
    sit_down(feed, &request->waiting);
    loop_timer_start(request->service->db.loop, &request->waiting.deadline, wait_ms);
}

/* ---- groups ---- */

/* What a follower asks for next: those who ask for the same belong together. */
static char *key_of(const struct request *request)
{
    const struct params *params = &request->params;
    struct buffer key = BUFFER_INIT;
    buffer_puts(&key, params->after[0]);
    for (unsigned i = 0; i < params->terms_count; i++) {
        const char *name = params->terms[i].param->name;
        if (strcmp(name, "since") == 0)
            continue;
        buffer_putc(&key, '\n');
        buffer_puts(&key, name);
        buffer_putc(&key, '=');
        buffer_puts(&key, params->terms[i].given);
    }
    buffer_putc(&key, 0);
    return buffer_detach(&key, &(size_t){0});
}

static void group_end(struct feed_group *group)
{
    db_cancel(&group->call);
    arena_release(&group->arena);
    free(group->key);
    free(group);
}

static void group_free(struct feed_group *group)
{
    struct feed_group **place = &group->feed->groups;
    while (*place != group)
        place = &(*place)->next;
    *place = group->next;
    group_end(group);
}

static void give_part(struct waiting *seat, const char *text, size_t size)
{
    struct request *request = request_at(seat);
    stand_up(seat);
    buffer_append(&request->stream.part, text, size);
    request_resume(request);
}

static void hand_out(struct feed_group *group, const PGresult *result)
{
    _cleanup_(buffer_release) struct buffer text = BUFFER_INIT;
    for (struct waiting *seat = group->feed->ring.next, *next; seat != &group->feed->ring; seat = next) {
        struct request *request = request_at(seat);
        struct error error;
        error_init(&error);
        next = seat->next;
        if (seat->group != group)
            continue;
        if (!access_lasts(request)) { /* it comes back once it is known whether it may, and asks with the others */
            request->data.version = 0;
            give_part(seat, "", 0);
            continue;
        }
        if (!text.size)
            answer_write_page(&group->arena, &request->params, request->representation, false, result, &text, &error);
        snprintf(request->reached, sizeof(request->reached), "%s", answer_reached(&request->params, result));
        request->caught_up = PQntuples(result) <= (int)request->params.limit;
        give_part(seat, text.data, text.size);
    }
}

/* Nothing has come that they ask for, or it could not be had: they go on waiting. */
static void disband(struct feed_group *group)
{
    for (struct waiting *seat = group->feed->ring.next; seat != &group->feed->ring; seat = seat->next)
        if (seat->group == group)
            seat->group = NULL;
}

static void ask_later(struct feed *feed)
{
    if (!feed->retry.due)
        loop_timer_start(feed->service->db.loop, &feed->retry, RETRY_MS);
}

static void on_changes(struct db_call *call, enum db_status status, const PGresult *result)
{
    struct feed_group *group = container_of(call, struct feed_group, call);
    struct feed *feed = group->feed;
    bool behind = call->placed && !position_covers(call->position, feed->service->known.data.position);
    bool stale = group->version != feed->service->known.data.version;
    if (status == DB_OK && PQntuples(result))
        hand_out(group, result);
    disband(group);
    group_free(group);
    if (status != DB_OK || behind)
        ask_later(feed);
    else if (stale)
        feed_news(feed);
}

static void keep_arguments(struct feed_group *group)
{
    const char **kept = arena_alloc(&group->arena, (size_t)group->call.arguments_count * sizeof(*kept));
    for (int i = 0; i < group->call.arguments_count; i++) {
        const char *argument = group->call.arguments[i];
        kept[i] = argument ? arena_copy(&group->arena, argument, strlen(argument)) : NULL;
    }
    group->call.arguments = kept;
}

/* Takes the key. */
static struct feed_group *group_new(struct feed *feed, const struct request *request, char *key)
{
    struct feed_group *group = memory_alloc(sizeof(*group));
    group->feed = feed;
    group->key = key;
    group->version = feed->service->known.data.version;
    arena_init(&group->arena);
    query_bind(&feed->service->queries, &group->arena, &request->params, request->representation, QUERY_ROWS,
               &group->call);
    keep_arguments(group);
    group->call.done = on_changes;
    return group;
}

/* NULL if it cannot be asked now. */
static struct feed_group *ask(struct feed *feed, const struct request *request, char *key)
{
    struct feed_group *group = group_new(feed, request, key);
    if (reading_start_call(feed->service, &group->call) == DB_OK) {
        group->next = feed->groups;
        feed->groups = group;
        return group;
    }
    group_end(group);
    ask_later(feed);
    return NULL;
}

static struct feed_group *group_of(struct feed *feed, const struct request *request)
{
    char *key = key_of(request);
    for (struct feed_group *group = feed->groups; group; group = group->next) {
        if (strcmp(group->key, key) == 0 && group->version == feed->service->known.data.version) {
            free(key);
            return group;
        }
    }
    return ask(feed, request, key);
}

void feed_follow(struct request *request)
{
    struct feed *feed = request->service->feed;
    request->waiting = (struct waiting){0};
    sit_down(feed, &request->waiting);
    if (request->data.version == request->service->known.data.version)
        return;
    request->data = request->service->known.data;
    request->waiting.group = group_of(feed, request);
}

/* ---- news ---- */

static void ask_for_followers(struct feed *feed)
{
    for (struct waiting *seat = feed->ring.next; seat != &feed->ring; seat = seat->next) {
        if (seat->wake || seat->group)
            continue;
        request_at(seat)->data = feed->service->known.data;
        seat->group = group_of(feed, request_at(seat));
    }
}

static void on_retry(struct loop_timer *timer)
{
    ask_for_followers(container_of(timer, struct feed, retry));
}

void feed_news(struct feed *feed)
{
    for (struct waiting *seat = feed->ring.next, *next; seat != &feed->ring; seat = next) {
        next = seat->next;
        if (seat->wake)
            wake_up(seat);
    }
    ask_for_followers(feed);
}

static void on_heartbeat(struct loop_timer *timer)
{
    struct feed *feed = container_of(timer, struct feed, heartbeat);
    static const char sign[] = ": \n\n";
    loop_timer_start(feed->service->db.loop, timer, HEARTBEAT_MS);
    for (struct waiting *seat = feed->ring.next, *next; seat != &feed->ring; seat = next) {
        next = seat->next;
        if (!seat->wake && !seat->group)
            give_part(seat, sign, strlen(sign));
    }
}

/* ---- life ---- */

void feed_init(struct feed *feed, struct service *service)
{
    *feed = (struct feed){.service = service, .heartbeat = {.fire = on_heartbeat}, .retry = {.fire = on_retry}};
    feed->ring.next = feed->ring.previous = &feed->ring;
    loop_timer_start(service->db.loop, &feed->heartbeat, HEARTBEAT_MS);
}

void feed_end(struct feed *feed)
{
    loop_timer_stop(&feed->heartbeat);
    loop_timer_stop(&feed->retry);
    for (struct waiting *seat = feed->ring.next, *next; seat != &feed->ring; seat = next) {
        next = seat->next;
        if (seat->wake) {
            wake_up(seat);
            continue;
        }
        request_at(seat)->stream.complete = true;
        give_part(seat, "", 0);
    }
}

void feed_release(struct feed *feed)
{
    loop_timer_stop(&feed->heartbeat);
    loop_timer_stop(&feed->retry);
    for (struct feed_group *group = feed->groups, *next; group; group = next) {
        next = group->next;
        group_end(group);
    }
    feed->groups = NULL;
}
