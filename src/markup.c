/* markup: XML or HTML written into a buffer, the same bytes in every locale */
#include "markup.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

static const char replacement[] = "\uFFFD";

/* What stands for a character that cannot stand for itself; NULL if it can (XML 1.0, sections 2.2 and 2.4). */
static const char *stand_in(uint32_t point)
{
    switch (point) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\t':
    case '\n':
    case '\r':
        return " ";
    default:
        return point < 0x20 || point == 0x7F || point == 0xFFFE || point == 0xFFFF ? replacement : NULL;
    }
}

static void put_text(struct buffer *markup, const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        uint32_t point = 0;
        size_t length = utf8_decode(text + at, size - at, &point);
        const char *instead = length ? stand_in(point) : replacement;
        if (instead)
            buffer_puts(markup, instead);
        else
            buffer_append(markup, text + at, length);
        at += length ? length : 1;
    }
}

static void put_whole(struct buffer *markup, long number)
{
    char text[24];
    snprintf(text, sizeof(text), "%ld", number);
    buffer_puts(markup, text);
}

/* Not by printf(), whose decimal point is the locale's. */
static void put_number(struct buffer *markup, double number)
{
    long hundredths = (long)floor(fabs(number) * 100 + 0.5);
    if (number < 0 && hundredths)
        buffer_putc(markup, '-');
    put_whole(markup, hundredths / 100);
    if (hundredths % 100 == 0)
        return;
    buffer_putc(markup, '.');
    buffer_putc(markup, (char)('0' + hundredths / 10 % 10));
    if (hundredths % 10)
        buffer_putc(markup, (char)('0' + hundredths % 10));
}

void markup_print(struct buffer *markup, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    for (const char *at = strchr(format, '%'); at; at = strchr(format, '%')) {
        buffer_append(markup, format, (size_t)(at - format));
        format = at + 2;
        if (at[1] == 's') {
            const char *text = va_arg(values, const char *);
            put_text(markup, text, strlen(text));
        } else if (at[1] == 'f') {
            put_number(markup, va_arg(values, double));
        } else if (at[1] == 'd') {
            put_whole(markup, va_arg(values, int));
        } else { /* %.*s */
            int size = va_arg(values, int);
            put_text(markup, va_arg(values, const char *), (size_t)size);
            format = at + strlen("%.*s");
        }
    }
    buffer_puts(markup, format);
    va_end(values);
}
