/* substance: what a web page shows to whoever runs no script */
#include "substance.h"

#include <stdio.h>
#include <string.h>

#include "markup.h"
#include "memory.h"
#include "plot/entry.h"
#include "plot/sentence.h"

/* ---- THE tables of what is shown ---- */

/* A member that is shown. */
struct shown {
    const char *label; /* NULL: the last one */
    const char *place; /* its names, joined by dots */
    const char *link;  /* the address in front of an id; NULL: no link */
    const char *id;    /* the place of that id */
};

static const struct shown claim_shown[] = {
    {.label = "Claim", .place = "statement", .link = "/claims/", .id = "id"},
    {.label = "As printed", .place = "figure.as_printed"},
    {.label = "Bound", .place = "figure.bound"},
    {.label = "Value", .place = "figure.value"},
    {.label = "From", .place = "figure.low"},
    {.label = "To", .place = "figure.high"},
    {.label = "Unit", .place = "figure.unit"},
    {.label = "Stance", .place = "stance"},
    {.label = "Hedge", .place = "hedge"},
    {.label = "Claimant", .place = "claimant.name"},
    {.label = "Subject", .place = "subject.name"},
    {.label = "Quantity", .place = "quantity.name"},
    {.label = "Source", .place = "source.title", .link = "/sources/", .id = "source.id"},
    {.label = "Line", .place = "locator.line"},
    {.label = NULL}};

static const struct shown source_shown[] = {
    {.label = "Source", .place = "title", .link = "/sources/", .id = "id"},
    {.label = "Kind", .place = "kind"},
    {.label = "Language", .place = "language"},
    {.label = "Publisher", .place = "publisher.name"},
    {.label = "Author", .place = "author"},
    {.label = "Published", .place = "published_at"},
    {.label = "Claims", .place = "claims", .link = "/claims?source=", .id = "id"},
    {.label = NULL}};

static const struct shown comparison_shown[] = {
    {.label = "Comparison", .place = "title", .link = "/comparisons/", .id = "id"},
    {.label = "Smallest", .place = "spread.min"},
    {.label = "Largest", .place = "spread.max"},
    {.label = "Unit", .place = "unit"},
    {.label = "Ratio", .place = "spread.ratio"},
    {.label = "Verdict", .place = "verdict"},
    {.label = "Sources", .place = "sources"},
    {.label = "Independent origins", .place = "origins"},
    {.label = NULL}};

static const struct shown figure_shown[] = {
    {.label = "Claim", .place = "statement", .link = "/claims/", .id = "claim"},
    {.label = "As printed", .place = "figure.as_printed"},
    {.label = "Bound", .place = "figure.bound"},
    {.label = "Value", .place = "amount.value"},
    {.label = "From", .place = "amount.low"},
    {.label = "To", .place = "amount.high"},
    {.label = "To baseline", .place = "ratio_to_baseline"},
    {.label = "Stance", .place = "stance"},
    {.label = "Hedge", .place = "hedge"},
    {.label = "Claimant", .place = "claimant.name"},
    {.label = "Source", .place = "source.title", .link = "/sources/", .id = "source.id"},
    {.label = NULL}};

/* Things of a kind: what is shown of them, and the addresses of their pages. */
static const struct things {
    const char *rows; /* of a route; NULL: the last ones */
    const char *address;
    const struct shown *shown;
} things[] = {
    {"claims", "/claims/", claim_shown},
    {"sources", "/sources/", source_shown},
    {"comparisons", "/comparisons/", comparison_shown},
    {"comparison", "/comparisons/", figure_shown},
    {.rows = NULL},
};

static const struct things *things_of(const struct route *page)
{
    const struct things *each = things;
    const char *rows = route_shown(page)->rows;
    while (each->rows && strcmp(each->rows, rows) != 0)
        each++;
    return each;
}

const char *substance_address(const struct route *page)
{
    return things_of(page)->address;
}

/* ---- members ---- */

static const json_t *member_at(const json_t *document, const char *place)
{
    while (*place && document) {
        size_t size = strcspn(place, ".");
        document = json_object_getn(document, place, size);
        place += size + (place[size] == '.');
    }
    return document;
}

enum { NUMBER_SIZE = 24 };

