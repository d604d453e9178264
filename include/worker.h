/* worker: one thread that serves: an HTTP daemon, a loop and a database connection of its own, sharing nothing
 */
#ifndef CLAIMD_WORKER_H
#define CLAIMD_WORKER_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "acceptor.h"
#include "access.h"
#include "client.h"
#include "edition.h"
#include "feed.h"
#include "loop.h"
#include "quota.h"
#include "readiness.h"
#include "service.h"

struct worker {
    pthread_t thread; /* the caller's */
    _Atomic(const struct edition *) told;
    const struct edition *edition; /* taken up */
    const struct config *config;   /* of that */
    atomic_uint asked, answered;
    struct loop loop;
    struct acceptor acceptor;
    struct service service;
    struct MHD_Daemon *daemon;
    struct loop_watch daemon_watch;
    struct clients clients;
    struct feed feed;
    struct access access;
    struct readiness readiness;
    struct quotas quotas;
    unsigned refused; /* connections since that was logged */
    struct peer refused_last;
    char cache_control[96], hsts[40];
    struct loop_timer sweep;
    uint64_t drain_until;                 /* loop_now(); 0 while serving */
    uint64_t linger_until, welcome_until; /* for a request on a connection that is kept open, or new */
};

/* One of `threads` of a process that began at that second. False where no HTTP daemon can be had. Editions
 * must outlast the worker. */
bool worker_init(struct worker *worker, const struct edition *edition, unsigned number, unsigned threads,
                 int64_t began);

/* Takes a listening socket, on which it will accept; before its thread begins. */
bool worker_listen(struct worker *worker, int socket);

/* From its next turn on the worker does what the edition tells, as far as that can change while it serves: see the
 * table of settings. From any thread. */
void worker_tell(struct worker *worker, const struct edition *edition);

/* Asks the worker for a sign of life, and whether there was one since. From the thread that started it. */
void worker_ask(struct worker *worker);
bool worker_has_answered(const struct worker *worker);

/* The thread's main function, for pthread_create(): serves until loop_stop(&worker->loop), which any thread may call,
 * finishes what is under way, and releases everything but the service's metrics, which others may read still and the
 * caller free()s. Its context is the worker; returns NULL. */
void *worker_main(void *context);

#endif
