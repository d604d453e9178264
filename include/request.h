/* request: the life of one request: arrive, wait for the database, answer
 *
 * NEW → ACCEPTED → WAITING → READY. libmicrohttpd calls request_handle() in each; a response queued in the first call
 * would close the connection, so only what must be refused is answered there. While it waits the connection is
 * suspended; the database's result builds the response and resumes it. A streamed answer goes on waiting and resuming
 * from page to page. All of it belongs to one thread.
 */
#ifndef CLAIMD_REQUEST_H
#define CLAIMD_REQUEST_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

#include "db.h"
#include "query.h"
#include "validators.h"

/* The state of the data that answers are made from, as far as this thread has heard. */
struct data_state {
    uint64_t version;   /* another one after each change; 0: not known */
    int64_t changed_at; /* second of the last change, rounded up */
};

/* What the requests of one thread share. */
struct service {
    struct db db;
    struct query_set queries;
    struct validators validators;
    struct data_state data;
    uint64_t data_versions;    /* how many there have been */
    const char *cache_control; /* of documents */
    const char *cors_origins;  /* comma list of the web pages that may read answers; "*": all */
    uint64_t id_prefix;        /* of the ids of this thread's requests: random */
    unsigned id_count;         /* how many it has given */
    bool log_requests;
    bool draining;   /* the thread stops: answers close their connection */
    bool crowded;    /* no client more can connect: answers close their connection, so that others get their turn */
    bool woken;      /* a connection was resumed: libmicrohttpd has to be run */
    unsigned active; /* requests whose head has come and that have not ended */

    /* The client of the connection has taken a part of its answer. */
    void (*progress)(struct MHD_Connection *connection);

    /* The rest of its answer cannot be had. */
    void (*abandon)(struct MHD_Connection *connection);
};

struct request;

/* Where data changes are told, and the query of what has been told so far (see db.h). */
extern const char request_channel[], request_state[];

/* As struct db_settings has it, for the db of a service. */
void request_heard(struct db *db, const char *payload);

/* A request whose target is `uri`; owned by the caller until request_end(). */
struct request *request_begin(struct service *service, const char *uri);

/* As libmicrohttpd's access handler. */
enum MHD_Result request_handle(struct request *request, struct MHD_Connection *connection, const char *method,
                               const char *version);

/* The request is over, answered or not. Frees it. */
void request_end(struct request *request);

#endif
