/* document: what is said of a finished answer, to everybody and to one, and who holds its bytes */
#include "document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dice.h"
#include "exchange.h"
#include "heap.h"
#include "memory.h"
#include "received.h"

enum { MODIFIED = 784111777 };

/* Malloc keeps some bytes for itself; what is lost in each round is more. */
enum { ROUNDS = 3000, HEAP_SLACK = 20000 };

static void assert_heap_since(size_t before)
{
    assert_in_range(heap_bytes(), 0, before + HEAP_SLACK);
}

static const char modified_text[] = "Sun, 06 Nov 1994 08:49:37 GMT";

static struct document *document; /* of the test at hand */
static char *reply;

static int begin(void **state)
{
    (void)state;
    document = NULL;
    reply = NULL;
    return 0;
}

static int end(void **state)
{
    (void)state;
    document_unref(document);
    free(reply);
    return 0;
}

/* Two fields of every answer and two of a whole one alone, in turns. */
static struct headers some_headers(void)
{
    struct headers headers = {.count = 0};
    headers_put_whole(&headers, "Content-Type", "application/json");
    headers_put(&headers, "Cache-Control", "max-age=10");
    headers_put_whole(&headers, "Link", "</docs>; rel=\"service-doc\"");
    headers_put(&headers, "Vary", "Accept");
    return headers;
}

static struct document *new_of(const char *bytes, size_t size, int64_t modified)
{
    struct headers headers = some_headers();
    char *copy = memory_alloc(size);
    memcpy(copy, bytes, size);
    return document_new(&(struct document_bytes){copy, size, false}, 0, modified, &headers);
}

static struct document *new_text(const char *text)
{
    return new_of(text, strlen(text), MODIFIED);
}

static struct document *new_borrowed(const char *bytes, size_t size)
{
    struct headers headers = some_headers();
    return document_new(&(struct document_bytes){(char *)bytes, size, true}, 0, MODIFIED, &headers);
}

/* ---- exchanges ---- */

static struct {
    struct MHD_Response *response;
    unsigned status;
} given;

static struct MHD_Response *give(struct MHD_Connection *connection, const struct exchange *exchange, unsigned *status)
{
    (void)connection, (void)exchange;
    *status = given.status;
    return given.response;
}

static void leave_alone(struct MHD_Response *response)
{
    (void)response;
}

/* What a client receives, which the caller frees; `queued` is told when the response is on its way. */
static char *send_by(const char *method, struct MHD_Response *response, unsigned status,
                     void (*queued)(struct MHD_Response *))
{
    char request[100];
    struct exchange exchange = {.answer = give, .queued = queued};
    given.response = response;
    given.status = status;
    snprintf(request, sizeof(request), "%s / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", method);
    return exchange_run(&exchange, request, strlen(request), SIZE_MAX);
}

static void receive_by(const char *method, struct MHD_Response *response, unsigned status)
{
    assert_non_null(response);
    free(reply);
    reply = send_by(method, response, status, leave_alone);
    assert_non_null(reply);
    assert_non_null(received_body(reply));
    assert_int_equal(received_status(reply), status);
}

static void receive(struct MHD_Response *response, unsigned status)
{
    receive_by("GET", response, status);
}

/* A response that is the caller's own is no more after this. */
static void receive_own(struct MHD_Response *response, unsigned status)
{
    receive(response, status);
    MHD_destroy_response(response);
}

static bool has_field(const char *name, const char *value)
{
    return received_field(reply, name, value);
}

/* The moment of the sending is all in which two replies may differ. */
static char *without_date(const char *text)
{
    char *copy = memory_text(text), *date = strstr(copy, "\r\nDate: ");
    size_t size = strlen("\r\nDate: ") + strlen(modified_text);
    if (date)
        memmove(date, date + size, strlen(date + size) + 1);
    return copy;
}

static void assert_same_reply(const char *left, const char *right)
{
    char *one = without_date(left), *other = without_date(right);
    assert_string_equal(one, other);
    free(one);
    free(other);
}

