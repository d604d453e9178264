/* figure: which figures stand in a printed phrase, and what each leaves possible
 *
 * Nothing is guessed: a phrase that can be read in several ways gets several readings, the most plausible first, and
 * what is no figure (a date, a name, a lone year) gets none. docs/figures.md has the grammar. Pure: no state, any
 * thread.
 */
#ifndef CLAIMD_FIGURE_FIGURE_H
#define CLAIMD_FIGURE_FIGURE_H

#include <stddef.h>

#include "arena.h"
#include "figure/meaning.h"

enum { FIGURE_TEXT_MOST = 1000 }; /* bytes */

struct figure {
    const char *as_printed; /* within the text that was read */
    size_t size;            /* of it, in bytes */
    size_t start, end;      /* in code points, half open */
    const struct figure_reading *readings;
    size_t readings_count; /* at least 1 */
};

struct figures {
    const struct figure *all; /* in the order of the text; they do not overlap */
    size_t count;
};

/* Reads `size` bytes of UTF-8, of which there may be FIGURE_TEXT_MOST. What is longer, or not UTF-8, has no figures:
 * who wants to tell that from a text without any looks first. All that is returned is in the arena, but as_printed,
 * which points into the text. Time and memory grow with the text: a millisecond and a megabyte are much. */
struct figures figure_read(struct arena *arena, const char *text, size_t size, enum figure_language language);

#endif
