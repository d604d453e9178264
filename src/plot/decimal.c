/* decimal: exact decimals, as JSON carries them in strings, for drawing and for reading */
#include "plot/decimal.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DIGITS_MOST = 40,
    DIGITS_OF_DOUBLE = 18,
    PLACES_BEFORE_MAGNITUDE = 3, /* 1.234 million, but 1,234,567 */
    PLAIN_TO = 15,               /* digits before the point */
    PLAIN_FROM = -3,             /* 0.0001 */
    THOUSANDS_FROM = 6           /* 100 thousand, but 50,000 */
};

/* 0.123 × 10^point, without zeros on either side; no digits are zero. */
struct digits {
    bool negative;
    char text[DIGITS_MOST + 1];
    int count, point;
};

static void digits_add(struct digits *digits, char digit)
{
    if (digits->count < DIGITS_MOST)
        digits->text[digits->count++] = digit;
}

static void digits_trim(struct digits *digits)
{
    while (digits->count && digits->text[digits->count - 1] == '0')
        digits->count--;
    digits->text[digits->count] = 0;
}

static bool digits_read(struct digits *digits, const char *text)
{
    *digits = (struct digits){.negative = *text == '-'};
    bool fraction = false;
    for (text += digits->negative; *text; text++) {
        if (*text == '.' && !fraction && isdigit((unsigned char)text[1])) {
            fraction = true;
            continue;
        }
        if (!isdigit((unsigned char)*text))
            return false;
        bool leading = !digits->count && *text == '0';
        digits->point += leading ? -fraction : !fraction;
        if (!leading)
            digits_add(digits, *text);
    }
    digits_trim(digits);
    if (!digits->count)
        digits->point = 0;
    return true;
}

bool decimal_read(const char *text, double *ret_number)
{
    struct digits digits;
    if (!text || !isdigit((unsigned char)text[*text == '-']) || !digits_read(&digits, text))
        return false;
    int count = digits.count < DIGITS_OF_DOUBLE ? digits.count : DIGITS_OF_DOUBLE;
    char leading[DIGITS_OF_DOUBLE + 1];
    snprintf(leading, sizeof(leading), "%.*s", count, digits.text);
    /* A power below those of a double would make nothing of digits that are something. */
    double number = (double)strtoull(leading, NULL, 10), power = pow(10, abs(digits.point - count));
    number = digits.point < count ? number / power : number * power;
    if (!(number <= DECIMAL_LARGEST))
        return false;
    if (number < DECIMAL_SMALLEST)
        number = 0;
    *ret_number = digits.negative ? -number : number;
    return true;
}

static void put_digits(struct buffer *words, const struct digits *digits, int from, int to)
{
    for (int i = from; i < to; i++)
        buffer_append(words, i >= 0 && i < digits->count ? &digits->text[i] : "0", 1);
}

/* With the point behind so many digits, and commas between thousands. */
static void put_plain(struct buffer *words, const struct digits *digits, int point)
{
    if (point <= 0)
        buffer_putc(words, '0');
    for (int i = 0; i < point; i++) {
        if (i && (point - i) % 3 == 0)
            buffer_putc(words, ',');
        put_digits(words, digits, i, i + 1);
    }
    if (digits->count > point) {
        buffer_putc(words, '.');
        put_digits(words, digits, point, digits->count);
    }
}

static void put_superscript(struct buffer *words, int number)
{
    static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char text[16];
    snprintf(text, sizeof(text), "%d", abs(number));
    if (number < 0)
        buffer_puts(words, "⁻");
    for (const char *digit = text; *digit; digit++)
        buffer_puts(words, raised[*digit - '0']);
}

static void put_scientific(struct buffer *words, const struct digits *digits)
{
    if (strcmp(digits->text, "1") != 0) {
        put_plain(words, digits, 1);
        buffer_puts(words, " × ");
    }
    buffer_puts(words, "10");
    put_superscript(words, digits->point - 1);
}

/* Appends the number and returns its magnitude. */
static const char *put_number(struct buffer *words, const struct digits *digits, bool thousands)
{
    static const struct {
        int zeros;
        const char *name;
    } magnitudes[] = {{12, "trillion"}, {9, "billion"}, {6, "million"}, {3, "thousand"}};
    if (digits->negative && digits->count)
        buffer_puts(words, "−");
    if (digits->count && (digits->point > PLAIN_TO || digits->point < PLAIN_FROM)) {
        put_scientific(words, digits);
        return "";
    }
    for (size_t i = 0; i < sizeof(magnitudes) / sizeof(*magnitudes); i++) {
        int zeros = magnitudes[i].zeros, point = digits->point - zeros;
        bool named = zeros > 3 ? point > 0 : thousands && digits->point >= THOUSANDS_FROM;
        if (!named)
            continue;
        if (digits->count - point > PLACES_BEFORE_MAGNITUDE)
            break;
        put_plain(words, digits, point);
        return magnitudes[i].name;
    }
    put_plain(words, digits, digits->point);
    return "";
}

void decimal_words(struct buffer *words, const char *text)
{
    struct digits digits;
    if (!isdigit((unsigned char)text[*text == '-']) || !digits_read(&digits, text)) {
        buffer_puts(words, text);
        return;
    }
    const char *magnitude = put_number(words, &digits, false);
    if (*magnitude)
        buffer_putc(words, ' ');
    buffer_puts(words, magnitude);
}

const char *decimal_tick(struct buffer *words, long digits, int exponent)
{
    char text[24];
    struct digits read;
    snprintf(text, sizeof(text), "%ld", digits);
    digits_read(&read, text);
    read.point += read.count ? exponent : 0;
    return put_number(words, &read, true);
}
