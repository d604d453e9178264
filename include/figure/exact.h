/* exact: decimals that lose nothing
 *
 * Values, copied freely. The arithmetic is GMP's, in a fixed number of limbs: what exact_fits() leaves room for sums.
 */
#ifndef CLAIMD_FIGURE_EXACT_H
#define CLAIMD_FIGURE_EXACT_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "arena.h"

enum { EXACT_LIMBS = 8, EXACT_DIGITS = 60, EXACT_MAGNITUDE = 66 };

/* coefficient × 10^exponent; the coefficient does not end in a zero, and zero has the exponent 0. */
struct exact {
    mp_limb_t coefficient[EXACT_LIMBS]; /* the least significant first */
    int exponent;
    bool negative;
};

/* `digits` are '0' to '9', at most EXACT_DIGITS. */
struct exact exact_digits(const char *digits, size_t count, int exponent);

struct exact exact_integer(unsigned long coefficient, int exponent);

/* Whether it is below 10^EXACT_MAGNITUDE and has at most EXACT_DIGITS and two digits behind the point: sums of two such
 * have room. */
bool exact_fits(const struct exact *number);

/* The operands have to fit. */
struct exact exact_sum(struct exact left, struct exact right);
int exact_compare(struct exact left, struct exact right); /* as memcmp() */

/* number × factor × 10^exponent; true if that fits. */
bool exact_multiply(struct exact *number, unsigned long factor, int exponent);

struct exact exact_negative(struct exact number);

/* Half a unit of the last significant digit; trailing zeros of an integer are not significant. As half_unit() of the
 * database has it. */
struct exact exact_half_unit(const struct exact *number);

/* How many digits it has before the point; 0 below 1. */
int exact_magnitude(const struct exact *number);

bool exact_is_zero(const struct exact *number);

/* In plain notation, in the arena. */
const char *exact_text(const struct exact *number, struct arena *arena);

#endif
