/* readiness: whether the process can answer requests, as its threads see it
 *
 * A thread can where a server that it may read from is connected and speaks (where reading takes a token, the primary),
 * and has this program's schema, with all its migrations. It knows that anyway, but for the migrations: it asks for
 * these once, and once more after a connection was lost, as what it finds then may be another database. So who asks
 * whether the process is ready costs the database nothing, and is told nothing of load: who has much to do is ready.
 *
 * What the threads see stands in one table, of which everybody is told the worst, since no client chooses the thread
 * that it meets.
 */
#ifndef CLAIMD_READINESS_H
#define CLAIMD_READINESS_H

#include "db.h"
#include "error.h"
#include "service.h"

/* One thread's part. */
struct readiness {
    struct service *service;
    unsigned thread; /* its place in the table */
    struct db_call call;
    bool asking;
    bool known;            /* what has come of the question for migrations */
    unsigned seen;         /* the same, as the table has it */
    uint64_t losses;       /* of connections, when it was asked */
    uint64_t not_until_ms; /* loop_now() before which it is not asked again */
};

/* Of the thread of that number, below THREADS_MAX, which must outlast it: not ready yet. */
void readiness_init(struct readiness *readiness, struct service *service, unsigned thread);

/* Takes note of how the thread stands, in the table and as service->ready. To be called in each turn of its loop. */
void readiness_look(struct readiness *readiness);

/* Whether all threads are ready; if not, *error says why. Any thread. */
bool readiness_of_all(struct error *error);

#endif
