/* worker: one thread that serves: an HTTP daemon, a loop and a database connection of its own */
#include "worker.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "gauges.h"
#include "handler.h"
#include "log.h"
#include "memory.h"
#include "quota.h"
#include "request.h"
#include "seal.h"
#include "tally.h"

/* How long who has connected before the end has to ask for the first time, and for a further one. */
enum { SWEEP_MS = 500, WELCOME_MS = 1000, LINGER_MS = 100 };

/* ---- clients ---- */

/* A proxy has the connections of many, and who is on this machine is no stranger. */
static bool is_limited(const struct worker *worker, const struct peer *peer)
{
    return worker->config->address_connections && !peer->local && !peers_have(&worker->config->trusted_proxies, peer);
}

/* Closed without a word: to say more would cost what is to be saved. */
static bool is_one_too_many(struct worker *worker, const struct sockaddr *address)
{
    struct peer peer = peer_of(address);
    if (!is_limited(worker, &peer) || tally_count(peer_hash(&peer)) < worker->config->address_connections)
        return false;
    worker->refused++;
    worker->refused_last = peer;
    return true;
}

static void log_refused(struct worker *worker)
{
    char address[PEER_TEXT_SIZE];
    if (!worker->refused)
        return;
    peer_write(&worker->refused_last, address);
    log_event(LOG_WARNING, "connections-refused", LOG_NUMBER("count", worker->refused), LOG_TEXT("last", address));
    worker->refused = 0;
}

static struct client *welcome(struct worker *worker, struct MHD_Connection *connection)
{
    int fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    struct client *client = client_add(
        &worker->clients, fd, MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr);
    client->counted = is_limited(worker, &client->peer);
    if (client->counted)
        tally_add(peer_hash(&client->peer));
    return client;
}

static void see_off(struct worker *worker, struct client *client)
{
    if (client->counted)
        tally_remove(peer_hash(&client->peer));
    client_remove(&worker->clients, client);
}

static void on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct worker *worker = context;
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        *socket_context = welcome(worker, connection);
    else
        see_off(worker, *socket_context);
    worker->service.crowded = worker->clients.count >= worker->config->max_connections;
    if (worker->service.crowded)
        acceptor_rest(&worker->acceptor);
    else
        acceptor_go_on(&worker->acceptor);
}

static void on_accepted(struct acceptor *acceptor, int fd, const struct sockaddr *name, socklen_t size)
{
    struct worker *worker = container_of(acceptor, struct worker, acceptor);
    if (is_one_too_many(worker, name))
        close(fd);
    else
        MHD_add_connection(worker->daemon, fd, name, size); /* which closes it where that fails */
}

static struct client *client_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/* A part of a long answer was taken, or one of a long import has come: the time for the next one begins. */
static void on_progress(struct MHD_Connection *connection)
{
    struct client *client = client_of(connection);
    client_go_on(client, loop_now());
}

static void on_turn(struct MHD_Connection *connection)
{
    struct client *client = client_of(connection);
    client_turn(client, client->phase, loop_now());
}

static void on_wait(struct MHD_Connection *connection)
{
    client_wait(client_of(connection), loop_now());
}

static void on_abandon(struct MHD_Connection *connection)
{
    client_break_off(client_of(connection));
}

static void on_news(struct freshness *known)
{
    feed_news(container_of(known, struct service, known)->feed);
}

static void on_sweep(struct loop_timer *timer)
{
    struct worker *worker = container_of(timer, struct worker, sweep);
    const struct config *config = worker->config;
    const struct client_times most = {
        .phase = {[CLIENT_RESTS] = config->idle_timeout_s * UINT64_C(1000),
                  [CLIENT_ASKS] = config->head_timeout_s * UINT64_C(1000),
                  [CLIENT_SENDS] = config->body_timeout_s * UINT64_C(1000),
                  [CLIENT_TAKES] = config->idle_timeout_s * UINT64_C(1000) + config->request_timeout_ms},
        .request = config->total_timeout_s * UINT64_C(1000),
    };
    clients_sweep(&worker->clients, &most);
    log_refused(worker);
    if (!worker->service.crowded)
        acceptor_go_on(&worker->acceptor);
    gauges_tell(&worker->service, &worker->clients);
    loop_timer_start(&worker->loop, timer, SWEEP_MS);
}

/* ---- libmicrohttpd ---- */

/* Of each pair of a query string libmicrohttpd would make a note in the pool, and close the connection without a word
 * once that is used up. The request has its own copy; here, in the connection's buffer, the query ends before it
 * begins. */
static void hide_query(const char *uri)
{
    char *mark = strchr(uri, '?');
    if (mark)
        mark[1] = 0;
}

