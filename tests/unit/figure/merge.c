/* merge: the languages that understand the most answer together */
#include "figure/merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "figure/fixture.h"

static struct findings merged(const char *text)
{
    struct reader reader = reader_of(text, EN);
    reader.told = false;
    return merge_languages(&reader);
}

static void those_that_understand_less_are_not_heard(void **state)
{
    (void)state;
    struct findings findings = merged("5,6 Millionen");
    assert_int_equal(findings.count, 1);
    assert_int_equal(findings.all[0].readings_count, 1);
    assert_string_equal(findings.all[0].readings[0].figure.value, "5600000");
}

static void those_that_agree_give_one_reading(void **state)
{
    (void)state;
    assert_int_equal(merged("5 %").all[0].readings_count, 1);
}

static void those_that_differ_give_a_reading_each(void **state)
{
    (void)state;
    struct findings findings = merged("50 cent");
    assert_int_equal(findings.all[0].readings_count, 2);
    assert_string_equal(findings.all[0].readings[0].figure.unit, "USD");
    assert_string_equal(findings.all[0].readings[1].figure.unit, "EUR");
}

static void the_likelier_reading_is_first(void **state)
{
    (void)state;
    assert_string_equal(merged("1.234").all[0].readings[0].figure.value, "1234");
    assert_string_equal(merged("1,234").all[0].readings[0].figure.value, "1234");
}

static void figures_that_overlap_become_one(void **state)
{
    (void)state;
    struct findings findings = merged("5, 6 million and 7 %");
    assert_int_equal(findings.count, 2);
    assert_int_equal(findings.all[0].start, 0);
    assert_int_equal(findings.all[0].end, 12);
    assert_int_equal(findings.all[1].start, 17);
    assert_int_equal(findings.all[1].readings_count, 1);
}

static void nothing_is_nothing(void **state)
{
    (void)state;
    assert_int_equal(merged("").count, 0);
    assert_int_equal(merged("no number, GPT-4").count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(those_that_understand_less_are_not_heard), TEST(those_that_agree_give_one_reading),
        TEST(those_that_differ_give_a_reading_each),    TEST(the_likelier_reading_is_first),
        TEST(figures_that_overlap_become_one),          TEST(nothing_is_nothing),
    };
    return cmocka_run_group_tests_name("merge", tests, NULL, NULL);
}
