/* query: every shape of every route is a whole statement, made once, with the arguments it numbers */
#include "query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assets.h"
#include "dice.h"
#include "parsing.h"
#include "sealed.h"

enum { NAME_MAX_BYTES = 63 }; /* PostgreSQL cuts longer names */
enum { KEPT_MAX = 256 };      /* shapes that a connection may have to keep */

static struct query_set set;
static struct parsing parsing;
static struct db_call call;

static int begin(void **state)
{
    (void)state;
    arena_init(&parsing.arena);
    sealed_begin();
    query_set_init(&set);
    return 0;
}

static int end(void **state)
{
    (void)state;
    query_set_release(&set);
    arena_release(&parsing.arena);
    return 0;
}

static void bind_as(const struct params *params, const struct representation *representation, enum query_aim aim)
{
    call = (struct db_call){0};
    query_bind(&set, &parsing.arena, params, representation, aim, &call);
}

static void bind(const struct params *params)
{
    bind_as(params, params->route->representations, QUERY_ROWS);
}

static void read_target(const char *target)
{
    if (!parsing_read(&parsing, target))
        fail_msg("%s is refused: %s", target, parsing.error.detail);
}

static void bind_target(const char *target)
{
    read_target(target);
    bind(&parsing.params);
}

/* The target's page behind the row with these keys. */
static void bind_after(const char *target, const char *const *keys)
{
    read_target(target);
    bind_target(params_target(&parsing.arena, &parsing.params, params_cursor(&parsing.arena, &parsing.params, keys)));
}

static void bind_count(const char *target, enum query_aim aim)
{
    read_target(target);
    bind_as(&parsing.params, NULL, aim);
}

static bool has_statement(const struct route *route)
{
    return route->representations && !route->page;
}

static bool sql_has(const char *part)
{
    return strstr(call.statement->sql, part) != NULL;
}

static void assert_sql(const char *part)
{
    if (!sql_has(part))
        fail_msg("\"%s\" is not in: %s", part, call.statement->sql);
}

static void assert_arguments(const char *const *expected)
{
    int count = 0;
    for (; expected[count]; count++) {
        assert_true(count < call.arguments_count);
        assert_string_equal(call.arguments[count], expected[count]);
    }
    assert_int_equal(call.arguments_count, count);
}

#define ARGUMENTS(...) assert_arguments((const char *const[]){__VA_ARGS__, NULL})

static void a_list_without_filters_has_its_limit(void **state)
{
    (void)state;
    bind_target("/v1/agents");
    ARGUMENTS("51");
    assert_sql("LIMIT $1");
    assert_false(sql_has(" AND "));
}

static void the_limit_is_one_more_than_shown(void **state)
{
    (void)state;
    bind_target("/v1/agents?limit=200");
    assert_string_equal(call.arguments[0], "201");
    bind_target("/v1/agents?limit=1");
    assert_string_equal(call.arguments[0], "2");
}

static void filters_are_numbered_in_order(void **state)
{
    (void)state;
    bind_target("/v1/claims?stance=asserts&limit=9&source=a,b");
    assert_sql("AND claim.source_id = ANY ($1)");
    assert_sql("AND claim.stance = ANY ($2)");
    assert_sql("LIMIT $3");
    ARGUMENTS("{\"a\",\"b\"}", "{\"asserts\"}", "10");
}

static void a_repeated_filter_is_numbered_each_time(void **state)
{
    (void)state;
    bind_target("/v1/claims?line=lt.9&line=gt.1&source=not.a&line=gt.2");
    assert_sql("AND (claim.source_id = ANY ($1)) IS NOT TRUE ");
    assert_sql("AND claim.line > $2 AND claim.line > $3 AND claim.line < $4 ");
    ARGUMENTS("{\"a\"}", "1", "2", "9", "51");
}

static void the_id_is_the_first_argument(void **state)
{
    (void)state;
    bind_target("/v1/sources/a/claims?kind=numeric");
    assert_sql("AND known_source($1) = $1 AND claim.source_id = $1");
    assert_sql("AND claim.kind = ANY ($2)");
    ARGUMENTS("a", "{\"numeric\"}", "51");
    bind_target("/v1/claims/a/related?limit=3");
    assert_sql("related_claims($1)");
    ARGUMENTS("a", "4");
    bind_target("/v1/agents/a");
    assert_sql("AND agent.id = $1");
    assert_false(sql_has("LIMIT"));
    ARGUMENTS("a");
}

