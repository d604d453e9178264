/* utf8: whether bytes are text, and its characters */
#include "utf8.h"

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

size_t utf8_decode(const char *bytes, size_t size, uint32_t *ret_point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *byte = (const unsigned char *)bytes;
    size_t length = size ? utf8_length(*byte) : 0;
    if (!length || size < length)
        return 0;
    uint32_t point = length == 1 ? *byte : *byte & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((byte[i] & 0xC0) != 0x80)
            return 0;
        point = point << 6 | (byte[i] & 0x3F);
    }
    if (point < least[length] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
        return 0;
    *ret_point = point;
    return length;
}

bool utf8_valid(const char *bytes, size_t size)
{
    uint32_t point;
    for (size_t at = 0; at < size;) {
        size_t length = utf8_decode(bytes + at, size - at, &point);
        if (!length)
            return false;
        at += length;
    }
    return true;
}

size_t utf8_whole(const char *bytes, size_t size)
{
    size_t lead = size;
    while (lead && size - lead < 4)
        if (((unsigned char)bytes[--lead] & 0xC0) != 0x80)
            return utf8_length((unsigned char)bytes[lead]) > size - lead ? lead : size;
    return size;
}

void utf8_mend(char *text)
{
    uint32_t point;
    for (size_t size = strlen(text); size;) {
        size_t length = utf8_decode(text, size, &point);
        if (!length)
            *text = '?';
        text += length ? length : 1;
        size -= length ? length : 1;
    }
}

size_t utf8_count(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += (*text & 0xC0) != 0x80;
    return count;
}
