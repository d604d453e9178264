/* url: what is encoded decodes to the same text, and only well-formed text decodes */
#include "url.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dice.h"

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

static const char *decode(const char *encoded, bool form, const char **ret_text)
{
    return url_decode(&arena, encoded, strlen(encoded), form, ret_text);
}

static void texts_decode(void **state)
{
    (void)state;
    static const struct {
        const char *encoded, *path, *form;
    } cases[] = {
        {"", "", ""},
        {"claims", "claims", "claims"},
        {"a+b", "a+b", "a b"},
        {"a%2Bb", "a+b", "a+b"},
        {"%20", " ", " "},
        {"%25", "%", "%"},
        {"%2541", "%41", "%41"},
        {"%7bGPU%7D", "{GPU}", "{GPU}"},
        {"%c3%A9", "é", "é"},
        {"é", "é", "é"},
        {"\xc3%A9", "é", "é"},
        {"%E2%82%AC", "€", "€"},
        {"%F0%9F%92%A1", "\U0001F4A1", "\U0001F4A1"},
        {"%2f%26%3D%3f%23", "/&=?#", "/&=?#"},
        {"%EF%BF%BF", "\xEF\xBF\xBF", "\xEF\xBF\xBF"},
        {"%C2%85", "\xC2\x85", "\xC2\x85"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *text = NULL;
        assert_null(decode(cases[i].encoded, false, &text));
        assert_string_equal(text, cases[i].path);
        assert_null(decode(cases[i].encoded, true, &text));
        assert_string_equal(text, cases[i].form);
    }
}

/* Both ways of reading must refuse it, say why, and leave the output alone. */
static void assert_refused(const char *encoded, size_t size)
{
    for (int form = 0; form < 2; form++) {
        const char *text = "untouched";
        const char *fault = url_decode(&arena, encoded, size, form, &text);
        if (!fault)
            fail_msg("\"%s\" is decoded", encoded);
        assert_true(strlen(fault) > 0);
        assert_string_equal(text, "untouched");
    }
}

static void assert_all_refused(const char *const *list)
{
    for (; *list; list++)
        assert_refused(*list, strlen(*list));
}

static void broken_escapes_are_refused(void **state)
{
    (void)state;
    assert_all_refused((const char *const[]){"%", "a%", "%4", "%zz", "%4g", "%g4", "%%41", "% 41", "%+1", "%-1",
                                             "%0x41", "%u0041", "%\xc3\xa9", NULL});
}

static void an_escape_ends_with_the_text(void **state)
{
    (void)state;
    assert_refused("%41", 2);
    assert_refused("%41", 1);
}

static void what_is_not_utf8_is_refused(void **state)
{
    (void)state;
    assert_all_refused((const char *const[]){"%ff", "\xff", "%C3", "%C3a", "%80", "%C0%AF", "%C0%80", "%E0%80%AF",
                                             "%ED%A0%80", "%F4%90%80%80", "%F8%88%80%80%80", "\xC3", "%C3%C3%A9",
                                             NULL});
}

static void ascii_control_characters_are_refused(void **state)
{
    (void)state;
    for (int byte = 0; byte < 0x80; byte++) {
        const char hex[] = "0123456789abcdef";
        char raw[] = {'a', (char)byte, 0}, escaped[] = {'%', hex[byte / 16], hex[byte % 16], 0};
        if (!iscntrl(byte))
            continue;
        assert_refused(raw, 2);
        assert_refused(escaped, 3);
    }
}

static void unreserved_characters_and_commas_stay(void **state)
{
    (void)state;
    static const char stay[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~,";
    for (int byte = 1; byte < 0x100; byte++) {
        struct buffer buffer = BUFFER_INIT;
        url_encode(&buffer, (const char[]){(char)byte, 0});
        assert_int_equal(buffer.size, strchr(stay, byte) ? 1 : 3);
        assert_int_equal(buffer.data[0], strchr(stay, byte) ? (char)byte : '%');
        buffer_release(&buffer);
    }
}

static void texts_encode(void **state)
{
    (void)state;
    struct buffer buffer = BUFFER_INIT;
    buffer_puts(&buffer, "/");
    url_encode(&buffer, "{GPU} é,+%");
    assert_int_equal(buffer.size, strlen("/%7BGPU%7D%20%C3%A9,%2B%25"));
    assert_memory_equal(buffer.data, "/%7BGPU%7D%20%C3%A9,%2B%25", buffer.size);
    buffer_release(&buffer);
}

static bool decodes_back(const char *text, bool form)
{
    struct buffer encoded = BUFFER_INIT;
    const char *decoded = NULL;
    url_encode(&encoded, text);
    bool same = !url_decode(&arena, encoded.data, encoded.size, form, &decoded) && strcmp(decoded, text) == 0;
    buffer_release(&encoded);
    return same;
}

static void any_text_decodes_back(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    char text[4 * 200 + 1];
    for (int i = 0; i < 3000; i++) {
        dice_text(&dice, text, 1 + dice_roll(&dice, 199), false);
        assert_property(&dice, decodes_back(text, false));
        assert_property(&dice, decodes_back(text, true));
        arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(texts_decode, begin, end),
        cmocka_unit_test_setup_teardown(broken_escapes_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(an_escape_ends_with_the_text, begin, end),
        cmocka_unit_test_setup_teardown(what_is_not_utf8_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(ascii_control_characters_are_refused, begin, end),
        cmocka_unit_test(unreserved_characters_and_commas_stay),
        cmocka_unit_test(texts_encode),
        cmocka_unit_test_setup_teardown(any_text_decodes_back, begin, end),
    };
    return cmocka_run_group_tests_name("url", tests, NULL, NULL);
}
