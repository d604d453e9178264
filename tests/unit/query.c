/* query: every shape of every route is a whole statement, made once, with the arguments it numbers */
#include "query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cursor.h"
#include "dice.h"
#include "parsing.h"

enum { NAME_MAX_BYTES = 63 }; /* PostgreSQL cuts longer names */

static struct query_set set;
static struct parsing parsing;
static struct db_call call;

static int begin(void **state)
{
    (void)state;
    arena_init(&parsing.arena);
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

static void bind(const struct params *params)
{
    call = (struct db_call){0};
    query_bind(&set, &parsing.arena, params, &call);
}

static void bind_target(const char *target)
{
    assert_true(parsing_read(&parsing, target));
    bind(&parsing.params);
}

static bool has_statement(const struct route *route)
{
    return route->shape == SHAPE_LIST || route->shape == SHAPE_ONE || route->shape == SHAPE_READY;
}

static bool sql_has(const char *part)
{
    return strstr(call.statement->sql, part) != NULL;
}

static void a_list_without_filters_has_its_limit(void **state)
{
    (void)state;
    bind_target("/v1/agents");
    assert_int_equal(call.arguments_count, 1);
    assert_string_equal(call.arguments[0], "51");
    assert_true(sql_has("LIMIT $1"));
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
    assert_true(sql_has("AND claim.source_id = ANY ($1)"));
    assert_true(sql_has("AND claim.stance = ANY ($2)"));
    assert_true(sql_has("LIMIT $3"));
    assert_int_equal(call.arguments_count, 3);
    assert_string_equal(call.arguments[0], "{\"a\",\"b\"}");
    assert_string_equal(call.arguments[1], "{\"asserts\"}");
    assert_string_equal(call.arguments[2], "10");
}

static void the_id_is_the_first_argument(void **state)
{
    (void)state;
    bind_target("/v1/sources/a/claims?kind=numeric");
    assert_true(sql_has("AND claim.source_id = known_source($1)"));
    assert_true(sql_has("AND claim.kind = ANY ($2)"));
    assert_int_equal(call.arguments_count, 3);
    assert_string_equal(call.arguments[0], "a");
    assert_string_equal(call.arguments[1], "{\"numeric\"}");
}

static void a_cursor_is_a_filter(void **state)
{
    (void)state;
    bind_target("/v1/units");
    bind_target(params_next(&parsing.arena, &parsing.params, "{GPU}"));
    assert_true(sql_has("AND unit.id > $1"));
    assert_true(sql_has("LIMIT $2"));
    assert_string_equal(call.arguments[0], "{GPU}");
}

static void a_placed_value_is_null_when_not_given(void **state)
{
    (void)state;
    bind_target("/v1/compare");
    assert_true(sql_has("compare_selection(NULL, NULL, NULL), NULL"));
    assert_int_equal(call.arguments_count, 0);
    bind_target("/v1/compare?baseline=b&subject=s");
    assert_true(sql_has("compare_selection(NULL, $1, NULL), $2"));
    assert_int_equal(call.arguments_count, 2);
    assert_string_equal(call.arguments[0], "s");
    assert_string_equal(call.arguments[1], "b");
}

static void an_id_and_a_placed_value_are_both_numbered(void **state)
{
    (void)state;
    bind_target("/v1/comparisons/c?baseline=b");
    assert_true(sql_has("coalesce($2, "));
    assert_true(sql_has("AND comparison_set.id = $1"));
    assert_int_equal(call.arguments_count, 2);
    assert_string_equal(call.arguments[0], "c");
    assert_string_equal(call.arguments[1], "b");
}

static void readiness_takes_no_arguments(void **state)
{
    (void)state;
    bind_target("/readyz");
    assert_int_equal(call.arguments_count, 0);
    assert_true(sql_has("FROM schema_migrations"));
}

/* A route's parameters with those of `given` bound to themselves, whatever their types. */
static struct params shaped(const struct route *route, uint32_t given)
{
    struct params params = {.route = route, .id = strstr(route->path, "{id}") ? "id" : NULL, .limit = LIMIT_DEFAULT};
    for (int i = 0; route->params && route->params[i].name; i++)
        if (route->params[i].type != PARAM_LIMIT && given >> i & 1)
            params.given[i] = params.bound[i] = route->params[i].name;
    return params;
}

/* True if the statement has no hole left and numbers exactly its arguments. */
static bool is_whole(void)
{
    int highest = 0;
    uint64_t numbered = 0;
    for (const char *hole = call.statement->sql; (hole = strchr(hole, '$')); hole++) {
        int number = atoi(hole + 1);
        if (number < 1 || number > 63)
            return false;
        highest = number > highest ? number : highest;
        numbered |= UINT64_C(1) << number;
    }
    return !strpbrk(call.statement->sql, "{}?") && highest == call.arguments_count &&
           numbered == (UINT64_C(2) << highest) - 2;
}

static bool has_arguments(void)
{
    for (int i = 0; i < call.arguments_count; i++)
        if (!call.arguments[i] || !*call.arguments[i])
            return false;
    return true;
}

static void random_shapes_are_whole(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    for (const struct route *route = routes; route->path; route++)
        for (int i = 0; has_statement(route) && i < 100; i++) {
            struct params params = shaped(route, dice_roll(&dice, 1u << PARAMS_MAX));
            bind(&params);
            assert_property(&dice, is_whole());
            assert_property(&dice, has_arguments());
        }
}

static void every_single_parameter_is_a_whole_shape(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++)
        for (int i = 0; has_statement(route) && i < PARAMS_MAX; i++) {
            struct params params = shaped(route, 1u << i);
            bind(&params);
            assert_true(is_whole());
        }
}

