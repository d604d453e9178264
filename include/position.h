/* position: places in the history of the data, which tell how new an answer is
 *
 * Changes are numbered in the order in which they are committed, without gaps, and a server that shows one shows all
 * before it. A place in the write-ahead log would not do: it lies behind what others are about to write as well, which
 * a failover may take back, and it moves though no data change.
 *
 * After a failover history goes on as another timeline, with a higher number, from what the standby had that took over.
 * What the lost server had beyond has the same numbers on the older timeline.
 */
#ifndef CLAIMD_POSITION_H
#define CLAIMD_POSITION_H

#include <stdbool.h>
#include <stdint.h>

struct position {
    uint32_t timeline; /* 0: the position is not known, or there is none */
    uint64_t change;   /* the last one that there is */
};

/* TIMELINE-CHANGE in hexadecimal digits, and a NUL. */
enum { POSITION_SIZE = 8 + 1 + 16 + 1 };

/* Of that form to the end or to a semicolon, behind which there may be anything; false if it is not. */
bool position_read(const char *text, struct position *ret);

void position_write(struct position position, char text[POSITION_SIZE]);

/* Whether a server that has come to `reached` shows all that there was at `wanted`. Nothing is wanted of one
 * that is not known. */
bool position_covers(struct position reached, struct position wanted);

/* One that covers both. */
struct position position_later(struct position a, struct position b);

/* One that both cover. */
struct position position_earlier(struct position a, struct position b);

#endif
