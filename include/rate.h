/* rate: how often each of many may come, over all threads
 *
 * The generic cell rate algorithm: of each who comes only the moment is kept at which all that it has had would have
 * been due, had it come at the even rate; so the quota fills up again evenly, and nothing has to run for that. All are
 * in one table of a fixed size, whose entries threads change without a lock. Where it is full, who has the most left is
 * forgotten first, and begins anew: a flood of strangers lets none through who has used up its quota, but loses a few
 * who have nearly all of theirs.
 *
 * What somebody has had stays known where the rate is changed: as the time that it takes to be forgiven, at most that
 * of the whole quota. So at another rate of the same window the same share of the quota is used.
 */
#ifndef CLAIMD_RATE_H
#define CLAIMD_RATE_H

#include <stdbool.h>
#include <stdint.h>

enum { RATE_MOST = 100000 };

struct rate {
    unsigned quota, window_s; /* that much at once, and again after so long; quota 0: no limit */
    uint64_t interval_us;
};

/* `per_second` up to RATE_MOST, 0: no limit; the quota is what `window_s` seconds give. */
struct rate rate_of(unsigned per_second, unsigned window_s);

struct rate_state {
    bool granted;
    unsigned remaining; /* of the quota */
    unsigned reset_s,
        retry_s; /* until the quota is whole again, and until one more is granted, in seconds rounded up */
};

/* Who comes is told by its hash (see hash.h), the moment by loop_now_us(). What is not granted takes nothing. Any
 * thread. */
struct rate_state rate_take(const struct rate *rate, uint64_t who, uint64_t now_us);

#endif
