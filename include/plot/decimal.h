/* decimal: exact decimals, as JSON carries them in strings, for drawing and for reading
 *
 * Independent of the locale.
 */
#ifndef CLAIMD_PLOT_DECIMAL_H
#define CLAIMD_PLOT_DECIMAL_H

#include <stdbool.h>

#include "buffer.h"

/* Beyond these, sums overflow and quotients of powers of ten lose their digits. */
#define DECIMAL_LARGEST 1e300
#define DECIMAL_SMALLEST 1e-300

/* Reads -?[0-9]+(\.[0-9]+)?, near enough for drawing: what is below the smallest is zero. False if the text is NULL or
 * something else, or beyond the largest; *ret_number is untouched then. */
bool decimal_read(const char *text, double *ret_number);

/* Appends a decimal in English: 294,000; 5.6 million; 100 billion; 2 × 10⁴⁵. What is no decimal is appended as it is.
 */
void decimal_words(struct buffer *words, const char *text);

/* The same of digits × 10^exponent on an axis, where 300,000 is 300 thousand: appends the number and returns its
 * magnitude, "" where it has none. */
const char *decimal_tick(struct buffer *words, long digits, int exponent);

#endif
