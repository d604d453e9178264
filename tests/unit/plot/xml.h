/* xml: whether a text is a well-formed document, for what the plots use of XML 1.0
 *
 * One root element, tags that match, attributes in single quotes and each once, the five entities and numeric ones, and
 * characters that XML allows. No comments, CDATA or processing instructions: none are written.
 */
#ifndef CLAIMD_TEST_PLOT_XML_H
#define CLAIMD_TEST_PLOT_XML_H

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "utf8.h"

enum { XML_DEEP = 32, XML_ATTRIBUTES = 16 };

struct xml_name {
    const char *text;
    size_t size;
};

static inline struct xml_name xml_take_name(const char **at)
{
    struct xml_name name = {*at, 0};
    while (isalnum((unsigned char)**at) || (name.size && strchr("-:_", **at) && **at))
        (*at)++, name.size++;
    return name;
}

static inline bool xml_same(struct xml_name a, struct xml_name b)
{
    return a.size == b.size && memcmp(a.text, b.text, a.size) == 0;
}

/* Passes one character of content, an entity being one. */
static inline bool xml_take_character(const char **at)
{
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    uint32_t point;
    size_t length = utf8_decode(*at, strlen(*at), &point);
    if (**at == '&') {
        for (size_t i = 0; i < sizeof(entities) / sizeof(*entities); i++)
            if (strncmp(*at, entities[i], strlen(entities[i])) == 0) {
                *at += strlen(entities[i]);
                return true;
            }
        return false;
    }
    *at += length;
    return length && (point >= 0x20 || point == '\n') && point != 0xFFFE && point != 0xFFFF && point != '<';
}

static inline bool xml_take_attributes(const char **at)
{
    struct xml_name seen[XML_ATTRIBUTES];
    for (size_t count = 0; **at == ' '; count++) {
        (*at)++;
        if (count == XML_ATTRIBUTES || !(seen[count] = xml_take_name(at)).size || strncmp(*at, "='", 2) != 0)
            return false;
        for (size_t i = 0; i < count; i++)
            if (xml_same(seen[i], seen[count]))
                return false;
        for (*at += 2; **at != '\'';)
            if (!**at || !xml_take_character(at))
                return false;
        (*at)++;
    }
    return true;
}

/* `text` is NUL-terminated. */
static inline bool xml_well_formed(const char *text)
{
    struct xml_name open[XML_DEEP];
    int depth = 0;
    if (*text != '<')
        return false;
    do {
        if (*text != '<') {
            if (!*text || !xml_take_character(&text))
                return false;
            continue;
        }
        text++;
        bool closes = *text == '/';
        text += closes;
        struct xml_name name = xml_take_name(&text);
        if (!name.size || (closes && !xml_same(open[--depth], name)))
            return false;
        if (!closes && !xml_take_attributes(&text))
            return false;
        bool empty = *text == '/';
        text += empty;
        if (*text++ != '>' || (empty && closes))
            return false;
        if (!closes && !empty) {
            if (depth == XML_DEEP)
                return false;
            open[depth++] = name;
        }
    } while (depth > 0);
    return strspn(text, "\n") == strlen(text);
}

#endif
