/* service: what is heard of the data makes another version whenever they may have changed */
#include "service.h"

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

static struct service service;

static int begin(void **state)
{
    (void)state;
    memset(&service, 0, sizeof(service));
    return 0;
}

static void hear(enum db_news news, const char *payload)
{
    service_heard(&service.db, news, payload);
}

static uint64_t version(void)
{
    return service.data.version;
}

static void nothing_is_known_at_first(void **state)
{
    (void)state;
    assert_int_equal(version(), 0);
}

static void the_first_state_is_a_version(void **state)
{
    (void)state;
    hear(DB_NEWS_STATE, "4000000000");
    assert_int_not_equal(version(), 0);
    assert_true(version() != DATA_FOREVER);
    assert_int_equal(service.data.changed_at, 4000000000);
}

/* It is asked once a second. */
static void the_same_state_is_the_same_version(void **state)
{
    (void)state;
    hear(DB_NEWS_STATE, "4000000000");
    uint64_t before = version();
    for (int i = 0; i < 10; i++)
        hear(DB_NEWS_STATE, "4000000000");
    assert_int_equal(version(), before);
    hear(DB_NEWS_STATE, "4000000001");
    assert_int_not_equal(version(), before);
    assert_int_equal(service.data.changed_at, 4000000001);
}

/* A second may see several. */
static void each_change_is_a_version(void **state)
{
    (void)state;
    hear(DB_NEWS_STATE, "4000000000");
    for (int i = 0; i < 10; i++) {
        uint64_t before = version();
        hear(DB_NEWS_CHANGE, "4000000005");
        assert_int_not_equal(version(), before);
        assert_int_equal(service.data.changed_at, 4000000005);
    }
}

static void a_change_that_is_told_late_is_one(void **state)
{
    (void)state;
    hear(DB_NEWS_CHANGE, "4000000005");
    uint64_t before = version();
    hear(DB_NEWS_CHANGE, "4000000003");
    assert_int_not_equal(version(), before);
    assert_int_equal(service.data.changed_at, 4000000005);
}

/* Who had an answer from before it was committed has nothing of it, however new that is. */
static void a_change_that_took_long_is_no_older_than_its_news(void **state)
{
    (void)state;
    time_t before = time(NULL);
    hear(DB_NEWS_STATE, "1700000000");
    assert_true(service.data.changed_at > before);
    hear(DB_NEWS_CHANGE, "1700000005");
    assert_true(service.data.changed_at > before && service.data.changed_at <= time(NULL) + 1);
    uint64_t known = version();
    hear(DB_NEWS_STATE, "1700000005");
    assert_int_equal(version(), known);
    hear(DB_NEWS_STATE, "1700000006");
    assert_int_not_equal(version(), known);
}

/* Threads hear of it one after the other. */
static void what_is_found_at_the_start_is_dated_by_the_start(void **state)
{
    (void)state;
    service.began = 4000000000;
    hear(DB_NEWS_STATE, "1700000000");
    assert_int_equal(service.data.changed_at, 4000000002);
    hear(DB_NEWS_CHANGE, "4000000003");
    assert_int_equal(service.data.changed_at, 4000000003);
}

/* It was asked before the change was notified. */
static void an_older_state_changes_nothing(void **state)
{
    (void)state;
    hear(DB_NEWS_CHANGE, "4000000005");
    uint64_t before = version();
    hear(DB_NEWS_STATE, "4000000003");
    assert_int_equal(version(), before);
    assert_int_equal(service.data.changed_at, 4000000005);
}

static void what_cannot_be_known_is_not(void **state)
{
    (void)state;
    static const char *const payloads[] = {NULL, "", "0", "soon"};
    for (size_t i = 0; i < sizeof(payloads) / sizeof(*payloads); i++) {
        hear(DB_NEWS_STATE, "4000000000");
        assert_int_not_equal(version(), 0);
        hear(payloads[i] ? DB_NEWS_STATE : DB_NEWS_LOST, payloads[i]);
        assert_int_equal(version(), 0);
    }
}

/* Whatever was missed in between. */
static void what_is_known_again_is_another_version(void **state)
{
    (void)state;
    hear(DB_NEWS_STATE, "4000000000");
    uint64_t before = version();
    hear(DB_NEWS_LOST, NULL);
    hear(DB_NEWS_STATE, "4000000000");
    assert_int_not_equal(version(), 0);
    assert_int_not_equal(version(), before);
}

