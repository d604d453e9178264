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
#include "sealed.h"
#include "utf8.h"

static struct parsing parsing;

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
    arena_release(&parsing.arena);
    return 0;
}

static bool parse(const char *target)
{
    return parsing_read(&parsing, target);
}

/* The first term of that name, or NULL. */
static const struct term *term(const char *name)
{
    for (unsigned i = 0; i < parsing.params.terms_count; i++)
        if (strcmp(parsing.params.terms[i].param->name, name) == 0)
            return &parsing.params.terms[i];
    return NULL;
}

static const char *bound(const char *name)
{
    return term(name) ? term(name)->bound : NULL;
}

static const char *given(const char *name)
{
    return term(name) ? term(name)->given : NULL;
}

static bool parse_query(const char *path, const char *query)
{
    return parse(arena_format(&parsing.arena, "%s?%s", path, query));
}

/* The page that begins behind the row with this id, of a list that is sorted by nothing else. */
static const char *next_page(const struct params *params, const char *id)
{
    return params_target(&parsing.arena, params, params_cursor(&parsing.arena, params, &id));
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
    assert_int_equal(parsing.params.terms_count, 0);
    assert_int_equal(parsing.params.embeds, 0);
    assert_null(parsing.params.fields);
    assert_null(parsing.params.representation);
    assert_false(parsing.params.limited);
    assert_false(parsing.params.continued);
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
    assert_true(parsing.params.limited);
    assert_null(bound("limit"));
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
                      (const char *const[]){"", "Asserts", "assert", "asserts,", "asserts,x", "asserts reports", "not.",
                                            "not.x", "eq.asserts", "is.null", NULL});
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

/* ---- operators ---- */

/* The condition and value that the target's only term has. */
static void assert_term(const char *query, const char *condition, const char *value)
{
    if (!parse_query("/v1/claims", query))
        fail_msg("%s is refused: %s", query, parsing.error.detail);
    assert_int_equal(parsing.params.terms_count, 1);
    const struct term *only = &parsing.params.terms[0];
    if (!strstr(only->param->condition, condition))
        fail_msg("%s means %s", query, only->param->condition);
    assert_string_equal(only->bound, value);
    assert_string_equal(only->given, strchr(query, '=') + 1);
}

static void operators_choose_a_condition(void **state)
{
    (void)state;
    assert_term("source=a", "claim.source_id = ANY (?)", "{\"a\"}");
    assert_term("source=not.a,b", "(claim.source_id = ANY (?)) IS NOT TRUE", "{\"a\",\"b\"}");
    assert_term("stance=not.asserts", "(claim.stance = ANY (?)) IS NOT TRUE", "{\"asserts\"}");
    assert_term("language=not.en-GB", "(claim.language = ANY (?)) IS NOT TRUE", "{\"en-GB\"}");
    assert_term("line=5", "claim.line = ?", "5");
    assert_term("line=eq.5", "claim.line = ?", "5");
    assert_term("line=gt.5", "claim.line > ?", "5");
    assert_term("line=gte.5", "claim.line >= ?", "5");
    assert_term("line=lt.5", "claim.line < ?", "5");
    assert_term("line=lte.5", "claim.line <= ?", "5");
    assert_term("value=-1.5e-9", " = ?", "-1.5e-9");
    assert_term("value=lt..5", " < ?", ".5");
    assert_term("published_at=gte.2025-01-27",
                "coalesce(claim.published_at, 'infinity') >= ? AND coalesce(claim.published_at, '-infinity') >= ?",
                "2025-01-27");
    assert_term("created_at=lt.2025-01-27T12:00:00.5Z", "claim.created_at < ?", "2025-01-27T12:00:00.5Z");
    assert_term("created_at=lt.2025-01-27", "claim.created_at < ?", "2025-01-27");
    assert_term("quantity=is.null", "CASE WHEN ? THEN claim.quantity_id IS NULL ELSE claim.quantity_id IS NOT NULL END",
                "true");
    assert_term("quantity=not.is.null",
                "CASE WHEN ? THEN claim.quantity_id IS NULL ELSE claim.quantity_id IS NOT NULL END", "false");
    assert_term("value=is.null",
                "CASE WHEN ? THEN claim.figure_amount IS NULL ELSE claim.figure_amount IS NOT NULL END", "true");
    assert_term("published_at=not.is.null",
                "CASE WHEN ? THEN claim.published_at IS NULL ELSE claim.published_at IS NOT NULL END", "false");
    assert_term("source=not", "claim.source_id = ANY (?)", "{\"not\"}");
    assert_term("quantity=null", "claim.quantity_id = ANY (?)", "{\"null\"}");
}

