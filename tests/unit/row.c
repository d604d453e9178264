/* row: every type and nesting becomes the JSON that the header promises, without a database */
#include "row.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "child.h"
#include "result.h"

static struct arena arena;
static struct buffer json = BUFFER_INIT;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int end(void **state)
{
    (void)state;
    result_clear();
    buffer_release(&json);
    arena_release(&arena);
    return 0;
}

/* Appends the first rows with what is shown of them. */
static void write_rows(int count, unsigned hidden, const char *fields, char separator)
{
    struct columns columns;
    assert_null(columns_init(&columns, &arena, result, hidden, fields));
    row_objects(&json, result, &columns, count, separator);
}

static void assert_rows(int count, const char *expected)
{
    buffer_release(&json);
    write_rows(count, 0, NULL, ',');
    buffer_putc(&json, 0);
    assert_string_equal(json.data, expected);
}

/* The same of those fields alone, with the last columns hidden. */
static void assert_shown(unsigned hidden, const char *fields, const char *expected)
{
    buffer_release(&json);
    write_rows(PQntuples(result), hidden, fields, '\n');
    buffer_putc(&json, 0);
    assert_string_equal(json.data, expected);
}

static void types_become_json(void **state)
{
    (void)state;
    static const struct {
        Oid type;
        const char *text, *expected;
    } cases[] = {
        {BOOL, "t", "true"},
        {BOOL, "f", "false"},
        {INT2, "-7", "-7"},
        {INT4, "0", "0"},
        {INT8, "9223372036854775807", "9223372036854775807"},
        {NUMERIC, "294000", "\"294000\""},
        {NUMERIC, "0.00000000000000000001", "\"0.00000000000000000001\""},
        {NUMERIC, "NaN", "\"NaN\""},
        {FLOAT8, "1.5", "\"1.5\""},
        {TEXT, "", "\"\""},
        {TEXT, "true", "\"true\""},
        {TEXT, "\"q\"\\\n", "\"\\\"q\\\"\\\\\\n\""},
        {VARCHAR, "für €", "\"für €\""},
        {DATE, "2026-11-24", "\"2026-11-24\""},
        {JSON, "{\"a\": [1, null]}", "{\"a\": [1, null]}"},
        {JSONB, "null", "null"},
        {JSONB, "\"{\"", "\"{\""},
        {TIMESTAMPTZ, "2026-11-24 03:12:35+00", "\"2026-11-24T03:12:35Z\""},
        {TIMESTAMPTZ, "2026-11-24 03:12:35.25+00", "\"2026-11-24T03:12:35.25Z\""},
        {TIMESTAMPTZ, "0001-01-01 00:00:00.000001+00", "\"0001-01-01T00:00:00.000001Z\""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char expected[200] = "{\"c\":";
        COLUMNS({"c", cases[i].type});
        ROW(cases[i].text);
        assert_rows(1, strcat(strcat(expected, cases[i].expected), "}"));
    }
}

static void null_is_null_in_every_type(void **state)
{
    (void)state;
    static const Oid types[] = {BOOL, INT2, INT4, INT8, NUMERIC, TEXT, JSON, JSONB, TIMESTAMPTZ, DATE, FLOAT8};
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        COLUMNS({"c", types[i]});
        ROW(NULL);
        assert_rows(1, "{\"c\":null}");
    }
}

static void keys_stand_in_the_columns_order(void **state)
{
    (void)state;
    COLUMNS({"b", TEXT}, {"a", INT4}, {"c", JSON});
    ROW("x", "1", "[]");
    assert_rows(1, "{\"b\":\"x\",\"a\":1,\"c\":[]}");
}

static void rows_have_commas_between(void **state)
{
    (void)state;
    COLUMNS({"a", INT4});
    ROW("1");
    ROW(NULL);
    ROW("3");
    assert_rows(3, "{\"a\":1},{\"a\":null},{\"a\":3}");
}

static void only_the_first_rows_are_written(void **state)
{
    (void)state;
    COLUMNS({"a", INT4});
    ROW("1");
    ROW("2");
    assert_rows(1, "{\"a\":1}");
    assert_rows(0, "");
}

static void rows_are_appended(void **state)
{
    (void)state;
    COLUMNS({"a", INT4});
    ROW("1");
    buffer_puts(&json, "{\"items\":[{");
    write_rows(1, 0, NULL, ',');
    buffer_putc(&json, 0);
    assert_string_equal(json.data, "{\"items\":[{{\"a\":1}");
}

