/* findings: one language finds its figures, and knows how much of the text it understood */
#include "figure/findings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "figure/fixture.h"

static void figures_are_found_one_behind_the_other(void **state)
{
    (void)state;
    struct reader reader = reader_of("5 GPUs, then 6 chips", EN);
    struct findings findings = findings_read(&reader, EN);
    assert_int_equal(findings.count, 2);
    assert_int_equal(findings.all[0].start, 0);
    assert_int_equal(findings.all[0].end, 6);
    assert_int_equal(findings.all[1].start, 13);
    assert_int_equal(findings.all[1].end, 20);
    assert_int_equal(findings.all[0].readings_count, 1);
}

static void a_language_covers_what_it_understands(void **state)
{
    (void)state;
    struct reader reader = reader_of("5,6 Millionen", DE);
    assert_int_equal(findings_read(&reader, DE).covered, 11);
    assert_int_equal(findings_read(&reader, FR).covered, 2);
    assert_int_equal(findings_read(&reader, FR).count, 1);
}

static void a_year_counts_only_by_itself(void **state)
{
    (void)state;
    struct reader reader = reader_of("in 2024", EN);
    assert_int_equal(findings_read(&reader, EN).count, 0);
    reader = reader_of("2024", EN);
    assert_int_equal(findings_read(&reader, EN).count, 1);
}

static void readings_are_kept(void **state)
{
    (void)state;
    struct reader reader = reader_of("5", EN);
    struct findings findings = findings_of(&reader);
    struct readings readings = {.all = {{.figure = {.value = "7"}}}, .count = 1};
    findings_add(&findings, &arena, 0, 1, &readings);
    readings.all[0].figure.value = "8";
    assert_int_equal(findings.count, 1);
    assert_string_equal(findings.all[0].readings[0].figure.value, "7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(figures_are_found_one_behind_the_other),
        TEST(a_language_covers_what_it_understands),
        TEST(a_year_counts_only_by_itself),
        TEST(readings_are_kept),
    };
    return cmocka_run_group_tests_name("findings", tests, NULL, NULL);
}
