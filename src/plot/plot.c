/* plot: a comparison as a picture, for an article's <img> */
#include "plot/plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "markup.h"
#include "memory.h"
#include "plot/decimal.h"
#include "plot/entry.h"
#include "plot/mark.h"
#include "plot/scale.h"
#include "plot/sentence.h"
#include "plot/wrap.h"

/* ---- the sheet ---- */

/* Columns from left to right: ties of one origin, stance, who and where, the axis, as printed. */
static const double sheet_width = 860, margin = 22, tie_x = 22, stance_x = 38, name_x = 51, name_width = 232;
static const double axis_left = 292, axis_right = 632, printed_x = 838, printed_width = 196;
static const double row_padding = 10, tick_room = 57, tall = 560;

static const char style_sheet[] =
    "<style>\n"
    ".plot{--paper:#fff;--ink:#16191d;--soft:#59626d;--grid:#e9ebee;--line:#c9ced4;--base:#a15c00;"
    "--asserts:#1a56a8;--reports:#0b6e63;--disputes:#b4232c;--tone:#59626d;"
    "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}\n"
    "@media (prefers-color-scheme:dark){.plot{--paper:#14171a;--ink:#e9ecef;--soft:#a3acb6;--grid:#2a2f35;"
    "--line:#414850;--base:#f0b35a;--asserts:#7db3f5;--reports:#5cc8b8;--disputes:#ff8a8a;--tone:#a3acb6}}\n"
    ".plot .asserts{--tone:var(--asserts)}.plot .reports{--tone:var(--reports)}.plot .disputes{--tone:var(--disputes)}"
    ".plot .apart{--tone:var(--soft)}\n"
    ".plot .paper{fill:var(--paper)}.plot text{fill:var(--ink)}\n"
    ".plot .title{font-size:20px;font-weight:600}.plot .text{font-size:13px}.plot .printed{font-size:12.5px}.plot "
    ".small{font-size:11.5px}"
    ".plot .name,.plot .group{font-size:13px;font-weight:600}.plot .finding{font-size:14px;font-weight:600}\n"
    ".plot .soft,.plot .apart .name,.plot .apart .printed{fill:var(--soft)}.plot .source{font-style:italic}"
    ".plot .base{font-size:11.5px;font-weight:600;fill:var(--base)}\n"
    ".plot .end{text-anchor:end}.plot .middle{text-anchor:middle}\n"
    ".plot .grid{stroke:var(--grid)}.plot .minor{stroke:var(--grid);opacity:.55}.plot .line{stroke:var(--line)}"
    ".plot .hair{stroke:var(--base);stroke-dasharray:2 3}.plot .tie{fill:none;stroke:var(--soft);stroke-width:1.5}\n"
    ".plot .dot{fill:var(--tone);stroke:var(--tone);stroke-width:2}"
    ".plot .ring{fill:var(--paper);stroke:var(--tone);stroke-width:2}"
    ".plot .cross,.plot .span{fill:none;stroke:var(--tone);stroke-width:2}"
    ".plot .hedged{stroke-dasharray:3.5 2.5}.plot .head{fill:var(--tone)}"
    ".plot .halo{fill:none;stroke:var(--tone);stroke-width:1.5;stroke-dasharray:3 2.5}\n"
    "</style>\n";

struct plot {
    struct buffer *svg;
    const json_t *comparison;
    struct entries entries;
    const struct entry *baseline; /* NULL if no figure is it */
    struct scale scale;
    struct tick ticks[SCALE_TICKS_MOST];
    size_t ticks_count; /* none if nothing can be drawn on an axis */
    double y;           /* where what comes next begins */
};

/* ---- blocks of text ---- */

/* `measured` is the size that the font's weight makes it as wide as. */
struct style {
    const char *classes;
    double size, leading, measured;
};

