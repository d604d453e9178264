/* routes: paths find their row, and every row is whole */
#include "routes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "assets.h"

static void paths_find_their_row(void **state)
{
    (void)state;
    static const struct {
        const char *path, *template, *id;
        const char *method;
    } cases[] = {
        {"/v1/claims", "/v1/claims", NULL, "GET"},
        {"/v1/claims/a-1", "/v1/claims/{id}", "a-1", "GET"},
        {"/v1/sources/claims", "/v1/sources/{id}", "claims", "GET"},
        {"/v1/sources/a/claims", "/v1/sources/{id}/claims", "a", "GET"},
        {"/v1/sources/claims/claims", "/v1/sources/{id}/claims", "claims", "GET"},
        {"/v1/claims/{id}", "/v1/claims/{id}", "{id}", "GET"},
        {"/v1/units/{GPU}", "/v1/units/{id}", "{GPU}", "GET"},
        {"/v1/units/1", "/v1/units/{id}", "1", "GET"},
        {"/v1/agents/é ü", "/v1/agents/{id}", "é ü", "GET"},
        {"/v1/compare", "/v1/compare", NULL, "GET"},
        {"/v1/comparisons", "/v1/comparisons", NULL, "GET"},
        {"/v1/claims/a/related", "/v1/claims/{id}/related", "a", "GET"},
        {"/v1/comparisons/compare", "/v1/comparisons/{id}", "compare", "GET"},
        {"/problems/not-found", "/problems/{id}", "not-found", "GET"},
        {"/openapi.json", "/openapi.json", NULL, "GET"},
        {"/docs", "/docs", NULL, "GET"},
        {"/docs/docs.js", "/docs/docs.js", NULL, "GET"},
        {"/healthz", "/healthz", NULL, "GET"},
        {"/readyz", "/readyz", NULL, "GET"},
        {"/v1/claims", "/v1/claims", NULL, "POST"},
        {"/v1/claims/a-1", "/v1/claims/{id}", "a-1", "PUT"},
        {"/v1/claims/a-1", "/v1/claims/{id}", "a-1", "PATCH"},
        {"/v1/units/{GPU}", "/v1/units/{id}", "{GPU}", "DELETE"},
        {"/v1/claims/a-1/revert", "/v1/claims/{id}/revert", "a-1", "POST"},
        {"/v1/claims/a-1/revisions", "/v1/claims/{id}/revisions", "a-1", "GET"},
        {"/v1/claims/revisions/diff", "/v1/claims/{id}/diff", "revisions", "GET"},
        {"/v1/changes", "/v1/changes", NULL, "GET"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *id = NULL;
        size_t size = 0;
        const struct route *route = route_find(cases[i].method, cases[i].path, &id, &size);
        assert_non_null(route);
        assert_int_equal(route->shape == SHAPE_WRITE, strcmp(cases[i].method, "GET") != 0);
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
                                        "/docs/",
                                        "/problems",
                                        "/problems/",
                                        "/problems/a/b",
                                        "/v1/claims/a/relatedx",
                                        "/v1/claims//related",
                                        "/v1/claims?limit=1"};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *id;
        size_t size;
        char methods[METHODS_SIZE];
        if (route_find("GET", cases[i], &id, &size) || route_methods(cases[i], methods))
            fail_msg("\"%s\" finds a route", cases[i]);
    }
}

static const char *methods_of(const struct route *route)
{
    return route->methods ? route->methods : routes_reading;
}

static void every_row_is_found_by_its_own_path(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        const char *id;
        size_t size;
        for (const char *method = methods_of(route); *method; method += strspn(method, ", ")) {
            char name[METHODS_SIZE];
            size_t length = strcspn(method, ",");
            snprintf(name, sizeof(name), "%.*s", (int)length, method);
            const struct route *found = route_find(name, route->path, &id, &size);
            assert_true(found == route || (found && strcmp(name, "OPTIONS") == 0));
            method += length;
        }
    }
}

/* A browser asks each of them before it sends a request that a page of another origin has made. */
static void every_path_has_options(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        const char *id;
        size_t size;
        assert_non_null(route_find("OPTIONS", route->path, &id, &size));
    }
}

