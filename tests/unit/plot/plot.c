/* plot: whatever the document, the picture is well-formed and shows what there is */
#include "plot/plot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "comparisons.h"
#include "dice.h"
#include "xml.h"

static struct buffer svg = BUFFER_INIT;

static int end(void **state)
{
    (void)state;
    buffer_release(&svg);
    return 0;
}

/* Takes the document. The picture stands in `svg`, with a NUL. */
static void draw(json_t *document)
{
    buffer_release(&svg);
    plot_comparison(&svg, document);
    buffer_putc(&svg, 0);
    assert_int_equal(strlen(svg.data), svg.size - 1);
    assert_true(xml_well_formed(svg.data));
    /* What a division by zero leaves behind when it is printed. */
    assert_null(strstr(svg.data, "'nan"));
    assert_null(strstr(svg.data, "92233720368547758"));
    json_decref(document);
}

static int occurs(const char *text)
{
    int count = 0;
    for (const char *at = strstr(svg.data, text); at; at = strstr(at + 1, text))
        count++;
    return count;
}

/* Draws one figure. */
static void draw_figure(const char *figure, const char *stance, const char *hedge)
{
    json_t *figures = json_array();
    json_array_append_new(figures, figure_of_claim("a", figure, stance, hedge));
    draw(comparison_of(figures, "[]"));
}

/* Draws figures of these exact values, the first being the baseline. */
static void draw_values(size_t count, const char *const *values, const char *pairs)
{
    json_t *figures = json_array();
    for (size_t i = 0; i < count; i++) {
        char figure[4096], claim[] = {(char)('a' + i), 0};
        snprintf(figure, sizeof(figure),
                 "{'as_printed':'n','value':'%s','low':'%s','high':'%s','bound':'exact','unit':'USD'}", values[i],
                 values[i], values[i]);
        json_array_append_new(figures, figure_of_claim(claim, figure, "asserts", "none"));
    }
    draw(comparison_of(figures, pairs));
}

static void stances_have_shapes(void **state)
{
    (void)state;
    const char *figure = "{'as_printed':'5','value':'5','low':'5','high':'5','bound':'exact','unit':'USD'}";
    draw_figure(figure, "asserts", "none");
    assert_true(occurs("<circle class='dot'") == 3 && !occurs("<circle class='ring'"));
    draw_figure(figure, "reports", "none");
    assert_true(occurs("<circle class='ring'") == 3 && !occurs("<circle class='dot'") && !occurs("class='cross'"));
    draw_figure(figure, "disputes", "none");
    assert_true(occurs("class='cross'") == 3);
    assert_true(occurs(">disputes<") == 1);
}

static void hedges_are_dashed_and_named(void **state)
{
    (void)state;
    draw_figure("{'as_printed':'5','value':'5','low':'5','high':'5','bound':'exact','unit':'USD'}", "asserts", "none");
    assert_int_equal(occurs("class='halo'") + occurs("span hedged"), 0);
    draw_figure("{'as_printed':'5','value':'5','low':'5','high':'5','bound':'exact','unit':'USD'}", "asserts",
                "rumour");
    assert_int_equal(occurs("class='halo'"), 2);
    assert_true(occurs("asserts · rumour") == 1);
    draw_figure("{'as_printed':'5','value':'5','low':'1','high':'9','bound':'approx','unit':'USD'}", "asserts",
                "estimate");
    assert_int_equal(occurs("span hedged"), 3);
}

