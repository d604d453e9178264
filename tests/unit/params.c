/* params: what is well-formed is bound, all else is refused and named, and the next page is read back */
#include "params.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cursor.h"
#include "dice.h"
#include "parsing.h"
#include "utf8.h"

static struct parsing parsing;

static int begin(void **state)
{
    (void)state;
    arena_init(&parsing.arena);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_release(&parsing.arena);
    return 0;
}

static bool parse(const char *target)
{
    return parsing_read(&parsing, target);
}

static const char *bound(const char *name)
{
    return parsing.params.bound[parsing_index(&parsing, name)];
}

static const char *given(const char *name)
{
    return parsing.params.given[parsing_index(&parsing, name)];
}

/* `count` times the element, with commas between, behind the target's beginning */
static const char *list_target(const char *before, const char *element, int count)
{
    static char target[40000];
    int size = sprintf(target, "%s", before);
    for (int i = 0; i < count; i++)
        size += sprintf(target + size, "%s%s", i ? "," : "", element);
    return target;
}

static void no_query_gives_nothing(void **state)
{
    (void)state;
    assert_true(parse("/v1/claims"));
    assert_int_equal(parsing.params.limit, LIMIT_DEFAULT);
    assert_null(parsing.params.id);
    for (int i = 0; i < PARAMS_MAX; i++) {
        assert_null(parsing.params.given[i]);
        assert_null(parsing.params.bound[i]);
    }
}

static void the_id_of_the_path_is_kept(void **state)
{
    (void)state;
    assert_true(parse("/v1/sources/market-shockwave/claims?limit=5"));
    assert_string_equal(parsing.params.id, "market-shockwave");
}