static void what_is_no_value_of_a_statement_is_no_argument(void **state)
{
    (void)state;
    bind_target("/v1/claims?sort=line&limit=2&embed=source&fields=id&format=csv&source=a");
    ARGUMENTS("{\"a\"}", "3");
    bind_target("/v1/agents/a?fields=id&format=json");
    ARGUMENTS("a");
}

static void a_cursor_is_a_filter(void **state)
{
    (void)state;
    bind_after("/v1/units", (const char *const[]){"{GPU}"});
    assert_sql("AND (unit.id) > ($1) ");
    assert_sql("LIMIT $2");
    ARGUMENTS("{GPU}", "51");
}

static void an_order_is_said_in_the_rows_and_behind_them(void **state)
{
    (void)state;
    bind_target("/v1/claims?sort=-line,source");
    assert_sql(", claim.line AS key_0, claim.source_id AS key_1, claim.id AS key_2\n");
    assert_sql("ORDER BY key_0 DESC, key_1, key_2 LIMIT 201) AS claim");
    assert_sql(", key_0, key_1, key_2\n");
    assert_sql("\nORDER BY key_0 DESC, key_1, key_2 LIMIT $1\n");
    assert_int_equal(query_keys(&parsing.params, QUERY_ROWS), 3);
    assert_int_equal(query_keys(&parsing.params, QUERY_COUNT), 0);
    assert_int_equal(query_keys(&parsing.params, QUERY_FEW), 0);
    assert_int_equal(query_keys(&parsing.params, QUERY_ESTIMATE), 0);
    bind_target("/v1/agents/a");
    assert_sql(", agent.since AS key_0");
    assert_int_equal(query_keys(&parsing.params, QUERY_ROWS), 1);
    bind_target("/v1/agents/a/diff");
    assert_int_equal(query_keys(&parsing.params, QUERY_ROWS), 0);
    assert_false(sql_has("key_"));
}

#define VALUE_DESCENDING "coalesce(claim.figure_amount, '-Infinity')"
#define VALUE_ASCENDING "coalesce(claim.figure_amount, 'Infinity')"

/* One comparison of rows, for one index over the keys. */
static void keys_of_one_direction_are_compared_at_once(void **state)
{
    (void)state;
    static const char *const keys[] = {"v", "l", "i"};
    bind_after("/v1/claims?sort=value", keys);
    assert_sql("WHERE true AND (" VALUE_ASCENDING ", claim.id) > ($1, $2) ");
    ARGUMENTS("v", "l", "51");
    bind_after("/v1/claims?sort=-value,-line&source=a", keys);
    assert_sql("AND claim.source_id = ($1::text[])[1] AND (" VALUE_DESCENDING
               ", claim.line, claim.id) < ($2, $3, $4) ");
    assert_sql("LIMIT $5");
    ARGUMENTS("{\"a\"}", "v", "l", "i", "51");
    bind_after("/v1/claims?sort=-id", keys);
    assert_sql("AND (claim.id) < ($1) ");
}

/* What is equal to one value an index keeps in the order of its further columns. */
static void one_value_is_compared_by_itself(void **state)
{
    (void)state;
    bind_target("/v1/claims?subject=a&language=de&stance=asserts&quantity=not.b");
    assert_sql("AND claim.subject_id = ($1::text[])[1] AND (claim.quantity_id = ANY ($2)) IS NOT TRUE "
               "AND claim.stance = ANY ($3) AND claim.language = ($4::text[])[1] ");
    bind_target("/v1/comparisons?verdict=overlap");
    assert_sql(").verdict END = ($1::text[])[1] ");
    assert_false(sql_has("{"));
    bind_target("/v1/comparisons?verdict=overlap,agree");
    assert_sql(").verdict END = ANY ($1::text[]) ");
    bind_target("/v1/claims?subject=a,b&language=de,it");
    assert_sql("AND claim.subject_id = ANY ($1) AND claim.language = ANY ($2) ");
}

static void a_value_stands_wherever_its_condition_has_a_hole(void **state)
{
    (void)state;
    bind_target("/v1/claims?value=gte.5");
    assert_sql("AND " VALUE_ASCENDING " >= $1 AND " VALUE_DESCENDING " >= $1 ");
    ARGUMENTS("5", "51");
}

static void very_many_matches_are_ranked_in_part_where_nothing_else_is_asked(void **state)
{
    (void)state;
    bind_target("/v1/claims?q=word");
    assert_true(sql_has("search_is_frequent('claim'"));
    bind_target("/v1/claims?q=word&sort=id");
    assert_false(sql_has("search_is_frequent"));
    bind_target("/v1/claims?q=word&kind=numeric");
    assert_false(sql_has("search_is_frequent"));
    bind_target("/v1/sources?q=word");
    assert_false(sql_has("search_is_frequent"));
}

