/* stream: the parts arrive whole and in order, however they are taken, and a broken one is told */
#include "stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dice.h"

static struct stream stream;
static unsigned progress; /* how often the client was seen to take something */
static int asked;         /* how often the next part was asked for */
static bool break_now;    /* whether asking fails at once */

static void note_progress(struct stream *of)
{
    assert_ptr_equal(of, &stream);
    progress++;
}

static void ask(struct stream *of)
{
    asked++;
    of->broken = break_now;
}

static int begin(void **state)
{
    (void)state;
    stream = (struct stream){.part = BUFFER_INIT, .progress = note_progress, .ask = ask};
    asked = 0;
    break_now = false;
    return 0;
}

static int end(void **state)
{
    (void)state;
    stream_release(&stream);
    return 0;
}

static void assert_read(size_t room, const char *expected)
{
    char space[100];
    assert_true(room <= sizeof(space));
    memset(space, '#', sizeof(space));
    progress = 0;
    assert_int_equal(stream_read(&stream, space, room), strlen(expected));
    assert_int_equal(progress, 1);
    assert_memory_equal(space, expected, strlen(expected));
    assert_int_equal(space[strlen(expected)], '#');
}

static void a_part_is_taken_in_pieces(void **state)
{
    (void)state;
    buffer_puts(&stream.part, "abcdef");
    assert_read(4, "abcd");
    assert_read(4, "ef");
    assert_int_equal(asked, 0);
}

static void the_next_part_is_asked_for_once_this_is_taken(void **state)
{
    (void)state;
    buffer_puts(&stream.part, "ab");
    assert_read(2, "ab");
    assert_int_equal(asked, 0);
    assert_read(10, "");
    assert_int_equal(asked, 1);
    buffer_puts(&stream.part, "cd");
    assert_read(10, "cd");
    assert_int_equal(asked, 1);
}

static void the_first_part_may_have_to_be_asked_for(void **state)
{
    (void)state;
    assert_read(10, "");
    assert_int_equal(asked, 1);
    buffer_puts(&stream.part, "x");
    assert_read(10, "x");
}

static void an_empty_part_is_not_the_end(void **state)
{
    (void)state;
    assert_read(10, "");
    assert_read(10, "");
    assert_int_equal(asked, 2);
}

static void the_end_comes_behind_the_last_byte(void **state)
{
    (void)state;
    char space[10];
    buffer_puts(&stream.part, "ab");
    stream.complete = true;
    assert_read(1, "a");
    assert_read(1, "b");
    for (int i = 0; i < 2; i++)
        assert_int_equal(stream_read(&stream, space, sizeof(space)), STREAM_END);
    assert_int_equal(asked, 0);
}

static void nothing_at_all_ends_at_once(void **state)
{
    (void)state;
    char space[10];
    stream.complete = true;
    assert_int_equal(stream_read(&stream, space, sizeof(space)), STREAM_END);
}

static void what_cannot_be_asked_for_breaks_it(void **state)
{
    (void)state;
    char space[10];
    break_now = true;
    buffer_puts(&stream.part, "ab");
    assert_read(2, "ab");
    assert_int_equal(stream_read(&stream, space, sizeof(space)), STREAM_BROKEN);
}

/* The part was asked for, and what came later is that it cannot be had: asking anew would never end. */
static void what_does_not_come_breaks_it(void **state)
{
    (void)state;
    char space[10];
    assert_read(10, "");
    stream.broken = true;
    for (int i = 0; i < 2; i++)
        assert_int_equal(stream_read(&stream, space, sizeof(space)), STREAM_BROKEN);
    assert_int_equal(asked, 1);
}

/* Parts of any size, read into room of any size. */
static void any_parts_arrive_whole(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    for (int i = 0; i < 300; i++) {
        char sent[4000], got[4000];
        size_t sent_size = 0, got_size = 0;
        uint32_t parts = dice_roll(&dice, 8);
        for (;;) {
            ssize_t size = stream_read(&stream, got + got_size, 1 + dice_roll(&dice, 300));
            if (size == STREAM_END)
                break;
            assert_property(&dice, size >= 0);
            got_size += (size_t)size;
            if (size > 0)
                continue;
            size_t more = dice_roll(&dice, 500);
            for (size_t j = 0; j < more; j++)
                sent[sent_size + j] = (char)dice_roll(&dice, 256);
            buffer_append(&stream.part, sent + sent_size, more);
            sent_size += more;
            stream.complete = !parts || !--parts;
        }
        assert_property(&dice, got_size == sent_size && memcmp(got, sent, sent_size) == 0);
        end(state);
        begin(state);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_part_is_taken_in_pieces),
        TEST(the_next_part_is_asked_for_once_this_is_taken),
        TEST(the_first_part_may_have_to_be_asked_for),
        TEST(an_empty_part_is_not_the_end),
        TEST(the_end_comes_behind_the_last_byte),
        TEST(nothing_at_all_ends_at_once),
        TEST(what_cannot_be_asked_for_breaks_it),
        TEST(what_does_not_come_breaks_it),
        TEST(any_parts_arrive_whole),
    };
    return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
