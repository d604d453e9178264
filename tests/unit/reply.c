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

#include "assets.h"
#include "dice.h"
#include "etag.h"
#include "exchange.h"
#include "received.h"
#include "unpack.h"

static struct reply given; /* what the next exchange answers */
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
    (void)connection, (void)exchange;
    *status = given.status;
    return given.response;
}

static void receive_by(const char *method, struct reply next)
{
    char request[100];
    struct exchange exchange = {.answer = give};
    given = next;
    free(reply);
    snprintf(request, sizeof(request), "%s / HTTP/1.1\r\nHost: localhost\r\n\r\n", method);
    reply = exchange_run(&exchange, request, strlen(request), SIZE_MAX);
    assert_non_null(reply);
    assert_non_null(received_body(reply));
}

static void receive(struct reply next)
{
    receive_by("GET", next);
}

static const char *body(void)
{
    return received_body(reply);
}

static bool has_field(const char *name, const char *value)
{
    return received_field(reply, name, value);
}

static bool has_field_named(const char *name)
{
    return received_named(reply, name);
}

static const char *value_of(const char *name)
{
    assert_true(has_field_named(name));
    return received_value(reply, name);
}

static void assert_status(unsigned status)
{
    assert_int_equal(received_status(reply), status);
}

/* ---- documents ---- */

static struct reply_form form_in(enum coding coding)
{
    return (struct reply_form){"application/json", "max-age=10", coding, .revision = 0};
}

/* What is said of each document here beside what its form says. */
static struct headers some_headers(void)
{
    struct headers headers = {.count = 0};
    headers_put(&headers, "Vary", "Accept, Accept-Encoding");
    headers_put_whole(&headers, "Link", "</docs>; rel=\"service-doc\"");
    return headers;
}

static struct document *make_bytes(const char *bytes, size_t size, const struct reply_form *form)
{
    struct headers headers = some_headers();
    char *copy = malloc(size + 1);
    memcpy(copy, bytes, size);
    return reply_bytes(copy, size, form, &headers);
}

static struct document *make_file(const char *name, enum coding coding)
{
    struct headers headers = some_headers();
    struct reply_form form = form_in(coding);
    return reply_file(name, &form, &headers);
}

/* Sends it as the service does: 304 to who has it. */
static void receive_document(struct document *document, const char *if_none_match)
{
    unsigned status = document_is_known(document, if_none_match, NULL) ? 304 : 200;
    receive((struct reply){document_respond(document, status), status, document->size});
    document_unref(document);
}

static void receive_bytes(const char *bytes, size_t size, enum coding coding, const char *if_none_match)
{
    struct reply_form form = form_in(coding);
    receive_document(make_bytes(bytes, size, &form), if_none_match);
}

static void receive_file(const char *name, enum coding coding, const char *if_none_match)
{
    receive_document(make_file(name, coding), if_none_match);
}

/* Many lines like those that the service sends. */
static const char *long_text(void)
{
    static char text[8000];
    for (size_t size = 0; !*text || size + 100 < sizeof(text);)
        size += (size_t)snprintf(text + size, sizeof(text) - size, "{\"id\":\"claim-%zu\",\"value\":null},", size);
    return text;
}

static void a_document_is_sent_with_all_that_is_said_of_it(void **state)
{
    (void)state;
    char etag[ETAG_SIZE];
    etag_of("{\"items\":[]}", 12, 0, etag);
    receive_bytes("{\"items\":[]}", 12, CODING_IDENTITY, NULL);
    assert_status(200);
    assert_true(has_field("Content-Type", "application/json"));
    assert_true(has_field("Content-Length", "12"));
    assert_true(has_field("Cache-Control", "max-age=10"));
    assert_true(has_field("Vary", "Accept, Accept-Encoding"));
    assert_true(has_field("Link", "</docs>; rel=\"service-doc\""));
    assert_true(has_field("ETag", etag));
    assert_false(has_field_named("Content-Encoding") || has_field_named("Last-Modified"));
    assert_string_equal(body(), "{\"items\":[]}");
}

