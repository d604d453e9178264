/* number: scales multiply every reading, and mean two things where no language is told */
#include "figure/number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "figure/fixture.h"

static void scales_are_found_by_their_use(void **state)
{
    (void)state;
    struct reader reader = reader_of("m Mio.", FIGURE_GERMAN);
    assert_null(number_scale(&reader, 0, false));
    assert_int_equal(number_scale(&reader, 0, true)->word->role, ROLE_MONEY_SCALE);
    assert_int_equal(number_scale(&reader, 2, false)->end, 6);
}

/* Five times the scale that the text is, in every reading. */
static struct number five(struct reader *reader)
{
    struct number number = {.end = 0};
    number_set(&number, exact_integer(5, 0));
    assert_true(number_multiply(reader, &number, 0, number_scale(reader, 0, false)));
    return number;
}

static void a_scale_multiplies(void **state)
{
    (void)state;
    struct reader reader = reader_of("billion", FIGURE_ENGLISH);
    struct number number = five(&reader);
    assert_int_equal(number.count, 1);
    assert_exact(&number.readings[0].value, "5000000000");
    assert_int_equal(number.readings[0].factor, 1);
    assert_int_equal(number.readings[0].power, 9);
}

static void a_namesake_is_read_where_no_language_is_told(void **state)
{
    (void)state;
    struct reader reader = reader_of("billion", FIGURE_ENGLISH);
    reader.told = false;
    struct number number = five(&reader);
    assert_int_equal(number.count, 2);
    assert_exact(&number.readings[0].value, "5000000000");
    assert_exact(&number.readings[1].value, "5000000000000");
    assert_true(number.readings[1].notes & NOTE(NOTE_LONG));
    assert_false(number.readings[0].notes & NOTE(NOTE_LONG));
}

static void a_part_is_of_the_scales(void **state)
{
    (void)state;
    struct reader reader = reader_of("milione e mezzo", FIGURE_ITALIAN);
    struct number number = five(&reader);
    assert_true(number_add_part(&number, reader_find(&reader, 8, ROLE_PLUS_PART)->word));
    assert_exact(&number.readings[0].value, "5500000");
}

static void what_is_too_large_is_refused(void **state)
{
    (void)state;
    struct reader reader = reader_of("dozen", FIGURE_ENGLISH);
    const struct match *dozen = number_scale(&reader, 0, false);
    struct number number = {.end = 0};
    number_set(&number, exact_integer(0, 0));
    int times = 0;
    while (number_multiply(&reader, &number, 0, dozen))
        times++;
    assert_int_equal(times, 17);
    number_set(&number, exact_integer(9, 65));
    assert_false(number_add(&number, exact_integer(1, 65)));
    assert_int_equal(exact_magnitude(&number.readings[0].value), 66);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(scales_are_found_by_their_use),
        TEST(a_scale_multiplies),
        TEST(a_namesake_is_read_where_no_language_is_told),
        TEST(a_part_is_of_the_scales),
        TEST(what_is_too_large_is_refused),
    };
    return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
