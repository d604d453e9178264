/* target: what is asked for is found, however it is written, and all else is told apart */
#include "target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dice.h"
#include "sealed.h"

static struct arena arena;
static struct params params;
static struct error error;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena);
    sealed_begin();
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static bool reads(const char *method, const char *uri)
{
    error = (struct error){0};
    bool good = target_read(&arena, method, arena_copy(&arena, uri, strlen(uri)), &params, &error);
    assert_int_equal(good, error.code == ERROR_NONE);
    return good;
}

static void assert_target(const char *uri, const char *path, const char *id)
{
    if (!reads("GET", uri))
        fail_msg("%s is refused: %s", uri, error.detail);
    assert_string_equal(params.route->path, path);
    if (id)
        assert_string_equal(params.id, id);
    else
        assert_null(params.id);
}

static void assert_refused(const char *method, const char *uri, enum error_code code)
{
    if (reads(method, uri))
        fail_msg("%s %s is taken", method, uri);
    if (error.code != code)
        fail_msg("%s %s: %s", method, uri, error.detail);
    assert_true(*error.detail);
}

static void targets_in_origin_form_are_read(void **state)
{
    (void)state;
    assert_target("/v1/claims", "/v1/claims", NULL);
    assert_target("/v1/claims?", "/v1/claims", NULL);
    assert_target("/v1/claims/a-1", "/v1/claims/{id}", "a-1");
    assert_target("/v1/sources/a/claims?limit=5", "/v1/sources/{id}/claims", "a");
    assert_int_equal(params.limit, 5);
    assert_target("/healthz", "/healthz", NULL);
}

static void escapes_are_what_they_stand_for(void **state)
{
    (void)state;
    assert_target("/v1/cl%61ims", "/v1/claims", NULL);
    assert_target("/%76%31/claims/%61-1", "/v1/claims/{id}", "a-1");
    assert_target("/v1/units/%7BGPU%7d", "/v1/units/{id}", "{GPU}");
    assert_target("/v1/units/%25", "/v1/units/{id}", "%");
    assert_target("/v1/units/%3F", "/v1/units/{id}", "?");
    assert_target("/v1/units/a+b", "/v1/units/{id}", "a+b");
}

static void targets_in_absolute_form_are_read(void **state)
{
    (void)state;
    assert_target("http://localhost/v1/claims", "/v1/claims", NULL);
    assert_target("https://localhost:8080/v1/claims/a?format=json", "/v1/claims/{id}", "a");
    assert_target("HTTP://LOCALHOST/v1/claims", "/v1/claims", NULL);
    assert_target("http://[::1]:80/healthz?", "/healthz", NULL);
    assert_target("http://user@host/healthz", "/healthz", NULL);
    assert_target("http://localhost", "/v1/comparisons", NULL);
    assert_target("http://localhost/", "/v1/comparisons", NULL);
    assert_refused("GET", "http://localhost?a=/v1/claims", ERROR_NOT_FOUND);
    assert_refused("GET", "http://", ERROR_NOT_FOUND);
    assert_target("http:///", "/v1/comparisons", NULL);
    assert_refused("GET", "ftp://localhost/v1/claims", ERROR_NOT_FOUND);
    assert_refused("GET", "http:/v1/claims", ERROR_NOT_FOUND);
    assert_refused("GET", "/http://localhost/v1/claims", ERROR_NOT_FOUND);
}

static void other_paths_are_not_found(void **state)
{
    (void)state;
    static const char *const uris[] = {"",
                                       "*",
                                       "?",
                                       "?limit=1",
                                       "v1/claims",
                                       "//v1/claims",
                                       "/v1/claims/",
                                       "/v1/claims/a/b",
                                       "/v1//claims",
                                       "/V1/claims",
                                       "/v1/./claims",
                                       "/v1/x/../claims",
                                       "/v1/%2e/claims",
                                       "/v1/claims%3Flimit=1",
                                       "/v1/claims;x",
                                       "/v1/claims#x",
                                       "localhost:80"};
    for (size_t i = 0; i < sizeof(uris) / sizeof(*uris); i++)
        assert_refused("GET", uris[i], ERROR_NOT_FOUND);
}

static void assert_page(const char *uri, const char *page, const char *target)
{
    if (!reads("GET", uri))
        fail_msg("%s is refused: %s", uri, error.detail);
    assert_non_null(params.page);
    assert_string_equal(params.page->path, page);
    assert_string_equal(params_self(&arena, &params), target);
}

