/* value: what PostgreSQL would read as a value of the type is told from what it would not */
#include "value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dice.h"

typedef bool judge(const char *text);

static void assert_judged(judge *is, bool good, const char *const *texts)
{
    for (; *texts; texts++)
        if (is(*texts) != good)
            fail_msg("\"%s\" is judged wrongly", *texts);
}

#define GOOD(is, ...) assert_judged(is, true, (const char *const[]){__VA_ARGS__, NULL})
#define BAD(is, ...) assert_judged(is, false, (const char *const[]){__VA_ARGS__, NULL})

static void slugs_are_told_from_other_texts(void **state)
{
    (void)state;
    GOOD(value_is_slug, "a", "0", "deepseek-r1", "a-b-c", "2021");
    BAD(value_is_slug, "", "-", "-a", "a-", "a--b", "A", "aB", "a_b", "a.b", " a", "a ", "a\n", "a,b", "a'", "a\\", "é",
        "{GPU}", "a%b", "a\x7f", "a\xff");
}

static void codes_are_told_from_other_texts(void **state)
{
    (void)state;
    GOOD(value_is_code, "USD", "1", "{GPU}", "[car_m]", "m/s", "%", "a\"b\\", "!~");
    BAD(value_is_code, "", " ", "a b", "a\t", "a\n", "é", "a\x7f", "\x01", "\xff");
}

static void tags_are_told_from_other_texts(void **state)
{
    (void)state;
    GOOD(value_is_tag, "de", "haw", "en-GB", "zh-Hant-TW", "de-CH-1996", "sl-rozaj-biske", "es-419", "de-abcdefgh");
    BAD(value_is_tag, "", "d", "DE", "languagename", "de_DE", "de-", "-de", "de--CH", "--", "123", "de DE", "*", "dé",
        "de-abcdefghi", "de-C", "de-C\xC3\xA9", "de\n");
}

static void numbers_are_told_from_other_texts(void **state)
{
    (void)state;
    GOOD(value_is_number, "0", "-0", "5", "-5.25", ".5", "5.", "-.5", "1.6e9", "1E9", "1e+9", "1e-9", "1e50", "1e-50",
         "007");
    BAD(value_is_number, "", "-", ".", "-.", "+5", "--5", "5-", "e5", ".e5", "5e", "5e+", "5e-", "5e--1", "5e1.5",
        "1.2.3", "1,5", " 5", "5 ", "5\n", "0x5", "NaN", "Infinity", "-inf", "1_000", "٥", "5e51", "5e-51", "5e0001",
        "5e99999999999999999999", "1e9;");
}

static void a_number_has_no_more_digits_than_fit(void **state)
{
    (void)state;
    char text[200];
    snprintf(text, sizeof(text), "%050d", 0);
    assert_true(value_is_number(text));
    snprintf(text, sizeof(text), "-%025d.%025de50", 0, 0);
    assert_true(value_is_number(text));
    snprintf(text, sizeof(text), "%0101d", 0);
    assert_false(value_is_number(text));
    snprintf(text, sizeof(text), "0.%0101d", 0);
    assert_false(value_is_number(text));
}

static void counts_are_told_from_other_texts(void **state)
{
    (void)state;
    GOOD(value_is_count, "1", "10", "999999999");
    BAD(value_is_count, "", "0", "000", "-1", "+1", "1.0", "1e3", "0x1", " 1", "1 ", "1\n", "1000000000",
        "99999999999999999999999", "٥");
}

static void days_are_told_from_other_texts(void **state)
{
    (void)state;
    GOOD(value_is_day, "2025-01-27", "0001-01-01", "9999-12-31", "2024-02-29", "2000-02-29", "1969-12-31",
         "1970-01-01");
    BAD(value_is_day, "", "2025", "2025-01", "2025-1-27", "2025-01-7", "25-01-27", "02025-01-27", "2025-13-01",
        "2025-00-01", "2025-01-00", "2025-01-32", "2025-04-31", "2025-02-29", "1900-02-29", "0000-01-01", "-2025-01-27",
        "+025-01-27", "2025/01/27", "20250127", "2025-01-27 ", " 2025-01-27", "2025-01-27T", "2025-W05-1", "today",
        "infinity", "2025-01-27\n");
}

