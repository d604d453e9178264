/* gauges: how one thread stands, told to its metrics twice a second */
#include "gauges.h"

#include "feed.h"
#include "lag.h"
#include "loop.h"

static void begin_server(struct metrics *metrics, enum metrics_server server, const struct config *config)
{
    metrics_set_server(metrics, server, SERVER_QUEUE_MOST, config->queue);
    metrics_set_server(metrics, server, SERVER_LINKS_READ_WANTED, config->db_connections);
    metrics_set_server(metrics, server, SERVER_LINKS_LISTEN_WANTED, 1);
}

void gauges_begin(const struct service *service, const struct config *config)
{
    struct metrics *metrics = service->metrics;
    metrics_set(metrics, METRIC_THREADS, 1);
    metrics_set(metrics, METRIC_CLIENTS_MOST, config->max_connections);
    metrics_set(metrics, METRIC_CACHE_BYTES_MOST, service->cache.most);
    begin_server(metrics, METRICS_PRIMARY, config);
    if (config->read_url)
        begin_server(metrics, METRICS_STANDBY, config);
}

static void tell_cache(struct metrics *metrics, const struct cache *cache)
{
    metrics_set(metrics, METRIC_CACHE_ENTRIES, cache_count(cache));
    metrics_set(metrics, METRIC_CACHE_BYTES, cache_weight(cache));
    metrics_set(metrics, METRIC_CACHE_EVICTIONS, cache->evictions);
}

static void tell_calls(struct metrics *metrics, enum metrics_server server, const struct db *db)
{
    metrics_set_server(metrics, server, SERVER_QUEUE, db->calls.under_way);
    metrics_set_server(metrics, server, SERVER_QUEUE_WAITING, db_waiting(db));
    metrics_set_server(metrics, server, SERVER_CALLS_SENT, db->counts.sent);
    metrics_set_server(metrics, server, SERVER_BATCHES, db->counts.batches);
    for (unsigned status = 0; status < DB_STATUSES; status++)
        metrics_set_server(metrics, server, SERVER_CALLS + status, db->calls.ended[status]);
}

static void tell_links(struct metrics *metrics, enum metrics_server server, const struct db *db)
{
    metrics_set_server(metrics, server, SERVER_CONNECTS, db->counts.connects);
    metrics_set_server(metrics, server, SERVER_CONNECTS_FAILED, db->counts.failed_connects);
    metrics_set_server(metrics, server, SERVER_LINKS_LOST, db->counts.losses);
    for (unsigned role = 0; role < DB_ROLES; role++)
        metrics_set_server(metrics, server, SERVER_LINKS + role, db->ready[role]);
}

static void tell_server(struct metrics *metrics, enum metrics_server server, const struct db *db)
{
    tell_calls(metrics, server, db);
    tell_links(metrics, server, db);
}

static uint64_t lag_us(const struct freshness *known)
{
    uint64_t lag = known->standby_heard ? lag_of(&known->lag, known->reached, loop_now()) : UINT64_MAX;
    return lag == UINT64_MAX ? lag : lag * 1000;
}

void gauges_tell(const struct service *service, const struct clients *clients)
{
    struct metrics *metrics = service->metrics;
    metrics_set(metrics, METRIC_IN_FLIGHT, service->active);
    metrics_set(metrics, METRIC_CLIENTS, clients->count);
    metrics_set(metrics, METRIC_CLIENTS_TOTAL, clients->added);
    metrics_set(metrics, METRIC_FEED_WAITING, service->feed->seated);
    metrics_set(metrics, METRIC_THREADS_READY, service->ready);
    metrics_set(metrics, METRIC_THREADS_INFORMED, service->known.data.version != 0);
    metrics_set(metrics, METRIC_DATA_VERSIONS, service->known.versions);
    metrics_set(metrics, METRIC_DATA_CHANGED_AT, (uint64_t)service->known.data.told_at);
    tell_cache(metrics, &service->cache);
    tell_server(metrics, METRICS_PRIMARY, &service->db);
    if (!service->standby.present)
        return;
    tell_server(metrics, METRICS_STANDBY, &service->standby.db);
    metrics_set(metrics, METRIC_STANDBY_LAG_US, lag_us(&service->known));
}

void gauges_end(const struct service *service)
{
    static const enum metric gone[] = {METRIC_THREADS, METRIC_THREADS_READY, METRIC_THREADS_INFORMED, METRIC_CLIENTS,
                                       METRIC_IN_FLIGHT};
    static const enum server_metric gone_of_servers[] = {SERVER_QUEUE, SERVER_QUEUE_WAITING,
                                                         SERVER_LINKS + DB_ROLE_READ};
    for (size_t i = 0; i < sizeof(gone) / sizeof(*gone); i++)
        metrics_set(service->metrics, gone[i], 0);
    for (unsigned server = 0; server < METRICS_SERVERS; server++)
        for (size_t i = 0; i < sizeof(gone_of_servers) / sizeof(*gone_of_servers); i++)
            metrics_set_server(service->metrics, server, gone_of_servers[i], 0);
}
