/* lookalike: dates, times, ordinals and telephone numbers are passed over whole */
#include "figure/lookalike.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "figure/fixture.h"

static size_t skipped(enum figure_language language, const char *text)
{
    struct reader reader = reader_of(text, language);
    return lookalike_skip(&reader, 0);
}

static void assert_whole(enum figure_language language, const char *text)
{
    struct reader reader = reader_of(text, language);
    if (lookalike_skip(&reader, 0) != reader.text.count)
        fail_msg("%s is passed over to %zu", text, lookalike_skip(&reader, 0));
}

static void dates_are_passed_over(void **state)
{
    (void)state;
    assert_whole(EN, "12/05/2024");
    assert_whole(EN, "2025-09-18");
    assert_whole(EN, "5 September 2025");
    assert_whole(EN, "September 5, 2025");
    assert_whole(EN, "Mar 05,2025");
    assert_whole(EN, "September 2025");
    assert_whole(DE, "18. September 2025");
    assert_whole(DE, "18. September");
    assert_whole(DE, "18.9.");
    assert_whole(ES, "5 de mayo de 2024");
    assert_whole(IT, "18 settembre 2025");
    assert_whole(EN, "2024-25");
}

static void times_are_passed_over(void **state)
{
    (void)state;
    assert_whole(EN, "14:30");
    assert_whole(EN, "14:30:15");
    assert_whole(EN, "3 p.m.");
    assert_whole(DE, "14.30 Uhr");
    assert_whole(FR, "14h30");
}

static void ordinals_are_passed_over_before_a_word(void **state)
{
    (void)state;
    assert_int_equal(skipped(DE, "3. Platz"), 2);
    assert_int_equal(skipped(DE, "3. 5 Euro"), 0);
    assert_int_equal(skipped(DE, "512. Danach"), 0);
    assert_int_equal(skipped(EN, "3. Then"), 0);
}

static void telephone_numbers_are_passed_over(void **state)
{
    (void)state;
    assert_whole(EN, "+49 30 1234567");
    assert_whole(DE, "030 / 1234567");
    assert_whole(EN, "555-123-4567");
}

static void figures_are_not(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "5",    "5-6",       "5–6 million",         "1/2 million", "0.5",        "0",    "+5 %", "5,000",
        "2024", "2019–2021", "may 5 million x" + 4, "h",           "5 Sekunden", "1.5.", "5h",   "12 Marks"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        assert_int_equal(skipped(EN, texts[i]), 0);
}

static void years_are_of_two_centuries(void **state)
{
    (void)state;
    struct reader reader = reader_of("2024 1899 2100 1900 20245 202", EN);
    assert_true(lookalike_is_year(&reader.text, 0, 4));
    assert_false(lookalike_is_year(&reader.text, 5, 9));
    assert_false(lookalike_is_year(&reader.text, 10, 14));
    assert_true(lookalike_is_year(&reader.text, 15, 19));
    assert_false(lookalike_is_year(&reader.text, 20, 24));
    assert_false(lookalike_is_year(&reader.text, 26, 29));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(dates_are_passed_over),
        TEST(times_are_passed_over),
        TEST(ordinals_are_passed_over_before_a_word),
        TEST(telephone_numbers_are_passed_over),
        TEST(figures_are_not),
        TEST(years_are_of_two_centuries),
    };
    return cmocka_run_group_tests_name("lookalike", tests, NULL, NULL);
}