static void lists_are_bound_as_array_literals(void **state)
{
    (void)state;
    static const struct {
        const char *query, *name, *bound;
    } cases[] = {
        {"source=a", "source", "{\"a\"}"},
        {"source=a,b-2,c", "source", "{\"a\",\"b-2\",\"c\"}"},
        {"source=a%2Cb", "source", "{\"a\",\"b\"}"},
        {"subject=%61-b", "subject", "{\"a-b\"}"},
        {"stance=asserts,disputes", "stance", "{\"asserts\",\"disputes\"}"},
        {"language=de,en-GB", "language", "{\"de\",\"en-GB\"}"},
        {"sour%63e=a", "source", "{\"a\"}"},
        {"&source=a&&", "source", "{\"a\"}"},
        {"source=null", "source", "{\"null\"}"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        assert_true(parse(arena_format(&parsing.arena, "/v1/claims?%s", cases[i].query)));
        assert_string_equal(bound(cases[i].name), cases[i].bound);
    }
}

static void one_id_is_bound_as_it_is(void **state)
{
    (void)state;
    assert_true(parse("/v1/compare?subject=deepseek-r1&quantity=training-cost"));
    assert_string_equal(bound("subject"), "deepseek-r1");
    assert_string_equal(bound("quantity"), "training-cost");
    assert_null(bound("baseline"));
}

static void a_given_value_is_decoded(void **state)
{
    (void)state;
    assert_true(parse("/v1/claims?source=a%2Cb&stance=reports"));
    assert_string_equal(given("source"), "a,b");
    assert_string_equal(given("stance"), "reports");
    assert_null(given("kind"));
}

static void limits_are_read(void **state)
{
    (void)state;
    assert_true(parse("/v1/claims?limit=1"));
    assert_int_equal(parsing.params.limit, 1);
    assert_true(parse("/v1/claims?limit=200"));
    assert_int_equal(parsing.params.limit, LIMIT_MAX);
}

static void a_list_has_its_most_elements(void **state)
{
    (void)state;
    assert_true(parse(list_target("/v1/claims?source=", "a", LIST_MAX)));
    assert_int_equal(strlen(bound("source")), 4 * LIST_MAX + 1);
    assert_false(parse(list_target("/v1/claims?source=", "a", LIST_MAX + 1)));
}

static void the_longest_list_of_the_longest_ids_is_bound(void **state)
{
    (void)state;
    char id[ID_MAX + 1] = {0};
    memset(id, 'x', ID_MAX);
    assert_true(parse(list_target("/v1/claims?source=", id, LIST_MAX)));
    assert_int_equal(strlen(bound("source")), (ID_MAX + 3) * LIST_MAX + 1);
}

static void assert_ids(enum id_form form, bool valid, const char *const *ids)
{
    for (; *ids; ids++)
        if (id_valid(form, *ids) != valid)
            fail_msg("\"%s\" is judged wrongly", *ids);
}

static void slugs_are_told_from_other_texts(void **state)
{
    (void)state;
    assert_ids(ID_SLUG, true, (const char *const[]){"a", "0", "deepseek-r1", "a-b-c", "2021", NULL});
    assert_ids(ID_SLUG, false, (const char *const[]){"",    "-",   "-a", "a-",    "a--b", "A",     "aB",    "a_b",
                                                     "a.b", " a",  "a ", "a b",   "a\n",  "a,b",   "a/b",   "a'",
                                                     "a\"", "a\\", "é",  "{GPU}", "a%b",  "a\x7f", "a\xff", NULL});
}

static void codes_are_told_from_other_texts(void **state)
{
    (void)state;
    assert_ids(ID_CODE, true, (const char *const[]){"USD", "1", "{GPU}", "[car_m]", "m/s", "%", "a\"b\\", "!~", NULL});
    assert_ids(ID_CODE, false, (const char *const[]){"", " ", "a b", "a\t", "a\n", "é", "a\x7f", "\x01", "\xff", NULL});
}

static void an_id_has_its_most_bytes(void **state)
{
    (void)state;
    char id[ID_MAX + 2] = {0};
    memset(id, 'x', ID_MAX);
    assert_true(id_valid(ID_SLUG, id));
    assert_true(id_valid(ID_CODE, id));
    id[ID_MAX] = 'x';
    assert_false(id_valid(ID_SLUG, id));
    assert_false(id_valid(ID_CODE, id));
}

/* The target's only fault is of this code and names this parameter. */
static void assert_fault(const char *target, enum error_code code, const char *parameter)
{
    if (parse(target))
        fail_msg("%s is taken", target);
    assert_int_equal(parsing.error.code, code);
    assert_int_equal(parsing.error.faults_count, 1);
    assert_string_equal(parsing.error.faults[0].parameter, parameter);
    assert_true(strlen(parsing.error.faults[0].detail) > 0);
    assert_string_equal(parsing.error.detail, parsing.error.faults[0].detail);
}

static void assert_each_fault(const char *path, const char *parameter, const char *const *values)
{
    for (; *values; values++)
        assert_fault(arena_format(&parsing.arena, "%s?%s=%s", path, parameter, *values), ERROR_INVALID_PARAMETER,
                     parameter);
}

static void bad_limits_are_refused(void **state)
{
    (void)state;
    assert_each_fault("/v1/claims", "limit",
                      (const char *const[]){"0", "-1", "201", "9999", "abc", "", "+5", "%2B5", "5.0", "5e1", "0x5",
                                            "%205", "5%20", "4294967297", "99999999999999999999", "1,2", "٥", NULL});
}

static void bad_ids_are_refused(void **state)
{
    (void)state;
    const char *const values[] = {"",     ",",      "a,",    ",a", "a,,b", "a+b", "%22",
                                  "a%5C", "%C3%A9", "a%2Fb", "A",  "-a",   "{}",  NULL};
    assert_each_fault("/v1/claims", "source", values);
    assert_each_fault("/v1/compare", "claims", values);
}

static void one_id_is_no_list(void **state)
{
    (void)state;
    assert_each_fault("/v1/compare", "baseline", (const char *const[]){"", "a,b", "a b", "%22", NULL});
}

static void bad_words_are_refused(void **state)
{
    (void)state;
    assert_each_fault("/v1/claims", "stance",
                      (const char *const[]){"", "Asserts", "assert", "asserts,", "asserts,x", "asserts reports", NULL});
}

static void a_refused_word_is_told_the_values(void **state)
{
    (void)state;
    assert_fault("/v1/claims?hedge=maybe", ERROR_INVALID_PARAMETER, "hedge");
    for (const struct param *param = parsing.params.route->params; param->name; param++)
        if (strcmp(param->name, "hedge") == 0)
            for (const char *const *value = param->values; *value; value++)
                assert_non_null(strstr(parsing.error.detail, *value));
}

static void good_tags_are_taken(void **state)
{
    (void)state;
    static const char *const tags[] = {"de", "it", "en-GB", "zh-Hant-TW", "de-CH-1996", "sl-rozaj-biske", "haw"};
    for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
        assert_true(parse(arena_format(&parsing.arena, "/v1/claims?language=%s", tags[i])));
}

static void bad_tags_are_refused(void **state)
{
    (void)state;
    assert_each_fault("/v1/claims", "language",
                      (const char *const[]){"", "d", "de_DE", "de,", "d%C3%A9", "de DE", "*", NULL});
}

static void tags_of_another_grammar_are_refused(void **state)
{
    (void)state;
    assert_each_fault(
        "/v1/claims", "language",
        (const char *const[]){"--", "-de", "de-", "de--CH", "123", "languagename", "de-verylongsubtag", NULL});
}

static void unknown_parameters_are_refused(void **state)
{
    (void)state;
    assert_fault("/v1/claims?foo=1", ERROR_UNKNOWN_PARAMETER, "foo");
    assert_fault("/v1/claims?Source=a", ERROR_UNKNOWN_PARAMETER, "Source");
    assert_fault("/v1/claims?sourc=a", ERROR_UNKNOWN_PARAMETER, "sourc");
    assert_fault("/v1/claims?=a", ERROR_UNKNOWN_PARAMETER, "");
    assert_fault("/v1/claims?=", ERROR_UNKNOWN_PARAMETER, "");
    assert_fault("/v1/claims/a?limit=1", ERROR_UNKNOWN_PARAMETER, "limit");
    assert_fault("/healthz?a", ERROR_UNKNOWN_PARAMETER, "a");
    assert_fault("/v1/claims?caf%C3%A9=1", ERROR_UNKNOWN_PARAMETER, "café");
}

static void a_parameter_without_a_value_is_empty(void **state)
{
    (void)state;
    assert_fault("/v1/claims?limit", ERROR_INVALID_PARAMETER, "limit");
    assert_fault("/v1/claims?source", ERROR_INVALID_PARAMETER, "source");
}

static void repeated_parameters_are_refused(void **state)
{
    (void)state;
    assert_fault("/v1/claims?source=a&source=a", ERROR_REPEATED_PARAMETER, "source");
    assert_fault("/v1/claims?limit=1&limit=2", ERROR_REPEATED_PARAMETER, "limit");
    assert_fault("/v1/claims?stance=reports&%73tance=reports", ERROR_REPEATED_PARAMETER, "stance");
}

static void all_that_is_wrong_is_said_at_once(void **state)
{
    (void)state;
    assert_false(parse("/v1/claims?foo=1&limit=x&source=,&stance=no&bar"));
    static const char *const names[] = {"foo", "limit", "source", "stance", "bar"};
    assert_int_equal(parsing.error.code, ERROR_UNKNOWN_PARAMETER);
    assert_int_equal(parsing.error.faults_count, 5);
    for (int i = 0; i < 5; i++)
        assert_string_equal(parsing.error.faults[i].parameter, names[i]);
}

static void a_query_that_cannot_be_decoded_is_malformed(void **state)
{
    (void)state;
    static const char *const queries[] = {"%",          "source=%zz", "so%urce=a",  "source=%00",
                                          "source=%FF", "%C3=1",      "limit=1&%0A"};
    for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++) {
        assert_false(parse(arena_format(&parsing.arena, "/v1/claims?%s", queries[i])));
        assert_int_equal(parsing.error.code, ERROR_MALFORMED_REQUEST);
    }
}

