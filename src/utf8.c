/* utf8: whether bytes are text */
#include "utf8.h"

#include <stdint.h>

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
