/* server: N threads that share nothing, each with its own HTTP daemon, loop and database connection */
#include "server.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "admin.h"
#include "edition.h"
#include "hash.h"
#include "listener.h"
#include "log.h"
#include "memory.h"
#include "sandbox.h"
#include "supervisor.h"
#include "worker.h"

/* How long threads have for a sign of life before the next is done without it. */
enum { SIGN_MS = 2000 };

_Static_assert((int)ACCEPTOR_SOCKETS_MAX >= (int)SUPERVISOR_SOCKETS_MAX,
               "each thread accepts on every socket that is passed");

struct server {
    struct supervisor supervisor;
    struct edition *edition; /* the newest */
    struct listener listeners[SUPERVISOR_SOCKETS_MAX];
    unsigned listeners_count;
    struct listener admin_listener; /* for operators, without a socket where none is wanted */
    struct worker *workers;
    unsigned count;
    const struct metrics *metrics[THREADS_MAX];
    struct admin *admin;
    sigset_t signals;
};

/* ---- start ---- */

static bool complain(const char *fault)
{
    fprintf(stderr, "claimd: %s\n", fault);
    return false;
}

static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static unsigned cores(void)
{
    cpu_set_t set;
    unsigned count = sched_getaffinity(0, sizeof(set), &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
    return count < THREADS_MAX ? count : THREADS_MAX;
}

static void block_signals(struct server *server)
{
    sigemptyset(&server->signals);
    sigaddset(&server->signals, SIGINT);
    sigaddset(&server->signals, SIGTERM);
    sigaddset(&server->signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &server->signals, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* Sockets that were passed are listened on instead of the address that was told. */
static bool open_listeners(struct server *server, const struct config *config)
{
    const struct supervisor *supervisor = &server->supervisor;
    for (unsigned i = 0; i < supervisor->count; i++)
        if (!listener_adopt(&server->listeners[server->listeners_count++], supervisor->sockets[i], server->count))
            return false;
    return server->listeners_count || listener_open(&server->listeners[server->listeners_count++], &config->listen,
                                                    config->listen_mode, server->count);
}

static bool open_admin_listener(struct server *server, const struct config *config)
{
    return !*config->admin_listen.host ||
           listener_open(&server->admin_listener, &config->admin_listen, config->listen_mode, 1);
}

static bool give_up_rank(const struct server *server, const struct config *config)
{
    char fault[SANDBOX_FAULT];
    bool filters = !config->no_sandbox && !sandbox_is_left_out();
    bool removes_files = *server->listeners->file || *server->admin_listener.file;
    return (sandbox_become(config->user, fault) && (!filters || sandbox_enter(removes_files, fault))) ||
           complain(fault);
}

static bool init_worker(struct server *server, unsigned number, int64_t began)
{
    struct worker *worker = &server->workers[number];
    bool good = worker_init(worker, server->edition, number, server->count, began);
    for (unsigned i = 0; i < server->listeners_count && good; i++)
        good = worker_listen(worker, server->listeners[i].sockets[number]);
    return good || complain("cannot start the HTTP daemon.");
}

static bool start_all(struct server *server)
{
    int64_t began = time(NULL);
    server->workers = memory_alloc(server->count * sizeof(*server->workers));
    for (unsigned i = 0; i < server->count; i++)
        if (!init_worker(server, i, began))
            return false;
    for (unsigned i = 0; i < server->count; i++)
        if (pthread_create(&server->workers[i].thread, NULL, worker_main, &server->workers[i]) != 0)
            return complain("cannot start a thread.");
    return true;
}

static bool start_admin(struct server *server)
{
    if (!server->admin_listener.sockets)
        return true;
    for (unsigned i = 0; i < server->count; i++)
        server->metrics[i] = server->workers[i].service.metrics;
    server->admin = admin_start(server->admin_listener.sockets[0], server->metrics, server->count);
    return server->admin || complain("cannot start the HTTP daemon for operators.");
}

/* ---- signs of life ---- */

static void ask_all(struct server *server)
{
    for (unsigned i = 0; i < server->count; i++)
        worker_ask(&server->workers[i]);
}

static bool all_have_answered(const struct server *server)
{
    for (unsigned i = 0; i < server->count; i++)
        if (!worker_has_answered(&server->workers[i]))
            return false;
    return true;
}

/* Until all threads have turned, and so taken up what they were told, or one of them takes too long for that. */
static void hear_from_all(struct server *server)
{
    static const struct timespec moment = {.tv_nsec = 1000000};
    uint64_t until = loop_now() + SIGN_MS;
    ask_all(server);
    while (!all_have_answered(server) && loop_now() < until)
        nanosleep(&moment, NULL);
}

/* The watchdog hears of it if no thread stands still. */
static void sign_of_life(struct server *server)
{
    if (all_have_answered(server))
        supervisor_alive(&server->supervisor);
    ask_all(server);
}

/* ---- life ---- */

static void say_ready(struct server *server)
{
    char status[ADDRESS_TEXT + 64];
    snprintf(status, sizeof(status), "Serves on %s%s with %u threads.", server->listeners->address,
             server->listeners_count > 1 ? " and others" : "", server->count);
    hear_from_all(server);
    supervisor_ready(&server->supervisor, status);
}

/* What has changed is so once the log says it. */
static void reload(struct server *server, int argc, char *const argv[])
{
    unsigned changed;
    supervisor_reloading(&server->supervisor);
    bool good = edition_renew(&server->edition, argc, argv, &changed);
    for (unsigned i = 0; i < server->count; i++)
        worker_tell(&server->workers[i], server->edition);
    say_ready(server);
    if (good)
        log_event(LOG_INFO, "reloaded", LOG_NUMBER("changed", changed));
}

/* The next signal, or 0 when it is time for a sign of life. */
static int next_signal(const struct server *server, uint64_t sign_at)
{
    uint64_t now = loop_now_us(), wait = sign_at > now ? sign_at - now : 0;
    struct timespec limit = {.tv_sec = (time_t)(wait / 1000000), .tv_nsec = (long)(wait % 1000000 * 1000)};
    int caught;
    do
        caught = server->supervisor.watchdog_us ? sigtimedwait(&server->signals, NULL, &limit)
                                                : sigwaitinfo(&server->signals, NULL);
    while (caught < 0 && errno == EINTR);
    return caught < 0 ? 0 : caught;
}

static int serve_until_stopped(struct server *server, int argc, char *const argv[])
{
    uint64_t step = server->supervisor.watchdog_us / 2, sign_at = loop_now_us() + step;
    for (;;) {
        int caught = next_signal(server, sign_at);
        if (caught == SIGHUP)
            reload(server, argc, argv);
        else if (caught)
            return caught;
        if (step && loop_now_us() >= sign_at) {
            sign_of_life(server);
            sign_at = loop_now_us() + step;
        }
    }
}

/* Operators are answered until then, so that the end of what is under way can be watched. */
static void stop_admin(struct server *server)
{
    listener_release(&server->admin_listener);
    admin_stop(server->admin);
    for (unsigned i = 0; i < server->count; i++)
        free(server->workers[i].service.metrics);
}

static void release_listeners(struct server *server)
{
    for (unsigned i = 0; i < server->listeners_count; i++)
        listener_release(&server->listeners[i]);
}

static void stop_all(struct server *server)
{
    release_listeners(server);
    for (unsigned i = 0; i < server->count; i++)
        loop_stop(&server->workers[i].loop);
    for (unsigned i = 0; i < server->count; i++)
        pthread_join(server->workers[i].thread, NULL);
    stop_admin(server);
    free(server->workers);
    edition_release(server->edition);
    supervisor_release(&server->supervisor);
}

/* Of a start that failed. */
static void remove_files(struct server *server)
{
    release_listeners(server);
    listener_release(&server->admin_listener);
}

static bool begin(struct server *server, const struct config *config)
{
    char fault[SUPERVISOR_FAULT];
    if (!supervisor_init(&server->supervisor, fault))
        return complain(fault);
    return open_listeners(server, config) && open_admin_listener(server, config) && give_up_rank(server, config) &&
           (server->edition = edition_first(config)) != NULL;
}

static void log_listening(const struct server *server)
{
    for (unsigned i = 0; i < server->listeners_count; i++)
        log_event(LOG_INFO, "listening", LOG_TEXT("address", server->listeners[i].address),
                  LOG_TEXT("admin", server->admin_listener.address), LOG_NUMBER("threads", server->count));
}

int server_run(const struct config *config, int argc, char *const argv[])
{
    struct server server = {.count = config->threads ? config->threads : cores()};
    block_signals(&server);
    raise_descriptor_limit();
    hash_init();
    if (!begin(&server, config)) {
        remove_files(&server);
        supervisor_release(&server.supervisor);
        return SERVER_MISCONFIGURED;
    }
    if (!start_all(&server) || !start_admin(&server)) {
        remove_files(&server);
        return SERVER_FAILED; /* the process ends, and with it whatever did start */
    }
    log_listening(&server);
    say_ready(&server);
    int caught = serve_until_stopped(&server, argc, argv);
    log_event(LOG_INFO, "stopping", LOG_TEXT("signal", caught == SIGINT ? "SIGINT" : "SIGTERM"));
    supervisor_stopping(&server.supervisor);
    stop_all(&server);
    log_write(LOG_INFO, "stopped", NULL);
    return SERVER_STOPPED;
}
