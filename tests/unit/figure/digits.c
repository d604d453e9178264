/* digits: each convention is read where the language has it, and others where nothing else is possible */
#include "figure/digits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "figure/fixture.h"

struct printed {
    enum figure_language language;
    const char *text, *value, *other; /* NULL: none */
    size_t end;
    unsigned notes;
};

static void assert_printed(const struct printed *printed)
{
    struct reader reader = reader_of(printed->text, printed->language);
    struct number number;
    if (!printed->value) {
        assert_false(digits_read(&reader, 0, &number));
        return;
    }
    if (!digits_read(&reader, 0, &number))
        fail_msg("%s is not read", printed->text);
    assert_exact(&number.readings[0].value, printed->value);
    assert_int_equal(number.count, printed->other ? 2 : 1);
    if (printed->other)
        assert_exact(&number.readings[1].value, printed->other);
    assert_int_equal(number.end, printed->end);
    assert_int_equal(number.readings[0].notes, printed->notes);
}

#define ASSERT_ALL(cases)                                                                                              \
    for (size_t each = 0; each < sizeof(cases) / sizeof(*(cases)); each++)                                             \
        assert_printed(&(cases)[each]);

static void a_languages_own_marks_are_read(void **state)
{
    (void)state;
    static const struct printed cases[] = {
        {EN, "1,234,567.89", "1234567.89", NULL, 12, 0},
        {DE, "1.234.567,89", "1234567.89", NULL, 12, 0},
        {FR, "1 234 567,89", "1234567.89", NULL, 12, 0},
        {FR, "1\u202F234", "1234", NULL, 5, 0},
        {EN, "1,234", "1234", NULL, 5, 0},
        {EN, "1.234", "1.234", NULL, 5, 0},
        {DE, "1.234", "1234", NULL, 5, 0},
        {DE, "1,234", "1.234", NULL, 5, 0},
        {EN, "294000", "294000", NULL, 6, 0},
        {EN, "0", "0", NULL, 1, 0},
        {EN, "12,34,567", "1234567", NULL, 9, 0},
    };
    ASSERT_ALL(cases);
}

static void other_marks_are_read_with_a_note(void **state)
{
    (void)state;
    static const struct printed cases[] = {
        {DE, "1.6", "1.6", NULL, 3, NOTE(NOTE_OTHER_DECIMAL)},
        {DE, "0.123", "0.123", NULL, 5, NOTE(NOTE_OTHER_DECIMAL)},
        {EN, "1,6", "1.6", NULL, 3, NOTE(NOTE_OTHER_DECIMAL)},
        {EN, "1.234.567", "1234567", NULL, 9, NOTE(NOTE_OTHER_GROUPING)},
        {EN, "294 000", "294000", NULL, 7, NOTE(NOTE_SPACE_IN_NUMBER)},
        {DE, "1'234'567.89", "1234567.89", NULL, 12, NOTE(NOTE_OTHER_GROUPING) | NOTE(NOTE_OTHER_DECIMAL)},
    };
    ASSERT_ALL(cases);
}

static void a_mark_that_the_language_does_not_have_may_be_either(void **state)
{
    (void)state;
    static const struct printed cases[] = {{FR, "1.234", "1234", "1.234", 5, NOTE(NOTE_EITHER)}};
    ASSERT_ALL(cases);
}

static void a_misprinted_space_is_seen_by_what_follows(void **state)
{
    (void)state;
    static const struct printed cases[] = {
        {DE, "5, 6 Millionen", "5.6", NULL, 4, NOTE(NOTE_SPACE_AFTER_COMMA)},
        {IT, "1 ,6 miliardi", "1.6", NULL, 4, NOTE(NOTE_SPACE_BEFORE_MARK)},
        {EN, "5. 6 million", "5.6", NULL, 4, NOTE(NOTE_SPACE_AFTER_POINT)},
        {EN, "5, 6 million", "5", NULL, 1, 0},
        {DE, "5, 6 davon", "5", NULL, 1, 0},
        {DE, "5, 600 Millionen", "5", NULL, 1, 0},
    };
    ASSERT_ALL(cases);
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    static const struct printed cases[] = {{EN, "1.23.456", NULL, NULL, 0, 0}, {DE, "18.9.2025", NULL, NULL, 0, 0},
                                           {EN, "007", NULL, NULL, 0, 0},      {EN, "1,2,3", NULL, NULL, 0, 0},
                                           {EN, "x", NULL, NULL, 0, 0},        {EN, "1,234.567.890", NULL, NULL, 0, 0}};
    ASSERT_ALL(cases);
}

static void sixty_digits_are_read_and_no_more(void **state)
{
    (void)state;
    char text[EXACT_DIGITS + 2] = "";
    memset(text, '7', EXACT_DIGITS);
    struct printed printed = {EN, text, text, NULL, EXACT_DIGITS, 0};
    assert_printed(&printed);
    text[EXACT_DIGITS] = '7';
    printed.value = NULL;
    assert_printed(&printed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_languages_own_marks_are_read),
        TEST(other_marks_are_read_with_a_note),
        TEST(a_mark_that_the_language_does_not_have_may_be_either),
        TEST(a_misprinted_space_is_seen_by_what_follows),
        TEST(what_is_no_number_is_refused),
        TEST(sixty_digits_are_read_and_no_more),
    };
    return cmocka_run_group_tests_name("digits", tests, NULL, NULL);
}
