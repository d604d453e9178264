/* hash: the same bytes have the same hash as long as the process runs, and another one in the next */
#include "hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dice.h"

enum { COUNT = 100000 };

static void the_same_bytes_have_the_same_hash(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    char bytes[2][1024];
    for (size_t size = 0; size <= sizeof(*bytes); size++) {
        for (size_t i = 0; i < size; i++)
            bytes[0][i] = bytes[1][i] = (char)dice_roll(&dice, 256);
        assert_property(&dice, hash_of(bytes[0], size) == hash_of(bytes[1], size));
    }
}

static void every_byte_counts(void **state)
{
    (void)state;
    char bytes[300] = {0};
    for (size_t size = 1; size <= sizeof(bytes); size++) {
        uint64_t before = hash_of(bytes, size);
        for (size_t i = 0; i < size; i++) {
            bytes[i] ^= 1;
            assert_true(hash_of(bytes, size) != before);
            bytes[i] ^= 1;
        }
    }
}

static void the_size_counts(void **state)
{
    (void)state;
    static const char zeros[300];
    uint64_t seen[sizeof(zeros)];
    for (size_t size = 0; size < sizeof(zeros); size++) {
        seen[size] = hash_of(zeros, size);
        for (size_t i = 0; i < size; i++)
            assert_true(seen[i] != seen[size]);
    }
}

static int by_value(const void *left, const void *right)
{
    uint64_t one = *(const uint64_t *)left, other = *(const uint64_t *)right;
    return (one > other) - (one < other);
}

/* Each part that places are chosen by is spread evenly, for bytes that differ little. */
static void hashes_are_spread(void **state)
{
    (void)state;
    enum { PLACES = 64, EXPECTED = COUNT / PLACES };
    static uint64_t seen[COUNT];
    unsigned low[PLACES] = {0}, high[PLACES] = {0};
    char text[32];
    for (int i = 0; i < COUNT; i++) {
        seen[i] = hash_of(text, (size_t)snprintf(text, sizeof(text), "/v1/claims/%d", i));
        low[seen[i] % PLACES]++;
        high[seen[i] >> 58]++;
    }
    for (int i = 0; i < PLACES; i++) {
        assert_in_range(low[i], EXPECTED * 8 / 10, EXPECTED * 12 / 10);
        assert_in_range(high[i], EXPECTED * 8 / 10, EXPECTED * 12 / 10);
    }
    qsort(seen, COUNT, sizeof(*seen), by_value);
    for (int i = 1; i < COUNT; i++)
        assert_true(seen[i] != seen[i - 1]);
}

static void another_secret_makes_other_hashes(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "a", "/v1/claims",
                                        "a text that is a good deal longer than any of the others"};
    enum { TEXTS = sizeof(texts) / sizeof(*texts), DRAWS = 20 };
    uint64_t seen[TEXTS][DRAWS];
    for (int draw = 0; draw < DRAWS; draw++) {
        hash_init();
        for (int i = 0; i < TEXTS; i++) {
            seen[i][draw] = hash_of(texts[i], strlen(texts[i]));
            for (int before = 0; before < draw; before++)
                assert_true(seen[i][before] != seen[i][draw]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_bytes_have_the_same_hash),
        cmocka_unit_test(every_byte_counts),
        cmocka_unit_test(the_size_counts),
        cmocka_unit_test(hashes_are_spread),
        cmocka_unit_test(another_secret_makes_other_hashes),
    };
    return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
