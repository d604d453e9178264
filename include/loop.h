/* loop: one thread's epoll: descriptors, timers, and a way to be woken and stopped from outside
 *
 * Everything belongs to the thread that runs the loop; only loop_wake() and loop_stop() may be called from any thread.
 */
#ifndef CLAIMD_LOOP_H
#define CLAIMD_LOOP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

struct loop_watch {
    int fd;
    void (*ready)(struct loop_watch *watch, uint32_t events); /* EPOLLIN, EPOLLOUT, … */
};

struct loop_timer {
    void (*fire)(struct loop_timer *timer);
    uint64_t due; /* loop_now() at which it fires; 0 while it is not running */
    struct loop_timer *earlier, *later;
};

struct loop {
    int epoll;
    struct loop_watch woken;
    atomic_bool told_to_stop;
    bool stopping;
    struct loop_timer timers;   /* ring, earliest first */
    struct epoll_event *events; /* those being told in this turn */
    int events_count;

    /* Called before each wait; returns for how many ms to wait at most, -1 without limit. */
    int (*before_wait)(struct loop *loop);
};

bool loop_init(struct loop *loop);
void loop_release(struct loop *loop);

/* Runs until `before_wait` returns LOOP_END, as it may once `stopping` is set. */
enum { LOOP_END = -2 };
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* Has it turn at once, if it waits. */
void loop_wake(struct loop *loop);

/* Watches `watch->fd` for `events`, or changes what it is watched for. The watch must stay until it is removed.
 * With EPOLLEXCLUSIVE what it is watched for stays. */
bool loop_watch(struct loop *loop, struct loop_watch *watch, uint32_t events);

/* `watch` is not told anything any more, not even what has happened already, and may be freed. */
void loop_unwatch(struct loop *loop, struct loop_watch *watch);

/* Milliseconds of a clock that never jumps. */
uint64_t loop_now(void);

/* Microseconds of the same clock. */
uint64_t loop_now_us(void);

/* (Re)starts the timer. One that is started in order of its due time, as equal deadlines are, costs O(1). */
void loop_timer_start(struct loop *loop, struct loop_timer *timer, uint64_t milliseconds);
void loop_timer_stop(struct loop_timer *timer);

#endif