static void keys_of_both_directions_are_compared_one_by_one(void **state)
{
    (void)state;
    static const char *const keys[] = {"v", "l", "i"};
    bind_after("/v1/sources/a/claims?sort=-value,line&limit=7", keys);
    assert_sql("AND " VALUE_DESCENDING " <= $2 AND (" VALUE_DESCENDING " < $2 OR (" VALUE_DESCENDING " = $2 AND ("
               "claim.line > $3 OR (claim.line = $3 AND (claim.id > $4))))) ");
    assert_sql("LIMIT $5");
    ARGUMENTS("a", "v", "l", "i", "8");
    bind_after("/v1/claims?sort=source,-id", keys);
    assert_sql("AND claim.source_id >= $1 AND (claim.source_id > $1 OR (claim.source_id = $1 AND (claim.id < $2))) ");
}

/* ---- the condition of a mixed order, worked out ---- */

struct sum {
    const char *text; /* what is left of it */
    int row[SORT_MAX + 1], after[SORT_MAX + 1];
    bool wrong;
};

static bool taken(struct sum *sum, const char *word)
{
    bool found = strncmp(sum->text, word, strlen(word)) == 0;
    sum->text += found ? strlen(word) : 0;
    return found;
}

static bool any_of(struct sum *sum);

static int key_at(struct sum *sum)
{
    for (int i = 0; i < (int)parsing.params.orders_count; i++)
        if (taken(sum, parsing.params.orders[i].key->ascending))
            return i;
    sum->wrong = true;
    return 0;
}

/* "( … )" or "KEY < $1" */
static bool one(struct sum *sum)
{
    if (taken(sum, "(")) {
        bool inside = any_of(sum);
        sum->wrong |= !taken(sum, ")");
        return inside;
    }
    char operator[3] = "";
    int key = key_at(sum), number = 0, size = 0;
    if (sscanf(sum->text, " %2[<>=] $%d%n", operator, & number, &size) != 2 || number != key + 1) {
        sum->wrong = true;
        return false;
    }
    sum->text += size;
    int left = sum->row[key], right = sum->after[key];
    return (strchr(operator, '<') && left < right) || (strchr(operator, '>') && left > right) ||
           (strchr(operator, '=') && left == right);
}

static bool all_of(struct sum *sum)
{
    bool all = one(sum);
    while (!sum->wrong && taken(sum, " AND "))
        all &= one(sum);
    return all;
}

static bool any_of(struct sum *sum)
{
    bool any = all_of(sum);
    while (!sum->wrong && taken(sum, " OR "))
        any |= all_of(sum);
    return any;
}

static bool stands_behind(const struct sum *sum)
{
    for (unsigned i = 0; i < parsing.params.orders_count; i++)
        if (sum->row[i] != sum->after[i])
            return parsing.params.orders[i].descending ? sum->row[i] < sum->after[i] : sum->row[i] > sum->after[i];
    return false;
}

/* Rows and bounds of few values, so that many keys are equal. */
static bool finds_what_stands_behind(struct dice *dice, const char *condition)
{
    struct sum sum = {.text = condition};
    for (int i = 0; i < SORT_MAX + 1; i++) {
        sum.row[i] = (int)dice_roll(dice, 3);
        sum.after[i] = (int)dice_roll(dice, 3);
    }
    bool found = any_of(&sum);
    return !sum.wrong && taken(&sum, " \nORDER BY ") && found == stands_behind(&sum);
}

static void a_mixed_order_goes_on_just_behind_the_row(void **state)
{
    (void)state;
    static const char *const targets[] = {"/v1/claims?sort=-line",
                                          "/v1/claims?sort=line,-id",
                                          "/v1/claims?sort=-source,line",
                                          "/v1/claims?sort=source,-line,subject",
                                          "/v1/claims?sort=-source,line,-subject,claimant",
                                          "/v1/claims?sort=source,line,subject,-claimant",
                                          "/v1/claims?sort=-source,-line,-subject,created_at"};
    static const char *const keys[] = {"1", "2", "3", "4", "5"};
    struct dice dice = dice_begin();
    for (size_t i = 1; i < sizeof(targets) / sizeof(*targets); i++) {
        bind_after(targets[i], keys);
        const char *condition = strstr(call.statement->sql, "WHERE true AND ");
        assert_non_null(condition);
        for (int j = 0; j < 2000; j++)
            assert_property(&dice, finds_what_stands_behind(&dice, condition + strlen("WHERE true AND ")));
    }
}

