/* fraction: simple fractions as signs and as digits: ½, 1/2
 */
#ifndef CLAIMD_FIGURE_FRACTION_H
#define CLAIMD_FIGURE_FRACTION_H

#include "figure/exact.h"
#include "figure/text.h"

/* Reads one whose decimals end. Returns where it ends; `at`, with *ret untouched, if none begins there. */
size_t fraction_read(const struct text *text, size_t at, struct exact *ret);

#endif
