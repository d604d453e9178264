/* negotiate: what form of an answer a client prefers */
#include "negotiate.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static const char blanks[] = " \t";

/* The first of `stops` that is not inside quotes, or the end. */
static const char *scan(const char *text, const char *stops)
{
    for (bool quoted = false; *text && (quoted || !strchr(stops, *text)); text++) {
        if (quoted && *text == '\\' && text[1])
            text++;
        else if (*text == '"')
            quoted = !quoted;
    }
    return text;
}

/* One element of a comma list. */
struct element {
    const char *text;
    size_t size; /* up to its parameters */
    const char *end;
};

/* The element that begins at *next, which moves behind it; false at the end of the list. */
static bool next_element(const char **next, struct element *ret)
{
    const char *text = *next + strspn(*next, " \t,");
    if (!*text)
        return false;
    ret->text = text;
    ret->size = strcspn(text, " \t;,");
    ret->end = scan(text, ",");
    *next = ret->end;
    return true;
}

static bool is(const struct element *element, const char *name, size_t size)
{
    return element->size == size && strncasecmp(element->text, name, size) == 0;
}

/* "1", "0.5", "0.333" (section 12.4.2), and ".2", as clients in Java have it; what is none of these wants nothing. */
static unsigned read_weight(const char *text)
{
    unsigned quality = *text == '1' ? QUALITY_MOST : 0, step = QUALITY_MOST / 10;
    text += *text == '0' || *text == '1';
    if (*text == '.')
        for (text++; *text >= '0' && *text <= '9' && step; text++, step /= 10)
            quality += (unsigned)(*text - '0') * step;
    return quality > QUALITY_MOST ? QUALITY_MOST : quality;
}

static unsigned weight_of(const struct element *element)
{
    for (const char *next = scan(element->text, ";,"); next < element->end; next = scan(next, ";,")) {
        next += 1 + strspn(next + 1, blanks);
        if (strncasecmp(next, "q=", 2) == 0)
            return read_weight(next + 2);
    }
    return QUALITY_MOST;
}

unsigned negotiate_quality(const char *field, const char *name)
{
    unsigned others = 0;
    struct element element;
    for (const char *next = field ? field : ""; next_element(&next, &element);) {
        if (is(&element, name, strlen(name)))
            return weight_of(&element);
        if (is(&element, "*", 1))
            others = weight_of(&element);
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

/* 3 for the type itself, 2 for all of its kind, 1 for anything, 0 for another. */
static int specificity(const struct element *range, const char *media_type, size_t size)
{
    size_t type = strcspn(media_type, "/") + 1;
    if (is(range, media_type, size))
        return 3;
    if (range->size == type + 1 && range->text[type] == '*' && strncasecmp(range->text, media_type, type) == 0)
        return 2;
    return is(range, "*/*", 3);
}

unsigned negotiate_media_type(const char *accept, const char *media_type)
{
    int best = 0;
    unsigned quality = 0;
    struct element range;
    if (!accept || !accept[strspn(accept, " \t,")])
        return QUALITY_MOST;
    while (next_element(&accept, &range)) {
        int match = specificity(&range, media_type, strcspn(media_type, "; "));
        if (match > best) {
            best = match;
            quality = weight_of(&range);
        }
    }
    return quality;
}

/* What stands behind the "=" of a preference, without its quotes; of one without a value, nothing. */
static const char *preferred(const char *text, size_t *ret_size)
{
    text += strspn(text, blanks);
    if (*text != '=') {
        *ret_size = 0;
        return text;
    }
    text += 1 + strspn(text + 1, blanks);
    size_t size = (size_t)(scan(text, " \t;,") - text);
    bool quoted = size >= 2 && text[0] == '"' && text[size - 1] == '"';
    *ret_size = size - (quoted ? 2 : 0);
    return text + quoted;
}

bool negotiate_prefers(const char *prefer, const char *name, const char *value)
{
    struct element element;
    for (const char *next = prefer ? prefer : ""; next_element(&next, &element);) {
        size_t name_size = strcspn(element.text, " \t=;,"), size;
        if (name_size != strlen(name) || strncasecmp(element.text, name, name_size) != 0)
            continue;
        const char *given = preferred(element.text + name_size, &size);
        return size == strlen(value) && strncasecmp(given, value, size) == 0;
    }
    return false;
}

bool negotiate_is_type(const char *content_type, const char *media_type)
{
    size_t size = content_type ? strcspn(content_type, "; \t") : 0;
    return size && size == strlen(media_type) && strncasecmp(content_type, media_type, size) == 0;
}
