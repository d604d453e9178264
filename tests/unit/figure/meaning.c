/* meaning: everything that can be said has a name */
#include "figure/meaning.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "figure/fixture.h"

static void everything_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(figure_bound_name(FIGURE_EXACT), "exact");
    assert_string_equal(figure_bound_name(FIGURE_RANGE), "range");
    assert_string_equal(figure_kind_name(FIGURE_MULTIPLE), "multiple");
    assert_string_equal(figure_kind_name(FIGURE_NUMERIC), "numeric");
    for (enum figure_hedge hedge = FIGURE_UNHEDGED; hedge <= FIGURE_EXPECTATION; hedge++)
        assert_non_null(figure_hedge_name(hedge));
    assert_string_equal(figure_hedge_name(FIGURE_UNHEDGED), "none");
    assert_null(figure_language_name(FIGURE_ANY_LANGUAGE));
}

static void every_note_has_a_phrase_of_its_own(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < NOTE_NONE; bit++) {
        assert_non_null(figure_note(bit));
        for (unsigned other = 0; other < bit; other++)
            assert_string_not_equal(figure_note(bit), figure_note(other));
    }
    assert_null(figure_note(NOTE_NONE));
    assert_null(figure_note(NOTE_NONE + 1));
    assert_int_equal(note_bit(NOTE_NONE), 0);
    assert_int_equal(note_bit(NOTE_YEAR), NOTE(NOTE_YEAR));
}

static void languages_are_known_by_their_tags(void **state)
{
    (void)state;
    for (enum figure_language language = FIGURE_ENGLISH; language < FIGURE_LANGUAGES; language++)
        assert_int_equal(figure_language_of(figure_language_name(language)), language);
    assert_int_equal(figure_language_of("fr-CH"), FR);
    assert_int_equal(figure_language_of("DE"), DE);
    static const char *const others[] = {"", "pt", "d", "deu", "german", "-de"};
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        assert_int_equal(figure_language_of(others[i]), FIGURE_ANY_LANGUAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(everything_has_a_name),
        TEST(every_note_has_a_phrase_of_its_own),
        TEST(languages_are_known_by_their_tags),
    };
    return cmocka_run_group_tests_name("meaning", tests, NULL, NULL);
}
