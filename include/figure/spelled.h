/* spelled: numbers below a million in words
 */
#ifndef CLAIMD_FIGURE_SPELLED_H
#define CLAIMD_FIGURE_SPELLED_H

#include "figure/number.h"

/* The longest that begins there; false if there is none. It ends where its word does, or where a word begins that may
 * be part of the same: fünf|mal. */
bool spelled_read(struct reader *reader, size_t at, struct number *ret);

#endif
