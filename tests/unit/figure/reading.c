/* reading: the ends follow from the words, as the database's interval rule has it */
#include "figure/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "figure/fixture.h"

static struct readings readings_of(enum figure_language language, const char *text)
{
    struct reader reader = reader_of(text, language);
    struct phrase phrase;
    struct readings readings = {.count = 0};
    if (!phrase_read(&reader, 0, &phrase))
        fail_msg("%s is not read", text);
    readings_add(&readings, &arena, &phrase);
    return readings;
}

static const char *or_dash(const char *text)
{
    return text ? text : "-";
}

static void assert_reading(enum figure_language language, const char *text, const char *value, const char *low,
                           const char *high)
{
    struct readings readings = readings_of(language, text);
    const struct figure_reading *figure = &readings.all[0].figure;
    assert_string_equal(or_dash(figure->value), value);
    assert_string_equal(or_dash(figure->low), low);
    assert_string_equal(or_dash(figure->high), high);
}

static void each_bound_leaves_its_interval(void **state)
{
    (void)state;
    assert_reading(EN, "5", "5", "5", "5");
    assert_reading(EN, "about 1.6 billion", "1600000000", "1550000000", "1650000000");
    assert_reading(EN, "about 0.25", "0.25", "0.245", "0.255");
    assert_reading(EN, "about 0", "0", "-0.5", "0.5");
    assert_reading(EN, "about -5", "-5", "-5.5", "-4.5");
    assert_reading(EN, "over 5", "5", "5", "-");
    assert_reading(EN, "at least 5", "5", "5", "-");
    assert_reading(EN, "under 5", "5", "-", "5");
    assert_reading(EN, "up to 5", "5", "-", "5");
    assert_reading(EN, "hundreds", "-", "100", "-");
    assert_reading(EN, "six figures", "-", "100000", "1000000");
}

static void ends_share_a_scale(void **state)
{
    (void)state;
    assert_reading(EN, "five to six million", "-", "5000000", "6000000");
    assert_reading(EN, "$5 to $6 million", "-", "5000000", "6000000");
    assert_reading(EN, "€5-6m", "-", "5000000", "6000000");
    assert_reading(EN, "500 thousand to 1 million", "-", "500000", "1000000");
    assert_reading(EN, "5 dollars to 6 million dollars", "-", "5", "6000000");
    assert_reading(EN, "500 to 1 million", "-", "500", "1000000");
    assert_reading(EN, "one to two dozen", "-", "12", "24");
}

static void ends_that_are_turned_are_put_right(void **state)
{
    (void)state;
    struct readings readings = readings_of(EN, "between 6 and 5 million");
    assert_reading(EN, "between 6 and 5 million", "-", "5000000", "6000000");
    assert_true(readings.all[0].figure.notes & NOTE(NOTE_TURNED));
    assert_reading(DE, "-3 bis -5 Prozent", "-", "-5", "-3");
}

static void hundredths_are_of_the_currency(void **state)
{
    (void)state;
    assert_reading(EN, "about 25 cents", "0.25", "0.245", "0.255");
    assert_reading(EN, "0 cents", "0", "0", "0");
}

static void what_is_ambiguous_is_read_in_each_way(void **state)
{
    (void)state;
    struct readings either = readings_of(FR, "1.234"), crowns = readings_of(DE, "5 Kronen");
    assert_int_equal(either.count, 2);
    assert_string_equal(either.all[0].figure.value, "1234");
    assert_string_equal(either.all[1].figure.value, "1.234");
    assert_int_equal(crowns.count, 4);
}

static void the_same_is_not_added_twice(void **state)
{
    (void)state;
    struct readings readings = readings_of(EN, "5 GPUs");
    struct reading same = readings.all[0];
    readings_add_one(&readings, &same);
    assert_int_equal(readings.count, 1);
    same.figure.unit = "{chip}";
    readings_add_one(&readings, &same);
    assert_int_equal(readings.count, 2);
}

static void there_is_an_end_to_readings(void **state)
{
    (void)state;
    struct readings readings = {.count = 0};
    char units[READINGS_MOST + 5][4];
    for (int i = 0; i < READINGS_MOST + 5; i++) {
        struct reading reading = {.figure = {.unit = units[i]}};
        snprintf(units[i], sizeof(units[i]), "%d", i);
        readings_add_one(&readings, &reading);
    }
    assert_int_equal(readings.count, READINGS_MOST);
}

static void the_less_likely_go_last(void **state)
{
    (void)state;
    struct readings readings = {.count = 4};
    static const char *const units[] = {"a", "b", "c", "d"};
    for (int i = 0; i < 4; i++)
        readings.all[i] = (struct reading){.figure = {.unit = units[i]}, .less_likely = i % 2 == 0};
    readings_sort(&readings);
    assert_string_equal(readings.all[0].figure.unit, "b");
    assert_string_equal(readings.all[1].figure.unit, "d");
    assert_string_equal(readings.all[2].figure.unit, "a");
    assert_string_equal(readings.all[3].figure.unit, "c");
}

static void a_multiple_is_a_kind(void **state)
{
    (void)state;
    assert_int_equal(readings_of(EN, "400 times").all[0].figure.kind, FIGURE_MULTIPLE);
    assert_int_equal(readings_of(EN, "400 %").all[0].figure.kind, FIGURE_NUMERIC);
    assert_int_equal(readings_of(EN, "400").all[0].figure.kind, FIGURE_NUMERIC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_bound_leaves_its_interval),
        TEST(ends_share_a_scale),
        TEST(ends_that_are_turned_are_put_right),
        TEST(hundredths_are_of_the_currency),
        TEST(what_is_ambiguous_is_read_in_each_way),
        TEST(the_same_is_not_added_twice),
        TEST(there_is_an_end_to_readings),
        TEST(the_less_likely_go_last),
        TEST(a_multiple_is_a_kind),
    };
    return cmocka_run_group_tests_name("reading", tests, NULL, NULL);
}
