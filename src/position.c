/* position: places in the history of the data, which tell how new an answer is */
#include "position.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char digits[] = "0123456789abcdef";

bool position_read(const char *text, struct position *ret)
{
    size_t timeline = strspn(text, digits);
    const char *change = text + timeline + (text[timeline] == '-');
    size_t size = strspn(change, digits);
    char end = change[size];
    if (!timeline || timeline > 8 || text[timeline] != '-' || !size || size > 16 || (end && end != ';'))
        return false;
    *ret = (struct position){(uint32_t)strtoul(text, NULL, 16), strtoull(change, NULL, 16)};
    return ret->timeline;
}

void position_write(struct position position, char text[POSITION_SIZE])
{
    snprintf(text, POSITION_SIZE, "%" PRIx32 "-%" PRIx64, position.timeline, position.change);
}

bool position_covers(struct position reached, struct position wanted)
{
    return reached.timeline >= wanted.timeline && reached.change >= wanted.change;
}

struct position position_later(struct position a, struct position b)
{
    return (struct position){a.timeline > b.timeline ? a.timeline : b.timeline,
                             a.change > b.change ? a.change : b.change};
}

struct position position_earlier(struct position a, struct position b)
{
    return (struct position){a.timeline < b.timeline ? a.timeline : b.timeline,
                             a.change < b.change ? a.change : b.change};
}
