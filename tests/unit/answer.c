/* answer: the form that a client asked for, its rows and no others, and the way to the next ones */
#include "answer.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "parsing.h"
#include "result.h"
#include "sealed.h"

static struct parsing parsing;
static struct error error;
static struct buffer body = BUFFER_INIT;
static const char *next; /* what the last answer_write() said of it */
static json_t *document; /* the last one that was read */

static const struct answer_count uncounted = {0, NULL};

static int begin(void **state)
{
    (void)state;
    arena_init(&parsing.arena);
    sealed_begin();
    return 0;
}

static int end(void **state)
{
    (void)state;
    result_clear();
    buffer_release(&body);
    json_decref(document);
    document = NULL;
    arena_release(&parsing.arena);
    return 0;
}

static void read_target(const char *target)
{
    if (!parsing_read(&parsing, target))
        fail_msg("%s is refused: %s", target, parsing.error.detail);
    error = (struct error){0};
    buffer_release(&body);
}

static const struct representation *as(enum format format)
{
    const struct representation *representation = route_representation(parsing.params.route, format);
    assert_non_null(representation);
    return representation;
}

static bool writes(enum format format, const struct answer_count *count)
{
    return answer_write(&parsing.arena, &parsing.params, as(format), count, result, &body, &next, &error);
}

static bool writes_page(enum format format, bool first)
{
    return answer_write_page(&parsing.arena, &parsing.params, as(format), first, result, &body, &error);
}

static void assert_body(const char *expected)
{
    buffer_putc(&body, 0);
    assert_string_equal(body.data, expected);
}

static void assert_written(enum format format, const char *expected)
{
    assert_true(writes(format, &uncounted));
    assert_int_equal(error.code, ERROR_NONE);
    assert_body(expected);
}

