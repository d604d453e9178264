/* negotiate: what form of an answer a client prefers */
#include "negotiate.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

enum { QUALITY_MOST = 1000 };

/* "1", "0.5", "0.333" (section 12.4.2); what is none of these wants nothing. */
static unsigned read_weight(const char *text)
{
    if (*text != '0' && *text != '1')
        return 0;
    unsigned quality = *text == '1' ? QUALITY_MOST : 0, step = QUALITY_MOST / 10;
    if (text[1] == '.')
        for (text += 2; *text >= '0' && *text <= '9' && step; text++, step /= 10)
            quality += (unsigned)(*text - '0') * step;
    return quality > QUALITY_MOST ? QUALITY_MOST : quality;
}

/* The weight of one element, which ends at `end`. */
static unsigned element_quality(const char *element, const char *end)
{
    for (const char *next = element; (next = memchr(next, ';', (size_t)(end - next)));) {
        next += 1 + strspn(next + 1, " \t");
        if (next + 2 < end && strncasecmp(next, "q=", 2) == 0)
            return read_weight(next + 2);
    }
    return QUALITY_MOST;
}

unsigned negotiate_quality(const char *field, const char *name)
{
    unsigned others = 0;
    for (const char *next = field ? field : ""; *next; next += *next == ',') {
        next += strspn(next, " \t");
        const char *end = next + strcspn(next, ",");
        size_t size = strcspn(next, " \t;,");
        if (size == strlen(name) && strncasecmp(next, name, size) == 0)
            return element_quality(next, end);
        if (size == 1 && *next == '*')
            others = element_quality(next, end);
        next = end;
    }
    return others;
}

enum coding negotiate_coding(const char *accept_encoding)
{
    unsigned brotli = negotiate_quality(accept_encoding, "br"), gzip = negotiate_quality(accept_encoding, "gzip");
    if (!brotli && !gzip)
        return CODING_IDENTITY;
    if (negotiate_quality(accept_encoding, "identity") > (brotli > gzip ? brotli : gzip))
        return CODING_IDENTITY;
    return brotli >= gzip ? CODING_BROTLI : CODING_GZIP;
}
