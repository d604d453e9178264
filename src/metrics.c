/* metrics: what threads count, each in memory of its own, and the sum over all of them */
#include "metrics.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "exposition.h"
#include "memory.h"

const uint64_t metrics_bounds_us[METRICS_BOUNDS] = {500, 1000, 5000, 20000, 100000, 500000, 1000000, 5000000};

/* ---- THE tables of numbers ---- */

/* GREATEST: a gauge whose sum would mean nothing; LAG: one of microseconds, of standbys */
enum kind { COUNTER, GAUGE, GREATEST, LAG };

static const char *const type_names[] = {
    [COUNTER] = "counter", [GAUGE] = "gauge", [GREATEST] = "gauge", [LAG] = "gauge"};

/* A family's rows stand together; what it means is that of the first. */
struct row {
    const char *name;
    enum kind kind;
    struct label label;
    const char *meaning;
};

#define CALLS(status, outcome)                                                                                         \
    [SERVER_CALLS + (status)] = {"claimd_database_calls_total", COUNTER, {"outcome", outcome}, CALLS_MEANING}
#define CALLS_MEANING "Queries and transactions by how they ended; those that were refused a place are among them."
#define LINKS(role, name)                                                                                              \
    [SERVER_LINKS + (role)] = {"claimd_database_connections", GAUGE, {"role", name}, LINKS_MEANING}
#define LINKS_MEANING "Connections to the database that are ready, by what they are for."

/* clang-format off */

static const struct row table[METRICS] = {
    [METRIC_ABANDONED] = {"claimd_requests_abandoned_total", COUNTER, {0}, "Requests that ended without an answer: the client left, or what it sent was no HTTP."},
    [METRIC_IN_FLIGHT] = {"claimd_requests_in_flight", GAUGE, {0}, "Requests whose head has come and that have not ended."},
    [METRIC_CLIENTS] = {"claimd_client_connections", GAUGE, {0}, "Connections of clients."},
    [METRIC_CLIENTS_MOST] = {"claimd_client_connections_limit", GAUGE, {0}, "Connections of clients that there may be."},
    [METRIC_CLIENTS_TOTAL] = {"claimd_client_connections_accepted_total", COUNTER, {0}, "Connections of clients that were accepted."},
    [METRIC_CACHE_HITS] = {"claimd_cache_hits_total", COUNTER, {0}, "Requests answered from memory."},
    [METRIC_CACHE_MISSES] = {"claimd_cache_misses_total", COUNTER, {0}, "Requests whose answer could have been in memory, and was not or was out of date."},
    [METRIC_CACHE_STALE] = {"claimd_cache_stale_total", COUNTER, {0}, "Misses answered with what was right before, as the database was away."},
    [METRIC_CACHE_ENTRIES] = {"claimd_cache_entries", GAUGE, {0}, "Answers in memory, those included of which the validator alone is left."},
    [METRIC_CACHE_BYTES] = {"claimd_cache_bytes", GAUGE, {0}, "Memory that answers take, about."},
    [METRIC_CACHE_BYTES_MOST] = {"claimd_cache_limit_bytes", GAUGE, {0}, "Memory that answers may take."},
    [METRIC_CACHE_EVICTIONS] = {"claimd_cache_evictions_total", COUNTER, {0}, "Answers that left memory to make room."},
    [METRIC_FLIGHTS_SHARED] = {"claimd_flights_shared_total", COUNTER, {0}, "Requests that waited for the answer to another one like them."},
    [METRIC_STREAMS_LIST] = {"claimd_streams", GAUGE, {"kind", "list"}, "Answers in parts that are on their way."},
    [METRIC_STREAMS_EVENTS] = {"claimd_streams", GAUGE, {"kind", "events"}, NULL},
    [METRIC_STREAMS_LIST_TOTAL] = {"claimd_streams_begun_total", COUNTER, {"kind", "list"}, "Answers in parts that were begun."},
    [METRIC_STREAMS_EVENTS_TOTAL] = {"claimd_streams_begun_total", COUNTER, {"kind", "events"}, NULL},
    [METRIC_FEED_WAITING] = {"claimd_feed_waiting", GAUGE, {0}, "Followers of changes, and requests with wait, that wait for news."},
    [METRIC_WRITES] = {"claimd_writes_total", COUNTER, {0}, "Changes that requests made and that were committed, imports apart."},
    [METRIC_IMPORTS] = {"claimd_imports_total", COUNTER, {0}, "Imports that were committed."},
    [METRIC_LINES_CREATED] = {"claimd_import_lines_total", COUNTER, {"outcome", "created"}, "Lines of imports that were committed."},
    [METRIC_LINES_REPLACED] = {"claimd_import_lines_total", COUNTER, {"outcome", "replaced"}, NULL},
    [METRIC_LINES_UNCHANGED] = {"claimd_import_lines_total", COUNTER, {"outcome", "unchanged"}, NULL},
    [METRIC_LINES_REFUSED] = {"claimd_import_lines_total", COUNTER, {"outcome", "refused"}, NULL},
    [METRIC_STANDBY_LAG_US] = {"claimd_standby_lag_seconds", LAG, {0}, "How old what standbys show may be, the most of all threads; +Inf: not known, or more than a minute."},
    [METRIC_THREADS] = {"claimd_threads", GAUGE, {0}, "Threads that serve."},
    [METRIC_THREADS_READY] = {"claimd_threads_ready", GAUGE, {0}, "Threads that can answer what needs a database, as /readyz says of all of them."},
    [METRIC_THREADS_INFORMED] = {"claimd_threads_informed", GAUGE, {0}, "Threads that hear of changes, and so may answer from memory."},
    [METRIC_DATA_VERSIONS] = {"claimd_data_versions", GREATEST, {0}, "States of the data that a thread has known, the most of all threads."},
    [METRIC_DATA_CHANGED_AT] = {"claimd_data_changed_timestamp_seconds", GREATEST, {0}, "When the data last changed, as the database says; 0: not known."},
};

