/* digits: numbers in digits, by the conventions of a language or of others
 */
#ifndef CLAIMD_FIGURE_DIGITS_H
#define CLAIMD_FIGURE_DIGITS_H

#include "figure/number.h"

/* False if there are no digits, or they are no number. */
bool digits_read(struct reader *reader, size_t at, struct number *ret);

#endif
