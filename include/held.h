/* held: how much memory all threads hold for clients: bodies that have come, and answers that are kept or on their way
 *
 * What is taken note of here has no bound of its own that clients could not multiply by connecting once more. Any
 * thread.
 */
#ifndef CLAIMD_HELD_H
#define CLAIMD_HELD_H

#include <stddef.h>

/* What was allocated is held until held_free(), as what the allocator set aside for it. NULL is nothing. */
void held_add(const void *memory);
void held_free(void *memory); /* as free() */

/* What grows: `*known` is what was noted of it last, and becomes `now`. */
void held_change(size_t *known, size_t now);

size_t held_total(void);

#endif
