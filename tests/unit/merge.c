/* merge: a patch does to a target what RFC 7396 says */
#include "merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dice.h"

static json_t *read_json(const char *text)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(value);
    return value;
}

static void assert_merged(const char *target, const char *patch, const char *expected)
{
    json_t *before = target ? read_json(target) : NULL, *change = read_json(patch), *wanted = read_json(expected);
    json_t *after = merge_patch(before, change);
    if (!json_equal(after, wanted))
        fail_msg("%s patched with %s is not %s", target ? target : "nothing", patch, expected);
    json_decref(after);
    json_decref(wanted);
    json_decref(change);
    json_decref(before);
}

/* Appendix A. */
static void the_examples_of_the_rfc_hold(void **state)
{
    (void)state;
    assert_merged("{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}");
    assert_merged("{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}");
    assert_merged("{\"a\":\"b\"}", "{\"a\":null}", "{}");
    assert_merged("{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}");
    assert_merged("{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}");
    assert_merged("{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}");
    assert_merged("{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}", "{\"a\":{\"b\":\"d\"}}");
    assert_merged("{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}");
    assert_merged("[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]");
    assert_merged("{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]");
    assert_merged("{\"a\":\"foo\"}", "null", "null");
    assert_merged("{\"a\":\"foo\"}", "\"bar\"", "\"bar\"");
    assert_merged("{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}");
    assert_merged("[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}");
    assert_merged("{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}");
}

static void nothing_is_a_target_too(void **state)
{
    (void)state;
    assert_merged(NULL, "{\"a\":1,\"b\":null}", "{\"a\":1}");
    assert_merged(NULL, "5", "5");
}

/* No null of a patch that is an object comes to stand in what was not there before, however deep. */
static void nulls_of_new_members_are_left_out(void **state)
{
    (void)state;
    assert_merged("{\"a\":1}", "{\"a\":{\"b\":null,\"c\":{\"d\":null,\"e\":2}}}", "{\"a\":{\"c\":{\"e\":2}}}");
    assert_merged("{}", "{\"a\":[null,{\"b\":null}]}", "{\"a\":[null,{\"b\":null}]}");
}

static json_t *random_value(struct dice *dice, int depth)
{
    static const char *const names[] = {"a", "b", "c", ""};
    uint32_t kind = dice_roll(dice, depth ? 5 : 3);
    if (kind == 0)
        return json_null();
    if (kind == 1)
        return json_integer(dice_roll(dice, 3));
    if (kind == 2)
        return json_string(names[dice_roll(dice, 4)]);
    json_t *value = kind == 3 ? json_array() : json_object();
    for (uint32_t i = dice_roll(dice, 4); i > 0; i--)
        if (kind == 3)
            json_array_append_new(value, random_value(dice, depth - 1));
        else
            json_object_set_new(value, names[dice_roll(dice, 4)], random_value(dice, depth - 1));
    return value;
}

/* Whether there is a null among the members of objects. */
static bool has_null(const json_t *value)
{
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)value, name, member)
    {
        if (json_is_null(member) || has_null(member))
            return true;
    }
    return false;
}

static void what_was_merged_is_left_as_it_is_by_the_same_patch(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    for (int i = 0; i < 5000; i++) {
        json_t *target = random_value(&dice, 3), *patch = random_value(&dice, 3), *kept = json_deep_copy(patch);
        json_t *once = merge_patch(target, patch), *before = json_deep_copy(once);
        json_t *twice = merge_patch(once, patch);
        assert_property(&dice, json_equal(before, twice));
        assert_property(&dice, json_equal(patch, kept));
        json_decref(twice);
        json_decref(before);
        json_decref(once);
        json_decref(kept);
        json_decref(patch);
        json_decref(target);
    }
}

static void an_object_without_nulls_comes_out_of_nothing_as_it_is(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    for (int i = 0; i < 5000; i++) {
        json_t *patch = random_value(&dice, 3), *merged = merge_patch(NULL, patch);
        assert_property(&dice, !json_is_object(patch) || !has_null(merged));
        assert_property(&dice, has_null(patch) || json_equal(merged, patch));
        json_decref(merged);
        json_decref(patch);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_the_rfc_hold),
        cmocka_unit_test(nothing_is_a_target_too),
        cmocka_unit_test(nulls_of_new_members_are_left_out),
        cmocka_unit_test(what_was_merged_is_left_as_it_is_by_the_same_patch),
        cmocka_unit_test(an_object_without_nulls_comes_out_of_nothing_as_it_is),
    };
    return cmocka_run_group_tests_name("merge", tests, NULL, NULL);
}