static void assert_said_of_every_answer(const struct document *of)
{
    char size[24];
    snprintf(size, sizeof(size), "%zu", of->size);
    assert_true(has_field("Cache-Control", "max-age=10"));
    assert_true(has_field("Vary", "Accept"));
    assert_true(has_field("ETag", of->etag));
    assert_true(has_field("Last-Modified", modified_text));
    assert_true(has_field("Content-Length", size));
    assert_true(has_field("Connection", "close") && received_named(reply, "Date"));
}

enum { SAID_OF_EVERY_ANSWER = 7, SAID_OF_A_WHOLE_ONE = SAID_OF_EVERY_ANSWER + 2 };

static void assert_whole(const char *text)
{
    assert_said_of_every_answer(document);
    assert_true(has_field("Content-Type", "application/json"));
    assert_true(has_field("Link", "</docs>; rel=\"service-doc\""));
    assert_int_equal(received_fields(reply), SAID_OF_A_WHOLE_ONE);
    assert_string_equal(received_body(reply), text);
}

/* RFC 9110, section 15.4.5; the length would otherwise have to be the document's (section 8.6). */
static void assert_unchanged(const struct document *of)
{
    assert_said_of_every_answer(of);
    assert_int_equal(received_fields(reply), SAID_OF_EVERY_ANSWER);
    assert_string_equal(received_body(reply), "");
}

/* ---- making ---- */

static void a_document_is_described(void **state)
{
    (void)state;
    char etag[ETAG_SIZE];
    etag_of("{\"a\":1}", 7, 0, etag);
    document = new_text("{\"a\":1}");
    assert_memory_equal(document->bytes, "{\"a\":1}", 7);
    assert_int_equal(document->size, 7);
    assert_string_equal(document->etag, etag);
    assert_int_equal(document->modified, MODIFIED);
}

static void header_fields_are_copied(void **state)
{
    (void)state;
    char name[] = "Link", value[] = "</docs>";
    struct headers headers = {.count = 0};
    headers_put(&headers, name, value);
    document = document_new(&(struct document_bytes){memory_text("{}"), 2, false}, 0, 0, &headers);
    memset(name, 'x', strlen(name));
    memset(value, 'x', strlen(value));
    headers.count = 0;
    receive(document_whole(document), 200);
    assert_true(has_field("Link", "</docs>"));
}

static void all_header_fields_that_may_be_are_sent(void **state)
{
    (void)state;
    char names[HEADERS_MAX][20];
    struct headers headers = {.count = 0};
    for (int i = 0; i < HEADERS_MAX; i++) {
        snprintf(names[i], sizeof(*names), "Field-%d", i);
        (i % 2 ? headers_put : headers_put_whole)(&headers, names[i], "value");
    }
    document = document_new(&(struct document_bytes){memory_text("{}"), 2, false}, 0, 0, &headers);
    receive(document_whole(document), 200);
    for (int i = 0; i < HEADERS_MAX; i++)
        assert_true(has_field(names[i], "value"));
    receive(document_unchanged(document), 304);
    for (int i = 0; i < HEADERS_MAX; i++)
        assert_int_equal(has_field(names[i], "value"), i % 2);
}

static void a_document_may_have_no_header_fields_of_its_own(void **state)
{
    (void)state;
    struct headers headers = {.count = 0};
    document = document_new(&(struct document_bytes){memory_text("{}"), 2, false}, 0, 0, &headers);
    receive(document_whole(document), 200);
    assert_true(has_field("ETag", document->etag) && has_field("Content-Length", "2"));
    assert_string_equal(received_body(reply), "{}");
}

static void when_it_changed_may_not_be_known(void **state)
{
    (void)state;
    document = new_of("{}", 2, 0);
    receive(document_whole(document), 200);
    assert_false(received_named(reply, "Last-Modified"));
    receive(document_unchanged(document), 304);
    assert_false(received_named(reply, "Last-Modified"));
    assert_true(has_field("ETag", document->etag));
}

