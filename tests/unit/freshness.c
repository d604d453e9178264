/* freshness: what is heard of the data makes another version whenever they, or what is known of their age, may have
 * changed */
#include "freshness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "dice.h"
#include "loop.h"

static struct freshness known;

static int begin(void **unused)
{
    (void)unused;
    memset(&known, 0, sizeof(known));
    return 0;
}

static void change(int64_t second)
{
    freshness_change(&known, second);
}

static void state_at(int64_t second, uint64_t place, uint64_t asked)
{
    struct position position = place ? (struct position){1, place} : (struct position){0};
    freshness_state(&known, second, &(struct db_place){position, asked, true});
}

static void state(int64_t second)
{
    state_at(second, 0, 0);
}

static void lost(void)
{
    freshness_lost(&known);
}

static uint64_t version(void)
{
    return known.data.version;
}

static void nothing_is_known_at_first(void **unused)
{
    (void)unused;
    assert_int_equal(version(), 0);
}

static void the_first_state_is_a_version(void **unused)
{
    (void)unused;
    state(4000000000);
    assert_int_not_equal(version(), 0);
    assert_true(version() != DATA_FOREVER);
    assert_int_equal(known.data.changed_at, 4000000000);
}

/* It is asked once a second. */
static void the_same_state_is_the_same_version(void **unused)
{
    (void)unused;
    state(4000000000);
    uint64_t before = version();
    for (int i = 0; i < 10; i++)
        state(4000000000);
    assert_int_equal(version(), before);
    state(4000000001);
    assert_int_not_equal(version(), before);
    assert_int_equal(known.data.changed_at, 4000000001);
}

/* A second may see several. */
static void each_change_is_a_version(void **unused)
{
    (void)unused;
    state(4000000000);
    for (int i = 0; i < 10; i++) {
        uint64_t before = version();
        change(4000000005);
        assert_int_not_equal(version(), before);
        assert_int_equal(known.data.changed_at, 4000000005);
    }
}

static void a_change_that_is_told_late_is_one(void **unused)
{
    (void)unused;
    change(4000000005);
    uint64_t before = version();
    change(4000000003);
    assert_int_not_equal(version(), before);
    assert_int_equal(known.data.changed_at, 4000000005);
}

/* Who had an answer from before it was committed has nothing of it, however new that is. */
static void a_change_that_took_long_is_no_older_than_its_news(void **unused)
{
    (void)unused;
    time_t before = time(NULL);
    state(1700000000);
    assert_true(known.data.changed_at > before);
    change(1700000005);
    assert_true(known.data.changed_at > before && known.data.changed_at <= time(NULL) + 1);
    uint64_t told = version();
    state(1700000005);
    assert_int_equal(version(), told);
    state(1700000006);
    assert_int_not_equal(version(), told);
}

/* Threads hear of it one after the other. */
static void what_is_found_at_the_start_is_dated_by_the_start(void **unused)
{
    (void)unused;
    known.began = 4000000000;
    state(1700000000);
    assert_int_equal(known.data.changed_at, 4000000002);
    change(4000000003);
    assert_int_equal(known.data.changed_at, 4000000003);
}

/* It was asked before the change was notified. */
static void an_older_state_changes_nothing(void **unused)
{
    (void)unused;
    change(4000000005);
    uint64_t before = version();
    state(4000000003);
    assert_int_equal(version(), before);
    assert_int_equal(known.data.changed_at, 4000000005);
}

static void what_cannot_be_known_is_not(void **unused)
{
    (void)unused;
    state(4000000000);
    assert_int_not_equal(version(), 0);
    lost();
    assert_int_equal(version(), 0);
}

/* Whatever was missed in between. */
static void what_is_known_again_is_another_version(void **unused)
{
    (void)unused;
    state(4000000000);
    uint64_t before = version();
    lost();
    state(4000000000);
    assert_int_not_equal(version(), 0);
    assert_int_not_equal(version(), before);
}

