/* link: one connection to a server, which is made, kept, found silent or lost, and made again
 *
 * Whoever owns it says what its sessions begin with, and is told how it goes. All of it belongs to the thread that runs
 * the loop.
 */
#ifndef CLAIMD_LINK_H
#define CLAIMD_LINK_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "call.h"
#include "loop.h"
#include "pipeline.h"

struct link;

/* Called from the loop. */
struct link_owner {
    /* There is a session: sends what it begins with, which is one batch. False if that cannot be sent. */
    bool (*begin)(struct link *link);

    /* All of that was answered. */
    void (*ready)(struct link *link);

    /* The server was sent something, or has said something; notifications may be among it. */
    void (*asked)(struct link *link);
    void (*heard)(struct link *link);

    /* After such an answer the connection is of no use: calls link_lose(). */
    void (*refused)(struct link *link, const struct pipeline_refusal *refusal);

    /* Whether it has been logged, of this connection or of all, that calls are refused by `outage`. */
    bool (*is_known)(const struct link *link, enum db_status outage);

    /* The connection is closed; the calls in its pipeline are still to be rescued. */
    void (*lost)(struct link *link, enum db_status outage, bool was_ready);
};

struct link {
    struct loop *loop;
    const struct link_owner *owner;
    const char *url, *wanted; /* as hosts_connect() has them */
    unsigned host;            /* that the next attempt begins with */
    enum { LINK_DOWN, LINK_CONNECTING, LINK_PREPARING, LINK_READY } state;
    PGconn *connection; /* NULL while it is down */
    struct pipeline pipeline;
    struct loop_watch watch;
    struct loop_timer timer; /* the next attempt, the end of this one, or the end of patience with a silent server */
    unsigned backoff_ms;
    enum db_status told; /* the outage by which attempts fail, once it was logged of this one; DB_OK: none */
};

/* The rest of `link` is set. It is down. */
void link_init(struct link *link, struct loop *loop, const struct link_owner *owner);

/* Connects, at once or after so many milliseconds. */
void link_connect(struct link *link);
void link_connect_in(struct link *link, unsigned milliseconds);

/* Connects again: at once if it was ready, and otherwise later from time to time. */
void link_retry(struct link *link, bool was_ready);

/* Whether it is down and will stay so. */
bool link_rests(const struct link *link);

/* Whether it has a session, to which something can be sent. */
bool link_is_open(const struct link *link);

/* Sends what was queued, as the end of a batch; loses a connection that is broken. */
void link_flush(struct link *link);

/* Closes the connection, and tells the owner; logged unless that is known already. */
void link_lose(struct link *link, enum db_status outage, const char *event, const char *reason);

/* The connection is found broken. */
void link_break(struct link *link);

/* Closes it without a word. */
void link_close(struct link *link);

#endif
