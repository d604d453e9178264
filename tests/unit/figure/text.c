/* text: characters are folded, keep their places, and make words */
#include "figure/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "figure/fixture.h"

static struct text text_of(const char *bytes)
{
    struct text text;
    assert_true(text_init(&text, &arena, bytes, strlen(bytes)));
    return text;
}

static void assert_folds(const char *bytes, const char *wanted)
{
    struct text text = text_of(bytes);
    assert_int_equal(text.count, strlen(wanted));
    for (size_t i = 0; i < text.count; i++)
        assert_int_equal(text.all[i].folded, wanted[i]);
}

static void letters_lose_case_and_accents(void **state)
{
    (void)state;
    assert_folds("Milliarde", "milliarde");
    assert_folds("ÀÉÎõüŁœß", "aeioulos");
    assert_folds("fu\u0308nf", "funf");
}

static void spaces_hyphens_and_apostrophes_become_one_kind_each(void **state)
{
    (void)state;
    assert_folds("1\u00A02\u20093\u202F4\t5", "1 2 3 4 5");
    assert_folds("a\u2011b\u2010c", "a-b-c");
    assert_folds("d\u2019un", "d'un");
}

static void what_is_not_seen_is_left_out(void **state)
{
    (void)state;
    assert_folds("zwei\u00ADhundert", "zweihundert");
    assert_folds("5\u200B6", "56");
}

static void characters_keep_their_places(void **state)
{
    (void)state;
    struct text text = text_of("\u20AC\u00ADe\u0301x");
    assert_int_equal(text.count, 3);
    assert_int_equal(text.all[0].point, 0);
    assert_int_equal(text.all[0].point_end, 2);
    assert_int_equal(text.all[1].byte, 5);
    assert_int_equal(text.all[1].point, 2);
    assert_int_equal(text.all[1].point_end, 4);
    assert_int_equal(text.all[1].byte_end, 8);
    assert_int_equal(text.all[2].point, 4);
    assert_int_equal(text_kind(&text, 3), CHARACTER_END);
    assert_int_equal(text_kind(&text, 4), CHARACTER_END);
}

static void kinds_are_told_apart(void **state)
{
    (void)state;
    struct text text = text_of("a\u00E9\u03A97 \u20AC.\u00D7\u00BA");
    static const enum character_kind kinds[] = {CHARACTER_LETTER, CHARACTER_LETTER, CHARACTER_LETTER,
                                                CHARACTER_DIGIT,  CHARACTER_SPACE,  CHARACTER_MARK,
                                                CHARACTER_MARK,   CHARACTER_MARK,   CHARACTER_LETTER};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        assert_int_equal(text_kind(&text, i), kinds[i]);
}

static void capitals_and_accents_are_remembered(void **state)
{
    (void)state;
    struct text text = text_of("aA\u00E9\u00C9");
    assert_false(text.all[0].varied || text.all[0].capital);
    assert_true(text.all[1].varied && text.all[1].capital);
    assert_true(text.all[2].varied && !text.all[2].capital);
    assert_true(text.all[3].varied && text.all[3].capital);
}

static void what_is_no_utf8_is_refused(void **state)
{
    (void)state;
    struct text text;
    assert_false(text_init(&text, &arena, "5\xFF", 2));
    assert_false(text_init(&text, &arena, "\xC3", 1));
    assert_true(text_init(&text, &arena, "", 0));
    assert_int_equal(text.count, 0);
}

static void names_are_one_word_with_their_digits(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t end;
    } cases[] = {{"GPT-4 x", 5}, {"H800-GPUs", 4}, {"12/05/2024", 10}, {"14:30.", 5}, {"5", 1},
                 {"4o", 2},      {"Dollar 5", 6},  {".5", 1},          {" a", 1},     {"A100", 4},
                 {"1.2.3", 5},   {"US-Dollar", 2}, {"2048 GPUs", 4},   {"R1", 2}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct text text = text_of(cases[i].bytes);
        assert_int_equal(text_skip_word(&text, 0), cases[i].end);
    }
}

static void a_word_ends_where_no_letter_goes_on(void **state)
{
    (void)state;
    struct text text = text_of("US$5 ab");
    assert_true(text_is_edge(&text, 0));
    assert_false(text_is_edge(&text, 1));
    assert_true(text_is_edge(&text, 2));
    assert_true(text_is_edge(&text, 3));
    assert_false(text_is_edge(&text, 6));
    assert_true(text_is_edge(&text, 7));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(letters_lose_case_and_accents),
        TEST(spaces_hyphens_and_apostrophes_become_one_kind_each),
        TEST(what_is_not_seen_is_left_out),
        TEST(characters_keep_their_places),
        TEST(kinds_are_told_apart),
        TEST(capitals_and_accents_are_remembered),
        TEST(what_is_no_utf8_is_refused),
        TEST(names_are_one_word_with_their_digits),
        TEST(a_word_ends_where_no_letter_goes_on),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