static void no_version_comes_back(void **unused)
{
    (void)unused;
    enum { COUNT = 10000 };
    struct dice dice = dice_begin();
    uint64_t highest = 0;
    for (int i = 0; i < COUNT; i++) {
        uint64_t before = version();
        int64_t second = 4000000000 + dice_roll(&dice, 20);
        unsigned news = dice_roll(&dice, 3);
        if (news == 0)
            change(second);
        else if (news == 1)
            state(second);
        else
            lost();
        assert_property(&dice, (version() == 0) == (news == 2));
        assert_property(&dice, !version() || version() == before || version() > highest);
        highest = version() > highest ? version() : highest;
    }
}

/* ---- standbys ---- */

static void standby_state(int64_t last_change, uint64_t place)
{
    freshness_standby_state(&known, last_change, &(struct db_place){{1, place}, loop_now(), true});
}

static void standbys_are_not_believed_while_the_primary_speaks(void **unused)
{
    (void)unused;
    state(4000000000);
    uint64_t before = version();
    standby_state(7, 100);
    standby_state(8, 200);
    freshness_standby_lost(&known);
    assert_int_equal(version(), before);
}

static void a_standby_speaks_for_a_primary_that_is_silent(void **unused)
{
    (void)unused;
    state(4000000000);
    standby_state(7, 100);
    uint64_t before = version();
    lost();
    assert_int_equal(version(), 0);
    standby_state(7, 100);
    uint64_t told = version();
    assert_true(told > before);
    assert_int_equal(known.data.position.change, 100);
    lost(); /* at each attempt to reach it */
    standby_state(7, 200);
    assert_int_equal(version(), told);
    standby_state(8, 300);
    assert_true(version() > told);
    assert_int_equal(known.data.position.change, 300);
    freshness_standby_lost(&known);
    assert_int_equal(version(), 0);
}

/* What was read at no place known is confirmed by the first place at which nothing has changed since. */
static void a_standby_that_says_the_same_tells_where_that_is(void **unused)
{
    (void)unused;
    freshness_standby_state(&known, 7, &(struct db_place){{0, 0}, loop_now(), true});
    uint64_t told = version();
    standby_state(7, 100);
    assert_int_equal(version(), told);
    assert_int_equal(known.data.position.change, 100);
    standby_state(7, 200);
    assert_int_equal(known.data.position.change, 100);
}

static void the_primary_is_believed_again(void **unused)
{
    (void)unused;
    standby_state(7, 100);
    uint64_t before = version();
    state(4000000000);
    assert_true(version() > before);
    before = version();
    standby_state(8, 200);
    assert_int_equal(version(), before);
}

/* Until it is known where the change is, no standby shows it for sure. */
static void a_change_has_a_place_once_that_is_told(void **unused)
{
    (void)unused;
    state_at(4000000000, 100, 0);
    assert_int_equal(known.data.position.change, 100);
    state_at(4000000000, 150, 0);
    assert_int_equal(known.data.position.change, 100);
    change(4000000001);
    assert_int_equal(known.data.position.timeline, 0);
    freshness_state(&known, 4000000001, &(struct db_place){{1, 150}, 0, false}); /* asked before it was notified */
    assert_int_equal(known.data.position.timeline, 0);
    state_at(4000000001, 200, 0);
    assert_int_equal(known.data.position.change, 200);
}

static void a_standby_is_measured_however_often_something_changes(void **unused)
{
    (void)unused;
    change(4000000001);
    freshness_state(&known, 4000000001, &(struct db_place){{1, 150}, loop_now(), false});
    assert_true(lag_of(&known.lag, (struct position){1, 150}, loop_now()) < 1000);
    assert_int_equal(known.data.position.timeline, 0);
}

static void what_was_written_is_wanted_of_each_answer(void **unused)
{
    (void)unused;
    state_at(4000000000, 100, 0);
    uint64_t before = version();
    freshness_wrote(&known, (struct position){1, 300});
    assert_true(version() > before);
    assert_int_equal(known.written.change, 300);
    freshness_wrote(&known, (struct position){2, 200});
    assert_int_equal(known.written.change, 300);
    assert_int_equal(known.written.timeline, 2);
}

/* ---- how old standbys are ---- */

