/* service: what the requests of one thread share */
#include "service.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "loop.h"
#include "memory.h"
#include "seal.h"

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
    cache_clear(&service->cache);
}

void service_greeted(struct db *db, const char *key)
{
    (void)db;
    seal_use(key, strlen(key));
}

/* ---- news ---- */

void service_heard(struct db *db, enum db_news news, const char *payload)
{
    struct freshness *known = &container_of(db, struct service, db)->known;
    int64_t told_at = payload ? strtoll(payload, NULL, 10) : 0;
    if (!told_at)
        freshness_lost(known);
    else if (news == DB_NEWS_STATE)
        freshness_state(known, told_at, &db->place);
    else
        freshness_change(known, told_at);
}

static void on_bound(struct loop_timer *timer)
{
    struct standby *standby = container_of(timer, struct standby, bound);
    freshness_look_at_bound(&container_of(standby, struct service, standby)->known);
}

static void await_bound(struct service *service)
{
    struct loop_timer *bound = &service->standby.bound;
    uint64_t rest = freshness_bound_in(&service->known);
    bound->fire = on_bound;
    if (rest)
        loop_timer_start(service->db.loop, bound, rest);
    else
        loop_timer_stop(bound);
}

void service_heard_standby(struct db *db, enum db_news news, const char *payload)
{
    struct service *service = container_of(db, struct service, standby.db);
    if (news == DB_NEWS_LOST)
        freshness_standby_lost(&service->known);
    else
        freshness_standby_state(&service->known, strtoll(payload, NULL, 10), &db->place);
    await_bound(service);
}
