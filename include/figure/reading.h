/* reading: the interval that a phrase leaves possible, for each way to read it
 */
#ifndef CLAIMD_FIGURE_READING_H
#define CLAIMD_FIGURE_READING_H

#include "figure/phrase.h"

enum { READINGS_MOST = NUMBER_READINGS * UNIT_READINGS };

struct reading {
    struct figure_reading figure;
    bool less_likely; /* than those that are not, whatever the order */
};

struct readings {
    struct reading all[READINGS_MOST];
    size_t count;
};

/* Adds what the phrase can mean, and is not there yet. Its texts are in the arena. */
void readings_add(struct readings *readings, struct arena *arena, const struct phrase *phrase);

/* Adds one, unless it is there, or there is no room: that is as much as one language can need. */
void readings_add_one(struct readings *readings, const struct reading *reading);

/* Those that are less likely go behind the others; the order is kept otherwise. */
void readings_sort(struct readings *readings);

#endif
