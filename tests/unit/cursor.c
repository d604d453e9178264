/* cursor: a cursor leads back to its keys in its own list, and nothing else passes for one */
#include "cursor.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dice.h"
#include "routes.h"
#include "sealed.h"

static const uint64_t fingerprint = UINT64_C(0x00abcdef12345678);

static struct arena arena;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena);
    sealed_begin();
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void random_id(struct dice *dice, char *id, size_t size)
{
    for (size_t i = 0; i < size; i++)
        id[i] = "abcdefghijklmnopqrstuvwxyz0123456789-"[dice_roll(dice, 37)];
    id[size] = 0;
}

enum { KEYS_MAX = SORT_MAX + 1 };

static const char *encode(uint64_t of, const char *key)
{
    return cursor_encode(&arena, of, &key, 1);
}

static bool lead_back(const char *const *keys, unsigned count)
{
    const char *found[KEYS_MAX] = {NULL};
    bool same = !cursor_decode(&arena, cursor_encode(&arena, fingerprint, keys, count), fingerprint, found, count);
    for (unsigned i = 0; same && i < count; i++)
        same = strcmp(found[i], keys[i]) == 0;
    return same;
}

static bool leads_back(uint64_t of, const char *id)
{
    const char *found = NULL;
    return !cursor_decode(&arena, encode(of, id), of, &found, 1) && strcmp(found, id) == 0;
}

static void every_length_leads_back(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    char id[ID_MAX + 1];
    for (size_t size = 1; size <= ID_MAX; size++) {
        random_id(&dice, id, size);
        assert_property(&dice, leads_back(fingerprint, id));
    }
}

static void every_fingerprint_leads_back(void **state)
{
    (void)state;
    assert_true(leads_back(0, "claim"));
    assert_true(leads_back(UINT64_MAX, "claim"));
    for (int bit = 0; bit < 64; bit++)
        assert_true(leads_back(UINT64_C(1) << bit, "claim"));
}

static void an_id_may_hold_any_character(void **state)
{
    (void)state;
    assert_true(leads_back(fingerprint, "{GPU}"));
    assert_true(leads_back(fingerprint, "é€\U0001F4A1"));
    assert_true(leads_back(fingerprint, "\xC2\x80\uFFFD\U0010FFFF"));
}

