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

/* ---- one figure ---- */

static void read_numbers(struct entry *entry)
{
    const json_t *amount = json_object_get(entry->document, "amount");
    entry->value = number_at(amount, "value");
    entry->low = number_at(amount, "low");
    entry->high = number_at(amount, "high");
    entry->drawn = !isnan(entry->value) || !isnan(entry->low) || !isnan(entry->high);
}

static struct entry read_entry(const json_t *document, const char *baseline)
{
    const char *hedge = entry_text(document, "hedge");
    struct entry entry = {
        .document = document,
        .stance = read_stance(entry_text(document, "stance")),
        .bound = read_bound(entry_nested(document, "figure", "bound")),
        .hedged = *hedge && strcmp(hedge, "none") != 0,
        .baseline = *baseline && strcmp(entry_text(document, "claim"), baseline) == 0,
    };
    read_numbers(&entry);
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
    const char *baseline = entry_text(comparison, "baseline");
    struct entries entries = {NULL, json_array_size(figures)};
    entries.list = memory_alloc((entries.count + 1) * sizeof(*entries.list));
    for (size_t i = 0; i < entries.count; i++)
        entries.list[i] = read_entry(json_array_get(figures, i), baseline);
    read_pairs(&entries, json_object_get(comparison, "pairs"));
    return entries;
}

void entries_release(struct entries *entries)
{
    free(entries->list);
    *entries = (struct entries){NULL, 0};
}
