/* loop: timers fire in order, watches are served, and a stop from outside ends the wait */
#include "loop.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cmocka.h>

#include "dice.h"

enum { PATIENCE_S = 20, TIMERS_MAX = 200 };

static struct loop loop;
static int turns;                            /* how often the loop was about to wait */
static struct loop_timer *fired[TIMERS_MAX]; /* in order */
static uint64_t fired_at[TIMERS_MAX];
static int fired_count;

static int until_stopped(struct loop *of)
{
    turns++;
    return of->stopping ? LOOP_END : -1;
}

static int begin(void **state)
{
    (void)state;
    turns = fired_count = 0;
    alarm(PATIENCE_S); /* a loop that does not end ends the test */
    bool good = loop_init(&loop);
    loop.before_wait = until_stopped;
    return good ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    alarm(0);
    signal(SIGALRM, SIG_DFL);
    loop_release(&loop);
    return 0;
}

static void note(struct loop_timer *timer)
{
    fired_at[fired_count] = loop_now();
    fired[fired_count++] = timer;
}

static void note_and_stop(struct loop_timer *timer)
{
    note(timer);
    loop_stop(&loop);
}

/* ---- stopping ---- */

static void a_stop_before_the_run_ends_it(void **state)
{
    (void)state;
    loop_stop(&loop);
    loop_run(&loop);
    assert_true(loop.stopping);
}

static void many_stops_are_one(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++)
        loop_stop(&loop);
    loop_run(&loop);
    assert_true(loop.stopping);
}

static void *stop_later(void *unused)
{
    usleep(50000);
    loop_stop(&loop);
    return unused;
}

static void another_thread_stops_an_endless_wait(void **state)
{
    (void)state;
    pthread_t thread;
    uint64_t begun = loop_now();
    pthread_create(&thread, NULL, stop_later, NULL);
    loop_run(&loop);
    pthread_join(thread, NULL);
    assert_in_range(loop_now() - begun, 40, 5000);
    assert_in_range(turns, 2, 3);
}

static void on_signal(int number)
{
    (void)number;
    loop_stop(&loop);
}

static void *signal_later(void *of)
{
    usleep(50000);
    pthread_kill(*(pthread_t *)of, SIGUSR1);
    return NULL;
}

static void a_signal_handler_stops_an_endless_wait(void **state)
{
    (void)state;
    pthread_t thread, self = pthread_self();
    signal(SIGUSR1, on_signal);
    pthread_create(&thread, NULL, signal_later, &self);
    loop_run(&loop);
    pthread_join(thread, NULL);
    signal(SIGUSR1, SIG_DFL);
    assert_true(loop.stopping);
}

static int end_after_three_more(struct loop *of)
{
    turns += of->stopping;
    return turns == 3 ? LOOP_END : 1;
}

static void a_stopped_loop_runs_until_it_is_told_to_end(void **state)
{
    (void)state;
    loop.before_wait = end_after_three_more;
    loop_stop(&loop);
    loop_run(&loop);
    assert_int_equal(turns, 3);
}

/* ---- time ---- */

static void the_clock_counts_milliseconds(void **state)
{
    (void)state;
    uint64_t before = loop_now();
    usleep(20000);
    assert_in_range(loop_now() - before, 19, 5000);
}

static int wait_20_ms(struct loop *of)
{
    return turns++ == 3 || of->stopping ? LOOP_END : 20;
}

static void a_wait_has_its_limit(void **state)
{
    (void)state;
    loop.before_wait = wait_20_ms;
    uint64_t begun = loop_now();
    loop_run(&loop);
    assert_in_range(loop_now() - begun, 55, 5000);
}

/* An alarm ends the wait that should have ended by itself. */
static void assert_waits_beside_timer(uint64_t milliseconds)
{
    struct loop_timer timer = {.fire = note};
    turns = 0;
    loop.before_wait = wait_20_ms;
    loop_timer_start(&loop, &timer, milliseconds);
    alarm(2);
    loop_run(&loop);
    alarm(0);
    assert_false(loop.stopping);
    assert_int_equal(fired_count, 0);
    loop_timer_stop(&timer);
}

static void a_far_timer_does_not_lift_the_limit(void **state)
{
    (void)state;
    signal(SIGALRM, on_signal);
    assert_waits_beside_timer(INT32_MAX);
    assert_waits_beside_timer(UINT64_C(3000000000));
    assert_waits_beside_timer(UINT64_C(1) << 40);
}

/* ---- timers ---- */

static void a_timer_fires_when_due(void **state)
{
    (void)state;
    struct loop_timer timer = {.fire = note_and_stop};
    uint64_t begun = loop_now();
    loop_timer_start(&loop, &timer, 30);
    assert_in_range(timer.due, begun + 30, begun + 1000);
    loop_run(&loop);
    assert_in_range(loop_now() - begun, 30, 5000);
    assert_int_equal(timer.due, 0);
    assert_int_equal(fired_count, 1);
}

