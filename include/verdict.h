/* verdict: what becomes of what a server has said to a read
 *
 * The primary's word is the last, unless it cannot be reached. That of a standby has to be new enough; where it is not,
 * or is a failure, the primary is asked if that can be. Otherwise an answer that may be too old is one all the same,
 * and one that shows less than is wanted is none: it is waited until the standby has come so far. Knows neither loop
 * nor database.
 */
#ifndef CLAIMD_VERDICT_H
#define CLAIMD_VERDICT_H

#include <stdbool.h>

#include "call.h"

struct said {
    enum db_status status;
    bool by_standby;
    bool enough;    /* it shows all that is wanted */
    bool confirmed; /* it is known to be as new as it has to be */
    bool other;     /* of a standby: the primary can be asked; of the primary: a standby can, and has not been */
    bool may_wait;  /* there is time, and nothing else that would do */
};

enum verdict {
    VERDICT_END,         /* it is the answer, or how the call fails */
    VERDICT_UNCONFIRMED, /* it is the answer, as there is none of which more is known */
    VERDICT_ASK_OTHER,
    VERDICT_WAIT,        /* for a standby that shows what is wanted, or for the primary */
    VERDICT_UNAVAILABLE, /* there is no answer */
};

enum verdict verdict_of(const struct said *said);

#endif