static const struct style title_style = {"title", 20, 26, 21.6}, text_style = {"text soft", 13, 18, 13};
static const struct style finding_style = {"finding", 14, 20, 15.2}, multiple_style = {"text", 13, 19, 13};
static const struct style group_style = {"group", 13, 18, 14.2}, name_style = {"name", 13, 17, 14.2};
static const struct style source_style = {"small soft source", 11.5, 15, 11.5};
static const struct style printed_style = {"printed", 12.5, 17, 12.5}, small_style = {"small soft", 11.5, 15, 11.5};
static const struct style difference_style = {"small", 11.5, 15, 11.5};
static const struct style base_style = {"base", 11.5, 15, 12.6};

enum { LINES_MOST = 6 };

struct block {
    const struct style *style;
    struct line lines[LINES_MOST];
    size_t count;
};

static struct block block_of(const struct style *style, const char *text, double width, size_t most)
{
    struct block block = {.style = style};
    block.count = wrap_text(text, style->measured, width, block.lines, most);
    return block;
}

static double block_height(const struct block *block)
{
    return (double)block->count * block->style->leading;
}

/* Below `top`; `anchor` is a class: "end" for text that ends at x, "middle", or "" for text that begins there. Returns
 * where the block ends. */
static double put_block(struct buffer *svg, const struct block *block, const char *anchor, double x, double top)
{
    const struct style *style = block->style;
    for (size_t i = 0; i < block->count; i++) {
        const struct line *line = &block->lines[i];
        /* The middle of a line is a third of its size above the base line. */
        double base = top + style->leading * ((double)i + 0.5) + style->size * 0.35;
        markup_print(svg, "<text class='%s%s%s' x='%f' y='%f'>%.*s%s</text>", style->classes, *anchor ? " " : "",
                     anchor, x, base, line->size, line->text, line->cut ? "…" : "");
    }
    return top + block_height(block);
}

/* The text of a buffer, which keeps it. */
static const char *finished(struct buffer *text)
{
    buffer_putc(text, 0);
    return text->data;
}

static void put_paragraph(struct plot *plot, const struct style *style, const char *text, size_t most)
{
    struct block block = block_of(style, text, sheet_width - 2 * margin, most);
    plot->y = put_block(plot->svg, &block, "", margin, plot->y);
}

/* ---- the axis ---- */

static void add_number(double *numbers, size_t *count, double number)
{
    if (!isnan(number))
        numbers[(*count)++] = number;
}

static void find_scale(struct plot *plot)
{
    size_t count = 0;
    double *numbers = memory_alloc((plot->entries.count * 3 + 1) * sizeof(*numbers));
    for (size_t i = 0; i < plot->entries.count; i++) {
        const struct entry *entry = &plot->entries.list[i];
        add_number(numbers, &count, entry->value);
        add_number(numbers, &count, entry->low);
        add_number(numbers, &count, entry->high);
    }
    plot->scale = scale_of(numbers, count, axis_left + MARK_MARGIN, axis_right - MARK_MARGIN);
    if (count)
        plot->ticks_count = scale_ticks(&plot->scale, tick_room, plot->ticks);
    free(numbers);
}

static void put_tick_label(struct buffer *svg, const struct tick *tick, double y)
{
    _cleanup_(buffer_release) struct buffer number = BUFFER_INIT;
    const char *magnitude = decimal_tick(&number, tick->digits, tick->exponent);
    markup_print(svg, "<text class='small soft middle' x='%f' y='%f'>%s</text>", tick->place, y, finished(&number));
    if (*magnitude)
        markup_print(svg, "<text class='small soft middle' x='%f' y='%f'>%s</text>", tick->place, y + 13, magnitude);
}

static void put_tick_labels(struct plot *plot)
{
    for (size_t i = 0; i < plot->ticks_count; i++)
        if (plot->ticks[i].labelled)
            put_tick_label(plot->svg, &plot->ticks[i], plot->y + 12);
    plot->y += 32;
}