static void methods_are_whole_words_and_listed_once(void **state)
{
    (void)state;
    static const struct {
        const char *path, *methods;
    } cases[] = {{"/v1/claims", "GET, HEAD, OPTIONS, POST"},
                 {"/v1/claims/a", "GET, HEAD, OPTIONS, PUT, PATCH, DELETE"},
                 {"/v1/units/{GPU}", "GET, HEAD, OPTIONS, PUT, PATCH, DELETE"},
                 {"/v1/claims/a/revert", "POST, OPTIONS"},
                 {"/v1/claims/a/diff", "GET, HEAD, OPTIONS"},
                 {"/v1/propositions/a", "GET, HEAD, OPTIONS"},
                 {"/healthz", "GET, HEAD, OPTIONS"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char methods[METHODS_SIZE];
        assert_true(route_methods(cases[i].path, methods));
        assert_string_equal(methods, cases[i].methods);
    }
    static const char *const others[] = {"P", "PU", "PUTS", "OPTION", "get", "Get", "GET,", ",", "TRACE", "CONNECT"};
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        const char *id;
        size_t size;
        if (route_find(others[i], "/v1/claims/a", &id, &size))
            fail_msg("\"%s\" finds a route", others[i]);
    }
}

/* What is written is answered as it then is, by its kind. */
static void what_is_written_can_be_shown(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        assert_true(!route->body || route->shape == SHAPE_WRITE || route->shape == SHAPE_PARSE);
        if (route->shape != SHAPE_WRITE)
            continue;
        const struct route *shown = route_of_kind(route->kind);
        assert_non_null(shown);
        assert_int_equal(shown->shape, SHAPE_ONE);
        assert_string_equal(shown->sorts[0].name, "revision");
        assert_int_equal(route_has_id(route) ? route->id_form : shown->id_form, shown->id_form);
    }
    assert_null(route_of_kind("dimension"));
}

static bool is_in(const char *text, const char *hole)
{
    return strstr(text, hole) != NULL;
}

static const char *rows_of(const struct route *route)
{
    return asset_find(asset_rows, route->rows)->text;
}

static const char *query_of(const struct representation *representation)
{
    return asset_find(asset_queries, representation->query)->text;
}

static bool has_statement(const struct route *route)
{
    return route->shape == SHAPE_LIST || route->shape == SHAPE_ONE;
}

/* Or the rows say {id} themselves. */
static void an_id_has_its_place(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        assert_int_equal(route_has_id(route), strstr(route->path, "{id}") != NULL);
        if (route_has_id(route) && has_statement(route))
            assert_true((route->id_condition != NULL) != is_in(rows_of(route), "{id}"));
        else
            assert_null(route->id_condition);
    }
}

static void a_condition_has_a_hole(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        if (route->id_condition)
            assert_non_null(strchr(route->id_condition, '?'));
        for (const struct param *param = route->params; param && param->name; param++)
            if (param->condition)
                assert_non_null(strchr(param->condition, '?'));
    }
}

static void every_query_and_file_is_built_in(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        assert_int_equal(has_statement(route), route->representations && !route->page);
        assert_int_equal(route->shape == SHAPE_LIST || route->shape == SHAPE_ONE, route->rows != NULL);
        assert_int_equal(route->shape == SHAPE_FILE, route->file != NULL);
        assert_int_equal(route->shape == SHAPE_FILE, route->media_type != NULL);
        assert_true(!route->file || asset_find(asset_files, route->file));
        assert_true(!route->rows || asset_find(asset_rows, route->rows));
        for (const struct representation *each = route->representations; each && each->query; each++)
            assert_non_null(asset_find(asset_queries, each->query));
    }
}

/* The route of a file's name as a path, or NULL. */
static const struct route *route_at(const char *name)
{
    char path[128];
    const char *id;
    size_t size;
    snprintf(path, sizeof(path), "/%s", name);
    return route_find("GET", path, &id, &size);
}

