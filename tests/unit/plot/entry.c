/* entry: figures come in the comparison's unit, with what the pairs say about them */
#include "plot/entry.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "comparisons.h"

#define EXACT(value, unit)                                                                                             \
    "{'as_printed':'x','value':'" value "','low':'" value "','high':'" value "','bound':'exact','unit':'" unit "'}"

static json_t *document;
static struct entries entries;

static void read_document(json_t *comparison)
{
    document = comparison;
    entries = entries_read(document);
}

static int end(void **state)
{
    (void)state;
    entries_release(&entries);
    json_decref(document);
    document = NULL;
    return 0;
}

static json_t *figures(size_t count, json_t *const *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, list[i]);
    return array;
}

static void a_figure_is_read(void **state)
{
    (void)state;
    json_t *figure = figure_of_claim(
        "a", "{'as_printed':'x','value':'1600000000','low':'1550000000','high':null,'bound':'approx','unit':'USD'}",
        "disputes", "rumour");
    read_document(comparison_of(figures(1, &figure), "[]"));
    const struct entry *entry = entries.list;
    assert_int_equal(entries.count, 1);
    assert_int_equal(entry->stance, STANCE_DISPUTES);
    assert_int_equal(entry->bound, BOUND_APPROX);
    assert_true(entry->hedged && entry->baseline && entry->drawn);
    assert_true(entry->value == 1.6e9 && entry->low == 1.55e9 && isnan(entry->high));
    assert_null(entry->reasons);
    assert_int_equal(entry->origin, 0);
}

static void amounts_are_drawn_and_not_what_is_printed(void **state)
{
    (void)state;
    json_t *list[] = {
        figure_of_claim("a", EXACT("100", "EUR"), "asserts", "none"),
        figure_of_claim("b", EXACT("220", "USD"), "asserts", "none"),
        figure_of_claim("c", "{'value':null,'low':'100','high':'300','bound':'range','unit':'EUR'}", "asserts", "none"),
        figure_of_claim("d", EXACT("7", "CHF"), "asserts", "none")};
    json_object_set_new(list[0], "amount", json_of("{'value':'110','low':'109.5','high':'110.5'}"));
    json_object_set_new(list[2], "amount", json_of("{'value':null,'low':'110','high':'330'}"));
    read_document(comparison_of(figures(4, list), "[]"));
    const struct entry *read = entries.list;
    assert_true(read[0].drawn && read[0].value == 110 && read[0].low == 109.5 && read[0].high == 110.5);
    assert_true(read[1].drawn && read[1].value == 220 && read[1].low == 220 && read[1].high == 220);
    assert_true(read[2].drawn && isnan(read[2].value) && read[2].low == 110 && read[2].high == 330);
    assert_true(!read[3].drawn && isnan(read[3].value) && isnan(read[3].low) && isnan(read[3].high));
}

static void no_figure_need_be_printed_in_the_unit(void **state)
{
    (void)state;
    json_t *figure = figure_of_claim("a", EXACT("100", "EUR"), "asserts", "none");
    json_object_set_new(figure, "amount", json_of("{'value':'110','low':'110','high':'110'}"));
    read_document(comparison_of(figures(1, &figure), "[]"));
    assert_true(entries.list->drawn && entries.list->value == 110);
}

static void without_an_amount_nothing_is_drawn(void **state)
{
    (void)state;
    static const char *const amounts[] = {"{}", "[]", "{'value':null,'low':null,'high':null}",
                                          "{'value':5,'low':'x','high':[]}", "{'amount':{'value':'5'}}"};
    enum { COUNT = sizeof(amounts) / sizeof(*amounts) };
    json_t *list[COUNT + 1];
    for (size_t i = 0; i <= COUNT; i++)
        list[i] = figure_of_claim("a", EXACT("5", "USD"), "asserts", "none");
    for (size_t i = 0; i < COUNT; i++)
        json_object_set_new(list[i], "amount", json_of(amounts[i]));
    json_object_del(list[COUNT], "amount");
    read_document(comparison_of(figures(COUNT + 1, list), "[]"));
    for (size_t i = 0; i <= COUNT; i++)
        assert_false(entries.list[i].drawn);
}

static void pairs_with_the_baseline_set_apart(void **state)
{
    (void)state;
    json_t *list[] = {figure_of_claim("a", EXACT("1", "USD"), "asserts", "none"),
                      figure_of_claim("b", EXACT("2", "USD"), "asserts", "none"),
                      figure_of_claim("c", EXACT("3", "USD"), "asserts", "none")};
    read_document(
        comparison_of(figures(3, list),
                      "[{'left':'b','right':'a','verdict':'agree','reasons':[],'same_origin':false},"
                      "{'left':'c','right':'a','verdict':'incomparable','reasons':['scope'],'same_origin':false},"
                      "{'left':'c','right':'b','verdict':'incomparable','reasons':['scope'],'same_origin':false}]"));
    assert_null(entries.list[0].reasons);
    assert_null(entries.list[1].reasons);
    assert_int_equal(json_array_size(entries.list[2].reasons), 1);
}

static void origins_are_numbered_as_they_appear(void **state)
{
    (void)state;
    json_t *list[] = {figure_of_claim("a", EXACT("1", "USD"), "asserts", "none"),
                      figure_of_claim("b", EXACT("2", "USD"), "asserts", "none"),
                      figure_of_claim("c", EXACT("3", "USD"), "asserts", "none"),
                      figure_of_claim("d", EXACT("4", "USD"), "asserts", "none"),
                      figure_of_claim("e", EXACT("5", "USD"), "asserts", "none"),
                      figure_of_claim("f", EXACT("6", "USD"), "asserts", "none")};
    read_document(comparison_of(figures(6, list), "[{'left':'f','right':'d','same_origin':true},"
                                                  "{'left':'e','right':'b','same_origin':true},"
                                                  "{'left':'f','right':'b','same_origin':false},"
                                                  "{'left':'c','right':'e','same_origin':true},"
                                                  "{'left':'c','right':'nobody','same_origin':true},"
                                                  "{'left':'a','right':'a','same_origin':true}]"));
    static const unsigned origins[] = {0, 1, 1, 2, 1, 2};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(entries.list[i].origin, origins[i]);
}

static void what_is_missing_is_empty(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{}", "[]", "{'figures':{}}", "{'figures':[1,null,[],{}],'pairs':[1,{},{'left':1}],'baseline':7}",
        "{'figures':[{'figure':{'bound':'odd'},'amount':{'value':5,'low':'x'},'stance':null}]}"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        read_document(json_of(texts[i]));
        for (size_t j = 0; j < entries.count; j++)
            assert_false(entries.list[j].drawn || entries.list[j].baseline || entries.list[j].hedged);
        end(NULL);
    }
    assert_string_equal(entry_text(NULL, "id"), "");
    assert_string_equal(entry_nested(NULL, "source", "id"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_figure_is_read, end),
        cmocka_unit_test_teardown(amounts_are_drawn_and_not_what_is_printed, end),
        cmocka_unit_test_teardown(no_figure_need_be_printed_in_the_unit, end),
        cmocka_unit_test_teardown(without_an_amount_nothing_is_drawn, end),
        cmocka_unit_test_teardown(pairs_with_the_baseline_set_apart, end),
        cmocka_unit_test_teardown(origins_are_numbered_as_they_appear, end),
        cmocka_unit_test(what_is_missing_is_empty),
    };
    return cmocka_run_group_tests_name("entry", tests, NULL, NULL);
}