static void *on_target(void *context, const char *uri, struct MHD_Connection *connection)
{
    struct worker *worker = context;
    struct client *client = client_of(connection);
    client_turn(client, CLIENT_ASKS, loop_now());
    struct request *request = handler_begin(&worker->service, uri, &client->peer);
    hide_query(uri);
    return request;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *upload, size_t *upload_size, void **request)
{
    (void)context, (void)url;
    const struct request *known = *request;
    if (known->state == REQUEST_NEW || *upload_size == 0) /* its head has come, or all of it */
        client_turn(client_of(connection), known->state == REQUEST_NEW ? CLIENT_SENDS : CLIENT_TAKES, loop_now());
    return handler_handle(*request, connection, method, version, upload, upload_size);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **request,
                         enum MHD_RequestTerminationCode how)
{
    uint64_t now_us = loop_now_us();
    (void)context, (void)how;
    client_turn(client_of(connection), CLIENT_RESTS, now_us / 1000);
    if (*request)
        handler_end(*request, now_us);
    *request = NULL;
}

static void on_daemon_ready(struct loop_watch *watch, uint32_t events)
{
    (void)watch, (void)events; /* before_wait() runs the daemon in every turn */
}

static bool daemon_start(struct worker *worker)
{
    const struct config *config = worker->config;
    const struct tls *tls = worker->edition->tls;
    unsigned flags = MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME;
    worker->daemon = MHD_start_daemon(
        flags | (tls ? MHD_USE_TLS : 0), 0, NULL, NULL, on_request, worker, /* */
        MHD_OPTION_URI_LOG_CALLBACK, on_target, worker, MHD_OPTION_NOTIFY_COMPLETED, on_completed, worker,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, worker, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)config->head_bytes, MHD_OPTION_CONNECTION_LIMIT, config->max_connections, MHD_OPTION_STRICT_FOR_CLIENT,
        0, tls ? MHD_OPTION_HTTPS_CERT_CALLBACK2 : MHD_OPTION_END, tls_retrieve, MHD_OPTION_HTTPS_PRIORITIES,
        tls ? tls_priorities(tls) : NULL, MHD_OPTION_END);
    if (!worker->daemon)
        return false;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(worker->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    worker->daemon_watch = (struct loop_watch){.fd = info->epoll_fd, .ready = on_daemon_ready};
    return loop_watch(&worker->loop, &worker->daemon_watch, EPOLLIN);
}

/* ---- what it is told ---- */

static void take_up(struct worker *worker, const struct edition *edition)
{
    const struct config *config = &edition->config;
    worker->edition = edition;
    worker->config = config;
    snprintf(worker->cache_control, sizeof(worker->cache_control),
             "%s, max-age=%u, stale-while-revalidate=60, stale-if-error=%u", config->closed ? "private" : "public",
             config->max_age_s, config->stale_if_error_s);
    worker->service.known.stale_most = config->stale_if_error_s;
    snprintf(worker->hsts, sizeof(worker->hsts), "max-age=%u", config->hsts_s);
    worker->service.hsts = edition->tls && config->hsts_s ? worker->hsts : NULL;
    worker->service.cache_control = worker->cache_control;
    worker->service.log_requests = config->log_requests;
    worker->service.slow_us = config->slow_ms * UINT64_C(1000);
    worker->service.closed = config->closed;
    worker->service.cors_origins = config->cors_origins;
    worker->service.body_most = config->body_bytes;
    worker->service.result_most = config->result_bytes;
    worker->service.memory_most = (size_t)config->memory_bytes + config->cache_bytes;
    quota_init(&worker->quotas, config);
    worker->service.quotas = &worker->quotas;
    worker->service.rated = quotas_are_set(&worker->quotas);
}

void worker_tell(struct worker *worker, const struct edition *edition)
{
    worker->told = edition;
    loop_wake(&worker->loop);
}

void worker_ask(struct worker *worker)
{
    worker->asked++;
    loop_wake(&worker->loop);
}

bool worker_has_answered(const struct worker *worker)
{
    return worker->answered == worker->asked;
}

/* ---- a turn of the loop ---- */

static void drain(struct worker *worker)
{
    worker->drain_until = loop_now() + worker->config->request_timeout_ms;
    worker->linger_until = loop_now() + LINGER_MS;
    worker->welcome_until = loop_now() + WELCOME_MS;
    worker->service.draining = true;
    feed_end(&worker->feed);
    acceptor_end(&worker->acceptor);
    readiness_look(&worker->readiness);
    gauges_tell(&worker->service, &worker->clients);
}

static bool drained(const struct worker *worker)
{
    uint64_t now = loop_now();
    if (!worker->drain_until || now >= worker->drain_until)
        return worker->drain_until;
    bool expects = now < worker->linger_until || (now < worker->welcome_until && clients_any_fresh(&worker->clients));
    return worker->service.active == 0 && !expects;
}

static int daemon_wait(struct worker *worker)
{
    enum { DRAIN_STEP_MS = 50 };
    MHD_UNSIGNED_LONG_LONG wait;
    int most = worker->drain_until ? DRAIN_STEP_MS : -1;
    if (worker->service.woken)
        return 0;
    if (MHD_get_timeout(worker->daemon, &wait) != MHD_YES)
        return most;
    int limit = wait > INT_MAX ? INT_MAX : (int)wait;
    return most >= 0 && most < limit ? most : limit;
}

static void adjust(struct db *db, const struct config *config)
{
    db_adjust(db, config->request_timeout_ms, config->queue, config->slow_ms);
}