/* Beside it stands what the first group is about, where there is a second one. */
static void put_axis_head(struct plot *plot, bool apart)
{
    _cleanup_(buffer_release) struct buffer unit = BUFFER_INIT, topic = BUFFER_INIT;
    double y = plot->y;
    sentence_unit(&unit, entry_text(plot->comparison, "unit"));
    if (plot->ticks_count) {
        markup_print(plot->svg, "<text class='small soft middle' x='%f' y='%f'>%s%s</text>",
                     (axis_left + axis_right) / 2, y + 12, finished(&unit),
                     plot->scale.logarithmic ? ", logarithmic scale" : "");
        plot->y += 19;
        put_tick_labels(plot);
    }
    if (!apart || !plot->baseline)
        return;
    sentence_topic(&topic, plot->baseline);
    struct block block = block_of(&group_style, finished(&topic), axis_left - margin - 16, 3);
    double height = block_height(&block);
    plot->y = fmax(plot->y, y + height + 6);
    put_block(plot->svg, &block, "", margin, plot->y - height - 6);
}

static double baseline_number(const struct plot *plot)
{
    return plot->baseline ? plot->baseline->value : (double)NAN;
}

/* Lines through all rows of a group. */
static void put_grid(struct plot *plot, double top, double bottom)
{
    double base = baseline_number(plot);
    for (size_t i = 0; i < plot->ticks_count; i++)
        markup_print(plot->svg, "<path class='%s' d='M%f %fV%f'/>", plot->ticks[i].labelled ? "grid" : "minor",
                     plot->ticks[i].place, top, bottom);
    if (!isnan(base))
        markup_print(plot->svg, "<path class='hair' d='M%f %fV%f'/>", scale_place(&plot->scale, base), top, bottom);
    markup_print(plot->svg, "\n");
}

/* ---- rows ---- */

struct row {
    const struct entry *entry;
    struct buffer difference, tags; /* what blocks borrow from */
    struct block left[3], right[3];
    double top, height;
};

static double height_of(const struct block *blocks, size_t count)
{
    double height = 0;
    for (size_t i = 0; i < count; i++)
        height += block_height(&blocks[i]);
    return height;
}

static void say_tags(struct buffer *tags, const struct entry *entry)
{
    buffer_puts(tags, entry_text(entry->document, "stance"));
    if (entry->hedged) {
        buffer_puts(tags, " · ");
        buffer_puts(tags, entry_text(entry->document, "hedge"));
    }
    if (entry->origin) {
        buffer_puts(tags, " · origin ");
        sentence_origin(tags, entry->origin);
    }
}

static void row_lay_out(struct row *row, const struct entry *entry)
{
    const char *title = entry_nested(entry->document, "source", "title");
    *row = (struct row){.entry = entry, .difference = BUFFER_INIT, .tags = BUFFER_INIT};
    sentence_difference(&row->difference, entry);
    say_tags(&row->tags, entry);
    row->left[0] = block_of(&name_style, entry_nested(entry->document, "claimant", "name"), name_width, 3);
    row->left[1] = block_of(&source_style, *title ? title : entry_nested(entry->document, "source", "id"), name_width,
                            entry->reasons ? 1 : 2);
    row->left[2] = block_of(&difference_style, finished(&row->difference), name_width, 4);
    row->right[0] = block_of(&printed_style, entry_nested(entry->document, "figure", "as_printed"), printed_width, 3);
    row->right[1] = block_of(&small_style, finished(&row->tags), printed_width, 2);
    row->right[2] = block_of(&base_style, entry->baseline ? "baseline" : "", printed_width, 1);
    row->height = fmax(height_of(row->left, 3), height_of(row->right, 3)) + 2 * row_padding;
}

static void row_release(struct row *row)
{
    buffer_release(&row->difference);
    buffer_release(&row->tags);
}

/* In the middle of the row. */
static void put_column(struct buffer *svg, const struct row *row, const struct block *blocks, const char *anchor,
                       double x)
{
    double y = row->top + (row->height - height_of(blocks, 3)) / 2;
    for (size_t i = 0; i < 3; i++)
        y = put_block(svg, &blocks[i], anchor, x, y);
}

