/* reading: an answer is as new as the oldest of its parts, whichever servers they are of */
#include "reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "loop.h"

static struct service service;
static struct request request;

/* The primary was at 100 a moment ago, of data that are those of 90. */
static int begin(void **state)
{
    (void)state;
    memset(&service, 0, sizeof(service));
    memset(&request, 0, sizeof(request));
    service.standby.present = true;
    service.db.settings.deadline_ms = 1000;
    service.known.lag_most = 60000;
    freshness_state(&service.known, 4000000000, &(struct db_place){{1, 90}, loop_now(), true});
    freshness_state(&service.known, 4000000000, &(struct db_place){{1, 100}, loop_now() + 1000, true});
    request.service = &service;
    request.asked = loop_now_us();
    reading_begin(&request);
    return 0;
}

/* One part has been answered so. */
static void take(bool standby, uint64_t change)
{
    enum db_status status = DB_OK;
    request.reading.state = standby ? READING_STANDBY : READING_PRIMARY;
    request.call.position = (struct position){1, change};
    assert_true(reading_done(&request, &status));
    assert_int_equal(status, DB_OK);
}

static void an_answer_of_one_part_is_as_new_as_that(void **state)
{
    (void)state;
    take(true, 95);
    assert_int_equal(request.position.change, 95);
    assert_true(reading_is_current(&request));
}

/* The total of a list is asked for before its rows. */
static void an_old_part_makes_an_old_answer(void **state)
{
    (void)state;
    service.known.data.position.change = 100;
    take(true, 95);
    take(false, 100);
    assert_int_equal(request.position.change, 95);
    assert_false(reading_is_current(&request));
    reading_begin(&request);
    take(false, 100);
    assert_int_equal(request.position.change, 100);
    assert_true(reading_is_current(&request));
}

static void an_unconfirmed_part_makes_an_unconfirmed_answer(void **state)
{
    (void)state;
    freshness_standby_state(&service.known, 7, &(struct db_place){{1, 95}, loop_now(), true});
    freshness_lost(&service.known);
    take(true, 50);
    assert_true(request.unconfirmed);
    take(true, 95);
    assert_true(request.unconfirmed);
    reading_begin(&request);
    take(true, 95);
    assert_false(request.unconfirmed);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_answer_of_one_part_is_as_new_as_that),
        TEST(an_old_part_makes_an_old_answer),
        TEST(an_unconfirmed_part_makes_an_unconfirmed_answer),
    };
    return cmocka_run_group_tests_name("reading", tests, NULL, NULL);
}
