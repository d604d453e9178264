/* lag: how old what a standby says may be, by where the primary was when */
#include "lag.h"

#include <stddef.h>

enum { APART_MS = 900 };

/* The one noted `back` times before the last. */
static const struct lag_mark *mark_of(const struct lag *lag, unsigned back)
{
    return &lag->marks[(lag->next + LAG_MARKS - 1 - back) % LAG_MARKS];
}

/* What comes soon after another mark is told by the next one. */
void lag_note(struct lag *lag, struct position primary, uint64_t at)
{
    if (mark_of(lag, 0)->position.timeline && at < mark_of(lag, 0)->at + APART_MS)
        return;
    lag->marks[lag->next] = (struct lag_mark){primary, at};
    lag->next = (lag->next + 1) % LAG_MARKS;
}

uint64_t lag_of(const struct lag *lag, struct position reached, uint64_t now)
{
    for (unsigned back = 0; back < LAG_MARKS; back++) {
        const struct lag_mark *mark = mark_of(lag, back);
        if (mark->position.timeline && position_covers(reached, mark->position))
            return now - mark->at;
    }
    return UINT64_MAX;
}
