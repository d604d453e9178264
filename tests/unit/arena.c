/* arena: memory is zeroed, aligned, distinct, and given back all at once or but for a block */
#include "arena.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "child.h"
#include "dice.h"
#include "heap.h"

static struct arena arena;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void assert_zeroed(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        assert_int_equal(bytes[i], 0);
}

static void an_unused_arena_is_released(void **state)
{
    (void)state;
    arena_release(&arena);
    arena_release(&arena);
    assert_null(arena.newest);
}

static void every_size_is_zeroed_and_aligned(void **state)
{
    (void)state;
    for (size_t size = 0; size < 300; size++) {
        char *bytes = arena_alloc(&arena, size);
        assert_non_null(bytes);
        assert_int_equal((uintptr_t)bytes % alignof(max_align_t), 0);
        assert_zeroed(bytes, size);
        memset(bytes, 0xAA, size);
    }
}

static void allocations_do_not_overlap(void **state)
{
    (void)state;
    enum { COUNT = 1000 };
    static unsigned char *bytes[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        bytes[i] = arena_alloc(&arena, i % 97 + 1);
        memset(bytes[i], (int)(i & 0xFF), i % 97 + 1);
    }
    for (size_t i = 0; i < COUNT; i++)
        for (size_t at = 0; at < i % 97 + 1; at++)
            assert_int_equal(bytes[i][at], i & 0xFF);
}

static void sizes_about_a_block_are_whole(void **state)
{
    (void)state;
    for (size_t size = 3900; size < 4300; size++) {
        char *bytes = arena_alloc(&arena, size);
        assert_zeroed(bytes, size);
        memset(bytes, 0xAA, size);
    }
}

static void a_large_size_is_whole(void **state)
{
    (void)state;
    enum { LARGE = 10 * 1024 * 1024 };
    char *before = arena_copy(&arena, "before", 6);
    char *bytes = arena_alloc(&arena, LARGE);
    assert_zeroed(bytes, LARGE);
    memset(bytes, 0xAA, LARGE);
    assert_string_equal(before, "before");
    assert_string_equal(arena_copy(&arena, "behind", 6), "behind");
}

static void a_released_arena_begins_anew(void **state)
{
    (void)state;
    memset(arena_alloc(&arena, 4000), 0xAA, 4000);
    arena_release(&arena);
    assert_null(arena.newest);
    assert_zeroed(arena_alloc(&arena, 4000), 4000);
}

static void an_unused_arena_is_cleared(void **state)
{
    (void)state;
    arena_clear(&arena);
    assert_null(arena.newest);
    arena_alloc(&arena, 100);
    arena_clear(&arena);
    arena_clear(&arena);
    assert_string_equal(arena_copy(&arena, "claim", 5), "claim");
}

static void a_cleared_arena_begins_anew_in_its_block(void **state)
{
    (void)state;
    char *first = arena_alloc(&arena, 100);
    arena_clear(&arena);
    assert_non_null(arena.newest);
    assert_ptr_equal(arena_alloc(&arena, 100), first);
    arena_release(&arena);
    assert_null(arena.newest);
}

/* Sizes about those that need another block, too. */
static void memory_is_zeroed_again_behind_a_clear(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    for (int round = 0; round < 1000; round++) {
        for (uint32_t i = dice_roll(&dice, 30); i > 0; i--) {
            size_t size = dice_roll(&dice, dice_roll(&dice, 10) ? 600 : 9000);
            char *bytes = arena_alloc(&arena, size);
            assert_zeroed(bytes, size);
            memset(bytes, 0xAA, size);
        }
        int width = 1 + (int)dice_roll(&dice, 5000);
        assert_int_equal(strlen(arena_format(&arena, "%*d", width, 1)), width);
        arena_clear(&arena);
    }
}

static void a_clear_gives_back_all_but_a_block(void **state)
{
    (void)state;
    enum { BLOCKS = 1000, SIZE = 5000, SLACK = 64 * 1024 };
    size_t before = heap_bytes();
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < BLOCKS; i++)
            memset(arena_alloc(&arena, SIZE), 0xAA, SIZE);
        assert_in_range(heap_bytes() - before, BLOCKS * SIZE, 2 * BLOCKS * SIZE);
        arena_clear(&arena);
        assert_in_range(heap_bytes(), 0, before + SLACK);
    }
}