static void operators_that_are_not_there_are_refused(void **state)
{
    (void)state;
    assert_each_fault("/v1/claims", "source",
                      (const char *const[]){"not.", "not.not.a", "eq.a", "NOT.a", "is.null", "not.is.null", "not.a,",
                                            "a,not.b", ".a", "like.a", NULL});
    assert_each_fault("/v1/claims", "line",
                      (const char *const[]){"gte.", "gte", "gte5", "gte.gte.5", "gte..5", "ge.5", "not.5", "GT.5",
                                            "is.null", "not.is.null", ".5", "eq.5.0", "lt.5,6", "0", "gt.0", NULL});
    assert_each_fault("/v1/claims", "quantity",
                      (const char *const[]){"is.", "is.NULL", "is.null.", "is.not.null", "not.is.null.",
                                            "not.not.is.null", "is.true", NULL});
}

static void bad_values_of_an_ordered_type_are_refused(void **state)
{
    (void)state;
    assert_each_fault("/v1/claims", "value",
                      (const char *const[]){"", "x", "NaN", "Infinity", "-inf", "gte.NaN", "1,5", "0x5", "1e999",
                                            "%2B5", "5%20", "lt.", NULL});
    assert_each_fault("/v1/claims", "published_at",
                      (const char *const[]){"", "2025", "2025-02-29", "gt.2025-13-01", "2025-01-27T12:00:00Z", "today",
                                            "infinity", "lte.", "2025-%201-27", NULL});
    assert_each_fault("/v1/claims", "created_at",
                      (const char *const[]){"", "2025", "2025-01-27T12:00:00", "2025-01-27T12:00:00+02:00", "now",
                                            "gte.infinity", "2025-01-27%2012:00:00Z", NULL});
}

static void a_plus_has_to_be_escaped(void **state)
{
    (void)state;
    assert_true(parse("/v1/claims?created_at=2025-01-27T12:00:00%2B02:00"));
    assert_string_equal(bound("created_at"), "2025-01-27T12:00:00+02:00");
    assert_true(parse("/v1/claims?value=1e%2B9"));
    assert_string_equal(bound("value"), "1e+9");
}

static void a_refused_value_is_told_the_operators(void **state)
{
    (void)state;
    static const char *const operators[] = {"eq.", "gt.", "gte.", "lt.", "lte."};
    assert_fault("/v1/claims?value=maybe", ERROR_INVALID_PARAMETER, "value");
    for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++)
        assert_non_null(strstr(parsing.error.detail, operators[i]));
}

static void ordered_operators_may_repeat(void **state)
{
    (void)state;
    assert_true(parse("/v1/claims?value=gt.1&value=gt.2&value=lt.9&value=5&value=5"));
    assert_int_equal(parsing.params.terms_count, 5);
    static const char *const values[] = {"5", "5", "1", "2", "9"}; /* eq, gt, lt: the table's order, then their own */
    for (int i = 0; i < 5; i++)
        assert_string_equal(parsing.params.terms[i].bound, values[i]);
}

static void different_operators_of_a_list_go_together(void **state)
{
    (void)state;
    assert_true(parse("/v1/claims?quantity=not.a&quantity=b&quantity=not.is.null"));
    assert_int_equal(parsing.params.terms_count, 3);
    assert_fault("/v1/claims?source=not.a&source=not.b", ERROR_REPEATED_PARAMETER, "source");
    assert_fault("/v1/claims?quantity=is.null&quantity=not.is.null", ERROR_REPEATED_PARAMETER, "quantity");
    assert_fault("/v1/claims?source=a&source=b&source=not.c", ERROR_REPEATED_PARAMETER, "source");
}

static const char *repeated(const char *pair, int count)
{
    const char *query = pair;
    while (--count)
        query = arena_format(&parsing.arena, "%s&%s", query, pair);
    return query;
}

static void a_request_has_its_most_parameters(void **state)
{
    (void)state;
    assert_true(parse_query("/v1/claims", repeated("value=gt.1", TERMS_MAX)));
    assert_int_equal(parsing.params.terms_count, TERMS_MAX);
    assert_false(parse_query("/v1/claims", repeated("value=gt.1", TERMS_MAX + 1)));
    assert_int_equal(parsing.error.code, ERROR_INVALID_PARAMETER);
    assert_false(parse_query("/v1/claims", repeated("value=gt.1", 20 * TERMS_MAX)));
    assert_int_equal(parsing.error.faults_count, ERROR_FAULTS_MAX);
}