static void no_columns_are_an_empty_object(void **state)
{
    (void)state;
    PGresAttDesc none = {0};
    result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PQsetResultAttrs(result, 0, &none);
    assert_rows(0, "");
    assert_rows(1, "{}");
}

static void dotted_columns_nest(void **state)
{
    (void)state;
    COLUMNS({"id", TEXT}, {"figure.value", NUMERIC}, {"figure.unit", TEXT}, {"line", INT4});
    ROW("a", "5.6", "USD", "3");
    assert_rows(1, "{\"id\":\"a\",\"figure\":{\"value\":\"5.6\",\"unit\":\"USD\"},\"line\":3}");
}

static void an_object_stands_anywhere(void **state)
{
    (void)state;
    COLUMNS({"a.x", INT4}, {"a.y", INT4}, {"b", INT4}, {"c.x", INT4});
    ROW("1", "2", "3", "4");
    assert_rows(1, "{\"a\":{\"x\":1,\"y\":2},\"b\":3,\"c\":{\"x\":4}}");
}

static void neighbouring_objects_are_apart(void **state)
{
    (void)state;
    COLUMNS({"a.x", INT4}, {"ab.x", INT4}, {"ab.y", INT4}, {"b.x", INT4});
    ROW("1", "2", "3", "4");
    assert_rows(1, "{\"a\":{\"x\":1},\"ab\":{\"x\":2,\"y\":3},\"b\":{\"x\":4}}");
}

static void a_column_is_no_object_of_the_same_name(void **state)
{
    (void)state;
    COLUMNS({"a", INT4}, {"ab", INT4}, {"b.a", INT4}, {"c", INT4});
    ROW("1", "2", "3", "4");
    assert_rows(1, "{\"a\":1,\"ab\":2,\"b\":{\"a\":3},\"c\":4}");
}

static void nesting_has_any_depth(void **state)
{
    (void)state;
    COLUMNS({"a.b.c", INT4}, {"a.b.d.e", INT4}, {"a.f", INT4}, {"g", INT4});
    ROW("1", "2", "3", "4");
    assert_rows(1, "{\"a\":{\"b\":{\"c\":1,\"d\":{\"e\":2}},\"f\":3},\"g\":4}");
}

static void a_deep_object_is_null_by_itself(void **state)
{
    (void)state;
    COLUMNS({"a.x", INT4}, {"a.b.c", INT4}, {"a.b.d", INT4}, {"a.e", INT4});
    ROW("1", NULL, "2", "3");
    ROW(NULL, "1", "2", "3");
    assert_rows(2, "{\"a\":{\"x\":1,\"b\":null,\"e\":3}},{\"a\":null}");
}

static void objects_that_begin_with_one_column_are_null_together(void **state)
{
    (void)state;
    COLUMNS({"a.b.c", INT4}, {"a.b.d", INT4}, {"a.e", INT4});
    ROW(NULL, "2", "3");
    ROW("1", NULL, NULL);
    assert_rows(2, "{\"a\":null},{\"a\":{\"b\":{\"c\":1,\"d\":null},\"e\":null}}");
}

static void an_object_without_its_first_column_is_null(void **state)
{
    (void)state;
    COLUMNS({"a.x", INT4}, {"a.y", INT4}, {"b.x", INT4}, {"c", INT4}, {"d.x", INT4}, {"d.y", INT4});
    ROW(NULL, "2", NULL, "4", NULL, NULL);
    assert_rows(1, "{\"a\":null,\"b\":null,\"c\":4,\"d\":null}");
}

static void an_object_may_lack_other_columns(void **state)
{
    (void)state;
    COLUMNS({"a.x", INT4}, {"a.y", INT4}, {"a.z", INT4});
    ROW("1", NULL, NULL);
    assert_rows(1, "{\"a\":{\"x\":1,\"y\":null,\"z\":null}}");
}

static void each_row_nests_by_itself(void **state)
{
    (void)state;
    COLUMNS({"a.x", INT4}, {"a.y", INT4});
    ROW("1", "2");
    ROW(NULL, NULL);
    ROW("3", NULL);
    assert_rows(3, "{\"a\":{\"x\":1,\"y\":2}},{\"a\":null},{\"a\":{\"x\":3,\"y\":null}}");
}

static void the_separator_stands_between_rows_alone(void **state)
{
    (void)state;
    COLUMNS({"a", INT4});
    ROW("1");
    assert_shown(0, NULL, "{\"a\":1}");
    ROW("2");
    ROW("3");
    assert_shown(0, NULL, "{\"a\":1}\n{\"a\":2}\n{\"a\":3}");
}

