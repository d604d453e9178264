/* wrap: text broken into lines of an estimated width */
#include "plot/wrap.h"

#include <stdint.h>
#include <string.h>

#include "utf8.h"

static const char ellipsis[] = "…";

/* Of the characters from space to tilde, in hundredths of the font's size. */
static const unsigned char ascii_widths[] = {
    32, 40, 46, 84, 64, 95, 78, 28, 39,  39, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, /* to 7 */
    64, 64, 34, 34, 84, 84, 84, 53, 100, 69, 69, 70, 77, 64, 58, 78, 76, 30, 50, 66, 56, 87, 75, 79, /* to O */
    61, 79, 70, 64, 62, 74, 69, 99, 69,  62, 69, 39, 34, 39, 84, 50, 50, 62, 64, 55, 64, 62, 36, 64, /* to g */
    64, 28, 28, 58, 28, 98, 64, 62, 64,  64, 42, 53, 40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84};

/* Of other characters, up to the one given. Marks that combine take no room. */
static const struct {
    uint32_t last;
    unsigned char width;
} other_widths[] = {{0x1F, 100},  {0x7E, 0},     {0xA0, 70},    {0x24F, 72},    {0x2FF, 70},
                    {0x36F, 0},   {0x10FF, 85},  {0x1FFF, 105}, {0x200A, 60},   {0x200D, 0},
                    {0x2011, 40}, {0x2015, 100}, {0x2025, 55},  {0x2026, 100},  {0x20CF, 75},
                    {0x20FF, 0},  {0xFDFF, 105}, {0xFE0F, 0},   {0x10FFFF, 105}};

static unsigned char_width(uint32_t point)
{
    if (point >= ' ' && point <= '~')
        return ascii_widths[point - ' '];
    size_t i = 0;
    while (point > other_widths[i].last)
        i++;
    return other_widths[i].width;
}

/* A byte that is no character is shown as one. */
static size_t next_char(const char *text, size_t size, uint32_t *ret_point)
{
    size_t length = utf8_decode(text, size, ret_point);
    if (length)
        return length;
    *ret_point = 0xFFFD;
    return 1;
}

double wrap_width(const char *text, size_t size, double font_size)
{
    unsigned width = 0;
    uint32_t point;
    for (size_t at = 0; at < size;) {
        at += next_char(text + at, size - at, &point);
        width += char_width(point);
    }
    return width * font_size / 100;
}

static bool is_space(uint32_t point)
{
    return point == ' ' || point == '\t' || point == '\n' || point == '\r';
}

static size_t skip_spaces(const char *text)
{
    return strspn(text, " \t\n\r");
}

/* Whether a hyphen ends there that joins words, as in US-Dollar; an id such as gpu-h800 stays whole. */
static bool is_joint(const char *text, size_t at)
{
    return at > 1 && text[at - 1] == '-' && !is_space((unsigned char)text[at - 2]) && text[at] >= 'A' &&
           text[at] <= 'Z';
}

/* How many bytes fit: all of the text, or up to the last place where it may break, or as many characters as there is
 * room for, but one. */
static size_t fitting(const char *text, double font_size, double width)
{
    size_t size = strlen(text), at = 0, breakable = 0;
    unsigned used = 0, room = (unsigned)(width * 100 / font_size);
    while (at < size) {
        uint32_t point;
        size_t length = next_char(text + at, size - at, &point);
        if (is_space(point))
            breakable = at;
        used += is_space(point) ? char_width(' ') : char_width(point);
        if (used > room && !is_space(point) && at)
            return breakable ? breakable : at;
        at += length;
        if (is_joint(text, at))
            breakable = at;
    }
    return size;
}

/* Takes as many bytes as there is room for beside an ellipsis, wherever that breaks, but no space before it. */
static void cut(struct line *line, double font_size, double width)
{
    double room = width - wrap_width(ellipsis, strlen(ellipsis), font_size);
    size_t size = strlen(line->text), end = 0;
    uint32_t point;
    for (size_t at = 0; at < size;) {
        at += next_char(line->text + at, size - at, &point);
        if (wrap_width(line->text, at, font_size) > room)
            break;
        if (!is_space(point))
            end = at;
    }
    line->size = (int)end;
    line->cut = true;
}

size_t wrap_text(const char *text, double font_size, double width, struct line *lines, size_t most)
{
    size_t count = 0;
    text += skip_spaces(text);
    while (*text && count < most) {
        struct line *line = &lines[count++];
        size_t size = fitting(text, font_size, width);
        *line = (struct line){text, (int)size, false};
        text += size;
        text += skip_spaces(text);
        if (*text && count == most)
            cut(line, font_size, width);
    }
    return count;
}
