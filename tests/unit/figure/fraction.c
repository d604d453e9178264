/* fraction: simple fractions as signs and as digits */
#include "figure/fraction.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "figure/fixture.h"

static void assert_fraction(const char *bytes, const char *value, size_t end)
{
    struct text text;
    struct exact part = exact_integer(7, 0);
    assert_true(text_init(&text, &arena, bytes, strlen(bytes)));
    assert_int_equal(fraction_read(&text, 0, &part), end);
    assert_exact(&part, value);
}

static void fractions_are_read(void **state)
{
    (void)state;
    assert_fraction("½", "0.5", 1);
    assert_fraction("¾ Millionen", "0.75", 1);
    assert_fraction("1/2 million", "0.5", 3);
    assert_fraction("3\u20448", "0.375", 3);
    assert_fraction("⅞", "0.875", 1);
}

static void what_is_none_leaves_the_number_alone(void **state)
{
    (void)state;
    static const char *const texts[] = {"⅓", "1/3", "1/2/2024", "11/2", "1/24", "2/4", "1 /2", "x", ""};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        assert_fraction(texts[i], "7", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(fractions_are_read), TEST(what_is_none_leaves_the_number_alone)};
    return cmocka_run_group_tests_name("fraction", tests, NULL, NULL);
}
