/* page: an answer as a web page: what stands in it, and that nothing in the data is taken for markup */
#include "page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plot/comparisons.h"

static struct buffer html;

static int begin(void **state)
{
    (void)state;
    html = (struct buffer)BUFFER_INIT;
    return 0;
}

static int end(void **state)
{
    (void)state;
    buffer_release(&html);
    return 0;
}

static const struct route *route_at(const char *path)
{
    const char *id;
    size_t size;
    return route_find("GET", path, &id, &size);
}

static void show_at(const char *path, const char *target, const char *next, json_t *document)
{
    struct page_data data = {document, target, path, next};
    html.size = 0;
    page_write(&html, route_at(path), &data);
    buffer_putc(&html, 0);
    json_decref(document);
}

static void show(const char *path, json_t *document)
{
    show_at(path, "/v1/it?a=1&b=2", NULL, document);
}

static void assert_has(const char *part)
{
    if (!strstr(html.data, part))
        fail_msg("no %s in %s", part, html.data);
}

static void assert_lacks(const char *part)
{
    if (strstr(html.data, part))
        fail_msg("%s in %s", part, html.data);
}

static unsigned count_of(const char *part)
{
    unsigned count = 0;
    for (const char *next = html.data; (next = strstr(next, part)); next++)
        count++;
    return count;
}

/* What stands in the script element that begins so, as JSON. */
static json_t *script(const char *begin)
{
    const char *text = strstr(html.data, begin);
    if (!text)
        return NULL;
    text = strchr(text, '>') + 1;
    return json_loadb(text, (size_t)(strstr(text, "</script>") - text), 0, NULL);
}

static json_t *claim(void)
{
    return json_of("{'id':'a','statement':'It cost 5 dollars.','figure':{'as_printed':'5 $','value':'5','bound':'lt',"
                   "'low':null,'high':'5','unit':'USD'},"
                   "'claimant':{'name':'Somebody'},'attribution':[{'agent':{'name':'A'},'role':'speaker'},"
                   "{'agent':{'name':'B'},'role':'reporter'}],'stance':'reports','hedge':'rumour','quantity':null,"
                   "'source':{'id':'s','title':'The Title'},'locator':{'line':7}}");
}

static json_t *claims(size_t count)
{
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(items, claim());
    return json_pack("{so sn}", "items", items, "next");
}

static void a_page_of_a_thing_has_its_facts(void **state)
{
    (void)state;
    show("/claims/a", claim());
    assert_has("<title>It cost 5 dollars. – claimd</title>");
    assert_has("<h1>It cost 5 dollars.</h1>");
    assert_has("<dt>As printed</dt><dd>5 $</dd>");
    assert_has("<dt>Bound</dt><dd>lt</dd>");
    assert_has("<dt>To</dt><dd>5</dd>");
    assert_lacks("<dt>From</dt>");
    assert_has("<dt>Line</dt><dd>7</dd>");
    assert_has("<dt>Source</dt><dd><a href=\"/sources/s\">The Title</a></dd>");
    assert_has("<ol><li>A (speaker)</li><li>B (reporter)</li></ol>");
    assert_lacks("<dt>Quantity</dt>");
}

static void a_page_of_a_list_has_a_row_for_each(void **state)
{
    (void)state;
    show_at("/claims", "/v1/claims", "/claims?cursor=x&q=a%20b", claims(3));
    assert_has("<title>Claims – claimd</title>");
    assert_int_equal(count_of("<td>5 $</td>"), 3);
    assert_int_equal(count_of("<a href=\"/claims/a\">It cost 5 dollars.</a>"), 3);
    assert_has("<a rel=\"next\" href=\"/claims?cursor=x&amp;q=a%20b\">Next page</a>");
}

static void an_empty_list_says_so(void **state)
{
    (void)state;
    show("/claims", claims(0));
    assert_has("Nothing was found.");
    assert_lacks("<table");
    assert_lacks("rel=\"next\"");
}

static void a_comparison_has_its_picture_and_its_figures(void **state)
{
    (void)state;
    static const char five[] = "{'as_printed':'5 $','value':'5','low':'5','high':'5','bound':'exact','unit':'USD'}";
    json_t *figures =
        json_pack("[oo]", figure_of_claim("a", five, "asserts", "none"), figure_of_claim("b", five, "reports", "none"));
    show("/comparisons/c", comparison_of(figures, "[]"));
    assert_has("src=\"/v1/it?a=1&amp;b=2&amp;format=svg\"");
    assert_int_equal(count_of("<td>5 $</td>"), 2);
    assert_has("href=\"/claims/b\"");
}

