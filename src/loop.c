/* loop: one thread's epoll: descriptors, timers, and a way to be woken and stopped from outside */
#include "loop.h"

#include <errno.h>
#include <limits.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"

enum { EVENTS_AT_ONCE = 64 };

static void on_woken(struct loop_watch *watch, uint32_t events)
{
    struct loop *loop = container_of(watch, struct loop, woken);
    uint64_t times;
    (void)events;
    ssize_t got = read(watch->fd, &times, sizeof(times)); /* so that it is not told again */
    (void)got;
    loop->stopping = loop->told_to_stop;
}

bool loop_init(struct loop *loop)
{
    *loop = (struct loop){.epoll = epoll_create1(EPOLL_CLOEXEC)};
    loop->timers.earlier = loop->timers.later = &loop->timers;
    loop->woken = (struct loop_watch){.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), .ready = on_woken};
    return loop->epoll >= 0 && loop->woken.fd >= 0 && loop_watch(loop, &loop->woken, EPOLLIN);
}

void loop_release(struct loop *loop)
{
    close(loop->woken.fd);
    close(loop->epoll);
}

uint64_t loop_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

uint64_t loop_now(void)
{
    return loop_now_us() / 1000;
}

static void fire_due_timers(struct loop *loop)
{
    uint64_t now = loop_now();
    while (loop->timers.later != &loop->timers && loop->timers.later->due <= now) {
        struct loop_timer *timer = loop->timers.later;
        loop_timer_stop(timer);
        timer->fire(timer);
    }
}

static int until_next_timer(const struct loop *loop, int limit)
{
    if (loop->timers.later == &loop->timers)
        return limit;
    uint64_t now = loop_now(), due = loop->timers.later->due, wait = due > now ? due - now : 0;
    uint64_t most = limit < 0 ? INT_MAX : (uint64_t)limit;
    return (int)(wait < most ? wait : most);
}

/* A watch may remove others on its way: loop_unwatch() takes them out of `events`. */
static void tell_watches(struct loop *loop)
{
    for (int i = 0; i < loop->events_count; i++) {
        struct loop_watch *watch = loop->events[i].data.ptr;
        if (watch)
            watch->ready(watch, loop->events[i].events);
    }
    loop->events_count = 0;
}

void loop_run(struct loop *loop)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    for (int limit; (limit = loop->before_wait(loop)) != LOOP_END;) {
        loop->events = events;
        loop->events_count = epoll_wait(loop->epoll, events, EVENTS_AT_ONCE, until_next_timer(loop, limit));
        tell_watches(loop);
        fire_due_timers(loop);
    }
}

void loop_wake(struct loop *loop)
{
    ssize_t written = write(loop->woken.fd, &(uint64_t){1}, sizeof(uint64_t));
    (void)written; /* a full counter has woken it already */
}

void loop_stop(struct loop *loop)
{
    loop->told_to_stop = true;
    loop_wake(loop);
}

bool loop_watch(struct loop *loop, struct loop_watch *watch, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = watch};
    if (epoll_ctl(loop->epoll, EPOLL_CTL_MOD, watch->fd, &event) == 0)
        return true;
    return (errno == ENOENT || events & EPOLLEXCLUSIVE) &&
           epoll_ctl(loop->epoll, EPOLL_CTL_ADD, watch->fd, &event) == 0;
}

void loop_unwatch(struct loop *loop, struct loop_watch *watch)
{
    epoll_ctl(loop->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
    for (int i = 0; i < loop->events_count; i++)
        if (loop->events[i].data.ptr == watch)
            loop->events[i].data.ptr = NULL;
}

void loop_timer_start(struct loop *loop, struct loop_timer *timer, uint64_t milliseconds)
{
    loop_timer_stop(timer);
    timer->due = loop_now() + milliseconds;
    struct loop_timer *before = loop->timers.earlier;
    while (before != &loop->timers && before->due > timer->due)
        before = before->earlier;
    timer->earlier = before;
    timer->later = before->later;
    before->later->earlier = timer;
    before->later = timer;
}

void loop_timer_stop(struct loop_timer *timer)
{
    if (!timer->due)
        return;
    timer->earlier->later = timer->later;
    timer->later->earlier = timer->earlier;
    timer->due = 0;
}
