/* flights: one asks and the others get what it gets, whoever leaves in between */
#include "flights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "collision.h"
#include "dice.h"
#include "hash.h"

enum { SEATS = 30 };

static struct flights flights;
static struct flight_seat seats[SEATS];

static int begin(void **state)
{
    (void)state;
    flights = (struct flights){0};
    memset(seats, 0, sizeof(seats));
    return 0;
}

/* What was not landed or left is a leak. */
static int end(void **state)
{
    (void)state;
    for (int i = 0; i < SEATS; i++)
        flight_leave(&flights, &seats[i]);
    return flights.flying != NULL;
}

static bool join(const char *key, uint64_t version, int seat)
{
    return flight_join(&flights, key, strlen(key), version, &seats[seat]);
}

static bool is_seated(int seat)
{
    static const struct flight_seat nowhere;
    return seats[seat].flight || memcmp(&seats[seat], &nowhere, sizeof(nowhere)) != 0;
}

/* Lands the flight of that seat, in which those of `waiting`, up to -1, must be in this order. */
static void assert_lands(int seat, const int *waiting)
{
    struct flight_seat *next = flight_land(&flights, &seats[seat]);
    assert_false(is_seated(seat));
    for (; *waiting >= 0; waiting++) {
        assert_ptr_equal(next, &seats[*waiting]);
        next = flight_next(next);
        assert_false(is_seated(*waiting));
    }
    assert_null(next);
}

#define WAITING(...) ((const int[]){__VA_ARGS__ __VA_OPT__(, ) - 1})

static void the_first_flies_and_the_others_join(void **state)
{
    (void)state;
    assert_false(join("a", 1, 0));
    assert_true(join("a", 1, 1));
    assert_true(join("a", 1, 2));
    assert_lands(0, WAITING(1, 2));
}

static void who_flies_alone_lands_alone(void **state)
{
    (void)state;
    assert_false(join("a", 1, 0));
    assert_lands(0, WAITING());
}

static void those_who_wait_are_told_in_their_order(void **state)
{
    (void)state;
    static const int order[] = {3, 9, 1, 7, 2, 8};
    assert_false(join("a", 1, 5));
    for (int i = 0; i < 6; i++)
        assert_true(join("a", 1, order[i]));
    assert_lands(5, WAITING(3, 9, 1, 7, 2, 8));
}

static void each_key_has_its_own_flight(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
    } keys[] = {{"", 0}, {"\0", 1}, {"a", 1}, {"a\0", 2}, {"a\0b", 3}, {"a\0c", 3}, {"b", 1}};
    enum { KEYS = sizeof(keys) / sizeof(*keys) };
    for (int i = 0; i < KEYS; i++)
        assert_false(flight_join(&flights, keys[i].bytes, keys[i].size, 1, &seats[i]));
    for (int i = 0; i < KEYS; i++)
        assert_true(flight_join(&flights, keys[i].bytes, keys[i].size, 1, &seats[KEYS + i]));
    for (int i = 0; i < KEYS; i++)
        assert_lands(i, WAITING(KEYS + i));
}

static void a_hash_is_not_taken_for_the_key(void **state)
{
    (void)state;
    assert_true(hash_of(collision_one, COLLISION_SIZE) == hash_of(collision_other, COLLISION_SIZE));
    assert_false(flight_join(&flights, collision_one, COLLISION_SIZE, 1, &seats[0]));
    assert_false(flight_join(&flights, collision_other, COLLISION_SIZE, 1, &seats[1]));
    assert_true(flight_join(&flights, collision_one, COLLISION_SIZE, 1, &seats[2]));
    assert_lands(1, WAITING());
    assert_lands(0, WAITING(2));
}

static void keys_are_copied(void **state)
{
    (void)state;
    char key[] = "/v1/claims";
    assert_false(join(key, 1, 0));
    memset(key, 'x', strlen(key));
    assert_false(join(key, 1, 1));
    assert_true(join("/v1/claims", 1, 2));
    assert_lands(0, WAITING(2));
    assert_lands(1, WAITING());
}

/* Who came before the data changed may have the older answer, and who came after may not. */
static void newer_data_have_a_flight_of_their_own(void **state)
{
    (void)state;
    assert_false(join("a", 1, 0));
    assert_true(join("a", 1, 1));
    assert_false(join("a", 2, 2));
    assert_true(join("a", 2, 3));
    assert_lands(0, WAITING(1));
    assert_true(join("a", 2, 4));
    assert_lands(2, WAITING(3, 4));
}

