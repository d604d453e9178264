/* rate: nobody has more than the quota and what the rate gives since, whoever else comes, on however many threads */
#include "rate.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "dice.h"

enum { SECOND = 1000000 };

/* Tests share the table: each comes by another name. */
static uint64_t somebody(void)
{
    static uint64_t names = 1;
    return names++ * UINT64_C(0x9E3779B97F4A7C15);
}

static unsigned granted(const struct rate *rate, uint64_t who, uint64_t now, unsigned times)
{
    unsigned count = 0;
    for (unsigned i = 0; i < times; i++)
        count += rate_take(rate, who, now).granted;
    return count;
}

static void the_quota_is_granted_at_once_and_no_more(void **state)
{
    (void)state;
    static const unsigned rates[][2] = {{1, 1}, {1, 10}, {10, 1}, {10, 10}, {3, 7}, {1000, 10}, {RATE_MOST, 1}};
    for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); i++) {
        struct rate rate = rate_of(rates[i][0], rates[i][1]);
        assert_int_equal(rate.quota, rates[i][0] * rates[i][1]);
        assert_int_equal(granted(&rate, somebody(), SECOND, rate.quota + 5), rate.quota);
    }
}

static void it_comes_back_evenly(void **state)
{
    (void)state;
    struct rate rate = rate_of(10, 2);
    uint64_t who = somebody(), now = SECOND;
    assert_int_equal(granted(&rate, who, now, 100), 20);
    assert_int_equal(granted(&rate, who, now + SECOND / 10 - 1, 100), 0);
    assert_int_equal(granted(&rate, who, now + SECOND / 10, 100), 1);
    assert_int_equal(granted(&rate, who, now + SECOND, 100), 9);
    assert_int_equal(granted(&rate, who, now + 3 * SECOND, 100), 20);
    assert_int_equal(granted(&rate, who, now + 1000 * UINT64_C(1000000), 100), 20);
}

static void what_is_told_is_true(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    for (int i = 0; i < 2000; i++) {
        struct rate rate = rate_of(1 + dice_roll(&dice, 50), 1 + dice_roll(&dice, 5));
        uint64_t who = somebody(), now = SECOND + dice_roll(&dice, SECOND);
        granted(&rate, who, now, dice_roll(&dice, 300));
        now += dice_roll(&dice, 3 * SECOND);
        struct rate_state told = rate_take(&rate, who, now);
        assert_property(&dice, told.remaining < rate.quota && told.reset_s <= rate.window_s + 1);
        assert_property(&dice, told.granted || (!told.remaining && told.retry_s >= 1));
        assert_property(&dice, granted(&rate, who, now, 300) == told.remaining);
        assert_property(&dice,
                        rate_take(&rate, who, now + told.retry_s * UINT64_C(1000000) + rate.interval_us).granted);
        assert_property(&dice, granted(&rate, who, now + 20 * UINT64_C(1000000), 300) == rate.quota);
    }
}

static void what_is_refused_takes_nothing(void **state)
{
    (void)state;
    struct rate rate = rate_of(1, 1);
    uint64_t who = somebody();
    assert_int_equal(granted(&rate, who, SECOND, 100000), 1);
    assert_int_equal(granted(&rate, who, 2 * SECOND, 100), 1);
}

/* A shorter window forgives what it would not have let grow so far; a slower rate leaves the share that was used. */
static void who_is_told_another_rate_owes_no_more_than_that_lets_it(void **state)
{
    (void)state;
    struct rate long_one = rate_of(1, 100), short_one = rate_of(1, 2), fast = rate_of(100, 10), slow = rate_of(1, 10);
    uint64_t who = somebody(), other = somebody();
    assert_int_equal(granted(&long_one, who, SECOND, 200), 100);
    struct rate_state told = rate_take(&short_one, who, SECOND);
    assert_false(told.granted);
    assert_true(told.retry_s <= 1 && told.reset_s <= 2);
    assert_int_equal(granted(&short_one, who, 3 * SECOND, 100), 2);
    assert_int_equal(granted(&fast, other, SECOND, 500), 500);
    assert_int_equal(granted(&slow, other, SECOND, 500), 5);
}

static void each_has_a_quota_of_its_own(void **state)
{
    (void)state;
    struct rate rate = rate_of(1, 2);
    uint64_t others[100];
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(granted(&rate, others[i] = somebody(), SECOND, 5), 2);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(granted(&rate, others[i], SECOND, 5), 0);
}

/* Who has used up its quota is forgotten last. */
static void a_flood_of_strangers_sets_nobody_free(void **state)
{
    (void)state;
    struct rate rate = rate_of(10, 10);
    uint64_t who = somebody();
    assert_int_equal(granted(&rate, who, SECOND, 1000), 100);
    for (int i = 0; i < 2000000; i++)
        rate_take(&rate, somebody(), SECOND + 1);
    assert_int_equal(granted(&rate, who, SECOND + 1, 1000), 0);
}

enum { THREADS = 4, TURNS = 50000 };

static struct rate shared;
static uint64_t shared_by;
static atomic_uint shared_granted;

static void *take_many(void *context)
{
    for (int i = 0; i < TURNS; i++)
        shared_granted += rate_take(&shared, shared_by, SECOND).granted;
    return context;
}

static void threads_share_it(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    shared = rate_of(1000, 100);
    shared_by = somebody();
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_many, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(shared_granted, shared.quota);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_quota_is_granted_at_once_and_no_more),
        cmocka_unit_test(it_comes_back_evenly),
        cmocka_unit_test(what_is_told_is_true),
        cmocka_unit_test(what_is_refused_takes_nothing),
        cmocka_unit_test(who_is_told_another_rate_owes_no_more_than_that_lets_it),
        cmocka_unit_test(each_has_a_quota_of_its_own),
        cmocka_unit_test(a_flood_of_strangers_sets_nobody_free),
        cmocka_unit_test(threads_share_it),
    };
    return cmocka_run_group_tests_name("rate", tests, NULL, NULL);
}