static void a_page_asks_the_api(void **state)
{
    (void)state;
    assert_page("/", "/", "/v1/comparisons?verdict=conflict&sort=-spread&limit=6");
    assert_page("/claims", "/claims", "/v1/claims");
    assert_page("/claims/a", "/claims/{id}", "/v1/claims/a?embed=source,subject,quantity,comparisons");
    assert_page("/comparisons/a?unit=EUR&baseline=b", "/comparisons/{id}", "/v1/comparisons/a?baseline=b&unit=EUR");
    assert_page("/claims?value=gte.5&value=lt.9&q=a%20b", "/claims", "/v1/claims?q=a%20b&value=gte.5&value=lt.9");
    assert_true(reads("GET", "/v1/claims"));
    assert_null(params.page);
}

/* A link may be marked by whoever passes it on. */
static void a_page_leaves_out_what_the_api_does_not_know(void **state)
{
    (void)state;
    assert_page("/claims?utm_source=x&stance=reports&=&&a", "/claims", "/v1/claims?stance=reports");
    assert_page("/?limit=200&sort=id&verdict=agree&kind=derived", "/",
                "/v1/comparisons?kind=derived&verdict=conflict&sort=-spread&limit=6");
    assert_page("/claims?format=csv&fields=id&limit=2", "/claims", "/v1/claims?limit=2");
    assert_page("/edit?q=a", "/edit", "/edit");
}

static void a_page_is_refused_as_the_api_would(void **state)
{
    (void)state;
    assert_refused("GET", "/claims?value=abc", ERROR_INVALID_PARAMETER);
    assert_refused("GET", "/claims?stance=reports&stance=asserts", ERROR_REPEATED_PARAMETER);
    assert_refused("GET", "/claims?q=%00", ERROR_MALFORMED_REQUEST);
    assert_refused("GET", "/claims?cursor=x", ERROR_INVALID_CURSOR);
    assert_refused("GET", "/claims/NO", ERROR_NOT_FOUND);
    assert_non_null(params.page);
    assert_refused("POST", "/claims", ERROR_METHOD_NOT_ALLOWED);
}

/* RFC 3986, section 2.2: it is data, of which the codes of units can have some. */
static void an_encoded_slash_is_no_separator(void **state)
{
    (void)state;
    static const char *const uris[] = {"/v1%2Fclaims",           "%2fv1/claims",  "/v1/claims%2fa",
                                       "/v1/sources/a%2Fclaims", "/v1/claims%2F", "/v1/sources/a%2fb/claims"};
    for (size_t i = 0; i < sizeof(uris) / sizeof(*uris); i++)
        assert_refused("GET", uris[i], ERROR_NOT_FOUND);
    assert_target("/v1/units/%252F", "/v1/units/{id}", "%2F");
    assert_target("/v1/units/m%2Fs", "/v1/units/{id}", "m/s");
    assert_target("/v1/units/%2f%61%2F/revisions", "/v1/units/{id}/revisions", "/a/");
    assert_string_equal(params_self(&arena, &params), "/v1/units/%2Fa%2F/revisions");
    assert_refused("POST", "/v1/units/m%2Fs", ERROR_METHOD_NOT_ALLOWED);
}

static void a_path_that_cannot_be_decoded_is_malformed(void **state)
{
    (void)state;
    static const char *const uris[] = {"/%",
                                       "/v1/claims/%4",
                                       "/v1/claims/%zz",
                                       "/v1/claims/%00",
                                       "/v1/claims/%0a",
                                       "/v1/claims/%ff",
                                       "/v1/claims/%C3",
                                       "/v1/claims/%7f?limit=1"};
    for (size_t i = 0; i < sizeof(uris) / sizeof(*uris); i++)
        assert_refused("GET", uris[i], ERROR_MALFORMED_REQUEST);
}

static void a_space_or_a_control_character_is_malformed(void **state)
{
    (void)state;
    assert_refused("GET", "/search?utm_source=\x01", ERROR_MALFORMED_REQUEST);
    assert_refused("OPTIONS", "/v1/claims?\t", ERROR_MALFORMED_REQUEST);
    assert_refused("GET", "/edit?a\x7f", ERROR_MALFORMED_REQUEST);
    assert_refused("GET", "/v1/claims ", ERROR_MALFORMED_REQUEST);
    assert_refused("GET", "/v1/cla ims", ERROR_MALFORMED_REQUEST);
    assert_refused("GET", " /v1/claims", ERROR_MALFORMED_REQUEST);
    assert_refused("GET", "/v1/claims?source=a b", ERROR_MALFORMED_REQUEST);
    assert_refused("GET", "http://local host/v1/claims", ERROR_MALFORMED_REQUEST);
}