/* ---- for everybody ---- */

static void a_whole_document_says_all(void **state)
{
    (void)state;
    document = new_text("{\"a\":1}");
    receive(document_whole(document), 200);
    assert_whole("{\"a\":1}");
}

static void an_unchanged_document_says_what_every_answer_does(void **state)
{
    (void)state;
    document = new_text("{\"a\":1}");
    receive(document_unchanged(document), 304);
    assert_unchanged(document);
}

static void head_says_what_get_does(void **state)
{
    (void)state;
    document = new_text("{\"a\":1}");
    receive_by("HEAD", document_whole(document), 200);
    assert_whole("");
    receive_by("HEAD", document_unchanged(document), 304);
    assert_unchanged(document);
}

static void a_shared_response_can_be_sent_often(void **state)
{
    (void)state;
    static const char *const methods[] = {"GET", "HEAD", "GET", "HEAD", "GET"};
    document = new_text("{\"a\":1}");
    struct MHD_Response *whole = document_whole(document), *unchanged = document_unchanged(document);
    for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
        receive_by(methods[i], document_whole(document), 200);
        assert_whole(strcmp(methods[i], "GET") == 0 ? "{\"a\":1}" : "");
        receive_by(methods[i], document_unchanged(document), 304);
        assert_unchanged(document);
    }
    assert_ptr_equal(document_whole(document), whole);
    assert_ptr_equal(document_unchanged(document), unchanged);
}

static void bytes_of_any_value_are_sent(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    char noise[50000];
    for (size_t i = 0; i < sizeof(noise); i++)
        noise[i] = (char)dice_roll(&dice, 256);
    document = new_of(noise, sizeof(noise), MODIFIED);
    receive(document_whole(document), 200);
    assert_said_of_every_answer(document);
    assert_memory_equal(received_body(reply), noise, sizeof(noise));
    receive_own(document_respond(document, 200), 200);
    assert_memory_equal(received_body(reply), noise, sizeof(noise));
}

static void assert_empty_is_sent(void)
{
    char etag[ETAG_SIZE];
    etag_of("", 0, 0, etag);
    assert_string_equal(document->etag, etag);
    assert_int_equal(document->size, 0);
    assert_non_null(document->bytes);
    receive(document_whole(document), 200);
    assert_whole("");
    receive_own(document_respond(document, 200), 200);
    assert_whole("");
    receive(document_unchanged(document), 304);
    assert_unchanged(document);
    document_unref(document);
    document = NULL;
}

static void an_empty_document_is_one(void **state)
{
    (void)state;
    struct headers headers = some_headers();
    document = new_text("");
    assert_empty_is_sent();
    document = new_borrowed("", 0);
    assert_empty_is_sent();
    document = document_new(&(struct document_bytes){NULL, 0, false}, 0, MODIFIED, &headers);
    assert_empty_is_sent();
}

static void borrowed_bytes_stay_where_they_are(void **state)
{
    (void)state;
    static const char lasting[] = "{\"lasting\":true}";
    document = new_borrowed(lasting, strlen(lasting));
    assert_ptr_equal(document->bytes, lasting);
    receive(document_whole(document), 200);
    assert_whole(lasting);
    receive_own(document_respond(document, 200), 200);
    assert_whole(lasting);
    document_unref(document);
    document = new_borrowed(lasting, strlen(lasting));
    document_unref(document); /* one that was never sent */
    document = NULL;
    assert_string_equal(lasting, "{\"lasting\":true}");
}

/* Then there is a byte that is not. */
static void an_empty_document_may_be_borrowed(void **state)
{
    (void)state;
    struct headers headers = some_headers();
    size_t before = heap_bytes();
    for (int i = 0; i < ROUNDS; i++)
        document_unref(document_new(&(struct document_bytes){NULL, 0, true}, 0, MODIFIED, &headers));
    assert_heap_since(before);
}

