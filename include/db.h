/* db: PostgreSQL for one thread, asynchronously: pipelined connections, deadlines, reconnection
 *
 * A call never blocks: db_start() queues it, the loop sends what one turn gathered as a batch with one sync, and `done`
 * is called once from the loop. When a query of a batch fails, its aborted neighbours are sent again, each behind a
 * sync of its own, so that a failing query never takes another with it. A call whose connection is lost is sent again
 * on another, but only as often as there are connections: it may be what broke them.
 *
 * Calls are reads, in sessions that can do nothing else. A transaction has a sync of its own, and is over when that is
 * answered. Those that write go to a connection of their own, one after another, and those of them that take their time
 * to another one; each is opened for the first, and anew where the server turns out to be one that cannot be written
 * to. Whether one was committed is not known if the connection is lost, or its answer does not come in time, and it is
 * not sent again.
 *
 * A db is of one server, or of several that can stand for each other, as standbys do.
 *
 * Knows no HTTP and no JSON. All of it belongs to the thread that runs the loop.
 */
#ifndef CLAIMD_DB_H
#define CLAIMD_DB_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop.h"
#include "position.h"

enum db_status {
    DB_OK,
    DB_REFUSED,     /* our own SQL raised SQLSTATE CLnnn: the result's message is meant for the client */
    DB_MISFIT,      /* an argument is no value of its type */
    DB_FAILED,      /* the query failed; logged */
    DB_UNABLE,      /* the database lacks what the query needs: room, memory, the right to write; logged */
    DB_TIMEOUT,     /* no answer within the deadline */
    DB_OVERLOADED,  /* the queue is full */
    DB_UNREADY,     /* the database answers, but its schema, or what the greeting asks for, is not this program's */
    DB_UNAVAILABLE, /* no connection */
    DB_UNKNOWN,     /* the transaction may have been committed, or may not: its answer did not come */
    DB_STATUSES
};

/* What `heard` is told, with the text of a notification or of the state. */
enum db_news {
    DB_NEWS_CHANGE, /* a notification */
    DB_NEWS_STATE,  /* what has been notified so far */
    DB_NEWS_LOST,   /* that cannot be known just now, with no text */
};

/* A query. One with a name is prepared once a connection, at its first use, and kept there; one without is parsed at
 * each use. Outlives the db. */
struct db_statement {
    unsigned serial; /* distinct for each named statement of one db, counted from 0 */
    char name[64];
    const char *sql;
    const char *label; /* what people call it; NULL: by its text */
};

enum { DB_STEPS_MAX = 8 };

/* A statement of a transaction, with its arguments: text format, must live until `done`; NULL is null. */
struct db_step {
    const struct db_statement *statement;
    int arguments_count;
    const char *const *arguments;
};

/* Statements of which all are done or none. The results are the db's, and there until `done` returns; those behind the
 * first failure are NULL. */
struct db_transaction {
    struct db_step steps[DB_STEPS_MAX];
    unsigned steps_count;
    bool writes;
    unsigned patience_ms; /* with each statement, once it has told the database so; 0: as for any call */
    PGresult *results[DB_STEPS_MAX];

    /* private to db */
    enum db_status status;
    PGresult *failure;
};

struct db_call {
    const struct db_statement *statement;
    int arguments_count;
    const char *const *arguments;       /* text format; must live until `done`; NULL is null */
    bool placed;                        /* its position is wanted */
    struct db_transaction *transaction; /* instead of the statement, or NULL; must live until `done` */
    unsigned within_ms;                 /* until its deadline; 0: as for any call */
    bool impatient;    /* DB_UNAVAILABLE will do as soon as the database is silent: there is something else to give */
    const char *trace; /* on whose behalf, a traceparent; must live until `done`; NULL: not known */

    /* Called once, never from within db_start(). `result` is borrowed, and NULL unless DB_OK or DB_REFUSED: that of a
     * transaction's last step, or the failure. */
    void (*done)(struct db_call *call, enum db_status status, const PGresult *result);

    struct position position; /* which it was answered at, or behind; not known before it has been */

    /* private to db */
    struct db *db;
    struct db_call *next, *previous; /* the list that it waits in */
    struct db_entry *entry;          /* its place in a connection's pipeline */
    struct loop_timer deadline;
    uint64_t due;     /* loop_now() of the deadline of one that is impatient, whose timer goes off before */
    bool alone;       /* sent behind a sync of its own */
    unsigned resent;  /* lost connections that it survived */
    uint64_t sent_us; /* loop_now_us() when a connection took it; 0: none has */
};

/* What shares connections, and waits for one together. */
enum db_lane {
    DB_LANE_READ,
    DB_LANE_WRITE,
    DB_LANE_PATIENT, /* writes that have patience_ms */
    DB_LANES
};

struct db_calls { /* list of calls, oldest first */
    struct db_call *first, *last;
    unsigned count;
};

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
    uint64_t ended[DB_STATUSES]; /* calls, refused ones included */
    uint64_t sent, batches;      /* calls that went to a connection, and how often some went together */
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

    /* Channel to listen on, once the server can be listened to; NULL: none, as standbys cannot. That takes a connection
     * of its own, as a notification waits until the queries before it are answered. `state` is a query of one text that
     * says what has been notified so far. It is asked first, and then once a second, to learn soon of a connection that
     * is dead. */
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
    struct db_calls waiting[DB_LANES]; /* calls that no connection has taken yet */
    unsigned under_way;
    unsigned ready[DB_ROLES]; /* connections */
    struct db_counts counts;
    struct loop_timer pulse;
    uint64_t
        owing_since; /* loop_now() since when the database has said nothing though it was asked; 0: it owes nothing */

    /* Where the server was when its state was told last. */
    struct db_place {
        struct position position; /* not known where the state does not tell it */
        uint64_t asked;           /* loop_now() */
        bool settled;             /* it is behind all that has been notified */
    } place;
    enum { SCHEMA_UNKNOWN, SCHEMA_FITS, SCHEMA_UNFIT } schema; /* whether the statements could be prepared */
    enum db_status outage; /* DB_OK, or why calls are refused while no connection is ready */
};

/* Starts to connect. `settings` is copied, what it points at must outlive the db. */
void db_init(struct db *db, struct loop *loop, const struct db_settings *settings);

/* From now on a call has so long, and so many may be under way. */
void db_adjust(struct db *db, unsigned deadline_ms, unsigned queue);

/* Ends every call with DB_UNAVAILABLE, and closes the connections; db_start() says DB_UNAVAILABLE from then on. */
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