static void an_id_that_cannot_be_one_is_not_found(void **state)
{
    (void)state;
    static const char *const uris[] = {"/v1/claims/A",      "/v1/claims/a_b",   "/v1/claims/-",
                                       "/v1/claims/%C3%A9", "/v1/claims/a%20b", "/v1/sources/A/claims",
                                       "/v1/units/%20",     "/v1/units/%C3%A9", "/v1/claims/%7Bid%7D"};
    for (size_t i = 0; i < sizeof(uris) / sizeof(*uris); i++)
        assert_refused("GET", uris[i], ERROR_NOT_FOUND);
    char id[200] = {0};
    memset(id, 'x', ID_MAX);
    assert_target(arena_format(&arena, "/v1/claims/%s", id), "/v1/claims/{id}", id);
    assert_refused("GET", arena_format(&arena, "/v1/claims/%sx", id), ERROR_NOT_FOUND);
}

static void parameters_are_checked(void **state)
{
    (void)state;
    assert_refused("GET", "/v1/claims?foo=1", ERROR_UNKNOWN_PARAMETER);
    assert_refused("GET", "/v1/claims?limit=0", ERROR_INVALID_PARAMETER);
    assert_refused("GET", "/v1/claims/a?limit=1", ERROR_UNKNOWN_PARAMETER);
    assert_refused("GET", "/v1/claims?%", ERROR_MALFORMED_REQUEST);
    assert_refused("GET", "/v1/claims?a?b=1", ERROR_UNKNOWN_PARAMETER);
    assert_string_equal(error.faults[0].parameter, "a?b");
}

static void methods_are_told_apart(void **state)
{
    (void)state;
    static const char *const good[] = {"GET", "HEAD", "OPTIONS", "POST"};
    static const char *const bad[] = {"PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "get",
                                      "Get", "",       "GET ",  "GETX",  "PROPFIND"};
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
        assert_true(reads(good[i], "/v1/claims"));
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_refused(bad[i], "/v1/claims", ERROR_METHOD_NOT_ALLOWED);
    assert_string_equal(error.field, "Allow");
    assert_string_equal(error.value, "GET, HEAD, OPTIONS, POST");
}

/* What is not there takes no method at all. */
static void a_path_is_told_before_a_method(void **state)
{
    (void)state;
    assert_refused("POST", "/nothing", ERROR_NOT_FOUND);
    assert_refused("POST", "/v1/%zz", ERROR_MALFORMED_REQUEST);
    assert_refused("PUT", "/v1/claims?foo=1", ERROR_METHOD_NOT_ALLOWED);
    assert_refused("POST", "/v1/claims?foo=1", ERROR_UNKNOWN_PARAMETER);
}

static void options_are_asked_with_the_parameters_of_what_comes(void **state)
{
    (void)state;
    assert_true(reads("OPTIONS", "/v1/claims/a?dry_run=true&comment=x"));
    assert_true(reads("OPTIONS", "/?embed=source"));
    assert_string_equal(params_self(&arena, &params), "/v1/comparisons");
    assert_true(reads("OPTIONS", "/v1/claims/a/revert?dry_run=true"));
    assert_refused("GET", "/v1/claims/a?dry_run=true", ERROR_UNKNOWN_PARAMETER);
}

static void any_bytes_are_survived(void **state)
{
    (void)state;
    static const char *const pieces[] = {"/", "v1", "claims", "sources", "%2f",  "%",     "%61",   "?",
                                         "&", "=",  "a",      "http://", "\xc3", "é",     "limit", "5",
                                         "*", "#",  ";",      "+",       "..",   "cursor"};
    struct dice dice = dice_begin();
    for (int i = 0; i < 20000; i++) {
        const char *uri = "";
        for (uint32_t count = dice_roll(&dice, 12); count > 0; count--)
            uri = arena_format(&arena, "%s%s", uri, pieces[dice_roll(&dice, sizeof(pieces) / sizeof(*pieces))]);
        assert_property(&dice, reads("GET", uri) ? params.route != NULL : *error.detail != 0);
        end(state);
        begin(state);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(targets_in_origin_form_are_read),
        TEST(escapes_are_what_they_stand_for),
        TEST(targets_in_absolute_form_are_read),
        TEST(other_paths_are_not_found),
        TEST(a_page_asks_the_api),
        TEST(a_page_leaves_out_what_the_api_does_not_know),
        TEST(a_page_is_refused_as_the_api_would),
        TEST(an_encoded_slash_is_no_separator),
        TEST(a_path_that_cannot_be_decoded_is_malformed),
        TEST(a_space_or_a_control_character_is_malformed),
        TEST(an_id_that_cannot_be_one_is_not_found),
        TEST(parameters_are_checked),
        TEST(methods_are_told_apart),
        TEST(a_path_is_told_before_a_method),
        TEST(options_are_asked_with_the_parameters_of_what_comes),
        TEST(any_bytes_are_survived),
    };
    return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
