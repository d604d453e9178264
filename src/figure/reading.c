/* reading: the interval that a phrase leaves possible, for each way to read it */
#include "figure/reading.h"

#include <string.h>

static bool is_same_text(const char *left, const char *right)
{
    return left == right || (left && right && strcmp(left, right) == 0);
}

static bool is_same(const struct figure_reading *left, const struct figure_reading *right)
{
    return is_same_text(left->value, right->value) && is_same_text(left->low, right->low) &&
           is_same_text(left->high, right->high) && is_same_text(left->unit, right->unit) &&
           left->bound == right->bound;
}

void readings_add_one(struct readings *readings, const struct reading *reading)
{
    for (size_t i = 0; i < readings->count; i++)
        if (is_same(&readings->all[i].figure, &reading->figure))
            return;
    if (readings->count < READINGS_MOST)
        readings->all[readings->count++] = *reading;
}

void readings_sort(struct readings *readings)
{
    struct readings sorted = {.count = 0};
    for (int less_likely = 0; less_likely < 2; less_likely++)
        for (size_t i = 0; i < readings->count; i++)
            if (readings->all[i].less_likely == less_likely)
                sorted.all[sorted.count++] = readings->all[i];
    *readings = sorted;
}

/* ---- the interval rule ---- */

/* The ends that the words leave; NULL is open. */
struct interval {
    struct exact value, low, high;
    bool has_value, has_low, has_high;
};

/* As figure_extent() of the database has it. */
static struct interval extent(struct exact value, enum figure_bound bound)
{
    struct interval interval = {.value = value, .low = value, .high = value, .has_value = true};
    struct exact half = exact_half_unit(&value);
    if (bound == FIGURE_APPROX) {
        interval.low = exact_sum(value, exact_negative(half));
        interval.high = exact_sum(value, half);
    }
    interval.has_low = bound != FIGURE_LT && bound != FIGURE_LTE;
    interval.has_high = bound != FIGURE_GT && bound != FIGURE_GTE;
    return interval;
}

/* ---- ranges ---- */

/* Ends that can be read in several ways are so for the same reason. */
static const struct number_reading *pick(const struct number *number, size_t index)
{
    return &number->readings[index < number->count ? index : 0];
}

/* Far too large for a first end: 500 to 1 million is not from 500 million on. */
static bool is_far_above(struct exact first, struct exact last)
{
    return !exact_multiply(&last, 10, 0) || exact_compare(first, last) > 0;
}

/* The first end takes the scale of the last, unless it has one, or a unit behind it. */
static struct exact first_end(const struct phrase *phrase, const struct number_reading *first,
                              const struct number_reading *last, unsigned *notes)
{
    const struct amount *amount = &phrase->first;
    bool shares = phrase->last.number.scaled && !amount->number.scaled && (!amount->unit.count || amount->money_before);
    struct exact scaled = first->value;
    if (!shares || !exact_multiply(&scaled, last->factor, last->power) || is_far_above(scaled, last->value))
        return first->value;
    *notes |= NOTE(NOTE_SHARED_SCALE);
    return scaled;
}

static struct interval span(const struct phrase *phrase, size_t index, unsigned *notes)
{
    const struct number_reading *first = pick(&phrase->first.number, index), *last = pick(&phrase->last.number, index);
    struct interval interval = {.high = last->value, .has_low = true, .has_high = true};
    interval.low = first_end(phrase, first, last, notes);
    *notes |= first->notes | last->notes;
    if (exact_compare(interval.low, interval.high) > 0) {
        struct exact low = interval.high;
        interval.high = interval.low;
        interval.low = low;
        *notes |= NOTE(NOTE_TURNED);
    }
    return interval;
}

/* ---- all that a phrase says ---- */

/* Of words that leave an end open, or count digits. */
static struct interval spread(const struct amount *amount, struct exact from)
{
    struct exact to = from.negative ? exact_negative(amount->high) : amount->high;
    bool closed = amount->kind == AMOUNT_DIGITS;
    if (from.negative)
        return (struct interval){.low = to, .high = from, .has_low = closed, .has_high = true};
    return (struct interval){.low = from, .high = to, .has_low = true, .has_high = closed};
}

static struct interval interval_of(const struct phrase *phrase, size_t index, unsigned *notes)
{
    const struct number_reading *first = pick(&phrase->first.number, index);
    *notes |= phrase->year ? NOTE(NOTE_YEAR) : 0;
    if (phrase->range)
        return span(phrase, index, notes);
    *notes |= first->notes;
    return phrase->first.kind == AMOUNT_VALUE ? extent(first->value, phrase->bound)
                                              : spread(&phrase->first, first->value);
}

static const char *text_of(struct exact number, bool has, int exponent, struct arena *arena)
{
    number.exponent += exact_is_zero(&number) ? 0 : exponent;
    return has ? exact_text(&number, arena) : NULL;
}

static struct figure_reading reading_of(const struct phrase *phrase, size_t index, const struct unit_reading *unit,
                                        struct arena *arena)
{
    unsigned notes = unit->notes;
    struct interval interval = interval_of(phrase, index, &notes);
    bool range = phrase->range || phrase->first.kind != AMOUNT_VALUE;
    return (struct figure_reading){
        .value = text_of(interval.value, interval.has_value, unit->exponent, arena),
        .low = text_of(interval.low, interval.has_low, unit->exponent, arena),
        .high = text_of(interval.high, interval.has_high, unit->exponent, arena),
        .unit = unit->code,
        .bound = range ? FIGURE_RANGE : phrase->bound,
        .kind = unit->code && strcmp(unit->code, unit_times.readings[0].code) == 0 ? FIGURE_MULTIPLE : FIGURE_NUMERIC,
        .hedge = phrase->hedge,
        .notes = notes,
    };
}

void readings_add(struct readings *readings, struct arena *arena, const struct phrase *phrase)
{
    static const struct unit none = {.count = 1};
    const struct number *first = &phrase->first.number, *last = &phrase->last.number;
    const struct unit *unit = phrase->range && phrase->last.unit.count ? &phrase->last.unit : &phrase->first.unit;
    size_t count = phrase->range && last->count > first->count ? last->count : first->count;
    if (!unit->count)
        unit = &none;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < unit->count; k++) {
            struct reading reading = {reading_of(phrase, i, &unit->readings[k], arena), pick(first, i)->less_likely};
            readings_add_one(readings, &reading);
        }
}