static void an_empty_document_is_one(void **state)
{
    (void)state;
    static const enum coding codings[] = {CODING_IDENTITY, CODING_GZIP, CODING_BROTLI};
    for (size_t i = 0; i < sizeof(codings) / sizeof(*codings); i++) {
        struct headers headers = some_headers();
        struct reply_form form = form_in(codings[i]);
        receive_document(reply_bytes(NULL, 0, &form, &headers), NULL);
        assert_status(200);
        assert_true(has_field("Content-Length", "0"));
        assert_true(has_field_named("ETag"));
        assert_false(has_field_named("Content-Encoding"));
        assert_string_equal(body(), "");
    }
}

static void assert_body_unpacks_to(const char *text, char *unpack(const char *, size_t, size_t *))
{
    size_t size;
    char *back = unpack(body(), strtoul(value_of("Content-Length"), NULL, 10), &size);
    assert_non_null(back);
    assert_int_equal(size, strlen(text));
    assert_memory_equal(back, text, size);
    free(back);
}

static void a_document_has_the_coding_that_is_wanted(void **state)
{
    (void)state;
    const char *text = long_text();
    receive_bytes(text, strlen(text), CODING_BROTLI, NULL);
    assert_true(has_field("Content-Encoding", "br"));
    assert_body_unpacks_to(text, unpack_brotli);
    receive_bytes(text, strlen(text), CODING_GZIP, NULL);
    assert_true(has_field("Content-Encoding", "gzip"));
    assert_body_unpacks_to(text, unpack_gzip);
    receive_bytes(text, strlen(text), CODING_IDENTITY, NULL);
    assert_false(has_field_named("Content-Encoding"));
    assert_string_equal(body(), text);
}

