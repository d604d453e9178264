/* lag: an answer is as old as the last mark of the primary that it has reached */
#include "lag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static struct position at(uint64_t change)
{
    return (struct position){1, change};
}

static void nothing_is_known_at_first(void **state)
{
    static const struct lag lag;
    (void)state;
    assert_true(lag_of(&lag, at(100), 5000) == UINT64_MAX);
}

static void a_standby_is_as_old_as_the_mark_that_it_has_reached(void **state)
{
    struct lag lag = {.next = 0};
    (void)state;
    lag_note(&lag, at(10), 1000);
    lag_note(&lag, at(20), 2000);
    lag_note(&lag, at(30), 3000);
    assert_int_equal(lag_of(&lag, at(30), 3100), 100);
    assert_int_equal(lag_of(&lag, at(99), 3100), 100);
    assert_int_equal(lag_of(&lag, at(29), 3100), 1100);
    assert_int_equal(lag_of(&lag, at(10), 3100), 2100);
    assert_true(lag_of(&lag, at(9), 3100) == UINT64_MAX);
}

/* Nobody writes: the log stands still, and whoever has all of it is level. */
static void a_primary_that_stands_still_makes_nobody_old(void **state)
{
    struct lag lag = {.next = 0};
    (void)state;
    for (uint64_t second = 1; second < 200; second++)
        lag_note(&lag, at(10), second * 1000);
    assert_int_equal(lag_of(&lag, at(10), 199500), 500);
}

static void a_mark_soon_after_another_is_left_out(void **state)
{
    struct lag lag = {.next = 0};
    (void)state;
    lag_note(&lag, at(10), 1000);
    for (unsigned i = 1; i < 800; i++)
        lag_note(&lag, at(10 + i), 1000 + i);
    lag_note(&lag, at(900), 2000);
    assert_int_equal(lag_of(&lag, at(500), 2000), 1000);
}

static void marks_reach_back_as_far_as_is_promised(void **state)
{
    struct lag lag = {.next = 0};
    uint64_t now = 0;
    (void)state;
    for (uint64_t i = 1; i <= LAG_MARKS * 3; i++)
        lag_note(&lag, at(i), now = i * 1000);
    uint64_t reached = LAG_MARKS * 3 - LAG_MOST_MS / 1000;
    assert_int_equal(lag_of(&lag, at(reached), now), LAG_MOST_MS);
}

static void a_standby_of_the_lost_timeline_is_of_unknown_age(void **state)
{
    struct lag lag = {.next = 0};
    (void)state;
    lag_note(&lag, (struct position){2, 10}, 1000);
    assert_true(lag_of(&lag, at(1000), 1000) == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_known_at_first),
        cmocka_unit_test(a_standby_is_as_old_as_the_mark_that_it_has_reached),
        cmocka_unit_test(a_primary_that_stands_still_makes_nobody_old),
        cmocka_unit_test(a_mark_soon_after_another_is_left_out),
        cmocka_unit_test(marks_reach_back_as_far_as_is_promised),
        cmocka_unit_test(a_standby_of_the_lost_timeline_is_of_unknown_age),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