static void a_timer_may_be_due_at_once(void **state)
{
    (void)state;
    struct loop_timer timer = {.fire = note_and_stop};
    loop_timer_start(&loop, &timer, 0);
    loop_run(&loop);
    assert_int_equal(fired_count, 1);
}

static void timers_fire_in_the_order_of_their_due_times(void **state)
{
    (void)state;
    struct loop_timer timers[] = {{.fire = note}, {.fire = note_and_stop}, {.fire = note}, {.fire = note}};
    loop_timer_start(&loop, &timers[0], 20);
    loop_timer_start(&loop, &timers[1], 40);
    loop_timer_start(&loop, &timers[2], 10);
    loop_timer_start(&loop, &timers[3], 30);
    loop_run(&loop);
    static const int order[] = {2, 0, 3, 1};
    assert_int_equal(fired_count, 4);
    for (int i = 0; i < 4; i++)
        assert_ptr_equal(fired[i], &timers[order[i]]);
}

static void equal_timers_fire_in_the_order_of_their_start(void **state)
{
    (void)state;
    static struct loop_timer timers[TIMERS_MAX];
    for (int i = 0; i < TIMERS_MAX; i++) {
        timers[i].fire = i == TIMERS_MAX - 1 ? note_and_stop : note;
        loop_timer_start(&loop, &timers[i], 20);
    }
    loop_run(&loop);
    assert_int_equal(fired_count, TIMERS_MAX);
    for (int i = 0; i < TIMERS_MAX; i++)
        assert_ptr_equal(fired[i], &timers[i]);
}

static void a_stopped_timer_does_not_fire(void **state)
{
    (void)state;
    struct loop_timer first = {.fire = note}, second = {.fire = note}, last = {.fire = note_and_stop};
    loop_timer_start(&loop, &first, 1);
    loop_timer_start(&loop, &second, 2);
    loop_timer_start(&loop, &last, 10);
    loop_timer_stop(&first);
    loop_timer_stop(&first);
    assert_int_equal(first.due, 0);
    loop_run(&loop);
    assert_int_equal(fired_count, 2);
    assert_ptr_equal(fired[0], &second);
}

static void an_unused_timer_can_be_stopped(void **state)
{
    (void)state;
    struct loop_timer unused = {.fire = note}, last = {.fire = note_and_stop};
    loop_timer_stop(&unused);
    loop_timer_start(&loop, &last, 1);
    loop_timer_stop(&unused);
    loop_run(&loop);
    assert_int_equal(fired_count, 1);
}

static void a_restarted_timer_fires_once(void **state)
{
    (void)state;
    struct loop_timer timer = {.fire = note}, last = {.fire = note_and_stop};
    loop_timer_start(&loop, &timer, 1);
    loop_timer_start(&loop, &timer, 30);
    loop_timer_start(&loop, &last, 10);
    loop_timer_start(&loop, &last, 50);
    loop_run(&loop);
    assert_int_equal(fired_count, 2);
    assert_ptr_equal(fired[0], &timer);
}

static void start_again(struct loop_timer *timer)
{
    note(timer);
    if (fired_count == 5)
        loop_stop(&loop);
    else
        loop_timer_start(&loop, timer, fired_count % 2);
}

static void a_timer_may_start_itself_again(void **state)
{
    (void)state;
    struct loop_timer timer = {.fire = start_again};
    loop_timer_start(&loop, &timer, 1);
    loop_run(&loop);
    assert_int_equal(fired_count, 5);
}

static struct loop_timer victim = {.fire = note};

static void stop_victim(struct loop_timer *timer)
{
    note(timer);
    loop_timer_stop(&victim);
}

static void a_timer_may_stop_another_that_is_due(void **state)
{
    (void)state;
    struct loop_timer killer = {.fire = stop_victim}, last = {.fire = note_and_stop};
    loop_timer_start(&loop, &killer, 1);
    loop_timer_start(&loop, &victim, 1);
    loop_timer_start(&loop, &last, 1);
    usleep(5000);
    loop_run(&loop);
    assert_int_equal(fired_count, 2);
    assert_ptr_equal(fired[1], &last);
}

static void any_timers_fire_in_order(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    static struct loop_timer timers[TIMERS_MAX];
    uint64_t due[TIMERS_MAX];
    struct loop_timer last = {.fire = note_and_stop};
    int running = 0;
    for (int i = 0; i < TIMERS_MAX - 1; i++) {
        timers[i].fire = note;
        loop_timer_start(&loop, &timers[i], dice_roll(&dice, 50));
    }
    for (int i = 0; i < TIMERS_MAX - 1; i++) {
        if (dice_roll(&dice, 4) == 0)
            loop_timer_stop(&timers[i]);
        else if (dice_roll(&dice, 4) == 0)
            loop_timer_start(&loop, &timers[i], dice_roll(&dice, 50));
        due[i] = timers[i].due;
        running += due[i] != 0;
    }
    loop_timer_start(&loop, &last, 100);
    loop_run(&loop);
    assert_property(&dice, fired_count == running + 1);
    for (int i = 0; i < running; i++) {
        assert_property(&dice, fired_at[i] >= due[fired[i] - timers]);
        assert_property(&dice, i == 0 || due[fired[i - 1] - timers] <= due[fired[i] - timers]);
    }
}