/* ---- placed values ---- */

static void a_placed_value_is_null_when_not_given(void **state)
{
    (void)state;
    bind_target("/v1/compare");
    assert_sql("compare_selection(NULL, NULL, NULL)");
    assert_int_equal(call.arguments_count, 0);
    bind_target("/v1/compare?baseline=b&subject=s");
    assert_sql("compare_selection(NULL, $1, NULL)");
    assert_sql("compare(comparison.claims, $2, NULL, NULL, comparison.baseline_id)");
    ARGUMENTS("s", "b");
}

static void an_id_and_a_placed_value_are_both_numbered(void **state)
{
    (void)state;
    bind_target("/v1/comparisons/c?baseline=b&stance=asserts");
    assert_sql("(SELECT $3::stance[] AS stances) AS asked");
    assert_sql("compare(comparison.claims, $2, NULL, asked.stances, comparison.baseline_id)");
    assert_sql("AND comparison_set.id = $1");
    ARGUMENTS("c", "b", "{\"asserts\"}");
}

/* ---- counts ---- */

static void counts_have_the_filters_alone(void **state)
{
    (void)state;
    static const char target[] = "/v1/sources/a/claims?kind=numeric&sort=-value&limit=7&embed=source&fields=id";
    static const char filters[] = "AND known_source($1) = $1 AND claim.source_id = $1 AND claim.kind = ANY ($2) \n)";
    static const struct {
        enum query_aim aim;
        const char *before, *behind;
    } cases[] = {{QUERY_COUNT, "SELECT count(*) FROM (SELECT claim.*", " AS row"},
                 {QUERY_FEW, "SELECT count(*) FROM (SELECT FROM (SELECT claim.*", " AS row LIMIT 10001) AS few"},
                 {QUERY_ESTIMATE, "EXPLAIN (FORMAT JSON) (SELECT claim.*", ""}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        bind_count(target, cases[i].aim);
        ARGUMENTS("a", "{\"numeric\"}");
        assert_ptr_equal(strstr(call.statement->sql, cases[i].before), call.statement->sql);
        assert_sql(filters);
        assert_string_equal(strstr(call.statement->sql, filters) + strlen(filters), cases[i].behind);
        assert_false(sql_has("ORDER BY") || sql_has("key_") || sql_has("LIMIT $"));
    }
}

static void a_count_is_of_all_pages(void **state)
{
    (void)state;
    static const char *const keys[] = {"last", "last"};
    bind_after("/v1/claims?source=a&sort=value", keys);
    ARGUMENTS("{\"a\"}", "last", "last", "51");
    struct params params = parsing.params;
    for (enum query_aim aim = QUERY_COUNT; aim <= QUERY_ESTIMATE; aim++) {
        bind_as(&params, NULL, aim);
        ARGUMENTS("{\"a\"}");
        assert_false(sql_has("$2"));
    }
}

static void a_count_does_not_look_at_the_order(void **state)
{
    (void)state;
    bind_count("/v1/claims?source=a", QUERY_COUNT);
    const struct db_statement *first = call.statement;
    bind_count("/v1/claims?source=a&sort=-value,line&limit=3&format=csv", QUERY_COUNT);
    assert_ptr_equal(call.statement, first);
    bind_count("/v1/claims?source=a", QUERY_FEW);
    assert_ptr_not_equal(call.statement, first);
}

/* ---- every shape ---- */

/* Whether the row of the table is an argument of statements. */
static bool is_argument(const struct param *param)
{
    return param->type < PARAM_LIMIT;
}

static void give(struct params *params, const struct param *param)
{
    if (params->terms_count < TERMS_MAX)
        params->terms[params->terms_count++] = (struct term){param, "given", param->name};
}

/* A route's request with nothing in it but what every one has. */
static struct params bare(const struct route *route)
{
    struct params params = {.route = route, .id = route_has_id(route) ? "id" : NULL, .limit = LIMIT_DEFAULT};
    if (route->sorts)
        params.orders[params.orders_count++] = (struct order){route->sorts, false};
    for (int i = 0; i < SORT_MAX + 1; i++)
        params.after[i] = "after";
    return params;
}

static unsigned keys_of(const struct route *route)
{
    unsigned count = 0;
    while (route->sorts[count].name)
        count++;
    return count;
}

