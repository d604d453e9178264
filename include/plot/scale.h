/* scale: an axis, from numbers to places on it
 *
 * Linear from zero, or logarithmic where all numbers are positive and the largest is SCALE_LOG_FROM times the smallest:
 * from there on a linear axis would leave the smallest no room.
 */
#ifndef CLAIMD_PLOT_SCALE_H
#define CLAIMD_PLOT_SCALE_H

#include <stdbool.h>
#include <stddef.h>

enum { SCALE_LOG_FROM = 10, SCALE_TICKS_MOST = 256 };

struct scale {
    bool logarithmic;
    double low, high;   /* numbers at the ends; logarithms of them */
    double left, right; /* their places */
};

struct tick {
    long digits; /* the number is digits × 10^exponent */
    int exponent;
    double place;
    bool labelled;
};

/* The axis that holds all these finite numbers between two places, with round ends. */
struct scale scale_of(const double *numbers, size_t count, double left, double right);

/* A number that is not positive has no place on a logarithmic axis. */
double scale_place(const struct scale *scale, double number);

/* Fills in the ticks of the axis, in order, and returns how many. Labelled ones are `room` apart or more. */
size_t scale_ticks(const struct scale *scale, double room, struct tick list[static SCALE_TICKS_MOST]);

#endif
