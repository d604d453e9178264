/* call: what is asked of a database, and the calls that have not ended
 *
 * A call waits in its lane until a connection takes it, has a place in that connection's pipeline then, and ends once.
 * All of it belongs to the thread that runs the loop.
 */
#ifndef CLAIMD_CALL_H
#define CLAIMD_CALL_H

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
    struct db *db; /* NULL: it is not under way */
    struct calls *calls;
    struct db_call *next, *previous; /* the list that it waits in */
    struct db_call **place;          /* in a connection's pipeline, which has it no more once it ends; NULL: it waits */
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

/* Those of one db that have not ended. */
struct calls {
    struct call_list { /* oldest first */
        struct db_call *first, *last;
        unsigned count;
    } waiting[DB_LANES];         /* no connection has taken them yet */
    unsigned under_way;          /* those included that one has */
    uint64_t ended[DB_STATUSES]; /* those included that were refused at once */
    unsigned slow_ms;            /* one that the database takes so long for is logged; 0: none is */
};

bool call_writes(const struct db_call *call);

enum db_lane call_lane(const struct db_call *call);

/* What people call the statement. */
const char *call_label(const struct db_statement *statement);

/* It begins to wait, as the last one, for `db`; it may have ended before. Its deadline is not running. */
void calls_add(struct calls *calls, struct db *db, struct db_call *call);

/* Takes the oldest from its lane, for a connection. */
struct db_call *calls_take(struct calls *calls, enum db_lane lane);

/* It waits again, as the last one: a connection had taken it, or even given it a place in its pipeline. */
void call_wait(struct db_call *call);

/* The call may be gone once `done` has been told. Where it has a place in a pipeline, that stays, and is nobody's. */
void call_end(struct db_call *call, enum db_status status, const PGresult *result);

/* Ends all that wait in a lane. */
void calls_end(struct calls *calls, enum db_lane lane, enum db_status status);

/* Without a word to anybody. */
void call_cancel(struct db_call *call);

#endif
