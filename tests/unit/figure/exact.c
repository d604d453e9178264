/* exact: decimals of any size that is read keep every digit */
#include "figure/exact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "figure/fixture.h"

#include "dice.h"

static struct exact digits(const char *text, int exponent)
{
    return exact_digits(text, strlen(text), exponent);
}

static void decimals_are_written_plainly(void **state)
{
    (void)state;
    static const struct {
        const char *digits;
        int exponent;
        const char *text;
    } cases[] = {{"0", 0, "0"},
                 {"000", -2, "0"},
                 {"5", 0, "5"},
                 {"007", 0, "7"},
                 {"16", 8, "1600000000"},
                 {"25", -2, "0.25"},
                 {"5", -3, "0.005"},
                 {"123450", -2, "1234.5"},
                 {"500", -2, "5"},
                 {"1", 66, "1000000000000000000000000000000000000000000000000000000000000000000"},
                 {"123456789012345678901234567890123456789012345678901234567890", -30,
                  "123456789012345678901234567890.12345678901234567890123456789"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct exact number = digits(cases[i].digits, cases[i].exponent);
        assert_exact(&number, cases[i].text);
    }
}

static void sums_are_exact(void **state)
{
    (void)state;
    static const struct {
        const char *left;
        int left_exponent;
        bool left_negative;
        const char *right;
        int right_exponent;
        bool right_negative;
        const char *sum;
    } cases[] = {{"1", 6, false, "2", 5, false, "1200000"}, {"1", 0, false, "1", -2, false, "1.01"},
                 {"5", 0, false, "5", 0, true, "0"},        {"5", 0, true, "5", -1, true, "-5.5"},
                 {"5", 0, true, "5", -1, false, "-4.5"},    {"3", 0, false, "5", 0, true, "-2"},
                 {"99", -1, false, "1", -1, false, "10"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct exact left = digits(cases[i].left, cases[i].left_exponent);
        struct exact right = digits(cases[i].right, cases[i].right_exponent);
        struct exact sum = exact_sum(cases[i].left_negative ? exact_negative(left) : left,
                                     cases[i].right_negative ? exact_negative(right) : right);
        assert_exact(&sum, cases[i].sum);
    }
}

static void numbers_are_ordered(void **state)
{
    (void)state;
    struct exact five = digits("5", 0), small = digits("5", -1), zero = digits("0", 0);
    assert_true(exact_compare(five, small) > 0);
    assert_true(exact_compare(small, five) < 0);
    assert_int_equal(exact_compare(five, digits("500", -2)), 0);
    assert_true(exact_compare(exact_negative(five), exact_negative(small)) < 0);
    assert_true(exact_compare(exact_negative(small), zero) < 0);
}

static void half_a_unit_is_the_databases(void **state)
{
    (void)state;
    static const struct {
        const char *digits;
        int exponent;
        const char *half;
    } cases[] = {{"16", 8, "50000000"}, {"25", -2, "0.005"}, {"0", 0, "0.5"},   {"5", 0, "0.5"},
                 {"50000", 0, "5000"},  {"2788", 3, "500"},  {"100", -2, "0.5"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct exact number = digits(cases[i].digits, cases[i].exponent), half = exact_half_unit(&number);
        assert_exact(&half, cases[i].half);
    }
}

static void what_is_too_large_does_not_fit(void **state)
{
    (void)state;
    struct exact number = digits("1", 65), small = digits("1", -62), smaller = digits("1", -63);
    assert_true(exact_fits(&number));
    assert_true(exact_fits(&small));
    assert_false(exact_fits(&smaller));
    assert_false(exact_multiply(&number, 12, 0));
    number = digits("1", 60);
    assert_false(exact_multiply(&number, 1, 12));
}

static void the_largest_sums_have_room(void **state)
{
    (void)state;
    char nines[EXACT_DIGITS + 1] = "";
    memset(nines, '9', EXACT_DIGITS);
    struct exact large = digits(nines, EXACT_MAGNITUDE - EXACT_DIGITS), small = digits("1", -EXACT_DIGITS - 2);
    struct exact sum = exact_sum(large, small), back = exact_sum(sum, exact_negative(small));
    assert_int_equal(exact_compare(back, large), 0);
    assert_int_equal(strlen(exact_text(&sum, &arena)), EXACT_MAGNITUDE + 1 + EXACT_DIGITS + 2);
}

static void zero_has_no_sign(void **state)
{
    (void)state;
    struct exact zero = exact_negative(digits("0", -5));
    assert_exact(&zero, "0");
    assert_true(exact_is_zero(&zero));
    assert_int_equal(exact_magnitude(&zero), 0);
}

static void magnitude_counts_digits_before_the_point(void **state)
{
    (void)state;
    struct exact number = digits("999", 0), large = digits("1", 9), part = digits("999", -3);
    assert_int_equal(exact_magnitude(&number), 3);
    assert_int_equal(exact_magnitude(&large), 10);
    assert_int_equal(exact_magnitude(&part), 0);
}

/* Against the machine's own integers. */
static void small_sums_and_products_are_those_of_integers(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    for (int i = 0; i < 20000; i++) {
        long left = dice_roll(&dice, 1000000), right = dice_roll(&dice, 1000000), factor = 1 + dice_roll(&dice, 99);
        char sum_text[32], product_text[32];
        snprintf(sum_text, sizeof(sum_text), "%ld", left - right);
        snprintf(product_text, sizeof(product_text), "%ld", left * factor);
        struct exact sum =
            exact_sum(exact_integer((unsigned long)left, 0), exact_negative(exact_integer((unsigned long)right, 0)));
        struct exact product = exact_integer((unsigned long)left, 0);
        assert_property(&dice, exact_multiply(&product, (unsigned long)factor, 0) &&
                                   strcmp(exact_text(&sum, &arena), sum_text) == 0 &&
                                   strcmp(exact_text(&product, &arena), product_text) == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(decimals_are_written_plainly),
        TEST(sums_are_exact),
        TEST(numbers_are_ordered),
        TEST(half_a_unit_is_the_databases),
        TEST(what_is_too_large_does_not_fit),
        TEST(the_largest_sums_have_room),
        TEST(zero_has_no_sign),
        TEST(magnitude_counts_digits_before_the_point),
        TEST(small_sums_and_products_are_those_of_integers),
    };
    return cmocka_run_group_tests_name("exact", tests, NULL, NULL);
}