/* ---- watches ---- */

struct probe {
    struct loop_watch watch;
    int other; /* the pipe's end for writing */
    uint32_t events;
    int count;
};

static struct probe probes[2];

static void note_events(struct loop_watch *watch, uint32_t events)
{
    struct probe *probe = (struct probe *)(void *)watch;
    probe->events = events;
    probe->count++;
    loop_stop(&loop);
}

static void probe_open(struct probe *probe, void (*ready)(struct loop_watch *, uint32_t))
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    *probe = (struct probe){.watch = {.fd = ends[0], .ready = ready}, .other = ends[1]};
    assert_true(loop_watch(&loop, &probe->watch, EPOLLIN));
}

static void probe_close(struct probe *probe)
{
    loop_unwatch(&loop, &probe->watch);
    close(probe->watch.fd);
    close(probe->other);
}

static void a_watch_is_told_what_is_ready(void **state)
{
    (void)state;
    probe_open(&probes[0], note_events);
    assert_int_equal(write(probes[0].other, "x", 1), 1);
    loop_run(&loop);
    assert_true(probes[0].events & EPOLLIN);
    probe_close(&probes[0]);
}

static void only_the_ready_watch_is_told(void **state)
{
    (void)state;
    probe_open(&probes[0], note_events);
    probe_open(&probes[1], note_events);
    assert_int_equal(write(probes[1].other, "x", 1), 1);
    loop_run(&loop);
    assert_int_equal(probes[0].count, 0);
    assert_true(probes[1].count > 0);
    probe_close(&probes[0]);
    probe_close(&probes[1]);
}

static void a_watch_may_change_what_it_waits_for(void **state)
{
    (void)state;
    struct loop_timer last = {.fire = note_and_stop};
    probe_open(&probes[0], note_events);
    assert_int_equal(write(probes[0].other, "x", 1), 1);
    assert_true(loop_watch(&loop, &probes[0].watch, 0));
    loop_timer_start(&loop, &last, 10);
    loop_run(&loop);
    assert_int_equal(probes[0].count, 0);
    loop.stopping = false;
    loop.before_wait = wait_20_ms;
    turns = 0;
    assert_true(loop_watch(&loop, &probes[0].watch, EPOLLIN));
    loop_run(&loop);
    assert_true(probes[0].count > 0);
    probe_close(&probes[0]);
}

static void a_removed_watch_is_not_told(void **state)
{
    (void)state;
    struct loop_timer last = {.fire = note_and_stop};
    probe_open(&probes[0], note_events);
    assert_int_equal(write(probes[0].other, "x", 1), 1);
    loop_unwatch(&loop, &probes[0].watch);
    loop_timer_start(&loop, &last, 10);
    loop_run(&loop);
    assert_int_equal(probes[0].count, 0);
    probe_close(&probes[0]);
}

static void a_watch_on_nothing_is_refused(void **state)
{
    (void)state;
    struct loop_watch watch = {.fd = -1, .ready = note_events};
    assert_false(loop_watch(&loop, &watch, EPOLLIN));
}

static void remove_both(struct loop_watch *watch, uint32_t events)
{
    note_events(watch, events);
    loop_unwatch(&loop, &probes[0].watch);
    loop_unwatch(&loop, &probes[1].watch);
}

/* Its owner may have freed it by then. */
static void a_watch_removed_by_another_is_not_told(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        probe_open(&probes[i], remove_both);
        assert_int_equal(write(probes[i].other, "x", 1), 1);
    }
    loop_run(&loop);
    assert_int_equal(probes[0].count + probes[1].count, 1);
    probe_close(&probes[0]);
    probe_close(&probes[1]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_stop_before_the_run_ends_it),
        TEST(many_stops_are_one),
        TEST(another_thread_stops_an_endless_wait),
        TEST(a_signal_handler_stops_an_endless_wait),
        TEST(a_stopped_loop_runs_until_it_is_told_to_end),
        TEST(the_clock_counts_milliseconds),
        TEST(a_wait_has_its_limit),
        TEST(a_far_timer_does_not_lift_the_limit),
        TEST(a_timer_fires_when_due),
        TEST(a_timer_may_be_due_at_once),
        TEST(timers_fire_in_the_order_of_their_due_times),
        TEST(equal_timers_fire_in_the_order_of_their_start),
        TEST(a_stopped_timer_does_not_fire),
        TEST(an_unused_timer_can_be_stopped),
        TEST(a_restarted_timer_fires_once),
        TEST(a_timer_may_start_itself_again),
        TEST(a_timer_may_stop_another_that_is_due),
        TEST(any_timers_fire_in_order),
        TEST(a_watch_is_told_what_is_ready),
        TEST(only_the_ready_watch_is_told),
        TEST(a_watch_may_change_what_it_waits_for),
        TEST(a_removed_watch_is_not_told),
        TEST(a_watch_on_nothing_is_refused),
        TEST(a_watch_removed_by_another_is_not_told),
    };
    return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