static void the_newer_flight_may_land_first(void **state)
{
    (void)state;
    assert_false(join("a", 1, 0));
    assert_true(join("a", 1, 1));
    assert_false(join("a", 2, 2));
    assert_true(join("a", 2, 3));
    assert_lands(2, WAITING(3));
    assert_false(join("a", 2, 4));
    assert_lands(0, WAITING(1));
    assert_true(join("a", 2, 5));
    assert_lands(4, WAITING(5));
}

static void many_versions_fly_at_once(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++) {
        assert_false(join("a", (uint64_t)i, 2 * i));
        assert_true(join("a", (uint64_t)i, 2 * i + 1));
    }
    for (int i = 0; i < 10; i++)
        assert_lands(2 * (i * 7 % 10), WAITING(2 * (i * 7 % 10) + 1));
}

static void a_flight_that_has_landed_is_joined_by_nobody(void **state)
{
    (void)state;
    assert_false(join("a", 1, 0));
    struct flight_seat *next = flight_land(&flights, &seats[0]);
    assert_null(next);
    assert_false(join("a", 1, 0));
    assert_true(join("a", 1, 1));
    next = flight_land(&flights, &seats[0]);
    assert_false(join("a", 1, 2)); /* while those who waited are being told */
    assert_ptr_equal(next, &seats[1]);
    assert_null(flight_next(next));
    assert_true(join("a", 1, 3));
    assert_lands(2, WAITING(3));
}

static void a_seat_is_used_again(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++) {
        assert_false(join("a", 1, 0));
        assert_true(join("a", 1, 1));
        struct flight_seat *next = flight_land(&flights, &seats[0]);
        assert_false(join("a", 1, 0));
        assert_null(flight_next(next));
        assert_true(join("a", 1, 1));
        assert_lands(0, WAITING(1));
    }
}

/* ---- leaving ---- */

static void who_sits_nowhere_leaves_nothing(void **state)
{
    (void)state;
    assert_null(flight_leave(&flights, &seats[0]));
    assert_false(is_seated(0));
    assert_false(join("a", 1, 1));
    assert_null(flight_leave(&flights, &seats[0]));
    assert_true(join("a", 1, 2));
    assert_lands(1, WAITING(2));
    for (int i = 0; i < 3; i++)
        assert_null(flight_leave(&flights, &seats[i]));
}

static void who_waits_may_leave(void **state)
{
    (void)state;
    for (int leaving = 1; leaving <= 3; leaving++) {
        assert_false(join("a", 1, 0));
        for (int i = 1; i <= 3; i++)
            assert_true(join("a", 1, i));
        assert_null(flight_leave(&flights, &seats[leaving]));
        assert_false(is_seated(leaving));
        assert_null(flight_leave(&flights, &seats[leaving]));
        assert_true(join("a", 1, 4));
        assert_lands(0, WAITING(1 + (leaving == 1), 2 + (leaving <= 2), 4));
    }
}

static void the_next_flies_when_the_first_leaves(void **state)
{
    (void)state;
    assert_false(join("a", 1, 0));
    for (int i = 1; i <= 3; i++)
        assert_true(join("a", 1, i));
    assert_ptr_equal(flight_leave(&flights, &seats[0]), &seats[1]);
    assert_false(is_seated(0));
    assert_true(join("a", 1, 4));
    assert_ptr_equal(flight_leave(&flights, &seats[1]), &seats[2]);
    assert_null(flight_leave(&flights, &seats[3]));
    assert_lands(2, WAITING(4));
}

static void a_flight_ends_when_all_have_left(void **state)
{
    (void)state;
    assert_false(join("a", 1, 0));
    assert_null(flight_leave(&flights, &seats[0]));
    assert_null(flights.flying);
    assert_false(join("a", 1, 0));
    assert_true(join("a", 1, 1));
    assert_null(flight_leave(&flights, &seats[1]));
    assert_null(flight_leave(&flights, &seats[0]));
    assert_null(flights.flying);
    assert_false(join("a", 1, 0));
    assert_lands(0, WAITING());
}

/* It is not taken for the newer one of the same key. */
static void who_leaves_an_older_flight_leaves_the_newer_alone(void **state)
{
    (void)state;
    assert_false(join("a", 1, 0));
    assert_true(join("a", 1, 1));
    assert_false(join("a", 2, 2));
    assert_ptr_equal(flight_leave(&flights, &seats[0]), &seats[1]);
    assert_true(join("a", 2, 3));
    assert_null(flight_leave(&flights, &seats[1]));
    assert_true(join("a", 2, 4));
    assert_lands(2, WAITING(3, 4));
}

static void nobody_is_left_on_the_ground(void **state)
{
    (void)state;
    assert_false(join("a", 1, 0));
    assert_true(join("a", 1, 1));
    assert_true(join("a", 1, 2));
    struct flight_seat *next = flight_land(&flights, &seats[0]);
    assert_null(flight_leave(&flights, &seats[0]));
    next = flight_next(next);
    assert_null(flight_leave(&flights, &seats[1]));
    assert_null(flight_next(next));
    assert_null(flight_leave(&flights, &seats[2]));
}

