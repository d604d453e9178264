/* error: the table is complete, the first failure decides, and texts are cut between characters */
#include "error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "utf8.h"
#include "value.h"

/* Clients test these, so that a change here is a change of the API. */
static const struct {
    enum error_code code;
    unsigned status;
    const char *slug;
    bool retry;
} expected[] = {
    {ERROR_MERGED, 307, "merged", false},
    {ERROR_MALFORMED_REQUEST, 400, "malformed-request", false},
    {ERROR_UNEXPECTED_BODY, 400, "unexpected-body", false},
    {ERROR_INVALID_BODY, 400, "invalid-body", false},
    {ERROR_UNKNOWN_PARAMETER, 400, "unknown-parameter", false},
    {ERROR_REPEATED_PARAMETER, 400, "repeated-parameter", false},
    {ERROR_INVALID_PARAMETER, 400, "invalid-parameter", false},
    {ERROR_INVALID_CURSOR, 400, "invalid-cursor", false},
    {ERROR_RESULT_TOO_LARGE, 400, "result-too-large", false},
    {ERROR_UNAUTHORIZED, 401, "unauthorized", false},
    {ERROR_FORBIDDEN, 403, "forbidden", false},
    {ERROR_NOT_FOUND, 404, "not-found", false},
    {ERROR_METHOD_NOT_ALLOWED, 405, "method-not-allowed", false},
    {ERROR_NOT_ACCEPTABLE, 406, "not-acceptable", false},
    {ERROR_CONFLICT, 409, "conflict", false},
    {ERROR_GONE, 410, "gone", false},
    {ERROR_PRECONDITION_FAILED, 412, "precondition-failed", false},
    {ERROR_BODY_TOO_LARGE, 413, "body-too-large", false},
    {ERROR_URI_TOO_LONG, 414, "uri-too-long", false},
    {ERROR_UNSUPPORTED_MEDIA_TYPE, 415, "unsupported-media-type", false},
    {ERROR_INVALID_DOCUMENT, 422, "invalid-document", false},
    {ERROR_KEY_REUSED, 422, "key-reused", false},
    {ERROR_PRECONDITION_REQUIRED, 428, "precondition-required", false},
    {ERROR_RATE_LIMITED, 429, "rate-limited", false},
    {ERROR_HEADERS_TOO_LARGE, 431, "headers-too-large", false},
    {ERROR_INTERNAL, 500, "internal", false},
    {ERROR_OVERLOADED, 503, "overloaded", true},
    {ERROR_DATABASE_UNAVAILABLE, 503, "database-unavailable", true},
    {ERROR_NOT_READY, 503, "not-ready", true},
    {ERROR_OUTCOME_UNKNOWN, 503, "outcome-unknown", false},
    {ERROR_TIMEOUT, 504, "timeout", false},
};

enum { EXPECTED = sizeof(expected) / sizeof(*expected) };

static void every_code_has_its_kind(void **state)
{
    (void)state;
    assert_int_equal(EXPECTED, ERROR_CODES - 1);
    for (int i = 0; i < EXPECTED; i++) {
        const struct error_kind *kind = error_kind(expected[i].code);
        assert_int_equal(kind->status, expected[i].status);
        assert_string_equal(kind->slug, expected[i].slug);
        assert_int_equal(kind->retry, expected[i].retry);
        assert_true(strlen(kind->title) > 0);
    }
}

static void a_kind_is_found_by_its_slug(void **state)
{
    (void)state;
    for (int i = 0; i < EXPECTED; i++)
        assert_ptr_equal(error_kind_find(expected[i].slug), error_kind(expected[i].code));
    static const char *const others[] = {"", "none", "Not-Found", "not-foun", "not-founds", "not-found ", "404", "é"};
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        assert_null(error_kind_find(others[i]));
}

/* They are part of a path. */
static void slugs_are_slugs(void **state)
{
    (void)state;
    for (int i = 0; i < EXPECTED; i++)
        assert_true(value_is_slug(error_kind(expected[i].code)->slug));
}

static void meanings_are_sentences(void **state)
{
    (void)state;
    for (int i = 0; i < EXPECTED; i++) {
        const char *meaning = error_kind(expected[i].code)->meaning;
        assert_in_range(strlen(meaning), 20, 400);
        assert_int_equal(meaning[strlen(meaning) - 1], '.');
    }
}

static void titles_are_distinct(void **state)
{
    (void)state;
    for (int i = 0; i < EXPECTED; i++)
        for (int j = 0; j < i; j++)
            assert_string_not_equal(error_kind(expected[i].code)->title, error_kind(expected[j].code)->title);
}

static void a_failure_has_a_code_and_a_detail(void **state)
{
    (void)state;
    struct error error = {0};
    error_set(&error, ERROR_NOT_FOUND, "%s %d", "nothing", 7);
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    assert_string_equal(error.detail, "nothing 7");
    assert_int_equal(error.faults_count, 0);
}

static void the_first_failure_decides(void **state)
{
    (void)state;
    struct error error = {0};
    error_set(&error, ERROR_TIMEOUT, "first");
    error_set(&error, ERROR_INTERNAL, "second");
    assert_int_equal(error.code, ERROR_TIMEOUT);
    assert_string_equal(error.detail, "first");
}