static void a_document_is_left_alone_where_a_coding_is_of_no_use(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    char noise[2000];
    for (size_t i = 0; i < sizeof(noise); i++)
        noise[i] = (char)dice_roll(&dice, 256);
    static const enum coding codings[] = {CODING_BROTLI, CODING_GZIP};
    for (size_t i = 0; i < sizeof(codings) / sizeof(*codings); i++) {
        receive_bytes(noise, sizeof(noise), codings[i], NULL);
        assert_false(has_field_named("Content-Encoding"));
        assert_true(has_field("Content-Length", "2000"));
        assert_memory_equal(body(), noise, sizeof(noise));
        receive_bytes("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 40, codings[i], NULL);
        assert_false(has_field_named("Content-Encoding"));
        assert_string_equal(body(), "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    }
}

/* A strong validator is of one representation: RFC 9110, section 8.8.3.3. */
static void each_coding_has_its_own_validator(void **state)
{
    (void)state;
    static const enum coding codings[] = {CODING_IDENTITY, CODING_BROTLI, CODING_GZIP};
    char seen[3][ETAG_SIZE];
    for (int i = 0; i < 3; i++) {
        receive_bytes(long_text(), strlen(long_text()), codings[i], NULL);
        snprintf(seen[i], sizeof(seen[i]), "%s", value_of("ETag"));
        for (int j = 0; j < i; j++)
            assert_string_not_equal(seen[i], seen[j]);
        receive_bytes(long_text(), strlen(long_text()), codings[i], seen[i]);
        assert_status(304);
    }
    receive_bytes(long_text(), strlen(long_text()), CODING_IDENTITY, seen[1]);
    assert_status(200);
}

/* RFC 9110, section 15.4.5. */
static void assert_unchanged(const char *etag, size_t size)
{
    char length[24];
    snprintf(length, sizeof(length), "%zu", size);
    assert_status(304);
    assert_true(has_field("ETag", etag));
    assert_true(has_field("Cache-Control", "max-age=10"));
    assert_true(has_field("Vary", "Accept, Accept-Encoding"));
    assert_true(has_field("Content-Length", length)); /* any other would be wrong: RFC 9110, section 8.6 */
    assert_false(has_field_named("Content-Type") || has_field_named("Content-Encoding") || has_field_named("Link"));
    assert_string_equal(body(), "");
}

static void who_has_it_is_told_so(void **state)
{
    (void)state;
    char etag[ETAG_SIZE];
    etag_of("{}", 2, 0, etag);
    receive_bytes("{}", 2, CODING_IDENTITY, etag);
    assert_unchanged(etag, 2);
    receive_bytes("{}", 2, CODING_IDENTITY, "\"x\"");
    assert_status(200);
    assert_string_equal(body(), "{}");
    receive_bytes(long_text(), strlen(long_text()), CODING_GZIP, NULL);
    size_t size = strtoul(value_of("Content-Length"), NULL, 10);
    snprintf(etag, sizeof(etag), "%s", value_of("ETag"));
    receive_bytes(long_text(), strlen(long_text()), CODING_GZIP, etag);
    assert_unchanged(etag, size);
}

static void a_document_says_when_its_data_changed(void **state)
{
    (void)state;
    struct reply_form dated = {"application/json", "max-age=10", CODING_IDENTITY, .modified = 784111777};
    struct document *document = make_bytes("{}", 2, &dated);
    assert_int_equal(document->modified, 784111777);
    receive_document(document, NULL);
    assert_status(200);
    assert_true(has_field("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"));
    receive_document(make_bytes("{}", 2, &dated), "*");
    assert_status(304);
    assert_true(has_field("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"));
}

static void files_have_the_coding_that_is_wanted(void **state)
{
    (void)state;
    static const struct {
        enum coding wanted;
        const char *told;
        const struct asset *forms;
    } cases[] = {{CODING_IDENTITY, NULL, asset_files},
                 {CODING_GZIP, "gzip", asset_files_gzip},
                 {CODING_BROTLI, "br", asset_files_brotli}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char etag[ETAG_SIZE], size[20];
        const struct asset *file = asset_find(cases[i].forms, "context.jsonld");
        etag_of(file->text, file->size, 0, etag);
        snprintf(size, sizeof(size), "%zu", file->size);
        receive_file("context.jsonld", cases[i].wanted, NULL);
        assert_status(200);
        assert_true(has_field("ETag", etag));
        assert_true(has_field("Content-Length", size));
        assert_true(has_field("Content-Type", "application/json"));
        assert_memory_equal(body(), file->text, file->size);
        if (cases[i].told)
            assert_true(has_field("Content-Encoding", cases[i].told));
        else
            assert_false(has_field_named("Content-Encoding"));
        receive_file("context.jsonld", cases[i].wanted, etag);
        assert_unchanged(etag, file->size);
    }
}

/* They are not copied, and stay when the document goes. */
static void files_are_sent_as_they_are_built_in(void **state)
{
    (void)state;
    for (const struct asset *file = asset_files; file->name; file++) {
        struct document *document = make_file(file->name, CODING_IDENTITY);
        assert_ptr_equal(document->bytes, file->text);
        assert_int_equal(document->size, file->size);
        document_unref(document);
    }
}

/* Small ones, of which a coded form would be no smaller, as well. */
static void each_file_can_be_had_in_each_coding(void **state)
{
    (void)state;
    static const enum coding codings[] = {CODING_GZIP, CODING_BROTLI};
    static const struct asset *const forms[] = {asset_files_gzip, asset_files_brotli};
    for (const struct asset *file = asset_files; file->name; file++)
        for (int i = 0; i < 2; i++) {
            const struct asset *coded = asset_find(forms[i], file->name);
            struct document *document = make_file(file->name, codings[i]);
            assert_ptr_equal(document->bytes, coded ? coded->text : file->text);
            assert_int_equal(document->size, coded ? coded->size : file->size);
            receive_document(document, "*");
            assert_status(304);
        }
}

static void coded_files_are_the_files(void **state)
{
    (void)state;
    for (const struct asset *file = asset_files; file->name; file++) {
        const struct asset *gzip = asset_find(asset_files_gzip, file->name);
        const struct asset *brotli = asset_find(asset_files_brotli, file->name);
        size_t size = 0;
        char *back = gzip ? unpack_gzip(gzip->text, gzip->size, &size) : NULL;
        assert_true(!gzip || (back && size == file->size && memcmp(back, file->text, size) == 0));
        free(back);
        back = brotli ? unpack_brotli(brotli->text, brotli->size, &size) : NULL;
        assert_true(!brotli || (back && size == file->size && memcmp(back, file->text, size) == 0));
        free(back);
    }
}

static void how_it_is_now_is_kept_by_nobody(void **state)
{
    (void)state;
    receive(reply_status("ok"));
    assert_status(200);
    assert_true(has_field("Content-Type", "application/json"));
    assert_true(has_field("Cache-Control", "no-store"));
    assert_false(has_field_named("ETag") || has_field_named("Last-Modified"));
    assert_string_equal(body(), "{\"status\":\"ok\"}");
}

static void head_has_no_body(void **state)
{
    (void)state;
    struct reply_form form = form_in(CODING_IDENTITY);
    struct document *document = make_bytes("{}", 2, &form);
    receive_by("HEAD", (struct reply){document_respond(document, 200), 200, document->size});
    document_unref(document);
    assert_status(200);
    assert_true(has_field("Content-Length", "2"));
    assert_true(has_field_named("ETag"));
    assert_string_equal(body(), "");
    receive_by("HEAD", reply_status("ok"));
    assert_true(has_field("Content-Length", "15"));
    assert_string_equal(body(), "");
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
        assert_status(kind->status);
        assert_true(has_field("Cache-Control", "no-store"));
        assert_false(has_field_named("ETag"));
        assert_int_equal(has_field_named("Retry-After"), kind->retry);
        assert_false(has_field_named("Allow"));
        json_decref(document);
    }
}

static void a_problem_may_have_a_field_of_its_own(void **state)
{
    (void)state;
    struct error error = {.field = "Allow", .value = "GET, PUT"};
    error_set(&error, ERROR_METHOD_NOT_ALLOWED, "What is wrong.");
    json_decref(problem(&error));
    assert_true(has_field("Allow", "GET, PUT"));
}

static void what_is_wrong_with_a_document_is_listed_as_it_stands(void **state)
{
    (void)state;
    struct error error = {.problems =
                              "[{\"pointer\":\"/figure/low\",\"detail\":\"d\"},{\"pointer\":\"\",\"detail\":\"e\"}]"};
    error_set(&error, ERROR_INVALID_DOCUMENT, "What is wrong.");
    json_t *document = problem(&error), *errors = json_object_get(document, "errors");
    assert_int_equal(json_array_size(errors), 2);
    assert_string_equal(text_of(json_array_get(errors, 0), "pointer"), "/figure/low");
    assert_string_equal(text_of(json_array_get(errors, 1), "pointer"), "");
    json_decref(document);
}

static void what_was_written_is_for_who_wrote_it(void **state)
{
    (void)state;
    struct headers headers = {.count = 0};
    headers_put(&headers, "Location", "/v1/claims/a");
    receive(reply_written(201, memory_text("{}"), 2, &headers));
    assert_status(201);
    assert_string_equal(body(), "{}");
    assert_true(has_field("Location", "/v1/claims/a"));
    assert_true(has_field("Cache-Control", "no-store"));
    receive(reply_written(204, NULL, 0, &(struct headers){.count = 0}));
    assert_status(204);
    assert_string_equal(body(), "");
    assert_false(has_field_named("Content-Type"));
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

static void a_type_of_problem_has_its_meaning(void **state)
{
    (void)state;
    for (int code = ERROR_NONE + 1; code < ERROR_CODES; code++) {
        const struct error_kind *kind = error_kind((enum error_code)code);
        size_t size;
        char *text = reply_problem_type(kind, &size), type[100];
        json_t *page = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
        snprintf(type, sizeof(type), "/problems/%s", kind->slug);
        assert_int_equal(json_object_size(page), 4);
        assert_string_equal(text_of(page, "type"), type);
        assert_string_equal(text_of(page, "title"), kind->title);
        assert_int_equal(json_integer_value(json_object_get(page, "status")), kind->status);
        assert_string_equal(text_of(page, "meaning"), kind->meaning);
        json_decref(page);
        free(text);
    }
}

static void options_are_told(void **state)
{
    (void)state;
    receive_by("OPTIONS", reply_options("GET, HEAD, OPTIONS, PUT"));
    assert_status(204);
    assert_true(has_field("Allow", "GET, HEAD, OPTIONS, PUT"));
    assert_true(has_field("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS, PUT"));
    assert_non_null(strstr(value_of("Access-Control-Allow-Headers"), "If-None-Match"));
    assert_true(strtoul(value_of("Access-Control-Max-Age"), NULL, 10) > 0);
    assert_false(has_field_named("Content-Length"));
    assert_string_equal(body(), "");
}

/* ---- streams ---- */

static struct stream stream;
static int parts_left;
static bool breaks; /* instead of the last part */

static void note_progress(struct stream *of)
{
    (void)of;
}

static void next_part(struct stream *of)
{
    char line[40];
    of->complete = !--parts_left;
    of->broken = of->complete && breaks;
    snprintf(line, sizeof(line), "part %d\n", parts_left);
    if (!of->broken)
        buffer_puts(&of->part, line);
}

static void receive_stream(int parts, bool broken)
{
    stream = (struct stream){.part = BUFFER_INIT, .progress = note_progress, .ask = next_part};
    parts_left = parts;
    breaks = broken;
    buffer_puts(&stream.part, "first\n");
    stream.complete = !parts;
    receive(reply_stream(&stream, "application/json"));
    stream_release(&stream);
}

/* Takes the chunks' sizes out (RFC 9112, section 7.1); false if the last one is missing. */
static bool unchunk(const char *from, char *to)
{
    for (;;) {
        char *behind;
        size_t size = strtoul(from, &behind, 16);
        if (behind == from)
            return false;
        from = behind + 2;
        if (!size)
            return true;
        memcpy(to, from, size);
        to += size;
        *to = 0;
        from += size + 2;
    }
}

static void a_stream_is_sent_in_parts(void **state)
{
    (void)state;
    char text[400] = "";
    receive_stream(3, false);
    assert_status(200);
    assert_true(has_field("Content-Type", "application/json"));
    assert_true(has_field("Cache-Control", "no-store"));
    assert_true(has_field("Transfer-Encoding", "chunked"));
    assert_false(has_field_named("Content-Length") || has_field_named("ETag") || has_field_named("Last-Modified"));
    assert_true(unchunk(body(), text));
    assert_string_equal(text, "first\npart 2\npart 1\npart 0\n");
    *text = 0;
    receive_stream(0, false);
    assert_true(unchunk(body(), text));
    assert_string_equal(text, "first\n");
}

/* What is not whole must not look so. */
static void a_broken_stream_lacks_its_end(void **state)
{
    (void)state;
    char text[400] = "";
    receive_stream(3, true);
    assert_status(200);
    assert_false(unchunk(body(), text));
    assert_string_equal(text, "first\npart 2\npart 1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_document_is_sent_with_all_that_is_said_of_it, end),
        cmocka_unit_test_teardown(an_empty_document_is_one, end),
        cmocka_unit_test_teardown(a_document_has_the_coding_that_is_wanted, end),
        cmocka_unit_test_teardown(a_document_is_left_alone_where_a_coding_is_of_no_use, end),
        cmocka_unit_test_teardown(each_coding_has_its_own_validator, end),
        cmocka_unit_test_teardown(who_has_it_is_told_so, end),
        cmocka_unit_test_teardown(a_document_says_when_its_data_changed, end),
        cmocka_unit_test_teardown(files_have_the_coding_that_is_wanted, end),
        cmocka_unit_test_teardown(files_are_sent_as_they_are_built_in, end),
        cmocka_unit_test_teardown(each_file_can_be_had_in_each_coding, end),
        cmocka_unit_test_teardown(coded_files_are_the_files, end),
        cmocka_unit_test_teardown(how_it_is_now_is_kept_by_nobody, end),
        cmocka_unit_test_teardown(head_has_no_body, end),
        cmocka_unit_test_teardown(every_code_makes_a_problem, end),
        cmocka_unit_test_teardown(faults_are_listed, end),
        cmocka_unit_test_teardown(a_problem_may_have_a_field_of_its_own, end),
        cmocka_unit_test_teardown(what_is_wrong_with_a_document_is_listed_as_it_stands, end),
        cmocka_unit_test_teardown(what_was_written_is_for_who_wrote_it, end),
        cmocka_unit_test_teardown(the_longest_problem_is_whole, end),
        cmocka_unit_test_teardown(texts_are_escaped_and_kept, end),
        cmocka_unit_test_teardown(any_cut_text_makes_a_problem, end),
        cmocka_unit_test_teardown(a_type_of_problem_has_its_meaning, end),
        cmocka_unit_test_teardown(options_are_told, end),
        cmocka_unit_test_teardown(a_stream_is_sent_in_parts, end),
        cmocka_unit_test_teardown(a_broken_stream_lacks_its_end, end),
    };
    return cmocka_run_group_tests_name("reply", tests, NULL, NULL);
}
