/* fixture: a reader over a text, for tests of what stands on it */
#ifndef CLAIMD_TESTS_FIGURE_FIXTURE_H
#define CLAIMD_TESTS_FIGURE_FIXTURE_H

#include <string.h>

#include "figure/exact.h"
#include "figure/reader.h"

#define EN FIGURE_ENGLISH
#define DE FIGURE_GERMAN
#define FR FIGURE_FRENCH
#define ES FIGURE_SPANISH
#define IT FIGURE_ITALIAN

static struct arena arena;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

/* A reader of a text in a told language. */
static inline struct reader reader_of(const char *text, enum figure_language language)
{
    struct reader reader;
    assert_true(reader_init(&reader, &arena, text, strlen(text)));
    reader.language = language;
    reader.told = true;
    return reader;
}

static inline void assert_exact(const struct exact *number, const char *wanted)
{
    assert_string_equal(exact_text(number, &arena), wanted);
}

#endif
