/* sentence: what a comparison holds and finds, in plain English */
#include "plot/sentence.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plot/decimal.h"

static const char *const reasons[] = {"subject", "quantity", "scope", "period", "unit"};
enum { REASONS_COUNT = sizeof(reasons) / sizeof(*reasons) };

/* Lines break behind the dot, and not within what belongs together. */
#define NO_BREAK "\u00A0"
static const char between[] = NO_BREAK "· ";

/* Several texts one after another, up to NULL. */
#define say(text, ...) say_all(text, (const char *const[]){__VA_ARGS__, NULL})

static void say_all(struct buffer *text, const char *const *parts)
{
    for (; *parts; parts++)
        buffer_puts(text, *parts);
}

static void say_count(struct buffer *text, json_int_t count, const char *one, const char *many)
{
    char number[32];
    snprintf(number, sizeof(number), "%lld", (long long)count);
    decimal_words(text, number);
    say(text, " ", count == 1 ? one : many);
}

void sentence_unit(struct buffer *text, const char *unit)
{
    size_t size = strlen(unit);
    bool braced = size > 2 && unit[0] == '{' && unit[size - 1] == '}';
    if (strcmp(unit, "1") == 0)
        buffer_puts(text, "×");
    else
        buffer_append(text, unit + braced, size - (braced ? 2 : 0));
}

static void say_unit(struct buffer *text, const char *unit)
{
    if (*unit)
        buffer_putc(text, ' ');
    sentence_unit(text, unit);
}

void sentence_origin(struct buffer *text, unsigned origin)
{
    if (origin > 26)
        sentence_origin(text, (origin - 1) / 26);
    buffer_putc(text, (char)('A' + (origin - 1) % 26));
}

/* ---- titles ---- */

static void say_topic(struct buffer *text, const struct entry *entry)
{
    say(text, entry_nested(entry->document, "quantity", "name"), " of ",
        entry_nested(entry->document, "subject", "name"));
}

void sentence_topic(struct buffer *text, const struct entry *entry)
{
    const char *scope = entry_text(entry->document, "scope"), *period = entry_text(entry->document, "period");
    say_topic(text, entry);
    if (*scope)
        say(text, between, scope);
    if (*period)
        say(text, between, period);
}

static bool all_share(const struct entries *entries, const char *key)
{
    for (size_t i = 1; i < entries->count; i++)
        if (strcmp(entry_nested(entries->list[i].document, key, "id"),
                   entry_nested(entries->list[0].document, key, "id")) != 0)
            return false;
    return entries->count > 0;
}

void sentence_title(struct buffer *text, const json_t *comparison, const struct entries *entries)
{
    const char *title = entry_text(comparison, "title");
    if (*title) {
        buffer_puts(text, title);
        return;
    }
    if (all_share(entries, "quantity")) {
        if (all_share(entries, "subject"))
            say_topic(text, entries->list);
        else
            buffer_puts(text, entry_nested(entries->list->document, "quantity", "name"));
        return;
    }
    buffer_puts(text, "Figures side by side");
}

/* ---- reasons ---- */

static bool has_reason(const struct entry *entry, const char *reason)
{
    size_t i;
    json_t *given;
    json_array_foreach(entry->reasons, i, given)
    {
        const char *word = json_string_value(given);
        if (word && strcmp(word, reason) == 0)
            return true;
    }
    return false;
}

static bool any_has_reason(const struct entries *entries, const char *reason)
{
    for (size_t i = 0; i < entries->count; i++)
        if (has_reason(&entries->list[i], reason))
            return true;
    return false;
}

void sentence_reasons(struct buffer *text, const struct entries *entries)
{
    const char *before = "different ";
    for (int i = 0; i < REASONS_COUNT; i++) {
        if (!any_has_reason(entries, reasons[i]))
            continue;
        say(text, before, reasons[i]);
        before = ", ";
    }
}

static const char *reason_value(const struct entry *entry, const char *reason)
{
    const char *value = strcmp(reason, "unit") == 0 ? entry_nested(entry->document, "figure", "unit")
                                                    : entry_nested(entry->document, reason, "name");
    if (!*value)
        value = entry_text(entry->document, reason);
    return value;
}

