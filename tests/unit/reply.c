/* reply: bodies and header fields as a client receives them */
#include "reply.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exchange.h"

static struct MHD_Response *response; /* what the next exchange answers */
static char *reply;

static int end(void **state)
{
    (void)state;
    free(reply);
    reply = NULL;
    return 0;
}

static struct MHD_Response *give(struct MHD_Connection *connection, const struct exchange *exchange, unsigned *status)
{
    (void)connection, (void)exchange, (void)status;
    return response;
}

static void receive(struct MHD_Response *given)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    struct exchange exchange = {.answer = give};
    response = given;
    free(reply);
    reply = exchange_run(&exchange, request, strlen(request), SIZE_MAX);
    assert_non_null(reply);
}

static const char *body(void)
{
    const char *end_of_head = strstr(reply, "\r\n\r\n");
    assert_non_null(end_of_head);
    return end_of_head + 4;
}

/* True if the head has this field line. */
static bool has_field(const char *name, const char *value)
{
    char field[200];
    snprintf(field, sizeof(field), "\r\n%s: %s\r\n", name, value);
    const char *found = strstr(reply, field);
    return found && found < body();
}

static bool has_field_named(const char *name)
{
    char field[100];
    snprintf(field, sizeof(field), "\r\n%s:", name);
    const char *found = strstr(reply, field);
    return found && found < body();
}

static void json_is_sent_as_json(void **state)
{
    (void)state;
    struct buffer buffer = BUFFER_INIT;
    buffer_puts(&buffer, "{\"items\":[]}");
    receive(reply_json(&buffer));
    assert_true(has_field("Content-Type", "application/json"));
    assert_true(has_field("Content-Length", "12"));
    assert_string_equal(body(), "{\"items\":[]}");
}

static void json_takes_the_buffers_bytes(void **state)
{
    (void)state;
    struct buffer buffer = BUFFER_INIT;
    buffer_puts(&buffer, "{}");
    struct MHD_Response *taken = reply_json(&buffer);
    assert_null(buffer.data);
    assert_int_equal(buffer.size, 0);
    buffer_puts(&buffer, "other");
    receive(taken);
    assert_string_equal(body(), "{}");
    buffer_release(&buffer);
}

static void a_static_text_is_sent_as_its_type(void **state)
{
    (void)state;
    static const char text[] = "openapi: 3.1.0\nand more";
    receive(reply_static(text, 15, "application/yaml"));
    assert_true(has_field("Content-Type", "application/yaml"));
    assert_string_equal(body(), "openapi: 3.1.0\n");
}

static void a_header_field_is_added(void **state)
{
    (void)state;
    struct MHD_Response *given = reply_static("x", 1, "text/plain");
    reply_header(given, "Link", "</v1/claims?cursor=a>; rel=\"next\"");
    receive(given);
    assert_true(has_field("Link", "</v1/claims?cursor=a>; rel=\"next\""));
}

/* The problem document of the error, as received; the caller releases it. */
static json_t *problem(const struct error *error)
{
    receive(reply_problem(error));
    assert_true(has_field("Content-Type", "application/problem+json"));
    json_t *document = json_loads(body(), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(document);
    return document;
}

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static void every_code_makes_a_problem(void **state)
{
    (void)state;
    for (int code = ERROR_NONE + 1; code < ERROR_CODES; code++) {
        const struct error_kind *kind = error_kind((enum error_code)code);
        struct error error = {0};
        char type[100];
        error_set(&error, (enum error_code)code, "What is wrong.");
        json_t *document = problem(&error);
        snprintf(type, sizeof(type), "/problems/%s", kind->slug);
        assert_int_equal(json_object_size(document), 4);
        assert_string_equal(text_of(document, "type"), type);
        assert_string_equal(text_of(document, "title"), kind->title);
        assert_int_equal(json_integer_value(json_object_get(document, "status")), kind->status);
        assert_string_equal(text_of(document, "detail"), "What is wrong.");
        assert_int_equal(has_field_named("Retry-After"), kind->retry);
        assert_int_equal(has_field("Allow", "GET, HEAD"), code == ERROR_METHOD_NOT_ALLOWED);
        json_decref(document);
    }
}

static void faults_are_listed(void **state)
{
    (void)state;
    struct error error = {0};
    error_fault(&error, ERROR_UNKNOWN_PARAMETER, "foo", "unknown");
    error_fault(&error, ERROR_INVALID_PARAMETER, "limit", "too \"large\"");
    json_t *document = problem(&error), *errors = json_object_get(document, "errors");
    assert_string_equal(text_of(document, "detail"), "unknown");
    assert_int_equal(json_array_size(errors), 2);
    assert_int_equal(json_object_size(json_array_get(errors, 0)), 2);
    assert_string_equal(text_of(json_array_get(errors, 0), "parameter"), "foo");
    assert_string_equal(text_of(json_array_get(errors, 1), "parameter"), "limit");
    assert_string_equal(text_of(json_array_get(errors, 1), "detail"), "too \"large\"");
    json_decref(document);
}

static void the_longest_problem_is_whole(void **state)
{
    (void)state;
    struct error error = {0};
    for (int i = 0; i < ERROR_FAULTS_MAX; i++)
        error_fault(&error, ERROR_INVALID_PARAMETER, "p", "%0*d", ERROR_TEXT_MAX - 1, i);
    json_t *document = problem(&error);
    assert_int_equal(json_array_size(json_object_get(document, "errors")), ERROR_FAULTS_MAX);
    assert_int_equal(strlen(text_of(document, "detail")), ERROR_TEXT_MAX - 1);
    json_decref(document);
}

static void texts_are_escaped_and_kept(void **state)
{
    (void)state;
    struct error error = {0};
    error_fault(&error, ERROR_UNKNOWN_PARAMETER, "\"<é€\U0001F4A1>\\", "\"}, {\"status\": 200 \n für €");
    json_t *document = problem(&error), *first = json_array_get(json_object_get(document, "errors"), 0);
    assert_string_equal(text_of(first, "parameter"), "\"<é€\U0001F4A1>\\");
    assert_string_equal(text_of(document, "detail"), "\"}, {\"status\": 200 \n für €");
    json_decref(document);
}

static void any_cut_text_makes_a_problem(void **state)
{
    (void)state;
    for (int size = 1; size < 300; size++) {
        struct error error = {0};
        char text[400];
        snprintf(text, sizeof(text), "%0*d€€€€", size, 0);
        error_fault(&error, ERROR_UNKNOWN_PARAMETER, text, "There is no %s.", text);
        json_t *document = problem(&error);
        assert_int_equal(json_array_size(json_object_get(document, "errors")), 1);
        json_decref(document);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(json_is_sent_as_json, end),
        cmocka_unit_test_teardown(json_takes_the_buffers_bytes, end),
        cmocka_unit_test_teardown(a_static_text_is_sent_as_its_type, end),
        cmocka_unit_test_teardown(a_header_field_is_added, end),
        cmocka_unit_test_teardown(every_code_makes_a_problem, end),
        cmocka_unit_test_teardown(faults_are_listed, end),
        cmocka_unit_test_teardown(the_longest_problem_is_whole, end),
        cmocka_unit_test_teardown(texts_are_escaped_and_kept, end),
        cmocka_unit_test_teardown(any_cut_text_makes_a_problem, end),
    };
    return cmocka_run_group_tests_name("reply", tests, NULL, NULL);
}