static double first_line(const struct row *row)
{
    return row->top + (row->height - height_of(row->left, 3)) / 2 + name_style.leading / 2;
}

/* Instead of a mark. */
static void put_undrawn(struct buffer *svg, const struct row *row)
{
    _cleanup_(buffer_release) struct buffer unit = BUFFER_INIT, words = BUFFER_INIT;
    sentence_unit(&unit, entry_nested(row->entry->document, "figure", "unit"));
    if (unit.size) {
        buffer_puts(&words, "not on this axis: ");
        buffer_append(&words, unit.data, unit.size);
    } else {
        buffer_puts(&words, "not on this axis");
    }
    struct block block = block_of(&small_style, finished(&words), axis_right - axis_left, 1);
    put_block(svg, &block, "middle", (axis_left + axis_right) / 2, row->top + (row->height - small_style.leading) / 2);
}

static void put_row(struct plot *plot, const struct row *row)
{
    static const char *const classes[] = {"asserts", "reports", "disputes"};
    struct buffer *svg = plot->svg;
    const struct entry *entry = row->entry;
    _cleanup_(buffer_release) struct buffer words = BUFFER_INIT;
    sentence_entry(&words, entry);
    markup_print(svg, "<g class='%s%s'><title>%s</title>", classes[entry->stance], entry->reasons ? " apart" : "",
                 finished(&words));
    mark_stance(svg, entry->stance, stance_x, first_line(row), 4);
    put_column(svg, row, row->left, "", name_x);
    if (entry->drawn)
        mark_entry(svg, entry, &plot->scale, row->top + row->height / 2);
    else
        put_undrawn(svg, row);
    put_column(svg, row, row->right, "end", printed_x);
    markup_print(svg, "</g>\n");
}

static void put_rule(struct plot *plot, double y)
{
    markup_print(plot->svg, "<path class='grid' d='M%f %fH%f'/>", margin, y, sheet_width - margin);
}

/* From each row to the next of the same origin, where that comes right behind it. */
static void put_tie(struct plot *plot, const struct row *row, const struct row *next)
{
    if (row->entry->origin && row->entry->origin == next->entry->origin)
        markup_print(plot->svg, "<path class='tie' d='M%f %fH%fV%fH%f'/>", tie_x + 6, first_line(row), tie_x,
                     first_line(next), tie_x + 6);
}

static void put_rows(struct plot *plot, const struct row *rows, size_t count)
{
    double top = count ? rows[0].top : plot->y;
    put_grid(plot, top, plot->y);
    for (size_t i = 0; i < count; i++) {
        put_rule(plot, rows[i].top);
        if (i)
            put_tie(plot, &rows[i - 1], &rows[i]);
        put_row(plot, &rows[i]);
    }
    put_rule(plot, plot->y);
}

/* The rows of those that compare with the baseline, or of those that do not. */
static void put_group(struct plot *plot, bool apart)
{
    const struct entries *entries = &plot->entries;
    struct row *rows = memory_alloc((entries->count + 1) * sizeof(*rows));
    size_t count = 0;
    for (size_t i = 0; i < entries->count; i++) {
        if ((entries->list[i].reasons != NULL) != apart)
            continue;
        struct row *row = &rows[count++];
        row_lay_out(row, &entries->list[i]);
        row->top = plot->y;
        plot->y += row->height;
    }
    put_rows(plot, rows, count);
    for (size_t i = 0; i < count; i++)
        row_release(&rows[i]);
    free(rows);
}

static void put_apart(struct plot *plot)
{
    _cleanup_(buffer_release) struct buffer heading = BUFFER_INIT;
    buffer_puts(&heading, "Not comparable with the baseline: ");
    sentence_reasons(&heading, &plot->entries);
    plot->y += 18;
    put_paragraph(plot, &group_style, finished(&heading), 2);
    plot->y += 6;
    put_group(plot, true);
}

/* ---- the legend ---- */

struct legend {
    struct plot *plot;
    double x;
};