/* As sent, each with its colon, blank and end of line. */
static void the_size_of_the_head_is_known(void **state)
{
    (void)state;
    struct headers headers = {.count = 0};
    size_t size = strlen("ETag: \r\n") + 2 + 32;
    for (int i = 0; i < 10; i++) {
        document = document_new(&(struct document_bytes){memory_text("{}"), 2, false}, 0, 0, &headers);
        assert_int_equal(document_head_size(document), size);
        document_unref(document);
        document = document_new(&(struct document_bytes){memory_text("{}"), 2, false}, 0, MODIFIED, &headers);
        assert_int_equal(document_head_size(document), size + strlen("Last-Modified: \r\n") + strlen(modified_text));
        document_unref(document);
        (i % 2 ? headers_put : headers_put_whole)(&headers, "Link", "</docs>");
        size += strlen("Link: </docs>\r\n");
    }
    document = NULL;
}

static void the_size_of_the_head_is_that_of_what_is_sent(void **state)
{
    (void)state;
    static const char others[] = "HTTP/1.1 200 OK\r\nDate: \r\nContent-Length: 2\r\nConnection: close\r\n\r\n";
    document = new_text("{}");
    receive(document_whole(document), 200);
    size_t head = (size_t)(received_body(reply) - reply);
    assert_int_equal(head, document_head_size(document) + strlen(others) + strlen(modified_text));
}

/* ---- for one client ---- */

static void one_client_is_told_more(void **state)
{
    (void)state;
    document = new_text("{\"a\":1}");
    struct MHD_Response *own = document_respond(document, 200), *unchanged = document_respond(document, 304);
    MHD_add_response_header(own, "X-Request-Id", "r1");
    MHD_add_response_header(unchanged, "X-Request-Id", "r2");
    receive_own(own, 200);
    assert_true(has_field("X-Request-Id", "r1"));
    assert_int_equal(received_fields(reply), SAID_OF_A_WHOLE_ONE + 1);
    assert_string_equal(received_body(reply), "{\"a\":1}");
    receive_own(unchanged, 304);
    assert_true(has_field("X-Request-Id", "r2"));
    assert_said_of_every_answer(document);
    assert_int_equal(received_fields(reply), SAID_OF_EVERY_ANSWER + 1);
    assert_string_equal(received_body(reply), "");
}

static void what_one_is_told_the_others_are_not(void **state)
{
    (void)state;
    document = new_text("{\"a\":1}");
    document_whole(document);
    document_unchanged(document);
    struct MHD_Response *first = document_respond(document, 200), *second = document_respond(document, 200);
    MHD_add_response_header(first, "X-Request-Id", "r1");
    receive_own(second, 200);
    assert_whole("{\"a\":1}");
    receive(document_whole(document), 200);
    assert_whole("{\"a\":1}");
    receive_own(first, 200);
    first = document_respond(document, 304);
    MHD_add_response_header(first, "X-Request-Id", "r1");
    receive(document_unchanged(document), 304);
    assert_unchanged(document);
    receive_own(first, 304);
}

static void one_client_is_told_all_that_everybody_is(void **state)
{
    (void)state;
    document = new_text("{\"a\":1}");
    for (int i = 0; i < 2; i++) {
        bool whole = i == 0;
        receive(whole ? document_whole(document) : document_unchanged(document), whole ? 200 : 304);
        char *shared = memory_text(reply);
        receive_own(document_respond(document, whole ? 200 : 304), whole ? 200 : 304);
        assert_same_reply(reply, shared);
        free(shared);
    }
}

/* ---- who holds what ---- */

static void a_document_goes_with_its_last_reference(void **state)
{
    (void)state;
    static const char bytes[1000000];
    size_t before = heap_bytes();
    document = new_of(bytes, sizeof(bytes), MODIFIED);
    for (int i = 0; i < 10; i++)
        assert_ptr_equal(document_ref(document), document);
    for (int i = 0; i < 10; i++) {
        document_unref(document);
        assert_memory_equal(document->bytes, bytes, sizeof(bytes));
    }
    document_unref(document);
    document = NULL;
    assert_heap_since(before);
    document_unref(NULL);
}

