/* columns: names with dots become nested keys, and only what is wanted stays */
#include "columns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dice.h"
#include "result.h"

static struct arena arena;
static struct columns columns;

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
    arena_release(&arena);
    return 0;
}

/* The keys from `first` to `last` as text: an object's in parentheses behind its own. */
static const char *sketch(int first, int last)
{
    const char *text = "";
    for (int i = first; i < last; i = columns.keys[i].end) {
        const struct column *key = &columns.keys[i];
        text = arena_format(&arena, "%s%s%.*s", text, *text ? " " : "", (int)key->key_size, key->key);
        if (key->end > i + 1)
            text = arena_format(&arena, "%s(%s)", text, sketch(i + 1, key->end));
    }
    return text;
}

static void assert_laid_out(unsigned hidden, const char *fields, const char *expected)
{
    assert_null(columns_init(&columns, &arena, result, hidden, fields));
    assert_string_equal(sketch(0, columns.count), expected);
}

static void assert_unknown(unsigned hidden, const char *fields, const char *unknown)
{
    const char *found = columns_init(&columns, &arena, result, hidden, fields);
    assert_non_null(found);
    assert_string_equal(found, unknown);
}

static void kinds_follow_types(void **state)
{
    (void)state;
    static const struct {
        Oid type;
        enum column_kind kind;
    } cases[] = {{BOOL, COLUMN_BOOL},       {INT2, COLUMN_NUMBER}, {INT4, COLUMN_NUMBER},  {INT8, COLUMN_NUMBER},
                 {NUMERIC, COLUMN_DECIMAL}, {JSON, COLUMN_JSON},   {JSONB, COLUMN_JSON},   {TIMESTAMPTZ, COLUMN_TIME},
                 {TEXT, COLUMN_TEXT},       {DATE, COLUMN_TEXT},   {VARCHAR, COLUMN_TEXT}, {FLOAT8, COLUMN_TEXT},
                 {0, COLUMN_TEXT},          {4000000, COLUMN_TEXT}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        COLUMNS({"a", cases[i].type});
        assert_laid_out(0, NULL, "a");
        assert_int_equal(columns.keys[0].kind, cases[i].kind);
    }
}

static void a_column_is_a_key(void **state)
{
    (void)state;
    COLUMNS({"b", TEXT}, {"a", INT4});
    assert_laid_out(0, NULL, "b a");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(columns.keys[i].place, i);
        assert_int_equal(columns.keys[i].end, i + 1);
        assert_string_equal(columns.keys[i].name, PQfname(result, i));
    }
    assert_string_equal(columns.keys[0].key, "b");
    assert_int_equal(columns.keys[0].key_size, 1);
}

static void dots_nest_to_any_depth(void **state)
{
    (void)state;
    COLUMNS({"id", TEXT}, {"a.b", INT4}, {"a.c.d", INT4}, {"a.c.e.f.g", INT4}, {"a.c.h", INT4}, {"i.j", INT4});
    assert_laid_out(0, NULL, "id a(b c(d e(f(g)) h)) i(j)");
}

static void an_object_lies_where_its_first_column_is(void **state)
{
    (void)state;
    COLUMNS({"x", TEXT}, {"a.b.c", INT4}, {"a.d", INT4});
    assert_laid_out(0, NULL, "x a(b(c) d)");
    static const int places[] = {0, 1, 1, 1, 2}, ends[] = {1, 5, 4, 4, 5};
    assert_int_equal(columns.count, 5);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(columns.keys[i].place, places[i]);
        assert_int_equal(columns.keys[i].end, ends[i]);
    }
}

static void similar_names_are_apart(void **state)
{
    (void)state;
    COLUMNS({"a", INT4}, {"ab", INT4}, {"ab.c", INT4}, {"abc.c", INT4}, {"abc.cd", INT4}, {"abc.cd.e", INT4});
    assert_laid_out(0, NULL, "a ab ab(c) abc(c cd cd(e))");
}

