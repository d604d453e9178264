/* routes: paths find their row, and every row is whole */
#include "routes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "assets.h"

static void paths_find_their_row(void **state)
{
    (void)state;
    static const struct {
        const char *path, *template, *id;
    } cases[] = {
        {"/v1/claims", "/v1/claims", NULL},
        {"/v1/claims/a-1", "/v1/claims/{id}", "a-1"},
        {"/v1/sources/claims", "/v1/sources/{id}", "claims"},
        {"/v1/sources/a/claims", "/v1/sources/{id}/claims", "a"},
        {"/v1/sources/claims/claims", "/v1/sources/{id}/claims", "claims"},
        {"/v1/claims/{id}", "/v1/claims/{id}", "{id}"},
        {"/v1/units/{GPU}", "/v1/units/{id}", "{GPU}"},
        {"/v1/units/1", "/v1/units/{id}", "1"},
        {"/v1/agents/é ü", "/v1/agents/{id}", "é ü"},
        {"/v1/compare", "/v1/compare", NULL},
        {"/v1/comparisons", "/v1/comparisons", NULL},
        {"/openapi.json", "/openapi.json", NULL},
        {"/healthz", "/healthz", NULL},
        {"/readyz", "/readyz", NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *id = NULL;
        size_t size = 0;
        const struct route *route = route_find(cases[i].path, &id, &size);
        assert_non_null(route);
        assert_string_equal(route->path, cases[i].template);
        if (!cases[i].id) {
            assert_null(id);
            continue;
        }
        assert_int_equal(size, strlen(cases[i].id));
        assert_memory_equal(id, cases[i].id, size);
        assert_true(id > cases[i].path && id < cases[i].path + strlen(cases[i].path));
    }
}

static void other_paths_find_nothing(void **state)
{
    (void)state;
    static const char *const cases[] = {"",
                                        "/",
                                        "v1/claims",
                                        "/v1",
                                        "/v1/",
                                        "/v1/claim",
                                        "/v1/claimss",
                                        "/v1/claims/",
                                        "//v1/claims",
                                        "/v1//claims",
                                        "/V1/claims",
                                        "/v1/claims/a/",
                                        "/v1/claims/a/b",
                                        "/v1/claims/a/claims",
                                        "/v1/sources//claims",
                                        "/v1/sources/a/claims/",
                                        "/v1/sources/a/claim",
                                        "/v1/sources/a/b/claims",
                                        "/v1/compare/a",
                                        "/openapi",
                                        "/healthz/",
                                        "/v1/claims?limit=1"};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *id;
        size_t size;
        if (route_find(cases[i], &id, &size))
            fail_msg("\"%s\" finds a route", cases[i]);
    }
}

static void every_row_is_found_by_its_own_path(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        const char *id;
        size_t size;
        assert_ptr_equal(route_find(route->path, &id, &size), route);
    }
}

static void an_id_has_its_condition(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++)
        assert_int_equal(strstr(route->path, "{id}") != NULL, route->id_condition != NULL);
}

static void assert_one_hole(const char *condition)
{
    const char *hole = strchr(condition, '?');
    assert_non_null(hole);
    assert_null(strchr(hole + 1, '?'));
}

static void a_condition_has_one_hole(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        if (route->id_condition)
            assert_one_hole(route->id_condition);
        for (const struct param *param = route->params; param && param->name; param++)
            if (param->condition)
                assert_one_hole(param->condition);
    }
}

static bool is_in_query(const struct route *route, const char *name)
{
    char hole[80] = "{";
    strcat(strncat(hole, name, sizeof(hole) - 3), "}");
    return strstr(asset_find(asset_queries, route->query)->text, hole) != NULL;
}

static void every_query_and_file_is_built_in(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        if (route->shape == SHAPE_HEALTH)
            assert_null(route->query);
        else
            assert_non_null(asset_find(route->shape == SHAPE_ASSET ? asset_files : asset_queries, route->query));
        assert_int_equal(route->shape == SHAPE_ASSET, route->media_type != NULL);
    }
}

static void conditions_have_their_place_in_the_query(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++)
        if (route->id_condition)
            assert_true(is_in_query(route, "filters"));
}

static void every_parameter_has_its_place_in_the_query(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++)
        for (const struct param *param = route->params; param && param->name; param++)
            assert_true(is_in_query(route, param->condition ? "filters" : param->name));
}

static size_t count_params(const struct route *route)
{
    size_t count = 0;
    while (route->params && route->params[count].name)
        count++;
    return count;
}

static void parameters_fit_their_bounds(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++)
        assert_in_range(count_params(route), 0, PARAMS_MAX);
}

static void a_parameter_stands_once(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++)
        for (size_t i = 0; i < count_params(route); i++)
            for (size_t j = 0; j < i; j++)
                assert_string_not_equal(route->params[i].name, route->params[j].name);
}

static void words_alone_have_values(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++)
        for (const struct param *param = route->params; param && param->name; param++) {
            assert_int_equal(param->type == PARAM_WORDS, param->values != NULL);
            assert_true(!param->values || param->values[0]);
        }
}

static bool has_param(const struct route *route, const char *name, enum param_type type)
{
    for (const struct param *param = route->params; param && param->name; param++)
        if (param->type == type)
            return strcmp(param->name, name) == 0;
    return false;
}

static void lists_alone_have_pages(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        assert_int_equal(route->shape == SHAPE_LIST, has_param(route, "limit", PARAM_LIMIT));
        assert_int_equal(route->shape == SHAPE_LIST, has_param(route, "cursor", PARAM_CURSOR));
    }
}

static void policies_are_for_pages_and_start_closed(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        if (!route->policy)
            continue;
        assert_string_equal(route->media_type, "text/html");
        assert_ptr_equal(strstr(route->policy, "default-src 'none'; "), route->policy);
        assert_non_null(strstr(route->policy, "; frame-ancestors 'none'"));
        assert_null(strstr(route->policy, "unsafe"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_find_their_row),
        cmocka_unit_test(other_paths_find_nothing),
        cmocka_unit_test(every_row_is_found_by_its_own_path),
        cmocka_unit_test(an_id_has_its_condition),
        cmocka_unit_test(a_condition_has_one_hole),
        cmocka_unit_test(every_query_and_file_is_built_in),
        cmocka_unit_test(conditions_have_their_place_in_the_query),
        cmocka_unit_test(every_parameter_has_its_place_in_the_query),
        cmocka_unit_test(parameters_fit_their_bounds),
        cmocka_unit_test(a_parameter_stands_once),
        cmocka_unit_test(words_alone_have_values),
        cmocka_unit_test(lists_alone_have_pages),
        cmocka_unit_test(policies_are_for_pages_and_start_closed),
    };
    return cmocka_run_group_tests_name("routes", tests, NULL, NULL);
}