static const char *order;        /* in which those go that hold a document: see below */
static struct MHD_Response *own; /* response of one client */

/* `d`: the document's reference, `r`: that of the client's own response, `s`: what was sent. */
static void let_go(char holder)
{
    if (holder == 'd') {
        document_unref(document);
        document = NULL;
    } else if (holder == 'r') {
        MHD_destroy_response(own);
        own = NULL;
    }
}

static void let_go_until_sent(struct MHD_Response *response)
{
    (void)response;
    while (*order && *order != 's')
        let_go(*order++);
}

static void assert_sent_in_order(const char *in_order, struct MHD_Response *response, unsigned status)
{
    static const char *const bodies[] = {"", "{\"a\":1}"};
    order = in_order;
    free(reply);
    reply = send_by("GET", response, status, let_go_until_sent);
    while (*order)
        let_go(*order++);
    assert_non_null(reply);
    assert_null(document);
    assert_int_equal(received_status(reply), status);
    assert_int_equal(received_fields(reply), status == 200 ? SAID_OF_A_WHOLE_ONE : SAID_OF_EVERY_ANSWER);
    assert_string_equal(received_body(reply), bodies[status == 200]);
}

static void a_shared_response_outlives_its_document(void **state)
{
    (void)state;
    static const char *const orders[] = {"ds", "sd"};
    for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
        document = new_text("{\"a\":1}");
        assert_sent_in_order(orders[i], document_whole(document), 200);
        document = new_text("{\"a\":1}");
        document_unchanged(document);
        assert_sent_in_order(orders[i], document_whole(document), 200);
        document = new_text("{\"a\":1}");
        document_whole(document);
        assert_sent_in_order(orders[i], document_unchanged(document), 304);
        document = new_text("{\"a\":1}");
        assert_sent_in_order(orders[i], document_unchanged(document), 304);
    }
}

static const char *const all_orders[] = {"drs", "rds", "dsr", "rsd", "sdr", "srd"};

static void a_response_of_ones_own_outlives_its_document(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(all_orders) / sizeof(*all_orders); i++)
        for (int shared = 0; shared < 4; shared++)
            for (unsigned status = 200; status <= 304; status += 104) {
                document = new_text("{\"a\":1}");
                if (shared & 1)
                    document_whole(document);
                if (shared & 2)
                    document_unchanged(document);
                own = document_respond(document, status);
                assert_sent_in_order(all_orders[i], own, status);
            }
}

/* While one has its own response, the shared one is on its way. */
static void both_responses_outlive_their_document(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(all_orders) / sizeof(*all_orders); i++)
        for (unsigned status = 200; status <= 304; status += 104) {
            document = new_text("{\"a\":1}");
            own = document_respond(document, status);
            assert_sent_in_order(all_orders[i], document_whole(document), 200);
        }
}

static char *second_reply;

static void send_again_and_let_go(struct MHD_Response *response)
{
    second_reply = send_by("GET", response, given.status, leave_alone);
    document_unref(document);
    document = NULL;
}

static void a_shared_response_goes_to_two_at_once(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        bool whole = i == 0;
        document = new_text("{\"a\":1}");
        free(reply);
        reply = send_by("GET", whole ? document_whole(document) : document_unchanged(document), whole ? 200 : 304,
                        send_again_and_let_go);
        assert_true(reply && second_reply);
        assert_int_equal(received_status(reply), whole ? 200 : 304);
        assert_string_equal(received_body(reply), whole ? "{\"a\":1}" : "");
        assert_same_reply(reply, second_reply);
        free(second_reply);
    }
}

/* Someone's hold on a document: its reference, or a response, which may be the last that knows of the bytes. */
struct hold {
    struct document *document;
    struct MHD_Response *response;
};

static void let_go_of(struct hold *hold)
{
    document_unref(hold->document);
    if (hold->response)
        MHD_destroy_response(hold->response);
    *hold = (struct hold){0};
}

