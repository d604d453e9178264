/* feed: those who wait for what changes, of one thread
 *
 * Whoever has seen all changes takes a seat, and is woken when there is news. Of followers, who are sent each change as
 * it comes, those that stand at the same place are served by one query, so that a thousand of them cost the database no
 * more than one. A seat holds no connection to the database.
 */
#ifndef CLAIMD_FEED_H
#define CLAIMD_FEED_H

#include <stdbool.h>

#include "loop.h"
#include "waiting.h"

struct request;
struct service;

struct feed {
    struct waiting ring;
    unsigned seated; /* those in it */
    struct feed_group *groups;
    struct loop_timer heartbeat, retry;
    struct service *service;
};

void feed_init(struct feed *feed, struct service *service);
void feed_release(struct feed *feed);

/* The request waits, its connection suspended, until `wake` is called: there is news, or `wait_ms` are over. */
void feed_wait(struct request *request, unsigned wait_ms, void (*wake)(struct request *request));

/* The request's stream waits for its next part: changes behind the place that it has reached, or a sign of life. */
void feed_follow(struct request *request);

/* The request waits no more. Harmless if it did not. */
void feed_leave(struct request *request);

/* There is news. */
void feed_news(struct feed *feed);

/* Ends all streams and waits: the thread stops. */
void feed_end(struct feed *feed);

#endif
