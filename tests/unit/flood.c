/* flood: members whose names were chosen to fall into one place of a hash table take no longer to read than others
 *
 * Jansson hashes names by Bob Jenkins' lookup3 with a seed that it draws when it makes its first object. Who knew the
 * seed could choose names as here; a process that is told the seed shows that these are such names.
 */
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* Jansson has as many places as there is a power of two above the number of members. */
enum { COUNT = 3000, PLACES = 4096, NAME_SIZE = 12, SEED = 12345 };

static uint32_t turn(uint32_t value, unsigned bits)
{
    return value << bits | value >> (32 - bits);
}

/* lookup3's hashlittle() of twelve bytes. */
static uint32_t hash(const uint32_t words[static 3])
{
    uint32_t start = 0xdeadbeef + NAME_SIZE + SEED, a = start + words[0], b = start + words[1], c = start + words[2];
    c = (c ^ b) - turn(b, 14);
    a = (a ^ c) - turn(c, 11);
    b = (b ^ a) - turn(a, 25);
    c = (c ^ b) - turn(b, 16);
    a = (a ^ c) - turn(c, 4);
    b = (b ^ a) - turn(a, 14);
    return (c ^ b) - turn(b, 24);
}

/* The next name of twelve letters. */
static void make_name(uint64_t number, char name[static NAME_SIZE])
{
    for (int i = 0; i < NAME_SIZE; i++, number /= 32)
        name[i] = "abcdefghijklmnopqrstuvwxyzABCDEF"[number % 32];
}

/* An object of so many members, whose names all have the same place, or not. */
static char *make_text(bool same)
{
    char *text = malloc(COUNT * (NAME_SIZE + 5) + 3), *end = text, name[NAME_SIZE];
    unsigned count = 0;
    *end++ = '{';
    for (uint64_t number = 0; count < COUNT; number++) {
        uint32_t words[3];
        make_name(number, name);
        memcpy(words, name, sizeof(words));
        if (same && hash(words) % PLACES != 0)
            continue;
        end += sprintf(end, "%s\"%.*s\":0", count++ ? "," : "", NAME_SIZE, name);
    }
    strcpy(end, "}");
    return text;
}

static double seconds_to_read(const char *text)
{
    double best = 1e9;
    for (int i = 0; i < 5; i++) {
        struct timespec began, ended;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &began);
        json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ended);
        if (json_object_size(object) != COUNT)
            return -1;
        json_decref(object);
        double took = (double)(ended.tv_sec - began.tv_sec) + (double)(ended.tv_nsec - began.tv_nsec) / 1e9;
        best = took < best ? took : best;
    }
    return best;
}

/* How many times as long as others the chosen names take, in a process that draws its seed, or is told it. */
static double excess(bool told)
{
    int ends[2];
    double ratio = 0;
    char *chosen = make_text(true), *others = make_text(false);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        if (told)
            json_object_seed(SEED);
        ratio = seconds_to_read(chosen) / seconds_to_read(others);
        _exit(write(ends[1], &ratio, sizeof(ratio)) != (ssize_t)sizeof(ratio));
    }
    assert_int_equal(read(ends[0], &ratio, sizeof(ratio)), sizeof(ratio));
    waitpid(child, NULL, 0);
    free(chosen);
    free(others);
    return ratio;
}

static void chosen_names_are_slow_where_the_seed_is_known(void **state)
{
    (void)state;
    assert_true(excess(true) > 5);
}

static void chosen_names_are_as_others_where_it_is_drawn(void **state)
{
    (void)state;
    assert_true(excess(false) < 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chosen_names_are_slow_where_the_seed_is_known),
        cmocka_unit_test(chosen_names_are_as_others_where_it_is_drawn),
    };
    return cmocka_run_group_tests_name("flood", tests, NULL, NULL);
}
