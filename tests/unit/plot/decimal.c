/* decimal: decimals are read near enough, and worded exactly */
#include "plot/decimal.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dice.h"

static void assert_reads(const char *text, double wanted)
{
    double number = -1;
    assert_true(decimal_read(text, &number));
    assert_true(fabs(number - wanted) <= fabs(wanted) * 1e-14);
}

static void assert_refused(const char *text)
{
    double number = -1;
    assert_false(decimal_read(text, &number));
    assert_true(number == -1);
}

static void decimals_are_read(void **state)
{
    (void)state;
    assert_reads("0", 0);
    assert_reads("-0", 0);
    assert_reads("0.000", 0);
    assert_reads("294000", 294000);
    assert_reads("-1.5", -1.5);
    assert_reads("0.1", 0.1);
    assert_reads("0.000000001", 1e-9);
    assert_reads("1000000000000000000000000000000000000000000000", 1e45);
    assert_reads("007", 7);
    assert_reads("123456789012345678901234567890123456789012345.678",
                 123456789012345678901234567890123456789012345.678);
}

static void what_is_no_decimal_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",    "-",    ".5",  "5.",   "1.2.3", "1,5", "1e5",     " 1",
                                        "1 ",  "+1",   "--1", "NaN",  "inf",   "0x1", "-.5",     "1.-5",
                                        "x12", "12\n", "-x",  "1.x5", "1_000", "½",   "Infinity"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        assert_refused(texts[i]);
    assert_refused(NULL);
}

static void the_ends_of_the_range_hold(void **state)
{
    (void)state;
    char text[2001] = "";
    memset(text, '9', 2000);
    assert_refused(text);
    text[400] = 0;
    assert_refused(text);
    text[299] = 0;
    assert_reads(text, 1e299);
    memset(text, '0', 2000);
    text[1] = '.';
    text[1999] = '1';
    assert_reads(text, 0);
}

static void assert_words(const char *text, const char *wanted)
{
    struct buffer words = BUFFER_INIT;
    decimal_words(&words, text);
    buffer_putc(&words, 0);
    assert_string_equal(words.data, wanted);
    buffer_release(&words);
}

static void decimals_are_worded(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"0", "0"},
        {"0.00", "0"},
        {"7", "7"},
        {"999", "999"},
        {"1000", "1,000"},
        {"294000", "294,000"},
        {"294000.50", "294,000.5"},
        {"5600000", "5.6 million"},
        {"1234567", "1,234,567"},
        {"1234000", "1.234 million"},
        {"1600000000", "1.6 billion"},
        {"100000000000", "100 billion"},
        {"999000000000000", "999 trillion"},
        {"1000000000000000", "10¹⁵"},
        {"2500000000000000000000", "2.5 × 10²¹"},
        {"19.05", "19.05"},
        {"-5000000", "−5 million"},
        {"-0.5", "−0.5"},
        {"0.0001", "0.0001"},
        {"0.00001", "10⁻⁵"},
        {"0.000000025", "2.5 × 10⁻⁸"},
        {"1000000.5", "1,000,000.5"},
        {"about 5", "about 5"},
        {"", ""},
        {"-", "-"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_words(cases[i].text, cases[i].words);
}

static void assert_tick(long digits, int exponent, const char *number, const char *magnitude)
{
    struct buffer words = BUFFER_INIT;
    assert_string_equal(decimal_tick(&words, digits, exponent), magnitude);
    buffer_putc(&words, 0);
    assert_string_equal(words.data, number);
    buffer_release(&words);
}

static void ticks_have_thousands_too(void **state)
{
    (void)state;
    assert_tick(0, 8, "0", "");
    assert_tick(5, 0, "5", "");
    assert_tick(5, -1, "0.5", "");
    assert_tick(5, 4, "50,000", "");
    assert_tick(3, 5, "300", "thousand");
    assert_tick(15, 5, "1.5", "million");
    assert_tick(1, 11, "100", "billion");
    assert_tick(-2, 6, "−2", "million");
    assert_tick(1, 45, "10⁴⁵", "");
    assert_tick(5, -9, "5 × 10⁻⁹", "");
}

static void any_decimal_is_read_as_by_strtod(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    char text[64];
    for (int i = 0; i < 5000; i++) {
        size_t size = 0, before = 1 + dice_roll(&dice, 25), behind = dice_roll(&dice, 25);
        if (dice_roll(&dice, 2))
            text[size++] = '-';
        while (before--)
            text[size++] = (char)('0' + dice_roll(&dice, 10));
        if (behind)
            text[size++] = '.';
        while (behind--)
            text[size++] = (char)('0' + dice_roll(&dice, 10));
        text[size] = 0;
        double number, wanted = strtod(text, NULL);
        assert_property(&dice, decimal_read(text, &number) && fabs(number - wanted) <= fabs(wanted) * 1e-14);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals_are_read),          cmocka_unit_test(what_is_no_decimal_is_refused),
        cmocka_unit_test(the_ends_of_the_range_hold), cmocka_unit_test(decimals_are_worded),
        cmocka_unit_test(ticks_have_thousands_too),   cmocka_unit_test(any_decimal_is_read_as_by_strtod),
    };
    return cmocka_run_group_tests_name("decimal", tests, NULL, NULL);
}
