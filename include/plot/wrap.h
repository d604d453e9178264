/* wrap: text broken into lines of an estimated width
 *
 * Without the font nobody knows how wide a text is. The estimate is that of a wide sans-serif, so that text in most
 * others stays within it. Sizes and widths are in the same unit, that of the font's size.
 */
#ifndef CLAIMD_PLOT_WRAP_H
#define CLAIMD_PLOT_WRAP_H

#include <stdbool.h>
#include <stddef.h>

struct line {
    const char *text; /* borrowed from the text that was broken; not NUL-terminated */
    int size;         /* bytes, whole characters of UTF-8 */
    bool cut;         /* more text would follow: an ellipsis belongs here, and there is room for it */
};

/* How wide so many bytes of UTF-8 are. */
double wrap_width(const char *text, size_t size, double font_size);

/* Fills at most `most` lines of the UTF-8 text and returns how many. Breaks at spaces, behind a hyphen before a
 * capital, and inside of words that are wider than a line. */
size_t wrap_text(const char *text, double font_size, double width, struct line *lines, size_t most);

#endif