/* It becomes an argument of a statement, which the database would not take. */
static void what_is_not_utf8_is_refused(void **state)
{
    (void)state;
    static const char *const keys[] = {"\xff\xfe\xff", "a\x80", "\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
        assert_false(leads_back(fingerprint, keys[i]));
    assert_false(lead_back((const char *const[]){"a", "\xff", "b"}, 3));
    assert_false(lead_back((const char *const[]){"a\xC3", "\xA9"}, 2));
}

static void several_keys_lead_back(void **state)
{
    (void)state;
    assert_true(lead_back((const char *const[]){"1.5", "claim"}, 2));
    assert_true(lead_back((const char *const[]){"infinity", "-infinity", "2026-11-24 03:12:35.25+00", "~", "id"}, 5));
    assert_true(lead_back((const char *const[]){"", "id"}, 2));
    assert_true(lead_back((const char *const[]){"a", "", "", "id"}, 4));
    assert_true(lead_back((const char *const[]){"a", ""}, 2));
    assert_true(lead_back((const char *const[]){"", ""}, 2));
}

static void any_keys_lead_back(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    for (int i = 0; i < 2000; i++) {
        char texts[KEYS_MAX][4 * 30 + 1];
        const char *keys[KEYS_MAX];
        unsigned count = 1 + dice_roll(&dice, KEYS_MAX);
        for (unsigned j = 0; j < count; j++) {
            dice_text(&dice, texts[j], 1 + dice_roll(&dice, 30), false);
            keys[j] = texts[j];
        }
        assert_property(&dice, lead_back(keys, count));
    }
}

static void keys_are_as_many_as_wanted(void **state)
{
    (void)state;
    static const char *const keys[] = {"a", "b", "", "c", "d"};
    for (unsigned made = 1; made <= KEYS_MAX; made++)
        for (unsigned wanted = 1; wanted <= KEYS_MAX; wanted++) {
            const char *found[KEYS_MAX];
            const char *cursor = cursor_encode(&arena, fingerprint, keys, made);
            assert_int_equal(cursor_decode(&arena, cursor, fingerprint, found, wanted) == NULL, made == wanted);
        }
}

/* The one that parts keys makes more of them; NUL ends no text here. */
static void forged_control_characters_part_no_key_in_secret(void **state)
{
    (void)state;
    const char *found[KEYS_MAX] = {NULL};
    assert_non_null(cursor_decode(&arena,
                                  encode(fingerprint, "a\x1f"
                                                      "b"),
                                  fingerprint, found, 1));
    assert_null(cursor_decode(&arena,
                              encode(fingerprint, "a\x1f"
                                                  "b"),
                              fingerprint, found, 2));
    assert_string_equal(found[0], "a");
    assert_string_equal(found[1], "b");
    assert_non_null(cursor_decode(&arena,
                                  encode(fingerprint, "a\x1f\x1f"
                                                      "b"),
                                  fingerprint, found, 2));
    assert_true(leads_back(fingerprint, "\x01\n\x7f\x1e"));
}

/* Version, sixteen digits, "a", and a NUL before, among and behind them. */
static void a_nul_is_refused(void **state)
{
    (void)state;
    static const char *const cursors[] = {"ADMwMDAwMDAwMDAwMDAwMDAwYQ", "MwAwMDAwMDAwMDAwMDAwMDAwYQ",
                                          "MzAwMDAwMDAwMDAwMDAwMDBhAA", "MzAwMDAwMDAwMDAwMDAwMDAAYQ"};
    const char *found[KEYS_MAX];
    assert_null(cursor_decode(&arena, sealed(&arena, "MzAwMDAwMDAwMDAwMDAwMDBh"), 0, found, 1));
    for (size_t i = 0; i < sizeof(cursors) / sizeof(*cursors); i++) {
        assert_non_null(cursor_decode(&arena, sealed(&arena, cursors[i]), 0, found, 1));
        assert_non_null(cursor_decode(&arena, sealed(&arena, cursors[i]), 0, found, 2));
    }
}

/* RFC 4231, section 4.3, cut as the header says. */
static void a_seal_is_the_standard_s(void **state)
{
    (void)state;
    static const unsigned char wanted[SEAL_SIZE] = {0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e,
                                                    0x6a, 0x04, 0x24, 0x26, 0x08, 0x95, 0x75, 0xc7};
    unsigned char seal[SEAL_SIZE];
    const char *text = "what do ya want for nothing?";
    seal_use("Jefe", 4);
    seal_of(text, strlen(text), seal);
    assert_memory_equal(seal, wanted, SEAL_SIZE);
}

static void a_cursor_of_another_key_is_refused(void **state)
{
    (void)state;
    const char *found[1] = {"untouched"}, *cursor = encode(fingerprint, "claim");
    seal_use("a key of thirty-two bytes or so,.", 32);
    assert_non_null(cursor_decode(&arena, cursor, fingerprint, found, 1));
    assert_string_equal(found[0], "untouched");
    assert_true(leads_back(fingerprint, "claim"));
}

static void *key_of_a_thread(void *context)
{
    return cursor_ready() ? &arena : context;
}

static void each_thread_has_a_key_of_its_own(void **state)
{
    (void)state;
    pthread_t other;
    void *ready = NULL;
    assert_int_equal(pthread_create(&other, NULL, key_of_a_thread, NULL), 0);
    pthread_join(other, &ready);
    assert_null(ready);
    assert_true(cursor_ready());
}

/* A client that keeps one over an upgrade is told so. */
static void a_cursor_of_another_version_is_told_apart(void **state)
{
    (void)state;
    const char *found, *ours = cursor_decode(&arena, "AAAA", 0, &found, 1);
    static const char *const formers[] = {"MTAwMDAwMDAwMDAwMDAwMDBh", "MjAwMDAwMDAwMDAwMDAwMDBh"};
    for (size_t i = 0; i < sizeof(formers) / sizeof(*formers); i++) {
        const char *former = cursor_decode(&arena, formers[i], 0, &found, 1);
        assert_non_null(former);
        assert_non_null(strstr(former, "version"));
        assert_string_not_equal(former, ours);
    }
}

static void a_longest_list_of_keys_leads_back(void **state)
{
    (void)state;
    char text[3000];
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = 0;
    assert_true(lead_back((const char *const[]){text, text, text, text, "id"}, 5));
}

static void a_cursor_is_unpadded_base64url(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    char id[ID_MAX + 1];
    for (size_t size = 1; size <= ID_MAX; size++) {
        random_id(&dice, id, size);
        const char *cursor = encode(fingerprint, id);
        assert_property(&dice, strspn(cursor, base64url) == strlen(cursor));
        assert_property(&dice, (strlen(cursor) - 22) % 4 != 1); /* the text before the seal */
    }
}

static void a_cursor_for_another_list_is_refused(void **state)
{
    (void)state;
    const char *cursor = encode(fingerprint, "claim");
    for (int bit = 0; bit < 64; bit++) {
        const char *id = "untouched";
        const char *fault = cursor_decode(&arena, cursor, fingerprint ^ UINT64_C(1) << bit, &id, 1);
        assert_non_null(fault);
        assert_true(strlen(fault) > 0);
        assert_string_equal(id, "untouched");
    }
}

static void what_is_no_cursor_is_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {"",
                                        "a",
                                        "AAAA",
                                        "=",
                                        "claim",
                                        "é",
                                        "MTAw",
                                        "null",
                                        "MTAwMDAwMDAwMDAwMDAwMDA", /* an empty id */
                                        "MjAwMDAwMDAwMDAwMDAwMDA", /* the same of this version */
                                        "MjAwMDAwMDAwMDAwMDAwMDBh=",
                                        "MjAwMDAwMDAwMDAwMDAwMDBh ",
                                        " MjAwMDAwMDAwMDAwMDAwMDBh",
                                        "MjAwMDAwMDAwMDAwMDAwMDBh\n",
                                        "MjAwMDAwMDAwMDAwMDAwMDBh+",
                                        "MjAwMDAwMDAwMDAwMDAwMDBh/",
                                        "MjAwMDAwMDAwMDAwMDAwMDB",
                                        "MTAwMDAwMDAwMDAwMDAwMDBh=",
                                        "MTAwMDAwMDAwMDAwMDAwMDBh ",
                                        " MTAwMDAwMDAwMDAwMDAwMDBh",
                                        "MTAwMDAwMDAwMDAwMDAwMDBh\n",
                                        "MTAwMDAwMDAwMDAwMDAwMDBh+",
                                        "MTAwMDAwMDAwMDAwMDAwMDBh/"};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *id = "untouched";
        if (!cursor_decode(&arena, cases[i], 0, &id, 1))
            fail_msg("\"%s\" is taken for a cursor", cases[i]);
        assert_string_equal(id, "untouched");
    }
}

