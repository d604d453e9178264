/* lexicon: units have their codes, and money is told from the rest */
#include "figure/lexicon.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "figure/fixture.h"

static const struct word *unit_of(const char *text)
{
    struct reader reader = reader_of(text, EN);
    const struct match *match = reader_find(&reader, 0, ROLE_UNIT);
    assert_non_null(match);
    return match->word;
}

static void units_have_codes(void **state)
{
    (void)state;
    assert_string_equal(lexicon_unit(unit_of("dollars")), "USD");
    assert_string_equal(lexicon_unit(unit_of("percent")), "%");
    assert_string_equal(lexicon_unit(unit_of("GPUs")), "{GPU}");
    assert_string_equal(lexicon_unit(unit_of("times")), "1");
}

static void money_has_three_capitals(void **state)
{
    (void)state;
    assert_true(lexicon_is_money(unit_of("€")));
    assert_true(lexicon_is_money(unit_of("cents")));
    assert_false(lexicon_is_money(unit_of("GPUs")));
    assert_false(lexicon_is_money(unit_of("kWh")));
    assert_false(lexicon_is_money(unit_of("GWh")));
    assert_false(lexicon_is_money(unit_of("MW")));
}

/* The reader multiplies by them, and shifts by their bits. */
static void words_are_within_their_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < lexicon_count; i++) {
        const struct word *word = &lexicon[i];
        assert_in_range(word->size, 1, 63);
        assert_in_range(word->role, ROLE_SMALL, ROLE_ORDINAL);
        assert_in_range(word->languages, 1, 31);
        assert_in_range(word->note, 0, NOTE_NONE);
        if (word->role >= ROLE_HUNDRED && word->role <= ROLE_MULTIPLE)
            assert_true(word->value > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(units_have_codes), TEST(money_has_three_capitals),
                                       TEST(words_are_within_their_limits)};
    return cmocka_run_group_tests_name("lexicon", tests, NULL, NULL);
}
