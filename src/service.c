/* service: what the requests of one thread share */
#include "service.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "loop.h"
#include "memory.h"
#include "seal.h"

/* What all threads have written: the one thing that they share, so that who has written something reads it, too,
 * whichever thread answers, though the database's notification may be on its way still. */
static _Atomic uint64_t writes;

/* Behind all of them: each part only grows, and before the write is counted. */
static _Atomic uint64_t written_timeline, written_change;

#define LAST_CHANGE "(SELECT id FROM change ORDER BY id DESC LIMIT 1)"

/* What a standby receives may be of the next timeline already, but then it has no changes beyond where that begins. A
 * role that may not see it learns later what timeline a standby is on. */
#define TIMELINE                                                                                                       \
    "CASE WHEN pg_is_in_recovery() THEN to_hex(greatest((SELECT timeline_id FROM pg_control_checkpoint()),"            \
    " (SELECT min_recovery_end_timeline FROM pg_control_recovery()), (SELECT received_tli FROM "                       \
    "pg_stat_wal_receiver)))"                                                                                          \
    " ELSE lower(ltrim(left(pg_walfile_name(pg_current_wal_insert_lsn()), 8), '0')) END"

#define PLACE TIMELINE " || '-' || to_hex(" LAST_CHANGE ")"

const char service_channel[] = "claimd_data", service_state[] = "SELECT data_state()",
           service_place[] = "SELECT " PLACE,
           service_next_place[] = "SELECT $1::text || '-' || to_hex(" LAST_CHANGE ")",
           service_placed_state[] = "SELECT data_state(), " PLACE,
           service_standby_state[] = "SELECT " LAST_CHANGE ", " PLACE;
const char service_greeting[] = "SELECT encode(key, 'hex') FROM secret WHERE purpose = 'cursor'",
           service_ungreeted[] = "the table secret has no key for cursors";

void service_init(struct service *service, size_t cache_bytes)
{
    if (getrandom(&service->id_prefix, sizeof(service->id_prefix), 0) < 0)
        service->id_prefix = (uint64_t)(uintptr_t)service ^ loop_now();
    query_set_init(&service->queries);
    cache_init(&service->cache, cache_bytes, heads_forget);
    heads_init(&service->heads);
}

void service_release(struct service *service)
{
    query_set_release(&service->queries);
    cache_release(&service->cache);
    heads_release(&service->heads);
    buffer_release(&service->head);
}

void service_forget(struct service *service)
{
    size_t most = service->cache.most;
    cache_release(&service->cache);
    cache_init(&service->cache, most, heads_forget);
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* One that began earlier than another may be told later, and long after it began. What the threads find at the start
 * gets one date, though they find it one after the other: their answers to one question are the same. */
static void data_changed(struct service *service, int64_t told_at)
{
    enum { START_SECONDS = 2 };
    int64_t heard_at = later(time(NULL) + 1, service->began + START_SECONDS);
    int64_t changed_at = later(later(told_at, heard_at), service->data.changed_at);
    service->data = (struct data_state){.version = ++service->data_versions,
                                        .changed_at = changed_at,
                                        .told_at = later(told_at, service->data.told_at)};
    if (service->news)
        service->news(service);
}

static void nothing_is_known(struct service *service)
{
    service->data = (struct data_state){0};
}

/* Of a change that was notified the position comes with the state that is asked for then. */
static void note_state(struct service *service, const struct db_place *place)
{
    service->confirmed_at = place->asked;
    if (!place->position.timeline)
        return;
    lag_note(&service->standby.lag, place->position, place->asked);
    if (place->settled && !service->data.position.timeline)
        service->data.position = place->position;
}

void service_heard(struct db *db, enum db_news news, const char *payload)
{
    struct service *service = container_of(db, struct service, db);
    int64_t told_at = payload ? strtoll(payload, NULL, 10) : 0;
    bool same = news == DB_NEWS_STATE && service->heard && service->data.version && told_at <= service->data.told_at;
    bool lost = !told_at && service->heard;
    service->heard = told_at;
    if (lost || (!told_at && !service->standby.heard))
        nothing_is_known(service);
    else if (told_at && !same)
        data_changed(service, told_at);
    if (told_at && news == DB_NEWS_STATE)
        note_state(service, &db->place);
}

void service_greeted(struct db *db, const char *key)
{
    (void)db;
    seal_use(key, strlen(key));
}

void service_heard_standby(struct db *db, enum db_news news, const char *payload)
{
    struct service *service = container_of(db, struct service, standby.db);
    struct standby *standby = &service->standby;
    int64_t last_change = payload ? strtoll(payload, NULL, 10) : -1;
    bool same = service->data.version && last_change == standby->last_change;
    standby->heard = news != DB_NEWS_LOST;
    standby->last_change = last_change;
    if (service->heard)
        return;
    if (!standby->heard) {
        nothing_is_known(service);
        return;
    }
    service->confirmed_at = db->place.asked;
    if (same)
        return;
    data_changed(service, 0);
    service->data.position = db->place.position;
}

static void raise_to(_Atomic uint64_t *most, uint64_t value)
{
    uint64_t before = *most;
    while (before < value && !atomic_compare_exchange_weak(most, &before, value))
        ;
}

void service_wrote(struct service *service, struct position position)
{
    raise_to(&written_timeline, position.timeline);
    raise_to(&written_change, position.change);
    writes++;
    service_catch_up(service);
}

void service_catch_up(struct service *service)
{
    uint64_t now = writes;
    if (service->writes_seen == now)
        return;
    service->writes_seen = now;
    service->own_from = service->data_versions + 1;
    service->written = (struct position){(uint32_t)written_timeline, written_change};
    if (service->data.version)
        data_changed(service, 0);
}

/* The last version is right as long as the database has said so. Who has written does not read what was before that. */
unsigned service_age(const struct service *service, uint64_t version, uint64_t right_at)
{
    bool last = version == service->data_versions && service->confirmed_at > right_at;
    uint64_t age = (loop_now() - (last ? service->confirmed_at : right_at)) / 1000 + 1;
    return version >= service->own_from && age <= service->stale_most ? (unsigned)age : 0;
}
