/* amount: numbers have their units, and words without numbers their extent */
#include "figure/amount.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "figure/fixture.h"

struct case_of {
    enum figure_language language;
    const char *text, *value, *unit; /* unit "": none */
    enum amount_kind kind;
};

static void assert_amount(const struct case_of *wanted)
{
    struct reader reader = reader_of(wanted->text, wanted->language);
    struct amount amount;
    if (!amount_read(&reader, 0, &amount))
        fail_msg("%s is not read", wanted->text);
    assert_exact(&amount.number.readings[0].value, wanted->value);
    assert_string_equal(amount.unit.count ? amount.unit.readings[0].code : "", wanted->unit);
    assert_int_equal(amount.kind, wanted->kind);
    if (amount.end != reader.text.count)
        fail_msg("%s is read to %zu", wanted->text, amount.end);
}

#define ASSERT_ALL(cases)                                                                                              \
    for (size_t each = 0; each < sizeof(cases) / sizeof(*(cases)); each++)                                             \
        assert_amount(&(cases)[each]);

static void numbers_have_units_on_either_side(void **state)
{
    (void)state;
    static const struct case_of cases[] = {{EN, "$5.6m", "5600000", "USD", AMOUNT_VALUE},
                                           {EN, "US$ 5", "5", "USD", AMOUNT_VALUE},
                                           {EN, "5 million USD", "5000000", "USD", AMOUNT_VALUE},
                                           {EN, "$5 million dollars", "5000000", "USD", AMOUNT_VALUE},
                                           {DE, "EUR 1,6 Mrd.", "1600000000", "EUR", AMOUNT_VALUE},
                                           {IT, "5 milioni di $", "5000000", "USD", AMOUNT_VALUE},
                                           {EN, "×400", "400", "1", AMOUNT_VALUE},
                                           {EN, "x400", "400", "1", AMOUNT_VALUE},
                                           {EN, "512 GPUs", "512", "{GPU}", AMOUNT_VALUE},
                                           {EN, "5", "5", "", AMOUNT_VALUE}};
    ASSERT_ALL(cases);
}

static void signs_make_it_negative(void **state)
{
    (void)state;
    static const struct case_of cases[] = {{EN, "-5%", "-5", "%", AMOUNT_VALUE},
                                           {EN, "\u22125", "-5", "", AMOUNT_VALUE},
                                           {DE, "minus 5 Prozent", "-5", "%", AMOUNT_VALUE},
                                           {EN, "-$5", "-5", "USD", AMOUNT_VALUE},
                                           {EN, "$-5", "-5", "USD", AMOUNT_VALUE},
                                           {EN, "-0", "0", "", AMOUNT_VALUE}};
    ASSERT_ALL(cases);
}

static void words_without_a_number_leave_an_end_open(void **state)
{
    (void)state;
    static const struct case_of cases[] = {{EN, "hundreds of billions of dollars", "100000000000", "USD", AMOUNT_FROM},
                                           {EN, "tens of thousands", "10000", "", AMOUNT_FROM},
                                           {EN, "several million", "1000000", "", AMOUNT_FROM},
                                           {DE, "mehrere Hundert Millionen Euro", "100000000", "EUR", AMOUNT_FROM},
                                           {DE, "Zehntausende GPUs", "10000", "{GPU}", AMOUNT_FROM},
                                           {DE, "Milliarden von Dollar", "1000000000", "USD", AMOUNT_FROM},
                                           {ES, "miles de millones", "1000000000", "", AMOUNT_FROM}};
    ASSERT_ALL(cases);
}

static void digits_say_between_which_powers(void **state)
{
    (void)state;
    static const struct case_of cases[] = {{DE, "zweistelliger Millionenbetrag", "10000000", "", AMOUNT_DIGITS},
                                           {DE, "7-stellig", "1000000", "", AMOUNT_DIGITS},
                                           {EN, "high single-digit", "1", "", AMOUNT_DIGITS},
                                           {EN, "six-figure sum", "100000", "", AMOUNT_DIGITS},
                                           {IT, "sette cifre", "1000000", "", AMOUNT_DIGITS}};
    ASSERT_ALL(cases);
    struct reader reader = reader_of("double-digit millions", EN);
    struct amount amount;
    assert_true(amount_read(&reader, 0, &amount));
    assert_exact(&amount.high, "100000000");
}

static void multiples_are_words_too(void **state)
{
    (void)state;
    static const struct case_of cases[] = {{EN, "twice", "2", "1", AMOUNT_VALUE},
                                           {DE, "doppelt", "2", "1", AMOUNT_VALUE},
                                           {DE, "fünfmal", "5", "1", AMOUNT_VALUE},
                                           {DE, "400-Fache", "400", "1", AMOUNT_VALUE},
                                           {FR, "cinq fois", "5", "1", AMOUNT_VALUE}};
    ASSERT_ALL(cases);
}

static void bounds_may_stand_behind(void **state)
{
    (void)state;
    static const struct case_of cases[] = {{EN, "5+ million users", "5000000", "{user}", AMOUNT_VALUE},
                                           {EN, "5 or more GPUs", "5", "{GPU}", AMOUNT_VALUE},
                                           {EN, "5 GPUs or more", "5", "{GPU}", AMOUNT_VALUE}};
    ASSERT_ALL(cases);
    struct reader reader = reader_of("5 plus 6", EN);
    struct amount amount;
    assert_true(amount_read(&reader, 0, &amount));
    assert_null(amount.behind);
}

static void a_part_may_follow_the_unit(void **state)
{
    (void)state;
    static const struct case_of cases[] = {{IT, "due volte e mezzo", "2.5", "1", AMOUNT_VALUE},
                                           {FR, "deux ans et demi", "2.5", "a", AMOUNT_VALUE},
                                           {IT, "un anno e mezzo", "1.5", "a", AMOUNT_VALUE},
                                           {ES, "5 horas y media", "5.5", "h", AMOUNT_VALUE}};
    ASSERT_ALL(cases);
}

static void one_may_be_an_article(void **state)
{
    (void)state;
    struct reader reader = reader_of("eine einmal", DE);
    struct amount amount;
    assert_true(amount_read(&reader, 0, &amount) && amount_is_article(&amount));
    assert_true(amount_read(&reader, 5, &amount) && amount_is_article(&amount));
    reader = reader_of("eine Million", DE);
    assert_true(amount_read(&reader, 0, &amount) && !amount_is_article(&amount));
}

static void names_and_fractions_are_none(void **state)
{
    (void)state;
    static const struct {
        enum figure_language language;
        const char *text;
    } cases[] = {{EN, "4o"},    {EN, "3D"},  {EN, "two thirds"},   {EN, "double-check"},
                 {EN, "14:30"}, {EN, "5th"}, {EN, "several GPUs"}, {EN, "1º"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct reader reader = reader_of(cases[i].text, cases[i].language);
        struct amount amount;
        if (amount_read(&reader, 0, &amount))
            fail_msg("%s is read", cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers_have_units_on_either_side),
        TEST(signs_make_it_negative),
        TEST(words_without_a_number_leave_an_end_open),
        TEST(digits_say_between_which_powers),
        TEST(multiples_are_words_too),
        TEST(bounds_may_stand_behind),
        TEST(a_part_may_follow_the_unit),
        TEST(one_may_be_an_article),
        TEST(names_and_fractions_are_none),
    };
    return cmocka_run_group_tests_name("amount", tests, NULL, NULL);
}