static bool refused(const char *text)
{
    const char *id = "untouched";
    return cursor_decode(&arena, text, fingerprint, &id, 1) && strcmp(id, "untouched") == 0;
}

static void assert_corruption_shows(const char *original, size_t at)
{
    for (int byte = 0; byte < 0x100; byte++) {
        char *text = arena_copy(&arena, original, strlen(original));
        text[at] = (char)byte;
        if (byte != (unsigned char)original[at] && !refused(text))
            fail_msg("%s is taken for %s", text, original);
    }
}

static void every_corruption_of_one_byte_shows(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 6; size++) {
        const char *original = encode(fingerprint, "claim-" + 6 - size);
        for (size_t at = 0; at < strlen(original); at++)
            assert_corruption_shows(original, at);
    }
}

static void every_cut_shows(void **state)
{
    (void)state;
    const char *original = encode(fingerprint, "affordability-myth-03");
    assert_false(refused(original));
    for (size_t size = 0; size < strlen(original); size++) {
        assert_true(refused(arena_copy(&arena, original, size)));
        assert_true(refused(original + size + 1));
    }
}

static void every_tail_shows(void **state)
{
    (void)state;
    static const char *const tails[] = {"A", "AA", "AAA", "AAAA", "B", "_", "==", "QQ"};
    for (size_t size = 1; size <= 6; size++) {
        const char *original = encode(fingerprint, "claim-" + 6 - size);
        for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++) {
            assert_true(refused(arena_format(&arena, "%s%s", original, tails[i])));
            assert_true(refused(arena_format(&arena, "%s%s", tails[i], original)));
        }
    }
}

