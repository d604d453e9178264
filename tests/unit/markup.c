/* markup: what is printed into markup stays text, and numbers are plain */
#include "markup.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dice.h"
#include "plot/xml.h"

static struct buffer buffer = BUFFER_INIT;

static int end(void **state)
{
    (void)state;
    buffer_release(&buffer);
    return 0;
}

static void assert_holds(const char *text)
{
    buffer_putc(&buffer, 0);
    assert_string_equal(buffer.data, text);
    buffer_release(&buffer);
}

static void markup_is_written_as_it_is(void **state)
{
    (void)state;
    markup_print(&buffer, "<g class='row'>&amp;</g>\n");
    assert_holds("<g class='row'>&amp;</g>\n");
    markup_print(&buffer, "%s", "");
    assert_holds("");
}

static void text_is_escaped(void **state)
{
    (void)state;
    static const struct {
        const char *text, *escaped;
    } cases[] = {
        {"claim", "claim"},
        {"<script>", "&lt;script&gt;"},
        {"R&D \"a\" 'b'", "R&amp;D &quot;a&quot; &#39;b&#39;"},
        {"a\tb\nc\rd", "a b c d"},
        {"\x01\x1f\x7f", "\uFFFD\uFFFD\uFFFD"},
        {"\xEF\xBF\xBE\xEF\xBF\xBF", "\uFFFD\uFFFD"},
        {"5, 6 Millionen für €\U0001F4A1", "5, 6 Millionen für €\U0001F4A1"},
        {"cut \xC3", "cut \uFFFD"},
        {"\xC0\xAFx", "\uFFFD\uFFFDx"},
        {"%s", "%s"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        markup_print(&buffer, "%s", cases[i].text);
        assert_holds(cases[i].escaped);
    }
}

static void as_many_bytes_are_taken_as_told(void **state)
{
    (void)state;
    markup_print(&buffer, "[%.*s|%.*s]%s", 3, "a<bc", 0, "none", "!");
    assert_holds("[a&lt;b|]!");
}

static void numbers_have_two_places_at_most(void **state)
{
    (void)state;
    static const struct {
        double number;
        const char *text;
    } cases[] = {{0, "0"},
                 {-0.0, "0"},
                 {1, "1"},
                 {-1, "-1"},
                 {0.5, "0.5"},
                 {0.25, "0.25"},
                 {0.05, "0.05"},
                 {-0.004, "0"},
                 {-0.75, "-0.75"},
                 {99.996, "100"},
                 {1.0 / 3, "0.33"},
                 {860.1, "860.1"},
                 {12345.67, "12345.67"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        markup_print(&buffer, "%f", cases[i].number);
        assert_holds(cases[i].text);
    }
    markup_print(&buffer, "%d|%d", 0, -12);
    assert_holds("0|-12");
}

static void any_text_makes_a_document(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    char text[4 * 200 + 1];
    for (int i = 0; i < 2000; i++) {
        size_t size = dice_text(&dice, text, dice_roll(&dice, 200), true);
        size_t broken = dice_roll(&dice, 4);
        for (size_t j = 0; j < broken && size; j++)
            text[dice_roll(&dice, (uint32_t)size)] = (char)(0x80 | dice_roll(&dice, 128));
        markup_print(&buffer, "<g title='%s'>%.*s</g>", text, (int)size, text);
        buffer_putc(&buffer, 0);
        /* A NUL in the middle would hide the rest. */
        assert_property(&dice, strlen(buffer.data) == buffer.size - 1 && xml_well_formed(buffer.data));
        buffer_release(&buffer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(markup_is_written_as_it_is, end),
        cmocka_unit_test_teardown(text_is_escaped, end),
        cmocka_unit_test_teardown(as_many_bytes_are_taken_as_told, end),
        cmocka_unit_test_teardown(numbers_have_two_places_at_most, end),
        cmocka_unit_test_teardown(any_text_makes_a_document, end),
    };
    return cmocka_run_group_tests_name("svg", tests, NULL, NULL);
}