static struct hold take_hold(struct dice *dice, struct document *of)
{
    switch (dice_roll(dice, 5)) {
    case 0:
        document_whole(of);
        return (struct hold){document_ref(of), NULL};
    case 1:
        document_unchanged(of);
        return (struct hold){document_ref(of), NULL};
    case 2:
        return (struct hold){NULL, document_respond(of, 304)};
    case 3:
        return (struct hold){document_remains(of), NULL};
    default:
        return (struct hold){NULL, document_respond(of, 200)};
    }
}

static void whoever_is_the_last_leaves_nothing(void **state)
{
    (void)state;
    enum { HOLDS = 8 };
    struct dice dice = dice_begin();
    size_t before = heap_bytes();
    for (int round = 0; round < ROUNDS; round++) {
        struct hold holds[HOLDS] = {{0}};
        document = dice_roll(&dice, 4) ? new_text("{\"a\":1}") : new_borrowed("{}", 2);
        for (int i = 0; i < HOLDS; i++)
            holds[i] = take_hold(&dice, document);
        document_unref(document);
        document = NULL;
        for (uint32_t i = 0, first = dice_roll(&dice, HOLDS), step = 1 + 2 * dice_roll(&dice, HOLDS / 2); i < HOLDS;
             i++)
            let_go_of(&holds[(first + i * step) % HOLDS]);
    }
    assert_heap_since(before);
}

/* ---- what remains ---- */

static void what_remains_can_tell_who_has_it(void **state)
{
    (void)state;
    document = new_text("{\"a\":1}");
    document->version = 7;
    struct document *remains = document_remains(document);
    assert_null(remains->bytes);
    assert_int_equal(remains->size, document->size);
    assert_string_equal(remains->etag, document->etag);
    assert_int_equal(remains->modified, document->modified);
    assert_int_equal(remains->version, 7);
    assert_true(document_is_known(remains, document->etag, NULL));
    assert_false(document_is_known(remains, "\"another\"", NULL));
    document_unref(document);
    document = remains;
    receive(document_unchanged(document), 304);
    assert_unchanged(document);
    receive_own(document_respond(document, 304), 304);
    assert_unchanged(document);
}

static void what_remains_has_one_reference(void **state)
{
    (void)state;
    document = new_text("{\"a\":1}");
    document_ref(document);
    document_whole(document);
    document_unchanged(document);
    document_unref(document_remains(document)); /* all of it goes: the sanitizer would tell */
    receive(document_whole(document), 200);
    assert_whole("{\"a\":1}");
    receive(document_unchanged(document), 304);
    assert_unchanged(document);
    document_unref(document);
}

static void what_remains_of_remains_is_the_same(void **state)
{
    (void)state;
    document = new_text("{\"a\":1}");
    struct document *remains = document_remains(document), *again = document_remains(remains);
    document_unref(document);
    document_unref(remains);
    document = again;
    assert_null(document->bytes);
    receive(document_unchanged(document), 304);
    assert_unchanged(document);
}

static void remains_of_borrowed_bytes_have_none(void **state)
{
    (void)state;
    struct document *borrowed = new_borrowed("{}", 2);
    document = document_remains(borrowed);
    document_unref(borrowed);
    assert_null(document->bytes);
    receive(document_unchanged(document), 304);
    assert_unchanged(document);
}

/* ---- preconditions ---- */

static const char *etag_list(const char *before, const char *behind)
{
    static char list[200];
    snprintf(list, sizeof(list), "%s%s%s", before, document->etag, behind);
    return list;
}

/* RFC 9110, section 13.1.2: compared weakly. */
static void who_names_the_etag_has_it(void **state)
{
    (void)state;
    document = new_text("{}");
    assert_true(document_is_known(document, document->etag, NULL));
    assert_true(document_is_known(document, etag_list("W/", ""), NULL));
    assert_true(document_is_known(document, etag_list("\"x\", ", ", \"y\""), NULL));
    assert_true(document_is_known(document, "*", NULL));
    assert_false(document_is_known(document, "\"x\"", NULL));
    assert_false(document_is_known(document, "", NULL));
    assert_false(document_is_known(document, NULL, NULL));
}

