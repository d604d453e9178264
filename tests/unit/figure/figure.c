/* figure: the figures of a text are found where they stand, in one language and in all */
#include "figure/figure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "figure/fixture.h"

static struct figures read(enum figure_language language, const char *text)
{
    return figure_read(&arena, text, strlen(text), language);
}

static void assert_printed(const struct figure *figure, const char *wanted)
{
    assert_int_equal(figure->size, strlen(wanted));
    assert_memory_equal(figure->as_printed, wanted, figure->size);
}

static void figures_are_found_in_their_order(void **state)
{
    (void)state;
    static const char text[] = "Für 294.000 Dollar und 512 GPUs.";
    struct figures figures = read(DE, text);
    assert_int_equal(figures.count, 2);
    assert_printed(&figures.all[0], "294.000 Dollar");
    assert_ptr_equal(figures.all[0].as_printed, strstr(text, "294"));
    assert_int_equal(figures.all[0].start, 4);
    assert_int_equal(figures.all[0].end, 18);
    assert_printed(&figures.all[1], "512 GPUs");
    assert_int_equal(figures.all[1].start, 23);
    assert_int_equal(figures.all[1].end, 31);
}

static void a_year_is_a_figure_only_by_itself(void **state)
{
    (void)state;
    assert_int_equal(read(DE, "im Jahr 2025").count, 0);
    assert_int_equal(read(DE, "im Jahr 2025 waren es 512").count, 1);
    assert_int_equal(read(DE, " 2025 ").count, 1);
    assert_true(read(EN, "2025").all[0].readings[0].notes & NOTE(NOTE_YEAR));
}

static void names_and_dates_are_passed_over(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "GPT-4",          "H800-GPUs",  "COVID-19", "R1 and V3", "18 September 2025", "", "14:30", "no number", "4o",
        "(030) 123-4567", "2025-09-18", "...",      "one of us", "a two thirds x"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        if (read(EN, texts[i]).count)
            fail_msg("%s is read", texts[i]);
}

/* The values of the first figure's readings. */
static void assert_values(const char *text, const char *first, const char *second)
{
    struct figures figures = read(FIGURE_ANY_LANGUAGE, text);
    assert_int_equal(figures.count, 1);
    assert_int_equal(figures.all[0].readings_count, second ? 2 : 1);
    assert_string_equal(figures.all[0].readings[0].value, first);
    if (second)
        assert_string_equal(figures.all[0].readings[1].value, second);
}

static void languages_that_differ_give_a_reading_each(void **state)
{
    (void)state;
    assert_values("1.234", "1234", "1.234");
    assert_values("1,234", "1234", "1.234");
    assert_values("1.234.567", "1234567", NULL);
    assert_values("two billion dollars", "2000000000", "2000000000000");
    assert_values("5 Milliarden", "5000000000", NULL);
    assert_values("5 bn", "5000000000", NULL);
    assert_values("5 billones", "5000000000000", NULL);
    assert_values("0,123", "0.123", NULL);
}

static void one_figure_here_may_be_two_there(void **state)
{
    (void)state;
    struct figures figures = read(FIGURE_ANY_LANGUAGE, "5, 6 million");
    assert_int_equal(figures.count, 1);
    assert_printed(&figures.all[0], "5, 6 million");
    assert_string_equal(figures.all[0].readings[0].value, "5600000");
    assert_string_equal(figures.all[0].readings[1].value, "6000000");
    assert_true(figures.all[0].readings[1].notes & NOTE(NOTE_LIST));
    assert_int_equal(read(EN, "5, 6 million").count, 2);
}

static void what_cannot_be_read_has_no_figures(void **state)
{
    (void)state;
    char text[FIGURE_TEXT_MOST + 2];
    memset(text, ' ', sizeof(text));
    text[FIGURE_TEXT_MOST - 1] = '5';
    assert_int_equal(figure_read(&arena, text, FIGURE_TEXT_MOST, EN).count, 1);
    text[FIGURE_TEXT_MOST] = '6';
    assert_int_equal(figure_read(&arena, text, FIGURE_TEXT_MOST + 1, EN).count, 0);
    assert_int_equal(figure_read(&arena, "5\xFF", 2, EN).count, 0);
    assert_int_equal(figure_read(&arena, "", 0, FIGURE_ANY_LANGUAGE).count, 0);
}

static void figures_may_stand_side_by_side(void **state)
{
    (void)state;
    struct figures figures = read(FIGURE_ANY_LANGUAGE, "½½½ %%");
    assert_int_equal(figures.count, 3);
    for (size_t i = 1; i < figures.count; i++)
        assert_true(figures.all[i].start >= figures.all[i - 1].end);
}

static void zero_bytes_are_no_end(void **state)
{
    (void)state;
    static const char text[] = "5\0 6 GPUs";
    struct figures figures = figure_read(&arena, text, sizeof(text) - 1, EN);
    assert_int_equal(figures.count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(figures_are_found_in_their_order), TEST(a_year_is_a_figure_only_by_itself),
        TEST(names_and_dates_are_passed_over),  TEST(languages_that_differ_give_a_reading_each),
        TEST(one_figure_here_may_be_two_there), TEST(what_cannot_be_read_has_no_figures),
        TEST(figures_may_stand_side_by_side),   TEST(zero_bytes_are_no_end),
    };
    return cmocka_run_group_tests_name("figure", tests, NULL, NULL);
}
