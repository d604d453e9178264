/* fields: each header field that the service reads, however the client writes it */
#include "fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exchange.h"

static char *values[FIELDS]; /* copies: what is read lives no longer than its request */

static const char *const names[FIELDS] = {
    [FIELD_ACCEPT] = "Accept",
    [FIELD_ACCEPT_ENCODING] = "Accept-Encoding",
    [FIELD_AUTHORIZATION] = "Authorization",
    [FIELD_CONTENT_ENCODING] = "Content-Encoding",
    [FIELD_CONTENT_TYPE] = "Content-Type",
    [FIELD_FORWARDED] = "Forwarded",
    [FIELD_DATA_VERSION] = "Data-Version",
    [FIELD_IDEMPOTENCY_KEY] = "Idempotency-Key",
    [FIELD_IF_MATCH] = "If-Match",
    [FIELD_IF_MODIFIED_SINCE] = "If-Modified-Since",
    [FIELD_IF_NONE_MATCH] = "If-None-Match",
    [FIELD_LAST_EVENT_ID] = "Last-Event-ID",
    [FIELD_ORIGIN] = "Origin",
    [FIELD_PREFER] = "Prefer",
    [FIELD_TRACEPARENT] = "Traceparent",
    [FIELD_X_FORWARDED_FOR] = "X-Forwarded-For",
    [FIELD_X_REQUEST_ID] = "X-Request-Id",
};

static void forget(void)
{
    for (int i = 0; i < FIELDS; i++) {
        free(values[i]);
        values[i] = NULL;
    }
}

static int end(void **state)
{
    (void)state;
    forget();
    return 0;
}

/* What is there before must not be taken for the client's. */
static struct MHD_Response *read_them(struct MHD_Connection *connection, const struct exchange *exchange,
                                      unsigned *status)
{
    struct arena arena;
    struct fields fields;
    (void)exchange, (void)status;
    arena_init(&arena);
    memset(&fields, 0xAA, sizeof(fields));
    fields_read(&fields, &arena, connection);
    for (int i = 0; i < FIELDS; i++)
        values[i] = fields.values[i] ? strdup(fields.values[i]) : NULL;
    arena_release(&arena);
    return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
}

/* A request with these field lines, each with its end. */
static void request(const char *lines)
{
    char text[4000];
    struct exchange exchange = {.answer = read_them};
    forget();
    snprintf(text, sizeof(text), "GET /v1/claims?Accept=no HTTP/1.1\r\nHost: localhost\r\n%s\r\n", lines);
    char *reply = exchange_run(&exchange, text, strlen(text), SIZE_MAX);
    assert_non_null(reply);
    free(reply);
}

/* All but these two are absent. */
static void assert_only(enum field one, enum field other)
{
    for (int i = 0; i < FIELDS; i++)
        assert_true((values[i] != NULL) == (i == (int)one || i == (int)other));
}

static void absent_fields_are_null(void **state)
{
    (void)state;
    request("");
    assert_only(FIELDS, FIELDS);
}

static void each_field_is_read(void **state)
{
    (void)state;
    char lines[2000] = "";
    for (int i = 0; i < FIELDS; i++) {
        size_t size = strlen(lines);
        snprintf(lines + size, sizeof(lines) - size, "%s: value %d\r\n", names[i], i);
    }
    request(lines);
    for (int i = 0; i < FIELDS; i++) {
        char expected[20];
        snprintf(expected, sizeof(expected), "value %d", i);
        assert_string_equal(values[i], expected);
    }
    for (int i = 0; i < FIELDS; i++) {
        snprintf(lines, sizeof(lines), "%s: alone\r\n", names[i]);
        request(lines);
        assert_only((enum field)i, (enum field)i);
        assert_string_equal(values[i], "alone");
    }
}

/* RFC 9110, section 5.1. */
static void a_name_may_be_written_in_any_case(void **state)
{
    (void)state;
    request("aCCEPT: text/csv\r\nIF-NONE-MATCH: \"A\"\r\n");
    assert_only(FIELD_ACCEPT, FIELD_IF_NONE_MATCH);
    assert_string_equal(values[FIELD_ACCEPT], "text/csv");
    assert_string_equal(values[FIELD_IF_NONE_MATCH], "\"A\"");
}

/* RFC 9110, section 5.3. */
static void several_of_one_name_are_one_list(void **state)
{
    (void)state;
    request("Accept: a/b\r\nPrefer: count=exact\r\naccept: c/d;q=0.1, e/f\r\nACCEPT: g/h\r\nPrefer: x\r\n");
    assert_only(FIELD_ACCEPT, FIELD_PREFER);
    assert_string_equal(values[FIELD_ACCEPT], "a/b, c/d;q=0.1, e/f, g/h");
    assert_string_equal(values[FIELD_PREFER], "count=exact, x");
}

static void an_empty_field_is_not_absent(void **state)
{
    (void)state;
    request("If-None-Match:\r\n");
    assert_only(FIELD_IF_NONE_MATCH, FIELD_IF_NONE_MATCH);
    assert_string_equal(values[FIELD_IF_NONE_MATCH], "");
}

static void other_names_are_not_read(void **state)
{
    (void)state;
    request("Accept-: a\r\nAccep: a\r\nX-Accept: a\r\nAccept-Language: de\r\nAccept_Encoding: br\r\nIf-Range: *\r\n"
            "Cookie: Accept=a\r\nX-Request-Id-: a\r\nIf-Unmodified-Since: a\r\n");
    assert_only(FIELDS, FIELDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(absent_fields_are_null, end),
        cmocka_unit_test_teardown(each_field_is_read, end),
        cmocka_unit_test_teardown(a_name_may_be_written_in_any_case, end),
        cmocka_unit_test_teardown(several_of_one_name_are_one_list, end),
        cmocka_unit_test_teardown(an_empty_field_is_not_absent, end),
        cmocka_unit_test_teardown(other_names_are_not_read, end),
    };
    return cmocka_run_group_tests_name("fields", tests, NULL, NULL);
}
