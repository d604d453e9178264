/* db: PostgreSQL for one thread, asynchronously: calls that wait, and the connections that take them
 *
 * A call never blocks: db_start() queues it, the loop sends what one turn gathered as a batch with one sync, and `done`
 * is called once from the loop. A call whose connection is lost is sent again on another, but only as often as there
 * are connections: it may be what broke them.
 *
 * Calls are reads, in sessions that can do nothing else. Those that write go to a connection of their own, one after
 * another, and those of them that take their time to another one; each is opened for the first, and anew where the
 * server turns out to be one that cannot be written to. Whether one was committed is not known if the connection is
 * lost, or its answer does not come in time, and it is not sent again.
 *
 * A db is of one server, or of several that can stand for each other, as standbys do.
 *
 * Knows no HTTP and no JSON. All of it belongs to the thread that runs the loop.
 */
#ifndef CLAIMD_DB_H
#define CLAIMD_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "call.h"
#include "listening.h"
#include "loop.h"

/* What connections are for. */
enum db_role {
    DB_ROLE_READ,
    DB_ROLE_LISTEN,
    DB_ROLE_WRITE,
    DB_ROLE_IMPORT, /* DB_LANE_PATIENT */
    DB_ROLES
};

/* What has come to pass so far. */
struct db_counts {
    uint64_t sent, batches; /* calls that went to a connection, and how often some went together */
    uint64_t connects, failed_connects, losses;
};

struct db;

struct db_settings {
    const char *url;        /* connection string or URI; "" leaves all to libpq's environment */
    const char *listen_url; /* the same of the connection that listens; NULL: url */
    const char *wanted;     /* of the servers, unless the url says it (see hosts.h); NULL: nothing */
    bool spread;            /* connections begin with a host of the url each, the first with `first`, counted round */
    unsigned first;
    bool pooled; /* url's sessions are lent for one transaction each, by a pooler: nothing is prepared or set in them */
    const char *place;      /* query of a server's position, as text (see position.h) */
    const char *next_place; /* the same of one on the timeline $1 (digits), which costs less */
    bool placed;            /* calls are, as a rule; the state has the position in a second column */
    unsigned connections;   /* pipelined connections of this thread */
    unsigned deadline_ms;   /* of one call, waiting included; also the database's statement_timeout */
    unsigned queue;         /* calls under way at most; beyond that DB_OVERLOADED */
    unsigned slow_ms;       /* a call that the database takes so long for is logged; 0: none is */
    bool traced;            /* a call's trace is told to the database, in front of a text that is parsed for it alone */
    /* Prepared once by the connection that listens, while the others answer already: a schema that lacks something
     * shows at once. */
    const struct db_statement *const *prepare;
    size_t prepare_count;

    /* Of the connection that listens: see listening.h. */
    const char *channel, *state;
    void (*heard)(struct db *db, enum db_news news, const char *payload);

    /* A query of one text, asked by each connection that reads before it answers anything else; `greeted` is told what
     * it gave, and `ungreeted` is what the log says of a database that gives nothing. NULL: nothing is asked. */
    const char *greeting, *ungreeted;
    void (*greeted)(struct db *db, const char *text);
};

struct db {
    struct loop *loop;
    struct db_settings settings;
    struct db_link *links; /* settings.connections that read, one that listens, and one for each lane that writes */
    unsigned links_count;
    struct calls calls;
    struct listening listening;
    unsigned ready[DB_ROLES]; /* connections */
    struct db_counts counts;
    uint64_t owing_since; /* loop_now() since when the database has not said what it was asked; 0: it owes nothing */
    struct db_place place;
    enum { SCHEMA_UNKNOWN, SCHEMA_FITS, SCHEMA_UNFIT } schema; /* whether the statements could be prepared */
    enum db_status outage; /* DB_OK, or why calls are refused while no connection is ready */
};

/* Starts to connect. `settings` is copied, what it points at must outlive the db. */
void db_init(struct db *db, struct loop *loop, const struct db_settings *settings);

/* From now on a call has so long, so many may be under way, and one is slow as db_settings.slow_ms says. */
void db_adjust(struct db *db, unsigned deadline_ms, unsigned queue, unsigned slow_ms);

/* Closes the connections and ends every call, with DB_UNKNOWN where it may have been done, and otherwise with
 * DB_UNAVAILABLE, as db_start() says from then on. */
void db_release(struct db *db);

/* DB_OK: `call->done` will be called. Otherwise why not, and it will not be. */
enum db_status db_start(struct db *db, struct db_call *call);

/* `done` will not be called any more. Harmless for a call that has ended or was never started. */
void db_cancel(struct db_call *call);

/* Why a read could not be answered just now, however few there are; DB_OK: it can. */
enum db_status db_standing(const struct db *db);

/* Calls that no connection has taken. */
unsigned db_waiting(const struct db *db);

/* Sends what was started since the last turn. Call once before each wait of the loop. */
void db_flush(struct db *db);

#endif
