/* secret: tokens are new each time, their digests are SHA-256, and a field has one or has none */
#include "secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void a_token_says_what_it_is_of_and_can_stand_anywhere(void **state)
{
    (void)state;
    char secret[SECRET_SIZE];
    assert_true(secret_make(secret));
    assert_int_equal(strlen(secret), SECRET_SIZE - 1);
    assert_memory_equal(secret, "claimd_", 7);
    assert_int_equal(strspn(secret + 7, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), 43);
}

/* Each place takes many values: none is lost on its way. */
static void tokens_differ_in_every_place(void **state)
{
    (void)state;
    enum { TOKENS = 400 };
    char seen[SECRET_SIZE][64] = {{0}};
    int different[SECRET_SIZE] = {0};
    for (int i = 0; i < TOKENS; i++) {
        char secret[SECRET_SIZE];
        assert_true(secret_make(secret));
        for (int place = 7; place < SECRET_SIZE - 1; place++)
            if (!memchr(seen[place], secret[place], (size_t)different[place]))
                seen[place][different[place]++] = secret[place];
    }
    for (int place = 7; place < SECRET_SIZE - 1; place++)
        assert_in_range(different[place], 50, 64);
}

/* FIPS 180-2, appendix B. */
static void a_digest_is_sha_256(void **state)
{
    (void)state;
    char digest[SECRET_DIGEST_SIZE];
    secret_digest("abc", digest);
    assert_string_equal(digest, "\\xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    secret_digest("", digest);
    assert_string_equal(digest, "\\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void a_bearer_field_has_a_token(void **state)
{
    (void)state;
    static const struct {
        const char *field, *token;
    } cases[] = {{"Bearer claimd_x", "claimd_x"},
                 {"bearer claimd_x", "claimd_x"},
                 {"BEARER   claimd_x", "claimd_x"},
                 {"Bearer ", ""}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        assert_non_null(secret_bearer(cases[i].field));
        assert_string_equal(secret_bearer(cases[i].field), cases[i].token);
    }
}

static void other_fields_have_none(void **state)
{
    (void)state;
    static const char *const fields[] = {NULL,        "",        "Bearer",   "Basic Y2xhaW1k", "Bearerclaimd_x",
                                         " Bearer x", "Token x", "claimd_x", "Bearer\tx"};
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
        assert_null(secret_bearer(fields[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_says_what_it_is_of_and_can_stand_anywhere),
        cmocka_unit_test(tokens_differ_in_every_place),
        cmocka_unit_test(a_digest_is_sha_256),
        cmocka_unit_test(a_bearer_field_has_a_token),
        cmocka_unit_test(other_fields_have_none),
    };
    return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
