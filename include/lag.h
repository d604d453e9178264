/* lag: how old what a standby says may be, by where the primary was when
 *
 * Measured by one clock, so that those of the servers need not agree, and by changes, so that a primary to which
 * nothing is written does not look like one that is far ahead. Knows neither database nor loop.
 */
#ifndef CLAIMD_LAG_H
#define CLAIMD_LAG_H

#include <stdint.h>

#include "position.h"

/* Marks are kept a second apart at least, so that they reach back as many seconds. */
enum { LAG_MARKS = 64 };

/* The longest that lag_of() can tell. */
enum { LAG_MOST_MS = (LAG_MARKS - 2) * 1000 };

/* All zero knows nothing. */
struct lag {
    struct lag_mark {
        struct position position;
        uint64_t at; /* millisecond */
    } marks[LAG_MARKS];
    unsigned next;
};

/* The primary was there, or further on, at some time after `at`. */
void lag_note(struct lag *lag, struct position primary, uint64_t at);

/* Milliseconds for which there may have been something else than what a standby shows that has reached this;
 * UINT64_MAX: not known. */
uint64_t lag_of(const struct lag *lag, struct position reached, uint64_t now);

#endif
