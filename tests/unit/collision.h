/* collision: two byte strings that have one hash as long as hash_init() has drawn no secret */
#ifndef CLAIMD_TEST_COLLISION_H
#define CLAIMD_TEST_COLLISION_H

enum { COLLISION_SIZE = 16 };

/* XXH3 of 9 to 16 bytes multiplies its two halves, each mixed with a constant: here one of them becomes 0, and what is
 * added to the product the same. */
static const char collision_one[] = "\xb9\x39\x42\xea\x7b\x73\x82\x67\xd5\x9f\x3d\x80\x5c\xf9\x75\xae";
static const char collision_other[] = "\xb8\x1a\x07\x8d\xf2\xd8\x4f\x88\x3a\x52\x96\x09\x3b\xbc\x56\xaf";

#endif