static void shuffle_orders(struct dice *dice, struct params *params)
{
    unsigned keys = keys_of(params->route), first = dice_roll(dice, keys);
    unsigned count = dice_roll(dice, (keys < SORT_MAX ? keys : SORT_MAX) + 1);
    params->orders_count = 0;
    for (unsigned i = 0; i < count; i++) {
        const struct sort_key *key = &params->route->sorts[(first + i) % keys];
        if (key != params->route->sorts)
            params->orders[params->orders_count++] = (struct order){key, dice_roll(dice, 2)};
    }
    params->orders[params->orders_count++] = (struct order){params->route->sorts, dice_roll(dice, 2)};
    params->continued = dice_roll(dice, 2);
}

/* Any request that params could make, some rows of the table given, perhaps more than once. */
static struct params shaped(struct dice *dice, const struct route *route)
{
    struct params params = bare(route);
    uint32_t likely = 1 + dice_roll(dice, 8);
    for (const struct param *param = route->params; param && param->name; param++)
        do
            if (is_argument(param) && !dice_roll(dice, likely))
                give(&params, param);
        while (param->repeats && !dice_roll(dice, 4));
    for (int i = 0; params_embeds(route) && params_embeds(route)[i]; i++)
        params.embeds |= dice_roll(dice, 2) << i;
    if (route->sorts)
        shuffle_orders(dice, &params);
    return params;
}

static int balance(const char *text)
{
    int open = 0;
    for (; *text && open >= 0; text++)
        open += (*text == '(') - (*text == ')');
    return open;
}

/* True if the statement has no hole left and numbers exactly its arguments. */
static bool is_whole(void)
{
    int highest = 0;
    uint64_t numbered = 0;
    for (const char *hole = call.statement->sql; (hole = strchr(hole, '$')); hole++) {
        int number = atoi(hole + 1);
        if (number < 1 || number > 62)
            return false;
        highest = number > highest ? number : highest;
        numbered |= UINT64_C(1) << number;
    }
    return !strpbrk(call.statement->sql, "{}?") && !balance(call.statement->sql) && highest == call.arguments_count &&
           numbered == (UINT64_C(2) << highest) - 2;
}

static bool has_arguments(void)
{
    for (int i = 0; i < call.arguments_count; i++)
        if (!call.arguments[i] || !*call.arguments[i])
            return false;
    return true;
}

static void assert_whole(const struct params *params)
{
    for (const struct representation *each = params->route->representations; each->query; each++) {
        bind_as(params, each, QUERY_ROWS);
        if (!is_whole() || !has_arguments())
            fail_msg("%s with %u terms: %d arguments for %s", params->route->path, params->terms_count,
                     call.arguments_count, call.statement->sql);
    }
    for (enum query_aim aim = QUERY_COUNT; params->route->shape == SHAPE_LIST && aim <= QUERY_ESTIMATE; aim++) {
        bind_as(params, NULL, aim);
        if (!is_whole() || !has_arguments())
            fail_msg("%s counted: %d arguments for %s", params->route->path, call.arguments_count, call.statement->sql);
    }
}

static void random_shapes_are_whole(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    for (const struct route *route = routes; route->path; route++)
        for (int i = 0; has_statement(route) && i < 100; i++) {
            struct params params = shaped(&dice, route);
            assert_whole(&params);
        }
}

static void every_single_parameter_is_a_whole_shape(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++)
        for (const struct param *param = route->params; has_statement(route) && param && param->name; param++) {
            struct params params = bare(route);
            if (!is_argument(param))
                continue;
            give(&params, param);
            assert_whole(&params);
            if (!param->repeats)
                continue;
            give(&params, param);
            assert_whole(&params);
        }
}

static void every_key_sorts_in_both_directions(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++)
        for (const struct sort_key *key = route->sorts; key && key->name; key++)
            for (int shape = 0; shape < 8; shape++) {
                struct params params = bare(route);
                params.orders[0] = (struct order){key, shape & 1};
                if (key != route->sorts)
                    params.orders[params.orders_count++] = (struct order){route->sorts, shape & 2};
                params.continued = shape & 4;
                assert_whole(&params);
            }
}

static void every_embedded_thing_adds_to_the_statement(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++)
        for (int i = 0; params_embeds(route) && params_embeds(route)[i]; i++) {
            struct params params = bare(route);
            bind(&params);
            size_t size = strlen(call.statement->sql);
            params.embeds = 1u << i;
            assert_whole(&params);
            bind(&params);
            if (strlen(call.statement->sql) <= size)
                fail_msg("%s embeds no %s", route->path, params_embeds(route)[i]);
        }
}