static void a_copy_ends_with_nul(void **state)
{
    (void)state;
    char *copy = arena_copy(&arena, "claimant", 5);
    assert_string_equal(copy, "claim");
    memset(arena_alloc(&arena, 16), 0xAA, 16);
    assert_string_equal(copy, "claim");
}

static void a_copy_may_hold_nul(void **state)
{
    (void)state;
    assert_memory_equal(arena_copy(&arena, "a\0b", 3), "a\0b", 4);
}

static void a_copy_may_be_empty(void **state)
{
    (void)state;
    assert_string_equal(arena_copy(&arena, "", 0), "");
}

static void a_copy_that_fills_its_place_keeps_its_nul(void **state)
{
    (void)state;
    static const char text[] = "0123456789abcdef0123456789abcdef";
    for (size_t size = 0; size < sizeof(text); size++) {
        char *copy = arena_copy(&arena, text, size);
        memset(arena_alloc(&arena, 1), 0xAA, 1);
        assert_int_equal(strlen(copy), size);
    }
}

static void bytes_of_any_kind_are_kept(void **state)
{
    (void)state;
    const char *const words[] = {"one", NULL, "three"};
    const char **kept = arena_keep(&arena, words, sizeof(words));
    assert_memory_equal(kept, words, sizeof(words));
    assert_int_equal((uintptr_t)kept % _Alignof(max_align_t), 0);
    assert_non_null(arena_keep(&arena, words, 0));
}

static void a_format_is_filled(void **state)
{
    (void)state;
    assert_string_equal(arena_format(&arena, "%s-%u%%", "claim", 7u), "claim-7%");
    assert_string_equal(arena_format(&arena, "%s", ""), "");
}

static void a_format_may_be_longer_than_a_block(void **state)
{
    (void)state;
    char *text = arena_format(&arena, "%*d", 9000, 1);
    assert_int_equal(strlen(text), 9000);
    assert_int_equal(text[8999], '1');
}

static void alloc_almost_everything(void)
{
    arena_alloc(&arena, SIZE_MAX / 2);
}

static void alloc_what_cannot_be_aligned(void)
{
    arena_alloc(&arena, SIZE_MAX - 3);
}

static void running_out_ends_the_process(void **state)
{
    (void)state;
    assert_true(child_runs_out_of_memory(alloc_almost_everything));
}

static void a_size_that_overflows_ends_the_process(void **state)
{
    (void)state;
    assert_true(child_runs_out_of_memory(alloc_what_cannot_be_aligned));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_unused_arena_is_released, begin, end),
        cmocka_unit_test_setup_teardown(every_size_is_zeroed_and_aligned, begin, end),
        cmocka_unit_test_setup_teardown(allocations_do_not_overlap, begin, end),
        cmocka_unit_test_setup_teardown(sizes_about_a_block_are_whole, begin, end),
        cmocka_unit_test_setup_teardown(a_large_size_is_whole, begin, end),
        cmocka_unit_test_setup_teardown(a_released_arena_begins_anew, begin, end),
        cmocka_unit_test_setup_teardown(an_unused_arena_is_cleared, begin, end),
        cmocka_unit_test_setup_teardown(a_cleared_arena_begins_anew_in_its_block, begin, end),
        cmocka_unit_test_setup_teardown(memory_is_zeroed_again_behind_a_clear, begin, end),
        cmocka_unit_test_setup_teardown(a_clear_gives_back_all_but_a_block, begin, end),
        cmocka_unit_test_setup_teardown(a_copy_ends_with_nul, begin, end),
        cmocka_unit_test_setup_teardown(a_copy_may_hold_nul, begin, end),
        cmocka_unit_test_setup_teardown(a_copy_may_be_empty, begin, end),
        cmocka_unit_test_setup_teardown(a_copy_that_fills_its_place_keeps_its_nul, begin, end),
        cmocka_unit_test_setup_teardown(bytes_of_any_kind_are_kept, begin, end),
        cmocka_unit_test_setup_teardown(a_format_is_filled, begin, end),
        cmocka_unit_test_setup_teardown(a_format_may_be_longer_than_a_block, begin, end),
        cmocka_unit_test_setup_teardown(running_out_ends_the_process, begin, end),
        cmocka_unit_test_setup_teardown(a_size_that_overflows_ends_the_process, begin, end),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
