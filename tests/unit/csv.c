/* csv: what RFC 4180 says, and no cell that a spreadsheet would run */
#include "csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dice.h"
#include "result.h"

static struct arena arena;
static struct columns columns;
static struct buffer csv = BUFFER_INIT;

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
    buffer_release(&csv);
    arena_release(&arena);
    return 0;
}

static void lay_out(unsigned hidden, const char *fields)
{
    buffer_release(&csv);
    assert_null(columns_init(&columns, &arena, result, hidden, fields));
}

static void assert_written(const char *expected)
{
    buffer_putc(&csv, 0);
    assert_string_equal(csv.data, expected);
}

static void assert_header(unsigned hidden, const char *fields, const char *expected)
{
    lay_out(hidden, fields);
    csv_header(&csv, &columns);
    assert_written(expected);
}

static void assert_rows(int count, const char *expected)
{
    lay_out(0, NULL);
    csv_rows(&csv, result, &columns, count);
    assert_written(expected);
}

static void assert_cell(Oid type, const char *value, const char *expected)
{
    COLUMNS({"a", type});
    ROW(value);
    assert_rows(1, arena_format(&arena, "%s\r\n", expected));
}

static void the_header_names_what_is_shown(void **state)
{
    (void)state;
    COLUMNS({"id", TEXT}, {"a.b", INT4}, {"a.c.d", INT4}, {"e", INT4}, {"key_0", INT4});
    assert_header(1, NULL, "\xEF\xBB\xBFid,a.b,a.c.d,e\r\n");
    assert_header(1, "e,a.c",
                  "\xEF\xBB\xBF"
                  "a.c.d,e\r\n");
    assert_header(1, "id", "\xEF\xBB\xBFid\r\n");
}

static void rows_have_the_headers_columns(void **state)
{
    (void)state;
    COLUMNS({"id", TEXT}, {"a.b", INT4}, {"a.c.d", INT4}, {"e", INT4}, {"key_0", INT4});
    ROW("x", "1", "2", "3", "hidden");
    lay_out(1, NULL);
    csv_rows(&csv, result, &columns, 1);
    assert_written("x,1,2,3\r\n");
    lay_out(1, "e,a.c");
    csv_rows(&csv, result, &columns, 1);
    assert_written("2,3\r\n");
}

static void only_the_first_rows_are_written(void **state)
{
    (void)state;
    COLUMNS({"a", INT4});
    ROW("1");
    ROW("2");
    ROW("3");
    assert_rows(0, "");
    assert_rows(2, "1\r\n2\r\n");
}

static void types_become_text(void **state)
{
    (void)state;
    assert_cell(BOOL, "t", "true");
    assert_cell(BOOL, "f", "false");
    assert_cell(INT8, "9223372036854775807", "9223372036854775807");
    assert_cell(NUMERIC, "0.00000000000000000001", "0.00000000000000000001");
    assert_cell(TIMESTAMPTZ, "2026-11-24 03:12:35.25+00", "2026-11-24T03:12:35.25Z");
    assert_cell(DATE, "2026-11-24", "2026-11-24");
    assert_cell(TEXT, "für €", "für €");
}

static void null_is_an_empty_field(void **state)
{
    (void)state;
    static const Oid types[] = {BOOL, INT4, NUMERIC, TEXT, JSON, TIMESTAMPTZ, DATE};
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        assert_cell(types[i], NULL, "");
    COLUMNS({"a", TEXT}, {"b", INT4}, {"c", JSON});
    ROW(NULL, NULL, NULL);
    assert_rows(1, ",,\r\n");
}

/* An amount that is a range alone has ends and no value. */
static void each_key_of_an_object_is_empty_by_itself(void **state)
{
    (void)state;
    COLUMNS({"a.b", INT4}, {"a.c", INT4});
    ROW(NULL, "2");
    assert_rows(1, ",2\r\n");
}

