/* buffer: bytes are appended whole, and JSON strings read back as what went in */
#include "buffer.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "child.h"
#include "dice.h"

static struct buffer buffer = BUFFER_INIT;

static int end(void **state)
{
    (void)state;
    buffer_release(&buffer);
    return 0;
}

static void assert_holds(const char *text)
{
    assert_int_equal(buffer.size, strlen(text));
    assert_memory_equal(buffer.data, text, buffer.size);
}

static void a_buffer_begins_empty(void **state)
{
    (void)state;
    assert_null(buffer.data);
    buffer_append(&buffer, "", 0);
    buffer_puts(&buffer, "");
    assert_int_equal(buffer.size, 0);
}

static void what_is_appended_follows(void **state)
{
    (void)state;
    buffer_puts(&buffer, "claim");
    buffer_putc(&buffer, '-');
    buffer_append(&buffer, "1234", 2);
    assert_holds("claim-12");
}

static void bytes_may_be_nul(void **state)
{
    (void)state;
    buffer_putc(&buffer, 0);
    buffer_append(&buffer, "\0x", 2);
    assert_int_equal(buffer.size, 3);
    assert_memory_equal(buffer.data, "\0\0x", 3);
}

static void a_buffer_grows_byte_by_byte(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    for (int i = 0; i < COUNT; i++)
        buffer_putc(&buffer, (char)(i % 251));
    assert_int_equal(buffer.size, COUNT);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(buffer.data[i], (char)(i % 251));
}

static void a_buffer_grows_by_much_at_once(void **state)
{
    (void)state;
    enum { MUCH = 5000000 };
    char *bytes = malloc(MUCH);
    memset(bytes, 'x', MUCH);
    buffer_puts(&buffer, "ab");
    buffer_append(&buffer, bytes, MUCH);
    assert_int_equal(buffer.size, MUCH + 2);
    assert_memory_equal(buffer.data, "abx", 3);
    assert_memory_equal(buffer.data + 2, bytes, MUCH);
    free(bytes);
}

static void reserved_room_is_there(void **state)
{
    (void)state;
    buffer_puts(&buffer, "ab");
    for (size_t more = 0; more < 5000; more += 499) {
        buffer_reserve(&buffer, more);
        assert_true(buffer.capacity - buffer.size >= more);
        memset(buffer.data + buffer.size, 'x', more);
        assert_holds("ab");
    }
}

static void a_released_buffer_begins_anew(void **state)
{
    (void)state;
    buffer_puts(&buffer, "old");
    buffer_release(&buffer);
    assert_null(buffer.data);
    assert_int_equal(buffer.size, 0);
    buffer_puts(&buffer, "new");
    assert_holds("new");
}

static void detached_bytes_are_the_callers(void **state)
{
    (void)state;
    size_t size = 0;
    buffer_puts(&buffer, "mine");
    char *bytes = buffer_detach(&buffer, &size);
    assert_int_equal(size, 4);
    assert_null(buffer.data);
    assert_int_equal(buffer.size, 0);
    buffer_puts(&buffer, "other");
    assert_memory_equal(bytes, "mine", 4);
    free(bytes);
}

static void json_is_written_as_rfc_8259_says(void **state)
{
    (void)state;
    static const struct {
        const char *text, *json;
    } cases[] = {
        {"", "\"\""},
        {"claim", "\"claim\""},
        {"\"", "\"\\\"\""},
        {"\\", "\"\\\\\""},
        {"/", "\"/\""},
        {"\b\t\n\f\r", "\"\\b\\t\\n\\f\\r\""},
        {"\x01\x1f", "\"\\u0001\\u001f\""},
        {"\v", "\"\\u000b\""},
        {"\x7f", "\"\x7f\""},
        {"5, 6 Millionen für €\U0001F4A1", "\"5, 6 Millionen für €\U0001F4A1\""},
        {"a\"b\\c\nd", "\"a\\\"b\\\\c\\nd\""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        buffer_json(&buffer, cases[i].text, strlen(cases[i].text));
        assert_holds(cases[i].json);
        buffer_release(&buffer);
    }
}

static void json_takes_as_many_bytes_as_told(void **state)
{
    (void)state;
    buffer_puts(&buffer, "[");
    buffer_json(&buffer, "claimant", 5);
    assert_holds("[\"claim\"");
}

/* True if the JSON string reads back as the text. */
static bool reads_back(const char *text, size_t size)
{
    buffer_json(&buffer, text, size);
    json_t *value = json_loadb(buffer.data, buffer.size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    bool same =
        json_is_string(value) && json_string_length(value) == size && memcmp(json_string_value(value), text, size) == 0;
    json_decref(value);
    buffer_release(&buffer);
    return same;
}

static void every_ascii_character_reads_back(void **state)
{
    (void)state;
    for (int byte = 0; byte < 0x80; byte++)
        assert_true(reads_back((const char[]){'a', (char)byte, 'b'}, 3));
}

static void any_text_reads_back(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    char text[4 * 600 + 1];
    for (int i = 0; i < 3000; i++) {
        size_t size = dice_text(&dice, text, dice_roll(&dice, 600), true);
        assert_property(&dice, reads_back(text, size));
    }
}

static void reserve_too_much(void)
{
    buffer_puts(&buffer, "some bytes");
    buffer_reserve(&buffer, SIZE_MAX - 64);
}

static void running_out_ends_the_process(void **state)
{
    (void)state;
    assert_true(child_runs_out_of_memory(reserve_too_much));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_buffer_begins_empty, end),
        cmocka_unit_test_teardown(what_is_appended_follows, end),
        cmocka_unit_test_teardown(bytes_may_be_nul, end),
        cmocka_unit_test_teardown(a_buffer_grows_byte_by_byte, end),
        cmocka_unit_test_teardown(a_buffer_grows_by_much_at_once, end),
        cmocka_unit_test_teardown(reserved_room_is_there, end),
        cmocka_unit_test_teardown(a_released_buffer_begins_anew, end),
        cmocka_unit_test_teardown(detached_bytes_are_the_callers, end),
        cmocka_unit_test_teardown(json_is_written_as_rfc_8259_says, end),
        cmocka_unit_test_teardown(json_takes_as_many_bytes_as_told, end),
        cmocka_unit_test_teardown(every_ascii_character_reads_back, end),
        cmocka_unit_test_teardown(any_text_reads_back, end),
        cmocka_unit_test_teardown(running_out_ends_the_process, end),
    };
    return cmocka_run_group_tests_name("buffer", tests, NULL, NULL);
}