static void a_page_leads_to_what_it_shows(void **state)
{
    (void)state;
    show("/claims/a", claim());
    assert_has("<link rel=\"canonical\" href=\"/claims/a\">");
    assert_has("<link rel=\"alternate\" type=\"application/json\" href=\"/v1/it?a=1&amp;b=2\">");
    assert_has("<link rel=\"alternate\" type=\"application/ld+json\" href=\"/v1/it?a=1&amp;b=2&amp;format=jsonld\">");
    show_at("/claims/a", "/v1/it", NULL, claim());
    assert_has("href=\"/v1/it?format=jsonld\"");
}

static void a_page_brings_its_data(void **state)
{
    (void)state;
    show("/claims/a", claim());
    json_auto_t *data = script("<script type=\"application/json\" id=\"data\">"), *given = claim();
    assert_string_equal(json_string_value(json_object_get(data, "target")), "/v1/it?a=1&b=2");
    assert_true(json_equal(json_object_get(data, "document"), given));
}

static void linked_data_stand_apart(void **state)
{
    (void)state;
    json_t *document = claim();
    json_object_set_new(document, "linked", json_of("{'@id':'/v1/claims/a','@type':'Claim'}"));
    show("/claims/a", document);
    json_auto_t *linked = script("<script type=\"application/ld+json\">"),
                *data = script("<script type=\"application/json\"");
    assert_string_equal(json_string_value(json_object_get(linked, "@type")), "Claim");
    assert_non_null(json_object_get(linked, "@context"));
    assert_null(json_object_get(json_object_get(data, "document"), "linked"));
}

static void a_list_is_linked_to_the_pages_of_its_things(void **state)
{
    (void)state;
    show("/claims", claims(2));
    json_auto_t *list = script("<script type=\"application/ld+json\">");
    const json_t *elements = json_object_get(list, "itemListElement"), *second = json_array_get(elements, 1);
    assert_int_equal(json_array_size(elements), 2);
    assert_int_equal(json_integer_value(json_object_get(second, "position")), 2);
    assert_string_equal(json_string_value(json_object_get(second, "url")), "/claims/a");
}

static void data_are_never_markup(void **state)
{
    (void)state;
    static const char hostile[] = "</script><script>alert(1)</script><!--<script>&amp;\"'<img src=x onerror=alert(1)>";
    json_t *document = claim();
    json_object_set_new(document, "statement", json_string(hostile));
    json_object_set_new(document, "linked", json_pack("{ss}", "name", hostile));
    json_object_set_new(json_object_get(document, "source"), "id", json_string(hostile));
    show("/claims/a", document);
    assert_int_equal(count_of("<script"), 3); /* with the front end's own */
    assert_int_equal(count_of("</script"), 3);
    assert_lacks("<img");
    assert_lacks("<!--");
    json_auto_t *data = script("<script type=\"application/json\""),
                *linked = script("<script type=\"application/ld+json\"");
    assert_string_equal(json_string_value(json_object_get(json_object_get(data, "document"), "statement")), hostile);
    assert_string_equal(json_string_value(json_object_get(linked, "name")), hostile);
}

static void a_page_without_data_has_the_script_alone(void **state)
{
    (void)state;
    page_write_bare(&html, route_at("/claims/a"));
    buffer_putc(&html, 0);
    assert_has("<script type=\"module\" src=\"/web/");
    assert_has("<noscript>");
    assert_lacks("id=\"data\"");
}

static void a_problem_is_told_as_a_page(void **state)
{
    (void)state;
    struct error error;
    error_init(&error);
    error_set(&error, ERROR_NOT_FOUND, "There is no <b>.");
    page_write_problem(&html, &error);
    buffer_putc(&html, 0);
    assert_has("<h1>There is nothing here</h1>");
    assert_has("There is no &lt;b&gt;.");
    assert_has("<script type=\"module\" src=\"/web/");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_page_of_a_thing_has_its_facts), TEST(a_page_of_a_list_has_a_row_for_each),
        TEST(an_empty_list_says_so),           TEST(a_comparison_has_its_picture_and_its_figures),
        TEST(a_page_leads_to_what_it_shows),   TEST(a_page_brings_its_data),
        TEST(linked_data_stand_apart),         TEST(a_list_is_linked_to_the_pages_of_its_things),
        TEST(data_are_never_markup),           TEST(a_page_without_data_has_the_script_alone),
        TEST(a_problem_is_told_as_a_page),
    };
    return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