static void a_text_never_breaks_a_line(void **state)
{
    (void)state;
    COLUMNS({"a", TEXT}, {"b", TEXT});
    ROW("x\ny", "\r\n");
    ROW("", "\x01\x7f");
    assert_shown(0, NULL, "{\"a\":\"x\\ny\",\"b\":\"\\r\\n\"}\n{\"a\":\"\",\"b\":\"\\u0001\x7f\"}");
}

static void hidden_columns_are_not_written(void **state)
{
    (void)state;
    COLUMNS({"a", INT4}, {"b.x", INT4}, {"key_0", TEXT}, {"key_1", TEXT});
    ROW("1", "2", "secret", "secret");
    assert_shown(2, NULL, "{\"a\":1,\"b\":{\"x\":2}}");
    assert_shown(4, NULL, "{}");
}

static void fields_alone_are_written(void **state)
{
    (void)state;
    COLUMNS({"a", INT4}, {"b.x", INT4}, {"b.y", INT4}, {"c", INT4});
    ROW("1", "2", "3", "4");
    assert_shown(0, "c,a", "{\"a\":1,\"c\":4}");
    assert_shown(0, "b", "{\"b\":{\"x\":2,\"y\":3}}");
    assert_shown(0, "b.y,a", "{\"a\":1,\"b\":{\"y\":3}}");
}

/* Whether an object is there is what its first column says, shown or not. */
static void an_object_is_null_by_a_column_that_is_not_shown(void **state)
{
    (void)state;
    COLUMNS({"a.x", INT4}, {"a.y", INT4}, {"a.b.c", INT4}, {"a.b.d", INT4});
    ROW(NULL, "2", "3", "4");
    ROW("1", NULL, NULL, "4");
    ROW("1", NULL, "3", NULL);
    assert_shown(0, "a.y", "{\"a\":null}\n{\"a\":{\"y\":null}}\n{\"a\":{\"y\":null}}");
    assert_shown(0, "a.b.d", "{\"a\":null}\n{\"a\":{\"b\":null}}\n{\"a\":{\"b\":{\"d\":null}}}");
}

static void the_longest_value_is_whole(void **state)
{
    (void)state;
    enum { LONG = 300000 };
    char *text = malloc(LONG + 1);
    memset(text, 'x', LONG);
    text[LONG] = 0;
    COLUMNS({"a", TEXT});
    ROW(text);
    write_rows(1, 0, NULL, ',');
    assert_int_equal(json.size, LONG + strlen("{\"a\":\"\"}"));
    assert_memory_equal(json.data + strlen("{\"a\":\""), text, LONG);
    free(text);
}

static void write_time(const char *text)
{
    COLUMNS({"a", TIMESTAMPTZ});
    ROW(text);
    write_rows(1, 0, NULL, ',');
    json_t *value = json_loadb(json.data, json.size, 0, NULL);
    _exit(value ? 0 : 1);
}

static void write_infinity(void)
{
    write_time("infinity");
}

static void write_minus_infinity(void)
{
    write_time("-infinity");
}

/* PostgreSQL's timestamptz has these two beside the instants. */
static void an_infinite_time_is_json(void **state)
{
    (void)state;
    assert_int_equal(child_run(write_infinity), 0);
    assert_int_equal(child_run(write_minus_infinity), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(types_become_json),
        TEST(null_is_null_in_every_type),
        TEST(keys_stand_in_the_columns_order),
        TEST(rows_have_commas_between),
        TEST(only_the_first_rows_are_written),
        TEST(rows_are_appended),
        TEST(no_columns_are_an_empty_object),
        TEST(dotted_columns_nest),
        TEST(an_object_stands_anywhere),
        TEST(neighbouring_objects_are_apart),
        TEST(a_column_is_no_object_of_the_same_name),
        TEST(nesting_has_any_depth),
        TEST(a_deep_object_is_null_by_itself),
        TEST(objects_that_begin_with_one_column_are_null_together),
        TEST(an_object_without_its_first_column_is_null),
        TEST(an_object_may_lack_other_columns),
        TEST(each_row_nests_by_itself),
        TEST(the_separator_stands_between_rows_alone),
        TEST(a_text_never_breaks_a_line),
        TEST(hidden_columns_are_not_written),
        TEST(fields_alone_are_written),
        TEST(an_object_is_null_by_a_column_that_is_not_shown),
        TEST(the_longest_value_is_whole),
        TEST(an_infinite_time_is_json),
    };
    return cmocka_run_group_tests_name("row", tests, NULL, NULL);
}
