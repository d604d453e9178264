/* position: read and written in one form, and ordered by timeline and offset alike */
#include "position.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void what_is_written_is_read(void **state)
{
    static const struct position positions[] = {{1, 0}, {2, 0x16b3748}, {UINT32_MAX, UINT64_MAX}};
    (void)state;
    for (size_t i = 0; i < sizeof(positions) / sizeof(*positions); i++) {
        char text[POSITION_SIZE];
        struct position read;
        position_write(positions[i], text);
        assert_true(position_read(text, &read));
        assert_int_equal(read.timeline, positions[i].timeline);
        assert_true(read.change == positions[i].change);
    }
}

static void what_stands_behind_a_semicolon_is_not_looked_at(void **state)
{
    struct position read;
    (void)state;
    assert_true(position_read("a-f0;unconfirmed", &read));
    assert_int_equal(read.timeline, 10);
    assert_int_equal(read.change, 0xf0);
}

static void anything_else_is_none(void **state)
{
    static const char *const texts[] = {"",     "-",     "1",   "1-",  "-1",  "0-1",         "1-1 ",
                                        " 1-1", "1-1-1", "1-g", "1/1", "A-1", "123456789-1", "1-12345678901234567"};
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        assert_false(position_read(texts[i], &(struct position){0}));
}

static bool covers(struct position reached, struct position wanted)
{
    return position_covers(reached, wanted);
}

static void a_place_covers_those_before_it(void **state)
{
    (void)state;
    assert_true(covers((struct position){1, 5}, (struct position){1, 5}));
    assert_true(covers((struct position){1, 6}, (struct position){1, 5}));
    assert_false(covers((struct position){1, 4}, (struct position){1, 5}));
}

/* A server that was lost may have written more than the one that took over had of it. */
static void an_older_timeline_covers_nothing_of_a_newer_one(void **state)
{
    (void)state;
    assert_false(covers((struct position){1, 9}, (struct position){2, 5}));
    assert_true(covers((struct position){2, 5}, (struct position){1, 5}));
    assert_false(covers((struct position){2, 4}, (struct position){1, 5}));
}

static void what_is_not_known_wants_nothing_and_covers_nothing(void **state)
{
    struct position none = {0};
    (void)state;
    assert_true(covers(none, none));
    assert_true(covers((struct position){1, 0}, none));
    assert_false(covers(none, (struct position){1, 0}));
}

static void the_later_covers_both(void **state)
{
    struct position a = {1, 9}, b = {2, 5}, later = position_later(a, b);
    (void)state;
    assert_true(covers(later, a) && covers(later, b));
}

static void both_cover_the_earlier(void **state)
{
    struct position a = {1, 9}, b = {2, 5}, earlier = position_earlier(a, b);
    (void)state;
    assert_true(covers(a, earlier) && covers(b, earlier));
    assert_int_equal(position_earlier(a, (struct position){0}).timeline, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(what_stands_behind_a_semicolon_is_not_looked_at),
        cmocka_unit_test(anything_else_is_none),
        cmocka_unit_test(a_place_covers_those_before_it),
        cmocka_unit_test(an_older_timeline_covers_nothing_of_a_newer_one),
        cmocka_unit_test(what_is_not_known_wants_nothing_and_covers_nothing),
        cmocka_unit_test(the_later_covers_both),
        cmocka_unit_test(both_cover_the_earlier),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