enum { LAG_MOST = 2000 };

/* The primary was at 100 so many milliseconds ago, and nothing is heard of it since; a standby has all of that. */
static void be_silent_for(uint64_t milliseconds)
{
    known.lag_most = LAG_MOST;
    state_at(4000000000, 100, loop_now() - milliseconds);
    lost();
    standby_state(7, 100);
}

static bool confirms(uint64_t change)
{
    return freshness_confirms(&known, (struct position){1, change});
}

static void a_standby_is_confirmed_by_where_the_primary_was(void **unused)
{
    (void)unused;
    assert_false(confirms(100));
    be_silent_for(1000);
    assert_true(confirms(100));
    assert_false(confirms(99));
}

static void nobody_waits_for_the_bound_while_the_primary_speaks(void **unused)
{
    (void)unused;
    known.lag_most = LAG_MOST;
    state_at(4000000000, 100, loop_now());
    standby_state(7, 100);
    assert_int_equal(freshness_bound_in(&known), 0);
    uint64_t before = version();
    freshness_look_at_bound(&known);
    assert_int_equal(version(), before);
}

/* What is kept does not say that it is unconfirmed. */
static void what_was_kept_is_out_of_date_once_the_bound_passes(void **unused)
{
    (void)unused;
    be_silent_for(LAG_MOST - 500);
    uint64_t before = version(), rest = freshness_bound_in(&known);
    assert_true(rest > 0 && rest <= 501);
    freshness_look_at_bound(&known);
    assert_int_equal(version(), before);
    known.lag_most -= 1000; /* as if that time were over */
    freshness_look_at_bound(&known);
    assert_true(version() > before);
    assert_int_equal(known.data.position.change, 100);
    before = version();
    assert_int_equal(freshness_bound_in(&known), 0);
    freshness_look_at_bound(&known);
    standby_state(7, 100);
    assert_int_equal(version(), before);
    state(4000000000);
    assert_true(version() > before);
}

static void a_standby_that_is_out_of_bound_at_once_makes_nobody_wait(void **unused)
{
    (void)unused;
    be_silent_for(LAG_MOST + 500);
    assert_true(version());
    assert_int_equal(freshness_bound_in(&known), 0);
}

/* By this thread or another, until the primary is asked again. What all threads share stays for the tests behind. */
static void what_may_have_been_written_is_the_primarys_to_tell(void **unused)
{
    (void)unused;
    static struct freshness other;
    memset(&other, 0, sizeof(other));
    freshness_catch_up(&known);
    known.lag_most = LAG_MOST;
    state_at(4000000000, 100, loop_now() - 1);
    assert_true(confirms(100));
    uint64_t before = version();
    freshness_may_have_written(&other);
    freshness_catch_up(&known);
    assert_false(confirms(100));
    assert_int_equal(version(), before);
    state_at(4000000000, 0, loop_now() + 1); /* not where it is */
    assert_false(confirms(100));
    state_at(4000000000, 101, loop_now() + 1);
    assert_true(confirms(101));
    assert_true(known.written.change >= 101);
}

/* ---- how old what is kept is ---- */

enum { STALE_MOST = 60 };

static unsigned age(uint64_t of, uint64_t right_at)
{
    known.stale_most = STALE_MOST;
    return freshness_age(&known, of, right_at);
}

static void an_age_is_rounded_up(void **unused)
{
    (void)unused;
    change(4000000000);
    assert_int_equal(age(version(), loop_now()), 1);
    assert_int_equal(age(version(), loop_now() - 900), 1);
    assert_int_equal(age(version(), loop_now() - 1000), 2);
}

/* The clock is that of the machine's start, which may have been a moment ago. */
static void what_is_older_than_may_be_has_no_age(void **unused)
{
    (void)unused;
    uint64_t now = loop_now();
    change(4000000000);
    known.stale_most = 2;
    assert_int_equal(freshness_age(&known, version(), now - 1000), 2);
    assert_int_equal(freshness_age(&known, version(), now - 2000), 0);
    known.stale_most = 0;
    assert_int_equal(freshness_age(&known, version(), loop_now()), 0);
}

