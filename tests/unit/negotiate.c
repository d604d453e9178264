/* negotiate: what clients really send, what RFC 9110 lets them send, and what is neither */
#include "negotiate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dice.h"

static void assert_quality(const char *field, const char *name, unsigned quality)
{
    unsigned found = negotiate_quality(field, name);
    if (found != quality)
        fail_msg("%s wants %s by %u, not %u", field ? field : "no field", name, found, quality);
}

static void a_field_that_is_absent_wants_nothing(void **state)
{
    (void)state;
    assert_quality(NULL, "gzip", 0);
    assert_quality("", "gzip", 0);
    assert_quality(" ,\t, ", "gzip", 0);
}

static void weights_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *field;
        unsigned quality;
    } cases[] = {{"gzip", 1000},
                 {"gzip;q=1", 1000},
                 {"gzip;q=1.000", 1000},
                 {"gzip;q=0", 0},
                 {"gzip;q=0.0", 0},
                 {"gzip;q=0.000", 0},
                 {"gzip;q=0.5", 500},
                 {"gzip;q=0.25", 250},
                 {"gzip;q=0.001", 1},
                 {"gzip;q=0.", 0},
                 {"gzip;q=1.", 1000},
                 {"gzip;Q=0.5", 500},
                 {"gzip ; q=0.5", 500},
                 {"gzip\t;\tq=0.5", 500},
                 {"GZip;q=0.5", 500},
                 {"br, gzip;q=0.5 , x", 500},
                 {"gzip;a=b;q=0.5", 500},
                 {"gzip;q=.5", 500},
                 {"gzip;q=.25;x", 250},
                 {"gzip;q=0.9999", 999},
                 {",,gzip;q=0.5,,", 500},
                 {"x-gzip, gzip;q=0.3", 300},
                 {"gzipx, gzip;q=0.4", 400}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_quality(cases[i].field, "gzip", cases[i].quality);
}

/* Nobody can want more than all, and who writes nonsense gets what is safe: nothing. */
static void garbage_for_a_weight_wants_nothing(void **state)
{
    (void)state;
    static const char *const fields[] = {"gzip;q=",  "gzip;q=x",     "gzip;q=-1", "gzip;q= 1",
                                         "gzip;q=.", "gzip;q=\"1\"", "gzip;q=+1", "gzip;q=,br"};
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
        assert_quality(fields[i], "gzip", 0);
    assert_quality("gzip;q=1.5", "gzip", QUALITY_MOST);
    assert_quality("gzip;q=1.999999999999", "gzip", QUALITY_MOST);
}

static void a_star_is_for_what_is_not_listed(void **state)
{
    (void)state;
    assert_quality("*", "gzip", 1000);
    assert_quality("*;q=0.3", "gzip", 300);
    assert_quality("*;q=0.3, gzip;q=0.7", "gzip", 700);
    assert_quality("gzip;q=0, *", "gzip", 0);
    assert_quality("*, gzip;q=0", "gzip", 0);
    assert_quality("gzip, *;q=0", "br", 0);
    assert_quality("br", "gzip", 0);
}