/* Every length up to beyond any bound, so that some bound falls into the middle of a character. */
static void long_names_are_told_in_whole_characters(void **state)
{
    (void)state;
    for (int size = 1; size < 200; size++) {
        char name[300];
        sprintf(name, "%0*d\u20AC\u20AC", size, 0);
        assert_false(parse(arena_format(&parsing.arena, "/v1/claims?%s=1", name)));
        if (!utf8_valid(parsing.error.detail, strlen(parsing.error.detail)) ||
            !utf8_valid(parsing.error.faults[0].parameter, strlen(parsing.error.faults[0].parameter)))
            fail_msg("a name of %d letters and two euro signs is cut within a character", size);
    }
}

/* ---- pages ---- */

static void the_next_page_is_written_out(void **state)
{
    (void)state;
    assert_true(parse("/v1/sources/%7Ba%7D/claims?stance=asserts,reports&limit=7"));
    const char *next = params_next(&parsing.arena, &parsing.params, "last");
    const char *cursor = cursor_encode(&parsing.arena, parsing.params.fingerprint, "last");
    assert_string_equal(
        next,
        arena_format(&parsing.arena, "/v1/sources/%%7Ba%%7D/claims?stance=asserts,reports&limit=7&cursor=%s", cursor));
}

static void a_page_without_parameters_has_a_next(void **state)
{
    (void)state;
    assert_true(parse("/v1/claims"));
    assert_true(parse(params_next(&parsing.arena, &parsing.params, "last")));
    assert_string_equal(bound("cursor"), "last");
}

