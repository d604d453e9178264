/* phrase: bounds, hedges and the ends of ranges belong to their amounts */
#include "figure/phrase.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "figure/fixture.h"

static struct phrase phrase_of(enum figure_language language, const char *text)
{
    struct reader reader = reader_of(text, language);
    struct phrase phrase;
    if (!phrase_read(&reader, 0, &phrase))
        fail_msg("%s is not read", text);
    if (phrase.end != reader.text.count)
        fail_msg("%s is read to %zu", text, phrase.end);
    return phrase;
}

static void assert_bound(enum figure_language language, const char *text, enum figure_bound bound)
{
    struct phrase phrase = phrase_of(language, text);
    assert_false(phrase.range);
    if (phrase.bound != bound)
        fail_msg("%s is %s", text, figure_bound_name(phrase.bound));
}

static void bounds_stand_before(void **state)
{
    (void)state;
    assert_bound(EN, "about $5", FIGURE_APPROX);
    assert_bound(EN, "nearly 5 million", FIGURE_LT);
    assert_bound(DE, "gut 5 Millionen", FIGURE_GT);
    assert_bound(DE, "bis zu 400 Mal", FIGURE_LTE);
    assert_bound(IT, "all’incirca 5", FIGURE_APPROX);
    assert_bound(FR, "au moins 5 %", FIGURE_GTE);
    assert_bound(ES, "más de 5", FIGURE_GT);
    assert_bound(EN, "from 5 million", FIGURE_GTE);
    assert_bound(EN, "≥5", FIGURE_GTE);
    assert_bound(EN, "5", FIGURE_EXACT);
}

static void bounds_stand_behind(void **state)
{
    (void)state;
    assert_bound(EN, "5 million or so", FIGURE_APPROX);
    assert_bound(EN, "50-ish", FIGURE_APPROX);
    assert_bound(DE, "5 Euro oder weniger", FIGURE_LTE);
    assert_bound(FR, "une centaine", FIGURE_APPROX);
}

static void a_limit_is_stronger_than_about(void **state)
{
    (void)state;
    assert_bound(EN, "at least about 5", FIGURE_GTE);
    assert_bound(DE, "rund 5 oder mehr", FIGURE_GTE);
    assert_bound(FR, "plus d’une centaine", FIGURE_GT);
}

static void articles_may_stand_behind_a_bound(void **state)
{
    (void)state;
    assert_bound(IT, "oltre i 5 milioni", FIGURE_GT);
    assert_bound(DE, "über eine Million", FIGURE_GT);
    assert_bound(EN, "around a million", FIGURE_APPROX);
    assert_bound(ES, "hasta un 20 %", FIGURE_LTE);
}

static void hedges_are_words_of_the_phrase(void **state)
{
    (void)state;
    assert_int_equal(phrase_of(EN, "an estimated 5 million").hedge, FIGURE_ESTIMATE);
    assert_int_equal(phrase_of(DE, "angeblich rund 5 Euro").hedge, FIGURE_RUMOUR);
    assert_int_equal(phrase_of(EN, "allegedly $5").hedge, FIGURE_ALLEGATION);
    assert_int_equal(phrase_of(IT, "5 milioni stimati").hedge, FIGURE_ESTIMATE);
    assert_int_equal(phrase_of(DE, "5 Euro").hedge, FIGURE_UNHEDGED);
    assert_int_equal(phrase_of(EN, "reported 5").hedge, FIGURE_RUMOUR);
    struct reader reader = reader_of("5 users reported it", EN);
    struct phrase phrase;
    assert_true(phrase_read(&reader, 0, &phrase));
    assert_int_equal(phrase.hedge, FIGURE_UNHEDGED);
}

static void ranges_have_two_ends(void **state)
{
    (void)state;
    static const struct {
        enum figure_language language;
        const char *text;
    } cases[] = {{EN, "five to six million"},
                 {DE, "5-6 Mio."},
                 {DE, "5 – 6 Millionen"},
                 {EN, "between 5 and 6 million"},
                 {DE, "von 5 bis 6"},
                 {IT, "tra i 5 e i 6 milioni"},
                 {FR, "entre 5 et 6"},
                 {ES, "de 5 a 6 millones"},
                 {IT, "dai 5 ai 6 milioni"},
                 {EN, "between one hundred and 200"},
                 {EN, "$5m–$6m"},
                 {EN, "about 5 to about 6"},
                 {DE, "geschätzt zwischen 5 und 6"},
                 {DE, "drei- bis viermal"},
                 {EN, "five or six million"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_true(phrase_of(cases[i].language, cases[i].text).range);
}

static void other_pairs_are_none(void **state)
{
    (void)state;
    static const char *const texts[] = {"5 dollars to 6 euros", "5 and 6",           "555-124", "5 -- 6",
                                        "5 GPUs – 6 users",     "5 GPUs – 6 of them"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct reader reader = reader_of(texts[i], EN);
        struct phrase phrase;
        assert_true(phrase_read(&reader, 0, &phrase));
        assert_false(phrase.range);
    }
}

static void one_is_a_figure_only_with_what_it_counts(void **state)
{
    (void)state;
    static const struct {
        enum figure_language language;
        const char *text;
    } none[] = {{EN, "one"},      {DE, "einmal"},        {DE, "einfach"},
                {FR, "une fois"}, {EN, "more than one"}, {EN, "one or two"}};
    for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
        struct reader reader = reader_of(none[i].text, none[i].language);
        struct phrase phrase;
        if (phrase_read(&reader, 0, &phrase))
            fail_msg("%s is read", none[i].text);
    }
    assert_bound(EN, "one GPU", FIGURE_EXACT);
    assert_true(phrase_of(EN, "one to two million").range);
    assert_true(phrase_of(DE, "ein bis zwei Jahre").range);
}

static void a_bare_year_is_marked(void **state)
{
    (void)state;
    assert_true(phrase_of(EN, "2024").year);
    assert_true(phrase_of(EN, "2019–2021").year);
    assert_true(phrase_of(EN, "from 2019 to 2021").year);
    assert_false(phrase_of(EN, "2024 GPUs").year);
    assert_false(phrase_of(EN, "over 2000").year);
    assert_false(phrase_of(EN, "2,024").year);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bounds_stand_before),
        TEST(bounds_stand_behind),
        TEST(a_limit_is_stronger_than_about),
        TEST(articles_may_stand_behind_a_bound),
        TEST(hedges_are_words_of_the_phrase),
        TEST(ranges_have_two_ends),
        TEST(other_pairs_are_none),
        TEST(one_is_a_figure_only_with_what_it_counts),
        TEST(a_bare_year_is_marked),
    };
    return cmocka_run_group_tests_name("phrase", tests, NULL, NULL);
}
