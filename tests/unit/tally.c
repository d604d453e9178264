/* tally: each is counted, by all threads, and nobody for another */
#include "tally.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hash.h"

enum { MANY = 20000, THREADS = 4 };

static uint64_t name(uint64_t number)
{
    return hash_of(&number, sizeof(number));
}

static void who_was_added_is_counted_until_removed(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        assert_int_equal(tally_count(name(1)), i);
        tally_add(name(1));
    }
    for (unsigned i = 1000; i > 0; i--) {
        assert_int_equal(tally_count(name(1)), i);
        tally_remove(name(1));
    }
    assert_int_equal(tally_count(name(1)), 0);
}

/* Half of a place is shared often, all of it hardly ever. */
static void one_is_not_taken_for_another(void **state)
{
    (void)state;
    unsigned wrong = 0;
    for (unsigned i = 0; i < 1000; i++)
        tally_add(name(1));
    for (uint64_t i = 2; i < MANY; i++)
        wrong += tally_count(name(i)) > 0;
    assert_in_range(wrong, 0, 1);
    for (unsigned i = 0; i < 1000; i++)
        tally_remove(name(1));
}

static void *come_and_go(void *context)
{
    for (int i = 0; i < MANY; i++) {
        tally_add(name(7));
        if (tally_count(name(7)) == 0)
            return NULL;
        tally_remove(name(7));
    }
    return context;
}

static void threads_share_it(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, threads), 0);
    for (int i = 0; i < THREADS; i++) {
        void *good;
        pthread_join(threads[i], &good);
        assert_non_null(good);
    }
    assert_int_equal(tally_count(name(7)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_was_added_is_counted_until_removed),
        cmocka_unit_test(one_is_not_taken_for_another),
        cmocka_unit_test(threads_share_it),
    };
    hash_init();
    return cmocka_run_group_tests_name("tally", tests, NULL, NULL);
}