static void the_next_page_takes_the_place_of_the_present(void **state)
{
    (void)state;
    assert_true(parse("/v1/claims?kind=numeric"));
    assert_true(parse(params_next(&parsing.arena, &parsing.params, "first")));
    assert_true(parse(params_next(&parsing.arena, &parsing.params, "second")));
    assert_string_equal(bound("cursor"), "second");
    assert_string_equal(bound("kind"), "{\"numeric\"}");
}

static const char *next_of(const char *target)
{
    assert_true(parse(target));
    return strstr(params_next(&parsing.arena, &parsing.params, "last"), "cursor=");
}

static void a_cursor_belongs_to_its_list(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
    } cases[] = {
        {"/v1/claims?", "/v1/sources?"},
        {"/v1/claims?", "/v1/sources/a/claims?"},
        {"/v1/sources/a/claims?", "/v1/sources/b/claims?"},
        {"/v1/claims?", "/v1/claims?source=a&"},
        {"/v1/claims?source=a&", "/v1/claims?"},
        {"/v1/claims?source=a", "/v1/claims?source=b&"},
        {"/v1/claims?source=a", "/v1/claims?subject=a&"},
        {"/v1/claims?source=a", "/v1/claims?source=a,b&"},
        {"/v1/claims?source=a&stance=asserts", "/v1/claims?source=a&"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_fault(arena_format(&parsing.arena, "%s%s", cases[i].to, next_of(cases[i].from)), ERROR_INVALID_CURSOR,
                     "cursor");
}

static void a_cursor_stays_when_the_limit_or_the_order_changes(void **state)
{
    (void)state;
    const char *cursor = next_of("/v1/claims?limit=5&source=a&stance=asserts");
    assert_true(parse(arena_format(&parsing.arena, "/v1/claims?stance=asserts&%s&limit=9&source=a", cursor)));
    assert_string_equal(bound("cursor"), "last");
}

static void a_bad_cursor_is_refused(void **state)
{
    (void)state;
    assert_fault("/v1/claims?cursor=", ERROR_INVALID_CURSOR, "cursor");
    assert_fault("/v1/claims?cursor=abc", ERROR_INVALID_CURSOR, "cursor");
    assert_fault("/v1/claims?cursor=%C3%A9", ERROR_INVALID_CURSOR, "cursor");
}

static void a_forged_cursor_leads_to_an_id(void **state)
{
    (void)state;
    static const char *const forged[] = {"a b", "\x01", "\x7f", "\xff", "é"};
    assert_true(parse("/v1/claims"));
    uint64_t fingerprint = parsing.params.fingerprint;
    for (size_t i = 0; i < sizeof(forged) / sizeof(*forged); i++)
        assert_fault(
            arena_format(&parsing.arena, "/v1/claims?cursor=%s", cursor_encode(&parsing.arena, fingerprint, forged[i])),
            ERROR_INVALID_CURSOR, "cursor");
}

static const char *random_text(struct dice *dice, const char *letters)
{
    char text[ID_MAX + 1];
    size_t size = 1 + dice_roll(dice, ID_MAX);
    for (size_t i = 0; i < size; i++)
        text[i] = letters[dice_roll(dice, (uint32_t)strlen(letters))];
    return arena_copy(&parsing.arena, text, size);
}

static const char *random_slug(struct dice *dice)
{
    return random_text(dice, "abcdefghijklmnopqrstuvwxyz0123456789");
}

static const char *random_code(struct dice *dice)
{
    return random_text(dice, "abcABC0123456789-._~{}[]()*'!$;:@^|<>=+`%&#?,\"\\");
}

static void random_value(struct dice *dice, const struct param *param, struct buffer *query)
{
    uint32_t elements = param->type == PARAM_ID ? 1 : 1 + dice_roll(dice, 3), words = 0;
    while (param->values && param->values[words])
        words++;
    for (uint32_t i = 0; i < elements; i++) {
        if (i)
            buffer_putc(query, ',');
        if (param->type == PARAM_WORDS)
            buffer_puts(query, param->values[dice_roll(dice, words)]);
        else if (param->type == PARAM_TAGS)
            buffer_puts(query, dice_roll(dice, 2) ? "de" : "en-GB");
        else
            url_encode(query, random_slug(dice));
    }
}

/* A random page of a list, each parameter being given or not. */
static const char *random_target(struct dice *dice, const struct route *route)
{
    struct buffer target = BUFFER_INIT;
    const char *hole = strstr(route->path, "{id}");
    buffer_append(&target, route->path, hole ? (size_t)(hole - route->path) : strlen(route->path));
    if (hole) {
        url_encode(&target, random_code(dice));
        buffer_puts(&target, hole + strlen("{id}"));
    }
    buffer_putc(&target, '?');
    for (const struct param *param = route->params; param->name; param++) {
        if (param->type == PARAM_CURSOR || dice_roll(dice, 2))
            continue;
        buffer_puts(&target, arena_format(&parsing.arena, "%s=", param->name));
        if (param->type == PARAM_LIMIT)
            buffer_puts(&target, arena_format(&parsing.arena, "%u", 1 + dice_roll(dice, LIMIT_MAX)));
        else
            random_value(dice, param, &target);
        buffer_putc(&target, '&');
    }
    const char *copy = arena_copy(&parsing.arena, target.data, target.size);
    buffer_release(&target);
    return copy;
}

static bool same(const char *left, const char *right)
{
    return left == right || (left && right && strcmp(left, right) == 0);
}

/* True if `later` asks for the page of `earlier` that begins after the row `id`. */
static bool follows(const struct params *earlier, const struct params *later, const char *id)
{
    bool good = later->route == earlier->route && same(later->id, earlier->id) && later->limit == earlier->limit &&
                later->fingerprint == earlier->fingerprint;
    for (int i = 0; earlier->route->params[i].name; i++)
        good &= same(later->bound[i], earlier->route->params[i].type == PARAM_CURSOR ? id : earlier->bound[i]);
    return good;
}

static void the_next_page_of_any_list_is_read_back(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    for (int i = 0; i < 100; i++)
        for (const struct route *route = routes; route->path; route++) {
            if (route->shape != SHAPE_LIST)
                continue;
            assert_property(&dice, parse(random_target(&dice, route)));
            struct params earlier = parsing.params;
            const char *id = random_code(&dice);
            assert_property(&dice, parse(params_next(&parsing.arena, &earlier, id)));
            assert_property(&dice, follows(&earlier, &parsing.params, id));
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_query_gives_nothing),
        TEST(the_id_of_the_path_is_kept),
        TEST(lists_are_bound_as_array_literals),
        TEST(one_id_is_bound_as_it_is),
        TEST(a_given_value_is_decoded),
        TEST(limits_are_read),
        TEST(a_list_has_its_most_elements),
        TEST(the_longest_list_of_the_longest_ids_is_bound),
        TEST(slugs_are_told_from_other_texts),
        TEST(codes_are_told_from_other_texts),
        TEST(an_id_has_its_most_bytes),
        TEST(bad_limits_are_refused),
        TEST(bad_ids_are_refused),
        TEST(one_id_is_no_list),
        TEST(bad_words_are_refused),
        TEST(a_refused_word_is_told_the_values),
        TEST(good_tags_are_taken),
        TEST(bad_tags_are_refused),
        TEST(tags_of_another_grammar_are_refused),
        TEST(unknown_parameters_are_refused),
        TEST(a_parameter_without_a_value_is_empty),
        TEST(repeated_parameters_are_refused),
        TEST(all_that_is_wrong_is_said_at_once),
        TEST(a_query_that_cannot_be_decoded_is_malformed),
        TEST(long_names_are_told_in_whole_characters),
        TEST(the_next_page_is_written_out),
        TEST(a_page_without_parameters_has_a_next),
        TEST(the_next_page_takes_the_place_of_the_present),
        TEST(a_cursor_belongs_to_its_list),
        TEST(a_cursor_stays_when_the_limit_or_the_order_changes),
        TEST(a_bad_cursor_is_refused),
        TEST(a_forged_cursor_leads_to_an_id),
        TEST(the_next_page_of_any_list_is_read_back),
    };
    return cmocka_run_group_tests_name("params", tests, NULL, NULL);
}