/* What a text does not print needs its name, to be told what it is. */
static void say_difference(struct buffer *text, const struct entry *entry, const char *reason, bool named)
{
    const char *value = reason_value(entry, reason);
    if (named || !*value)
        say(text, reason, NO_BREAK);
    if (strcmp(reason, "unit") == 0)
        sentence_unit(text, value);
    else
        buffer_puts(text, value);
    if (!*value)
        buffer_puts(text, "not" NO_BREAK "printed");
}

static void say_differences(struct buffer *text, const struct entry *entry, const char *separator, bool named)
{
    const char *before = "";
    for (int i = 0; i < REASONS_COUNT; i++) {
        if (!has_reason(entry, reasons[i]))
            continue;
        buffer_puts(text, before);
        say_difference(text, entry, reasons[i], named);
        before = separator;
    }
}

void sentence_difference(struct buffer *text, const struct entry *entry)
{
    say_differences(text, entry, between, false);
}

/* ---- figures ---- */

static void say_interval(struct buffer *text, const char *low, const char *high)
{
    if (*low) {
        buffer_puts(text, *high ? "from " : "upwards of ");
        decimal_words(text, low);
    }
    if (*high) {
        buffer_puts(text, *low ? " to " : "up to ");
        decimal_words(text, high);
    }
}

static void say_amount(struct buffer *text, const json_t *figure, enum bound bound)
{
    static const char *const before[] = {"", "about ", "more than ", "at least ", "less than ", "at most ", ""};
    const char *value = entry_text(figure, "value"), *unit = entry_text(figure, "unit");
    const char *low = entry_text(figure, "low"), *high = entry_text(figure, "high");
    bool extent = bound == BOUND_APPROX || bound == BOUND_RANGE || !*value;
    if (*value) {
        buffer_puts(text, before[bound]);
        decimal_words(text, value);
        if (extent && (*low || *high))
            buffer_puts(text, ", ");
    }
    if (extent)
        say_interval(text, low, high);
    if (*value || *low || *high)
        say_unit(text, unit);
    else
        buffer_puts(text, "no number");
}

static void say_source(struct buffer *text, const json_t *document)
{
    const char *title = entry_nested(document, "source", "title");
    if (*title)
        say(text, "“", title, "”");
    else
        buffer_puts(text, entry_nested(document, "source", "id"));
}

void sentence_entry(struct buffer *text, const struct entry *entry)
{
    const json_t *document = entry->document, *figure = json_object_get(document, "figure");
    say(text, entry_nested(document, "claimant", "name"), ", in ");
    say_source(text, document);
    say(text, ": “", entry_text(figure, "as_printed"), "”, ");
    say_amount(text, figure, entry->bound);
    say(text, "; the source ", entry_text(document, "stance"), " it");
    if (entry->hedged)
        say(text, "; hedged: ", entry_text(document, "hedge"));
    if (entry->baseline)
        buffer_puts(text, "; the baseline");
    if (entry->origin) {
        buffer_puts(text, "; of origin ");
        sentence_origin(text, entry->origin);
    }
    if (entry->reasons) {
        buffer_puts(text, "; not comparable with the baseline: ");
        say_differences(text, entry, ", ", true);
    }
    buffer_putc(text, '.');
}

/* ---- findings ---- */

static bool any_apart(const struct entries *entries)
{
    for (size_t i = 0; i < entries->count; i++)
        if (entries->list[i].reasons)
            return true;
    return false;
}

static void say_spread(struct buffer *text, const json_t *comparison, const char *before)
{
    const json_t *spread = json_object_get(comparison, "spread");
    const char *ratio = entry_text(spread, "ratio");
    say(text, before, "from ");
    decimal_words(text, entry_text(spread, "min"));
    buffer_puts(text, " to ");
    decimal_words(text, entry_text(spread, "max"));
    say_unit(text, entry_text(comparison, "unit"));
    if (*ratio) {
        buffer_puts(text, ", a factor of ");
        decimal_words(text, ratio);
    }
}

static void say_agreement(struct buffer *text, const json_t *comparison)
{
    buffer_puts(text, "Agreement on ");
    decimal_words(text, entry_nested(comparison, "spread", "min"));
    say_unit(text, entry_text(comparison, "unit"));
}

