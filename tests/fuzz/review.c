/* review: of whatever holds reviews of claims come lines that refer to nothing that is not there, the same each time */
#include <jansson.h>
#include <stdbool.h>

#include "claimreview.h"
#include "fuzz.h"
#include "line.h"
#include "params.h"

/* ---- lines ---- */

static void hold_reference(const json_t *known, const char *kind, const json_t *id)
{
    if (json_is_string(id))
        HOLDS(json_object_get(json_object_get(known, kind), json_string_value(id)));
}

/* All but the proposition of a claim, which comes with it. */
static void hold_references(const json_t *known, const json_t *document)
{
    const json_t *attribution;
    size_t i;
    hold_reference(known, "agent", json_object_get(document, "publisher"));
    hold_reference(known, "agent", json_object_get(document, "claimant"));
    hold_reference(known, "source", json_object_get(document, "source"));
    hold_reference(known, "subject", json_object_get(document, "subject"));
    json_array_foreach(json_object_get(document, "attribution"), i, attribution)
        hold_reference(known, "agent", json_object_get(attribution, "agent"));
}

static void keep(json_t *known, const char *kind, const char *id)
{
    if (!json_object_get(known, kind))
        json_object_set_new(known, kind, json_object());
    HOLDS(!json_object_get(json_object_get(known, kind), id));
    json_object_set_new(json_object_get(known, kind), id, json_true());
}

/* It has the form of a line, whatever is wrong with what stands in it. */
static void hold_line(const json_t *line)
{
    struct report report = {0};
    _cleanup_(text_release) char *text = json_dumps(line, JSON_COMPACT);
    HOLDS(text && line_accept(text, strlen(text), 1, &report) == !report.refused);
    report_release(&report);
}

static void hold_lines(const json_t *lines)
{
    json_auto_t *known = json_object();
    const json_t *line;
    size_t i;
    json_array_foreach(lines, i, line)
    {
        void *member = json_object_iter((json_t *)line);
        const char *id = json_string_value(json_object_get(json_object_iter_value(member), "id"));
        HOLDS(json_object_size(line) == 1 && id && id_valid(ID_SLUG, id) && strncmp(id, "cr-", 3) == 0);
        hold_references(known, json_object_iter_value(member));
        keep(known, json_object_iter_key(member), id);
        hold_line(line);
    }
}

/* ---- what is left out ---- */

static void hold_left_out(const struct claimreview *reviews)
{
    const json_t *each;
    size_t i;
    json_array_foreach(reviews->left_out, i, each)
    {
        json_int_t review = json_integer_value(json_object_get(each, "review"));
        const char *pointer = json_string_value(json_object_get(each, "pointer"));
        HOLDS(review >= 1 && (size_t)review <= reviews->count);
        HOLDS(pointer && (!*pointer || *pointer == '/'));
        HOLDS(json_string_length(json_object_get(each, "detail")));
    }
}

/* A JSON-LD document */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char fault[CONTRACT_FAULT_SIZE];
    struct claimreview reviews, same;
    bool good = claimreview_read((const char *)data, size, &reviews, fault);
    HOLDS(good == claimreview_read((const char *)data, size, &same, fault) && good == (reviews.count > 0));
    HOLDS(json_equal(reviews.lines, same.lines) && json_equal(reviews.left_out, same.left_out));
    if (!good)
        hold_text(fault);
    hold_lines(reviews.lines);
    hold_left_out(&reviews);
    claimreview_release(&reviews);
    claimreview_release(&same);
    return 0;
}
