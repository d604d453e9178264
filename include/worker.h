/* worker: one thread that serves: an HTTP daemon, a loop and a database connection of its own, sharing nothing
 */
#ifndef CLAIMD_WORKER_H
#define CLAIMD_WORKER_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "acceptor.h"
#include "access.h"
#include "client.h"
#include "config.h"
#include "feed.h"
#include "loop.h"
#include "service.h"

struct worker {
    pthread_t thread; /* the caller's */
    const struct config *config;
    struct loop loop;
    struct acceptor acceptor;
    struct service service;
    struct MHD_Daemon *daemon;
    struct loop_watch daemon_watch;
    struct clients clients;
    struct feed feed;
    struct access access;
    char cache_control[96];
    struct loop_timer sweep;
    uint64_t drain_until; /* loop_now(); 0 while serving */
    uint64_t drain_from;  /* the earliest end */
};

/* One of `threads` of a process that began at that second. False where no HTTP daemon can be had. The config must
 * outlast the worker. */
bool worker_init(struct worker *worker, const struct config *config, unsigned threads, int64_t began);

/* Takes a listening socket, on which it will accept; before its thread begins. */
bool worker_listen(struct worker *worker, int socket);

/* The thread's main function, for pthread_create(): serves until loop_stop(&worker->loop), which any thread may call,
 * finishes what is under way, and releases everything. Its context is the worker; returns NULL. */
void *worker_main(void *context);

#endif
