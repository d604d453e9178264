/* compress: what was packed is unpacked to the same bytes, and nothing grows */
#include "compress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dice.h"
#include "unpack.h"

typedef char *code(const char *bytes, size_t size, size_t *ret_size);

static const struct {
    code *pack, *unpack;
} codings[] = {{compress_gzip, unpack_gzip}, {compress_brotli, unpack_brotli}};

enum { CODINGS = sizeof(codings) / sizeof(*codings) };

/* Whether the bytes come back from fewer, or stay as they are; *ret_packed tells which. */
static bool comes_back(int coding, const char *bytes, size_t size, bool *ret_packed)
{
    size_t packed_size = 0, back_size = 0;
    char *packed = codings[coding].pack(bytes, size, &packed_size);
    *ret_packed = packed != NULL;
    if (!packed)
        return true;
    char *back = codings[coding].unpack(packed, packed_size, &back_size);
    bool same = back && back_size == size && memcmp(back, bytes, size) == 0 && packed_size < size;
    free(back);
    free(packed);
    return same;
}

/* Letters of few kinds, so that it packs well. */
static char *text_of(struct dice *dice, size_t size, uint32_t kinds)
{
    char *text = malloc(size + 1);
    for (size_t i = 0; i < size; i++)
        text[i] = (char)('a' + dice_roll(dice, kinds));
    return text;
}

static char *noise_of(struct dice *dice, size_t size)
{
    char *noise = malloc(size + 1);
    for (size_t i = 0; i < size; i++)
        noise[i] = (char)dice_roll(dice, 256);
    return noise;
}

static void text_comes_back_from_fewer_bytes(void **state)
{
    (void)state;
    static const size_t sizes[] = {512, 1000, 32768, 65536, 1000000};
    struct dice dice = dice_begin();
    for (int coding = 0; coding < CODINGS; coding++)
        for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
            bool packed;
            char *text = text_of(&dice, sizes[i], 4);
            assert_property(&dice, comes_back(coding, text, sizes[i], &packed));
            assert_true(packed);
            free(text);
        }
}

static void what_does_not_shrink_stays(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 3, 10, 100, 1000, 65535, 65536, 300000};
    struct dice dice = dice_begin();
    for (int coding = 0; coding < CODINGS; coding++)
        for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
            bool packed;
            char *noise = noise_of(&dice, sizes[i]);
            assert_property(&dice, comes_back(coding, noise, sizes[i], &packed));
            assert_false(packed);
            free(noise);
        }
}

static void nothing_stays_nothing(void **state)
{
    (void)state;
    for (int coding = 0; coding < CODINGS; coding++) {
        size_t size = 0;
        assert_null(codings[coding].pack("", 0, &size));
        assert_null(codings[coding].pack(NULL, 0, &size));
    }
}

/* Around the size where a coding begins to pay, some input packs into just as many bytes as it has. */
static void an_equal_size_is_not_smaller(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    for (int coding = 0; coding < CODINGS; coding++)
        for (int i = 0; i < 4000; i++) {
            bool packed;
            size_t size = 1 + dice_roll(&dice, 120);
            char *text = text_of(&dice, size, 1 + dice_roll(&dice, 26));
            assert_property(&dice, comes_back(coding, text, size, &packed));
            free(text);
        }
}

static void any_byte_may_be_in_it(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    enum { BLOCK = 256, SIZE = 40 * BLOCK };
    for (int coding = 0; coding < CODINGS; coding++) {
        bool packed;
        char bytes[SIZE];
        for (size_t i = 0; i < SIZE; i++)
            bytes[i] = (char)(i % BLOCK);
        assert_property(&dice, comes_back(coding, bytes, SIZE, &packed));
        assert_true(packed);
        memset(bytes, 0, SIZE);
        assert_property(&dice, comes_back(coding, bytes, SIZE, &packed));
        assert_true(packed);
    }
}

/* The ETag is of the coded bytes. */
static void the_same_bytes_are_packed_the_same(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    char *text = text_of(&dice, 20000, 5);
    for (int coding = 0; coding < CODINGS; coding++) {
        size_t one_size, two_size;
        char *one = codings[coding].pack(text, 20000, &one_size), *two = codings[coding].pack(text, 20000, &two_size);
        assert_int_equal(one_size, two_size);
        assert_memory_equal(one, two, one_size);
        free(one);
        free(two);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_comes_back_from_fewer_bytes),
        cmocka_unit_test(what_does_not_shrink_stays),
        cmocka_unit_test(nothing_stays_nothing),
        cmocka_unit_test(an_equal_size_is_not_smaller),
        cmocka_unit_test(any_byte_may_be_in_it),
        cmocka_unit_test(the_same_bytes_are_packed_the_same),
    };
    return cmocka_run_group_tests_name("compress", tests, NULL, NULL);
}
