/* waiting: the place of a request among those who wait for changes (see feed.h)
 */
#ifndef CLAIMD_WAITING_H
#define CLAIMD_WAITING_H

#include "loop.h"

struct request;
struct feed_group;

struct waiting {
    struct waiting *next, *previous; /* NULL: it does not wait */
    struct feed_group *group;        /* whose query is under way, or NULL */
    struct loop_timer deadline;
    void (*wake)(struct request *request); /* NULL: a follower */
    uint64_t since;                        /* loop_now_us(), of one that is woken */
};

#endif