/* The C library's reader of dates skips blanks, RFC 3339 does not. */
static void blanks_are_no_digits(void **state)
{
    (void)state;
    BAD(value_is_day, "2025- 1-27", "2025-01- 7", "2025-\t1-27", " 025-01-27");
    BAD(value_is_time, "2025-01-27T 3:12:35Z", "2025-01-27T03: 2:35Z", "2025-01-27T03:12: 5Z",
        "2025-01-27T03:12:35+ 1:00", "2025-01-27T03:12:35+01: 0", "2025- 1-27T03:12:35Z");
}

static void times_are_told_from_other_texts(void **state)
{
    (void)state;
    GOOD(value_is_time, "2025-01-27", "2025-01-27T12:00:00Z", "2025-01-27T00:00:00Z", "2025-01-27T23:59:59Z",
         "2025-01-27T12:00:00.1Z", "2025-01-27T12:00:00.123456Z", "2025-01-27T12:00:00+02:00",
         "2025-01-27T12:00:00-14:59", "2025-01-27T12:00:00.5+00:00");
    BAD(value_is_time, "", "2025-01-27T", "2025-01-27T12", "2025-01-27T12:00", "2025-01-27T12:00Z",
        "2025-01-27T12:00:00", "2025-01-27 12:00:00Z", "2025-01-27T12:00:00.Z", "2025-01-27T12:00:00.1234567Z",
        "2025-01-27T24:00:00Z", "2025-01-27T12:60:00Z", "2025-01-27T12:00:61Z", "2025-01-27T12:00:00ZZ",
        "2025-01-27T12:00:00 02:00", "2025-01-27T12:00:00+2:00", "2025-01-27T12:00:00+02", "2025-01-27T12:00:00+0200",
        "2025-01-27T12:00:00+15:00", "2025-01-27T12:00:00+02:60", "2025-01-27T12:00:00+02:00x",
        "2025-01-27T12:00:00 UTC", "2025-02-29T12:00:00Z", "T12:00:00Z", "now", "2025-01-27T1:00:00Z",
        "2025-01-27T12:0:00Z", "2025-01-27T12:00:0Z", "2025-01-27T12:00:00Z\n");
}

static int days_of(int year, int month)
{
    static const int days_in[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days_in[month - 1] + (month == 2 && leap);
}

static void the_calendar_decides(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    for (int i = 0; i < 20000; i++) {
        char text[40];
        int year = 1 + (int)dice_roll(&dice, 9999), month = (int)dice_roll(&dice, 14), day = (int)dice_roll(&dice, 33);
        bool good = month >= 1 && month <= 12 && day >= 1 && day <= days_of(year, month);
        snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month, day);
        assert_property(&dice, value_is_day(text) == good);
    }
}

/* What any of them takes is of these bytes alone, whatever was thrown at it. */
static void no_garbage_is_taken(void **state)
{
    (void)state;
    static judge *const judges[] = {value_is_slug,  value_is_tag, value_is_number,
                                    value_is_count, value_is_day, value_is_time};
    static const char letters[] = "0123456789012345-+.:TZeE azAZ\t\n\x7f\xc3";
    struct dice dice = dice_begin();
    for (int i = 0; i < 200000; i++) {
        char text[24] = "";
        for (size_t size = dice_roll(&dice, sizeof(text)); size > 0; size--)
            text[size - 1] = letters[dice_roll(&dice, sizeof(letters) - 1)];
        for (size_t j = 0; j < sizeof(judges) / sizeof(*judges); j++)
            assert_property(&dice, !judges[j](text) || (*text && !strpbrk(text, " \t\n\x7f\xc3")));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slugs_are_told_from_other_texts),
        cmocka_unit_test(codes_are_told_from_other_texts),
        cmocka_unit_test(tags_are_told_from_other_texts),
        cmocka_unit_test(numbers_are_told_from_other_texts),
        cmocka_unit_test(a_number_has_no_more_digits_than_fit),
        cmocka_unit_test(counts_are_told_from_other_texts),
        cmocka_unit_test(days_are_told_from_other_texts),
        cmocka_unit_test(blanks_are_no_digits),
        cmocka_unit_test(times_are_told_from_other_texts),
        cmocka_unit_test(the_calendar_decides),
        cmocka_unit_test(no_garbage_is_taken),
    };
    return cmocka_run_group_tests_name("value", tests, NULL, NULL);
}
