/* exact: decimals that lose nothing */
#include "figure/exact.h"

#include <string.h>

enum { DIGITS_MOST = EXACT_LIMBS * GMP_LIMB_BITS * 3 / 10 + 2, DIGITS_BEHIND = EXACT_DIGITS + 2 };

static mp_size_t limbs_of(const struct exact *number)
{
    mp_size_t limbs = EXACT_LIMBS;
    while (limbs && !number->coefficient[limbs - 1])
        limbs--;
    return limbs;
}

bool exact_is_zero(const struct exact *number)
{
    return limbs_of(number) == 0;
}

static void trim(struct exact *number)
{
    struct exact tenth = *number;
    if (exact_is_zero(number)) {
        *number = (struct exact){.exponent = 0};
        return;
    }
    while (mpn_divrem_1(tenth.coefficient, 0, number->coefficient, limbs_of(number), 10) == 0) {
        tenth.exponent++;
        *number = tenth;
    }
}

struct exact exact_digits(const char *digits, size_t count, int exponent)
{
    struct exact number = {.exponent = exponent};
    unsigned char values[EXACT_DIGITS];
    while (count && *digits == '0') {
        digits++;
        count--;
    }
    for (size_t i = 0; i < count && i < EXACT_DIGITS; i++)
        values[i] = (unsigned char)(digits[i] - '0');
    if (count && count <= EXACT_DIGITS)
        mpn_set_str(number.coefficient, values, count, 10);
    trim(&number);
    return number;
}

struct exact exact_integer(unsigned long coefficient, int exponent)
{
    struct exact number = {.coefficient = {coefficient}, .exponent = exponent};
    trim(&number);
    return number;
}

/* The coefficient's digits as values from 0 to 9; how many. */
static int digits_of(const struct exact *number, unsigned char digits[DIGITS_MOST])
{
    mp_limb_t limbs[EXACT_LIMBS + 1]; /* mpn_get_str() writes into them, and one behind */
    mp_size_t count = limbs_of(number);
    if (!count)
        return 0;
    memcpy(limbs, number->coefficient, sizeof(number->coefficient));
    int size = (int)mpn_get_str(digits, 10, limbs, count), leading = 0;
    while (leading < size && !digits[leading])
        leading++;
    memmove(digits, digits + leading, (size_t)(size - leading));
    return size - leading;
}

int exact_magnitude(const struct exact *number)
{
    unsigned char digits[DIGITS_MOST];
    int magnitude = digits_of(number, digits) + number->exponent;
    return magnitude > 0 ? magnitude : 0;
}

bool exact_fits(const struct exact *number)
{
    return number->exponent >= -DIGITS_BEHIND && number->exponent <= EXACT_MAGNITUDE &&
           exact_magnitude(number) <= EXACT_MAGNITUDE;
}

/* The same number with a lower exponent. */
static void lower(struct exact *number, int exponent)
{
    for (; number->exponent > exponent; number->exponent--)
        mpn_mul_1(number->coefficient, number->coefficient, EXACT_LIMBS, 10);
}

static void align(struct exact *left, struct exact *right)
{
    int exponent = left->exponent < right->exponent ? left->exponent : right->exponent;
    lower(left, exponent);
    lower(right, exponent);
}

/* Of the absolute values of aligned numbers. */
static int compare_sizes(const struct exact *left, const struct exact *right)
{
    return mpn_cmp(left->coefficient, right->coefficient, EXACT_LIMBS);
}

struct exact exact_sum(struct exact left, struct exact right)
{
    struct exact sum;
    align(&left, &right);
    bool left_leads = compare_sizes(&left, &right) >= 0;
    const struct exact *more = left_leads ? &left : &right, *less = left_leads ? &right : &left;
    sum = *more;
    if (left.negative == right.negative)
        mpn_add_n(sum.coefficient, more->coefficient, less->coefficient, EXACT_LIMBS);
    else
        mpn_sub_n(sum.coefficient, more->coefficient, less->coefficient, EXACT_LIMBS);
    trim(&sum);
    return sum;
}

int exact_compare(struct exact left, struct exact right)
{
    align(&left, &right);
    if (left.negative != right.negative)
        return left.negative ? -1 : 1;
    int order = compare_sizes(&left, &right);
    return left.negative ? -order : order;
}

bool exact_multiply(struct exact *number, unsigned long factor, int exponent)
{
    mp_limb_t carry = mpn_mul_1(number->coefficient, number->coefficient, EXACT_LIMBS, factor);
    number->exponent += exponent;
    trim(number);
    return !carry && exact_fits(number);
}

struct exact exact_negative(struct exact number)
{
    number.negative = !number.negative && !exact_is_zero(&number);
    return number;
}

struct exact exact_half_unit(const struct exact *number)
{
    return exact_integer(5, number->exponent - 1);
}

const char *exact_text(const struct exact *number, struct arena *arena)
{
    unsigned char digits[DIGITS_MOST];
    int count = digits_of(number, digits), point = count + number->exponent;
    int first = point < 1 ? point - 1 : 0, last = count > point ? count : point;
    char *text = arena_alloc(arena, (size_t)(last - first) + sizeof("-.0")), *next = text;
    if (number->negative)
        *next++ = '-';
    for (int i = first; i < last; i++) {
        if (i == point)
            *next++ = '.';
        *next++ = (char)('0' + (i >= 0 && i < count ? digits[i] : 0));
    }
    return text;
}
