/* figure: whatever bytes are read, the figures lie in the text, and each reading's ends hold its value */
#include "figure/figure.h"

#include <stdbool.h>

#include "fuzz.h"

/* ---- decimals, without the arithmetic that is tested ---- */

/* -?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?, and no -0 */
static bool is_plain(const char *text)
{
    const char *digits = text + (*text == '-'), *point = digits + strspn(digits, "0123456789");
    bool whole = point > digits && (*digits != '0' || point == digits + 1);
    size_t places = *point == '.' ? strspn(point + 1, "0123456789") : 0;
    bool fraction = !*point || (*point == '.' && places && !point[1 + places] && point[places] != '0');
    return whole && fraction && strcmp(text, "-0") != 0;
}

static int compare_sizes(const char *left, const char *right)
{
    size_t left_whole = strcspn(left, "."), right_whole = strcspn(right, ".");
    if (left_whole != right_whole)
        return left_whole < right_whole ? -1 : 1;
    return strcmp(left, right);
}

static int compare(const char *left, const char *right)
{
    if ((*left == '-') != (*right == '-'))
        return *left == '-' ? -1 : 1;
    return *left == '-' ? compare_sizes(right + 1, left + 1) : compare_sizes(left, right);
}

/* ---- what has to hold ---- */

static void hold_ordered(const char *low, const char *high)
{
    if (low && high)
        HOLDS(compare(low, high) <= 0);
}

static void hold_bound(const struct figure_reading *reading)
{
    enum figure_bound bound = reading->bound;
    HOLDS((reading->value != NULL) == (bound != FIGURE_RANGE));
    HOLDS(reading->low || reading->high);
    HOLDS(reading->low || bound == FIGURE_LT || bound == FIGURE_LTE || bound == FIGURE_RANGE);
    HOLDS(reading->high || bound == FIGURE_GT || bound == FIGURE_GTE || bound == FIGURE_RANGE);
    if (bound == FIGURE_EXACT)
        HOLDS(strcmp(reading->low, reading->value) == 0 && strcmp(reading->high, reading->value) == 0);
    HOLDS((reading->kind == FIGURE_MULTIPLE) == (reading->unit && strcmp(reading->unit, "1") == 0));
}

static void hold_reading(const struct figure_reading *reading)
{
    const char *const decimals[] = {reading->value, reading->low, reading->high};
    for (size_t i = 0; i < sizeof(decimals) / sizeof(*decimals); i++)
        HOLDS(!decimals[i] || is_plain(decimals[i]));
    hold_ordered(reading->low, reading->value);
    hold_ordered(reading->value, reading->high);
    hold_ordered(reading->low, reading->high);
    hold_bound(reading);
    for (unsigned bit = 0; bit < 32; bit++)
        HOLDS(!(reading->notes >> bit & 1) || figure_note(bit));
}

static size_t count_points(const char *text, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += (text[i] & 0xC0) != 0x80;
    return count;
}

static void hold_place(const struct figure *figure, const char *text, size_t size)
{
    size_t before = (size_t)(figure->as_printed - text);
    HOLDS(before < size && figure->size && figure->size <= size - before);
    HOLDS(figure->start == count_points(text, before));
    HOLDS(figure->end == figure->start + count_points(figure->as_printed, figure->size));
    HOLDS(utf8_valid(figure->as_printed, figure->size));
}

static void hold_figures(const struct figures *figures, const char *text, size_t size)
{
    size_t end = 0;
    for (size_t i = 0; i < figures->count; i++) {
        const struct figure *figure = &figures->all[i];
        hold_place(figure, text, size);
        HOLDS(figure->start >= end && figure->end > figure->start);
        HOLDS(figure->readings_count);
        for (size_t k = 0; k < figure->readings_count; k++)
            hold_reading(&figure->readings[k]);
        end = figure->end;
    }
}

/* The first byte says the language. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    struct arena arena;
    char *text = malloc(size); /* without a byte behind it, so that reading one is seen */
    memcpy(text, data + 1, --size);
    arena_init(&arena);
    struct figures figures = figure_read(&arena, text, size, (enum figure_language)(*data % FIGURE_LANGUAGES));
    hold_figures(&figures, text, size);
    if (size > FIGURE_TEXT_MOST || !utf8_valid(text, size))
        HOLDS(!figures.count);
    arena_release(&arena);
    free(text);
    return 0;
}
