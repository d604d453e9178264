/* call: one waits in its lane, is taken in its turn, and ends once */
#include "call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct calls calls;
static struct db *const db = (struct db *)&calls; /* only told apart from NULL */
static char told[64];

/* The name of a call is its first argument. */
static void note(struct db_call *call, enum db_status status, const PGresult *result)
{
    (void)result;
    snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s%d ", call->arguments[0], (int)status);
}

#define CALL(name)                                                                                                     \
    {                                                                                                                  \
        .arguments = (const char *const[]){name}, .done = note                                                         \
    }

static int begin(void **state)
{
    (void)state;
    calls = (struct calls){0};
    *told = 0;
    return 0;
}

static void the_oldest_of_a_lane_is_taken(void **state)
{
    struct db_transaction quick = {.writes = true}, patient = {.writes = true, .patience_ms = 1}, reading = {0};
    struct db_call a = CALL("a"), b = CALL("b"), c = CALL("c"), d = CALL("d"), e = CALL("e");
    (void)state;
    c.transaction = &quick;
    d.transaction = &patient;
    e.transaction = &reading;
    for (struct db_call **call = (struct db_call *[]){&a, &b, &c, &d, &e, NULL}; *call; call++)
        calls_add(&calls, db, *call);
    assert_int_equal(calls.under_way, 5);
    assert_ptr_equal(calls_take(&calls, DB_LANE_WRITE), &c);
    assert_ptr_equal(calls_take(&calls, DB_LANE_PATIENT), &d);
    assert_ptr_equal(calls_take(&calls, DB_LANE_READ), &a);
    assert_ptr_equal(calls_take(&calls, DB_LANE_READ), &b);
    assert_ptr_equal(calls_take(&calls, DB_LANE_READ), &e);
    assert_null(calls.waiting[DB_LANE_READ].first);
    assert_int_equal(calls.under_way, 5);
}

static void one_that_waits_again_is_the_last_and_has_no_place(void **state)
{
    struct db_call a = CALL("a"), b = CALL("b"), *place = &a;
    (void)state;
    calls_add(&calls, db, &a);
    calls_add(&calls, db, &b);
    calls_take(&calls, DB_LANE_READ)->place = &place;
    call_wait(&a);
    assert_null(place);
    assert_int_equal(a.sent_us, 0);
    assert_ptr_equal(calls_take(&calls, DB_LANE_READ), &b);
    assert_ptr_equal(calls_take(&calls, DB_LANE_READ), &a);
}

static void an_end_is_told_and_counted_and_leaves_the_place_to_nobody(void **state)
{
    struct db_call a = CALL("a"), b = CALL("b"), c = CALL("c"), *place = &a;
    (void)state;
    calls_add(&calls, db, &a);
    calls_add(&calls, db, &b);
    calls_add(&calls, db, &c);
    calls_take(&calls, DB_LANE_READ)->place = &place;
    call_end(&a, DB_TIMEOUT, NULL);
    assert_null(place);
    assert_null(a.db);
    calls_end(&calls, DB_LANE_READ, DB_UNAVAILABLE);
    assert_string_equal(told, "a5 b8 c8 ");
    assert_int_equal(calls.ended[DB_TIMEOUT], 1);
    assert_int_equal(calls.ended[DB_UNAVAILABLE], 2);
    assert_int_equal(calls.under_way, 0);
}

static void one_that_is_cancelled_is_told_nothing(void **state)
{
    struct db_call a = CALL("a"), b = CALL("b"), c = CALL("c");
    (void)state;
    calls_add(&calls, db, &a);
    calls_add(&calls, db, &b);
    calls_add(&calls, db, &c);
    call_cancel(&b);
    assert_int_equal(calls.waiting[DB_LANE_READ].count, 2);
    calls_end(&calls, DB_LANE_READ, DB_OK);
    assert_string_equal(told, "a0 c0 ");
}

/* A sanitizer would tell of what is cleared twice, or not at all. */
static void the_results_of_a_transaction_are_there_until_it_is_told_of(void **state)
{
    struct db_transaction transaction = {.steps_count = 2, .writes = true};
    struct db_call a = CALL("a");
    (void)state;
    a.transaction = &transaction;
    for (int again = 0; again < 2; again++) {
        calls_add(&calls, db, &a);
        calls_take(&calls, DB_LANE_WRITE);
        transaction.results[0] = PQmakeEmptyPGresult(NULL, PGRES_COMMAND_OK);
        transaction.failure = PQmakeEmptyPGresult(NULL, PGRES_FATAL_ERROR);
        call_wait(&a);
        assert_null(transaction.results[0]);
        assert_null(transaction.failure);
        calls_take(&calls, DB_LANE_WRITE)->place = &(struct db_call *){&a};
        transaction.results[1] = PQmakeEmptyPGresult(NULL, PGRES_COMMAND_OK);
        call_end(&a, DB_OK, transaction.results[1]);
    }
    assert_string_equal(told, "a0 a0 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_oldest_of_a_lane_is_taken, begin),
        cmocka_unit_test_setup(one_that_waits_again_is_the_last_and_has_no_place, begin),
        cmocka_unit_test_setup(an_end_is_told_and_counted_and_leaves_the_place_to_nobody, begin),
        cmocka_unit_test_setup(one_that_is_cancelled_is_told_nothing, begin),
        cmocka_unit_test_setup(the_results_of_a_transaction_are_there_until_it_is_told_of, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