/* What was told before the question is taken up when it is answered. */
static void take_word(struct worker *worker)
{
    unsigned asked = worker->asked;
    const struct edition *told = worker->told;
    if (told != worker->edition) {
        take_up(worker, told);
        tls_show(told->tls);
        params_page_most(told->config.page_most);
        adjust(&worker->service.db, worker->config);
        worker->service.known.lag_most = told->config.replica_lag_ms;
        if (worker->service.standby.present)
            adjust(&worker->service.standby.db, worker->config);
        gauges_begin(&worker->service, worker->config);
        service_forget(&worker->service);
    }
    worker->answered = asked;
}

static int before_wait(struct loop *loop)
{
    struct worker *worker = container_of(loop, struct worker, loop);
    take_word(worker);
    if (loop->stopping && !worker->drain_until)
        drain(worker);
    readiness_look(&worker->readiness);
    worker->service.woken = false;
    MHD_run(worker->daemon);
    db_flush(&worker->service.db);
    if (worker->service.standby.present)
        db_flush(&worker->service.standby.db);
    return drained(worker) ? LOOP_END : daemon_wait(worker);
}

/* ---- threads ---- */

bool worker_init(struct worker *worker, const struct edition *edition, unsigned number, unsigned threads, int64_t began)
{
    *worker = (struct worker){.told = edition, .sweep = {.fire = on_sweep}};
    acceptor_init(&worker->acceptor, &worker->loop, on_accepted);
    clients_init(&worker->clients);
    worker->service.known.began = began;
    worker->service.metrics = metrics_new();
    take_up(worker, edition);
    worker->service.head_bytes = worker->config->head_bytes;
    worker->service.progress = on_progress;
    worker->service.turn = on_turn;
    worker->service.wait = on_wait;
    worker->service.abandon = on_abandon;
    worker->service.known.changed = on_news;
    worker->service.feed = &worker->feed;
    worker->service.access = &worker->access;
    service_init(&worker->service, worker->config->cache_bytes / threads);
    readiness_init(&worker->readiness, &worker->service, number);
    gauges_begin(&worker->service, worker->config);
    return loop_init(&worker->loop) && daemon_start(worker);
}

bool worker_listen(struct worker *worker, int socket)
{
    return acceptor_add(&worker->acceptor, socket);
}

/* A suspended connection must not be there when the daemon stops: db_release() ends its
 * call, and it is resumed. */
static void worker_release(struct worker *worker)
{
    feed_release(&worker->feed);
    db_release(&worker->service.db);
    if (worker->service.standby.present)
        db_release(&worker->service.standby.db);
    MHD_run(worker->daemon);
    clients_break_off(&worker->clients);
    MHD_stop_daemon(worker->daemon);
    loop_release(&worker->loop);
    request_forget_spares(&worker->service);
    service_release(&worker->service);
    gauges_end(&worker->service);
}

static void start_standby(struct worker *worker, const struct db_settings *primary)
{
    struct standby *standby = &worker->service.standby;
    struct db_settings settings = *primary;
    settings.url = worker->config->read_url;
    settings.listen_url = NULL;
    settings.pooled = worker->config->pooled != POOLED_NONE;
    settings.wanted = "prefer-standby";
    settings.spread = true;
    settings.first = (unsigned)worker->service.id_prefix;
    settings.channel = NULL;
    settings.state = service_standby_state;
    settings.heard = service_heard_standby;
    standby->present = true;
    worker->service.known.lag_most = worker->config->replica_lag_ms;
    db_init(&standby->db, &worker->loop, &settings);
}

void *worker_main(void *context)
{
    struct worker *worker = context;
    const struct config *config = worker->config;
    struct db_settings settings = {
        .url = config->database_url,
        .listen_url = config->listen_url,
        .wanted = config->read_url ? "read-write" : NULL,
        .pooled = config->pooled == POOLED_ALL,
        .place = service_place,
        .next_place = service_next_place,
        .placed = config->read_url,
        .connections = config->db_connections,
        .deadline_ms = config->request_timeout_ms,
        .queue = config->queue,
        .slow_ms = config->slow_ms,
        .traced = config->trace_database,
        .prepare = worker->service.queries.prepare,
        .prepare_count = worker->service.queries.prepare_count,
        .channel = service_channel,
        .state = config->read_url ? service_placed_state : service_state,
        .heard = service_heard,
        .greeting = config->secret ? NULL : service_greeting,
        .ungreeted = service_ungreeted,
        .greeted = service_greeted,
    };
    if (config->secret)
        seal_use(config->secret, strlen(config->secret));
    worker->loop.before_wait = before_wait;
    tls_show(worker->edition->tls);
    params_page_most(config->page_most);
    db_init(&worker->service.db, &worker->loop, &settings);
    if (config->read_url)
        start_standby(worker, &settings);
    feed_init(&worker->feed, &worker->service);
    loop_timer_start(&worker->loop, &worker->sweep, SWEEP_MS);
    loop_run(&worker->loop);
    worker_release(worker);
    return NULL;
}