/* RFC 9110, section 13.1.3. */
static void who_has_it_since_then_has_it_still(void **state)
{
    (void)state;
    document = new_text("{}");
    assert_true(document_is_known(document, NULL, modified_text));
    assert_true(document_is_known(document, NULL, "Sun, 06 Nov 1994 08:49:38 GMT"));
    assert_true(document_is_known(document, NULL, "Sunday, 06-Nov-94 08:49:37 GMT"));
    assert_false(document_is_known(document, NULL, "Sun, 06 Nov 1994 08:49:36 GMT"));
    assert_false(document_is_known(document, NULL, "yesterday"));
    assert_false(document_is_known(document, NULL, ""));
}

static void a_date_says_nothing_where_none_is_known(void **state)
{
    (void)state;
    document = new_of("{}", 2, 0);
    assert_false(document_is_known(document, NULL, modified_text));
    assert_false(document_is_known(document, NULL, "Thu, 01 Jan 1970 00:00:00 GMT"));
    assert_false(document_is_known(document, NULL, "yesterday"));
    assert_true(document_is_known(document, document->etag, modified_text));
}

/* RFC 9110, section 13.2.2. */
static void an_etag_decides_alone(void **state)
{
    (void)state;
    document = new_text("{}");
    assert_false(document_is_known(document, "\"another\"", modified_text));
    assert_false(document_is_known(document, "", modified_text));
    assert_true(document_is_known(document, document->etag, "Sun, 06 Nov 1994 08:49:36 GMT"));
    assert_true(document_is_known(document, document->etag, "yesterday"));
}

/* ---- weight ---- */

static size_t weight_of(struct document *of)
{
    size_t weight = document_weight(of);
    document_unref(of);
    return weight;
}

static void each_byte_has_its_weight(void **state)
{
    (void)state;
    static const char bytes[5000];
    size_t empty = weight_of(new_of(bytes, 0, MODIFIED));
    for (size_t size = 0; size <= sizeof(bytes); size += 100)
        assert_int_equal(weight_of(new_of(bytes, size, MODIFIED)), empty + size);
}

static void bytes_that_are_gone_have_no_weight(void **state)
{
    (void)state;
    static const char bytes[5000];
    document = new_of(bytes, sizeof(bytes), MODIFIED);
    size_t remains = weight_of(document_remains(document));
    assert_true(remains + sizeof(bytes) <= document_weight(document));
    document_unref(document);
    document = new_of(bytes, 1, MODIFIED);
    assert_int_equal(weight_of(document_remains(document)), remains);
}

static void header_fields_have_weight(void **state)
{
    (void)state;
    struct headers headers = some_headers();
    size_t before = weight_of(new_text("{}"));
    assert_true(weight_of(new_of("{}", 2, 0)) < before);
    headers_put(&headers, "Link", "</docs>; rel=\"service-doc\", </openapi.json>; rel=\"service-desc\"");
    document = document_new(&(struct document_bytes){memory_text("{}"), 2, false}, 0, MODIFIED, &headers);
    assert_true(document_weight(document) >= before + strlen(headers.list[4].value));
}

/* What is left weighs no more for the fields that it does not have. */
static void fields_that_are_gone_have_no_weight(void **state)
{
    (void)state;
    struct headers headers = some_headers();
    document = new_text("{}");
    size_t before = weight_of(document_remains(document));
    document_unref(document);
    for (int i = 0; i < 10; i++)
        headers_put_whole(&headers, "Link", "</docs>; rel=\"service-doc\"");
    document = document_new(&(struct document_bytes){memory_text("{}"), 2, false}, 0, MODIFIED, &headers);
    assert_int_equal(weight_of(document_remains(document)), before);
}

