/* etag: the same bytes have the same validator, and If-None-Match names it or does not */
#include "etag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dice.h"

#define OURS "\"0123456789abcdef0123456789abcdef\""

static void a_validator_is_strong_and_quoted(void **state)
{
    (void)state;
    char etag[ETAG_SIZE];
    etag_of("a", 1, 0, etag);
    assert_int_equal(strlen(etag), 2 + 32);
    assert_int_equal(etag[0], '"');
    assert_int_equal(etag[33], '"');
    assert_int_equal(strspn(etag + 1, "0123456789abcdef"), 32);
}

/* "On every server": a new hash would make every client fetch everything again, unnoticed. */
static void the_validator_of_bytes_never_changes(void **state)
{
    (void)state;
    char etag[ETAG_SIZE];
    etag_of("", 0, 0, etag);
    assert_string_equal(etag, "\"99aa06d3014798d86001c324468d497f\"");
    etag_of(NULL, 0, 0, etag);
    assert_string_equal(etag, "\"99aa06d3014798d86001c324468d497f\"");
}

static void every_byte_counts(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    unsigned char bytes[3000];
    char before[ETAG_SIZE], after[ETAG_SIZE];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)dice_roll(&dice, 256);
    etag_of(bytes, sizeof(bytes), 0, before);
    for (int i = 0; i < 500; i++) {
        size_t at = dice_roll(&dice, sizeof(bytes)), bit = dice_roll(&dice, 8);
        bytes[at] ^= (unsigned char)(1u << bit);
        etag_of(bytes, sizeof(bytes), 0, after);
        assert_property(&dice, strcmp(before, after) != 0);
        bytes[at] ^= (unsigned char)(1u << bit);
    }
    etag_of(bytes, sizeof(bytes), 0, after);
    assert_string_equal(before, after);
    etag_of(bytes, sizeof(bytes) - 1, 0, after);
    assert_string_not_equal(before, after);
}

static void a_nul_is_a_byte_like_others(void **state)
{
    (void)state;
    char one[ETAG_SIZE], two[ETAG_SIZE];
    etag_of("a\0b", 3, 0, one);
    etag_of("a\0c", 3, 0, two);
    assert_string_not_equal(one, two);
    etag_of("a", 1, 0, two);
    assert_string_not_equal(one, two);
}

static void assert_listed(bool expected, const char *const *fields)
{
    for (; *fields; fields++)
        if (etag_listed(*fields, OURS) != expected)
            fail_msg("%s is misread", *fields);
}

static void a_field_that_names_it_is_found(void **state)
{
    (void)state;
    assert_listed(true, (const char *const[]){OURS, "W/" OURS, "*", " " OURS, OURS " ", "\"other\", " OURS,
                                              "\"other\"," OURS, "W/\"other\", W/" OURS ", \"last\"", "\"a,b\", " OURS,
                                              "\"W/\", " OURS, "\"\", " OURS, "\"a b\" , " OURS, ",," OURS ",,",
                                              "\"x\",\t" OURS, " * ", "* ", NULL});
}

static void a_field_that_names_others_is_not(void **state)
{
    (void)state;
    assert_listed(false, (const char *const[]){
                             "", " ", ",", "\"other\"", "W/\"other\"", "\"\"", "\"0123456789abcdef0123456789abcdee\"",
                             "\"0123456789ABCDEF0123456789ABCDEF\"", "\"0123456789abcdef0123456789abcdef0\"",
                             "\"0123456789abcdef0123456789abcde\"", "\"*\"", "\"a,*\"", NULL});
    assert_false(etag_listed(NULL, OURS));
}

/* What is inside quotes names nothing: commas do not end it. */
static void quotes_hold_their_commas(void **state)
{
    (void)state;
    assert_listed(false, (const char *const[]){"\"a, W/\"", "\"a,b\", \"c,d\"", "\",\"", "\"x,*\", \"y\"", NULL});
    assert_true(etag_listed("\"a,b\", \"c\"", "\"a,b\""));
    assert_false(etag_listed("\"x,a\", \"c\"", "\"a\""));
}

