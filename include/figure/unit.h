/* unit: what a number counts or measures, before or behind it
 */
#ifndef CLAIMD_FIGURE_UNIT_H
#define CLAIMD_FIGURE_UNIT_H

#include <stdbool.h>
#include <stddef.h>

#include "figure/reader.h"

enum { UNIT_READINGS = 8 };

/* One of the units that a word may mean, and the power of ten that it adds: a cent is USD, with -2. */
struct unit_reading {
    const char *code;
    int exponent;
    unsigned notes;
};

struct unit {
    size_t start, end;
    size_t count; /* 0: none is printed */
    struct unit_reading readings[UNIT_READINGS];
};

/* How many times; printed as part of another word. */
extern const struct unit unit_times;

/* A currency that begins there, whatever touches its end: US$, EUR. False if there is none. */
bool unit_read_money(struct reader *reader, size_t at, struct unit *ret);

/* What stands behind a number that ends there; `scaled` if "of" may stand before it. Names and adjectives may stand
 * before what is counted: NVIDIA Hopper GPUs. False if nothing is known. */
bool unit_read_behind(struct reader *reader, size_t at, bool scaled, struct unit *ret);

/* Whether they have a code in common, or one has none. */
bool unit_agrees(const struct unit *left, const struct unit *right);

#endif
