/* tally: how many there are of each of many, over all threads
 *
 * Counters of a fixed number, which threads change without a lock. Each is counted at two places, and the smaller count
 * is taken: whoever shares one place with another is not taken for more than it is, and both places are shared by
 * chance alone, about once in four thousand million.
 */
#ifndef CLAIMD_TALLY_H
#define CLAIMD_TALLY_H

#include <stdint.h>

/* Who it is is told by its hash (see hash.h). Any thread. */
void tally_add(uint64_t who);
void tally_remove(uint64_t who); /* what was added */
unsigned tally_count(uint64_t who);

#endif