static bool sql_links(const struct route *page)
{
    struct params params = bare(route_shown(page));
    bind_as(&params, page->representations, QUERY_ROWS);
    if (!is_whole())
        fail_msg("%s: %s", page->path, call.statement->sql);
    return sql_has("AS linked");
}

static void a_page_of_one_thing_asks_for_its_linked_data(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++)
        if (route->page && route->page->target)
            assert_int_equal(sql_links(route), route_shown(route)->shape == SHAPE_ONE);
    for (const struct route *route = routes; route->path; route++)
        for (const struct representation *each = route->representations; has_statement(route) && each->query; each++) {
            struct params params = bare(route);
            bind_as(&params, each, QUERY_ROWS);
            assert_false(sql_has("AS linked"));
        }
}

static void everything_at_once_is_whole(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        if (!has_statement(route))
            continue;
        struct params params = bare(route);
        for (const struct param *param = route->params; param && param->name; param++)
            if (is_argument(param))
                give(&params, param);
        for (const struct param *param = route->params; param && param->name; param++)
            for (int i = 0; param->repeats && i < TERMS_MAX; i++)
                give(&params, param);
        params.embeds = UINT32_MAX >> (32 - EMBEDS_MAX);
        params.continued = route->sorts != NULL;
        for (unsigned i = 1; route->sorts && i < keys_of(route) && i <= SORT_MAX; i++) {
            params.orders[i] = params.orders[i - 1];
            params.orders[i - 1] = (struct order){&route->sorts[i], i % 2};
            params.orders_count++;
        }
        assert_whole(&params);
    }
}

/* ---- shapes that are kept, and others ---- */

static void a_shape_is_put_together_once(void **state)
{
    (void)state;
    bind_target("/v1/claims?source=a");
    const struct db_statement *first = call.statement;
    unsigned statements = set.shapes_count;
    bind_target("/v1/claims?limit=3&source=b");
    assert_ptr_equal(call.statement, first);
    assert_int_equal(set.shapes_count, statements);
    bind_target("/v1/claims?subject=a");
    assert_ptr_not_equal(call.statement, first);
    assert_int_equal(set.shapes_count, statements + 1);
}

static void all_that_a_text_depends_on_makes_a_shape(void **state)
{
    (void)state;
    static const char *const targets[] = {
        "/v1/claims",
        "/v1/claims?source=a",
        "/v1/claims?source=a,b",
        "/v1/claims?source=not.a",
        "/v1/claims?line=1",
        "/v1/claims?line=1&line=1",
        "/v1/claims?line=gt.1",
        "/v1/claims?sort=-id",
        "/v1/claims?sort=line",
        "/v1/claims?sort=-line",
        "/v1/claims?sort=line,-id",
        "/v1/claims?sort=line,source",
        "/v1/claims?sort=source,line",
        "/v1/claims?embed=source",
        "/v1/claims?embed=subject",
        "/v1/claims?embed=subject,source",
        "/v1/sources",
        "/v1/sources/a/claims",
        "/v1/claims/a",
        "/v1/claims/a?embed=source",
    };
    enum { TARGETS = sizeof(targets) / sizeof(*targets) };
    const struct db_statement *seen[TARGETS];
    for (int i = 0; i < TARGETS; i++) {
        bind_target(targets[i]);
        seen[i] = call.statement;
        for (int j = 0; j < i; j++)
            if (seen[j] == seen[i] || strcmp(seen[j]->name, seen[i]->name) == 0 ||
                strcmp(seen[j]->sql, seen[i]->sql) == 0)
                fail_msg("%s has the statement of %s", targets[i], targets[j]);
    }
}

static void a_page_further_on_has_its_own_shape(void **state)
{
    (void)state;
    static const char *const keys[] = {"a"};
    bind_target("/v1/claims");
    const struct db_statement *first = call.statement;
    bind_after("/v1/claims", keys);
    assert_ptr_not_equal(call.statement, first);
}

static void representations_of_one_query_share_its_statement(void **state)
{
    (void)state;
    read_target("/v1/claims?source=a");
    bind_as(&parsing.params, route_representation(parsing.params.route, FORMAT_JSON), QUERY_ROWS);
    const struct db_statement *json = call.statement;
    bind_as(&parsing.params, route_representation(parsing.params.route, FORMAT_CSV), QUERY_ROWS);
    assert_ptr_equal(call.statement, json);
    bind_as(&parsing.params, route_representation(parsing.params.route, FORMAT_JSONLD), QUERY_ROWS);
    assert_ptr_not_equal(call.statement, json);
    assert_sql("claim_linked");
}

