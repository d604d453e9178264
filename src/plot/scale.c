/* scale: an axis, from numbers to places on it */
#include "plot/scale.h"

#include <math.h>
#include <string.h>

#include "plot/decimal.h"

/* The least distance of ticks without labels, and how long a decade is that has room for them at all. */
static const double minor_apart = 4, decade_with_minors = 60;

/* Quotients of floating-point numbers that ought to be whole miss it by less. */
static const double tolerance = 1e-9;

static const int linear_ticks = 5;

static double power_of_ten(int exponent)
{
    return pow(10, exponent);
}

/* ---- the ends ---- */

/* Outwards to one digit: 294,000 to 200,000, and 5.6 million to 6 million. */
static void fit_logarithmic(struct scale *scale, double least, double greatest)
{
    int low = (int)floor(log10(least) + tolerance), high = (int)floor(log10(greatest) + tolerance);
    double first = fmax(1, floor(least / power_of_ten(low) + tolerance));
    double last = ceil(greatest / power_of_ten(high) - tolerance);
    scale->logarithmic = true;
    scale->low = low + log10(first);
    scale->high = high + log10(last);
}

/* 1, 2 or 5 × 10^exponent, the smallest that is not below. */
static long round_step(double least, int *ret_exponent)
{
    int exponent = (int)floor(log10(least) + tolerance);
    double digits = least / power_of_ten(exponent) - tolerance;
    long step = digits <= 1 ? 1 : digits <= 2 ? 2 : digits <= 5 ? 5 : 10;
    *ret_exponent = exponent;
    return step;
}

static void fit_linear(struct scale *scale, double least, double greatest)
{
    double low = fmin(least, 0), high = fmax(greatest, 0);
    if (low == high)
        high = 1;
    int exponent;
    long digits = round_step((high - low) / linear_ticks, &exponent);
    double step = (double)digits * power_of_ten(exponent);
    scale->low = floor(low / step + tolerance) * step;
    scale->high = ceil(high / step - tolerance) * step;
}

struct scale scale_of(const double *numbers, size_t count, double left, double right)
{
    struct scale scale = {.left = left, .right = right};
    double least = count ? numbers[0] : 0, greatest = least;
    for (size_t i = 1; i < count; i++) {
        least = fmin(least, numbers[i]);
        greatest = fmax(greatest, numbers[i]);
    }
    if (least >= DECIMAL_SMALLEST && greatest / least >= SCALE_LOG_FROM)
        fit_logarithmic(&scale, least, greatest);
    else
        fit_linear(&scale, least, greatest);
    return scale;
}

double scale_place(const struct scale *scale, double number)
{
    double at = scale->logarithmic ? log10(number) : number;
    return scale->left + (at - scale->low) / (scale->high - scale->low) * (scale->right - scale->left);
}

/* ---- ticks ---- */

struct ticks {
    const struct scale *scale;
    struct tick *list;
    size_t count;
};

static void add(struct ticks *ticks, long digits, int exponent, bool labelled)
{
    const struct scale *scale = ticks->scale;
    double place = scale_place(scale, (double)digits * power_of_ten(exponent));
    if (place < scale->left - tolerance || place > scale->right + tolerance || ticks->count == SCALE_TICKS_MOST)
        return;
    ticks->list[ticks->count++] = (struct tick){digits, exponent, place, labelled};
}

static void add_linear(struct ticks *ticks, double room)
{
    const struct scale *scale = ticks->scale;
    int exponent;
    double width = scale->right - scale->left;
    long digits = round_step((scale->high - scale->low) * fmax(room / width, 1.0 / linear_ticks), &exponent);
    double step = (double)digits * power_of_ten(exponent);
    long first = lround(ceil(scale->low / step - tolerance)), last = lround(floor(scale->high / step + tolerance));
    for (long i = first; i <= last; i++)
        add(ticks, i * digits, exponent, true);
}

/* Which of the nine ticks of a decade have labels: as many as there is room for. */
static const char *labelled_digits(double decade, double room)
{
    if (decade * log10(2) >= room)
        return "125";
    return decade * log10(3) >= room ? "13" : "1";
}

static void add_decades(struct ticks *ticks, double decade, double room)
{
    int first = (int)floor(ticks->scale->low), last = (int)floor(ticks->scale->high + tolerance);
    int every = (int)ceil(room / decade), minors = decade >= decade_with_minors ? 9 : 1;
    const char *labels = labelled_digits(decade, room);
    for (int exponent = first; exponent <= last; exponent++)
        for (int digit = 1; digit <= minors; digit++) {
            bool labelled = strchr(labels, '0' + digit) && (exponent % every == 0);
            if (labelled || digit > 1 || decade >= minor_apart)
                add(ticks, digit, exponent, labelled);
        }
}

size_t scale_ticks(const struct scale *scale, double room, struct tick list[static SCALE_TICKS_MOST])
{
    struct ticks ticks = {scale, list, 0};
    if (scale->logarithmic)
        add_decades(&ticks, (scale->right - scale->left) / (scale->high - scale->low), room);
    else
        add_linear(&ticks, room);
    return ticks.count;
}
