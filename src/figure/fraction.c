/* fraction: simple fractions as signs and as digits */
#include "figure/fraction.h"

/* Sevenths and the like have no place here: their decimals do not end. */
static const struct {
    uint32_t sign;
    unsigned long over, under;
    unsigned thousandths;
} fractions[] = {
    {0xBD, 1, 2, 500},   {0xBC, 1, 4, 250},   {0xBE, 3, 4, 750},   {0x2155, 1, 5, 200},
    {0x2156, 2, 5, 400}, {0x2157, 3, 5, 600}, {0x2158, 4, 5, 800}, {0x215B, 1, 8, 125},
    {0x215C, 3, 8, 375}, {0x215D, 5, 8, 625}, {0x215E, 7, 8, 875},
};

static bool is_digit(const struct text *text, size_t at, unsigned long digit)
{
    return text_is(text, at, (uint32_t)('0' + digit)) && text_kind(text, at + 1) != CHARACTER_DIGIT;
}

size_t fraction_read(const struct text *text, size_t at, struct exact *ret)
{
    for (size_t i = 0; i < sizeof(fractions) / sizeof(*fractions); i++) {
        size_t slash = at + 1;
        bool sign = text_is(text, at, fractions[i].sign);
        bool printed = is_digit(text, at, fractions[i].over) &&
                       (text_is(text, slash, '/') || text_is(text, slash, 0x2044)) &&
                       is_digit(text, slash + 1, fractions[i].under) && !text_is(text, slash + 2, '/');
        if (!sign && !printed)
            continue;
        *ret = exact_integer(fractions[i].thousandths, -3);
        return sign ? slash : slash + 2;
    }
    return at;
}
