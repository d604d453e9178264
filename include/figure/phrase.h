/* phrase: an amount or a range of amounts, with the words that bound and hedge it
 */
#ifndef CLAIMD_FIGURE_PHRASE_H
#define CLAIMD_FIGURE_PHRASE_H

#include "figure/amount.h"

struct phrase {
    size_t start, end;
    struct amount first, last; /* the ends of a range; `last` is that of a range alone */
    bool range;
    enum figure_bound bound; /* of what is no range */
    enum figure_hedge hedge;
    bool year; /* it may be one: nothing but a number that could be */
};

/* Whether a phrase begins at a place that has a figure. */
bool phrase_read(struct reader *reader, size_t at, struct phrase *ret);

#endif
