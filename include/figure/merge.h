/* merge: one answer from what all languages find in a text
 */
#ifndef CLAIMD_FIGURE_MERGE_H
#define CLAIMD_FIGURE_MERGE_H

#include "figure/findings.h"

/* The figures of the languages whose words explain the most of the text. Where they differ a figure has the readings of
 * each; where what is one figure to some is several to others, it is one. */
struct findings merge_languages(struct reader *reader);

#endif
