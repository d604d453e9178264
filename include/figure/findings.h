/* findings: the figures of a text as one language has them
 */
#ifndef CLAIMD_FIGURE_FINDINGS_H
#define CLAIMD_FIGURE_FINDINGS_H

#include <stddef.h>

#include "figure/reader.h"
#include "figure/reading.h"

/* A figure by its characters, and what it may mean. */
struct found {
    size_t start, end;
    const struct reading *readings;
    size_t readings_count;
};

/* All in the reader's arena. */
struct findings {
    struct found *all; /* room for one at each character */
    size_t count;
    size_t covered; /* characters that mean something in that language */
};

/* Without a figure. */
struct findings findings_of(const struct reader *reader);

/* The figures that a language has in the text of the reader, which reads in that language from then on. */
struct findings findings_read(struct reader *reader, enum figure_language language);

/* Adds one behind the others. */
void findings_add(struct findings *findings, struct arena *arena, size_t start, size_t end,
                  const struct readings *readings);

#endif
