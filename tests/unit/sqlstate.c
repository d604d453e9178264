/* sqlstate: what a failure is to a call, to the connection and to the schema */
#include "sqlstate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void each_failure_has_its_end(void **state)
{
    static const struct {
        const char *code;
        enum db_status status;
    } ends[] = {
        {"CL404", DB_REFUSED}, {"22P02", DB_MISFIT},  {"22003", DB_MISFIT}, {"22007", DB_MISFIT}, {"22008", DB_MISFIT},
        {"22009", DB_MISFIT},  {"22023", DB_MISFIT},  {"54000", DB_MISFIT}, {"22012", DB_FAILED}, {"25006", DB_UNABLE},
        {"25001", DB_FAILED},  {"40001", DB_UNABLE},  {"40P01", DB_UNABLE}, {"53100", DB_UNABLE}, {"58030", DB_UNABLE},
        {"57014", DB_TIMEOUT}, {"55P03", DB_TIMEOUT}, {"42P01", DB_FAILED}, {"23505", DB_FAILED}, {"C", DB_FAILED},
        {"4", DB_FAILED},      {"", DB_UNABLE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
        assert_int_equal(sqlstate_status(ends[i].code), ends[i].status);
}

static void sessions_are_stale_that_end_or_have_what_is_out_of_date(void **state)
{
    (void)state;
    for (int writes = 0; writes < 2; writes++) {
        assert_true(sqlstate_is_stale("57P01", writes));
        assert_true(sqlstate_is_stale("57P03", writes));
        assert_true(sqlstate_is_stale("0A000", writes));
        assert_true(sqlstate_is_stale("26000", writes));
        assert_false(sqlstate_is_stale("57014", writes));
        assert_false(sqlstate_is_stale("53100", writes));
        assert_false(sqlstate_is_stale("", writes));
    }
}

static void only_who_writes_minds_that_it_cannot(void **state)
{
    (void)state;
    assert_true(sqlstate_is_stale("25006", true));
    assert_false(sqlstate_is_stale("25006", false));
}

static void what_is_not_prepared_or_not_there_is_known(void **state)
{
    (void)state;
    assert_true(sqlstate_is_unprepared("26000"));
    assert_false(sqlstate_is_unprepared("2600"));
    assert_false(sqlstate_is_unprepared(""));
    assert_true(sqlstate_is_schema("42P01"));
    assert_true(sqlstate_is_schema("42703"));
    assert_false(sqlstate_is_schema("40001"));
    assert_false(sqlstate_is_schema(""));
}

static void only_the_servers_own_word_says_that_nothing_was_done(void **state)
{
    (void)state;
    assert_true(sqlstate_is_told_by_server("25001"));
    assert_true(sqlstate_is_told_by_server("57P01"));
    assert_false(sqlstate_is_told_by_server("08P01"));
    assert_false(sqlstate_is_told_by_server("08006"));
    assert_false(sqlstate_is_told_by_server(""));
}

static void a_failure_of_libpq_has_no_code(void **state)
{
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_FATAL_ERROR);
    (void)state;
    assert_string_equal(sqlstate_of(result), "");
    PQclear(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_failure_has_its_end),
        cmocka_unit_test(sessions_are_stale_that_end_or_have_what_is_out_of_date),
        cmocka_unit_test(only_who_writes_minds_that_it_cannot),
        cmocka_unit_test(what_is_not_prepared_or_not_there_is_known),
        cmocka_unit_test(only_the_servers_own_word_says_that_nothing_was_done),
        cmocka_unit_test(a_failure_of_libpq_has_no_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