static void every_file_has_a_path(void **state)
{
    (void)state;
    for (const struct asset *file = asset_files; file->name; file++) {
        const struct route *route = routes, *asset = route_at(file->name);
        while (route->path && (!route->file || strcmp(route->file, file->name) != 0))
            route++;
        if (!route->path && (!asset || asset->shape != SHAPE_ASSET))
            fail_msg("nothing serves %s", file->name);
    }
}

static void a_page_shows_what_the_api_answers(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        const struct route *shown = route_shown(route);
        assert_int_equal(route->shape == SHAPE_PAGE, route->page != NULL);
        assert_int_equal(shown != route, route->page && route->page->target);
        if (shown == route)
            continue;
        assert_int_equal(route->representations->format, FORMAT_HTML);
        assert_string_equal(route->representations->query, shown->representations->query);
        assert_int_equal(route_has_id(route), route_has_id(shown));
        assert_int_equal(shown->shape == SHAPE_LIST, route->page->title != NULL);
        assert_string_equal(route->policy, PAGE_POLICY);
    }
}

static void representations_are_distinct(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++)
        for (const struct representation *each = route->representations; each && each->query; each++)
            assert_ptr_equal(route_representation(route, each->format), each);
    assert_null(route_representation(&routes[0], FORMAT_SVG));
}

static void json_is_for_who_does_not_care(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++)
        if (has_statement(route))
            assert_int_equal(route->representations->format, FORMAT_JSON);
        else
            assert_null(route_representation(route, FORMAT_JSON));
}

/* A list, and one thing that tells its revision. */
static bool is_in_order(const struct route *route)
{
    return route->shape == SHAPE_LIST || (route->shape == SHAPE_ONE && route->sorts);
}

/* A list that is streamed whole has to be one of lines. */
static void lists_are_in_order_and_have_their_rows(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        assert_int_equal(is_in_order(route), route->sorts != NULL);
        for (const struct representation *each = route->representations; route->rows && each->query; each++) {
            assert_true(is_in(query_of(each), "{rows}"));
            assert_true(route->shape != SHAPE_LIST || is_in(query_of(each), "{order}"));
            assert_true(!route->sorts || is_in(query_of(each), "{keys}"));
        }
        assert_true(!route->sorts || is_in(rows_of(route), "{sort}"));
    }
}

static void conditions_have_their_place_in_the_rows(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        assert_true(!route->id_condition || is_in(rows_of(route), "{filters}"));
        for (const struct param *param = route->params; param && param->name; param++)
            assert_true(!param->condition || is_in(rows_of(route), "{filters}"));
    }
}

static bool is_value(const struct param *param)
{
    return param->type < PARAM_LIMIT;
}

/* In each representation: an argument that a statement does not number is refused by the database. */
static void every_placed_parameter_has_its_place(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++)
        for (const struct param *param = route->params; param && param->name; param++) {
            char hole[80] = "{";
            strcat(strncat(hole, param->name, sizeof(hole) - 3), "}");
            if (!is_value(param))
                assert_null(param->condition);
            for (const struct representation *each = route->representations;
                 is_value(param) && !param->condition && each && each->query; each++)
                assert_true(is_in(query_of(each), hole) || is_in(rows_of(route), hole));
        }
}

static void every_embedded_thing_has_its_place(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++)
        for (const struct param *param = route->params; param && param->name; param++)
            for (size_t i = 0; param->type == PARAM_EMBED && param->values[i]; i++) {
                char hole[80] = "{embed ";
                assert_in_range(i, 0, EMBEDS_MAX - 1);
                strcat(strncat(hole, param->values[i], sizeof(hole) - 10), "|");
                assert_true(is_in(query_of(route->representations), hole));
            }
}

static size_t count_sorts(const struct route *route)
{
    size_t count = 0;
    while (route->sorts && route->sorts[count].name)
        count++;
    return count;
}

