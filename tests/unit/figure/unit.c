/* unit: what is counted or measured is found before and behind the number */
#include "figure/unit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "figure/fixture.h"

/* What stands behind the digit that a text begins with; "" if nothing is known. */
static const char *behind(enum figure_language language, const char *text, bool scaled)
{
    struct reader reader = reader_of(text, language);
    struct unit unit;
    return unit_read_behind(&reader, 1, scaled, &unit) ? unit.readings[0].code : "";
}

static void units_stand_behind(void **state)
{
    (void)state;
    assert_string_equal(behind(DE, "5 Prozent", false), "%");
    assert_string_equal(behind(DE, "5%", false), "%");
    assert_string_equal(behind(DE, "5-prozentig", false), "%");
    assert_string_equal(behind(DE, "5US-Dollar", false), "USD");
    assert_string_equal(behind(EN, "5 kWh", false), "kWh");
    assert_string_equal(behind(EN, "5x", false), "1");
    assert_string_equal(behind(EN, "5 cars", false), "");
}

static void of_stands_behind_a_scale_alone(void **state)
{
    (void)state;
    assert_string_equal(behind(IT, "5 di dollari", true), "USD");
    assert_string_equal(behind(IT, "5 di dollari", false), "");
    assert_string_equal(behind(FR, "5 d’euros", true), "EUR");
}

static void names_and_adjectives_stand_before_what_is_counted(void **state)
{
    (void)state;
    assert_string_equal(behind(DE, "5 NVIDIA Hopper -GPUs", false), "{GPU}");
    assert_string_equal(behind(DE, "5 „China-spezifischen“ H800-KI-GPUs", false), "{GPU}");
    assert_string_equal(behind(DE, "5 Einheiten der A100-GPUs", false), "{GPU}");
    assert_string_equal(behind(EN, "5 new users", false), "{user}");
    assert_string_equal(behind(EN, "5 of the users", false), "");
    assert_string_equal(behind(DE, "5 Microsoft Dollar", false), "");
    assert_string_equal(behind(DE, "5 H800. GPUs", false), "");
}

static void part_of_a_word_is_not_counted(void **state)
{
    (void)state;
    assert_string_equal(behind(EN, "5 GPU-clusters", false), "");
    assert_string_equal(behind(DE, "5-Stunden-Tag", false), "h");
}

static void money_stands_before(void **state)
{
    (void)state;
    struct reader reader = reader_of("USD5", EN);
    struct unit unit;
    assert_true(unit_read_money(&reader, 0, &unit));
    assert_string_equal(unit.readings[0].code, "USD");
    reader = reader_of("km 5", EN);
    assert_false(unit_read_money(&reader, 0, &unit));
    reader = reader_of("cent deux", FR);
    assert_false(unit_read_money(&reader, 0, &unit));
}

static void a_word_may_mean_several(void **state)
{
    (void)state;
    struct reader reader = reader_of("5 Kronen", DE);
    struct unit unit;
    assert_true(unit_read_behind(&reader, 1, false, &unit));
    assert_int_equal(unit.count, 4);
}

static void notes_say_what_was_done(void **state)
{
    (void)state;
    struct reader reader = reader_of("5US -Dollar", DE);
    struct unit unit;
    assert_true(unit_read_behind(&reader, 1, false, &unit));
    assert_int_equal(unit.readings[0].notes, NOTE(NOTE_SPACE_IN_UNIT) | NOTE(NOTE_TOUCHES));
    reader = reader_of("5 cents", EN);
    assert_true(unit_read_behind(&reader, 1, false, &unit));
    assert_int_equal(unit.readings[0].exponent, -2);
    assert_int_equal(unit.readings[0].notes, NOTE(NOTE_HUNDREDTH));
}

static void units_agree_by_a_code(void **state)
{
    (void)state;
    static const struct unit none = {.count = 0}, percent = {.count = 1, .readings = {{"%", 0, 0}}};
    static const struct unit both = {.count = 2, .readings = {{"%", 0, 0}, {"1", 0, 0}}};
    assert_true(unit_agrees(&none, &percent));
    assert_true(unit_agrees(&percent, &both));
    assert_true(unit_agrees(&unit_times, &both));
    assert_false(unit_agrees(&unit_times, &percent));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(units_stand_behind),
        TEST(of_stands_behind_a_scale_alone),
        TEST(names_and_adjectives_stand_before_what_is_counted),
        TEST(part_of_a_word_is_not_counted),
        TEST(money_stands_before),
        TEST(a_word_may_mean_several),
        TEST(notes_say_what_was_done),
        TEST(units_agree_by_a_code),
    };
    return cmocka_run_group_tests_name("unit", tests, NULL, NULL);
}