static void routes_of_one_query_have_their_own_shapes(void **state)
{
    (void)state;
    bind_target("/v1/claims");
    const struct db_statement *list = call.statement;
    bind_target("/v1/claims/a");
    assert_ptr_not_equal(call.statement, list);
    assert_string_not_equal(call.statement->name, list->name);
}

static const struct route *claims(void)
{
    read_target("/v1/claims");
    return parsing.params.route;
}

static void more_shapes_than_are_kept_are_lent(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    const struct route *route = claims();
    int lent = 0;
    for (int i = 0; i < 4 * KEPT_MAX; i++) {
        struct params params = shaped(&dice, route);
        bind(&params);
        assert_property(&dice, is_whole() && has_arguments());
        assert_true(set.shapes_count <= KEPT_MAX);
        lent += !*call.statement->name;
    }
    assert_int_equal(set.shapes_count, KEPT_MAX);
    assert_in_range(lent, KEPT_MAX, 4 * KEPT_MAX);
    assert_whole(&parsing.params);
}

static void a_lent_statement_is_no_other_than_a_kept_one(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    const struct route *route = claims();
    for (int i = 0; i < 4 * KEPT_MAX; i++) {
        struct params params = shaped(&dice, route);
        bind(&params);
    }
    for (int i = 0; i < 50; i++) {
        struct params params = shaped(&dice, route);
        struct query_set fresh;
        struct db_call other = {0};
        query_set_init(&fresh);
        bind(&params);
        query_bind(&fresh, &parsing.arena, &params, route->representations, QUERY_ROWS, &other);
        assert_property(&dice, *other.statement->name);
        assert_property(&dice, strcmp(other.statement->sql, call.statement->sql) == 0);
        assert_property(&dice, other.arguments_count == call.arguments_count);
        query_set_release(&fresh);
    }
}

static void statements_stay_while_others_are_made(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    bind_target("/v1/claims?source=a");
    const struct db_statement *first = call.statement;
    struct db_statement before = *first;
    const struct route *route = parsing.params.route;
    for (int i = 0; i < 512; i++) {
        struct params params = shaped(&dice, route);
        bind(&params);
    }
    assert_int_equal(first->serial, before.serial);
    assert_string_equal(first->name, before.name);
    assert_ptr_equal(first->sql, before.sql);
    bind_target("/v1/claims?source=b");
    assert_ptr_equal(call.statement, first);
}

static void kept_statements_are_distinct(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    static const struct db_statement *kept[KEPT_MAX];
    memset(kept, 0, sizeof(kept));
    for (int i = 0; i < 4 * KEPT_MAX; i++) {
        struct params params = shaped(&dice, claims());
        bind(&params);
        if (!*call.statement->name)
            continue;
        assert_true(call.statement->serial < KEPT_MAX);
        const struct db_statement **place = &kept[call.statement->serial];
        assert_property(&dice, !*place || *place == call.statement);
        *place = call.statement;
    }
}

static void prepared_statements_are_distinct(void **state)
{
    (void)state;
    for (size_t i = 0; i < set.prepare_count; i++) {
        assert_in_range(strlen(set.prepare[i]->name), 1, NAME_MAX_BYTES);
        assert_true(set.prepare[i]->serial < set.shapes_count);
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(set.prepare[i]->serial, set.prepare[j]->serial);
            assert_string_not_equal(set.prepare[i]->name, set.prepare[j]->name);
        }
    }
}

/* What clients ask for must find room beside what is prepared. */
static void most_of_the_room_is_for_what_is_asked_for(void **state)
{
    (void)state;
    assert_in_range(set.prepare_count, 1, KEPT_MAX / 2);
    assert_int_equal(set.shapes_count, set.prepare_count);
}

static bool is_prepared(const struct db_statement *statement)
{
    for (size_t i = 0; i < set.prepare_count; i++)
        if (set.prepare[i] == statement)
            return true;
    return false;
}

static void every_representation_prepares_its_least(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++)
        for (const struct representation *each = route->representations; each && each->query; each++) {
            struct params least = bare(route_shown(route));
            bind_as(&least, each, QUERY_ROWS);
            assert_true(is_prepared(call.statement));
        }
}

static bool some_prepared_has(const char *begin, size_t size)
{
    const char *part = arena_copy(&parsing.arena, begin, size);
    for (size_t i = 0; i < set.prepare_count; i++)
        if (strstr(set.prepare[i]->sql, part))
            return true;
    return false;
}

