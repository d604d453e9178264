/* mark: how a figure is drawn on an axis
 *
 * Shapes carry the meaning, colours repeat it: a full dot where the source asserts, a ring where it reports, a crossed
 * ring where it disputes; a diamond at the end of a limit, hollow where the end itself is excluded; an arrow where an
 * interval is open; dashes where the source hedges. The style sheet is that of plot.
 */
#ifndef CLAIMD_PLOT_MARK_H
#define CLAIMD_PLOT_MARK_H

#include "buffer.h"
#include "plot/entry.h"
#include "plot/scale.h"

/* The room that marks need beyond the ends of the axis: an open interval runs to there. */
enum { MARK_MARGIN = 24 };

/* A dot that shows the stance. */
void mark_stance(struct buffer *svg, enum stance stance, double x, double y, double radius);

/* The ring around the dot of a hedged figure. */
void mark_hedge(struct buffer *svg, double x, double y, double radius);

/* The end of a limit. */
void mark_end(struct buffer *svg, bool included, double x, double y);

/* An arrow from one place to another, its head at the second. */
void mark_arrow(struct buffer *svg, bool hedged, double from, double to, double y);

/* A bar between two places, with caps at its ends. */
void mark_bar(struct buffer *svg, bool hedged, double from, double to, double y);

/* An entry that is drawn, all of it. */
void mark_entry(struct buffer *svg, const struct entry *entry, const struct scale *scale, double y);

#endif