static void the_deepest_nesting_fits(void **state)
{
    (void)state;
    COLUMNS({"a.b.c.d.e.f.g.h.i.j", INT4}, {"a.b.c.d.e.f.g.h.i.k", INT4}, {"a.b.l.d.e.f.g.h.i.j", INT4},
            {"m.n.o.p.q.r.s.t.u.v", INT4});
    assert_laid_out(0, NULL, "a(b(c(d(e(f(g(h(i(j k))))))) l(d(e(f(g(h(i(j))))))))) m(n(o(p(q(r(s(t(u(v)))))))))");
}

static void hidden_columns_are_left_out(void **state)
{
    (void)state;
    COLUMNS({"a.b", INT4}, {"a.c", INT4}, {"a.d", INT4}, {"key", INT4});
    assert_laid_out(1, NULL, "a(b c d)");
    assert_laid_out(2, NULL, "a(b c)");
    assert_laid_out(4, NULL, "");
}

static void fields_choose(void **state)
{
    (void)state;
    static const struct {
        const char *fields, *expected;
    } cases[] = {{"id", "id"},
                 {"line,id", "id line"},
                 {"a", "a(b c(d e))"},
                 {"a.b", "a(b)"},
                 {"a.c", "a(c(d e))"},
                 {"a.c.e", "a(c(e))"},
                 {"a.c.e,id", "id a(c(e))"},
                 {"a.b,a", "a(b c(d e))"},
                 {"id,id,id", "id"},
                 {"f.g", "f(g)"},
                 {"id,a,line,f", "id a(b c(d e)) line f(g)"}};
    COLUMNS({"id", TEXT}, {"a.b", INT4}, {"a.c.d", INT4}, {"a.c.e", INT4}, {"line", INT4}, {"f.g", INT4});
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_laid_out(0, cases[i].fields, cases[i].expected);
}

/* Whether an object is null is what its first column says, even if that is not shown. */
static void an_object_keeps_the_place_of_its_first_column(void **state)
{
    (void)state;
    COLUMNS({"id", TEXT}, {"a.b", INT4}, {"a.c.d", INT4}, {"a.c.e", INT4});
    assert_laid_out(0, "a.c.e", "a(c(e))");
    assert_int_equal(columns.keys[0].place, 1);
    assert_int_equal(columns.keys[1].place, 2);
    assert_int_equal(columns.keys[2].place, 3);
}

static void the_first_unknown_field_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *fields, *unknown;
    } cases[] = {{"x", "x"},       {"id,x,y", "x"},    {"i", "i"}, {"idd", "idd"}, {"id.x", "id.x"}, {"a.", "a."},
                 {"a.bb", "a.bb"}, {"a.b.c", "a.b.c"}, {"b", "b"}, {".", "."},     {"", ""},         {"id,", ""},
                 {",id", ""},      {"id,,a", ""},      {",", ""},  {"ID", "ID"},   {"id ", "id "},   {"a,a.x", "a.x"}};
    COLUMNS({"id", TEXT}, {"a.b", INT4}, {"a.c", INT4});
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_unknown(0, cases[i].fields, cases[i].unknown);
}

static void a_hidden_column_is_no_field(void **state)
{
    (void)state;
    COLUMNS({"id", TEXT}, {"key_0", INT4});
    assert_unknown(1, "key_0", "key_0");
    assert_unknown(1, "id,key_0", "key_0");
    assert_laid_out(0, "key_0", "key_0");
}

static void names_are_listed_once(void **state)
{
    (void)state;
    COLUMNS({"id", TEXT}, {"a.b", INT4}, {"a.c.d", INT4}, {"ab", INT4}, {"ab.c", INT4}, {"a.e", INT4}, {"key", INT4});
    assert_string_equal(columns_names(&arena, result, 1), "id, a, ab, a");
    COLUMNS({"id", TEXT}, {"a.b", INT4}, {"a.c", INT4}, {"key", INT4});
    assert_string_equal(columns_names(&arena, result, 1), "id, a");
    assert_string_equal(columns_names(&arena, result, 0), "id, a, key");
    assert_string_equal(columns_names(&arena, result, 4), "");
}