static void no_version_comes_back(void **state)
{
    (void)state;
    enum { COUNT = 10000 };
    struct dice dice = dice_begin();
    uint64_t highest = 0;
    for (int i = 0; i < COUNT; i++) {
        char payload[24];
        uint64_t before = version();
        enum db_news news = (enum db_news[]){DB_NEWS_CHANGE, DB_NEWS_STATE, DB_NEWS_LOST}[dice_roll(&dice, 3)];
        snprintf(payload, sizeof(payload), "%u", 4000000000u + dice_roll(&dice, 20));
        hear(news, news == DB_NEWS_LOST ? NULL : payload);
        assert_property(&dice, (version() == 0) == (news == DB_NEWS_LOST));
        assert_property(&dice, !version() || version() == before || version() > highest);
        highest = version() > highest ? version() : highest;
    }
}

/* ---- standbys ---- */

static void hear_standby(enum db_news news, const char *payload, uint64_t change)
{
    service.standby.present = true;
    service.standby.db.place.position = (struct position){1, change};
    service_heard_standby(&service.standby.db, news, payload);
}

static void hear_place(const char *payload, uint64_t change)
{
    service.db.place.position = change ? (struct position){1, change} : (struct position){0};
    hear(DB_NEWS_STATE, payload);
}

static void standbys_are_not_believed_while_the_primary_speaks(void **state)
{
    (void)state;
    hear(DB_NEWS_STATE, "4000000000");
    uint64_t before = version();
    hear_standby(DB_NEWS_STATE, "7", 100);
    hear_standby(DB_NEWS_STATE, "8", 200);
    hear_standby(DB_NEWS_LOST, NULL, 0);
    assert_int_equal(version(), before);
}

static void a_standby_speaks_for_a_primary_that_is_silent(void **state)
{
    (void)state;
    hear(DB_NEWS_STATE, "4000000000");
    hear_standby(DB_NEWS_STATE, "7", 100);
    uint64_t before = version();
    hear(DB_NEWS_LOST, NULL);
    assert_int_equal(version(), 0);
    hear_standby(DB_NEWS_STATE, "7", 100);
    uint64_t told = version();
    assert_true(told > before);
    assert_int_equal(service.data.position.change, 100);
    hear(DB_NEWS_LOST, NULL); /* at each attempt to reach it */
    hear_standby(DB_NEWS_STATE, "7", 200);
    assert_int_equal(version(), told);
    hear_standby(DB_NEWS_STATE, "8", 300);
    assert_true(version() > told);
    assert_int_equal(service.data.position.change, 300);
    hear_standby(DB_NEWS_LOST, NULL, 0);
    assert_int_equal(version(), 0);
}

static void the_primary_is_believed_again(void **state)
{
    (void)state;
    hear_standby(DB_NEWS_STATE, "7", 100);
    uint64_t before = version();
    hear(DB_NEWS_STATE, "4000000000");
    assert_true(version() > before);
    before = version();
    hear_standby(DB_NEWS_STATE, "8", 200);
    assert_int_equal(version(), before);
}

/* Until it is known where the change is, no standby shows it for sure. */
static void a_change_has_a_place_once_that_is_told(void **state)
{
    (void)state;
    hear_place("4000000000", 100);
    assert_int_equal(service.data.position.change, 100);
    hear_place("4000000000", 150);
    assert_int_equal(service.data.position.change, 100);
    hear(DB_NEWS_CHANGE, "4000000001");
    assert_int_equal(service.data.position.timeline, 0);
    hear_place("4000000001", 0); /* asked before it was notified */
    assert_int_equal(service.data.position.timeline, 0);
    hear_place("4000000001", 200);
    assert_int_equal(service.data.position.change, 200);
}

static void what_was_written_is_wanted_of_each_answer(void **state)
{
    (void)state;
    hear_place("4000000000", 100);
    uint64_t before = version();
    service_wrote(&service, (struct position){1, 300});
    assert_true(version() > before);
    assert_int_equal(service.written.change, 300);
    service_wrote(&service, (struct position){0}); /* it could not be found out */
    service_wrote(&service, (struct position){2, 200});
    assert_int_equal(service.written.change, 300);
    assert_int_equal(service.written.timeline, 2);
}

/* All of it: a sanitizer would tell. */
static void a_service_is_given_back(void **state)
{
    (void)state;
    struct headers headers = {.count = 0};
    struct document *document = document_new(&(struct document_bytes){NULL, 0, false}, 0, 0, &headers);
    service_init(&service, 1 << 20);
    cache_put(&service.cache, "a", 1, document);
    heads_keep(&service.heads, "/a", 2, cache_find(&service.cache, "a", 1));
    assert_non_null(heads_find(&service.heads, "/a", 2));
    service_release(&service);
    assert_int_equal(document->references, 1);
    document_unref(document);
}

