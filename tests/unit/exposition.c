/* exposition: the text is that of Prometheus' format, whatever a label's value is */
#include "exposition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct buffer text;

static int begin(void **state)
{
    (void)state;
    text = (struct buffer)BUFFER_INIT;
    return 0;
}

static int end(void **state)
{
    (void)state;
    buffer_release(&text);
    return 0;
}

static void assert_text(const char *expected)
{
    buffer_putc(&text, 0);
    assert_string_equal(text.data, expected);
    text.size = 0;
}

static void a_family_is_named_and_explained(void **state)
{
    (void)state;
    exposition_family(&text, "things_total", "counter", "Things.");
    assert_text("# HELP things_total Things.\n# TYPE things_total counter\n");
}

static void a_count_may_be_as_great_as_any(void **state)
{
    (void)state;
    exposition_count(&text, "a", NULL, 0);
    assert_text("a 0\n");
    exposition_count(&text, "a", NULL, UINT64_MAX);
    assert_text("a 18446744073709551615\n");
}

static void labels_stand_in_their_order(void **state)
{
    (void)state;
    exposition_count(&text, "a", LABELS({"x", "1"}, {"y", ""}), 2);
    assert_text("a{x=\"1\",y=\"\"} 2\n");
    exposition_count(&text, "a", (const struct label[]){{0}}, 2);
    assert_text("a 2\n");
}

static void what_would_end_a_label_is_escaped(void **state)
{
    (void)state;
    exposition_count(&text, "a", LABELS({"x", "\"\\\n{}é"}), 1);
    assert_text("a{x=\"\\\"\\\\\\n{}é\"} 1\n");
}

static void times_are_seconds(void **state)
{
    (void)state;
    static const struct {
        uint64_t value_us;
        const char *expected;
    } times[] = {{0, "a 0.000000\n"},
                 {1, "a 0.000001\n"},
                 {999999, "a 0.999999\n"},
                 {1000000, "a 1.000000\n"},
                 {UINT64_MAX, "a +Inf\n"}};
    for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
        exposition_time(&text, "a", NULL, times[i].value_us);
        assert_text(times[i].expected);
    }
}

static void buckets_hold_what_those_below_hold(void **state)
{
    (void)state;
    static const uint64_t bounds[] = {500, 20000, 1500000}, counts[] = {1, 0, 2, 4};
    exposition_histogram(&text, "h", LABELS({"x", "1"}), bounds, counts, 3, 7000001);
    assert_text("h_bucket{x=\"1\",le=\"0.0005\"} 1\n"
                "h_bucket{x=\"1\",le=\"0.02\"} 1\n"
                "h_bucket{x=\"1\",le=\"1.5\"} 3\n"
                "h_bucket{x=\"1\",le=\"+Inf\"} 7\n"
                "h_sum{x=\"1\"} 7.000001\n"
                "h_count{x=\"1\"} 7\n");
}

static void a_histogram_may_be_empty_and_have_no_label(void **state)
{
    (void)state;
    static const uint64_t bounds[] = {1000000}, counts[] = {0, 0};
    exposition_histogram(&text, "h", NULL, bounds, counts, 1, 0);
    assert_text("h_bucket{le=\"1\"} 0\nh_bucket{le=\"+Inf\"} 0\nh_sum 0.000000\nh_count 0\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_family_is_named_and_explained, begin, end),
        cmocka_unit_test_setup_teardown(a_count_may_be_as_great_as_any, begin, end),
        cmocka_unit_test_setup_teardown(labels_stand_in_their_order, begin, end),
        cmocka_unit_test_setup_teardown(what_would_end_a_label_is_escaped, begin, end),
        cmocka_unit_test_setup_teardown(times_are_seconds, begin, end),
        cmocka_unit_test_setup_teardown(buckets_hold_what_those_below_hold, begin, end),
        cmocka_unit_test_setup_teardown(a_histogram_may_be_empty_and_have_no_label, begin, end),
    };
    return cmocka_run_group_tests_name("exposition", tests, NULL, NULL);
}