static void codings_are_chosen(void **state)
{
    (void)state;
    static const struct {
        const char *field;
        enum coding coding;
    } cases[] = {
        {NULL, CODING_IDENTITY},
        {"", CODING_IDENTITY},
        {"identity", CODING_IDENTITY},
        {"deflate", CODING_IDENTITY},
        {"zstd, compress", CODING_IDENTITY},
        {"gzip", CODING_GZIP},
        {"gzip, deflate", CODING_GZIP},
        {"br", CODING_BROTLI},
        {"gzip, deflate, br", CODING_BROTLI},
        {"gzip, deflate, br, zstd", CODING_BROTLI},
        {"gzip;q=0.5, br;q=0.5", CODING_BROTLI},
        {"gzip;q=1, br;q=0.9", CODING_GZIP},
        {"br;q=0, gzip", CODING_GZIP},
        {"br;q=0, gzip;q=0", CODING_IDENTITY},
        {"*", CODING_BROTLI},
        {"*;q=0", CODING_IDENTITY},
        {"br;q=0, *", CODING_GZIP},
        {"gzip;q=0.5, identity", CODING_IDENTITY},
        {"gzip, identity", CODING_GZIP},
        {"gzip;q=0.5, identity;q=0.5", CODING_GZIP},
        {"gzip;q=0.5", CODING_GZIP},
        {"identity;q=0", CODING_IDENTITY},
        {"identity;q=0, gzip;q=0.1", CODING_GZIP},
        {"*;q=0.5, identity;q=0.6", CODING_IDENTITY},
        {"gzip;q=0.001", CODING_GZIP},
        {"gzipbr", CODING_IDENTITY},
        {"g zip", CODING_IDENTITY},
        {";q=1", CODING_IDENTITY},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        if (negotiate_coding(cases[i].field) != cases[i].coding)
            fail_msg("%s chooses another coding", cases[i].field ? cases[i].field : "no field");
}

static void assert_wants(const char *accept, const char *media_type, unsigned quality)
{
    unsigned found = negotiate_media_type(accept, media_type);
    if (found != quality)
        fail_msg("%s wants %s by %u, not %u", accept ? accept : "no field", media_type, found, quality);
}

static void who_does_not_say_wants_everything(void **state)
{
    (void)state;
    assert_wants(NULL, "application/json", QUALITY_MOST);
    assert_wants("", "application/json", QUALITY_MOST);
    assert_wants(" , ", "application/json", QUALITY_MOST);
    assert_wants("*/*", "text/csv; charset=utf-8", QUALITY_MOST);
}

static void media_types_are_weighed(void **state)
{
    (void)state;
    static const struct {
        const char *accept;
        unsigned json, csv;
    } cases[] = {
        {"application/json", 1000, 0},
        {"text/csv", 0, 1000},
        {"text/html", 0, 0},
        {"TEXT/CSV", 0, 1000},
        {"text/*", 0, 1000},
        {"*/*;q=0.1", 100, 100},
        {"text/csv;q=0.5, application/json;q=0.2", 200, 500},
        {"application/json;charset=utf-8", 1000, 0},
        {"application/json ; charset=utf-8 ; q=0.5", 500, 0},
        {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 800, 800},
        {"application/jsonx, text/cs", 0, 0},
        {"application, text/, /csv, */csv, *", 0, 0},
        {"application/json;q=0", 0, 0},
        {"text/*;q=x", 0, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        assert_wants(cases[i].accept, "application/json", cases[i].json);
        assert_wants(cases[i].accept, "text/csv; charset=utf-8; header=present", cases[i].csv);
    }
}

/* Whatever their order: RFC 9110, section 12.5.1. */
static void the_most_specific_range_decides(void **state)
{
    (void)state;
    assert_wants("*/*, text/*;q=0.5, text/csv;q=0.2", "text/csv", 200);
    assert_wants("text/csv;q=0.2, text/*;q=0.5, */*", "text/csv", 200);
    assert_wants("text/csv;q=0.2, text/*;q=0.5, */*", "text/html", 500);
    assert_wants("text/csv;q=0.2, text/*;q=0.5, */*", "image/svg+xml", 1000);
    assert_wants("text/csv;q=0, */*", "text/csv", 0);
    assert_wants("text/*;q=0, */*;q=0.7", "text/csv", 0);
}

/* An element's own quotes may hold what looks like others. */
static void quoted_texts_are_no_elements(void **state)
{
    (void)state;
    assert_wants("text/html;title=\"a, text/csv\"", "text/csv", 0);
    assert_wants("text/html;title=\"a\\\", text/csv\", text/csv;q=0.5", "text/csv", 500);
    assert_wants("text/csv;title=\"a;q=0.1\";q=0.5", "text/csv", 500);
    assert_wants("text/csv;title=\"unclosed, application/json", "application/json", 0);
    assert_false(negotiate_prefers("note=\"a, count=exact, b\"", "count", "exact"));
}

static void assert_prefers(bool expected, const char *const *fields)
{
    for (; *fields; fields++)
        if (negotiate_prefers(*fields, "count", "exact") != expected)
            fail_msg("%s is misread", *fields);
}

static void preferences_are_found(void **state)
{
    (void)state;
    assert_prefers(true, (const char *const[]){"count=exact", "count=\"exact\"", "Count=exact", " count=exact ",
                                               "respond-async, count=exact", "count=exact, wait=10",
                                               "count=exact;foo=bar", "count=exact ; foo", ",,count=exact",
                                               "count = exact", "count\t=\t\"exact\"", "count= exact", NULL});
}

static void other_preferences_are_not(void **state)
{
    (void)state;
    assert_prefers(false, (const char *const[]){"",
                                                ",",
                                                "count",
                                                "count=",
                                                "count=\"\"",
                                                "count=estimated",
                                                "count=exactly",
                                                "count=exac",
                                                "count=\"exact",
                                                "count=exact\"",
                                                "discount=exact",
                                                "counts=exact",
                                                "exact",
                                                "exact=count",
                                                "count exact",
                                                "count;exact",
                                                "foo;count=exact",
                                                "count==exact",
                                                "count='exact'",
                                                "=",
                                                "=exact",
                                                "count=\"",
                                                NULL});
    assert_false(negotiate_prefers(NULL, "count", "exact"));
}

/* RFC 7240, section 2. */
static void the_first_of_a_repeated_preference_counts(void **state)
{
    (void)state;
    assert_true(negotiate_prefers("count=exact, count=estimated", "count", "exact"));
    assert_false(negotiate_prefers("count=estimated, count=exact", "count", "exact"));
    assert_false(negotiate_prefers("count, count=exact", "count", "exact"));
}

/* The field is copied so that a sanitizer sees each byte that is read behind it. */
static void any_garbage_is_survived(void **state)
{
    (void)state;
    static const char letters[] = ",;=\"\\*/ \tq01.5gzipbrcount=exacttext/csv";
    struct dice dice = dice_begin();
    for (int i = 0; i < 50000; i++) {
        size_t size = dice_roll(&dice, 40);
        char *field = malloc(size + 1);
        for (size_t j = 0; j < size; j++)
            field[j] = letters[dice_roll(&dice, sizeof(letters) - 1)];
        field[size] = 0;
        assert_property(&dice, negotiate_quality(field, "gzip") <= QUALITY_MOST);
        assert_property(&dice, negotiate_media_type(field, "text/csv; charset=utf-8") <= QUALITY_MOST);
        assert_property(&dice, negotiate_coding(field) <= CODING_BROTLI);
        assert_property(&dice, !negotiate_prefers(field, "count", "exact") || strstr(field, "exact"));
        free(field);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_field_that_is_absent_wants_nothing),
        cmocka_unit_test(weights_are_read),
        cmocka_unit_test(garbage_for_a_weight_wants_nothing),
        cmocka_unit_test(a_star_is_for_what_is_not_listed),
        cmocka_unit_test(codings_are_chosen),
        cmocka_unit_test(who_does_not_say_wants_everything),
        cmocka_unit_test(media_types_are_weighed),
        cmocka_unit_test(the_most_specific_range_decides),
        cmocka_unit_test(quoted_texts_are_no_elements),
        cmocka_unit_test(preferences_are_found),
        cmocka_unit_test(other_preferences_are_not),
        cmocka_unit_test(the_first_of_a_repeated_preference_counts),
        cmocka_unit_test(any_garbage_is_survived),
    };
    return cmocka_run_group_tests_name("negotiate", tests, NULL, NULL);
}