/* Writes a label behind room for its sign, and returns where that begins. */
static double put_label(struct legend *legend, double room, const char *label)
{
    struct plot *plot = legend->plot;
    double width = room + 7 + wrap_width(label, strlen(label), small_style.measured);
    if (legend->x + width > sheet_width - margin) {
        legend->x = margin;
        plot->y += 21;
    }
    double x = legend->x;
    markup_print(plot->svg, "<text class='small soft' x='%f' y='%f'>%s</text>", x + room + 7, plot->y + 4, label);
    legend->x += width + 18;
    return x;
}

/* What occurs among the entries. */
struct signs {
    bool stance[3], hedged, bar, open, excluded, included, origin;
};

static struct signs signs_of(const struct entries *entries)
{
    struct signs signs = {0};
    for (size_t i = 0; i < entries->count; i++) {
        const struct entry *entry = &entries->list[i];
        signs.stance[entry->stance] = true;
        signs.origin |= entry->origin > 0;
        if (!entry->drawn)
            continue;
        bool low = !isnan(entry->low), high = !isnan(entry->high);
        signs.hedged |= entry->hedged;
        signs.bar |= low && high && entry->low < entry->high;
        signs.excluded |= entry->bound == BOUND_GT || entry->bound == BOUND_LT;
        signs.included |= entry->bound == BOUND_GTE || entry->bound == BOUND_LTE;
        signs.open |= low != high && (entry->bound == BOUND_RANGE || entry->bound == BOUND_APPROX);
    }
    return signs;
}

static void put_stances(struct legend *legend, const struct signs *signs)
{
    static const char *const labels[] = {"the source asserts it", "the source reports it", "the source disputes it"};
    static const char *const classes[] = {"asserts", "reports", "disputes"};
    struct buffer *svg = legend->plot->svg;
    for (int stance = 0; stance < 3; stance++) {
        if (!signs->stance[stance])
            continue;
        double x = put_label(legend, 12, labels[stance]);
        markup_print(svg, "<g class='%s'>", classes[stance]);
        mark_stance(svg, (enum stance)stance, x + 6, legend->plot->y, 5);
        markup_print(svg, "</g>");
    }
}

static void put_limit(struct legend *legend, bool included)
{
    double x = put_label(legend, 34, included ? "limit, itself included" : "limit, itself excluded");
    mark_arrow(legend->plot->svg, false, x + 7, x + 34, legend->plot->y);
    mark_end(legend->plot->svg, included, x + 7, legend->plot->y);
}

static void put_extents(struct legend *legend, const struct signs *signs)
{
    struct buffer *svg = legend->plot->svg;
    if (signs->bar) {
        double x = put_label(legend, 28, "what the words leave possible");
        mark_bar(svg, false, x + 1, x + 27, legend->plot->y);
    }
    if (signs->open) {
        double x = put_label(legend, 28, "open end");
        mark_arrow(svg, false, x, x + 28, legend->plot->y);
    }
    if (signs->excluded)
        put_limit(legend, false);
    if (signs->included)
        put_limit(legend, true);
    if (signs->hedged) {
        double x = put_label(legend, 22, "dashed: hedged");
        mark_hedge(svg, x + 11, legend->plot->y, 8);
    }
}

static void put_legend(struct plot *plot)
{
    struct legend legend = {plot, margin};
    struct signs signs = signs_of(&plot->entries);
    plot->y += 10;
    put_stances(&legend, &signs);
    put_extents(&legend, &signs);
    if (!isnan(baseline_number(plot)) && plot->entries.count > 1) {
        double x = put_label(&legend, 8, "the baseline");
        markup_print(plot->svg, "<path class='hair' d='M%f %fV%f'/>", x + 4, plot->y - 8, plot->y + 8);
    }
    if (signs.origin) {
        double x = put_label(&legend, 8, "one origin: its figures do not corroborate each other");
        markup_print(plot->svg, "<path class='tie' d='M%f %fH%fV%fH%f'/>", x + 7, plot->y - 6, x + 1, plot->y + 6,
                     x + 7);
    }
    markup_print(plot->svg, "\n");
    plot->y += 24;
}

