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

#include "hash.h"
#include "listener.h"
#include "log.h"
#include "memory.h"
#include "worker.h"

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

static void wait_for_stop(const sigset_t *signals)
{
    int caught = 0;
    sigwait(signals, &caught);
    log_event(LOG_INFO, "stopping", LOG_TEXT("signal", caught == SIGINT ? "SIGINT" : "SIGTERM"));
}

static bool start_all(struct worker *workers, const struct config *config, const struct listener *listener,
                      unsigned count)
{
    int64_t began = time(NULL);
    for (unsigned i = 0; i < count; i++)
        if (!worker_init(&workers[i], config, count, began) || !worker_listen(&workers[i], listener->sockets[i])) {
            fputs("claimd: cannot start the HTTP daemon.\n", stderr);
            return false;
        }
    for (unsigned i = 0; i < count; i++)
        if (pthread_create(&workers[i].thread, NULL, worker_main, &workers[i]) != 0) {
            fputs("claimd: cannot start a thread.\n", stderr);
            return false;
        }
    return true;
}

int server_run(const struct config *config)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    hash_init();

    unsigned count = config->threads ? config->threads : cores();
    struct listener listener;
    if (!listener_open(&listener, &config->listen, config->listen_mode, count))
        return 2;
    struct worker *workers = memory_alloc(count * sizeof(*workers));
    if (!start_all(workers, config, &listener, count))
        return 1; /* the process ends, and with it whatever did start */
    log_event(LOG_INFO, "listening", LOG_TEXT("address", listener.address), LOG_NUMBER("threads", count));
    wait_for_stop(&signals);
    listener_release(&listener);
    for (unsigned i = 0; i < count; i++)
        loop_stop(&workers[i].loop);
    for (unsigned i = 0; i < count; i++)
        pthread_join(workers[i].thread, NULL);
    free(workers);
    log_write(LOG_INFO, "stopped", NULL);
    return 0;
}
