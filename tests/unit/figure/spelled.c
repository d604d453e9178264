/* spelled: numbers below a million in words, joined as they are printed */
#include "figure/spelled.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "figure/fixture.h"

static void assert_spelled(enum figure_language language, const char *text, const char *value, size_t end)
{
    struct reader reader = reader_of(text, language);
    struct number number;
    if (!spelled_read(&reader, 0, &number))
        fail_msg("%s is not read", text);
    assert_exact(&number.readings[0].value, value);
    assert_int_equal(number.end, end);
}

static void assert_none(enum figure_language language, const char *text)
{
    struct reader reader = reader_of(text, language);
    struct number number;
    if (spelled_read(&reader, 0, &number))
        fail_msg("%s is read", text);
}

static void numbers_are_read_in_each_language(void **state)
{
    (void)state;
    assert_spelled(EN, "two hundred and ninety-four thousand", "294000", 36);
    assert_spelled(EN, "one thousand two", "1002", 16);
    assert_spelled(EN, "a hundred and fifty thousand", "150000", 28);
    assert_spelled(DE, "zweihundertvierundneunzigtausend", "294000", 32);
    assert_spelled(DE, "hundertundeins", "101", 14);
    assert_spelled(DE, "dreissig", "30", 8);
    assert_spelled(FR, "quatre-vingt-dix-neuf", "99", 21);
    assert_spelled(FR, "vingt et un", "21", 11);
    assert_spelled(FR, "nonante mille", "90000", 13);
    assert_spelled(ES, "setenta y cinco", "75", 15);
    assert_spelled(ES, "dos mil trescientos", "2300", 19);
    assert_spelled(IT, "centottantuno", "181", 13);
    assert_spelled(IT, "millecinquecento", "1500", 16);
    assert_spelled(IT, "ventitré", "23", 8);
}

static void parts_may_stand_apart(void **state)
{
    (void)state;
    assert_spelled(DE, "zwei hundert", "200", 12);
    assert_spelled(DE, "vier und neunzig", "94", 16);
    assert_spelled(IT, "due cento mila", "200000", 14);
    assert_spelled(EN, "twenty one", "21", 10);
}

static void a_number_ends_where_its_word_goes_on(void **state)
{
    (void)state;
    assert_spelled(DE, "fünfmal", "5", 4);
    assert_spelled(DE, "zweieinhalb", "2", 4);
    assert_spelled(DE, "siebenstellig", "7", 6);
    assert_spelled(EN, "tenfold", "10", 3);
}

static void other_words_are_none(void **state)
{
    (void)state;
    assert_none(EN, "tent");
    assert_none(EN, "often");
    assert_none(DE, "Dreieck");
    assert_none(DE, "Achtung");
    assert_none(IT, "seicento5x");
    assert_none(EN, "thousand");
    assert_none(EN, "5");
}

static void one_by_itself_is_marked(void **state)
{
    (void)state;
    struct reader reader = reader_of("eine einundzwanzig", DE);
    struct number number;
    assert_true(spelled_read(&reader, 0, &number));
    assert_true(number.lone);
    assert_true(spelled_read(&reader, 5, &number));
    assert_false(number.lone);
}

static void and_joins_no_ends_of_a_range(void **state)
{
    (void)state;
    struct reader reader = reader_of("one hundred and two hundred", EN);
    struct number number;
    reader.between = true;
    assert_true(spelled_read(&reader, 0, &number));
    assert_exact(&number.readings[0].value, "100");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers_are_read_in_each_language),
        TEST(parts_may_stand_apart),
        TEST(a_number_ends_where_its_word_goes_on),
        TEST(other_words_are_none),
        TEST(one_by_itself_is_marked),
        TEST(and_joins_no_ends_of_a_range),
    };
    return cmocka_run_group_tests_name("spelled", tests, NULL, NULL);
}