/* The same of each server, with a label that says which. */
static const struct row server_table[SERVER_METRICS] = {
    [SERVER_QUEUE] = {"claimd_database_calls_under_way", GAUGE, {0}, "Queries and transactions that have not ended."},
    [SERVER_QUEUE_MOST] = {"claimd_database_calls_limit", GAUGE, {0}, "Queries and transactions that may be under way; the next is refused."},
    [SERVER_QUEUE_WAITING] = {"claimd_database_calls_waiting", GAUGE, {0}, "Those of them that no connection has taken yet."},
    CALLS(DB_OK, "ok"),
    CALLS(DB_REFUSED, "refused"),
    CALLS(DB_MISFIT, "misfit"),
    CALLS(DB_FAILED, "failed"),
    CALLS(DB_UNABLE, "unable"),
    CALLS(DB_TIMEOUT, "timeout"),
    CALLS(DB_OVERLOADED, "overloaded"),
    CALLS(DB_UNREADY, "unready"),
    CALLS(DB_UNAVAILABLE, "unavailable"),
    CALLS(DB_UNKNOWN, "unknown"),
    [SERVER_CALLS_SENT] = {"claimd_database_calls_sent_total", COUNTER, {0}, "Queries and transactions that were sent; what was sent again counts again."},
    [SERVER_BATCHES] = {"claimd_database_batches_total", COUNTER, {0}, "Round trips that took them: what a turn of the loop sent on one connection."},
    LINKS(DB_ROLE_READ, "read"),
    LINKS(DB_ROLE_LISTEN, "listen"),
    LINKS(DB_ROLE_WRITE, "write"),
    LINKS(DB_ROLE_IMPORT, "import"),
    [SERVER_LINKS_READ_WANTED] = {"claimd_database_connections_wanted", GAUGE, {"role", "read"}, "Connections that there should be; those that write are opened when needed."},
    [SERVER_LINKS_LISTEN_WANTED] = {"claimd_database_connections_wanted", GAUGE, {"role", "listen"}, NULL},
    [SERVER_CONNECTS] = {"claimd_database_connects_total", COUNTER, {0}, "Connections that became ready: beyond the first ones, reconnections."},
    [SERVER_CONNECTS_FAILED] = {"claimd_database_connects_failed_total", COUNTER, {0}, "Attempts to connect that failed."},
    [SERVER_LINKS_LOST] = {"claimd_database_connections_lost_total", COUNTER, {0}, "Connections that were ready and were lost."},
};

/* clang-format on */

static const char *const server_names[] = {[METRICS_PRIMARY] = "primary", [METRICS_STANDBY] = "standby"};

/* A row that is missing would have no name. */
_Static_assert(DB_STATUSES == 10 && DB_ROLES == 4, "each way to end and each role has a row of its own above");

/* ---- counting ---- */

static const char *const methods[METRICS_METHODS] = {"GET",   "HEAD",   "POST",    "PUT",
                                                     "PATCH", "DELETE", "OPTIONS", "other"};