static void terms_stand_in_the_tables_order(void **state)
{
    (void)state;
    assert_true(parse("/v1/claims?limit=5&stance=asserts&source=not.b&sort=id&source=a&id=c"));
    assert_int_equal(parsing.params.terms_count, 6);
    for (unsigned i = 1; i < parsing.params.terms_count; i++)
        assert_true(parsing.params.terms[i - 1].param < parsing.params.terms[i].param);
}

/* ---- the form of the answer ---- */

static void texts_are_bound_as_they_are(void **state)
{
    (void)state;
    assert_true(parse("/v1/sources?url=https://example.org/a?b=c%26d%23'%22%5C"));
    assert_string_equal(bound("url"), "https://example.org/a?b=c&d#'\"\\");
    assert_fault("/v1/sources?url=", ERROR_INVALID_PARAMETER, "url");
    assert_fault(list_target("/v1/sources?url=", "a", TEXT_MAX / 2 + 1), ERROR_INVALID_PARAMETER, "url");
    assert_true(parse(list_target("/v1/sources?url=", "a", TEXT_MAX / 2)));
}

static void embeds_are_bits_by_their_place(void **state)
{
    (void)state;
    assert_true(parse("/v1/claims"));
    const char *const *words = params_embeds(parsing.params.route);
    uint32_t all = 0;
    for (int i = 0; words[i]; i++) {
        assert_true(parse(arena_format(&parsing.arena, "/v1/claims?embed=%s", words[i])));
        assert_int_equal(parsing.params.embeds, 1u << i);
        assert_null(bound("embed"));
        all |= 1u << i;
    }
    assert_true(parse("/v1/claims/a?embed=source,subject,source"));
    assert_int_equal(parsing.params.embeds,
                     1u << word_index(words, "source", 6) | 1u << word_index(words, "subject", 7));
    const char *list = words[0];
    for (int i = 1; words[i]; i++)
        list = arena_format(&parsing.arena, "%s,%s", list, words[i]);
    assert_true(parse(arena_format(&parsing.arena, "/v1/claims?embed=%s", list)));
    assert_int_equal(parsing.params.embeds, all);
}

static void bad_embeds_are_refused(void **state)
{
    (void)state;
    assert_each_fault("/v1/claims", "embed",
                      (const char *const[]){"", ",", "x", "source,", ",source", "source,,subject", "Source", "sourc",
                                            "sources", "source subject", "not.source", "*", NULL});
    assert_fault("/v1/claims?embed=x", ERROR_INVALID_PARAMETER, "embed");
    for (const char *const *word = params_embeds(parsing.params.route); *word; word++)
        assert_non_null(strstr(parsing.error.detail, *word));
    assert_fault("/v1/agents?embed=source", ERROR_UNKNOWN_PARAMETER, "embed");
    assert_null(params_embeds(parsing.params.route));
}

static void words_are_found_by_their_place(void **state)
{
    (void)state;
    static const char *const words[] = {"a", "ab", "", "c", NULL};
    assert_int_equal(word_index(words, "a", 1), 0);
    assert_int_equal(word_index(words, "abc", 2), 1);
    assert_int_equal(word_index(words, "abc", 3), -1);
    assert_int_equal(word_index(words, "x", 0), 2);
    assert_int_equal(word_index(words, "c,a", 1), 3);
    assert_int_equal(word_index(words + 4, "a", 1), -1);
}

static void fields_are_kept(void **state)
{
    (void)state;
    assert_true(parse("/v1/claims?fields=id,figure.value"));
    assert_string_equal(parsing.params.fields, "id,figure.value");
    assert_null(bound("fields"));
    assert_true(parse("/v1/claims/a?fields=line"));
    assert_string_equal(parsing.params.fields, "line");
    assert_each_fault("/v1/claims", "fields",
                      (const char *const[]){"", "Id", "id%20", "id;line", "%22", "id-x", "*", "é", "{id}", NULL});
    assert_fault(list_target("/v1/claims?fields=", "a", TEXT_MAX / 2 + 1), ERROR_INVALID_PARAMETER, "fields");
}

