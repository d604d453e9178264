/* service: what the requests of one thread share */
#include "service.h"

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

const char service_channel[] = "claimd_data", service_state[] = "SELECT data_state()";
const char service_greeting[] = "SELECT encode(key, 'hex') FROM secret WHERE purpose = 'cursor'";

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
    service->data = (struct data_state){++service->data_versions, changed_at, later(told_at, service->data.told_at)};
    if (service->news)
        service->news(service);
}

void service_heard(struct db *db, enum db_news news, const char *payload)
{
    struct service *service = container_of(db, struct service, db);
    int64_t told_at = payload ? strtoll(payload, NULL, 10) : 0;
    bool same = news == DB_NEWS_STATE && service->data.version && told_at <= service->data.told_at;
    if (!told_at)
        service->data = (struct data_state){0};
    else if (!same)
        data_changed(service, told_at);
    if (told_at && news == DB_NEWS_STATE)
        service->confirmed_at = db->state_asked;
}

void service_greeted(struct db *db, const char *key)
{
    (void)db;
    seal_use(key, strlen(key));
}

void service_wrote(struct service *service)
{
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
