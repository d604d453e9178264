/* mark: how a figure is drawn on an axis */
#include "plot/mark.h"

#include <math.h>

#include "markup.h"

static const double dot_radius = 6, halo_radius = 10.5, diamond_radius = 6.5, cap_height = 9, head = 8;

void mark_stance(struct buffer *svg, enum stance stance, double x, double y, double radius)
{
    double arm = radius * 0.7;
    markup_print(svg, "<circle class='%s' cx='%f' cy='%f' r='%f'/>", stance == STANCE_ASSERTS ? "dot" : "ring", x, y,
                 radius);
    if (stance == STANCE_DISPUTES)
        markup_print(svg, "<path class='cross' d='M%f %fL%f %fM%f %fL%f %f'/>", x - arm, y - arm, x + arm, y + arm,
                     x - arm, y + arm, x + arm, y - arm);
}

void mark_hedge(struct buffer *svg, double x, double y, double radius)
{
    markup_print(svg, "<circle class='halo' cx='%f' cy='%f' r='%f'/>", x, y, radius);
}

void mark_end(struct buffer *svg, bool included, double x, double y)
{
    markup_print(svg, "<path class='%s' d='M%f %fL%f %fL%f %fL%f %fZ'/>", included ? "dot" : "ring", x - diamond_radius,
                 y, x, y - diamond_radius, x + diamond_radius, y, x, y + diamond_radius);
}

static const char *span_class(bool hedged)
{
    return hedged ? "span hedged" : "span";
}

static void put_line(struct buffer *svg, bool hedged, double from, double to, double y)
{
    markup_print(svg, "<path class='%s' d='M%f %fH%f'/>", span_class(hedged), from, y, to);
}

void mark_arrow(struct buffer *svg, bool hedged, double from, double to, double y)
{
    double back = to < from ? head : -head;
    put_line(svg, hedged, from, to + back, y);
    markup_print(svg, "<path class='head' d='M%f %fL%f %fL%f %fZ'/>", to, y, to + back, y - head / 2 - 1, to + back,
                 y + head / 2 + 1);
}

static void put_cap(struct buffer *svg, bool hedged, double x, double y)
{
    markup_print(svg, "<path class='%s' d='M%f %fV%f'/>", span_class(hedged), x, y - cap_height, y + cap_height);
}

void mark_bar(struct buffer *svg, bool hedged, double from, double to, double y)
{
    put_line(svg, hedged, from, to, y);
    put_cap(svg, hedged, from, y);
    put_cap(svg, hedged, to, y);
}

/* From a limit, or from a value where there is no limit, to the open side. */
static void put_open(struct buffer *svg, const struct entry *entry, const struct scale *scale, double y)
{
    double from = isnan(entry->low) ? entry->high : entry->low;
    double to = isnan(entry->low) ? scale->left - MARK_MARGIN : scale->right + MARK_MARGIN;
    mark_arrow(svg, entry->hedged, scale_place(scale, from), to, y);
    if (entry->bound == BOUND_RANGE || entry->bound == BOUND_APPROX)
        put_cap(svg, entry->hedged, scale_place(scale, from), y);
}

/* Whether the dot leaves nothing of the interval to be seen. */
static bool is_covered(const struct entry *entry, const struct scale *scale)
{
    if (isnan(entry->value) || isnan(entry->low) || isnan(entry->high))
        return false;
    double x = scale_place(scale, entry->value);
    return x - scale_place(scale, entry->low) < dot_radius + 1 && scale_place(scale, entry->high) - x < dot_radius + 1;
}

static bool is_limit(const struct entry *entry)
{
    return entry->bound >= BOUND_GT && entry->bound <= BOUND_LTE;
}

/* True if there was something to draw. */
static bool put_interval(struct buffer *svg, const struct entry *entry, const struct scale *scale, double y)
{
    if ((isnan(entry->low) && isnan(entry->high)) || is_covered(entry, scale))
        return false;
    if (isnan(entry->low) || isnan(entry->high))
        put_open(svg, entry, scale, y);
    else
        mark_bar(svg, entry->hedged, scale_place(scale, entry->low), scale_place(scale, entry->high), y);
    return true;
}

void mark_entry(struct buffer *svg, const struct entry *entry, const struct scale *scale, double y)
{
    bool interval = put_interval(svg, entry, scale, y);
    if (isnan(entry->value))
        return;
    double x = scale_place(scale, entry->value);
    if (is_limit(entry)) {
        mark_end(svg, entry->bound == BOUND_GTE || entry->bound == BOUND_LTE, x, y);
        return;
    }
    /* Where there are no lines to dash, a ring shows the hedge. */
    if (entry->hedged && !interval)
        mark_hedge(svg, x, y, halo_radius);
    mark_stance(svg, entry->stance, x, y, dot_radius);
}
