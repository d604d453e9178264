/* metrics: what threads count, each in memory of its own, and the sum over all of them
 *
 * A thread's metrics are written by that thread alone and read by any: relaxed atomics, which cost what plain memory
 * does. Nothing is shared between threads that write, so that counting slows none of them. What is read while others
 * count is right for each number by itself.
 */
#ifndef CLAIMD_METRICS_H
#define CLAIMD_METRICS_H

#include <stdatomic.h>
#include <stdint.h>

#include "buffer.h"
#include "db.h"
#include "error.h"
#include "routes.h"

/* Numbers that stand by themselves, in the order in which they are told: metrics.c has THE table of what they are
 * called and mean. Some are counted where they happen; the others gauges.c tells, and they are up to half a second old.
 */
enum metric {
    METRIC_ABANDONED,
    METRIC_IN_FLIGHT,
    METRIC_CLIENTS,
    METRIC_CLIENTS_MOST,
    METRIC_CLIENTS_TOTAL,
    METRIC_CACHE_HITS,
    METRIC_CACHE_MISSES,
    METRIC_CACHE_STALE,
    METRIC_CACHE_ENTRIES,
    METRIC_CACHE_BYTES,
    METRIC_CACHE_BYTES_MOST,
    METRIC_CACHE_EVICTIONS,
    METRIC_FLIGHTS_SHARED,
    METRIC_STREAMS_LIST,
    METRIC_STREAMS_EVENTS,
    METRIC_STREAMS_LIST_TOTAL,
    METRIC_STREAMS_EVENTS_TOTAL,
    METRIC_FEED_WAITING,
    METRIC_WRITES,
    METRIC_IMPORTS,
    METRIC_LINES_CREATED,
    METRIC_LINES_REPLACED,
    METRIC_LINES_UNCHANGED,
    METRIC_LINES_REFUSED,
    METRIC_STANDBY_LAG_US, /* UINT64_MAX: not known; not told where there is no standby */
    METRIC_THREADS,
    METRIC_THREADS_READY,
    METRIC_THREADS_INFORMED,
    METRIC_DATA_VERSIONS,
    METRIC_DATA_CHANGED_AT,
    METRICS
};

/* Numbers that each server of the database has, told like those above: gauges.c tells all of them. */
enum server_metric {
    SERVER_QUEUE,
    SERVER_QUEUE_MOST, /* 0: there is no such server */
    SERVER_QUEUE_WAITING,
    SERVER_CALLS, /* by their db_status */
    SERVER_CALLS_LAST = SERVER_CALLS + DB_STATUSES - 1,
    SERVER_CALLS_SENT,
    SERVER_BATCHES,
    SERVER_LINKS, /* by their db_role */
    SERVER_LINKS_LAST = SERVER_LINKS + DB_ROLES - 1,
    SERVER_LINKS_READ_WANTED,
    SERVER_LINKS_LISTEN_WANTED,
    SERVER_CONNECTS,
    SERVER_CONNECTS_FAILED,
    SERVER_LINKS_LOST,
    SERVER_METRICS
};

enum metrics_server { METRICS_PRIMARY, METRICS_STANDBY, METRICS_SERVERS };

/* Upper bounds of how long a request may take to be counted in a bucket, and one for all that take longer. */
enum { METRICS_BOUNDS = 8 };
extern const uint64_t metrics_bounds_us[METRICS_BOUNDS];

struct metrics_histogram {
    _Atomic uint64_t buckets[METRICS_BOUNDS + 1];
    _Atomic uint64_t sum_us;
};

enum { METRICS_METHODS = 8, METRICS_STATUSES = 26 };

/* Of the requests for one row of the table of endpoints. */
struct metrics_route {
    _Atomic uint64_t answers[METRICS_METHODS][METRICS_STATUSES];
    struct metrics_histogram took;
};

struct metrics {
    _Atomic uint64_t values[METRICS];
    _Atomic uint64_t servers[METRICS_SERVERS][SERVER_METRICS];
    _Atomic uint64_t failures[ERROR_CODES];
    struct metrics_histogram database;
    struct metrics_route routes[]; /* in the table's order; the last one: of no endpoint */
};

/* A request that was answered. */
struct metrics_answer {
    const struct route *route; /* NULL: no endpoint's */
    const char *method;
    unsigned status;
    enum error_code failure; /* that it tells, or none */
    uint64_t took_us;
    uint64_t database_us; /* of it for the database; 0: it asked nothing of it */
};

/* One thread's; the caller's to free(). */
struct metrics *metrics_new(void);

static inline void metrics_set(struct metrics *metrics, enum metric metric, uint64_t value)
{
    atomic_store_explicit(&metrics->values[metric], value, memory_order_relaxed);
}

static inline void metrics_add(struct metrics *metrics, enum metric metric, uint64_t more)
{
    metrics_set(metrics, metric, atomic_load_explicit(&metrics->values[metric], memory_order_relaxed) + more);
}

static inline void metrics_set_server(struct metrics *metrics, enum metrics_server server, enum server_metric metric,
                                      uint64_t value)
{
    atomic_store_explicit(&metrics->servers[server][metric], value, memory_order_relaxed);
}

void metrics_answered(struct metrics *metrics, const struct metrics_answer *answer);

/* Appends all of them as Prometheus reads them, summed over the threads. */
void metrics_write(const struct metrics *const all[], unsigned count, struct buffer *text);

#endif
