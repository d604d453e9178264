/* pipeline: what one connection was asked, and the answers, which come in the same order
 *
 * What is sent between two syncs is a batch: the server skips the rest of one behind a failure. Neighbours of a query
 * that failed are sent again, each behind a sync of its own, so that a failing query never takes another with it. A
 * transaction has a sync of its own, and is over when that is answered.
 *
 * Where sessions are lent for a transaction each, nothing is prepared or kept in them, and each batch begins with what
 * a session is otherwise told once.
 *
 * What cannot be sent, as a function that returns false says, breaks the connection; the next flush finds it broken.
 */
#ifndef CLAIMD_PIPELINE_H
#define CLAIMD_PIPELINE_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "call.h"
#include "position.h"

/* How sessions are used. */
struct pipeline_terms {
    bool lent;              /* for one transaction each */
    bool writes;            /* they can do nothing but read otherwise */
    bool patient;           /* locks are waited for as long as it takes */
    bool traced;            /* a call's trace is told to the database, before a text that is parsed for it alone */
    bool placed;            /* positions are wanted, as a rule */
    const char *place;      /* query of the server's position, as text */
    const char *next_place; /* the same of one on the timeline $1 (digits), which costs less */
    unsigned deadline_ms;   /* statement_timeout, and lock_timeout, as a commit, too, may have to wait */
    unsigned resends;       /* of a call whose connections are lost */
};

/* Takes the answer to a question that was asked at loop_now() == asked. NULL: all is well; otherwise the connection is
 * of no use, and the text says why, or is "" where the result does. It must not send anything: what is sent between an
 * error and its end makes libpq 15 leave out that end, and all answers behind it would be taken for those of others. */
typedef const char *pipeline_answered(void *asker, uint64_t asked, const PGresult *result);

struct pipeline {
    struct pipeline_terms terms;
    PGconn *connection; /* NULL: none; borrowed */
    struct entry *first, *last;
    unsigned calls; /* of the entries, cancelled ones included */
    bool *prepared; /* by serial */
    unsigned prepared_size;
    bool begun;               /* the first batch was answered, in which nothing may fail */
    bool broken;              /* something could not be sent: nothing else is */
    bool unsent;              /* something was queued since the last flush */
    bool loaded;              /* calls are among it */
    bool placed;              /* the position has been asked for since the last sync */
    struct position position; /* as answered last */
    uint64_t timeline_until;  /* loop_now() at which the timeline is asked for again */
};

/* What was received. */
enum pipeline_news {
    PIPELINE_NOTHING, /* there is nothing to take */
    PIPELINE_ANSWER,
    PIPELINE_SYNC,    /* the end of a batch */
    PIPELINE_REFUSAL, /* the connection is of no use */
    PIPELINE_STRAY,   /* nor is it: an answer, or its end, to nothing that was asked; what comes behind it would go to
                         somebody else, or wait for ever */
};

struct pipeline_refusal {
    const char *label; /* of the statement */
    const char *why;   /* "": the result says it */
    PGresult *result;  /* for PQclear() */
};

/* A connection is there, in pipeline mode, and nothing has been sent. */
void pipeline_open(struct pipeline *pipeline, PGconn *connection);

/* It is gone. What was under way stays to be rescued. */
void pipeline_close(struct pipeline *pipeline);

/* Of a connection that is gone. Calls wait for another one, unless they were under way with too many that went: they
 * may be why. Of a write it is not known whether it was done. */
void pipeline_rescue(struct pipeline *pipeline);

/* What a session is told at its beginning, or a lent one's transaction. */
bool pipeline_begin_session(struct pipeline *pipeline);
bool pipeline_set_up(struct pipeline *pipeline);

bool pipeline_ask(struct pipeline *pipeline, const char *sql, pipeline_answered *answered, void *asker);
bool pipeline_prepare(struct pipeline *pipeline, const struct db_statement *statement);

/* The call has a place in the pipeline afterwards, unless not even that could be. */
bool pipeline_send(struct pipeline *pipeline, struct db_call *call);

/* Ends the batch at hand, if there is one. */
bool pipeline_sync(struct pipeline *pipeline);

/* Takes one answer that has arrived. `ret` is set for PIPELINE_REFUSAL alone; the calls that may be saved are in the
 * pipeline then. */
enum pipeline_news pipeline_receive(struct pipeline *pipeline, struct pipeline_refusal *ret);

/* Milliseconds in which the server answers what comes next, unless it is gone. */
unsigned pipeline_patience(const struct pipeline *pipeline);

/* A failure of which an operator has to know. */
void pipeline_log_failure(const char *label, const PGresult *result);

#endif