/* Neither half of one goes with the other half of another. */
static void a_seal_goes_with_its_text_alone(void **state)
{
    (void)state;
    const char *first = encode(fingerprint, "claim-a"), *second = encode(fingerprint, "claim-b");
    size_t size = strlen(first) - 22;
    assert_true(refused(arena_format(&arena, "%.*s%s", (int)size, first, second + size)));
    assert_true(refused(arena_format(&arena, "%.*s%s", (int)size, second, first + size)));
}

static uint64_t of_texts(const char *first, const char *second)
{
    return cursor_fingerprint(cursor_fingerprint(CURSOR_SEED, first), second);
}

static void fingerprints_tell_texts_apart(void **state)
{
    (void)state;
    assert_true(of_texts("a", "b") == of_texts("a", "b"));
    assert_true(of_texts("a", "b") != of_texts("b", "a"));
    assert_true(of_texts("ab", "c") != of_texts("a", "bc"));
    assert_true(of_texts("a", "") != of_texts("", "a"));
    assert_true(of_texts("a", "") != cursor_fingerprint(CURSOR_SEED, "a"));
    assert_true(of_texts("é", "") != of_texts("e", ""));
}

static void random_fingerprints_do_not_collide(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    enum { COUNT = 1000 };
    static uint64_t seen[COUNT];
    char id[ID_MAX + 1];
    for (int i = 0; i < COUNT; i++) {
        random_id(&dice, id, 12);
        seen[i] = cursor_fingerprint(CURSOR_SEED, id);
        for (int j = 0; j < i; j++)
            assert_property(&dice, seen[i] != seen[j]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_length_leads_back, begin, end),
        cmocka_unit_test_setup_teardown(every_fingerprint_leads_back, begin, end),
        cmocka_unit_test_setup_teardown(an_id_may_hold_any_character, begin, end),
        cmocka_unit_test_setup_teardown(what_is_not_utf8_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(several_keys_lead_back, begin, end),
        cmocka_unit_test_setup_teardown(any_keys_lead_back, begin, end),
        cmocka_unit_test_setup_teardown(keys_are_as_many_as_wanted, begin, end),
        cmocka_unit_test_setup_teardown(forged_control_characters_part_no_key_in_secret, begin, end),
        cmocka_unit_test_setup_teardown(a_nul_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(a_cursor_of_another_version_is_told_apart, begin, end),
        cmocka_unit_test_setup_teardown(a_longest_list_of_keys_leads_back, begin, end),
        cmocka_unit_test_setup_teardown(a_cursor_is_unpadded_base64url, begin, end),
        cmocka_unit_test_setup_teardown(a_cursor_for_another_list_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(what_is_no_cursor_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(every_corruption_of_one_byte_shows, begin, end),
        cmocka_unit_test_setup_teardown(every_cut_shows, begin, end),
        cmocka_unit_test_setup_teardown(every_tail_shows, begin, end),
        cmocka_unit_test_setup_teardown(a_seal_goes_with_its_text_alone, begin, end),
        cmocka_unit_test_setup_teardown(a_seal_is_the_standard_s, begin, end),
        cmocka_unit_test_setup_teardown(a_cursor_of_another_key_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(each_thread_has_a_key_of_its_own, begin, end),
        cmocka_unit_test(fingerprints_tell_texts_apart),
        cmocka_unit_test(random_fingerprints_do_not_collide),
    };
    return cmocka_run_group_tests_name("cursor", tests, NULL, NULL);
}
