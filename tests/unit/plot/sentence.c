/* sentence: what a comparison finds is said in words that fit */
#include "plot/sentence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "comparisons.h"

static struct buffer text = BUFFER_INIT;

static int end(void **state)
{
    (void)state;
    buffer_release(&text);
    return 0;
}

static void assert_says(const char *wanted)
{
    buffer_putc(&text, 0);
    assert_string_equal(text.data, wanted);
    buffer_release(&text);
}

static void units_are_printed(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"USD", "USD"}, {"{GPU}", "GPU"}, {"1", "×"},
                                           {"", ""},       {"{}", "{}"},     {"{", "{"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        sentence_unit(&text, cases[i][0]);
        assert_says(cases[i][1]);
    }
}

static void origins_have_letters(void **state)
{
    (void)state;
    static const struct {
        unsigned origin;
        const char *letters;
    } cases[] = {{1, "A"}, {26, "Z"}, {27, "AA"}, {52, "AZ"}, {53, "BA"}, {702, "ZZ"}, {703, "AAA"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        sentence_origin(&text, cases[i].origin);
        assert_says(cases[i].letters);
    }
}

/* One figure of claim "a", and "b" with these reasons where there are any. */
static json_t *two(const char *reasons)
{
    const char *figure = "{'as_printed':'fünf','value':'5','low':'5','high':null,'bound':'gte','unit':'USD'}";
    json_t *figures = json_array(), *pairs = json_array();
    json_array_append_new(figures, figure_of_claim("a", figure, "asserts", "none"));
    json_array_append_new(figures, figure_of_claim("b", figure, "reports", "rumour"));
    json_array_append_new(pairs, json_pack("{ss ss ss so}", "left", "b", "right", "a", "verdict",
                                           *reasons ? "incomparable" : "agree", "reasons",
                                           json_of(*reasons ? reasons : "[]")));
    json_t *comparison = comparison_of(figures, "[]");
    json_object_set_new(comparison, "pairs", pairs);
    return comparison;
}

static void assert_finding(const char *verdict, const char *min, const char *max, const char *ratio,
                           const char *reasons, const char *wanted)
{
    json_t *comparison = two(reasons);
    json_object_set_new(comparison, "verdict", *verdict ? json_string(verdict) : json_null());
    json_object_set_new(comparison, "sources", json_integer(5));
    if (*min)
        json_object_set_new(comparison, "spread", json_pack("{ss ss ss}", "min", min, "max", max, "ratio", ratio));
    struct entries entries = entries_read(comparison);
    sentence_finding(&text, comparison, &entries);
    assert_says(wanted);
    entries_release(&entries);
    json_decref(comparison);
}

static void verdicts_are_said(void **state)
{
    (void)state;
    assert_finding("conflict", "294000", "5600000", "19.05", "",
                   "Conflict: from 294,000 to 5.6 million USD, a factor of 19.05; 5 sources, 1 independent origin.");
    assert_finding("conflict", "1", "2", "2", "['scope']",
                   "Conflict: what compares with the baseline runs from 1 to 2 USD, a factor of 2; 5 sources, "
                   "1 independent origin.");
    assert_finding("conflict", "", "", "", "",
                   "Conflict: some figures that compare exclude each other; 5 sources, 1 independent origin.");
    assert_finding("agree", "944000000", "944000000", "1", "",
                   "Agreement on 944 million USD; 5 sources, 1 independent origin.");
    assert_finding("agree", "", "", "", "['scope']",
                   "Agreement wherever two figures compare; 5 sources, 1 independent origin.");
    assert_finding("overlap", "1", "2", "2", "",
                   "Overlap: no two figures that compare exclude each other; they run from 1 to 2 USD, a factor of 2; "
                   "5 sources, 1 independent origin.");
    assert_finding("overlap", "", "", "", "",
                   "Overlap: no two figures that compare exclude each other; 5 sources, 1 independent origin.");
    assert_finding(
        "incomparable", "", "", "", "['subject']",
        "Not comparable: no two figures are of the same subject, quantity, scope, period and unit; 5 sources, "
        "1 independent origin.");
}

static void a_figure_is_said(void **state)
{
    (void)state;
    json_t *comparison = two("['subject','scope']");
    struct entries entries = entries_read(comparison);
    sentence_entry(&text, &entries.list[0]);
    assert_says("Analysts, in “Ein Mythos”: “fünf”, at least 5 USD; the source asserts it; the baseline.");
    sentence_entry(&text, &entries.list[1]);
    assert_says("Analysts, in “Ein Mythos”: “fünf”, at least 5 USD; the source reports it; hedged: rumour; not "
                "comparable with the baseline: subject\u00A0DeepSeek R1, scope\u00A0not\u00A0printed.");
    sentence_difference(&text, &entries.list[1]);
    assert_says("DeepSeek R1\u00A0· scope\u00A0not\u00A0printed");
    sentence_reasons(&text, &entries);
    assert_says("different subject, scope");
    sentence_title(&text, comparison, &entries);
    assert_says("Training cost of DeepSeek R1");
    json_object_set_new(comparison, "title", json_string("What it cost"));
    sentence_title(&text, comparison, &entries);
    assert_says("What it cost");
    entries_release(&entries);
    json_decref(comparison);
}

static void assert_multiple(const char *multiple, const char *wanted)
{
    json_t *document = json_of(multiple);
    sentence_multiple(&text, document);
    assert_says(wanted);
    json_decref(document);
}

static void multiples_are_said(void **state)
{
    (void)state;
    assert_multiple("{'as_printed':'400-mal','stated':{'value':'400'},'verdict':'does_not_follow','candidates':["
                    "{'ratio':'188.8','ratio_low':'188.7','ratio_high':'188.9','verdict':'does_not_follow'},"
                    "{'ratio':'320','ratio_low':'310','ratio_high':'330','verdict':'does_not_follow'}]}",
                    "“400-mal” does not follow: the figures give at best 320 (310–330).");
    assert_multiple("{'as_printed':'4×','stated':{'value':'4'},'verdict':'follows','candidates':["
                    "{'ratio':'4.1','ratio_low':'4','ratio_high':'4.2','verdict':'follows_within_rounding'},"
                    "{'ratio':'4','ratio_low':'4','ratio_high':'4','verdict':'follows'}]}",
                    "“4×” follows: the figures give 4.");
    assert_multiple("{'as_printed':'a','stated':{'value':null},'verdict':'follows_within_rounding','candidates':["
                    "{'ratio':null,'ratio_low':'4','ratio_high':null,'verdict':'follows_within_rounding'}]}",
                    "“a” follows within rounding: the figures give upwards of 4.");
    assert_multiple("{'as_printed':'fünfmal','verdict':'operands_missing','candidates':[]}",
                    "“fünfmal” cannot be checked: the figures that it would rest on are missing.");
    assert_multiple("{}", "“” cannot be checked: the figures that it would rest on are missing.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(units_are_printed, end),  cmocka_unit_test_teardown(origins_have_letters, end),
        cmocka_unit_test_teardown(verdicts_are_said, end),  cmocka_unit_test_teardown(a_figure_is_said, end),
        cmocka_unit_test_teardown(multiples_are_said, end),
    };
    return cmocka_run_group_tests_name("sentence", tests, NULL, NULL);
}
