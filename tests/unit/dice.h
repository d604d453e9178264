/* dice: random input for properties, the same in every run unless CLAIMD_TEST_SEED names another seed */
#ifndef CLAIMD_TEST_DICE_H
#define CLAIMD_TEST_DICE_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

struct dice {
    uint64_t seed, state;
};

/* A failure names the seed, so that it can be seen again. */
#define assert_property(dice, condition)                                                                               \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            fail_msg("%s does not hold with CLAIMD_TEST_SEED=%" PRIu64, #condition, (dice)->seed);                     \
    } while (0)

static inline struct dice dice_begin(void)
{
    const char *wanted = getenv("CLAIMD_TEST_SEED");
    uint64_t seed = wanted && *wanted ? strtoull(wanted, NULL, 10) : 1605;
    return (struct dice){seed, seed};
}

/* 0 to sides - 1 (splitmix64) */
static inline uint32_t dice_roll(struct dice *dice, uint32_t sides)
{
    uint64_t mixed = dice->state += UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((mixed ^ mixed >> 31) % sides);
}

/* Any character, all lengths of its UTF-8 being equally likely. */
static inline uint32_t dice_character(struct dice *dice)
{
    static const uint32_t first[] = {0, 0x80, 0x800, 0x10000, 0x110000};
    uint32_t length = dice_roll(dice, 4);
    uint32_t point = first[length] + dice_roll(dice, first[length + 1] - first[length]);
    return point >= 0xD800 && point <= 0xDFFF ? 0xFFFD : point;
}

static inline size_t utf8_put(char *bytes, uint32_t point)
{
    static const unsigned char lead[] = {0, 0x00, 0xC0, 0xE0, 0xF0};
    size_t length = 1 + (point >= 0x80) + (point >= 0x800) + (point >= 0x10000);
    for (size_t i = length - 1; i > 0; i--, point >>= 6)
        bytes[i] = (char)(0x80 | (point & 0x3F));
    bytes[0] = (char)(lead[length] | point);
    return length;
}

/* Writes `characters` characters, four bytes each at most, and a NUL; returns the bytes before the NUL. Without
 * `controls` no ASCII control character is among them. */
static inline size_t dice_text(struct dice *dice, char *text, size_t characters, bool controls)
{
    size_t size = 0;
    while (characters--) {
        uint32_t point = dice_character(dice);
        bool control = point < 0x20 || point == 0x7F;
        size += utf8_put(text + size, control && !controls ? '%' : point);
    }
    text[size] = 0;
    return size;
}

#endif
