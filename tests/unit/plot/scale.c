/* scale: every number has its place, and ticks are round, in order and apart */
#include "plot/scale.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dice.h"

static const double left = 300, right = 600, room = 59;

static struct tick ticks[SCALE_TICKS_MOST];

static struct scale scale_between(double a, double b)
{
    return scale_of((const double[]){a, b}, 2, left, right);
}

static bool near(double a, double b)
{
    return fabs(a - b) < 1e-6;
}

static void the_range_asks_for_a_logarithm(void **state)
{
    (void)state;
    assert_false(scale_between(1, 9.9).logarithmic);
    assert_true(scale_between(1, 10).logarithmic);
    assert_true(scale_between(1e-9, 1e45).logarithmic);
    assert_false(scale_between(0, 1e45).logarithmic);
    assert_false(scale_between(-1, 1000).logarithmic);
    assert_false(scale_between(5, 5).logarithmic);
}

static void a_linear_axis_holds_zero(void **state)
{
    (void)state;
    struct scale scale = scale_between(5e6, 5.6e6);
    assert_true(near(scale_place(&scale, 0), left));
    scale = scale_between(-7, -3);
    assert_true(near(scale_place(&scale, 0), right));
}

static void a_logarithmic_axis_ends_at_one_digit(void **state)
{
    (void)state;
    struct scale scale = scale_between(294000, 5600000);
    assert_true(near(scale_place(&scale, 200000), left));
    assert_true(near(scale_place(&scale, 6000000), right));
}

static void no_numbers_make_an_axis_too(void **state)
{
    (void)state;
    struct scale scale = scale_of(NULL, 0, left, right);
    assert_true(near(scale_place(&scale, 0), left));
    scale = scale_between(0, 0);
    assert_true(near(scale_place(&scale, 0), left));
    assert_true(scale_ticks(&scale, room, ticks) > 1);
}

static void assert_labels(double a, double b, const char *wanted)
{
    struct scale scale = scale_between(a, b);
    char labels[512] = "";
    size_t count = scale_ticks(&scale, room, ticks);
    for (size_t i = 0; i < count; i++)
        if (ticks[i].labelled)
            snprintf(labels + strlen(labels), sizeof(labels) - strlen(labels), "%lde%d ", ticks[i].digits,
                     ticks[i].exponent);
    assert_string_equal(labels, wanted);
}

static void ticks_are_round(void **state)
{
    (void)state;
    assert_labels(5e6, 5.6e6, "0e6 2e6 4e6 6e6 ");
    assert_labels(944e6, 944e6, "0e8 2e8 4e8 6e8 8e8 10e8 ");
    assert_labels(-4, 6, "-4e0 -2e0 0e0 2e0 4e0 6e0 ");
    assert_labels(294000, 5.6e6, "2e5 5e5 1e6 2e6 5e6 ");
    assert_labels(512, 50000, "1e3 3e3 1e4 3e4 ");
    assert_labels(5e6, 1.6e9, "1e7 1e8 1e9 ");
    assert_labels(1e-9, 1e45, "1e0 1e11 1e22 1e33 1e44 ");
}

/* Numbers of every size, some of them not positive. */
static double any_number(struct dice *dice)
{
    double number = (1 + dice_roll(dice, 999)) * pow(10, (int)dice_roll(dice, 590) - 296);
    uint32_t kind = dice_roll(dice, 20);
    return kind == 0 ? 0 : kind == 1 ? -number : number;
}

static void any_numbers_have_places(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    for (int i = 0; i < 5000; i++) {
        double a = any_number(&dice), b = dice_roll(&dice, 2) ? a * (1 + dice_roll(&dice, 5000)) : any_number(&dice);
        struct scale scale = scale_between(a, b);
        double place_a = scale_place(&scale, a), place_b = scale_place(&scale, b);
        assert_property(&dice, place_a > left - 1e-3 && place_a < right + 1e-3);
        assert_property(&dice, place_b > left - 1e-3 && place_b < right + 1e-3);
        size_t count = scale_ticks(&scale, room, ticks), labels = 0;
        double last = left - room;
        for (size_t j = 0; j < count; j++) {
            assert_property(&dice, j == 0 || ticks[j].place > ticks[j - 1].place);
            if (!ticks[j].labelled)
                continue;
            assert_property(&dice, ticks[j].place - last > room - 1e-6 || labels == 0);
            last = ticks[j].place;
            labels++;
        }
        assert_property(&dice, labels >= 1 && labels <= 6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_range_asks_for_a_logarithm),
        cmocka_unit_test(a_linear_axis_holds_zero),
        cmocka_unit_test(a_logarithmic_axis_ends_at_one_digit),
        cmocka_unit_test(no_numbers_make_an_axis_too),
        cmocka_unit_test(ticks_are_round),
        cmocka_unit_test(any_numbers_have_places),
    };
    return cmocka_run_group_tests_name("scale", tests, NULL, NULL);
}
