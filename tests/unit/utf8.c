/* utf8: exactly the well-formed byte sequences pass */
#include "utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dice.h"

/* Well-formed byte sequences as the Unicode Standard tabulates them (table 3-7). */
static const struct {
    size_t length;
    unsigned char low[4], high[4];
} well_formed[] = {
    {1, {0x00}, {0x7F}},
    {2, {0xC2, 0x80}, {0xDF, 0xBF}},
    {3, {0xE0, 0xA0, 0x80}, {0xE0, 0xBF, 0xBF}},
    {3, {0xE1, 0x80, 0x80}, {0xEC, 0xBF, 0xBF}},
    {3, {0xED, 0x80, 0x80}, {0xED, 0x9F, 0xBF}},
    {3, {0xEE, 0x80, 0x80}, {0xEF, 0xBF, 0xBF}},
    {4, {0xF0, 0x90, 0x80, 0x80}, {0xF0, 0xBF, 0xBF, 0xBF}},
    {4, {0xF1, 0x80, 0x80, 0x80}, {0xF3, 0xBF, 0xBF, 0xBF}},
    {4, {0xF4, 0x80, 0x80, 0x80}, {0xF4, 0x8F, 0xBF, 0xBF}},
};

/* Bytes of the well-formed sequence at the beginning; 0 if there is none. */
static size_t sequence(const unsigned char *bytes, size_t size)
{
    for (size_t row = 0; row < sizeof(well_formed) / sizeof(*well_formed); row++) {
        size_t length = well_formed[row].length, good = 0;
        while (good < length && good < size && bytes[good] >= well_formed[row].low[good] &&
               bytes[good] <= well_formed[row].high[good])
            good++;
        if (good == length)
            return length;
    }
    return 0;
}

static bool reference(const unsigned char *bytes, size_t size)
{
    while (size) {
        size_t length = sequence(bytes, size);
        if (!length)
            return false;
        bytes += length;
        size -= length;
    }
    return true;
}

static bool agrees(const unsigned char *bytes, size_t size)
{
    return utf8_valid((const char *)bytes, size) == reference(bytes, size);
}

static void no_bytes_are_utf8(void **state)
{
    (void)state;
    assert_true(utf8_valid("", 0));
    assert_true(utf8_valid("\xff", 0));
}

static void every_sequence_up_to_three_bytes_is_judged_well(void **state)
{
    (void)state;
    for (uint32_t all = 0; all < 0x1000000; all++) {
        unsigned char bytes[] = {(unsigned char)(all >> 16), (unsigned char)(all >> 8), (unsigned char)all};
        if (!agrees(bytes, 3) || (!bytes[2] && !agrees(bytes, 2)) || (!(all & 0xFFFF) && !agrees(bytes, 1)))
            fail_msg("%06x is judged wrongly", all);
    }
}

static void sequences_of_four_bytes_are_judged_well(void **state)
{
    (void)state;
    static const unsigned char edges[] = {0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF};
    for (unsigned lead = 0xE0; lead <= 0xFF; lead++)
        for (unsigned second = 0; second <= 0xFF; second++)
            for (size_t i = 0; i < sizeof(edges) * sizeof(edges); i++) {
                unsigned char bytes[] = {(unsigned char)lead, (unsigned char)second, edges[i / sizeof(edges)],
                                         edges[i % sizeof(edges)]};
                if (!agrees(bytes, 4))
                    fail_msg("%02x %02x %02x %02x is judged wrongly", bytes[0], bytes[1], bytes[2], bytes[3]);
            }
}

static void random_bytes_are_judged_well(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    char text[4 * 20 + 1];
    for (int i = 0; i < 100000; i++) {
        size_t size = dice_text(&dice, text, 1 + dice_roll(&dice, 19), true);
        text[dice_roll(&dice, (uint32_t)size)] ^= (char)(1u << dice_roll(&dice, 8));
        assert_property(&dice, agrees((const unsigned char *)text, size));
    }
}

static void characters_are_taken_one_by_one(void **state)
{
    (void)state;
    static const char text[] = "a\u00E9\u20AC\U0001F4A1\xC3";
    static const uint32_t points[] = {'a', 0xE9, 0x20AC, 0x1F4A1};
    size_t at = 0;
    for (size_t i = 0; i < 4; i++) {
        uint32_t point = 0;
        size_t length = utf8_decode(text + at, sizeof(text) - 1 - at, &point);
        assert_int_equal(length, i + 1);
        assert_int_equal(point, points[i]);
        at += length;
    }
    uint32_t point = 7;
    assert_int_equal(utf8_decode(text + at, 1, &point), 0);
    assert_int_equal(utf8_decode(text, 0, &point), 0);
    assert_int_equal(point, 7);
}

static void characters_are_counted(void **state)
{
    (void)state;
    assert_int_equal(utf8_count(""), 0);
    assert_int_equal(utf8_count("a\u00E9\u20AC\U0001F4A1z"), 5);
}

static void what_is_cut_short_is_taken_away(void **state)
{
    (void)state;
    static const struct {
        char text[16];
        size_t whole;
    } texts[] = {{"", 0},      {"a", 1},          {"a\u00E9", 3},
                 {"a\xC3", 1}, {"a\u20AC", 4},    {"a\xE2\x82", 1},
                 {"a\xE2", 1}, {"\U0001F4A1", 4}, {"\xF0\x9F\x92", 0},
                 {"a\xFF", 2}, {"\x80\x80", 2},   {"\xC3\x80\x80\x80\x80", 5}};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        assert_int_equal(utf8_whole(texts[i].text, strlen(texts[i].text)), texts[i].whole);
}

static void what_is_none_is_mended(void **state)
{
    (void)state;
    static const struct {
        char given[16], mended[16];
    } texts[] = {{"", ""},
                 {"a\u00E9\u20AC\U0001F4A1", "a\u00E9\u20AC\U0001F4A1"},
                 {"\xC3", "?"},
                 {"\"\\\xC3", "\"\\?"},
                 {"a\xFF\xC3z", "a??z"},
                 {"\xE2\x82", "??"},
                 {"\xED\xA0\x80z", "???z"}};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        char text[16];
        memcpy(text, texts[i].given, sizeof(text));
        utf8_mend(text);
        assert_string_equal(text, texts[i].mended);
        assert_true(utf8_valid(text, strlen(text)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_bytes_are_utf8),
        cmocka_unit_test(characters_are_taken_one_by_one),
        cmocka_unit_test(characters_are_counted),
        cmocka_unit_test(what_is_cut_short_is_taken_away),
        cmocka_unit_test(what_is_none_is_mended),
        cmocka_unit_test(every_sequence_up_to_three_bytes_is_judged_well),
        cmocka_unit_test(sequences_of_four_bytes_are_judged_well),
        cmocka_unit_test(random_bytes_are_judged_well),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