/* ---- all of it ---- */

static void put_head(struct plot *plot)
{
    _cleanup_(buffer_release) struct buffer title = BUFFER_INIT;
    sentence_title(&title, plot->comparison, &plot->entries);
    plot->y = margin - 4;
    put_paragraph(plot, &title_style, finished(&title), 3);
    plot->y += 2;
    put_paragraph(plot, &text_style, entry_text(plot->comparison, "description"), 4);
    plot->y += 8;
    if (plot->entries.count)
        put_legend(plot);
}

static void put_findings(struct plot *plot)
{
    _cleanup_(buffer_release) struct buffer finding = BUFFER_INIT;
    size_t i;
    json_t *multiple;
    sentence_finding(&finding, plot->comparison, &plot->entries);
    plot->y += 14;
    put_paragraph(plot, &finding_style, finished(&finding), 4);
    plot->y += 4;
    json_array_foreach(json_object_get(plot->comparison, "stated_multiples"), i, multiple)
    {
        _cleanup_(buffer_release) struct buffer words = BUFFER_INIT;
        sentence_multiple(&words, multiple);
        put_paragraph(plot, &multiple_style, finished(&words), 3);
    }
    plot->y += margin - 6;
}

static void put_body(struct plot *plot)
{
    bool apart = false;
    for (size_t i = 0; i < plot->entries.count; i++)
        apart |= plot->entries.list[i].reasons != NULL;
    put_head(plot);
    double top = plot->y;
    put_axis_head(plot, apart);
    put_group(plot, false);
    if (apart)
        put_apart(plot);
    /* Who has scrolled down does not see the upper one. */
    if (plot->ticks_count && plot->y - top > tall) {
        plot->y += 5;
        put_tick_labels(plot);
    }
    put_findings(plot);
}

/* All that the picture says, for those who do not see it. */
static void say_everything(struct buffer *words, const struct plot *plot)
{
    size_t i;
    json_t *multiple;
    sentence_finding(words, plot->comparison, &plot->entries);
    for (i = 0; i < plot->entries.count; i++) {
        buffer_putc(words, ' ');
        sentence_entry(words, &plot->entries.list[i]);
    }
    json_array_foreach(json_object_get(plot->comparison, "stated_multiples"), i, multiple)
    {
        buffer_putc(words, ' ');
        sentence_multiple(words, multiple);
    }
}

static void put_document(struct buffer *svg, const struct plot *plot)
{
    _cleanup_(buffer_release) struct buffer title = BUFFER_INIT, words = BUFFER_INIT;
    sentence_title(&title, plot->comparison, &plot->entries);
    say_everything(&words, plot);
    markup_print(svg,
                 "<svg xmlns='http://www.w3.org/2000/svg' class='plot' width='%f' height='%f' viewBox='0 0 %f %f' "
                 "role='img' aria-labelledby='plot-title plot-desc'>\n"
                 "<title id='plot-title'>%s</title>\n<desc id='plot-desc'>%s</desc>\n",
                 sheet_width, plot->y, sheet_width, plot->y, finished(&title), finished(&words));
    buffer_puts(svg, style_sheet);
    markup_print(svg, "<rect class='paper' width='%f' height='%f'/>\n", sheet_width, plot->y);
    buffer_append(svg, plot->svg->data, plot->svg->size);
    buffer_puts(svg, "</svg>\n");
}

void plot_comparison(struct buffer *svg, const json_t *comparison)
{
    /* The head says how high the body is, which shows when that is drawn. */
    _cleanup_(buffer_release) struct buffer body = BUFFER_INIT;
    _cleanup_(entries_release) struct entries entries = entries_read(comparison);
    struct plot plot = {.svg = &body, .comparison = comparison, .entries = entries};
    for (size_t i = 0; i < entries.count; i++)
        if (entries.list[i].baseline)
            plot.baseline = &entries.list[i];
    find_scale(&plot);
    put_body(&plot);
    put_document(svg, &plot);
}