static void a_shape_is_put_together_once(void **state)
{
    (void)state;
    bind_target("/v1/claims?source=a");
    const struct db_statement *first = call.statement;
    unsigned statements = set.named;
    bind_target("/v1/claims?limit=3&source=b,c");
    assert_ptr_equal(call.statement, first);
    assert_int_equal(set.named, statements);
    bind_target("/v1/claims?subject=a");
    assert_ptr_not_equal(call.statement, first);
    assert_int_equal(set.named, statements + 1);
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

static void statements_stay_while_others_are_made(void **state)
{
    (void)state;
    bind_target("/v1/claims?source=a");
    const struct db_statement *first = call.statement;
    struct db_statement before = *first;
    const struct route *route = parsing.params.route;
    for (uint32_t given = 0; given < 512; given++) {
        struct params params = shaped(route, given);
        bind(&params);
    }
    assert_int_equal(first->serial, before.serial);
    assert_string_equal(first->name, before.name);
    assert_ptr_equal(first->sql, before.sql);
}

static void prepared_statements_are_distinct(void **state)
{
    (void)state;
    for (size_t i = 0; i < set.prepare_count; i++) {
        assert_in_range(strlen(set.prepare[i]->name), 1, NAME_MAX_BYTES);
        assert_true(set.prepare[i]->serial < set.named);
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(set.prepare[i]->serial, set.prepare[j]->serial);
            assert_string_not_equal(set.prepare[i]->name, set.prepare[j]->name);
        }
    }
}

static bool is_prepared(const struct db_statement *statement)
{
    for (size_t i = 0; i < set.prepare_count; i++)
        if (set.prepare[i] == statement)
            return true;
    return false;
}

static void every_route_prepares_its_least_and_its_most(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        if (!has_statement(route))
            continue;
        struct params least = shaped(route, 0), most = shaped(route, UINT32_MAX);
        bind(&least);
        assert_true(is_prepared(call.statement));
        bind(&most);
        assert_true(is_prepared(call.statement));
    }
}

static void no_text_of_the_user_enters_a_statement(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        if (!has_statement(route))
            continue;
        struct params params = shaped(route, UINT32_MAX);
        params.id = params.id ? "userstext" : NULL;
        for (int i = 0; i < PARAMS_MAX; i++)
            if (params.bound[i])
                params.given[i] = params.bound[i] = "userstext";
        bind(&params);
        assert_false(sql_has("userstext"));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_list_without_filters_has_its_limit),
        TEST(the_limit_is_one_more_than_shown),
        TEST(filters_are_numbered_in_order),
        TEST(the_id_is_the_first_argument),
        TEST(a_cursor_is_a_filter),
        TEST(a_placed_value_is_null_when_not_given),
        TEST(an_id_and_a_placed_value_are_both_numbered),
        TEST(readiness_takes_no_arguments),
        TEST(random_shapes_are_whole),
        TEST(every_single_parameter_is_a_whole_shape),
        TEST(a_shape_is_put_together_once),
        TEST(routes_of_one_query_have_their_own_shapes),
        TEST(statements_stay_while_others_are_made),
        TEST(prepared_statements_are_distinct),
        TEST(every_route_prepares_its_least_and_its_most),
        TEST(no_text_of_the_user_enters_a_statement),
    };
    return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
