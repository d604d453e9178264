/* entry: the figures of a comparison, made ready to be drawn */
#include "plot/entry.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "plot/decimal.h"

const char *entry_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

const char *entry_nested(const json_t *object, const char *key, const char *member)
{
    return entry_text(json_object_get(object, key), member);
}

static double number_at(const json_t *object, const char *key)
{
    double number = NAN;
    decimal_read(json_string_value(json_object_get(object, key)), &number);
    return number;
}

/* The place of a word among others; that of the first where it is unknown. */
static int word_place(const char *word, const char *const *words, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(word, words[i]) == 0)
            return i;
    return 0;
}

static enum stance read_stance(const char *word)
{
    static const char *const words[] = {"asserts", "reports", "disputes"};
    return (enum stance)word_place(word, words, 3);
}

static enum bound read_bound(const char *word)
{
    static const char *const words[] = {"exact", "approx", "gt", "gte", "lt", "lte", "range"};
    return (enum bound)word_place(word, words, 7);
}

/* ---- units ---- */

/* What the document says about a unit without naming its factor: the value of a figure in the comparison's unit is the
 * baseline's plus the difference to it. */
struct conversion {
    const json_t *figures;
    const char *unit;  /* the comparison's */
    double base_value; /* the baseline's in it; NAN if that cannot be told */
};

static const json_t *figure_of(const json_t *document)
{
    return json_object_get(document, "figure");
}

static double base_value(const json_t *figures, const char *unit)
{
    size_t i;
    json_t *document;
    json_array_foreach(figures, i, document)
    {
        double base = number_at(figure_of(document), "value") - number_at(document, "difference_to_baseline");
        if (!isnan(base) && strcmp(entry_nested(document, "figure", "unit"), unit) == 0)
            return base;
    }
    return NAN;
}

/* NAN where no figure of that unit has a value that tells. */
static double unit_factor(const struct conversion *conversion, const char *unit)
{
    size_t i;
    json_t *document;
    if (strcmp(unit, conversion->unit) == 0)
        return 1;
    json_array_foreach(conversion->figures, i, document)
    {
        double value = number_at(figure_of(document), "value");
        double amount = conversion->base_value + number_at(document, "difference_to_baseline");
        double factor = amount / value;
        if (strcmp(entry_nested(document, "figure", "unit"), unit) == 0 && isfinite(factor) && factor > 0)
            return factor;
    }
    return NAN;
}

/* ---- one figure ---- */

/* What conversion takes out of the range of decimal_read() is not drawn. */
static double converted(double number, double factor)
{
    double result = number * factor;
    return fabs(result) <= DECIMAL_LARGEST ? result : (double)NAN;
}

static void read_numbers(struct entry *entry, const struct conversion *conversion)
{
    const json_t *figure = figure_of(entry->document);
    double factor = unit_factor(conversion, entry_text(figure, "unit"));
    entry->value = converted(number_at(figure, "value"), factor);
    entry->low = converted(number_at(figure, "low"), factor);
    entry->high = converted(number_at(figure, "high"), factor);
    entry->drawn = !isnan(entry->value) || !isnan(entry->low) || !isnan(entry->high);
}

static struct entry read_entry(const json_t *document, const struct conversion *conversion, const char *baseline)
{
    const char *hedge = entry_text(document, "hedge");
    struct entry entry = {
        .document = document,
        .stance = read_stance(entry_text(document, "stance")),
        .bound = read_bound(entry_nested(document, "figure", "bound")),
        .hedged = *hedge && strcmp(hedge, "none") != 0,
        .baseline = *baseline && strcmp(entry_text(document, "claim"), baseline) == 0,
    };
    read_numbers(&entry, conversion);
    return entry;
}

/* ---- what the pairs say ---- */

static void join_origins(struct entries *entries, struct entry *a, struct entry *b)
{
    unsigned kept = a->origin, gone = b->origin;
    for (size_t i = 0; i < entries->count && kept != gone; i++)
        if (entries->list[i].origin == gone)
            entries->list[i].origin = kept;
}

static void read_pair(struct entries *entries, const json_t *pair, struct entry *left, struct entry *right)
{
    if (json_is_true(json_object_get(pair, "same_origin")))
        join_origins(entries, left, right);
    if (strcmp(entry_text(pair, "verdict"), "incomparable") != 0)
        return;
    if (left->baseline)
        right->reasons = json_object_get(pair, "reasons");
    else if (right->baseline)
        left->reasons = json_object_get(pair, "reasons");
}

/* From one number a figure to 1, 2 … in the order of first appearance, and 0 for those that stand alone. */
static void number_origins(struct entries *entries)
{
    struct entry *list = entries->list;
    size_t count = entries->count;
    unsigned *uses = memory_alloc((count + 1) * sizeof(*uses)), *names = memory_alloc((count + 1) * sizeof(*names));
    unsigned last = 0;
    for (size_t i = 0; i < count; i++)
        uses[list[i].origin]++;
    for (size_t i = 0; i < count; i++) {
        unsigned origin = list[i].origin;
        if (uses[origin] > 1 && !names[origin])
            names[origin] = ++last;
        list[i].origin = names[origin];
    }
    free(uses);
    free(names);
}

static struct entry *entry_of(struct entries *entries, const json_t *places, const char *claim)
{
    const json_t *place = json_object_get(places, claim);
    return place ? &entries->list[json_integer_value(place)] : NULL;
}

static void read_pairs(struct entries *entries, const json_t *pairs)
{
    size_t i;
    json_t *pair, *places = json_object();
    for (i = 0; i < entries->count; i++) {
        json_object_set_new(places, entry_text(entries->list[i].document, "claim"), json_integer((json_int_t)i));
        entries->list[i].origin = (unsigned)i;
    }
    json_array_foreach(pairs, i, pair)
    {
        struct entry *left = entry_of(entries, places, entry_text(pair, "left"));
        struct entry *right = entry_of(entries, places, entry_text(pair, "right"));
        if (left && right && left != right)
            read_pair(entries, pair, left, right);
    }
    json_decref(places);
    number_origins(entries);
}

struct entries entries_read(const json_t *comparison)
{
    const json_t *figures = json_object_get(comparison, "figures");
    const char *unit = entry_text(comparison, "unit"), *baseline = entry_text(comparison, "baseline");
    struct conversion conversion = {figures, unit, base_value(figures, unit)};
    struct entries entries = {NULL, json_array_size(figures)};
    entries.list = memory_alloc((entries.count + 1) * sizeof(*entries.list));
    for (size_t i = 0; i < entries.count; i++)
        entries.list[i] = read_entry(json_array_get(figures, i), &conversion, baseline);
    read_pairs(&entries, json_object_get(comparison, "pairs"));
    return entries;
}

void entries_release(struct entries *entries)
{
    free(entries->list);
    *entries = (struct entries){NULL, 0};
}
