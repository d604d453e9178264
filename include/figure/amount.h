/* amount: a number with its unit, or words that stand for one: several million dollars, Milliarden, a six-figure sum
 */
#ifndef CLAIMD_FIGURE_AMOUNT_H
#define CLAIMD_FIGURE_AMOUNT_H

#include "figure/number.h"
#include "figure/unit.h"

enum amount_kind {
    AMOUNT_VALUE, /* number.readings */
    AMOUNT_FROM,  /* number.readings and more */
    AMOUNT_DIGITS /* from number.readings to `high`, which is not reached */
};

struct amount {
    size_t start, end;
    enum amount_kind kind;
    struct number number;
    struct exact high;
    struct unit unit;
    bool money_before;         /* the unit stands before the number */
    const struct word *behind; /* that bounds it from behind; NULL: none does */
};

/* False if none begins at that place. */
bool amount_read(struct reader *reader, size_t at, struct amount *ret);

/* Whether it may be an article, or says once: one, einmal. */
bool amount_is_article(const struct amount *amount);

#endif
