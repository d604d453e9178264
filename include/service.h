/* service: what the requests of one thread share
 */
#ifndef CLAIMD_SERVICE_H
#define CLAIMD_SERVICE_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

#include "buffer.h"
#include "cache.h"
#include "db.h"
#include "flights.h"
#include "freshness.h"
#include "heads.h"
#include "metrics.h"
#include "query.h"

/* Standbys, which may answer reads where they are new enough. */
struct standby {
    struct db db;
    bool present;            /* there are some */
    struct loop_timer bound; /* until what they say is not confirmed any more */
};

struct access;
struct feed;
struct quotas;
struct request;

struct service {
    struct db db; /* the primary */
    struct standby standby;
    struct freshness known; /* of the data */
    struct query_set queries;
    struct cache cache;
    struct heads heads;
    struct flights flights;
    struct feed *feed;
    struct access *access;
    bool closed;           /* reading takes a token */
    struct buffer head;    /* of the request at hand, as recall.c reads it */
    struct request *spare; /* requests that have ended, to be used again */
    unsigned spares;
    size_t head_bytes;         /* of memory for the heads of a request and its answer */
    size_t body_most;          /* bytes that a request's body may have */
    const char *cache_control; /* of documents */
    const char *hsts;          /* Strict-Transport-Security (RFC 6797, section 6.1); NULL: nothing is said */
    const char *cors_origins;  /* comma list of the web pages that may read answers; "*": all */
    uint64_t id_prefix;        /* of the ids of this thread's requests: random */
    unsigned id_count;         /* how many it has given */
    struct metrics *metrics;   /* the thread's */
    uint64_t slow_us;          /* a request that takes so long is logged; 0: none is */
    size_t result_most;        /* bytes of one result */
    size_t memory_most;        /* of all that is held for clients: see held.h */
    const struct quotas *quotas;
    bool rated; /* there are some */
    bool log_requests;
    bool ready;      /* it can answer requests: see readiness.h */
    bool draining;   /* the thread stops: answers close their connection */
    bool crowded;    /* no client more can connect: answers close their connection, so that others get their turn */
    bool woken;      /* a connection was resumed: libmicrohttpd has to be run */
    unsigned active; /* requests whose head has come and that have not ended */

    /* It is the client's turn, to take its answer or a part of it, or to send more; or it is not: how long it waits is
     * bounded by what it waits for. */
    void (*turn)(struct MHD_Connection *connection);
    void (*wait)(struct MHD_Connection *connection);

    /* One of many parts of what it sends or takes is there. */
    void (*progress)(struct MHD_Connection *connection);

    /* The rest of its answer cannot be had. */
    void (*abandon)(struct MHD_Connection *connection);
};

/* `cache_bytes` of memory for finished answers; 0: none is kept, and each request is asked of the database. */
void service_init(struct service *service, size_t cache_bytes);
void service_release(struct service *service);

/* Answers that are kept are not given any more: they would be put otherwise now. */
void service_forget(struct service *service);

/* Where data changes are told, and the query of what has been told so far (see db.h): without and with the position,
 * and of a standby. */
extern const char service_channel[], service_state[], service_placed_state[], service_standby_state[];

/* The queries of a server's position, without and with its timeline. */
extern const char service_place[], service_next_place[];

/* The query of the key that cursors are sealed by (see seal.h), and what takes it, as struct db_settings has them. */
extern const char service_greeting[], service_ungreeted[];
void service_greeted(struct db *db, const char *key);

/* As struct db_settings has it, for the db of a service. A text is the second of the last change. */
void service_heard(struct db *db, enum db_news news, const char *payload);

/* The same for the db of its standbys, who are believed while the primary is silent. A text is the number of the last
 * change. */
void service_heard_standby(struct db *db, enum db_news news, const char *payload);

#endif