static void bounds_have_ends(void **state)
{
    (void)state;
    static const struct {
        const char *bound, *low, *high;
        int diamonds, hollow, heads;
    } cases[] = {
        {"gt", "'5'", "null", 1, 1, 1},     {"gte", "'5'", "null", 1, 0, 1},   {"lt", "null", "'5'", 1, 1, 1},
        {"lte", "null", "'5'", 1, 0, 1},    {"exact", "'5'", "'5'", 0, 0, 0},  {"approx", "'1'", "'9'", 0, 0, 0},
        {"range", "'1'", "'9'", 0, 0, 0},   {"range", "'1'", "null", 0, 0, 1}, {"range", "null", "'9'", 0, 0, 1},
        {"range", "null", "null", 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char figure[256];
        snprintf(figure, sizeof(figure), "{'as_printed':'5','value':'5','low':%s,'high':%s,'bound':'%s','unit':'USD'}",
                 cases[i].low, cases[i].high, cases[i].bound);
        draw_figure(figure, "asserts", "none");
        /* Each once in the legend and once in the row. */
        assert_int_equal(occurs("<path class='ring'") + occurs("<path class='dot'"), 2 * cases[i].diamonds);
        assert_int_equal(occurs("<path class='ring'"), 2 * cases[i].hollow);
        assert_int_equal(occurs("class='head'"), 2 * cases[i].heads);
    }
}

static void a_range_needs_no_value(void **state)
{
    (void)state;
    draw_figure("{'as_printed':'Hunderte','value':null,'low':'100','high':'1000','bound':'range','unit':'USD'}",
                "asserts", "none");
    assert_true(occurs("class='span'") > 0);
    assert_int_equal(occurs("class='hair'"), 0);
}

static void the_range_chooses_the_scale(void **state)
{
    (void)state;
    draw_values(2, (const char *const[]){"5000000", "5600000"}, "[]");
    assert_int_equal(occurs("logarithmic"), 0);
    draw_values(2, (const char *const[]){"294000", "5600000"}, "[]");
    assert_int_equal(occurs("USD, logarithmic scale"), 1);
    draw_values(3, (const char *const[]){"0", "294000", "5600000"}, "[]");
    assert_int_equal(occurs("logarithmic"), 0);
    draw_values(2, (const char *const[]){"-3", "1000"}, "[]");
    assert_int_equal(occurs("logarithmic"), 0);
}

static void all_sizes_are_drawn(void **state)
{
    (void)state;
    char huge[500] = "", tiny[500] = "0.";
    memset(huge, '9', 450);
    memset(tiny + 2, '0', 450);
    tiny[451] = '1';
    static const char e45[] = "1000000000000000000000000000000000000000000000";
    draw_values(3, (const char *const[]){"0.000000001", "1", e45}, "[]");
    assert_int_equal(occurs("<g class='asserts'><title>"), 3);
    draw_values(2, (const char *const[]){huge, tiny}, "[]");
    draw_values(2, (const char *const[]){huge, "5"}, "[]");
    draw_values(2, (const char *const[]){"5", "5"}, "[]");
    draw_values(2, (const char *const[]){"0", "0"}, "[]");
    draw_values(1, (const char *const[]){"none"}, "[]");
    assert_int_equal(occurs("not on this axis: USD"), 1);
}

static void what_does_not_compare_is_set_apart(void **state)
{
    (void)state;
    draw_values(3, (const char *const[]){"5", "6", "7"},
                "[{'left':'b','right':'a','verdict':'incomparable','reasons':['scope','subject'],'same_origin':false},"
                "{'left':'c','right':'a','verdict':'conflict','reasons':[],'same_origin':true}]");
    assert_int_equal(occurs("Not comparable with the baseline: different subject, scope"), 1);
    assert_int_equal(occurs("<g class='asserts apart'>"), 1);
    assert_int_equal(occurs("<g class='asserts'><title>"), 2);
    assert_int_equal(occurs(">baseline<"), 1);
    assert_int_equal(occurs("asserts · origin A<"), 2);
    /* Between the two rows, and in the legend. */
    assert_int_equal(occurs("<path class='tie'"), 2);
}

static void a_unit_that_does_not_convert_is_only_listed(void **state)
{
    (void)state;
    json_t *figures = json_array();
    const char *dollars = "{'as_printed':'5','value':'5','low':'5','high':'5','bound':'exact','unit':'USD'}";
    const char *gpus = "{'as_printed':'9 GPUs','value':'9','low':'9','high':'9','bound':'exact','unit':'{GPU}'}";
    json_array_append_new(figures, figure_of_claim("a", dollars, "asserts", "none"));
    json_array_append_new(figures, figure_of_claim("b", gpus, "asserts", "none"));
    draw(comparison_of(figures, "[{'left':'b','right':'a','verdict':'incomparable','reasons':['unit']}]"));
    assert_int_equal(occurs("not on this axis: GPU<"), 1);
    assert_int_equal(occurs(">9 GPUs<"), 1);
}

static void a_unit_that_converts_stands_at_its_amount(void **state)
{
    (void)state;
    json_t *figures = json_array();
    const char *dollars = "{'as_printed':'5','value':'5','low':'5','high':'5','bound':'exact','unit':'USD'}";
    const char *cents = "{'as_printed':'500 ct','value':'500','low':'500','high':'500','bound':'exact','unit':'ct'}";
    json_t *converted = figure_of_claim("b", cents, "asserts", "none");
    json_object_set_new(converted, "amount", json_of("{'value':'5','low':'5','high':'5'}"));
    json_array_append_new(figures, figure_of_claim("a", dollars, "asserts", "none"));
    json_array_append_new(figures, converted);
    draw(comparison_of(figures, "[]"));
    assert_int_equal(occurs("not on this axis"), 0);
    assert_int_equal(occurs("logarithmic"), 0);
    /* Both at the right end of an axis from 0 to 5. */
    assert_int_equal(occurs("<circle class='dot' cx='608'"), 2);
    assert_int_equal(occurs(", 500 ct; "), 2);
}

static void no_figures_are_a_picture_too(void **state)
{
    (void)state;
    draw(json_of("{}"));
    draw(json_of("[1,2]"));
    draw(comparison_of(json_array(), "[]"));
    draw(json_of("{'figures':[1,null,{},[]],'pairs':[{}],'stated_multiples':[{},7],'title':5,'unit':null}"));
}

static void two_hundred_figures_fit(void **state)
{
    (void)state;
    json_t *figures = json_array();
    for (int i = 0; i < 200; i++) {
        char figure[128], claim[16];
        snprintf(claim, sizeof(claim), "claim-%d", i);
        snprintf(figure, sizeof(figure), "{'as_printed':'%d','value':'%d','low':null,'high':'%d','bound':'lt'}", i, i,
                 i);
        json_array_append_new(figures, figure_of_claim(i ? claim : "a", figure, "asserts", "opinion"));
    }
    draw(comparison_of(figures, "[]"));
    assert_int_equal(occurs("<g class='asserts'><title>"), 200);
}

static void a_picture_says_all_in_words(void **state)
{
    (void)state;
    json_t *document = json_of("{'unit':'USD','baseline':'a','verdict':null,'sources':1,'origins':1,'title':'A & B',"
                               "'description':'<none>','stated_multiples':[{'as_printed':'5 < 6'}]}");
    json_t *figures = json_array();
    json_array_append_new(
        figures,
        figure_of_claim("a", "{'as_printed':'5','value':'5','low':'5','high':'5','bound':'exact','unit':'USD'}",
                        "asserts", "none"));
    json_object_set_new(document, "figures", figures);
    draw(document);
    assert_int_equal(occurs("role='img' aria-labelledby='plot-title plot-desc'"), 1);
    assert_int_equal(occurs("<title id='plot-title'>A &amp; B</title>"), 1);
    assert_int_equal(occurs("<desc id='plot-desc'>One figure, and none to compare it with; 1 source, "), 1);
    assert_int_equal(occurs("“5 &lt; 6” cannot be checked"), 2);
    assert_int_equal(occurs("&lt;none&gt;"), 1);
    assert_int_equal(occurs("prefers-color-scheme:dark"), 1);
    assert_int_equal(occurs("<script") + occurs("href") + occurs("url("), 0);
    assert_int_equal(occurs("<g class='asserts'><title>Analysts, in “Ein Mythos”: “5”, 5 USD; "), 1);
}

/* ---- anything ---- */

static json_t *any_text(struct dice *dice)
{
    char text[4 * 90 + 1];
    dice_text(dice, text, dice_roll(dice, 90), true);
    return dice_roll(dice, 9) ? json_string(text) : json_null();
}

static json_t *any_number(struct dice *dice)
{
    char text[400];
    int zeros = (int)dice_roll(dice, dice_roll(dice, 10) ? 20 : 350);
    snprintf(text, sizeof(text), "%s%s%u%0*d", dice_roll(dice, 9) ? "" : "-", dice_roll(dice, 4) ? "" : "0.",
             dice_roll(dice, 1000), zeros, 0);
    return dice_roll(dice, 6) ? json_string(text) : json_null();
}

static json_t *any_of(struct dice *dice, const char *const *words, uint32_t count)
{
    return json_string(words[dice_roll(dice, count)]);
}

/* Mostly an amount. */
static json_t *any_amount(struct dice *dice)
{
    if (!dice_roll(dice, 9))
        return any_number(dice);
    return json_pack("{so so so}", "value", any_number(dice), "low", any_number(dice), "high", any_number(dice));
}

static json_t *any_figure(struct dice *dice, int place)
{
    static const char *const bounds[] = {"exact", "approx", "gt", "gte", "lt", "lte", "range"};
    static const char *const stances[] = {"asserts", "reports", "disputes", "doubts"};
    static const char *const hedges[] = {"none", "rumour"}, *const units[] = {"USD", "USD", "EUR", "{GPU}"};
    char claim[] = {(char)('a' + place), 0};
    return json_pack("{ss so so s{so so} s{so} s{so so so so so so} so}", "claim", claim, "stance",
                     any_of(dice, stances, 4), "hedge", any_of(dice, hedges, 2), "source", "id", any_text(dice),
                     "title", any_text(dice), "claimant", "name", any_text(dice), "figure", "as_printed",
                     any_text(dice), "value", any_number(dice), "low", any_number(dice), "high", any_number(dice),
                     "bound", any_of(dice, bounds, 7), "unit", any_of(dice, units, 4), "amount", any_amount(dice));
}

static json_t *any_pair(struct dice *dice)
{
    static const char *const verdicts[] = {"agree", "incomparable"};
    char left[] = {(char)('a' + dice_roll(dice, 6)), 0}, right[] = {(char)('a' + dice_roll(dice, 6)), 0};
    return json_pack("{ss ss so s[ss] sb}", "left", left, "right", right, "verdict", any_of(dice, verdicts, 2),
                     "reasons", "unit", "scope", "same_origin", dice_roll(dice, 2));
}

static json_t *any_comparison(struct dice *dice)
{
    json_t *figures = json_array(), *comparison = comparison_of(figures, "[]");
    int count = (int)dice_roll(dice, 6);
    for (int i = 0; i < count; i++) {
        json_array_append_new(figures, any_figure(dice, i));
        json_array_append_new(json_object_get(comparison, "pairs"), any_pair(dice));
    }
    json_object_set_new(comparison, "title", any_text(dice));
    json_object_set_new(comparison, "description", any_text(dice));
    return comparison;
}

static void any_comparison_makes_a_picture(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    for (int i = 0; i < 1000; i++)
        draw(any_comparison(&dice));
}

static void the_same_comparison_gives_the_same_bytes(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    for (int i = 0; i < 50; i++) {
        json_t *comparison = any_comparison(&dice);
        struct buffer first = BUFFER_INIT;
        plot_comparison(&first, comparison);
        draw(comparison);
        assert_property(&dice, first.size == svg.size - 1 && memcmp(first.data, svg.data, first.size) == 0);
        buffer_release(&first);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(stances_have_shapes, end),
        cmocka_unit_test_teardown(hedges_are_dashed_and_named, end),
        cmocka_unit_test_teardown(bounds_have_ends, end),
        cmocka_unit_test_teardown(a_range_needs_no_value, end),
        cmocka_unit_test_teardown(the_range_chooses_the_scale, end),
        cmocka_unit_test_teardown(all_sizes_are_drawn, end),
        cmocka_unit_test_teardown(what_does_not_compare_is_set_apart, end),
        cmocka_unit_test_teardown(a_unit_that_does_not_convert_is_only_listed, end),
        cmocka_unit_test_teardown(a_unit_that_converts_stands_at_its_amount, end),
        cmocka_unit_test_teardown(no_figures_are_a_picture_too, end),
        cmocka_unit_test_teardown(two_hundred_figures_fit, end),
        cmocka_unit_test_teardown(a_picture_says_all_in_words, end),
        cmocka_unit_test_teardown(any_comparison_makes_a_picture, end),
        cmocka_unit_test_teardown(the_same_comparison_gives_the_same_bytes, end),
    };
    return cmocka_run_group_tests_name("plot", tests, NULL, NULL);
}