static json_t *read_body(void)
{
    json_decref(document);
    document = json_loadb(body.data, body.size, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(document);
    return document;
}

/* ---- which form ---- */

static const struct representation *choose(const char *target, const char *accept)
{
    read_target(target);
    return answer_representation(&parsing.params, accept, &parsing.arena, &error);
}

static void assert_chosen(const char *target, const char *accept, enum format format)
{
    const struct representation *chosen = choose(target, accept);
    if (!chosen || chosen->format != format)
        fail_msg("%s for %s is not answered as %s", target, accept ? accept : "anyone", format_name(format));
    assert_int_equal(error.code, ERROR_NONE);
}

static void an_accept_field_chooses(void **state)
{
    (void)state;
    assert_chosen("/v1/claims", NULL, FORMAT_JSON);
    assert_chosen("/v1/claims", "", FORMAT_JSON);
    assert_chosen("/v1/claims", "*/*", FORMAT_JSON);
    assert_chosen("/v1/claims", "application/*", FORMAT_JSON);
    assert_chosen("/v1/claims", "text/*", FORMAT_CSV);
    assert_chosen("/v1/claims", "text/csv", FORMAT_CSV);
    assert_chosen("/v1/claims", "application/x-ndjson", FORMAT_NDJSON);
    assert_chosen("/v1/claims", "application/ld+json", FORMAT_JSONLD);
    assert_chosen("/v1/claims", "application/json;q=0.5, text/csv", FORMAT_CSV);
    assert_chosen("/v1/claims", "text/csv, application/json", FORMAT_JSON);
    assert_chosen("/v1/claims", "application/json;q=0, */*", FORMAT_CSV);
    assert_chosen("/v1/claims", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", FORMAT_JSON);
    assert_chosen("/v1/compare", "image/svg+xml", FORMAT_SVG);
    assert_chosen("/v1/compare", "image/*, */*;q=0.1", FORMAT_SVG);
    assert_chosen("/v1/claims/a", "text/csv, */*;q=0.1", FORMAT_JSON);
}

static void a_format_is_chosen_before_a_field(void **state)
{
    (void)state;
    assert_chosen("/v1/claims?format=csv", "application/json", FORMAT_CSV);
    assert_chosen("/v1/claims?format=ndjson", "text/html", FORMAT_NDJSON);
    assert_chosen("/v1/claims/a?format=json", "*/*;q=0", FORMAT_JSON);
}

static void what_there_is_not_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *target, *accept;
    } cases[] = {{"/v1/claims", "text/html"},
                 {"/v1/claims", "image/svg+xml"},
                 {"/v1/claims", "*/*;q=0"},
                 {"/v1/claims/a", "text/csv"},
                 {"/v1/claims", "garbage"},
                 {"/v1/claims", "application/json;q=0"},
                 {"/v1/compare", "text/x-csv, application/x-ndjson"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        assert_null(choose(cases[i].target, cases[i].accept));
        assert_int_equal(error.code, ERROR_NOT_ACCEPTABLE);
        assert_non_null(strstr(error.detail, "application/json"));
        assert_non_null(strstr(error.detail, "application/ld+json"));
        assert_null(strchr(error.detail, ';'));
    }
}

static void media_types_are_told(void **state)
{
    (void)state;
    assert_string_equal(answer_media_type(FORMAT_JSON), "application/json");
    assert_string_equal(answer_media_type(FORMAT_CSV), "text/csv; charset=utf-8; header=present");
    assert_string_equal(answer_media_type(FORMAT_NDJSON), "application/x-ndjson");
    assert_string_equal(answer_media_type(FORMAT_JSONLD), "application/ld+json");
    assert_string_equal(answer_media_type(FORMAT_SVG), "image/svg+xml");
}

static void lists_of_lines_are_streamed_unless_limited(void **state)
{
    (void)state;
    static const struct {
        const char *target;
        enum format format;
        bool streamed;
    } cases[] = {{"/v1/claims", FORMAT_CSV, true},
                 {"/v1/claims", FORMAT_NDJSON, true},
                 {"/v1/claims", FORMAT_JSON, false},
                 {"/v1/claims", FORMAT_JSONLD, false},
                 {"/v1/claims?limit=50", FORMAT_CSV, false},
                 {"/v1/claims?limit=5", FORMAT_NDJSON, false},
                 {"/v1/sources/a/claims?sort=line", FORMAT_CSV, true},
                 {"/v1/claims/a", FORMAT_JSON, false},
                 {"/v1/compare", FORMAT_CSV, false}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        read_target(cases[i].target);
        assert_int_equal(answer_is_streamed(&parsing.params, as(cases[i].format)), cases[i].streamed);
    }
}

/* ---- lists ---- */

/* A page of agents, of which the last column is a key. */
static void make_rows(int count)
{
    COLUMNS({"id", TEXT}, {"a.b", TEXT}, {"a.c", NUMERIC}, {"key_0", TEXT});
    for (int i = 0; i < count; i++) {
        char id[20];
        snprintf(id, sizeof(id), "agent-%d", i);
        ROW(id, i % 2 ? "x" : NULL, "1.5", id);
    }
}

static void a_list_is_an_object_with_items(void **state)
{
    (void)state;
    read_target("/v1/agents");
    make_rows(2);
    assert_written(FORMAT_JSON,
                   "{\"items\":[{\"id\":\"agent-0\",\"a\":null},{\"id\":\"agent-1\",\"a\":{\"b\":\"x\",\"c\":"
                   "\"1.5\"}}],\"next\":null}");
    assert_null(next);
}

static void an_empty_list_is_one(void **state)
{
    (void)state;
    read_target("/v1/agents");
    make_rows(0);
    assert_written(FORMAT_JSON, "{\"items\":[],\"next\":null}");
    read_target("/v1/agents");
    assert_written(FORMAT_CSV, "\xEF\xBB\xBFid,a.b,a.c\r\n");
    read_target("/v1/agents");
    assert_true(writes(FORMAT_NDJSON, &uncounted));
    assert_int_equal(body.size, 0);
}

/* The query asks for one row more, which tells whether there is a next page and is not shown. */
static void a_row_too_many_is_the_next_page(void **state)
{
    (void)state;
    read_target("/v1/agents?limit=2");
    make_rows(3);
    assert_true(writes(FORMAT_JSON, &uncounted));
    const json_t *read = read_body();
    assert_int_equal(json_array_size(json_object_get(read, "items")), 2);
    assert_non_null(next);
    assert_string_equal(json_string_value(json_object_get(read, "next")),
                        arena_format(&parsing.arena, "/v1/agents?limit=2&cursor=%s", next));
    read_target(json_string_value(json_object_get(read, "next")));
    assert_true(parsing.params.continued);
    assert_string_equal(parsing.params.after[0], "agent-1");
}

static void a_full_page_may_be_the_last(void **state)
{
    (void)state;
    read_target("/v1/agents?limit=2");
    make_rows(2);
    assert_true(writes(FORMAT_JSON, &uncounted));
    assert_null(next);
    assert_int_equal(json_array_size(json_object_get(read_body(), "items")), 2);
    assert_true(json_is_null(json_object_get(document, "next")));
    assert_null(answer_last_keys(&parsing.arena, &parsing.params, result));
}

static void the_last_row_shown_has_the_keys(void **state)
{
    (void)state;
    read_target("/v1/claims?sort=-value,line&limit=1");
    COLUMNS({"id", TEXT}, {"key_0", NUMERIC}, {"key_1", INT4}, {"key_2", TEXT});
    ROW("a", "-Infinity", "7", "a");
    ROW("b", "5", "8", "b");
    const char *const *keys = answer_last_keys(&parsing.arena, &parsing.params, result);
    assert_string_equal(keys[0], "-Infinity");
    assert_string_equal(keys[1], "7");
    assert_string_equal(keys[2], "a");
    assert_true(writes(FORMAT_JSON, &uncounted));
    read_target(json_string_value(json_object_get(read_body(), "next")));
    for (int i = 0; i < 3; i++)
        assert_string_equal(parsing.params.after[i], keys[i]);
}

/* They go into the next statement when the result is gone. */
static void keys_outlive_their_result(void **state)
{
    (void)state;
    read_target("/v1/agents?limit=1");
    make_rows(2);
    const char *const *keys = answer_last_keys(&parsing.arena, &parsing.params, result);
    result_clear();
    assert_string_equal(keys[0], "agent-0");
}

static void a_total_is_there_if_somebody_asked(void **state)
{
    (void)state;
    static const struct answer_count exact = {9223372036854775807, "exact"}, none = {0, "estimated"};
    read_target("/v1/agents");
    make_rows(1);
    assert_true(writes(FORMAT_JSON, &exact));
    assert_int_equal(json_integer_value(json_object_get(read_body(), "total")), 9223372036854775807);
    read_target("/v1/agents");
    assert_true(writes(FORMAT_JSON, &none));
    assert_true(json_is_integer(json_object_get(read_body(), "total")));
    assert_int_equal(json_integer_value(json_object_get(document, "total")), 0);
    read_target("/v1/agents");
    assert_true(writes(FORMAT_JSON, &uncounted));
    assert_null(json_object_get(read_body(), "total"));
}

static void lines_are_a_row_each(void **state)
{
    (void)state;
    read_target("/v1/agents?limit=2");
    make_rows(3);
    assert_written(FORMAT_NDJSON,
                   "{\"id\":\"agent-0\",\"a\":null}\n{\"id\":\"agent-1\",\"a\":{\"b\":\"x\",\"c\":\"1.5\"}}\n");
    assert_non_null(next);
    read_target("/v1/agents?limit=2");
    assert_written(FORMAT_CSV, "\xEF\xBB\xBFid,a.b,a.c\r\nagent-0,,1.5\r\nagent-1,x,1.5\r\n");
    assert_non_null(next);
}

/* Parts that are put together are what the whole would be. */
static void the_pages_of_a_stream_have_one_header(void **state)
{
    (void)state;
    read_target("/v1/agents");
    make_rows(1);
    assert_true(writes_page(FORMAT_CSV, true));
    make_rows(2);
    assert_true(writes_page(FORMAT_CSV, false));
    make_rows(0);
    assert_true(writes_page(FORMAT_CSV, false));
    assert_body("\xEF\xBB\xBFid,a.b,a.c\r\nagent-0,,1.5\r\nagent-0,,1.5\r\nagent-1,x,1.5\r\n");
    read_target("/v1/agents?fields=id");
    make_rows(2);
    assert_true(writes_page(FORMAT_NDJSON, true));
    make_rows(0);
    assert_true(writes_page(FORMAT_NDJSON, false));
    make_rows(1);
    assert_true(writes_page(FORMAT_NDJSON, false));
    assert_body("{\"id\":\"agent-0\"}\n{\"id\":\"agent-1\"}\n{\"id\":\"agent-0\"}\n");
}

static void a_page_of_a_stream_ends_at_its_limit(void **state)
{
    (void)state;
    read_target("/v1/agents");
    make_rows(LIMIT_DEFAULT + 1);
    assert_true(writes_page(FORMAT_NDJSON, true));
    int lines = 0;
    for (size_t i = 0; i < body.size; i++)
        lines += body.data[i] == '\n';
    assert_int_equal(lines, LIMIT_DEFAULT);
    assert_string_equal(answer_last_keys(&parsing.arena, &parsing.params, result)[0], "agent-49");
}

/* ---- fields ---- */

static void only_the_fields_are_written(void **state)
{
    (void)state;
    read_target("/v1/agents?fields=a.c");
    make_rows(2);
    assert_written(FORMAT_JSON, "{\"items\":[{\"a\":null},{\"a\":{\"c\":\"1.5\"}}],\"next\":null}");
    read_target("/v1/agents?fields=a.c,id");
    assert_written(FORMAT_CSV, "\xEF\xBB\xBFid,a.c\r\nagent-0,1.5\r\nagent-1,1.5\r\n");
}

static void an_unknown_field_is_refused_with_those_there_are(void **state)
{
    (void)state;
    static const char *const fields[] = {"x", "id,x", "key_0", "a.d", "id.x"};
    static const enum format formats[] = {FORMAT_JSON, FORMAT_CSV, FORMAT_NDJSON};
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
        for (size_t j = 0; j < sizeof(formats) / sizeof(*formats); j++) {
            read_target(arena_format(&parsing.arena, "/v1/agents?fields=%s", fields[i]));
            make_rows(1);
            assert_false(writes(formats[j], &uncounted));
            assert_int_equal(error.code, ERROR_INVALID_PARAMETER);
            assert_int_equal(error.faults_count, 1);
            assert_string_equal(error.faults[0].parameter, "fields");
            assert_non_null(strstr(error.detail, "id, a."));
            assert_int_equal(body.size, 0);
        }
    read_target("/v1/agents?fields=x");
    assert_false(writes_page(FORMAT_CSV, true));
    assert_int_equal(error.code, ERROR_INVALID_PARAMETER);
}

/* ---- one ---- */

static void one_is_an_object(void **state)
{
    (void)state;
    read_target("/v1/agents/a");
    COLUMNS({"id", TEXT}, {"claims", INT8}, {"key_0", INT8});
    ROW("a", "5", "17");
    assert_written(FORMAT_JSON, "{\"id\":\"a\",\"claims\":5}");
    assert_null(next);
    assert_int_equal(answer_revision(&parsing.params, result), 17);
    read_target("/v1/agents/a?fields=claims");
    assert_written(FORMAT_JSON, "{\"claims\":5}");
}

static void none_is_not_found(void **state)
{
    (void)state;
    static const enum format formats[] = {FORMAT_JSON, FORMAT_CSV, FORMAT_JSONLD};
    for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
        read_target("/v1/comparisons/a");
        COLUMNS({"document", TEXT});
        assert_false(writes(formats[i], &uncounted));
        assert_int_equal(error.code, ERROR_NOT_FOUND);
        assert_int_equal(body.size, 0);
        assert_null(next);
    }
}