/* They are there without it. */
static void borrowed_bytes_have_no_weight(void **state)
{
    (void)state;
    static const char bytes[5000];
    assert_int_equal(weight_of(new_borrowed(bytes, sizeof(bytes))), weight_of(new_borrowed(bytes, 0)));
}

static void sending_it_changes_no_weight(void **state)
{
    (void)state;
    document = new_text("{\"a\":1}");
    size_t before = document_weight(document);
    receive(document_whole(document), 200);
    receive(document_unchanged(document), 304);
    document_ref(document);
    assert_int_equal(document_weight(document), before);
    document_unref(document);
}

/* Bytes of heap that so many documents of a size take, each with its shared responses; their weight in *ret_weight. */
static size_t bytes_taken(size_t size, bool unchanged_as_well, size_t *ret_weight)
{
    enum { COUNT = 1000 };
    static struct document *many[COUNT];
    static const char bytes[20000];
    size_t before = heap_bytes();
    *ret_weight = 0;
    for (int i = 0; i < COUNT; i++) {
        many[i] = new_of(bytes, size, MODIFIED);
        document_whole(many[i]);
        if (unchanged_as_well)
            document_unchanged(many[i]);
        *ret_weight += document_weight(many[i]);
    }
    size_t taken = heap_bytes() - before;
    for (int i = 0; i < COUNT; i++)
        document_unref(many[i]);
    return taken;
}

static void a_weight_is_about_what_it_takes(void **state)
{
    (void)state;
    static const size_t sizes[] = {2, 1000, 20000};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        size_t weight, taken = bytes_taken(sizes[i], false, &weight);
        assert_in_range(taken, weight * 2 / 3, weight * 5 / 4);
        taken = bytes_taken(sizes[i], true, &weight);
        assert_in_range(taken, weight * 2 / 3, weight * 2);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_document_is_described),
        TEST(header_fields_are_copied),
        TEST(all_header_fields_that_may_be_are_sent),
        TEST(a_document_may_have_no_header_fields_of_its_own),
        TEST(when_it_changed_may_not_be_known),
        TEST(a_whole_document_says_all),
        TEST(an_unchanged_document_says_what_every_answer_does),
        TEST(head_says_what_get_does),
        TEST(a_shared_response_can_be_sent_often),
        TEST(bytes_of_any_value_are_sent),
        TEST(an_empty_document_is_one),
        TEST(borrowed_bytes_stay_where_they_are),
        TEST(an_empty_document_may_be_borrowed),
        TEST(the_size_of_the_head_is_known),
        TEST(the_size_of_the_head_is_that_of_what_is_sent),
        TEST(one_client_is_told_more),
        TEST(what_one_is_told_the_others_are_not),
        TEST(one_client_is_told_all_that_everybody_is),
        TEST(a_document_goes_with_its_last_reference),
        TEST(a_shared_response_outlives_its_document),
        TEST(a_response_of_ones_own_outlives_its_document),
        TEST(both_responses_outlive_their_document),
        TEST(a_shared_response_goes_to_two_at_once),
        TEST(whoever_is_the_last_leaves_nothing),
        TEST(what_remains_can_tell_who_has_it),
        TEST(what_remains_has_one_reference),
        TEST(what_remains_of_remains_is_the_same),
        TEST(remains_of_borrowed_bytes_have_none),
        TEST(who_names_the_etag_has_it),
        TEST(who_has_it_since_then_has_it_still),
        TEST(a_date_says_nothing_where_none_is_known),
        TEST(an_etag_decides_alone),
        TEST(each_byte_has_its_weight),
        TEST(bytes_that_are_gone_have_no_weight),
        TEST(header_fields_have_weight),
        TEST(fields_that_are_gone_have_no_weight),
        TEST(borrowed_bytes_have_no_weight),
        TEST(sending_it_changes_no_weight),
        TEST(a_weight_is_about_what_it_takes),
    };
    return cmocka_run_group_tests_name("document", tests, NULL, NULL);
}
