/* number: what a number can be read as, and the words that multiply it
 */
#ifndef CLAIMD_FIGURE_NUMBER_H
#define CLAIMD_FIGURE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#include "figure/exact.h"
#include "figure/reader.h"

enum { NUMBER_READINGS = 4 };

/* One way to read a number. */
struct number_reading {
    struct exact value;
    unsigned notes;
    unsigned long factor; /* factor × 10^power is what its scales make together */
    int power;
    bool less_likely; /* than the others, where no language is told */
};

struct number {
    size_t start, end;
    size_t count;
    struct number_reading readings[NUMBER_READINGS];
    bool spelled; /* in words */
    bool lone;    /* the word for one, which may be an article, and nothing else */
    bool partial; /* cannot do without a scale behind it: half a, a */
    bool plain;   /* digits alone, without marks */
    bool scaled;  /* million follows, or the like */
    bool about;   /* the word for it is not exact: centinaio */
    int scale;    /* the power of ten of the last scale, rounded down */
};

/* The number can be read in one way. */
void number_set(struct number *number, struct exact value);

/* The longest scale at a place, in its plural or not; those of money only for money. NULL if there is none. */
const struct match *number_scale(struct reader *reader, size_t at, bool money);

/* Multiplies by a scale that was found at a place. Where no language is told and others mean something else by the
 * word, that is read, too. False if the number becomes too large. */
bool number_multiply(struct reader *reader, struct number *number, size_t at, const struct match *scale);

/* Adds to each reading; false if one becomes too large, and none is changed then. */
bool number_add(struct number *number, struct exact more);

/* Adds a part of what its scales make: un milione e mezzo. False as above. */
bool number_add_part(struct number *number, const struct word *part);

#endif