/* ---- any operations ---- */

enum { KEYS = 4, VERSIONS = 2, NONE = -1 };

static const struct {
    const char *bytes;
    size_t size;
} keys[KEYS] = {{"", 0}, {"a", 1}, {"a\0", 2}, {"/v1/claims", 10}};

static struct {
    int flight_of[SEATS]; /* its number */
    unsigned since[SEATS];
    int open[KEYS]; /* the flight that can be joined */
    uint64_t version[KEYS];
    int flights;
    unsigned joins;
} model;

static void begin_model(void)
{
    memset(&model, 0, sizeof(model));
    for (int i = 0; i < SEATS; i++)
        model.flight_of[i] = NONE;
    for (int i = 0; i < KEYS; i++)
        model.open[i] = NONE;
}

/* Who has been in the flight for longest, that is, flies. */
static int first_of(int flight)
{
    int first = NONE;
    for (int i = 0; i < SEATS; i++)
        if (model.flight_of[i] == flight && (first == NONE || model.since[i] < model.since[first]))
            first = i;
    return first;
}

static void close_in_model(int flight)
{
    for (int key = 0; key < KEYS; key++)
        if (model.open[key] == flight)
            model.open[key] = NONE;
}

static bool joins_as_the_model(int seat, int key, uint64_t version)
{
    bool expected = model.open[key] != NONE && model.version[key] == version;
    if (!expected)
        model.open[key] = model.flights++;
    model.version[key] = version;
    model.flight_of[seat] = model.open[key];
    model.since[seat] = model.joins++;
    return flight_join(&flights, keys[key].bytes, keys[key].size, version, &seats[seat]) == expected;
}

static bool leaves_as_the_model(int seat)
{
    int flight = model.flight_of[seat];
    bool flew = flight != NONE && first_of(flight) == seat;
    model.flight_of[seat] = NONE;
    int next = flew ? first_of(flight) : NONE;
    if (flew && next == NONE)
        close_in_model(flight);
    return flight_leave(&flights, &seats[seat]) == (next == NONE ? NULL : &seats[next]) && !is_seated(seat);
}

static bool lands_as_the_model(int flight)
{
    int seat = first_of(flight);
    struct flight_seat *next = flight_land(&flights, &seats[seat]);
    close_in_model(flight);
    for (;;) {
        model.flight_of[seat] = NONE;
        if (is_seated(seat))
            return false;
        seat = first_of(flight);
        if (seat == NONE || next != &seats[seat])
            return seat == NONE && !next;
        next = flight_next(next);
    }
}

static bool acts_as_the_model(struct dice *dice)
{
    int seat = (int)dice_roll(dice, SEATS), flight = model.flight_of[seat];
    if (flight == NONE && dice_roll(dice, 10))
        return joins_as_the_model(seat, (int)dice_roll(dice, KEYS), dice_roll(dice, VERSIONS));
    if (flight != NONE && dice_roll(dice, 3) == 0)
        return lands_as_the_model(flight);
    return leaves_as_the_model(seat);
}

static void any_operations_keep_to_the_model(void **state)
{
    (void)state;
    struct dice dice = dice_begin();
    begin_model();
    for (int i = 0; i < 100000; i++)
        assert_property(&dice, acts_as_the_model(&dice));
    for (int i = 0; i < SEATS; i++)
        assert_property(&dice, leaves_as_the_model(i));
    assert_null(flights.flying);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_flies_and_the_others_join),
        TEST(who_flies_alone_lands_alone),
        TEST(those_who_wait_are_told_in_their_order),
        TEST(each_key_has_its_own_flight),
        TEST(a_hash_is_not_taken_for_the_key),
        TEST(keys_are_copied),
        TEST(newer_data_have_a_flight_of_their_own),
        TEST(the_newer_flight_may_land_first),
        TEST(many_versions_fly_at_once),
        TEST(a_flight_that_has_landed_is_joined_by_nobody),
        TEST(a_seat_is_used_again),
        TEST(who_sits_nowhere_leaves_nothing),
        TEST(who_waits_may_leave),
        TEST(the_next_flies_when_the_first_leaves),
        TEST(a_flight_ends_when_all_have_left),
        TEST(who_leaves_an_older_flight_leaves_the_newer_alone),
        TEST(nobody_is_left_on_the_ground),
        TEST(any_operations_keep_to_the_model),
    };
    return cmocka_run_group_tests_name("flights", tests, NULL, NULL);
}