/* By the moment at which the database was asked whether anything was new: what it said then took its time. */
static void the_last_version_is_right_as_long_as_the_database_says_so(void **unused)
{
    (void)unused;
    uint64_t made = loop_now() - 5000;
    change(4000000000);
    uint64_t last = version();
    assert_int_equal(age(last, made), 6);
    state_at(4000000000, 0, loop_now() - 2000);
    assert_int_equal(age(last, made), 3);
    lost();
    assert_int_equal(version(), 0);
    assert_int_equal(age(last, made), 3);
    assert_int_equal(age(last, loop_now()), 1); /* made later than that */
}

static void of_an_older_version_it_is_known_when_it_was_made(void **unused)
{
    (void)unused;
    uint64_t made = loop_now() - 5000;
    change(4000000000);
    uint64_t older = version();
    change(4000000001);
    state_at(4000000001, 0, loop_now());
    assert_int_equal(age(older, made), 6);
    assert_int_equal(age(version(), made), 1);
}

/* Whether the database's news are heard just then or not. */
static void nothing_from_before_an_own_write_has_an_age(void **unused)
{
    (void)unused;
    for (int silent = 0; silent < 2; silent++) {
        state(silent ? 4000000003 : 4000000000);
        uint64_t before = version();
        assert_int_equal(age(before, loop_now()), 1);
        if (silent)
            lost();
        freshness_wrote(&known, (struct position){0});
        assert_int_equal(age(before, loop_now()), 0);
        assert_int_equal(age(known.versions, loop_now()), version() ? 1 : 0);
        state(4000000001);
        assert_int_equal(age(version(), loop_now()), 1);
        assert_int_equal(age(before, loop_now()), 0);
    }
}

/* By another thread, which shares nothing but the count. */
static void a_write_of_another_thread_is_an_own_one(void **unused)
{
    (void)unused;
    static struct freshness other;
    memset(&other, 0, sizeof(other));
    freshness_catch_up(&known);
    state(4000000000);
    uint64_t before = version();
    freshness_wrote(&other, (struct position){0});
    freshness_catch_up(&known);
    assert_int_equal(age(before, loop_now()), 0);
    assert_int_equal(age(version(), loop_now()), 1);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_known_at_first),
        TEST(the_first_state_is_a_version),
        TEST(the_same_state_is_the_same_version),
        TEST(each_change_is_a_version),
        TEST(a_change_that_is_told_late_is_one),
        TEST(a_change_that_took_long_is_no_older_than_its_news),
        TEST(what_is_found_at_the_start_is_dated_by_the_start),
        TEST(an_older_state_changes_nothing),
        TEST(what_cannot_be_known_is_not),
        TEST(what_is_known_again_is_another_version),
        TEST(no_version_comes_back),
        TEST(standbys_are_not_believed_while_the_primary_speaks),
        TEST(a_standby_speaks_for_a_primary_that_is_silent),
        TEST(a_standby_that_says_the_same_tells_where_that_is),
        TEST(the_primary_is_believed_again),
        TEST(a_change_has_a_place_once_that_is_told),
        TEST(a_standby_is_measured_however_often_something_changes),
        TEST(what_was_written_is_wanted_of_each_answer),
        TEST(a_standby_is_confirmed_by_where_the_primary_was),
        TEST(nobody_waits_for_the_bound_while_the_primary_speaks),
        TEST(what_was_kept_is_out_of_date_once_the_bound_passes),
        TEST(a_standby_that_is_out_of_bound_at_once_makes_nobody_wait),
        TEST(what_may_have_been_written_is_the_primarys_to_tell),
        TEST(an_age_is_rounded_up),
        TEST(what_is_older_than_may_be_has_no_age),
        TEST(the_last_version_is_right_as_long_as_the_database_says_so),
        TEST(of_an_older_version_it_is_known_when_it_was_made),
        TEST(nothing_from_before_an_own_write_has_an_age),
        TEST(a_write_of_another_thread_is_an_own_one),
    };
    return cmocka_run_group_tests_name("freshness", tests, NULL, NULL);
}
