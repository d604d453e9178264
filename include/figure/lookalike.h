/* lookalike: digits that are no figure: dates, times, ordinals, telephone numbers
 */
#ifndef CLAIMD_FIGURE_LOOKALIKE_H
#define CLAIMD_FIGURE_LOOKALIKE_H

#include "figure/reader.h"

/* Where one ends that begins at a place; `at` if none does. */
size_t lookalike_skip(struct reader *reader, size_t at);

/* Whether a number of four digits is between 1900 and 2099. */
bool lookalike_is_year(const struct text *text, size_t start, size_t end);

#endif
