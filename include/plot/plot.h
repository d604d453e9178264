/* plot: a comparison as a picture (SVG 1.1), for an article's <img>
 *
 * One row a figure: who says it and where, its place on the axis, and the phrase as printed. What does not compare with
 * the baseline is set apart, and the finding stands below. Title, description and style are in the picture itself,
 * light and dark; it asks for no font, script or other resource. The same comparison gives the same bytes.
 */
#ifndef CLAIMD_PLOT_PLOT_H
#define CLAIMD_PLOT_PLOT_H

#include <jansson.h>

#include "buffer.h"

/* Appends the picture of the document that GET /v1/comparisons/{id} or GET /v1/compare answers. What the document lacks
 * is left out. */
void plot_comparison(struct buffer *svg, const json_t *comparison);

#endif