static void sort_keys_are_whole(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++)
        for (size_t i = 0; i < count_sorts(route); i++) {
            assert_non_null(route->sorts[i].ascending);
            assert_non_null(route->sorts[i].descending);
            assert_true(i == 0 || strcmp(route->sorts[i].name, "id") != 0);
            assert_in_range(i, 0, 127);
            for (size_t j = 0; j < i; j++)
                assert_string_not_equal(route->sorts[i].name, route->sorts[j].name);
        }
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

static bool same_text(const char *left, const char *right)
{
    return left == right || (left && right && strcmp(left, right) == 0);
}

/* Once with each operator, and once for null. */
static void a_use_of_a_parameter_stands_once(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++)
        for (size_t i = 0; i < count_params(route); i++)
            for (size_t j = 0; j < i; j++) {
                const struct param *one = &route->params[i], *other = &route->params[j];
                assert_false(same_text(one->name, other->name) && same_text(one->op, other->op) &&
                             (one->type == PARAM_NULL) == (other->type == PARAM_NULL));
            }
}

/* The first is for a value without an operator. */
static void uses_of_a_parameter_stand_side_by_side(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++)
        for (size_t i = 1; i < count_params(route); i++)
            for (size_t j = 0; j + 1 < i; j++)
                if (same_text(route->params[i].name, route->params[j].name))
                    assert_string_equal(route->params[i].name, route->params[i - 1].name);
}

static void words_alone_have_values(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++)
        for (const struct param *param = route->params; param && param->name; param++) {
            assert_int_equal(param->type == PARAM_WORDS || param->type == PARAM_EMBED, param->values != NULL);
            assert_true(!param->values || param->values[0]);
        }
}

/* So that the least and the most of a value can be said, or that there is one. */
static void ordered_values_alone_repeat(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++)
        for (const struct param *param = route->params; param && param->name; param++)
            if (param->repeats)
                assert_true(param->condition &&
                            ((param->op && param->type >= PARAM_NUMBER && param->type <= PARAM_TIME) ||
                             param->type == PARAM_NULL));
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
        assert_int_equal(route->shape == SHAPE_LIST, has_param(route, "sort", PARAM_SORT));
    }
}

static void every_answer_has_a_form(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        bool formed = route->shape == SHAPE_LIST || route->shape == SHAPE_ONE;
        bool chosen = formed && route->representations[1].query;
        assert_int_equal(formed, has_param(route, "fields", PARAM_FIELDS));
        assert_int_equal(chosen, has_param(route, "format", PARAM_FORMAT));
    }
}

static void policies_are_for_pages_and_start_closed(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        if (!route->policy)
            continue;
        assert_true(route->page || strcmp(route->media_type, "text/html") == 0);
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
        cmocka_unit_test(every_path_has_options),
        cmocka_unit_test(methods_are_whole_words_and_listed_once),
        cmocka_unit_test(what_is_written_can_be_shown),
        cmocka_unit_test(an_id_has_its_place),
        cmocka_unit_test(a_condition_has_a_hole),
        cmocka_unit_test(every_query_and_file_is_built_in),
        cmocka_unit_test(every_file_has_a_path),
        cmocka_unit_test(a_page_shows_what_the_api_answers),
        cmocka_unit_test(representations_are_distinct),
        cmocka_unit_test(json_is_for_who_does_not_care),
        cmocka_unit_test(lists_are_in_order_and_have_their_rows),
        cmocka_unit_test(conditions_have_their_place_in_the_rows),
        cmocka_unit_test(every_placed_parameter_has_its_place),
        cmocka_unit_test(every_embedded_thing_has_its_place),
        cmocka_unit_test(sort_keys_are_whole),
        cmocka_unit_test(parameters_fit_their_bounds),
        cmocka_unit_test(a_use_of_a_parameter_stands_once),
        cmocka_unit_test(uses_of_a_parameter_stand_side_by_side),
        cmocka_unit_test(words_alone_have_values),
        cmocka_unit_test(ordered_values_alone_repeat),
        cmocka_unit_test(lists_alone_have_pages),
        cmocka_unit_test(every_answer_has_a_form),
        cmocka_unit_test(policies_are_for_pages_and_start_closed),
    };
    return cmocka_run_group_tests_name("routes", tests, NULL, NULL);
}