/* A spread is that of the figures which compare with the baseline: where others are drawn, that is said. */
static void say_verdict(struct buffer *text, const json_t *comparison, const struct entries *entries)
{
    const char *verdict = entry_text(comparison, "verdict");
    const char *least = entry_nested(comparison, "spread", "min"),
               *greatest = entry_nested(comparison, "spread", "max");
    bool spreads = *least && strcmp(least, greatest) != 0, apart = any_apart(entries);
    if (strcmp(verdict, "conflict") == 0 && spreads)
        say_spread(text, comparison, apart ? "Conflict: what compares with the baseline runs " : "Conflict: ");
    else if (strcmp(verdict, "conflict") == 0)
        buffer_puts(text, "Conflict: some figures that compare exclude each other");
    else if (strcmp(verdict, "overlap") == 0 && spreads)
        say_spread(text, comparison, "Overlap: no two figures that compare exclude each other; they run ");
    else if (strcmp(verdict, "overlap") == 0)
        buffer_puts(text, "Overlap: no two figures that compare exclude each other");
    else if (strcmp(verdict, "agree") == 0 && *least && !spreads && !apart)
        say_agreement(text, comparison);
    else if (strcmp(verdict, "agree") == 0)
        buffer_puts(text, "Agreement wherever two figures compare");
    else if (strcmp(verdict, "incomparable") == 0)
        buffer_puts(text, "Not comparable: no two figures are of the same subject, quantity, scope, period and unit");
    else
        buffer_puts(text, entries->count == 1 ? "One figure, and none to compare it with"
                          : entries->count    ? "No two of the figures were compared"
                                              : "No figures");
}

void sentence_finding(struct buffer *text, const json_t *comparison, const struct entries *entries)
{
    json_int_t sources = json_integer_value(json_object_get(comparison, "sources"));
    json_int_t origins = json_integer_value(json_object_get(comparison, "origins"));
    say_verdict(text, comparison, entries);
    if (sources) {
        buffer_puts(text, "; ");
        say_count(text, sources, "source", "sources");
    }
    if (sources && origins) {
        buffer_puts(text, ", ");
        say_count(text, origins, "independent origin", "independent origins");
    }
    buffer_putc(text, '.');
}

/* ---- stated multiples ---- */

/* How far a candidate is from what was stated; INFINITY where either is not known. */
static double distance(const json_t *candidate, const json_t *multiple)
{
    double ratio, stated;
    bool known = decimal_read(entry_text(candidate, "ratio"), &ratio) &&
                 decimal_read(entry_nested(multiple, "stated", "value"), &stated) && ratio > 0 && stated > 0;
    return known ? fabs(log10(ratio / stated)) : (double)INFINITY;
}

/* Of those with the multiple's own verdict, which is that of the best, the nearest. */
static const json_t *best_candidate(const json_t *multiple)
{
    const json_t *best = NULL;
    size_t i;
    json_t *candidate;
    json_array_foreach(json_object_get(multiple, "candidates"), i, candidate)
    {
        if (strcmp(entry_text(candidate, "verdict"), entry_text(multiple, "verdict")) == 0 &&
            (!best || distance(candidate, multiple) < distance(best, multiple)))
            best = candidate;
    }
    return best;
}

static void say_ratio(struct buffer *text, const json_t *candidate)
{
    const char *ratio = entry_text(candidate, "ratio");
    const char *low = entry_text(candidate, "ratio_low"), *high = entry_text(candidate, "ratio_high");
    if (*ratio)
        decimal_words(text, ratio);
    if (strcmp(low, high) == 0)
        return;
    buffer_puts(text, *ratio ? " (" : "");
    if (*low && *high) {
        decimal_words(text, low);
        buffer_puts(text, "–");
        decimal_words(text, high);
    } else {
        say_interval(text, low, high);
    }
    buffer_puts(text, *ratio ? ")" : "");
}

void sentence_multiple(struct buffer *text, const json_t *multiple)
{
    static const struct {
        const char *verdict, *words;
    } verdicts[] = {
        {"follows", "” follows: the figures give "},
        {"follows_within_rounding", "” follows within rounding: the figures give "},
        {"does_not_follow", "” does not follow: the figures give at best "},
    };
    const json_t *best = best_candidate(multiple);
    const char *verdict = entry_text(multiple, "verdict"), *words = NULL;
    for (size_t i = 0; i < sizeof(verdicts) / sizeof(*verdicts); i++)
        if (best && strcmp(verdict, verdicts[i].verdict) == 0)
            words = verdicts[i].words;
    say(text, "“", entry_text(multiple, "as_printed"),
        words ? words : "” cannot be checked: the figures that it would rest on are missing");
    if (words)
        say_ratio(text, best);
    buffer_putc(text, '.');
}