static void what_is_no_list_names_nothing(void **state)
{
    (void)state;
    assert_listed(false,
                  (const char *const[]){"0123456789abcdef0123456789abcdef", "\"0123456789abcdef0123456789abcdef",
                                        "0123456789abcdef0123456789abcdef\"", "'0123456789abcdef0123456789abcdef'",
                                        "w/" OURS, "W/ " OURS, "W" OURS, "/" OURS, "x, " OURS, "\"x\"y, " OURS, "**",
                                        "*x", "*, " OURS, "W/*", "W/", "\"", "\"\"\"", "\"unclosed, " OURS, NULL});
}

static void a_revision_stands_behind_a_dot(void **state)
{
    (void)state;
    char etag[ETAG_SIZE], plain[ETAG_SIZE];
    etag_of("a", 1, 0, plain);
    etag_of("a", 1, 17, etag);
    assert_memory_equal(etag, plain, 33);
    assert_string_equal(etag + 33, ".17\"");
    etag_of("a", 1, INT64_MAX, etag);
    assert_string_equal(etag + 33, ".9223372036854775807\"");
    assert_int_equal(strlen(etag), ETAG_SIZE - 1);
}

static void assert_revisions(const char *if_match, const char *expected)
{
    struct arena arena;
    arena_init(&arena);
    const char *revisions = etag_revisions(&arena, if_match);
    if (strcmp(revisions, expected) != 0)
        fail_msg("%s is read as %s", if_match, revisions);
    arena_release(&arena);
}

static void revisions_are_read_from_validators(void **state)
{
    (void)state;
    assert_revisions("\"0123456789abcdef0123456789abcdef.17\"", "{17}");
    assert_revisions("\"0123456789abcdef0123456789abcdef.17\", \"0123456789abcdef0123456789abcdef.2\"", "{17,2}");
    assert_revisions(" ,\t\"0123456789abcdef0123456789abcdef.17\" ,", "{17}");
    assert_revisions("*", "{0}");
    assert_revisions(" * ", "{0}");
}

/* RFC 9110, section 8.8.3.2: what is weak is never compared strongly. */
static void others_have_no_revision(void **state)
{
    (void)state;
    static const char *const fields[] = {"",
                                         " ",
                                         "W/\"0123456789abcdef0123456789abcdef.17\"",
                                         OURS,
                                         "\"0123456789abcdef0123456789abcdef.\"",
                                         "\"0123456789abcdef0123456789abcdef.x\"",
                                         "\"0123456789abcdef0123456789abcdef.-1\"",
                                         "\"0123456789abcdef0123456789abcdef.1.2\"",
                                         "\"0123456789abcdef0123456789abcdef.9999999999999999999\"",
                                         "0123456789abcdef0123456789abcdef.17",
                                         "17",
                                         "\"",
                                         "\"*\"",
                                         "x*",
                                         "\"unclosed *",
                                         OURS ", *"};
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
        assert_revisions(fields[i], "{}");
}

static void any_garbage_is_survived(void **state)
{
    (void)state;
    static const char letters[] = "\"\",,W/* \tab";
    struct dice dice = dice_begin();
    for (int i = 0; i < 50000; i++) {
        size_t size = dice_roll(&dice, 24);
        char *field = malloc(size + 1);
        for (size_t j = 0; j < size; j++)
            field[j] = letters[dice_roll(&dice, sizeof(letters) - 1)];
        field[size] = 0;
        struct arena arena;
        arena_init(&arena);
        assert_property(&dice, *etag_revisions(&arena, field) == '{');
        arena_release(&arena);
        assert_property(&dice, !etag_listed(field, "\"a\"") || strstr(field, "\"a\"") || strchr(field, '*'));
        free(field);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_validator_is_strong_and_quoted),
        cmocka_unit_test(the_validator_of_bytes_never_changes),
        cmocka_unit_test(every_byte_counts),
        cmocka_unit_test(a_nul_is_a_byte_like_others),
        cmocka_unit_test(a_field_that_names_it_is_found),
        cmocka_unit_test(a_field_that_names_others_is_not),
        cmocka_unit_test(quotes_hold_their_commas),
        cmocka_unit_test(what_is_no_list_names_nothing),
        cmocka_unit_test(a_revision_stands_behind_a_dot),
        cmocka_unit_test(revisions_are_read_from_validators),
        cmocka_unit_test(others_have_no_revision),
        cmocka_unit_test(any_garbage_is_survived),
    };
    return cmocka_run_group_tests_name("etag", tests, NULL, NULL);
}
