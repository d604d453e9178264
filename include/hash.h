/* hash: hashes of byte strings that nobody outside of the process can foresee
 *
 * Clients choose what is hashed, and would otherwise choose what falls into one place. Any thread, once hash_init() was
 * called.
 */
#ifndef CLAIMD_HASH_H
#define CLAIMD_HASH_H

#include <stddef.h>
#include <stdint.h>

/* Draws the process's secret. */
void hash_init(void);

uint64_t hash_of(const void *bytes, size_t size);

#endif
