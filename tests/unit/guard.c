/* guard: requests that can be read in two ways are refused, whether they come at once or byte by byte */
#include "guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exchange.h"

static struct error error;
static struct guard_finding finding;
static bool asked;
static size_t cursor_size;

enum { HEAD_MOST = 16 * 1024 };

static struct MHD_Response *judge(struct MHD_Connection *connection, const struct exchange *exchange, unsigned *status)
{
    const struct guard_line line = {exchange->method, exchange->target,  exchange->target_size,
                                    cursor_size,      exchange->version, HEAD_MOST};
    finding = guard_check(connection, &line, &error);
    asked = true;
    *status = error.code || finding.body ? MHD_HTTP_BAD_REQUEST : MHD_HTTP_OK;
    return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
}

/* Has the request judged, unless libmicrohttpd refuses it itself. */
static void send_in_pieces(const char *request, size_t size, size_t piece)
{
    struct exchange exchange = {.answer = judge};
    error = (struct error){0};
    finding = (struct guard_finding){.body = false};
    asked = false;
    char *reply = exchange_run(&exchange, request, size, piece);
    assert_non_null(reply);
    assert_true(asked || strncmp(reply, "HTTP/1.1 400 ", 13) == 0 || strncmp(reply, "HTTP/1.0 400 ", 13) == 0);
    free(reply);
}

struct sample {
    const char *bytes;
    size_t size;
};

#define SAMPLE(text)                                                                                                   \
    {                                                                                                                  \
        (text), sizeof(text) - 1                                                                                       \
    }
#define COUNT(samples) (sizeof(samples) / sizeof(*(samples)))

static const size_t pieces[] = {SIZE_MAX, 1, 7};

static void assert_all_good(const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < COUNT(pieces); j++) {
            send_in_pieces(samples[i].bytes, samples[i].size, pieces[j]);
            if (!asked || error.code || finding.body)
                fail_msg("sample %zu in pieces of %zu is refused: %s", i, pieces[j], error.detail);
        }
}

static void assert_all_malformed(const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < COUNT(pieces); j++) {
            send_in_pieces(samples[i].bytes, samples[i].size, pieces[j]);
            if (asked && error.code != ERROR_MALFORMED_REQUEST)
                fail_msg("sample %zu in pieces of %zu is let through", i, pieces[j]);
        }
}

static void good_requests_pass(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        SAMPLE("GET /v1/claims?source=a HTTP/1.1\r\nHost: a:80\r\nAccept: */*\r\n\r\n"),
        SAMPLE("HEAD / HTTP/1.1\r\nhost: a\r\n\r\n"),
        SAMPLE("GET / HTTP/1.0\r\n\r\n"),
        SAMPLE("GET / HTTP/1.0\r\nX: y\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nHost:a\r\nX: \r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nX:\r\nHost: a\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\nX: a b\tc\r\nX: again\r\nY: \xc3\xa9\xff\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\n!#$%&'*+-.^_`|~: odd\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"),
    };
    assert_all_good(samples, COUNT(samples));
}

static void hosts_must_be_one(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        SAMPLE("GET / HTTP/1.1\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nX: y\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
        SAMPLE("GET / HTTP/1.0\r\nHost: a\r\nhOST: b\r\n\r\n"),
    };
    assert_all_malformed(samples, COUNT(samples));
}

static void framing_must_be_of_one_kind(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\ncontent-length: 5\r\n\r\nhello"),
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n"),
    };
    assert_all_malformed(samples, COUNT(samples));
}

static void names_must_be_tokens(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\nContent-Length : 0\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nHost : a\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\nX Y: z\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\n: z\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\n:\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\n:\r\nHost: a\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\n:\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\nX(: z\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\n\xc3\xa9: z\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\nX\x01: z\r\n\r\n"),
    };
    assert_all_malformed(samples, COUNT(samples));
}

static void the_method_must_be_a_token(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        SAMPLE("G(T / HTTP/1.1\r\nHost: a\r\n\r\n"),   SAMPLE("\tGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        SAMPLE("GET\t / HTTP/1.1\r\nHost: a\r\n\r\n"), SAMPLE("\xc3\xa9 / HTTP/1.1\r\nHost: a\r\n\r\n"),
        SAMPLE("GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),  SAMPLE("GET:a / HTTP/1.1\r\nHost: a\r\n\r\n"),
    };
    assert_all_malformed(samples, COUNT(samples));
}

static void control_characters_are_refused(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\nX\0Y: a\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nHost: a\0\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nHost: a\0\0\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\nX: a\x01\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\nX: a\x7f\r\n\r\n"),
        SAMPLE("GET\0 / HTTP/1.1\r\nHost: a\r\n\r\n"),
        SAMPLE("GET\0PUT / HTTP/1.1\r\nHost: a\r\n\r\n"),
        SAMPLE("GET\x01 / HTTP/1.1\r\nHost: a\r\n\r\n"),
        SAMPLE("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"),
        SAMPLE("GET /\0/b HTTP/1.1\r\nHost: a\r\n\r\n"),
    };
    assert_all_malformed(samples, COUNT(samples));
}

