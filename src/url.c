/* url: percent-encoding */
#include "url.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

static int hex(char digit)
{
    const char digits[] = "0123456789abcdef";
    const char *found = digit ? strchr(digits, tolower((unsigned char)digit)) : NULL;
    return found ? (int)(found - digits) : -1;
}

const char *url_decode(struct arena *arena, const char *encoded, size_t size, bool form, const char **ret_text)
{
    char *text = arena_alloc(arena, size + 1);
    size_t length = 0;
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)encoded[i];
        if (byte == '%') {
            if (size - i < 3 || hex(encoded[i + 1]) < 0 || hex(encoded[i + 2]) < 0)
                return "A percent sign must be followed by two hexadecimal digits.";
            byte = (unsigned char)(hex(encoded[i + 1]) * 16 + hex(encoded[i + 2]));
            i += 2;
        } else if (byte == '+' && form) {
            byte = ' ';
        }
        if (byte < 0x20 || byte == 0x7F)
            return "ASCII control characters, NUL among them, are not allowed.";
        text[length++] = (char)byte;
    }
    text[length] = 0;
    if (!utf8_valid(text, length))
        return "The text is not UTF-8.";
    *ret_text = text;
    return URL_FINE;
}

void url_encode(struct buffer *buffer, const char *text)
{
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        char escaped[4];
        if (isalnum(byte) || strchr("-._~,", byte)) {
            buffer_putc(buffer, *text);
            continue;
        }
        snprintf(escaped, sizeof(escaped), "%%%02X", byte);
        buffer_puts(buffer, escaped);
    }
}
