/* memory: allocation never returns NULL, and cleanup runs */
#include "memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "child.h"

static void allocated_memory_is_zeroed(void **state)
{
    (void)state;
    for (size_t size = 1; size < 5000; size = size * 2 + 1) {
        char *dirty = memory_alloc(size);
        memset(dirty, 0xAA, size);
        free(dirty);
        char *fresh = memory_alloc(size);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(fresh[i], 0);
        free(fresh);
    }
}

static void no_bytes_are_not_null(void **state)
{
    (void)state;
    void *nothing = memory_alloc(0);
    assert_non_null(nothing);
    nothing = memory_resize(nothing, 0);
    assert_non_null(nothing);
    free(nothing);
}

static void resizing_keeps_the_bytes(void **state)
{
    (void)state;
    char *bytes = memory_resize(NULL, 4);
    memcpy(bytes, "abc", 4);
    bytes = memory_resize(bytes, 100000);
    assert_string_equal(bytes, "abc");
    bytes = memory_resize(bytes, 2);
    assert_memory_equal(bytes, "ab", 2);
    free(bytes);
}

static void a_text_is_copied(void **state)
{
    (void)state;
    char original[] = "claim";
    char *copy = memory_text(original);
    original[0] = 'X';
    assert_string_equal(copy, "claim");
    free(copy);
}

static void an_empty_text_is_copied(void **state)
{
    (void)state;
    char *copy = memory_text("");
    assert_string_equal(copy, "");
    free(copy);
}

static void a_format_is_filled(void **state)
{
    (void)state;
    char *text = memory_format("%s has %d of %c%%", "ünit", -5, 'x');
    assert_string_equal(text, "ünit has -5 of x%");
    free(text);
}

static void a_format_may_be_long(void **state)
{
    (void)state;
    char *text = memory_format("%*d|", 100000, 7);
    assert_int_equal(strlen(text), 100001);
    assert_string_equal(text + 99999, "7|");
    free(text);
}

static void a_format_may_be_empty(void **state)
{
    (void)state;
    char *text = memory_format("%s", "");
    assert_string_equal(text, "");
    free(text);
}

static void alloc_too_much(void)
{
    memory_alloc(SIZE_MAX - 64);
}

static void resize_too_much(void)
{
    memory_resize(memory_alloc(8), SIZE_MAX - 64);
}

static void running_out_ends_the_process(void **state)
{
    (void)state;
    assert_true(child_runs_out_of_memory(alloc_too_much));
    assert_true(child_runs_out_of_memory(resize_too_much));
}

static char cleaned[8];

static void note_cleanup(const char **name)
{
    strcat(cleaned, *name);
}

static int leave_early(void)
{
    _cleanup_(note_cleanup) const char *first __attribute__((unused)) = "1";
    _cleanup_(note_cleanup) const char *second __attribute__((unused)) = "2";
    return (int)strlen(cleaned);
}

static void cleanup_runs_at_the_end_of_the_scope(void **state)
{
    (void)state;
    assert_int_equal(leave_early(), 0);
    assert_string_equal(cleaned, "21");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocated_memory_is_zeroed),   cmocka_unit_test(no_bytes_are_not_null),
        cmocka_unit_test(resizing_keeps_the_bytes),     cmocka_unit_test(a_text_is_copied),
        cmocka_unit_test(an_empty_text_is_copied),      cmocka_unit_test(a_format_is_filled),
        cmocka_unit_test(a_format_may_be_long),         cmocka_unit_test(a_format_may_be_empty),
        cmocka_unit_test(running_out_ends_the_process), cmocka_unit_test(cleanup_runs_at_the_end_of_the_scope),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