/* A member as text, in `number` where it is one; "" for null and what is none. */
static const char *text_at(const json_t *document, const char *place, char number[static NUMBER_SIZE])
{
    const json_t *value = member_at(document, place);
    if (json_is_integer(value)) {
        snprintf(number, NUMBER_SIZE, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return number;
    }
    return json_is_string(value) ? json_string_value(value) : "";
}

static void put_member(struct buffer *html, const struct shown *shown, const json_t *document)
{
    char number[NUMBER_SIZE];
    const char *text = text_at(document, shown->place, number);
    const char *id = shown->link ? json_string_value(member_at(document, shown->id)) : NULL;
    if (id)
        markup_print(html, "<a href=\"%s%s\">%s</a>", shown->link, id, *text ? text : id);
    else
        markup_print(html, "%s", text);
}

const char *substance_title(const json_t *document)
{
    static const char *const names[] = {"title", "statement", "id"};
    const char *title = "";
    for (size_t i = 0; i < sizeof(names) / sizeof(*names) && !*title; i++)
        title = entry_text(document, names[i]);
    return title;
}

void substance_put_target(struct buffer *html, const struct page_data *data, const char *format)
{
    markup_print(html, "%s%sformat=%s", data->target, strchr(data->target, '?') ? "&" : "?", format);
}

/* ---- facts and tables ---- */

static void put_facts(struct buffer *html, const struct shown *shown, const json_t *document)
{
    char number[NUMBER_SIZE];
    buffer_puts(html, "<dl class=\"facts\">");
    for (; shown->label; shown++) {
        if (!*text_at(document, shown->place, number))
            continue;
        markup_print(html, "<div><dt>%s</dt><dd>", shown->label);
        put_member(html, shown, document);
        buffer_puts(html, "</dd></div>");
    }
    buffer_puts(html, "</dl>");
}

static void put_row(struct buffer *html, const struct shown *shown, const json_t *item)
{
    buffer_puts(html, "<tr>");
    for (; shown->label; shown++) {
        buffer_puts(html, "<td>");
        put_member(html, shown, item);
        buffer_puts(html, "</td>");
    }
    buffer_puts(html, "</tr>");
}

static void put_table(struct buffer *html, const struct shown *shown, const json_t *items)
{
    const json_t *item;
    size_t i;
    buffer_puts(html, "<div class=\"scroller\" tabindex=\"0\"><table class=\"substance\"><thead><tr>");
    for (const struct shown *each = shown; each->label; each++)
        markup_print(html, "<th scope=\"col\">%s</th>", each->label);
    buffer_puts(html, "</tr></thead><tbody>");
    json_array_foreach(items, i, item) put_row(html, shown, item);
    buffer_puts(html, "</tbody></table></div>");
}

static void put_paragraph(struct buffer *html, struct buffer *text)
{
    markup_print(html, "<p>%.*s</p>", (int)text->size, text->data);
    text->size = 0;
}

/* ---- things and lists ---- */

static void put_picture(struct buffer *html, const struct page_data *data)
{
    buffer_puts(html,
                "<noscript><p><img class=\"picture\" alt=\"The figures on an axis; the table below has them\" src=\"");
    substance_put_target(html, data, "svg");
    buffer_puts(html, "\"></p></noscript>");
}

/* Its picture, what is found of its figures, they themselves, and what becomes of the multiples that are stated. */
static void put_comparison(struct buffer *html, const struct page_data *data)
{
    _cleanup_(entries_release) struct entries entries = entries_read(data->document);
    _cleanup_(buffer_release) struct buffer text = BUFFER_INIT;
    const json_t *multiple;
    size_t i;
    sentence_finding(&text, data->document, &entries);
    put_paragraph(html, &text);
    put_picture(html, data);
    put_table(html, figure_shown, json_object_get(data->document, "figures"));
    json_array_foreach(json_object_get(data->document, "stated_multiples"), i, multiple)
    {
        sentence_multiple(&text, multiple);
        put_paragraph(html, &text);
    }
}

/* Through whom the source has it, nearest to it first. */
static void put_attribution(struct buffer *html, const json_t *hops)
{
    const json_t *hop;
    size_t i;
    if (!json_array_size(hops))
        return;
    buffer_puts(html, "<h2>Attribution</h2><ol>");
    json_array_foreach(hops, i, hop)
        markup_print(html, "<li>%s (%s)</li>", entry_nested(hop, "agent", "name"), entry_text(hop, "role"));
    buffer_puts(html, "</ol>");
}

static void put_thing(struct buffer *html, const struct things *shown, const json_t *document)
{
    put_facts(html, shown->shown, document);
    put_attribution(html, json_object_get(document, "attribution"));
}

static void put_list(struct buffer *html, const struct things *shown, const struct page_data *data)
{
    const json_t *items = json_object_get(data->document, "items");
    if (json_array_size(items))
        put_table(html, shown->shown, items);
    else
        buffer_puts(html, "<p>Nothing was found.</p>");
    if (data->next)
        markup_print(html, "<p><a rel=\"next\" href=\"%s\">Next page</a></p>", data->next);
}

void substance_write(struct buffer *html, const struct route *page, const struct page_data *data)
{
    const struct things *shown = things_of(page);
    if (json_object_get(data->document, "items"))
        put_list(html, shown, data);
    else if (json_object_get(data->document, "figures"))
        put_comparison(html, data);
    else
        put_thing(html, shown, data->document);
}
