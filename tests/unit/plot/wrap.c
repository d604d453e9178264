/* wrap: lines keep to their width, lose nothing but spaces, and are cut between characters */
#include "plot/wrap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dice.h"
#include "utf8.h"

enum { MOST = 6 };

static struct line lines[MOST];

static void assert_line(size_t i, const char *text, bool cut)
{
    assert_int_equal(lines[i].size, strlen(text));
    assert_memory_equal(lines[i].text, text, strlen(text));
    assert_int_equal(lines[i].cut, cut);
}

static void widths_add_up(void **state)
{
    (void)state;
    assert_true(wrap_width("", 0, 13) == 0);
    assert_true(wrap_width("aa", 2, 10) == 2 * wrap_width("a", 1, 10));
    assert_true(wrap_width("i", 1, 10) < wrap_width("W", 1, 10));
    assert_true(wrap_width("e\u0301", 3, 10) == wrap_width("e", 1, 10));
    assert_true(wrap_width("中", 3, 10) >= 10);
    assert_true(wrap_width("\xff", 1, 10) == wrap_width("\uFFFD", 3, 10));
}

static void nothing_makes_no_lines(void **state)
{
    (void)state;
    assert_int_equal(wrap_text("", 10, 100, lines, MOST), 0);
    assert_int_equal(wrap_text(" \n\t ", 10, 100, lines, MOST), 0);
    assert_int_equal(wrap_text("text", 10, 100, lines, 0), 0);
}

static void text_breaks_at_spaces(void **state)
{
    (void)state;
    assert_int_equal(wrap_text("  The article on the\nmyth ", 10, 62, lines, MOST), 2);
    assert_line(0, "The article", false);
    assert_line(1, "on the\nmyth ", false);
}

static void text_breaks_behind_hyphens_that_join_words(void **state)
{
    (void)state;
    assert_int_equal(wrap_text("300.000 US-Dollar", 10, 70, lines, MOST), 2);
    assert_line(0, "300.000 US-", false);
    assert_line(1, "Dollar", false);
}

static void other_hyphens_break_nothing(void **state)
{
    (void)state;
    assert_int_equal(wrap_text("300 US -Dollar", 10, 50, lines, MOST), 2);
    assert_line(0, "300 US", false);
    assert_line(1, "-Dollar", false);
    assert_int_equal(wrap_text("DeepSeek gpu-h800", 10, 75, lines, MOST), 2);
    assert_line(0, "DeepSeek", false);
}

static void long_words_break_where_they_must(void **state)
{
    (void)state;
    size_t count = wrap_text("Erschwinglichkeit", 10, 40, lines, MOST);
    assert_true(count > 1);
    for (size_t i = 0; i < count; i++)
        assert_true(wrap_width(lines[i].text, (size_t)lines[i].size, 10) <= 40);
}

static void what_does_not_fit_is_cut(void **state)
{
    (void)state;
    assert_int_equal(wrap_text("Ein Mythos wird überall erzählt", 10, 80, lines, 1), 1);
    assert_line(0, "Ein Mythos wi", true);
    /* No space before the ellipsis. */
    assert_int_equal(wrap_text("Ein Mythos wird überall erzählt", 10, 70, lines, 1), 1);
    assert_line(0, "Ein Mythos", true);
    assert_true(wrap_width("Ein Mythos wi…", strlen("Ein Mythos wi…"), 10) <= 80);
}

static void marks_stay_with_their_letters(void **state)
{
    (void)state;
    char text[300 * 3 + 1] = "";
    for (int i = 0; i < 300; i++)
        strcpy(text + i * 3, "e\u0301");
    size_t count = wrap_text(text, 10, 50, lines, 3);
    assert_int_equal(count, 3);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(lines[i].size % 3, 0);
}

static void there_is_always_progress(void **state)
{
    (void)state;
    assert_int_equal(wrap_text("WWW", 10, 1, lines, MOST), 3);
    assert_int_equal(wrap_text("WWWW", 10, 1, lines, 3), 3);
    assert_true(lines[2].cut);
}

static void any_text_keeps_to_its_width(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    char text[4 * 120 + 1];
    for (int i = 0; i < 3000; i++) {
        size_t size = dice_text(&dice, text, dice_roll(&dice, 120), false);
        double width = 30 + dice_roll(&dice, 300);
        size_t count = wrap_text(text, 12, width, lines, 1 + dice_roll(&dice, MOST));
        const char *last = text;
        for (size_t j = 0; j < count; j++) {
            const struct line *line = &lines[j];
            assert_property(&dice, line->text >= last && line->text + line->size <= text + size);
            assert_property(&dice, utf8_valid(line->text, (size_t)line->size));
            assert_property(&dice, wrap_width(line->text, (size_t)line->size, 12) <= width + 12 * 0.32);
            assert_property(&dice, !line->cut || j + 1 == count);
            last = line->text + line->size;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths_add_up),
        cmocka_unit_test(nothing_makes_no_lines),
        cmocka_unit_test(text_breaks_at_spaces),
        cmocka_unit_test(text_breaks_behind_hyphens_that_join_words),
        cmocka_unit_test(other_hyphens_break_nothing),
        cmocka_unit_test(long_words_break_where_they_must),
        cmocka_unit_test(what_does_not_fit_is_cut),
        cmocka_unit_test(marks_stay_with_their_letters),
        cmocka_unit_test(there_is_always_progress),
        cmocka_unit_test(any_text_keeps_to_its_width),
    };
    return cmocka_run_group_tests_name("wrap", tests, NULL, NULL);
}
