/* verdict: the primary's word is the last, a standby's has to be new enough, and nobody waits for what cannot come */
#include "verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const enum db_status answers[] = {DB_OK, DB_REFUSED, DB_MISFIT};
static const enum db_status failures[] = {DB_FAILED, DB_UNABLE, DB_OVERLOADED, DB_UNREADY, DB_UNKNOWN};

enum { ANSWERS = sizeof(answers) / sizeof(*answers), FAILURES = sizeof(failures) / sizeof(*failures) };

static void the_primarys_word_is_the_last(void **state)
{
    (void)state;
    for (int status = 0; status < DB_STATUSES; status++)
        if (status != DB_UNAVAILABLE)
            for (unsigned bits = 0; bits < 16; bits++)
                assert_int_equal(verdict_of(&(struct said){.status = (enum db_status)status,
                                                           .enough = bits & 1,
                                                           .confirmed = bits & 2,
                                                           .other = bits & 4,
                                                           .may_wait = bits & 8}),
                                 VERDICT_END);
}

static enum verdict without_primary(bool other, bool may_wait)
{
    return verdict_of(&(struct said){.status = DB_UNAVAILABLE, .other = other, .may_wait = may_wait});
}

static void a_primary_that_cannot_be_reached_is_stood_in_for(void **state)
{
    (void)state;
    assert_int_equal(without_primary(true, true), VERDICT_ASK_OTHER);
    assert_int_equal(without_primary(true, false), VERDICT_ASK_OTHER);
    assert_int_equal(without_primary(false, true), VERDICT_WAIT);
    assert_int_equal(without_primary(false, false), VERDICT_UNAVAILABLE);
}

static enum verdict by_standby(enum db_status status, struct said said)
{
    said.status = status;
    said.by_standby = true;
    return verdict_of(&said);
}

static void a_standby_that_is_new_enough_is_believed(void **state)
{
    (void)state;
    for (size_t i = 0; i < ANSWERS; i++)
        assert_int_equal(by_standby(answers[i], (struct said){.enough = true, .confirmed = true, .other = true}),
                         VERDICT_END);
}

static void what_may_be_too_old_will_do_if_the_primary_cannot_be_asked(void **state)
{
    (void)state;
    for (size_t i = 0; i < ANSWERS; i++) {
        struct said said = {.enough = true, .other = true, .may_wait = true};
        assert_int_equal(by_standby(answers[i], said), VERDICT_ASK_OTHER);
        said.other = false;
        assert_int_equal(by_standby(answers[i], said), VERDICT_UNCONFIRMED);
    }
}

static void what_shows_less_than_is_wanted_is_no_answer(void **state)
{
    (void)state;
    for (size_t i = 0; i < ANSWERS; i++) {
        struct said said = {.confirmed = true, .other = true, .may_wait = true};
        assert_int_equal(by_standby(answers[i], said), VERDICT_ASK_OTHER);
        said.other = false;
        assert_int_equal(by_standby(answers[i], said), VERDICT_WAIT);
        said.may_wait = false;
        assert_int_equal(by_standby(answers[i], said), VERDICT_UNAVAILABLE);
    }
}

/* As a standby goes on over what is being read. */
static void what_fails_at_a_standby_is_asked_of_the_primary_or_fails_at_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < FAILURES; i++) {
        struct said said = {.enough = true, .confirmed = true, .other = true, .may_wait = true};
        assert_int_equal(by_standby(failures[i], said), VERDICT_ASK_OTHER);
        said.other = false;
        assert_int_equal(by_standby(failures[i], said), VERDICT_END);
    }
}

static void a_standby_that_cannot_be_reached_is_waited_for(void **state)
{
    (void)state;
    assert_int_equal(by_standby(DB_UNAVAILABLE, (struct said){.other = true}), VERDICT_ASK_OTHER);
    assert_int_equal(by_standby(DB_UNAVAILABLE, (struct said){.may_wait = true}), VERDICT_WAIT);
    assert_int_equal(by_standby(DB_UNAVAILABLE, (struct said){0}), VERDICT_UNAVAILABLE);
}

static void time_that_is_over_is_over(void **state)
{
    (void)state;
    assert_int_equal(by_standby(DB_TIMEOUT, (struct said){.other = true, .may_wait = true}), VERDICT_END);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_primarys_word_is_the_last),
        cmocka_unit_test(a_primary_that_cannot_be_reached_is_stood_in_for),
        cmocka_unit_test(a_standby_that_is_new_enough_is_believed),
        cmocka_unit_test(what_may_be_too_old_will_do_if_the_primary_cannot_be_asked),
        cmocka_unit_test(what_shows_less_than_is_wanted_is_no_answer),
        cmocka_unit_test(what_fails_at_a_standby_is_asked_of_the_primary_or_fails_at_once),
        cmocka_unit_test(a_standby_that_cannot_be_reached_is_waited_for),
        cmocka_unit_test(time_that_is_over_is_over),
    };
    return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