static void a_fault_is_a_failure(void **state)
{
    (void)state;
    struct error error = {0};
    error_fault(&error, ERROR_INVALID_PARAMETER, "limit", "limit is %d%%", 5);
    assert_int_equal(error.code, ERROR_INVALID_PARAMETER);
    assert_string_equal(error.detail, "limit is 5%");
    assert_int_equal(error.faults_count, 1);
    assert_string_equal(error.faults[0].parameter, "limit");
    assert_string_equal(error.faults[0].detail, "limit is 5%");
}

static void faults_join_in_order(void **state)
{
    (void)state;
    struct error error = {0};
    error_fault(&error, ERROR_UNKNOWN_PARAMETER, "a", "first");
    error_fault(&error, ERROR_INVALID_PARAMETER, "b", "second");
    assert_int_equal(error.code, ERROR_UNKNOWN_PARAMETER);
    assert_string_equal(error.detail, "first");
    assert_int_equal(error.faults_count, 2);
    assert_string_equal(error.faults[1].parameter, "b");
    assert_string_equal(error.faults[1].detail, "second");
}

static void a_fault_joins_a_failure(void **state)
{
    (void)state;
    struct error error = {0};
    error_set(&error, ERROR_NOT_FOUND, "first");
    error_fault(&error, ERROR_INVALID_PARAMETER, "b", "second");
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    assert_string_equal(error.detail, "first");
    assert_int_equal(error.faults_count, 1);
}

static void faults_beyond_the_last_are_dropped(void **state)
{
    (void)state;
    struct error error = {0};
    for (int i = 0; i < ERROR_FAULTS_MAX + 3; i++)
        error_fault(&error, ERROR_INVALID_PARAMETER, "p", "fault %d", i);
    assert_int_equal(error.faults_count, ERROR_FAULTS_MAX);
    assert_string_equal(error.faults[ERROR_FAULTS_MAX - 1].detail, "fault 7");
}

static void texts_are_no_formats(void **state)
{
    (void)state;
    struct error error = {0};
    error_fault(&error, ERROR_INVALID_PARAMETER, "%s%n", "%s", "%d%n");
    assert_string_equal(error.detail, "%d%n");
    assert_string_equal(error.faults[0].parameter, "%s%n");
    assert_string_equal(error.faults[0].detail, "%d%n");
}

static void a_detail_that_fits_is_whole(void **state)
{
    (void)state;
    struct error error = {0};
    error_set(&error, ERROR_INTERNAL, "%*s", ERROR_TEXT_MAX - 1, "é");
    assert_int_equal(strlen(error.detail), ERROR_TEXT_MAX - 1);
}

/* `bytes` a's and then characters of several bytes, far beyond any bound */
static const char *long_text(int bytes, const char *character)
{
    static char text[2000];
    int size = sprintf(text, "%.*s", bytes, "aaaa");
    while (size < 1900)
        size += sprintf(text + size, "%s", character);
    return text;
}

static const char *const characters[] = {"a", "é", "€", "\U0001F4A1"};

static void assert_cut_well(const char *text, size_t room)
{
    assert_true(strlen(text) < room);
    assert_true(strlen(text) + 2 * strlen(characters[3]) >= room);
    assert_true(utf8_valid(text, strlen(text)));
}

static void a_long_detail_is_cut_between_characters(void **state)
{
    (void)state;
    for (int bytes = 0; bytes < 4; bytes++)
        for (int i = 0; i < 4; i++) {
            struct error error = {0};
            error_fault(&error, ERROR_INVALID_PARAMETER, "p", "%s", long_text(bytes, characters[i]));
            assert_cut_well(error.detail, sizeof(error.detail));
            assert_cut_well(error.faults[0].detail, sizeof(error.faults[0].detail));
        }
}

static void a_long_parameter_is_cut_between_characters(void **state)
{
    (void)state;
    for (int bytes = 0; bytes < 4; bytes++)
        for (int i = 0; i < 4; i++) {
            struct error error = {0};
            error_fault(&error, ERROR_UNKNOWN_PARAMETER, long_text(bytes, characters[i]), "unknown");
            assert_cut_well(error.faults[0].parameter, sizeof(error.faults[0].parameter));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_its_kind),
        cmocka_unit_test(a_kind_is_found_by_its_slug),
        cmocka_unit_test(slugs_are_slugs),
        cmocka_unit_test(meanings_are_sentences),
        cmocka_unit_test(titles_are_distinct),
        cmocka_unit_test(a_failure_has_a_code_and_a_detail),
        cmocka_unit_test(the_first_failure_decides),
        cmocka_unit_test(a_fault_is_a_failure),
        cmocka_unit_test(faults_join_in_order),
        cmocka_unit_test(a_fault_joins_a_failure),
        cmocka_unit_test(faults_beyond_the_last_are_dropped),
        cmocka_unit_test(texts_are_no_formats),
        cmocka_unit_test(a_detail_that_fits_is_whole),
        cmocka_unit_test(a_long_detail_is_cut_between_characters),
        cmocka_unit_test(a_long_parameter_is_cut_between_characters),
    };
    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
