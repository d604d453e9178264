/* origin: an origin may read answers if the list has just this one */
#include "origin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_star_is_for_all(void **state)
{
    (void)state;
    assert_string_equal(origin_allowed("*", "https://example.org"), "*");
    assert_string_equal(origin_allowed("*", "null"), "*");
    assert_string_equal(origin_allowed("*", NULL), "*");
}

static void a_listed_origin_is_told_itself(void **state)
{
    (void)state;
    static const char list[] = "https://a.example,http://localhost:8080,https://b.example";
    static const char *const origins[] = {"https://a.example", "http://localhost:8080", "https://b.example"};
    for (size_t i = 0; i < sizeof(origins) / sizeof(*origins); i++)
        assert_string_equal(origin_allowed(list, origins[i]), origins[i]);
    assert_string_equal(origin_allowed("https://a.example", "https://a.example"), "https://a.example");
}

static void other_origins_are_told_nothing(void **state)
{
    (void)state;
    static const char list[] = "https://a.example,http://localhost:8080,https://b.example";
    static const char *const origins[] = {"",
                                          ",",
                                          "*",
                                          "null",
                                          "http://a.example",
                                          "https://a.exampl",
                                          "https://a.example.evil",
                                          "https://a.example:443",
                                          "https://a.example/",
                                          "https://evil.a.example",
                                          "https://A.example",
                                          "http://localhost",
                                          "http://localhost:80",
                                          "http://localhost:80801",
                                          "a.example",
                                          "https://a.example,http://localhost:8080",
                                          "https://a.example,",
                                          ",https://b.example",
                                          " https://b.example"};
    for (size_t i = 0; i < sizeof(origins) / sizeof(*origins); i++)
        if (origin_allowed(list, origins[i]))
            fail_msg("%s is allowed", origins[i]);
    assert_null(origin_allowed(list, NULL));
}

static void a_list_with_gaps_allows_nobody_else(void **state)
{
    (void)state;
    assert_null(origin_allowed("", ""));
    assert_null(origin_allowed("", "https://a.example"));
    assert_null(origin_allowed(",,", ""));
    assert_null(origin_allowed(",https://a.example,", ""));
    assert_null(origin_allowed("https://a.example,*", "https://b.example"));
    assert_string_equal(origin_allowed(",,https://a.example,", "https://a.example"), "https://a.example");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_star_is_for_all),
        cmocka_unit_test(a_listed_origin_is_told_itself),
        cmocka_unit_test(other_origins_are_told_nothing),
        cmocka_unit_test(a_list_with_gaps_allows_nobody_else),
    };
    return cmocka_run_group_tests_name("origin", tests, NULL, NULL);
}