static void formats_name_representations(void **state)
{
    (void)state;
    static const enum format formats[] = {FORMAT_JSON, FORMAT_CSV, FORMAT_NDJSON, FORMAT_JSONLD};
    for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
        assert_true(parse(arena_format(&parsing.arena, "/v1/claims?format=%s", format_name(formats[i]))));
        assert_int_equal(parsing.params.representation->format, formats[i]);
        assert_ptr_equal(parsing.params.representation, route_representation(parsing.params.route, formats[i]));
    }
    assert_each_fault("/v1/claims", "format",
                      (const char *const[]){"", "JSON", "xml", "json,csv", "svg", "text/csv", NULL});
    assert_each_fault("/v1/claims/a", "format", (const char *const[]){"csv", "ndjson", "svg", NULL});
    assert_true(parse("/v1/compare?format=svg"));
    assert_int_equal(parsing.params.representation->format, FORMAT_SVG);
}

/* ---- order ---- */

/* The order in words, as sort= takes it. */
static const char *order(void)
{
    const char *text = "";
    for (unsigned i = 0; i < parsing.params.orders_count; i++)
        text = arena_format(&parsing.arena, "%s%s%s%s", text, i ? "," : "",
                            parsing.params.orders[i].descending ? "-" : "", parsing.params.orders[i].key->name);
    return text;
}

static void assert_order(const char *target, const char *expected)
{
    if (!parse(target))
        fail_msg("%s is refused: %s", target, parsing.error.detail);
    assert_string_equal(order(), expected);
}

static void the_id_ends_every_order(void **state)
{
    (void)state;
    assert_order("/v1/claims", "id");
    assert_order("/v1/claims?sort=id", "id");
    assert_order("/v1/claims?sort=-id", "-id");
    assert_order("/v1/claims?sort=value", "value,id");
    assert_order("/v1/claims?sort=-value", "-value,-id");
    assert_order("/v1/claims?sort=-value,line", "-value,line,id");
    assert_order("/v1/claims?sort=value,-line", "value,-line,-id");
    assert_order("/v1/claims?sort=-source,line,-value,published_at", "-source,line,-value,published_at,id");
    assert_order("/v1/claims?sort=id,value", "id,value");
    assert_order("/v1/claims?sort=source,-id", "source,-id");
    assert_order("/v1/claims/a", "revision");
    assert_order("/v1/compare", "");
    assert_order("/v1/changes", "seq");
    assert_order("/v1/claims/a/revisions?sort=-revision", "-revision");
    assert_order("/v1/comparisons?sort=-spread", "-spread,-id");
}

static void bad_orders_are_refused(void **state)
{
    (void)state;
    static const char *const values[] = {"",
                                         "-",
                                         "x",
                                         "value,",
                                         ",value",
                                         "value,,line",
                                         "value,value",
                                         "value,-value",
                                         "--value",
                                         "%2Bvalue",
                                         "value desc",
                                         "Value",
                                         "value,x",
                                         "source,line,value,subject,claimant",
                                         "value;line",
                                         "valu",
                                         "values",
                                         NULL};
    assert_each_fault("/v1/claims", "sort", values);
    assert_each_fault("/v1/agents", "sort", (const char *const[]){"value", "name", NULL});
    assert_fault("/v1/claims/a?sort=id", ERROR_UNKNOWN_PARAMETER, "sort");
}

static void a_refused_order_is_told_the_keys(void **state)
{
    (void)state;
    assert_fault("/v1/claims?sort=best", ERROR_INVALID_PARAMETER, "sort");
    for (const struct sort_key *key = parsing.params.route->sorts; key->name; key++)
        assert_non_null(strstr(parsing.error.detail, key->name));
}

static void a_key_may_need_a_parameter(void **state)
{
    (void)state;
    static const struct param list[] = {{"q", NULL, PARAM_TEXT, NULL, false, "text = ?"},
                                        {"sort", NULL, PARAM_SORT, NULL, false, NULL},
                                        {.name = NULL}};
    static const struct sort_key keys[] = {{"id", "id", "id", NULL}, {"rank", "rank", "rank", "q"}, {.name = NULL}};
    static const struct route route = {.path = "/x", .shape = SHAPE_LIST, .sorts = keys, .params = list};
    struct error error = {0};
    assert_true(params_parse(&parsing.arena, &route, NULL, "q=a", &parsing.params, &error));
    assert_string_equal(order(), "-rank,-id");
    assert_true(params_parse(&parsing.arena, &route, NULL, "q=a&sort=id", &parsing.params, &error));
    assert_string_equal(order(), "id");
    assert_true(params_parse(&parsing.arena, &route, NULL, "sort=rank&q=a", &parsing.params, &error));
    assert_string_equal(order(), "rank,id");
    assert_true(params_parse(&parsing.arena, &route, NULL, "", &parsing.params, &error));
    assert_string_equal(order(), "id");
    assert_false(params_parse(&parsing.arena, &route, NULL, "sort=rank", &parsing.params, &error));
    assert_int_equal(error.code, ERROR_INVALID_PARAMETER);
    assert_string_equal(error.faults[0].parameter, "sort");
}

