/* numeral: numbers are read with what multiplies them, and with what is added behind that */
#include "figure/numeral.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "figure/fixture.h"

static void assert_numeral(enum figure_language language, const char *text, const char *value)
{
    struct reader reader = reader_of(text, language);
    struct number number;
    if (!numeral_read(&reader, 0, false, &number))
        fail_msg("%s is not read", text);
    assert_exact(&number.readings[0].value, value);
    if (number.end != reader.text.count)
        fail_msg("%s is read to %zu", text, number.end);
}

static void assert_none(enum figure_language language, const char *text)
{
    struct reader reader = reader_of(text, language);
    struct number number;
    if (numeral_read(&reader, 0, false, &number))
        fail_msg("%s is read", text);
}

static void scales_multiply(void **state)
{
    (void)state;
    assert_numeral(EN, "5.6 million", "5600000");
    assert_numeral(EN, "70-billion", "70000000000");
    assert_numeral(DE, "5Mio.", "5000000");
    assert_numeral(DE, "tausend Milliarden", "1000000000000");
    assert_numeral(ES, "1,6 mil millones", "1600000000");
    assert_numeral(FR, "une vingtaine de millions", "20000000");
    assert_numeral(EN, "two dozen", "24");
}

static void parts_count_with_their_scale(void **state)
{
    (void)state;
    assert_numeral(EN, "half a million", "500000");
    assert_numeral(EN, "three quarters of a million", "750000");
    assert_numeral(EN, "one and a half million", "1500000");
    assert_numeral(EN, "5 1/2 million", "5500000");
    assert_numeral(EN, "1/2 million", "500000");
    assert_numeral(DE, "2½ Milliarden", "2500000000");
    assert_numeral(DE, "anderthalb Millionen", "1500000");
    assert_numeral(DE, "zweieinhalb", "2.5");
    assert_numeral(IT, "due milioni e mezzo", "2500000");
    assert_numeral(ES, "millón y medio", "1500000");
}

static void terms_are_added_while_they_become_smaller(void **state)
{
    (void)state;
    assert_numeral(EN, "one million, two hundred thousand, five hundred", "1200500");
    assert_numeral(EN, "a hundred and five", "105");
    assert_numeral(DE, "5 Millionen 600 Tausend", "5600000");
    assert_numeral(IT, "1 miliardo e 600 milioni", "1600000000");
    assert_numeral(IT, "un milione e duecentomila", "1200000");
}

static void terms_that_are_not_smaller_are_other_numbers(void **state)
{
    (void)state;
    struct reader reader = reader_of("5 Millionen 6 Millionen", DE);
    struct number number;
    assert_true(numeral_read(&reader, 0, false, &number));
    assert_int_equal(number.end, 11);
    reader = reader_of("5 Millionen 512", DE);
    assert_true(numeral_read(&reader, 0, false, &number));
    assert_int_equal(number.end, 11);
}

static void m_is_a_million_of_money_alone(void **state)
{
    (void)state;
    struct reader reader = reader_of("5m", EN);
    struct number number;
    assert_true(numeral_read(&reader, 0, false, &number) && !number.scaled);
    assert_true(numeral_read(&reader, 0, true, &number) && number.scaled);
    reader = reader_of("5m dollars", EN);
    assert_true(numeral_read(&reader, 0, false, &number) && number.scaled);
}

static void articles_and_parts_want_a_scale(void **state)
{
    (void)state;
    assert_none(EN, "a house");
    assert_none(EN, "half the price");
    assert_none(EN, "1/2");
    assert_numeral(EN, "a million", "1000000");
}

static void a_scale_may_follow_a_bound(void **state)
{
    (void)state;
    struct reader reader = reader_of("5+ million", EN);
    struct number number;
    assert_true(numeral_read(&reader, 0, false, &number));
    assert_true(numeral_scale_behind(&reader, &number, 2, false));
    assert_exact(&number.readings[0].value, "5000000");
    assert_false(numeral_scale_behind(&reader, &number, 2, false));
}

static void what_is_too_large_is_none(void **state)
{
    (void)state;
    assert_none(EN, "5 trillion trillion trillion trillion trillion trillion");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(scales_multiply),
        TEST(parts_count_with_their_scale),
        TEST(terms_are_added_while_they_become_smaller),
        TEST(terms_that_are_not_smaller_are_other_numbers),
        TEST(m_is_a_million_of_money_alone),
        TEST(articles_and_parts_want_a_scale),
        TEST(a_scale_may_follow_a_bound),
        TEST(what_is_too_large_is_none),
    };
    return cmocka_run_group_tests_name("numeral", tests, NULL, NULL);
}