static void assert_time(const char *text, const char *expected)
{
    char time[COLUMN_TIME_SIZE];
    assert_int_equal(column_time(text, strlen(text), time), strlen(expected));
    assert_string_equal(time, expected);
}

static void times_become_rfc_3339(void **state)
{
    (void)state;
    assert_time("2026-11-24 03:12:35+00", "2026-11-24T03:12:35Z");
    assert_time("2026-11-24 03:12:35.25+00", "2026-11-24T03:12:35.25Z");
    assert_time("0001-01-01 00:00:00.000001+00", "0001-01-01T00:00:00.000001Z");
    assert_time("294276-12-31 23:59:59.999999+00", "294276-12-31T23:59:59.999999Z");
    assert_time("infinity", "infinity");
    assert_time("-infinity", "-infinity");
}

static void a_time_ends_at_its_size(void **state)
{
    (void)state;
    char time[COLUMN_TIME_SIZE];
    assert_int_equal(column_time("2026-11-24 03:12:35+00garbage", 22, time), 20);
    assert_string_equal(time, "2026-11-24T03:12:35Z");
}

/* Sorted names of a few short words: all that stands side by side is one object. */
static int name_tree(struct dice *dice, char names[][64], int count, const char *before, int depth)
{
    int keys = 1 + (int)dice_roll(dice, 3);
    for (int i = 0; i < keys && count < RESULT_WIDTH_MAX; i++) {
        char name[64];
        snprintf(name, sizeof(name), "%.40s%c", before, 'a' + i);
        if (depth < 5 && dice_roll(dice, 2))
            count = name_tree(dice, names, count, strcat(name, "."), depth + 1);
        else
            strcpy(names[count++], name);
    }
    return count;
}

/* Whether each leaf's name is its path of keys, and each key lies in what encloses it. */
static bool spells(int first, int last, const char *path)
{
    for (int i = first; i < last; i = columns.keys[i].end) {
        const struct column *key = &columns.keys[i];
        const char *name = arena_format(&arena, "%s%.*s", path, (int)key->key_size, key->key);
        if (key->end > last || key->end <= i)
            return false;
        if (key->end == i + 1 ? strcmp(key->name, name) != 0 || strcmp(PQfname(result, key->place), name) != 0
                              : !spells(i + 1, key->end, arena_format(&arena, "%s.", name)))
            return false;
    }
    return true;
}

static int leaves(void)
{
    int count = 0;
    for (int i = 0; i < columns.count; i++)
        count += columns.keys[i].end == i + 1;
    return count;
}

static void any_tree_is_spelt_out(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    for (int i = 0; i < 500; i++) {
        static char names[RESULT_WIDTH_MAX][64];
        struct result_column list[RESULT_WIDTH_MAX + 1] = {{NULL, 0}};
        int count = name_tree(&dice, names, 0, "", 0);
        for (int j = 0; j < count; j++)
            list[j] = (struct result_column){names[j], TEXT};
        result_begin(list);
        assert_property(&dice, !columns_init(&columns, &arena, result, 0, NULL));
        assert_property(&dice, leaves() == count && spells(0, columns.count, ""));
        const char *one = names[dice_roll(&dice, (uint32_t)count)];
        assert_property(&dice, !columns_init(&columns, &arena, result, 0, one));
        assert_property(&dice, leaves() == 1 && spells(0, columns.count, ""));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(kinds_follow_types),
        TEST(a_column_is_a_key),
        TEST(dots_nest_to_any_depth),
        TEST(an_object_lies_where_its_first_column_is),
        TEST(similar_names_are_apart),
        TEST(the_deepest_nesting_fits),
        TEST(hidden_columns_are_left_out),
        TEST(fields_choose),
        TEST(an_object_keeps_the_place_of_its_first_column),
        TEST(the_first_unknown_field_is_told),
        TEST(a_hidden_column_is_no_field),
        TEST(names_are_listed_once),
        TEST(times_become_rfc_3339),
        TEST(a_time_ends_at_its_size),
        TEST(any_tree_is_spelt_out),
    };
    return cmocka_run_group_tests_name("columns", tests, NULL, NULL);
}