/* Its figures are rows, and no page of a list. */
static void the_table_of_a_comparison_is_whole(void **state)
{
    (void)state;
    enum { FIGURES = LIMIT_MAX + 5 };
    read_target("/v1/compare");
    COLUMNS({"claim", TEXT}, {"figure.value", NUMERIC});
    for (int i = 0; i < FIGURES; i++)
        ROW("a", "-5");
    assert_true(writes(FORMAT_CSV, &uncounted));
    assert_null(next);
    assert_null(answer_last_keys(&parsing.arena, &parsing.params, result));
    int lines = 0;
    for (size_t i = 0; i < body.size; i++)
        lines += body.data[i] == '\n';
    assert_int_equal(lines, 1 + FIGURES);
}

/* ---- linked documents ---- */

static void one_linked_document_has_the_context(void **state)
{
    (void)state;
    read_target("/v1/agents/a");
    COLUMNS({"document", JSON});
    ROW("{\"@id\": \"a\", \"name\": \"}\"}");
    assert_true(writes(FORMAT_JSONLD, &uncounted));
    const json_t *read = read_body();
    assert_non_null(json_object_get(read, "@context"));
    assert_string_equal(json_string_value(json_object_get(read, "@id")), "a");
    assert_string_equal(json_string_value(json_object_get(read, "name")), "}");
}

