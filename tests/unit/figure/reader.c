/* reader: words of the lexicon are found where they stand, in the language that is read */
#include "figure/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "figure/fixture.h"

/* The end of the word in a role that begins a text; 0 if there is none. */
static size_t found(const char *text, enum figure_language language, enum role role)
{
    struct reader reader = reader_of(text, language);
    const struct match *match = reader_find(&reader, 0, role);
    return match ? match->end : 0;
}

static void the_lexicon_is_in_order(void **state)
{
    (void)state;
    for (size_t i = 1; i < lexicon_count; i++) {
        const struct word *left = &lexicon[i - 1], *right = &lexicon[i];
        const uint16_t *a = lexicon_letters + left->letters, *b = lexicon_letters + right->letters;
        size_t same = 0;
        while (same < left->size && same < right->size && a[same] == b[same])
            same++;
        assert_true(same == left->size || (same < right->size && a[same] < b[same]));
    }
}

static void a_word_is_found_in_its_language(void **state)
{
    (void)state;
    assert_int_equal(found("Milliarde", FIGURE_GERMAN, ROLE_SCALE), 9);
    assert_int_equal(found("Milliarde", FIGURE_ENGLISH, ROLE_SCALE), 0);
    assert_int_equal(found("Milliarde", FIGURE_GERMAN, ROLE_UNIT), 0);
    assert_int_equal(found("billions", FIGURE_ENGLISH, ROLE_PLURAL), 8);
}

static void a_word_ends_where_it_ends(void **state)
{
    (void)state;
    struct reader reader = reader_of("USD5", FIGURE_ENGLISH);
    assert_int_equal(found("Milliardenloch", FIGURE_GERMAN, ROLE_SCALE), 0);
    assert_null(reader_find(&reader, 0, ROLE_UNIT));
    assert_int_equal(reader_find_open(&reader, 0, ROLE_UNIT)->end, 3);
}

static void parts_are_joined_in_any_way(void **state)
{
    (void)state;
    static const char *const texts[] = {"US-Dollar",  "US Dollar",  "USDollar",
                                        "US -Dollar", "US- Dollar", "us\u2011dollar"};
    static const bool split[] = {false, false, false, true, true, false};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct reader reader = reader_of(texts[i], FIGURE_GERMAN);
        const struct match *match = reader_find(&reader, 0, ROLE_UNIT);
        assert_non_null(match);
        assert_int_equal(match->end, reader.text.count);
        assert_int_equal(match->split, split[i]);
    }
    assert_int_equal(found("Mil liarde", FIGURE_GERMAN, ROLE_SCALE), 0);
}

static void the_longest_word_counts(void **state)
{
    (void)state;
    assert_int_equal(found("mehr als 5", FIGURE_GERMAN, ROLE_BEFORE), 8);
    assert_int_equal(found("Mio. Euro", FIGURE_GERMAN, ROLE_SCALE), 4);
    assert_int_equal(found("Canadian dollars", FIGURE_ENGLISH, ROLE_UNIT), 16);
}

static void codes_want_their_capitals_and_others_their_accents(void **state)
{
    (void)state;
    assert_int_equal(found("MW", FIGURE_ENGLISH, ROLE_UNIT), 2);
    assert_int_equal(found("mw", FIGURE_ENGLISH, ROLE_UNIT), 0);
    assert_int_equal(found("double", FIGURE_FRENCH, ROLE_MULTIPLE), 6);
    assert_int_equal(found("doublé", FIGURE_FRENCH, ROLE_MULTIPLE), 0);
    assert_int_equal(found("BILLIONS", FIGURE_ENGLISH, ROLE_PLURAL), 8);
}

static void some_words_stand_apart(void **state)
{
    (void)state;
    struct reader reader = reader_of("5h 5 h", FIGURE_ENGLISH);
    assert_null(reader_find(&reader, 1, ROLE_UNIT));
    assert_non_null(reader_find(&reader, 5, ROLE_UNIT));
}

static void some_count_only_where_no_language_is_told(void **state)
{
    (void)state;
    struct reader reader = reader_of("¥", FIGURE_ENGLISH);
    const struct matches *matches = reader_matches(&reader, 0);
    size_t told = 0, untold = 0;
    for (size_t i = 0; i < matches->count; i++)
        told += reader_takes(&reader, 0, &matches->all[i], ROLE_UNIT);
    reader.told = false;
    for (size_t i = 0; i < matches->count; i++)
        untold += reader_takes(&reader, 0, &matches->all[i], ROLE_UNIT);
    assert_int_equal(told, 1);
    assert_int_equal(untold, 2);
}

static void gaps_are_spaces_or_a_hyphen_before_a_letter(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t behind;
    } cases[] = {{"5Mio", 1},   {"5 Mio", 2},   {"5-Mio", 2}, {"5 -Mio", 3},
                 {"5- Mio", 3}, {"5 - Mio", 2}, {"5-6", 1},   {"5 ", 2}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct reader reader = reader_of(cases[i].text, FIGURE_GERMAN);
        assert_int_equal(reader_gap(&reader, 1), cases[i].behind);
    }
}

static void a_word_is_skipped_with_the_spaces_behind_it(void **state)
{
    (void)state;
    struct reader reader = reader_of("di dollari", FIGURE_ITALIAN);
    assert_int_equal(reader_skip(&reader, 0, ROLE_OF), 3);
    assert_int_equal(reader_skip(&reader, 3, ROLE_OF), 3);
}

static void no_letter_ends_the_search(void **state)
{
    (void)state;
    struct reader reader;
    static const char zeros[] = "m\0\0\0";
    assert_true(reader_init(&reader, &arena, zeros, sizeof(zeros) - 1));
    for (size_t i = 0; i < reader.text.count; i++)
        assert_true(reader_matches(&reader, i)->count < 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_lexicon_is_in_order),
        TEST(a_word_is_found_in_its_language),
        TEST(a_word_ends_where_it_ends),
        TEST(parts_are_joined_in_any_way),
        TEST(the_longest_word_counts),
        TEST(codes_want_their_capitals_and_others_their_accents),
        TEST(some_words_stand_apart),
        TEST(some_count_only_where_no_language_is_told),
        TEST(gaps_are_spaces_or_a_hyphen_before_a_letter),
        TEST(a_word_is_skipped_with_the_spaces_behind_it),
        TEST(no_letter_ends_the_search),
    };
    return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
