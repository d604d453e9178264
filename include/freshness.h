/* freshness: what a thread knows of the data that answers are made from: which version of them is the last, how far the
 * primary and its standbys have come, and what this process has written
 *
 * The primary tells what changes, and while it is silent a standby does, which is asked once a second. Whatever may
 * change what answers hold, or what they say of their age, makes another version. What a standby says is confirmed as
 * long as it shows all that the primary had a while ago (`lag_most`), by the primary's own word.
 *
 * All of it belongs to one thread, but for what this process has written, which all threads of it know.
 */
#ifndef CLAIMD_FRESHNESS_H
#define CLAIMD_FRESHNESS_H

#include <stdbool.h>
#include <stdint.h>

#include "lag.h"
#include "listening.h"
#include "position.h"

/* The version of what no data go into. */
#define DATA_FOREVER UINT64_MAX

/* The state of the data that answers are made from, as far as this thread has heard. */
struct data_state {
    uint64_t version; /* another one after each change; 0: not known */
    /* Second of the last change, rounded up: as everybody could see it, which is not before it was heard of, and by the
     * database's word, when that transaction made its first change. */
    int64_t changed_at, told_at;
    struct position position; /* a standby that has reached this shows them; not known: none does for sure */
};

/* All zero knows nothing. */
struct freshness {
    struct data_state data;
    uint64_t versions;       /* how many there have been: the last one, if it is still known or not */
    uint64_t confirmed_at;   /* loop_now() at which the last one was the database's, by its own word */
    bool primary_heard;      /* it tells what changes */
    bool standby_heard;      /* one of them tells its state: */
    int64_t last_change;     /* its number */
    struct position reached; /* where that standby is */
    bool overdue;            /* standbys speak for the primary, and what they say is not confirmed any more */
    struct lag lag;          /* where the primary was when */
    uint64_t placed_at;      /* loop_now() at which it was asked that, the last time that it has told it */
    uint64_t writes_seen;    /* of all that this process has committed */
    uint64_t own_from;       /* the first version that has all of them in it */
    struct position written; /* behind all of them */
    uint64_t unplaced_at;    /* loop_now() at which something may have been committed, nobody knows where; 0: never */

    /* the owner's to set */
    unsigned stale_most; /* seconds after which an answer is not given, though the database is away; 0: at once */
    unsigned lag_most;   /* ms that answers of standbys may be out of date */
    int64_t began;       /* second in which the process began: threads that hear soon after date alike */
    void (*changed)(struct freshness *known); /* there is another version; NULL: nobody is told */
};

/* ---- what is told ---- */

/* The primary has notified a change, of that second by its word. */
void freshness_change(struct freshness *known, int64_t told_at);

/* The primary was asked for the second of its last change, and where it is. */
void freshness_state(struct freshness *known, int64_t told_at, const struct db_place *place);

/* Nothing is heard of the primary. */
void freshness_lost(struct freshness *known);

/* A standby was asked for the number of its last change, and where it is. */
void freshness_standby_state(struct freshness *known, int64_t last_change, const struct db_place *place);

/* Nothing is heard of the standbys. */
void freshness_standby_lost(struct freshness *known);

/* ---- what this process has written ---- */

/* A write of it was committed before that position: from now on no thread answers from before it. */
void freshness_wrote(struct freshness *known, struct position position);

/* A write may have been committed, or may not. Until the primary has told where it is, standbys confirm nothing. */
void freshness_may_have_written(struct freshness *known);

/* Takes note of what other threads have written. Call before an answer is chosen. */
void freshness_catch_up(struct freshness *known);

/* ---- what follows ---- */

/* Whether what a standby shows that has reached this is known to be as new as it has to be. */
bool freshness_confirms(const struct freshness *known, struct position reached);

/* Milliseconds until what standbys say is not confirmed any more, if nothing else is heard; 0: nobody waits for that,
 * as the primary speaks, or it is so already. */
uint64_t freshness_bound_in(const struct freshness *known);

/* That time may be over: what was kept while it was confirmed is out of date then. */
void freshness_look_at_bound(struct freshness *known);

/* Seconds, rounded up, since an answer was last known to be right that was made from data of that version, which were
 * the database's at loop_now() == right_at. 0: it must not be given any more, as it is too old, or from before
 * something that this process has written. */
unsigned freshness_age(const struct freshness *known, uint64_t version, uint64_t right_at);

#endif
