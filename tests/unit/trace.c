/* trace: the trace-id of a traceparent that W3C Trace Context calls valid, and of no other */
#include "trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dice.h"

#define ID "4bf92f3577b34da6a3ce929d0e0e4736"
#define PARENT "00f067aa0ba902b7"

static void assert_none(const char *field)
{
    char id[TRACE_ID_SIZE] = "untouched";
    if (trace_id(field, id))
        fail_msg("%s is taken", field);
    assert_string_equal(id, "");
}

static void assert_id(const char *field, const char *expected)
{
    char id[TRACE_ID_SIZE] = "untouched";
    if (!trace_id(field, id))
        fail_msg("%s is refused", field);
    assert_string_equal(id, expected);
}

static void a_valid_field_has_its_id(void **state)
{
    (void)state;
    assert_id("00-" ID "-" PARENT "-01", ID);
    assert_id("00-" ID "-" PARENT "-00", ID);
    assert_id("00-" ID "-" PARENT "-ff", ID);
    assert_id("00-00000000000000000000000000000001-0000000000000001-00", "00000000000000000000000000000001");
    assert_id("00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-00", "ffffffffffffffffffffffffffffffff");
}

/* Section 3.2.4: a later version is read as far as this one goes. */
static void a_later_version_may_go_on(void **state)
{
    (void)state;
    assert_id("01-" ID "-" PARENT "-01", ID);
    assert_id("cc-" ID "-" PARENT "-01-what-the-future-brings", ID);
    assert_id("fe-" ID "-" PARENT "-01-", ID);
    assert_none("cc-" ID "-" PARENT "-01.what-the-future-brings");
    assert_none("cc-" ID "-" PARENT "-010");
    assert_none("00-" ID "-" PARENT "-01-what-the-future-brings");
    assert_none("00-" ID "-" PARENT "-01-");
}

static void other_texts_have_none(void **state)
{
    (void)state;
    static const char *const fields[] = {"",
                                         "00",
                                         "-",
                                         ID,
                                         "00-" ID,
                                         "00-" ID "-" PARENT,
                                         "00-" ID "-" PARENT "-",
                                         "00-" ID "-" PARENT "-0",
                                         "ff-" ID "-" PARENT "-01",
                                         "0-" ID "-" PARENT "-01",
                                         "000-" ID "-" PARENT "-01",
                                         "0x-" ID "-" PARENT "-01",
                                         "FE-" ID "-" PARENT "-01",
                                         "00-4BF92F3577B34DA6A3CE929D0E0E4736-" PARENT "-01",
                                         "00-" ID "-00F067AA0BA902B7-01",
                                         "00-" ID "-" PARENT "-0A",
                                         "00-00000000000000000000000000000000-" PARENT "-01",
                                         "00-" ID "-0000000000000000-01",
                                         "00-4bf92f3577b34da6a3ce929d0e0e473-0" PARENT "-01",
                                         "00-" ID "_" PARENT "-01",
                                         "00_" ID "-" PARENT "-01",
                                         "00-" ID "-" PARENT "_01",
                                         "00-" ID "-" PARENT "-0\xc3",
                                         " 00-" ID "-" PARENT "-01",
                                         "00-" ID "-" PARENT "-01 ",
                                         "00-" ID "-" PARENT "-01, 00-" ID "-" PARENT "-01"};
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
        assert_none(fields[i]);
    assert_none(NULL);
}

static void every_cut_has_none(void **state)
{
    (void)state;
    static const char whole[] = "00-" ID "-" PARENT "-01";
    for (size_t size = 0; size < strlen(whole); size++) {
        char cut[sizeof(whole)] = {0};
        memcpy(cut, whole, size);
        assert_none(cut);
    }
}

/* It goes into logs and answers. */
static void no_byte_but_hexadecimal_digits_gets_through(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    for (int i = 0; i < 20000; i++) {
        char field[] = "00-" ID "-" PARENT "-01", id[TRACE_ID_SIZE];
        for (uint32_t changes = 1 + dice_roll(&dice, 3); changes > 0; changes--)
            field[dice_roll(&dice, sizeof(field) - 1)] = (char)(1 + dice_roll(&dice, 255));
        bool found = trace_id(field, id);
        assert_property(&dice, strspn(id, "0123456789abcdef") == strlen(id));
        assert_property(&dice, strlen(id) == (found ? TRACE_ID_SIZE - 1 : 0));
    }
}

static void assert_next(const char *field, uint64_t span, const char *expected)
{
    char next[TRACE_PARENT_SIZE] = "untouched";
    assert_int_equal(trace_continue(field, span, next), *expected != 0);
    assert_string_equal(next, expected);
}

/* Flags that this version does not know are not passed on (section 4.3). */
static void what_is_passed_on_is_the_trace_with_another_span(void **state)
{
    (void)state;
    assert_next("00-" ID "-" PARENT "-01", 1, "00-" ID "-0000000000000001-01");
    assert_next("00-" ID "-" PARENT "-00", UINT64_MAX, "00-" ID "-ffffffffffffffff-00");
    assert_next("00-" ID "-" PARENT "-ff", 0xabc, "00-" ID "-0000000000000abc-01");
    assert_next("00-" ID "-" PARENT "-fe", 0xabc, "00-" ID "-0000000000000abc-00");
    assert_next("cc-" ID "-" PARENT "-03-more", 0xabc, "00-" ID "-0000000000000abc-01");
    assert_next("00-" ID "-" PARENT "-0", 1, "");
    assert_next(NULL, 1, "");
}

static void the_span_is_the_sender_s(void **state)
{
    (void)state;
    char span[TRACE_SPAN_SIZE];
    trace_span("00-" ID "-" PARENT "-01", span);
    assert_string_equal(span, PARENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_valid_field_has_its_id),
        cmocka_unit_test(a_later_version_may_go_on),
        cmocka_unit_test(other_texts_have_none),
        cmocka_unit_test(every_cut_has_none),
        cmocka_unit_test(what_is_passed_on_is_the_trace_with_another_span),
        cmocka_unit_test(the_span_is_the_sender_s),
        cmocka_unit_test(no_byte_but_hexadecimal_digits_gets_through),
    };
    return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}
