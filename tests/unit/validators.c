/* validators: an ETag is found again for the same answer and data, and for no others */
#include "validators.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct validators validators;

static int begin(void **state)
{
    (void)state;
    validators_init(&validators, 42);
    return 0;
}

static int end(void **state)
{
    (void)state;
    validators_release(&validators);
    return 0;
}

static struct validators_key key_of(const char *first, const char *second)
{
    return validators_key(&validators, (const char *const[]){first, second}, 2);
}

static void keep(struct validators_key key, uint64_t version, const char *etag)
{
    struct validator validator = {.key = key, .version = version, .size = strlen(etag)};
    snprintf(validator.etag, sizeof(validator.etag), "%s", etag);
    validators_keep(&validators, &validator);
}

static void what_was_kept_is_found(void **state)
{
    (void)state;
    keep(key_of("/v1/claims", "json"), 7, "\"a\"");
    const struct validator *found = validators_find(&validators, key_of("/v1/claims", "json"), 7);
    assert_non_null(found);
    assert_string_equal(found->etag, "\"a\"");
    assert_int_equal(found->size, 3);
}

static void another_answer_is_not_found(void **state)
{
    (void)state;
    keep(key_of("/v1/claims", "json"), 7, "\"a\"");
    assert_null(validators_find(&validators, key_of("/v1/claims", "csv"), 7));
    assert_null(validators_find(&validators, key_of("/v1/claimsjson", ""), 7));
    assert_null(validators_find(&validators, key_of("/v1/claim", "sjson"), 7));
    assert_null(validators_find(&validators, key_of("", ""), 7));
}

static void other_data_have_other_answers(void **state)
{
    (void)state;
    keep(key_of("/v1/claims", "json"), 7, "\"a\"");
    assert_null(validators_find(&validators, key_of("/v1/claims", "json"), 6));
    assert_null(validators_find(&validators, key_of("/v1/claims", "json"), 8));
}

static void nothing_is_found_while_the_data_are_not_known(void **state)
{
    (void)state;
    assert_null(validators_find(&validators, key_of("/v1/claims", "json"), 0));
    assert_null(validators_find(&validators, (struct validators_key){0, 0}, 0));
}

static void the_last_of_one_place_stays(void **state)
{
    (void)state;
    char target[32];
    for (int i = 0; i < 100000; i++) {
        snprintf(target, sizeof(target), "/v1/claims/%d", i);
        keep(key_of(target, ""), 1, "\"b\"");
        assert_non_null(validators_find(&validators, key_of(target, ""), 1));
    }
}

static void another_seed_makes_other_keys(void **state)
{
    (void)state;
    struct validators_key here = key_of("/v1/claims", "json");
    validators.seed++;
    struct validators_key there = key_of("/v1/claims", "json");
    assert_true(here.high != there.high && here.low != there.low);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_kept_is_found),        TEST(another_answer_is_not_found),
        TEST(other_data_have_other_answers), TEST(nothing_is_found_while_the_data_are_not_known),
        TEST(the_last_of_one_place_stays),   TEST(another_seed_makes_other_keys),
    };
    return cmocka_run_group_tests_name("validators", tests, NULL, NULL);
}
