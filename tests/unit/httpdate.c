/* httpdate: the forms of RFC 9110, section 5.6.7, and nothing else */
#include "httpdate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dice.h"

enum { EXAMPLE = 784111777 };

static void the_three_forms_are_one_time(void **state)
{
    (void)state;
    assert_int_equal(httpdate_parse("Sun, 06 Nov 1994 08:49:37 GMT"), EXAMPLE);
    assert_int_equal(httpdate_parse("Sunday, 06-Nov-94 08:49:37 GMT"), EXAMPLE);
    assert_int_equal(httpdate_parse("Sun Nov  6 08:49:37 1994"), EXAMPLE);
}

static void dates_are_written_in_the_preferred_form(void **state)
{
    (void)state;
    char text[HTTPDATE_SIZE];
    httpdate_format(EXAMPLE, text);
    assert_string_equal(text, "Sun, 06 Nov 1994 08:49:37 GMT");
    httpdate_format(0, text);
    assert_string_equal(text, "Thu, 01 Jan 1970 00:00:00 GMT");
}

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    for (int i = 0; i < 1000; i++) {
        char text[HTTPDATE_SIZE];
        int64_t seconds = (int64_t)dice_roll(&dice, UINT32_MAX) * 2;
        httpdate_format(seconds, text);
        assert_property(&dice, httpdate_parse(text) == seconds);
    }
}

static void all_else_is_no_date(void **state)
{
    (void)state;
    static const char *const cases[] = {"",
                                        "0",
                                        "now",
                                        "Sun, 06 Nov 1994 08:49:37",
                                        "Sun, 06 Nov 1994 08:49:37 GMT ",
                                        "Sun, 06 Nov 1994 08:49:37 UTC",
                                        "1994-11-06T08:49:37Z",
                                        "Sun, 99 Nov 1994 08:49:37 GMT",
                                        "Sun, 06 Foo 1994 08:49:37 GMT"};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_int_equal(httpdate_parse(cases[i]), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_three_forms_are_one_time),
        cmocka_unit_test(dates_are_written_in_the_preferred_form),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(all_else_is_no_date),
    };
    return cmocka_run_group_tests_name("httpdate", tests, NULL, NULL);
}
