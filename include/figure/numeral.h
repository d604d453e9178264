/* numeral: a number in digits or in words, with what multiplies it: 5,6 Millionen, half a million, un milione e mezzo
 */
#ifndef CLAIMD_FIGURE_NUMERAL_H
#define CLAIMD_FIGURE_NUMERAL_H

#include "figure/number.h"

/* False if no number begins at that place, or its meaning is unknown: 1.23.456. `money` says that a currency precedes.
 */
bool numeral_read(struct reader *reader, size_t at, bool money, struct number *ret);

/* Reads the scale of a number that has none behind something else that ends at that place: 5+ million. False if there
 * is none; the number is as before then. */
bool numeral_scale_behind(struct reader *reader, struct number *number, size_t at, bool money);

#endif