static void fields_that_need_quotes_have_them(void **state)
{
    (void)state;
    static const struct {
        const char *text, *cell;
    } cases[] = {
        {"", ""},
        {"plain", "plain"},
        {"a b", "a b"},
        {" a ", " a "},
        {"a;b", "a;b"},
        {"a'b", "a'b"},
        {"a,b", "\"a,b\""},
        {",", "\",\""},
        {"\"", "\"\"\"\""},
        {"\"\"", "\"\"\"\"\"\""},
        {"a\"b", "\"a\"\"b\""},
        {"a\nb", "\"a\nb\""},
        {"a\rb", "\"a\rb\""},
        {"a\r\nb", "\"a\r\nb\""},
        {"\n", "\"\n\""},
        {"a,\"b\"\r\n", "\"a,\"\"b\"\"\r\n\""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_cell(TEXT, cases[i].text, cases[i].cell);
}

static void formulas_are_defused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *cell;
    } cases[] = {
        {"=1+1", "'=1+1"},
        {"+1", "'+1"},
        {"-1", "'-1"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"\t=1", "'\t=1"},
        {"\r=1", "\"'\r=1\""},
        {"=", "'="},
        {"=A,B", "\"'=A,B\""},
        {"=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""},
        {"-\n", "\"'-\n\""},
        {"a=1", "a=1"},
        {" =1", " =1"},
        {"'=1", "'=1"},
        {"\"=1", "\"\"\"=1\""},
        {"1-1", "1-1"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_cell(TEXT, cases[i].text, cases[i].cell);
}

static void numbers_are_never_defused(void **state)
{
    (void)state;
    assert_cell(INT2, "-7", "-7");
    assert_cell(INT8, "-9223372036854775808", "-9223372036854775808");
    assert_cell(NUMERIC, "-0.5", "-0.5");
    assert_cell(TIMESTAMPTZ, "-infinity", "-infinity");
}

static void json_is_json_text(void **state)
{
    (void)state;
    assert_cell(JSON, "[]", "[]");
    assert_cell(JSONB, "null", "null");
    assert_cell(JSON, "{\"a\": [1, null]}", "\"{\"\"a\"\": [1, null]}\"");
    assert_cell(JSONB, "\"=1\"", "\"\"\"=1\"\"\"");
    assert_cell(JSON, "{\"a\":\n1}", "\"{\"\"a\"\":\n1}\"");
    assert_cell(JSONB, "-5", "-5");
}

/* Reads a field as RFC 4180 has it; the text behind it, or NULL. */
static const char *read_field(const char *text, char *field)
{
    bool quoted = *text == '"';
    for (text += quoted; *text; text++) {
        if (quoted ? *text == '"' && text[1] != '"' : strchr(",\r\n", *text) != NULL)
            break;
        if (*text == '"' && (!quoted || text[1] != '"'))
            return NULL;
        text += *text == '"';
        *field++ = *text;
    }
    *field = 0;
    return quoted && *text != '"' ? NULL : text + quoted;
}

static bool is_read_back(const char *field, const char *text)
{
    bool formula = *text && strchr("=+-@\t\r", *text);
    return (!formula || *field == '\'') && strcmp(field + formula, text) == 0;
}

static void any_texts_are_read_back(void **state)
{
    (void)state;
    static const char letters[] = "abc=+-@\t\r\n\",,\"\"'; ";
    struct dice dice = dice_begin();
    COLUMNS({"a", TEXT}, {"b", TEXT});
    lay_out(0, NULL);
    for (int i = 0; i < 2000; i++) {
        char texts[2][16] = {"", ""}, field[64];
        for (int j = 0; j < 2; j++)
            for (size_t size = dice_roll(&dice, sizeof(*texts)); size > 0; size--)
                texts[j][size - 1] = letters[dice_roll(&dice, sizeof(letters) - 1)];
        COLUMNS({"a", TEXT}, {"b", TEXT});
        ROW(texts[0], texts[1]);
        lay_out(0, NULL);
        csv_rows(&csv, result, &columns, 1);
        buffer_putc(&csv, 0);
        const char *rest = read_field(csv.data, field);
        assert_property(&dice, rest && *rest == ',' && is_read_back(field, texts[0]));
        rest = read_field(rest + 1, field);
        assert_property(&dice, rest && strcmp(rest, "\r\n") == 0 && is_read_back(field, texts[1]));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_header_names_what_is_shown),
        TEST(rows_have_the_headers_columns),
        TEST(only_the_first_rows_are_written),
        TEST(types_become_text),
        TEST(null_is_an_empty_field),
        TEST(each_key_of_an_object_is_empty_by_itself),
        TEST(fields_that_need_quotes_have_them),
        TEST(formulas_are_defused),
        TEST(numbers_are_never_defused),
        TEST(json_is_json_text),
        TEST(any_texts_are_read_back),
    };
    return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
