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

/* pg_type.dat */
enum {
    BOOL = 16,
    INT8 = 20,
    INT2 = 21,
    INT4 = 23,
    TEXT = 25,
    JSON = 114,
    FLOAT8 = 701,
    VARCHAR = 1043,
    DATE = 1082,
    TIMESTAMPTZ = 1184,
    NUMERIC = 1700,
    JSONB = 3802
};

enum { WIDTH_MAX = 8 };

struct column {
    const char *name;
    Oid type;
};

static PGresult *result;
static struct buffer json = BUFFER_INIT;

static int end(void **state)
{
    (void)state;
    PQclear(result);
    result = NULL;
    buffer_release(&json);
    return 0;
}

/* Columns end with a nameless one. */
static void columns(const struct column *list)
{
    PGresAttDesc described[WIDTH_MAX] = {0};
    int width = 0;
    for (; list[width].name; width++)
        described[width] = (PGresAttDesc){.name = (char *)list[width].name, .typid = list[width].type, .typlen = -1};
    PQclear(result);
    result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PQsetResultAttrs(result, width, described);
}

/* Adds a row; NULL is null. */
static void row(const char *const *values)
{
    int at = PQntuples(result);
    for (int i = 0; i < PQnfields(result); i++)
        PQsetvalue(result, at, i, (char *)values[i], values[i] ? (int)strlen(values[i]) : -1);
}

#define COLUMNS(...) columns((const struct column[]){__VA_ARGS__, {NULL, 0}})
#define ROW(...) row((const char *const[]){__VA_ARGS__})

static void assert_rows(int count, const char *expected)
{
    buffer_release(&json);
    row_objects(&json, result, count);
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

static void a_key_is_escaped(void **state)
{
    (void)state;
    COLUMNS({"a\"b", INT4}, {"x\\.y\n", INT4});
    ROW("1", "2");
    assert_rows(1, "{\"a\\\"b\":1,\"x\\\\\":{\"y\\n\":2}}");
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
    row_objects(&json, result, 1);
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

static void nesting_is_one_level_deep(void **state)
{
    (void)state;
    COLUMNS({"a.b.c", INT4}, {"a.d", INT4});
    ROW("1", "2");
    assert_rows(1, "{\"a\":{\"b.c\":1,\"d\":2}}");
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

static void the_longest_value_is_whole(void **state)
{
    (void)state;
    enum { LONG = 300000 };
    char *text = malloc(LONG + 1);
    memset(text, 'x', LONG);
    text[LONG] = 0;
    COLUMNS({"a", TEXT});
    ROW(text);
    row_objects(&json, result, 1);
    assert_int_equal(json.size, LONG + strlen("{\"a\":\"\"}"));
    assert_memory_equal(json.data + strlen("{\"a\":\""), text, LONG);
    free(text);
}

static void write_time(const char *text)
{
    COLUMNS({"a", TIMESTAMPTZ});
    ROW(text);
    row_objects(&json, result, 1);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(types_become_json, end),
        cmocka_unit_test_teardown(null_is_null_in_every_type, end),
        cmocka_unit_test_teardown(keys_stand_in_the_columns_order, end),
        cmocka_unit_test_teardown(a_key_is_escaped, end),
        cmocka_unit_test_teardown(rows_have_commas_between, end),
        cmocka_unit_test_teardown(only_the_first_rows_are_written, end),
        cmocka_unit_test_teardown(rows_are_appended, end),
        cmocka_unit_test_teardown(no_columns_are_an_empty_object, end),
        cmocka_unit_test_teardown(dotted_columns_nest, end),
        cmocka_unit_test_teardown(an_object_stands_anywhere, end),
        cmocka_unit_test_teardown(neighbouring_objects_are_apart, end),
        cmocka_unit_test_teardown(a_column_is_no_object_of_the_same_name, end),
        cmocka_unit_test_teardown(nesting_is_one_level_deep, end),
        cmocka_unit_test_teardown(an_object_without_its_first_column_is_null, end),
        cmocka_unit_test_teardown(an_object_may_lack_other_columns, end),
        cmocka_unit_test_teardown(each_row_nests_by_itself, end),
        cmocka_unit_test_teardown(the_longest_value_is_whole, end),
        cmocka_unit_test_teardown(an_infinite_time_is_json, end),
    };
    return cmocka_run_group_tests_name("row", tests, NULL, NULL);
}