/* A schema that lacks something shows when a connection is made. */
static void every_condition_key_and_embed_is_prepared(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        int given = 0;
        for (const struct param *param = route->params; param && param->name; param++)
            if (is_argument(param) && given++ < TERMS_MAX && param->condition)
                assert_true(some_prepared_has(param->condition, strcspn(param->condition, "{?")));
        for (int i = 0; route->sorts && route->sorts[i].name && i <= SORT_MAX; i++)
            assert_true(some_prepared_has(route->sorts[i].ascending, strcspn(route->sorts[i].ascending, "{")) ||
                        some_prepared_has(route->sorts[i].descending, strcspn(route->sorts[i].descending, "{")));
        for (int i = 0; params_embeds(route) && params_embeds(route)[i]; i++) {
            const char *query = asset_find(asset_queries, route->representations->query)->text;
            const char *hole = strstr(query, arena_format(&parsing.arena, "{embed %s|", params_embeds(route)[i]));
            assert_non_null(hole);
            const char *text = strchr(hole, '|') + 1;
            assert_true(some_prepared_has(text, strcspn(text, "{}")));
        }
    }
}

static void no_text_of_the_user_enters_a_statement(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    for (const struct route *route = routes; route->path; route++)
        for (int i = 0; has_statement(route) && i < 30; i++) {
            struct params params = shaped(&dice, route);
            params.id = params.id ? "userstext" : NULL;
            params.fields = "userstext";
            params.fingerprint = dice_roll(&dice, UINT32_MAX);
            for (unsigned j = 0; j < params.terms_count; j++)
                params.terms[j].given = params.terms[j].bound = "userstext";
            for (int j = 0; j < SORT_MAX + 1; j++)
                params.after[j] = "userstext";
            for (const struct representation *each = route->representations; each->query; each++) {
                bind_as(&params, each, QUERY_ROWS);
                assert_property(&dice, !sql_has("userstext"));
            }
            if (route->shape != SHAPE_LIST)
                continue;
            bind_as(&params, NULL, QUERY_COUNT);
            assert_property(&dice, !sql_has("userstext"));
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_list_without_filters_has_its_limit),
        TEST(the_limit_is_one_more_than_shown),
        TEST(filters_are_numbered_in_order),
        TEST(a_repeated_filter_is_numbered_each_time),
        TEST(the_id_is_the_first_argument),
        TEST(what_is_no_value_of_a_statement_is_no_argument),
        TEST(a_cursor_is_a_filter),
        TEST(an_order_is_said_in_the_rows_and_behind_them),
        TEST(keys_of_one_direction_are_compared_at_once),
        TEST(one_value_is_compared_by_itself),
        TEST(a_value_stands_wherever_its_condition_has_a_hole),
        TEST(very_many_matches_are_ranked_in_part_where_nothing_else_is_asked),
        TEST(keys_of_both_directions_are_compared_one_by_one),
        TEST(a_mixed_order_goes_on_just_behind_the_row),
        TEST(a_placed_value_is_null_when_not_given),
        TEST(an_id_and_a_placed_value_are_both_numbered),
        TEST(counts_have_the_filters_alone),
        TEST(a_count_is_of_all_pages),
        TEST(a_count_does_not_look_at_the_order),
        TEST(random_shapes_are_whole),
        TEST(every_single_parameter_is_a_whole_shape),
        TEST(every_key_sorts_in_both_directions),
        TEST(every_embedded_thing_adds_to_the_statement),
        TEST(a_page_of_one_thing_asks_for_its_linked_data),
        TEST(everything_at_once_is_whole),
        TEST(a_shape_is_put_together_once),
        TEST(all_that_a_text_depends_on_makes_a_shape),
        TEST(a_page_further_on_has_its_own_shape),
        TEST(representations_of_one_query_share_its_statement),
        TEST(routes_of_one_query_have_their_own_shapes),
        TEST(more_shapes_than_are_kept_are_lent),
        TEST(a_lent_statement_is_no_other_than_a_kept_one),
        TEST(statements_stay_while_others_are_made),
        TEST(kept_statements_are_distinct),
        TEST(prepared_statements_are_distinct),
        TEST(most_of_the_room_is_for_what_is_asked_for),
        TEST(every_representation_prepares_its_least),
        TEST(every_condition_key_and_embed_is_prepared),
        TEST(no_text_of_the_user_enters_a_statement),
    };
    return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
