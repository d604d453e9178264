/* page: an answer as a web page, with its linked data, and what the script goes on from */
#include "page.h"

#include <stdlib.h>
#include <string.h>

#include "assets.h"
#include "linked.h"
#include "markup.h"
#include "plot/entry.h"

static const char site[] = "claimd";

/* ---- JSON ---- */

/* Inside a script element nothing but "<" could end it, which stands in strings alone (RFC 8259, section 7). */
static void put_inert(struct buffer *html, const char *json)
{
    for (; *json; json++) {
        if (*json == '<')
            buffer_puts(html, "\\u003c");
        else
            buffer_putc(html, *json);
    }
}

static void put_json(struct buffer *html, const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT);
    put_inert(html, text);
    free(text);
}

static void put_linked_thing(struct buffer *html, const json_t *linked)
{
    char *text = json_dumps(linked, JSON_COMPACT);
    linked_begin(html);
    put_inert(html, text + 1); /* behind its brace */
    free(text);
}

/* A list of what has a page of its own (schema.org ItemList, in the summary form). */
static void put_linked_list(struct buffer *html, const char *address, const json_t *items)
{
    json_auto_t *list =
        json_pack("{ss ss s[]}", "@context", "https://schema.org", "@type", "ItemList", "itemListElement");
    const json_t *item;
    size_t i;
    json_array_foreach(items, i, item)
    {
        json_t *url = json_sprintf("%s%s", address, entry_text(item, "id"));
        json_array_append_new(json_object_get(list, "itemListElement"),
                              json_pack("{ss si ss so}", "@type", "ListItem", "position", (int)i + 1, "name",
                                        substance_title(item), "url", url));
    }
    put_json(html, list);
}

static void put_linked(struct buffer *html, const struct route *route, const struct page_data *data)
{
    const json_t *items = json_object_get(data->document, "items");
    const json_t *linked = json_object_get(data->document, "linked");
    if (!items && !linked)
        return;
    buffer_puts(html, "<script type=\"application/ld+json\">");
    if (items)
        put_linked_list(html, substance_address(route), items);
    else
        put_linked_thing(html, linked);
    buffer_puts(html, "</script>");
    json_object_del(data->document, "linked");
}

static void put_data(struct buffer *html, const struct page_data *data)
{
    json_auto_t *brought = json_pack("{ss sO}", "target", data->target, "document", data->document);
    buffer_puts(html, "<script type=\"application/json\" id=\"data\">");
    put_json(html, brought);
    buffer_puts(html, "</script>");
}

/* ---- the page ---- */

static bool has_ending(const char *name, const char *ending)
{
    size_t size = strlen(name), ending_size = strlen(ending);
    return size >= ending_size && strcmp(name + size - ending_size, ending) == 0;
}

/* The front end's files, by what they are: chunks are what the script begins with, others it fetches when needed. */
static void put_files(struct buffer *html)
{
    for (const struct asset *file = asset_files; file->name; file++) {
        if (strncmp(file->name, "web/", 4) != 0)
            continue;
        if (has_ending(file->name, ".svg"))
            markup_print(html, "<link rel=\"icon\" type=\"image/svg+xml\" href=\"/%s\">", file->name);
        else if (has_ending(file->name, ".css"))
            markup_print(html, "<link rel=\"stylesheet\" href=\"/%s\">", file->name);
        else if (has_ending(file->name, ".txt"))
            markup_print(html, "<link rel=\"license\" href=\"/%s\">", file->name);
        else if (strncmp(file->name, "web/main-", 9) == 0)
            markup_print(html, "<script type=\"module\" src=\"/%s\"></script>", file->name);
        else if (strncmp(file->name, "web/chunk-", 10) == 0)
            markup_print(html, "<link rel=\"modulepreload\" href=\"/%s\">", file->name);
    }
}

static void begin_head(struct buffer *html, const char *title, const char *description)
{
    buffer_puts(html, "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                      "<meta name=\"color-scheme\" content=\"light dark\">");
    markup_print(html, "<title>%s – %s</title><meta name=\"description\" content=\"%s\">", title, site, description);
    markup_print(html, "<meta property=\"og:title\" content=\"%s\"><meta property=\"og:description\" content=\"%s\">",
                 title, description);
    put_files(html);
}

static void put_relatives(struct buffer *html, const struct route *route, const struct page_data *data)
{
    markup_print(html, "<link rel=\"canonical\" href=\"%s\">", data->path);
    for (const struct representation *each = route_shown(route)->representations; each->query; each++)
        if (each->format == FORMAT_JSON) {
            markup_print(html, "<link rel=\"alternate\" type=\"application/json\" href=\"%s\">", data->target);
        } else if (each->format == FORMAT_JSONLD) {
            buffer_puts(html, "<link rel=\"alternate\" type=\"application/ld+json\" href=\"");
            substance_put_target(html, data, "jsonld");
            buffer_puts(html, "\">");
        }
}

static void begin_body(struct buffer *html, const char *title)
{
    markup_print(html, "</head><body><div id=\"site\"><header class=\"top\"><a class=\"brand\" href=\"/\">%s</a><nav>",
                 site);
    buffer_puts(html,
                "<a href=\"/comparisons\">Comparisons</a><a href=\"/claims\">Claims</a><a href=\"/sources\">Sources</a>"
                "</nav><form role=\"search\" class=\"search\" action=\"/search\">"
                "<input type=\"search\" name=\"q\" aria-label=\"Search\"><button type=\"submit\">Search</button></form>"
                "</header><main id=\"content\">");
    markup_print(html, "<h1>%s</h1>", title);
}

static void end_body(struct buffer *html)
{
    buffer_puts(html, "</main><footer><p>claimd says who printed what, and where, and what follows by arithmetic. "
                      "It never says what is true.</p><p><a href=\"/docs\">API</a></p></footer></div>");
}

static void put_lead(struct buffer *html, const char *lead)
{
    if (*lead)
        markup_print(html, "<p class=\"lead\">%s</p>", lead);
}

void page_write(struct buffer *html, const struct route *route, const struct page_data *data)
{
    const struct page *page = route->page;
    const char *title = page->title ? page->title : substance_title(data->document);
    const char *lead = page->lead ? page->lead : entry_text(data->document, "description");
    begin_head(html, title, *lead ? lead : title);
    put_relatives(html, route, data);
    put_linked(html, route, data);
    begin_body(html, title);
    put_lead(html, lead);
    substance_write(html, route, data);
    end_body(html);
    put_data(html, data);
    buffer_puts(html, "</body></html>");
}

static void write_short(struct buffer *html, const char *title, const char *lead, const char *more)
{
    begin_head(html, title, lead);
    begin_body(html, title);
    put_lead(html, lead);
    buffer_puts(html, more);
    end_body(html);
    buffer_puts(html, "</body></html>");
}

void page_write_bare(struct buffer *html, const struct route *route)
{
    const char *title = route->page->title ? route->page->title : site;
    write_short(html, title, route->page->lead ? route->page->lead : "",
                "<noscript><p>This page needs JavaScript.</p></noscript>");
}

void page_write_problem(struct buffer *html, const struct error *error)
{
    write_short(html, error_kind(error->code)->title, error->detail, "<p><a href=\"/\">To the front page</a></p>");
}
