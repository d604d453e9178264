/* server: N threads that share nothing, each with its own HTTP daemon, loop and database connection */
#include "server.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "admin.h"
#include "hash.h"
#include "listener.h"
#include "log.h"
#include "memory.h"
#include "options.h"
#include "worker.h"

/* How long threads have to take up what they are told, until the next is done. */
enum { TELL_MS = 2000 };

struct server {
    int argc;
    char *const *argv;
    struct edition *edition;                  /* the newest, and behind it all others: threads may know texts of each */
    struct listener listener, admin_listener; /* for clients; for operators, without a socket where none is wanted */
    struct worker *workers;
    unsigned count;
    const struct metrics *metrics[THREADS_MAX];
    struct admin *admin;
    sigset_t signals;
};

/* ---- start ---- */

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

static void add_edition(struct server *server, const struct config *config, struct tls *tls)
{
    struct edition *edition = memory_alloc(sizeof(*edition));
    *edition = (struct edition){.config = *config, .tls = tls, .older = server->edition};
    server->edition = edition;
}

static bool open_all(struct server *server, const struct config *config)
{
    return listener_open(&server->listener, &config->listen, config->listen_mode, server->count) &&
           (!*config->admin_listen.host ||
            listener_open(&server->admin_listener, &config->admin_listen, config->listen_mode, 1));
}

static bool start_all(struct server *server)
{
    int64_t began = time(NULL);
    for (unsigned i = 0; i < server->count; i++)
        if (!worker_init(&server->workers[i], server->edition, server->count, began) ||
            !worker_listen(&server->workers[i], server->listener.sockets[i])) {
            fputs("claimd: cannot start the HTTP daemon.\n", stderr);
            return false;
        }
    for (unsigned i = 0; i < server->count; i++)
        if (pthread_create(&server->workers[i].thread, NULL, worker_main, &server->workers[i]) != 0) {
            fputs("claimd: cannot start a thread.\n", stderr);
            return false;
        }
    return true;
}

static bool start_admin(struct server *server)
{
    if (!server->admin_listener.sockets)
        return true;
    for (unsigned i = 0; i < server->count; i++)
        server->metrics[i] = server->workers[i].service.metrics;
    server->admin = admin_start(server->admin_listener.sockets[0], server->metrics, server->count);
    if (!server->admin)
        fputs("claimd: cannot start the HTTP daemon for operators.\n", stderr);
    return server->admin;
}

/* ---- reload ---- */

/* What may change has the value that was told, and all else the value that it had; how many have changed. */
static unsigned merge_settings(struct config *next, const struct config *now)
{
    unsigned changed = 0;
    for (const struct setting *setting = config_settings; setting->flag; setting++) {
        if (!setting->variable || config_same(next, now, setting))
            continue;
        if (setting->live) {
            changed++;
            continue;
        }
        log_event(LOG_WARNING, "needs-restart", LOG_TEXT("setting", setting->flag));
        config_keep(next, now, setting);
    }
    return changed;
}

/* The certificate as it is now, the same one if it has not changed. */
static bool reread_certificate(const struct edition *now, struct tls **ret)
{
    const struct config *config = &now->config;
    char fault[TLS_FAULT];
    *ret = now->tls;
    if (!now->tls)
        return true;
    struct tls *next = tls_read(config->tls_certificate, config->tls_key, config->tls_priorities, fault);
    if (!next) {
        log_event(LOG_ERROR, "reload-refused", LOG_TEXT("reason", fault));
        return false;
    }
    if (tls_same(next, now->tls))
        tls_release(next);
    else
        *ret = next;
    return true;
}

static void log_certificate(const struct tls *tls)
{
    if (tls)
        log_event(LOG_INFO, "certificate", LOG_NUMBER("days_left", (tls_ends(tls) - time(NULL)) / 86400));
}

static bool all_have_answered(const struct server *server)
{
    for (unsigned i = 0; i < server->count; i++)
        if (!worker_has_answered(&server->workers[i]))
            return false;
    return true;
}

/* Until all threads do what they were told, or one of them takes too long for that. */
static void tell_all(struct server *server)
{
    static const struct timespec moment = {.tv_nsec = 1000000};
    uint64_t until = loop_now() + TELL_MS;
    for (unsigned i = 0; i < server->count; i++) {
        worker_tell(&server->workers[i], server->edition);
        worker_ask(&server->workers[i]);
    }
    while (!all_have_answered(server) && loop_now() < until)
        nanosleep(&moment, NULL);
}

static void reload(struct server *server)
{
    struct config next;
    if (!options_reread(&next, server->argc, server->argv)) {
        log_event(LOG_ERROR, "reload-refused", LOG_TEXT("reason", config_fault()));
        return;
    }
    struct tls *tls;
    if (!reread_certificate(server->edition, &tls)) {
        config_release(&next);
        return;
    }
    unsigned changed = merge_settings(&next, &server->edition->config);
    bool renewed = tls != server->edition->tls;
    if (changed || renewed) {
        add_edition(server, &next, tls);
        tell_all(server);
    } else {
        config_release(&next);
    }
    if (renewed)
        log_certificate(tls);
    log_event(LOG_INFO, "reloaded", LOG_NUMBER("changed", changed));
}

/* ---- life ---- */

static void serve_until_stopped(struct server *server)
{
    for (;;) {
        switch (sigwaitinfo(&server->signals, NULL)) {
        case SIGHUP:
            reload(server);
            break;
        case SIGINT:
            log_event(LOG_INFO, "stopping", LOG_TEXT("signal", "SIGINT"));
            return;
        case SIGTERM:
            log_event(LOG_INFO, "stopping", LOG_TEXT("signal", "SIGTERM"));
            return;
        default: /* woken for nothing */
            break;
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

static void stop_all(struct server *server)
{
    listener_release(&server->listener);
    for (unsigned i = 0; i < server->count; i++)
        loop_stop(&server->workers[i].loop);
    for (unsigned i = 0; i < server->count; i++)
        pthread_join(server->workers[i].thread, NULL);
    stop_admin(server);
    free(server->workers);
    for (struct edition *edition = server->edition, *older; edition; edition = older) {
        older = edition->older;
        if (!older || older->tls != edition->tls)
            tls_release(edition->tls);
        config_release(&edition->config);
        free(edition);
    }
}

static bool read_certificate(const struct config *config, struct tls **ret)
{
    char fault[TLS_FAULT];
    *ret = NULL;
    if (!config->tls_certificate)
        return true;
    *ret = tls_read(config->tls_certificate, config->tls_key, config->tls_priorities, fault);
    if (!*ret)
        fprintf(stderr, "claimd: %s\n", fault);
    return *ret;
}

int server_run(const struct config *config, int argc, char *const argv[])
{
    struct server server = {.argc = argc, .argv = argv, .count = config->threads ? config->threads : cores()};
    block_signals(&server);
    raise_descriptor_limit();
    hash_init();
    if (!open_all(&server, config))
        return 2;
    struct tls *tls;
    if (!read_certificate(config, &tls))
        return 2;
    add_edition(&server, config, tls);
    server.workers = memory_alloc(server.count * sizeof(*server.workers));
    if (!start_all(&server) || !start_admin(&server))
        return 1; /* the process ends, and with it whatever did start */
    log_event(LOG_INFO, "listening", LOG_TEXT("address", server.listener.address),
              LOG_TEXT("admin", server.admin_listener.address), LOG_NUMBER("threads", server.count));
    log_certificate(tls);
    serve_until_stopped(&server);
    stop_all(&server);
    log_write(LOG_INFO, "stopped", NULL);
    return 0;
}