/* ---- pages ---- */

static void the_next_page_is_written_out(void **state)
{
    (void)state;
    assert_true(parse("/v1/sources/%7Ba%7D/claims?stance=asserts,reports&limit=7"));
    const char *next = next_page(&parsing.params, "last"), *key = "last";
    const char *cursor = cursor_encode(&parsing.arena, parsing.params.fingerprint, &key, 1);
    assert_string_equal(
        next,
        arena_format(&parsing.arena, "/v1/sources/%%7Ba%%7D/claims?stance=asserts,reports&limit=7&cursor=%s", cursor));
}

static void the_first_page_is_written_out(void **state)
{
    (void)state;
    assert_true(
        parse("/v1/sources/%7Ba%7D/claims?limit=7&value=gt.1&stance=not.asserts&value=lt.2&sort=-value&fields=id"));
    assert_string_equal(
        params_target(&parsing.arena, &parsing.params, NULL),
        "/v1/sources/%7Ba%7D/claims?stance=not.asserts&value=gt.1&value=lt.2&sort=-value&limit=7&fields=id");
    assert_true(parse("/v1/claims"));
    assert_string_equal(params_target(&parsing.arena, &parsing.params, NULL), "/v1/claims");
    assert_true(parse(next_page(&parsing.params, "last")));
    assert_string_equal(params_target(&parsing.arena, &parsing.params, NULL), "/v1/claims");
}

static void the_very_page_is_written_out(void **state)
{
    (void)state;
    assert_true(parse("/v1/claims"));
    assert_string_equal(params_self(&parsing.arena, &parsing.params), "/v1/claims");
    assert_true(parse("/v1/sources/%7Ba%7D/claims?limit=7&stance=asserts"));
    assert_string_equal(params_self(&parsing.arena, &parsing.params),
                        "/v1/sources/%7Ba%7D/claims?stance=asserts&limit=7");
    const char *next = next_page(&parsing.params, "last");
    assert_true(parse(next));
    assert_string_equal(params_self(&parsing.arena, &parsing.params), next);
    assert_true(parse("/v1/claims/a%20b"));
    assert_string_equal(params_self(&parsing.arena, &parsing.params), "/v1/claims/a%20b");
}

/* However it was asked for: each parameter has its place, and each character one form. */
static void one_page_is_written_in_one_way(void **state)
{
    (void)state;
    static const char *const before[] = {"limit=7&stance=asserts&", "", "&stance=%61sserts&", "st%61nce=asserts&"};
    static const char *const behind[] = {"", "&stance=asserts&limit=7", "&&limit=%37&", "&limit=7"};
    assert_true(parse("/v1/claims?stance=asserts&limit=7"));
    const char *key = "last", *next = next_page(&parsing.params, key);
    const char *cursor = params_cursor(&parsing.arena, &parsing.params, &key);
    for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
        assert_true(parse(arena_format(&parsing.arena, "/v1/claims?%scursor=%s%s", before[i], cursor, behind[i])));
        assert_string_equal(params_self(&parsing.arena, &parsing.params), next);
    }
}

static void a_page_without_parameters_has_a_next(void **state)
{
    (void)state;
    assert_true(parse("/v1/claims"));
    assert_true(parse(next_page(&parsing.params, "last")));
    assert_true(parsing.params.continued);
    assert_string_equal(parsing.params.after[0], "last");
    assert_null(bound("cursor"));
}

static void the_next_page_takes_the_place_of_the_present(void **state)
{
    (void)state;
    assert_true(parse("/v1/claims?kind=numeric"));
    assert_true(parse(next_page(&parsing.params, "first")));
    assert_true(parse(next_page(&parsing.params, "second")));
    assert_string_equal(parsing.params.after[0], "second");
    assert_string_equal(bound("kind"), "{\"numeric\"}");
}

