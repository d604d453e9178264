/* url: percent-encoding */
#include "url.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Bytes of the character that `lead` begins; 0 if none can. */
static size_t utf8_length(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead <= 0xDF)
        return 2;
    if (lead >= 0xE0 && lead <= 0xEF)
        return 3;
    return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

bool utf8_valid(const char *bytes, size_t size)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *byte = (const unsigned char *)bytes, *end = byte + size;
    while (byte < end) {
        size_t length = utf8_length(*byte);
        if (!length || (size_t)(end - byte) < length)
            return false;
        uint32_t point = length == 1 ? *byte : *byte & (0x7Fu >> length);
        for (size_t i = 1; i < length; i++) {
            if ((byte[i] & 0xC0) != 0x80)
                return false;
            point = point << 6 | (byte[i] & 0x3F);
        }
        if (point < least[length] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
            return false;
        byte += length;
    }
    return true;
}

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
            return "Control characters, NUL among them, are not allowed.";
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