static void lines_must_end_with_cr_lf(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        SAMPLE("GET / HTTP/1.1\nHost: a\r\n\r\n"),     SAMPLE("GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\nHost: a\n\n"),         SAMPLE("GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n"), SAMPLE("GET / HTTP/1.1\r\nHost: a\n\r\n"),
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\n\n"),     SAMPLE("GET / HTTP/1.1\r\nHost: a\n\n"),
    };
    assert_all_malformed(samples, COUNT(samples));
}

static void a_body_is_told(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"),
        SAMPLE("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0005\r\n\r\nhello"),
        SAMPLE("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
    };
    for (size_t i = 0; i < COUNT(samples); i++) {
        send_in_pieces(samples[i].bytes, samples[i].size, SIZE_MAX);
        assert_true(asked);
        assert_true(finding.body);
        assert_int_equal(error.code, ERROR_NONE);
    }
}

/* A request whose target or whose one long field has as many bytes as told. */
static size_t put_request(char *request, int target_size, int value_size)
{
    return (size_t)sprintf(request, "GET /%0*d HTTP/1.1\r\nHost: a\r\nX: %0*d\r\n\r\n", target_size - 1, 0, value_size,
                           0);
}

static void assert_judged(int target_size, int value_size, enum error_code code)
{
    static char request[32 * 1024];
    for (size_t i = 0; i < COUNT(pieces); i++) {
        send_in_pieces(request, put_request(request, target_size, value_size), pieces[i]);
        assert_true(asked);
        assert_int_equal(error.code, code);
    }
}

static void a_target_has_its_most_bytes(void **state)
{
    (void)state;
    assert_judged(GUARD_URI_MAX, 1, ERROR_NONE);
    assert_judged(GUARD_URI_MAX + 1, 1, ERROR_URI_TOO_LONG);
    assert_judged(2 * GUARD_URI_MAX, 1, ERROR_URI_TOO_LONG);
    cursor_size = GUARD_CURSOR_MAX;
    assert_judged(GUARD_URI_MAX + GUARD_CURSOR_MAX, 1, ERROR_NONE);
    assert_judged(GUARD_URI_MAX + GUARD_CURSOR_MAX + 1, 1, ERROR_URI_TOO_LONG);
    cursor_size++;
    assert_judged(GUARD_URI_MAX, 1, ERROR_URI_TOO_LONG);
    cursor_size = 0;
}

static void a_head_has_its_most_bytes(void **state)
{
    (void)state;
    const int others = (int)strlen("Host: a\r\nX: \r\n") + 2 * GUARD_FIELD_COST;
    assert_judged(2, HEAD_MOST - others - 2, ERROR_NONE);
    assert_int_equal(finding.head_size, HEAD_MOST);
    assert_judged(2, HEAD_MOST - others - 1, ERROR_HEADERS_TOO_LARGE);
    assert_judged(GUARD_URI_MAX, HEAD_MOST - others - GUARD_URI_MAX, ERROR_NONE);
    assert_judged(GUARD_URI_MAX, HEAD_MOST - others - GUARD_URI_MAX + 1, ERROR_HEADERS_TOO_LARGE);
}

static void many_fields_pass(void **state)
{
    (void)state;
    static char request[8 * 1024];
    int size = sprintf(request, "GET / HTTP/1.1\r\nHost: a\r\n");
    for (int i = 0; i < 100; i++)
        size += sprintf(request + size, "X-%d: value\r\n", i);
    size += sprintf(request + size, "\r\n");
    send_in_pieces(request, (size_t)size, 13);
    assert_true(asked);
    assert_int_equal(error.code, ERROR_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_requests_pass),
        cmocka_unit_test(hosts_must_be_one),
        cmocka_unit_test(framing_must_be_of_one_kind),
        cmocka_unit_test(names_must_be_tokens),
        cmocka_unit_test(the_method_must_be_a_token),
        cmocka_unit_test(control_characters_are_refused),
        cmocka_unit_test(lines_must_end_with_cr_lf),
        cmocka_unit_test(a_body_is_told),
        cmocka_unit_test(a_target_has_its_most_bytes),
        cmocka_unit_test(a_head_has_its_most_bytes),
        cmocka_unit_test(many_fields_pass),
    };
    return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