static void a_page_of_several_keys_is_read_back(void **state)
{
    (void)state;
    static const char *const keys[] = {"-Infinity", "", "2026-11-24 03:12:35+00", "claim-1"};
    assert_true(parse("/v1/claims?sort=-value,quantity,-created_at"));
    const char *cursor = params_cursor(&parsing.arena, &parsing.params, keys);
    assert_true(parse(params_target(&parsing.arena, &parsing.params, cursor)));
    assert_string_equal(order(), "-value,quantity,-created_at,-id");
    for (int i = 0; i < 4; i++)
        assert_string_equal(parsing.params.after[i], keys[i]);
}

static const char *next_of(const char *target)
{
    static const char *const keys[] = {"last", "last", "last", "last", "last"};
    assert_true(parse(target));
    return arena_format(&parsing.arena, "cursor=%s", params_cursor(&parsing.arena, &parsing.params, keys));
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
        {"/v1/claims?source=a", "/v1/claims?source=not.a&"},
        {"/v1/claims?source=a", "/v1/claims?subject=a&"},
        {"/v1/claims?source=a", "/v1/claims?source=a,b&"},
        {"/v1/claims?source=a&stance=asserts", "/v1/claims?source=a&"},
        {"/v1/claims?value=gt.1", "/v1/claims?value=lt.1&"},
        {"/v1/claims?value=gt.1", "/v1/claims?value=gt.1&value=gt.2&"},
        {"/v1/claims?quantity=is.null", "/v1/claims?quantity=not.is.null&"},
        {"/v1/claims?", "/v1/claims?sort=-id&"},
        {"/v1/claims?sort=value", "/v1/claims?sort=-value&"},
        {"/v1/claims?sort=value", "/v1/claims?"},
        {"/v1/claims?sort=value", "/v1/claims?sort=line&"},
        {"/v1/claims?sort=value,line", "/v1/claims?sort=line,value&"},
        {"/v1/claims?sort=value,line", "/v1/claims?sort=value,-line&"},
        {"/v1/claims?sort=value", "/v1/claims?sort=value,line&"},
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
    assert_string_equal(parsing.params.after[0], "last");
}

/* The same rows in the same order, shown otherwise. */
static void a_cursor_stays_when_the_form_changes(void **state)
{
    (void)state;
    static const char *const forms[] = {"embed=source", "fields=id", "format=csv",
                                        "embed=subject&fields=id&format=json", "sort=id"};
    const char *cursor = next_of("/v1/claims?embed=quantity&format=ndjson");
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        assert_true(parse(arena_format(&parsing.arena, "/v1/claims?%s&%s", forms[i], cursor)));
        assert_string_equal(parsing.params.after[0], "last");
    }
}

static void a_bad_cursor_is_refused(void **state)
{
    (void)state;
    assert_fault("/v1/claims?cursor=", ERROR_INVALID_CURSOR, "cursor");
    assert_fault("/v1/claims?cursor=abc", ERROR_INVALID_CURSOR, "cursor");
    assert_fault("/v1/claims?cursor=%C3%A9", ERROR_INVALID_CURSOR, "cursor");
    assert_false(parsing.params.continued);
    assert_fault("/v1/claims/a?cursor=abc", ERROR_UNKNOWN_PARAMETER, "cursor");
}

