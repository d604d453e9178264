/* batch: lines that go to the database together, as the arrays that import_lines() takes
 *
 * One thread at a time.
 */
#ifndef CLAIMD_BATCH_H
#define CLAIMD_BATCH_H

#include <stddef.h>

#include "buffer.h"

struct batch {
    struct buffer numbers, lines; /* array literals */
    unsigned count;
};

/* A line, with its number in what is imported. */
void batch_add(struct batch *batch, size_t number, const char *text, size_t size);

/* Both literals are whole from now on, and end with a NUL; nothing is added until batch_clear(). */
void batch_close(struct batch *batch);

/* Empty again, with the room that it had. */
void batch_clear(struct batch *batch);

void batch_release(struct batch *batch);

#endif