/* Those asked for most come first. The last one is all others'. */
static const unsigned statuses[METRICS_STATUSES] = {200, 304, 201, 204, 307, 400, 401, 403, 404, 405, 406, 409, 410,
                                                    412, 413, 414, 415, 422, 428, 429, 431, 500, 501, 503, 504, 0};

static unsigned method_place(const char *method)
{
    unsigned place = 0;
    while (place < METRICS_METHODS - 1 && strcmp(methods[place], method) != 0)
        place++;
    return place;
}

static unsigned status_place(unsigned status)
{
    unsigned place = 0;
    while (place < METRICS_STATUSES - 1 && statuses[place] != status)
        place++;
    return place;
}

static void add(_Atomic uint64_t *number, uint64_t more)
{
    atomic_store_explicit(number, atomic_load_explicit(number, memory_order_relaxed) + more, memory_order_relaxed);
}

static void observe(struct metrics_histogram *histogram, uint64_t took_us)
{
    unsigned bucket = 0;
    while (bucket < METRICS_BOUNDS && took_us > metrics_bounds_us[bucket])
        bucket++;
    add(&histogram->buckets[bucket], 1);
    add(&histogram->sum_us, took_us);
}

static size_t routes_count(void)
{
    size_t count = 0;
    while (routes[count].path)
        count++;
    return count;
}

/* The table of endpoints ends with a row that has no path: requests for no endpoint are counted there. */
struct metrics *metrics_new(void)
{
    return memory_alloc(sizeof(struct metrics) + (routes_count() + 1) * sizeof(struct metrics_route));
}

void metrics_answered(struct metrics *metrics, const struct metrics_answer *answer)
{
    size_t row = answer->route ? (size_t)(answer->route - routes) : routes_count();
    struct metrics_route *route = &metrics->routes[row];
    add(&route->answers[method_place(answer->method)][status_place(answer->status)], 1);
    observe(&route->took, answer->took_us);
    if (answer->database_us)
        observe(&metrics->database, answer->database_us);
    if (answer->failure)
        add(&metrics->failures[answer->failure], 1);
}

/* ---- sums ---- */

static uint64_t value_of(const _Atomic uint64_t *number)
{
    return atomic_load_explicit(number, memory_order_relaxed);
}

/* Over all threads, of the number that is there in each one's metrics. */
static uint64_t sum_at(const struct metrics *const all[], unsigned count, size_t offset, enum kind kind)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < count; i++) {
        uint64_t value = value_of((const _Atomic uint64_t *)((const char *)all[i] + offset));
        if (kind == COUNTER || kind == GAUGE)
            sum += value;
        else if (value > sum)
            sum = value;
    }
    return sum;
}

static uint64_t sum_of(const struct metrics *const all[], unsigned count, enum metric metric)
{
    return sum_at(all, count, offsetof(struct metrics, values[metric]), table[metric].kind);
}

static uint64_t sum_of_server(const struct metrics *const all[], unsigned count, enum metrics_server server,
                              enum server_metric metric)
{
    return sum_at(all, count, offsetof(struct metrics, servers[server][metric]), server_table[metric].kind);
}

static bool is_there(const struct metrics *const all[], unsigned count, enum metrics_server server)
{
    return sum_of_server(all, count, server, SERVER_QUEUE_MOST);
}

struct times {
    uint64_t counts[METRICS_BOUNDS + 1], sum_us, total;
};

static void times_add(struct times *times, const struct metrics_histogram *histogram)
{
    times->sum_us += value_of(&histogram->sum_us);
    for (unsigned i = 0; i <= METRICS_BOUNDS; i++) {
        uint64_t count = value_of(&histogram->buckets[i]);
        times->counts[i] += count;
        times->total += count;
    }
}

/* Rows of one path, as those that read and those that write, are one route to who asks. */
static bool same_path(size_t a, size_t b)
{
    return routes[a].path == routes[b].path ||
           (routes[a].path && routes[b].path && strcmp(routes[a].path, routes[b].path) == 0);
}

static bool is_first_of_path(size_t row)
{
    for (size_t other = 0; other < row; other++)
        if (same_path(other, row))
            return false;
    return true;
}

static const char *route_name(size_t row)
{
    return routes[row].path ? routes[row].path : "none";
}

/* ---- telling ---- */

static void write_answers(const struct metrics *const all[], unsigned count, size_t row, struct buffer *text)
{
    for (unsigned method = 0; method < METRICS_METHODS; method++)
        for (unsigned status = 0; status < METRICS_STATUSES; status++) {
            char code[16];
            uint64_t sum = 0;
            for (unsigned i = 0; i < count; i++)
                sum += value_of(&all[i]->routes[row].answers[method][status]);
            snprintf(code, sizeof(code), "%u", statuses[status]);
            if (sum)
                exposition_count(text, "claimd_requests_total",
                                 LABELS({"route", route_name(row)}, {"method", methods[method]},
                                        {"code", statuses[status] ? code : "other"}),
                                 sum);
        }
}