/* ---- how old what is kept is ---- */

enum { STALE_MOST = 60 };

static unsigned age(uint64_t of, uint64_t right_at)
{
    service.stale_most = STALE_MOST;
    return service_age(&service, of, right_at);
}

static void an_age_is_rounded_up(void **state)
{
    (void)state;
    hear(DB_NEWS_CHANGE, "4000000000");
    assert_int_equal(age(version(), loop_now()), 1);
    assert_int_equal(age(version(), loop_now() - 900), 1);
    assert_int_equal(age(version(), loop_now() - 1000), 2);
}

/* The clock is that of the machine's start, which may have been a moment ago. */
static void what_is_older_than_may_be_has_no_age(void **state)
{
    (void)state;
    uint64_t now = loop_now();
    hear(DB_NEWS_CHANGE, "4000000000");
    service.stale_most = 2;
    assert_int_equal(service_age(&service, version(), now - 1000), 2);
    assert_int_equal(service_age(&service, version(), now - 2000), 0);
    service.stale_most = 0;
    assert_int_equal(service_age(&service, version(), loop_now()), 0);
}

/* By the moment at which the database was asked whether anything was new: what it said then took its time. */
static void the_last_version_is_right_as_long_as_the_database_says_so(void **state)
{
    (void)state;
    uint64_t made = loop_now() - 5000;
    hear(DB_NEWS_CHANGE, "4000000000");
    uint64_t last = version();
    assert_int_equal(age(last, made), 6);
    service.db.place.asked = loop_now() - 2000;
    hear(DB_NEWS_STATE, "4000000000");
    assert_int_equal(age(last, made), 3);
    hear(DB_NEWS_LOST, NULL);
    assert_int_equal(version(), 0);
    assert_int_equal(age(last, made), 3);
    assert_int_equal(age(last, loop_now()), 1); /* made later than that */
}

static void of_an_older_version_it_is_known_when_it_was_made(void **state)
{
    (void)state;
    uint64_t made = loop_now() - 5000;
    hear(DB_NEWS_CHANGE, "4000000000");
    uint64_t older = version();
    hear(DB_NEWS_CHANGE, "4000000001");
    service.db.place.asked = loop_now();
    hear(DB_NEWS_STATE, "4000000001");
    assert_int_equal(age(older, made), 6);
    assert_int_equal(age(version(), made), 1);
}

/* Whether the database's news are heard just then or not. */
static void nothing_from_before_an_own_write_has_an_age(void **state)
{
    (void)state;
    for (int known = 0; known < 2; known++) {
        hear(DB_NEWS_STATE, known ? "4000000003" : "4000000000");
        uint64_t before = version();
        assert_int_equal(age(before, loop_now()), 1);
        if (!known)
            hear(DB_NEWS_LOST, NULL);
        service_wrote(&service, (struct position){0});
        assert_int_equal(age(before, loop_now()), 0);
        assert_int_equal(age(service.data_versions, loop_now()), version() ? 1 : 0);
        hear(DB_NEWS_STATE, "4000000001");
        assert_int_equal(age(version(), loop_now()), 1);
        assert_int_equal(age(before, loop_now()), 0);
    }
}

/* By another thread, which shares nothing but the count. */
static void a_write_of_another_thread_is_an_own_one(void **state)
{
    (void)state;
    static struct service other;
    memset(&other, 0, sizeof(other));
    service_catch_up(&service);
    hear(DB_NEWS_STATE, "4000000000");
    uint64_t before = version();
    service_wrote(&other, (struct position){0});
    service_catch_up(&service);
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
        TEST(the_primary_is_believed_again),
        TEST(a_change_has_a_place_once_that_is_told),
        TEST(what_was_written_is_wanted_of_each_answer),
        TEST(a_service_is_given_back),
        TEST(an_age_is_rounded_up),
        TEST(what_is_older_than_may_be_has_no_age),
        TEST(the_last_version_is_right_as_long_as_the_database_says_so),
        TEST(of_an_older_version_it_is_known_when_it_was_made),
        TEST(nothing_from_before_an_own_write_has_an_age),
        TEST(a_write_of_another_thread_is_an_own_one),
    };
    return cmocka_run_group_tests_name("service", tests, NULL, NULL);
}
