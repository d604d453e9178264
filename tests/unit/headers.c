/* headers: fields stay in their order, and it is known which are of a whole answer alone */
#include "headers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_header(const struct headers *headers, unsigned at, const char *name, const char *value, bool whole)
{
    assert_in_range(at, 0, headers->count - 1);
    assert_string_equal(headers->list[at].name, name);
    assert_string_equal(headers->list[at].value, value);
    assert_int_equal(headers->list[at].whole, whole);
}

static void fields_stay_in_their_order(void **state)
{
    (void)state;
    struct headers headers = {.count = 0};
    headers_put_whole(&headers, "Content-Type", "application/json");
    headers_put(&headers, "Vary", "Accept");
    headers_put_whole(&headers, "Link", "</>; rel=\"up\"");
    assert_int_equal(headers.count, 3);
    assert_header(&headers, 0, "Content-Type", "application/json", true);
    assert_header(&headers, 1, "Vary", "Accept", false);
    assert_header(&headers, 2, "Link", "</>; rel=\"up\"", true);
}

static void a_name_may_be_put_again(void **state)
{
    (void)state;
    struct headers headers = {.count = 0};
    headers_put(&headers, "Link", "</a>");
    headers_put(&headers, "Link", "</b>");
    assert_int_equal(headers.count, 2);
    assert_header(&headers, 0, "Link", "</a>", false);
    assert_header(&headers, 1, "Link", "</b>", false);
}

static void texts_are_borrowed(void **state)
{
    (void)state;
    char name[] = "Vary", value[] = "Accept";
    struct headers headers = {.count = 0};
    headers_put(&headers, name, value);
    assert_ptr_equal(headers.list[0].name, name);
    assert_ptr_equal(headers.list[0].value, value);
}

static void as_many_fit_as_may_be(void **state)
{
    (void)state;
    struct headers headers = {.count = 0};
    for (unsigned i = 0; i < HEADERS_MAX; i++)
        (i % 2 ? headers_put : headers_put_whole)(&headers, "Name", "value");
    assert_int_equal(headers.count, HEADERS_MAX);
    for (unsigned i = 0; i < HEADERS_MAX; i++)
        assert_header(&headers, i, "Name", "value", i % 2 == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_stay_in_their_order),
        cmocka_unit_test(a_name_may_be_put_again),
        cmocka_unit_test(texts_are_borrowed),
        cmocka_unit_test(as_many_fit_as_may_be),
    };
    return cmocka_run_group_tests_name("headers", tests, NULL, NULL);
}