static void write_times(const struct metrics *const all[], unsigned count, size_t row, struct buffer *text)
{
    struct times times = {{0}, 0, 0};
    for (size_t other = row, last = routes_count(); other <= last; other++)
        for (unsigned i = 0; i < count && same_path(row, other); i++)
            times_add(&times, &all[i]->routes[other].took);
    if (times.total)
        exposition_histogram(text, "claimd_request_duration_seconds", LABELS({"route", route_name(row)}),
                             metrics_bounds_us, times.counts, METRICS_BOUNDS, times.sum_us);
}

static void write_requests(const struct metrics *const all[], unsigned count, struct buffer *text)
{
    size_t last = routes_count();
    exposition_family(text, "claimd_requests_total", "counter", "Requests that were answered.");
    for (size_t row = 0; row <= last; row++)
        write_answers(all, count, row, text);
    exposition_family(text, "claimd_request_duration_seconds", "histogram",
                      "Time from a request's first line to its answer, without what it was willing to wait for news.");
    for (size_t row = 0; row <= last; row++)
        if (is_first_of_path(row))
            write_times(all, count, row, text);
}

static void write_database(const struct metrics *const all[], unsigned count, struct buffer *text)
{
    struct times times = {{0}, 0, 0};
    for (unsigned i = 0; i < count; i++)
        times_add(&times, &all[i]->database);
    exposition_family(text, "claimd_request_database_seconds", "histogram",
                      "Time that requests waited for the database, of those that asked it.");
    exposition_histogram(text, "claimd_request_database_seconds", NULL, metrics_bounds_us, times.counts, METRICS_BOUNDS,
                         times.sum_us);
}

static void write_problems(const struct metrics *const all[], unsigned count, struct buffer *text)
{
    exposition_family(text, "claimd_problems_total", "counter",
                      "Requests that were refused or failed, by the type of problem.");
    for (unsigned code = ERROR_NONE + 1; code < ERROR_CODES; code++) {
        uint64_t sum = 0;
        for (unsigned i = 0; i < count; i++)
            sum += value_of(&all[i]->failures[code]);
        exposition_count(text, "claimd_problems_total", LABELS({"type", error_kind(code)->slug}), sum);
    }
}

/* Whether a family begins with the row. */
static bool begins(const struct row *rows, unsigned row)
{
    return !row || strcmp(rows[row].name, rows[row - 1].name) != 0;
}

static void write_family(const struct row *row, struct buffer *text)
{
    exposition_family(text, row->name, type_names[row->kind], row->meaning);
}

static void write_numbers(const struct metrics *const all[], unsigned count, struct buffer *text)
{
    for (unsigned metric = 0; metric < METRICS; metric++) {
        const struct row *row = &table[metric];
        if (row->kind == LAG && !is_there(all, count, METRICS_STANDBY))
            continue;
        if (begins(table, metric))
            write_family(row, text);
        if (row->kind == LAG)
            exposition_time(text, row->name, NULL, sum_of(all, count, metric));
        else
            exposition_count(text, row->name, row->label.name ? LABELS(row->label) : NULL, sum_of(all, count, metric));
    }
}

static void write_server(const struct metrics *const all[], unsigned count, enum metrics_server server, unsigned metric,
                         struct buffer *text)
{
    const struct row *row = &server_table[metric];
    exposition_count(text, row->name, LABELS({"server", server_names[server]}, row->label),
                     sum_of_server(all, count, server, metric));
}

/* The rows of one family of one server after those of the other. */
static void write_servers(const struct metrics *const all[], unsigned count, struct buffer *text)
{
    for (unsigned first = 0, behind; first < SERVER_METRICS; first = behind) {
        for (behind = first + 1; behind < SERVER_METRICS && !begins(server_table, behind);)
            behind++;
        write_family(&server_table[first], text);
        for (unsigned server = 0; server < METRICS_SERVERS; server++)
            for (unsigned metric = first; metric < behind && is_there(all, count, server); metric++)
                write_server(all, count, server, metric, text);
    }
}

void metrics_write(const struct metrics *const all[], unsigned count, struct buffer *text)
{
    write_requests(all, count, text);
    write_database(all, count, text);
    write_problems(all, count, text);
    write_numbers(all, count, text);
    write_servers(all, count, text);
}