static void a_linked_list_is_a_graph(void **state)
{
    (void)state;
    read_target("/v1/agents?limit=2");
    COLUMNS({"document", JSON}, {"key_0", TEXT});
    ROW("{\"@id\": \"a\"}", "a");
    ROW("{\"@id\": \"b\"}", "b");
    ROW("{\"@id\": \"c\"}", "c");
    assert_true(writes(FORMAT_JSONLD, &uncounted));
    const json_t *read = read_body(), *graph = json_object_get(read, "@graph");
    assert_non_null(json_object_get(read, "@context"));
    assert_int_equal(json_array_size(graph), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(graph, 1), "@id")), "b");
    read_target(json_string_value(json_object_get(read, "next")));
    assert_string_equal(parsing.params.after[0], "b");
}

static void an_empty_graph_is_one(void **state)
{
    (void)state;
    read_target("/v1/agents");
    COLUMNS({"document", JSON}, {"key_0", TEXT});
    assert_true(writes(FORMAT_JSONLD, &uncounted));
    const json_t *read = read_body();
    assert_int_equal(json_array_size(json_object_get(read, "@graph")), 0);
    assert_true(json_is_null(json_object_get(read, "next")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_accept_field_chooses),
        TEST(a_format_is_chosen_before_a_field),
        TEST(what_there_is_not_is_refused),
        TEST(media_types_are_told),
        TEST(lists_of_lines_are_streamed_unless_limited),
        TEST(a_list_is_an_object_with_items),
        TEST(an_empty_list_is_one),
        TEST(a_row_too_many_is_the_next_page),
        TEST(a_full_page_may_be_the_last),
        TEST(the_last_row_shown_has_the_keys),
        TEST(keys_outlive_their_result),
        TEST(a_total_is_there_if_somebody_asked),
        TEST(lines_are_a_row_each),
        TEST(the_pages_of_a_stream_have_one_header),
        TEST(a_page_of_a_stream_ends_at_its_limit),
        TEST(only_the_fields_are_written),
        TEST(an_unknown_field_is_refused_with_those_there_are),
        TEST(one_is_an_object),
        TEST(none_is_not_found),
        TEST(the_table_of_a_comparison_is_whole),
        TEST(one_linked_document_has_the_context),
        TEST(a_linked_list_is_a_graph),
        TEST(an_empty_graph_is_one),
    };
    return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}