/* What its keys are the database judges; that they are as many, and text, is judged here. */
static void a_forged_cursor_has_its_keys(void **state)
{
    (void)state;
    static const char *const keys[] = {"a", "b", "c"};
    static const char *const broken[] = {"\xff", "\xC3",
                                         "a\x1f"
                                         "b"};
    assert_true(parse("/v1/claims?sort=line"));
    uint64_t fingerprint = parsing.params.fingerprint;
    for (unsigned count = 1; count <= 3; count++) {
        const char *cursor = cursor_encode(&parsing.arena, fingerprint, keys, count);
        assert_int_equal(parse(arena_format(&parsing.arena, "/v1/claims?sort=line&cursor=%s", cursor)), count == 2);
    }
    assert_true(parse("/v1/claims"));
    fingerprint = parsing.params.fingerprint;
    for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++)
        assert_fault(arena_format(&parsing.arena, "/v1/claims?cursor=%s",
                                  cursor_encode(&parsing.arena, fingerprint, &broken[i], 1)),
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

static void put_words(struct dice *dice, const struct param *param, struct buffer *query)
{
    uint32_t words = 0;
    while (param->values[words])
        words++;
    buffer_puts(query, param->values[dice_roll(dice, words)]);
}

/* Those come first that need no other parameter. */
static void put_orders(struct dice *dice, const struct route *route, struct buffer *query)
{
    uint32_t keys = 0;
    while (route->sorts[keys].name && !route->sorts[keys].needs)
        keys++;
    uint32_t first = dice_roll(dice, keys), count = 1 + dice_roll(dice, keys < SORT_MAX ? keys : SORT_MAX);
    for (uint32_t i = 0; i < count; i++) {
        buffer_puts(query, i ? "," : "");
        buffer_puts(query, dice_roll(dice, 2) ? "-" : "");
        buffer_puts(query, route->sorts[(first + i) % keys].name);
    }
}

static void put_list(struct dice *dice, const struct param *param, struct buffer *query)
{
    for (uint32_t i = 0, elements = 1 + dice_roll(dice, 3); i < elements; i++) {
        if (i)
            buffer_putc(query, ',');
        if (param->values)
            put_words(dice, param, query);
        else if (param->type == PARAM_TAGS)
            buffer_puts(query, dice_roll(dice, 2) ? "de" : "en-GB");
        else
            url_encode(query, random_slug(dice));
    }
}

static void put_value(struct dice *dice, const struct route *route, const struct param *param, struct buffer *query)
{
    if (param->op) {
        buffer_puts(query, param->op);
        buffer_putc(query, '.');
    }
    switch (param->type) {
    case PARAM_NULL:
        buffer_puts(query, dice_roll(dice, 2) ? "is.null" : "not.is.null");
        break;
    case PARAM_NUMBER:
    case PARAM_COUNT:
    case PARAM_PLACE:
    case PARAM_LIMIT:
        buffer_puts(query, arena_format(&parsing.arena, "%u", 1 + dice_roll(dice, LIMIT_MAX)));
        break;
    case PARAM_WAIT:
        buffer_puts(query, arena_format(&parsing.arena, "%u", 1 + dice_roll(dice, WAIT_MAX)));
        break;
    case PARAM_DAY:
    case PARAM_TIME:
    case PARAM_MOMENT:
        buffer_puts(query, "2025-01-27");
        break;
    case PARAM_ID:
    case PARAM_FIELDS:
        buffer_puts(query, "id");
        break;
    case PARAM_CODE:
    case PARAM_TEXT:
        url_encode(query, random_code(dice));
        break;
    case PARAM_SORT:
        put_orders(dice, route, query);
        break;
    case PARAM_FORMAT:
        buffer_puts(query, "json");
        break;
    default:
        put_list(dice, param, query);
    }
}

/* A random page of a list, some parameters being given, no more than a request may have. */
static const char *random_target(struct dice *dice, const struct route *route)
{
    struct buffer target = BUFFER_INIT;
    const char *hole = strstr(route->path, "{id}");
    unsigned given = 0;
    buffer_append(&target, route->path, hole ? (size_t)(hole - route->path) : strlen(route->path));
    if (hole) {
        url_encode(&target, random_code(dice));
        buffer_puts(&target, hole + strlen("{id}"));
    }
    buffer_putc(&target, '?');
    for (const struct param *param = route->params; param->name; param++) {
        if (param->type == PARAM_CURSOR || dice_roll(dice, 2) || ++given > TERMS_MAX - 2)
            continue;
        buffer_puts(&target, arena_format(&parsing.arena, "%s=", param->name));
        put_value(dice, route, param, &target);
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

static const struct term *next_term(const struct params *params, unsigned *at)
{
    while (*at < params->terms_count && params->terms[*at].param->type == PARAM_CURSOR)
        ++*at;
    return *at < params->terms_count ? &params->terms[(*at)++] : NULL;
}

/* But for the cursor. */
static bool same_terms(const struct params *left, const struct params *right)
{
    unsigned left_at = 0, right_at = 0;
    for (;;) {
        const struct term *one = next_term(left, &left_at), *other = next_term(right, &right_at);
        if (!one || !other)
            return !one && !other;
        if (one->param != other->param || !same(one->bound, other->bound) || !same(one->given, other->given))
            return false;
    }
}

/* True if `later` asks for the page of `earlier` that begins behind the row with these keys. */
static bool follows(const struct params *earlier, const struct params *later, const char *const *keys)
{
    bool good = later->route == earlier->route && same(later->id, earlier->id) && later->limit == earlier->limit &&
                later->limited == earlier->limited && later->embeds == earlier->embeds &&
                same(later->fields, earlier->fields) && later->wait == earlier->wait &&
                same(later->as_of, earlier->as_of) && later->representation == earlier->representation &&
                later->fingerprint == earlier->fingerprint && later->orders_count == earlier->orders_count &&
                later->continued && same_terms(earlier, later);
    for (unsigned i = 0; good && i < earlier->orders_count; i++)
        good = later->orders[i].key == earlier->orders[i].key &&
               later->orders[i].descending == earlier->orders[i].descending && same(later->after[i], keys[i]);
    return good;
}

static void the_next_page_of_any_list_is_read_back(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    for (int i = 0; i < 100; i++)
        for (const struct route *route = routes; route->path; route++) {
            const char *keys[SORT_MAX + 1];
            if (route->shape != SHAPE_LIST)
                continue;
            assert_property(&dice, parse(random_target(&dice, route)));
            struct params earlier = parsing.params;
            for (int j = 0; j < SORT_MAX + 1; j++)
                keys[j] = random_code(&dice);
            const char *cursor = params_cursor(&parsing.arena, &earlier, keys);
            assert_property(&dice, parse(params_target(&parsing.arena, &earlier, cursor)));
            assert_property(&dice, follows(&earlier, &parsing.params, keys));
        }
}

static const char *cursor_given(const struct params *params)
{
    for (unsigned i = 0; i < params->terms_count; i++)
        if (params->terms[i].param->type == PARAM_CURSOR)
            return params->terms[i].given;
    return NULL;
}

/* True if both ask for one page. */
static bool same_page(const struct params *left, const struct params *right)
{
    bool good = left->route == right->route && same(left->id, right->id) && left->limit == right->limit &&
                left->limited == right->limited && left->embeds == right->embeds && same(left->fields, right->fields) &&
                left->representation == right->representation && left->fingerprint == right->fingerprint &&
                left->continued == right->continued && same(cursor_given(left), cursor_given(right)) &&
                same_terms(left, right);
    for (unsigned i = 0; good && left->continued && i < left->orders_count; i++)
        good = same(left->after[i], right->after[i]);
    return good;
}

static void any_page_is_read_back_from_its_own_target(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    for (int i = 0; i < 50; i++)
        for (const struct route *route = routes; route->path; route++) {
            const char *keys[SORT_MAX + 1];
            if (route->shape != SHAPE_LIST)
                continue;
            assert_property(&dice, parse(random_target(&dice, route)));
            for (int j = 0; j < SORT_MAX + 1; j++)
                keys[j] = random_code(&dice);
            if (dice_roll(&dice, 2))
                assert_property(&dice, parse(params_target(&parsing.arena, &parsing.params,
                                                           params_cursor(&parsing.arena, &parsing.params, keys))));
            struct params page = parsing.params;
            const char *self = params_self(&parsing.arena, &page);
            assert_property(&dice, parse(self));
            assert_property(&dice, same_page(&page, &parsing.params));
            assert_property(&dice, same(params_self(&parsing.arena, &parsing.params), self));
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
        TEST(operators_choose_a_condition),
        TEST(operators_that_are_not_there_are_refused),
        TEST(bad_values_of_an_ordered_type_are_refused),
        TEST(a_plus_has_to_be_escaped),
        TEST(a_refused_value_is_told_the_operators),
        TEST(ordered_operators_may_repeat),
        TEST(different_operators_of_a_list_go_together),
        TEST(a_request_has_its_most_parameters),
        TEST(terms_stand_in_the_tables_order),
        TEST(texts_are_bound_as_they_are),
        TEST(embeds_are_bits_by_their_place),
        TEST(bad_embeds_are_refused),
        TEST(words_are_found_by_their_place),
        TEST(fields_are_kept),
        TEST(formats_name_representations),
        TEST(the_id_ends_every_order),
        TEST(bad_orders_are_refused),
        TEST(a_refused_order_is_told_the_keys),
        TEST(a_key_may_need_a_parameter),
        TEST(the_next_page_is_written_out),
        TEST(the_first_page_is_written_out),
        TEST(the_very_page_is_written_out),
        TEST(one_page_is_written_in_one_way),
        TEST(a_page_without_parameters_has_a_next),
        TEST(the_next_page_takes_the_place_of_the_present),
        TEST(a_page_of_several_keys_is_read_back),
        TEST(a_cursor_belongs_to_its_list),
        TEST(a_cursor_stays_when_the_limit_or_the_order_changes),
        TEST(a_cursor_stays_when_the_form_changes),
        TEST(a_bad_cursor_is_refused),
        TEST(a_forged_cursor_has_its_keys),
        TEST(the_next_page_of_any_list_is_read_back),
        TEST(any_page_is_read_back_from_its_own_target),
    };
    return cmocka_run_group_tests_name("params", tests, NULL, NULL);
}
